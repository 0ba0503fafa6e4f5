//! Keeps the painted highlights in step with the state and the scroll position.
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::browser::{layout, page, paint};
use crate::model::annotation::{AnnotationSet, PlacedAnnotation};
use crate::model::codebook::{Codebook, TagStyle};
use crate::model::document::DocumentText;
use crate::model::id::{AnnotationId, TagId};
use crate::model::text::Span;
use crate::state::{Action, OpenDocument};
use crate::ui::hub::{App, Hub};

/// Screens above and below the view that are painted ahead.
const AHEAD: f64 = 1.0;
/// How long nothing must be scrolled before the margin follows and the place is noted, in ms.
const REST: u32 = 120;

/// The blocks near the screen, and the first one on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// First block to paint.
    pub(super) first: usize,
    /// Last block to paint.
    pub(super) last: usize,
}

impl Window {
    /// What lies in it.
    pub(super) fn span(self, text: &DocumentText) -> Span {
        let last = self.last.min(text.block_count().saturating_sub(1));
        let first = self.first.min(last);
        Span { start: text.block_span(first).start, end: text.block_span(last).end }
    }
}

/// Follows the scroll position: the window to paint changes only when the view leaves it, and the reading position
/// is noted.
#[hook]
pub(super) fn use_window(hub: &Hub, open: &Rc<OpenDocument>) -> (Option<Window>, Option<Window>) {
    let window = use_state_eq(|| None::<Window>);
    // What need not follow every frame of scrolling does so once the hand rests.
    let resting = use_state_eq(|| None::<Window>);
    let rested = resting.clone();
    let id = open.document.id.clone();
    let (hub, setter, tracked) = (hub.clone(), window.clone(), open.clone());
    use_effect_with(id, move |_| {
        let measure = {
            let (hub, text) = (hub.clone(), tracked.text.clone());
            let painted = std::cell::Cell::new(None::<Window>);
            let (timer, has_rested) = (std::cell::RefCell::new(None), std::cell::Cell::new(false));
            let document = tracked.document.id.clone();
            Rc::new(move || {
                let (Some(article), Some(scroller)) = (hub.article(), hub.scroller()) else { return };
                let near = |screens| layout::blocks_near(&article, &scroller, text.block_count(), screens);
                let Some((first, last)) = near(0.0) else { return };
                let is_inside =
                    painted.get().is_some_and(|window| window.first <= first && last <= window.last);
                if !is_inside && let Some((first, last)) = near(AHEAD) {
                    let wider = Window { first, last };
                    painted.set(Some(wider));
                    setter.set(Some(wider));
                }
                let length = u64::from(text.char_len().0.max(1));
                let permille = u64::from(text.block_span(last).end.0) * 1000 / length;
                let (block, permille) = (first as u32, permille as u16);
                let rest = {
                    let (hub, document, rested, near) =
                        (hub.clone(), document.clone(), rested.clone(), painted.get());
                    move || {
                        rested.set(near);
                        hub.dispatch(Action::ReadTo { document, block, permille });
                    }
                };
                let is_first = !has_rested.replace(true);
                if is_first { rest() } else { drop(timer.replace(Some(Timeout::new(REST, rest)))) }
            })
        };
        let first = tracked.first_block as usize;
        if let (true, Some(article), Some(scroller)) = (first > 0, hub.article(), hub.scroller()) {
            layout::scroll_to_block(&article, &scroller, first);
        }
        measure();
        let is_waiting = Rc::new(std::cell::Cell::new(false));
        let on_change = {
            let measure = measure.clone();
            move || {
                if !is_waiting.replace(true) {
                    let (measure, is_waiting) = (measure.clone(), is_waiting.clone());
                    page::on_next_frame(move || {
                        is_waiting.set(false);
                        measure();
                    });
                }
            }
        };
        let scrolled = on_change.clone();
        let scroll =
            hub.scroller().map(|scroller| EventListener::new(&scroller, "scroll", move |_| scrolled()));
        let resize = EventListener::new(&crate::browser::window(), "resize", move |_| on_change());
        move || drop((scroll, resize))
    });
    (*window, *resting)
}

