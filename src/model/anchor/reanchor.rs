//! Re-anchoring: where the passages of one revision stand in another.
//!
//! 1. The old text is aligned with the new one, once for all passages. A passage whose words all went on together is
//!    [`Outcome::Exact`]; one whose words changed between neighbours that went on is [`Outcome::Changed`].
//! 2. What the alignment lost is looked for in the text that is new, never where other old text went on: a copy of a
//!    formula that stood there before is not the passage. Found with the same words it is [`Outcome::Moved`].
//! 3. Anything below the threshold, or hardly better than the next place, is [`Outcome::Lost`]: a person forgives an
//!    orphan, never a wrong place. What looks alike is offered by [`Reanchoring::alternatives`], to choose from.
use std::cell::OnceCell;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::align::Alignment;
use super::search::{Folded, GramIndex, Pattern, context_distance, whole};
use super::tokens::Tokens;
use super::{Resolution, Selectors, TextQuote, resolve};
use crate::model::document::DocumentText;
use crate::model::text::{CharOffset, Span};

/// What became of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The same words, where the text around them went on.
    Exact,
    /// The same words, elsewhere.
    Moved,
    /// Other words, where the text around them went on or that read almost the same.
    Changed,
    /// No place that is certain enough.
    Lost,
}

/// A place where a passage may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The place.
    pub span: Span,
    /// How much of the words and of what stands around them is the same, in permille.
    pub score: u16,
}

/// What is proposed for a passage: its place is the first candidate unless it is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What became of it.
    pub outcome: Outcome,
    /// Best first.
    pub candidates: Vec<Candidate>,
}

impl Proposal {
    /// The proposed place.
    pub fn place(&self) -> Option<Span> {
        let is_placed = self.outcome != Outcome::Lost;
        self.candidates.first().filter(|_| is_placed).map(|candidate| candidate.span)
    }

    fn lost() -> Self {
        Self { outcome: Outcome::Lost, candidates: Vec::new() }
    }

    fn placed(outcome: Outcome, span: Span, score: f64) -> Self {
        Self { outcome, candidates: vec![Candidate { span, score: permille(score) }] }
    }
}

/// A place must score this much to be proposed.
const ACCEPTED: f64 = 0.6;
/// And so much more than the next best one.
const MARGIN: f64 = 0.08;
/// The words themselves must be the same to this part, when nothing but search speaks for a place.
const SAME_WORDS: f64 = 0.75;
/// Neighbours within so many tokens tell where a passage went.
const REACH: usize = 24;
/// Code points of context that are compared.
const CONTEXT: usize = 32;
/// At most so many alternatives are offered.
const ALTERNATIVES: usize = 4;
/// Runs of new text shorter than this, in tokens, are corrections, not places where something could have moved to.
const INSERTED: usize = 3;

/// Two texts made ready for finding passages of the one in the other.
pub struct Reanchoring<'t> {
    old: Option<Old<'t>>,
    new: &'t DocumentText,
    tokens: Tokens,
    everything: OnceCell<Ground>,
    inserted: OnceCell<Ground>,
}

struct Old<'t> {
    text: &'t DocumentText,
    tokens: Tokens,
    alignment: Alignment,
}

/// A text to search in.
struct Ground {
    folded: Folded,
    grams: GramIndex,
}

impl Ground {
    fn new(folded: Folded) -> Self {
        Self { grams: GramIndex::new(&folded.chars), folded }
    }
}

impl<'t> Reanchoring<'t> {
    /// From one revision to another.
    pub fn between(old: &'t DocumentText, new: &'t DocumentText) -> Self {
        let old_tokens = Tokens::of(old.as_str());
        let tokens = Tokens::of(new.as_str());
        let alignment = Alignment::of(&old_tokens.keys, &tokens.keys);
        let old = Some(Old { text: old, tokens: old_tokens, alignment });
        Self { old, new, tokens, everything: OnceCell::new(), inserted: OnceCell::new() }
    }

