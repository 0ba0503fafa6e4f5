//! The vault's work: backups, restoring, health and history, on the database itself. The helper thread is one more
//! writer beside the windows; they hear of it by the journal.
use std::collections::HashMap;

use js_sys::{Function, Reflect, Uint8Array};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::review;
use super::vault_protocol::{Copies, DocumentSize, Entry, Health, Line, Origin, VaultAnswer, VaultRequest};
use crate::browser::storage::{
    DATABASE, ROW_STORES, RawRow, RestoreOrigin, Storage, StorageError, StorageErrorKind,
};
use crate::import::text_digest;
use crate::model::edit::{Deed, Direction, Step};
use crate::model::id::{DocumentId, StepId};
use crate::model::time::{LogicalTime, Timestamp};
use crate::record::backup::{Backup, BackupWriter, RestoreMode};
use crate::record::history::revert;
use crate::record::setting_names::{COPIES, COPY_FILE, DEVICE};
use crate::record::{
    AnnotationRow, ChangeRow, DocumentRow, JournalRow, Logged, RevisionRow, TagRow, from_json, read_json,
};

/// The copy in the browser's private files.
const PRIVATE_COPY: &str = "concord-copy.zip";
/// So many records of a step are told one by one.
const LINES: usize = 4;
/// Quotes and notes are told up to so many code points.
const SNIPPET: usize = 160;

/// An answer, with bytes that come along.
pub type Answered = (VaultAnswer, Option<Vec<u8>>);

/// Answers a question; `bytes` are those that came along.
pub async fn serve(request: VaultRequest, bytes: Vec<u8>) -> Answered {
    if let VaultRequest::Backup(origin) = &request {
        // A backup may be wanted before an older database is converted.
        return match first_backup(origin).await {
            Ok(answered) => answered,
            Err(error) => (failed(&error), None),
        };
    }
    let opened = Storage::open(DATABASE, || {}, || {}).await;
    if let Some(error) = opened.trouble.filter(|error| error.kind != StorageErrorKind::LostByBrowser) {
        return (failed(&error), None);
    }
    let storage = opened.storage;
    let answer = answer(&storage, request, bytes).await;
    // A newer version of the app must not wait for a helper thread.
    storage.close();
    answer.unwrap_or_else(|error| (failed(&error), None))
}

fn failed(error: &StorageError) -> VaultAnswer {
    VaultAnswer::Failed { is_full: error.kind == StorageErrorKind::Full, cause: error.to_string() }
}

async fn answer(storage: &Storage, request: VaultRequest, bytes: Vec<u8>) -> Result<Answered, StorageError> {
    Ok(match request {
        VaultRequest::Backup(origin) => written(storage, &origin).await?,
        VaultRequest::KeepCopy(origin) => (VaultAnswer::Kept(keep_copy(storage, &origin).await?), None),
        VaultRequest::FindCopy => {
            let bytes = read_private().await;
            let at =
                if bytes.is_some() { Some(copies(storage).await.private.unwrap_or_default()) } else { None };
            (VaultAnswer::Copy(at), bytes)
        }
        VaultRequest::Inspect { mode, origin } => {
            (restore(storage, &bytes, mode, &origin, false).await?, None)
        }
        VaultRequest::Restore { mode, origin } => {
            (restore(storage, &bytes, mode, &origin, true).await?, None)
        }
        VaultRequest::Health => (VaultAnswer::Health(health(storage).await?), None),
        VaultRequest::Damaged => {
            let bytes = damaged_file(storage).await?;
            (VaultAnswer::Damaged { name: "concord-damaged-rows.jsonl".to_owned() }, Some(bytes))
        }
        VaultRequest::History { document, before, limit } => {
            (history(storage, document, before, limit).await?, None)
        }
        VaultRequest::Revert { document, only, key, origin } => {
            let rows = storage.trail(Some(&document), key).await?;
            let current = storage.current(&document).await?;
            let changes = revert(&rows, &document, only.as_ref(), &current);
            let step = Step {
                id: step_id(&origin),
                deed: Deed::Revert,
                at: origin.at,
                clock: LogicalTime { wall: origin.at, counter: 0 },
                direction: Direction::Do,
                changes,
            };
            (
                VaultAnswer::Reverted(
                    storage.commit_one(step, &origin.device, origin.author.as_deref()).await?,
                ),
                None,
            )
        }
        VaultRequest::Shorten(before) => {
            let rows = storage.journal_since(0).await?;
            if let Some(kept) = rows.iter().find(|logged| logged.row.at >= before) {
                storage.forget_journal(kept.key).await?;
            }
            (VaultAnswer::Shortened, None)
        }
        VaultRequest::Pack(document) => {
            storage.pack(&document).await?;
            (VaultAnswer::Packed, None)
        }
        VaultRequest::Queue(document) => (review::queue(storage, &document).await?, None),
        VaultRequest::Decide { document, verdicts, origin } => {
            (review::decide(storage, &document, &verdicts, &origin).await?, None)
        }
    })
}

