//! The toolbar of a selection: what would be kept, and what can be made of it.
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::browser::{clock, layout};
use crate::model::codebook::TagStyle;
use crate::model::text::Span;
use crate::state::{Action, OpenDocument};
use crate::ui::hub::{Slice, fresh, give_tag, use_app};
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, icon, swatch};
use crate::ui::words;

/// How much of a long passage the toolbar shows on each side, in code points.
const QUOTE_EDGE: usize = 36;

#[derive(PartialEq)]
pub(super) struct SelectionBarProps {
    pub(super) open: Rc<OpenDocument>,
    pub(super) span: Span,
    pub(super) grid: NodeRef,
    pub(super) is_picking: bool,
    pub(super) on_pick: Callback<()>,
}

pub(super) fn selection_bar(props: SelectionBarProps) -> Html {
    piece("selection_bar", "", props, |props, context| use_selection_bar(props).run(context))
}

#[hook]
fn use_selection_bar(props: &SelectionBarProps) -> Html {
    let app = use_app(&[Slice::Codebook, Slice::View]);
    let (m, codebook) = (app.m, &app.state.codebook);
    let last_tag = &app.state.settings.last_tag;
    let is_editing = app.state.view.editing_range.is_some();
    // What was just marked is in focus itself: there is nothing to add to it.
    let in_focus =
        app.state.view.focus.as_ref().map(|id| app.state.annotations.spans_of(id)).unwrap_or_default();
    let can_extend = !in_focus.is_empty() && !in_focus.iter().any(|span| span.overlaps(props.span));
    let bar = use_node_ref();

    let (hub, node, grid, text) = (app.hub.clone(), bar.clone(), props.grid.clone(), props.open.text.clone());
    use_effect_with((props.span, is_editing), move |(span, _)| {
        let parts = (node.cast::<Element>(), grid.cast::<Element>(), hub.article());
        let (Some(bar), Some(grid), Some(article)) = parts else { return };
        let Some((first, last)) = layout::lines_of(&article, &text, *span) else { return };
        let (origin, size) = (grid.get_bounding_client_rect(), bar.get_bounding_client_rect());
        let column = article.get_bounding_client_rect();
        let left = (first.left() - origin.left()).min(column.right() - origin.left() - size.width() - 8.0);
        let above = first.top() - size.height() - 10.0;
        // Under the selection when there is no room above it.
        let top = if above > 56.0 { above } else { last.bottom() + 10.0 };
        layout::set_px(&bar, "left", left.max(8.0));
        layout::set_px(&bar, "top", top - origin.top());
    });

    let act = |make: fn() -> Action| app.hub.on(move |_: MouseEvent| make());
    let button = |label: &'static str, key: &'static str, sign: Html, on_press: Callback<MouseEvent>| {
        html! {
            <button type="button" class="selbar__b" onclick={on_press}>
                { sign }{ label }<kbd aria-hidden="true">{ key }</kbd>
            </button>
        }
    };
    let quote = clipped(props.open.text.slice(props.span));
    // A press on the bar must not take the selection away.
    let keep_selection = Callback::from(|event: PointerEvent| event.prevent_default());
    let keep_mouse = Callback::from(|event: MouseEvent| event.prevent_default());
    if is_editing {
        let apply = act(|| Action::ApplyRange { at: clock::now() });
        return html! {
            <div ref={bar} class="selbar" role="toolbar" aria-label={m.selection()} onpointerdown={keep_selection}
                onmousedown={keep_mouse}>
                <p class="selbar__q">{ quote }</p>
                <div class="selbar__row">
                    { button(m.keep_range(), "Enter", icon(Icon::Check), apply) }
                    { button(m.cancel(), "Esc", icon(Icon::Close), act(|| Action::Escape)) }
                </div>
            </div>
        };
    }
    let last_style = codebook.style_of(last_tag.as_slice());
    let hint = last_tag.as_ref().map(|tag| m.highlight_with(&words::tag_name(m, codebook, tag)));
    let highlight = act(|| {
        let (id, at) = fresh();
        Action::Highlight { id, at }
    });
    let note = act(|| {
        let (id, at) = fresh();
        Action::StartNote { id, at }
    });
    html! {
        <div ref={bar} class="selbar" role="toolbar" aria-label={m.selection()} onpointerdown={keep_selection}
            onmousedown={keep_mouse}>
            <p class="selbar__q" lang={props.open.document.language.code()}>{ quote }</p>
            <div class="selbar__row">
                <button type="button" class="selbar__b" title={hint} onclick={highlight}>
                    { swatch(last_style) }{ m.highlight() }<kbd aria-hidden="true">{ "H" }</kbd>
                </button>
                <span class="selbar__s" />
                <button type="button" class="selbar__b" aria-expanded={props.is_picking.to_string()}
                    onclick={props.on_pick.reform(|_| ())}>
                    { icon(Icon::Tag) }{ m.tag() }<kbd aria-hidden="true">{ "T" }</kbd>
                </button>
                { button(m.note(), "N", icon(Icon::Note), note) }
                if can_extend {
                    { button(m.extend(), "X", icon(Icon::Plus), act(|| Action::Extend { at: clock::now() })) }
                }
                { button(m.task(), "M", icon(Icon::Tasks), act(|| give_tag(TagStyle::Task.name().into()))) }
                { button(m.card(), "C", icon(Icon::Card), act(|| give_tag(TagStyle::Study.name().into()))) }
            </div>
        </div>
    }
}

/// Both ends of a long passage: they are what a person checks.
fn clipped(quote: &str) -> String {
    let chars: Vec<char> = quote.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    if chars.len() <= 2 * QUOTE_EDGE + 3 {
        return chars.into_iter().collect();
    }
    let (head, tail) = (&chars[..QUOTE_EDGE], &chars[chars.len() - QUOTE_EDGE..]);
    head.iter().chain(" … ".chars().collect::<Vec<_>>().iter()).chain(tail).collect()
}
