//! Edits: each becomes a step that is applied, journalled, and can be taken back.
use std::rc::Rc;

use super::app_state::{AppState, OpenDocument, Phase};
use super::effect::Effect;
use super::notice::{Notice, Spoken};
use super::reading::{focus, forget_missing, refresh_glance, save_glance};
use super::route::Route;
use super::saving;
use super::update::{say, tell};
use crate::model::anchor::describe;
use crate::model::annotation::{Annotation, RivalValue, Settled, Stamp, Versions, settle};
use crate::model::codebook::{Bilingual, Tag};
use crate::model::document::Role;
use crate::model::edit::{Change, Deed, Direction, Step};
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::model::text::Span;
use crate::model::time::Timestamp;

/// Typing with pauses shorter than this is one step of undo, in milliseconds.
const TYPING_PAUSE: i64 = 3_000;

pub(super) fn highlight(state: &mut AppState, id: AnnotationId, at: Timestamp) -> Vec<Effect> {
    let tag = state.settings.last_tag.clone().filter(|tag| state.codebook.get(tag).is_some());
    mark(state, tag, id, at)
}

pub(super) fn give_tag(state: &mut AppState, tag: TagId, id: AnnotationId, at: Timestamp) -> Vec<Effect> {
    if state.codebook.get(&tag).is_none() {
        return Vec::new();
    }
    let mut effects = mark(state, Some(tag.clone()), id, at);
    if state.settings.last_tag.as_ref() != Some(&tag) {
        Rc::make_mut(&mut state.settings).last_tag = Some(tag);
        effects.push(Effect::SaveSettings(state.settings.clone()));
    }
    effects
}

pub(super) fn create_tag(
    state: &mut AppState,
    tag: TagId,
    name: &str,
    id: AnnotationId,
    at: Timestamp,
) -> Vec<Effect> {
    let name = name.trim();
    if name.is_empty() {
        return Vec::new();
    }
    if let Some(known) = state.codebook.by_name(name).map(|known| known.id.clone()) {
        return give_tag(state, known, id, at);
    }
    let style = state.codebook.least_used_style();
    let new = Tag {
        id: tag.clone(),
        name: Bilingual { vi: name.to_owned(), en: name.to_owned() },
        definition: Bilingual { vi: String::new(), en: String::new() },
        family: style.family(),
        style,
        digit: None,
    };
    let made = Change::Tag { before: None, after: Some(new) };
    let mut changes = vec![made.clone()];
    // The new tag must be known before the passage can carry it, and both are one step.
    apply_change(state, &made);
    changes.extend(tagging(state, Some(&tag), id, at));
    Rc::make_mut(&mut state.settings).last_tag = Some(tag.clone());
    let mut effects = perform(state, Deed::GiveTag(tag), changes, at);
    effects.push(Effect::SaveSettings(state.settings.clone()));
    effects
}

/// Marks the selection with a tag or without, else tags the passage in focus.
pub(super) fn mark(state: &mut AppState, tag: Option<TagId>, id: AnnotationId, at: Timestamp) -> Vec<Effect> {
    let known = target(state);
    let has_tag = known.as_ref().zip(tag.as_ref()).is_some_and(|(known, tag)| known.tags.contains(tag));
    if let (true, Some(tag)) = (has_tag, tag.clone()) {
        return tell(state, Notice::AlreadyTagged(tag));
    }
    if let (Some(known), None) = (&known, &tag) {
        return focus(state, Some(known.id.clone()));
    }
    let Some(change) = tagging(state, tag.as_ref(), id, at) else {
        return tell(state, Notice::SelectFirst);
    };
    let is_new = matches!(&change, Change::Annotation { before: None, .. });
    let deed = match &tag {
        Some(tag) if !is_new => Deed::GiveTag(tag.clone()),
        Some(_) | None => Deed::Highlight,
    };
    let marked = match &change {
        Change::Annotation { after: Some(after), .. } => after.clone(),
        _ => return Vec::new(),
    };
    let effects = perform(state, deed, vec![change], at);
    Rc::make_mut(&mut state.view).focus = Some(marked.id.clone());
    if state.annotations.span_of(&marked.id).is_some() {
        let overlaps = state.annotations.overlaps_of(&marked.id);
        say(state, Spoken::Marked(tag, overlaps));
    }
    effects
}

