//! Whether the work is safe: said in one sentence, with what it rests on below.
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::Desk;
use crate::browser::clock;
use crate::browser::offline::{self, StorageReport};
use crate::ui::widgets::{Icon, icon};
use crate::worker::vault_protocol::{DocumentSize, Health, VaultAnswer, VaultRequest};

/// So many documents are listed with their sizes.
const LISTED: usize = 8;
/// The history before this many days can be forgotten.
const KEPT_DAYS: i64 = 90;

#[hook]
pub(super) fn use_health(desk: &Desk) -> Html {
    let m = desk.m;
    let report = use_state_eq(StorageReport::default);
    let health = use_state_eq(|| None::<Health>);
    let (told, found, asking) = (report.clone(), health.clone(), desk.clone());
    use_effect_with(*desk.round, move |_| {
        spawn_local(async move { told.set(offline::storage_report().await) });
        asking.ask(None, VaultRequest::Health, Vec::new(), move |_, answer, _| {
            if let VaultAnswer::Health(health) = answer {
                found.set(Some(health));
            }
        });
    });
    let protect = {
        let report = report.clone();
        Callback::from(move |_: MouseEvent| {
            let report = report.clone();
            spawn_local(async move {
                offline::ask_to_persist().await;
                report.set(offline::storage_report().await);
            });
        })
    };
    let save_damaged = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.ask(Some(m.vault_writing()), VaultRequest::Damaged, Vec::new(), |desk, answer, bytes| {
                if let (VaultAnswer::Damaged { name }, Some(bytes)) = (answer, bytes) {
                    desk.save(&name, "application/jsonl", &bytes);
                }
            });
        })
    };
    let shorten = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let before = crate::model::time::Timestamp(clock::now().0 - KEPT_DAYS * 86_400_000);
            desk.ask(Some(m.vault_shortening()), VaultRequest::Shorten(before), Vec::new(), |desk, _, _| {
                desk.say(false, desk.m.vault_shortened());
                desk.round.set(*desk.round + 1);
            });
        })
    };
    let report = *report;
    let used = match (report.usage, report.quota) {
        (Some(usage), Some(quota)) => m.storage_used_of(&m.bytes(quota), &m.bytes(usage)),
        _ => m.storage_unknown().to_owned(),
    };
    let is_persisted = report.persisted == Some(true);
    let check = |ok: bool| icon(if ok { Icon::Check } else { Icon::Info });
    let health = health.as_ref();
    let damaged = health.map_or(0, |health| health.damaged.len() as u32);
    let altered = health.map_or(&[][..], |health| &health.altered);
    let is_old = health
        .and_then(|health| health.first_step)
        .is_some_and(|first| clock::now().0 - first.0 > KEPT_DAYS * 86_400_000);
    html! {
        <section class="set" aria-labelledby="vault-health" data-quarantined={health.map(|_| damaged.to_string())}>
            <h2 id="vault-health">{ m.settings_storage() }</h2>
            {
                match health {
                    None => html! { <p class="note" role="status">{ m.health_checking() }</p> },
                    Some(health) if damaged == 0 && altered.is_empty() => html! {
                        <p class="note note--ok">
                            { icon(Icon::Done) }
                            <span>{ m.health_good(&m.library_count(health.documents), &m.passages(health.annotations)) }</span>
                        </p>
                    },
                    Some(_) => html! {
                        <div class="note note--warn" role="alert">
                            { icon(Icon::Warning) }
                            <div>
                                if damaged > 0 { <p>{ m.health_damaged(damaged) }</p> }
                                if !altered.is_empty() { <p>{ m.health_altered(&altered.join(", ")) }</p> }
                            </div>
                            if damaged > 0 {
                                <button type="button" class="btn btn--sm" onclick={save_damaged}>{ m.health_save_damaged() }</button>
                            }
                        </div>
                    },
                }
            }
            <div class="set__row"><span>{ m.storage_used() }</span><span>{ used }</span></div>
            <div class="set__row">
                <span>{ m.persisted() }<br />
                    <small class="faint">{ if is_persisted { m.persisted_yes() } else { m.persisted_no() } }</small>
                </span>
                if is_persisted {
                    { check(true) }
                } else {
                    <button type="button" class="btn btn--sm" onclick={protect}>{ m.ask_to_persist() }</button>
                }
            </div>
            <div class="set__row">
                <span>{ m.works_offline() }<br />
                    <small class="faint">{ if report.works_offline { m.offline_yes() } else { m.offline_no() } }</small>
                </span>
                { check(report.works_offline) }
            </div>
            if let Some(health) = health {
                if !health.sizes.is_empty() { { sizes(desk, &health.sizes) } }
                <div class="set__row">
                    <span>{ m.journal_steps(health.steps) }<br /><small class="faint">{ m.journal_text() }</small></span>
                    if is_old {
                        <button type="button" class="btn btn--sm" onclick={shorten}>{ m.journal_shorten() }</button>
                    }
                </div>
            }
        </section>
    }
}

fn sizes(desk: &Desk, sizes: &[DocumentSize]) -> Html {
    let m = desk.m;
    let row = |size: &DocumentSize| {
        let bytes = |value: u64| m.bytes(value as f64);
        html! {
            <tr>
                <th scope="row">{ if size.title.is_empty() { m.size_nameless().into() } else { size.title.clone() } }</th>
                <td>{ bytes(size.text) }</td>
                <td>{ bytes(size.annotations) }</td>
                <td>{ bytes(size.files) }</td>
            </tr>
        }
    };
    html! {
        <details class="sizes">
            <summary>{ m.sizes() }</summary>
            <div class="tally" data-scroll-x="" tabindex="0">
                <table>
                    <thead><tr>
                        <th scope="col">{ m.size_document() }</th>
                        <th scope="col">{ m.size_text() }</th>
                        <th scope="col">{ m.annotations() }</th>
                        <th scope="col">{ m.download_original() }</th>
                    </tr></thead>
                    <tbody>{ for sizes.iter().take(LISTED).map(row) }</tbody>
                </table>
            </div>
        </details>
    }
}
