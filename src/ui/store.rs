//! The state in Yew, and the one place where effects are carried out.
//!
//! [`Store`] calls the pure `update` and collects numbered effects; [`use_store`] runs those that it has not run
//! yet, acknowledges them, and dispatches what comes of them.
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::contexts::fresh_document;
use super::services::Services;
use crate::browser::storage::{Opened, Storage, StorageError, StorageErrorKind};
use crate::browser::worker_client::WorkerError;
use crate::browser::{article, clock, files, layout, log, offline, page};
use crate::model::document::{Document, Language};
use crate::model::id::DeviceId;
use crate::record::{AnnotationRow, DocumentRow};
use crate::state::{
    Action, AppState, Effect, ImportFailure, JobId, Loaded, Notice, Phase, Route, StorageTrouble, Update, update,
};
use crate::worker::protocol::{Request, Response};

/// How long typing must pause before a note is written, in ms.
const TYPING_PAUSE: u32 = 400;
/// How long to wait before a failed write is tried again, in ms.
const RETRY_PAUSE: u32 = 5_000;
/// The name of the database.
const DATABASE: &str = "concord";

/// The state and the effects that nobody has carried out yet.
#[derive(Default, PartialEq)]
pub(super) struct Store {
    pub(super) state: AppState,
    outbox: Vec<(u64, Effect)>,
    next_effect: u64,
}

pub(super) enum StoreAction {
    /// Something happened.
    Act(Action),
    /// Effects up to this number were taken up.
    Acknowledge(u64),
}

impl Reducible for Store {
    type Action = StoreAction;

    fn reduce(self: Rc<Self>, action: StoreAction) -> Rc<Self> {
        match action {
            StoreAction::Acknowledge(number) => Rc::new(Self {
                state: self.state.clone(),
                outbox: self.outbox.iter().filter(|(other, _)| *other > number).cloned().collect(),
                next_effect: self.next_effect,
            }),
            StoreAction::Act(action) => {
                let Update { state, effects } = update(&self.state, action);
                if effects.is_empty() && state == self.state {
                    return self;
                }
                let mut outbox = self.outbox.clone();
                let mut next_effect = self.next_effect;
                for effect in effects {
                    next_effect += 1;
                    outbox.push((next_effect, effect));
                }
                Rc::new(Self { state, outbox, next_effect })
            }
        }
    }
}

/// The store, with its effects running.
#[hook]
pub(super) fn use_store(services: &Services) -> (UseReducerHandle<Store>, Callback<Action>) {
    let store = use_reducer(|| Store { state: first_state(), ..Store::default() });
    let dispatcher = store.dispatcher();
    let dispatch = use_memo((), |()| Callback::from(move |action| dispatcher.dispatch(StoreAction::Act(action))));
    let dispatch = (*dispatch).clone();

    let (starting, on_start) = (services.clone(), dispatch.clone());
    use_effect_with((), move |()| {
        spawn_local(start(starting, on_start.clone()));
        let on_waiting = on_start.clone();
        spawn_local(offline::register(move || on_waiting.emit(Action::UpdateWaits)));
    });

    let timers = use_mut_ref(Timers::default);
    let taken = use_mut_ref(|| 0_u64);
    let (running, answers) = (services.clone(), dispatch.clone());
    let acknowledge = store.dispatcher();
    let snapshot = store.clone();
    use_effect_with(store.next_effect, move |&last| {
        let first = std::mem::replace(&mut *taken.borrow_mut(), last);
        for (_, effect) in snapshot.outbox.iter().filter(|(number, _)| *number > first) {
            run(effect.clone(), &snapshot.state, &running, &answers, &mut timers.borrow_mut());
        }
        if last > first {
            acknowledge.dispatch(StoreAction::Acknowledge(last));
        }
    });
    (store, dispatch)
}

