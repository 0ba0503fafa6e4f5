//! Restoring: choose a file, see what it would do, then do it.
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::Desk;
use crate::browser::{clock, files, log};
use crate::model::time::Timestamp;
use crate::record::backup::{BackupError, Preview, RestoreMode, Tally};
use crate::ui::messages::Messages;
use crate::ui::widgets::{DialogProps, dialog};
use crate::worker::vault_protocol::{VaultAnswer, VaultRequest};

/// How far the restore is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// No file yet.
    Choosing,
    /// Being looked at.
    Reading,
    /// This is what it would do.
    Shown { created: String, is_own: bool, preview: Preview },
    /// Being written.
    Writing,
    /// Done.
    Done(Preview),
    /// The file cannot be restored.
    Refused(AttrValue),
}

#[hook]
pub(super) fn use_restore(desk: &Desk, is_open: bool, on_close: Callback<()>) -> Html {
    let m = desk.m;
    let stage = use_state_eq(|| Stage::Choosing);
    let mode = use_state_eq(|| RestoreMode::Merge);
    let bytes = use_mut_ref(|| Rc::new(Vec::<u8>::new()));
    let kept = use_state_eq(|| None::<Timestamp>);

    let (fresh, found, asking) = (stage.clone(), kept.clone(), desk.clone());
    use_effect_with(is_open, move |&is_open| {
        if is_open {
            fresh.set(Stage::Choosing);
            asking.ask(None, VaultRequest::FindCopy, Vec::new(), move |_, answer, _| {
                if let VaultAnswer::Copy(at) = answer {
                    found.set(at);
                }
            });
        }
    });
    if !is_open {
        return html! {};
    }

    let inspect = {
        let (desk, stage, bytes) = (desk.clone(), stage.clone(), bytes.clone());
        Rc::new(move |mode: RestoreMode| {
            stage.set(Stage::Reading);
            let request = VaultRequest::Inspect { mode, origin: desk.origin() };
            let stage = stage.clone();
            let archive = bytes.borrow().to_vec();
            desk.ask(None, request, archive, move |desk, answer, _| {
                stage.set(match answer {
                    VaultAnswer::Preview { created, is_own, preview } => {
                        Stage::Shown { created, is_own, preview }
                    }
                    VaultAnswer::Refused(error) => Stage::Refused(refusal(desk.m, &error)),
                    _ => Stage::Choosing,
                });
            });
        })
    };
    let on_file = {
        let (inspect, bytes, mode) = (inspect.clone(), bytes.clone(), *mode);
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let Some(file) = input.files().and_then(|list| list.item(0)) else { return };
            let (inspect, bytes) = (inspect.clone(), bytes.clone());
            spawn_local(async move {
                match files::bytes(&file).await {
                    Ok(read) => {
                        bytes.replace(Rc::new(read));
                        inspect(mode);
                    }
                    Err(error) => log(&format!("{error:?}")),
                }
            });
        })
    };
    let use_kept = {
        let (desk, bytes, inspect, mode) = (desk.clone(), bytes.clone(), inspect.clone(), *mode);
        Callback::from(move |_: MouseEvent| {
            let (bytes, inspect) = (bytes.clone(), inspect.clone());
            desk.ask(None, VaultRequest::FindCopy, Vec::new(), move |_, _, found| {
                if let Some(found) = found {
                    bytes.replace(Rc::new(found));
                    inspect(mode);
                }
            });
        })
    };
    let set_mode = |to: RestoreMode| {
        let (mode, inspect) = (mode.clone(), inspect.clone());
        Callback::from(move |_: Event| {
            mode.set(to);
            inspect(to);
        })
    };
    let go = {
        let (desk, stage, bytes, mode) = (desk.clone(), stage.clone(), bytes.clone(), *mode);
        Callback::from(move |_: MouseEvent| {
            stage.set(Stage::Writing);
            let request = VaultRequest::Restore { mode, origin: desk.origin() };
            let (stage, archive) = (stage.clone(), bytes.borrow().to_vec());
            desk.ask(None, request, archive, move |desk, answer, _| {
                stage.set(match answer {
                    VaultAnswer::Restored(preview) => {
                        desk.changed();
                        Stage::Done(preview)
                    }
                    VaultAnswer::Refused(error) => Stage::Refused(refusal(desk.m, &error)),
                    _ => Stage::Choosing,
                });
            });
        })
    };
    let radio = |value: RestoreMode, label: &'static str, text: &'static str| {
        html! {
            <label class="set__row">
                <span>{ label }<br /><small class="faint">{ text }</small></span>
                <input type="radio" name="restore-mode" aria-label={label} checked={*mode == value} onchange={set_mode(value)} />
            </label>
        }
    };
    let name = match &*stage {
        Stage::Choosing => "choose",
        Stage::Reading | Stage::Writing => "working",
        Stage::Shown { .. } => "preview",
        Stage::Done(_) => "done",
        Stage::Refused(_) => "refused",
    };
    let body = html! {
        <div data-restore={name}>
            if !matches!(*stage, Stage::Done(_) | Stage::Writing) {
                <label class="field field--file">
                    <span>{ m.backup_file() }</span>
                    <input type="file" accept=".zip,application/zip" aria-label={m.backup_file()} onchange={on_file} />
                </label>
                if let Some(at) = *kept {
                    <p class="note note--info">
                        <span class="grow">{ m.copy_found(&clock::local_moment(at, m.0.code())) }</span>
                        <button type="button" class="btn btn--sm" onclick={use_kept}>{ m.copy_use() }</button>
                    </p>
                }
            }
            {
                match &*stage {
                    Stage::Choosing => html! { <p class="faint">{ m.restore_text() }</p> },
                    Stage::Reading => html! { <p class="note" role="status">{ m.restore_reading() }</p> },
                    Stage::Writing => html! { <p class="note" role="status">{ m.restore_writing() }</p> },
                    Stage::Refused(why) => html! { <p class="note note--danger" role="alert">{ why }</p> },
                    Stage::Done(preview) => html! {
                        <>
                            <p class="note note--ok" role="status">{ m.restore_done() }</p>
                            { tally(m, preview, false) }
                        </>
                    },
                    Stage::Shown { created, is_own, preview } => html! {
                        <>
                            <p>{ m.restore_from(&moment(m, created)) }{ " " }
                                { if *is_own { m.restore_own() } else { m.restore_other() } }</p>
                            { tally(m, preview, true) }
                            <fieldset class="restore__mode">
                                <legend class="vh">{ m.restore_mode() }</legend>
                                { radio(RestoreMode::Merge, m.restore_merge(), m.restore_merge_text()) }
                                { radio(RestoreMode::Replace, m.restore_replace(), m.restore_replace_text()) }
                            </fieldset>
                        </>
                    },
                }
            }
        </div>
    };
    let close = on_close.reform(|_: MouseEvent| ());
    let footer = html! {
        <>
            <button type="button" class="btn" onclick={close}>
                { if matches!(*stage, Stage::Done(_)) { m.close() } else { m.cancel() } }
            </button>
            if matches!(*stage, Stage::Shown { .. }) {
                <button type="button" class="btn btn--primary" onclick={go}>{ m.restore_go() }</button>
            }
        </>
    };
    dialog(DialogProps {
        title: m.restore_backup().into(),
        close: m.close().into(),
        on_close,
        body,
        footer,
        is_wide: true,
    })
}

