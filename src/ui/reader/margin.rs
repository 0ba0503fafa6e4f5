//! The margin: the passages beside the text, and what is known about the document.
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::card::{CardProps, card};
use super::info::info;
use super::painting::Window;
use crate::browser::{layout, page};
use crate::model::annotation::{Annotation, AnnotationSet};
use crate::model::id::{AnnotationId, TagId};
use crate::state::{Action, OpenDocument, Route};
use crate::ui::hub::{App, Slice, use_app};
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, icon, swatch};
use crate::ui::words;

/// Up to this many cards are all in the list; beyond, only those near the screen and the one in focus.
const ALL_CARDS: usize = 400;

/// What the margin shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Passages,
    Info,
}

#[derive(PartialEq)]
pub(super) struct MarginProps {
    pub(super) open: Rc<OpenDocument>,
    pub(super) tab: Tab,
    pub(super) window: Option<Window>,
    pub(super) on_tag: Callback<AnnotationId>,
}

pub(super) fn margin(props: MarginProps) -> Html {
    piece("margin", "", props, |props, context| use_margin(props).run(context))
}

#[hook]
fn use_margin(props: &MarginProps) -> Html {
    let app = use_app(&[Slice::Annotations, Slice::View, Slice::Codebook]);
    let (m, annotations) = (app.m, &app.state.annotations);
    let is_open = use_state_eq(|| false);
    let list = use_aligned_cards(&app, props);
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let focus = app.state.view.focus.as_ref();
    let waiting = annotations.waiting().count() as u32;
    let language = props.open.document.language;
    html! {
        <aside class={classes!("margin", "sheet", is_open.then_some("is-open"))} aria-label={m.margin()}>
            <button type="button" class="sheet__grab" aria-expanded={is_open.to_string()} onclick={toggle}
                aria-label={if *is_open { m.sheet_close() } else { m.sheet_open() }}>
                <b>{ m.passages(annotations.len() as u32) }</b>{ icon(Icon::UpDown) }
            </button>
            if props.tab == Tab::Info {
                { info(&app, &props.open) }
            } else {
                if annotations.is_empty() {
                    <p class="note margin__empty">{ icon(Icon::Marker) }<span>{ m.no_passages() }</span></p>
                }
                if waiting > 0 {
                    <p class="note note--warn margin__empty" role="status">
                        { icon(Icon::Anchor) }
                        <span>{ m.waiting_here(waiting) }{ " " }
                            <a href={Route::Review(Some(props.open.document.id.clone())).href()}>{ m.to_review() }</a>
                        </span>
                    </p>
                }
                { legend(&app, annotations.tag_counts()) }
                <ol ref={list} class="cards cards--aligned" aria-label={m.annotations()}>
                    for annotation in shown_cards(annotations, props, focus) {
                        { card(CardProps {
                            annotation: annotation.clone(),
                            language,
                            overlaps: annotations.overlaps_of(&annotation.id),
                            is_active: focus == Some(&annotation.id),
                            is_placed: annotations.span_of(&annotation.id).is_some(),
                            on_tag: props.on_tag.clone(),
                        }) }
                    }
                </ol>
            }
        </aside>
    }
}

/// The tags in this document; pressing one hides or shows its passages.
fn legend(app: &App, counts: &[(TagId, u32)]) -> Html {
    let (m, codebook, hidden) = (app.m, &app.state.codebook, &app.state.view.hidden);
    if counts.is_empty() {
        return html! {};
    }
    let entry = |tag: &TagId, count: u32| {
        let toggled = tag.clone();
        let toggle = app.hub.on(move |_: MouseEvent| Action::ToggleTag(toggled.clone()));
        html! {
            <li>
                <button type="button" aria-pressed={(!hidden.contains(tag)).to_string()} onclick={toggle}>
                    { swatch(codebook.style_of(std::slice::from_ref(tag))) }
                    <span class="grow">{ words::tag_name(m, codebook, tag) }</span>
                    <span class="num">{ m.number(count) }</span>
                </button>
            </li>
        }
    };
    html! {
        <section class="legend" aria-label={m.legend()}>
            <ul>
                for tag in codebook.tags() {
                    if let Some((_, count)) = counts.iter().find(|(known, _)| *known == tag.id) { { entry(&tag.id, *count) } }
                }
            </ul>
        </section>
    }
}

/// Puts the cards beside their passages whenever something moved; returns the list's node.
#[hook]
fn use_aligned_cards(app: &App, props: &MarginProps) -> NodeRef {
    let list = use_node_ref();
    let width = use_window_width();
    let (node, text, hub) = (list.clone(), props.open.text.clone(), app.hub.clone());
    let state = &app.state;
    let settings = (state.settings.type_size, state.settings.line_height, width);
    let dependencies =
        (state.annotations.clone(), state.view.focus.clone(), props.window, settings, props.tab);
    use_effect_with(dependencies, move |(placed, focus, window, ..)| {
        let (placed, focus) = (placed.clone(), focus.clone());
        let near = window.map_or((0, 0), |window| (window.first, window.last));
        // The engine has laid the new cards out by the next frame.
        page::on_next_frame(move || {
            let (Some(list), Some(article)) = (node.cast::<Element>(), hub.article()) else { return };
            let children = list.children();
            let wishes: Vec<layout::CardWish> = (0..children.length())
                .filter_map(|n| children.item(n))
                .map(|card| {
                    let id = AnnotationId(card.get_attribute("data-annotation").unwrap_or_default());
                    layout::CardWish {
                        span: placed.span_of(&id),
                        is_active: focus.as_ref() == Some(&id),
                        card,
                    }
                })
                .collect();
            layout::align_cards(&list, &article, &text, &wishes, near);
        });
    });
    list
}

fn shown_cards(
    annotations: &AnnotationSet,
    props: &MarginProps,
    focus: Option<&AnnotationId>,
) -> Vec<Rc<Annotation>> {
    if annotations.len() <= ALL_CARDS {
        return annotations.iter().cloned().collect();
    }
    let Some(window) = props.window else { return Vec::new() };
    let mut shown: Vec<Rc<Annotation>> = Vec::new();
    for placed in annotations.overlapping(window.span(&props.open.text)).take(ALL_CARDS) {
        // One in several stretches has one card.
        let is_there = !placed.annotation.further.is_empty()
            && shown.iter().any(|known| Rc::ptr_eq(known, &placed.annotation));
        if !is_there {
            shown.push(placed.annotation.clone());
        }
    }
    if let Some(focused) = focus.and_then(|id| annotations.get(id))
        && !shown.iter().any(|annotation| annotation.id == focused.id)
    {
        shown.push(focused.clone());
    }
    shown
}

/// The width of the window: cards are aligned anew when lines break elsewhere.
#[hook]
fn use_window_width() -> i32 {
    let measure = || {
        let width = crate::browser::window().inner_width().ok().and_then(|width| width.as_f64());
        width.unwrap_or(0.0) as i32
    };
    let width = use_state_eq(measure);
    let setter = width.clone();
    use_effect_with((), move |()| {
        let listener = gloo::events::EventListener::new(&crate::browser::window(), "resize", move |_| {
            setter.set(measure());
        });
        move || drop(listener)
    });
    *width
}