    /// From a text that is not at hand: by the words and what stood around them alone.
    pub fn into_text(new: &'t DocumentText) -> Self {
        let tokens = Tokens::of(new.as_str());
        Self { old: None, new, tokens, everything: OnceCell::new(), inserted: OnceCell::new() }
    }

    /// What became of a passage.
    pub fn propose(&self, selectors: &Selectors) -> Proposal {
        if selectors.quote.exact.is_empty() {
            return Proposal::lost();
        }
        let Some(old) = &self.old else { return self.by_quote(selectors) };
        let span = match resolve(old.text, selectors) {
            Resolution::Exact(span) | Resolution::Moved(span) => span,
            Resolution::Lost => return self.by_quote(selectors),
        };
        self.by_alignment(old, span, &selectors.quote)
            .or_else(|| self.in_new_text(old, selectors))
            .unwrap_or_else(Proposal::lost)
    }

    /// Places that look alike, best first, for a person to choose from: the proposed one is not among them.
    pub fn alternatives(&self, selectors: &Selectors, proposed: Option<Span>) -> Vec<Candidate> {
        let found = self.scored(self.everything(), &selectors.quote, Some(selectors.position), 0.5);
        found
            .into_iter()
            .filter(|candidate| proposed.is_none_or(|span| !span.overlaps(candidate.span)))
            .take(ALTERNATIVES)
            .collect()
    }

    fn everything(&self) -> &Ground {
        self.everything.get_or_init(|| Ground::new(Folded::of(&[(CharOffset(0), self.new.as_str())])))
    }

    /// The parts of the new text that the old one had not.
    fn inserted(&self, old: &Old) -> &Ground {
        self.inserted.get_or_init(|| {
            let mut parts = Vec::new();
            let mut start = None;
            for n in 0..=self.tokens.spans.len() {
                let is_new = n < self.tokens.spans.len() && !old.alignment.is_known(n);
                match (start, is_new) {
                    (None, true) => start = Some(n),
                    (Some(from), false) => {
                        if n - from >= INSERTED {
                            let (first, last) = (self.tokens.spans[from], self.tokens.spans[n - 1]);
                            let span = Span::between(first.start, last.end);
                            parts.push((span.start, self.new.slice(span)));
                        }
                        start = None;
                    }
                    (None, false) | (Some(_), true) => {}
                }
            }
            Ground::new(Folded::of(&parts))
        })
    }

