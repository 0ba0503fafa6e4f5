//! The one place where effects are carried out: where wish, browser and answer meet.
use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::hub::{Hub, fresh_document};
use crate::browser::storage::{
    Committed, DATABASE, Opened, Shelf, Storage, StorageError, StorageErrorKind, Volume,
};
use crate::browser::worker_client::WorkerError;
use crate::browser::{article, both, clock, files, layout, log, offline, page};
use crate::model::document::Language;
use crate::model::id::{DeviceId, DocumentId, WindowId};
use crate::model::review::Bring;
use crate::record::{AnnotationRow, DocumentRow};
use crate::state::{
    Action, AppState, Effect, ImportFailure, JobId, Loaded, Notice, Phase, Route, StorageTrouble,
};
use crate::worker::protocol::{NotBrought, Request, Response};
use crate::worker::vault_protocol::Origin;

/// How long typing must pause before a note is written, in ms.
const TYPING_PAUSE: u32 = 400;
/// How long to wait before a failed write is tried again, in ms.
const RETRY_PAUSE: u32 = 5_000;
/// How many rows of the journal are read for undo: more than anybody takes back.
const RECALLED: u64 = 1_000;
/// How long nothing must be changed before a copy of everything is kept, in ms.
const COPY_PAUSE: u32 = 120_000;

/// How long after a document was opened its annotations are packed, in ms.
const PACK_PAUSE: u32 = 1_500;

/// A document that was read before anybody asked for it, because the address names it.
pub(super) type EarlyVolume = (DocumentId, Result<Option<Volume>, StorageError>);

/// Pauses before writes; a new one replaces the old.
#[derive(Default)]
pub(super) struct Timers {
    commit: RefCell<Option<Timeout>>,
    copy: RefCell<Option<Timeout>>,
    pack: RefCell<Option<Timeout>>,
}

/// The language before any preference is known: the address's, else the browser's.
pub(super) fn first_language() -> Language {
    address_language().unwrap_or_else(browser_language)
}

fn address_language() -> Option<Language> {
    match page::query("lang").as_deref() {
        Some("vi") => Some(Language::Vi),
        Some("en") => Some(Language::En),
        _ => None,
    }
}

fn browser_language() -> Language {
    let languages = page::languages();
    let known = languages.iter().find_map(|code| match code.get(..2)?.to_lowercase().as_str() {
        "vi" => Some(Language::Vi),
        "en" => Some(Language::En),
        _ => None,
    });
    known.unwrap_or(Language::En)
}

/// The state before storage was read.
pub(super) fn first_state() -> AppState {
    AppState {
        browser_language: browser_language(),
        address_language: address_language(),
        route: Route::parse(&page::hash()),
        ..AppState::default()
    }
}

/// Opens storage, unless that would convert the data of an older version: the person is asked first.
pub(super) async fn start(hub: Hub) {
    if Storage::is_older(DATABASE).await {
        hub.dispatch(Action::FoundOlder);
    } else {
        open(hub).await;
    }
}

/// Hands out a backup of the data of an older version, if it is wanted, and opens storage, which converts them. The
/// conversion is one transaction: it happens wholly or not at all.
async fn convert(hub: Hub, with_backup: bool) {
    if with_backup {
        let written = match hub.worker().backup(&origin(&hub.state())).await {
            Ok(bytes) => files::save("concord-before-update.zip", "application/zip", &bytes.to_vec()).is_ok(),
            Err(error) => {
                log(&error.to_string());
                false
            }
        };
        if !written {
            hub.dispatch(Action::FoundOlder);
            return hub.dispatch(Action::Tell(Notice::ExportFailed));
        }
    }
    open(hub).await;
}

