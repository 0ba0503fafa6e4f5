//! Alignment of two revisions, token by token, once for all passages.
//!
//! Patience diff (Bram Cohen) on shingles: runs of several tokens that stand once in either text are matched, the
//! heaviest chain of them in the same order is kept, and the gaps between are treated alike with shorter shingles. Runs that are
//! left on both sides out of order are what moved (Heckel 1978 matched such by unique lines). The rest is small and is
//! aligned by the longest common subsequence (Wagner and Fischer 1974).
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::tokens::mixed;

/// Shingle lengths for the order that both texts share, from certain to likely.
const WIDTHS: [usize; 2] = [6, 3];
/// Shingle length for what stands elsewhere.
const MOVED_WIDTH: usize = 4;
/// A shorter run elsewhere is chance: formulae are repeated.
const MOVED_RUN: usize = 10;
/// Gaps up to this many pairs are aligned pair by pair; in larger ones without a common shingle nothing corresponds.
const LCS_CELLS: usize = 400_000;
/// Fewer matched tokens than this among many unmatched ones are chance.
const ISLAND: usize = 4;

/// Which token became which.
#[derive(Debug)]
pub(super) struct Alignment {
    new_of: Vec<u32>,
    old_of: Vec<u32>,
    /// By old token.
    is_moved: Vec<bool>,
}

const NONE: u32 = u32::MAX;

impl Alignment {
    pub(super) fn of(old: &[u64], new: &[u64]) -> Self {
        let mut work = Work { old, new, pairs: Vec::with_capacity(old.len().min(new.len())) };
        let left = work.in_order(&WIDTHS);
        let mut alignment = Self {
            new_of: vec![NONE; old.len()],
            old_of: vec![NONE; new.len()],
            is_moved: vec![false; old.len()],
        };
        for &(a, b) in &work.pairs {
            alignment.join(a, b);
        }
        // Before the gaps are filled: there, words that occur in any text would be matched with each other.
        alignment.find_moved(old, new, &left);
        for gap in left {
            alignment.fill(old, new, &gap);
        }
        let in_order = alignment.new_of.iter().zip(&alignment.is_moved).enumerate();
        let pairs: Vec<(u32, u32)> = in_order
            .filter(|(_, (new, is_moved))| **new != NONE && !**is_moved)
            .map(|(old, (new, _))| (old as u32, *new))
            .collect();
        for (a, b) in islands(&pairs, old.len(), new.len()) {
            alignment.new_of[a as usize] = NONE;
            alignment.old_of[b as usize] = NONE;
        }
        alignment
    }

    /// What an old token became.
    pub(super) fn new_of(&self, old: usize) -> Option<usize> {
        self.new_of.get(old).filter(|&&new| new != NONE).map(|&new| new as usize)
    }

    /// Whether an old token went on elsewhere, out of its order.
    pub(super) fn is_moved(&self, old: usize) -> bool {
        self.is_moved.get(old).is_some_and(|&is_moved| is_moved)
    }

    /// Whether a new token was there before.
    pub(super) fn is_known(&self, new: usize) -> bool {
        self.old_of.get(new).is_some_and(|&old| old != NONE)
    }

    fn join(&mut self, a: u32, b: u32) {
        self.new_of[a as usize] = b;
        self.old_of[b as usize] = a;
    }

    /// Runs that stand once in what is left of either text, wherever that is, as far as they go.
    fn find_moved(&mut self, old: &[u64], new: &[u64], left: &[Gap]) {
        let unique = |keys: &[u64], ranges: &mut dyn Iterator<Item = &Range<usize>>| {
            let mut found = Shingles::default();
            for range in ranges {
                add_shingles(&mut found, &keys[range.clone()], MOVED_WIDTH, range.start);
            }
            found
        };
        let in_old = unique(old, &mut left.iter().map(|gap| &gap.old));
        let in_new = unique(new, &mut left.iter().map(|gap| &gap.new));
        let mut starts: Vec<(u32, u32)> = in_new
            .into_iter()
            .filter(|&(_, at)| at != TWICE)
            .filter_map(|(shingle, b)| Some((*in_old.get(&shingle).filter(|&&a| a != TWICE)?, b)))
            .collect();
        starts.sort_unstable();
        for (a, b) in starts {
            let (a, b) = (a as usize, b as usize);
            let fits = |alignment: &Self, a: usize, b: usize| {
                alignment.new_of[a] == NONE && alignment.old_of[b] == NONE && old[a] == new[b]
            };
            let back = (1..=a.min(b)).take_while(|n| fits(self, a - n, b - n)).count();
            let room = (old.len() - a).min(new.len() - b);
            let ahead = (0..room).take_while(|n| fits(self, a + n, b + n)).count();
            if back + ahead >= MOVED_RUN {
                for n in 0..back + ahead {
                    self.join((a - back + n) as u32, (b - back + n) as u32);
                    self.is_moved[a - back + n] = true;
                }
            }
        }
    }

