//! Takes the tags out of a page that lie too deep.
//!
//! The parser looks through all open elements at almost every tag, so that a hundred thousand nested ones would
//! keep it busy for minutes. No real page comes near the limit.
use std::borrow::Cow;

/// How many elements may be open at once.
const DEEPEST: usize = 400;

/// How many elements of emphasis may be open at once: the parser repeats each of them in every paragraph that follows.
const DEEPEST_EMPHASIS: usize = 32;
const EMPHASIS: &[&str] =
    &["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// Elements that never stay open, or that the next of their kind closes.
const NEVER_DEEP: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option", "optgroup", "tbody", "thead", "tfoot",
    "colgroup", "body", "html", "head", "rp", "rt", "a",
];

/// Elements whose content is text, whatever it looks like.
const RAW: &[&str] =
    &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// The page without the tags that lie too deep; the same page when there are none.
pub(super) fn shallow(source: &str) -> Cow<'_, str> {
    let mut open: Vec<&str> = Vec::new();
    let mut kept = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(tag) = next_tag(source, at) {
        at = tag.end;
        let is_too_deep = if tag.is_end {
            let is_deep = open.len() > DEEPEST;
            close(&mut open, tag.name);
            is_deep && open.len() >= DEEPEST
        } else if is_any_of(tag.name, NEVER_DEEP) {
            false
        } else if is_any_of(tag.name, RAW) {
            at = end_of_raw(source, at, tag.name);
            false
        } else if is_any_of(tag.name, EMPHASIS) && open_emphasis(&open) >= DEEPEST_EMPHASIS {
            true
        } else {
            open.push(tag.name);
            open.len() > DEEPEST
        };
        if is_too_deep {
            kept.push_str(source.get(copied..tag.start).unwrap_or(""));
            kept.push(' ');
            copied = tag.end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(source);
    }
    kept.push_str(source.get(copied..).unwrap_or(""));
    Cow::Owned(kept)
}

struct Tag<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    is_end: bool,
}

/// The next tag that is no comment and no declaration.
fn next_tag(source: &str, from: usize) -> Option<Tag<'_>> {
    let bytes = source.as_bytes();
    let mut at = from;
    loop {
        let start = at + source.get(at..)?.find('<')?;
        let rest = source.get(start..)?;
        if rest.starts_with("<!--") {
            at = start + rest.find("-->").map_or(rest.len(), |end| end + 3);
            continue;
        }
        let is_end = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(is_end);
        if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
            at = start + 1;
            continue;
        }
        let after = source.get(name_start..)?;
        let is_name_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
        let name = after.get(..after.find(is_name_end).unwrap_or(after.len()))?;
        let end = end_of_tag(bytes, name_start + name.len())?;
        return Some(Tag { start, end, name, is_end });
    }
}

/// Where a tag ends; a `>` inside a quoted value ends nothing.
fn end_of_tag(bytes: &[u8], from: usize) -> Option<usize> {
    let mut quote = None;
    let mut last = b' ';
    for (n, &byte) in bytes.get(from..)?.iter().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'>' => return Some(from + n + 1),
            None if matches!(byte, b'"' | b'\'') && last == b'=' => quote = Some(byte),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    None
}

fn open_emphasis(open: &[&str]) -> usize {
    open.iter().rev().take(DEEPEST).filter(|name| is_any_of(name, EMPHASIS)).count()
}

/// Closes the innermost element of a name, and what is open inside it.
fn close(open: &mut Vec<&str>, name: &str) {
    let top = open.len().saturating_sub(DEEPEST);
    let near = open.get(top..).unwrap_or_default();
    if let Some(found) = near.iter().rposition(|other| other.eq_ignore_ascii_case(name)) {
        open.truncate(top + found);
    }
}

fn end_of_raw(source: &str, from: usize, name: &str) -> usize {
    let bytes = source.as_bytes();
    let mut at = from;
    while let Some(found) = source.get(at..).and_then(|rest| rest.find("</")) {
        let tag = at + found;
        let is_end = bytes
            .get(tag + 2..tag + 2 + name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        if is_end {
            return tag;
        }
        at = tag + 2;
    }
    source.len()
}

fn is_any_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}
