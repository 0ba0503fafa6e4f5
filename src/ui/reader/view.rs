//! The reader as a whole: shelf, bar, text, margin, and how pointer and selection reach the state.
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use super::article_text::{ArticleTextProps, article_text};
use super::caret::{Caret, use_caret_mark};
use super::grips::{GripsProps, grips};
use super::keys::{KeyTargets, use_reader_keys};
use super::margin::{MarginProps, Tab, margin};
use super::painting::{use_hover, use_painting, use_window};
use super::ribbon::ribbon;
use super::role_menu::{RoleMenuProps, role_menu};
use super::selection_bar::{SelectionBarProps, selection_bar};
use super::shelf::{ShelfProps, shelf};
use super::tag_picker::{TagPickerProps, tag_picker};
use super::toolbar::{ToolbarProps, toolbar};
use crate::browser::article::{self, PageSelection};
use crate::browser::{document, layout};
use crate::model::id::{AnnotationId, DocumentId};
use crate::state::{Action, OpenDocument, RawSelection, SettingChange};
use crate::ui::hub::{App, Hub, Slice, use_app};
use crate::ui::piece::piece;
use crate::ui::widgets::banner;

/// Below this width the shelf lies over the text and is closed at first.
const SHELF_OVERLAY: &str = "(max-width: 1180px)";
/// Where a press does not drop the selection.
const KEEPS_SELECTION: &str =
    ".art, .selbar, .picker, .cards, .menu, .rbar, .popover, .rolespot, .toast, .grip, dialog";

pub(in crate::ui) fn reader_view(app: &App, document: &DocumentId) -> Html {
    match &app.state.open {
        Some(open) if open.document.id == *document => reader(ReaderProps { open: open.clone() }),
        Some(_) | None => html! {
            <main id="main" class="stage reader reader--loading" tabindex="-1" aria-busy="true">
                <p class="note">{ app.m.loading_document() }</p>
            </main>
        },
    }
}

/// A press that moves less than this, in CSS pixels, is no drag.
const SLOP: i32 = 4;

#[derive(PartialEq)]
struct ReaderProps {
    open: Rc<OpenDocument>,
}

fn reader(props: ReaderProps) -> Html {
    piece("reader", &props.open.document.id.0.clone(), props, |props, context| use_reader(props).run(context))
}

#[hook]
fn use_reader(props: &ReaderProps) -> Html {
    let app = use_app(&[Slice::Annotations, Slice::View, Slice::Codebook]);
    let (open, hub, view) = (&props.open, &app.hub, &app.state.view);
    let grid = use_node_ref();
    let tab = use_state_eq(|| Tab::Passages);
    let caret = use_state_eq(|| None::<Caret>);
    let is_picking = use_state_eq(|| false);
    let role_key = use_state_eq(|| (0_usize, 0_u32));
    let is_overlay_open = use_state_eq(|| false);

    let (window, resting) = use_window(hub, open);
    use_painting(&app, open, window);
    use_hover(hub, open);
    let is_pressed = use_pointer(hub, open, &caret, &is_picking);

    let is_overlay = layout::matches(SHELF_OVERLAY);
    let is_shelf_shown = if is_overlay { *is_overlay_open } else { !app.state.settings.shelf_hidden };
    let toggle_shelf = {
        let (hub, is_overlay_open) = (hub.clone(), is_overlay_open.clone());
        Callback::from(move |()| {
            if layout::matches(SHELF_OVERLAY) {
                is_overlay_open.set(!is_shelf_shown);
            } else {
                hub.dispatch(Action::Set(SettingChange::ShelfHidden(is_shelf_shown)));
            }
        })
    };
    let targets = KeyTargets {
        caret: caret.clone(),
        is_picking: is_picking.clone(),
        role_key: role_key.clone(),
        toggle_shelf: toggle_shelf.clone(),
    };
    use_reader_keys(hub, open, &targets);
    let caret_mark = use_caret_mark(hub, *caret, &open.text, &grid);

    let set_picking = |on: bool| {
        let is_picking = is_picking.clone();
        Callback::from(move |()| is_picking.set(on))
    };
    let close_picker = {
        let (is_picking, hub) = (is_picking.clone(), hub.clone());
        Callback::from(move |()| {
            is_picking.set(false);
            // Back to the text, so that the next key acts on the selection.
            if let Some(article) = hub.article() {
                layout::focus(&article);
            }
        })
    };
    let tag_card = {
        let (hub, is_picking) = (hub.clone(), is_picking.clone());
        Callback::from(move |id: AnnotationId| {
            hub.dispatch(Action::SelectionChanged(None));
            hub.dispatch(Action::Focus(Some(id)));
            is_picking.set(true);
        })
    };
    let toggle_caret = {
        let (caret, hub, text) = (caret.clone(), hub.clone(), open.text.clone());
        Callback::from(move |()| {
            let start = hub.article().map(|article| article::page_selection(&article, &text));
            caret.set(match (*caret, start) {
                (Some(_), _) => None,
                (None, Some(PageSelection::Caret(at) | PageSelection::Stretch { focus: at, .. })) => {
                    Some(Caret::at(at))
                }
                (None, _) => Some(Caret::at(crate::model::text::CharOffset(0))),
            });
        })
    };
    let on_tab = {
        let tab = tab.clone();
        Callback::from(move |target| tab.set(target))
    };

    let selection = view.selection.map(|selected| selected.span);
    let focus_span = view.focus.as_ref().and_then(|id| app.state.annotations.span_of(id));
    let target = selection.or(focus_span);
    let shelf_class = if !is_shelf_shown { "reader--noshelf" } else { "reader--shelf" };
    html! {
        <main id="main" class={classes!("stage", "reader", shelf_class)} tabindex="-1">
            if is_shelf_shown { { shelf(ShelfProps { current: open.document.id.clone() }) } }
            <div class="rwrap" ref={hub.scroller_ref()}>
                { banner() }
                { toolbar(ToolbarProps {
                    open: open.clone(),
                    tab: *tab,
                    on_tab,
                    is_shelf_shown,
                    on_shelf: toggle_shelf,
                    has_caret: caret.is_some(),
                    on_caret: toggle_caret,
                }) }
                <div class="rgrid" ref={grid.clone()}>
                    <div class="art-col">{ article_text(ArticleTextProps { open: open.clone() }) }</div>
                    <div class="overlay">
                        if caret.is_some() { <div ref={caret_mark} class="caret" aria-hidden="true" /> }
                        if let (Some(span), true) = (selection, view.editing_range.is_some()) {
                            { grips(GripsProps { open: open.clone(), span, grid: grid.clone() }) }
                        }
                        { role_menu(RoleMenuProps { open: open.clone(), grid: grid.clone(), by_key: *role_key }) }
                    </div>
                    if let (Some(span), false) = (selection, *is_pressed) {
                        { selection_bar(SelectionBarProps {
                            open: open.clone(),
                            span,
                            grid: grid.clone(),
                            is_picking: *is_picking,
                            on_pick: set_picking(!*is_picking),
                        }) }
                    }
                    if let (Some(span), true) = (target, *is_picking) {
                        { tag_picker(TagPickerProps {
                            open: open.clone(),
                            span,
                            grid: grid.clone(),
                            on_close: close_picker,
                        }) }
                    }
                    { margin(MarginProps { open: open.clone(), tab: *tab, window: resting, on_tag: tag_card }) }
                </div>
            </div>
            { ribbon() }
        </main>
    }
}

