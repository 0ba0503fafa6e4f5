//! Files of annotations that others made: every shape that they come in, ours among them.
use std::path::Path;

use concord::export::web_annotation;
use concord::import::annotations::{
    AnnotationFile, AnnotationFileError, ForeignAnnotation, ForeignSelector, LeftOut, LeftOutReason,
    MAX_ANNOTATIONS, MAX_NOTE_CHARS, MAX_QUOTE_CHARS, PositionUnit, read_annotations,
};
use concord::model::anchor::describe;
use concord::model::codebook::Codebook;
use concord::model::document::{Block, Document, DocumentText, Format, Language, Meta, Source};
use concord::model::text::{Span, normalized};
use concord::model::time::{LogicalTime, Timestamp};
use concord::record::{AnnotationRow, DocumentRow, ROW_VERSION, from_json, read_json};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{any_blocks, any_line, any_span, blocks, shared, shared_path, span_of};

fn read(value: &Value) -> AnnotationFile {
    read_annotations(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error:?}: {value}"))
}

fn quote(exact: &str) -> Value {
    json!({ "type": "TextQuoteSelector", "exact": exact })
}

fn position(start: u32, end: u32) -> Value {
    json!({ "type": "TextPositionSelector", "start": start, "end": end })
}

/// Another selector, which says nothing about text.
fn css() -> Value {
    json!({ "type": "CssSelector", "value": "main > p" })
}

fn refined(mut outer: Value, inner: Value) -> Value {
    outer["refinedBy"] = inner;
    outer
}

fn range(first: Value, last: Value) -> Value {
    json!({ "type": "RangeSelector", "startSelector": first, "endSelector": last })
}

/// A target: a selector on a page.
fn on(selector: Value) -> Value {
    json!({ "source": "http://example.org/page", "selector": selector })
}

fn web(target: Value) -> Value {
    json!({
        "@context": "http://www.w3.org/ns/anno.jsonld", "id": "urn:a:1", "type": "Annotation", "target": target,
    })
}

/// `before [quote] after @ 1..2`, with the unit if it is not the one of the standard.
fn piece(selector: &ForeignSelector) -> String {
    let quote =
        selector.quote.as_ref().map(|quote| format!("{}[{}]{}", quote.prefix, quote.exact, quote.suffix));
    let unit = match selector.position_unit {
        PositionUnit::CodePoints => "",
        PositionUnit::Utf16 => " utf-16",
    };
    let position = selector.position.map(|span| format!("{}..{}{unit}", span.start.0, span.end.0));
    [quote, position].into_iter().flatten().collect::<Vec<String>>().join(" @ ")
}

fn pieces(annotations: &[ForeignAnnotation]) -> Vec<String> {
    annotations.iter().flat_map(|annotation| &annotation.targets).map(piece).collect()
}

fn entries(file: &AnnotationFile) -> Vec<(LeftOutReason, u32)> {
    file.left_out.iter().map(|left_out| (left_out.why, left_out.entries)).collect()
}

/// What holds for whatever was read.
fn is_sound(file: &AnnotationFile) {
    for annotation in &file.annotations {
        assert!(!annotation.targets.is_empty(), "{annotation:?}");
        for ForeignSelector { quote, position, .. } in &annotation.targets {
            assert!(quote.is_some() || position.is_some(), "{annotation:?}");
            if let Some(quote) = quote {
                assert!(!quote.exact.is_empty() && normalized(&quote.exact) == quote.exact, "{quote:?}");
                assert!(normalized(&quote.prefix) == quote.prefix, "{quote:?}");
                assert!(normalized(&quote.suffix) == quote.suffix, "{quote:?}");
            }
            assert!(position.is_none_or(|position| position.start < position.end), "{position:?}");
        }
        for (n, tag) in annotation.tags.iter().enumerate() {
            assert!(!tag.is_empty() && !tag.contains('\n') && !annotation.tags[..n].contains(tag), "{tag:?}");
        }
    }
    for (n, left_out) in file.left_out.iter().enumerate() {
        assert!(left_out.entries + left_out.pieces > 0, "{left_out:?}");
        assert!(left_out.ids.len() <= (left_out.entries + left_out.pieces) as usize, "{left_out:?}");
        assert!(file.left_out[..n].iter().all(|other| other.why != left_out.why), "{left_out:?}");
    }
}

// Selectors and targets

/// `expected` are the pieces of the target.
#[track_caller]
fn check_target(target: Value, expected: &[&str]) {
    let file = read(&web(target));
    is_sound(&file);
    assert_eq!(pieces(&file.annotations), expected);
    assert_eq!(file.annotations.len(), 1);
    assert_eq!(file.left_out, Vec::<LeftOut>::new());
}

/// Nothing of the target can be taken, for this reason.
#[track_caller]
fn check_left_out(target: Value, why: LeftOutReason) {
    let file = read(&web(target));
    let expected = LeftOut { why, entries: 1, pieces: 0, ids: vec!["urn:a:1".to_owned()] };
    assert_eq!((file.annotations, file.left_out), (Vec::new(), vec![expected]));
}

#[test]
fn a_quote_and_a_position_for_one_stretch_are_one_piece() {
    let with_context = json!({
        "type": "TextQuoteSelector", "exact": "ký kết", "prefix": "Hai bên ", "suffix": " quy chế", "more": [1],
    });
    check_target(on(with_context.clone()), &["Hai bên [ký kết] quy chế"]);
    check_target(on(position(8, 14)), &["8..14"]);
    check_target(on(json!([with_context, position(8, 14)])), &["Hai bên [ký kết] quy chế @ 8..14"]);
    check_target(on(json!([position(8, 14), css(), quote("ký kết")])), &["[ký kết] @ 8..14"]);
    check_target(on(json!([quote("a"), quote("b"), position(1, 2), position(3, 4)])), &["[a] @ 1..2"]);
    check_target(on(json!({ "type": "Choice", "items": [css(), quote("a")] })), &["[a]"]);
}