/// The passage that a tag or a note would go to: the one on the very range that is selected, or, with nothing
/// selected, the one in focus.
fn target(state: &AppState) -> Option<Rc<Annotation>> {
    match state.selected_span() {
        Some(span) => annotation_on(state, span),
        None => state.view.focus.as_ref().and_then(|id| state.annotations.get(id)).cloned(),
    }
}

fn annotation_on(state: &AppState, span: Span) -> Option<Rc<Annotation>> {
    state
        .annotations
        .overlapping(span)
        .find(|placed| placed.span == span)
        .map(|placed| placed.annotation.clone())
}

/// The change that puts a tag, or a bare mark, where [`target`] says; none when there is nowhere to put it.
fn tagging(state: &AppState, tag: Option<&TagId>, id: AnnotationId, at: Timestamp) -> Option<Change> {
    if let Some(known) = target(state) {
        let mut after = (*known).clone();
        after.tags.extend(tag.filter(|tag| !known.tags.contains(tag)).cloned());
        return Some(Change::Annotation { before: Some(known), after: Some(Rc::new(after)) });
    }
    let (open, span) = (state.open.as_ref()?, state.selected_span()?);
    let annotation = Annotation {
        id,
        document: open.document.id.clone(),
        revision: open.document.revision,
        selectors: describe(&open.text, span),
        further: Vec::new(),
        kept: None,
        tags: tag.into_iter().cloned().collect(),
        note: String::new(),
        created: at,
        stamp: stamp(state, at),
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    };
    Some(Change::Annotation { before: None, after: Some(Rc::new(annotation)) })
}

pub(super) fn start_note(state: &mut AppState, id: AnnotationId, at: Timestamp) -> Vec<Effect> {
    if let Some(known) = target(state) {
        let mut effects = focus(state, Some(known.id.clone()));
        effects.push(Effect::FocusNote(known.id.clone()));
        return effects;
    }
    let mut effects = mark(state, None, id.clone(), at);
    if state.annotations.get(&id).is_some() {
        effects.push(Effect::FocusNote(id));
    }
    effects
}

pub(super) fn take_tag(state: &mut AppState, id: &AnnotationId, tag: &TagId, at: Timestamp) -> Vec<Effect> {
    change_annotation(state, id, Deed::TakeTag(tag.clone()), at, |annotation| {
        annotation.tags.retain(|given| given != tag);
    })
}

pub(super) fn edit_note(state: &mut AppState, id: &AnnotationId, note: String, at: Timestamp) -> Vec<Effect> {
    change_annotation(state, id, Deed::Note, at, |annotation| annotation.note = note)
}

pub(super) fn choose_rival(
    state: &mut AppState,
    id: &AnnotationId,
    rival: usize,
    take: bool,
    at: Timestamp,
) -> Vec<Effect> {
    change_annotation(state, id, Deed::Choose, at, |annotation| {
        if rival >= annotation.rivals.len() {
            return;
        }
        let chosen = annotation.rivals.remove(rival);
        match chosen.value {
            RivalValue::Note(note) if take => annotation.note = note,
            RivalValue::Range(selectors) if take => annotation.selectors = *selectors,
            RivalValue::Note(_) | RivalValue::Range(_) => {}
        }
    })
}

pub(super) fn delete(state: &mut AppState, id: &AnnotationId, at: Timestamp) -> Vec<Effect> {
    let Some(annotation) = state.annotations.get(id).cloned() else { return Vec::new() };
    let change = Change::Annotation { before: Some(annotation), after: None };
    let effects = perform(state, Deed::Delete, vec![change], at);
    tell(state, Notice::Done(Deed::Delete));
    effects
}

