//! The shell inside the worker: messages in, messages out.
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::protocol::{Envelope, READY, Request};
use super::serve::serve;
use crate::record::read_json;

/// Starts to listen. Called once, by the worker's binary.
pub fn run() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let answering = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let parts: Array = event.data().unchecked_into();
        let question = parts.get(0).as_string().unwrap_or_default();
        // A question that cannot be read comes from another version of the app: the page sees the error event.
        let Envelope { number, body } = read_json::<Envelope<Request>>(&question).unwrap_throw();
        let bytes = parts.get(1).dyn_into::<Uint8Array>().map(|array| array.to_vec()).unwrap_or_default();
        let answer = serde_json::to_string(&Envelope { number, body: serve(body, &bytes) }).unwrap_throw();
        answering.post_message(&answer.into()).unwrap_throw();
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    scope.post_message(&READY.into()).unwrap_throw();
}
