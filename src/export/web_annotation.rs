//! The W3C Web Annotation Data Model (Recommendation, 23 February 2017) as JSON-LD: an AnnotationCollection with
//! one page.
//!
//! Each annotation targets the document by its UUID, with a TextQuoteSelector and a TextPositionSelector in code
//! points of the document text: the blocks' texts, NFC, joined by one line feed.
use serde_json::{Value, json};

use super::{ExportFile, file_stem};
use crate::model::anchor::Selectors;
use crate::model::codebook::Tag;
use crate::model::time::Timestamp;
use crate::record::{AnnotationRow, DocumentRow};

const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

/// Writes the annotations of a document, in the order given.
pub fn web_annotation(
    document: &DocumentRow,
    annotations: &[AnnotationRow],
    tags: &[Tag],
    at: Timestamp,
) -> ExportFile {
    let collection = format!("urn:uuid:{}#annotations", document.id);
    let items: Vec<Value> =
        annotations.iter().map(|annotation| item(document, annotation, tags, at)).collect();
    let value = json!({
        "@context": CONTEXT,
        "id": collection,
        "type": "AnnotationCollection",
        "label": document.title,
        "generated": at.to_rfc3339(),
        "generator": generator(),
        "total": items.len(),
        "first": {
            "id": format!("{collection}-1"),
            "type": "AnnotationPage",
            "partOf": collection,
            "startIndex": 0,
            "items": items,
        },
    });
    ExportFile {
        name: format!("{}.annotations.jsonld", file_stem(&document.title)),
        media_type: "application/ld+json",
        text: format!("{value:#}\n"),
    }
}

fn target(document: &DocumentRow, part: &Selectors, revision: u32) -> Value {
    let Selectors { quote, position } = part;
    let mut selectors = vec![json!({
        "type": "TextQuoteSelector",
        "exact": quote.exact,
        "prefix": quote.prefix,
        "suffix": quote.suffix,
    })];
    // Of a passage that was not found in the current revision the position would speak of another text.
    if revision == document.revision {
        selectors.push(json!({
            "type": "TextPositionSelector",
            "start": position.start,
            "end": position.end,
        }));
    }
    json!({
        "type": "SpecificResource",
        "source": format!("urn:uuid:{}", document.id),
        "selector": selectors,
    })
}

fn item(document: &DocumentRow, annotation: &AnnotationRow, tags: &[Tag], at: Timestamp) -> Value {
    let language = document.language;
    let tag_name = |id| {
        let known = tags.iter().find(|tag| tag.id == id);
        known.map_or_else(|| id.to_string(), |tag| tag.name.get(language).to_owned())
    };
    let mut bodies: Vec<Value> = annotation
        .tags
        .iter()
        .map(|id| {
            json!({
                "type": "TextualBody",
                "purpose": "tagging",
                "value": tag_name(id.clone()),
                "format": "text/plain",
                "language": language.code(),
            })
        })
        .collect();
    if !annotation.note.is_empty() {
        bodies.push(json!({
            "type": "TextualBody",
            "purpose": "commenting",
            "value": annotation.note,
            "format": "text/markdown",
        }));
    }
    let motivation = match (annotation.tags.is_empty(), annotation.note.is_empty()) {
        (false, _) => "tagging",
        (true, false) => "commenting",
        (true, true) => "highlighting",
    };
    let targets: Vec<Value> = std::iter::once(&annotation.selectors)
        .chain(&annotation.further)
        .map(|part| target(document, part, annotation.revision))
        .collect();
    // One stretch is one target; several are several targets of one annotation.
    let target = match <[Value; 1]>::try_from(targets) {
        Ok([one]) => one,
        Err(several) => Value::Array(several),
    };
    let mut value = json!({
        "@context": CONTEXT,
        "id": format!("urn:uuid:{}", annotation.id),
        "type": "Annotation",
        "motivation": motivation,
        "created": annotation.created.to_rfc3339(),
        "modified": annotation.stamp.modified.to_rfc3339(),
        "generated": at.to_rfc3339(),
        "generator": generator(),
        "target": target,
    });
    if !bodies.is_empty() {
        value["body"] = Value::Array(bodies);
    }
    if let Some(author) = &annotation.stamp.author {
        value["creator"] = json!({ "type": "Person", "name": author });
    }
    value
}

fn generator() -> Value {
    json!({ "type": "Software", "name": concat!("Concord ", env!("CARGO_PKG_VERSION")) })
}