/// Paints tags, the pending selection and the focus.
#[hook]
pub(super) fn use_painting(app: &App, open: &Rc<OpenDocument>, window: Option<Window>) {
    let (annotations, codebook) = (app.state.annotations.clone(), app.state.codebook.clone());
    let view = app.state.view.clone();
    let hidden = view.hidden.clone();

    let (text, hub, painting) = (open.text.clone(), app.hub.clone(), app.hub.clone());
    let parts = (annotations.clone(), codebook, hidden, window, open.document.clone());
    use_effect_with(parts, move |(annotations, codebook, hidden, window, _)| {
        let (Some(article), Some(window)) = (painting.article(), window) else { return };
        let spans = spans_by_style(annotations, codebook, hidden, window.span(&text));
        for style in TagStyle::ALL {
            let spans = spans[style as usize].iter().copied();
            paint::paint(&format!("tag-{}", style.name()), style.priority(), &article, &text, spans);
        }
        let deeper = if crate::browser::article::paints_many_layers() { nested(&spans) } else { Vec::new() };
        paint::paint("ui-nested", 6, &article, &text, deeper.iter().map(|(span, _)| *span));
        paint::paint(
            "ui-nested-deep",
            7,
            &article,
            &text,
            deeper.iter().filter(|it| it.1 > 1).map(|it| it.0),
        );
    });
    let text = open.text.clone();
    use_effect_with((view, annotations, open.document.clone()), move |(view, annotations, _)| {
        let Some(article) = hub.article() else { return };
        let pending = view.selection.map(|selected| selected.span);
        let active = view.focus.as_ref().map(|id| annotations.spans_of(id)).unwrap_or_default();
        paint::paint("ui-pending", 9, &article, &text, pending);
        paint::paint("ui-active", 8, &article, &text, active);
    });
    // Ranges of a document that is gone would be painted on the next one.
    use_effect_with((), |()| {
        || {
            let tags = TagStyle::ALL.iter().map(|style| format!("tag-{}", style.name()));
            let states = ["ui-pending", "ui-active", "ui-hover", "ui-nested", "ui-nested-deep"];
            paint::clear(tags.chain(states.map(str::to_owned)));
        }
    });
}

/// Lights the passage under the mouse, and its card.
#[hook]
pub(super) fn use_hover(hub: &Hub, open: &Rc<OpenDocument>) {
    let (hub, text) = (hub.clone(), open.text.clone());
    use_effect_with(open.text.clone(), move |_| {
        let point = Rc::new(std::cell::Cell::new(None::<(f64, f64)>));
        let lit = Rc::new(std::cell::RefCell::new(None::<AnnotationId>));
        let listener = EventListener::new(&crate::browser::document(), "pointermove", move |event| {
            let Some(event) = event.dyn_ref::<web_sys::PointerEvent>() else { return };
            if event.pointer_type() != "mouse" || event.buttons() != 0 {
                return;
            }
            let is_waiting =
                point.replace(Some((event.client_x().into(), event.client_y().into()))).is_some();
            if is_waiting {
                return;
            }
            let (hub, text, point, lit) = (hub.clone(), text.clone(), point.clone(), lit.clone());
            page::on_next_frame(move || {
                let (Some((x, y)), Some(article)) = (point.take(), hub.article()) else { return };
                let annotations = hub.state().annotations.clone();
                let offset = crate::browser::article::offset_at_point(&article, &text, x, y);
                let layers = offset.map(|offset| annotations.layers_at(offset)).unwrap_or_default();
                let id = layers.first().map(|placed| placed.annotation.id.clone());
                let old = lit.replace(id.clone());
                if old != id {
                    if crate::browser::article::paints_many_layers() {
                        let spans = id.as_ref().map(|id| annotations.spans_of(id)).unwrap_or_default();
                        paint::paint("ui-hover", 7, &article, &text, spans);
                    }
                    layout::mark_card(old.as_ref().map(AnnotationId::as_str), false);
                    layout::mark_card(id.as_ref().map(AnnotationId::as_str), true);
                }
            });
        });
        move || drop(listener)
    });
}

/// Stretches inside others of the same style, which one highlight would paint as one; with how many they lie in.
fn nested(by_style: &[Vec<Span>]) -> Vec<(Span, usize)> {
    let mut deeper = Vec::new();
    for spans in by_style {
        let mut around: Vec<Span> = Vec::new();
        for &span in spans {
            around.retain(|outer| outer.end > span.start);
            if !around.is_empty() {
                deeper.push((span, around.len()));
            }
            around.push(span);
        }
    }
    deeper
}

fn spans_by_style(
    annotations: &AnnotationSet,
    codebook: &Codebook,
    hidden: &[TagId],
    window: Span,
) -> [Vec<Span>; TagStyle::ALL.len()] {
    let mut spans = [const { Vec::new() }; TagStyle::ALL.len()];
    for PlacedAnnotation { annotation, span, .. } in annotations.overlapping(window) {
        if annotation.tags.is_empty() {
            spans[TagStyle::Mark as usize].push(*span);
        }
        for tag in annotation.tags.iter().filter(|tag| !hidden.contains(tag)) {
            let style = codebook.get(tag).map_or(TagStyle::Mark, |tag| tag.style);
            spans[style as usize].push(*span);
        }
    }
    spans
}
