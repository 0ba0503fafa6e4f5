//! Preferences, and what lists show of a document without opening it.
//!
//! Reading positions live apart from the document's own row: they change all the time and must never overwrite
//! an edit that another window made.
use serde::{Deserialize, Serialize};

use crate::model::codebook::TagStyle;
use crate::model::document::{Language, Meta, Source};
use crate::model::id::{DocumentId, TagId};
use crate::model::time::Timestamp;

/// A document without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentHead {
    /// See [`crate::model::document::Document`] for this and the other fields.
    pub id: DocumentId,
    /// The title.
    pub title: String,
    /// The language of the text.
    pub language: Language,
    /// Where it came from.
    pub source: Source,
    /// What the page says about itself.
    pub meta: Meta,
    /// When it was added.
    pub imported_at: Timestamp,
    /// Length of the text in code points.
    pub chars: u32,
    /// The current revision.
    pub revision: u32,
    /// Whether the person removed it.
    pub removed: bool,
}

/// What a list shows of reading and marking in one document. Can be made anew from the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Glance {
    /// Number of annotations.
    pub annotations: u32,
    /// How many of them wait to be reviewed: nobody has said where they stand in the current revision.
    pub waiting: u32,
    /// Where they are.
    pub strip: Vec<StripMark>,
    /// The block at the top of the page when it was last read.
    pub block: u32,
    /// How far it was read, in permille of the text.
    pub read_permille: u16,
    /// How often it was opened.
    pub reads: u32,
    /// When it was last opened.
    pub opened_at: Option<Timestamp>,
}

/// One annotation on the strip under a title; both places in permille of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripMark {
    /// Where it starts.
    pub start: u16,
    /// Where it ends.
    pub end: u16,
    /// How it is painted.
    pub style: TagStyle,
}

/// The colours of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is set.
    #[default]
    System,
    /// Dark on white.
    Light,
    /// Dark on yellowish.
    Sepia,
    /// Light on black.
    Dark,
}

/// Preferences of this browser profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The language of the interface; none until chosen: then the browser's.
    pub language: Option<Language>,
    /// The colours.
    pub theme: Theme,
    /// Size of the reading text in CSS pixels, 16 to 26.
    pub type_size: u8,
    /// Line height of the reading text in hundredths.
    pub line_height: u8,
    /// Whether tags show as lines only.
    pub lines_only: bool,
    /// Whether the shelf beside the reader is hidden.
    pub shelf_hidden: bool,
    /// The tag that "Highlight" gives.
    pub last_tag: Option<TagId>,
    /// Whether single letters act as shortcuts (WCAG 2.1.4).
    pub letter_keys: bool,
    /// The name that goes into records made here.
    pub author: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            theme: Theme::System,
            type_size: 20,
            line_height: 175,
            lines_only: false,
            shelf_hidden: false,
            last_tag: None,
            letter_keys: true,
            author: None,
        }
    }
}
