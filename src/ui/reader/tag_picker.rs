//! The tag picker: type a few letters, accents may be left out; Enter gives the tag, or makes one when none fits.
use std::rc::Rc;

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::browser::{clock, layout, log};
use crate::model::codebook::{Codebook, Family, Tag};
use crate::model::id::TagId;
use crate::model::text::{Span, is_folded_prefix_of_word};
use crate::state::{Action, OpenDocument};
use crate::ui::hub::{App, Hub, Slice, fresh, give_tag, use_app};
use crate::ui::messages::Messages;
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, icon, swatch};
use crate::ui::words;

/// Something that can be picked.
#[derive(Clone, PartialEq)]
enum Choice {
    /// A tag.
    Known(TagId),
    /// A new tag of this name.
    New(String),
    /// A mark without a tag.
    Bare,
}

/// What follows the pick.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Close,
    Stay,
    WriteNote,
}

#[derive(PartialEq)]
pub(super) struct TagPickerProps {
    pub(super) open: Rc<OpenDocument>,
    /// What is to be tagged.
    pub(super) span: Span,
    pub(super) grid: NodeRef,
    pub(super) on_close: Callback<()>,
}

pub(super) fn tag_picker(props: TagPickerProps) -> Html {
    piece("tag_picker", "", props, |props, context| use_tag_picker(props).run(context))
}

#[hook]
fn use_tag_picker(props: &TagPickerProps) -> Html {
    let app = use_app(&[Slice::Codebook, Slice::Annotations, Slice::View]);
    let (m, codebook) = (app.m, &app.state.codebook);
    let given = given_tags(&app, props.span);
    let query = use_state_eq(String::new);
    let cursor = use_state_eq(|| 0_usize);
    let (picker, input) = (use_node_ref(), use_node_ref());
    use_place(&app.hub, &picker, props);
    let focused = input.clone();
    use_effect_with((), move |()| {
        if let Some(input) = focused.cast::<HtmlInputElement>()
            && input.focus().is_err()
        {
            log("the browser refused the focus");
        }
    });

    let choices = choices(m, codebook, &query);
    let at = (*cursor).min(choices.len().saturating_sub(1));
    let pick = {
        let (hub, on_close, query) = (app.hub.clone(), props.on_close.clone(), query.clone());
        Callback::from(move |(choice, then): (Choice, Then)| {
            apply(&hub, choice);
            query.set(String::new());
            match then {
                Then::Stay => {}
                Then::Close => on_close.emit(()),
                Then::WriteNote => {
                    on_close.emit(());
                    let (id, at) = fresh();
                    hub.dispatch(Action::StartNote { id, at });
                }
            }
        })
    };
    let on_key = key_handler(&choices, at, &cursor, &pick, &props.on_close, query.is_empty(), codebook);
    let on_input = {
        let (query, cursor) = (query.clone(), cursor.clone());
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
            cursor.set(0);
        })
    };
    let option = |n: usize, choice: &Choice, content: Html, is_given: bool| {
        let (pick, choice) = (pick.clone(), choice.clone());
        let on_press = Callback::from(move |event: MouseEvent| {
            let then = if event.ctrl_key() || event.shift_key() { Then::Stay } else { Then::Close };
            pick.emit((choice.clone(), then));
        });
        html! {
            <div id={format!("pick-{n}")} class={classes!("pick", (n == at).then_some("is-active"))} role="option"
                aria-selected={is_given.to_string()} onclick={on_press}>
                { content }
            </div>
        }
    };
    let numbered: Vec<(usize, &Choice)> = choices.iter().enumerate().collect();
    let group = |family: Family| {
        let members: Vec<(usize, &Choice, &Tag)> = numbered
            .iter()
            .filter_map(|&(n, choice)| match choice {
                Choice::Known(id) => {
                    codebook.get(id).filter(|tag| tag.family == family).map(|tag| (n, choice, tag))
                }
                Choice::New(_) | Choice::Bare => None,
            })
            .collect();
        if members.is_empty() {
            return html! {};
        }
        html! {
            <div role="group" aria-label={words::family(m, family)}>
                <span class="gh" aria-hidden="true">{ words::family(m, family) }</span>
                { for members.into_iter().map(|(n, choice, tag)| {
                    let is_given = given.contains(&tag.id);
                    option(n, choice, tag_content(m, tag, is_given), is_given)
                }) }
            </div>
        }
    };
    let others = numbered.iter().filter_map(|&(n, choice)| match choice {
        Choice::Known(_) => None,
        Choice::New(name) => Some(option(
            n,
            choice,
            html! { <>{ icon(Icon::Plus) }<span class="grow">{ m.create_tag(name) }</span></> },
            false,
        )),
        Choice::Bare => Some(option(
            n,
            choice,
            html! { <>{ icon(Icon::Marker) }<span class="grow">{ m.only_mark() }</span></> },
            false,
        )),
    });
    let keep_selection = Callback::from(|event: MouseEvent| {
        let is_input = event.target_dyn_into::<HtmlInputElement>().is_some();
        if !is_input {
            event.prevent_default();
        }
    });
    html! {
        <div ref={picker} class="picker" onmousedown={keep_selection}>
            <label class="field">
                { icon(Icon::Search) }
                <input ref={input} role="combobox" aria-label={m.tag()} aria-expanded="true" aria-controls="pick-list"
                    aria-autocomplete="list" aria-activedescendant={format!("pick-{at}")} autocomplete="off"
                    placeholder={m.tag_placeholder()} value={(*query).clone()} oninput={on_input} onkeydown={on_key} />
            </label>
            <div id="pick-list" class="picker__cols" role="listbox" aria-label={m.tags_list()} aria-multiselectable="true">
                { for Family::ALL.into_iter().map(group) }
                <div class="picker__new" role="group" aria-label={m.tags_list()}>{ for others }</div>
            </div>
            <p class="picker__foot" aria-hidden="true">
                <span><kbd class="kbd">{ "Enter" }</kbd>{ " " }{ m.picker_enter() }</span>
                <span><kbd class="kbd">{ "Shift" }</kbd>{ " " }<kbd class="kbd">{ "Enter" }</kbd>{ " " }{ m.picker_more() }</span>
                <span><kbd class="kbd">{ "Ctrl" }</kbd>{ " " }<kbd class="kbd">{ "Enter" }</kbd>{ " " }{ m.picker_note() }</span>
            </p>
        </div>
    }
}

