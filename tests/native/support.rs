//! What several test files share: texts in a notation for readers, arbitrary texts, files beside the package.
use std::ops::Range;
use std::path::{Path, PathBuf};

use concord::model::document::{Block, DocumentText, Role};
use concord::model::text::{CharOffset, Span};
use proptest::prelude::*;
use serde_json::Value;

/// A file beside the package, or `None` with a remark.
pub(crate) fn shared(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(shared_path(path)).ok();
    if text.is_none() {
        println!("skipped: no {path}");
    }
    text
}

/// Where a file beside the package would be.
pub(crate) fn shared_path(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path)
}

/// Likewise, as JSON.
pub(crate) fn shared_json(path: &str) -> Option<Value> {
    shared(path).map(|text| serde_json::from_str(&text).expect("the file is JSON"))
}

/// A text whose lines are blocks.
pub(crate) fn lines(text: &str) -> DocumentText {
    DocumentText::new(&blocks(text))
}

/// One paragraph a line.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    text.split('\n').map(|line| Block::plain(Role::Paragraph, line)).collect()
}

/// Reads `a [marked] text`: the text without brackets, and the byte ranges that stood in them.
pub(crate) fn unmarked(marked: &str) -> (String, Vec<Range<usize>>) {
    let (mut text, mut ranges, mut start) = (String::new(), Vec::new(), 0);
    for c in marked.chars() {
        match c {
            '[' => start = text.len(),
            ']' => ranges.push(start..text.len()),
            c => text.push(c),
        }
    }
    (text, ranges)
}

/// The opposite: a text with brackets around ranges.
pub(crate) fn marked(text: &str, ranges: &[Range<usize>]) -> String {
    let mut marked = String::new();
    let mut done = 0;
    for range in ranges {
        marked += &format!("{}[{}]", &text[done..range.start], &text[range.clone()]);
        done = range.end;
    }
    marked + &text[done..]
}

/// The document and the one span of `a [marked] text`.
pub(crate) fn selected(notation: &str) -> (DocumentText, Span) {
    let (text, ranges) = unmarked(notation);
    let [range] = ranges.as_slice() else { panic!("one passage is marked in {notation:?}") };
    let span = span_of(&text, range.clone());
    (lines(&text), span)
}

/// A byte range as a span.
pub(crate) fn span_of(text: &str, bytes: Range<usize>) -> Span {
    let chars = |byte: usize| CharOffset(text[..byte].chars().count() as u32);
    Span { start: chars(bytes.start), end: chars(bytes.end) }
}

/// A span as a byte range, counted one by one.
pub(crate) fn bytes_of(text: &str, span: Span) -> Range<usize> {
    let byte = |at: CharOffset| text.char_indices().nth(at.0 as usize).map_or(text.len(), |(byte, _)| byte);
    byte(span.start)..byte(span.end)
}

/// A text with brackets around a span.
pub(crate) fn marked_span(text: &str, span: Span) -> String {
    marked(text, &[bytes_of(text, span)])
}

/// Pieces that break naive text code, next to ordinary words.
const PIECES: [&str; 46] = [
    "Đảng ủy",
    "chủ trì",
    "phối hợp",
    "e\u{301}",
    "o\u{302}\u{323}",
    "ệ",
    "NLĐ",
    "02-NQ/TW",
    "97%",
    "45.000",
    "30/5",
    "2022-2025",
    "TS.",
    "J.",
    "a",
    "Z",
    "7",
    "?",
    ".",
    "…",
    "...",
    ",",
    ";",
    ":",
    "-",
    "–",
    "(",
    ")",
    "“",
    "”",
    "«",
    "»",
    "‘",
    "’",
    " ",
    "  ",
    "\u{a0}",
    "\t",
    "😀",
    "👨\u{200d}👩\u{200d}👧",
    "🇻🇳",
    "👍🏽",
    "한",
    "ก็",
    "\u{301}",
    "x",
];

/// One line of arbitrary text, half of it made of traps.
pub(crate) fn any_line() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24);
    prop_oneof![
        3 => pieces.prop_map(|pieces| pieces.concat()),
        1 => "[^\n\r]{0,40}",
    ]
}

/// A line as an importer could leave it: in the form of a document text.
pub(crate) fn any_stored_line() -> impl Strategy<Value = String> {
    any_line().prop_map(|line| concord::model::text::normalized(&line).replace('\n', " "))
}

/// The texts of some blocks, as importers leave them.
pub(crate) fn any_blocks() -> impl Strategy<Value = Vec<Block>> {
    let role = prop::sample::select(&Role::CHOICES[..]);
    let block = (any_stored_line(), role).prop_map(|(text, role)| Block::plain(role, text));
    prop::collection::vec(block, 1..6)
}

/// A span in a text of a length, perhaps empty.
pub(crate) fn any_span(length: u32) -> impl Strategy<Value = Span> {
    (0..=length, 0..=length).prop_map(|(a, b)| Span::new(a, b))
}
