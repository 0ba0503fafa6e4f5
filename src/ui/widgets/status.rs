//! The status line: the one place that says whether the work is safe.
use yew::prelude::*;

use super::{Icon, icon};
use crate::model::text::{Unit, units};
use crate::ui::hub::{App, Slice, use_app};
use crate::ui::piece::piece;

/// The sentence about saving, with its look. Only one on the page may be announced (`role="status"`).
pub(in crate::ui) fn saved_text(app: &App, role: Option<&'static str>, class: &'static str) -> Html {
    let (m, saving) = (app.m, &app.state.saving);
    let unsaved = u32::try_from(saving.unsaved()).unwrap_or(u32::MAX);
    let (look, sign, text) = match (saving.trouble, unsaved) {
        (Some(_), n) if n > 0 => ("is-error", Icon::Alert, m.not_saved(n)),
        (_, 0) => ("", Icon::Check, m.saved().to_owned()),
        _ => ("is-busy", Icon::Busy, m.saving().to_owned()),
    };
    html! { <span class={classes!("status__saved", look, class)} {role}>{ icon(sign) }{ text }</span> }
}

pub(in crate::ui) fn status() -> Html {
    piece("status", "", (), |(), context| use_status().run(context))
}

#[hook]
fn use_status() -> Html {
    let app = use_app(&[Slice::Status, Slice::View, Slice::Document]);
    let messages = app.m;
    let document = app.state.open.as_ref();
    let selected = app.state.view.selection.zip(document).map(|(selected, open)| {
        let words = units(open.text.slice(selected.span), Unit::Syllable).len() as u32;
        let edges = if selected.is_exact { messages.edges_exact() } else { messages.edges_snapped() };
        format!("{}, {edges}", messages.syllables_selected(words))
    });
    html! {
        <footer class="status">
            { saved_text(&app, Some("status"), "") }
            if let Some(selected) = selected {
                <span class="sep" />
                <span>{ selected }</span>
                <span class="grow" />
                <span><kbd class="kbd">{ "Alt" }</kbd>{ " " }<kbd class="kbd">{ "→" }</kbd>{ " " }{ messages.hint_grow() }</span>
                <span><kbd class="kbd">{ "Esc" }</kbd>{ " " }{ messages.hint_drop() }</span>
            } else {
                <span class="grow" />
                <span><kbd class="kbd">{ "?" }</kbd>{ " " }{ messages.shortcut_help() }</span>
            }
        </footer>
    }
}
