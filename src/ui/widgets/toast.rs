//! Short messages: one at a time, gone after a while, with Undo where there is something to undo.
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{Icon, icon};
use crate::browser::clock;
use crate::state::{Action, Notice};
use crate::ui::contexts::{use_codebook, use_dispatch, use_message, use_messages};
use crate::ui::words;

/// How long a message stays, in ms.
const STAY: u32 = 8_000;

#[component]
pub(in crate::ui) fn Toast() -> Html {
    let messages = use_messages();
    let codebook = use_codebook().0;
    let dispatch = use_dispatch();
    let notice = use_message().notice;
    let is_held = use_state_eq(|| false);

    let number = notice.as_ref().map(|(number, _)| *number);
    let fading = dispatch.clone();
    use_effect_with((number, *is_held), move |&(number, is_held)| {
        let timer = number
            .filter(|_| !is_held)
            .map(|number| Timeout::new(STAY, move || fading.call(Action::DismissNotice(number))));
        move || drop(timer)
    });

    let hold = |on: bool| {
        let is_held = is_held.clone();
        move || is_held.set(on)
    };
    let (over, out) = (hold(true), hold(false));
    let (focus, blur) = (hold(true), hold(false));
    let content = notice.map(|(number, notice)| {
        let can_undo = matches!(notice, Notice::Done(_));
        let undo = {
            let dispatch = dispatch.clone();
            Callback::from(move |_: MouseEvent| dispatch.call(Action::Undo { at: clock::now() }))
        };
        let dismiss = {
            let dispatch = dispatch.clone();
            Callback::from(move |_: MouseEvent| dispatch.call(Action::DismissNotice(number)))
        };
        html! {
            <div class="toast" onmouseenter={move |_| over()} onmouseleave={move |_| out()}
                onfocusin={move |_| focus()} onfocusout={move |_| blur()}>
                <span>{ words::notice(messages, &codebook, &notice) }</span>
                if can_undo {
                    <button type="button" onclick={undo}>{ messages.undo() }</button>
                }
                <button type="button" aria-label={messages.dismiss()} onclick={dismiss}>
                    { icon(Icon::Close) }
                </button>
            </div>
        }
    });
    html! { <div aria-live="polite">{ content }</div> }
}

/// Words for assistive technology about what others see.
#[component]
pub(in crate::ui) fn Speaker() -> Html {
    let messages = use_messages();
    let codebook = use_codebook().0;
    let spoken = use_message().spoken;
    html! {
        <div class="vh" aria-live="polite" data-spoken="">
            { spoken.map(|(_, spoken)| words::spoken(messages, &codebook, &spoken)) }
        </div>
    }
}