#[test]
fn the_names_of_classes_may_have_a_prefix_or_company() {
    for class in [
        json!("oa:TextQuoteSelector"),
        json!("http://www.w3.org/ns/oa#TextQuoteSelector"),
        json!(["TextQuoteSelector", "ex:Mine"]),
    ] {
        check_target(on(json!({ "type": class, "exact": "a" })), &["[a]"]);
        check_target(on(json!({ "@type": class, "exact": "a" })), &["[a]"]);
    }
}

#[test]
fn the_innermost_selector_of_a_chain_counts() {
    check_target(on(refined(css(), quote("a"))), &["[a]"]);
    check_target(on(refined(css(), refined(css(), refined(css(), quote("a"))))), &["[a]"]);
    check_target(on(refined(quote("a long one"), quote("long"))), &["[long]"]);
    check_target(on(refined(css(), json!([quote("a"), css()]))), &["[a]"]);
    check_target(on(refined(range(css(), css()), quote("a"))), &["[a]"]);
    check_target(on(refined(quote("a"), Value::Null)), &["[a]"]);
    check_target(on(refined(quote("a"), json!([]))), &["[a]"]);
    check_left_out(on(refined(quote("a"), css())), LeftOutReason::OtherSelector);
}

#[test]
fn a_position_inside_of_something_counts_from_its_start() {
    check_target(on(refined(position(100, 200), position(5, 10))), &["105..110"]);
    check_target(on(refined(position(100, 200), json!([quote("a"), position(5, 6)]))), &["[a] @ 105..106"]);
    check_target(on(refined(css(), json!([quote("a"), position(5, 6)]))), &["[a]"]);
    check_target(on(json!([refined(css(), position(5, 6)), position(105, 106)])), &["105..106"]);
    check_left_out(on(refined(css(), position(6, 27))), LeftOutReason::RelativePosition);
    check_left_out(on(refined(quote("a"), position(0, 1))), LeftOutReason::RelativePosition);
    check_left_out(on(refined(position(100, 200), position(5, 101))), LeftOutReason::RelativePosition);
    check_left_out(
        on(refined(position(9, u32::MAX), position(1, u32::MAX))),
        LeftOutReason::RelativePosition,
    );
}

#[test]
fn a_range_goes_from_one_beginning_to_another() {
    check_target(on(range(position(5, 9), position(20, 30))), &["5..20"]);
    check_target(on(range(position(5, 5), position(20, 20))), &["5..20"]);
    check_target(
        on(range(json!([quote("a"), position(5, 6)]), json!([quote("b"), position(7, 8)]))),
        &["5..7"],
    );
    check_left_out(on(range(position(5, 9), position(5, 30))), LeftOutReason::BrokenSelector);
    check_left_out(on(range(position(5, 9), position(2, 3))), LeftOutReason::BrokenSelector);
    check_left_out(on(range(quote("a"), quote("b"))), LeftOutReason::RangeOfQuotes);
    check_left_out(on(range(quote("a"), position(2, 3))), LeftOutReason::RangeOfQuotes);
    check_left_out(on(range(css(), css())), LeftOutReason::OtherSelector);
    check_left_out(
        on(json!({ "type": "RangeSelector", "startContainer": "/p[1]" })),
        LeftOutReason::OtherSelector,
    );
}

#[test]
fn several_targets_are_several_pieces() {
    let (a, b) = (on(quote("a")), on(position(1, 2)));
    check_target(json!([a, b]), &["[a]", "1..2"]);
    for class in ["Composite", "List", "Independents"] {
        check_target(json!({ "type": class, "items": [a, b] }), &["[a]", "1..2"]);
    }
    check_target(json!([a, { "type": "List", "items": [b, [a]] }]), &["[a]", "1..2", "[a]"]);
    check_target(json!({ "type": "Choice", "items": [a, b] }), &["[a]"]);
    check_target(json!({ "type": "Choice", "items": ["urn:a:x", on(css()), b] }), &["1..2"]);
    check_target(
        json!({ "type": "Choice", "items": [{ "type": "List", "items": [b, a] }, a] }),
        &["1..2", "[a]"],
    );
}

#[test]
fn what_is_no_piece_of_text_says_why() {
    use LeftOutReason::{BrokenSelector, Elsewhere, NoTarget, OtherSelector, WholeDocument};
    for (target, why) in [
        (json!("http://example.org/page"), WholeDocument),
        (json!(["http://example.org/page", "http://example.org/other"]), WholeDocument),
        (json!({ "id": "http://example.org/photo", "type": "Image" }), WholeDocument),
        (
            json!({ "type": "SpecificResource", "source": "urn:a:x", "state": { "type": "TimeState" } }),
            WholeDocument,
        ),
        (json!({ "source": "urn:a:x", "selector": [] }), WholeDocument),
        (json!({ "source": { "id": "urn:a:x" }, "selector": null }), WholeDocument),
        (json!({ "type": "Choice", "items": ["urn:a:x", {}] }), WholeDocument),
        (json!({ "type": "Choice", "items": [] }), NoTarget),
        (json!({ "type": "List", "items": [] }), NoTarget),
        (json!({}), NoTarget),
        (json!([]), NoTarget),
        (json!(9), NoTarget),
        (json!(null), NoTarget),
        (on(json!("http://example.org/selector")), Elsewhere),
        (on(json!(7)), BrokenSelector),
        (on(css()), OtherSelector),
        (on(json!({})), OtherSelector),
        (on(json!([css(), { "type": "SvgSelector" }])), OtherSelector),
        (on(json!({ "type": "TextQuoteSelector" })), BrokenSelector),
        (on(json!({ "type": "TextQuoteSelector", "prefix": "a", "suffix": "b" })), BrokenSelector),
        (on(json!({ "type": "TextQuoteSelector", "exact": ["a"] })), BrokenSelector),
        (on(quote("")), BrokenSelector),
        (on(quote("\u{feff}\u{1}")), BrokenSelector),
        (on(position(7, 7)), BrokenSelector),
        (on(position(7, 6)), BrokenSelector),
        (on(json!({ "type": "TextPositionSelector", "start": -1, "end": 2 })), BrokenSelector),
        (on(json!({ "type": "TextPositionSelector", "start": 1.5, "end": 2 })), BrokenSelector),
        (on(json!({ "type": "TextPositionSelector", "start": "1", "end": "2" })), BrokenSelector),
        (on(json!({ "type": "TextPositionSelector", "start": 1, "end": 4_294_967_296_u64 })), BrokenSelector),
        (on(json!({ "type": "TextPositionSelector", "start": 1 })), BrokenSelector),
    ] {
        check_left_out(target, why);
    }
    let without = read(&json!([{ "type": "Annotation" }, web(on(quote("a")))]));
    assert_eq!(entries(&without), [(NoTarget, 1)]);
}

