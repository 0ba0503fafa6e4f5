//! Rows: what is stored reads back the same, also in years to come.
use concord::model::anchor::{Selectors, TextQuote};
use concord::model::annotation::{Annotation, Stamp, Versions};
use concord::model::codebook::Codebook;
use concord::model::codebook::TagStyle;
use concord::model::document::{Block, Document, Format, Language, Mark, MarkKind, Meta, Role, Source};
use concord::model::edit::{Change, Deed, Direction, Step};
use concord::model::text::Span;
use concord::model::time::{LogicalTime, Timestamp};
use concord::record::{
    AnnotationRow, DocumentHead, DocumentRow, Glance, JournalRow, ROW_VERSION, RecordError, RevisionRow,
    Settings, StripMark, TagRow, Theme, from_json, read_json, to_json,
};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::any_blocks;

fn annotation() -> Annotation {
    Annotation {
        id: "a1".into(),
        document: "d1".into(),
        revision: 1,
        selectors: Selectors {
            quote: TextQuote {
                exact: "Đảng ủy".into(),
                prefix: "Chiều 30/5, ".into(),
                suffix: " Khối".into(),
            },
            position: Span::new(12, 19),
        },
        further: Vec::new(),
        kept: None,
        tags: vec!["lead".into(), "gap".into()],
        note: "Ai chủ trì?".into(),
        created: Timestamp(1_653_883_500_000),
        stamp: Stamp {
            modified: Timestamp(1_653_883_560_000),
            clock: LogicalTime { wall: Timestamp(1_653_883_560_000), counter: 2 },
            device: "here".into(),
            author: Some("Lan".into()),
        },
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    }
}

fn document() -> Document {
    let mark = |start, end, kind| Mark { span: Span::new(start, end), kind };
    Document {
        id: "d1".into(),
        title: "Quy chế phối hợp".into(),
        language: Language::Vi,
        source: Source {
            format: Format::Html,
            file_name: Some("bài.html".into()),
            text_sha256: "00ff".into(),
            bytes: 1234,
        },
        meta: Meta {
            section: Some("Tin tức".into()),
            updated_at: Some("2022-05-30T11:05:00+07:00".into()),
            byline: None,
        },
        blocks: vec![
            Block::plain(Role::Headline, "Đảng ủy 😀"),
            Block {
                role: Role::Heading(3),
                text: "Xem thêm".into(),
                marks: vec![
                    mark(0, 3, MarkKind::Strong),
                    mark(4, 8, MarkKind::Link("https://example.org/".into())),
                ],
            },
        ],
        left_out: vec!["In".into()],
        revision: 1,
        imported_at: Timestamp(1_653_883_500_000),
    }
}

/// The literal text of a row of version 1, as some browser holds it, reads as `expected`.
#[track_caller]
fn check_stored<Row>(stored: &str, expected: &Row)
where
    Row: DeserializeOwned + serde::Serialize + PartialEq + std::fmt::Debug,
{
    let row: Row = from_json(stored).expect("a row of version 1 can be read");
    let as_written = |row: &Row| -> Value { serde_json::from_str(&to_json(row)).expect("rows are JSON") };
    let stored: Value = serde_json::from_str(stored).expect("rows are JSON");
    assert_eq!(as_written(&row), stored);
    // What version 2 added is absent; else the two are the same.
    let mut written = as_written(expected);
    written["v"] = json!(1);
    assert_eq!(written, stored);
}

const ANNOTATION: &str = r#"{
    "v": 1, "id": "a1", "document": "d1", "revision": 1,
    "selectors": {
        "quote": { "exact": "Đảng ủy", "prefix": "Chiều 30/5, ", "suffix": " Khối" },
        "position": { "start": 12, "end": 19 }
    },
    "tags": ["lead", "gap"], "note": "Ai chủ trì?", "created": 1653883500000,
    "stamp": {
        "modified": 1653883560000, "clock": { "wall": 1653883560000, "counter": 2 }, "device": "here", "author": "Lan"
    }
}"#;

