//! All that the page shows, as one value, and the one function that changes it.
//!
//! [`update`] is plain: no clock, no ids made inside, no effect performed. Ids and times arrive in the
//! [`Action`], wishes leave as [`Effect`]s, so a whole session can be replayed in a test.
mod action;
mod app_state;
mod edits;
mod effect;
mod imports;
mod journal;
mod notice;
mod reading;
mod route;
mod saving;
mod stretches;
mod update;

pub use action::{Action, Chosen, Loaded, RawSelection, SettingChange};
pub use app_state::{
    AppState, Entry, History, ImportJob, JobId, JobState, Library, OpenDocument, Overlay, Phase, Saving,
    Selected, View,
};
pub use effect::Effect;
pub use notice::{ImportFailure, Notice, Spoken, StorageTrouble};
pub use route::{Planned, Route};
pub use update::{Update, update};