#[test]
fn what_one_selector_lacks_another_may_have() {
    check_target(on(json!([quote("a"), position(7, 7)])), &["[a]"]);
    check_target(on(json!([quote(""), position(7, 8)])), &["7..8"]);
    check_target(on(json!(["urn:a:selector", quote("a"), { "type": "TextPositionSelector" }])), &["[a]"]);
}

#[test]
fn pieces_that_are_left_out_of_an_annotation_are_counted() {
    let other = |address: &str| json!({ "source": address, "selector": quote("b") });
    let file = read(&json!([
        web(json!([on(quote("a")), "urn:a:x", on(css()), on(css())])),
        web(json!([
            on(quote("c")),
            other("http://example.org/other"),
            other("http://example.org/page#part")
        ])),
        web(json!([{ "selector": quote("d") }, other("urn:a:x")])),
    ]));
    assert_eq!(pieces(&file.annotations), ["[a]", "[c]", "[b]", "[d]", "[b]"]);
    let sources: Vec<Option<&str>> = file.annotations.iter().map(|a| a.source.as_deref()).collect();
    assert_eq!(sources, [Some("http://example.org/page"), Some("http://example.org/page"), Some("urn:a:x")]);
    let left_out = |why, pieces| LeftOut { why, entries: 0, pieces, ids: vec!["urn:a:1".to_owned()] };
    assert_eq!(
        file.left_out,
        [
            left_out(LeftOutReason::WholeDocument, 1),
            left_out(LeftOutReason::OtherSelector, 2),
            left_out(LeftOutReason::OtherDocument, 1),
        ]
    );
}

#[test]
fn quotes_are_brought_into_the_form_of_a_document_text() {
    check_target(
        on(json!({
            "type": "TextQuoteSelector", "exact": "\u{feff}Đa\u{309}ng\r\nu\u{309}y\u{a0}\t  x\u{1}",
            "prefix": "a\r", "suffix": "\u{2028}e\u{301} ",
        })),
        &["a\n[Đảng\nủy\u{a0}\t  x]\né "],
    );
}

#[test]
fn half_a_character_at_the_edge_of_a_context_is_dropped() {
    let json = r#"{"type":"Annotation","target":{"selector":{"type":"TextQuoteSelector",
        "exact":"\\ud83d \ud83d\ude00","prefix":"\ude00trước ","suffix":" sau\n\uD83D"}}}"#;
    let file = read_annotations(json.as_bytes()).expect("the file is read");
    assert_eq!(pieces(&file.annotations), [r"trước [\ud83d 😀] sau".to_owned() + "\n"]);
}

#[test]
fn long_quotes_are_left_out_and_long_contexts_cut() {
    let longest = "ă".repeat(MAX_QUOTE_CHARS);
    check_target(on(quote(&longest)), &[format!("[{longest}]").as_str()]);
    let too_long = format!("{longest}b");
    check_left_out(on(quote(&too_long)), LeftOutReason::TooLong);
    check_left_out(on(json!([position(1, 2), quote(&too_long)])), LeftOutReason::TooLong);
    let context = format!("b{}c", "ă".repeat(2_000));
    let file = read(&web(on(json!({
        "type": "TextQuoteSelector", "exact": "x", "prefix": context, "suffix": context,
    }))));
    let quote = file.annotations[0].targets[0].quote.as_ref().expect("there is a quote");
    assert_eq!((quote.prefix.chars().count(), quote.suffix.chars().count()), (1_000, 1_000));
    assert!(quote.prefix.ends_with("ăc") && quote.suffix.starts_with("bă"));
}

// Bodies

/// The annotation has more fields, from which these tags and this note come.
#[track_caller]
fn check_said(fields: Value, tags: &[&str], note: &str) {
    let mut annotation = web(on(quote("a")));
    for (key, value) in fields.as_object().expect("fields") {
        annotation[key] = value.clone();
    }
    let file = read(&annotation);
    is_sound(&file);
    assert_eq!(file.annotations[0].tags, tags);
    assert_eq!(file.annotations[0].note, note);
}

#[test]
fn bodies_are_tags_or_parts_of_the_note() {
    let tag = |name: &str| json!({ "type": "TextualBody", "purpose": "tagging", "value": name });
    let note = |text: &str| json!({ "type": "TextualBody", "purpose": "commenting", "value": text });
    check_said(json!({}), &[], "");
    check_said(json!({ "body": "Một lời" }), &[], "Một lời");
    check_said(json!({ "body": "http://example.org/post" }), &[], "http://example.org/post");
    check_said(
        json!({ "body": { "id": "http://example.org/a.mp3", "type": "Audio" } }),
        &[],
        "http://example.org/a.mp3",
    );
    check_said(json!({ "bodyValue": "Comment" }), &[], "Comment");
    check_said(json!({ "body": note("**đậm**\r\n* một") }), &[], "**đậm**\r\n* một");
    check_said(
        json!({ "body": [tag("Chủ trì"), note("một"), tag("Phối hợp"), { "value": "hai", "purpose": "describing" }] }),
        &["Chủ trì", "Phối hợp"],
        "một\n\nhai",
    );
    check_said(json!({ "body": [tag(" a \n b\u{301} "), tag(""), note(" \n")] }), &["a   b\u{301}"], "");
    check_said(json!({ "body": [tag("e\u{301}"), tag("é"), tag("b"), tag("b ")] }), &["é", "b"], "");
    check_said(json!({ "body": tag(&"dài ".repeat(100)) }), &[], &"dài ".repeat(100));
    check_said(json!({ "body": [null, 7, true, {}, { "type": "TextualBody" }, { "value": {} }] }), &[], "");
}