async fn first_backup(origin: &Origin) -> Result<Answered, StorageError> {
    let storage = Storage::open_as_it_is(DATABASE).await?;
    let answered = written(&storage, origin).await;
    storage.close();
    answered
}

async fn written(storage: &Storage, origin: &Origin) -> Result<Answered, StorageError> {
    let name = format!("concord-{}.zip", stamp_text(origin.at));
    Ok((VaultAnswer::Backup { name }, Some(backup(storage, origin).await?)))
}

pub(super) fn step_id(origin: &Origin) -> StepId {
    StepId(format!("{}.1", origin.window))
}

/// `2026-11-22-1830`, in UTC.
fn stamp_text(at: Timestamp) -> String {
    at.to_rfc3339().chars().take(16).filter(|&c| c != ':').map(|c| if c == 'T' { '-' } else { c }).collect()
}

async fn backup(storage: &Storage, origin: &Origin) -> Result<Vec<u8>, StorageError> {
    let too_large = |error: std::io::Error| StorageError {
        kind: StorageErrorKind::Failed,
        doing: "write the backup",
        cause: error.to_string(),
    };
    let mut writer = BackupWriter::new(origin.at.to_rfc3339(), origin.device.clone());
    for store in ROW_STORES {
        let rows = storage.raw_rows(store).await?;
        let rows: Vec<(Value, String)> =
            rows.into_iter().filter_map(|RawRow { key, text }| Some((key, text?))).collect();
        writer.rows(store, &rows).map_err(too_large)?;
    }
    for (document, revision, name) in storage.file_keys().await? {
        let bytes = storage.file(&document, revision, &name).await?;
        writer.file(document, revision, name, &bytes).map_err(too_large)?;
    }
    writer.finish().map_err(too_large)
}

async fn restore(
    storage: &Storage,
    bytes: &[u8],
    mode: RestoreMode,
    origin: &Origin,
    for_real: bool,
) -> Result<VaultAnswer, StorageError> {
    let mut backup = match Backup::open(bytes) {
        Ok(backup) => backup,
        Err(error) => return Ok(VaultAnswer::Refused(error)),
    };
    let mut rows = match backup.rows() {
        Ok(rows) => rows,
        Err(error) => return Ok(VaultAnswer::Refused(error)),
    };
    rows.believe_clocks_until(origin.at);
    let who = RestoreOrigin {
        step: step_id(origin),
        device: &origin.device,
        author: origin.author.as_deref(),
        at: origin.at,
    };
    if !for_real {
        return Ok(VaultAnswer::Preview {
            created: backup.manifest.created.clone(),
            is_own: backup.manifest.device == origin.device,
            preview: storage.plan_restore(&rows, mode, &who).await?.preview,
        });
    }
    let files: Vec<_> = backup.manifest.parts.iter().filter(|part| part.file.is_some()).cloned().collect();
    let mut files = files.into_iter();
    let next_file = |is_new: &dyn Fn(&DocumentId, u32) -> bool| {
        let is_wanted = |file: &(DocumentId, u32, String)| is_new(&file.0, file.1);
        let part = files.find(|part| part.file.as_ref().is_some_and(is_wanted))?;
        // Each part was checked when the archive was opened.
        let bytes = backup.part(&part).ok()?;
        part.file.map(|(document, revision, name)| (document, revision, name, bytes))
    };
    Ok(VaultAnswer::Restored(storage.restore(&rows, mode, &who, next_file).await?.preview))
}

