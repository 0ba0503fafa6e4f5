//! What the update wishes for. One hook (`ui::store`) carries it out and dispatches the answers.
use std::rc::Rc;

use super::app_state::JobId;
use super::route::Route;
use crate::model::annotation::Annotation;
use crate::model::document::Document;
use crate::model::edit::Step;
use crate::model::id::{AnnotationId, DeviceId, DocumentId};
use crate::model::review::Bring;
use crate::model::text::Span;
use crate::record::{Glance, NewDocument, Settings};

/// A wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open the database, which converts the data of an older version; with a backup of them first.
    Convert {
        /// Whether a backup is handed out first.
        with_backup: bool,
    },
    /// Read a document and its annotations.
    Open(DocumentId),
    /// Have the helper thread read a file.
    Import(JobId),
    /// Have the helper thread read a file as something for a document that is here already.
    Bring {
        /// Which file.
        job: JobId,
        /// The document.
        document: DocumentId,
        /// As what.
        what: Bring,
    },
    /// Stop that.
    StopImport {
        /// Which import.
        job: JobId,
        /// Whether the helper thread is at it: only then is there anything to stop.
        is_being_read: bool,
    },
    /// Store a new document with its original.
    StoreDocument {
        /// Which import.
        job: JobId,
        /// The document.
        new: Rc<NewDocument>,
        /// The step that adds it.
        step: Rc<Step>,
    },
    /// Write steps and their journal rows in one strict transaction.
    Commit {
        /// In order.
        steps: Vec<Rc<Step>>,
        /// For the journal.
        device: DeviceId,
        /// For the journal.
        author: Option<String>,
    },
    /// Ask for [`super::Action::Flush`] once the person pauses.
    CommitSoon,
    /// Ask for [`super::Action::Flush`] after a while: the last attempt failed.
    RetryLater,
    /// Read what the journal has after a key.
    Tail(u64),
    /// Read the journal's last rows up to a key, for undo.
    Recall(u64),
    /// Read the list of documents anew.
    ReadShelf,
    /// Read the document in the reader anew.
    Refresh(DocumentId),
    /// Keep a copy of everything once nothing was changed for a while.
    KeepCopySoon,
    /// Let go of the database: a newer version of the app wants to change it.
    CloseStorage,
    /// Write preferences.
    SaveSettings(Rc<Settings>),
    /// Write what lists show of a document.
    SaveGlance(DocumentId, Glance),
    /// Ask the browser to keep the data.
    AskToPersist,
    /// Go to an address.
    Navigate(Route),
    /// Bring a span into view.
    Reveal(Span),
    /// Put the keyboard into the note of a passage.
    FocusNote(AnnotationId),
    /// Select a span in the page, so that what is seen is what the state says.
    SelectInPage(Span),
    /// Drop the selection in the page.
    ClearPageSelection,
    /// Hand the browser a document's original for saving.
    SaveOriginal(DocumentId),
    /// Have the helper thread write a file and hand it to the browser.
    ExportWebAnnotation {
        /// The document.
        document: Rc<Document>,
        /// Its annotations in text order.
        annotations: Vec<Rc<Annotation>>,
    },
    /// Start the waiting version.
    ActivateUpdate,
}
