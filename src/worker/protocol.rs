//! What the page and its helper thread say to each other, as JSON.
//!
//! A message to the worker is an array: the [`Envelope`], then, for an import, the bytes. The worker first says
//! [`READY`]; nothing may be sent before, as a module worker may not be listening yet.
use serde::{Deserialize, Serialize};

use super::vault_protocol::Origin;
use crate::import::{ImportError, Warning};
use crate::model::codebook::Tag;
use crate::model::id::DocumentId;
use crate::model::review::Bring;
use crate::model::time::Timestamp;
use crate::record::{AnnotationRow, DocumentRow, NewDocument};

/// The worker's first word.
pub const READY: &str = "ready";

/// A numbered message.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope<Body> {
    /// The answer has the number of the question.
    pub number: u32,
    /// The message.
    pub body: Body,
}

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Read a file; its bytes come along.
    Import {
        /// Its name; none for a pasted text.
        file_name: Option<String>,
        /// For the new document.
        id: DocumentId,
        /// Now.
        at: Timestamp,
    },
    /// Read a file as something for a document that is stored already; its bytes come along.
    Bring {
        /// The document.
        document: DocumentId,
        /// The name of the file; none for a pasted text.
        file_name: Option<String>,
        /// As what.
        what: Bring,
        /// Who.
        origin: Origin,
    },
    /// Write annotations as a Web Annotation collection.
    ExportWebAnnotation {
        /// The document.
        document: Box<DocumentRow>,
        /// Its annotations in text order.
        annotations: Vec<AnnotationRow>,
        /// The tags that they may have.
        tags: Vec<Tag>,
        /// Now.
        at: Timestamp,
    },
}

/// Why a file was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotBrought {
    /// It has the text that is there already.
    SameText,
    /// It holds no annotations.
    NoAnnotations,
    /// No space is left.
    Full,
    /// Storage failed; the details are in the console.
    Failed,
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Response {
    /// To [`Request::Import`]: the document, ready to be stored.
    Imported {
        /// Its rows.
        new: Box<NewDocument>,
        /// What could not be kept or had to be guessed.
        warnings: Vec<Warning>,
    },
    /// To [`Request::Import`]: why it is none.
    Refused(ImportError),
    /// To [`Request::Bring`]: so many passages have their place, so many wait for the person.
    Brought(u32, u32),
    /// To [`Request::Bring`]: why nothing was changed, unless the file could not be read.
    NotBrought(NotBrought),
    /// To [`Request::ExportWebAnnotation`]: a file.
    File {
        /// A name for it.
        name: String,
        /// Its media type.
        media_type: String,
        /// Its text.
        text: String,
    },
}
