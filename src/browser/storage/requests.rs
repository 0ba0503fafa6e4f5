//! Single requests, and the transaction that they write in.
//!
//! On IndexedDB's own objects: a request is a future of one closure, and what each error was is heard where it happens.
//! A library in between cost some 10 KB of the compressed page, and hid the first request error, the only place where
//! Firefox says that space ran out.
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use gloo::events::EventListener;
use js_sys::{Array, Object, Reflect};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

use super::error::StorageError;
use crate::record::from_json;

/// The error is a `DOMException`.
pub(super) type RequestResult<T> = Result<T, JsValue>;

#[wasm_bindgen]
extern "C" {
    // web-sys has the options of a transaction behind a compiler flag only.
    #[wasm_bindgen(extends = IdbDatabase)]
    type WritableDatabase;
    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn begin(
        this: &WritableDatabase,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> RequestResult<CommittableTransaction>;

    // As it has this method.
    #[wasm_bindgen(extends = IdbTransaction)]
    type CommittableTransaction;
    #[wasm_bindgen(method, catch)]
    fn commit(this: &CommittableTransaction) -> RequestResult<()>;
}

/// The answer to a request.
///
/// It counts from its event on, not from the moment the request calls itself done: in WebKit that is earlier, and what
/// is asked in between finds the transaction asleep.
pub(super) struct Answer<R = IdbRequest> {
    request: R,
    event: Rc<Event>,
}

#[derive(Default)]
struct Event {
    has_come: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

/// The answer to a request that was just made.
pub(super) fn answer<R: AsRef<IdbRequest> + Unpin>(request: R) -> Answer<R> {
    let event = Rc::new(Event::default());
    let coming = event.clone();
    // One of the two comes, once.
    let on_event = Closure::once_into_js(move || {
        coming.has_come.set(true);
        if let Some(waker) = coming.waker.take() {
            waker.wake();
        }
    });
    let on_event: &js_sys::Function = on_event.unchecked_ref();
    request.as_ref().set_onsuccess(Some(on_event));
    request.as_ref().set_onerror(Some(on_event));
    Answer { request, event }
}

impl<R: AsRef<IdbRequest> + Unpin> Future for Answer<R> {
    type Output = RequestResult<JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.event.has_come.get() {
            self.event.waker.set(Some(context.waker().clone()));
            return Poll::Pending;
        }
        let request: &IdbRequest = self.request.as_ref();
        Poll::Ready(match request.error() {
            Ok(Some(error)) => Err(error.into()),
            Ok(None) | Err(_) => request.result(),
        })
    }
}

/// A strict write transaction that knows why it failed.
pub(super) struct Writing {
    transaction: CommittableTransaction,
    doing: &'static str,
    end: Rc<End>,
    _listeners: [EventListener; 3],
}

#[derive(Default)]
struct End {
    /// Whether it was committed; none while it runs.
    is_committed: Cell<Option<bool>>,
    cause: RefCell<Option<StorageError>>,
    waker: Cell<Option<Waker>>,
}

impl End {
    fn reach(&self, is_committed: bool) {
        self.is_committed.set(Some(is_committed));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Writing {
    pub(super) fn begin(
        database: &IdbDatabase,
        stores: &[&str],
        doing: &'static str,
    ) -> Result<Self, StorageError> {
        let stores: Array = stores.iter().map(|&name| JsValue::from(name)).collect();
        let options = Object::new();
        let database: &WritableDatabase = database.unchecked_ref();
        let transaction = Reflect::set(&options, &"durability".into(), &"strict".into())
            .and_then(|_| database.begin(&stores, "readwrite", &options))
            .map_err(|error| StorageError::from_js(doing, &error))?;
        let end = Rc::new(End::default());
        let (failed, aborted, completed) = (end.clone(), end.clone(), end.clone());
        let on_error = EventListener::new(&transaction, "error", move |event| {
            let request = event.target().and_then(|target| target.dyn_into::<IdbRequest>().ok());
            if let Some(error) = request.and_then(|request| request.error().ok().flatten()) {
                failed.cause.borrow_mut().get_or_insert_with(|| StorageError::from_js(doing, &error));
            }
        });
        let raw = transaction.clone();
        let on_abort = EventListener::new(&transaction, "abort", move |_| {
            if let Some(error) = raw.error() {
                aborted.cause.borrow_mut().get_or_insert_with(|| StorageError::from_js(doing, &error));
            }
            aborted.reach(false);
        });
        let on_complete = EventListener::new(&transaction, "complete", move |_| completed.reach(true));
        Ok(Self { transaction, doing, end, _listeners: [on_error, on_abort, on_complete] })
    }

    pub(super) fn store(&self, name: &str) -> RequestResult<IdbObjectStore> {
        self.transaction.object_store(name)
    }

    /// Commits when all requests were made, else rolls back. Only an `Ok` means that the data are safe.
    pub(super) async fn end<T>(self, requests: RequestResult<T>) -> Result<T, StorageError> {
        let outcome = requests.and_then(|value| self.transaction.commit().map(|()| value));
        let value = match outcome {
            Ok(value) => value,
            Err(error) => {
                // It may have aborted by itself already; the first error is what counts.
                let _ = self.transaction.abort();
                let heard = self.end.cause.borrow_mut().take();
                return Err(heard.unwrap_or_else(|| StorageError::from_js(self.doing, &error)));
            }
        };
        let end = self.end.clone();
        let is_committed = std::future::poll_fn(move |context| match end.is_committed.get() {
            Some(is_committed) => Poll::Ready(is_committed),
            None => {
                end.waker.set(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await;
        if is_committed {
            return Ok(value);
        }
        let heard = self.end.cause.borrow_mut().take();
        Err(heard
            .unwrap_or_else(|| StorageError::named(self.doing, "AbortError", "it was aborted".to_owned())))
    }
}

/// A transaction that only reads.
pub(super) fn reading(database: &IdbDatabase, stores: &[&str]) -> RequestResult<IdbTransaction> {
    let stores: Array = stores.iter().map(|&name| JsValue::from(name)).collect();
    database.transaction_with_str_sequence(&stores)
}

// A request goes out when it is made. Nothing waits for a single write, and an error of any request aborts the
// transaction, where `Writing` hears it.

pub(super) fn put(store: &IdbObjectStore, key: JsValue, value: JsValue) -> RequestResult<()> {
    store.put_with_key(&value, &key).map(drop)
}

pub(super) fn delete(store: &IdbObjectStore, key: &JsValue) -> RequestResult<()> {
    store.delete(key).map(drop)
}

/// The value of a key; none when there is none.
pub(super) async fn value(store: &IdbObjectStore, key: JsValue) -> RequestResult<Option<JsValue>> {
    let value = answer(store.get(&key)?).await?;
    Ok((!value.is_undefined()).then_some(value))
}

pub(super) async fn one(store: &IdbObjectStore, key: JsValue) -> RequestResult<Option<String>> {
    Ok(value(store, key).await?.and_then(|value| value.as_string()))
}

pub(super) async fn all(store: &IdbObjectStore, range: Option<IdbKeyRange>) -> RequestResult<Vec<JsValue>> {
    let request = match range {
        None => store.get_all()?,
        Some(range) => store.get_all_with_key(&range)?,
    };
    listed(request).await
}

pub(super) async fn keys(store: &IdbObjectStore, range: Option<IdbKeyRange>) -> RequestResult<Vec<JsValue>> {
    let request = match range {
        None => store.get_all_keys()?,
        Some(range) => store.get_all_keys_with_key(&range)?,
    };
    listed(request).await
}

async fn listed(request: IdbRequest) -> RequestResult<Vec<JsValue>> {
    let list: Array = answer(request).await?.unchecked_into();
    Ok(list.iter().collect())
}

/// The largest key of a store whose keys are numbers; none when it is empty.
pub(super) async fn last_key(store: &IdbObjectStore) -> RequestResult<Option<f64>> {
    let request = store
        .open_key_cursor_with_range_and_direction(&JsValue::UNDEFINED, web_sys::IdbCursorDirection::Prev)?;
    let cursor = answer(request).await?;
    if cursor.is_null() {
        return Ok(None);
    }
    Ok(Reflect::get(&cursor, &"key".into())?.as_f64())
}

/// Keys and texts after a key of a store whose keys are numbers; no text where the value is none.
pub(super) async fn since(store: &IdbObjectStore, key: u64) -> RequestResult<Vec<(u64, Option<String>)>> {
    let range = || IdbKeyRange::lower_bound_with_open(&JsValue::from(key as f64), true);
    let keys = keys(store, Some(range()?)).await?;
    let values = all(store, Some(range()?)).await?;
    let keys = keys.iter().map(|key| key.as_f64().unwrap_or_default() as u64);
    Ok(keys.zip(values.iter().map(JsValue::as_string)).collect())
}

/// The rows that can be read; the others are counted and left where they are.
pub(super) fn readable<Row: DeserializeOwned>(values: Vec<JsValue>, quarantined: &mut u32) -> Vec<Row> {
    let mut rows = Vec::with_capacity(values.len());
    for value in values {
        match value.as_string().map(|json| from_json::<Row>(&json)) {
            Some(Ok(row)) => rows.push(row),
            Some(Err(error)) => {
                *quarantined += 1;
                crate::browser::log(&error.to_string());
            }
            None => *quarantined += 1,
        }
    }
    rows
}