/// Mouse, pen and finger: what they select, and what they press. True while a pointer is down on the text: the
/// toolbar waits until it is lifted.
#[hook]
fn use_pointer(
    hub: &Hub,
    open: &Rc<OpenDocument>,
    caret: &UseStateHandle<Option<Caret>>,
    is_picking: &UseStateHandle<bool>,
) -> UseStateHandle<bool> {
    let is_pressed = use_state_eq(|| false);
    let has_alt = use_mut_ref(|| false);
    let pressed_at = use_mut_ref(|| (0, 0));

    let (hub, text) = (hub.clone(), open.text.clone());
    let (caret, is_picking, pressed) = (caret.clone(), is_picking.clone(), is_pressed.clone());
    let caret_is_on = caret.is_some();
    use_effect_with((open.document.id.clone(), caret_is_on), move |_| {
        let report = {
            let (hub, text, has_alt) = (hub.clone(), text.clone(), has_alt.clone());
            Rc::new(move || {
                let Some(article) = hub.article() else { return };
                match article::page_selection(&article, &text) {
                    PageSelection::Elsewhere => {}
                    PageSelection::Caret(_) => hub.dispatch(Action::SelectionChanged(None)),
                    PageSelection::Stretch { span, .. } => {
                        let raw = RawSelection { span, is_exact: *has_alt.borrow() };
                        hub.dispatch(Action::SelectionChanged(Some(raw)));
                    }
                }
            })
        };
        let changed = report.clone();
        // The caret mode reports its own selections, with the unit that it moved by.
        let change = EventListener::new(&document(), "selectionchange", move |_| {
            if !caret_is_on {
                changed();
            }
        });
        let (alt, selecting, picking, dropping) =
            (has_alt.clone(), pressed.clone(), is_picking.clone(), hub.clone());
        let press = pressed_at.clone();
        let down = EventListener::new(&document(), "pointerdown", move |event| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
            *alt.borrow_mut() = event.alt_key();
            *press.borrow_mut() = (event.client_x(), event.client_y());
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let is_in = |selector: &str| {
                target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
            };
            if !is_in(".picker, .selbar, .card__acts") {
                picking.set(false);
            }
            if is_in(".art") {
                selecting.set(true);
            } else if !is_in(KEEPS_SELECTION) {
                dropping.dispatch(Action::SelectionChanged(None));
            }
        });
        let (alt, lifted, caret) = (has_alt.clone(), pressed.clone(), caret.clone());
        let up = EventListener::new(&document(), "pointerup", move |event| {
            lifted.set(false);
            let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
            *alt.borrow_mut() = event.alt_key();
            let is_on_text = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .is_some_and(|target| target.closest(".art").ok().flatten().is_some());
            if is_on_text {
                caret.set(None);
                report();
            }
        });
        let (lifted, clicked, text) = (pressed.clone(), hub.clone(), text.clone());
        let cancel = EventListener::new(&document(), "pointercancel", move |_| lifted.set(false));
        let click = EventListener::new(&document(), "click", move |event| {
            let Some(event) = event.dyn_ref::<MouseEvent>() else { return };
            let Some(article) = clicked.article() else { return };
            let is_on_text = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
                .is_some_and(|target| article.contains(Some(&target)));
            let here = (event.client_x(), event.client_y());
            let (x, y) = *pressed_at.borrow();
            let is_drag = (here.0 - x).abs().max((here.1 - y).abs()) > SLOP;
            // The second press of a double click selects a word.
            if !is_on_text || is_drag || event.detail() > 1 {
                return;
            }
            if let Some(offset) = article::offset_at_point(&article, &text, here.0.into(), here.1.into()) {
                if clicked.state().view.selection.is_some() {
                    clicked.dispatch(Action::SelectionChanged(None));
                }
                clicked.dispatch(Action::FocusLayerAt(offset));
            }
        });
        move || drop((change, down, up, cancel, click))
    });
    is_pressed
}
