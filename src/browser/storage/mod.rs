//! IndexedDB: rows in, rows out. The schema is in [`schema`]; a database that cannot be had is stood in for by
//! [`memory`], so that the app stays usable and says that nothing is kept.
mod database;
mod error;
mod memory;
mod requests;
mod schema;
mod settling;
mod vault;

pub use database::{Committed, Opened, Storage};
pub use error::{StorageError, StorageErrorKind};
pub use vault::{BackupFile, ROW_STORES, RawRow, RestoreOrigin, Rework, Standing};

use std::collections::HashMap;

use crate::model::annotation::Annotation;
use crate::model::codebook::Tag;
use crate::model::document::Document;
use crate::model::id::{DeviceId, DocumentId};
use crate::model::time::LogicalTime;
use crate::record::{DocumentHead, Glance, Settings};

/// The name of the app's database.
pub const DATABASE: &str = "concord";

/// What the library needs at the start.
#[derive(Debug, Default)]
pub struct Shelf {
    /// All documents, removed ones among them.
    pub heads: Vec<DocumentHead>,
    /// By document.
    pub glances: HashMap<DocumentId, Glance>,
    /// Tags that people made.
    pub tags: Vec<Tag>,
    /// Preferences.
    pub settings: Settings,
    /// This profile; none yet on a first start.
    pub device: Option<DeviceId>,
    /// The key of the journal's last row; 0 when there is none.
    pub journal_end: u64,
    /// The clock of that row: the latest that this database has seen.
    pub clock: LogicalTime,
    /// Rows that could not be read. They stay where they are.
    pub quarantined: u32,
}

/// A document with all that belongs to it.
#[derive(Debug)]
pub struct Volume {
    /// The document.
    pub document: Document,
    /// Its annotations, in no order.
    pub annotations: Vec<Annotation>,
    /// Whether the helper thread should pack them: they are many, and there is no pack, or one far behind.
    pub wants_pack: bool,
    /// Rows that could not be read. They stay where they are.
    pub quarantined: u32,
}
