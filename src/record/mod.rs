//! What is stored: one record type for each kind of row, with its version, apart from the model on purpose.
//!
//! Rows are JSON texts. Reading one back is checked; a row that cannot be read is an error to be counted and
//! shown, never a silent drop. A new version of a row gets a new variant here and keeps the old one readable.
mod annotation;
pub mod backup;
mod document;
pub mod history;
mod journal;
mod json;
mod pack;
pub mod setting_names;
mod settings;

pub use annotation::AnnotationRow;
pub use document::{DocumentRow, NewDocument, RevisionRow};
pub use journal::{ChangeRow, JournalRow, Logged};
pub use json::{Misread, read as read_json};
pub use pack::{PackHead, pack_head, read_pack, write_pack};
pub use settings::{DocumentHead, Glance, Settings, StripMark, Theme};

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::annotation::Version;
use crate::model::codebook::Tag;

/// The version that rows are written in. Rows of versions 1 and 2 are read as they are: what was added since is absent.
pub const ROW_VERSION: u32 = 3;

/// Why a row could not be read.
#[derive(Debug)]
pub enum RecordError {
    /// It is no JSON of the expected shape.
    Shape(Misread),
    /// It was written by a newer app.
    Newer(u32),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(cause) => write!(f, "the row has an unknown shape: {cause}"),
            Self::Newer(version) => write!(f, "the row has version {version}, newer than this app knows"),
        }
    }
}

impl std::error::Error for RecordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Shape(cause) => Some(cause),
            Self::Newer(_) => None,
        }
    }
}

/// A tag row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    /// Row version.
    pub v: u32,
    /// The tag.
    pub tag: Tag,
    /// When it was last changed; since row version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
}

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

/// Writes a row.
///
/// # Panics
/// Never for the row types of this module: none has a map with keys that are no strings.
pub fn to_json(row: &impl Serialize) -> String {
    match serde_json::to_string(row) {
        Ok(json) => json,
        // `expect` would bring the words for every error of serde_json into the page.
        Err(_) => panic!("a row has no keys but strings"),
    }
}

/// Reads a row, checking its version first, so that a newer row is told from a damaged one.
pub fn from_json<Row: DeserializeOwned>(json: &str) -> Result<Row, RecordError> {
    // Rows that this app wrote say their version first; to look for it elsewhere is to read the row twice.
    let is_known = ["3", "2", "1"].iter().any(|known| {
        json.strip_prefix(r#"{"v":"#)
            .and_then(|rest| rest.strip_prefix(known))
            .is_some_and(|rest| rest.starts_with(','))
    });
    if !is_known {
        let Versioned { v } = read_json(json).map_err(RecordError::Shape)?;
        if v > ROW_VERSION {
            return Err(RecordError::Newer(v));
        }
    }
    read_json(json).map_err(RecordError::Shape)
}
