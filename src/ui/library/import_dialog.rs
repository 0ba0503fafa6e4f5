//! The dialog that brings articles in: by file, by paste, or a sample.
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::first_run::sample;
use crate::browser::{files, page};
use crate::model::document::Language;
use crate::state::{Action, Route};
use crate::ui::hub::use_app;
use crate::ui::inputs::Input;
use crate::ui::piece::piece;
use crate::ui::widgets::{DialogProps, Icon, dialog, icon};

/// A pasted text longer than this, in UTF-16 units, is held beside the box: no browser edits megabytes smoothly.
const HOLD_BEYOND: u32 = 500_000;

pub(in crate::ui) fn import_dialog() -> Html {
    piece("import_dialog", "", (), |(), context| use_import_dialog().run(context))
}

#[hook]
fn use_import_dialog() -> Html {
    let app = use_app(&[]);
    let messages = app.m;
    let text = use_node_ref();
    let held = use_state_eq(|| None::<AttrValue>);
    let is_empty = use_state_eq(|| false);

    let on_close = app.hub.on(|()| Action::Show(None));
    let choose = {
        let hub = app.hub.clone();
        Callback::from(move |inputs: Vec<Input>| {
            page::set_hash(&Route::Library.href());
            hub.dispatch(hub.inputs().choose(inputs));
            hub.dispatch(Action::Show(None));
        })
    };
    let on_files = {
        let choose = choose.clone();
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let chosen: Vec<Input> = input
                .files()
                .map(|list| files::of_list(&list))
                .unwrap_or_default()
                .into_iter()
                .map(Input::File)
                .collect();
            if !chosen.is_empty() {
                choose.emit(chosen);
            }
        })
    };
    let on_add = {
        let (choose, text, held, is_empty) = (choose.clone(), text.clone(), held.clone(), is_empty.clone());
        Callback::from(move |_: MouseEvent| {
            let typed = text.cast::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default();
            let whole = match &*held {
                Some(held) if typed.trim().is_empty() => held.to_string(),
                Some(held) => format!("{typed}\n{held}"),
                None => typed,
            };
            if whole.trim().is_empty() {
                is_empty.set(true);
            } else {
                choose.emit(vec![Input::Text(whole)]);
            }
        })
    };
    let take_out = {
        let held = held.clone();
        Callback::from(move |_: MouseEvent| held.set(None))
    };
    let on_input = {
        let is_empty = is_empty.clone();
        Callback::from(move |_: InputEvent| is_empty.set(false))
    };
    use_long_paste(&text, &held);

    let open_sample = |language: Language| {
        let choose = choose.clone();
        Callback::from(move |_: MouseEvent| choose.emit(vec![Input::Sample(sample(language))]))
    };
    let footer = html! {
        <>
            <button type="button" class="btn btn--quiet" onclick={open_sample(Language::Vi)}>{ messages.sample_vi() }</button>
            <button type="button" class="btn btn--quiet" onclick={open_sample(Language::En)}>{ messages.sample_en() }</button>
            <span class="grow" />
            <button type="button" class="btn btn--primary" onclick={on_add}>{ messages.add_article() }</button>
        </>
    };
    let body = html! {
        <>
            <label class="drop drop--slim drop--file">
                { icon(Icon::Folder) }
                <span class="grow"><b>{ messages.choose_files() }</b></span>
                <input type="file" multiple={true} accept=".txt,.text,.md,.markdown,.html,.htm,.xhtml,text/plain,text/html,text/markdown"
                    aria-label={messages.choose_files()} onchange={on_files} />
            </label>
            <p class="faint">{ messages.drop_formats() }</p>
            <textarea ref={text} class="paste" rows="8" aria-label={messages.article_text()}
                placeholder={messages.paste_placeholder()} oninput={on_input}
                aria-invalid={is_empty.then_some("true")} aria-describedby={is_empty.then_some("paste-error")} />
            if *is_empty {
                <p id="paste-error" class="err" role="alert">{ messages.paste_empty() }</p>
            }
            if let Some(held) = &*held {
                <p class="note note--info" role="alert">
                    { icon(Icon::Clipboard) }
                    <span>{ messages.paste_held(&messages.bytes(held.len() as f64)) }{ " " }
                        <button type="button" class="link" onclick={take_out}>{ messages.paste_drop() }</button>
                    </span>
                </p>
            }
        </>
    };
    let title = messages.import_title().into();
    let close = messages.close().into();
    dialog(DialogProps { title, close, on_close, body, footer, is_wide: false })
}

/// Keeps a long pasted text out of the text area.
#[hook]
fn use_long_paste(text: &NodeRef, held: &UseStateHandle<Option<AttrValue>>) {
    let (text, held) = (text.clone(), held.clone());
    use_effect_with((), move |()| {
        let area = text.cast::<HtmlTextAreaElement>();
        let listener = area.map(|area| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&area, "paste", options, move |event| {
                let data = event.dyn_ref::<ClipboardEvent>().and_then(|event| event.clipboard_data());
                let Some(pasted) = data.and_then(|data| data.get_data("text/plain").ok()) else { return };
                if pasted.len() > HOLD_BEYOND as usize {
                    event.prevent_default();
                    held.set(Some(pasted.into()));
                }
            })
        });
        move || drop(listener)
    });
}
