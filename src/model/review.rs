//! The review queue: passages of an older revision that nobody has placed in the current one, what is proposed for
//! each, and what becomes of them when the person has decided.
use std::collections::HashMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::anchor::{Candidate, Outcome, Proposal, Reanchoring, describe, describe_like};
use super::annotation::Annotation;
use super::document::DocumentText;
use super::edit::Change;
use super::id::{AnnotationId, TagId};
use super::text::{CharOffset, Span};

/// Code points of a neighbouring paragraph that are shown.
const NEIGHBOUR: usize = 240;
/// Paragraphs with more pairs of words than this are shown without their differences.
const DIFF_CELLS: usize = 1_000_000;
/// Parts of longer paragraphs are shown: so many code points on each side of the passage.
const AROUND: u32 = 600;

/// What waits for the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// In the order in which they are shown: changed, lost, moved, each in the order of the old text.
    pub items: Vec<Item>,
    /// Passages that stand in the current revision.
    pub placed: u32,
    /// Passages that the person kept by their old words.
    pub kept: u32,
}

/// A passage that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub annotation: AnnotationId,
    /// What became of it, as far as can be told.
    pub outcome: Outcome,
    /// Its words.
    pub quote: String,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// The revision it was made on; one that is not stored when it was made elsewhere.
    pub revision: u32,
    /// The paragraph where it stood, when that is known.
    pub was: Option<Excerpt>,
    /// Places where it may stand, best first. The first is proposed unless the passage is lost.
    pub offers: Vec<Offer>,
}

/// A place where a passage may stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its stretches.
    pub spans: Vec<Span>,
    /// In permille.
    pub score: u16,
    /// The old paragraph, compared with this one.
    pub was: Vec<Piece>,
    /// The paragraph there.
    pub is: Excerpt,
}

/// A paragraph with what stands around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Its number, from 0.
    pub block: u32,
    /// The paragraph before, shortened.
    pub before: String,
    /// The paragraph.
    pub pieces: Vec<Piece>,
    /// The paragraph after, shortened.
    pub after: String,
}

/// Some words of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The words, with the spaces between.
    pub text: String,
    /// Whether the other text has them not.
    pub is_changed: bool,
    /// Whether they belong to the passage.
    pub is_marked: bool,
}

/// What a file is for a document that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bring {
    /// A new version of its text.
    Version,
    /// Annotations on it.
    Annotations,
}

/// What the person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It stands here.
    Place(Vec<Span>),
    /// It stands nowhere, and is kept by its old words.
    Keep,
}

/// The texts of a document by revision.
pub type Texts = HashMap<u32, DocumentText>;

/// Finds each passage's place anew: old texts are aligned once, whatever the number of passages.
pub struct Finder<'t> {
    texts: &'t Texts,
    current: &'t DocumentText,
    revision: u32,
    ways: HashMap<u32, Reanchoring<'t>>,
}

impl<'t> Finder<'t> {
    /// For the current text of a document.
    ///
    /// None when the text of that revision is not among those given.
    pub fn new(texts: &'t Texts, revision: u32) -> Option<Self> {
        let current = texts.get(&revision)?;
        Some(Self { texts, current, revision, ways: HashMap::new() })
    }

