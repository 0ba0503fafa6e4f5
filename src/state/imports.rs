//! Importing: one file after the other, each with a state that the person sees.
use std::rc::Rc;

use super::action::Chosen;
use super::app_state::{AppState, Entry, ImportJob, JobId, JobState};
use super::effect::Effect;
use super::journal;
use super::notice::{ImportFailure, StorageTrouble};
use super::route::Route;
use crate::model::edit::{Change, Deed, Direction, Step};
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
        Ok(new) => match state.library.twin_of(&new.row.source.text_sha256) {
            Some(twin) => {
                let twin = twin.head.id.clone();
                set_state(state, job, JobState::Asks { twin, new });
                Vec::new()
            }
            None => store(state, job, new),
        },
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
