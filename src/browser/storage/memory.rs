//! A stand-in for a database that cannot be had: the app works, and says that nothing is kept.
use std::collections::HashMap;

use super::Volume;
use crate::model::annotation::Annotation;
use crate::model::document::Document;
use crate::model::edit::{Change, Step};
use crate::model::id::{AnnotationId, DocumentId};
use crate::record::{NewDocument, RevisionRow, from_json};

#[derive(Debug, Default)]
pub(super) struct Memory {
    documents: HashMap<DocumentId, Document>,
    annotations: HashMap<AnnotationId, Annotation>,
}

impl Memory {
    pub(super) fn add(&mut self, new: &NewDocument) {
        if let Ok(revision) = from_json::<RevisionRow>(&new.revision) {
            self.documents.insert(new.row.id.clone(), new.row.clone().with_text(revision));
        }
    }

    pub(super) fn volume(&self, id: &DocumentId) -> Option<Volume> {
        let document = self.documents.get(id)?.clone();
        let annotations = self.annotations.values().filter(|one| one.document == *id).cloned().collect();
        Some(Volume { document, annotations, quarantined: 0 })
    }

    pub(super) fn apply(&mut self, steps: &[std::rc::Rc<Step>]) {
        for change in steps.iter().flat_map(|step| &step.changes) {
            match change {
                Change::Annotation { after: Some(after), .. } => {
                    self.annotations.insert(after.id.clone(), (**after).clone());
                }
                Change::Annotation { before, after: None } => {
                    if let Some(before) = before {
                        self.annotations.remove(&before.id);
                    }
                }
                Change::Title { document, after, .. } => {
                    if let Some(document) = self.documents.get_mut(document) {
                        document.title.clone_from(after);
                    }
                }
                Change::Role { document, block, after, .. } => {
                    let document = self.documents.get_mut(document);
                    if let Some(block) = document.and_then(|it| it.blocks.get_mut(*block as usize)) {
                        block.role = *after;
                    }
                }
                // Lists are held by the state; nothing reads these back.
                // Revisions are made by the helper thread, on a database.
                Change::Removed { .. } | Change::Revision { .. } | Change::Tag { .. } => {}
            }
        }
    }
}
