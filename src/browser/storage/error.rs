//! What storage can say no with.
use std::fmt;

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
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {} ({:?})", self.doing, self.cause, self.kind)
    }
}

impl std::error::Error for StorageError {}
