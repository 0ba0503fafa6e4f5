//! One function, one transaction. An edit and its journal row go together, strictly, and count when committed.
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbTransaction};

use super::error::{StorageError, StorageErrorKind};
use super::memory::Memory;
use super::requests::{
    RequestResult, Writing, all, answer, keys, last_key, one, put, readable, reading, since, value,
};
use super::schema::{self, ANNOTATIONS, DOCUMENTS, FILES, JOURNAL, PACKS, REVISIONS, SETTINGS, TAGS, TRAILS};
use super::settling::Settling;
use super::{Shelf, Volume};
use crate::browser::both;
use crate::model::annotation::Annotation;
use crate::model::document::DocumentText;
use crate::model::edit::Step;
use crate::model::id::{AnnotationId, DeviceId, DocumentId};
use crate::model::time::LogicalTime;
use crate::record::{
    AnnotationRow, ChangeRow, DocumentRow, Glance, JournalRow, Logged, NewDocument, PackHead, RevisionRow,
    Settings, TagRow, from_json, pack_head, read_json, read_pack, to_json,
};

/// Remembers outside the database that it held something, so that a database which the browser threw away is
/// told from a first start.
const HELD_DATA: &str = "concord.held-data";

/// Documents with so many annotations are worth a pack.
const WORTH_PACKING: usize = 300;
/// After so many steps, or so many changed annotations, the rows are read rather than the pack.
const FEW_STEPS: usize = 400;
const FEW_CHANGES: usize = 64;

/// The name under which a pasted text is kept.
const PASTED: &str = "pasted.txt";

/// The stored data of this profile.
#[derive(Clone)]
pub struct Storage {
    pub(super) inner: Inner,
}

#[derive(Clone)]
pub(super) enum Inner {
    Database { database: IdbDatabase, _superseded: Rc<EventListener> },
    Memory { rows: Rc<RefCell<Memory>>, because: StorageErrorKind },
}

/// What storage made of some steps.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// As they stand in the journal now.
    pub logged: Vec<Logged>,
    /// Whether a deletion was not carried out, because someone had changed the passage meanwhile.
    pub refused: bool,
}

