//! Annotations of one document: their order, and which of them touch a place.
use concord::model::anchor::describe;
use concord::model::annotation::{Annotation, AnnotationSet, Stamp, Versions};
use concord::model::document::DocumentText;
use concord::model::id::AnnotationId;
use concord::model::text::{CharOffset, Span};
use concord::model::time::{LogicalTime, Timestamp};
use proptest::prelude::*;

use crate::support::{any_span, lines};

fn annotation(id: &str, text: &DocumentText, span: Span) -> Annotation {
    Annotation {
        id: id.into(),
        document: "d1".into(),
        revision: 1,
        selectors: describe(text, span),
        further: Vec::new(),
        kept: None,
        tags: Vec::new(),
        note: String::new(),
        created: Timestamp(0),
        stamp: Stamp {
            modified: Timestamp(0),
            clock: LogicalTime::default(),
            device: "here".into(),
            author: None,
        },
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    }
}

fn set(text: &DocumentText, spans: &[(&str, u32, u32)]) -> AnnotationSet {
    AnnotationSet::new(
        text,
        1,
        spans.iter().map(|(id, start, end)| annotation(id, text, Span::new(*start, *end))),
    )
}

fn ids(set: &AnnotationSet) -> Vec<&str> {
    set.placed().map(|placed| placed.annotation.id.as_str()).collect()
}

#[test]
fn passages_are_in_text_order_longer_ones_first() {
    let text = lines("0123456789");
    let set = set(&text, &[("d", 5, 6), ("b", 1, 4), ("a", 1, 8), ("e", 5, 6), ("c", 1, 2)]);
    assert_eq!(ids(&set), ["a", "b", "c", "d", "e"]);
    assert_eq!(set.span_of(&"b".into()), Some(Span::new(1, 4)));
    assert_eq!(set.span_of(&"nobody".into()), None);
}

