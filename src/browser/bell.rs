//! Windows of the app tell each other that something was written. What it was, they read in the journal: so no
//! message can be lost, late, or out of order.
use std::cell::RefCell;

use gloo::events::EventListener;
use web_sys::BroadcastChannel;

use super::document;

/// The channel's name.
const NAME: &str = "concord";

/// Rings in all other windows of this profile, and hears them ring.
#[derive(Default)]
pub struct Bell {
    hung: RefCell<Option<Hung>>,
}

struct Hung {
    channel: Option<BroadcastChannel>,
    _listeners: Vec<EventListener>,
}

impl Bell {
    /// Calls back whenever another window rang, and when this window is looked at again: a window that slept in the
    /// background has heard nothing.
    pub fn listen(&self, on_ring: impl Fn() + Clone + 'static) {
        let channel = BroadcastChannel::new(NAME).ok();
        let woken = on_ring.clone();
        let mut listeners = vec![EventListener::new(&document(), "visibilitychange", move |_| {
            if !document().hidden() {
                woken();
            }
        })];
        if let Some(channel) = &channel {
            listeners.push(EventListener::new(channel, "message", move |_| on_ring()));
        }
        self.hung.replace(Some(Hung { channel, _listeners: listeners }));
    }

    /// Rings in all other windows.
    pub fn ring(&self) {
        if let Some(Hung { channel: Some(channel), .. }) = &*self.hung.borrow()
            && channel.post_message(&wasm_bindgen::JsValue::TRUE).is_err()
        {
            super::log("other windows could not be told");
        }
    }
}
