//! Importers: bytes of a file to a document's text, its parts and what could not be kept.
//!
//! Pure functions that never fail for odd content: trouble rides along as warnings, and only what cannot be read
//! as an article at all is an [`ImportError`].
use serde::{Deserialize, Serialize};

use crate::model::document::{Block, Format, Language, Meta};

/// The largest original that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The longest block that is kept, in code points: one line of more is no article, and no engine lays it out.
pub const MAX_BLOCK_CHARS: usize = 1_000_000;

/// A document as an importer reads it: without identity, not yet stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// How it was read.
    pub format: Format,
    /// The headline, else the page's title, else the first words; never empty.
    pub title: String,
    /// Guessed from the declared language, else from the letters.
    pub language: Language,
    /// What the page says about itself.
    pub meta: Meta,
    /// The text.
    pub blocks: Vec<Block>,
    /// Page chrome that was dropped, line by line.
    pub left_out: Vec<String>,
    /// SHA-256 of the document text, hexadecimal.
    pub text_sha256: String,
    /// What could not be kept or had to be guessed.
    pub warnings: Vec<Warning>,
}

/// Something the person should know about an import that worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// So many pictures were not taken over.
    PicturesDropped(u32),
    /// So many bytes sequences could not be decoded and stand as U+FFFD.
    UndecodableBytes(u32),
}

/// Why a file is no document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportError {
    /// Nothing in it, or white space only.
    Empty,
    /// It holds bytes that no text has.
    Binary,
    /// Neither UTF-8 nor UTF-16; the first byte that cannot be read is at this offset.
    NotUnicode {
        /// Offset in bytes.
        at: u64,
    },
    /// A page without any readable text, for instance one made by scripts only.
    NoText,
    /// The name ends in something no importer knows.
    UnknownFormat {
        /// The extension, lower case, without the dot.
        extension: String,
    },
    /// Larger than [`MAX_BYTES`].
    TooLarge {
        /// Size in bytes.
        bytes: u64,
    },
    /// One line longer than [`MAX_BLOCK_CHARS`].
    LineTooLong {
        /// Length in code points.
        chars: u64,
    },
}
