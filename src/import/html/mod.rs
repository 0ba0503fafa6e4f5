//! HTML: finds the article on its page, and leaves the page behind.
//!
//! A page is untrusted: it is only read, and every walk over it has its own stack, since nesting has no limit.
mod extract;
mod metadata;
mod parts;
mod select;
mod shallow;
mod survey;
mod walk;

use scraper::Html;

use super::article::Page;

/// Reads a normalised page.
pub(super) fn read(source: &str) -> Page {
    let html = Html::parse_document(&shallow::shallow(source));
    let metadata = metadata::metadata(&html);
    let container = survey::container(&html);
    let extracted = extract::extract(&html, container);
    let pictures = extracted.pictures;
    let (drafts, hints) = select::select(extracted.found, metadata);
    Page { drafts, hints, pictures, has_markup: true }
}