/// What is needed of the journal's last row, whose changes may be many.
#[derive(serde::Deserialize)]
struct JournalEnd {
    #[serde(default)]
    clock: LogicalTime,
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
    /// window, waits until [`Storage::close`] was called; `on_blocked`, when this one has to wait for an older.
    pub async fn open(
        name: &str,
        on_superseded: impl Fn() + 'static,
        on_blocked: impl Fn() + 'static,
    ) -> Opened {
        let created = Rc::new(Cell::new(false));
        let noted = created.clone();
        let opened = open(name, Some(schema::VERSION), move |from| noted.set(from == 0), on_blocked).await;
        match opened {
            Ok(database) => {
                let superseded = EventListener::new(&database, "versionchange", move |_| on_superseded());
                let trouble = (created.get() && held_data()).then(|| StorageError {
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

    /// Opens the database in whatever version it is, to read it before anything is changed.
    pub async fn open_as_it_is(name: &str) -> Result<Self, StorageError> {
        let database = open(name, None, |_| {}, || {}).await?;
        let handle = database.clone();
        let superseded = EventListener::new(&database, "versionchange", move |_| handle.close());
        Ok(Self { inner: Inner::Database { database, _superseded: Rc::new(superseded) } })
    }

    /// Whether a database of an older version of the app is there, which opening would convert.
    pub async fn is_older(name: &str) -> bool {
        let work = async {
            let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
            let list: Function = Reflect::get(&factory, &"databases".into())?.dyn_into()?;
            let listed = JsFuture::from(list.call0(&factory)?.unchecked_into::<Promise>()).await?;
            let found = Array::from(&listed).iter().any(|entry| {
                let value = |key: &str| Reflect::get(&entry, &key.into()).unwrap_or_default();
                let version = value("version").as_f64().unwrap_or_default();
                value("name").as_string().as_deref() == Some(name)
                    && version > 0.0
                    && version < f64::from(schema::CONVERTED)
            });
            Ok::<bool, JsValue>(found)
        };
        // A browser that does not tell its databases converts without asking.
        work.await.unwrap_or(false)
    }

    /// Reads what the library needs.
    pub async fn shelf(&self) -> Result<Shelf, StorageError> {
        let Inner::Database { database, .. } = &self.inner else { return Ok(Shelf::default()) };
        let doing = "read the library";
        let work = async {
            let transaction = reading(database, &[DOCUMENTS, TAGS, SETTINGS, JOURNAL])?;
            let documents = all(&transaction.object_store(DOCUMENTS)?, None).await?;
            let tags = all(&transaction.object_store(TAGS)?, None).await?;
            let settings = transaction.object_store(SETTINGS)?;
            let names = keys(&settings, None).await?;
            let values = all(&settings, None).await?;
            let journal = transaction.object_store(JOURNAL)?;
            let end = match last_key(&journal).await? {
                Some(key) => one(&journal, key.into()).await?.map(|json| (key as u64, json)),
                None => None,
            };
            Ok((documents, tags, names, values, end))
        };
        let (documents, tags, names, values, end) =
            work.await.map_err(|error| StorageError::from_js(doing, &error))?;
        let mut shelf = Shelf::default();
        if let Some((key, json)) = end {
            shelf.journal_end = key;
            shelf.clock = from_json::<JournalEnd>(&json).map(|row| row.clock).unwrap_or_default();
        }
        shelf.heads =
            readable::<DocumentRow>(documents, &mut shelf.quarantined).into_iter().map(Into::into).collect();
        shelf.tags =
            readable::<TagRow>(tags, &mut shelf.quarantined).into_iter().map(|row| row.tag).collect();
        for (name, json) in names.into_iter().zip(values) {
            let (Some(name), Some(json)) = (name.as_string(), json.as_string()) else { continue };
            // Preferences and caches that cannot be read fall back to their defaults: nothing is lost by that.
            if name == schema::PREFERENCES {
                shelf.settings = read_json(&json).unwrap_or_default();
            } else if name == schema::DEVICE {
                shelf.device = read_json(&json).ok();
            } else if let Some(document) = name.strip_prefix(schema::GLANCE) {
                shelf.glances.insert(document.into(), read_json(&json).unwrap_or_default());
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
            let transaction =
                reading(database, &[DOCUMENTS, REVISIONS, ANNOTATIONS, PACKS, TRAILS, JOURNAL])?;
            let packs = transaction.object_store(PACKS)?;
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
            let pack = value(&packs, id.as_str().into()).await?.map(|pack| Uint8Array::new(&pack).to_vec());
            let revision = revision.as_deref().map(from_json::<RevisionRow>);
            let found = match (&head, &revision) {
                (Ok(head), Some(Ok(row))) => unpacked(&transaction, head, row, pack.as_deref()).await?,
                _ => None,
            };
            let found = match found {
                Some(found) => found,
                None => {
                    let range = schema::of_document(id)?;
                    let values = all(&transaction.object_store(ANNOTATIONS)?, Some(range)).await?;
                    let mut found =
                        Annotations { wants_pack: values.len() >= WORTH_PACKING, ..Annotations::default() };
                    let rows = readable::<AnnotationRow>(values, &mut found.quarantined);
                    let living = rows.into_iter().filter(|row| row.deleted.is_none());
                    found.annotations = living.map(Into::into).collect();
                    found
                }
            };
            Ok(Some((head, revision, found)))
        };
        let Some((head, revision, found)) =
            work.await.map_err(|error| StorageError::from_js(doing, &error))?
        else {
            return Ok(None);
        };
        let head = head.map_err(|error| failed(error.to_string()))?;
        let revision = revision.ok_or_else(|| failed("its text is missing".to_owned()))?;
        let revision = revision.map_err(|error| failed(error.to_string()))?;
        let Annotations { annotations, quarantined, wants_pack } = found;
        Ok(Some(Volume { document: head.with_text(revision), annotations, quarantined, wants_pack }))
    }

    /// The original of a document with the name of its file; `None` when there is none.
    pub async fn original(&self, id: &DocumentId) -> Result<Option<(String, Vec<u8>)>, StorageError> {
        let Inner::Database { database, .. } = &self.inner else { return Ok(None) };
        let doing = "read the original";
        let work = async {
            let transaction = reading(database, &[DOCUMENTS, FILES])?;
            let head = one(&transaction.object_store(DOCUMENTS)?, id.as_str().into()).await?;
            let Some(Ok(head)) = head.as_deref().map(from_json::<DocumentRow>) else { return Ok(None) };
            let name = head.source.file_name.unwrap_or_else(|| PASTED.to_owned());
            let key = schema::file_key(id, head.revision, &name);
            let files = transaction.object_store(FILES)?;
            let bytes = value(&files, key).await?;
            Ok(bytes.map(|bytes| (name, Uint8Array::new(&bytes).to_vec())))
        };
        work.await.map_err(|error| StorageError::from_js(doing, &error))
    }

    /// Stores a new document with its original, byte for byte, and the journal rows of the step that adds it.
    pub async fn add_document(
        &self,
        new: &NewDocument,
        original: &[u8],
        step: &Step,
        device: &DeviceId,
        author: Option<&str>,
    ) -> Result<Vec<Logged>, StorageError> {
        let database = match &self.inner {
            Inner::Database { database, .. } => database,
            Inner::Memory { rows, .. } => {
                rows.borrow_mut().add(new);
                return Ok(Vec::new());
            }
        };
        let row = &new.row;
        let name = row.source.file_name.as_deref().unwrap_or(PASTED);
        let stores = [DOCUMENTS, REVISIONS, FILES, JOURNAL, TRAILS];
        let writing = Writing::begin(database, &stores, "store the document")?;
        let work = async {
            put(&writing.store(DOCUMENTS)?, row.id.as_str().into(), to_json(row).into())?;
            let key = schema::revision_key(&row.id, row.revision);
            put(&writing.store(REVISIONS)?, key, new.revision.as_str().into())?;
            let key = schema::file_key(&row.id, row.revision, name);
            put(&writing.store(FILES)?, key, Uint8Array::from(original).into())?;
            JournalEndWriter::find(&writing).await?.log(&JournalRow::of_step(step, device, author))
        };
        let result = work.await;
        let logged = writing.end(result).await?;
        note_held_data();
        Ok(logged)
    }

    /// Writes steps and their journal rows in one strict transaction. Each change is applied to the record as it is
    /// stored by then, so that two windows do not overwrite each other; what came of it is returned.
    pub async fn commit(
        &self,
        steps: &[Rc<Step>],
        device: &DeviceId,
        author: Option<&str>,
    ) -> Result<Committed, StorageError> {
        let doing = "save the changes";
        let database = match &self.inner {
            Inner::Database { database, .. } => database,
            Inner::Memory { rows, because } => {
                rows.borrow_mut().apply(steps);
                let cause = "there is no database".to_owned();
                return Err(StorageError { kind: *because, doing, cause });
            }
        };
        let stores = [DOCUMENTS, REVISIONS, ANNOTATIONS, TAGS, JOURNAL, TRAILS];
        let writing = Writing::begin(database, &stores, doing)?;
        let work = async {
            let mut committed = Committed::default();
            let mut settling = Settling::new(&writing, device, author);
            let (journal, read) = both(JournalEndWriter::find(&writing), settling.read_first(steps)).await;
            let mut journal = journal?;
            read?;
            for step in steps {
                let (settled, refused) = settling.step(step).await?;
                committed.refused |= refused;
                if !settled.changes.is_empty() {
                    let rows = JournalRow::of_step(&settled, device, author);
                    committed.logged.extend(journal.log(&rows)?);
                }
            }
            Ok(committed)
        };
        let result = work.await;
        let committed = writing.end(result).await?;
        note_held_data();
        Ok(committed)
    }

    /// The journal after a key, oldest first. Rows that this app cannot read are left out.
    pub async fn journal_since(&self, key: u64) -> Result<Vec<Logged>, StorageError> {
        let Inner::Database { database, .. } = &self.inner else { return Ok(Vec::new()) };
        let work = async {
            let transaction = reading(database, &[JOURNAL])?;
            since(&transaction.object_store(JOURNAL)?, key).await
        };
        let rows = work.await.map_err(|error| StorageError::from_js("read the journal", &error))?;
        let logged = rows.into_iter().filter_map(|(key, json)| {
            let row = from_json::<JournalRow>(&json?).ok()?;
            Some(Logged { key, row })
        });
        Ok(logged.collect())
    }

    /// Lets go of the database, so that a newer version of the app can change it. What is being written is written.
    pub fn close(&self) {
        if let Inner::Database { database, .. } = &self.inner {
            database.close();
        }
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

/// The annotations of a document, as they were found.
#[derive(Default)]
struct Annotations {
    annotations: Vec<Annotation>,
    quarantined: u32,
    wants_pack: bool,
}

/// The annotations of a pack with those read anew that were changed since. None without a pack that can be used.
async fn unpacked(
    transaction: &IdbTransaction,
    head: &DocumentRow,
    text: &RevisionRow,
    pack: Option<&[u8]>,
) -> RequestResult<Option<Annotations>> {
    let Some((pack, PackHead { revision, journal_key })) =
        pack.and_then(|pack| Some((pack, pack_head(pack)?)))
    else {
        return Ok(None);
    };
    if revision != head.revision {
        return Ok(None);
    }
    let since = web_sys::IdbKeyRange::bound_with_lower_open_and_upper_open(
        &schema::trail_key(&head.id, journal_key as f64),
        &schema::trail_key(&head.id, f64::MAX),
        true,
        false,
    )?;
    let trail = keys(&transaction.object_store(TRAILS)?, Some(since)).await?;
    if trail.len() > FEW_STEPS {
        return Ok(None);
    }
    let journal = transaction.object_store(JOURNAL)?;
    let mut changed: Vec<AnnotationId> = Vec::new();
    for key in &trail {
        let key = Array::from(key).get(1);
        let row = one(&journal, key).await?.and_then(|json| from_json::<JournalRow>(&json).ok());
        // What cannot be read may have changed anything.
        let Some(row) = row else { return Ok(None) };
        if row.changes.len() > FEW_CHANGES {
            return Ok(None);
        }
        for change in &row.changes {
            if let ChangeRow::Annotation { before, after } = change {
                let id = after.as_ref().or(before.as_ref()).map(|row| &row.id);
                changed.extend(id.filter(|id| !changed.contains(id)).cloned());
            }
        }
    }
    if changed.len() > FEW_CHANGES {
        return Ok(None);
    }
    let Some(mut annotations) = read_pack(pack, &head.id, &DocumentText::new(&text.blocks)) else {
        return Ok(None);
    };
    let mut found = Annotations { wants_pack: trail.len() > FEW_STEPS / 2, ..Annotations::default() };
    if !changed.is_empty() {
        annotations.retain(|annotation| !changed.contains(&annotation.id));
    }
    let store = transaction.object_store(ANNOTATIONS)?;
    for id in &changed {
        let json = one(&store, schema::annotation_key(&head.id, id)).await?;
        match json.map(|json| from_json::<AnnotationRow>(&json)) {
            Some(Ok(row)) if row.deleted.is_none() => annotations.push(row.into()),
            Some(Ok(_)) | None => {}
            Some(Err(_)) => found.quarantined += 1,
        }
    }
    found.annotations = annotations;
    Ok(Some(found))
}

/// The end of the journal inside a transaction. Keys are counted here, from the last one on, so that nothing waits for
/// the browser to tell them: each wait is a turn in which the page may be drawn.
pub(super) struct JournalEndWriter<'a> {
    writing: &'a Writing,
    last: f64,
}

impl<'a> JournalEndWriter<'a> {
    /// Finds the end.
    pub(super) async fn find(writing: &'a Writing) -> RequestResult<Self> {
        let last = last_key(&writing.store(JOURNAL)?).await?.unwrap_or(0.0);
        Ok(Self { writing, last })
    }

    /// Appends rows, with their trails.
    pub(super) fn log(&mut self, rows: &[JournalRow]) -> RequestResult<Vec<Logged>> {
        let (journal, trails) = (self.writing.store(JOURNAL)?, self.writing.store(TRAILS)?);
        let mut logged = Vec::with_capacity(rows.len());
        for row in rows {
            self.last += 1.0;
            put(&journal, self.last.into(), to_json(row).into())?;
            for document in row.documents() {
                put(&trails, schema::trail_key(document, self.last), JsValue::TRUE)?;
            }
            logged.push(Logged { key: self.last as u64, row: row.clone() });
        }
        Ok(logged)
    }
}

/// Opens the database, and changes its schema when it is older than the version asked for.
async fn open(
    name: &str,
    version: Option<u32>,
    on_change: impl FnOnce(u32) + 'static,
    on_blocked: impl Fn() + 'static,
) -> Result<IdbDatabase, StorageError> {
    let doing = "open the database";
    let missing = |cause: &JsValue| StorageError {
        kind: StorageErrorKind::Missing,
        ..StorageError::from_js(doing, cause)
    };
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())
        .and_then(JsCast::dyn_into::<IdbFactory>)
        .map_err(|error| missing(&error))?;
    let request = match version {
        Some(version) => factory.open_with_u32(name, version),
        None => factory.open(name),
    };
    let request = request.map_err(|error| StorageError::from_js(doing, &error))?;
    let blocked = EventListener::new(&request, "blocked", move |_| on_blocked());
    let changing = request.clone();
    let changed = EventListener::once(&request, "upgradeneeded", move |event| {
        let from =
            event.dyn_ref::<web_sys::IdbVersionChangeEvent>().map_or(0, |event| event.old_version() as u32);
        on_change(from);
        spawn_local(change_schema(changing, from));
    });
    let database = answer(request).await.map_err(|error| StorageError::from_js(doing, &error))?;
    drop((blocked, changed));
    Ok(database.unchecked_into())
}

/// Runs inside the transaction of the change, which ends when nothing more is asked of it. A failure takes all of it
/// back, and the opening fails.
async fn change_schema(request: IdbOpenDbRequest, from: u32) {
    let transaction: Option<IdbTransaction> = request.transaction();
    let database = request.result().ok().map(JsCast::unchecked_into::<IdbDatabase>);
    let (Some(transaction), Some(database)) = (transaction, database) else { return };
    if let Err(error) = schema::upgrade(database, transaction.clone(), from).await {
        crate::browser::log(
            &["the database could not be converted: ", &crate::browser::told(&error)].concat(),
        );
        // It may have aborted by itself.
        let _ = transaction.abort();
    }
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn held_data() -> bool {
    local_storage().and_then(|storage| storage.get_item(HELD_DATA).ok().flatten()).is_some()
}

pub(super) fn note_held_data() {
    if let Some(storage) = local_storage()
        && storage.set_item(HELD_DATA, "1").is_err()
    {
        crate::browser::log("could not leave the mark of held data; a loss by the browser would go untold");
    }
}
