//! Backups: everything in one ZIP archive, and back. The format is described in `docs/backup-format.md`.
mod plan;
mod reader;
mod writer;

pub use plan::{BackupRows, Held, Plan, Preview, RestoreMode, Tally, plan};
pub use reader::{Backup, BackupError};
pub use writer::BackupWriter;

use serde::{Deserialize, Serialize};

use crate::model::id::{DeviceId, DocumentId};

/// What a manifest says in `format`.
pub const BACKUP_FORMAT: &str = "concord-backup";
/// The version of the format that is written. All earlier ones can be read.
pub const BACKUP_VERSION: u32 = 1;

/// `manifest.json`: what the archive is and what must be in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`BACKUP_FORMAT`].
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The version of the app that wrote it.
    pub app: String,
    /// When, as RFC 3339 in UTC.
    pub created: String,
    /// Where.
    pub device: DeviceId,
    /// Every part but the manifest itself.
    pub parts: Vec<Part>,
}

/// One part of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its path in the archive.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows in it; none for a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// The document, revision and name of a file; none for rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<(DocumentId, u32, String)>,
}
