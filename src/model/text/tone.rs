//! Vietnamese tones apart from their letters: `hoà` and `hòa` are the same syllable in two spellings.
use std::sync::OnceLock;

use unicode_normalization::char::{compose, decompose_canonical};

/// Everything with a tone mark lies below this code point.
const LIMIT: usize = 0x1f00;

/// A character in lower case without its tone, and the tone: 0 for none, else a number for each of the five marks.
/// Marks that make another letter (`â`, `ê`, `ơ`, `đ`) stay. A combining tone mark alone is the tone of nothing.
pub fn tone_apart(c: char) -> (char, u8) {
    if c.is_ascii() {
        return (c.to_ascii_lowercase(), 0);
    }
    static TABLE: OnceLock<Vec<(char, u8)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        (0..LIMIT as u32).map(|code| char::from_u32(code).map_or(('\u{fffd}', 0), worked_out)).collect()
    });
    table.get(c as usize).copied().unwrap_or_else(|| (lower(c), 0))
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn worked_out(c: char) -> (char, u8) {
    let mut letter: Option<char> = None;
    let mut tone = 0;
    decompose_canonical(lower(c), |part| match tone_of(part) {
        Some(mark) => tone = mark,
        None => letter = Some(letter.map_or(part, |whole| compose(whole, part).unwrap_or(whole))),
    });
    (letter.unwrap_or('\0'), tone)
}

fn tone_of(mark: char) -> Option<u8> {
    Some(match mark {
        '\u{300}' => 1,
        '\u{301}' => 2,
        '\u{303}' => 3,
        '\u{309}' => 4,
        '\u{323}' => 5,
        _ => return None,
    })
}
