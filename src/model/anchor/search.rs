//! Approximate search: where in a text does something stand that reads almost like this?
//!
//! Filter, then verify. A vote of q-grams finds the neighbourhoods (Jokinen and Ukkonen 1991; here each shared 5-gram
//! votes for the diagonal that it lies on), and the bit-vector algorithm of Myers ("A fast bit-vector algorithm for
//! approximate string matching based on dynamic programming", J. ACM 1999, section 4: blocks for long patterns)
//! measures the distance in each.
use std::ops::Range;

use super::tokens::mixed;
use crate::model::text::{CharOffset, Span};

/// Length of the voting grams, in code points.
const GRAM: usize = 5;
/// Diagonals are counted in stretches of this many code points, so that insertions do not split the vote.
const STRETCH: usize = 32;
/// Grams that stand at more places say nothing about the place.
const COMMON: usize = 512;
/// So many neighbourhoods are measured for one quote.
const MEASURED: usize = 24;
const BUCKET_BITS: u32 = 17;
/// Stands between parts of a text; no pattern has it, since document texts hold no control characters.
const BETWEEN: char = '\0';

/// A text as it is compared: lower case, one space for any run of spaces, one kind of quote and of dash.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) chars: Vec<char>,
    /// Where each folded character comes from, in code points.
    origins: Vec<u32>,
}

impl Folded {
    /// Parts of a text, each with the offset where it starts. Nothing reads on from one part to the next.
    pub(super) fn of(parts: &[(CharOffset, &str)]) -> Self {
        let mut folded = Self::default();
        for (n, (start, text)) in parts.iter().enumerate() {
            if n > 0 {
                folded.chars.push(BETWEEN);
                folded.origins.push(start.0);
            }
            for (at, c) in text.chars().enumerate() {
                if let Some(c) = folded_char(c)
                    && !(c == ' ' && folded.chars.last() == Some(&' '))
                {
                    folded.chars.push(c);
                    folded.origins.push(start.0 + at as u32);
                }
            }
        }
        folded
    }

    /// The span that folded characters came from.
    pub(super) fn span_of(&self, range: &Range<usize>) -> Span {
        let Some(inside) = self.origins.get(range.clone()) else { return Span::default() };
        match inside {
            [] => Span::default(),
            [only] => Span::new(*only, only + 1),
            [first, .., last] => Span::new(*first, last + 1),
        }
    }
}

fn folded_char(c: char) -> Option<char> {
    Some(match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return None,
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '′' => '\'',
        '‐'..='―' | '−' => '-',
        c if c.is_ascii() => {
            if c.is_ascii_whitespace() {
                ' '
            } else {
                c.to_ascii_lowercase()
            }
        }
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
    })
}

/// A stretch of the text that reads like the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Which folded characters.
    pub(super) range: Range<usize>,
    /// Insertions, deletions and substitutions.
    pub(super) distance: usize,
}

