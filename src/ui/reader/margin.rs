//! The margin: the passages beside the text, and what is known about the document.
use std::collections::BTreeMap;
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::card::Card;
use super::info::Info;
use super::painting::Window;
use crate::browser::{layout, page};
use crate::model::annotation::{Annotation, AnnotationSet};
use crate::model::id::{AnnotationId, TagId};
use crate::state::{Action, OpenDocument};
use crate::ui::contexts::{
    use_annotations, use_codebook, use_dispatch, use_messages, use_services, use_view,
};
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

#[derive(Properties, PartialEq)]
pub(super) struct MarginProps {
    pub(super) open: Rc<OpenDocument>,
    pub(super) tab: Tab,
    pub(super) window: Option<Window>,
    pub(super) on_tag: Callback<AnnotationId>,
}

#[component]
pub(super) fn Margin(props: &MarginProps) -> Html {
    let messages = use_messages();
    let annotations = use_annotations().0;
    let is_open = use_state_eq(|| false);
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let count = annotations.len() as u32;
    html! {
        <aside class={classes!("margin", "sheet", is_open.then_some("is-open"))} aria-label={messages.margin()}>
            <button type="button" class="sheet__grab" aria-expanded={is_open.to_string()} onclick={toggle}
                aria-label={if *is_open { messages.sheet_close() } else { messages.sheet_open() }}>
                <b>{ messages.passages(count) }</b>{ icon(Icon::UpDown) }
            </button>
            if props.tab == Tab::Info {
                <Info open={props.open.clone()} />
            } else {
                if annotations.is_empty() {
                    <p class="note margin__empty">{ icon(Icon::Marker) }<span>{ messages.no_passages() }</span></p>
                } else {
                    <Legend />
                }
                <Cards open={props.open.clone()} window={props.window} on_tag={props.on_tag.clone()} />
            }
        </aside>
    }
}

/// The tags in this document; pressing one hides or shows its passages.
#[component]
fn Legend() -> Html {
    let messages = use_messages();
    let codebook = use_codebook().0;
    let dispatch = use_dispatch();
    let annotations = use_annotations().0;
    let hidden = use_view().0.hidden.clone();
    let counts = use_memo(annotations, |annotations| count_tags(annotations));
    let entry = |tag: &TagId, count: u32| {
        let style = codebook.style_of(std::slice::from_ref(tag));
        let toggle = {
            let (dispatch, tag) = (dispatch.clone(), tag.clone());
            Callback::from(move |_: MouseEvent| dispatch.call(Action::ToggleTag(tag.clone())))
        };
        html! {
            <li>
                <button type="button" aria-pressed={(!hidden.contains(tag)).to_string()} onclick={toggle}>
                    { swatch(style) }
                    <span class="grow">{ words::tag_name(messages, &codebook, tag) }</span>
                    <span class="num">{ messages.number(count) }</span>
                </button>
            </li>
        }
    };
    if counts.is_empty() {
        return html! {};
    }
    html! {
        <section class="legend" aria-label={messages.legend()}>
            <ul>
                for tag in codebook.tags().iter().filter(|tag| counts.contains_key(&tag.id)) {
                    { entry(&tag.id, counts[&tag.id]) }
                }
            </ul>
        </section>
    }
}

fn count_tags(annotations: &AnnotationSet) -> BTreeMap<TagId, u32> {
    let mut counts = BTreeMap::new();
    for tag in annotations.iter().flat_map(|annotation| &annotation.tags) {
        *counts.entry(tag.clone()).or_insert(0) += 1;
    }
    counts
}

#[derive(Properties, PartialEq)]
struct CardsProps {
    open: Rc<OpenDocument>,
    window: Option<Window>,
    on_tag: Callback<AnnotationId>,
}

#[component]
fn Cards(props: &CardsProps) -> Html {
    let messages = use_messages();
    let services = use_services();
    let annotations = use_annotations().0;
    let view = use_view().0;
    let list = use_node_ref();
    let width = use_window_width();

    let shown = shown_cards(&annotations, props, view.focus.as_ref());
    let (node, text, placed) = (list.clone(), props.open.text.clone(), annotations.clone());
    let dependencies = (annotations.clone(), view.focus.clone(), props.window, *width, view.hidden.clone());
    use_effect_with(dependencies, move |(_, focus, ..)| {
        let focus = focus.clone();
        // The engine has laid the new cards out by the next frame.
        page::on_next_frame(move || {
            let (Some(list), Some(article)) = (node.cast::<Element>(), services.article()) else { return };
            let children = list.children();
            let wishes: Vec<layout::CardWish> = (0..children.length())
                .filter_map(|n| children.item(n))
                .map(|card| {
                    let id = AnnotationId(card.get_attribute("data-annotation").unwrap_or_default());
                    layout::CardWish { span: placed.span_of(&id), is_active: focus.as_ref() == Some(&id), card }
                })
                .collect();
            layout::align_cards(&list, &article, &text, &wishes);
        });
    });
    let language = props.open.document.language;
    html! {
        <ol ref={list} class="cards cards--aligned" aria-label={messages.annotations()}>
            for annotation in shown {
                <Card key={annotation.id.0.clone()} annotation={annotation.clone()} {language}
                    overlaps={overlap_count(&annotations, &annotation)}
                    is_active={view.focus.as_ref() == Some(&annotation.id)}
                    is_placed={annotations.span_of(&annotation.id).is_some()}
                    on_tag={props.on_tag.clone()} />
            }
        </ol>
    }
}

fn overlap_count(annotations: &AnnotationSet, annotation: &Annotation) -> u32 {
    annotations
        .span_of(&annotation.id)
        .map_or(0, |span| annotations.overlapping(span).count().saturating_sub(1) as u32)
}

fn shown_cards(
    annotations: &AnnotationSet,
    props: &CardsProps,
    focus: Option<&AnnotationId>,
) -> Vec<Rc<Annotation>> {
    if annotations.len() <= ALL_CARDS {
        return annotations.iter().cloned().collect();
    }
    let Some(window) = props.window else { return Vec::new() };
    let near = annotations.overlapping(window.span(&props.open.text)).map(|placed| placed.annotation.clone());
    let mut shown: Vec<Rc<Annotation>> = near.take(ALL_CARDS).collect();
    if let Some(focused) = focus.and_then(|id| annotations.get(id))
        && !shown.iter().any(|annotation| annotation.id == focused.id)
    {
        shown.push(focused.clone());
    }
    shown
}

/// The width of the window: cards are aligned anew when lines break elsewhere.
#[hook]
fn use_window_width() -> UseStateHandle<i32> {
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
    // Type size and line height change where lines break, too.
    let settings = crate::ui::contexts::use_settings().settings;
    let setter = width.clone();
    use_effect_with((settings.type_size, settings.line_height), move |_| {
        page::on_next_frame(move || setter.set(-measure()));
    });
    width
}
