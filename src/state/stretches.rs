//! The shape of passages: split in two, joined with the next, given a further stretch.
use std::rc::Rc;

use super::app_state::AppState;
use super::edits::perform;
use super::effect::Effect;
use super::notice::Notice;
use super::update::tell;
use crate::model::anchor::describe;
use crate::model::annotation::{Annotation, Versions};
use crate::model::document::DocumentText;
use crate::model::edit::{Change, Deed};
use crate::model::id::AnnotationId;
use crate::model::text::{CharOffset, Span, Unit};
use crate::model::time::Timestamp;

/// Joining looks so far for a passage with a tag in common.
const NEXT: usize = 50;

/// Cuts a passage in two where the caret stands. Tags stay with both, the note with the first.
pub(super) fn split(
    state: &mut AppState,
    id: &AnnotationId,
    offset: CharOffset,
    new: AnnotationId,
    at: Timestamp,
) -> Vec<Effect> {
    let (Some(open), Some(known)) = (state.open.clone(), state.annotations.get(id).cloned()) else {
        return Vec::new();
    };
    let mut halves = [Vec::new(), Vec::new()];
    for span in state.annotations.spans_of(id) {
        let cut = offset.clamp(span.start, span.end);
        for (half, part) in
            halves.iter_mut().zip([Span::between(span.start, cut), Span::between(cut, span.end)])
        {
            half.extend(open.text.selectable(part, Unit::Grapheme));
        }
    }
    let [first, second] = halves.map(|spans| at_spans(&known, &open.text, &spans));
    let (Some(first), Some(second)) = (first, second) else { return tell(state, Notice::CutInside) };
    let second = Annotation {
        id: new,
        note: String::new(),
        created: at,
        versions: Versions::default(),
        rivals: Vec::new(),
        ..second
    };
    let changes = vec![
        Change::Annotation { before: Some(known), after: Some(Rc::new(first)) },
        Change::Annotation { before: None, after: Some(Rc::new(second)) },
    ];
    done(state, Deed::Split, changes, at)
}

/// Makes one passage of this and the next one that has a tag in common: one stretch where they touch, else two.
pub(super) fn join(state: &mut AppState, id: &AnnotationId, at: Timestamp) -> Vec<Effect> {
    let (Some(open), Some(known)) = (state.open.clone(), state.annotations.get(id).cloned()) else {
        return Vec::new();
    };
    let shares_tag = |other: &Annotation| {
        other.tags.iter().any(|tag| known.tags.contains(tag))
            || other.tags.is_empty() && known.tags.is_empty()
    };
    let mut next = Some(id.clone());
    let mut other = None;
    for _ in 0..NEXT {
        next = next.and_then(|from| {
            let placed = state.annotations.neighbour(Some(&from), CharOffset(0), true)?;
            Some(placed.annotation.id.clone())
        });
        let found = next.as_ref().and_then(|next| state.annotations.get(next));
        if let Some(found) = found.filter(|found| found.id != *id && shares_tag(found)) {
            other = Some(found.clone());
            break;
        }
    }
    let Some(other) = other else { return tell(state, Notice::NothingToJoin) };
    let mut spans = state.annotations.spans_of(id);
    spans.extend(state.annotations.spans_of(&other.id));
    let Some(mut whole) = at_spans(&known, &open.text, &united(&open.text, spans)) else { return Vec::new() };
    whole.tags.extend(other.tags.iter().filter(|tag| !known.tags.contains(tag)).cloned());
    if !other.note.is_empty() {
        let gap = if whole.note.is_empty() { "" } else { "\n\n" };
        whole.note = [&whole.note, gap, &other.note].concat();
    }
    let changes = vec![
        Change::Annotation { before: Some(known), after: Some(Rc::new(whole)) },
        Change::Annotation { before: Some(other), after: None },
    ];
    done(state, Deed::Join, changes, at)
}

/// Adds the selection to the passage in focus.
pub(super) fn extend(state: &mut AppState, at: Timestamp) -> Vec<Effect> {
    let focus = state.view.focus.as_ref().and_then(|id| state.annotations.get(id)).cloned();
    let (Some(open), Some(known), Some(selected)) = (state.open.clone(), focus, state.selected_span()) else {
        return tell(state, Notice::SelectFirst);
    };
    let mut spans = state.annotations.spans_of(&known.id);
    spans.push(selected);
    let Some(after) = at_spans(&known, &open.text, &united(&open.text, spans)) else { return Vec::new() };
    let changes = vec![Change::Annotation { before: Some(known), after: Some(Rc::new(after)) }];
    let mut effects = done(state, Deed::Extend, changes, at);
    Rc::make_mut(&mut state.view).selection = None;
    effects.push(Effect::ClearPageSelection);
    effects
}

fn done(state: &mut AppState, deed: Deed, changes: Vec<Change>, at: Timestamp) -> Vec<Effect> {
    let effects = perform(state, deed.clone(), changes, at);
    tell(state, Notice::Done(deed));
    effects
}

/// The annotation at other places; none without a place.
pub(super) fn at_spans(annotation: &Annotation, text: &DocumentText, spans: &[Span]) -> Option<Annotation> {
    let mut parts = spans.iter().map(|span| describe(text, *span));
    Some(Annotation { selectors: parts.next()?, further: parts.collect(), ..annotation.clone() })
}

/// Stretches in text order; those between which no letter and no digit stands are one.
pub(super) fn united(text: &DocumentText, mut spans: Vec<Span>) -> Vec<Span> {
    let mut united: Vec<Span> = Vec::new();
    // They are few: the next one is looked for each time.
    while let Some(n) = (0..spans.len()).min_by_key(|&n| spans[n]) {
        let span = spans.swap_remove(n);
        match united.last_mut() {
            Some(last)
                if span.start <= last.end
                    || !text.slice(Span::between(last.end, span.start)).contains(char::is_alphanumeric) =>
            {
                last.end = last.end.max(span.end);
            }
            _ => united.push(span),
        }
    }
    united
}
