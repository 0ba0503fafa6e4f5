//! Carrying everything away in one file, and the copies that are kept by themselves.
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use super::{Desk, restore};
use crate::browser::storage::{DATABASE, Storage};
use crate::browser::{clock, log, window};
use crate::model::time::Timestamp;
use crate::record::read_json;
use crate::record::setting_names::{COPIES, COPY_FILE, LAST_BACKUP};
use crate::worker::vault_protocol::{Copies, VaultAnswer, VaultRequest};

/// After this many ms a backup is called late.
const REMIND_AFTER: i64 = 7 * 86_400_000;

#[hook]
pub(super) fn use_backup(desk: &Desk) -> Html {
    let m = desk.m;
    let copies = use_state_eq(|| None::<(Copies, Option<Timestamp>)>);
    let is_restoring = use_state_eq(|| false);
    let found = copies.clone();
    use_effect_with(*desk.round, move |_| {
        spawn_local(async move { found.set(Some(read_copies().await)) });
    });

    let download = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let request = VaultRequest::Backup(desk.origin());
            desk.ask(Some(m.vault_writing()), request, Vec::new(), |desk, answer, bytes| {
                if let (VaultAnswer::Backup { name }, Some(bytes)) = (answer, bytes) {
                    desk.save(&name, "application/zip", &bytes);
                    let at = clock::now();
                    let desk = desk.clone();
                    spawn_local(async move {
                        note_download(at.0).await;
                        desk.round.set(*desk.round + 1);
                    });
                }
            });
        })
    };
    let keep_now = |desk: &Desk| {
        let request = VaultRequest::KeepCopy(desk.origin());
        desk.ask(Some(desk.m.vault_writing()), request, Vec::new(), |desk, answer, _| {
            if let VaultAnswer::Kept(_) = answer {
                desk.say(false, desk.m.copy_kept());
                desk.round.set(*desk.round + 1);
            }
        });
    };
    let choose_file = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let desk = desk.clone();
            spawn_local(async move {
                match choose_copy_file().await {
                    Ok(true) => keep_now(&desk),
                    Ok(false) => {}
                    Err(error) => {
                        log(&format!("{error:?}"));
                        desk.say(true, desk.m.vault_failed());
                    }
                }
            });
        })
    };
    let copy_now = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| keep_now(&desk))
    };
    let open = |on: bool| {
        let is_restoring = is_restoring.clone();
        Callback::from(move |()| is_restoring.set(on))
    };
    let (copies, last) = copies.as_ref().map_or((None, None), |(copies, last)| (Some(copies), *last));
    let is_late = copies.is_some() && last.is_none_or(|last| clock::now().0 - last.0 > REMIND_AFTER);
    let when = |at: Option<Timestamp>| match at {
        Some(at) => clock::local_moment(at, m.0.code()),
        None => m.copy_never().to_owned(),
    };
    let dialog = restore::use_restore(desk, *is_restoring, open(false));
    html! {
        <>
        <section class="set" aria-labelledby="vault-backup">
            <h2 id="vault-backup">{ m.backup() }</h2>
            <p class="faint">{ m.backup_text() }</p>
            <div class="row row--wrap">
                <button type="button" class="btn btn--primary" onclick={download}>{ m.download_backup() }</button>
                <button type="button" class="btn" onclick={open(true).reform(|_: MouseEvent| ())}>{ m.restore_backup() }</button>
            </div>
            if is_late {
                <p class="note note--warn">
                    { match last {
                        Some(last) => m.backup_late(&clock::local_moment(last, m.0.code())),
                        None => m.backup_never().to_owned(),
                    } }
                </p>
            }
            if let Some(copies) = copies {
                if let (Some(last), false) = (last, is_late) {
                    <div class="set__row"><span>{ m.backup_last() }</span><span>{ when(Some(last)) }</span></div>
                }
                <div class="set__row">
                    <span>{ m.copy_private() }<br /><small class="faint">{ m.copy_private_text() }</small></span>
                    <span class="row">
                        <span>{ when(copies.private) }</span>
                        <button type="button" class="btn btn--sm" onclick={copy_now}>{ m.copy_now() }</button>
                    </span>
                </div>
                <div class="set__row">
                    <span>{ m.copy_file() }<br />
                        <small class="faint">
                            { if can_choose_file() { m.copy_file_text() } else { m.copy_file_missing() } }
                        </small>
                    </span>
                    if can_choose_file() {
                        <span class="row">
                            if let Some(name) = &copies.file_name {
                                <span>{ name }{ ", " }{ when(copies.file) }</span>
                            }
                            <button type="button" class="btn btn--sm" onclick={choose_file}>{ m.copy_file_choose() }</button>
                        </span>
                    }
                </div>
            }
        </section>
        { dialog }
        </>
    }
}

/// The copies that are kept by themselves, and when a backup last left this browser.
async fn read_copies() -> (Copies, Option<Timestamp>) {
    let storage = Storage::open(DATABASE, || {}, || {}).await.storage;
    let copies = storage.setting(COPIES).await.ok().flatten().and_then(|value| value.as_string());
    let last = storage.setting(LAST_BACKUP).await.ok().flatten().and_then(|value| value.as_string());
    storage.close();
    let copies = copies.and_then(|json| read_json(&json).ok()).unwrap_or_default();
    (copies, last.and_then(|text| text.parse().ok()).map(Timestamp))
}

/// Remembers that a backup left this browser: a reminder comes when that was long ago.
async fn note_download(at: i64) {
    let storage = Storage::open(DATABASE, || {}, || {}).await.storage;
    if let Err(error) = storage.set_setting(LAST_BACKUP, at.to_string().into()).await {
        log(&error.to_string());
    }
    storage.close();
}

fn can_choose_file() -> bool {
    Reflect::has(&window(), &"showSaveFilePicker".into()).unwrap_or(false)
}

/// Asks for a file and remembers it; false when the person changed their mind.
async fn choose_copy_file() -> Result<bool, JsValue> {
    let pick: Function = Reflect::get(&window(), &"showSaveFilePicker".into())?.dyn_into()?;
    let options = js_sys::Object::new();
    Reflect::set(&options, &"suggestedName".into(), &"concord-backup.zip".into())?;
    let chosen = JsFuture::from(pick.call1(&window(), &options)?.unchecked_into::<js_sys::Promise>()).await;
    let handle = match chosen {
        Ok(handle) => handle,
        Err(error) => {
            let name = Reflect::get(&error, &"name".into())?.as_string();
            return if name.as_deref() == Some("AbortError") { Ok(false) } else { Err(error) };
        }
    };
    let storage = Storage::open(DATABASE, || {}, || {}).await.storage;
    let kept = storage.set_setting(COPY_FILE, handle).await;
    storage.close();
    kept.map(|()| true).map_err(|error| JsValue::from_str(&error.to_string()))
}
