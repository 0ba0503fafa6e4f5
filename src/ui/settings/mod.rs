//! Preferences, the state of the storage, removed documents; and the page of a view that is not here yet.
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::hub::{App, Slice, use_app};
use super::messages::Messages;
use super::reader::type_controls;
use super::review::{AnnexProps, annex};
use crate::browser::clock;
use crate::model::document::Language;
use crate::model::id::DocumentId;
use crate::state::{Action, Route, SettingChange};
use crate::ui::piece::piece;
use crate::ui::widgets::banner;

pub(super) fn settings_view() -> Html {
    piece("settings_view", "", (), |(), context| use_settings_view().run(context))
}

#[hook]
fn use_settings_view() -> Html {
    let app = use_app(&[Slice::Library]);
    let m = app.m;
    html! {
        <main id="main" class="stage settings" tabindex="-1">
            { banner() }
            <div class="settings__body">
                <h1>{ m.settings_title() }</h1>
                { annex(AnnexProps { view: "settings", document: None }) }
                { look(&app) }
                { keys(&app) }
                { you(&app) }
                { removed(&app) }
                <section class="set">
                    <h2>{ m.about() }</h2>
                    <p>{ m.about_text(env!("CARGO_PKG_VERSION")) }</p>
                </section>
            </div>
        </main>
    }
}

fn look(app: &App) -> Html {
    let (m, language) = (app.m, app.state.language());
    let choose = app.hub.on(|event: Event| {
        let chosen = match event.target_unchecked_into::<HtmlSelectElement>().value().as_str() {
            "vi" => Language::Vi,
            _ => Language::En,
        };
        Action::Set(SettingChange::Language(chosen))
    });
    html! {
        <section class="set">
            <h2>{ m.settings_look() }</h2>
            <label class="set__row">
                <span>{ m.settings_language() }</span>
                <select onchange={choose}>
                    <option value="vi" lang="vi" selected={language == Language::Vi}>{ m.own_name_vi() }</option>
                    <option value="en" lang="en" selected={language == Language::En}>{ m.own_name_en() }</option>
                </select>
            </label>
            { type_controls(app) }
        </section>
    }
}

fn keys(app: &App) -> Html {
    let (m, is_on) = (app.m, app.state.settings.letter_keys);
    let toggle = app.hub.on(move |_: MouseEvent| Action::Set(SettingChange::LetterKeys(!is_on)));
    html! {
        <section class="set">
            <h2>{ m.settings_keys() }</h2>
            <label class="set__row">
                <span>{ m.letter_keys() }<br /><small class="faint">{ m.letter_keys_text() }</small></span>
                <input type="checkbox" class="switch" checked={is_on} onclick={toggle} />
            </label>
        </section>
    }
}

fn you(app: &App) -> Html {
    let m = app.m;
    let author = app.state.settings.author.clone().unwrap_or_default();
    let change = app.hub.on(|event: Event| {
        let name = event.target_unchecked_into::<HtmlInputElement>().value();
        Action::Set(SettingChange::Author(name))
    });
    html! {
        <section class="set">
            <h2>{ m.settings_you() }</h2>
            <label class="set__row">
                <span>{ m.author() }<br /><small class="faint">{ m.author_text() }</small></span>
                <span class="field"><input value={author} onchange={change} autocomplete="name" /></span>
            </label>
        </section>
    }
}

fn removed(app: &App) -> Html {
    let m = app.m;
    let removed: Vec<_> = app.state.library.removed().collect();
    let put_back = |document: &DocumentId| {
        let document = document.clone();
        app.hub.on(move |_: MouseEvent| Action::Remove {
            document: document.clone(),
            removed: false,
            at: clock::now(),
        })
    };
    html! {
        <section class="set">
            <h2>{ m.settings_removed() }</h2>
            if removed.is_empty() { <p class="faint">{ m.removed_none() }</p> }
            for entry in removed {
                <div class="set__row" key={entry.head.id.0.clone()}>
                    <span lang={entry.head.language.code()}>{ &entry.head.title }</span>
                    <button type="button" class="btn" onclick={put_back(&entry.head.id)}>{ m.put_back() }</button>
                </div>
            }
        </section>
    }
}

/// An address that is kept for a view of a later version.
pub(super) fn planned_view(m: Messages) -> Html {
    html! {
        <main id="main" class="stage soon" tabindex="-1">
            <h1>{ m.planned_title() }</h1>
            <p>{ m.planned_text() }</p>
            <a class="btn btn--primary" href={Route::Library.href()}>{ m.to_library() }</a>
        </main>
    }
}
