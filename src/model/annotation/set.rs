//! The annotations of one document, placed in its text.
//!
//! One edit among 100,000 annotations must not touch the others, although the state before it is kept for comparison:
//! so the set is made of chunks that both states share. An edit copies one chunk and the lists of references.
use std::cmp::Reverse;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::rc::Rc;

use super::{Annotation, PlacedAnnotation};
use crate::model::anchor::{Resolution, Selectors, resolve};
use crate::model::document::DocumentText;
use crate::model::id::{AnnotationId, TagId};
use crate::model::text::{CharOffset, Span};

/// Stretches in a chunk when it is made; it is cut in two at twice as many.
const CHUNK: usize = 256;
/// Lists that annotations are looked up in by their id.
const BUCKETS: usize = 1024;

/// The annotations of one document: those with a place, in text order, and those without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnotationSet {
    /// The revision whose text this is; annotations of another one have no place before that was reviewed.
    revision: u32,
    /// In text order; none is empty.
    chunks: Vec<Rc<Chunk>>,
    unplaced: Rc<Vec<Rc<Annotation>>>,
    /// By the hash of the id; empty for an empty set.
    homes: Vec<Rc<Vec<Home>>>,
    len: usize,
    /// How many annotations carry each tag.
    tally: Rc<Vec<(TagId, u32)>>,
}

/// Neighbouring stretches, by start, longer first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chunk {
    placed: Vec<PlacedAnnotation>,
    /// The largest end among them: a query for what lies behind it need not look inside.
    furthest: CharOffset,
}

impl Chunk {
    fn new(placed: Vec<PlacedAnnotation>) -> Self {
        let furthest = placed.iter().map(|placed| placed.span.end).max().unwrap_or_default();
        Self { placed, furthest }
    }

    fn start(&self) -> CharOffset {
        self.placed.first().map_or(CharOffset(0), |first| first.span.start)
    }
}

/// An annotation and where its first stretch stands; none when it has no place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Home {
    annotation: Rc<Annotation>,
    span: Option<Span>,
}

impl AnnotationSet {
    /// Finds each annotation's place in the text of a revision.
    pub fn new(
        text: &DocumentText,
        revision: u32,
        annotations: impl IntoIterator<Item = Annotation>,
    ) -> Self {
        let found = annotations.into_iter().map(|annotation| {
            let spans = places(text, revision, &annotation);
            (Rc::new(annotation), spans)
        });
        Self::of(revision, found)
    }

    /// Of annotations whose places are known: no spans for those without.
    pub fn of(revision: u32, found: impl IntoIterator<Item = (Rc<Annotation>, Vec<Span>)>) -> Self {
        let mut set = Self { revision, ..Self::default() };
        let mut stretches = Vec::new();
        let mut unplaced = Vec::new();
        let mut homes: Vec<Vec<Home>> = vec![Vec::new(); BUCKETS];
        for (annotation, spans) in found {
            set.len += 1;
            count(Rc::make_mut(&mut set.tally), &annotation, true);
            let home = Home { annotation: annotation.clone(), span: spans.first().copied() };
            homes[bucket(&annotation.id)].push(home);
            if spans.is_empty() {
                unplaced.push(annotation);
            } else {
                stretches.extend(stretches_of(&annotation, &spans));
            }
        }
        stretches.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        let mut rest = stretches.into_iter().peekable();
        while rest.peek().is_some() {
            set.chunks.push(Rc::new(Chunk::new(rest.by_ref().take(CHUNK).collect())));
        }
        set.unplaced = Rc::new(unplaced);
        if set.len > 0 {
            set.homes = homes.into_iter().map(Rc::new).collect();
        }
        set
    }

    /// Stretches with a place, by start, longer first. An annotation of several stretches comes several times.
    pub fn placed(&self) -> impl Iterator<Item = &PlacedAnnotation> {
        self.chunks.iter().flat_map(|chunk| &chunk.placed)
    }

    /// At most about so many of them, evenly taken.
    pub fn sample(&self, most: usize) -> impl Iterator<Item = &PlacedAnnotation> {
        let every = self.len() / most.max(1) + 1;
        self.chunks.iter().flat_map(move |chunk| chunk.placed.iter().step_by(every.min(CHUNK)))
    }

    /// Annotations that have no place in the text: their words are not there, or nobody has looked yet.
    pub fn unplaced(&self) -> &[Rc<Annotation>] {
        &self.unplaced
    }

