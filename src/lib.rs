//! Concord: a document viewer and annotator that runs wholly in the browser.
//!
//! Read the modules in this order; `ARCHITECTURE.md` has the same map with the reasons.
//!
//! 1. [`model`] — what a document, an annotation and a codebook *are*. Pure; knows no other module.
//! 2. [`import`] and [`export`] — bytes to documents, annotations to files. Pure.
//! 3. [`record`] — what is stored, and how older versions are read. Pure.
//! 4. [`state`] — all that the page shows, as one value, and the one function that changes it. Pure.
//! 5. [`worker`] — the questions the page asks of its helper thread.
//! 6. [`browser`] — the only home of IndexedDB, the DOM's ranges and the rest of the web platform.
//! 7. [`ui`] — the views.
//!
//! Invariants that hold everywhere:
//! * Offsets are newtypes that name their unit; only [`model::text::TextIndex`] converts between them.
//! * The document text is NFC, has `\n` line ends, and never changes within a revision.
//! * State changes only in [`state::update`], which performs no effect itself.
//! * An edit counts as saved when, and only when, its storage transaction has committed.
pub mod browser;
pub mod export;
pub mod import;
pub mod model;
pub mod record;
pub mod state;
pub mod ui;
pub mod worker;
