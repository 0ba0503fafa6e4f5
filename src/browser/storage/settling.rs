//! Carrying steps out on the rows as they are stored, which another window may have changed a moment ago.
use std::collections::HashMap;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::requests::{RequestResult, Writing, all, delete, one, put};
use super::schema::{self, ANNOTATIONS, DOCUMENTS, REVISIONS, TAGS};
use crate::model::annotation::{Annotation, Settled, Stamp, settle};
use crate::model::edit::{Change, Step};
use crate::model::id::{AnnotationId, DeviceId, DocumentId};
use crate::record::{AnnotationRow, DocumentRow, ROW_VERSION, RevisionRow, TagRow, from_json, to_json};

/// From so many changed annotations on, a document's annotations are read at once.
const MANY: usize = 50;

/// One transaction's view of the annotations that it touches.
pub(super) struct Settling<'a> {
    writing: &'a Writing,
    device: &'a DeviceId,
    author: Option<&'a str>,
    known: HashMap<AnnotationId, Option<Annotation>>,
}

impl<'a> Settling<'a> {
    pub(super) fn new(writing: &'a Writing, device: &'a DeviceId, author: Option<&'a str>) -> Self {
        Self { writing, device, author, known: HashMap::new() }
    }

    /// Writes the rows of a step. Returns the step with what really changed, from what to what, and whether a
    /// deletion was refused.
    pub(super) async fn step(&mut self, step: &Step) -> RequestResult<(Step, bool)> {
        let mut settled = Step { changes: Vec::with_capacity(step.changes.len()), ..step.clone() };
        let mut refused = false;
        for change in &step.changes {
            let stamp = Stamp {
                modified: step.at,
                clock: settled.clock,
                device: self.device.clone(),
                author: self.author.map(str::to_owned),
            };
            match change {
                Change::Annotation { before, after } => {
                    let Some(id) = after.as_ref().or(before.as_ref()) else { continue };
                    let (done, was_refused) = self.annotation(id, before, after, stamp).await?;
                    refused |= was_refused;
                    if let Some((change, clock)) = done {
                        settled.clock = settled.clock.max(clock);
                        settled.changes.push(change);
                    }
                }
                _ => settled.changes.extend(self.field(change, &stamp).await?),
            }
        }
        Ok((settled, refused))
    }

    /// Reads the annotations that the steps speak of.
    pub(super) async fn read_first(&mut self, steps: &[Rc<Step>]) -> RequestResult<()> {
        for step in steps {
            if step.changes.len() > MANY {
                self.read_ahead(step).await?;
                continue;
            }
            for change in &step.changes {
                let Change::Annotation { before, after } = change else { continue };
                let Some(known) = after.as_ref().or(before.as_ref()) else { continue };
                if !self.known.contains_key(&known.id) {
                    let stored = self.read(known).await?;
                    self.known.insert(known.id.clone(), stored);
                }
            }
        }
        Ok(())
    }

    /// Takes note of annotations that were read in this transaction.
    pub(super) fn know(&mut self, annotations: Vec<Annotation>) {
        self.known.extend(annotations.into_iter().map(|known| (known.id.clone(), Some(known))));
    }

    async fn annotation(
        &mut self,
        id: &Annotation,
        before: &Option<Rc<Annotation>>,
        after: &Option<Rc<Annotation>>,
        mut stamp: Stamp,
    ) -> RequestResult<(Option<(Change, crate::model::time::LogicalTime)>, bool)> {
        let stored = match self.known.get(&id.id) {
            Some(stored) => stored.clone(),
            None => self.read(id).await?,
        };
        if let Some(stored) = &stored {
            stamp.clock = stamp.clock.after(stored.stamp.clock);
        }
        let written = match settle(before.as_deref(), after.as_deref(), stored.as_ref(), &stamp) {
            Settled::Nothing => return Ok((None, false)),
            Settled::Kept => return Ok((None, true)),
            Settled::Write(written) => written,
        };
        let key = schema::annotation_key(&written.document, &written.id);
        put(&self.writing.store(ANNOTATIONS)?, key, to_json(&AnnotationRow::from(&written)).into())?;
        self.known.insert(written.id.clone(), Some(written.clone()));
        let living = |annotation: &Annotation| annotation.deleted.is_none();
        let change = Change::Annotation {
            before: stored.filter(living).map(Rc::new),
            after: Some(written).filter(living).map(Rc::new),
        };
        Ok((Some((change, stamp.clock)), false))
    }

    /// The stored annotation. A row that cannot be read is moved aside, so that writing harms it not.
    async fn read(&self, id: &Annotation) -> RequestResult<Option<Annotation>> {
        let store = self.writing.store(ANNOTATIONS)?;
        let json = one(&store, schema::annotation_key(&id.document, &id.id)).await?;
        let Some(json) = json else { return Ok(None) };
        match from_json::<AnnotationRow>(&json) {
            Ok(row) => Ok(Some(row.into())),
            Err(error) => {
                crate::browser::log(&error.to_string());
                let aside = AnnotationId(format!("{}-aside-{}", id.id, id.stamp.modified.0));
                put(&store, schema::annotation_key(&id.document, &aside), json.into())?;
                Ok(None)
            }
        }
    }

