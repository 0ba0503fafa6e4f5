//! Annotations: passages that a person marked, tagged or noted.
mod merge;
mod set;

pub use merge::{Settled, merged, settle};
pub use set::AnnotationSet;

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
    /// Where the passage is; where its first stretch is, if it has several.
    pub selectors: Selectors,
    /// The other stretches of a passage in several pieces, in text order; empty for nearly all.
    pub further: Vec<Selectors>,
    /// The revision in which the person kept the passage by its old words, although they have no place there.
    pub kept: Option<u32>,
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
    /// All its stretches, in text order.
    pub fn parts(&self) -> impl Iterator<Item = &Selectors> {
        std::iter::once(&self.selectors).chain(&self.further)
    }

    /// The marked words; those of several stretches with an ellipsis between.
    pub fn quote(&self) -> String {
        let parts: Vec<&str> = self.parts().map(|part| part.quote.exact.as_str()).collect();
        parts.join(" … ")
    }

    /// Whether the person has yet to say where it stands in a revision of the document.
    pub fn waits_in(&self, revision: u32) -> bool {
        self.revision != revision && self.kept != Some(revision)
    }

    /// Whether both stand at the same place of the same revision, or are kept without one.
    pub fn is_placed_like(&self, other: &Self) -> bool {
        self.selectors == other.selectors
            && self.further == other.further
            && self.revision == other.revision
            && self.kept == other.kept
    }

    /// Takes over where another one stands.
    pub fn place_like(&mut self, other: &Self) {
        self.selectors.clone_from(&other.selectors);
        self.further.clone_from(&other.further);
        self.revision = other.revision;
        self.kept = other.kept;
    }

    /// Whether a person would see the same: place, words, tags and note.
    pub fn reads_like(&self, other: &Self) -> bool {
        self.is_placed_like(other)
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

/// An annotation with its place in the text on screen, or one stretch of it. Only these can be painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedAnnotation {
    /// The annotation.
    pub annotation: std::rc::Rc<Annotation>,
    /// Where it stands now, or one stretch of it.
    pub span: Span,
    /// Which stretch that is, from 0.
    pub part: u32,
}