#[test]
fn a_body_without_a_purpose_has_that_of_the_annotation() {
    let body = json!({ "type": "TextualBody", "value": "x" });
    check_said(json!({ "body": body, "motivation": "tagging" }), &["x"], "");
    check_said(json!({ "bodyValue": "x", "motivation": "oa:classifying" }), &["x"], "");
    check_said(json!({ "body": body, "motivation": ["highlighting", "tagging"] }), &["x"], "");
    check_said(json!({ "body": body, "motivation": ["tagging", "commenting"] }), &[], "x");
    check_said(json!({ "body": body, "motivation": "highlighting" }), &[], "x");
    check_said(
        json!({ "body": { "value": "x", "purpose": "commenting" }, "motivation": "tagging" }),
        &[],
        "x",
    );
    check_said(json!({ "body": { "value": "x", "purpose": ["identifying", "tagging"] } }), &["x"], "");
    check_said(json!({ "body": { "value": "#ff0", "purpose": "highlighting" } }), &[], "");
}

#[test]
fn bodies_may_be_wrapped() {
    let about = |source: Value| json!({ "body": { "type": "SpecificResource", "purpose": "tagging", "source": source } });
    check_said(about(json!("http://example.org/city")), &["http://example.org/city"], "");
    check_said(about(json!({ "id": "http://example.org/city", "label": "Huế" })), &["Huế"], "");
    check_said(about(json!({ "type": "TextualBody", "value": "Huế" })), &["Huế"], "");
    check_said(
        json!({ "body": { "purpose": "commenting", "source": { "type": "TextualBody", "value": "x" } } }),
        &[],
        "x",
    );
    check_said(json!({ "body": { "purpose": "tagging", "value": ["a", "b", 7] } }), &["a", "b", "7"], "");
    check_said(
        json!({ "body": { "value": ["một", { "@value": "hai", "@language": "vi" }] } }),
        &[],
        "một\n\nhai",
    );
    check_said(
        json!({ "body": { "type": "Choice", "items": [{}, { "value": "vi" }, { "value": "en" }] } }),
        &[],
        "vi",
    );
    check_said(
        json!({ "body": { "type": "Composite", "items": ["một", { "value": "hai" }] } }),
        &[],
        "một\n\nhai",
    );
}

#[test]
fn html_bodies_become_plain_text() {
    for (html, expected) in [
        ("", ""),
        ("lời", "lời"),
        ("<p>j'adore&nbsp;!</p>", "j'adore\u{a0}!"),
        ("một<br>hai<br/>ba", "một\nhai\nba"),
        ("<P class=x>a\n b</P>\n<p>c</p>", "a b\n\nc"),
        ("<ul><li>a</li><li><b>b</b>c</li></ul>", "a\nbc"),
        (
            "1 < 2 &amp;&amp; 3 &gt; 2 &copy; &#7879; &#x1F600; &#xD800;",
            "1 < 2 && 3 > 2 &copy; ệ 😀 &#xD800;",
        ),
        ("<script>alert('x')</script>b<style>i{}</style>", "b"),
        ("<!-- x -->&lt;b&gt;", "<b>"),
        ("a < b", "a < b"),
        ("a <", "a <"),
        ("&&;&#;&#x;", "&&;&#;&#x;"),
    ] {
        check_said(json!({ "body": { "value": html, "format": "text/html" } }), &[], expected);
        check_said(
            json!({ "body": { "value": html, "format": ["text/HTML;charset=utf-8"] } }),
            &[],
            expected,
        );
    }
    check_said(json!({ "body": { "value": "<b>x</b>", "format": "text/markdown" } }), &[], "<b>x</b>");
}

#[test]
fn a_note_without_end_is_left_out_with_its_annotation() {
    let with_note = |chars: usize| {
        let mut annotation = web(on(quote("a")));
        annotation["bodyValue"] = json!("ă".repeat(chars));
        read(&annotation)
    };
    assert!(entries(&with_note(MAX_NOTE_CHARS)).is_empty());
    assert_eq!(entries(&with_note(MAX_NOTE_CHARS + 1)), [(LeftOutReason::TooLong, 1)]);
}

#[test]
fn names_and_moments_are_taken_as_they_stand() {
    let field = |fields: Value| {
        let mut annotation = web(on(quote("a")));
        for (key, value) in fields.as_object().expect("fields") {
            annotation[key] = value.clone();
        }
        read(&annotation).annotations.remove(0)
    };
    for (creator, expected) in [
        (json!("http://example.org/user"), Some("http://example.org/user")),
        (json!({ "id": "http://example.org/user", "type": "Person", "name": "Lan" }), Some("Lan")),
        (json!({ "nickname": "lan" }), Some("lan")),
        (json!({ "id": "http://example.org/user" }), Some("http://example.org/user")),
        (json!([{ "name": " " }, { "name": ["Lan", "L."] }]), Some("Lan")),
        (json!({}), None),
        (json!(false), None),
    ] {
        assert_eq!(field(json!({ "creator": creator })).creator.as_deref(), expected, "{creator}");
    }
    for (moment, is_taken) in [
        ("2022-05-30T04:05:00Z", true),
        ("2022-05-30T04:05:00.000Z", true),
        ("2016-12-16T11:24:14.673557+00:00", true),
        ("2022-05-30t11:05:00+07:00", true),
        ("2022-05-30T11:05:00", false),
        ("2022-05-30T11:05:00.Z", false),
        ("2022-05-30", false),
        ("yesterday", false),
        ("", false),
    ] {
        let expected = is_taken.then_some(moment);
        let annotation = field(json!({ "created": moment, "modified": [moment] }));
        assert_eq!(annotation.created.as_deref(), expected);
        assert_eq!(annotation.modified.as_deref(), expected);
    }
    let bare = field(json!({ "created": 7, "id": ["urn:a:2", "urn:a:3"] }));
    assert_eq!((bare.created, bare.id.as_deref()), (None, Some("urn:a:2")));
    assert_eq!(field(json!({ "id": "x".repeat(20_000) })).id, None);
}

