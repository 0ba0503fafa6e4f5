//! Single requests, and the transaction that they write in.
use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use indexed_db_futures::cursor::CursorDirection;
use indexed_db_futures::database::Database;
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use indexed_db_futures::{KeyRange, Result as RequestResult};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use super::error::StorageError;
use crate::record::from_json;

/// A strict write transaction that knows why it failed. The library hides the first request error, which is the
/// only place where Firefox says that space ran out; so the underlying transaction is listened to.
pub(super) struct Writing<'a> {
    transaction: Transaction<'a>,
    doing: &'static str,
    cause: Rc<RefCell<Option<StorageError>>>,
    _listeners: [EventListener; 2],
}

impl<'a> Writing<'a> {
    pub(super) fn begin(
        database: &'a Database,
        stores: &[&str],
        doing: &'static str,
    ) -> Result<Self, StorageError> {
        let transaction = database
            .transaction(stores.iter().map(|&name| name.to_owned()).collect::<Vec<String>>())
            .with_mode(TransactionMode::Readwrite)
            .with_options(TransactionOptions::new().with_durability(TransactionDurability::Strict))
            .build()
            .map_err(|error| StorageError::from_request(doing, error))?;
        let cause = Rc::new(RefCell::new(None));
        let target: web_sys::EventTarget = transaction.as_sys().clone().unchecked_into();
        let first = cause.clone();
        let on_error = EventListener::new(&target, "error", move |event| {
            let request = event.target().and_then(|target| target.dyn_into::<web_sys::IdbRequest>().ok());
            let error = request.and_then(|request| request.error().ok().flatten());
            if let Some(error) = error {
                first.borrow_mut().get_or_insert_with(|| StorageError::from_js(doing, &error));
            }
        });
        let (first, raw) = (cause.clone(), transaction.as_sys().clone());
        let on_abort = EventListener::new(&target, "abort", move |_| {
            if let Some(error) = raw.error() {
                first.borrow_mut().get_or_insert_with(|| StorageError::from_js(doing, &error));
            }
        });
        Ok(Self { transaction, doing, cause, _listeners: [on_error, on_abort] })
    }

    pub(super) fn store(&self, name: &str) -> RequestResult<ObjectStore<'_>> {
        self.transaction.object_store(name)
    }

    /// Commits when all requests were made, else rolls back. Only an `Ok` means that the data are safe.
    pub(super) async fn end<T>(self, requests: RequestResult<T>) -> Result<T, StorageError> {
        let raw = self.transaction.as_sys().clone();
        let outcome = match requests {
            Ok(value) => self.transaction.commit().await.map(|()| value),
            Err(error) => {
                // The transaction may have aborted by itself already; the first error is what counts.
                drop(self.transaction);
                Err(error)
            }
        };
        outcome.map_err(|error| {
            let heard = self.cause.borrow_mut().take();
            // A failed commit may be answered before its abort event is heard.
            let told = || raw.error().map(|error| StorageError::from_js(self.doing, &error));
            heard.or_else(told).unwrap_or_else(|| StorageError::from_request(self.doing, error))
        })
    }
}

// A request goes out when it is built. Nothing waits for a single write: what counts is the commit, and an error
// of any request aborts the transaction, where `Writing` hears it.

pub(super) fn put(store: &ObjectStore<'_>, key: JsValue, value: JsValue) -> RequestResult<()> {
    drop(store.put(value).with_key(key).without_key_type().build()?);
    Ok(())
}

pub(super) fn delete(store: &ObjectStore<'_>, key: JsValue) -> RequestResult<()> {
    drop(store.delete::<JsValue, _>(key).build()?);
    Ok(())
}

pub(super) async fn one(store: &ObjectStore<'_>, key: JsValue) -> RequestResult<Option<String>> {
    let found: Option<JsValue> = store.get::<JsValue, JsValue, _>(key).build()?.await?;
    Ok(found.and_then(|value| value.as_string()))
}

pub(super) async fn all(
    store: &ObjectStore<'_>,
    range: Option<web_sys::IdbKeyRange>,
) -> RequestResult<Vec<JsValue>> {
    match range {
        None => store.get_all::<JsValue>().build()?.await?.collect(),
        Some(range) => {
            let query = KeyRange::<JsValue>::Only(range.into());
            store.get_all::<JsValue>().with_query::<JsValue, _>(query).build()?.await?.collect()
        }
    }
}

pub(super) async fn keys(store: &ObjectStore<'_>) -> RequestResult<Vec<JsValue>> {
    store.get_all_keys::<JsValue>().build()?.await?.collect()
}

/// The largest key of a store whose keys are numbers; none when it is empty.
pub(super) async fn last_key(store: &ObjectStore<'_>) -> RequestResult<Option<f64>> {
    let cursor = store.open_key_cursor().with_direction(CursorDirection::Prev).build()?.await?;
    match cursor {
        Some(mut cursor) => cursor.next_key::<f64>().await,
        None => Ok(None),
    }
}

/// Keys and texts after a key of a store whose keys are numbers; no text where the value is none.
pub(super) async fn since(store: &ObjectStore<'_>, key: u64) -> RequestResult<Vec<(u64, Option<String>)>> {
    let range = || KeyRange::<f64>::LowerBound(key as f64, true);
    let keys: Vec<f64> = store
        .get_all_keys::<f64>()
        .with_query::<f64, _>(range())
        .build()?
        .await?
        .collect::<RequestResult<_>>()?;
    let values: Vec<JsValue> = store
        .get_all::<JsValue>()
        .with_query::<f64, _>(range())
        .build()?
        .await?
        .collect::<RequestResult<_>>()?;
    Ok(keys.into_iter().map(|key| key as u64).zip(values.iter().map(JsValue::as_string)).collect())
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