/// Opens storage and tells the state what is there.
async fn open(hub: Hub) {
    let (superseded, blocked) = (hub.clone(), hub.clone());
    let opening = Storage::open(
        DATABASE,
        move || superseded.dispatch(Action::Superseded),
        move || blocked.dispatch(Action::CommitFailed(StorageTrouble::Blocked)),
    );
    let Opened { storage, trouble } = opening.await;
    let mut told = trouble.as_ref().map(trouble_of);
    hub.set_storage(storage.clone());
    // The document that the address names is read beside the library, not after it.
    let named = hub.state().route.document().cloned();
    let early = async {
        let id = named?;
        let volume = storage.volume(&id).await;
        Some((id, volume))
    };
    let (shelf, early) = both(storage.shelf(), early).await;
    hub.early().replace(early);
    let shelf = shelf.unwrap_or_else(|error| {
        told = Some(trouble_of(&error));
        Default::default()
    });
    let device = match shelf.device {
        Some(device) => device,
        None => {
            let device = DeviceId(clock::new_id());
            if let Err(error) = storage.save_device(&device).await {
                log(&error.to_string());
            }
            device
        }
    };
    // A database that was found empty works; what was lost is told, and nothing stops.
    let was_lost = told == Some(StorageTrouble::LostByBrowser);
    hub.dispatch(Action::Loaded(Box::new(Loaded {
        trouble: told.filter(|_| !was_lost),
        heads: shelf.heads,
        glances: shelf.glances,
        tags: shelf.tags,
        settings: shelf.settings,
        device,
        window: WindowId(clock::new_id()),
        journal_end: shelf.journal_end,
        clock: shelf.clock,
        quarantined: shelf.quarantined,
    })));
    let listening = hub.clone();
    hub.bell().listen(move || listening.dispatch(Action::Rang));
    if was_lost {
        hub.dispatch(Action::CommitFailed(StorageTrouble::LostByBrowser));
    }
}

/// Writes after a pause.
fn later(hub: &Hub, pause: u32) {
    let flushing = hub.clone();
    let timer = Timeout::new(pause, move || flushing.dispatch(Action::Flush));
    hub.timers().commit.replace(Some(timer));
}

/// Has the annotations of a document packed once the person has begun to read.
fn pack_later(hub: &Hub, document: DocumentId) {
    let worker = hub.worker().clone();
    let timer = Timeout::new(PACK_PAUSE, move || {
        spawn_local(async move {
            if let Err(error) = worker.pack(&document).await {
                log(&error.to_string());
            }
        });
    });
    hub.timers().pack.replace(Some(timer));
}

/// Who asks the helper thread.
fn origin(state: &AppState) -> Origin {
    Origin {
        device: state.device.clone(),
        window: state.window.clone(),
        author: state.settings.author.clone(),
        at: clock::now(),
    }
}

/// Has the helper thread keep a copy. What came of it stands in the settings.
fn keep_copy(hub: &Hub) {
    let origin = origin(&hub.state());
    let worker = hub.worker().clone();
    spawn_local(async move {
        if let Err(error) = worker.keep_copy(&origin).await {
            log(&error.to_string());
        }
    });
}

fn trouble_of(error: &StorageError) -> StorageTrouble {
    log(&error.to_string());
    match error.kind {
        StorageErrorKind::Missing => StorageTrouble::Missing,
        StorageErrorKind::Refused => StorageTrouble::Refused,
        StorageErrorKind::Full => StorageTrouble::Full,
        StorageErrorKind::Newer => StorageTrouble::Newer,
        StorageErrorKind::LostByBrowser => StorageTrouble::LostByBrowser,
        StorageErrorKind::Failed => StorageTrouble::Failed,
    }
}