// Containers

/// The file holds annotations on `a` and on `b`, and nothing else.
#[track_caller]
fn check_a_and_b(file: &str) {
    for mark in ["", "\u{feff}"] {
        let read = read_annotations(format!("{mark}{file}").as_bytes()).expect("the file is read");
        assert_eq!(pieces(&read.annotations), ["[a]", "[b]"], "{file}");
        assert_eq!(read.left_out, Vec::<LeftOut>::new(), "{file}");
    }
}

#[test]
fn annotations_are_found_in_whatever_they_travel_in() {
    let (a, b) = (web(on(quote("a"))), web(on(quote("b"))));
    let page = json!({
        "id": "urn:a:page", "type": "AnnotationPage", "partOf": "urn:a:all", "next": null, "items": [a, b],
    });
    let way_back =
        json!({ "type": "AnnotationPage", "first": "urn:a:page", "last": "urn:a:page", "items": [a, b] });
    let next = json!({ "type": "AnnotationPage", "items": [b] });
    for file in [
        json!([a, b]),
        json!([[a], [[b]]]),
        page.clone(),
        way_back,
        json!([page.clone()]),
        json!({ "type": "AnnotationCollection", "total": 2, "first": page.clone() }),
        json!({ "type": "AnnotationCollection", "items": [a, b], "first": "urn:a:page" }),
        json!({ "type": "AnnotationCollection", "first": { "type": "AnnotationPage", "items": [a], "next": next } }),
        json!({ "@type": ["ldp:BasicContainer", "AnnotationCollection"], "first": page.clone() }),
        json!({ "@type": "ldp:BasicContainer", "ldp:contains": [a, b] }),
        json!({ "type": ["BasicContainer"], "contains": [a, b] }),
        json!({ "@context": "http://www.w3.org/ns/anno.jsonld", "@graph": [a, b] }),
        json!({ "type": "Manifest", "items": [{ "type": "Canvas", "annotations": [page.clone()] }] }),
        json!({ "rows": [a, b] }),
    ] {
        check_a_and_b(&file.to_string());
        check_a_and_b(&format!("\r\n {file:#} \n"));
    }
    check_a_and_b(&format!("{a}\n{b}"));
    check_a_and_b(&format!("{a}\r\n\r\n{b}\r\n"));
    check_a_and_b(&format!("{page}\n"));
    let single = read(&a);
    assert_eq!((single.annotations.len(), single.left_out.len()), (1, 0));
}

#[test]
fn an_annotation_may_lack_its_class_but_not_have_another() {
    let target = on(quote("a"));
    let file = read(&json!([
        { "target": target },
        { "type": "oa:Annotation", "target": target },
        { "type": "Squirrel", "target": target },
        { "type": "Note" },
        "urn:a:2",
        7,
    ]));
    assert_eq!(pieces(&file.annotations), ["[a]", "[a]"]);
    assert_eq!(entries(&file), [(LeftOutReason::NotAnAnnotation, 4)]);
}

#[test]
fn what_lies_elsewhere_is_said() {
    let file =
        read(&json!({ "type": "AnnotationCollection", "first": "urn:a:page1", "last": "urn:a:page9" }));
    assert_eq!(entries(&file), [(LeftOutReason::Elsewhere, 1)]);
    let page =
        json!({ "type": "AnnotationPage", "items": ["urn:a:1", web(on(quote("a")))], "next": "urn:a:page2" });
    assert_eq!(entries(&read(&page)), [(LeftOutReason::Elsewhere, 2)]);
    assert_eq!(pieces(&read(&page).annotations), ["[a]"]);
}

#[test]
fn a_broken_line_costs_no_other() {
    let annotation = web(on(quote("a")));
    let file = format!("{annotation}\n{{\"type\":\n{annotation}\n7\n");
    let file = read_annotations(file.as_bytes()).expect("the file is read");
    assert_eq!(pieces(&file.annotations), ["[a]", "[a]"]);
    assert_eq!(entries(&file), [(LeftOutReason::BrokenLine, 1), (LeftOutReason::NotAnAnnotation, 1)]);
}

#[test]
fn what_is_no_file_of_annotations_says_why() {
    use AnnotationFileError::{NoAnnotations, NotJson, NotText};
    let nested = "[".repeat(100_000);
    let table: [(&[u8], AnnotationFileError); 20] = [
        (b"\xff\xfe{\0}\0", NotText),
        (b"{\"a\": \"\xe9\"}", NotText),
        (b"", NotJson),
        (b"\xef\xbb\xbf", NotJson),
        (b"Hello", NotJson),
        (b"{", NotJson),
        (b"{} and more", NotJson),
        (b"[\n{\"target\": {}},\n]", NotJson),
        (b"7\n{}", NotJson),
        (b"\"\\ud83d", NotJson),
        (nested.as_bytes(), NotJson),
        (b"null", NoAnnotations),
        (b"7", NoAnnotations),
        (b"\"http://example.org/\"", NoAnnotations),
        (b"[]", NoAnnotations),
        (b"{}", NoAnnotations),
        (b"[1, [2], {\"a\": {}}, \"b\"]", NoAnnotations),
        (b"{\"type\": \"AnnotationCollection\", \"total\": 0, \"items\": []}", NoAnnotations),
        (b"{\"type\": \"Squirrel\", \"target\": \"a\"}", NoAnnotations),
        (b"{}\nHello", NoAnnotations),
    ];
    for (bytes, expected) in table {
        let name = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert_eq!(read_annotations(bytes), Err(expected), "{name}");
    }
}

