//! Says what a line is: a button beside the line under the pointer or the caret, and a menu of roles.
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::browser::{article, clock, layout};
use crate::model::document::Role;
use crate::state::{Action, OpenDocument};
use crate::ui::hub::use_app;
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, MenuItem, MenuProps, menu};
use crate::ui::words;

/// What the button needs at the edge of a narrow window, in CSS pixels.
const ROOM: f64 = 30.0;

#[derive(PartialEq)]
pub(super) struct RoleMenuProps {
    pub(super) open: Rc<OpenDocument>,
    pub(super) grid: NodeRef,
    /// The block at the caret, and how often the key for this menu was pressed.
    pub(super) by_key: (usize, u32),
}

pub(super) fn role_menu(props: RoleMenuProps) -> Html {
    piece("role_menu", "", props, |props, context| use_role_menu(props).run(context))
}

#[hook]
fn use_role_menu(props: &RoleMenuProps) -> Html {
    let app = use_app(&[]);
    let messages = app.m;
    let block = use_state_eq(|| None::<usize>);
    let is_held = use_mut_ref(|| false);
    let spot = use_node_ref();

    // The line under the pointer, unless the menu of another line is open.
    let (hovered, held, tracked) = (block.clone(), is_held.clone(), app.hub.clone());
    use_effect_with(props.open.document.id.clone(), move |_| {
        let listener = tracked.article().map(|article| {
            EventListener::new(&article, "pointermove", move |event| {
                let node = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                if let (Some(block), false) = (node.as_ref().and_then(article::block_of), *held.borrow()) {
                    hovered.set(Some(block));
                }
            })
        });
        move || drop(listener)
    });
    let by_caret = block.clone();
    use_effect_with(props.by_key, move |&(at, presses)| {
        if presses > 0 {
            by_caret.set(Some(at));
        }
    });
    let (node, grid, placed) = (spot.clone(), props.grid.clone(), app.hub.clone());
    use_effect_with((*block, props.open.clone()), move |(block, _)| {
        let parts = (node.cast::<Element>(), grid.cast::<Element>(), placed.article(), *block);
        let (Some(spot), Some(grid), Some(article), Some(block)) = parts else { return };
        let Some(element) = article::block_element(&article, block) else { return };
        let (origin, rect) = (grid.get_bounding_client_rect(), element.get_bounding_client_rect());
        layout::set_px(&spot, "top", rect.top() - origin.top());
        let (beside, edge) = (rect.right() + 2.0, origin.right() - ROOM);
        layout::set_px(&spot, "left", beside.min(edge) - origin.left());
    });

    let Some(current) = *block else { return html! {} };
    let Some(role) = props.open.document.blocks.get(current).map(|block| block.role) else { return html! {} };
    let items = Role::CHOICES
        .iter()
        .map(|&choice| {
            let block = current as u32;
            let relabel = app.hub.on(move |()| Action::Relabel { block, role: choice, at: clock::now() });
            MenuItem {
                is_checked: Some(choice == role),
                ..MenuItem::new(words::role(messages, choice), relabel)
            }
        })
        .collect::<Vec<_>>();
    let on_toggle = Callback::from(move |is_open| *is_held.borrow_mut() = is_open);
    let label = format!("{}: {}", messages.role_of_line(), words::role(messages, role));
    html! {
        <div ref={spot} class="rolespot">
            { menu(MenuProps {
                class: classes!("btn--sm"),
                on_toggle,
                opened_by_key: props.by_key.1,
                ..MenuProps::new(label, Icon::More, items)
            }) }
        </div>
    }
}
