//! Edits on their way to storage: queued, written in order, dropped only when acknowledged.
use std::rc::Rc;

use super::app_state::{AppState, Phase};
use super::effect::Effect;
use super::journal;
use super::notice::{Notice, StorageTrouble};
use super::update::tell;
use crate::model::edit::{Change, Deed, Direction, Step};
use crate::record::Logged;

/// Queues a step. A note that is still being typed joins the step before it, if that is not on its way yet.
pub(super) fn queue(state: &mut AppState, step: Rc<Step>) -> Vec<Effect> {
    let saving = Rc::make_mut(&mut state.saving);
    let is_note = step.deed == Deed::Note && step.direction == Direction::Do;
    let waits = saving.queue.len() > saving.in_flight;
    match saving.queue.back_mut().filter(|_| waits && is_note).and_then(|last| joined(last, &step)) {
        Some(both) => {
            saving.queue.pop_back();
            saving.queue.push_back(Rc::new(both));
        }
        None => saving.queue.push_back(step),
    }
    if let Phase::MemoryOnly(trouble) = state.phase {
        saving.trouble = Some(trouble);
    }
    if saving.in_flight > 0 {
        Vec::new()
    } else if is_note {
        vec![Effect::CommitSoon]
    } else {
        flush(state)
    }
}

/// Writes what waits.
pub(super) fn flush(state: &mut AppState) -> Vec<Effect> {
    let author = state.settings.author.clone();
    let saving = Rc::make_mut(&mut state.saving);
    if saving.in_flight > 0 || saving.queue.is_empty() {
        return Vec::new();
    }
    saving.in_flight = saving.queue.len();
    let steps = saving.queue.iter().cloned().collect();
    vec![Effect::Commit { steps, device: state.device.clone(), author }]
}

/// All that was in flight is safe.
pub(super) fn committed(state: &mut AppState, logged: Vec<Logged>, refused: bool) -> Vec<Effect> {
    let saving = Rc::make_mut(&mut state.saving);
    let acknowledged = std::mem::take(&mut saving.in_flight);
    saving.queue.drain(..acknowledged.min(saving.queue.len()));
    saving.trouble = saving.is_superseded.then_some(StorageTrouble::Newer);
    let mut effects = match (saving.queue.is_empty(), saving.is_superseded) {
        (true, true) => vec![Effect::CloseStorage],
        (true, false) => Vec::new(),
        (false, _) => vec![Effect::CommitSoon],
    };
    effects.push(Effect::KeepCopySoon);
    effects.extend(journal::follow(state, logged));
    if refused {
        tell(state, Notice::KeptChanged);
        effects.extend(state.open.as_ref().map(|open| Effect::Refresh(open.document.id.clone())));
    }
    if !state.asked_to_persist {
        state.asked_to_persist = true;
        effects.push(Effect::AskToPersist);
    }
    effects
}

/// Nothing that was in flight is safe; it stays queued.
pub(super) fn failed(state: &mut AppState, trouble: StorageTrouble) -> Vec<Effect> {
    let saving = Rc::make_mut(&mut state.saving);
    saving.in_flight = 0;
    saving.trouble = Some(if saving.is_superseded { StorageTrouble::Newer } else { trouble });
    match state.phase {
        Phase::MemoryOnly(_) => Vec::new(),
        Phase::Loading | Phase::Older | Phase::Ready => vec![Effect::RetryLater],
    }
}

/// A newer version of the app waits for the database: what is unsaved is written, then it is let go.
pub(super) fn superseded(state: &mut AppState) -> Vec<Effect> {
    let saving = Rc::make_mut(&mut state.saving);
    saving.is_superseded = true;
    saving.trouble = Some(StorageTrouble::Newer);
    if saving.queue.is_empty() { vec![Effect::CloseStorage] } else { flush(state) }
}

/// Two steps of typing in the same note as one.
pub(super) fn joined(earlier: &Step, later: &Step) -> Option<Step> {
    let (
        [Change::Annotation { before, after: Some(middle) }],
        [Change::Annotation { before: Some(_), after: Some(last) }],
    ) = (earlier.changes.as_slice(), later.changes.as_slice())
    else {
        return None;
    };
    let is_same = earlier.deed == Deed::Note && later.deed == Deed::Note && middle.id == last.id;
    let is_new = earlier.direction == Direction::Do && later.direction == Direction::Do;
    (is_same && is_new).then(|| Step {
        id: earlier.id.clone(),
        deed: Deed::Note,
        at: later.at,
        clock: later.clock,
        direction: Direction::Do,
        changes: vec![Change::Annotation { before: before.clone(), after: Some(last.clone()) }],
    })
}