    /// Matches what is left of a gap, in order.
    fn fill(&mut self, old: &[u64], new: &[u64], gap: &Gap) {
        let free_old: Vec<usize> = gap.old.clone().filter(|&a| self.new_of[a] == NONE).collect();
        let free_new: Vec<usize> = gap.new.clone().filter(|&b| self.old_of[b] == NONE).collect();
        let old_keys: Vec<u64> = free_old.iter().map(|&a| old[a]).collect();
        let new_keys: Vec<u64> = free_new.iter().map(|&b| new[b]).collect();
        let mut work = Work { old: &old_keys, new: &new_keys, pairs: Vec::new() };
        for small in work.in_order(&[1]) {
            if small.old.len() * small.new.len() <= LCS_CELLS {
                work.subsequence(&small.old, &small.new);
            }
        }
        for (a, b) in work.pairs {
            self.join(free_old[a as usize] as u32, free_new[b as usize] as u32);
        }
    }
}

/// A stretch that reads the same in both.
struct Run {
    a: usize,
    b: usize,
    length: usize,
}

struct Gap {
    old: Range<usize>,
    new: Range<usize>,
    level: usize,
}

struct Work<'k> {
    old: &'k [u64],
    new: &'k [u64],
    pairs: Vec<(u32, u32)>,
}