pub(super) fn start_range(state: &mut AppState, id: AnnotationId) -> Vec<Effect> {
    if state.annotations.get(&id).is_none() {
        return Vec::new();
    }
    let spans = state.annotations.spans_of(&id);
    // Of several stretches the one that is selected, else the first.
    let selected = state.selected_span();
    let part = spans.iter().position(|span| selected.is_some_and(|selected| span.overlaps(selected)));
    let view = Rc::make_mut(&mut state.view);
    view.focus = Some(id.clone());
    view.editing_range = Some(id);
    view.editing_part = part.unwrap_or(0);
    view.grown_from.clear();
    match spans.get(view.editing_part) {
        Some(&span) => {
            view.selection = Some(super::app_state::Selected { span, is_exact: true });
            vec![Effect::Reveal(span), Effect::SelectInPage(span)]
        }
        None => {
            view.selection = None;
            tell(state, Notice::SelectPlace)
        }
    }
}

pub(super) fn apply_range(state: &mut AppState, at: Timestamp) -> Vec<Effect> {
    if state.view.selection.is_none() {
        return Vec::new();
    }
    let view = Rc::make_mut(&mut state.view);
    let (Some(id), Some(selected)) = (view.editing_range.take(), view.selection.take()) else {
        return Vec::new();
    };
    let part = view.editing_part;
    view.grown_from.clear();
    let Some(open) = state.open.clone() else { return Vec::new() };
    let mut spans = state.annotations.spans_of(&id);
    match spans.get_mut(part) {
        Some(span) => *span = selected.span,
        None => spans = vec![selected.span],
    }
    let spans = super::stretches::united(&open.text, spans);
    let mut effects = change_annotation(state, &id, Deed::Range, at, |annotation| {
        if let Some(moved) = super::stretches::at_spans(annotation, &open.text, &spans) {
            *annotation = moved;
            annotation.revision = open.document.revision;
            annotation.kept = None;
        }
    });
    if !effects.is_empty() {
        tell(state, Notice::Done(Deed::Range));
    }
    effects.push(Effect::ClearPageSelection);
    effects
}

pub(super) fn relabel(state: &mut AppState, block: u32, role: Role, at: Timestamp) -> Vec<Effect> {
    let Some(open) = &state.open else { return Vec::new() };
    let Some(before) = open.document.blocks.get(block as usize).map(|block| block.role) else {
        return Vec::new();
    };
    if before == role {
        return Vec::new();
    }
    let (document, revision) = (open.document.id.clone(), open.document.revision);
    let effects = perform(
        state,
        Deed::Relabel,
        vec![Change::Role { document, revision, block, before, after: role }],
        at,
    );
    tell(state, Notice::Done(Deed::Relabel));
    effects
}

pub(super) fn rename(state: &mut AppState, document: DocumentId, title: &str, at: Timestamp) -> Vec<Effect> {
    let Some(entry) = state.library.entries.get(&document) else { return Vec::new() };
    let (before, after) = (entry.head.title.clone(), title.trim().to_owned());
    if after.is_empty() || after == before {
        return Vec::new();
    }
    perform(state, Deed::Rename, vec![Change::Title { document, before, after }], at)
}

pub(super) fn remove(
    state: &mut AppState,
    document: DocumentId,
    removed: bool,
    at: Timestamp,
) -> Vec<Effect> {
    let is_so = state.library.entries.get(&document).is_none_or(|entry| entry.head.removed == removed);
    if is_so {
        return Vec::new();
    }
    let deed = if removed { Deed::RemoveDocument } else { Deed::AddDocument };
    let mut effects = perform(
        state,
        deed.clone(),
        vec![Change::Removed { document, before: !removed, after: removed }],
        at,
    );
    effects.extend(leave_if_removed(state));
    tell(state, Notice::Done(deed));
    effects
}

pub(super) fn leave_if_removed(state: &AppState) -> Option<Effect> {
    let open = state.route.document()?;
    let is_removed = state.library.entries.get(open).is_some_and(|entry| entry.head.removed);
    is_removed.then_some(Effect::Navigate(Route::Library))
}

pub(super) fn undo(state: &mut AppState, at: Timestamp) -> Vec<Effect> {
    let history = Rc::make_mut(&mut state.history);
    let Some(step) = history.done.pop() else { return nothing_left(state, false, at) };
    history.undone.push(step.clone());
    let id = state.next_step();
    let mut effects = carry_out(state, step.reversed(id, at));
    tell(state, Notice::Undone(step.deed.clone(), elsewhere(state, &step)));
    effects.extend(after_replay(state, &step));
    effects
}

