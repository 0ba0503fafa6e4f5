//! The app's one context: reads the state, dispatches actions, carries effects out.
//!
//! One context and one hook instead of a provider a slice: each component type costs some 2 KB of the compressed
//! page, and twelve providers are twelve of them. A component still names the slices that it shows, and is
//! redrawn only when one of them is another value than before.
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::effects;
use super::inputs::Inputs;
use super::messages::Messages;
use crate::browser::bell::Bell;
use crate::browser::clock;
use crate::browser::storage::Storage;
use crate::browser::worker_client::WorkerClient;
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::model::time::Timestamp;
use crate::state::{Action, AppState, Update, update};

/// A part of the state that a component can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slice {
    Settings,
    Library,
    Codebook,
    Document,
    Annotations,
    View,
    Imports,
    Route,
    /// Phase, saving, quarantined rows, a waiting version.
    Status,
    /// Notices and spoken words.
    Messages,
    Overlay,
}

impl Slice {
    /// Whether the slice is another value; shared values are compared by pointer first.
    fn differs(self, old: &AppState, new: &AppState) -> bool {
        fn moved<T>(old: &Rc<T>, new: &Rc<T>) -> bool {
            !Rc::ptr_eq(old, new)
        }
        match self {
            Self::Settings => moved(&old.settings, &new.settings) || old.language() != new.language(),
            Self::Library => moved(&old.library, &new.library),
            Self::Codebook => moved(&old.codebook, &new.codebook),
            Self::Document => old.open.as_ref().map(Rc::as_ptr) != new.open.as_ref().map(Rc::as_ptr),
            Self::Annotations => moved(&old.annotations, &new.annotations),
            Self::View => old.view != new.view,
            Self::Imports => moved(&old.imports, &new.imports),
            Self::Route => old.route != new.route,
            Self::Status => {
                old.phase != new.phase
                    || moved(&old.saving, &new.saving)
                    || old.damaged_rows() != new.damaged_rows()
                    || old.update_waits != new.update_waits
            }
            Self::Messages => {
                old.message_count != new.message_count || old.notice.is_some() != new.notice.is_some()
            }
            Self::Overlay => old.overlay != new.overlay,
        }
    }
}

/// Shared by the whole page; compared by identity.
#[derive(Clone)]
pub(super) struct Hub(Rc<Inner>);

struct Inner {
    state: RefCell<Rc<AppState>>,
    waiting: RefCell<VecDeque<Action>>,
    is_updating: Cell<bool>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next_listener: Cell<u32>,
    storage: RefCell<Option<Storage>>,
    early: RefCell<Option<effects::EarlyVolume>>,
    bell: Bell,
    worker: WorkerClient,
    inputs: Inputs,
    timers: effects::Timers,
    article: NodeRef,
    scroller: NodeRef,
}

type Listener = Rc<dyn Fn(&AppState)>;

impl PartialEq for Hub {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Hub {
    pub(super) fn new(state: AppState) -> Self {
        Self(Rc::new(Inner {
            state: RefCell::new(Rc::new(state)),
            waiting: RefCell::default(),
            is_updating: Cell::new(false),
            listeners: RefCell::default(),
            next_listener: Cell::new(0),
            storage: RefCell::default(),
            early: RefCell::default(),
            bell: Bell::default(),
            worker: WorkerClient::default(),
            inputs: Inputs::default(),
            timers: effects::Timers::default(),
            article: NodeRef::default(),
            scroller: NodeRef::default(),
        }))
    }

    /// The state as it is now.
    pub(super) fn state(&self) -> Rc<AppState> {
        self.0.state.borrow().clone()
    }

    /// Applies an action, tells whoever shows what changed, and carries the effects out. An action that is
    /// dispatched meanwhile waits its turn.
    pub(super) fn dispatch(&self, action: Action) {
        self.0.waiting.borrow_mut().push_back(action);
        if self.0.is_updating.replace(true) {
            return;
        }
        loop {
            let Some(action) = self.0.waiting.borrow_mut().pop_front() else { break };
            let old = self.state();
            let Update { state, effects } = update(&old, action);
            let state = Rc::new(state);
            *self.0.state.borrow_mut() = state.clone();
            if Slice::Status.differs(&old, &state) || Slice::Settings.differs(&old, &state) {
                effects::mirror_on_root(&state);
            }
            let listeners: Vec<Listener> =
                self.0.listeners.borrow().iter().map(|(_, listener)| listener.clone()).collect();
            for listener in listeners {
                listener(&state);
            }
            for effect in effects {
                effects::run(effect, self);
            }
        }
        self.0.is_updating.set(false);
    }