pub(super) async fn typed<Row: serde::de::DeserializeOwned>(
    storage: &Storage,
    store: &str,
) -> Result<Vec<Row>, StorageError> {
    let rows = storage.raw_rows(store).await?;
    Ok(rows.into_iter().filter_map(|row| from_json(&row.text?).ok()).collect())
}

/// Why a row cannot be read, if so.
fn damage(store: &str, text: Option<&str>) -> Option<String> {
    let Some(text) = text else { return Some("no text".to_owned()) };
    let error = match store {
        "documents" => from_json::<DocumentRow>(text).err(),
        "revisions" => from_json::<RevisionRow>(text).err(),
        "annotations" => from_json::<AnnotationRow>(text).err(),
        "tags" => from_json::<TagRow>(text).err(),
        "journal" => from_json::<JournalRow>(text).err(),
        // Settings fall back to their defaults.
        _ => None,
    };
    error.map(|error| error.to_string())
}

async fn health(storage: &Storage) -> Result<Health, StorageError> {
    let mut health = Health::default();
    let mut sizes: HashMap<DocumentId, DocumentSize> = HashMap::new();
    let mut digests: HashMap<DocumentId, (u32, String)> = HashMap::new();
    for store in ["documents", "revisions", "annotations", "tags", "journal"] {
        for RawRow { key, text } in storage.raw_rows(store).await? {
            if damage(store, text.as_deref()).is_some() {
                health.damaged.push((store.to_owned(), key.to_string()));
                continue;
            }
            let Some(json) = text else { continue };
            let bytes = json.len() as u64;
            let document = || key[0].as_str().map(DocumentId::from);
            match store {
                "documents" => {
                    let Ok(row) = from_json::<DocumentRow>(&json) else { continue };
                    health.documents += u32::from(!row.removed);
                    sizes.entry(row.id.clone()).or_default().title = row.title;
                    digests.insert(row.id, (row.revision, row.source.text_sha256));
                }
                "revisions" => {
                    let (Some(document), Ok(row)) = (document(), from_json::<RevisionRow>(&json)) else {
                        continue;
                    };
                    let size = sizes.entry(document.clone()).or_default();
                    size.text += bytes;
                    let expected = digests.get(&document);
                    let is_current =
                        expected.is_some_and(|(revision, _)| key[1].as_u64() == Some(u64::from(*revision)));
                    if is_current && expected.is_some_and(|(_, digest)| *digest != text_digest(&row.blocks)) {
                        health.altered.push(size.title.clone());
                    }
                }
                "annotations" => {
                    let is_living = from_json::<AnnotationRow>(&json).is_ok_and(|row| row.deleted.is_none());
                    health.annotations += u32::from(is_living);
                    if let Some(document) = document() {
                        sizes.entry(document).or_default().annotations += bytes;
                    }
                }
                "journal" => {
                    health.steps += 1;
                    if health.first_step.is_none() {
                        health.first_step = from_json::<JournalRow>(&json).ok().map(|row| row.at);
                    }
                }
                _ => {}
            }
        }
    }
    for (document, revision, name) in storage.file_keys().await? {
        let bytes = storage.file(&document, revision, &name).await?.len() as u64;
        sizes.entry(document).or_default().files += bytes;
    }
    health.sizes = sizes.into_values().collect();
    health.sizes.sort_by_key(|size| std::cmp::Reverse(size.text + size.annotations + size.files));
    Ok(health)
}

