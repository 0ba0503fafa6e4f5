//! The journal: every change with what was before and after, written in the same transaction as the change.
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{AnnotationRow, ROW_VERSION};
use crate::model::annotation::Annotation;
use crate::model::codebook::Tag;
use crate::model::document::Role;
use crate::model::edit::{Change, Deed, Direction, Step};
use crate::model::id::{DeviceId, DocumentId, StepId, TagId};
use crate::model::time::{LogicalTime, Timestamp};

/// One step as journalled. A large step has several rows with the same step, one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalRow {
    /// Row version.
    pub v: u32,
    /// Which step; since row version 2.
    #[serde(default)]
    pub step: StepId,
    /// When.
    pub at: Timestamp,
    /// Orders steps over all devices; since row version 2.
    #[serde(default)]
    pub clock: LogicalTime,
    /// Where.
    pub device: DeviceId,
    /// Who, if a name was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What was done.
    pub deed: String,
    /// Which tag was given or taken; since row version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagId>,
    /// Whether it took back the last step that was not taken back yet; only in row version 1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_undo: bool,
    /// Whether it is new, or which step it takes back or does again; since row version 2.
    #[serde(default)]
    pub direction: Direction,
    /// Whether it came with a backup: it tells what happened elsewhere or before, and changed nothing here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_history: bool,
    /// Each change, with the record before and after.
    pub changes: Vec<ChangeRow>,
}

/// A journal row with its place in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Counts up with each row that was committed in this database.
    pub key: u64,
    /// The row.
    pub row: JournalRow,
}

/// One change as journalled: which record, and its values before and after; `null` where there was none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Which revision is the current one; since row version 3.
    Revision {
        /// Which document.
        document: DocumentId,
        /// Before.
        before: u32,
        /// After.
        after: u32,
    },
    /// A tag.
    Tag {
        /// Before.
        before: Option<Box<Tag>>,
        /// After.
        after: Option<Box<Tag>>,
    },
}

impl ChangeRow {
    /// The document that the change belongs to; none for the codebook.
    pub fn document(&self) -> Option<&DocumentId> {
        match self {
            Self::Annotation { before, after } => after.as_ref().or(before.as_ref()).map(|row| &row.document),
            Self::Title { document, .. }
            | Self::Role { document, .. }
            | Self::Removed { document, .. }
            | Self::Revision { document, .. } => Some(document),
            Self::Tag { .. } => None,
        }
    }
}

/// The most changes in one row: a step that restores a library must not be one text of many megabytes.
const CHANGES_A_ROW: usize = 1_000;

impl JournalRow {
    /// The rows of a step.
    pub fn of_step(step: &Step, device: &DeviceId, author: Option<&str>) -> Vec<Self> {
        let tag = match &step.deed {
            Deed::GiveTag(tag) | Deed::TakeTag(tag) => Some(tag.clone()),
            _ => None,
        };
        let row = |changes: &[Change]| Self {
            v: ROW_VERSION,
            step: step.id.clone(),
            at: step.at,
            clock: step.clock,
            device: device.clone(),
            author: author.map(str::to_owned),
            deed: step.deed.name().to_owned(),
            tag: tag.clone(),
            is_undo: false,
            direction: step.direction.clone(),
            is_history: false,
            changes: changes.iter().map(ChangeRow::from).collect(),
        };
        step.changes.chunks(CHANGES_A_ROW).map(row).collect()
    }

    /// The documents that the row speaks of, each once.
    pub fn documents(&self) -> Vec<&DocumentId> {
        let mut documents: Vec<&DocumentId> = Vec::new();
        for document in self.changes.iter().filter_map(ChangeRow::document) {
            // A step is about one document, or about a library whose changes lie together.
            if documents.last() != Some(&document) && !documents.contains(&document) {
                documents.push(document);
            }
        }
        documents
    }

    /// The step that the row tells of; none when a newer app did something that this one does not know.
    pub fn to_step(&self) -> Option<Step> {
        let changes: Vec<Change> = self.changes.iter().map(Change::from).collect();
        let tag = || self.tag.clone().or_else(|| changed_tag(&changes)).unwrap_or_default();
        let deed = match self.deed.as_str() {
            "highlight" => Deed::Highlight,
            "give-tag" => Deed::GiveTag(tag()),
            "take-tag" => Deed::TakeTag(tag()),
            "note" => Deed::Note,
            "range" => Deed::Range,
            "split" => Deed::Split,
            "join" => Deed::Join,
            "extend" => Deed::Extend,
            "delete" => Deed::Delete,
            "rename" => Deed::Rename,
            "relabel" => Deed::Relabel,
            "add-document" => Deed::AddDocument,
            "remove-document" => Deed::RemoveDocument,
            "revise" => Deed::Revise,
            "review" => Deed::Review,
            "take-in" => Deed::TakeIn,
            "choose" => Deed::Choose,
            "revert" => Deed::Revert,
            "restore" => Deed::Restore,
            _ => return None,
        };
        Some(Step {
            id: self.step.clone(),
            deed,
            at: self.at,
            clock: self.clock,
            direction: self.direction.clone(),
            changes,
        })
    }
}

impl Deed {
    /// The word kept in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Highlight => "highlight",
            Self::GiveTag(_) => "give-tag",
            Self::TakeTag(_) => "take-tag",
            Self::Note => "note",
            Self::Range => "range",
            Self::Split => "split",
            Self::Join => "join",
            Self::Extend => "extend",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::Relabel => "relabel",
            Self::AddDocument => "add-document",
            Self::RemoveDocument => "remove-document",
            Self::Revise => "revise",
            Self::Review => "review",
            Self::TakeIn => "take-in",
            Self::Choose => "choose",
            Self::Revert => "revert",
            Self::Restore => "restore",
        }
    }
}

/// The tag that one side of a change has and the other has not: rows of version 1 do not name it.
fn changed_tag(changes: &[Change]) -> Option<TagId> {
    changes.iter().find_map(|change| {
        let Change::Annotation { before, after: Some(after) } = change else { return None };
        let had = |tag: &TagId| before.as_ref().is_some_and(|before| before.tags.contains(tag));
        let given = after.tags.iter().find(|tag| !had(tag));
        let taken = || before.as_ref()?.tags.iter().find(|tag| !after.tags.contains(tag));
        given.or_else(taken).cloned()
    })
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
            Change::Revision { document, before, after } => Self::Revision { document, before, after },
            Change::Tag { before, after } => {
                Self::Tag { before: before.map(Box::new), after: after.map(Box::new) }
            }
        }
    }
}

impl From<&ChangeRow> for Change {
    fn from(row: &ChangeRow) -> Self {
        let annotation = |row: Option<Box<AnnotationRow>>| row.map(|row| Rc::new(Annotation::from(*row)));
        match row.clone() {
            ChangeRow::Annotation { before, after } => {
                Self::Annotation { before: annotation(before), after: annotation(after) }
            }
            ChangeRow::Title { document, before, after } => Self::Title { document, before, after },
            ChangeRow::Role { document, revision, block, before, after } => {
                Self::Role { document, revision, block, before, after }
            }
            ChangeRow::Removed { document, before, after } => Self::Removed { document, before, after },
            ChangeRow::Revision { document, before, after } => Self::Revision { document, before, after },
            ChangeRow::Tag { before, after } => {
                Self::Tag { before: before.map(|tag| *tag), after: after.map(|tag| *tag) }
            }
        }
    }
}
