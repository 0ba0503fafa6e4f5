//! The journal: every change with what was before and after, written in the same transaction as the change.
use std::rc::Rc;

use serde::Serialize;

use super::{AnnotationRow, ROW_VERSION};
use crate::model::annotation::Annotation;
use crate::model::codebook::Tag;
use crate::model::document::Role;
use crate::model::edit::{Change, Step};
use crate::model::id::{DeviceId, DocumentId};
use crate::model::time::Timestamp;

/// One step as journalled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JournalRow {
    /// Row version.
    pub v: u32,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub device: DeviceId,
    /// Who, if a name was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What was done.
    pub deed: &'static str,
    /// Whether it took an earlier step back.
    pub is_undo: bool,
    /// Each change, with the record before and after.
    pub changes: Vec<ChangeRow>,
}

/// One change as journalled: which record, and its values before and after; `null` where there was none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeRow {
    /// An annotation.
    Annotation {
        /// Before.
        before: Option<Box<AnnotationRow>>,
        /// After.
        after: Option<Box<AnnotationRow>>,
    },
    /// A document's title.
    Title {
        /// Which document.
        document: DocumentId,
        /// Before.
        before: String,
        /// After.
        after: String,
    },
    /// The role of a block.
    Role {
        /// Which document.
        document: DocumentId,
        /// Which revision.
        revision: u32,
        /// Which block.
        block: u32,
        /// Before.
        before: Role,
        /// After.
        after: Role,
    },
    /// Whether a document is out of the library.
    Removed {
        /// Which document.
        document: DocumentId,
        /// Before.
        before: bool,
        /// After.
        after: bool,
    },
    /// A tag.
    Tag {
        /// Before.
        before: Option<Box<Tag>>,
        /// After.
        after: Option<Box<Tag>>,
    },
}

impl JournalRow {
    /// The row of a step.
    pub fn new(step: &Step, device: &DeviceId, author: Option<&str>) -> Self {
        Self {
            v: ROW_VERSION,
            at: step.at,
            device: device.clone(),
            author: author.map(str::to_owned),
            deed: step.deed.name(),
            is_undo: step.is_undo,
            changes: step.changes.iter().map(ChangeRow::from).collect(),
        }
    }
}

impl From<&Change> for ChangeRow {
    fn from(change: &Change) -> Self {
        let row = |annotation: &Option<Rc<Annotation>>| {
            annotation.as_deref().map(|annotation| Box::new(AnnotationRow::from(annotation)))
        };
        match change.clone() {
            Change::Annotation { before, after } => {
                Self::Annotation { before: row(&before), after: row(&after) }
            }
            Change::Title { document, before, after } => Self::Title { document, before, after },
            Change::Role { document, revision, block, before, after } => {
                Self::Role { document, revision, block, before, after }
            }
            Change::Removed { document, before, after } => Self::Removed { document, before, after },
            Change::Tag { before, after } => {
                Self::Tag { before: before.map(Box::new), after: after.map(Box::new) }
            }
        }
    }
}
