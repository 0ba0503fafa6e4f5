//! The words of a text as keys that can be compared: what alignment works on.
use std::ops::Range;

use crate::model::text::{CharOffset, Span, tone_apart};

/// The words of a text in order. Punctuation and spaces are no tokens: they change when a page is saved anew, and
/// nothing is recognised by them.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Equal for words that read the same: case is folded, and in a Vietnamese syllable it does not matter over which
    /// vowel the tone stands (`hoà`, `hòa`).
    pub(super) keys: Vec<u64>,
    /// Where each word lies, in code points.
    pub(super) spans: Vec<Span>,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Self {
        let mut tokens = Self::default();
        let mut word = Word::default();
        let mut at = 0;
        for c in text.chars() {
            if stands_alone(c) {
                tokens.end(&mut word, at);
                word.push(c, at);
                tokens.end(&mut word, at + 1);
            } else if c.is_alphanumeric() || word.is_open() && joins(c) {
                word.push(c, at);
            } else {
                tokens.end(&mut word, at);
            }
            at += 1;
        }
        tokens.end(&mut word, at);
        tokens
    }

    /// The tokens that share a code point with a span.
    pub(super) fn within(&self, span: Span) -> Range<usize> {
        let first = self.spans.partition_point(|token| token.end <= span.start);
        let after = self.spans.partition_point(|token| token.start < span.end);
        first..after.max(first)
    }

    fn end(&mut self, word: &mut Word, at: u32) {
        if let Some(start) = word.start.take() {
            self.keys.push(word.key());
            self.spans.push(Span { start: CharOffset(start), end: CharOffset(at) });
        }
    }
}

/// Scripts that put no spaces between words: each character is a token.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Marks on the letter before, and characters that only say where a line may break.
fn joins(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}')
}

#[derive(Default)]
struct Word {
    start: Option<u32>,
    letters: u64,
    tones: u64,
}

impl Word {
    fn is_open(&self) -> bool {
        self.start.is_some()
    }

    fn push(&mut self, c: char, at: u32) {
        if self.start.is_none() {
            *self = Self { start: Some(at), letters: 0, tones: 0 };
        }
        if matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}') {
            return;
        }
        let (letter, tone) = tone_apart(c);
        self.letters = mixed(self.letters ^ u64::from(u32::from(letter)));
        self.tones += u64::from(tone);
    }

    fn key(&self) -> u64 {
        mixed(self.letters ^ self.tones << 32)
    }
}

/// A multiplication and a shift spread the bits (the finaliser of SplitMix64, Steele et al. 2014).
pub(super) fn mixed(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(0x9e37_79b9_7f4a_7c15);
    value ^ value >> 27
}