    fn way(&mut self, from: u32) -> &Reanchoring<'t> {
        let (texts, current, to) = (self.texts, self.current, self.revision);
        self.ways.entry(from).or_insert_with(|| match texts.get(&from).filter(|_| from != to) {
            Some(old) => Reanchoring::between(old, current),
            None => Reanchoring::into_text(current),
        })
    }

    /// What became of each stretch of a passage.
    fn proposals(&mut self, annotation: &Annotation) -> Vec<Proposal> {
        let way = self.way(annotation.revision);
        annotation.parts().map(|part| way.propose(part)).collect()
    }

    /// The passages that read on unchanged where they stood, with their place in the current text.
    pub fn carried_over(&mut self, annotations: &[Annotation]) -> Vec<Change> {
        let mut changes = Vec::new();
        let revision = self.revision;
        for annotation in annotations.iter().filter(|annotation| annotation.waits_in(revision)) {
            let proposals = self.proposals(annotation);
            if proposals.iter().all(|proposal| proposal.outcome == Outcome::Exact) {
                let spans: Vec<Span> = proposals.iter().filter_map(Proposal::place).collect();
                changes.extend(self.placed(annotation, &spans));
            }
        }
        changes
    }

    /// The change that carries a verdict out; none when it makes no sense.
    pub fn decided(&self, annotation: &Annotation, verdict: &Verdict) -> Option<Change> {
        match verdict {
            Verdict::Place(spans) => self.placed(annotation, spans),
            Verdict::Keep => {
                let after = Annotation { kept: Some(self.revision), ..annotation.clone() };
                Some(change(annotation, after))
            }
        }
    }

    fn placed(&self, annotation: &Annotation, spans: &[Span]) -> Option<Change> {
        let end = self.current.char_len();
        if spans.iter().any(|span| span.is_empty() || span.end > end) {
            return None;
        }
        // Those carried over keep their words, and so what tells them apart.
        let is_same = spans.len() == annotation.parts().count();
        let mut parts = spans.iter().zip(annotation.parts().map(Some).chain(std::iter::repeat(None))).map(
            |(span, old)| match old.filter(|old| is_same && self.current.slice(*span) == old.quote.exact) {
                Some(old) => describe_like(self.current, *span, &old.quote),
                None => describe(self.current, *span),
            },
        );
        let selectors = parts.next()?;
        let after = Annotation {
            selectors,
            further: parts.collect(),
            revision: self.revision,
            kept: None,
            ..annotation.clone()
        };
        Some(change(annotation, after))
    }

    /// The queue of a document's annotations.
    pub fn queue(&mut self, annotations: &[Annotation]) -> Queue {
        let mut queue = Queue::default();
        for annotation in annotations {
            if annotation.revision == self.revision {
                queue.placed += 1;
            } else if annotation.waits_in(self.revision) {
                queue.items.push(self.item(annotation));
            } else {
                queue.kept += 1;
            }
        }
        let rank = |outcome| match outcome {
            Outcome::Changed => 0,
            Outcome::Lost => 1,
            Outcome::Moved => 2,
            Outcome::Exact => 3,
        };
        let starts: HashMap<&AnnotationId, CharOffset> =
            annotations.iter().map(|it| (&it.id, it.selectors.position.start)).collect();
        queue.items.sort_by_key(|item| (rank(item.outcome), starts.get(&item.annotation).copied()));
        queue
    }

    fn item(&mut self, annotation: &Annotation) -> Item {
        let proposals = self.proposals(annotation);
        let outcome = proposals.iter().map(|proposal| proposal.outcome).max().unwrap_or(Outcome::Lost);
        let old = self.texts.get(&annotation.revision);
        let old_spans: Vec<Span> = annotation.parts().map(|part| part.position).collect();
        let mut places: Vec<(Vec<Span>, u16)> = Vec::new();
        if outcome != Outcome::Lost {
            let spans = proposals.iter().filter_map(Proposal::place).collect();
            let score = proposals.iter().filter_map(|it| it.candidates.first()).map(|it| it.score).min();
            places.push((spans, score.unwrap_or(0)));
        }
        // Others are offered when the proposal is not beyond doubt, and for passages in one piece.
        let is_sure = matches!(outcome, Outcome::Exact | Outcome::Moved);
        if annotation.further.is_empty() && !is_sure {
            let proposed = places.first().and_then(|(spans, _)| spans.first().copied());
            let others: Vec<Candidate> =
                self.way(annotation.revision).alternatives(&annotation.selectors, proposed);
            places.extend(others.into_iter().map(|other| (vec![other.span], other.score)));
        }
        let offers: Vec<Offer> =
            places.into_iter().map(|(spans, score)| self.offer(old, &old_spans, spans, score)).collect();
        Item {
            annotation: annotation.id.clone(),
            outcome,
            quote: annotation.quote(),
            tags: annotation.tags.clone(),
            revision: annotation.revision,
            was: old.map(|old| excerpt(old, &old_spans)),
            offers,
        }
    }

    fn offer(&self, old: Option<&DocumentText>, old_spans: &[Span], spans: Vec<Span>, score: u16) -> Offer {
        let mut is = excerpt(self.current, &spans);
        let mut was = old.map(|old| excerpt(old, old_spans).pieces).unwrap_or_default();
        mark_differences(&mut was, &mut is.pieces);
        was = joined(was);
        is.pieces = joined(is.pieces);
        Offer { spans, score, was, is }
    }
}