    /// Reads the annotations of all documents that a large step touches.
    async fn read_ahead(&mut self, step: &Step) -> RequestResult<()> {
        let mut documents: Vec<&DocumentId> = Vec::new();
        for document in step.changes.iter().filter_map(Change::document) {
            if documents.last() != Some(&document) && !documents.contains(&document) {
                documents.push(document);
            }
        }
        let store = self.writing.store(ANNOTATIONS)?;
        for document in documents {
            for value in all(&store, Some(schema::of_document(document)?)).await? {
                let row = value.as_string().and_then(|json| from_json::<AnnotationRow>(&json).ok());
                if let Some(annotation) = row.map(Annotation::from) {
                    self.known.entry(annotation.id.clone()).or_insert(Some(annotation));
                }
            }
        }
        Ok(())
    }

    /// Changes a field of a document, or a tag. A row that cannot be read stays as it is.
    async fn field(&self, change: &Change, stamp: &Stamp) -> RequestResult<Option<Change>> {
        match change {
            Change::Title { document, after, .. } => {
                let Some((mut row, key)) = self.document(document).await? else { return Ok(None) };
                if row.title == *after {
                    return Ok(None);
                }
                let before = std::mem::replace(&mut row.title, after.clone());
                row.title_version = Some(stamp.version());
                row.v = ROW_VERSION;
                put(&self.writing.store(DOCUMENTS)?, key, to_json(&row).into())?;
                Ok(Some(Change::Title { document: document.clone(), before, after: after.clone() }))
            }
            Change::Removed { document, after, .. } => {
                let Some((mut row, key)) = self.document(document).await? else { return Ok(None) };
                if row.removed == *after {
                    return Ok(None);
                }
                row.removed = *after;
                row.removed_version = Some(stamp.version());
                row.v = ROW_VERSION;
                put(&self.writing.store(DOCUMENTS)?, key, to_json(&row).into())?;
                Ok(Some(Change::Removed { document: document.clone(), before: !after, after: *after }))
            }
            Change::Revision { document, after, .. } => {
                let Some((mut row, key)) = self.document(document).await? else { return Ok(None) };
                let before = row.revision;
                if before == *after {
                    return Ok(None);
                }
                let revisions = self.writing.store(REVISIONS)?;
                let json = one(&revisions, schema::revision_key(document, *after)).await?;
                let text = json.and_then(|json| from_json::<RevisionRow>(&json).ok());
                let Some(face) = text.and_then(|text| text.face()) else { return Ok(None) };
                row.turn_to(face);
                row.revision_version = Some(stamp.version());
                row.v = ROW_VERSION;
                put(&self.writing.store(DOCUMENTS)?, key, to_json(&row).into())?;
                Ok(Some(Change::Revision { document: document.clone(), before, after: *after }))
            }
            Change::Role { document, revision, block, after, .. } => {
                let key = schema::revision_key(document, *revision);
                let json = one(&self.writing.store(REVISIONS)?, key.clone()).await?;
                let row = json.and_then(|json| from_json::<RevisionRow>(&json).ok());
                let Some(mut row) = row else { return Ok(None) };
                let Some(before) = row.blocks.get(*block as usize).map(|block| block.role) else {
                    return Ok(None);
                };
                if before == *after {
                    return Ok(None);
                }
                row.relabel(*block, *after, stamp.version());
                row.v = ROW_VERSION;
                put(&self.writing.store(REVISIONS)?, key, to_json(&row).into())?;
                let (document, revision, block, after) = (document.clone(), *revision, *block, *after);
                Ok(Some(Change::Role { document, revision, block, before, after }))
            }
            Change::Tag { after: Some(tag), .. } => {
                let row = TagRow { v: ROW_VERSION, tag: tag.clone(), version: Some(stamp.version()) };
                put(&self.writing.store(TAGS)?, tag.id.as_str().into(), to_json(&row).into())?;
                Ok(Some(change.clone()))
            }
            Change::Tag { before: Some(tag), after: None } => {
                delete(&self.writing.store(TAGS)?, &tag.id.as_str().into())?;
                Ok(Some(change.clone()))
            }
            Change::Tag { before: None, after: None } | Change::Annotation { .. } => Ok(None),
        }
    }

    async fn document(&self, id: &DocumentId) -> RequestResult<Option<(DocumentRow, JsValue)>> {
        let key: JsValue = id.as_str().into();
        let json = one(&self.writing.store(DOCUMENTS)?, key.clone()).await?;
        Ok(json.and_then(|json| from_json(&json).ok()).map(|row| (row, key)))
    }
}
