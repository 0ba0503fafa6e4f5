//! Offsets and spans. The unit is part of the type, so that the three cannot be mixed up.
use serde::{Deserialize, Serialize};

/// Offset in Unicode code points: what is stored and exported, and what Web Annotation counts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CharOffset(pub u32);

/// Offset in UTF-16 code units, as the DOM counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utf16Offset(pub u32);

/// Offset in bytes of UTF-8, as Rust strings count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteOffset(pub u32);

impl ByteOffset {
    /// For slicing a string.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

/// A half-open stretch of text, in code points. One that was read from somewhere never ends before it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Ends")]
pub struct Span {
    /// First code point inside.
    pub start: CharOffset,
    /// First code point after.
    pub end: CharOffset,
}

/// A span as it stands in a file. One that ends before it starts is empty.
#[derive(Deserialize)]
struct Ends {
    start: CharOffset,
    end: CharOffset,
}

impl From<Ends> for Span {
    fn from(ends: Ends) -> Self {
        Self { start: ends.start, end: ends.end.max(ends.start) }
    }
}

impl Span {
    /// The span between two offsets, given in either order.
    pub fn between(a: CharOffset, b: CharOffset) -> Self {
        Self { start: a.min(b), end: a.max(b) }
    }

    /// Shorthand for tests and tables.
    pub fn new(start: u32, end: u32) -> Self {
        Self::between(CharOffset(start), CharOffset(end))
    }

    /// Number of code points.
    pub fn len(self) -> u32 {
        self.end.0 - self.start.0
    }

    /// Whether nothing is inside.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the two share at least one code point.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether all of `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}
