//! Merging annotations: what was changed elsewhere meanwhile stays, and what was overwritten unseen is kept.
use concord::model::anchor::{Selectors, TextQuote};
use concord::model::annotation::{Annotation, RivalValue, Settled, Stamp, Versions, merged, settle};
use concord::model::id::TagId;
use concord::model::text::Span;
use concord::model::time::{LogicalTime, Timestamp};
use proptest::prelude::*;

fn stamp(at: i64, device: &str) -> Stamp {
    let clock = LogicalTime { wall: Timestamp(at), counter: 0 };
    Stamp { modified: Timestamp(at), clock, device: device.into(), author: None }
}

fn annotation(tags: &[&str], note: &str) -> Annotation {
    let quote = TextQuote { exact: "Sở Y tế".into(), prefix: String::new(), suffix: String::new() };
    Annotation {
        id: "a".into(),
        document: "d".into(),
        revision: 1,
        selectors: Selectors { quote, position: Span::new(0, 7) },
        further: Vec::new(),
        kept: None,
        tags: tags.iter().map(|&tag| tag.into()).collect(),
        note: note.into(),
        created: Timestamp(1),
        stamp: stamp(1, "one"),
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    }
}

fn written(settled: Settled) -> Annotation {
    match settled {
        Settled::Write(annotation) => annotation,
        other => panic!("nothing was written: {other:?}"),
    }
}

fn names(annotation: &Annotation) -> Vec<&str> {
    annotation.tags.iter().map(TagId::as_str).collect()
}

#[test]
fn fields_that_others_changed_stay_as_they_are() {
    let seen = annotation(&["lead"], "");
    let stored = annotation(&["lead", "due"], "của bạn");
    let wanted = Annotation { tags: vec!["place".into()], ..seen.clone() };
    let result = written(settle(Some(&seen), Some(&wanted), Some(&stored), &stamp(9, "two")));
    assert_eq!((names(&result), result.note.as_str()), (vec!["due", "place"], "của bạn"));
    assert!(result.rivals.is_empty());
}

#[test]
fn a_note_that_was_written_at_the_same_time_is_kept_beside_ours() {
    let (seen, stored) = (annotation(&[], ""), annotation(&[], "của bạn"));
    let wanted = annotation(&[], "của tôi");
    let result = written(settle(Some(&seen), Some(&wanted), Some(&stored), &stamp(9, "two")));
    assert_eq!(result.note, "của tôi");
    assert_eq!(result.rivals.len(), 1);
    assert_eq!(result.rivals[0].value, RivalValue::Note("của bạn".into()));
    assert_eq!(result.rivals[0].stamp, stored.stamp);
}

#[test]
fn two_who_write_the_same_have_no_conflict() {
    let (seen, stored) = (annotation(&[], ""), annotation(&[], "như nhau"));
    let settled = settle(Some(&seen), Some(&stored), Some(&stored), &stamp(9, "two"));
    assert_eq!(settled, Settled::Nothing);
}

#[test]
fn a_deletion_applies_only_to_what_was_seen() {
    let (seen, stored) = (annotation(&[], ""), annotation(&[], "mới viết"));
    assert_eq!(settle(Some(&seen), None, Some(&stored), &stamp(9, "two")), Settled::Kept);
    let gone = written(settle(Some(&stored), None, Some(&stored), &stamp(9, "two")));
    assert_eq!(gone.deleted, Some(stamp(9, "two").version()));
    assert_eq!(settle(Some(&stored), None, Some(&gone), &stamp(10, "two")), Settled::Nothing);
}

#[test]
fn an_edit_brings_back_what_was_deleted_meanwhile() {
    let seen = annotation(&["lead"], "");
    let gone = written(settle(Some(&seen), None, Some(&seen), &stamp(5, "one")));
    let wanted = Annotation { note: "vẫn cần".into(), ..seen.clone() };
    let back = written(settle(Some(&seen), Some(&wanted), Some(&gone), &stamp(9, "two")));
    assert_eq!((back.deleted.as_ref(), back.note.as_str()), (None, "vẫn cần"));
    // The older copy, which says that it is deleted, does not delete it again.
    assert_eq!(merged(&back, &gone).deleted, None);
}