#[test]
fn a_file_may_hold_as_many_as_the_limit() {
    let file = |count: usize| format!("[{}]", vec![r#"{"target":"a"}"#; count].join(","));
    let full = read_annotations(file(MAX_ANNOTATIONS).as_bytes()).expect("the file is read");
    assert_eq!(entries(&full), [(LeftOutReason::WholeDocument, 200_000)]);
    let fuller = read_annotations(file(MAX_ANNOTATIONS + 1).as_bytes());
    assert_eq!(fuller, Err(AnnotationFileError::TooMany));
}

// Hypothesis

#[test]
fn the_lists_of_hypothesis_are_read_by_its_rules() {
    let annotation = json!({
        "id": "LOCX", "uri": "http://example.org/page", "user": "acct:lan@example.org", "group": "__world__",
        "text": "**Ai** chủ trì?", "tags": ["Chủ trì", " Chưa rõ", "Chủ trì"], "references": [],
        "created": "2016-12-16T11:24:14.673557+00:00", "updated": "2016-12-17T11:24:14.673557+00:00",
        "target": [{
            "source": "http://example.org/page",
            "selector": [
                { "type": "RangeSelector", "startContainer": "/p[1]", "endContainer": "/p[1]", "startOffset": 2, "endOffset": 8 },
                { "type": "TextPositionSelector", "start": 2, "end": 8 },
                { "type": "TextQuoteSelector", "exact": " ký\n\tkết ", "prefix": "😀", "suffix": "." },
            ],
        }],
    });
    for file in [
        annotation.clone(),
        json!([annotation]),
        json!({ "total": 1, "rows": [annotation] }),
        json!({ "total": 1, "rows": [annotation], "replies": [] }),
        json!({ "export_date": "2024-01-01T00:00:00Z", "client_version": "1.0", "annotations": [annotation] }),
    ] {
        let file = read(&file);
        assert_eq!(file.left_out, Vec::<LeftOut>::new());
        let [read] = file.annotations.as_slice() else { panic!("one annotation: {file:?}") };
        assert_eq!(pieces(&file.annotations), ["😀[ ký\n\tkết ]. @ 2..8 utf-16"]);
        assert_eq!(read.id.as_deref(), Some("LOCX"));
        assert_eq!(read.source.as_deref(), Some("http://example.org/page"));
        assert_eq!(read.tags, ["Chủ trì", "Chưa rõ"]);
        assert_eq!(read.note, "**Ai** chủ trì?");
        assert_eq!(read.created.as_deref(), Some("2016-12-16T11:24:14.673557+00:00"));
        assert_eq!(read.modified.as_deref(), Some("2016-12-17T11:24:14.673557+00:00"));
        assert_eq!(read.creator.as_deref(), Some("acct:lan@example.org"));
    }
}

#[test]
fn page_notes_replies_and_paths_of_hypothesis_are_left_out() {
    let uri = "http://example.org/page";
    let path = json!({ "type": "RangeSelector", "startContainer": "/p[1]", "endContainer": "/p[1]" });
    let file = read(&json!({ "rows": [
        { "id": "1", "uri": uri, "text": "a page note", "target": [{ "source": uri }] },
        { "id": "2", "uri": uri, "text": "a reply", "target": [{ "source": uri }], "references": ["1"] },
        { "id": "3", "uri": uri, "target": [{ "source": uri, "selector": [path] }] },
        {
            "id": "4", "uri": uri, "target": [{ "selector": [quote("a"), path] }], "text": "", "tags": null,
            "user": "acct:lan@example.org", "user_info": { "display_name": "Lan" },
        },
    ] }));
    assert_eq!(pieces(&file.annotations), ["[a]"]);
    assert_eq!(file.annotations[0].source.as_deref(), Some(uri));
    assert_eq!(file.annotations[0].creator.as_deref(), Some("Lan"));
    assert_eq!(file.annotations[0].note, "");
    let left_out = |why, id: &str| LeftOut { why, entries: 1, pieces: 0, ids: vec![id.to_owned()] };
    assert_eq!(
        file.left_out,
        [
            left_out(LeftOutReason::WholeDocument, "1"),
            left_out(LeftOutReason::Reply, "2"),
            left_out(LeftOutReason::OtherSelector, "3"),
        ]
    );
}

#[test]
fn the_stored_annotations_of_hypothesis_keep_their_quotes() {
    let Some(minimal) = shared("acceptance/anchoring/minimal.json") else { return };
    let minimal = read_annotations(minimal.as_bytes()).expect("the file is read");
    assert_eq!(pieces(&minimal.annotations), ["One [Two] Three\n @ 4..7 utf-16"]);
    assert_eq!((minimal.annotations[0].id.as_deref(), minimal.left_out.len()), (Some("test"), 0));

    let Some(page) = shared("acceptance/anchoring/wikipedia-regression-testing.json") else { return };
    let page = read_annotations(page.as_bytes()).expect("the file is read");
    let expected = [
        ("LOCXbsOCEeaQl6f6fQh87Q", "Footer", 11881, 11897, "11 November 2016"),
        (
            "Ic6rNsOCEeaQl--ofD7IUg",
            "Body",
            2728,
            2960,
            "Therefore, in most software development situations, it is considered good coding practice, when a bug \
             is located and fixed, to record a test that exposes the bug and re-run that test regularly after \
             subsequent changes to the program",
        ),
        (
            "0v-8NMOBEeaQl88x78UnFQ",
            "Quote",
            7511,
            7667,
            "Also as a consequence of the introduction of new bugs, program maintenance requires far more system \
             testing per statement written than any other programming",
        ),
        (
            "wy1stsOBEeaQlychltExbg",
            "Introduction",
            896,
            1016,
            "The purpose of regression testing is to ensure that changes such as those mentioned above have not \
             introduced new faults",
        ),
        ("rvTr_MOBEeaQl9tXcHfSkw", "Heading", 33, 51, "Regression testing"),
    ];
    assert_eq!((page.annotations.len(), page.left_out.len()), (expected.len(), 0));
    for (annotation, (id, note, start, end, exact)) in page.annotations.iter().zip(expected) {
        assert_eq!((annotation.id.as_deref(), annotation.note.as_str()), (Some(id), note));
        assert_eq!(annotation.source.as_deref(), Some("https://en.wikipedia.org/wiki/Regression_testing"));
        assert_eq!(annotation.creator.as_deref(), Some("acct:mark@localhost"));
        let [target] = annotation.targets.as_slice() else { panic!("one piece: {annotation:?}") };
        assert_eq!(target.quote.as_ref().map(|quote| quote.exact.as_str()), Some(exact));
        assert_eq!(
            (target.position, target.position_unit),
            (Some(Span::new(start, end)), PositionUnit::Utf16)
        );
    }
}

// The W3C's own files

#[test]
fn the_examples_of_the_w3c_that_speak_of_text_are_taken() {
    let mut taken = Vec::new();
    for n in 1..=43 {
        let Some(text) = shared(&format!("acceptance/w3c-web-annotation/anno{n}.json")) else { return };
        let file = read_annotations(text.as_bytes()).unwrap_or_else(|error| panic!("anno{n}: {error:?}"));
        is_sound(&file);
        assert_eq!(file.annotations.len() + file.left_out.len(), 1, "anno{n}");
        taken.extend(pieces(&file.annotations).into_iter().map(|piece| format!("anno{n}: {piece}")));
    }
    assert_eq!(
        taken,
        [
            "anno23: this is an [anotation] that has some",
            "anno24: 412..795",
            "anno29: text before the [Selected Text] and text after it",
        ]
    );
}

#[test]
fn the_collection_of_the_w3c_is_taken_or_explained_to_the_last_example() {
    let Some(text) = shared("acceptance/w3c-web-annotation/collection1.json") else { return };
    let file = read_annotations(text.as_bytes()).expect("the collection is read");
    let ids: Vec<String> = file.annotations.iter().filter_map(|annotation| annotation.id.clone()).collect();
    let example = |n: u32| format!("http://example.org/anno{n}");
    assert_eq!(ids, [23, 24, 29].map(example));
    assert_eq!(
        entries(&file),
        [
            (LeftOutReason::WholeDocument, 31),
            (LeftOutReason::Elsewhere, 2),
            (LeftOutReason::OtherSelector, 6),
            (LeftOutReason::RelativePosition, 1),
        ]
    );
    assert_eq!(file.left_out[0].ids.len(), 20);
    assert_eq!(file.left_out[1].ids, [19, 36].map(example));
    assert_eq!(file.left_out[2].ids, [21, 22, 25, 26, 27, 28].map(example));
    assert_eq!(file.left_out[3].ids, [38].map(example));
}

/// Every file below a folder, with its path.
fn files_below(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder lists its entries").path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.push((path.display().to_string(), bytes));
        }
    }
}

