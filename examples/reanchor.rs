//! Re-anchoring as a module of its own, for the measurements beside other tools' matchers.
//!
//! It takes texts in whatever form they come and answers in their code points: the normalisation that an import would
//! do is part of what is measured.
use concord::model::anchor::{Candidate, Proposal, Reanchoring, Selectors};
use concord::model::document::{Block, DocumentText, Role};
use concord::model::text::{CharOffset, Span, normalized};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use wasm_bindgen::prelude::wasm_bindgen;

/// Proposes a place in `new` for each passage of `old`: a JSON array of selectors in, one of proposals out.
///
/// # Panics
/// When the passages are no such array.
#[wasm_bindgen]
#[must_use]
pub fn propose(old: &str, new: &str, passages: &str) -> String {
    let passages: Vec<Selectors> = serde_json::from_str(passages).expect("the passages are selectors");
    let origins = origins(new);
    let (old, new) = (document(&normalized(old)), document(&normalized(new)));
    let reanchoring = Reanchoring::between(&old, &new);
    let proposals: Vec<Proposal> = passages
        .iter()
        .map(|passage| {
            let Proposal { outcome, candidates } = reanchoring.propose(passage);
            let back = |Candidate { span, score }| Candidate {
                span: Span { start: place(&origins, span.start), end: place(&origins, span.end) },
                score,
            };
            Proposal { outcome, candidates: candidates.into_iter().map(back).collect() }
        })
        .collect();
    serde_json::to_string(&proposals).expect("proposals are JSON")
}

fn document(text: &str) -> DocumentText {
    let line = |line: &str| Block { role: Role::Paragraph, text: line.to_owned(), marks: Vec::new() };
    DocumentText::new(&text.split('\n').map(line).collect::<Vec<_>>())
}

/// For each code point of the composed text, where it came from; none when composing changes nothing.
fn origins(text: &str) -> Option<Vec<u32>> {
    if unicode_normalization::is_nfc(text) {
        return None;
    }
    let mut origins = Vec::new();
    let (mut cluster, mut start) = (String::new(), 0);
    for (at, c) in (0_u32..).zip(text.chars()) {
        if canonical_combining_class(c) == 0 {
            origins.extend(cluster.nfc().map(|_| start));
            (cluster, start) = (String::new(), at);
        }
        cluster.push(c);
    }
    origins.extend(cluster.nfc().map(|_| start));
    origins.push(text.chars().count() as u32);
    Some(origins)
}

fn place(origins: &Option<Vec<u32>>, offset: CharOffset) -> CharOffset {
    match origins {
        Some(origins) => CharOffset(origins.get(offset.0 as usize).copied().unwrap_or(offset.0)),
        None => offset,
    }
}

fn main() {}
