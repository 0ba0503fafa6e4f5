//! Puts the text of one block together: white space, marks, and the forms that every block text must have.
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::model::document::{Mark, MarkKind, is_safe_link};
use crate::model::text::{CharOffset, Span};

/// Collects the text and marks of a block; runs of white space become one space, none at the edges.
#[derive(Debug, Default)]
pub(super) struct Inline {
    text: String,
    chars: u32,
    space_pending: bool,
    marks: Vec<Mark>,
    open: Vec<OpenMark>,
}

#[derive(Debug)]
struct OpenMark {
    kind: MarkKind,
    /// None until a visible character follows, so that no mark starts with a space.
    start: Option<u32>,
    /// None for a mark inside another of its kind, which would say nothing new.
    counts: bool,
}

impl Inline {
    /// Adds text.
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space_pending = self.chars > 0;
            } else if !c.is_control() && c != '\u{feff}' {
                self.push_visible(c);
            }
        }
    }

    /// Adds the number of a list item, which no mark covers.
    pub(super) fn push_unmarked(&mut self, text: &str) {
        let open = std::mem::take(&mut self.open);
        self.push(text);
        self.open = open;
    }

    fn push_visible(&mut self, c: char) {
        if std::mem::take(&mut self.space_pending) {
            self.text.push(' ');
            self.chars += 1;
        }
        for mark in &mut self.open {
            mark.start.get_or_insert(self.chars);
        }
        self.text.push(c);
        self.chars += 1;
    }

    /// Starts a mark; every start needs its [`Inline::close`].
    pub(super) fn open(&mut self, kind: MarkKind) {
        let counts = !self.open.iter().any(|mark| is_same_kind(&mark.kind, &kind));
        self.open.push(OpenMark { kind, start: None, counts });
    }

    /// Ends the mark that was started last.
    pub(super) fn close(&mut self) {
        if let Some(OpenMark { kind, start: Some(start), counts: true }) = self.open.pop() {
            self.mark(kind, start);
        }
    }

    fn mark(&mut self, kind: MarkKind, start: u32) {
        if start < self.chars {
            self.marks.push(Mark { span: Span::new(start, self.chars), kind });
        }
    }

    /// Takes out what was collected, `None` when nothing is visible. Marks that are open go on in the next block.
    pub(super) fn take(&mut self) -> Option<(String, Vec<Mark>)> {
        for n in (0..self.open.len()).rev() {
            let Some(OpenMark { kind, start, counts }) = self.open.get_mut(n) else { break };
            if let (Some(start), true) = (start.take(), *counts) {
                let kind = kind.clone();
                self.mark(kind, start);
            }
        }
        let text = std::mem::take(&mut self.text);
        let mut marks = std::mem::take(&mut self.marks);
        self.chars = 0;
        self.space_pending = false;
        // Inner marks ended first: turned round, the stable sort leaves the outer one of two equal spans in front.
        marks.reverse();
        marks.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end)));
        (!is_blank(&text)).then(|| composed(text, marks))
    }

    /// Whether nothing visible was collected yet.
    pub(super) fn is_empty(&self) -> bool {
        self.chars == 0
    }
}

fn is_same_kind(a: &MarkKind, b: &MarkKind) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Brings a text that was put together from pieces into NFC: a piece may start with a combining mark.
fn composed(text: String, marks: Vec<Mark>) -> (String, Vec<Mark>) {
    if is_nfc(&text) {
        return (text, marks);
    }
    let nfc: String = text.nfc().collect();
    let moved = moved_offsets(&text, &marks);
    let len = nfc.chars().count() as u32;
    let marks = marks.into_iter().zip(moved).filter_map(|(mark, (start, end))| {
        let span = Span { start: CharOffset(start), end: CharOffset(end.min(len)) };
        (span.start < span.end).then_some(Mark { span, ..mark })
    });
    (nfc, marks.collect())
}

/// Where the edges of marks lie after composition, found in one walk over the text.
fn moved_offsets(text: &str, marks: &[Mark]) -> Vec<(u32, u32)> {
    let mut edges: Vec<u32> = marks.iter().flat_map(|mark| [mark.span.start.0, mark.span.end.0]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut moved = Vec::with_capacity(edges.len());
    let (mut rest, mut done, mut composed) = (text, 0, 0);
    for &edge in &edges {
        let bytes = rest.char_indices().nth((edge - done) as usize).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(bytes);
        composed += piece.nfc().count() as u32;
        moved.push(composed);
        (rest, done) = (after, edge);
    }
    let place = |edge| edges.binary_search(&edge).ok().and_then(|n| moved.get(n).copied()).unwrap_or(0);
    marks.iter().map(|mark| (place(mark.span.start.0), place(mark.span.end.0))).collect()
}

/// A link mark, for addresses that are safe to offer.
pub(super) fn link(address: &str) -> Option<MarkKind> {
    let address = address.trim();
    is_safe_link(address).then(|| MarkKind::Link(address.to_owned()))
}

/// Whether a text shows nothing: white space and characters without width.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
    })
}

/// The text, cut at a word when it is longer than `longest` code points.
pub(super) fn clipped(text: &str, longest: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    // One place stays free for the ellipsis.
    let room = text.char_indices().nth(longest.saturating_sub(1)).map_or(cut, |(at, _)| at);
    let kept = text.get(..room).unwrap_or(text);
    let at_word = kept.rfind(' ').filter(|&space| space > room / 2).unwrap_or(kept.len());
    let kept = kept.get(..at_word).unwrap_or(kept);
    let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–'));
    format!("{kept}…")
}

/// Length in code points, counted no further than `limit`.
pub(super) fn char_len(text: &str, limit: usize) -> usize {
    text.chars().take(limit).count()
}
