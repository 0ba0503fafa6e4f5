//! Importers: bytes of a file to a document's text, its parts and what could not be kept.
//!
//! Pure functions that never fail for odd content: trouble rides along as warnings, and only what cannot be read
//! as an article at all is an [`ImportError`].
pub mod annotations;
mod article;
mod chrome;
mod decode;
mod html;
mod inline;
mod language;
mod markdown;
mod plain;
mod stamp;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::document::{Block, Format, Language, Meta, Role};
use article::Page;
use inline::{clipped, is_blank};

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

/// Reads the bytes of a file, or a pasted text when there is no file name.
pub fn import(file_name: Option<&str>, bytes: &[u8]) -> Result<Parsed, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge { bytes: bytes.len() as u64 });
    }
    let named = file_name.map(format_of).transpose()?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportError::Empty);
    }
    let decoded = decode::decode(bytes, named == Some(Format::Html))?;
    if is_blank(&decoded.text) {
        return Err(ImportError::Empty);
    }
    let format =
        named.unwrap_or_else(|| if looks_like_html(&decoded.text) { Format::Html } else { Format::Text });
    let page = match format {
        Format::Text => plain::read(&decoded.text)?,
        Format::Markdown => markdown::read(&decoded.text),
        Format::Html => html::read(&decoded.text),
    };
    parsed(format, page, decoded.replaced)
}

/// A name without an extension is taken for plain text, as is one that goes on after a dot in words.
fn format_of(file_name: &str) -> Result<Format, ImportError> {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let extension = base.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is_extension = extension.len() <= 8 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match extension.as_str() {
        "" | "txt" | "text" => Ok(Format::Text),
        "md" | "markdown" => Ok(Format::Markdown),
        "html" | "htm" | "xhtml" => Ok(Format::Html),
        _ if is_extension => Err(ImportError::UnknownFormat { extension }),
        _ => Ok(Format::Text),
    }
}

fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ["<!doctype html", "<html"].iter().any(|sign| {
        let head = start.get(..sign.len());
        let after = start.as_bytes().get(sign.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(sign))
            && after.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'>')
    })
}

fn parsed(format: Format, page: Page, replaced: u32) -> Result<Parsed, ImportError> {
    let pictures = page.pictures;
    let page_title = page.hints.title.clone();
    if let Some(chars) = page.drafts.iter().find_map(|draft| overlong(&draft.text)) {
        return Err(ImportError::LineTooLong { chars });
    }
    let article = article::arrange(page);
    if article.blocks.is_empty() {
        return Err(if format == Format::Text { ImportError::Empty } else { ImportError::NoText });
    }
    let mut warnings = Vec::new();
    if pictures > 0 {
        warnings.push(Warning::PicturesDropped(pictures));
    }
    if replaced > 0 {
        warnings.push(Warning::UndecodableBytes(replaced));
    }
    Ok(Parsed {
        format,
        title: title(&article.blocks, page_title),
        language: article.language,
        text_sha256: text_digest(&article.blocks),
        meta: article.meta,
        blocks: article.blocks,
        left_out: article.left_out,
        warnings,
    })
}

/// Length in code points, when that is more than a block may have.
fn overlong(text: &str) -> Option<u64> {
    // Bytes first: they are known, and no text has more code points than bytes.
    let chars = if text.len() > MAX_BLOCK_CHARS { text.chars().count() } else { 0 };
    (chars > MAX_BLOCK_CHARS).then_some(chars as u64)
}

fn title(blocks: &[Block], page_title: Option<String>) -> String {
    const LONGEST: usize = 200;
    const FIRST_WORDS: usize = 80;
    let headline = blocks.iter().find(|block| block.role == Role::Headline);
    let named = headline.map(|block| block.text.clone()).or(page_title).filter(|title| !is_blank(title));
    match named {
        Some(title) => clipped(&title, LONGEST),
        None => clipped(blocks.first().map_or("", |block| &block.text), FIRST_WORDS),
    }
}

/// SHA-256, in hexadecimal, of the block texts joined by line feeds, without building the joined text.
pub fn text_digest(blocks: &[Block]) -> String {
    let mut hasher = Sha256::new();
    for (n, block) in blocks.iter().enumerate() {
        if n > 0 {
            hasher.update(b"\n");
        }
        hasher.update(block.text.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
