//! From what a hand selected to what is worth keeping: edges that cut no syllable and carry no loose punctuation.
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::segment::{Unit, units};

/// Widens a byte range so that neither edge lies inside a unit. With [`Unit::Grapheme`] this is the least that
/// any stored span must obey.
pub fn snapped(block: &str, range: Range<usize>, unit: Unit) -> Range<usize> {
    let (mut start, mut end) = (range.start.min(block.len()), range.end.min(block.len()));
    for piece in units(block, unit) {
        if piece.start < start && start < piece.end {
            start = piece.start;
        }
        if piece.start < end && end < piece.end {
            end = piece.end;
        }
    }
    start..end.max(start)
}

/// Drops white space from both edges, sentence punctuation from the end, and punctuation that opens nothing from
/// the start. A bracket or quote is dropped when its partner is not inside. Empty when nothing else is left.
pub fn trimmed(block: &str, range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    loop {
        let inside = &block[start..end];
        let mut clusters = inside.graphemes(true);
        let Some(first) = clusters.next() else { return start..start };
        let last = clusters.next_back().unwrap_or(first);
        // A space or a mark that carries a combining mark is no loose one.
        if only_char(first).is_some_and(|c| is_loose_at_start(c, inside)) {
            start += first.len();
        } else if only_char(last).is_some_and(|c| is_loose_at_end(c, inside)) {
            end -= last.len();
        } else {
            return start..end;
        }
    }
}

fn only_char(cluster: &str) -> Option<char> {
    let mut chars = cluster.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

fn is_loose_at_start(first: char, inside: &str) -> bool {
    match first {
        '(' | '[' | '“' | '‘' | '«' => !inside.contains(closer_of(first)),
        ')' | ']' | '”' | '’' | '»' => true,
        c => {
            c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | '-' | '–' | '—' | '•')
        }
    }
}

fn is_loose_at_end(last: char, inside: &str) -> bool {
    match last {
        ')' | ']' | '”' | '’' | '»' => !inside.contains(opener_of(last)),
        '(' | '[' | '“' | '‘' | '«' => true,
        c => c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | '-' | '–' | '—'),
    }
}

fn closer_of(opener: char) -> char {
    match opener {
        '(' => ')',
        '[' => ']',
        '“' => '”',
        '‘' => '’',
        _ => '»',
    }
}

fn opener_of(closer: char) -> char {
    match closer {
        ')' => '(',
        ']' => '[',
        '”' => '“',
        '’' => '‘',
        _ => '«',
    }
}

/// The smallest larger stretch made of whole units: syllable, word, clause, sentence, block.
/// The range itself when it is already the whole block.
pub fn grown(block: &str, range: Range<usize>) -> Range<usize> {
    [Unit::Syllable, Unit::Word, Unit::Clause, Unit::Sentence, Unit::Block]
        .into_iter()
        .map(|unit| {
            let around = units(block, unit)
                .into_iter()
                .filter(|piece| piece.start < range.end.max(range.start + 1) && range.start < piece.end);
            let cover =
                around.fold(range.clone(), |sum, piece| sum.start.min(piece.start)..sum.end.max(piece.end));
            trimmed(block, cover)
        })
        .find(|wider| wider.start <= range.start && range.end <= wider.end && *wider != range)
        .unwrap_or(if range.is_empty() { range } else { 0..block.len() })
}
