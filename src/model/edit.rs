//! Edits as values: what a record was before and is after. One value serves undo, the journal and the merge.
use std::rc::Rc;

use super::annotation::Annotation;
use super::codebook::Tag;
use super::document::Role;
use super::id::{DocumentId, TagId};
use super::time::Timestamp;

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
            Self::Tag { before, after } => Self::Tag { before: after, after: before },
        }
    }

    /// The document that the change belongs to; none for the codebook.
    pub fn document(&self) -> Option<&DocumentId> {
        match self {
            Self::Annotation { before, after } => {
                after.as_ref().or(before.as_ref()).map(|annotation| &annotation.document)
            }
            Self::Title { document, .. } | Self::Role { document, .. } | Self::Removed { document, .. } => {
                Some(document)
            }
            Self::Tag { .. } => None,
        }
    }
}

/// What the person did, in one word: for the journal and for "Undo …".
#[derive(Clone, Debug, PartialEq, Eq)]
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
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::Relabel => "relabel",
            Self::AddDocument => "add-document",
            Self::RemoveDocument => "remove-document",
        }
    }
}

/// One step of undo: what a person did at once, and every change it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub deed: Deed,
    /// When.
    pub at: Timestamp,
    /// Whether this step takes back an earlier one.
    pub is_undo: bool,
    /// In the order in which they were made.
    pub changes: Vec<Change>,
}

impl Step {
    /// The step that takes this one back.
    pub fn reversed(&self, at: Timestamp) -> Self {
        Self {
            deed: self.deed.clone(),
            at,
            is_undo: !self.is_undo,
            changes: self.changes.iter().rev().map(Change::reversed).collect(),
        }
    }
}
