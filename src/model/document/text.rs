//! The document text: what every stored offset counts in.
use std::ops::Range;

use super::block::Block;
use crate::model::text::{ByteOffset, CharOffset, Span, TextIndex, Unit, Utf16Offset};
use crate::model::text::{grown, snapped, trimmed, units};

/// The texts of all blocks joined by one `\n`, with the index that converts its offsets.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct DocumentText {
    text: String,
    index: TextIndex,
    /// Where each block starts, in code points and in bytes.
    starts: Vec<(CharOffset, ByteOffset)>,
}

impl DocumentText {
    /// Joins the blocks.
    pub fn new(blocks: &[Block]) -> Self {
        let mut text = String::with_capacity(blocks.iter().map(|block| block.text.len() + 1).sum());
        let mut starts = Vec::with_capacity(blocks.len());
        let mut chars = 0;
        for (n, block) in blocks.iter().enumerate() {
            if n > 0 {
                text.push('\n');
                chars += 1;
            }
            starts.push((CharOffset(chars), ByteOffset(text.len() as u32)));
            text.push_str(&block.text);
            chars += block.text.chars().count() as u32;
        }
        if starts.is_empty() {
            // A text without blocks has one empty line, so that every offset has a block.
            starts.push((CharOffset(0), ByteOffset(0)));
        }
        Self { index: TextIndex::new(&text), text, starts }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Length in code points.
    pub fn char_len(&self) -> CharOffset {
        self.index.char_len()
    }

    /// Number of blocks.
    pub fn block_count(&self) -> usize {
        self.starts.len()
    }

    /// The text inside a span.
    pub fn slice(&self, span: Span) -> &str {
        self.index.slice(&self.text, span)
    }

    /// The block that holds an offset; the `\n` after a block counts as its end.
    pub fn block_at(&self, offset: CharOffset) -> usize {
        self.starts.partition_point(|(start, _)| *start <= offset).saturating_sub(1)
    }

    /// Where a block lies, without the `\n` behind it.
    pub fn block_span(&self, block: usize) -> Span {
        let end = self.starts.get(block + 1).map_or(self.char_len(), |(next, _)| CharOffset(next.0 - 1));
        Span { start: self.starts[block].0, end }
    }

    /// The text of a block.
    pub fn block_text(&self, block: usize) -> &str {
        let end = self.starts.get(block + 1).map_or(self.text.len(), |(_, next)| next.get() - 1);
        &self.text[self.starts[block].1.get()..end]
    }

    /// An offset inside a block, in UTF-16 units from the block's start, as the document offset.
    /// Offsets beyond the block are taken for its end.
    pub fn offset_in_block(&self, block: usize, utf16: Utf16Offset) -> CharOffset {
        let span = self.block_span(block);
        let start = self.index.utf16_of_char(&self.text, span.start);
        let offset = self.index.char_of_utf16(&self.text, Utf16Offset(start.0 + utf16.0));
        offset.min(span.end)
    }

    /// The block of an offset, and how far inside it the offset lies in UTF-16 units.
    pub fn place_of(&self, offset: CharOffset) -> (usize, Utf16Offset) {
        let block = self.block_at(offset);
        let start = self.index.utf16_of_char(&self.text, self.starts[block].0);
        let at = self.index.utf16_of_char(&self.text, offset);
        (block, Utf16Offset(at.0 - start.0))
    }

    /// What would be kept of a selection: edges that cut no unit, loose punctuation and spaces dropped.
    /// `None` when nothing but those was selected.
    pub fn selectable(&self, span: Span, snap: Unit) -> Option<Span> {
        let span = Span { start: span.start, end: span.end.min(self.char_len()) };
        if span.is_empty() || self.starts.is_empty() {
            return None;
        }
        let bytes = self.bytes_of(span);
        let first = self.block_at(span.start);
        let last = self.block_at(span.end);
        // A grapheme cluster is never cut, whatever the unit: a syllable knows nothing of emoji. Once before, so that
        // an edge inside a cluster finds the unit that the cluster belongs to, and once after.
        let whole = |block: &str, range| {
            let around = snapped(block, snapped(block, range, Unit::Grapheme), snap);
            snapped(block, around, Unit::Grapheme)
        };
        let start = self.in_block(first, |block, origin| {
            let from = bytes.start - origin;
            whole(block, from..block.len()).start + origin
        });
        let end = self.in_block(last, |block, origin| whole(block, 0..bytes.end - origin).end + origin);
        let kept = trimmed(&self.text, start..end);
        (!kept.is_empty()).then(|| self.chars_of(kept))
    }

    /// The next larger stretch of whole units around a span; a span over several blocks grows to whole blocks.
    pub fn grown(&self, span: Span) -> Span {
        let (first, last) = (self.block_at(span.start), self.block_at(span.end));
        if first != last {
            return Span { start: self.block_span(first).start, end: self.block_span(last).end };
        }
        let bytes = self.bytes_of(span);
        let kept = self.in_block(first, |block, origin| {
            let wider = grown(block, bytes.start - origin..bytes.end - origin);
            wider.start + origin..wider.end + origin
        });
        self.chars_of(kept)
    }

    /// Where a caret at `from` goes when it moves forward by one unit: the end of the unit it is in or before.
    pub fn next_stop(&self, from: CharOffset, unit: Unit) -> CharOffset {
        self.stops_after(from, unit, |piece| piece.end)
    }

    /// The start of the next unit after `from`: where a reading cursor goes.
    pub fn next_start(&self, from: CharOffset, unit: Unit) -> CharOffset {
        self.stops_after(from, unit, |piece| piece.start)
    }

    /// Where a caret at `from` goes when it moves back by one unit: the start of the unit it is in or behind.
    pub fn previous_stop(&self, from: CharOffset, unit: Unit) -> CharOffset {
        let at = self.index.byte_of_char(&self.text, from).get();
        for block in (0..=self.block_at(from)).rev() {
            let found = self.in_block(block, |text, origin| {
                let before = units(text, unit).into_iter().rev().find(|piece| piece.start + origin < at);
                before.map(|piece| piece.start + origin)
            });
            if let Some(byte) = found {
                return self.char_at(byte);
            }
        }
        CharOffset(0)
    }

    /// The units of one kind in one block, as document spans.
    pub fn spans_in_block(&self, block: usize, unit: Unit) -> Vec<Span> {
        self.in_block(block, |text, origin| {
            let pieces = units(text, unit).into_iter();
            pieces.map(|piece| self.chars_of(piece.start + origin..piece.end + origin)).collect()
        })
    }

    fn stops_after(&self, from: CharOffset, unit: Unit, stop: fn(&Range<usize>) -> usize) -> CharOffset {
        let at = self.index.byte_of_char(&self.text, from).get();
        for block in self.block_at(from)..self.starts.len() {
            let found = self.in_block(block, |text, origin| {
                units(text, unit).iter().map(|piece| stop(piece) + origin).find(|&byte| byte > at)
            });
            if let Some(byte) = found {
                return self.char_at(byte);
            }
        }
        self.char_len()
    }

    /// Calls `f` with a block's text and the byte where it starts.
    fn in_block<R>(&self, block: usize, f: impl FnOnce(&str, usize) -> R) -> R {
        f(self.block_text(block), self.starts[block].1.get())
    }

    fn bytes_of(&self, span: Span) -> Range<usize> {
        self.index.byte_of_char(&self.text, span.start).get()
            ..self.index.byte_of_char(&self.text, span.end).get()
    }

    fn chars_of(&self, bytes: Range<usize>) -> Span {
        Span { start: self.char_at(bytes.start), end: self.char_at(bytes.end) }
    }

    fn char_at(&self, byte: usize) -> CharOffset {
        self.index.char_of_byte(&self.text, ByteOffset(byte as u32))
    }
}