    fn by_alignment(&self, old: &Old, span: Span, quote: &TextQuote) -> Option<Proposal> {
        let words = old.tokens.within(span);
        if words.is_empty() {
            return None;
        }
        let new_of = |token| old.alignment.new_of(token);
        let (first, last) = (words.start, words.end - 1);
        // A neighbour that moved away tells nothing about a passage that stayed, and the other way round.
        let has_moved = words.clone().any(|token| old.alignment.is_moved(token));
        let neighbour = |token: usize| {
            Some((token, new_of(token).filter(|_| old.alignment.is_moved(token) == has_moved)?))
        };
        let before = (words.start.saturating_sub(REACH)..words.start).rev().find_map(neighbour);
        let after = (words.end..old.tokens.keys.len().min(words.end + REACH)).find_map(neighbour);
        let mapped = words.clone().filter(|&token| new_of(token).is_some()).count();
        if let (Some(from), Some(to)) = (new_of(first), new_of(last)) {
            let place = self.fitted(old, span, (first, from), (last, to));
            if self.new.slice(place) == quote.exact {
                let outcome = if has_moved { Outcome::Moved } else { Outcome::Exact };
                return Some(Proposal::placed(outcome, place, 1.0));
            }
            let score = self.likeness(quote, place);
            // Both ends went on, and so did what lies between, or most of it.
            let is_torn = to - from > 3 * words.len() + 12;
            if !is_torn && score >= 0.4 {
                return Some(Proposal::placed(Outcome::Changed, place, 0.5 + score / 2.0));
            }
        }
        // Between the neighbours that went on.
        let from = before.map_or(0, |(_, token)| token + 1);
        let to = after.map_or(self.tokens.spans.len(), |(_, token)| token);
        if from >= to {
            return None;
        }
        let is_tight = |neighbour: Option<(usize, usize)>, next: usize| {
            neighbour.is_some_and(|(token, _)| token.abs_diff(next) == 1)
        };
        let (tight_before, tight_after) = (is_tight(before, first), is_tight(after, last));
        let region = Span::between(self.tokens.spans[from].start, self.tokens.spans[to - 1].end);
        let size = to - from;
        if tight_before && tight_after && size <= 3 * words.len() && words.len() <= 3 * size {
            let place = self.edges(old, span, words.start, words.end - 1, from, to - 1);
            let score = self.likeness(quote, place);
            let context = 0.5 + 0.5 * mapped as f64 / words.len() as f64;
            let total = 0.5 * score + 0.5 * context;
            if score >= 0.2 || mapped > 0 || words.len() == 1 {
                return Some(Proposal::placed(Outcome::Changed, place, total));
            }
            return None;
        }
        let has_context = tight_before || tight_after || before.is_some() && after.is_some();
        if !has_context || region.len() > 6 * span.len() + 2_000 {
            return None;
        }
        let (mut place, score) = self.closest_in(region, quote)?;
        // Where the neighbour itself went on, the passage begins or ends beside it: words in between replaced its own.
        let found = self.tokens.within(place);
        if tight_before && (from..from + words.len()).contains(&found.start) {
            place.start = self.tokens.spans[from].start;
        }
        if tight_after && found.end <= to && to - found.end < words.len() {
            place.end = place.end.max(self.tokens.spans[to - 1].end);
        }
        let needed = if tight_before || tight_after { 0.55 } else { 0.65 };
        (score >= needed).then(|| {
            let outcome =
                if self.new.slice(place) == quote.exact { Outcome::Exact } else { Outcome::Changed };
            Proposal::placed(outcome, place, 0.2 + 0.8 * score)
        })
    }

    /// The stretch of a region that reads most like the quote, and how much it does.
    fn closest_in(&self, region: Span, quote: &TextQuote) -> Option<(Span, f64)> {
        let pattern = Folded::of(&[(CharOffset(0), &quote.exact)]);
        let text = Folded::of(&[(region.start, self.new.slice(region))]);
        let most = pattern.chars.len() / 2;
        let found = Pattern::new(&pattern.chars).best_in(&text.chars, 0..text.chars.len(), most)?;
        let place = self.snapped(text.span_of(&found.range), quote);
        (!place.is_empty()).then(|| (place, self.likeness(quote, place)))
    }

    /// By the words in the text that is new.
    fn in_new_text(&self, old: &Old, selectors: &Selectors) -> Option<Proposal> {
        let found = self.scored(self.inserted(old), &selectors.quote, None, SAME_WORDS);
        self.chosen(&found, &selectors.quote)
    }

    /// By the words in the whole text.
    fn by_quote(&self, selectors: &Selectors) -> Proposal {
        let TextQuote { exact, .. } = &selectors.quote;
        match resolve(self.new, selectors) {
            Resolution::Exact(span) if self.around(&selectors.quote, span) >= 0.5 => {
                return Proposal::placed(Outcome::Exact, span, 1.0);
            }
            _ => {}
        }
        let found = self.scored(self.everything(), &selectors.quote, Some(selectors.position), SAME_WORDS);
        let short = exact.chars().count() < 8 && found.first().is_some_and(|best| best.score < 900);
        let chosen = self.chosen(&found, &selectors.quote).filter(|_| !short);
        chosen.unwrap_or(Proposal { outcome: Outcome::Lost, candidates: found })
    }