/// Where the grams of a text stand.
pub(super) struct GramIndex {
    /// `starts[bucket]..starts[bucket + 1]` are its places in `places`.
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl GramIndex {
    pub(super) fn new(text: &[char]) -> Self {
        let mut starts = vec![0_u32; (1 << BUCKET_BITS) + 1];
        let buckets: Vec<u32> = text.windows(GRAM).map(bucket).collect();
        for &bucket in &buckets {
            starts[bucket as usize + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0; buckets.len()];
        for (at, &bucket) in buckets.iter().enumerate() {
            let slot = &mut next[bucket as usize];
            places[*slot as usize] = at as u32;
            *slot += 1;
        }
        Self { starts, places }
    }

    fn places(&self, gram: &[char]) -> &[u32] {
        let bucket = bucket(gram) as usize;
        &self.places[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// The stretches of the text that read most like the pattern, best first, none more than `most` edits away. No two
    /// overlap.
    pub(super) fn find(&self, text: &[char], pattern: &[char], most: usize) -> Vec<Match> {
        let mut matches: Vec<Match> = if pattern.len() < 2 * GRAM {
            whole(text, pattern)
        } else {
            let pattern = Pattern::new(pattern);
            let windows = self.windows(text.len(), &pattern.chars, most);
            let mut found = Vec::new();
            let mut windows = windows;
            while let Some(window) = windows.pop() {
                let Some(best) = pattern.best_in(text, window.clone(), most) else { continue };
                // What stands beside the best one may read alike.
                for rest in [window.start..best.range.start, best.range.end..window.end] {
                    if rest.len() + most >= pattern.chars.len() {
                        windows.push(rest);
                    }
                }
                found.push(best);
            }
            found
        };
        matches.sort_by_key(|found| (found.distance, found.range.start));
        let mut apart: Vec<Match> = Vec::new();
        for found in matches {
            let is_new = apart
                .iter()
                .all(|known| found.range.end <= known.range.start || known.range.end <= found.range.start);
            if is_new {
                apart.push(found);
            }
        }
        apart
    }

    /// Neighbourhoods by the number of grams they share with the pattern.
    fn windows(&self, text_len: usize, pattern: &[char], most: usize) -> Vec<Range<usize>> {
        let mut votes: Vec<u32> = Vec::new();
        for limit in [COMMON, usize::MAX] {
            for (at, gram) in pattern.windows(GRAM).enumerate() {
                let places = self.places(gram);
                if places.len() <= limit {
                    // The diagonal, moved up by the pattern's length so that it is never negative.
                    votes.extend(
                        places.iter().map(|&place| ((place as usize + pattern.len() - at) / STRETCH) as u32),
                    );
                }
            }
            if !votes.is_empty() {
                break;
            }
        }
        votes.sort_unstable();
        let mut counted: Vec<(usize, u32)> =
            votes.chunk_by(|a, b| a == b).map(|same| (same.len(), same[0])).collect();
        // Neighbouring stretches are the same neighbourhood.
        for n in 1..counted.len() {
            if counted[n].1 == counted[n - 1].1 + 1 {
                let both = counted[n].0 + counted[n - 1].0;
                counted[n].0 = both;
            }
        }
        counted.sort_unstable_by_key(|&(count, stretch)| (std::cmp::Reverse(count), stretch));
        counted.truncate(MEASURED);
        counted
            .into_iter()
            .map(|(_, stretch)| {
                let start = (stretch as usize * STRETCH).saturating_sub(pattern.len() + STRETCH + most);
                let end = (stretch as usize + 1) * STRETCH + most;
                start.min(text_len)..end.min(text_len)
            })
            .collect()
    }
}

fn bucket(gram: &[char]) -> u32 {
    let hash =
        gram.iter().fold(0_u64, |hash, &c| hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(u32::from(c)));
    (mixed(hash) & ((1 << BUCKET_BITS) - 1)) as u32
}

/// All places where a short pattern stands as it is.
pub(super) fn whole(text: &[char], pattern: &[char]) -> Vec<Match> {
    let Some((first, rest)) = pattern.split_first() else { return Vec::new() };
    let mut matches = Vec::new();
    for (at, c) in text.iter().enumerate() {
        if c == first && text[at + 1..].starts_with(rest) {
            matches.push(Match { range: at..at + pattern.len(), distance: 0 });
        }
    }
    matches
}

/// A pattern made ready: for each of its characters, the places where it has it, as bits.
pub(super) struct Pattern {
    chars: Vec<char>,
    forward: Bits,
    backward: Bits,
}

struct Bits {
    /// Sorted; `masks` has `blocks` words for each.
    alphabet: Vec<char>,
    masks: Vec<u64>,
    blocks: usize,
    len: usize,
}

impl Bits {
    fn new(pattern: &[char]) -> Self {
        let mut alphabet = pattern.to_vec();
        alphabet.sort_unstable();
        alphabet.dedup();
        let blocks = pattern.len().div_ceil(64);
        let mut masks = vec![0; alphabet.len() * blocks];
        for (at, c) in pattern.iter().enumerate() {
            if let Ok(n) = alphabet.binary_search(c) {
                masks[n * blocks + at / 64] |= 1 << (at % 64);
            }
        }
        Self { alphabet, masks, blocks, len: pattern.len() }
    }

    /// The end of the best match in the text and its distance; of equal ones the first. `anchored`: the match must
    /// begin where the text begins.
    fn best_end(&self, text: impl Iterator<Item = char>, anchored: bool) -> (usize, usize) {
        let mut best = (0, self.len);
        self.distances(text, anchored, |end, distance| {
            if distance < best.1 {
                best = (end, distance);
            }
        });
        best
    }

    /// Tells the distance of the best match that ends after each character.
    fn distances(
        &self,
        text: impl Iterator<Item = char>,
        anchored: bool,
        mut tell: impl FnMut(usize, usize),
    ) {
        let last = 1_u64 << ((self.len - 1) % 64);
        let mut positive = vec![u64::MAX; self.blocks];
        let mut negative = vec![0_u64; self.blocks];
        let mut distance = self.len;
        for (n, c) in text.enumerate() {
            let masks = self
                .alphabet
                .binary_search(&c)
                .ok()
                .map(|at| &self.masks[at * self.blocks..(at + 1) * self.blocks]);
            // What comes in at the top of the column: free starts bring nothing, an anchored one costs a step.
            let (mut carry_up, mut carry_down) = (u64::from(anchored), 0_u64);
            for block in 0..self.blocks {
                let equal = masks.map_or(0, |masks| masks[block]);
                let (vp, vn) = (positive[block], negative[block]);
                let equal_or_down = equal | carry_down;
                let xv = equal | vn;
                let xh = ((equal_or_down & vp).wrapping_add(vp) ^ vp) | equal_or_down;
                let mut hp = vn | !(xh | vp);
                let mut hn = vp & xh;
                let is_last = block + 1 == self.blocks;
                let top = if is_last { last } else { 1 << 63 };
                let (up, down) = (u64::from(hp & top != 0), u64::from(hn & top != 0));
                if is_last {
                    distance = distance + up as usize - down as usize;
                }
                hp = hp << 1 | carry_up;
                hn = hn << 1 | carry_down;
                positive[block] = hn | !(xv | hp);
                negative[block] = hp & xv;
                (carry_up, carry_down) = (up, down);
            }
            tell(n + 1, distance);
        }
    }
}

impl Pattern {
    pub(super) fn new(pattern: &[char]) -> Self {
        let reversed: Vec<char> = pattern.iter().rev().copied().collect();
        Self { chars: pattern.to_vec(), forward: Bits::new(pattern), backward: Bits::new(&reversed) }
    }

    /// How many edits make the pattern of the whole text.
    pub(super) fn distance(&self, text: &[char]) -> usize {
        let mut last = self.chars.len();
        if self.chars.is_empty() {
            return text.len();
        }
        self.forward.distances(text.iter().copied(), true, |_, distance| last = distance);
        last
    }

    /// The best match within a window of the text, if it is no more than `most` edits away.
    pub(super) fn best_in(&self, text: &[char], window: Range<usize>, most: usize) -> Option<Match> {
        if self.chars.is_empty() || window.is_empty() {
            return None;
        }
        let (end, distance) = self.forward.best_end(text[window.clone()].iter().copied(), false);
        if distance > most || end == 0 {
            return None;
        }
        // The start is the end of the same match read backwards. It cannot be further away than the edits allow.
        let from = end.saturating_sub(self.chars.len() + distance);
        let back = text[window.start + from..window.start + end].iter().rev().copied();
        let (length, distance) = self.backward.best_end(back, true);
        let end = window.start + end;
        Some(Match { range: end - length..end, distance })
    }
}

/// How many edits apart two short texts are, when either may go on beyond where the other ends: what stands before
/// or after a passage is compared with what stood there.
pub(super) fn context_distance(wanted: &[char], found: &[char]) -> usize {
    if wanted.is_empty() {
        return 0;
    }
    Bits::new(wanted).best_end(found.iter().copied(), true).1
}