fn change(before: &Annotation, after: Annotation) -> Change {
    Change::Annotation { before: Some(Rc::new(before.clone())), after: Some(Rc::new(after)) }
}

/// The paragraphs of a passage, each word a piece of its own.
fn excerpt(text: &DocumentText, spans: &[Span]) -> Excerpt {
    let end = text.char_len();
    let start = spans.iter().map(|span| span.start).min().unwrap_or_default().min(end);
    let stop = spans.iter().map(|span| span.end).max().unwrap_or_default().min(end).max(start);
    let (first, last) = (text.block_at(start), text.block_at(stop));
    let from = text.block_span(first).start.0.max(start.0.saturating_sub(AROUND));
    let to = text.block_span(last).end.0.min(stop.0 + AROUND);
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, c) in (from..).zip(text.slice(Span::new(from, to)).chars()) {
        let here = CharOffset(at);
        let is_marked = spans.iter().any(|span| span.start <= here && here < span.end);
        let goes_on = pieces.last().is_some_and(|piece| {
            piece.is_marked == is_marked
                && c.is_alphanumeric()
                && piece.text.chars().next_back().is_some_and(char::is_alphanumeric)
        });
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.text.push(c),
            None => pieces.push(Piece { text: c.to_string(), is_changed: false, is_marked }),
        }
    }
    let neighbour = |block: Option<usize>| {
        let text = block.filter(|&block| block < text.block_count()).map(|block| text.block_text(block));
        let text = text.unwrap_or_default();
        let mut short: String = text.chars().take(NEIGHBOUR).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    };
    Excerpt {
        block: first as u32,
        before: neighbour(first.checked_sub(1)),
        pieces,
        after: neighbour(Some(last + 1)),
    }
}

/// Marks the pieces that only one side has (longest common subsequence, Wagner and Fischer 1974).
fn mark_differences(old: &mut [Piece], new: &mut [Piece]) {
    if old.is_empty() || old.len() * new.len() > DIFF_CELLS {
        return;
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = if old[i].text == new[j].text {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i].text == new[j].text {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || i < old.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]
        {
            old[i].is_changed = true;
            i += 1;
        } else {
            new[j].is_changed = true;
            j += 1;
        }
    }
}

/// Neighbouring pieces of the same kind as one. A space between two changed words belongs to the change.
fn joined(mut pieces: Vec<Piece>) -> Vec<Piece> {
    for n in 1..pieces.len().saturating_sub(1) {
        let is_between = pieces[n - 1].is_changed && pieces[n + 1].is_changed;
        pieces[n].is_changed |= is_between && pieces[n].text.trim().is_empty();
    }
    let mut whole: Vec<Piece> = Vec::new();
    for piece in pieces {
        match whole.last_mut() {
            Some(last) if last.is_changed == piece.is_changed && last.is_marked == piece.is_marked => {
                last.text.push_str(&piece.text);
            }
            _ => whole.push(piece),
        }
    }
    whole
}
