//! Annotations: passages that a person marked, tagged or noted.
mod set;
mod span_index;

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
}

impl Annotation {
    /// The marked words.
    pub fn quote(&self) -> &str {
        &self.selectors.quote.exact
    }
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

/// An annotation with its place in the text on screen. Only these can be painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedAnnotation {
    /// The annotation.
    pub annotation: std::rc::Rc<Annotation>,
    /// Where it stands now.
    pub span: Span,
}
