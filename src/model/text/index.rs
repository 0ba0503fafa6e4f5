//! Conversion between the three units of offset.
use super::offset::{ByteOffset, CharOffset, Span, Utf16Offset};

/// Code points between two checkpoints: a conversion is a binary search and a walk of at most this many.
const STRIDE: u32 = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct Checkpoint {
    bytes: u32,
    chars: u32,
    utf16: u32,
}

/// Converts offsets of one text between code points, UTF-16 units and bytes in O(log n).
///
/// Offsets beyond the end are taken for the end; an offset inside a character is taken for its start.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextIndex {
    checkpoints: Vec<Checkpoint>,
    end: Checkpoint,
}

impl TextIndex {
    /// Reads the text once.
    ///
    /// # Panics
    /// When the text is longer than 4 GiB; importers refuse texts long before that.
    pub fn new(text: &str) -> Self {
        assert!(u32::try_from(text.len()).is_ok(), "a document text is shorter than 4 GiB");
        let mut at = Checkpoint::default();
        let mut checkpoints = vec![at];
        for c in text.chars() {
            at.step(c);
            if at.chars.is_multiple_of(STRIDE) {
                checkpoints.push(at);
            }
        }
        Self { checkpoints, end: at }
    }

    /// Length of the text in code points.
    pub fn char_len(&self) -> CharOffset {
        CharOffset(self.end.chars)
    }

    /// Code points to bytes.
    pub fn byte_of_char(&self, text: &str, offset: CharOffset) -> ByteOffset {
        ByteOffset(self.locate(text, |at| at.chars <= offset.0).bytes)
    }

    /// Code points to UTF-16 units.
    pub fn utf16_of_char(&self, text: &str, offset: CharOffset) -> Utf16Offset {
        Utf16Offset(self.locate(text, |at| at.chars <= offset.0).utf16)
    }

    /// UTF-16 units to code points.
    pub fn char_of_utf16(&self, text: &str, offset: Utf16Offset) -> CharOffset {
        CharOffset(self.locate(text, |at| at.utf16 <= offset.0).chars)
    }

    /// Bytes to code points.
    pub fn char_of_byte(&self, text: &str, offset: ByteOffset) -> CharOffset {
        CharOffset(self.locate(text, |at| at.bytes <= offset.0).chars)
    }

    /// The text inside a span.
    pub fn slice<'t>(&self, text: &'t str, span: Span) -> &'t str {
        &text[self.byte_of_char(text, span.start).get()..self.byte_of_char(text, span.end).get()]
    }

    /// The last position for which `reached` holds; `reached` must hold up to some point and not after it.
    fn locate(&self, text: &str, reached: impl Fn(&Checkpoint) -> bool) -> Checkpoint {
        if reached(&self.end) {
            return self.end;
        }
        let after = self.checkpoints.partition_point(&reached);
        let mut at = self.checkpoints[after.saturating_sub(1)];
        for c in text[at.bytes as usize..].chars() {
            let mut next = at;
            next.step(c);
            if !reached(&next) {
                break;
            }
            at = next;
        }
        at
    }
}

impl Checkpoint {
    fn step(&mut self, c: char) {
        self.bytes += c.len_utf8() as u32;
        self.chars += 1;
        self.utf16 += c.len_utf16() as u32;
    }
}
