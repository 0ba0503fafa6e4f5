//! What storage can say no with.
use std::fmt;

use indexed_db_futures::error::{Error, OpenDbError};
use wasm_bindgen::JsValue;

/// A kind of trouble, each with its own way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageErrorKind {
    /// The browser has no IndexedDB.
    Missing,
    /// The browser refuses it.
    Refused,
    /// No space is left.
    Full,
    /// The data were written by a newer version of the app.
    Newer,
    /// The browser had thrown the data away.
    LostByBrowser,
    /// Anything else.
    Failed,
}

/// An error of storage, with its cause.
#[derive(Clone, Debug)]
pub struct StorageError {
    /// What it means for the person.
    pub kind: StorageErrorKind,
    /// What was being done.
    pub doing: &'static str,
    /// What the browser said.
    pub cause: String,
}

impl StorageError {
    /// An error from the name of a DOMException and its message.
    pub(super) fn named(doing: &'static str, name: &str, cause: String) -> Self {
        let kind = match name {
            "QuotaExceededError" => StorageErrorKind::Full,
            "VersionError" => StorageErrorKind::Newer,
            "SecurityError" | "InvalidStateError" => StorageErrorKind::Refused,
            _ => StorageErrorKind::Failed,
        };
        Self { kind, doing, cause }
    }

    pub(super) fn from_js(doing: &'static str, error: &JsValue) -> Self {
        let text = |key: &str| {
            js_sys::Reflect::get(error, &key.into())
                .ok()
                .and_then(|value| value.as_string())
                .unwrap_or_default()
        };
        let name = text("name");
        let cause = format!("{name}: {}", text("message"));
        Self::named(doing, &name, cause)
    }

    pub(super) fn from_request(doing: &'static str, error: Error) -> Self {
        match error {
            Error::DomException(exception) => Self::from_js(doing, exception.as_ref()),
            // The library's own words for these would bring the formatting of numbers into the page.
            Error::Serialisation(_) => Self::failed(doing, "a value could not be converted"),
            Error::MissingData(_) => Self::failed(doing, "the browser answered with nothing"),
            Error::Unknown(_) => Self::failed(doing, "an error that is no DOMException"),
        }
    }

    pub(super) fn from_open(error: OpenDbError) -> Self {
        let doing = "open the database";
        match error {
            OpenDbError::Base(error) => Self::from_request(doing, error),
            OpenDbError::NullFactory | OpenDbError::UnsupportedEnvironment => {
                Self { kind: StorageErrorKind::Missing, ..Self::failed(doing, "there is no IndexedDB") }
            }
            OpenDbError::VersionZero => Self::failed(doing, "version 0 was asked for"),
        }
    }

    fn failed(doing: &'static str, cause: &str) -> Self {
        Self { kind: StorageErrorKind::Failed, doing, cause: cause.to_owned() }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {} ({:?})", self.doing, self.cause, self.kind)
    }
}

impl std::error::Error for StorageError {}
