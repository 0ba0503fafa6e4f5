//! One function, one transaction. An edit and its journal row go together, strictly, and count when committed.
use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use indexed_db_futures::database::Database;
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use indexed_db_futures::{KeyRange, Result as RequestResult};
use js_sys::Uint8Array;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use super::error::{StorageError, StorageErrorKind};
use super::memory::Memory;
use super::schema::{self, ANNOTATIONS, DOCUMENTS, FILES, JOURNAL, REVISIONS, SETTINGS, TAGS};
use super::{Shelf, Volume};
use crate::model::document::Document;
use crate::model::edit::{Change, Deed, Step};
use crate::model::id::{DeviceId, DocumentId};
use crate::record::{
    AnnotationRow, DocumentRow, Glance, JournalRow, RevisionRow, Settings, TagRow, from_json, to_json,
};

/// Remembers outside the database that it held something, so that a database which the browser threw away is
/// told from a first start.
const HELD_DATA: &str = "concord.held-data";

/// The name under which a pasted text is kept.
const PASTED: &str = "pasted.txt";

/// The stored data of this profile.
#[derive(Clone)]
pub struct Storage {
    inner: Inner,
}

#[derive(Clone)]
enum Inner {
    Database { database: Database, _superseded: Rc<EventListener> },
    Memory { rows: Rc<RefCell<Memory>>, because: StorageErrorKind },
}

/// The outcome of opening.
pub struct Opened {
    /// Usable in any case.
    pub storage: Storage,
    /// Why nothing is kept, or that something was lost.
    pub trouble: Option<StorageError>,
}

impl Storage {
    /// Opens the database, or its stand-in. `on_superseded` is called when a newer version of the app, in another
    /// window, asks this one to let go.
    pub async fn open(name: &str, on_superseded: impl Fn() + 'static) -> Opened {
        let created = Rc::new(RefCell::new(false));
        let noted = created.clone();
        let request = Database::open(name)
            .with_version(schema::VERSION)
            .with_on_upgrade_needed(move |event, database| {
                let from = event.old_version() as u32;
                *noted.borrow_mut() = from == 0;
                schema::upgrade(&database, from)
            })
            .build();
        let opened = match request {
            Ok(request) => request.await.map_err(StorageError::from_open),
            Err(error) => Err(StorageError::from_open(error)),
        };
        match opened {
            Ok(database) => {
                let handle = database.clone();
                let target: &web_sys::EventTarget = database.as_sys().unchecked_ref();
                let superseded = EventListener::new(target, "versionchange", move |_| {
                    handle.clone().close();
                    on_superseded();
                });
                let trouble = (*created.borrow() && held_data()).then(|| StorageError {
                    kind: StorageErrorKind::LostByBrowser,
                    doing: "find the stored data",
                    cause: "the database is new although this profile held data".to_owned(),
                });
                let inner = Inner::Database { database, _superseded: Rc::new(superseded) };
                Opened { storage: Self { inner }, trouble }
            }
            Err(error) => {
                let inner = Inner::Memory { rows: Rc::default(), because: error.kind };
                Opened { storage: Self { inner }, trouble: Some(error) }
            }
        }
    }

    /// Reads what the library needs.
    pub async fn shelf(&self) -> Result<Shelf, StorageError> {
        let Inner::Database { database, .. } = &self.inner else { return Ok(Shelf::default()) };
        let doing = "read the library";
        let work = async {
            let transaction = database.transaction([DOCUMENTS, TAGS, SETTINGS]).build()?;
            let documents = all(&transaction.object_store(DOCUMENTS)?, None).await?;
            let tags = all(&transaction.object_store(TAGS)?, None).await?;
            let settings = transaction.object_store(SETTINGS)?;
            let names = keys(&settings).await?;
            let values = all(&settings, None).await?;
            Ok((documents, tags, names, values))
        };
        let (documents, tags, names, values) =
            work.await.map_err(|error| StorageError::from_request(doing, error))?;
        let mut shelf = Shelf::default();
        shelf.heads =
            readable::<DocumentRow>(documents, &mut shelf.quarantined).into_iter().map(Into::into).collect();
        shelf.tags =
            readable::<TagRow>(tags, &mut shelf.quarantined).into_iter().map(|row| row.tag).collect();
        for (name, json) in names.into_iter().zip(values) {
            let (Some(name), Some(json)) = (name.as_string(), json.as_string()) else { continue };
            // Preferences and caches that cannot be read fall back to their defaults: nothing is lost by that.
            if name == schema::PREFERENCES {
                shelf.settings = serde_json::from_str(&json).unwrap_or_default();
            } else if name == schema::DEVICE {
                shelf.device = serde_json::from_str(&json).ok();
            } else if let Some(document) = name.strip_prefix(schema::GLANCE) {
                shelf.glances.insert(document.into(), serde_json::from_str(&json).unwrap_or_default());
            }
        }
        Ok(shelf)
    }

