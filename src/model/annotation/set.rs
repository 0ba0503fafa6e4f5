//! The annotations of one document, placed in its text.
use std::collections::HashMap;
use std::rc::Rc;

use super::{Annotation, PlacedAnnotation, SpanIndex};
use crate::model::anchor::{Resolution, resolve};
use crate::model::document::DocumentText;
use crate::model::id::AnnotationId;
use crate::model::text::{CharOffset, Span};

/// The annotations of one document: those with a place, in text order, and those without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnotationSet {
    placed: Vec<PlacedAnnotation>,
    unplaced: Vec<Rc<Annotation>>,
    positions: HashMap<AnnotationId, usize>,
    index: SpanIndex,
}

impl AnnotationSet {
    /// Finds each annotation's place in the text.
    pub fn new(text: &DocumentText, annotations: impl IntoIterator<Item = Annotation>) -> Self {
        let mut set = Self::default();
        for annotation in annotations {
            set.add(text, Rc::new(annotation));
        }
        set.reindex();
        set
    }

    /// Annotations with a place, by start, longer first.
    pub fn placed(&self) -> &[PlacedAnnotation] {
        &self.placed
    }

    /// Annotations whose words are not in the text.
    pub fn unplaced(&self) -> &[Rc<Annotation>] {
        &self.unplaced
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Rc<Annotation>> {
        self.placed.iter().map(|placed| &placed.annotation).chain(&self.unplaced)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.placed.len() + self.unplaced.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks one up.
    pub fn get(&self, id: &AnnotationId) -> Option<&Rc<Annotation>> {
        match self.positions.get(id) {
            Some(&n) => Some(&self.placed[n].annotation),
            None => self.unplaced.iter().find(|annotation| annotation.id == *id),
        }
    }

    /// Where an annotation stands.
    pub fn span_of(&self, id: &AnnotationId) -> Option<Span> {
        self.positions.get(id).map(|&n| self.placed[n].span)
    }

    /// The place of an annotation in text order.
    pub fn position_of(&self, id: &AnnotationId) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// Those that share a code point with `window`, in text order.
    pub fn overlapping(&self, window: Span) -> impl Iterator<Item = &PlacedAnnotation> {
        self.index.overlapping(window).into_iter().map(|n| &self.placed[n])
    }

    /// The layers at a place, the shortest first: what a click there can mean.
    pub fn layers_at(&self, offset: CharOffset) -> Vec<&PlacedAnnotation> {
        let mut layers: Vec<_> = self.index.at(offset).into_iter().map(|n| &self.placed[n]).collect();
        layers.sort_unstable_by_key(|placed| placed.span.len());
        layers
    }

    /// Puts an annotation in, in place of its older self.
    pub fn insert(&mut self, text: &DocumentText, annotation: Annotation) {
        self.take_out(&annotation.id.clone());
        self.add(text, Rc::new(annotation));
        self.reindex();
    }

    /// Takes an annotation out.
    pub fn remove(&mut self, id: &AnnotationId) {
        self.take_out(id);
        self.reindex();
    }

    fn add(&mut self, text: &DocumentText, annotation: Rc<Annotation>) {
        match resolve(text, &annotation.selectors) {
            Resolution::Exact(span) | Resolution::Moved(span) => {
                self.placed.push(PlacedAnnotation { annotation, span });
            }
            Resolution::Lost => self.unplaced.push(annotation),
        }
    }

    fn take_out(&mut self, id: &AnnotationId) {
        self.placed.retain(|placed| placed.annotation.id != *id);
        self.unplaced.retain(|annotation| annotation.id != *id);
    }

    /// Sorting almost sorted input is linear, so one edit among many stays cheap.
    fn reindex(&mut self) {
        self.placed.sort_by(|a, b| {
            (SpanIndex::order(a.span), &a.annotation.id).cmp(&(SpanIndex::order(b.span), &b.annotation.id))
        });
        self.index = SpanIndex::new(self.placed.iter().map(|placed| placed.span).collect());
        self.positions =
            self.placed.iter().enumerate().map(|(n, placed)| (placed.annotation.id.clone(), n)).collect();
    }
}
