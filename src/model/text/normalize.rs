//! The one form in which document text is kept.
use unicode_normalization::UnicodeNormalization;

/// Brings text into the form of a document text: NFC, `\n` for every line end, no byte order mark, no control
/// characters but tab.
///
/// NFC because web fonts come in subset files: a decomposed mark crosses their border and loses its place.
pub fn normalized(raw: &str) -> String {
    let mut after_return = false;
    raw.chars()
        .filter_map(|c| {
            let follows_return = std::mem::replace(&mut after_return, c == '\r');
            match c {
                '\n' if follows_return => None,
                '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
                '\n' | '\t' => Some(c),
                // A byte order mark means nothing in a text, at its start or where files were joined.
                '\u{feff}' => None,
                c if c.is_control() => None,
                c => Some(c),
            }
        })
        .nfc()
        .collect()
}
