//! The status line: the one place that says whether the work is safe.
use yew::prelude::*;

use super::{Icon, icon};
use crate::model::text::{Unit, units};
use crate::ui::contexts::{use_document, use_messages, use_status, use_view};

/// The sentence about saving, with its look.
#[derive(Properties, PartialEq)]
pub(in crate::ui) struct SavedTextProps {
    /// Whether this one is announced. Only one on the page may be.
    #[prop_or_default]
    pub(in crate::ui) is_status: bool,
    #[prop_or_default]
    pub(in crate::ui) class: Classes,
}

#[component]
pub(in crate::ui) fn SavedText(props: &SavedTextProps) -> Html {
    let messages = use_messages();
    let saving = use_status().saving;
    let unsaved = u32::try_from(saving.unsaved()).unwrap_or(u32::MAX);
    let (look, sign, text) = match (saving.trouble, unsaved) {
        (Some(_), n) if n > 0 => ("is-error", Icon::Alert, messages.not_saved(n)),
        (_, 0) => ("", Icon::Check, messages.saved().to_owned()),
        _ => ("is-busy", Icon::Busy, messages.saving().to_owned()),
    };
    html! {
        <span class={classes!("status__saved", look, props.class.clone())} role={props.is_status.then_some("status")}>
            { icon(sign) }{ text }
        </span>
    }
}

#[component]
pub(in crate::ui) fn Status() -> Html {
    let messages = use_messages();
    let view = use_view().0;
    let document = use_document().0;
    let selected = view.selection.zip(document).map(|(selected, open)| {
        let words = units(open.text.slice(selected.span), Unit::Syllable).len() as u32;
        let edges = if selected.is_exact { messages.edges_exact() } else { messages.edges_snapped() };
        format!("{}, {edges}", messages.syllables_selected(words))
    });
    html! {
        <footer class="status">
            <SavedText is_status={true} />
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
