//! Documents: blocks of text with a role each, and what is known about the whole.
mod block;
mod text;

pub use block::{Block, Mark, MarkKind, Role, is_safe_link};
pub use text::DocumentText;

use serde::{Deserialize, Serialize};

use super::id::DocumentId;
use super::time::Timestamp;

/// A document as it is shown and annotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Stays the same over all revisions.
    pub id: DocumentId,
    /// What lists call it; the headline at first, editable, no part of the text.
    pub title: String,
    /// The language of the text.
    pub language: Language,
    /// Where it came from.
    pub source: Source,
    /// What the page says about itself.
    pub meta: Meta,
    /// The text. Changing a role never changes a text.
    pub blocks: Vec<Block>,
    /// Lines of page chrome that the importer left out, as they stood.
    pub left_out: Vec<String>,
    /// Counts up when the text changes; annotations name the revision that they were made on.
    pub revision: u32,
    /// When it was added to this library.
    pub imported_at: Timestamp,
}

/// A language that Concord knows rules for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag.
    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }
}

/// Where a document came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// How it was read.
    pub format: Format,
    /// The name of its file; none for a pasted text.
    pub file_name: Option<String>,
    /// SHA-256 of the normalised document text, in hexadecimal: the same text twice has the same digest,
    /// whatever its file looked like.
    pub text_sha256: String,
    /// Size of the original in bytes.
    pub bytes: u64,
}

/// A file format that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text; also what is pasted.
    Text,
    /// CommonMark.
    Markdown,
    /// HTML.
    Html,
}

/// What the page says about itself. Each value is also part of the text; this is where views find it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The name of the section that the page belongs to.
    pub section: Option<String>,
    /// When the page was published or last updated, as RFC 3339 with the page's own zone.
    pub updated_at: Option<String>,
    /// Author, initials, agency or source, as printed.
    pub byline: Option<String>,
}
