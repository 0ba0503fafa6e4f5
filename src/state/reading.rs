//! Reading: opening documents, selecting, focusing passages.
use std::rc::Rc;

use super::action::RawSelection;
use super::app_state::{AppState, OpenDocument, Phase, Selected, View};
use super::effect::Effect;
use super::notice::{Notice, Spoken};
use super::route::Route;
use super::update::{is_open, say, tell};
use crate::model::annotation::{Annotation, AnnotationSet};
use crate::model::document::{Document, DocumentText};
use crate::model::edit::Change;
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::model::text::{CharOffset, Span, Unit};
use crate::model::time::Timestamp;

pub(super) fn go(state: &mut AppState, route: Route) -> Vec<Effect> {
    state.route = route;
    if matches!(state.phase, Phase::Loading | Phase::Older) {
        return Vec::new();
    }
    let Route::Read { document, annotation } = state.route.clone() else {
        close(state);
        return Vec::new();
    };
    if is_open(state, &state.route) {
        return annotation.map_or_else(Vec::new, |id| focus_and_reveal(state, id));
    }
    close(state);
    vec![Effect::Open(document)]
}

fn close(state: &mut AppState) {
    state.open = None;
    state.annotations = Rc::default();
    state.view = Rc::default();
}

pub(super) fn opened(
    state: &mut AppState,
    id: &DocumentId,
    found: Option<(Rc<Document>, Vec<Annotation>)>,
    quarantined: u32,
    at: Timestamp,
) -> Vec<Effect> {
    let is_late = state.route.document() != Some(id);
    if is_late || is_open(state, &state.route) {
        return Vec::new();
    }
    state.quarantined_in.retain(|(known, _)| known != id);
    if quarantined > 0 {
        state.quarantined_in.push((id.clone(), quarantined));
    }
    let Some((document, annotations)) = found else {
        let is_damaged = state.library.entries.contains_key(id);
        tell(state, if is_damaged { Notice::DamagedDocument } else { Notice::NoSuchDocument });
        return vec![Effect::Navigate(Route::Library)];
    };
    let (document, annotations) = with_unsaved(state, (*document).clone(), annotations);
    let text = Rc::new(DocumentText::new(&document.blocks));
    state.annotations = Rc::new(AnnotationSet::new(&text, document.revision, annotations));
    let library = Rc::make_mut(&mut state.library);
    library.change(id, |entry| {
        entry.glance.reads += 1;
        entry.glance.opened_at = Some(at);
    });
    let first_block = library.entries.get(id).map_or(0, |entry| entry.glance.block);
    state.open = Some(Rc::new(OpenDocument { document, text, first_block }));
    refresh_glance(state);
    let mut effects = save_glance(state, id);
    if let Route::Read { annotation: Some(annotation), .. } = state.route.clone() {
        effects.extend(focus_and_reveal(state, annotation));
    }
    effects
}

/// The document in the reader as storage has it now: the view stays where it is.
pub(super) fn refreshed(
    state: &mut AppState,
    id: &DocumentId,
    found: Option<(Rc<Document>, Vec<Annotation>)>,
) -> Vec<Effect> {
    let Some((open, (document, annotations))) =
        state.open.clone().filter(|open| open.document.id == *id).zip(found)
    else {
        return Vec::new();
    };
    let (document, annotations) = with_unsaved(state, (*document).clone(), annotations);
    let text = if document.blocks.len() == open.document.blocks.len()
        && document.revision == open.document.revision
    {
        open.text.clone()
    } else {
        Rc::new(DocumentText::new(&document.blocks))
    };
    state.annotations = Rc::new(AnnotationSet::new(&text, document.revision, annotations));
    if document.revision != open.document.revision {
        let view = Rc::make_mut(&mut state.view);
        view.selection = None;
        view.editing_range = None;
    }
    state.open = Some(Rc::new(OpenDocument { document, text, first_block: open.first_block }));
    forget_missing(state);
    refresh_glance(state);
    save_glance(state, id)
}