/// The numbers of a preview: only rows and columns that say something.
fn tally(m: Messages, preview: &Preview, is_future: bool) -> Html {
    let rows = [
        (m.documents(), &preview.documents),
        (m.annotations(), &preview.annotations),
        (m.tags_list(), &preview.tags),
    ];
    let number = |value: u32| if value == 0 { "–".into() } else { m.number(value) };
    let row = |(name, tally): &(&'static str, &Tally)| {
        html! {
            <tr>
                <th scope="row">{ *name }</th>
                <td>{ number(tally.new) }</td>
                <td>{ number(tally.newer + tally.both) }</td>
                <td>{ number(tally.older) }</td>
                <td>{ number(tally.same) }</td>
                <td>{ number(tally.deleted_here) }</td>
                <td>{ number(tally.only_here) }</td>
            </tr>
        }
    };
    html! {
        <>
            <div class="tally" data-scroll-x="" tabindex="0">
                <table>
                    <caption class="vh">{ m.restore_table() }</caption>
                    <thead><tr>
                        <td />
                        <th scope="col">{ m.tally_new() }</th>
                        <th scope="col">{ m.tally_newer() }</th>
                        <th scope="col">{ m.tally_older() }</th>
                        <th scope="col">{ m.tally_same() }</th>
                        <th scope="col">{ m.tally_deleted() }</th>
                        <th scope="col">{ m.tally_only_here() }</th>
                    </tr></thead>
                    <tbody>{ for rows.iter().map(row) }</tbody>
                </table>
            </div>
            if is_future && preview.annotations.both > 0 {
                <p class="faint">{ m.tally_both(preview.annotations.both) }</p>
            }
            if preview.repaired > 0 {
                <p class="note note--warn">{ m.restore_repaired(preview.repaired) }</p>
            }
            if preview.unreadable > 0 {
                <p class="note note--warn">{ m.restore_unreadable(preview.unreadable) }</p>
            }
        </>
    }
}

fn refusal(m: Messages, error: &BackupError) -> AttrValue {
    match error {
        BackupError::NotABackup => m.refused_not().into(),
        BackupError::Damaged { part } => m.refused_damaged(part).into(),
        BackupError::Newer { .. } => m.refused_newer().into(),
        BackupError::TooLarge => m.refused_large().into(),
    }
}

/// The moment of an RFC 3339 text, in the language; the text itself when it is none.
fn moment(m: Messages, text: &str) -> String {
    let at = js_sys::Date::parse(text);
    if at.is_nan() { text.to_owned() } else { clock::local_moment(Timestamp(at as i64), m.0.code()) }
}
