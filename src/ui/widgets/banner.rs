//! The banner: trouble that lasts, and a new version that waits. One at a time, the gravest first.
use yew::prelude::*;

use super::{Icon, icon};
use crate::browser::{page, paint};
use crate::state::{Action, Phase, Route, StorageTrouble};
use crate::ui::hub::{Slice, use_app};
use crate::ui::piece::piece;
use crate::ui::words;

pub(in crate::ui) fn banner() -> Html {
    piece("banner", "", (), |(), context| use_banner().run(context))
}

#[hook]
fn use_banner() -> Html {
    let app = use_app(&[Slice::Status]);
    let (messages, status) = (app.m, &app.state);
    let hidden = use_state_eq(|| None::<AttrValue>);
    let trouble = status.saving.trouble.or(match status.phase {
        Phase::MemoryOnly(trouble) => Some(trouble),
        Phase::Loading | Phase::Older | Phase::Ready => None,
    });
    let retry = app.hub.on(|_: MouseEvent| Action::Flush);
    let update = app.hub.on(|_: MouseEvent| Action::ApplyUpdate);
    let reload = Callback::from(|_: MouseEvent| page::reload());
    let to_backups = html! {
        <a class="btn btn--sm" href={Route::Settings.href()}>{ messages.to_backups() }</a>
    };
    let (look, text, button): (_, AttrValue, Html) = if let Some(trouble) = trouble {
        let button = match trouble {
            StorageTrouble::Full | StorageTrouble::Failed => {
                html! { <button type="button" class="btn btn--sm" onclick={retry}>{ messages.try_again() }</button> }
            }
            StorageTrouble::Newer => {
                html! { <button type="button" class="btn btn--sm" onclick={reload}>{ messages.reload() }</button> }
            }
            StorageTrouble::LostByBrowser => to_backups.clone(),
            StorageTrouble::Missing | StorageTrouble::Refused | StorageTrouble::Blocked => html! {},
        };
        ("banner--danger", words::trouble(messages, trouble).into(), button)
    } else if status.update_waits {
        let button = html! {
            <button type="button" class="btn btn--sm btn--primary" onclick={update}>{ messages.update_now() }</button>
        };
        ("banner--info", messages.update_waits().into(), button)
    } else if status.damaged_rows() > 0 {
        ("banner--warn", messages.quarantined(status.damaged_rows()).into(), to_backups)
    } else if !paint::is_supported() {
        ("banner--warn", messages.no_highlights().into(), html! {})
    } else {
        return html! {};
    };
    if hidden.as_ref() == Some(&text) {
        return html! {};
    }
    let dismiss = {
        let text = text.clone();
        Callback::from(move |_: MouseEvent| hidden.set(Some(text.clone())))
    };
    html! {
        <div class={classes!("banner", look)} role="alert">
            { icon(if look == "banner--info" { Icon::Info } else { Icon::Warning }) }
            <p class="grow">{ text }</p>
            { button }
            <button type="button" class="btn btn--quiet btn--icon btn--sm" aria-label={messages.dismiss()} onclick={dismiss}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}
