//! Edits as values: what a record was before and is after. One value serves undo, the journal and the merge.
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::annotation::Annotation;
use super::codebook::Tag;
use super::document::Role;
use super::id::{DocumentId, StepId, TagId};
use super::time::{LogicalTime, Timestamp};

/// The change of one record, or of one field of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An annotation was made, changed or deleted.
    Annotation {
        /// Before; none when it is new.
        before: Option<Rc<Annotation>>,
        /// After; none when it is deleted.
        after: Option<Rc<Annotation>>,
    },
    /// A document got another title.
    Title {
        /// Which document.
        document: DocumentId,
        /// The old title.
        before: String,
        /// The new title.
        after: String,
    },
    /// A block got another role. No text changes.
    Role {
        /// Which document.
        document: DocumentId,
        /// The revision that holds the block.
        revision: u32,
        /// Which block.
        block: u32,
        /// The old role.
        before: Role,
        /// The new role.
        after: Role,
    },
    /// A document was taken out of the library, or put back. Its rows stay until the person empties the bin.
    Removed {
        /// Which document.
        document: DocumentId,
        /// Whether it was out before.
        before: bool,
        /// Whether it is out now.
        after: bool,
    },
    /// Another revision of a document became the current one. The texts of all of them stay stored.
    Revision {
        /// Which document.
        document: DocumentId,
        /// The revision that was shown before.
        before: u32,
        /// The revision that is shown now.
        after: u32,
    },
    /// A tag was made, changed or deleted.
    Tag {
        /// Before; none when it is new.
        before: Option<Tag>,
        /// After; none when it is deleted.
        after: Option<Tag>,
    },
}

impl Change {
    /// The change that takes this one back.
    pub fn reversed(&self) -> Self {
        match self.clone() {
            Self::Annotation { before, after } => Self::Annotation { before: after, after: before },
            Self::Title { document, before, after } => Self::Title { document, before: after, after: before },
            Self::Role { document, revision, block, before, after } => {
                Self::Role { document, revision, block, before: after, after: before }
            }
            Self::Removed { document, before, after } => {
                Self::Removed { document, before: after, after: before }
            }
            Self::Revision { document, before, after } => {
                Self::Revision { document, before: after, after: before }
            }
            Self::Tag { before, after } => Self::Tag { before: after, after: before },
        }
    }

    /// The document that the change belongs to; none for the codebook.
    pub fn document(&self) -> Option<&DocumentId> {
        match self {
            Self::Annotation { before, after } => {
                after.as_ref().or(before.as_ref()).map(|annotation| &annotation.document)
            }
            Self::Title { document, .. }
            | Self::Role { document, .. }
            | Self::Removed { document, .. }
            | Self::Revision { document, .. } => Some(document),
            Self::Tag { .. } => None,
        }
    }
}

/// What the person did, in one word: for the journal and for "Undo …".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Marked a passage.
    Highlight,
    /// Gave a tag.
    GiveTag(TagId),
    /// Took a tag off.
    TakeTag(TagId),
    /// Wrote a note.
    Note,
    /// Moved the edges of a passage.
    Range,
    /// Made two passages of one.
    Split,
    /// Made one passage of two.
    Join,
    /// Added a stretch to a passage.
    Extend,
    /// Deleted a passage.
    Delete,
    /// Changed a title.
    Rename,
    /// Changed what a block is.
    Relabel,
    /// Added a document.
    AddDocument,
    /// Removed a document.
    RemoveDocument,
    /// Added a new revision of a document, with the passages that stand in it unchanged.
    Revise,
    /// Said where passages of an older revision stand, or that they stand nowhere.
    Review,
    /// Took in annotations that were made elsewhere.
    TakeIn,
    /// Chose between what two windows wrote.
    Choose,
    /// Brought back how things were at an earlier moment.
    Revert,
    /// Took a backup in.
    Restore,
}

/// Whether a step is new, or takes an earlier one back, or does it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// New.
    #[default]
    Do,
    /// Takes that step back.
    Undo(StepId),
    /// Does that step again.
    Redo(StepId),
}

/// One step of undo: what a person did at once, and every change it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its identity. Typing that goes on has the identity of the step that it goes on with.
    pub id: StepId,
    /// What was done.
    pub deed: Deed,
    /// When, by the clock on the wall.
    pub at: Timestamp,
    /// When, among the steps of all devices.
    pub clock: LogicalTime,
    /// Whether it is new.
    pub direction: Direction,
    /// In the order in which they were made.
    pub changes: Vec<Change>,
}

impl Step {
    /// The step that takes this one back.
    pub fn reversed(&self, id: StepId, at: Timestamp) -> Self {
        Self {
            id,
            deed: self.deed.clone(),
            at,
            clock: self.clock,
            direction: Direction::Undo(self.id.clone()),
            changes: self.changes.iter().rev().map(Change::reversed).collect(),
        }
    }

    /// The step that does this one again.
    pub fn repeated(&self, id: StepId, at: Timestamp) -> Self {
        Self { id, at, direction: Direction::Redo(self.id.clone()), ..self.clone() }
    }
}
