//! The only home of the web platform: IndexedDB, ranges, highlights, files, workers. Returns values; knows no
//! actions and no views.
pub mod article;
pub mod bell;
pub mod clock;
pub mod files;
pub mod layout;
pub mod offline;
pub mod page;
pub mod paint;
pub mod storage;
pub mod worker_client;

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn console_warn(line: &str);
}

/// Writes a line to the console, for people who help to find an error.
pub fn log(line: &str) {
    console_warn(line);
}

/// What a thrown value says of itself. Its `Debug` form would bring the formatting of numbers into the page.
pub(crate) fn told(error: &wasm_bindgen::JsValue) -> String {
    let text = |key: &str| {
        js_sys::Reflect::get(error, &key.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
    };
    error.as_string().unwrap_or_else(|| [text("name"), text("message")].join(": "))
}

/// The window. Everything here runs in a page.
///
/// # Panics
/// In a worker.
pub(crate) fn window() -> web_sys::Window {
    web_sys::window().expect("this module is used in a page only")
}

/// The document of the page.
///
/// # Panics
/// In a worker.
pub(crate) fn document() -> web_sys::Document {
    window().document().expect("a page has a document")
}

/// Waits for two things at once.
pub async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(context)
        {
            second = Some(value);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