    /// Reads a document, its text and its annotations. `None` when there is no such document.
    pub async fn volume(&self, id: &DocumentId) -> Result<Option<Volume>, StorageError> {
        let database = match &self.inner {
            Inner::Database { database, .. } => database,
            Inner::Memory { rows, .. } => return Ok(rows.borrow().volume(id)),
        };
        let doing = "read the document";
        let failed = |cause: String| StorageError { kind: StorageErrorKind::Failed, doing, cause };
        let work = async {
            let transaction = database.transaction([DOCUMENTS, REVISIONS, ANNOTATIONS]).build()?;
            let head = one(&transaction.object_store(DOCUMENTS)?, id.as_str().into()).await?;
            let Some(head) = head.as_ref().map(|json| from_json::<DocumentRow>(json)) else {
                return Ok(None);
            };
            let revision = match &head {
                Ok(head) => {
                    let key = schema::revision_key(id, head.revision);
                    one(&transaction.object_store(REVISIONS)?, key).await?
                }
                Err(_) => None,
            };
            let range = schema::of_document(id)?;
            let annotations = all(&transaction.object_store(ANNOTATIONS)?, Some(range)).await?;
            Ok(Some((head, revision, annotations)))
        };
        let Some((head, revision, annotations)) =
            work.await.map_err(|error| StorageError::from_request(doing, error))?
        else {
            return Ok(None);
        };
        let head = head.map_err(|error| failed(error.to_string()))?;
        let json = revision.ok_or_else(|| failed("its text is missing".to_owned()))?;
        let revision: RevisionRow = from_json(&json).map_err(|error| failed(error.to_string()))?;
        let mut quarantined = 0;
        let annotations =
            readable::<AnnotationRow>(annotations, &mut quarantined).into_iter().map(Into::into).collect();
        Ok(Some(Volume { document: head.with_text(revision), annotations, quarantined }))
    }

    /// The original of a document with the name of its file; `None` when there is none.
    pub async fn original(&self, id: &DocumentId) -> Result<Option<(String, Vec<u8>)>, StorageError> {
        let Inner::Database { database, .. } = &self.inner else { return Ok(None) };
        let doing = "read the original";
        let work = async {
            let transaction = database.transaction([DOCUMENTS, FILES]).build()?;
            let head = one(&transaction.object_store(DOCUMENTS)?, id.as_str().into()).await?;
            let Some(Ok(head)) = head.as_deref().map(from_json::<DocumentRow>) else { return Ok(None) };
            let name = head.source.file_name.unwrap_or_else(|| PASTED.to_owned());
            let key = schema::file_key(id, head.revision, &name);
            let files = transaction.object_store(FILES)?;
            let bytes: Option<JsValue> = files.get::<JsValue, JsValue, _>(key).build()?.await?;
            Ok(bytes.map(|bytes| (name, Uint8Array::new(&bytes).to_vec())))
        };
        work.await.map_err(|error| StorageError::from_request(doing, error))
    }

    /// Stores a new document with its original, byte for byte, and the journal row that says so.
    pub async fn add_document(
        &self,
        document: &Document,
        original: &[u8],
        device: &DeviceId,
        author: Option<&str>,
    ) -> Result<(), StorageError> {
        let database = match &self.inner {
            Inner::Database { database, .. } => database,
            Inner::Memory { rows, .. } => {
                rows.borrow_mut().add(document);
                return Ok(());
            }
        };
        let head = to_json(&DocumentRow::from(document));
        let revision = to_json(&RevisionRow::from(document));
        let name = document.source.file_name.as_deref().unwrap_or(PASTED);
        let step = Step {
            deed: Deed::AddDocument,
            at: document.imported_at,
            is_undo: false,
            changes: vec![Change::Removed { document: document.id.clone(), before: true, after: false }],
        };
        let journal = to_json(&JournalRow::new(&step, device, author));
        let writing =
            Writing::begin(database, &[DOCUMENTS, REVISIONS, FILES, JOURNAL], "store the document")?;
        let work = || {
            let id = &document.id;
            put(&writing.store(DOCUMENTS)?, id.as_str().into(), head.into())?;
            put(&writing.store(REVISIONS)?, schema::revision_key(id, document.revision), revision.into())?;
            let key = schema::file_key(id, document.revision, name);
            put(&writing.store(FILES)?, key, Uint8Array::from(original).into())?;
            append(&writing.store(JOURNAL)?, journal)
        };
        let result = work();
        writing.end(result).await?;
        note_held_data();
        Ok(())
    }

