//! The shell inside the worker: messages in, messages out.
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::protocol::{Envelope, READY, Request};
use super::vault_protocol::VaultRequest;
use super::{review, serve, vault};
use crate::record::read_json;

/// What may be asked: work on a file, or on storage as a whole.
#[derive(Deserialize)]
enum Question {
    Work(Request),
    Vault(VaultRequest),
}

/// Starts to listen. Called once, by the worker's binary.
pub fn run() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let answering = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let parts: Array = event.data().unchecked_into();
        let question = parts.get(0).as_string().unwrap_or_default();
        // A question that cannot be read comes from another version of the app: the page sees the error event.
        let Envelope { number, body } = read_json::<Envelope<Question>>(&question).unwrap_throw();
        let bytes = parts.get(1).dyn_into::<Uint8Array>().map(|array| array.to_vec()).unwrap_or_default();
        match body {
            Question::Work(Request::Bring { document, file_name, what, origin }) => {
                let answering = answering.clone();
                spawn_local(async move {
                    let body = review::bring(&document, file_name, what, bytes, &origin).await;
                    answer(&answering, number, body, None);
                });
            }
            Question::Work(request) => answer(&answering, number, serve::serve(request, &bytes), None),
            Question::Vault(request) => {
                let answering = answering.clone();
                spawn_local(async move {
                    let (body, bytes) = vault::serve(request, bytes).await;
                    answer(&answering, number, body, bytes);
                });
            }
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    scope.post_message(&READY.into()).unwrap_throw();
}

fn answer(scope: &DedicatedWorkerGlobalScope, number: u32, body: impl Serialize, bytes: Option<Vec<u8>>) {
    let text = JsValue::from(serde_json::to_string(&Envelope { number, body }).unwrap_throw());
    let message = match bytes {
        Some(bytes) => Array::of2(&text, &Uint8Array::from(bytes.as_slice())),
        None => Array::of1(&text),
    };
    scope.post_message(&message).unwrap_throw();
}
