//! A button with a menu: arrows move, Enter chooses, Escape closes and gives the focus back.
use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{Icon, icon};
use crate::browser::layout;
use crate::ui::piece::piece;

#[derive(Clone, PartialEq)]
pub(in crate::ui) struct MenuItem {
    pub(in crate::ui) label: AttrValue,
    pub(in crate::ui) on_choose: Callback<()>,
    /// For menus in which one entry holds.
    pub(in crate::ui) is_checked: Option<bool>,
    pub(in crate::ui) is_danger: bool,
}

impl MenuItem {
    pub(in crate::ui) fn new(label: impl Into<AttrValue>, on_choose: Callback<()>) -> Self {
        Self { label: label.into(), on_choose, is_checked: None, is_danger: false }
    }
}

#[derive(PartialEq)]
pub(in crate::ui) struct MenuProps {
    /// The name of the button and of the menu.
    pub(in crate::ui) label: AttrValue,
    pub(in crate::ui) icon: Icon,
    /// Whether the name is shown beside the icon.
    pub(in crate::ui) is_labelled: bool,
    pub(in crate::ui) class: Classes,
    pub(in crate::ui) items: Vec<MenuItem>,
    /// Called when the menu opens or closes.
    pub(in crate::ui) on_toggle: Callback<bool>,
    /// Counts up to open the menu from outside, by a key.
    pub(in crate::ui) opened_by_key: u32,
}

impl MenuProps {
    pub(in crate::ui) fn new(label: impl Into<AttrValue>, icon: Icon, items: Vec<MenuItem>) -> Self {
        Self {
            label: label.into(),
            icon,
            is_labelled: false,
            class: Classes::new(),
            items,
            on_toggle: Callback::noop(),
            opened_by_key: 0,
        }
    }
}

pub(in crate::ui) fn menu(props: MenuProps) -> Html {
    piece("menu", "", props, |props, context| use_menu(props).run(context))
}

#[hook]
fn use_menu(props: &MenuProps) -> Html {
    let is_open = use_state_eq(|| false);
    let (button, menu) = (use_node_ref(), use_node_ref());

    let (placed, anchor) = (menu.clone(), button.clone());
    let report = props.on_toggle.clone();
    use_effect_with(*is_open, move |&is_open| {
        report.emit(is_open);
        if let (true, Some(menu), Some(button)) =
            (is_open, placed.cast::<Element>(), anchor.cast::<Element>())
        {
            place(&menu, &button);
            focus_item(&menu, Step::First);
        }
    });
    let opener = is_open.clone();
    use_effect_with(props.opened_by_key, move |&count| {
        if count > 0 {
            opener.set(true);
        }
    });
    // A press anywhere else closes the menu.
    let (closing, root, anchor) = (is_open.clone(), menu.clone(), button.clone());
    use_effect_with(*is_open, move |&is_open| {
        let listener = is_open.then(|| {
            EventListener::new(&crate::browser::document(), "pointerdown", move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                let is_inside = [root.cast::<Element>(), anchor.cast::<Element>()]
                    .iter()
                    .flatten()
                    .any(|element| element.contains(target.as_ref()));
                if !is_inside {
                    closing.set(false);
                }
            })
        });
        move || drop(listener)
    });

    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let on_key = {
        let (is_open, menu, button) = (is_open.clone(), menu.clone(), button.clone());
        Callback::from(move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowDown" => Step::Next,
                "ArrowUp" => Step::Previous,
                "Home" => Step::First,
                "End" => Step::Last,
                "Escape" | "Tab" => {
                    is_open.set(false);
                    if let Some(button) = button.cast::<HtmlElement>() {
                        focus(&button);
                    }
                    if event.key() == "Escape" {
                        event.prevent_default();
                    }
                    event.stop_propagation();
                    return;
                }
                // Letters in a menu are no shortcuts of the view behind it.
                _ => return event.stop_propagation(),
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(menu) = menu.cast::<Element>() {
                focus_item(&menu, step);
            }
        })
    };
    let item = |item: &MenuItem| {
        let (is_open, on_choose, button) = (is_open.clone(), item.on_choose.clone(), button.clone());
        let on_press = Callback::from(move |_: MouseEvent| {
            is_open.set(false);
            if let Some(button) = button.cast::<HtmlElement>() {
                focus(&button);
            }
            on_choose.emit(());
        });
        let role = if item.is_checked.is_some() { "menuitemradio" } else { "menuitem" };
        html! {
            <button type="button" {role} tabindex="-1" onclick={on_press}
                class={item.is_danger.then_some("is-danger")}
                aria-checked={item.is_checked.map(|on| on.to_string())}>
                { &item.label }
            </button>
        }
    };
    let class =
        classes!("btn", "btn--quiet", (!props.is_labelled).then_some("btn--icon"), props.class.clone());
    html! {
        <>
            <button ref={button.clone()} type="button" {class} aria-haspopup="menu" aria-expanded={is_open.to_string()}
                aria-label={(!props.is_labelled).then(|| props.label.clone())}
                title={(!props.is_labelled).then(|| props.label.clone())} onclick={toggle}>
                { icon(props.icon) }
                if props.is_labelled { { &props.label } }
            </button>
            if *is_open {
                <div ref={menu.clone()} class="menu" role="menu" aria-label={props.label.clone()} onkeydown={on_key}>
                    { for props.items.iter().map(item) }
                </div>
            }
        </>
    }
}

enum Step {
    First,
    Last,
    Next,
    Previous,
}

fn focus(element: &HtmlElement) {
    if element.focus().is_err() {
        crate::browser::log("the browser refused the focus");
    }
}

fn focus_item(menu: &Element, step: Step) {
    let items = menu.children();
    let count = items.length();
    if count == 0 {
        return;
    }
    let current = crate::browser::document().active_element().and_then(|active| {
        (0..count).find(|&n| items.item(n).is_some_and(|item| item.is_same_node(Some(&active))))
    });
    let next = match (step, current) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count - 1,
        (Step::Next, Some(n)) => (n + 1) % count,
        (Step::Previous, Some(n)) => (n + count - 1) % count,
    };
    if let Some(item) = items.item(next).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        focus(&item);
    }
}

/// Below the button, or above it, inside the window.
fn place(menu: &Element, button: &Element) {
    let (anchor, size) = (button.get_bounding_client_rect(), menu.get_bounding_client_rect());
    let window = crate::browser::window();
    let length =
        |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (length(window.inner_width()), length(window.inner_height()));
    let left = anchor.left().min(width - size.width() - 8.0).max(8.0);
    let below = anchor.bottom() + 4.0;
    let top =
        if below + size.height() > height { (anchor.top() - size.height() - 4.0).max(8.0) } else { below };
    layout::set_px(menu, "left", left);
    layout::set_px(menu, "top", top);
}
