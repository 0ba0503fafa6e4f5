//! The row of an annotation.
use serde::{Deserialize, Serialize};

use super::ROW_VERSION;
use crate::model::anchor::Selectors;
use crate::model::annotation::{Annotation, Stamp};
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::model::time::Timestamp;

/// An annotation as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotationRow {
    /// Row version.
    pub v: u32,
    /// See [`Annotation`] for this and the other fields.
    pub id: AnnotationId,
    /// Its document.
    pub document: DocumentId,
    /// The revision that the selectors speak of.
    pub revision: u32,
    /// Where it is.
    pub selectors: Selectors,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<TagId>,
    /// Its note.
    #[serde(default)]
    pub note: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its last change.
    pub stamp: Stamp,
}

impl From<&Annotation> for AnnotationRow {
    fn from(annotation: &Annotation) -> Self {
        let Annotation { id, document, revision, selectors, tags, note, created, stamp } = annotation.clone();
        Self { v: ROW_VERSION, id, document, revision, selectors, tags, note, created, stamp }
    }
}

impl From<AnnotationRow> for Annotation {
    fn from(row: AnnotationRow) -> Self {
        let AnnotationRow { v: _, id, document, revision, selectors, tags, note, created, stamp } = row;
        Self { id, document, revision, selectors, tags, note, created, stamp }
    }
}
