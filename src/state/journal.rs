//! Following the journal: what other windows did becomes part of this one's state, and the steps of earlier sessions
//! can be taken back.
use std::collections::HashMap;
use std::rc::Rc;

use super::app_state::{AppState, Entry, History};
use super::edits::{self, apply_change, leave_if_removed};
use super::effect::Effect;
use super::notice::Notice;
use super::reading::{forget_missing, refresh_glance, save_glance};
use super::update::tell;
use crate::model::annotation::{Annotation, Settled, Stamp, settle};
use crate::model::codebook::Tag;
use crate::model::edit::{Change, Deed, Direction, Step};
use crate::model::id::{AnnotationId, DocumentId, StepId};
use crate::record::{DocumentHead, Glance, Logged};

/// So many changes of others, and the document is read anew instead of changed one by one.
const MANY: usize = 200;

/// Takes in what this window has written, if nothing of others lies between; else asks for all of it.
pub(super) fn follow(state: &mut AppState, logged: Vec<Logged>) -> Vec<Effect> {
    match logged.first() {
        None => Vec::new(),
        Some(first) if first.key == state.journal_seen + 1 => absorb(state, logged),
        Some(_) => vec![Effect::Tail(state.journal_seen)],
    }
}

/// Takes in rows of the journal, in order. Rows that were seen already are passed over.
pub(super) fn absorb(state: &mut AppState, logged: Vec<Logged>) -> Vec<Effect> {
    let new: Vec<Logged> = logged.into_iter().filter(|logged| logged.key > state.journal_seen).collect();
    let Some(last) = new.last() else { return Vec::new() };
    state.journal_seen = last.key;
    let is_much = new.iter().map(|logged| logged.row.changes.len()).sum::<usize>() > MANY;
    let mut effects = Vec::new();
    let mut reads_shelf = is_much;
    let mut refreshes = is_much;
    let annotations = state.annotations.clone();
    for Logged { row, .. } in new {
        state.clock = state.clock.max(row.clock);
        if row.is_history {
            continue;
        }
        let Some(step) = row.to_step() else {
            reads_shelf = true;
            continue;
        };
        let is_own = state.is_own(&step.id);
        if is_own {
            correct_history(state, &step);
        } else if row.device == state.device
            && matches!(step.deed, Deed::Restore | Deed::Revert | Deed::Revise | Deed::Review | Deed::TakeIn)
        {
            remember(state, &step);
        }
        // Its text is read anew, and its passages with it.
        let is_revised = step.changes.iter().any(|change| matches!(change, Change::Revision { .. }));
        reads_shelf |= is_revised;
        refreshes |= is_much || is_revised;
        for change in &step.changes {
            let is_unknown = change.document().is_some_and(|id| !state.library.entries.contains_key(id));
            reads_shelf |= is_unknown;
            // Many annotations are read anew instead.
            let is_left = is_unknown || refreshes && matches!(change, Change::Annotation { .. });
            if !is_left {
                take_in(state, change, is_own);
            }
        }
    }
    if refreshes {
        effects.extend(state.open.as_ref().map(|open| Effect::Refresh(open.document.id.clone())));
    }
    if !Rc::ptr_eq(&annotations, &state.annotations) {
        forget_missing(state);
        refresh_glance(state);
        if let Some(id) = state.open.as_ref().map(|open| open.document.id.clone()) {
            effects.extend(save_glance(state, &id));
        }
    }
    if let Some(leave) = leave_if_removed(state) {
        tell(state, Notice::RemovedElsewhere);
        effects.push(leave);
    }
    if reads_shelf {
        effects.push(Effect::ReadShelf);
    }
    effects
}

/// One change that is stored, with this window's unsaved edits on top.
fn take_in(state: &mut AppState, change: &Change, is_own: bool) {
    let Change::Annotation { before, after } = change else {
        let is_pending = |other: &Change| same_field(change, other);
        let has_pending = state.saving.queue.iter().flat_map(|step| &step.changes).any(is_pending);
        if !has_pending {
            apply_change(state, change);
        }
        return;
    };
    let Some(known) = after.as_ref().or(before.as_ref()) else { return };
    let is_here = state.open.as_ref().is_some_and(|open| open.document.id == known.document);
    if !is_here {
        // What this window did elsewhere is counted already.
        if !is_own {
            apply_change(state, change);
        }
        return;
    }
    let shown = state.annotations.get(&known.id).cloned();
    let wanted = with_pending(state, &known.id, after.as_deref().cloned());
    if shown.as_deref() != wanted.as_ref() {
        apply_change(state, &Change::Annotation { before: shown, after: wanted.map(Rc::new) });
    }
}

/// An annotation as stored, with the edits of this window that storage has not acknowledged.
fn with_pending(state: &AppState, id: &AnnotationId, stored: Option<Annotation>) -> Option<Annotation> {
    let mut value = stored;
    for step in &state.saving.queue {
        for change in &step.changes {
            let Change::Annotation { before, after } = change else { continue };
            let is_it = after.as_ref().or(before.as_ref()).is_some_and(|known| known.id == *id);
            if !is_it {
                continue;
            }
            let stamp = Stamp {
                modified: step.at,
                clock: step.clock,
                device: state.device.clone(),
                author: state.settings.author.clone(),
            };
            match settle(before.as_deref(), after.as_deref(), value.as_ref(), &stamp) {
                Settled::Write(new) => value = Some(new).filter(|new| new.deleted.is_none()),
                Settled::Nothing | Settled::Kept => {}
            }
        }
    }
    value
}