/// Carries an effect out. Nothing is done before storage was opened, nor after the app met an error of its own.
pub(super) fn run(effect: Effect, hub: &Hub) {
    if let Effect::Convert { with_backup } = effect {
        return spawn_local(convert(hub.clone(), with_backup));
    }
    let Some(storage) = hub.storage().filter(|_| !page::has_failed()) else { return };
    let state = hub.state();
    let hub = hub.clone();
    match effect {
        // Carried out above: there is no storage yet.
        Effect::Convert { .. } => {}
        Effect::Open(id) => spawn_local(async move {
            let early = hub.early().take().filter(|(read, _)| *read == id);
            let volume = match early {
                Some((_, volume)) => volume,
                None => storage.volume(&id).await,
            };
            let wants_pack = matches!(&volume, Ok(Some(volume)) if volume.wants_pack);
            if wants_pack {
                pack_later(&hub, id.clone());
            }
            let (found, quarantined) = match volume {
                Ok(Some(volume)) => {
                    (Some((Rc::new(volume.document), volume.annotations)), volume.quarantined)
                }
                Ok(None) => (None, 0),
                Err(error) => {
                    log(&error.to_string());
                    (None, 1)
                }
            };
            hub.dispatch(Action::Opened { id, found, quarantined, at: clock::now() });
        }),
        Effect::Import(job) => spawn_local(import(job, hub)),
        Effect::Bring { job, document, what } => {
            // The step is the helper thread's: this window takes it in by the journal, as those of other windows.
            let origin = Origin { window: WindowId(clock::new_id()), ..origin(&state) };
            spawn_local(async move {
                let result = bring(&hub, &origin, job, &document, what).await;
                hub.bell().ring();
                hub.dispatch(Action::Brought { job, document, what, result });
            });
        }
        Effect::StopImport { job, is_being_read } => {
            hub.inputs().forget(job);
            if is_being_read {
                hub.worker().cancel();
            }
        }
        Effect::StoreDocument { job, new, step } => {
            let (device, author) = (state.device.clone(), state.settings.author.clone());
            spawn_local(async move {
                let original = hub.inputs().bytes(job).await.unwrap_or_default();
                let stored = storage.add_document(&new, &original, &step, &device, author.as_deref()).await;
                if stored.is_ok() {
                    hub.inputs().forget(job);
                    hub.bell().ring();
                }
                let result = stored.map(|logged| (new, logged)).map_err(|error| trouble_of(&error));
                hub.dispatch(Action::Stored { job, result });
            });
        }
        Effect::Commit { steps, device, author } => spawn_local(async move {
            hub.dispatch(match storage.commit(&steps, &device, author.as_deref()).await {
                Ok(Committed { logged, refused }) => {
                    hub.bell().ring();
                    Action::Committed { logged, refused }
                }
                Err(error) => Action::CommitFailed(trouble_of(&error)),
            });
        }),
        Effect::Tail(key) => spawn_local(async move {
            match storage.journal_since(key).await {
                Ok(logged) => hub.dispatch(Action::Tailed(logged)),
                Err(error) => log(&error.to_string()),
            }
        }),
        Effect::Recall(end) => spawn_local(async move {
            let logged = storage.journal_since(end.saturating_sub(RECALLED)).await;
            // Without them only what is done from now on can be taken back.
            let logged = logged.inspect_err(|error| log(&error.to_string())).unwrap_or_default();
            hub.dispatch(Action::Recalled(logged));
        }),
        Effect::ReadShelf => spawn_local(async move {
            match storage.shelf().await {
                Ok(Shelf { heads, glances, .. }) => hub.dispatch(Action::ShelfRead { heads, glances }),
                Err(error) => log(&error.to_string()),
            }
        }),
        Effect::Refresh(id) => spawn_local(async move {
            let volume = storage.volume(&id).await.inspect_err(|error| log(&error.to_string()));
            let found = volume.ok().flatten().map(|volume| (Rc::new(volume.document), volume.annotations));
            hub.dispatch(Action::Refreshed { id, found });
        }),
        Effect::KeepCopySoon => {
            let copying = hub.clone();
            let timer = Timeout::new(COPY_PAUSE, move || keep_copy(&copying));
            hub.timers().copy.replace(Some(timer));
        }
        Effect::CloseStorage => storage.close(),
        Effect::CommitSoon => {
            later(&hub, TYPING_PAUSE);
        }
        Effect::RetryLater => {
            later(&hub, RETRY_PAUSE);
        }
        Effect::SaveSettings(settings) => spawn_local(async move {
            report(storage.save_settings(&settings).await);
        }),
        // What is made for lists must not delay the frame that shows an edit.
        Effect::SaveGlance(document, glance) => page::on_next_frame(move || {
            spawn_local(async move { report(storage.save_glance(&document, &glance).await) });
        }),
        Effect::AskToPersist => spawn_local(async move {
            if offline::ask_to_persist().await != Some(true) {
                log("the browser does not promise to keep the data");
            }
        }),
        Effect::Navigate(route) => page::set_hash(&route.href()),
        Effect::Reveal(span) => {
            let text = state.open.as_ref().map(|open| open.text.clone());
            page::on_next_frame(move || {
                if let (Some(article), Some(scroller), Some(text)) = (hub.article(), hub.scroller(), text) {
                    layout::reveal(&article, &scroller, &text, span);
                }
            });
        }
        Effect::FocusNote(id) => page::on_next_frame(move || super::reader::focus_note(&id)),
        Effect::SelectInPage(span) => {
            if let (Some(article), Some(open)) = (hub.article(), &state.open) {
                // The keyboard goes with the selection, so that Enter and the arrows act on it.
                layout::focus(&article);
                article::select(&article, &open.text, span.start, span.end);
            }
        }
        Effect::ClearPageSelection => article::clear_selection(),
        Effect::SaveOriginal(document) => spawn_local(async move {
            let original = storage.original(&document).await;
            let saved = match original {
                Ok(Some((name, bytes))) => {
                    files::save(&name, "application/octet-stream", &bytes).map(|()| name).ok()
                }
                Ok(None) => None,
                Err(error) => {
                    log(&error.to_string());
                    None
                }
            };
            hub.dispatch(Action::Tell(saved.map_or(Notice::ExportFailed, Notice::Exported)));
        }),
        Effect::ExportWebAnnotation { document, annotations } => {
            let request = Request::ExportWebAnnotation {
                document: Box::new(DocumentRow::from(&*document)),
                annotations: annotations
                    .iter()
                    .map(|annotation| AnnotationRow::from(&**annotation))
                    .collect(),
                tags: state.codebook.tags().to_vec(),
                at: clock::now(),
            };
            spawn_local(async move {
                let saved = match hub.worker().ask(&request, &[]).await {
                    Ok(Response::File { name, media_type, text }) => {
                        files::save(&name, &media_type, text.as_bytes()).map(|()| name).ok()
                    }
                    Ok(_) | Err(_) => None,
                };
                hub.dispatch(Action::Tell(saved.map_or(Notice::ExportFailed, Notice::Exported)));
            });
        }
        Effect::ActivateUpdate => spawn_local(offline::activate_waiting()),
    }
}