    /// The best place, if it is good enough and much better than the next.
    fn chosen(&self, found: &[Candidate], quote: &TextQuote) -> Option<Proposal> {
        let best = found.first()?;
        let next = found.get(1).map_or(0, |next| next.score);
        let is_clear =
            best.score >= permille(ACCEPTED) && best.score >= next.saturating_add(permille(MARGIN));
        is_clear.then(|| {
            let is_same = self.new.slice(best.span) == quote.exact;
            let outcome = if is_same { Outcome::Moved } else { Outcome::Changed };
            Proposal { outcome, candidates: found.to_vec() }
        })
    }

    /// Places whose words are the same to the part `needed`, best first. Among equals the one nearest to `near`.
    fn scored(&self, ground: &Ground, quote: &TextQuote, near: Option<Span>, needed: f64) -> Vec<Candidate> {
        let pattern = Folded::of(&[(CharOffset(0), &quote.exact)]).chars;
        if pattern.is_empty() {
            return Vec::new();
        }
        let most = ((1.0 - needed) * pattern.len() as f64) as usize;
        let Ground { folded, grams } = ground;
        let mut matches = grams.find(&folded.chars, &pattern, most);
        if matches.is_empty() && pattern.len() < 64 {
            matches = whole(&folded.chars, &pattern);
        }
        let mut found: Vec<Candidate> = matches
            .into_iter()
            .take(200)
            .map(|found| self.snapped(folded.span_of(&found.range), quote))
            .filter(|span| !span.is_empty())
            .map(|span| Candidate { span, score: permille(self.likeness_with_context(quote, span)) })
            .collect();
        let distance = |span: Span| near.map_or(0, |near| near.start.0.abs_diff(span.start.0));
        found.sort_by_key(|candidate| (std::cmp::Reverse(candidate.score), distance(candidate.span)));
        found.dedup_by_key(|candidate| candidate.span);
        found.truncate(ALTERNATIVES + 1);
        found
    }

    /// How much the words at a place are those of the quote, from 0 to 1.
    fn likeness(&self, quote: &TextQuote, place: Span) -> f64 {
        let wanted = Folded::of(&[(CharOffset(0), &quote.exact)]).chars;
        let found = Folded::of(&[(CharOffset(0), self.new.slice(place))]).chars;
        let longest = wanted.len().max(found.len()).max(1);
        1.0 - Pattern::new(&wanted).distance(&found) as f64 / longest as f64
    }

    /// How much of what stands around a place stood around the quote, from 0 to 1; 1 when nothing is known of it.
    fn around(&self, quote: &TextQuote, place: Span) -> f64 {
        let reach = |from: u32, to: u32| {
            let span = Span::new(from, to.min(self.new.char_len().0));
            Folded::of(&[(CharOffset(0), self.new.slice(span))]).chars
        };
        let reversed = |mut chars: Vec<char>| {
            chars.reverse();
            chars
        };
        let known = |text: &str| Folded::of(&[(CharOffset(0), text)]).chars;
        let room = CONTEXT as u32 + 16;
        let mut before = reversed(known(&quote.prefix));
        before.truncate(CONTEXT);
        let mut after = known(&quote.suffix);
        after.truncate(CONTEXT);
        let length = before.len() + after.len();
        if length == 0 {
            return 1.0;
        }
        let left = reversed(reach(place.start.0.saturating_sub(room), place.start.0));
        let right = reach(place.end.0, place.end.0 + room);
        let distance = context_distance(&before, &left) + context_distance(&after, &right);
        1.0 - distance as f64 / length as f64
    }

    /// The words weigh the more the longer they are: two syllables stand everywhere.
    fn likeness_with_context(&self, quote: &TextQuote, place: Span) -> f64 {
        let length = place.len().max(1) as f64;
        let weight = length / (length + 24.0);
        weight * self.likeness(quote, place) + (1.0 - weight) * self.around(quote, place)
    }

