//! The Web Annotation export: its shape, and the assertions of the W3C test suite.
use std::path::{Path, PathBuf};

use concord::export::{ExportFile, web_annotation};
use concord::model::anchor::describe;
use concord::model::annotation::{Annotation, Stamp, Versions};
use concord::model::codebook::Codebook;
use concord::model::document::{Document, DocumentText, Format, Language, Meta, Source};
use concord::model::time::{LogicalTime, Timestamp};
use concord::record::{AnnotationRow, DocumentRow};
use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::{Value, json};

use crate::support::{blocks, bytes_of, shared_path, span_of};

const TEXT: &str = "😀 Đảng ủy Khối chủ trì.\nCông đoàn phối hợp, đạt 97%.";
const NOW: Timestamp = Timestamp(1_653_883_500_000);

fn document() -> Document {
    Document {
        id: "0190163d-8694-739b-aea5-966c26f8ad90".into(),
        title: "Đảng ủy & Công đoàn: quy chế".into(),
        language: Language::Vi,
        source: Source { format: Format::Text, file_name: None, text_sha256: String::new(), bytes: 1 },
        meta: Meta::default(),
        blocks: blocks(TEXT),
        left_out: Vec::new(),
        revision: 1,
        imported_at: NOW,
    }
}

/// An annotation on words of the text; its id ends in `n`.
fn annotation(n: u8, words: &str, tags: &[&str], note: &str) -> Annotation {
    let document = document();
    let text = DocumentText::new(&document.blocks);
    let at = TEXT.find(words).expect("the words are in the text");
    Annotation {
        id: format!("0190163d-8694-739b-aea5-9660000000{n:02}").as_str().into(),
        document: document.id,
        revision: 1,
        selectors: describe(&text, span_of(TEXT, at..at + words.len())),
        further: Vec::new(),
        kept: None,
        tags: tags.iter().map(|tag| (*tag).into()).collect(),
        note: note.to_owned(),
        created: NOW,
        stamp: Stamp {
            modified: Timestamp(NOW.0 + 1),
            clock: LogicalTime::default(),
            device: "here".into(),
            author: (n == 3).then(|| "Lan".to_owned()),
        },
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    }
}

fn annotations() -> Vec<Annotation> {
    vec![
        annotation(1, "Đảng ủy Khối", &["lead"], ""),
        annotation(2, "chủ trì", &[], ""),
        annotation(3, "Công đoàn phối hợp", &["partner", "gap"], "**Với** ai?\n“…”"),
        annotation(4, "97%", &[], "Chỉ tiêu"),
        annotation(5, "trì.\nCông", &["unknown-tag"], ""),
    ]
}

fn export(document: &Document, annotations: &[Annotation]) -> ExportFile {
    let rows: Vec<AnnotationRow> = annotations.iter().map(AnnotationRow::from).collect();
    web_annotation(&DocumentRow::from(document), &rows, Codebook::default().tags(), NOW)
}

fn collection(annotations: &[Annotation]) -> Value {
    serde_json::from_str(&export(&document(), annotations).text).expect("the file is JSON")
}

fn items(collection: &Value) -> &[Value] {
    collection["first"]["items"].as_array().expect("the page has items")
}

#[test]
fn the_file_has_a_name_that_every_system_takes() {
    for (title, expected) in [
        ("Đảng ủy & Công đoàn: quy chế", "dang-uy-cong-doan-quy-che.annotations.jsonld"),
        ("../../etc/passwd", "etc-passwd.annotations.jsonld"),
        ("…", "concord.annotations.jsonld"),
        ("", "concord.annotations.jsonld"),
        ("中文", "concord.annotations.jsonld"),
    ] {
        let file = export(&Document { title: title.to_owned(), ..document() }, &[]);
        assert_eq!((file.name.as_str(), file.media_type), (expected, "application/ld+json"));
    }
    let long = export(&Document { title: "quy chế phối hợp ".repeat(30), ..document() }, &[]);
    assert!(long.name.len() <= 90, "{}", long.name);
}

#[test]
fn a_collection_has_one_page_with_all_annotations_in_order() {
    let collection = collection(&annotations());
    assert_eq!(collection["@context"], "http://www.w3.org/ns/anno.jsonld");
    assert_eq!(collection["id"], "urn:uuid:0190163d-8694-739b-aea5-966c26f8ad90#annotations");
    assert_eq!(collection["type"], "AnnotationCollection");
    assert_eq!(collection["label"], "Đảng ủy & Công đoàn: quy chế");
    assert_eq!(collection["total"], 5);
    assert_eq!(collection["generated"], "2022-05-30T04:05:00.000Z");
    assert_eq!(collection["first"]["type"], "AnnotationPage");
    assert_eq!(collection["first"]["partOf"], collection["id"]);
    assert_eq!(collection["first"]["startIndex"], 0);
    let ids: Vec<&str> = items(&collection).iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(ids.len(), 5);
    assert!(
        ids.iter()
            .enumerate()
            .all(|(n, id)| id.starts_with("urn:uuid:0190163d-") && id.ends_with(&(n + 1).to_string()))
    );
    assert_eq!(self::collection(&[])["total"], 0);
}