fn tag_content(m: Messages, tag: &Tag, is_given: bool) -> Html {
    html! {
        <>
            { swatch(tag.style) }
            <span class="grow" title={tag.definition.get(m.0).to_owned()}>{ tag.name.get(m.0) }</span>
            if is_given { { icon(Icon::Check) } }
            if let Some(digit) = tag.digit { <kbd class="kbd" aria-hidden="true">{ digit }</kbd> }
        </>
    }
}

/// The tags that the passage has already.
fn given_tags(app: &App, span: Span) -> Vec<TagId> {
    let (annotations, view) = (&app.state.annotations, &app.state.view);
    let on_span = annotations.overlapping(span).find(|placed| placed.span == span);
    let focused = view.focus.as_ref().filter(|_| view.selection.is_none()).and_then(|id| annotations.get(id));
    let annotation = on_span.map(|placed| &placed.annotation).or(focused);
    annotation.map(|annotation| annotation.tags.clone()).unwrap_or_default()
}

/// Below the passage, inside the reading column.
#[hook]
fn use_place(hub: &Hub, picker: &NodeRef, props: &TagPickerProps) {
    let hub = hub.clone();
    let (picker, grid, text) = (picker.clone(), props.grid.clone(), props.open.text.clone());
    use_effect_with(props.span, move |span| {
        let parts = (picker.cast::<Element>(), grid.cast::<Element>(), hub.article(), hub.scroller());
        let (Some(picker), Some(grid), Some(article), Some(scroller)) = parts else { return };
        let Some((first, last)) = layout::lines_of(&article, &text, *span) else { return };
        let (origin, column) = (grid.get_bounding_client_rect(), article.get_bounding_client_rect());
        let (size, view) = (picker.get_bounding_client_rect(), scroller.get_bounding_client_rect());
        let left = (first.left() - origin.left()).min(column.right() - origin.left() - size.width() - 8.0);
        let below = last.bottom() + 10.0;
        let top = below.min(view.bottom() - size.height() - 8.0).max(view.top() + 56.0);
        layout::set_px(&picker, "left", left.max(8.0));
        layout::set_px(&picker, "top", top - origin.top());
    });
}

fn choices(m: Messages, codebook: &Codebook, query: &str) -> Vec<Choice> {
    let fits = |tag: &&Tag| {
        is_folded_prefix_of_word(query, tag.name.get(m.0))
            || !query.trim().is_empty() && {
                is_folded_prefix_of_word(query, &tag.name.vi) || is_folded_prefix_of_word(query, &tag.name.en)
            }
    };
    let mut choices: Vec<Choice> = Vec::new();
    for family in Family::ALL {
        let members = codebook.tags().iter().filter(|tag| tag.family == family).filter(fits);
        choices.extend(members.map(|tag| Choice::Known(tag.id.clone())));
    }
    let name = query.trim();
    if name.is_empty() {
        choices.push(Choice::Bare);
    } else if codebook.by_name(name).is_none() {
        choices.push(Choice::New(name.to_owned()));
    }
    choices
}

fn apply(hub: &Hub, choice: Choice) {
    hub.dispatch(match choice {
        Choice::Known(tag) => give_tag(tag),
        Choice::New(name) => {
            let (id, at) = fresh();
            Action::CreateTag { tag: TagId(clock::new_id()), name, id, at }
        }
        Choice::Bare => {
            let (id, at) = fresh();
            Action::MarkOnly { id, at }
        }
    });
}

fn key_handler(
    choices: &[Choice],
    at: usize,
    cursor: &UseStateHandle<usize>,
    pick: &Callback<(Choice, Then)>,
    on_close: &Callback<()>,
    is_query_empty: bool,
    codebook: &Rc<Codebook>,
) -> Callback<KeyboardEvent> {
    let (choices, cursor, pick) = (choices.to_vec(), cursor.clone(), pick.clone());
    let (on_close, codebook) = (on_close.clone(), codebook.clone());
    Callback::from(move |event: KeyboardEvent| {
        event.stop_propagation();
        let count = choices.len().max(1);
        let key = event.key();
        match key.as_str() {
            "ArrowDown" => cursor.set((at + 1) % count),
            "ArrowUp" => cursor.set((at + count - 1) % count),
            "Escape" => on_close.emit(()),
            // A syllable is still being composed by an input method: its Enter is not ours.
            "Enter" if event.is_composing() => return,
            "Enter" => {
                let then = match (event.ctrl_key() || event.meta_key(), event.shift_key()) {
                    (true, _) => Then::WriteNote,
                    (false, true) => Then::Stay,
                    (false, false) => Then::Close,
                };
                if let Some(choice) = choices.get(at) {
                    pick.emit((choice.clone(), then));
                }
            }
            digit if is_query_empty && digit.len() == 1 && !event.ctrl_key() && !event.alt_key() => {
                let tag = digit.chars().next().and_then(|digit| codebook.by_digit(digit));
                let Some(tag) = tag else { return };
                pick.emit((Choice::Known(tag.id.clone()), Then::Close));
            }
            _ => return,
        }
        event.prevent_default();
    })
}