    /// All of them: those with a place in text order, then the others.
    pub fn iter(&self) -> impl Iterator<Item = &Rc<Annotation>> {
        let first = self.placed().filter(|placed| placed.part == 0);
        first.map(|placed| &placed.annotation).chain(self.unplaced.iter())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Those that wait for the person to say where they stand in this revision.
    pub fn waiting(&self) -> impl Iterator<Item = &Rc<Annotation>> {
        self.unplaced.iter().filter(|annotation| annotation.waits_in(self.revision))
    }

    /// How many annotations carry each tag, in no order.
    pub fn tag_counts(&self) -> &[(TagId, u32)] {
        &self.tally
    }

    /// Looks one up.
    pub fn get(&self, id: &AnnotationId) -> Option<&Rc<Annotation>> {
        self.home(id).map(|home| &home.annotation)
    }

    /// Where an annotation stands; of one with several stretches, the first.
    pub fn span_of(&self, id: &AnnotationId) -> Option<Span> {
        self.home(id)?.span
    }

    /// All stretches of an annotation, in text order.
    pub fn spans_of(&self, id: &AnnotationId) -> Vec<Span> {
        let Some(Home { annotation, span: Some(first) }) = self.home(id) else { return Vec::new() };
        if annotation.further.is_empty() {
            return vec![*first];
        }
        let last = annotation.parts().last().map_or(*first, |part| part.position);
        let around = Span::between(first.start, last.end.max(first.end));
        let of_it = self.overlapping(around).filter(|placed| placed.annotation.id == *id);
        of_it.map(|placed| placed.span).collect()
    }

    /// Stretches that share a code point with `window`, in text order.
    pub fn overlapping(&self, window: Span) -> impl Iterator<Item = &PlacedAnnotation> {
        let until = self.chunks.partition_point(|chunk| chunk.start() < window.end);
        let chunks = self.chunks[..until].iter().filter(move |chunk| chunk.furthest > window.start);
        chunks.flat_map(|chunk| &chunk.placed).filter(move |placed| placed.span.overlaps(window))
    }

    /// How many other annotations share a code point with a stretch of this one.
    pub fn overlaps_of(&self, id: &AnnotationId) -> u32 {
        let mut others: Vec<&Rc<Annotation>> = Vec::new();
        for placed in self.spans_of(id).into_iter().flat_map(|span| self.overlapping(span)) {
            // One in several stretches counts once; all others come once by themselves.
            let is_counted = !placed.annotation.further.is_empty()
                && others.iter().any(|other| Rc::ptr_eq(other, &placed.annotation));
            if placed.annotation.id != *id && !is_counted {
                others.push(&placed.annotation);
            }
        }
        others.len() as u32
    }

    /// The layers at a place, the shortest first: what a click there can mean.
    pub fn layers_at(&self, offset: CharOffset) -> Vec<&PlacedAnnotation> {
        let here = Span { start: offset, end: CharOffset(offset.0 + 1) };
        let mut layers: Vec<&PlacedAnnotation> = Vec::new();
        for placed in self.overlapping(here) {
            let place = layers.partition_point(|known| known.span.len() <= placed.span.len());
            layers.insert(place, placed);
        }
        layers
    }

    /// The stretch after or before a place in text order: that of `from` when it is given, else of an offset.
    pub fn neighbour(
        &self,
        from: Option<&AnnotationId>,
        offset: CharOffset,
        forward: bool,
    ) -> Option<&PlacedAnnotation> {
        let of_one = from.and_then(|id| Some((self.span_of(id)?, id)));
        let is_before = |placed: &PlacedAnnotation| match of_one {
            Some((span, id)) => (order(placed.span), &placed.annotation.id) < (order(span), id),
            None => placed.span.start < offset,
        };
        let chunk = self.chunks.partition_point(|chunk| chunk.placed.first().is_some_and(&is_before));
        let chunk = chunk.saturating_sub(1);
        let within = self.chunks.get(chunk)?.placed.partition_point(is_before);
        if !forward {
            return match within.checked_sub(1) {
                Some(n) => self.chunks[chunk].placed.get(n),
                None => self.chunks.get(chunk.checked_sub(1)?)?.placed.last(),
            };
        }
        let mut after = self.chunks[chunk].placed[within..]
            .iter()
            .chain(self.chunks[chunk + 1..].iter().flat_map(|c| &c.placed));
        after.find(|placed| from.is_none_or(|id| placed.annotation.id != *id))
    }

    /// Puts an annotation in, in place of its older self.
    pub fn insert(&mut self, text: &DocumentText, annotation: Annotation) {
        self.remove(&annotation.id);
        if self.homes.is_empty() {
            self.homes = vec![Rc::default(); BUCKETS];
        }
        let spans = places(text, self.revision, &annotation);
        let annotation = Rc::new(annotation);
        self.len += 1;
        count(Rc::make_mut(&mut self.tally), &annotation, true);
        let home = Home { annotation: annotation.clone(), span: spans.first().copied() };
        Rc::make_mut(&mut self.homes[bucket(&annotation.id)]).push(home);
        if spans.is_empty() {
            Rc::make_mut(&mut self.unplaced).push(annotation);
            return;
        }
        for stretch in stretches_of(&annotation, &spans) {
            self.put(stretch);
        }
    }

    /// Takes an annotation out.
    pub fn remove(&mut self, id: &AnnotationId) {
        let spans = self.spans_of(id);
        let Some(bucket) = self.homes.get_mut(bucket(id)) else { return };
        let Some(n) = bucket.iter().position(|home| home.annotation.id == *id) else { return };
        let home = Rc::make_mut(bucket).swap_remove(n);
        self.len -= 1;
        count(Rc::make_mut(&mut self.tally), &home.annotation, false);
        if home.span.is_none() {
            Rc::make_mut(&mut self.unplaced).retain(|annotation| annotation.id != *id);
        }
        for span in spans {
            self.take(span, id);
        }
        if self.len == 0 {
            self.homes = Vec::new();
        }
    }

    fn home(&self, id: &AnnotationId) -> Option<&Home> {
        self.homes.get(bucket(id))?.iter().find(|home| home.annotation.id == *id)
    }

    fn put(&mut self, stretch: PlacedAnnotation) {
        let place = self.chunks.partition_point(|chunk| {
            chunk.placed.first().is_some_and(|first| first.order() <= stretch.order())
        });
        let Some(chunk) = self.chunks.get_mut(place.saturating_sub(1)) else {
            self.chunks.push(Rc::new(Chunk::new(vec![stretch])));
            return;
        };
        let chunk = Rc::make_mut(chunk);
        let within = chunk.placed.partition_point(|placed| placed.order() < stretch.order());
        chunk.furthest = chunk.furthest.max(stretch.span.end);
        chunk.placed.insert(within, stretch);
        if chunk.placed.len() >= 2 * CHUNK {
            let second = chunk.placed.split_off(CHUNK);
            *chunk = Chunk::new(std::mem::take(&mut chunk.placed));
            self.chunks.insert(place.max(1), Rc::new(Chunk::new(second)));
        }
    }

    fn take(&mut self, span: Span, id: &AnnotationId) {
        let key = (order(span), id);
        let after = self
            .chunks
            .partition_point(|chunk| chunk.placed.first().is_some_and(|first| first.order() <= key));
        let Some(place) = after.checked_sub(1) else { return };
        let chunk = Rc::make_mut(&mut self.chunks[place]);
        if let Ok(n) = chunk.placed.binary_search_by(|placed| placed.order().cmp(&key)) {
            chunk.placed.remove(n);
            *chunk = Chunk::new(std::mem::take(&mut chunk.placed));
        }
        if self.chunks[place].placed.is_empty() {
            self.chunks.remove(place);
        }
    }
}

/// By start, then longer first, so that a passage comes before those nested in it.
type Order = (CharOffset, Reverse<CharOffset>);

impl PlacedAnnotation {
    fn order(&self) -> (Order, &AnnotationId) {
        (order(self.span), &self.annotation.id)
    }
}

fn order(span: Span) -> Order {
    (span.start, Reverse(span.end))
}

fn stretches_of(annotation: &Rc<Annotation>, spans: &[Span]) -> impl Iterator<Item = PlacedAnnotation> {
    spans.iter().enumerate().map(|(part, span)| PlacedAnnotation {
        annotation: annotation.clone(),
        span: *span,
        part: part as u32,
    })
}

/// Where the parts of an annotation stand; none when one of them has no place.
fn places(text: &DocumentText, revision: u32, annotation: &Annotation) -> Vec<Span> {
    if annotation.revision != revision {
        return Vec::new();
    }
    let place = |selectors: &Selectors| match resolve(text, selectors) {
        Resolution::Exact(span) | Resolution::Moved(span) => Some(span),
        Resolution::Lost => None,
    };
    let mut spans = Vec::new();
    for part in annotation.parts() {
        let Some(span) = place(part) else { return Vec::new() };
        let at = spans.partition_point(|known| *known <= span);
        spans.insert(at, span);
    }
    spans
}

fn bucket(id: &AnnotationId) -> usize {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(id) as usize % BUCKETS
}

fn count(tally: &mut Vec<(TagId, u32)>, annotation: &Annotation, is_more: bool) {
    for tag in &annotation.tags {
        match tally.iter_mut().position(|(known, _)| known == tag) {
            Some(n) if is_more => tally[n].1 += 1,
            Some(n) => {
                tally[n].1 -= 1;
                if tally[n].1 == 0 {
                    tally.remove(n);
                }
            }
            None if is_more => tally.push((tag.clone(), 1)),
            None => {}
        }
    }
}