pub(super) fn redo(state: &mut AppState, at: Timestamp) -> Vec<Effect> {
    let history = Rc::make_mut(&mut state.history);
    let Some(step) = history.undone.pop() else { return nothing_left(state, true, at) };
    history.done.push(step.clone());
    let id = state.next_step();
    let mut effects = carry_out(state, step.repeated(id, at));
    tell(state, Notice::Redone(step.deed.clone(), elsewhere(state, &step)));
    effects.extend(after_replay(state, &step));
    effects
}

/// There is nothing to undo or redo, or the steps of earlier sessions are still being read.
fn nothing_left(state: &mut AppState, redo: bool, at: Timestamp) -> Vec<Effect> {
    if matches!(state.phase, Phase::Loading | Phase::Older) {
        return Vec::new();
    }
    if state.history.is_recalled {
        return tell(state, if redo { Notice::NothingToRedo } else { Notice::NothingToUndo });
    }
    Rc::make_mut(&mut state.history).wanted = Some((redo, at));
    Vec::new()
}

/// The title of the document that a step belongs to, when it is not the one on screen.
fn elsewhere(state: &AppState, step: &Step) -> Option<String> {
    let document = step.changes.iter().find_map(Change::document)?;
    let is_here = state.open.as_ref().is_some_and(|open| open.document.id == *document);
    let entry = state.library.entries.get(document).filter(|_| !is_here)?;
    Some(entry.head.title.clone())
}

fn after_replay(state: &mut AppState, step: &Step) -> Vec<Effect> {
    let mut effects: Vec<Effect> = leave_if_removed(state).into_iter().collect();
    let touched = step.changes.iter().find_map(|change| match change {
        Change::Annotation { before, after } => after.as_ref().or(before.as_ref()).map(|a| a.id.clone()),
        _ => None,
    });
    if let Some(id) = touched.filter(|id| state.annotations.get(id).is_some()) {
        let span = state.annotations.span_of(&id);
        Rc::make_mut(&mut state.view).focus = Some(id);
        effects.extend(span.map(Effect::Reveal));
    }
    effects
}

fn change_annotation(
    state: &mut AppState,
    id: &AnnotationId,
    deed: Deed,
    at: Timestamp,
    change: impl FnOnce(&mut Annotation),
) -> Vec<Effect> {
    let Some(before) = state.annotations.get(id).cloned() else { return Vec::new() };
    let mut after = (*before).clone();
    change(&mut after);
    if after == *before {
        return Vec::new();
    }
    perform(state, deed, vec![Change::Annotation { before: Some(before), after: Some(Rc::new(after)) }], at)
}

/// Does something new: it can be taken back, and what was taken back before is forgotten.
pub(super) fn perform(state: &mut AppState, deed: Deed, changes: Vec<Change>, at: Timestamp) -> Vec<Effect> {
    let id = state.next_step();
    let clock = state.clock.tick(at);
    let mut step = Step { id, deed, at, clock, direction: Direction::Do, changes };
    let history = Rc::make_mut(&mut state.history);
    history.undone.clear();
    let typed_on = history.done.last().filter(|last| at.0 - last.at.0 < TYPING_PAUSE);
    match typed_on.and_then(|last| saving::joined(last, &step)) {
        Some(both) => {
            step.id = both.id.clone();
            history.done.pop();
            history.done.push(Rc::new(both));
        }
        None => history.done.push(Rc::new(step.clone())),
    }
    carry_out(state, step)
}

/// Applies a step to what is on screen and hands it to storage.
fn carry_out(state: &mut AppState, mut step: Step) -> Vec<Effect> {
    state.clock = state.clock.tick(step.at);
    step.clock = state.clock;
    let stamp = stamp(state, step.at);
    let changes = std::mem::take(&mut step.changes);
    step.changes = changes.into_iter().filter_map(|change| on_screen(state, change, &stamp)).collect();
    if step.changes.is_empty() {
        return Vec::new();
    }
    let mut documents: Vec<DocumentId> = step.changes.iter().filter_map(Change::document).cloned().collect();
    documents.dedup();
    for change in &step.changes {
        apply_change(state, change);
    }
    forget_missing(state);
    refresh_glance(state);
    let mut effects = saving::queue(state, Rc::new(step));
    effects.extend(documents.iter().flat_map(|document| save_glance(state, document)));
    effects
}