#[test]
fn layers_at_a_place_are_the_shortest_first() {
    let text = lines("0123456789");
    let set = set(&text, &[("long", 0, 9), ("middle", 2, 7), ("short", 3, 5), ("elsewhere", 5, 6)]);
    let layers = |at: u32| {
        set.layers_at(CharOffset(at)).iter().map(|p| p.annotation.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(layers(3), ["short", "middle", "long"]);
    assert_eq!(layers(5), ["elsewhere", "middle", "long"]);
    assert_eq!(layers(0), ["long"]);
    assert!(layers(9).is_empty());
}

#[test]
fn overlapping_passages_share_a_character() {
    let text = lines("0123456789");
    let set = set(&text, &[("a", 0, 3), ("b", 3, 6), ("c", 5, 9)]);
    let overlapping = |start, end| {
        set.overlapping(Span::new(start, end)).map(|p| p.annotation.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(overlapping(2, 4), ["a", "b"]);
    assert_eq!(overlapping(3, 5), ["b"]);
    assert_eq!(overlapping(0, 10), ["a", "b", "c"]);
    assert!(overlapping(9, 10).is_empty());
}

#[test]
fn a_passage_whose_words_are_gone_is_kept_without_a_place() {
    let old = lines("hai bên ký kết");
    let new = lines("hai bên ra về");
    let set = AnnotationSet::new(
        &new,
        1,
        [annotation("kept", &old, Span::new(0, 7)), annotation("lost", &old, Span::new(8, 14))],
    );
    assert_eq!(ids(&set), ["kept"]);
    assert_eq!(set.unplaced().len(), 1);
    assert_eq!((set.len(), set.is_empty(), set.iter().count()), (2, false, 2));
    assert_eq!(set.get(&"lost".into()).map(|a| a.quote().to_owned()).as_deref(), Some("ký kết"));
    assert_eq!(set.span_of(&"lost".into()), None);
}

#[test]
fn a_passage_put_in_again_takes_the_place_of_its_older_self() {
    let text = lines("0123456789");
    let mut set = set(&text, &[("a", 0, 3), ("b", 4, 6)]);
    set.insert(&text, annotation("a", &text, Span::new(7, 9)));
    assert_eq!(ids(&set), ["b", "a"]);
    assert!(set.layers_at(CharOffset(1)).is_empty());
    set.remove(&"b".into());
    set.remove(&"nobody".into());
    assert_eq!(ids(&set), ["a"]);
    set.remove(&"a".into());
    assert!(set.is_empty());
    assert!(set.placed().next().is_none() && set.unplaced().is_empty());
}

/// A passage in several stretches.
fn in_pieces(id: &str, text: &DocumentText, spans: &[Span]) -> Annotation {
    let mut parts = spans.iter().map(|span| describe(text, *span));
    Annotation {
        selectors: parts.next().expect("a passage has a stretch"),
        further: parts.collect(),
        ..annotation(id, text, spans[0])
    }
}

#[test]
fn a_passage_in_pieces_is_at_each_of_them() {
    let text = lines("0123456789");
    let mut set = set(&text, &[("between", 3, 5)]);
    set.insert(&text, in_pieces("pieces", &text, &[Span::new(1, 3), Span::new(6, 9)]));
    assert_eq!(ids(&set), ["pieces", "between", "pieces"]);
    assert_eq!((set.len(), set.iter().count()), (2, 2));
    assert_eq!(set.spans_of(&"pieces".into()), [Span::new(1, 3), Span::new(6, 9)]);
    assert_eq!(set.get(&"pieces".into()).map(|it| it.quote()).as_deref(), Some("12 … 678"));
    assert_eq!(set.layers_at(CharOffset(7)).len(), 1);
    assert!(set.layers_at(CharOffset(5)).is_empty(), "what lies between is not part of it");
    assert_eq!(set.overlaps_of(&"pieces".into()), 0);
    set.remove(&"pieces".into());
    assert_eq!(ids(&set), ["between"]);
}

#[test]
fn a_passage_of_another_revision_has_no_place_until_it_is_reviewed() {
    let text = lines("0123456789");
    let older = annotation("older", &text, Span::new(0, 3));
    let kept = Annotation { kept: Some(2), ..annotation("kept", &text, Span::new(0, 3)) };
    let set = AnnotationSet::new(&text, 2, [older, kept]);
    assert_eq!((set.placed().count(), set.unplaced().len()), (0, 2));
    assert_eq!(set.waiting().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["older"]);
}

#[test]
fn one_walks_from_passage_to_passage() {
    let text = lines("0123456789");
    let set = set(&text, &[("a", 0, 3), ("b", 0, 2), ("c", 5, 9)]);
    let next = |from: Option<&str>, at: u32, forward| {
        let from = from.map(AnnotationId::from);
        set.neighbour(from.as_ref(), CharOffset(at), forward).map(|placed| placed.annotation.id.to_string())
    };
    assert_eq!(next(Some("a"), 0, true).as_deref(), Some("b"));
    assert_eq!(next(Some("b"), 0, true).as_deref(), Some("c"));
    assert_eq!(next(Some("c"), 0, true), None);
    assert_eq!(next(Some("c"), 0, false).as_deref(), Some("b"));
    assert_eq!(next(Some("a"), 0, false), None);
    assert_eq!(next(None, 4, true).as_deref(), Some("c"));
    assert_eq!(next(None, 4, false).as_deref(), Some("b"));
    assert_eq!(next(None, 0, false), None);
    assert_eq!(next(Some("nobody"), 9, true), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// More passages than one chunk holds, so that chunks are cut, emptied and walked over.
    #[test]
    fn a_large_set_answers_as_a_look_at_every_passage_does(
        spans in prop::collection::vec(any_span(900), 600..1_400),
        gone in prop::collection::vec(0_usize..1_400, 0..700),
        windows in prop::collection::vec(any_span(950), 1..20),
    ) {
        let text = lines(&"abcdefghij".repeat(90));
        let mut set = AnnotationSet::new(&text, 1, []);
        let mut expected: Vec<(Span, String)> = Vec::new();
        for (n, span) in spans.iter().enumerate().filter(|(_, span)| !span.is_empty()) {
            let position = Annotation {
                selectors: concord::model::anchor::Selectors {
                    quote: concord::model::anchor::TextQuote {
                        exact: text.slice(*span).to_owned(), prefix: String::new(), suffix: String::new(),
                    },
                    position: *span,
                },
                ..annotation(&n.to_string(), &text, Span::new(0, 1))
            };
            set.insert(&text, position);
            expected.push((*span, n.to_string()));
        }
        for n in gone {
            set.remove(&AnnotationId(n.to_string()));
            expected.retain(|(_, id)| *id != n.to_string());
        }
        expected.sort_by_key(|(span, id)| (span.start, std::cmp::Reverse(span.end), id.clone()));
        prop_assert_eq!(set.len(), expected.len());
        let all: Vec<String> = expected.iter().map(|(_, id)| id.clone()).collect();
        prop_assert_eq!(ids(&set), all);
        for window in windows {
            let hits: Vec<&str> = set.overlapping(window).map(|placed| placed.annotation.id.as_str()).collect();
            let wanted: Vec<&str> =
                expected.iter().filter(|(span, _)| span.overlaps(window)).map(|(_, id)| id.as_str()).collect();
            prop_assert_eq!(hits, wanted, "{:?}", window);
        }
        for pair in expected.windows(2) {
            let next = set.neighbour(Some(&AnnotationId(pair[0].1.clone())), CharOffset(0), true);
            prop_assert_eq!(next.map(|placed| placed.annotation.id.to_string()), Some(pair[1].1.clone()));
            let back = set.neighbour(Some(&AnnotationId(pair[1].1.clone())), CharOffset(0), false);
            prop_assert_eq!(back.map(|placed| placed.annotation.id.to_string()), Some(pair[0].1.clone()));
        }
    }
}

proptest! {
    #[test]
    fn a_set_built_by_edits_is_the_set_built_at_once(
        edits in prop::collection::vec((0_u8..8, prop::option::of(any_span(30))), 0..40),
    ) {
        let text = lines("abcdefghijklmnopqrstuvwxyzABCDEF");
        let mut set = AnnotationSet::new(&text, 1, []);
        let mut expected = std::collections::BTreeMap::new();
        for (n, span) in edits {
            let id = n.to_string();
            match span.filter(|span| !span.is_empty()) {
                Some(span) => {
                    set.insert(&text, annotation(&id, &text, span));
                    expected.insert(id, annotation(&n.to_string(), &text, span));
                }
                None => {
                    set.remove(&AnnotationId(id.clone()));
                    expected.remove(&id);
                }
            }
            let at_once = AnnotationSet::new(&text, 1, expected.values().cloned());
            prop_assert_eq!(ids(&set), ids(&at_once));
            prop_assert_eq!(set.tag_counts(), at_once.tag_counts());
            for placed in set.placed() {
                prop_assert_eq!(set.get(&placed.annotation.id), Some(&placed.annotation));
                prop_assert_eq!(set.span_of(&placed.annotation.id), Some(placed.span));
            }
        }
    }
}
