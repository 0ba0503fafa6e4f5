//! The document text: blocks, places inside them, and where a caret stops.
use concord::model::document::{Block, DocumentText, Role};
use concord::model::text::{CharOffset, Span, Unit, Utf16Offset, units};
use proptest::prelude::*;

use crate::support::{any_blocks, lines};

const UNITS: [Unit; 6] =
    [Unit::Grapheme, Unit::Syllable, Unit::Word, Unit::Clause, Unit::Sentence, Unit::Block];

#[test]
fn the_text_is_the_blocks_joined_by_line_feeds() {
    let blocks = [
        Block::plain(Role::Headline, "Đảng"),
        Block::plain(Role::Paragraph, ""),
        Block::plain(Role::Quote, "😀 ủy"),
    ];
    let text = DocumentText::new(&blocks);
    assert_eq!(text.as_str(), "Đảng\n\n😀 ủy");
    assert_eq!((text.block_count(), text.char_len()), (3, CharOffset(10)));
    assert_eq!([0, 1, 2].map(|block| text.block_text(block)), ["Đảng", "", "😀 ủy"]);
    assert_eq!(
        [0, 1, 2].map(|block| text.block_span(block)),
        [Span::new(0, 4), Span::new(5, 5), Span::new(6, 10)]
    );
}

#[test]
fn the_line_feed_after_a_block_is_its_end() {
    let text = lines("ab\n\ncd");
    let blocks: Vec<usize> = (0..=8).map(|offset| text.block_at(CharOffset(offset))).collect();
    assert_eq!(blocks, [0, 0, 0, 1, 2, 2, 2, 2, 2]);
}

#[test]
fn a_place_in_a_block_counts_utf16_units() {
    let text = lines("a\n😀b");
    for (block, utf16, offset) in
        [(0, 0, 0), (0, 1, 1), (0, 9, 1), (1, 0, 2), (1, 1, 2), (1, 2, 3), (1, 3, 4), (1, 99, 4)]
    {
        assert_eq!(
            text.offset_in_block(block, Utf16Offset(utf16)),
            CharOffset(offset),
            "block {block}, {utf16}"
        );
    }
    assert_eq!(text.place_of(CharOffset(3)), (1, Utf16Offset(2)));
    assert_eq!(text.place_of(CharOffset(1)), (0, Utf16Offset(1)));
}

#[test]
fn a_caret_goes_from_word_to_word_over_the_edges_of_blocks() {
    let text = lines("Hai bên, ký\n\nrồi về.");
    let forth = |from: u32| text.next_stop(CharOffset(from), Unit::Syllable).0;
    let back = |from: u32| text.previous_stop(CharOffset(from), Unit::Syllable).0;
    assert_eq!([0, 1, 3, 7, 11, 13, 17, 19, 20].map(forth), [3, 3, 7, 11, 16, 16, 19, 20, 20]);
    assert_eq!([20, 19, 17, 13, 12, 11, 9, 4, 1, 0].map(back), [17, 17, 13, 9, 9, 9, 4, 0, 0, 0]);
    assert_eq!(text.next_start(CharOffset(0), Unit::Syllable), CharOffset(4));
    assert_eq!(text.next_start(CharOffset(9), Unit::Syllable), CharOffset(13));
    assert_eq!(text.next_start(CharOffset(17), Unit::Syllable), text.char_len());
}

proptest! {
    #[test]
    fn blocks_are_found_by_their_offsets(blocks in any_blocks()) {
        let text = DocumentText::new(&blocks);
        let joined: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        prop_assert_eq!(text.as_str(), joined.join("\n"));
        let mut next = 0;
        for (n, block) in blocks.iter().enumerate() {
            let span = text.block_span(n);
            prop_assert_eq!(text.block_text(n), &block.text);
            prop_assert_eq!(text.slice(span), &block.text);
            prop_assert_eq!(span.start.0, next);
            for offset in span.start.0..=span.end.0 {
                prop_assert_eq!(text.block_at(CharOffset(offset)), n);
            }
            next = span.end.0 + 1;
        }
        prop_assert_eq!(text.char_len().0, next - 1);
    }

    #[test]
    fn a_place_in_a_block_and_back_is_the_same_offset(blocks in any_blocks()) {
        let text = DocumentText::new(&blocks);
        for offset in (0..=text.char_len().0).map(CharOffset) {
            let (block, utf16) = text.place_of(offset);
            prop_assert_eq!(block, text.block_at(offset));
            prop_assert_eq!(text.offset_in_block(block, utf16), offset);
            let before = Span { start: text.block_span(block).start, end: offset };
            prop_assert_eq!(text.slice(before).encode_utf16().count(), utf16.0 as usize);
        }
    }

    #[test]
    fn a_place_beyond_a_block_is_its_end(blocks in any_blocks(), utf16 in 0_u32..400) {
        let text = DocumentText::new(&blocks);
        for (n, block) in blocks.iter().enumerate() {
            let span = text.block_span(n);
            let offset = text.offset_in_block(n, Utf16Offset(utf16));
            prop_assert!(span.start <= offset && offset <= span.end);
            if block.text.encode_utf16().count() <= utf16 as usize {
                prop_assert_eq!(offset, span.end);
            }
        }
    }

    #[test]
    fn a_caret_stops_where_units_start_and_end(blocks in any_blocks()) {
        let text = DocumentText::new(&blocks);
        for unit in UNITS {
            let spans: Vec<Span> = (0..blocks.len()).flat_map(|block| text.spans_in_block(block, unit)).collect();
            let pieces: Vec<&str> = blocks.iter().flat_map(|b| units(&b.text, unit).into_iter().map(|piece| &b.text[piece])).collect();
            prop_assert_eq!(spans.iter().map(|span| text.slice(*span)).collect::<Vec<_>>(), pieces);
            for at in (0..=text.char_len().0).map(CharOffset) {
                let end = spans.iter().map(|span| span.end).find(|edge| *edge > at);
                let start = spans.iter().map(|span| span.start).find(|edge| *edge > at);
                let before = spans.iter().rev().map(|span| span.start).find(|edge| *edge < at);
                prop_assert_eq!(text.next_stop(at, unit), end.unwrap_or(text.char_len()), "{:?} after {:?}", unit, at);
                prop_assert_eq!(text.next_start(at, unit), start.unwrap_or(text.char_len()), "{:?} after {:?}", unit, at);
                prop_assert_eq!(text.previous_stop(at, unit), before.unwrap_or_default(), "{:?} before {:?}", unit, at);
            }
        }
    }
}
