//! Annotations: passages that a person marked, tagged or noted.
mod merge;
mod set;
mod span_index;

pub use merge::{Settled, merged, settle};
pub use set::AnnotationSet;
pub use span_index::SpanIndex;

use serde::{Deserialize, Serialize};

use super::anchor::Selectors;
use super::id::{AnnotationId, DeviceId, DocumentId, TagId};
use super::text::Span;
use super::time::{LogicalTime, Timestamp};

/// A passage of a document with its tags and note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Its identity, in every copy.
    pub id: AnnotationId,
    /// The document it belongs to.
    pub document: DocumentId,
    /// The revision of the document that the selectors speak of.
    pub revision: u32,
    /// Where the passage is.
    pub selectors: Selectors,
    /// In the order in which they were given.
    pub tags: Vec<TagId>,
    /// Markdown; empty for none.
    pub note: String,
    /// When it was made.
    pub created: Timestamp,
    /// Who changed it last, where and when.
    pub stamp: Stamp,
    /// When each of its fields was last changed, so that copies are merged field by field.
    pub versions: Versions,
    /// What others wrote at the same time and this copy overwrote. Kept until the person has chosen.
    pub rivals: Vec<Rival>,
    /// When it was deleted. A deleted annotation is kept: it can be brought back, and an older copy of it, found
    /// in a backup, is known to be older.
    pub deleted: Option<Version>,
}

impl Annotation {
    /// The marked words.
    pub fn quote(&self) -> &str {
        &self.selectors.quote.exact
    }

    /// Whether a person would see the same: place, words, tags and note.
    pub fn reads_like(&self, other: &Self) -> bool {
        self.selectors == other.selectors
            && self.note == other.note
            && self.rivals == other.rivals
            && self.tags.len() == other.tags.len()
            && self.tags.iter().all(|tag| other.tags.contains(tag))
    }
}

/// When and where a field got its value. Later ones win; two devices at the same moment are told apart by name, so
/// that all copies choose the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    /// When.
    pub clock: LogicalTime,
    /// Where.
    pub device: DeviceId,
}

/// The versions of an annotation's fields; a field without one is as it was when the annotation was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Of the selectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Version>,
    /// Of the note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Version>,
    /// Of giving or taking each tag; whether it was given is told by the annotation's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(TagId, Version)>,
    /// Of the rivals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rivals: Option<Version>,
    /// Of its last return from the dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revived: Option<Version>,
}

impl Versions {
    /// Whether nothing was changed since the annotation was made.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The version of giving or taking a tag.
    pub fn of_tag(&self, tag: &TagId) -> Option<&Version> {
        self.tags.iter().find(|(known, _)| known == tag).map(|(_, version)| version)
    }

    fn set_tag(&mut self, tag: &TagId, version: Version) {
        self.tags.retain(|(known, _)| known != tag);
        self.tags.push((tag.clone(), version));
    }
}

/// A value that was written elsewhere at the same time, by someone who did not know of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rival {
    /// What they wrote.
    pub value: RivalValue,
    /// Who, when and where.
    pub stamp: Stamp,
}

/// The field of a [`Rival`], with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RivalValue {
    /// Another note.
    Note(String),
    /// Another place.
    Range(Box<Selectors>),
}

/// The origin of a record's last change, by which copies made offline are merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The wall time of the change.
    pub modified: Timestamp,
    /// Orders changes over all devices.
    pub clock: LogicalTime,
    /// Where it was made.
    pub device: DeviceId,
    /// The name that the person gave, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

impl Stamp {
    /// The version that a field gets by this change.
    pub fn version(&self) -> Version {
        Version { clock: self.clock, device: self.device.clone() }
    }
}

/// An annotation with its place in the text on screen. Only these can be painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedAnnotation {
    /// The annotation.
    pub annotation: std::rc::Rc<Annotation>,
    /// Where it stands now.
    pub span: Span,
}