const DOCUMENT: &str = r#"{
    "v": 1, "id": "d1", "title": "Quy chế phối hợp", "language": "vi",
    "source": { "format": "html", "file_name": "bài.html", "text_sha256": "00ff", "bytes": 1234 },
    "meta": { "section": "Tin tức", "updated_at": "2022-05-30T11:05:00+07:00", "byline": null },
    "left_out": ["In"], "revision": 1, "imported_at": 1653883500000, "chars": 18, "removed": false
}"#;

const REVISION: &str = r#"{
    "v": 1,
    "blocks": [
        { "role": "headline", "text": "Đảng ủy 😀" },
        {
            "role": "heading-3", "text": "Xem thêm",
            "marks": [
                { "span": { "start": 0, "end": 3 }, "kind": "strong" },
                { "span": { "start": 4, "end": 8 }, "kind": { "link": "https://example.org/" } }
            ]
        }
    ]
}"#;

const TAG: &str = r#"{
    "v": 1,
    "tag": {
        "id": "due", "name": { "vi": "Thời hạn", "en": "Due" },
        "definition": {
            "vi": "Ngày, kỳ hoặc giai đoạn phải xong", "en": "The date or period by which it must be done"
        },
        "family": "time", "style": "due", "digit": "9"
    }
}"#;

#[test]
fn an_annotation_of_version_1_can_be_read() {
    check_stored(ANNOTATION, &AnnotationRow::from(&annotation()));
}

#[test]
fn a_document_of_version_1_can_be_read() {
    check_stored(DOCUMENT, &DocumentRow::from(&document()));
}

#[test]
fn a_text_of_version_1_can_be_read() {
    check_stored(REVISION, &RevisionRow { face: None, ..RevisionRow::from(&document()) });
}

#[test]
fn a_tag_of_version_1_can_be_read() {
    let codebook = Codebook::default();
    let tag = codebook.get(&"due".into()).expect("it is built in").clone();
    check_stored(TAG, &TagRow { v: ROW_VERSION, tag, version: None });
}

#[test]
fn every_role_of_version_1_can_be_read() {
    let names = [
        "section-label",
        "updated-at",
        "headline",
        "lede",
        "paragraph",
        "list-item",
        "quote",
        "caption",
        "table-cell",
        "code",
        "byline",
        "note",
        "chrome",
    ];
    for name in names {
        let role: Role = serde_json::from_value(json!(name)).expect("the role is known");
        assert_eq!(role.name(), name);
        assert!(Role::CHOICES.contains(&role));
        assert_eq!(json!(role), name);
    }
    for level in 1..=6 {
        let name = format!("heading-{level}");
        assert_eq!(serde_json::from_value::<Role>(json!(name)).ok(), Some(Role::Heading(level)));
        assert_eq!(json!(Role::Heading(level)), name);
    }
}

#[test]
fn a_role_of_tomorrow_reads_as_a_paragraph() {
    for name in ["", "poem", "heading-", "heading-x"] {
        assert_eq!(serde_json::from_value::<Role>(json!(name)).ok(), Some(Role::Paragraph), "{name}");
    }
}

#[test]
fn preferences_and_glances_of_today_can_be_read() {
    let settings = r#"{
        "language": "en", "theme": "sepia", "type_size": 22, "line_height": 180, "lines_only": true,
        "shelf_hidden": true, "last_tag": "lead", "letter_keys": false, "author": "Lan"
    }"#;
    let expected = Settings {
        language: Some(Language::En),
        theme: Theme::Sepia,
        type_size: 22,
        line_height: 180,
        lines_only: true,
        shelf_hidden: true,
        last_tag: Some("lead".into()),
        letter_keys: false,
        author: Some("Lan".into()),
    };
    assert_eq!(serde_json::from_str::<Settings>(settings).ok(), Some(expected));
    let glance = r#"{
        "annotations": 1, "strip": [{ "start": 10, "end": 20, "style": "due" }], "block": 3, "read_permille": 400,
        "reads": 2, "opened_at": 1653883500000
    }"#;
    let expected = Glance {
        annotations: 1,
        waiting: 0,
        strip: vec![StripMark { start: 10, end: 20, style: TagStyle::Due }],
        block: 3,
        read_permille: 400,
        reads: 2,
        opened_at: Some(Timestamp(1_653_883_500_000)),
    };
    assert_eq!(serde_json::from_str::<Glance>(glance).ok(), Some(expected));
}