    /// Writes steps and their journal rows in one strict transaction. Fields of a document are changed in the row
    /// as it is then, so that two windows do not overwrite each other.
    pub async fn commit(
        &self,
        steps: &[Rc<Step>],
        device: &DeviceId,
        author: Option<&str>,
    ) -> Result<(), StorageError> {
        let doing = "save the changes";
        let database = match &self.inner {
            Inner::Database { database, .. } => database,
            Inner::Memory { rows, because } => {
                rows.borrow_mut().apply(steps);
                let cause = "there is no database".to_owned();
                return Err(StorageError { kind: *because, doing, cause });
            }
        };
        let writing = Writing::begin(database, &[DOCUMENTS, REVISIONS, ANNOTATIONS, TAGS, JOURNAL], doing)?;
        let work = async {
            for step in steps {
                for change in &step.changes {
                    write(&writing, change).await?;
                }
                let row = to_json(&JournalRow::new(step, device, author));
                append(&writing.store(JOURNAL)?, row)?;
            }
            Ok(())
        };
        let result = work.await;
        writing.end(result).await?;
        note_held_data();
        Ok(())
    }

    /// Writes preferences.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StorageError> {
        self.save_setting(schema::PREFERENCES, to_json(settings)).await
    }

    /// Writes this profile's id.
    pub async fn save_device(&self, device: &DeviceId) -> Result<(), StorageError> {
        self.save_setting(schema::DEVICE, to_json(device)).await
    }

    /// Writes what lists show of a document.
    pub async fn save_glance(&self, document: &DocumentId, glance: &Glance) -> Result<(), StorageError> {
        self.save_setting(&format!("{}{document}", schema::GLANCE), to_json(glance)).await
    }

    async fn save_setting(&self, name: &str, json: String) -> Result<(), StorageError> {
        let Inner::Database { database, .. } = &self.inner else { return Ok(()) };
        let writing = Writing::begin(database, &[SETTINGS], "save the settings")?;
        let result = writing.store(SETTINGS).and_then(|store| put(&store, name.into(), json.into()));
        writing.end(result).await
    }
}

async fn write(writing: &Writing<'_>, change: &Change) -> RequestResult<()> {
    match change {
        Change::Annotation { after: Some(after), .. } => {
            let key = schema::annotation_key(&after.document, &after.id);
            put(&writing.store(ANNOTATIONS)?, key, to_json(&AnnotationRow::from(&**after)).into())
        }
        Change::Annotation { before: Some(before), after: None } => {
            let key = schema::annotation_key(&before.document, &before.id);
            delete(&writing.store(ANNOTATIONS)?, key)
        }
        Change::Annotation { before: None, after: None } => Ok(()),
        Change::Title { document, after, .. } => {
            amend(&writing.store(DOCUMENTS)?, document.as_str().into(), |row: &mut DocumentRow| {
                row.title.clone_from(after);
            })
            .await
        }
        Change::Removed { document, after, .. } => {
            amend(&writing.store(DOCUMENTS)?, document.as_str().into(), |row: &mut DocumentRow| {
                row.removed = *after;
            })
            .await
        }
        Change::Role { document, revision, block, after, .. } => {
            let key = schema::revision_key(document, *revision);
            amend(&writing.store(REVISIONS)?, key, |row: &mut RevisionRow| {
                if let Some(block) = row.blocks.get_mut(*block as usize) {
                    block.role = *after;
                }
            })
            .await
        }
        Change::Tag { after: Some(tag), .. } => {
            put(&writing.store(TAGS)?, tag.id.as_str().into(), to_json(&TagRow::from(tag)).into())
        }
        Change::Tag { before: Some(tag), after: None } => {
            delete(&writing.store(TAGS)?, tag.id.as_str().into())
        }
        Change::Tag { before: None, after: None } => Ok(()),
    }
}

/// A strict write transaction that knows why it failed. The library hides the first request error, which is the
/// only place where Firefox says that space ran out; so the underlying transaction is listened to.
struct Writing<'a> {
    transaction: Transaction<'a>,
    doing: &'static str,
    cause: Rc<RefCell<Option<StorageError>>>,
    _listeners: [EventListener; 2],
}