    /// A callback that dispatches what `make` makes of its argument.
    pub(super) fn on<T: 'static>(&self, make: impl Fn(T) -> Action + 'static) -> Callback<T> {
        let hub = self.clone();
        Callback::from(move |argument| hub.dispatch(make(argument)))
    }

    fn subscribe(&self, listener: Listener) -> Subscription {
        let number = self.0.next_listener.get();
        self.0.next_listener.set(number + 1);
        self.0.listeners.borrow_mut().push((number, listener));
        Subscription { hub: self.clone(), number }
    }

    /// The opened storage; none while it is being opened.
    pub(super) fn storage(&self) -> Option<Storage> {
        self.0.storage.borrow().clone()
    }

    pub(super) fn set_storage(&self, storage: Storage) {
        *self.0.storage.borrow_mut() = Some(storage);
    }

    /// The document that was read along with the library at the start; can be taken once.
    pub(super) fn early(&self) -> &RefCell<Option<effects::EarlyVolume>> {
        &self.0.early
    }

    /// Tells other windows that something was written, and hears them.
    pub(super) fn bell(&self) -> &Bell {
        &self.0.bell
    }

    pub(super) fn worker(&self) -> &WorkerClient {
        &self.0.worker
    }

    /// The bytes of imports.
    pub(super) fn inputs(&self) -> &Inputs {
        &self.0.inputs
    }

    pub(super) fn timers(&self) -> &effects::Timers {
        &self.0.timers
    }

    /// The `<article>` of the reader.
    pub(super) fn article_ref(&self) -> NodeRef {
        self.0.article.clone()
    }

    /// The element that scrolls it.
    pub(super) fn scroller_ref(&self) -> NodeRef {
        self.0.scroller.clone()
    }

    pub(super) fn article(&self) -> Option<Element> {
        self.0.article.cast()
    }

    pub(super) fn scroller(&self) -> Option<Element> {
        self.0.scroller.cast()
    }
}

/// Ends when dropped.
struct Subscription {
    hub: Hub,
    number: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.0.listeners.borrow_mut().retain(|(number, _)| *number != self.number);
    }
}

/// What a component sees: the state when it was drawn, and the way to change it.
#[derive(Clone, PartialEq)]
pub(super) struct App {
    pub(super) hub: Hub,
    pub(super) state: Rc<AppState>,
    pub(super) m: Messages,
}

/// Reads the state; the component is redrawn when one of the slices changes, and when the language does.
#[hook]
pub(super) fn use_app(slices: &'static [Slice]) -> App {
    let hub = use_context::<Hub>().expect("every view is below the provider of the hub");
    let state = hub.state();
    let shown = use_mut_ref(|| state.clone());
    *shown.borrow_mut() = state.clone();
    let trigger = use_force_update();
    let subscribed = hub.clone();
    use_effect_with((), move |()| {
        let check = move |new: &AppState| {
            let is_stale =
                slices.iter().chain(&[Slice::Settings]).any(|slice| slice.differs(&shown.borrow(), new));
            if is_stale {
                trigger.force_update();
            }
        };
        // Something may have happened between the first drawing and now.
        check(&subscribed.state());
        let subscription = subscribed.subscribe(Rc::new(check));
        move || drop(subscription)
    });
    App { m: Messages(state.language()), hub, state }
}

/// A new annotation's id and the time: what actions that make something need.
pub(super) fn fresh() -> (AnnotationId, Timestamp) {
    (AnnotationId(clock::new_id()), clock::now())
}

/// A new document's id and the time.
pub(super) fn fresh_document() -> (DocumentId, Timestamp) {
    (DocumentId(clock::new_id()), clock::now())
}

/// The action that gives a tag now.
pub(super) fn give_tag(tag: TagId) -> Action {
    let (id, at) = fresh();
    Action::GiveTag { tag, id, at }
}
