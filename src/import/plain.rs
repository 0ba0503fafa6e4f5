//! Plain text: every line that is not empty is a block. Hard-wrapped lines stay lines, so that the text stays as
//! it was written.
use super::article::{Draft, Hints, Page};
use super::inline::is_blank;
use super::{ImportError, overlong};

/// Reads normalised text.
pub(super) fn read(text: &str) -> Result<Page, ImportError> {
    if let Some(chars) = text.split('\n').find_map(overlong) {
        return Err(ImportError::LineTooLong { chars });
    }
    let lines = text.split('\n').map(str::trim).filter(|line| !is_blank(line));
    let drafts = lines.map(|line| Draft::open(line.replace('\t', " "), Vec::new())).collect();
    Ok(Page { drafts, hints: Hints::default(), pictures: 0, has_markup: false })
}
