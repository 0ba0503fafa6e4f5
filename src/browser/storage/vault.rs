//! Storage as a whole: every row read as it stands, a backup taken in, a document brought back. Used by the helper
//! thread, which is one more writer beside the windows.
use std::collections::HashMap;
use std::rc::Rc;

use indexed_db_futures::KeyRange;
use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;
use js_sys::{Array, Uint8Array};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

use super::Storage;
use super::database::{Inner, log};
use super::error::{StorageError, StorageErrorKind};
use super::requests::{Writing, all, keys, one, put};
use super::schema::{
    self, ANNOTATIONS, DOCUMENTS, FILES, JOURNAL, REVISIONS, SETTINGS, STUDY, TAGS, TASKS, TRAILS,
};
use crate::model::edit::Step;
use crate::model::id::{DeviceId, DocumentId};
use crate::record::backup::Plan;
use crate::record::history::Current;
use crate::record::{AnnotationRow, DocumentRow, JournalRow, Logged, from_json, to_json};

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

impl Storage {
    fn database(&self, doing: &'static str) -> Result<&Database, StorageError> {
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
            let transaction = database.transaction([store]).build()?;
            let store = transaction.object_store(store)?;
            Ok((keys(&store).await?, all(&store, None).await?))
        };
        let (keys, values) = work.await.map_err(|error| StorageError::from_request(doing, error))?;
        let row = |(key, value): (JsValue, JsValue)| RawRow { key: key_json(&key), text: value.as_string() };
        Ok(keys.into_iter().zip(values).map(row).collect())
    }

    /// The document, revision and name of every file.
    pub async fn file_keys(&self) -> Result<Vec<(DocumentId, u32, String)>, StorageError> {
        let doing = "list the files";
        let database = self.database(doing)?;
        let work = async {
            let transaction = database.transaction([FILES]).build()?;
            keys(&transaction.object_store(FILES)?).await
        };
        let keys = work.await.map_err(|error| StorageError::from_request(doing, error))?;
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
            let transaction = database.transaction([FILES]).build()?;
            let key = schema::file_key(document, revision, name);
            let bytes: Option<JsValue> =
                transaction.object_store(FILES)?.get::<JsValue, JsValue, _>(key).build()?.await?;
            Ok(bytes.map(|bytes| Uint8Array::new(&bytes).to_vec()).unwrap_or_default())
        };
        work.await.map_err(|error| StorageError::from_request(doing, error))
    }

    /// Writes what a plan says, with its step, in one strict transaction: all of it or nothing. `next_file` hands out
    /// the files of new documents one by one; `history` is put into the journal as what happened elsewhere.
    pub async fn restore(
        &self,
        plan: &Plan,
        mut next_file: impl FnMut() -> Option<BackupFile>,
        history: &[JournalRow],
        step: &Step,
        device: &DeviceId,
        author: Option<&str>,
    ) -> Result<(), StorageError> {
        let doing = "restore the backup";
        let database = self.database(doing)?;
        let stores =
            [DOCUMENTS, REVISIONS, FILES, ANNOTATIONS, TAGS, TASKS, STUDY, SETTINGS, JOURNAL, TRAILS];
        let writing = Writing::begin(database, &stores, doing)?;
        let work = async {
            for row in &plan.documents {
                put(&writing.store(DOCUMENTS)?, row.id.as_str().into(), to_json(row).into())?;
            }
            for (document, revision, row) in &plan.revisions {
                let key = schema::revision_key(document, *revision);
                put(&writing.store(REVISIONS)?, key, to_json(row).into())?;
            }
            while let Some((document, revision, name, bytes)) = next_file() {
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
            log(&writing, history).await?;
            if !step.changes.is_empty() {
                log(&writing, &JournalRow::of_step(step, device, author)).await?;
            }
            Ok(())
        };
        let result = work.await;
        writing.end(result).await
    }

    /// The journal rows that speak of a document, from a key on, oldest first; without a document all rows.
    pub async fn trail(&self, document: Option<&DocumentId>, from: u64) -> Result<Vec<Logged>, StorageError> {
        let Some(document) = document else { return self.journal_since(from.saturating_sub(1)).await };
        let doing = "read the history";
        let database = self.database(doing)?;
        let work = async {
            let transaction = database.transaction([TRAILS, JOURNAL]).build()?;
            let range = KeyRange::<JsValue>::Only(schema::of_document(document)?.into());
            let trail: Vec<JsValue> = transaction
                .object_store(TRAILS)?
                .get_all_keys::<JsValue>()
                .with_query::<JsValue, _>(range)
                .build()?
                .await?
                .collect::<indexed_db_futures::Result<_>>()?;
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
        let rows = work.await.map_err(|error| StorageError::from_request(doing, error))?;
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
            let transaction = database.transaction([DOCUMENTS, ANNOTATIONS]).build()?;
            let head = one(&transaction.object_store(DOCUMENTS)?, document.as_str().into()).await?;
            let range = schema::of_document(document)?;
            let rows = all(&transaction.object_store(ANNOTATIONS)?, Some(range)).await?;
            Ok((head, rows))
        };
        let (head, rows) = work.await.map_err(|error| StorageError::from_request(doing, error))?;
        let head = head.and_then(|json| from_json::<DocumentRow>(&json).ok()).ok_or_else(|| {
            StorageError { kind: StorageErrorKind::Failed, doing, cause: "its row cannot be read".to_owned() }
        })?;
        let annotations: HashMap<_, _> = rows
            .iter()
            .filter_map(|value| from_json::<AnnotationRow>(&value.as_string()?).ok())
            .filter(|row| row.deleted.is_none())
            .map(|row| (row.id.clone(), row.into()))
            .collect();
        Ok(Current { annotations, title: head.title, removed: head.removed })
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

    /// Takes rows of the journal away that are older than a key, with their trails.
    pub async fn forget_journal(&self, before: u64) -> Result<(), StorageError> {
        let doing = "shorten the history";
        let database = self.database(doing)?;
        let writing = Writing::begin(database, &[JOURNAL, TRAILS], doing)?;
        let work = async {
            let trails = writing.store(TRAILS)?;
            for key in keys(&trails).await? {
                let is_old = key
                    .dyn_ref::<Array>()
                    .and_then(|parts| parts.get(1).as_f64())
                    .is_some_and(|number| number < before as f64);
                if is_old {
                    super::requests::delete(&trails, key)?;
                }
            }
            let journal = writing.store(JOURNAL)?;
            drop(journal.delete::<f64, _>(KeyRange::<f64>::UpperBound(before as f64, true)).build()?);
            Ok(())
        };
        let result = work.await;
        writing.end(result).await
    }

    /// A setting, as it stands.
    pub async fn setting(&self, name: &str) -> Result<Option<JsValue>, StorageError> {
        let doing = "read a setting";
        let database = self.database(doing)?;
        let work = async {
            let transaction = database.transaction([SETTINGS]).build()?;
            transaction.object_store(SETTINGS)?.get::<JsValue, JsValue, _>(JsValue::from(name)).build()?.await
        };
        work.await.map_err(|error| StorageError::from_request(doing, error))
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