#[test]
fn selectors_count_code_points_and_quote_the_text() {
    let all = annotations();
    for (item, annotation) in items(&collection(&all)).iter().zip(&all) {
        let target = &item["target"];
        assert_eq!(target["source"], "urn:uuid:0190163d-8694-739b-aea5-966c26f8ad90");
        let (quote, position) = (&target["selector"][0], &target["selector"][1]);
        assert_eq!(
            (&quote["type"], &position["type"]),
            (&json!("TextQuoteSelector"), &json!("TextPositionSelector"))
        );
        let offset =
            |name: &str| position[name].as_u64().and_then(|n| u32::try_from(n).ok()).expect("an offset");
        let span = concord::model::text::Span::new(offset("start"), offset("end"));
        assert_eq!(TEXT[bytes_of(TEXT, span)], *annotation.quote());
        assert_eq!(quote["exact"], annotation.quote());
        let whole =
            ["prefix", "exact", "suffix"].map(|name| quote[name].as_str().unwrap_or_default()).concat();
        assert!(TEXT.contains(&whole));
    }
    // The emoji before it is one code point, two UTF-16 units and four bytes.
    assert_eq!(
        items(&collection(&all))[0]["target"]["selector"][1],
        json!({ "type": "TextPositionSelector", "start": 2, "end": 14 })
    );
}

#[test]
fn tags_and_notes_are_bodies_with_a_purpose() {
    let all = collection(&annotations());
    let items = items(&all);
    let tag = |name: &str| json!({ "type": "TextualBody", "purpose": "tagging", "value": name, "format": "text/plain", "language": "vi" });
    assert_eq!(items[0]["body"], json!([tag("Chủ trì")]));
    assert_eq!(items[1].get("body"), None);
    let note = json!({
        "type": "TextualBody", "purpose": "commenting", "value": "**Với** ai?\n“…”", "format": "text/markdown",
    });
    assert_eq!(items[2]["body"], json!([tag("Phối hợp"), tag("Chưa rõ"), note]));
    assert_eq!(items[4]["body"], json!([tag("unknown-tag")]));
    let motivations: Vec<&Value> = items.iter().map(|item| &item["motivation"]).collect();
    assert_eq!(motivations, ["tagging", "highlighting", "tagging", "commenting", "tagging"]);
}

#[test]
fn an_annotation_says_when_and_by_whom_it_was_made() {
    let all = collection(&annotations());
    let third = &items(&all)[2];
    assert_eq!(third["created"], "2022-05-30T04:05:00.000Z");
    assert_eq!(third["modified"], "2022-05-30T04:05:00.001Z");
    assert_eq!(third["creator"], json!({ "type": "Person", "name": "Lan" }));
    assert_eq!(items(&all)[0].get("creator"), None);
    assert!(third["generator"]["name"].as_str().is_some_and(|name| name.starts_with("Concord ")));
}

#[test]
fn tags_are_named_in_the_language_of_the_document() {
    let document = Document { language: Language::En, ..document() };
    let value: Value =
        serde_json::from_str(&export(&document, &annotations()).text).expect("the file is JSON");
    assert_eq!(items(&value)[0]["body"][0]["value"], "Lead");
    assert_eq!(items(&value)[0]["body"][0]["language"], "en");
}

// The W3C test suite

const SUITE: &str = "acceptance/w3c-web-annotation-tests";

/// One assertion of the suite: a JSON Schema, draft 4, and whether an annotation must meet it.
struct Assertion {
    name: String,
    must_be_valid: bool,
    validator: Validator,
}

/// Finds the files of shared definitions by their names, as the suite refers to them.
struct Definitions(PathBuf);

impl Retrieve for Definitions {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = Path::new(uri.path().as_str()).file_name().ok_or("a definition has a name")?;
        Ok(serde_json::from_str(&std::fs::read_to_string(self.0.join(name))?)?)
    }
}

/// The assertions that a list of the suite names, or `None` with a remark when the suite is not there.
fn assertions(list: &str) -> Option<Vec<Assertion>> {
    let suite = shared_path(SUITE);
    let read = |path: &str| {
        let text =
            std::fs::read_to_string(suite.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    if !suite.join(list).exists() {
        println!("skipped: no {SUITE}/{list}");
        return None;
    }
    let names = read(list)["assertions"].as_array().cloned().expect("the list names assertions");
    let assertion = |name: &Value| {
        let name = name.as_str().expect("a name is a text").to_owned();
        let schema = read(&name);
        assert_eq!(schema["assertionType"], "must", "{name}");
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_retriever(Definitions(suite.join("definitions")))
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        Assertion { must_be_valid: schema["expectedResult"] == "valid", name, validator }
    };
    Some(names.iter().map(assertion).collect())
}

/// The names of the assertions that a value does not meet.
fn unmet<'a>(assertions: &'a [Assertion], value: &Value) -> Vec<&'a str> {
    let is_unmet = |assertion: &&Assertion| assertion.validator.is_valid(value) != assertion.must_be_valid;
    assertions.iter().filter(is_unmet).map(|assertion| assertion.name.as_str()).collect()
}