#[test]
fn undo_of_a_deletion_survives_the_merge_with_a_copy_that_was_made_before_it() {
    let seen = annotation(&["lead"], "");
    let gone = written(settle(Some(&seen), None, Some(&seen), &stamp(5, "one")));
    let back = written(settle(None, Some(&seen), Some(&gone), &stamp(6, "one")));
    assert!(back.reads_like(&seen) && back.deleted.is_none());
    assert_eq!(merged(&gone, &back).deleted, None);
    assert!(merged(&seen, &gone).deleted.is_some());
}

/// What may happen to one copy.
#[derive(Clone, Debug)]
enum Edit {
    Note(u8),
    Give(u8),
    Take(u8),
    Move(u8),
    Delete,
    Bring,
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0_u8..4).prop_map(Edit::Note),
        (0_u8..3).prop_map(Edit::Give),
        (0_u8..3).prop_map(Edit::Take),
        (0_u8..3).prop_map(Edit::Move),
        Just(Edit::Delete),
        Just(Edit::Bring),
    ]
}

/// The copy of `device` after some edits, each made at a moment of its own.
fn edited(start: &Annotation, edits: &[(Edit, u8)], device: &str) -> Annotation {
    let mut copy = start.clone();
    let mut clock = copy.stamp.clock;
    for (edit, at) in edits {
        clock = LogicalTime { wall: Timestamp(i64::from(*at)), counter: 0 }.after(clock);
        let stamp = Stamp { clock, ..stamp(clock.wall.0, device) };
        let mut wanted = Annotation { deleted: None, ..copy.clone() };
        match edit {
            Edit::Note(n) => wanted.note = format!("{n}"),
            Edit::Give(n) => {
                let tag: TagId = format!("t{n}").as_str().into();
                if !wanted.tags.contains(&tag) {
                    wanted.tags.push(tag);
                }
            }
            Edit::Take(n) => wanted.tags.retain(|tag| *tag.as_str() != format!("t{n}")),
            Edit::Move(n) => wanted.selectors.position = Span::new(0, 7 + u32::from(*n)),
            Edit::Delete | Edit::Bring => {}
        }
        let settled = match edit {
            Edit::Delete => settle(Some(&copy), None, Some(&copy), &stamp),
            Edit::Bring => settle(None, Some(&wanted), Some(&copy), &stamp),
            _ => settle(Some(&copy), Some(&wanted), Some(&copy), &stamp),
        };
        if let Settled::Write(new) = settled {
            copy = new;
        }
    }
    copy
}

/// What people see of it.
fn content(annotation: &Annotation) -> (Vec<TagId>, String, Span, bool) {
    let mut tags = annotation.tags.clone();
    tags.sort();
    (tags, annotation.note.clone(), annotation.selectors.position, annotation.deleted.is_some())
}

fn some_edits() -> impl Strategy<Value = Vec<(Edit, u8)>> {
    prop::collection::vec((any_edit(), 2_u8..60), 0..6)
}

proptest! {
    #[test]
    fn it_does_not_matter_who_merges_with_whom_first(a in some_edits(), b in some_edits(), c in some_edits()) {
        let start = annotation(&["t0"], "đầu");
        let (a, b, c) = (edited(&start, &a, "one"), edited(&start, &b, "two"), edited(&start, &c, "three"));
        prop_assert_eq!(content(&merged(&a, &b)), content(&merged(&b, &a)));
        prop_assert_eq!(content(&merged(&a, &a)), content(&a));
        prop_assert_eq!(content(&merged(&merged(&a, &b), &c)), content(&merged(&a, &merged(&b, &c))));
        prop_assert_eq!(content(&merged(&merged(&a, &b), &b)), content(&merged(&a, &b)));
    }

    #[test]
    fn a_copy_that_was_not_touched_adds_nothing(a in some_edits()) {
        let start = annotation(&["t0"], "đầu");
        let a = edited(&start, &a, "one");
        prop_assert_eq!(content(&merged(&a, &start)), content(&a));
    }
}