/// What was stored, with the edits that storage has not acknowledged yet on top.
fn with_unsaved(
    state: &AppState,
    mut document: Document,
    mut annotations: Vec<Annotation>,
) -> (Document, Vec<Annotation>) {
    let queued = state.saving.queue.iter().flat_map(|step| &step.changes);
    for change in queued.filter(|change| change.document() == Some(&document.id)).cloned().collect::<Vec<_>>()
    {
        match change {
            Change::Annotation { before, after } => {
                if let Some(known) = after.as_ref().or(before.as_ref()) {
                    annotations.retain(|annotation| annotation.id != known.id);
                }
                annotations.extend(after.as_deref().cloned());
            }
            Change::Title { after, .. } => document.title = after,
            Change::Role { revision, block, after, .. } if revision == document.revision => {
                if let Some(block) = document.blocks.get_mut(block as usize) {
                    block.role = after;
                }
            }
            Change::Role { .. } | Change::Removed { .. } | Change::Revision { .. } | Change::Tag { .. } => {}
        }
    }
    (document, annotations)
}

fn focus_and_reveal(state: &mut AppState, id: AnnotationId) -> Vec<Effect> {
    if state.annotations.get(&id).is_none() {
        return tell(state, Notice::NoSuchAnnotation);
    }
    let is_waiting = state.annotations.waiting().any(|annotation| annotation.id == id);
    if is_waiting {
        // Whoever goes to a passage without a place wants to give it one.
        return super::edits::start_range(state, id);
    }
    focus(state, Some(id))
}

pub(super) fn read_to(state: &mut AppState, document: DocumentId, block: u32, permille: u16) -> Vec<Effect> {
    let Some(entry) = state.library.entries.get(&document) else { return Vec::new() };
    let furthest = entry.glance.read_permille.max(permille.min(1000));
    if entry.glance.block == block && entry.glance.read_permille == furthest {
        return Vec::new();
    }
    Rc::make_mut(&mut state.library).change(&document, |entry| {
        entry.glance.block = block;
        entry.glance.read_permille = furthest;
    });
    save_glance(state, &document)
}

/// Makes anew what lists show of the open document's annotations.
pub(super) fn refresh_glance(state: &mut AppState) {
    use crate::record::StripMark;
    let Some(open) = &state.open else { return };
    let length = u64::from(open.text.char_len().0.max(1));
    let permille = |offset: CharOffset| (u64::from(offset.0) * 1000 / length) as u16;
    let codebook = &state.codebook;
    // A strip is some hundred pixels wide: more marks than that cannot be told apart.
    let strip = state.annotations.sample(500).map(|placed| StripMark {
        start: permille(placed.span.start),
        end: permille(placed.span.end),
        style: codebook.style_of(&placed.annotation.tags),
    });
    let strip: Vec<StripMark> = strip.collect();
    let count = state.annotations.len() as u32;
    let waiting = state.annotations.waiting().count() as u32;
    Rc::make_mut(&mut state.library).change(&open.document.id, |entry| {
        entry.glance.annotations = count;
        entry.glance.waiting = waiting;
        entry.glance.strip = strip;
    });
}

pub(super) fn save_glance(state: &AppState, id: &DocumentId) -> Vec<Effect> {
    let entry = state.library.entries.get(id);
    entry.map(|entry| Effect::SaveGlance(id.clone(), entry.glance.clone())).into_iter().collect()
}

pub(super) fn select(state: &mut AppState, raw: Option<RawSelection>) -> Vec<Effect> {
    let Some(open) = &state.open else { return Vec::new() };
    // The page says back what the state has just selected in it: nothing new, whatever the edges.
    let is_echo = raw.map(|raw| raw.span) == state.view.selection.map(|selected| selected.span);
    if is_echo {
        return Vec::new();
    }
    let selection = raw.and_then(|RawSelection { span, is_exact }| {
        let snap = if is_exact { Unit::Grapheme } else { Unit::Syllable };
        open.text.selectable(span, snap).map(|span| Selected { span, is_exact })
    });
    if selection == state.view.selection {
        return Vec::new();
    }
    let view = Rc::make_mut(&mut state.view);
    view.selection = selection;
    view.grown_from.clear();
    Vec::new()
}

/// The range that is being set, as a handle or a key left it; at least one unit stays in it.
pub(super) fn set_range(state: &mut AppState, raw: RawSelection) -> Vec<Effect> {
    let Some(open) = state.open.clone() else { return Vec::new() };
    let snap = if raw.is_exact { Unit::Grapheme } else { Unit::Syllable };
    match open.text.selectable(raw.span, snap) {
        Some(span) if Some(span) != state.selected_span() => show_selection(state, span),
        Some(_) | None => Vec::new(),
    }
}