impl Work<'_> {
    /// Matches what stands in the same order; the gaps that are left.
    fn in_order(&mut self, widths: &[usize]) -> Vec<Gap> {
        let mut gaps = vec![Gap { old: 0..self.old.len(), new: 0..self.new.len(), level: 0 }];
        let mut left = Vec::new();
        while let Some(gap) = gaps.pop() {
            let Gap { old, new, level } = self.trimmed(gap);
            if old.is_empty() && new.is_empty() {
                continue;
            }
            let width = widths.get(level).filter(|_| !old.is_empty() && !new.is_empty());
            let Some(&width) = width else {
                left.push(Gap { old, new, level });
                continue;
            };
            let chain = self.chain(&old, &new, width);
            if chain.is_empty() {
                gaps.push(Gap { old, new, level: level + 1 });
                continue;
            }
            let (mut from_old, mut from_new) = (old.start, new.start);
            for Run { a, b, length } in chain {
                if a < from_old || b < from_new {
                    // Runs may overlap in the new text; this one's head was matched already.
                    continue;
                }
                gaps.push(Gap { old: from_old..a, new: from_new..b, level });
                self.pairs.extend((0..length).map(|n| ((a + n) as u32, (b + n) as u32)));
                (from_old, from_new) = (a + length, b + length);
            }
            gaps.push(Gap { old: from_old..old.end, new: from_new..new.end, level });
        }
        left
    }

    /// Matches what both begin and end with.
    fn trimmed(&mut self, gap: Gap) -> Gap {
        let Gap { mut old, mut new, level } = gap;
        while !old.is_empty() && !new.is_empty() && self.old[old.start] == self.new[new.start] {
            self.pairs.push((old.start as u32, new.start as u32));
            (old.start, new.start) = (old.start + 1, new.start + 1);
        }
        while !old.is_empty() && !new.is_empty() && self.old[old.end - 1] == self.new[new.end - 1] {
            (old.end, new.end) = (old.end - 1, new.end - 1);
            self.pairs.push((old.end as u32, new.end as u32));
        }
        Gap { old, new, level }
    }

    /// Runs that begin with a shingle which stands once in either stretch, as far as they go: the chain of them in the
    /// same order in both that holds the most tokens.
    fn chain(&self, old: &Range<usize>, new: &Range<usize>, width: usize) -> Vec<Run> {
        if old.len() < width || new.len() < width {
            return Vec::new();
        }
        let mut places = Places::with_capacity_and_hasher(old.len(), BuildHasherDefault::default());
        for (at, window) in self.old[old.clone()].windows(width).enumerate() {
            let at = (old.start + at) as u32;
            places.entry(shingle(window)).and_modify(|known| known.0 = TWICE).or_insert((at, NOWHERE));
        }
        for (at, window) in self.new[new.clone()].windows(width).enumerate() {
            if let Some(known) = places.get_mut(&shingle(window)) {
                known.1 = if known.1 == NOWHERE { (new.start + at) as u32 } else { TWICE };
            }
        }
        let mut runs: Vec<Run> = Vec::new();
        let mut a = old.start;
        while a + width <= old.end {
            match places.get(&shingle(&self.old[a..a + width])) {
                Some(&(known, b)) if known as usize == a && b < NOWHERE => {
                    let b = b as usize;
                    let room = (old.end - a).min(new.end - b);
                    let length = (0..room).take_while(|&n| self.old[a + n] == self.new[b + n]).count();
                    runs.push(Run { a, b, length });
                    a += length.max(1);
                }
                Some(_) | None => a += 1,
            }
        }
        heaviest_increasing(&runs)
    }

    fn subsequence(&mut self, old: &Range<usize>, new: &Range<usize>) {
        let (a, b) = (&self.old[old.clone()], &self.new[new.clone()]);
        let width = b.len() + 1;
        let mut longest = vec![0_u16; (a.len() + 1) * width];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                longest[i * width + j] = if a[i] == b[j] {
                    longest[(i + 1) * width + j + 1].saturating_add(1)
                } else {
                    longest[(i + 1) * width + j].max(longest[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            if a[i] == b[j] {
                self.pairs.push(((old.start + i) as u32, (new.start + j) as u32));
                (i, j) = (i + 1, j + 1);
            } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
}

const TWICE: u32 = u32::MAX;
const NOWHERE: u32 = u32::MAX - 1;

/// Where each shingle stands in the old and in the new stretch.
type Places = HashMap<u64, (u32, u32), BuildHasherDefault<AsItIs>>;

type Shingles = HashMap<u64, u32, BuildHasherDefault<AsItIs>>;

/// Shingles are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = mixed(self.0 ^ u64::from(byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

fn shingle(window: &[u64]) -> u64 {
    window.iter().fold(0, |hash, key| mixed(hash ^ key))
}

/// Notes where each shingle stands, [`TWICE`] for those that stand at more than one place.
fn add_shingles(found: &mut Shingles, keys: &[u64], width: usize, origin: usize) {
    for (at, window) in keys.windows(width).enumerate() {
        found.entry(shingle(window)).and_modify(|known| *known = TWICE).or_insert((origin + at) as u32);
    }
}

/// Of runs in the order of the old text, those that follow each other in the new one too and hold the most tokens: the
/// heaviest increasing subsequence, by a tree of maxima over prefixes (Fenwick 1994).
fn heaviest_increasing(runs: &[Run]) -> Vec<Run> {
    let mut by_new: Vec<usize> = (0..runs.len()).collect();
    by_new.sort_unstable_by_key(|&n| runs[n].b);
    let mut rank = vec![0; runs.len()];
    for (place, &n) in by_new.iter().enumerate() {
        rank[n] = place + 1;
    }
    // The heaviest chain that ends with one of these, and the run that it ends with.
    let mut best: Vec<(usize, Option<usize>)> = vec![(0, None); runs.len() + 1];
    let mut before: Vec<Option<usize>> = vec![None; runs.len()];
    for (n, run) in runs.iter().enumerate() {
        let (mut weight, mut last) = (0, None);
        let mut node = rank[n] - 1;
        while node > 0 {
            if best[node].0 > weight {
                (weight, last) = best[node];
            }
            node &= node - 1;
        }
        before[n] = last;
        let mut node = rank[n];
        while node < best.len() {
            if best[node].0 < weight + run.length {
                best[node] = (weight + run.length, Some(n));
            }
            node += node & node.wrapping_neg();
        }
    }
    let mut at = best.iter().max_by_key(|(weight, _)| *weight).and_then(|(_, last)| *last);
    let mut chain = Vec::new();
    while let Some(n) = at {
        let Run { a, b, length } = runs[n];
        chain.push(Run { a, b, length });
        at = before[n];
    }
    chain.reverse();
    chain
}

/// Matches of a few tokens that stand alone: `and`, `the` and `of` occur in any two texts.
fn islands(pairs: &[(u32, u32)], old_len: usize, new_len: usize) -> Vec<(u32, u32)> {
    let near = |(a, b): (u32, u32), (c, d): (u32, u32)| c - a <= 3 && d - b <= 3;
    let place = |(a, b): (u32, u32)| (a as usize, b as usize);
    let distance = |from: (usize, usize), to: (usize, usize)| (to.0 - from.0).max(to.1 - from.1);
    let mut alone = Vec::new();
    let mut start = 0;
    while start < pairs.len() {
        let mut end = start + 1;
        while end < pairs.len() && near(pairs[end - 1], pairs[end]) {
            end += 1;
        }
        let run = &pairs[start..end];
        let above = start.checked_sub(1).map_or((0, 0), |n| place(pairs[n]));
        let below = pairs.get(end).map_or((old_len, new_len), |&pair| place(pair));
        let gap = distance(above, place(run[0])).min(distance(place(run[run.len() - 1]), below));
        if run.len() < ISLAND && gap > 4 * run.len() {
            alone.extend_from_slice(run);
        }
        start = end;
    }
    alone
}
