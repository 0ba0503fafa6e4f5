//! The slices of the state as contexts: a view that reads one is not redrawn when another changes.
use std::rc::Rc;

use yew::prelude::*;

use super::messages::Messages;
use super::services::Services;
use crate::model::annotation::AnnotationSet;
use crate::model::codebook::Codebook;
use crate::model::document::Language;
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::record::Settings;
use crate::state::{Action, ImportJob, Library, Notice, OpenDocument, Phase, Route, Saving, Spoken, View};

/// Dispatches actions. Compared by pointer, and never a new one: a component that only dispatches is not redrawn.
#[derive(Clone, PartialEq)]
pub(super) struct Dispatch(pub(super) Callback<Action>);

impl Dispatch {
    pub(super) fn call(&self, action: Action) {
        self.0.emit(action);
    }
}

/// Preferences, and the language that follows from them.
#[derive(Clone, PartialEq)]
pub(super) struct SettingsContext {
    pub(super) settings: Rc<Settings>,
    pub(super) language: Language,
}

/// All documents.
#[derive(Clone, PartialEq)]
pub(super) struct LibraryContext(pub(super) Rc<Library>);

/// The tags.
#[derive(Clone, PartialEq)]
pub(super) struct CodebookContext(pub(super) Rc<Codebook>);

/// The document in the reader.
#[derive(Clone, PartialEq)]
pub(super) struct DocumentContext(pub(super) Option<Rc<OpenDocument>>);

/// Its annotations.
#[derive(Clone, PartialEq)]
pub(super) struct AnnotationsContext(pub(super) Rc<AnnotationSet>);

/// What is selected and focused.
#[derive(Clone, PartialEq)]
pub(super) struct ViewContext(pub(super) Rc<View>);

/// Imports.
#[derive(Clone, PartialEq)]
pub(super) struct ImportsContext(pub(super) Rc<Vec<ImportJob>>);

/// Where in the app.
#[derive(Clone, PartialEq)]
pub(super) struct RouteContext(pub(super) Route);

/// How the data are doing.
#[derive(Clone, PartialEq)]
pub(super) struct StatusContext {
    pub(super) phase: Phase,
    pub(super) saving: Rc<Saving>,
    pub(super) quarantined: u32,
    pub(super) update_waits: bool,
}

/// What was said last.
#[derive(Clone, PartialEq)]
pub(super) struct MessageContext {
    pub(super) notice: Option<(u32, Notice)>,
    pub(super) spoken: Option<(u32, Spoken)>,
}

macro_rules! context_hook {
    ($(#[$doc:meta])* $hook:ident, $context:ty) => {
        $(#[$doc])*
        #[hook]
        pub(super) fn $hook() -> $context {
            use_context::<$context>().expect("this hook is called below the `Providers`")
        }
    };
}

context_hook!(use_dispatch, Dispatch);
context_hook!(use_settings, SettingsContext);
context_hook!(use_library, LibraryContext);
context_hook!(use_codebook, CodebookContext);
context_hook!(use_document, DocumentContext);
context_hook!(use_annotations, AnnotationsContext);
context_hook!(use_view, ViewContext);
context_hook!(use_imports, ImportsContext);
context_hook!(use_route, RouteContext);
context_hook!(use_status, StatusContext);
context_hook!(use_message, MessageContext);
context_hook!(use_services, Services);

/// The texts in the language of the interface.
#[hook]
pub(super) fn use_messages() -> Messages {
    Messages(use_settings().language)
}

/// New annotations and the time: what actions that make something need.
pub(super) fn fresh() -> (AnnotationId, crate::model::time::Timestamp) {
    (AnnotationId(crate::browser::clock::new_id()), crate::browser::clock::now())
}

/// A new document and the time.
pub(super) fn fresh_document() -> (DocumentId, crate::model::time::Timestamp) {
    (DocumentId(crate::browser::clock::new_id()), crate::browser::clock::now())
}

/// The action that gives a tag now.
pub(super) fn give_tag(tag: TagId) -> Action {
    let (id, at) = fresh();
    Action::GiveTag { tag, id, at }
}
