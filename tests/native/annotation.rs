//! Annotations of one document: their order, and which of them touch a place.
use concord::model::anchor::describe;
use concord::model::annotation::{Annotation, AnnotationSet, SpanIndex, Stamp, Versions};
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
        spans.iter().map(|(id, start, end)| annotation(id, text, Span::new(*start, *end))),
    )
}

fn ids(set: &AnnotationSet) -> Vec<&str> {
    set.placed().iter().map(|placed| placed.annotation.id.as_str()).collect()
}

#[test]
fn passages_are_in_text_order_longer_ones_first() {
    let text = lines("0123456789");
    let set = set(&text, &[("d", 5, 6), ("b", 1, 4), ("a", 1, 8), ("e", 5, 6), ("c", 1, 2)]);
    assert_eq!(ids(&set), ["a", "b", "c", "d", "e"]);
    assert_eq!(set.position_of(&"c".into()), Some(2));
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
    assert!(set.placed().is_empty() && set.unplaced().is_empty());
}

#[test]
fn an_index_of_nothing_finds_nothing() {
    let index = SpanIndex::new(Vec::new());
    assert!(index.overlapping(Span::new(0, 99)).is_empty());
    assert!(index.at(CharOffset(0)).is_empty());
}

proptest! {
    #[test]
    fn the_index_finds_what_a_look_at_every_span_finds(
        mut spans in prop::collection::vec(any_span(60), 0..40),
        windows in prop::collection::vec(any_span(70), 1..20),
    ) {
        spans.sort_by_key(|span| SpanIndex::order(*span));
        let index = SpanIndex::new(spans.clone());
        prop_assert_eq!(index.spans(), spans.as_slice());
        for window in windows {
            let expected: Vec<usize> = (0..spans.len()).filter(|n| spans[*n].overlaps(window)).collect();
            prop_assert_eq!(index.overlapping(window), expected, "{:?}", window);
            let at: Vec<usize> =
                (0..spans.len()).filter(|n| spans[*n].start <= window.start && window.start < spans[*n].end).collect();
            prop_assert_eq!(index.at(window.start), at);
        }
    }

    #[test]
    fn a_set_built_by_edits_is_the_set_built_at_once(
        edits in prop::collection::vec((0_u8..8, prop::option::of(any_span(30))), 0..40),
    ) {
        let text = lines("abcdefghijklmnopqrstuvwxyzABCDEF");
        let mut set = AnnotationSet::default();
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
            prop_assert_eq!(&set, &AnnotationSet::new(&text, expected.values().cloned()));
            for (position, placed) in set.placed().iter().enumerate() {
                prop_assert_eq!(set.position_of(&placed.annotation.id), Some(position));
                prop_assert_eq!(set.get(&placed.annotation.id), Some(&placed.annotation));
            }
        }
    }
}