async fn damaged_file(storage: &Storage) -> Result<Vec<u8>, StorageError> {
    let mut lines = String::new();
    for store in ["documents", "revisions", "annotations", "tags", "journal"] {
        for RawRow { key, text } in storage.raw_rows(store).await? {
            if let Some(why) = damage(store, text.as_deref()) {
                let line = serde_json::json!({ "store": store, "key": key, "why": why, "text": text });
                lines.push_str(&line.to_string());
                lines.push('\n');
            }
        }
    }
    Ok(lines.into_bytes())
}

async fn history(
    storage: &Storage,
    document: Option<DocumentId>,
    before: Option<u64>,
    limit: u32,
) -> Result<VaultAnswer, StorageError> {
    let mut rows = storage.trail(document.as_ref(), 0).await?;
    rows.retain(|logged| before.is_none_or(|before| logged.key < before));
    let titles: HashMap<DocumentId, String> = typed::<DocumentRow>(storage, "documents")
        .await?
        .into_iter()
        .map(|row| (row.id, row.title))
        .collect();
    let device = storage.setting(DEVICE).await?.and_then(|value| value.as_string());
    let device = device.and_then(|json| read_json::<String>(&json).ok()).unwrap_or_default();
    let mut entries: Vec<Entry> = Vec::new();
    let mut has_more = false;
    let mut last_step = None;
    for logged in rows.iter().rev() {
        // Typing that goes on is one entry, and so is a large step in several rows.
        let is_same = !logged.row.step.as_str().is_empty() && last_step == Some(&logged.row.step);
        if !is_same && entries.len() as u32 >= limit {
            has_more = true;
            break;
        }
        let Some(entry) = entry(logged, document.as_ref(), &titles, &device) else { continue };
        match entries.last_mut().filter(|_| is_same) {
            Some(last) => {
                last.key = entry.key;
                let is_typing = last.deed == Deed::Note;
                if is_typing {
                    if let (Some(line), Some(first)) = (last.lines.first_mut(), entry.lines.first()) {
                        line.before.clone_from(&first.before);
                    }
                } else {
                    last.count += entry.count;
                }
            }
            None => entries.push(entry),
        }
        last_step = Some(&logged.row.step);
    }
    let tags = typed::<TagRow>(storage, "tags").await?.into_iter().map(|row| row.tag).collect();
    Ok(VaultAnswer::History { entries, has_more, tags })
}

fn entry(
    logged: &Logged,
    document: Option<&DocumentId>,
    titles: &HashMap<DocumentId, String>,
    device: &str,
) -> Option<Entry> {
    let Logged { key, row } = logged;
    let step = row.to_step()?;
    let changes: Vec<&ChangeRow> =
        row.changes.iter().filter(|change| document.is_none() || change.document() == document).collect();
    let line = |change: &&ChangeRow| {
        let title = change.document().map(|id| (id.clone(), titles.get(id).cloned().unwrap_or_default()));
        let mut line = Line {
            document: title,
            annotation: None,
            quote: String::new(),
            before: String::new(),
            after: String::new(),
        };
        match change {
            ChangeRow::Annotation { before, after } => {
                let known = after.as_ref().or(before.as_ref());
                line.annotation = known.map(|row| row.id.clone());
                line.quote = known.map(|row| snippet(&row.selectors.quote.exact)).unwrap_or_default();
                let note = |row: &Option<Box<AnnotationRow>>| {
                    row.as_ref().map(|row| snippet(&row.note)).unwrap_or_default()
                };
                (line.before, line.after) = (note(before), note(after));
            }
            ChangeRow::Title { before, after, .. } => {
                (line.before, line.after) = (snippet(before), snippet(after));
            }
            ChangeRow::Role { .. } | ChangeRow::Removed { .. } | ChangeRow::Revision { .. } => {}
            ChangeRow::Tag { before, after } => {
                let name = |tag: &Option<Box<crate::model::codebook::Tag>>| {
                    tag.as_ref().map(|tag| tag.name.vi.clone()).unwrap_or_default()
                };
                (line.before, line.after) = (name(before), name(after));
            }
        }
        line
    };
    Some(Entry {
        key: *key,
        at: row.at,
        is_own: row.device.as_str() == device,
        author: row.author.clone(),
        deed: step.deed,
        direction: row.direction.clone(),
        is_history: row.is_history,
        count: changes.len() as u32,
        lines: changes.iter().take(LINES).map(line).collect(),
    })
}