/// Hands a file to the helper thread as a new version of a document, or as annotations on it.
async fn bring(
    hub: &Hub,
    origin: &Origin,
    job: JobId,
    document: &DocumentId,
    what: Bring,
) -> Result<(u32, u32), ImportFailure> {
    let Some(bytes) = hub.inputs().bytes(job).await else { return Err(ImportFailure::FileGone) };
    let request = Request::Bring {
        document: document.clone(),
        file_name: hub.inputs().file_name(job),
        what,
        origin: origin.clone(),
    };
    match hub.worker().ask(&request, &bytes).await {
        Ok(Response::Brought(placed, waiting)) => Ok((placed, waiting)),
        Ok(Response::Refused(error)) => Err(ImportFailure::Unreadable(error)),
        Ok(Response::NotBrought(cause)) => Err(match cause {
            NotBrought::SameText => ImportFailure::SameText,
            NotBrought::NoAnnotations => ImportFailure::NoAnnotations,
            NotBrought::Full => ImportFailure::Storage(StorageTrouble::Full),
            NotBrought::Failed => ImportFailure::Storage(StorageTrouble::Failed),
        }),
        Ok(Response::Imported { .. } | Response::File { .. }) => Err(ImportFailure::Worker),
        Err(error) => {
            log(&error.to_string());
            Err(ImportFailure::Worker)
        }
    }
}

async fn import(job: JobId, hub: Hub) {
    let result = match hub.inputs().bytes(job).await {
        None => Err(ImportFailure::FileGone),
        Some(bytes) => {
            let (id, at) = fresh_document();
            let request = Request::Import { file_name: hub.inputs().file_name(job), id, at };
            match hub.worker().ask(&request, &bytes).await {
                Ok(Response::Imported { new, warnings: _ }) => Ok(Rc::new(*new)),
                Ok(Response::Refused(error)) => Err(ImportFailure::Unreadable(error)),
                Ok(_) => Err(ImportFailure::Worker),
                // The person stopped it: nobody waits for an answer.
                Err(WorkerError::Cancelled) => return,
                Err(error @ WorkerError::Died(_)) => {
                    log(&error.to_string());
                    Err(ImportFailure::Worker)
                }
            }
        }
    };
    hub.dispatch(Action::Parsed { job, result });
}

/// Preferences and caches: their loss costs nothing that a person made, so it is noted, not shown.
fn report(result: Result<(), StorageError>) {
    if let Err(error) = result {
        log(&error.to_string());
    }
}

/// Mirrors what outside tests and style sheets look at on `<html>`.
pub(super) fn mirror_on_root(state: &AppState) {
    use crate::record::Theme;
    let phase = match state.phase {
        Phase::Loading => "loading",
        Phase::Older | Phase::Ready | Phase::MemoryOnly(_) => "ready",
    };
    let settings = &state.settings;
    let theme = match settings.theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Sepia => Some("sepia"),
        Theme::Dark => Some("dark"),
    };
    page::set_root_attribute("data-unsaved", Some(&state.saving.unsaved().to_string()));
    page::set_root_attribute("lang", Some(state.language().code()));
    page::set_root_attribute("data-theme", theme);
    page::set_root_attribute("data-tints", settings.lines_only.then_some("off"));
    page::set_root_style("--read-size", &format!("calc({}rem / 16)", settings.type_size));
    page::set_root_style("--lh-read", &format!("calc({} / 100)", settings.line_height));
    page::set_root_attribute("data-state", Some(phase));
}
