//! Importing: one file after the other, each with a state that the person sees.
use std::rc::Rc;

use super::action::Chosen;
use super::app_state::{AppState, Entry, ImportJob, JobId, JobState};
use super::effect::Effect;
use super::notice::{ImportFailure, Notice, StorageTrouble};
use super::route::Route;
use super::update::tell;
use super::{journal, saving};
use crate::model::edit::{Change, Deed, Direction, Step};
use crate::model::id::DocumentId;
use crate::model::review::Bring;
use crate::record::{Glance, Logged, NewDocument};

pub(super) fn queue(state: &mut AppState, chosen: Vec<Chosen>) -> Vec<Effect> {
    let jobs = Rc::make_mut(&mut state.imports);
    jobs.retain(|job| !job.state.is_over());
    jobs.extend(chosen.into_iter().map(|Chosen { job, name, bytes }| ImportJob {
        id: job,
        name,
        bytes,
        state: JobState::Waiting,
    }));
    start_next(state)
}

pub(super) fn parsed(
    state: &mut AppState,
    job: JobId,
    result: Result<Rc<NewDocument>, ImportFailure>,
) -> Vec<Effect> {
    if !has_job(state, job) {
        return Vec::new();
    }
    let mut effects = match result {
        Err(failure) => {
            set_state(state, job, JobState::Failed(failure));
            Vec::new()
        }
        Ok(new) => {
            let twin = state.library.twin_of(&new.row.source.text_sha256);
            let is_same = twin.is_some();
            match twin.or_else(|| state.library.namesake_of(&new.row)).map(|twin| twin.head.id.clone()) {
                Some(twin) => {
                    set_state(state, job, JobState::Asks { twin, is_same, new });
                    Vec::new()
                }
                None => store(state, job, new),
            }
        }
    };
    effects.extend(start_next(state));
    effects
}

pub(super) fn keep_both(state: &mut AppState, job: JobId) -> Vec<Effect> {
    let asked = state.imports.iter().find(|other| other.id == job).map(|other| other.state.clone());
    let Some(JobState::Asks { new, .. }) = asked else { return Vec::new() };
    store(state, job, new)
}

pub(super) fn drop_job(state: &mut AppState, job: JobId) -> Vec<Effect> {
    let is_being_read = state.imports.iter().any(|other| other.id == job && other.state == JobState::Reading);
    Rc::make_mut(&mut state.imports).retain(|other| other.id != job);
    let mut effects = vec![Effect::StopImport { job, is_being_read }];
    effects.extend(start_next(state));
    effects
}

pub(super) fn retry(state: &mut AppState, job: JobId) -> Vec<Effect> {
    let has_failed = |other: &ImportJob| other.id == job && matches!(other.state, JobState::Failed(_));
    if state.imports.iter().any(has_failed) {
        set_state(state, job, JobState::Waiting);
    }
    start_next(state)
}

/// Has a file read as a new version of a document, or as annotations on it.
pub(super) fn bring(state: &mut AppState, job: JobId, document: DocumentId, what: Bring) -> Vec<Effect> {
    Rc::make_mut(&mut state.imports).retain(|other| other.id != job);
    tell(state, Notice::Bringing);
    // What is unsaved is written first, so that the helper thread finds it.
    let mut effects = saving::flush(state);
    effects.push(Effect::Bring { job, document, what });
    effects.extend(start_next(state));
    effects
}

pub(super) fn brought(
    state: &mut AppState,
    job: JobId,
    document: DocumentId,
    what: Bring,
    result: Result<(u32, u32), ImportFailure>,
) -> Vec<Effect> {
    let mut effects = vec![Effect::StopImport { job, is_being_read: false }];
    match result {
        Ok((placed, waiting)) => {
            let is_open = state.route.document() == Some(&document);
            // Those of the document in the reader are counted when it is read anew.
            if !is_open {
                Rc::make_mut(&mut state.library).change(&document, |entry| match what {
                    Bring::Version => entry.glance.waiting = waiting,
                    Bring::Annotations => entry.glance.waiting += waiting,
                });
            }
            effects.push(Effect::Tail(state.journal_seen));
            effects.push(Effect::Navigate(Route::Read { document, annotation: None }));
            tell(state, Notice::Brought(what, placed, waiting));
        }
        Err(failure) => drop(tell(state, Notice::NotBrought(failure))),
    }
    effects
}

pub(super) fn stored(
    state: &mut AppState,
    job: JobId,
    result: Result<(Rc<NewDocument>, Vec<Logged>), StorageTrouble>,
) -> Vec<Effect> {
    let (new, logged) = match result {
        Ok(stored) => stored,
        Err(trouble) => {
            set_state(state, job, JobState::Failed(ImportFailure::Storage(trouble)));
            return start_next(state);
        }
    };
    let id = new.row.id.clone();
    let entry = Entry { head: new.row.clone().into(), glance: Glance::default() };
    Rc::make_mut(&mut state.library).entries.insert(id.clone(), Rc::new(entry));
    let own = logged.iter().find_map(|logged| logged.row.to_step());
    let mut effects = journal::follow(state, logged);
    effects.push(Effect::KeepCopySoon);
    if let Some(step) = own {
        let history = Rc::make_mut(&mut state.history);
        history.done.push(Rc::new(step));
        history.undone.clear();
    }
    set_state(state, job, JobState::Done(id.clone()));

    if !state.asked_to_persist {
        state.asked_to_persist = true;
        effects.push(Effect::AskToPersist);
    }
    if let [_only] = state.imports.as_slice() {
        state.imports = Rc::default();
        effects.push(Effect::Navigate(Route::Read { document: id, annotation: None }));
    }
    effects.extend(start_next(state));
    effects
}

fn store(state: &mut AppState, job: JobId, new: Rc<NewDocument>) -> Vec<Effect> {
    set_state(state, job, JobState::Storing);
    let (id, at) = (new.row.id.clone(), new.row.imported_at);
    let changes = vec![Change::Removed { document: id, before: true, after: false }];
    state.clock = state.clock.tick(at);
    let step = Step {
        id: state.next_step(),
        deed: Deed::AddDocument,
        at,
        clock: state.clock,
        direction: Direction::Do,
        changes,
    };
    vec![Effect::StoreDocument { job, new, step: Rc::new(step) }]
}

fn start_next(state: &mut AppState) -> Vec<Effect> {
    // One at a time up to its storing: a second copy of the same text must find the first one in the library.
    if state.imports.iter().any(|job| matches!(job.state, JobState::Reading | JobState::Storing)) {
        return Vec::new();
    }
    let Some(next) = state.imports.iter().find(|job| job.state == JobState::Waiting).map(|job| job.id) else {
        return Vec::new();
    };
    set_state(state, next, JobState::Reading);
    vec![Effect::Import(next)]
}

fn has_job(state: &AppState, job: JobId) -> bool {
    state.imports.iter().any(|other| other.id == job)
}

fn set_state(state: &mut AppState, job: JobId, new: JobState) {
    if let Some(job) = Rc::make_mut(&mut state.imports).iter_mut().find(|other| other.id == job) {
        job.state = new;
    }
}
