//! The native suite: all that needs no browser, from offsets to whole replayed sessions.
//!
//! Tests are tables in the reader's notation. What the project keeps beside the package (the seed article, data of
//! other projects) is read from `../shared` when it is there; without it such tests say "skipped" and pass.
#[path = "../cases/mod.rs"]
mod cases;
mod support;

mod anchor;
mod annotation;
mod annotation_files;
mod backup;
mod codebook;
mod dependencies;
mod document;
mod export;
mod hostile;
mod import;
mod layers;
mod locales;
mod merge;
mod reanchor;
mod record;
mod rust_source;
mod session;
mod state;
mod stretches;
mod text;
mod worker;