fn same_field(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Title { document: a, .. }, Change::Title { document: b, .. })
        | (Change::Removed { document: a, .. }, Change::Removed { document: b, .. })
        | (Change::Revision { document: a, .. }, Change::Revision { document: b, .. }) => a == b,
        (Change::Role { document: a, block: n, .. }, Change::Role { document: b, block: m, .. }) => {
            a == b && n == m
        }
        (Change::Tag { before: a, after: b }, Change::Tag { before: c, after: d }) => {
            let id = |tag: &Tag| tag.id.clone();
            b.as_ref().or(a.as_ref()).map(id) == d.as_ref().or(c.as_ref()).map(id)
        }
        _ => false,
    }
}

/// A step of this window was merged with what another had written: taking it back must bring that back.
fn correct_history(state: &mut AppState, settled: &Step) {
    let Some(place) = state.history.done.iter().rposition(|step| step.id == settled.id) else { return };
    let known = &state.history.done[place];
    let is_whole = known.deed == settled.deed && known.changes.len() == settled.changes.len();
    let differs = known.changes.iter().zip(&settled.changes).any(|(asked, done)| match (asked, done) {
        (Change::Annotation { before: Some(asked), .. }, Change::Annotation { before: Some(done), .. }) => {
            !asked.reads_like(done)
        }
        (Change::Title { before: asked, .. }, Change::Title { before: done, .. }) => asked != done,
        (Change::Role { before: asked, .. }, Change::Role { before: done, .. }) => asked != done,
        _ => false,
    });
    if is_whole && differs {
        Rc::make_mut(&mut state.history).done[place] = Rc::new(settled.clone());
    }
}

/// What the vault did at the person's wish can be taken back in every window.
fn remember(state: &mut AppState, step: &Step) {
    let history = Rc::make_mut(&mut state.history);
    match (&step.direction, history.done.last_mut().filter(|last| last.id == step.id)) {
        (Direction::Do, Some(last)) => Rc::make_mut(last).changes.extend(step.changes.iter().cloned()),
        (Direction::Do, None) => {
            history.undone.clear();
            history.done.push(Rc::new(step.clone()));
        }
        (Direction::Undo(_) | Direction::Redo(_), _) => {}
    }
}

/// Puts the steps of earlier sessions below those of this one; then does the undo that was asked for meanwhile.
pub(super) fn recalled(state: &mut AppState, logged: Vec<Logged>) -> Vec<Effect> {
    let earlier: Vec<Logged> = logged.into_iter().filter(|logged| !state.is_own(&logged.row.step)).collect();
    let past = replayed(&earlier);
    let history = Rc::make_mut(&mut state.history);
    history.is_recalled = true;
    if history.done.is_empty() && history.undone.is_empty() {
        history.undone = past.undone;
    }
    history.done.splice(0..0, past.done);
    match history.wanted.take() {
        Some((false, at)) => edits::undo(state, at),
        Some((true, at)) => edits::redo(state, at),
        None => Vec::new(),
    }
}

/// What could be taken back and done again after these rows.
fn replayed(rows: &[Logged]) -> History {
    let mut history = History::default();
    for Logged { key, row } in rows {
        let Some(mut step) = row.to_step().filter(|_| !row.is_history) else { continue };
        if row.is_undo {
            // Version 1 took steps back in order, and did not say which.
            history.undone.extend(history.done.pop());
            continue;
        }
        if step.id == StepId::default() {
            step.id = StepId(format!("journal.{key}"));
        }
        match &step.direction {
            Direction::Do => match history.done.iter_mut().rev().find(|known| known.id == step.id) {
                Some(known) => Rc::make_mut(known).changes.extend(step.changes),
                None => {
                    history.done.push(Rc::new(step));
                    history.undone.clear();
                }
            },
            Direction::Undo(id) => move_step(&mut history.done, &mut history.undone, id),
            Direction::Redo(id) => move_step(&mut history.undone, &mut history.done, id),
        }
    }
    history
}

fn move_step(from: &mut Vec<Rc<Step>>, to: &mut Vec<Rc<Step>>, id: &StepId) {
    if let Some(place) = from.iter().rposition(|step| step.id == *id) {
        to.push(from.remove(place));
    }
}

/// Documents that other windows have added; of those that are known, what they show now.
pub(super) fn shelf_read(
    state: &mut AppState,
    heads: Vec<DocumentHead>,
    mut glances: HashMap<DocumentId, Glance>,
) -> Vec<Effect> {
    let library = Rc::make_mut(&mut state.library);
    for head in heads {
        match library.entries.get_mut(&head.id) {
            Some(entry) if entry.head == head => {}
            Some(entry) => Rc::make_mut(entry).head = head,
            None => {
                let glance = glances.remove(&head.id).unwrap_or_default();
                let entry = Entry { head, glance };
                library.entries.insert(entry.head.id.clone(), Rc::new(entry));
            }
        }
    }
    Vec::new()
}
