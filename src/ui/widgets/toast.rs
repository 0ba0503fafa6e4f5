//! Short messages: one at a time, gone after a while, with Undo where there is something to undo.
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{Icon, icon};
use crate::browser::clock;
use crate::state::{Action, Notice};
use crate::ui::hub::{Slice, use_app};
use crate::ui::piece::piece;
use crate::ui::words;

/// How long a message stays, in ms.
const STAY: u32 = 8_000;

/// Shows notices, and says what others see to assistive technology.
pub(in crate::ui) fn speaker() -> Html {
    piece("speaker", "", (), |(), context| use_speaker().run(context))
}

#[hook]
fn use_speaker() -> Html {
    let app = use_app(&[Slice::Messages, Slice::Codebook]);
    let (messages, codebook) = (app.m, &app.state.codebook);
    let notice = app.state.notice.clone();
    let is_held = use_state_eq(|| false);

    let number = notice.as_ref().map(|(number, _)| *number);
    let fading = app.hub.clone();
    use_effect_with((number, *is_held), move |&(number, is_held)| {
        let timer = number
            .filter(|_| !is_held)
            .map(|number| Timeout::new(STAY, move || fading.dispatch(Action::DismissNotice(number))));
        move || drop(timer)
    });

    let hold = |on: bool| {
        let is_held = is_held.clone();
        move || is_held.set(on)
    };
    let (over, out) = (hold(true), hold(false));
    let (focus, blur) = (hold(true), hold(false));
    let content = notice.map(|(number, notice)| {
        let can_undo = matches!(notice, Notice::Done(_) | Notice::Brought(..));
        let undo = app.hub.on(|_: MouseEvent| Action::Undo { at: clock::now() });
        let dismiss = app.hub.on(move |_: MouseEvent| Action::DismissNotice(number));
        html! {
            <div class="toast" onmouseenter={move |_| over()} onmouseleave={move |_| out()}
                onfocusin={move |_| focus()} onfocusout={move |_| blur()}>
                <span>{ words::notice(messages, codebook, &notice) }</span>
                if can_undo {
                    <button type="button" onclick={undo}>{ messages.undo() }</button>
                }
                <button type="button" aria-label={messages.dismiss()} onclick={dismiss}>
                    { icon(Icon::Close) }
                </button>
            </div>
        }
    });
    let spoken = app.state.spoken.as_ref().map(|(_, spoken)| words::spoken(messages, codebook, spoken));
    html! {
        <>
            <div aria-live="polite">{ content }</div>
            <div class="vh" aria-live="polite" data-spoken="">{ spoken }</div>
        </>
    }
}