#[test]
fn every_file_of_the_w3c_test_suite_is_read_or_refused() {
    const SUITE: &str = "acceptance/w3c-web-annotation-tests";
    let folder = shared_path(SUITE);
    if !folder.exists() {
        println!("skipped: no {SUITE}");
        return;
    }
    let mut files = Vec::new();
    files_below(&folder, &mut files);
    let (mut samples, mut taken) = (0, 0);
    for (path, bytes) in files {
        let is_sample = path.contains("samples/correct");
        match read_annotations(&bytes) {
            Ok(file) => {
                is_sound(&file);
                assert!(is_sample || file.annotations.is_empty(), "{path}");
                taken += file.annotations.len();
            }
            Err(error) => assert!(!is_sample, "{path}: {error:?}"),
        }
        samples += usize::from(is_sample);
    }
    // Two quotes and a position, once by themselves and once in a collection.
    assert_eq!((samples, taken), (45, 6));
}

// There and back

const TEXT: &str = "😀 Đảng ủy Khối chủ trì.\nCông đoàn phối hợp, đạt 97%.";
const NOW: Timestamp = Timestamp(1_653_883_500_000);

fn document(blocks: Vec<Block>) -> Document {
    Document {
        id: "0190163d-8694-739b-aea5-966c26f8ad90".into(),
        title: "Quy chế".to_owned(),
        language: Language::Vi,
        source: Source { format: Format::Text, file_name: None, text_sha256: String::new(), bytes: 1 },
        meta: Meta::default(),
        blocks,
        left_out: Vec::new(),
        revision: 1,
        imported_at: NOW,
    }
}

/// An annotation as it is stored.
fn annotation(
    document: &Document,
    span: Span,
    tags: &[&str],
    note: &str,
    author: Option<&str>,
) -> AnnotationRow {
    let row = json!({
        "v": ROW_VERSION,
        "id": "0190163d-8694-739b-aea5-966000000001",
        "document": document.id,
        "revision": 1,
        "selectors": describe(&DocumentText::new(&document.blocks), span),
        "tags": tags,
        "note": note,
        "created": NOW,
        "stamp": {
            "modified": NOW.0 + 61_001, "clock": LogicalTime::default(), "device": "here", "author": author,
        },
    });
    from_json(&row.to_string()).expect("the row is read")
}

fn exported(document: &Document, annotations: &[AnnotationRow]) -> String {
    web_annotation(&DocumentRow::from(document), annotations, Codebook::default().tags(), NOW).text
}