#[test]
fn preferences_that_lack_something_take_the_usual() {
    assert_eq!(serde_json::from_str::<Settings>("{}").ok(), Some(Settings::default()));
    assert_eq!(serde_json::from_str::<Glance>("{}").ok(), Some(Glance::default()));
    let settings: Settings =
        serde_json::from_str(r#"{ "theme": "dark", "new": [1] }"#).expect("it can be read");
    assert_eq!(settings, Settings { theme: Theme::Dark, ..Settings::default() });
}

#[test]
fn a_row_may_lack_what_was_added_later() {
    let mut row: Value = serde_json::from_str(ANNOTATION).expect("rows are JSON");
    for name in ["tags", "note"] {
        row.as_object_mut().expect("a row is an object").remove(name);
    }
    row["stamp"].as_object_mut().expect("a stamp is an object").remove("author");
    let read: AnnotationRow = from_json(&row.to_string()).expect("it can be read");
    assert_eq!((read.tags.len(), read.note.as_str(), read.stamp.author), (0, "", None));
    let mut row: Value = serde_json::from_str(DOCUMENT).expect("rows are JSON");
    for name in ["meta", "left_out", "removed"] {
        row.as_object_mut().expect("a row is an object").remove(name);
    }
    let read: DocumentRow = from_json(&row.to_string()).expect("it can be read");
    assert_eq!((read.meta, read.left_out.len(), read.removed), (Meta::default(), 0, false));
}

/// What all kinds of rows do with a row from elsewhere.
#[track_caller]
fn check_reading<Row: DeserializeOwned + PartialEq + std::fmt::Debug>(stored: &str) {
    let known: Row = from_json(stored).expect("the row can be read");
    let mut row: Value = serde_json::from_str(stored).expect("rows are JSON");
    row["field_of_tomorrow"] = json!({ "deep": [1, null] });
    assert_eq!(from_json::<Row>(&row.to_string()).ok(), Some(known), "unknown fields are ignored");

    row["v"] = json!(ROW_VERSION + 1);
    let newer = from_json::<Row>(&row.to_string());
    assert!(matches!(newer, Err(RecordError::Newer(version)) if version == ROW_VERSION + 1), "{newer:?}");
    let strange = format!(r#"{{ "v": {}, "all": "else" }}"#, ROW_VERSION + 5);
    assert!(
        matches!(from_json::<Row>(&strange), Err(RecordError::Newer(_))),
        "the version is looked at first"
    );

    row["v"] = json!(ROW_VERSION);
    let fields: Vec<String> = row.as_object().expect("a row is an object").keys().cloned().collect();
    for field in fields.iter().filter(|field| *field != "field_of_tomorrow") {
        let mut damaged = row.clone();
        damaged[field] = json!({ "damaged": true });
        let read = from_json::<Row>(&damaged.to_string());
        assert!(matches!(read, Err(RecordError::Shape(_))) || field == "meta", "{field}: {read:?}");
    }
    for damaged in [
        "",
        "null",
        "[]",
        "{}",
        "\u{0}",
        stored.trim_end_matches(['}', '\n', ' ']),
        r#"{ "v": "1" }"#,
        r#"{ "v": -1 }"#,
    ] {
        let read = from_json::<Row>(damaged);
        assert!(matches!(read, Err(RecordError::Shape(_))), "{damaged:?}: {read:?}");
    }
}

#[test]
fn newer_rows_are_told_from_damaged_ones_and_unknown_fields_are_ignored() {
    check_reading::<AnnotationRow>(ANNOTATION);
    check_reading::<DocumentRow>(DOCUMENT);
    check_reading::<RevisionRow>(REVISION);
    check_reading::<TagRow>(TAG);
}

#[test]
fn an_error_says_what_is_wrong() {
    let shape = from_json::<TagRow>("{").expect_err("it is damaged");
    assert!(shape.to_string().starts_with("the row has an unknown shape: "));
    assert!(std::error::Error::source(&shape).is_some());
    let newer = from_json::<TagRow>(r#"{ "v": 9 }"#).expect_err("it is newer");
    assert_eq!(newer.to_string(), "the row has version 9, newer than this app knows");
}

#[test]
fn a_document_comes_back_from_its_two_rows() {
    let document = document();
    let row = DocumentRow::from(&document);
    assert_eq!(row.chars, 18);
    assert_eq!(row.clone().with_text(RevisionRow::from(&document)), document);
    let head = DocumentHead::from(row);
    assert_eq!((&head.id, &head.title, head.chars, head.removed), (&document.id, &document.title, 18, false));
}

#[test]
fn an_annotation_comes_back_from_its_row() {
    assert_eq!(Annotation::from(AnnotationRow::from(&annotation())), annotation());
}

proptest! {
    #[test]
    fn any_annotation_comes_back_from_its_json(
        texts in prop::array::uniform5(any::<String>()),
        tags in prop::collection::vec(any::<String>(), 0..4),
        numbers in prop::array::uniform4(0_u32..u32::MAX),
        times in prop::array::uniform3(any::<i64>()),
        author in prop::option::of(any::<String>()),
    ) {
        let [exact, prefix, suffix, note, device] = texts;
        let annotation = Annotation {
            selectors: Selectors {
                quote: TextQuote { exact, prefix, suffix },
                position: Span::new(numbers[0], numbers[1]),
            },
            tags: tags.iter().map(|tag| tag.as_str().into()).collect(),
            note,
            revision: numbers[2],
            created: Timestamp(times[0]),
            stamp: Stamp {
                modified: Timestamp(times[1]),
                clock: LogicalTime { wall: Timestamp(times[2]), counter: numbers[3] },
                device: device.as_str().into(),
                author,
            },
            versions: Versions::default(),
            rivals: Vec::new(),
            deleted: None,
            ..annotation()
        };
        let json = to_json(&AnnotationRow::from(&annotation));
        prop_assert_eq!(from_json::<AnnotationRow>(&json).map(Annotation::from).ok(), Some(annotation));
    }

    #[test]
    fn any_document_comes_back_from_its_json(blocks in any_blocks(), title in any::<String>(), left_out in prop::collection::vec(any::<String>(), 0..3)) {
        let document = Document { blocks, title, left_out, ..document() };
        let row = to_json(&DocumentRow::from(&document));
        let revision = to_json(&RevisionRow::from(&document));
        let (row, revision): (DocumentRow, RevisionRow) =
            (from_json(&row).expect("it can be read"), from_json(&revision).expect("it can be read"));
        let text = concord::model::document::DocumentText::new(&document.blocks);
        prop_assert_eq!(row.chars, text.char_len().0);
        prop_assert_eq!(row.with_text(revision), document);
    }
}

// The journal

fn journal(deed: Deed, change: Change) -> Value {
    let row = JournalRow::of_step(&step(deed, vec![change]), &"here".into(), None).remove(0);
    serde_json::from_str(&to_json(&row)).expect("rows are JSON")
}

fn step(deed: Deed, changes: Vec<Change>) -> Step {
    let clock = LogicalTime { wall: Timestamp(5), counter: 1 };
    Step { id: "w.1".into(), deed, at: Timestamp(5), clock, direction: Direction::Do, changes }
}

#[test]
fn a_journal_row_holds_what_was_before_and_after() {
    let after = annotation();
    let before = Annotation { note: "cũ".into(), ..annotation() };
    let change =
        Change::Annotation { before: Some(before.clone().into()), after: Some(after.clone().into()) };
    let step = Step { direction: Direction::Undo("w.0".into()), ..step(Deed::Note, vec![change]) };
    let row = JournalRow::of_step(&step, &"here".into(), Some("Lan")).remove(0);
    let row: Value = serde_json::from_str(&to_json(&row)).expect("JSON");
    assert_eq!(
        row,
        json!({
            "v": ROW_VERSION, "step": "w.1", "at": 5, "clock": { "wall": 5, "counter": 1 }, "device": "here",
            "author": "Lan", "deed": "note", "direction": { "undo": "w.0" },
            "changes": [
                { "annotation": { "before": AnnotationRow::from(&before), "after": AnnotationRow::from(&after) } },
            ],
        })
    );
    let read: AnnotationRow =
        from_json(&row["changes"][0]["annotation"]["before"].to_string()).expect("the old row can be read");
    assert_eq!(Annotation::from(read), before);
}

#[test]
fn the_journal_knows_every_kind_of_change() {
    let new = journal(Deed::Highlight, Change::Annotation { before: None, after: Some(annotation().into()) });
    assert_eq!(
        new["changes"][0],
        json!({ "annotation": { "before": null, "after": AnnotationRow::from(&annotation()) } })
    );
    assert_eq!(new.get("author"), None);
    let deleted =
        journal(Deed::Delete, Change::Annotation { before: Some(annotation().into()), after: None });
    assert_eq!(
        deleted["changes"][0],
        json!({ "annotation": { "before": AnnotationRow::from(&annotation()), "after": null } })
    );
    let title = Change::Title { document: "d1".into(), before: "cũ".into(), after: "mới".into() };
    assert_eq!(
        journal(Deed::Rename, title)["changes"][0],
        json!({ "title": { "document": "d1", "before": "cũ", "after": "mới" } })
    );
    let role = Change::Role {
        document: "d1".into(),
        revision: 1,
        block: 2,
        before: Role::Paragraph,
        after: Role::Heading(2),
    };
    assert_eq!(
        journal(Deed::Relabel, role)["changes"][0],
        json!({
            "role": { "document": "d1", "revision": 1, "block": 2, "before": "paragraph", "after": "heading-2" },
        })
    );
    let removed = Change::Removed { document: "d1".into(), before: false, after: true };
    assert_eq!(
        journal(Deed::RemoveDocument, removed)["changes"][0],
        json!({ "removed": { "document": "d1", "before": false, "after": true } })
    );
    let tag = Codebook::default().tags()[0].clone();
    let row = journal(Deed::GiveTag("lead".into()), Change::Tag { before: None, after: Some(tag.clone()) });
    assert_eq!(row["changes"][0], json!({ "tag": { "before": null, "after": tag } }));
    assert_eq!(row["deed"], "give-tag");
}

#[test]
fn a_step_and_what_takes_it_back_are_opposites() {
    let change = Change::Title { document: "d1".into(), before: "cũ".into(), after: "mới".into() };
    let removed = Change::Removed { document: "d2".into(), before: false, after: true };
    let step = step(Deed::Rename, vec![change, removed]);
    let back = step.reversed("w.2".into(), Timestamp(9));
    assert_eq!(back.direction, Direction::Undo("w.1".into()));
    assert_eq!(back.changes[0], Change::Removed { document: "d2".into(), before: true, after: false });
    assert_eq!(back.reversed("w.3".into(), Timestamp(5)).changes, step.changes);
}

#[test]
fn every_step_comes_back_from_its_journal_row() {
    let title = Change::Title { document: "d1".into(), before: "cũ".into(), after: "mới".into() };
    let note = Change::Annotation { before: None, after: Some(annotation().into()) };
    for deed in [
        Deed::Highlight,
        Deed::GiveTag("lead".into()),
        Deed::TakeTag("due".into()),
        Deed::Note,
        Deed::Range,
        Deed::Delete,
        Deed::Rename,
        Deed::Relabel,
        Deed::AddDocument,
        Deed::RemoveDocument,
        Deed::Choose,
        Deed::Revert,
        Deed::Restore,
    ] {
        for direction in [Direction::Do, Direction::Undo("w.0".into()), Direction::Redo("w.0".into())] {
            let step = Step { direction, ..step(deed.clone(), vec![title.clone(), note.clone()]) };
            let json = to_json(&JournalRow::of_step(&step, &"here".into(), None)[0]);
            let row: JournalRow = from_json(&json).expect("it can be read");
            assert_eq!(row.to_step(), Some(step));
        }
    }
}

#[test]
fn a_large_step_has_several_rows() {
    let change = Change::Title { document: "d1".into(), before: "cũ".into(), after: "mới".into() };
    let step = step(Deed::Restore, vec![change; 2_500]);
    let rows = JournalRow::of_step(&step, &"here".into(), None);
    assert_eq!(rows.iter().map(|row| row.changes.len()).collect::<Vec<_>>(), [1_000, 1_000, 500]);
    assert!(rows.iter().all(|row| row.step == step.id));
}

#[test]
fn rows_of_the_first_version_are_read() {
    let annotation = r#"{"v":1,"id":"a1","document":"d1","revision":1,"selectors":{"quote":{"exact":"Sở Y tế","prefix":"","suffix":" chủ trì"},"position":{"start":15,"end":22}},"tags":["lead"],"note":"","created":5,"stamp":{"modified":5,"clock":{"wall":5,"counter":0},"device":"here"}}"#;
    let read: AnnotationRow = from_json(annotation).expect("an annotation of version 1");
    assert!(read.versions.is_empty() && read.rivals.is_empty() && read.deleted.is_none());
    let journal = format!(
        r#"{{"v":1,"at":5,"device":"here","deed":"give-tag","is_undo":true,"changes":[{{"annotation":{{"before":null,"after":{annotation}}}}}]}}"#
    );
    let read: JournalRow = from_json(&journal).expect("a journal row of version 1");
    assert!(read.is_undo);
    // It did not say which tag was given; the change does.
    assert_eq!(read.to_step().expect("a step").deed, Deed::GiveTag("lead".into()));
}

// Time

#[test]
fn moments_are_written_in_utc_with_milliseconds() {
    for (at, expected) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_653_883_500_007, "2022-05-30T04:05:00.007Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ] {
        assert_eq!(Timestamp(at).to_rfc3339(), expected);
    }
}

proptest! {
    #[test]
    fn the_logical_clock_only_goes_forward(start in 0_i64..1000, moments in prop::collection::vec(0_i64..1000, 1..20)) {
        let mut clock = LogicalTime { wall: Timestamp(start), counter: 0 };
        for now in moments {
            let next = clock.tick(Timestamp(now));
            prop_assert!(next > clock && next.wall >= Timestamp(now));
            clock = next;
        }
    }
}

// Reading JSON

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

/// Whatever JSON stands in the place of an unknown field.
#[derive(serde::Deserialize, PartialEq, Debug)]
struct Known {
    text: String,
    numbers: Vec<i64>,
    pair: (u32, bool),
    #[serde(default)]
    maybe: Option<Box<Known>>,
    kind: Kind,
}

#[derive(serde::Deserialize, PartialEq, Debug)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    Wrapped(String),
    Full { at: i64 },
}

proptest! {
    #[test]
    fn what_serde_json_reads_is_read_alike(
        text in any::<String>(), numbers in prop::collection::vec(any::<i64>(), 0..5), kind in 0..3, unknown in any_json(),
        nested in any::<bool>(), pretty in any::<bool>(),
    ) {
        let kind = match kind {
            0 => json!("plain"),
            1 => json!({ "wrapped": text }),
            _ => json!({ "full": { "at": -5, "more": unknown } }),
        };
        let inner = json!({ "text": text, "numbers": numbers, "pair": [7, true], "kind": kind, "unknown": unknown });
        let mut value = inner.clone();
        if nested {
            value["maybe"] = inner;
        }
        let json = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let json = json.expect("it is JSON");
        let expected: Known = serde_json::from_str(&json).expect("serde_json reads it");
        prop_assert_eq!(read_json::<Known>(&json).expect("it is read"), expected);
    }

    #[test]
    fn a_damaged_text_is_refused_like_serde_json_does_and_never_panics(
        unknown in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let json = json!({ "text": "\u{1}é😀\"\\", "numbers": [1, -2], "pair": [7, true], "kind": "plain", "unknown": unknown });
        let mut bytes = json.to_string().into_bytes();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(text) = String::from_utf8(bytes) {
            let expected = serde_json::from_str::<Known>(&text).ok();
            prop_assert_eq!(read_json::<Known>(&text).ok(), expected);
        }
    }
}

#[test]
fn a_text_of_brackets_does_not_exhaust_the_stack() {
    let deep = format!(r#"{{ "unknown": {} }}"#, "[".repeat(1_000_000));
    assert!(read_json::<Known>(&deep).is_err());
}

#[test]
fn escapes_are_read() {
    for (json, expected) in [
        (r#""\u00e9\ud83d\ude00\n\/""#, Some("é😀\n/")),
        (r#""\ud83d""#, None),
        (r#""\ude00""#, None),
        (r#""\u+123""#, None),
        (r#""\x""#, None),
        ("\"a\nb\"", None),
        ("\"a", None),
    ] {
        assert_eq!(read_json::<String>(json).ok().as_deref(), expected, "{json}");
    }
}

/// A text with passages of all kinds: plain ones, and ones that a pack keeps as rows.
fn packed_case() -> (concord::model::document::DocumentText, Vec<Annotation>) {
    use concord::model::anchor::describe;
    let text = crate::support::lines(
        "Sở Y tế chủ trì, phối hợp với Công đoàn tỉnh.\nHạn chót là ngày 30/9/2026 😀.",
    );
    let plain = |id: &str, start: u32, end: u32| Annotation {
        id: id.into(),
        selectors: describe(&text, Span::new(start, end)),
        ..annotation()
    };
    let mut annotations = vec![plain("a", 0, 7), plain("b", 30, 39), plain("c", 58, 67)];
    annotations[1].tags.clear();
    annotations[1].note = "Ghi chú “dài”\nhai dòng".into();
    annotations[1].stamp.author = None;
    annotations[2].created = Timestamp(-5);
    let mut older = plain("older", 0, 4);
    older.revision = 7;
    let mut further = plain("further", 0, 4);
    further.further = vec![describe(&text, Span::new(10, 15))];
    let mut elsewhere = plain("elsewhere", 3, 7);
    elsewhere.selectors.quote.exact = "other".into();
    annotations.extend([older, further, elsewhere]);
    (text, annotations)
}

#[test]
fn a_pack_gives_back_what_was_packed() {
    use concord::record::{PackHead, pack_head, read_pack, write_pack};
    let (text, annotations) = packed_case();
    let head = PackHead { revision: 1, journal_key: 1 << 40 };
    let pack = write_pack(head, &text, &annotations);
    assert_eq!(pack_head(&pack), Some(head));
    assert_eq!(read_pack(&pack, &"d1".into(), &text), Some(annotations));
    assert_eq!(read_pack(&write_pack(head, &text, &[]), &"d1".into(), &text), Some(Vec::new()));
}

#[test]
fn a_damaged_pack_is_none() {
    use concord::record::{PackHead, read_pack, write_pack};
    let (text, annotations) = packed_case();
    let pack = write_pack(PackHead { revision: 1, journal_key: 3 }, &text, &annotations);
    for end in 0..pack.len() {
        assert_eq!(read_pack(&pack[..end], &"d1".into(), &text), None, "cut at {end}");
    }
    for at in 0..pack.len() {
        for bit in 0..8 {
            let mut damaged = pack.clone();
            damaged[at] ^= 1 << bit;
            // Whatever comes of it, it does not panic, and claims no place outside of the text.
            for annotation in read_pack(&damaged, &"d1".into(), &text).into_iter().flatten() {
                let span = annotation.selectors.position;
                assert!(annotation.selectors.quote.exact.is_empty() || span.end >= span.start, "{at} {bit}");
            }
        }
    }
}