fn snippet(text: &str) -> String {
    match text.char_indices().nth(SNIPPET) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

// Copies that are kept by themselves. The browser's interfaces for files are young and differ, so they are asked for
// by name, and one that is missing is no error.

async fn copies(storage: &Storage) -> Copies {
    let stored = storage.setting(COPIES).await.ok().flatten().and_then(|value| value.as_string());
    stored.and_then(|json| read_json(&json).ok()).unwrap_or_default()
}

async fn keep_copy(storage: &Storage, origin: &Origin) -> Result<Copies, StorageError> {
    let bytes = backup(storage, origin).await?;
    let mut copies = copies(storage).await;
    match write_private(&bytes).await {
        Ok(()) => copies.private = Some(origin.at),
        Err(error) => crate::browser::log(&format!("no private copy: {error:?}")),
    }
    if let Some(handle) = storage.setting(COPY_FILE).await?.filter(JsValue::is_object) {
        copies.file_name = Reflect::get(&handle, &"name".into()).ok().and_then(|name| name.as_string());
        match write_file(&handle, &bytes).await {
            Ok(true) => copies.file = Some(origin.at),
            Ok(false) => crate::browser::log("the file for copies may not be written now"),
            Err(error) => crate::browser::log(&format!("no copy in the file: {error:?}")),
        }
    }
    storage.set_setting(COPIES, crate::record::to_json(&copies).into()).await?;
    Ok(copies)
}

async fn call(target: &JsValue, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(target, &method.into())?.dyn_into()?;
    let list: js_sys::Array = arguments.iter().copied().collect();
    let result = function.apply(target, &list)?;
    match result.dyn_into::<js_sys::Promise>() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(value) => Ok(value),
    }
}

fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object cannot fail.
        drop(Reflect::set(&object, &(*name).into(), value));
    }
    object.into()
}

async fn private_file(creates: bool) -> Result<JsValue, JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let manager = Reflect::get(&navigator, &"storage".into())?;
    let folder = call(&manager, "getDirectory", &[]).await?;
    call(&folder, "getFileHandle", &[&PRIVATE_COPY.into(), &object(&[("create", creates.into())])]).await
}

async fn write_private(bytes: &[u8]) -> Result<(), JsValue> {
    let handle = private_file(true).await?;
    let access = call(&handle, "createSyncAccessHandle", &[]).await?;
    let array = Uint8Array::from(bytes);
    let written = async {
        call(&access, "truncate", &[&0.into()]).await?;
        call(&access, "write", &[&array, &object(&[("at", 0.into())])]).await?;
        call(&access, "flush", &[]).await
    }
    .await;
    call(&access, "close", &[]).await?;
    written.map(drop)
}

async fn read_private() -> Option<Vec<u8>> {
    let handle = private_file(false).await.ok()?;
    let file = call(&handle, "getFile", &[]).await.ok()?;
    let buffer = call(&file, "arrayBuffer", &[]).await.ok()?;
    let bytes = Uint8Array::new(&buffer).to_vec();
    (!bytes.is_empty()).then_some(bytes)
}

/// Writes into a file that the person chose before; false when the browser wants to be asked again.
async fn write_file(handle: &JsValue, bytes: &[u8]) -> Result<bool, JsValue> {
    let mode = object(&[("mode", "readwrite".into())]);
    let state = call(handle, "queryPermission", &[&mode]).await?;
    if state.as_string().as_deref() != Some("granted") {
        return Ok(false);
    }
    let stream = call(handle, "createWritable", &[]).await?;
    call(&stream, "write", &[&Uint8Array::from(bytes)]).await?;
    call(&stream, "close", &[]).await?;
    Ok(true)
}
