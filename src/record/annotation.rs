//! The row of an annotation.
use serde::{Deserialize, Serialize};

use super::ROW_VERSION;
use crate::model::anchor::Selectors;
use crate::model::annotation::{Annotation, Rival, Stamp, Version, Versions};
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
    /// Its other stretches; since row version 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Selectors>,
    /// The revision in which it was kept without a place; since row version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<u32>,
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
    /// The versions of its fields; since row version 2.
    #[serde(default, skip_serializing_if = "Versions::is_empty")]
    pub versions: Versions,
    /// What it overwrote unseen; since row version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<Rival>,
    /// When it was deleted; since row version 2. Version 1 dropped the rows of deleted annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Version>,
}

impl From<&Annotation> for AnnotationRow {
    fn from(annotation: &Annotation) -> Self {
        let Annotation {
            id,
            document,
            revision,
            selectors,
            further,
            kept,
            tags,
            note,
            created,
            stamp,
            versions,
            rivals,
            deleted,
        } = annotation.clone();
        Self {
            v: ROW_VERSION,
            id,
            document,
            revision,
            selectors,
            further,
            kept,
            tags,
            note,
            created,
            stamp,
            versions,
            rivals,
            deleted,
        }
    }
}

impl From<AnnotationRow> for Annotation {
    fn from(row: AnnotationRow) -> Self {
        let AnnotationRow {
            v: _,
            id,
            document,
            revision,
            selectors,
            further,
            kept,
            tags,
            note,
            created,
            stamp,
            versions,
            rivals,
            deleted,
        } = row;
        Self {
            id,
            document,
            revision,
            selectors,
            further,
            kept,
            tags,
            note,
            created,
            stamp,
            versions,
            rivals,
            deleted,
        }
    }
}