/// The change as it applies to the passage on screen, which may have been changed elsewhere since the step that is
/// taken back. None when there is nothing left to change.
fn on_screen(state: &AppState, change: Change, stamp: &Stamp) -> Option<Change> {
    let Change::Annotation { before, after } = &change else { return Some(change) };
    let known = after.as_ref().or(before.as_ref())?;
    let is_here = state.open.as_ref().is_some_and(|open| open.document.id == known.document);
    let shown = if is_here { state.annotations.get(&known.id).cloned() } else { before.clone() };
    match settle(before.as_deref(), after.as_deref(), shown.as_deref(), stamp) {
        Settled::Nothing => None,
        Settled::Kept => Some(Change::Annotation { before: shown, after: None }),
        Settled::Write(new) => {
            let after = Some(new).filter(|new| new.deleted.is_none()).map(Rc::new);
            Some(Change::Annotation { before: shown, after })
        }
    }
}

fn stamp(state: &AppState, at: Timestamp) -> Stamp {
    Stamp {
        modified: at,
        clock: state.clock,
        device: state.device.clone(),
        author: state.settings.author.clone(),
    }
}

pub(super) fn apply_change(state: &mut AppState, change: &Change) {
    match change {
        Change::Annotation { before, after } => {
            apply_annotation(state, before.as_deref(), after.as_deref());
        }
        Change::Title { document, after, .. } => {
            Rc::make_mut(&mut state.library).change(document, |entry| entry.head.title.clone_from(after));
            if let Some(open) = open_mut(state, document) {
                open.document.title.clone_from(after);
            }
        }
        Change::Role { document, revision, block, after, .. } => {
            let block = *block as usize;
            let open = open_mut(state, document).filter(|open| open.document.revision == *revision);
            if let Some(block) = open.and_then(|open| open.document.blocks.get_mut(block)) {
                block.role = *after;
            }
        }
        Change::Removed { document, after, .. } => {
            Rc::make_mut(&mut state.library).change(document, |entry| entry.head.removed = *after);
        }
        // The text is not at hand: the document is read anew once storage has turned to it.
        Change::Revision { document, after, .. } => {
            Rc::make_mut(&mut state.library).change(document, |entry| entry.head.revision = *after);
        }
        Change::Tag { before, after } => {
            let codebook = Rc::make_mut(&mut state.codebook);
            match (before, after) {
                (_, Some(tag)) => codebook.insert(tag.clone()),
                (Some(tag), None) => codebook.remove(&tag.id),
                (None, None) => {}
            }
        }
    }
}

fn apply_annotation(state: &mut AppState, before: Option<&Annotation>, after: Option<&Annotation>) {
    let Some(known) = after.or(before) else { return };
    let text =
        state.open.as_ref().filter(|open| open.document.id == known.document).map(|open| open.text.clone());
    match (text, after) {
        (Some(text), Some(after)) => Rc::make_mut(&mut state.annotations).insert(&text, after.clone()),
        (Some(_), None) => Rc::make_mut(&mut state.annotations).remove(&known.id),
        (None, _) => {
            // Not on screen: the strip is made anew when the document is next opened.
            Rc::make_mut(&mut state.library).change(&known.document, |entry| {
                let revision = entry.head.revision;
                let waits = |annotation: &Annotation| annotation.waits_in(revision);
                let changed =
                    |count: u32, was: bool, is: bool| (count + u32::from(is)).saturating_sub(u32::from(was));
                let glance = &mut entry.glance;
                glance.annotations = changed(glance.annotations, before.is_some(), after.is_some());
                glance.waiting = changed(glance.waiting, before.is_some_and(waits), after.is_some_and(waits));
            });
        }
    }
}

fn open_mut<'s>(state: &'s mut AppState, document: &DocumentId) -> Option<&'s mut OpenDocument> {
    state.open.as_mut().filter(|open| open.document.id == *document).map(Rc::make_mut)
}
