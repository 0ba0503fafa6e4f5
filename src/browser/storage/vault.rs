//! Storage as a whole: every row read as it stands, a backup taken in, a document brought back. Used by the helper
//! thread, which is one more writer beside the windows.
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore};

use super::Storage;
use super::database::{Committed, Inner, JournalEndWriter, note_held_data};
use super::error::{StorageError, StorageErrorKind};
use super::requests::{RequestResult, Writing, all, delete, keys, last_key, one, put, reading, value};
use super::schema::{
    self, ANNOTATIONS, DOCUMENTS, FILES, JOURNAL, PACKS, REVISIONS, SETTINGS, STUDY, TAGS, TASKS, TRAILS,
};
use super::settling::Settling;
use crate::model::annotation::{Annotation, Stamp};
use crate::model::document::DocumentText;
use crate::model::edit::{Change, Deed, Direction, Step};
use crate::model::id::{DeviceId, DocumentId, StepId};
use crate::model::time::{LogicalTime, Timestamp};
use crate::record::backup::{BackupRows, Held, Plan, RestoreMode, plan};
use crate::record::history::Current;
use crate::record::{
    AnnotationRow, DocumentRow, JournalRow, Logged, PackHead, ROW_VERSION, RevisionRow, TagRow, from_json,
    to_json, write_pack,
};

/// The stores of rows, in the order of a backup.
pub const ROW_STORES: [&str; 8] = [DOCUMENTS, REVISIONS, ANNOTATIONS, TAGS, TASKS, STUDY, SETTINGS, JOURNAL];

/// A stored value with its key; no text where it is none.
pub struct RawRow {
    /// The key as JSON.
    pub key: Value,
    /// The value.
    pub text: Option<String>,
}

/// One file of a backup: document, revision, name, bytes.
pub type BackupFile = (DocumentId, u32, String, Vec<u8>);

/// Who restores, when, and as which step.
pub struct RestoreOrigin<'a> {
    /// The step that is journalled.
    pub step: StepId,
    /// This profile.
    pub device: &'a DeviceId,
    /// The name that the person gave.
    pub author: Option<&'a str>,
    /// Now.
    pub at: Timestamp,
}

impl RestoreOrigin<'_> {
    /// Later than everything here and everything in the backup.
    fn stamp(&self, held: &HeldNow, rows: &BackupRows) -> Stamp {
        let theirs = rows.annotations.iter().map(|row| row.stamp.clock).max().unwrap_or_default();
        Stamp {
            modified: self.at,
            clock: LogicalTime { wall: self.at, counter: 0 }.after(held.latest).after(theirs),
            device: self.device.clone(),
            author: self.author.map(str::to_owned),
        }
    }
}

/// The stores that tell what a library holds.
const HELD_STORES: [&str; 8] = [DOCUMENTS, REVISIONS, ANNOTATIONS, TAGS, TASKS, STUDY, SETTINGS, JOURNAL];

/// What the library holds of what a backup speaks of.
struct HeldNow {
    held: Held,
    /// The journal rows that are known.
    journal: HashSet<(String, i64, usize)>,
    /// The latest clock.
    latest: LogicalTime,
}

/// What a journal row is known by. Rows of version 1 have no step: their time and changes must do.
fn identity(row: &JournalRow) -> (String, i64, usize) {
    (format!("{}/{}", row.device, row.step), row.at.0, row.changes.len())
}

