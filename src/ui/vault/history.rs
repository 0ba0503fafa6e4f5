//! What was changed, when and by whom; and the way back to before it.
use yew::prelude::*;

use super::Desk;
use crate::browser::clock;
use crate::model::codebook::Codebook;
use crate::model::edit::{Deed, Direction};
use crate::model::id::DocumentId;
use crate::state::Route;
use crate::ui::words;
use crate::worker::vault_protocol::{Entry, Line, VaultAnswer, VaultRequest};

/// So many steps are read at once.
const PAGE: u32 = 30;

#[derive(Clone, Default, PartialEq)]
struct Shown {
    entries: Vec<Entry>,
    has_more: bool,
    codebook: Codebook,
}

#[hook]
pub(super) fn use_history(desk: &Desk) -> Html {
    let m = desk.m;
    let is_open = use_state_eq(|| false);
    let document = use_state_eq(|| None::<(DocumentId, String)>);
    let shown = use_state_eq(Shown::default);

    let read = {
        let (desk, shown) = (desk.clone(), shown.clone());
        move |document: Option<DocumentId>, old: Vec<Entry>| {
            let before = old.last().map(|entry| entry.key);
            let request = VaultRequest::History { document, before, limit: PAGE };
            let shown = shown.clone();
            desk.ask(None, request, Vec::new(), move |_, answer, _| {
                if let VaultAnswer::History { entries, has_more, tags } = answer {
                    let entries = old.into_iter().chain(entries).collect();
                    shown.set(Shown { entries, has_more, codebook: Codebook::with(tags) });
                }
            });
        }
    };
    let reading = read.clone();
    use_effect_with(
        (*is_open, document.as_ref().map(|(id, _)| id.clone()), *desk.round),
        move |(is_open, id, _)| {
            if *is_open {
                reading(id.clone(), Vec::new());
            }
        },
    );
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let more = {
        let (id, old, read) =
            (document.as_ref().map(|(id, _)| id.clone()), shown.entries.clone(), read.clone());
        Callback::from(move |_: MouseEvent| read(id.clone(), old.clone()))
    };
    let all = {
        let document = document.clone();
        Callback::from(move |_: MouseEvent| document.set(None))
    };
    let mut day = String::new();
    let items = shown.entries.iter().map(|entry| {
        let this_day = clock::local_text(entry.at, m.0.code());
        let heading = (this_day != day).then(|| html! { <h3 class="history__day">{ this_day.clone() }</h3> });
        day = this_day;
        html! { <>{ heading }{ item(desk, entry, &shown.codebook, &document) }</> }
    });
    html! {
        <section class="set" aria-labelledby="vault-history">
            <h2 id="vault-history">{ m.history() }</h2>
            <p class="faint">{ m.history_text() }</p>
            <button type="button" class="btn" aria-expanded={is_open.to_string()} onclick={toggle}>
                { if *is_open { m.history_hide() } else { m.history_show() } }
            </button>
            if *is_open {
                if let Some((_, title)) = &*document {
                    <p class="row row--wrap">
                        <span>{ m.history_of(title) }</span>
                        <button type="button" class="btn btn--sm" onclick={all}>{ m.history_all() }</button>
                    </p>
                }
                if shown.entries.is_empty() { <p class="faint">{ m.history_none() }</p> }
                <div class="history">{ for items }</div>
                if shown.has_more {
                    <button type="button" class="btn" onclick={more}>{ m.history_more() }</button>
                }
            }
        </section>
    }
}

fn item(
    desk: &Desk,
    entry: &Entry,
    codebook: &Codebook,
    document: &UseStateHandle<Option<(DocumentId, String)>>,
) -> Html {
    let m = desk.m;
    let deed = words::deed(m, codebook, &entry.deed);
    let deed = match &entry.direction {
        Direction::Do => deed,
        Direction::Undo(_) => m.undone(&deed),
        Direction::Redo(_) => m.redone(&deed),
    };
    let who = entry.author.clone().unwrap_or_else(|| {
        if entry.is_own { m.history_here().to_owned() } else { m.history_elsewhere().to_owned() }
    });
    let time = clock::local_time(entry.at);
    let first = entry.lines.iter().find_map(|line| line.document.clone());
    let can_revert = !entry.is_history && entry.deed != Deed::AddDocument && first.is_some();
    let revert = {
        let (desk, first, key) = (desk.clone(), first.clone(), entry.key);
        // One passage alone comes back when the step was about one passage alone.
        let only = (entry.count == 1)
            .then(|| entry.lines.first().and_then(|line| line.annotation.clone()))
            .flatten();
        Callback::from(move |_: MouseEvent| {
            let Some((document, _)) = first.clone() else { return };
            let request = VaultRequest::Revert { document, only: only.clone(), key, origin: desk.origin() };
            desk.ask(Some(desk.m.history_reverting()), request, Vec::new(), |desk, answer, _| {
                if let VaultAnswer::Reverted(count) = answer {
                    desk.say(
                        false,
                        if count == 0 {
                            desk.m.history_same().into()
                        } else {
                            desk.m.history_reverted(count)
                        },
                    );
                    desk.changed();
                }
            });
        })
    };
    let choose = {
        let (document, first) = (document.clone(), first.clone());
        Callback::from(move |_: MouseEvent| document.set(first.clone()))
    };
    let revert_label = if entry.count == 1 && entry.lines.iter().any(|line| line.annotation.is_some()) {
        m.history_revert_one()
    } else {
        m.history_revert()
    };
    html! {
        <div class="history__i">
            <p class="row row--wrap">
                <span class="num faint">{ time }</span>
                <b>{ deed }</b>
                <span class="faint">{ who }</span>
                if entry.count > 1 { <span class="faint">{ m.history_count(entry.count) }</span> }
            </p>
            { for entry.lines.iter().map(|line| change(m, line)) }
            <p class="row row--wrap">
                if let (Some((_, title)), None) = (&first, &**document) {
                    <button type="button" class="link" onclick={choose}>{ m.history_only(title) }</button>
                }
                if can_revert {
                    <button type="button" class="btn btn--sm" onclick={revert}>{ revert_label }</button>
                }
            </p>
        </div>
    }
}

fn change(m: crate::ui::messages::Messages, line: &Line) -> Html {
    let href = line.document.as_ref().map(|(document, _)| {
        Route::Read { document: document.clone(), annotation: line.annotation.clone() }.href()
    });
    let quote = if line.quote.is_empty() {
        line.document.as_ref().map(|(_, title)| title.clone()).unwrap_or_default()
    } else {
        format!("“{}”", line.quote)
    };
    html! {
        <p class="history__l">
            if let Some(href) = href { <a class="serif" {href}>{ quote }</a> }
            if line.before != line.after {
                <span class="history__d">
                    if !line.before.is_empty() { <del aria-label={m.history_before(&line.before)}>{ &line.before }</del> }
                    { " " }
                    if !line.after.is_empty() { <ins aria-label={m.history_after(&line.after)}>{ &line.after }</ins> }
                </span>
            }
        </p>
    }
}
