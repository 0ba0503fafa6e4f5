//! Which spans touch a place: an interval index over spans sorted by their start.
use crate::model::text::{CharOffset, Span};

/// Answers "which of these spans overlap this one" in O(log n + hits).
///
/// The spans stay sorted by start (longer first), and a binary tree over them holds the largest end of each
/// half: the augmented tree of Cormen et al., "Introduction to Algorithms", section 14.3, laid out in an array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanIndex {
    spans: Vec<Span>,
    /// `furthest[n]` is the largest end below node `n` of a complete binary tree; leaf `i` is node `leaves + i`.
    furthest: Vec<CharOffset>,
    leaves: usize,
}

impl SpanIndex {
    /// Builds the index. The positions it returns are positions in `spans`, which must be in [`SpanIndex::order`].
    pub fn new(spans: Vec<Span>) -> Self {
        debug_assert!(spans.is_sorted_by_key(|span| Self::order(*span)));
        let leaves = spans.len().next_power_of_two();
        let mut furthest = vec![CharOffset(0); 2 * leaves];
        for (n, span) in spans.iter().enumerate() {
            furthest[leaves + n] = span.end;
        }
        for node in (1..leaves).rev() {
            furthest[node] = furthest[2 * node].max(furthest[2 * node + 1]);
        }
        Self { spans, furthest, leaves }
    }

    /// The order that the index needs: by start, then longer first, so that a passage comes before those nested
    /// in it.
    pub fn order(span: Span) -> (CharOffset, std::cmp::Reverse<CharOffset>) {
        (span.start, std::cmp::Reverse(span.end))
    }

    /// The spans, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Positions of the spans that share a code point with `window`, in order.
    pub fn overlapping(&self, window: Span) -> Vec<usize> {
        let mut hits = Vec::new();
        let until = self.spans.partition_point(|span| span.start < window.end);
        if until > 0 {
            self.collect(1, 0, self.leaves, until, window.start, &mut hits);
        }
        hits
    }

    /// Positions of the spans that hold the code point at `offset`.
    pub fn at(&self, offset: CharOffset) -> Vec<usize> {
        self.overlapping(Span { start: offset, end: CharOffset(offset.0 + 1) })
    }

    fn collect(
        &self,
        node: usize,
        first: usize,
        width: usize,
        until: usize,
        after: CharOffset,
        hits: &mut Vec<usize>,
    ) {
        if first >= until || self.furthest[node] <= after {
            return;
        }
        if width == 1 {
            hits.push(first);
            return;
        }
        let half = width / 2;
        self.collect(2 * node, first, half, until, after, hits);
        self.collect(2 * node + 1, first + half, half, until, after, hits);
    }
}