#[test]
fn every_exported_annotation_meets_the_musts_of_the_w3c() {
    let Some(musts) = assertions("annotations/annotationMusts.test") else { return };
    assert!(musts.len() >= 54);
    for item in items(&collection(&annotations())) {
        assert_eq!(unmet(&musts, item), [""; 0], "{item:#}");
    }
}

#[test]
fn the_exported_collection_meets_the_musts_of_the_w3c() {
    let Some(musts) = assertions("collections/collectionMusts.test") else { return };
    for annotations in [annotations(), Vec::new()] {
        assert_eq!(unmet(&musts, &collection(&annotations)), [""; 0]);
    }
}

#[test]
fn the_exported_page_meets_the_musts_of_the_w3c() {
    let Some(musts) = assertions("collections/pages/pageMusts.test") else { return };
    let collection = collection(&annotations());
    // The suite speaks of a page by itself: with a context, and with its collection as an object.
    let mut page = collection["first"].clone();
    page["@context"] = collection["@context"].clone();
    let mut whole = collection.clone();
    whole.as_object_mut().expect("a collection is an object").remove("first");
    page["partOf"] = whole;
    assert_eq!(unmet(&musts, &page), [""; 0]);
}

#[test]
fn the_w3c_assertions_notice_what_is_wrong() {
    let Some(musts) = assertions("annotations/annotationMusts.test") else { return };
    let good = items(&collection(&annotations()))[0].clone();
    let notices = |change: &dyn Fn(&mut Value), file: &str| {
        let mut bad = good.clone();
        change(&mut bad);
        let unmet = unmet(&musts, &bad);
        assert!(unmet.iter().any(|name| name.contains(file)), "{unmet:?}");
    };
    notices(&|bad| bad["@context"] = json!("http://example.org/"), "3.1-annotationContext");
    notices(&|bad| bad["id"] = json!(["urn:a:1", "urn:a:2"]), "3.1-annotationId");
    notices(&|bad| bad["type"] = json!("Note"), "3.1-annotationType");
    notices(&|bad| bad["target"] = json!({}), "3.2-targetObjects");
    notices(&|bad| bad["bodyValue"] = json!("x"), "3.2.5-notBodyBodyValue");
    notices(&|bad| bad["created"] = json!("yesterday"), "3.3.1-annotationCreated");
    notices(&|bad| bad["target"]["selector"][1]["start"] = json!(-1), "4.2-TextDataPositionSelector");
    notices(&|bad| bad["target"]["selector"][0]["exact"] = json!(7), "4.2.4-textQuoteSelector");
}

#[test]
fn the_correct_examples_of_the_w3c_meet_its_musts_in_our_hands() {
    let Some(musts) = assertions("annotations/annotationMusts.test") else { return };
    let mut seen = 0;
    // Composite, List and Independents are in the model, but the suite does not know them as targets.
    for n in (1..=43).filter(|n| ![39, 40, 41].contains(n)) {
        let Some(example) =
            crate::support::shared_json(&format!("acceptance/w3c-web-annotation/anno{n}.json"))
        else {
            return;
        };
        seen += 1;
        assert_eq!(unmet(&musts, &example), [""; 0], "anno{n}");
    }
    assert_eq!(seen, 40);
}

#[test]
fn a_passage_in_several_stretches_has_several_targets() {
    let second = annotation(2, "chủ trì", &[], "").selectors;
    let both = Annotation { further: vec![second], ..annotation(1, "Đảng ủy Khối", &["lead"], "") };
    let collection = collection(&[both]);
    let target = &items(&collection)[0]["target"];
    assert_eq!(target.as_array().map(Vec::len), Some(2));
    assert_eq!(target[0]["selector"][0]["exact"], "Đảng ủy Khối");
    assert_eq!(target[1]["selector"][0]["exact"], "chủ trì");
    let read = concord::import::annotations::read_annotations(collection.to_string().as_bytes())
        .expect("it is read");
    let quotes: Vec<_> =
        read.annotations[0].targets.iter().filter_map(|it| Some(it.quote.as_ref()?.exact.as_str())).collect();
    assert_eq!(quotes, ["Đảng ủy Khối", "chủ trì"]);
}

#[test]
fn a_passage_of_another_revision_names_no_position() {
    let older = Annotation { revision: 7, ..annotation(1, "Đảng ủy Khối", &[], "") };
    let collection = collection(&[older]);
    let selectors =
        items(&collection)[0]["target"]["selector"].as_array().expect("there are selectors").clone();
    assert_eq!(selectors.iter().map(|it| it["type"].clone()).collect::<Vec<_>>(), ["TextQuoteSelector"]);
}