#[test]
fn our_own_export_comes_back_as_it_was() {
    let document = document(blocks(TEXT));
    let on = |words: &str| {
        let at = TEXT.find(words).expect("the words are in the text");
        span_of(TEXT, at..at + words.len())
    };
    let annotations = [
        annotation(&document, on("Đảng ủy Khối"), &["lead"], "", None),
        annotation(&document, on("chủ trì"), &[], "", None),
        annotation(&document, on("Công đoàn phối hợp"), &["partner", "gap"], "**Với** ai?\n“…”", Some("Lan")),
        annotation(&document, on("trì.\nCông"), &["unknown-tag"], " <b>x</b> ", None),
    ];
    let tags: [&[&str]; 4] = [&["Chủ trì"], &[], &["Phối hợp", "Chưa rõ"], &["unknown-tag"]];
    let file = read_annotations(exported(&document, &annotations).as_bytes()).expect("the export is read");
    assert_eq!(file.left_out, Vec::<LeftOut>::new());
    let expected: Vec<ForeignAnnotation> = annotations
        .iter()
        .zip(tags)
        .map(|(annotation, tags)| ForeignAnnotation {
            id: Some(format!("urn:uuid:{}", annotation.id)),
            source: Some(format!("urn:uuid:{}", document.id)),
            targets: vec![ForeignSelector {
                quote: Some(annotation.selectors.quote.clone()),
                position: Some(annotation.selectors.position),
                position_unit: PositionUnit::CodePoints,
            }],
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            note: annotation.note.clone(),
            created: Some("2022-05-30T04:05:00.000Z".to_owned()),
            modified: Some("2022-05-30T04:06:01.001Z".to_owned()),
            creator: annotation.stamp.author.clone(),
        })
        .collect();
    assert_eq!(file.annotations, expected);
}

#[test]
fn our_export_of_nothing_holds_no_annotations() {
    let file = exported(&document(blocks(TEXT)), &[]);
    assert_eq!(read_annotations(file.as_bytes()), Err(AnnotationFileError::NoAnnotations));
}

#[test]
fn what_was_read_crosses_threads_as_json() {
    let file = read(&json!([web(on(quote("a"))), web(on(position(1, 2))), web(on(css())), "x"]));
    let json = serde_json::to_string(&file).expect("it can be written");
    assert_eq!(read_json::<AnnotationFile>(&json), Ok(file));
}

// Whatever comes

/// Words that mean something in such a file.
const WORDS: [&str; 44] = [
    "type",
    "@type",
    "id",
    "@id",
    "@context",
    "@graph",
    "@value",
    "target",
    "uri",
    "source",
    "selector",
    "refinedBy",
    "startSelector",
    "endSelector",
    "exact",
    "prefix",
    "suffix",
    "start",
    "end",
    "items",
    "first",
    "next",
    "contains",
    "rows",
    "annotations",
    "references",
    "body",
    "bodyValue",
    "value",
    "purpose",
    "motivation",
    "format",
    "label",
    "tags",
    "text",
    "creator",
    "created",
    "Annotation",
    "TextQuoteSelector",
    "TextPositionSelector",
    "RangeSelector",
    "Choice",
    "tagging",
    "text/html",
];

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(&WORDS[..]);
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => (0_u32..9).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        4 => word.clone().prop_map(Value::from),
        2 => any_line().prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            3 => prop::collection::vec((word.clone(), inner), 0..8).prop_map(|entries| {
                Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

/// A passage of a document that is not empty.
fn any_passage() -> impl Strategy<Value = (Vec<Block>, Span)> {
    let with_span = any_blocks().prop_flat_map(|blocks| {
        let length = DocumentText::new(&blocks).char_len().0;
        (Just(blocks), any_span(length))
    });
    with_span.prop_filter("nothing is marked", |(_, span)| !span.is_empty())
}

fn check_any(bytes: &[u8]) {
    if let Ok(file) = read_annotations(bytes) {
        is_sound(&file);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_gives_sound_annotations_or_an_error(a in any_json(), b in any_json()) {
        let body = json!({ "type": "Annotation", "target": on(quote("a")), "body": a, "motivation": b, "created": b });
        for value in [
            a.clone(),
            web(a.clone()),
            web(json!([on(a.clone()), on(b.clone())])),
            web(on(refined(position(2, 8), a.clone()))),
            web(on(range(a.clone(), b.clone()))),
            json!({ "rows": [{ "uri": "x", "target": [on(json!([a, b]))], "tags": a, "text": b, "user_info": a }] }),
            body,
        ] {
            check_any(value.to_string().as_bytes());
        }
    }

    #[test]
    fn any_bytes_give_sound_annotations_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check_any(&bytes);
    }

    #[test]
    fn any_escape_gives_sound_annotations_or_an_error(
        text in "(\\\\|u|d83d|de00|0041|n|\"|ệ|😀){0,12}", html in "(<|>|/|&|;|#|x|p|br| |script|\n|ệ){0,20}",
    ) {
        check_any(format!(r#"{{"target":{{"selector":{{"type":"TextQuoteSelector","exact":"a{text}"}}}}}}"#).as_bytes());
        let mut annotation = web(on(quote("a")));
        annotation["body"] = json!({ "value": html, "format": "text/html" });
        check_any(annotation.to_string().as_bytes());
    }

    #[test]
    fn a_damaged_file_gives_sound_annotations_or_an_error(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>(),
    ) {
        let document = document(blocks(TEXT));
        let annotations = [annotation(&document, Span::new(2, 9), &["lead", "gap"], "Ai?", Some("Lan"))];
        let whole = exported(&document, &annotations).into_bytes();
        let mut changed = whole.clone();
        let at = at.index(changed.len());
        changed[at] = byte;
        check_any(&changed);
        check_any(&whole[..end.index(whole.len())]);
    }

    #[test]
    fn any_annotation_of_ours_comes_back((blocks, span) in any_passage(), note in any_line(), tag in any_line()) {
        let document = document(blocks);
        let annotation = annotation(&document, span, &["lead", format!("x{tag}x").as_str()], &note, None);
        let file = exported(&document, std::slice::from_ref(&annotation));
        let file = read_annotations(file.as_bytes()).expect("the export is read");
        is_sound(&file);
        let [read] = file.annotations.as_slice() else { panic!("one annotation: {file:?}") };
        let [target] = read.targets.as_slice() else { panic!("one piece: {file:?}") };
        prop_assert_eq!(target.quote.as_ref(), Some(&annotation.selectors.quote));
        prop_assert_eq!(target.position, Some(annotation.selectors.position));
        let is_blank = normalized(&note).trim().is_empty();
        prop_assert_eq!(&read.note, if is_blank { "" } else { note.as_str() });
        prop_assert_eq!(read.tags.first().map(String::as_str), Some("Chủ trì"));
    }
}
