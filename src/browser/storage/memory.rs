//! A stand-in for a database that cannot be had: the app works, and says that nothing is kept.
use super::Volume;
use crate::model::annotation::Annotation;
use crate::model::document::Document;
use crate::model::edit::{Change, Step};
use crate::model::id::DocumentId;
use crate::record::{NewDocument, RevisionRow, from_json};

#[derive(Debug, Default)]
pub(super) struct Memory {
    documents: Vec<Document>,
    annotations: Vec<Annotation>,
}

impl Memory {
    pub(super) fn add(&mut self, new: &NewDocument) {
        if let Ok(revision) = from_json::<RevisionRow>(&new.revision) {
            self.documents.push(new.row.clone().with_text(revision));
        }
    }

    pub(super) fn volume(&self, id: &DocumentId) -> Option<Volume> {
        let document = self.documents.iter().find(|document| document.id == *id)?.clone();
        let annotations = self.annotations.iter().filter(|one| one.document == *id).cloned().collect();
        Some(Volume { document, annotations, quarantined: 0, wants_pack: false })
    }

    fn document(&mut self, id: &DocumentId) -> Option<&mut Document> {
        self.documents.iter_mut().find(|document| document.id == *id)
    }

    pub(super) fn apply(&mut self, steps: &[std::rc::Rc<Step>]) {
        for change in steps.iter().flat_map(|step| &step.changes) {
            match change {
                Change::Annotation { before, after } => {
                    if let Some(known) = after.as_ref().or(before.as_ref()) {
                        self.annotations.retain(|annotation| annotation.id != known.id);
                    }
                    self.annotations.extend(after.as_deref().cloned());
                }
                Change::Title { document, after, .. } => {
                    if let Some(document) = self.document(document) {
                        document.title.clone_from(after);
                    }
                }
                Change::Role { document, block, after, .. } => {
                    let document = self.document(document);
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
