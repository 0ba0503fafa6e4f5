//! Anchors: from a span to selectors that survive outside the text, and back.
//!
//! The selectors are those of the W3C Web Annotation Data Model, section 4.2: TextQuoteSelector and
//! TextPositionSelector, the latter in code points.
mod align;
mod reanchor;
mod search;
mod tokens;

pub use reanchor::{Candidate, Outcome, Proposal, Reanchoring};

use serde::{Deserialize, Serialize};

use super::document::DocumentText;
use super::text::{CharOffset, Span};

/// Code points of context on each side of a quote, when that makes it unique.
const CONTEXT: u32 = 32;
/// The most context that is kept.
const CONTEXT_MAX: u32 = 256;

/// What was marked, and what stood around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextQuote {
    /// The marked text.
    pub exact: String,
    /// The text just before.
    pub prefix: String,
    /// The text just after.
    pub suffix: String,
}

/// All that is kept to find a passage again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    /// By its words.
    pub quote: TextQuote,
    /// By its place.
    pub position: Span,
}

/// What came of looking for a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The quote stands where it stood.
    Exact(Span),
    /// The quote stands elsewhere, and only there with this context.
    Moved(Span),
    /// The quote is gone, or cannot be told from other places that read the same.
    Lost,
}

/// Describes a span by quote and position. The context grows until the quote is unique, up to a bound.
pub fn describe(text: &DocumentText, span: Span) -> Selectors {
    let exact = text.slice(span);
    let mut context = CONTEXT;
    let is_common = is_repeated(text, exact);
    while is_common && context < CONTEXT_MAX {
        let whole = text.slice(Span { start: before(span, context), end: after(text, span, context) });
        if !is_repeated(text, whole) {
            break;
        }
        context *= 2;
    }
    Selectors {
        quote: TextQuote {
            exact: exact.to_owned(),
            prefix: text.slice(Span { start: before(span, context), end: span.start }).to_owned(),
            suffix: text.slice(Span { start: span.end, end: after(text, span, context) }).to_owned(),
        },
        position: span,
    }
}

/// Describes a span with as much context as another description has. Unlike [`describe`] it does not look through the
/// text, which for thousands of passages at once would take minutes.
pub fn describe_like(text: &DocumentText, span: Span, like: &TextQuote) -> Selectors {
    let before = before(span, like.prefix.chars().count() as u32);
    let after = after(text, span, like.suffix.chars().count() as u32);
    Selectors {
        quote: TextQuote {
            exact: text.slice(span).to_owned(),
            prefix: text.slice(Span { start: before, end: span.start }).to_owned(),
            suffix: text.slice(Span { start: span.end, end: after }).to_owned(),
        },
        position: span,
    }
}

/// Finds a described passage in a text.
///
/// 1. The quote at its position. 2. The one place where the quote stands with its context. 3. The only place
///    where the quote stands at all. Anything less certain is [`Resolution::Lost`]: a person forgives an orphan,
///    never a wrong place.
pub fn resolve(text: &DocumentText, selectors: &Selectors) -> Resolution {
    let TextQuote { exact, prefix, suffix } = &selectors.quote;
    let position = selectors.position;
    if exact.is_empty() {
        return Resolution::Lost;
    }
    if position.end <= text.char_len() && text.slice(position) == exact {
        return Resolution::Exact(position);
    }
    let whole = format!("{prefix}{exact}{suffix}");
    only_match(text, &whole)
        .map(|at| CharOffset(at.0 + prefix.chars().count() as u32))
        .or_else(|| only_match(text, exact))
        .map_or(Resolution::Lost, |start| {
            let end = CharOffset(start.0 + exact.chars().count() as u32);
            Resolution::Moved(Span { start, end })
        })
}

fn only_match(text: &DocumentText, needle: &str) -> Option<CharOffset> {
    let byte = text.as_str().find(needle)?;
    (!is_repeated(text, needle)).then(|| CharOffset(text.as_str()[..byte].chars().count() as u32))
}

/// Whether the needle stands at more than one place. Places may overlap: `ha ha` stands twice in `ha ha ha`.
fn is_repeated(text: &DocumentText, needle: &str) -> bool {
    let (text, Some(first)) = (text.as_str(), needle.chars().next()) else { return false };
    text.find(needle).is_some_and(|byte| text[byte + first.len_utf8()..].contains(needle))
}

fn before(span: Span, context: u32) -> CharOffset {
    CharOffset(span.start.0.saturating_sub(context))
}

fn after(text: &DocumentText, span: Span, context: u32) -> CharOffset {
    CharOffset(span.end.0 + context).min(text.char_len())
}
