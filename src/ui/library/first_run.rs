//! The empty library: what this is, in one sentence that shows it, and the three ways to begin.
use yew::prelude::*;

use crate::model::codebook::TagStyle;
use crate::model::document::Language;
use crate::state::{Action, Overlay, SettingChange};
use crate::ui::hub::App;
use crate::ui::inputs::Input;
use crate::ui::widgets::{Icon, icon};

/// The sample article in a language.
pub(super) fn sample(language: Language) -> &'static str {
    match language {
        Language::Vi => "samples/vi.html",
        Language::En => "samples/en.md",
    }
}

pub(super) fn first_run(app: &App) -> Html {
    let (m, language) = (app.m, app.state.language());
    let choosing = app.hub.clone();
    let open_sample =
        app.hub.on(move |_: MouseEvent| choosing.inputs().choose(vec![Input::Sample(sample(language))]));
    let other = match language {
        Language::Vi => Language::En,
        Language::En => Language::Vi,
    };
    let switch = app.hub.on(move |_: MouseEvent| Action::Set(SettingChange::Language(other)));
    let open_dialog = app.hub.on(|_: MouseEvent| Action::Show(Some(Overlay::Import)));
    let part = |style: TagStyle, words: &'static str, role: &'static str| {
        html! {
            <span class="w">
                <span class={format!("hl-{}", style.name())}>{ words }</span>
                <small>{ role }</small>
            </span>
        }
    };
    html! {
        <section class="first">
            <p class="first__lead">
                { part(TagStyle::Lead, m.first_sentence_lead(), m.first_lead()) }{ m.first_sentence_1() }
                { part(TagStyle::Partner, m.first_sentence_partner(), m.first_partner()) }{ m.first_sentence_2() }
                { part(TagStyle::Task, m.first_sentence_task(), m.first_task()) }{ m.first_sentence_3() }
                { part(TagStyle::Target, m.first_sentence_target(), m.first_target()) }{ m.first_sentence_4() }
                { part(TagStyle::Basis, m.first_sentence_basis(), m.first_basis()) }{ m.first_sentence_5() }
                { part(TagStyle::Due, m.first_sentence_due(), m.first_due()) }{ m.first_sentence_6() }
            </p>
            <h1>{ m.first_title() }</h1>
            <p class="first__sub">{ m.first_text() }</p>
            <div class="drop drop--big">
                { icon(Icon::FileIn) }
                <p><b>{ m.first_drop() }</b><br />{ m.first_drop_formats() }</p>
            </div>
            <div class="first__act">
                <button type="button" class="btn btn--primary" onclick={open_sample}>
                    { icon(Icon::Book) }{ m.open_sample() }
                </button>
                <button type="button" class="btn" onclick={open_dialog}>{ icon(Icon::Plus) }{ m.import() }</button>
            </div>
            <p class="first__en">
                <span lang={other.code()}>{ m.switch_language_lead() }</span>{ " " }
                <button type="button" class="link" lang={other.code()} onclick={switch}>{ m.switch_language() }</button>
            </p>
        </section>
    }
}
