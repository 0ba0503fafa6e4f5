//! The vault: whether a year of work is safe, and how it comes back. Backups, storage health, history; and the review
//! of passages after a new version came in.
//!
//! It is a binary of its own, which the settings load when they are opened: whoever only reads never pays for it. It
//! lives in an element of the page, works through the helper thread, and the windows hear of what it did by the
//! journal, as they hear of each other.
mod backup;
mod health;
mod history;
mod keys;
mod restore;
mod review;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::messages::Messages;
use crate::browser::bell::Bell;
use crate::browser::worker_client::WorkerClient;
use crate::browser::{clock, document, files, log, window};
use crate::model::document::Language;
use crate::model::id::{DocumentId, WindowId};
use crate::worker::vault_protocol::{Origin, VaultAnswer, VaultRequest};

/// The elements that the page offers have this class, and say in `data-view` what they are for.
const PLACES: &str = ".annex";
/// The event by which the page says that a new element is there.
pub(super) const SHOW: &str = "concord-vault";
/// The script that starts the binary.
pub(super) const SCRIPT: &str = "./vault_loader.js";

/// The styles that only this binary needs.
const STYLES: [&str; 2] = ["./vault.css", "./review.css"];

type TakeDown = Box<dyn FnOnce()>;

thread_local! {
    /// What is shown, and how it is taken down.
    static SHOWN: RefCell<Vec<(Element, TakeDown)>> = const { RefCell::new(Vec::new()) };
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
    with_styles(STYLES.len(), Rc::new(show));
    EventListener::new(&window(), SHOW, |_| show()).forget();
}

/// Loads the styles, then calls back: what is shown before would jump.
fn with_styles(count: usize, then: Rc<dyn Fn()>) {
    let left = Rc::new(Cell::new(count));
    for path in STYLES {
        let (left, then) = (left.clone(), then.clone());
        let arrived = move || {
            left.set(left.get() - 1);
            if left.get() == 0 {
                then();
            }
        };
        let link = document().create_element("link").and_then(|link| {
            link.set_attribute("rel", "stylesheet")?;
            link.set_attribute("href", path)?;
            document().head().map(|head| head.append_child(&link)).transpose()?;
            Ok(link)
        });
        match link {
            Ok(link) => {
                let arrived = Rc::new(arrived);
                for event in ["load", "error"] {
                    let arrived = arrived.clone();
                    EventListener::once(&link, event, move |_| arrived()).forget();
                }
            }
            Err(_) => arrived(),
        }
    }
}

/// Fills the places that are new, and takes down what stood in those that are gone.
fn show() {
    SHOWN.with_borrow_mut(|shown| {
        for (element, close) in shown.extract_if(.., |(element, _)| !element.is_connected()) {
            close();
            drop(element);
        }
        let Ok(places) = document().query_selector_all(PLACES) else { return };
        for n in 0..places.length() {
            let place = places.item(n).and_then(|node| node.dyn_into::<Element>().ok());
            let Some(place) = place.filter(|place| !shown.iter().any(|(known, _)| known == place)) else {
                continue;
            };
            let attribute = |name: &str| place.get_attribute(name).filter(|value| !value.is_empty());
            let properties = VaultProps {
                language: if attribute("data-language").as_deref() == Some("vi") {
                    Language::Vi
                } else {
                    Language::En
                },
                device: attribute("data-device").unwrap_or_default(),
                author: attribute("data-author"),
                view: match (attribute("data-view").as_deref(), attribute("data-document")) {
                    (Some("review"), Some(document)) => View::Review(document.as_str().into()),
                    (Some("keys"), _) => View::Keys,
                    _ => View::Settings,
                },
            };
            let handle = yew::Renderer::<Vault>::with_root_and_props(place.clone(), properties).render();
            shown.push((place, Box::new(move || handle.destroy())));
        }
    });
}

/// What a place is for.
#[derive(Clone, PartialEq)]
enum View {
    Settings,
    Review(DocumentId),
    Keys,
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
    view: View,
}

/// What every section needs.
#[derive(Clone)]
struct Desk {
    m: Messages,
    device: String,
    author: Option<String>,
    worker: WorkerClient,
    bell: Rc<Bell>,
    /// What is being done, in words; none when nothing is.
    busy: UseStateHandle<Option<AttrValue>>,
    /// What came of it, and whether it is an error.
    said: UseStateHandle<Option<(bool, AttrValue)>>,
    /// Counts up whenever storage was changed from here, so that all sections read it anew.
    round: UseStateHandle<u32>,
}

/// Drawn anew when something other than its handles differs.
impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        self.m == other.m
            && self.device == other.device
            && self.author == other.author
            && self.round == other.round
            && self.busy == other.busy
            && self.said == other.said
    }
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
    let bell = use_memo((), |()| Bell::default());
    let round = use_state_eq(|| 0);
    let (hearing, heard) = (bell.clone(), round.clone());
    use_effect_with((), move |()| {
        hearing.listen(move || {
            // The handle knows the number of the first drawing only: the time is always another one.
            heard.set(clock::now().0 as u32);
        });
    });
    let desk = Desk {
        m,
        device: props.device.clone(),
        author: props.author.clone(),
        worker: (*worker).clone(),
        bell,
        busy: use_state_eq(|| None),
        said: use_state_eq(|| None),
        round,
    };
    let stopping = desk.worker.clone();
    let stop = Callback::from(move |_: MouseEvent| stopping.cancel());
    let said = desk.said.as_ref();
    let sections = match &props.view {
        View::Review(document) => html! { <Review desk={desk.clone()} document={document.clone()} /> },
        View::Settings => html! { <Sections desk={desk.clone()} /> },
        View::Keys => return keys::keys(m),
    };
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
            { sections }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SectionsProps {
    desk: Desk,
}

#[component]
fn Sections(props: &SectionsProps) -> Html {
    let backup = backup::use_backup(&props.desk);
    let health = health::use_health(&props.desk);
    let history = history::use_history(&props.desk);
    html! { <>{ backup }{ health }{ history }</> }
}

#[derive(Properties, PartialEq)]
struct ReviewProps {
    desk: Desk,
    document: DocumentId,
}

#[component]
fn Review(props: &ReviewProps) -> Html {
    let shown = review::use_review(&props.desk, &props.document);
    html! { <div class="rvw__in">{ shown }</div> }
}