    /// The place of a passage whose first and last word went on, with the punctuation that was in it.
    fn fitted(&self, old: &Old, span: Span, first: (usize, usize), last: (usize, usize)) -> Span {
        if last.1 < first.1 {
            return self.tokens.spans[first.1];
        }
        self.edges(old, span, first.0, last.0, first.1, last.1)
    }

    fn edges(
        &self,
        old: &Old,
        span: Span,
        old_first: usize,
        old_last: usize,
        new_first: usize,
        new_last: usize,
    ) -> Span {
        let (was_first, was_last) = (old.tokens.spans[old_first], old.tokens.spans[old_last]);
        let (is_first, is_last) = (self.tokens.spans[new_first], self.tokens.spans[new_last]);
        let start = if span.start > was_first.start && was_first.len() == is_first.len() {
            is_first.start.0 + (span.start.0 - was_first.start.0)
        } else {
            let wanted = old.text.slice(Span::between(span.start.min(was_first.start), was_first.start));
            let length = wanted.chars().count() as u32;
            let room = Span::between(CharOffset(is_first.start.0.saturating_sub(length)), is_first.start);
            let same = wanted.chars().rev().zip(self.new.slice(room).chars().rev());
            is_first.start.0 - same.take_while(|(a, b)| reads_same(*a, *b)).count() as u32
        };
        let end = if span.end < was_last.end && was_last.len() == is_last.len() {
            is_last.end.0 - (was_last.end.0 - span.end.0)
        } else {
            let wanted = old.text.slice(Span::between(was_last.end, span.end.max(was_last.end)));
            let length = wanted.chars().count() as u32;
            let room = Span::new(is_last.end.0, (is_last.end.0 + length).min(self.new.char_len().0));
            let same = wanted.chars().zip(self.new.slice(room).chars());
            is_last.end.0 + same.take_while(|(a, b)| reads_same(*a, *b)).count() as u32
        };
        Span::new(start.min(end), end)
    }

    /// A found stretch brought to whole words: a word that is cut belongs to it if most of it is inside.
    fn snapped(&self, found: Span, quote: &TextQuote) -> Span {
        let words: Range<usize> = self.tokens.within(found);
        let (Some(&first), Some(&last)) = (
            self.tokens.spans.get(words.start),
            words.end.checked_sub(1).and_then(|n| self.tokens.spans.get(n)),
        ) else {
            return found;
        };
        if words.is_empty() {
            return found;
        }
        let begins_with_word = quote.exact.chars().next().is_some_and(char::is_alphanumeric);
        let ends_with_word = quote.exact.chars().next_back().is_some_and(char::is_alphanumeric);
        let (mut start, mut end) = (found.start, found.end);
        if first.start < found.start && found.start < first.end {
            let inside = first.end.0 - found.start.0;
            start = if 2 * inside >= first.len() { first.start } else { self.after(words.start) };
        } else if begins_with_word {
            start = first.start.max(found.start);
        }
        if last.start < found.end && found.end < last.end {
            let inside = found.end.0 - last.start.0;
            end = if 2 * inside >= last.len() { last.end } else { self.before(words.end - 1) };
        } else if ends_with_word {
            end = last.end.min(found.end);
        }
        if start < end { Span { start, end } } else { found }
    }

    /// The start of the next token.
    fn after(&self, token: usize) -> CharOffset {
        self.tokens.spans.get(token + 1).map_or(self.tokens.spans[token].end, |next| next.start)
    }

    /// The end of the token before.
    fn before(&self, token: usize) -> CharOffset {
        token.checked_sub(1).map_or(self.tokens.spans[token].start, |before| self.tokens.spans[before].end)
    }
}

fn reads_same(a: char, b: char) -> bool {
    let fold = |c: char| Folded::of(&[(CharOffset(0), c.encode_utf8(&mut [0; 4]))]).chars.first().copied();
    a == b || fold(a).is_some() && fold(a) == fold(b)
}

fn permille(part: f64) -> u16 {
    (part.clamp(0.0, 1.0) * 1000.0).round() as u16
}