/// Pauses before writes; a new one replaces the old.
#[derive(Default)]
struct Timers {
    commit: Option<Timeout>,
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

fn first_state() -> AppState {
    AppState {
        browser_language: browser_language(),
        address_language: address_language(),
        route: Route::parse(&page::hash()),
        ..AppState::default()
    }
}

async fn start(services: Services, dispatch: Callback<Action>) {
    let superseded = dispatch.clone();
    let Opened { storage, trouble } =
        Storage::open(DATABASE, move || superseded.emit(Action::CommitFailed(StorageTrouble::Newer))).await;
    let mut told = trouble.as_ref().map(trouble_of);
    services.set_storage(storage.clone());
    let shelf = storage.shelf().await.unwrap_or_else(|error| {
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
    dispatch.emit(Action::Loaded(Box::new(Loaded {
        trouble: told.filter(|_| !was_lost),
        heads: shelf.heads,
        glances: shelf.glances,
        tags: shelf.tags,
        settings: shelf.settings,
        device,
        quarantined: shelf.quarantined,
    })));
    if was_lost {
        dispatch.emit(Action::CommitFailed(StorageTrouble::LostByBrowser));
    }
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

fn run(effect: Effect, state: &AppState, services: &Services, dispatch: &Callback<Action>, timers: &mut Timers) {
    let Some(storage) = services.storage().filter(|_| !page::has_failed()) else { return };
    let dispatch = dispatch.clone();
    match effect {
        Effect::Open(id) => spawn_local(async move {
            let (found, quarantined) = match storage.volume(&id).await {
                Ok(Some(volume)) => (Some((Rc::new(volume.document), volume.annotations)), volume.quarantined),
                Ok(None) => (None, 0),
                Err(error) => {
                    log(&error.to_string());
                    (None, 1)
                }
            };
            dispatch.emit(Action::Opened { id, found, quarantined, at: clock::now() });
        }),
        Effect::Import(job) => spawn_local(import(job, services.clone(), dispatch)),
        Effect::StopImport(job) => {
            services.forget(job);
            if !state.imports.iter().any(|other| other.state == crate::state::JobState::Reading) {
                services.worker().cancel();
            }
        }
        Effect::StoreDocument { job, document } => {
            let (services, device, author) =
                (services.clone(), state.device.clone(), state.settings.author.clone());
            spawn_local(async move {
                let result = store_document(&services, &storage, job, &document, &device, author.as_deref()).await;
                if result.is_ok() {
                    services.forget(job);
                }
                dispatch.emit(Action::Stored { job, result: result.map(|()| document) });
            });
        }
        Effect::Commit { steps, device, author } => spawn_local(async move {
            dispatch.emit(match storage.commit(&steps, &device, author.as_deref()).await {
                Ok(()) => Action::Committed,
                Err(error) => Action::CommitFailed(trouble_of(&error)),
            });
        }),
        Effect::CommitSoon => {
            timers.commit = Some(Timeout::new(TYPING_PAUSE, move || dispatch.emit(Action::Flush)));
        }
        Effect::RetryLater => {
            timers.commit = Some(Timeout::new(RETRY_PAUSE, move || dispatch.emit(Action::Flush)));
        }
        Effect::SaveSettings(settings) => spawn_local(async move {
            report(storage.save_settings(&settings).await);
        }),
        Effect::SaveGlance(document, glance) => spawn_local(async move {
            report(storage.save_glance(&document, &glance).await);
        }),
        Effect::AskToPersist => spawn_local(async move {
            if offline::ask_to_persist().await != Some(true) {
                log("the browser does not promise to keep the data");
            }
        }),
        Effect::Navigate(route) => page::set_hash(&route.href()),
        Effect::Reveal(span) => {
            let (services, text) = (services.clone(), state.open.as_ref().map(|open| open.text.clone()));
            page::on_next_frame(move || {
                if let (Some(article), Some(scroller), Some(text)) = (services.article(), services.scroller(), text) {
                    layout::reveal(&article, &scroller, &text, span);
                }
            });
        }
        Effect::FocusNote(id) => page::on_next_frame(move || super::reader::focus_note(&id)),
        Effect::SelectInPage(span) => {
            if let (Some(article), Some(open)) = (services.article(), &state.open) {
                article::select(&article, &open.text, span.start, span.end);
            }
        }
        Effect::ClearPageSelection => article::clear_selection(),
        Effect::ExportWebAnnotation { document, annotations } => {
            let request = Request::ExportWebAnnotation {
                document: Box::new(DocumentRow::from(&*document)),
                annotations: annotations.iter().map(|annotation| AnnotationRow::from(&**annotation)).collect(),
                tags: state.codebook.tags().to_vec(),
                at: clock::now(),
            };
            let services = services.clone();
            spawn_local(async move {
                let saved = match services.worker().ask(&request, &[]).await {
                    Ok(Response::File { name, media_type, text }) => {
                        files::save(&name, &media_type, &text).map(|()| name).ok()
                    }
                    Ok(Response::Imported(_)) | Err(_) => None,
                };
                dispatch.emit(Action::Tell(saved.map_or(Notice::ExportFailed, Notice::Exported)));
            });
        }
        Effect::ActivateUpdate => spawn_local(offline::activate_waiting()),
    }
}

async fn import(job: JobId, services: Services, dispatch: Callback<Action>) {
    let result = match services.bytes(job).await {
        None => Err(ImportFailure::FileGone),
        Some(bytes) => {
            let request = Request::Import { file_name: services.file_name(job) };
            match services.worker().ask(&request, &bytes).await {
                Ok(Response::Imported(Ok(parsed))) => Ok(Rc::new(parsed)),
                Ok(Response::Imported(Err(error))) => Err(ImportFailure::Unreadable(error)),
                Ok(Response::File { .. }) => Err(ImportFailure::Worker),
                // The person stopped it: nobody waits for an answer.
                Err(WorkerError::Cancelled) => return,
                Err(error @ WorkerError::Died(_)) => {
                    log(&error.to_string());
                    Err(ImportFailure::Worker)
                }
            }
        }
    };
    let (id, at) = fresh_document();
    dispatch.emit(Action::Parsed { job, result, id, at });
}

async fn store_document(
    services: &Services,
    storage: &Storage,
    job: JobId,
    document: &Document,
    device: &DeviceId,
    author: Option<&str>,
) -> Result<(), StorageTrouble> {
    let original = services.bytes(job).await.unwrap_or_default();
    storage.add_document(document, &original, device, author).await.map_err(|error| trouble_of(&error))
}

/// Preferences and caches: their loss costs nothing that a person made, so it is noted, not shown.
fn report(result: Result<(), StorageError>) {
    if let Err(error) = result {
        log(&error.to_string());
    }
}

/// Mirrors what outside tests and style sheets look at on `<html>`.
#[hook]
pub(super) fn use_root_attributes(state: &AppState) {
    let phase = match state.phase {
        Phase::Loading => "loading",
        Phase::Ready | Phase::MemoryOnly(_) => "ready",
    };
    use_effect_with(phase, |phase| page::set_root_attribute("data-state", Some(phase)));
    use_effect_with(state.saving.unsaved(), |unsaved| {
        page::set_root_attribute("data-unsaved", Some(&unsaved.to_string()));
    });
    use_effect_with(state.language(), |language| page::set_root_attribute("lang", Some(language.code())));
    use_effect_with(state.settings.clone(), |settings| {
        use crate::record::Theme;
        let theme = match settings.theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Sepia => Some("sepia"),
            Theme::Dark => Some("dark"),
        };
        page::set_root_attribute("data-theme", theme);
        page::set_root_attribute("data-tints", settings.lines_only.then_some("off"));
        page::set_root_style("--read-size", &format!("{}rem", f32::from(settings.type_size) / 16.0));
        page::set_root_style("--lh-read", &format!("{}", f32::from(settings.line_height) / 100.0));
    });
}
