//! Boundaries that a reader sees: grapheme, syllable, word, clause, sentence.
//!
//! Vietnamese writes a space between syllables, not between words, so the syllable is the smallest unit that
//! makes sense to select. Word boundaries would need a dictionary; what can be known without one is taken:
//! a number with its parts (`02-NQ/TW`, `30/5`, `97%`) and a run of capitalised syllables (a name) are one word.
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// What the caret moves by and a selection grows by, from small to large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A user-perceived character (UAX #29).
    Grapheme,
    /// A run of letters and digits; see the module documentation.
    Syllable,
    /// A syllable, or a name of several.
    Word,
    /// A stretch between commas, semicolons, colons or dashes within a sentence.
    Clause,
    /// Up to and with its final punctuation.
    Sentence,
    /// The whole block.
    Block,
}

/// Byte ranges of all units of one kind in the text of one block, in order, without the spaces between.
pub fn units(block: &str, unit: Unit) -> Vec<Range<usize>> {
    match unit {
        Unit::Grapheme => block.grapheme_indices(true).map(|(at, g)| at..at + g.len()).collect(),
        Unit::Syllable => syllables(block),
        Unit::Word => words(block),
        Unit::Clause => sentences(block).into_iter().flat_map(|sentence| clauses(block, sentence)).collect(),
        Unit::Sentence => sentences(block),
        Unit::Block if block.is_empty() => Vec::new(),
        Unit::Block => std::iter::once(0..block.len()).collect(),
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_syllable_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining(c)
}

/// Whether a joiner between `before` and `after` belongs to a number or document number.
fn joins(joiner: char, before: char, after: char, token_has_digit: bool) -> bool {
    match joiner {
        '.' | ',' | ':' => before.is_ascii_digit() && after.is_ascii_digit(),
        '-' | '/' | '–' => {
            before.is_alphanumeric() && after.is_alphanumeric() && (token_has_digit || after.is_ascii_digit())
        }
        '\'' | '’' => before.is_alphabetic() && after.is_alphabetic(),
        _ => false,
    }
}

fn syllables(block: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut chars = block.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        // A combining mark behind anything else belongs to that, not to the syllable that follows.
        if !first.is_alphanumeric() {
            continue;
        }
        let (mut end, mut last) = (start + first.len_utf8(), first);
        let mut has_digit = first.is_ascii_digit();
        while let Some(&(at, c)) = chars.peek() {
            let joined = is_syllable_char(c)
                || block[at + c.len_utf8()..]
                    .chars()
                    .next()
                    .is_some_and(|after| joins(c, last, after, has_digit));
            let closes = c == '%' && last.is_ascii_digit();
            if !joined && !closes {
                break;
            }
            chars.next();
            has_digit |= c.is_ascii_digit();
            (end, last) = (at + c.len_utf8(), c);
            if closes {
                break;
            }
        }
        found.push(start..end);
    }
    found
}

fn words(block: &str) -> Vec<Range<usize>> {
    let is_capitalised =
        |range: &Range<usize>| block[range.clone()].chars().next().is_some_and(char::is_uppercase);
    let mut found: Vec<Range<usize>> = Vec::new();
    for syllable in syllables(block) {
        match found.last_mut() {
            Some(word)
                if &block[word.end..syllable.start] == " "
                    && is_capitalised(word)
                    && is_capitalised(&syllable) =>
            {
                word.end = syllable.end;
            }
            _ => found.push(syllable),
        }
    }
    found
}

/// Titles and honorifics whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 24] = [
    "TS", "ThS", "PGS", "GS", "BS", "KS", "CN", "TP", "Tp", "TX", "TT", "P", "Q", "Đ", "St", "Mr", "Mrs",
    "Ms", "Dr", "Prof", "No", "Art", "vs", "v",
];

fn sentences(block: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut chars = block.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if start.is_none() {
            if c.is_whitespace() {
                continue;
            }
            start = Some(at);
        }
        if !matches!(c, '.' | '!' | '?' | '…') {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some(&(next, closer)) = chars.peek() {
            if !matches!(closer, '.' | '!' | '?' | '…' | '”' | '’' | '"' | '\'' | ')' | ']' | '»') {
                break;
            }
            chars.next();
            end = next + closer.len_utf8();
        }
        let first = start.unwrap_or(at);
        if ends_sentence(&block[first..at], &block[at..end], &block[end..]) {
            found.push(first..end);
            start = None;
        }
    }
    if let Some(first) = start {
        found.push(first..first + block[first..].trim_end().len());
    }
    found
}

/// Whether `mark` (a full stop and what closes behind it) ends the sentence that reads `before` up to it.
fn ends_sentence(before: &str, mark: &str, after: &str) -> bool {
    if after.trim_start().is_empty() {
        return true;
    }
    if !after.starts_with(char::is_whitespace) {
        return false;
    }
    let opens_next = after.trim_start().chars().next().is_some_and(|c| {
        c.is_uppercase() || c.is_numeric() || matches!(c, '“' | '"' | '‘' | '(' | '«' | '-' | '–')
    });
    let last_word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let is_abbreviation = mark == "."
        && (ABBREVIATIONS.contains(&last_word)
            || last_word.chars().count() == 1 && last_word.chars().all(char::is_uppercase));
    opens_next && !is_abbreviation
}

fn clauses(block: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = sentence.start;
    let mut chars = block[sentence.clone()].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = sentence.start + at + c.len_utf8();
        let before_space = chars.peek().is_some_and(|(_, next)| next.is_whitespace());
        if matches!(c, ',' | ';' | ':' | '–' | '—') && before_space {
            found.push(start..end);
            let rest = &block[end..sentence.end];
            start = end + (rest.len() - rest.trim_start().len());
        }
    }
    if start < sentence.end {
        found.push(start..sentence.end);
    }
    found
}