async fn held(
    store: impl Fn(&'static str) -> RequestResult<IdbObjectStore>,
    rows: &BackupRows,
) -> RequestResult<HeldNow> {
    let mut held = Held::default();
    for row in typed::<DocumentRow>(&store(DOCUMENTS)?).await? {
        held.documents.insert(row.id.clone(), row);
    }
    for row in typed::<AnnotationRow>(&store(ANNOTATIONS)?).await? {
        held.annotations.insert(row.id.clone(), row);
    }
    for row in typed::<TagRow>(&store(TAGS)?).await? {
        held.tags.insert(row.tag.id.clone(), row);
    }
    let revisions = store(REVISIONS)?;
    held.texts.extend(keys(&revisions, None).await?.iter().filter_map(|key| {
        let parts: &Array = key.dyn_ref()?;
        Some((DocumentId(parts.get(0).as_string()?), parts.get(1).as_f64()? as u32))
    }));
    for (document, revision, _) in rows.revisions.iter().filter(|(_, _, row)| !row.role_versions.is_empty()) {
        let json = one(&revisions, schema::revision_key(document, *revision)).await?;
        if let Some(row) = json.and_then(|json| from_json::<RevisionRow>(&json).ok()) {
            held.revisions.insert((document.clone(), *revision), row);
        }
    }
    for name in [TASKS, STUDY, SETTINGS] {
        let known = keys(&store(name)?, None).await?;
        held.others.extend(known.iter().filter_map(|key| Some((name.to_owned(), key.as_string()?))));
    }
    let journal = typed::<JournalRow>(&store(JOURNAL)?).await?;
    let seen = journal.iter().map(|row| row.clock).max().unwrap_or_default();
    let latest = held.annotations.values().map(|row| row.stamp.clock).max().unwrap_or_default();
    Ok(HeldNow { held, journal: journal.iter().map(identity).collect(), latest: seen.max(latest) })
}

/// A document with all its texts and its living annotations, those deleted left out.
#[derive(Debug)]
pub struct Standing {
    /// What lists show.
    pub row: DocumentRow,
    /// Texts that can be read, by revision.
    pub revisions: HashMap<u32, RevisionRow>,
    /// The annotations that can be read.
    pub annotations: Vec<Annotation>,
}

/// What is to be changed in a document.
#[derive(Debug, Default)]
pub struct Rework {
    /// A text to add: its number, the row, the name of its file, and the file itself.
    pub new_revision: Option<(u32, RevisionRow, String, Vec<u8>)>,
    /// In the order in which they are made.
    pub changes: Vec<Change>,
}

fn unreadable(doing: &'static str) -> StorageError {
    StorageError { kind: StorageErrorKind::Failed, doing, cause: "its row cannot be read".to_owned() }
}

async fn standing(
    store: impl Fn(&'static str) -> RequestResult<IdbObjectStore>,
    document: &DocumentId,
) -> RequestResult<Option<Standing>> {
    let head = one(&store(DOCUMENTS)?, document.as_str().into()).await?;
    let Some(row) = head.and_then(|json| from_json::<DocumentRow>(&json).ok()) else { return Ok(None) };
    let texts = store(REVISIONS)?;
    let range = || schema::of_document(document);
    let numbers = keys(&texts, Some(range()?)).await?;
    let values = all(&texts, Some(range()?)).await?;
    let number = |key: &JsValue| key.dyn_ref::<Array>()?.get(1).as_f64().map(|number| number as u32);
    let revisions = numbers
        .iter()
        .zip(&values)
        .filter_map(|(key, value)| Some((number(key)?, from_json(&value.as_string()?).ok()?)))
        .collect();
    let rows = all(&store(ANNOTATIONS)?, Some(range()?)).await?;
    let annotations = rows
        .iter()
        .filter_map(|value| from_json::<AnnotationRow>(&value.as_string()?).ok())
        .filter(|row| row.deleted.is_none())
        .map(Annotation::from)
        .collect();
    Ok(Some(Standing { row, revisions, annotations }))
}

async fn typed<Row: DeserializeOwned>(store: &IdbObjectStore) -> RequestResult<Vec<Row>> {
    let values = all(store, None).await?;
    Ok(values.iter().filter_map(|value| from_json(&value.as_string()?).ok()).collect())
}

impl Storage {
    fn database(&self, doing: &'static str) -> Result<&IdbDatabase, StorageError> {
        match &self.inner {
            Inner::Database { database, .. } => Ok(database),
            Inner::Memory { because, .. } => {
                Err(StorageError { kind: *because, doing, cause: "there is no database".to_owned() })
            }
        }
    }

    /// All rows of a store, as they stand.
    pub async fn raw_rows(&self, store: &str) -> Result<Vec<RawRow>, StorageError> {
        let doing = "read a store";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[store])?;
            let store = transaction.object_store(store)?;
            Ok((keys(&store, None).await?, all(&store, None).await?))
        };
        let (keys, values) = work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        let row = |(key, value): (JsValue, JsValue)| RawRow { key: key_json(&key), text: value.as_string() };
        Ok(keys.into_iter().zip(values).map(row).collect())
    }

    /// The document, revision and name of every file.
    pub async fn file_keys(&self) -> Result<Vec<(DocumentId, u32, String)>, StorageError> {
        let doing = "list the files";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[FILES])?;
            keys(&transaction.object_store(FILES)?, None).await
        };
        let keys = work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        let parts = keys.iter().filter_map(|key| {
            let parts: &Array = key.dyn_ref()?;
            let document = DocumentId(parts.get(0).as_string()?);
            Some((document, parts.get(1).as_f64()? as u32, parts.get(2).as_string()?))
        });
        Ok(parts.collect())
    }

    /// The bytes of a file.
    pub async fn file(
        &self,
        document: &DocumentId,
        revision: u32,
        name: &str,
    ) -> Result<Vec<u8>, StorageError> {
        let doing = "read a file";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[FILES])?;
            let key = schema::file_key(document, revision, name);
            let bytes = value(&transaction.object_store(FILES)?, key).await?;
            Ok(bytes.map(|bytes| Uint8Array::new(&bytes).to_vec()).unwrap_or_default())
        };
        work.await.map_err(|error| StorageError::from_js(doing, &error))
    }

    /// What restoring a backup would do to the library as it is now.
    pub async fn plan_restore(
        &self,
        rows: &BackupRows,
        mode: RestoreMode,
        origin: &RestoreOrigin<'_>,
    ) -> Result<Plan, StorageError> {
        let doing = "look at the library";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &HELD_STORES)?;
            let held = held(|store| transaction.object_store(store), rows).await?;
            Ok(plan(rows, &held.held, mode, &origin.stamp(&held, rows)))
        };
        work.await.map_err(|error| StorageError::from_js(doing, &error))
    }

    /// Restores a backup in one strict transaction: all of it or nothing. What it does is worked out inside, so that
    /// no window can write in between. `next_file` hands out the files one by one; those of revisions that are
    /// here already are passed over.
    pub async fn restore(
        &self,
        rows: &BackupRows,
        mode: RestoreMode,
        origin: &RestoreOrigin<'_>,
        mut next_file: impl FnMut(&dyn Fn(&DocumentId, u32) -> bool) -> Option<BackupFile>,
    ) -> Result<Plan, StorageError> {
        let doing = "restore the backup";
        let database = self.database(doing)?;
        let stores =
            [DOCUMENTS, REVISIONS, FILES, ANNOTATIONS, TAGS, TASKS, STUDY, SETTINGS, JOURNAL, TRAILS];
        let writing = Writing::begin(database, &stores, doing)?;
        let work = async {
            let held = held(|store| writing.store(store), rows).await?;
            let stamp = origin.stamp(&held, rows);
            let plan = plan(rows, &held.held, mode, &stamp);
            for row in &plan.documents {
                put(&writing.store(DOCUMENTS)?, row.id.as_str().into(), to_json(row).into())?;
            }
            for (document, revision, row) in &plan.revisions {
                let key = schema::revision_key(document, *revision);
                put(&writing.store(REVISIONS)?, key, to_json(row).into())?;
            }
            let is_new =
                |document: &DocumentId, revision| !held.held.texts.contains(&(document.clone(), revision));
            while let Some((document, revision, name, bytes)) = next_file(&is_new) {
                let key = schema::file_key(&document, revision, &name);
                put(&writing.store(FILES)?, key, Uint8Array::from(bytes.as_slice()).into())?;
            }
            for row in &plan.annotations {
                let key = schema::annotation_key(&row.document, &row.id);
                put(&writing.store(ANNOTATIONS)?, key, to_json(row).into())?;
            }
            for row in &plan.tags {
                put(&writing.store(TAGS)?, row.tag.id.as_str().into(), to_json(row).into())?;
            }
            for (store, key, json) in &plan.others {
                put(&writing.store(store)?, key.as_str().into(), json.as_str().into())?;
            }
            let unknown = rows.journal.iter().filter(|row| !held.journal.contains(&identity(row)));
            let past: Vec<JournalRow> =
                unknown.map(|row| JournalRow { is_history: true, ..row.clone() }).collect();
            let mut journal = JournalEndWriter::find(&writing).await?;
            journal.log(&past)?;
            let step = Step {
                id: origin.step.clone(),
                deed: Deed::Restore,
                at: stamp.modified,
                clock: stamp.clock,
                direction: Direction::Do,
                changes: plan.changes.clone(),
            };
            journal.log(&JournalRow::of_step(&step, &stamp.device, stamp.author.as_deref()))?;
            Ok(plan)
        };
        let result = work.await;
        let plan = writing.end(result).await?;
        note_held_data();
        Ok(plan)
    }

    /// The journal rows that speak of a document, from a key on, oldest first; without a document all rows.
    pub async fn trail(&self, document: Option<&DocumentId>, from: u64) -> Result<Vec<Logged>, StorageError> {
        let Some(document) = document else { return self.journal_since(from.saturating_sub(1)).await };
        let doing = "read the history";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[TRAILS, JOURNAL])?;
            let trail =
                keys(&transaction.object_store(TRAILS)?, Some(schema::of_document(document)?)).await?;
            let journal = transaction.object_store(JOURNAL)?;
            let mut rows = Vec::new();
            for key in trail {
                let Some(key) = key.dyn_ref::<Array>().and_then(|parts| parts.get(1).as_f64()) else {
                    continue;
                };
                if key >= from as f64
                    && let Some(json) = one(&journal, key.into()).await?
                {
                    rows.push((key as u64, json));
                }
            }
            Ok(rows)
        };
        let rows = work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        let logged = rows.into_iter().filter_map(|(key, json)| {
            let row = from_json::<JournalRow>(&json).ok()?;
            Some(Logged { key, row })
        });
        Ok(logged.collect())
    }

    /// What a document is now, as far as history can change it.
    pub async fn current(&self, document: &DocumentId) -> Result<Current, StorageError> {
        let doing = "read the document";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[DOCUMENTS, ANNOTATIONS])?;
            let head = one(&transaction.object_store(DOCUMENTS)?, document.as_str().into()).await?;
            let range = schema::of_document(document)?;
            let rows = all(&transaction.object_store(ANNOTATIONS)?, Some(range)).await?;
            Ok((head, rows))
        };
        let (head, rows) = work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        let head = head.and_then(|json| from_json::<DocumentRow>(&json).ok()).ok_or_else(|| {
            StorageError { kind: StorageErrorKind::Failed, doing, cause: "its row cannot be read".to_owned() }
        })?;
        let annotations: HashMap<_, _> = rows
            .iter()
            .filter_map(|value| from_json::<AnnotationRow>(&value.as_string()?).ok())
            .filter(|row| row.deleted.is_none())
            .map(|row| (row.id.clone(), row.into()))
            .collect();
        Ok(Current { annotations, title: head.title, removed: head.removed, revision: head.revision })
    }

    /// Commits one step, and says how many changes it made.
    pub async fn commit_one(
        &self,
        step: Step,
        device: &DeviceId,
        author: Option<&str>,
    ) -> Result<u32, StorageError> {
        let committed = self.commit(&[Rc::new(step)], device, author).await?;
        Ok(committed.logged.iter().map(|logged| logged.row.changes.len() as u32).sum())
    }

    /// A document with all its texts and its living annotations.
    pub async fn standing(&self, document: &DocumentId) -> Result<Standing, StorageError> {
        let doing = "read the document";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[DOCUMENTS, REVISIONS, ANNOTATIONS])?;
            standing(|store| transaction.object_store(store), document).await
        };
        let found = work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        found.ok_or_else(|| unreadable(doing))
    }

    /// Changes a document in one strict transaction. What is changed is worked out inside, so that no window can write
    /// in between. A new revision gets the next free number.
    pub async fn rework(
        &self,
        document: &DocumentId,
        deed: Deed,
        origin: &RestoreOrigin<'_>,
        make: impl FnOnce(&mut Standing) -> Rework,
    ) -> Result<Committed, StorageError> {
        let doing = "change the document";
        let database = self.database(doing)?;
        let stores = [DOCUMENTS, REVISIONS, FILES, ANNOTATIONS, TAGS, JOURNAL, TRAILS];
        let writing = Writing::begin(database, &stores, doing)?;
        let work = async {
            let Some(mut standing) = standing(|store| writing.store(store), document).await? else {
                return Ok(None);
            };
            let Rework { new_revision, changes } = make(&mut standing);
            if let Some((number, row, name, bytes)) = new_revision {
                let revisions = writing.store(REVISIONS)?;
                let current = standing.row.revision;
                if let Some(old) = standing.revisions.get_mut(&current).filter(|old| old.face.is_none()) {
                    old.face = Some(to_json(&standing.row));
                    old.v = ROW_VERSION;
                    put(&revisions, schema::revision_key(document, current), to_json(old).into())?;
                }
                put(&revisions, schema::revision_key(document, number), to_json(&row).into())?;
                let key = schema::file_key(document, number, &name);
                put(&writing.store(FILES)?, key, Uint8Array::from(bytes.as_slice()).into())?;
            }
            let step = Step {
                id: origin.step.clone(),
                deed,
                at: origin.at,
                clock: LogicalTime { wall: origin.at, counter: 0 },
                direction: Direction::Do,
                changes,
            };
            let mut journal = JournalEndWriter::find(&writing).await?;
            let mut settling = Settling::new(&writing, origin.device, origin.author);
            settling.know(standing.annotations);
            let (settled, refused) = settling.step(&step).await?;
            let mut committed = Committed { refused, ..Committed::default() };
            if !settled.changes.is_empty() {
                let rows = JournalRow::of_step(&settled, origin.device, origin.author);
                committed.logged = journal.log(&rows)?;
            }
            Ok(Some(committed))
        };
        let result = work.await;
        writing.end(result).await?.ok_or_else(|| unreadable(doing))
    }

    /// Makes the pack of a document anew. Its rows and the journal's end are read in one transaction.
    pub async fn pack(&self, document: &DocumentId) -> Result<(), StorageError> {
        let doing = "pack the annotations";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[DOCUMENTS, REVISIONS, ANNOTATIONS, JOURNAL])?;
            let end = last_key(&transaction.object_store(JOURNAL)?).await?;
            let standing = standing(|store| transaction.object_store(store), document).await?;
            Ok(standing.map(|standing| (standing, end.unwrap_or(0.0) as u64)))
        };
        let found = work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        let Some((Standing { row, revisions, annotations }, journal_key)) = found else { return Ok(()) };
        let Some(text) = revisions.get(&row.revision) else { return Ok(()) };
        let head = PackHead { revision: row.revision, journal_key };
        let pack = write_pack(head, &DocumentText::new(&text.blocks), &annotations);
        let writing = Writing::begin(database, &[PACKS], doing)?;
        let result = writing.store(PACKS).and_then(|store| {
            put(&store, document.as_str().into(), Uint8Array::from(pack.as_slice()).into())
        });
        writing.end(result).await
    }

    /// Takes rows of the journal away that are older than a key, with their trails.
    pub async fn forget_journal(&self, before: u64) -> Result<(), StorageError> {
        let doing = "shorten the history";
        let database = self.database(doing)?;
        let writing = Writing::begin(database, &[JOURNAL, TRAILS, PACKS], doing)?;
        let work = async {
            // Packs rest on the journal.
            writing.store(PACKS)?.clear()?;
            let trails = writing.store(TRAILS)?;
            for key in keys(&trails, None).await? {
                let is_old = key
                    .dyn_ref::<Array>()
                    .and_then(|parts| parts.get(1).as_f64())
                    .is_some_and(|number| number < before as f64);
                if is_old {
                    delete(&trails, &key)?;
                }
            }
            let journal = writing.store(JOURNAL)?;
            let older = IdbKeyRange::upper_bound_with_open(&JsValue::from(before as f64), true)?;
            delete(&journal, &older)
        };
        let result = work.await;
        writing.end(result).await
    }

    /// A setting, as it stands.
    pub async fn setting(&self, name: &str) -> Result<Option<JsValue>, StorageError> {
        let doing = "read a setting";
        let database = self.database(doing)?;
        let work = async {
            let transaction = reading(database, &[SETTINGS])?;
            value(&transaction.object_store(SETTINGS)?, name.into()).await
        };
        work.await.map_err(|error| StorageError::from_js(doing, &error))
    }

    /// Writes a setting.
    pub async fn set_setting(&self, name: &str, value: JsValue) -> Result<(), StorageError> {
        let database = self.database("save the settings")?;
        let writing = Writing::begin(database, &[SETTINGS], "save the settings")?;
        let result = writing.store(SETTINGS).and_then(|store| put(&store, name.into(), value));
        writing.end(result).await
    }
}

fn key_json(key: &JsValue) -> Value {
    if let Some(text) = key.as_string() {
        Value::from(text)
    } else if let Some(number) = key.as_f64() {
        Value::from(number as u64)
    } else if let Some(parts) = key.dyn_ref::<Array>() {
        parts.iter().map(|part| key_json(&part)).collect()
    } else {
        Value::Null
    }
}