pub(super) fn grow(state: &mut AppState) -> Vec<Effect> {
    let (Some(open), Some(selected)) = (state.open.clone(), state.view.selection) else { return Vec::new() };
    let wider = open.text.grown(selected.span);
    if wider == selected.span {
        return Vec::new();
    }
    Rc::make_mut(&mut state.view).grown_from.push(selected.span);
    show_selection(state, wider)
}

pub(super) fn shrink(state: &mut AppState) -> Vec<Effect> {
    match Rc::make_mut(&mut state.view).grown_from.pop() {
        Some(span) => show_selection(state, span),
        None => Vec::new(),
    }
}

fn show_selection(state: &mut AppState, span: Span) -> Vec<Effect> {
    Rc::make_mut(&mut state.view).selection = Some(Selected { span, is_exact: true });
    if let Some(open) = state.open.clone() {
        say(state, Spoken::Selected(open.text.slice(span).to_owned()));
    }
    vec![Effect::SelectInPage(span)]
}

pub(super) fn escape(state: &mut AppState) -> Vec<Effect> {
    let view = Rc::make_mut(&mut state.view);
    if view.editing_range.take().is_some() || view.selection.is_some() {
        view.selection = None;
        view.grown_from.clear();
        return vec![Effect::ClearPageSelection];
    }
    view.focus = None;
    Vec::new()
}

pub(super) fn focus(state: &mut AppState, id: Option<AnnotationId>) -> Vec<Effect> {
    let place = id.as_ref().and_then(|id| state.annotations.span_of(id)).map(|span| span.start);
    focus_at(state, id, place)
}

/// Focuses a passage and says which layer it is of those at `place`.
fn focus_at(state: &mut AppState, id: Option<AnnotationId>, place: Option<CharOffset>) -> Vec<Effect> {
    Rc::make_mut(&mut state.view).focus.clone_from(&id);
    let Some(id) = id else { return Vec::new() };
    let (Some(span), Some(place)) = (state.annotations.span_of(&id), place) else { return Vec::new() };
    let layers = state.annotations.layers_at(place);
    let layer = layers.iter().position(|placed| placed.annotation.id == id).unwrap_or(0);
    if let Some(annotation) = state.annotations.get(&id) {
        let spoken = Spoken::Focused {
            tags: annotation.tags.clone(),
            quote: annotation.quote(),
            layer: layer as u32 + 1,
            layers: layers.len() as u32,
        };
        say(state, spoken);
    }
    vec![Effect::Reveal(span)]
}

/// The shortest passage first; asked again at the same place, the next larger one, and around.
pub(super) fn focus_layer_at(state: &mut AppState, offset: CharOffset) -> Vec<Effect> {
    let layers = state.annotations.layers_at(offset);
    if layers.is_empty() {
        Rc::make_mut(&mut state.view).focus = None;
        return Vec::new();
    }
    let current = layers.iter().position(|placed| Some(&placed.annotation.id) == state.view.focus.as_ref());
    let next = current.map_or(0, |n| (n + 1) % layers.len());
    let id = layers[next].annotation.id.clone();
    focus_at(state, Some(id), Some(offset))
}

pub(super) fn focus_neighbour(state: &mut AppState, forward: bool, from: CharOffset) -> Vec<Effect> {
    let next = state.annotations.neighbour(state.view.focus.as_ref(), from, forward);
    match next.map(|other| other.annotation.id.clone()) {
        Some(id) => focus(state, Some(id)),
        None => Vec::new(),
    }
}

pub(super) fn toggle_tag(state: &mut AppState, tag: TagId) -> Vec<Effect> {
    let hidden = &mut Rc::make_mut(&mut state.view).hidden;
    let before = hidden.len();
    hidden.retain(|other| *other != tag);
    if hidden.len() == before {
        hidden.push(tag);
    }
    Vec::new()
}

/// The view after a document's annotations changed: a focus on what is gone is dropped.
pub(super) fn forget_missing(state: &mut AppState) {
    let is_gone = |id: &AnnotationId| state.annotations.get(id).is_none();
    let view: &View = &state.view;
    let focus_gone = view.focus.as_ref().is_some_and(is_gone);
    let editing_gone = view.editing_range.as_ref().is_some_and(is_gone);
    if focus_gone || editing_gone {
        let view = Rc::make_mut(&mut state.view);
        view.focus.take_if(|_| focus_gone);
        view.editing_range.take_if(|_| editing_gone);
    }
}
