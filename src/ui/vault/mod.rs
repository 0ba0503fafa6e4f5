//! The vault: whether a year of work is safe, and how it comes back. Backups, storage health, history.
//!
//! It is a binary of its own, which the settings load when they are opened: whoever only reads never pays for it. It
//! lives in an element of the page, works through the helper thread, and the windows hear of what it did by the
//! journal, as they hear of each other.
mod backup;
mod health;
mod history;
mod restore;

use std::cell::RefCell;

use gloo::events::EventListener;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::messages::Messages;
use crate::browser::bell::Bell;
use crate::browser::worker_client::WorkerClient;
use crate::browser::{clock, document, files, log, window};
use crate::model::document::Language;
use crate::model::id::WindowId;
use crate::worker::vault_protocol::{Origin, VaultAnswer, VaultRequest};

/// The id of the element that the settings offer.
pub(super) const ELEMENT: &str = "vault";
/// The event by which the settings say that a new element is there.
pub(super) const SHOW: &str = "concord-vault";
/// The script that starts the binary.
pub(super) const SCRIPT: &str = "./vault_loader.js";

thread_local! {
    static SHOWN: RefCell<Option<yew::AppHandle<Vault>>> = const { RefCell::new(None) };
}

/// Mounts the vault where the settings offer a place, now and whenever they are opened again.
pub fn run() {
    yew::set_custom_panic_hook(Box::new(|info| log(&info.to_string())));
    // Yew tells the apps of one page apart by numbers that each binary counts from 1; the page itself has number 1.
    let nowhere =
        document().create_element("div").map(|element| yew::Renderer::<Nowhere>::with_root(element).render());
    if let Ok(nowhere) = nowhere {
        nowhere.destroy();
    }
    show();
    EventListener::new(&window(), SHOW, |_| show()).forget();
}

fn show() {
    let Some(element) = document().get_element_by_id(ELEMENT) else { return };
    let attribute = |name: &str| element.get_attribute(name).filter(|value| !value.is_empty());
    let properties = VaultProps {
        language: if attribute("data-language").as_deref() == Some("vi") {
            Language::Vi
        } else {
            Language::En
        },
        device: attribute("data-device").unwrap_or_default(),
        author: attribute("data-author"),
    };
    let handle = yew::Renderer::<Vault>::with_root_and_props(element, properties).render();
    let old = SHOWN.with_borrow_mut(|shown| shown.replace(handle));
    // The element of the old one may be gone already.
    if let Some(old) = old {
        old.destroy();
    }
}

#[component]
fn Nowhere() -> Html {
    Html::default()
}

#[derive(Properties, PartialEq)]
struct VaultProps {
    language: Language,
    device: String,
    author: Option<String>,
}

/// What every section needs.
#[derive(Clone)]
struct Desk {
    m: Messages,
    device: String,
    author: Option<String>,
    worker: WorkerClient,
    bell: std::rc::Rc<Bell>,
    /// What is being done, in words; none when nothing is.
    busy: UseStateHandle<Option<AttrValue>>,
    /// What came of it, and whether it is an error.
    said: UseStateHandle<Option<(bool, AttrValue)>>,
    /// Counts up whenever storage was changed from here, so that all sections read it anew.
    round: UseStateHandle<u32>,
}

impl Desk {
    fn origin(&self) -> Origin {
        Origin {
            device: self.device.as_str().into(),
            window: WindowId(format!("vault-{}", clock::new_id())),
            author: self.author.clone(),
            at: clock::now(),
        }
    }

    /// Asks the helper thread; `then` gets what it answered, unless it failed, which is said.
    fn ask(
        &self,
        doing: Option<&str>,
        request: VaultRequest,
        bytes: Vec<u8>,
        then: impl FnOnce(&Desk, VaultAnswer, Option<Vec<u8>>) + 'static,
    ) {
        let desk = self.clone();
        if let Some(doing) = doing {
            desk.busy.set(Some(doing.to_owned().into()));
            desk.said.set(None);
        }
        let has_words = doing.is_some();
        spawn_local(async move {
            let answer = desk.worker.ask_vault(&request, &bytes).await;
            if has_words {
                desk.busy.set(None);
            }
            match answer {
                Ok((VaultAnswer::Failed { is_full, cause }, _)) => {
                    log(&cause);
                    let m = desk.m;
                    desk.say(true, if is_full { m.vault_full() } else { m.vault_failed() });
                }
                Ok((answer, bytes)) => then(&desk, answer, bytes.map(|bytes| bytes.to_vec())),
                Err(crate::browser::worker_client::WorkerError::Cancelled) => {
                    desk.say(false, desk.m.vault_cancelled());
                }
                Err(error) => {
                    log(&error.to_string());
                    desk.say(true, desk.m.vault_failed());
                }
            }
        });
    }

    fn say(&self, is_error: bool, text: impl Into<AttrValue>) {
        self.said.set(Some((is_error, text.into())));
    }

    /// Storage was changed: the windows are told, and everything shown here is read anew.
    fn changed(&self) {
        self.bell.ring();
        self.round.set(*self.round + 1);
    }

    fn save(&self, name: &str, media_type: &str, bytes: &[u8]) {
        match files::save(name, media_type, bytes) {
            Ok(()) => self.say(false, self.m.exported(name)),
            Err(error) => {
                log(&format!("{error:?}"));
                self.say(true, self.m.export_failed());
            }
        }
    }
}

#[component]
fn Vault(props: &VaultProps) -> Html {
    let m = Messages(props.language);
    let worker = use_memo((), |()| WorkerClient::default());
    let bell = use_memo((), |()| {
        let bell = Bell::default();
        bell.listen(|| {});
        bell
    });
    let desk = Desk {
        m,
        device: props.device.clone(),
        author: props.author.clone(),
        worker: (*worker).clone(),
        bell,
        busy: use_state_eq(|| None),
        said: use_state_eq(|| None),
        round: use_state_eq(|| 0),
    };
    let stopping = desk.worker.clone();
    let stop = Callback::from(move |_: MouseEvent| stopping.cancel());
    let said = desk.said.as_ref();
    let backup = backup::use_backup(&desk);
    let health = health::use_health(&desk);
    let history = history::use_history(&desk);
    html! {
        <>
            <div aria-live="polite" class="vault__said">
                if let Some(busy) = &*desk.busy {
                    <p class="note note--info">
                        <span class="grow">{ busy }</span>
                        <button type="button" class="btn btn--sm" onclick={stop}>{ m.cancel() }</button>
                    </p>
                }
                if let Some((is_error, text)) = said {
                    <p class={classes!("note", if *is_error { "note--danger" } else { "note--ok" })}
                        role={is_error.then_some("alert")}>{ text }</p>
                }
            </div>
            { backup }
            { health }
            { history }
        </>
    }
}