impl<'a> Writing<'a> {
    fn begin(database: &'a Database, stores: &[&str], doing: &'static str) -> Result<Self, StorageError> {
        let transaction = database
            .transaction(stores.iter().map(|&name| name.to_owned()).collect::<Vec<String>>())
            .with_mode(TransactionMode::Readwrite)
            .with_options(TransactionOptions::new().with_durability(TransactionDurability::Strict))
            .build()
            .map_err(|error| StorageError::from_request(doing, error))?;
        let cause = Rc::new(RefCell::new(None));
        let target: web_sys::EventTarget = transaction.as_sys().clone().unchecked_into();
        let first = cause.clone();
        let on_error = EventListener::new(&target, "error", move |event| {
            let request = event.target().and_then(|target| target.dyn_into::<web_sys::IdbRequest>().ok());
            let error = request.and_then(|request| request.error().ok().flatten());
            if let Some(error) = error {
                first.borrow_mut().get_or_insert_with(|| StorageError::from_js(doing, &error));
            }
        });
        let (first, raw) = (cause.clone(), transaction.as_sys().clone());
        let on_abort = EventListener::new(&target, "abort", move |_| {
            if let Some(error) = raw.error() {
                first.borrow_mut().get_or_insert_with(|| StorageError::from_js(doing, &error));
            }
        });
        Ok(Self { transaction, doing, cause, _listeners: [on_error, on_abort] })
    }

    fn store(&self, name: &str) -> RequestResult<ObjectStore<'_>> {
        self.transaction.object_store(name)
    }

    /// Commits when all requests were made, else rolls back. Only an `Ok` means that the data are safe.
    async fn end(self, requests: RequestResult<()>) -> Result<(), StorageError> {
        let raw = self.transaction.as_sys().clone();
        let outcome = match requests {
            Ok(()) => self.transaction.commit().await,
            Err(error) => {
                // The transaction may have aborted by itself already; the first error is what counts.
                drop(self.transaction);
                Err(error)
            }
        };
        outcome.map_err(|error| {
            let heard = self.cause.borrow_mut().take();
            // A failed commit may be answered before its abort event is heard.
            let told = || raw.error().map(|error| StorageError::from_js(self.doing, &error));
            heard.or_else(told).unwrap_or_else(|| StorageError::from_request(self.doing, error))
        })
    }
}

// A request goes out when it is built. Nothing waits for a single write: what counts is the commit, and an error
// of any request aborts the transaction, where `Writing` hears it.

fn put(store: &ObjectStore<'_>, key: JsValue, value: JsValue) -> RequestResult<()> {
    drop(store.put(value).with_key(key).without_key_type().build()?);
    Ok(())
}

fn append(store: &ObjectStore<'_>, json: String) -> RequestResult<()> {
    drop(store.add(JsValue::from(json)).build()?);
    Ok(())
}

fn delete(store: &ObjectStore<'_>, key: JsValue) -> RequestResult<()> {
    drop(store.delete::<JsValue, _>(key).build()?);
    Ok(())
}

async fn one(store: &ObjectStore<'_>, key: JsValue) -> RequestResult<Option<String>> {
    let found: Option<JsValue> = store.get::<JsValue, JsValue, _>(key).build()?.await?;
    Ok(found.and_then(|value| value.as_string()))
}

async fn all(store: &ObjectStore<'_>, range: Option<web_sys::IdbKeyRange>) -> RequestResult<Vec<JsValue>> {
    match range {
        None => store.get_all::<JsValue>().build()?.await?.collect(),
        Some(range) => {
            let query = KeyRange::<JsValue>::Only(range.into());
            store.get_all::<JsValue>().with_query::<JsValue, _>(query).build()?.await?.collect()
        }
    }
}

async fn keys(store: &ObjectStore<'_>) -> RequestResult<Vec<JsValue>> {
    store.get_all_keys::<JsValue>().build()?.await?.collect()
}

/// Reads a row, changes it, writes it back. A row that cannot be read stays as it is.
async fn amend<Row>(store: &ObjectStore<'_>, key: JsValue, change: impl FnOnce(&mut Row)) -> RequestResult<()>
where
    Row: DeserializeOwned + serde::Serialize,
{
    let Some(mut row) = one(store, key.clone()).await?.and_then(|json| from_json::<Row>(&json).ok()) else {
        return Ok(());
    };
    change(&mut row);
    put(store, key, to_json(&row).into())
}

/// The rows that can be read; the others are counted and left where they are.
fn readable<Row: DeserializeOwned>(values: Vec<JsValue>, quarantined: &mut u32) -> Vec<Row> {
    let mut rows = Vec::with_capacity(values.len());
    for value in values {
        match value.as_string().map(|json| from_json::<Row>(&json)) {
            Some(Ok(row)) => rows.push(row),
            Some(Err(error)) => {
                *quarantined += 1;
                crate::browser::log(&error.to_string());
            }
            None => *quarantined += 1,
        }
    }
    rows
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn held_data() -> bool {
    local_storage().and_then(|storage| storage.get_item(HELD_DATA).ok().flatten()).is_some()
}

fn note_held_data() {
    if let Some(storage) = local_storage()
        && storage.set_item(HELD_DATA, "1").is_err()
    {
        crate::browser::log("could not leave the mark of held data; a loss by the browser would go untold");
    }
}
