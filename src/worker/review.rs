//! New revisions, the review queue and annotations from elsewhere: planned on a document as it is stored, inside the
//! transaction that writes.
use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::protocol::{NotBrought, Response};
use super::vault::{step_id, typed};
use super::vault_protocol::{DocumentQueue, Origin, VaultAnswer};
use crate::browser::log;
use crate::browser::storage::{
    DATABASE, RestoreOrigin, Rework, Standing, Storage, StorageError, StorageErrorKind,
};
use crate::import;
use crate::import::annotations::{ForeignAnnotation, ForeignSelector, PositionUnit, read_annotations};
use crate::model::anchor::{Outcome, Reanchoring, Selectors, TextQuote, describe};
use crate::model::annotation::{Annotation, Stamp, Versions};
use crate::model::codebook::{Bilingual, Codebook, Tag};
use crate::model::document::{DocumentText, Source};
use crate::model::edit::{Change, Deed};
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::model::review::{Bring, Finder, Texts, Verdict};
use crate::model::text::{CharOffset, Span, TextIndex, Utf16Offset};
use crate::model::time::{LogicalTime, Timestamp};
use crate::record::{DocumentRow, ROW_VERSION, RevisionRow, TagRow, to_json};

/// The store of the tags that people made.
const TAGS: &str = "tags";
/// The name under which a pasted text is kept.
const PASTED: &str = "pasted.txt";
/// The revision of annotations that were made on no revision of ours.
const ELSEWHERE: u32 = 0;

/// Reads a file as something for a document.
pub(super) async fn bring(
    document: &DocumentId,
    file_name: Option<String>,
    what: Bring,
    bytes: Vec<u8>,
    origin: &Origin,
) -> Response {
    let opened = Storage::open(DATABASE, || {}, || {}).await;
    let storage = opened.storage;
    let brought = match opened.trouble {
        Some(error) => Err(error),
        None => match what {
            Bring::Version => revise(&storage, document, file_name, bytes, origin).await,
            Bring::Annotations => take_in(&storage, document, &bytes, origin).await,
        },
    };
    // A newer version of the app must not wait for a helper thread.
    storage.close();
    brought.unwrap_or_else(|error| {
        log(&error.to_string());
        let is_full = error.kind == StorageErrorKind::Full;
        Response::NotBrought(if is_full { NotBrought::Full } else { NotBrought::Failed })
    })
}

/// Reads a file as a new revision.
async fn revise(
    storage: &Storage,
    document: &DocumentId,
    file_name: Option<String>,
    bytes: Vec<u8>,
    origin: &Origin,
) -> Result<Response, StorageError> {
    let parsed = match import::import(file_name.as_deref(), &bytes) {
        Ok(parsed) => parsed,
        Err(error) => return Ok(Response::Refused(error)),
    };
    let mut outcome = Response::NotBrought(NotBrought::SameText);
    let make = |standing: &mut Standing| {
        if standing.row.source.text_sha256 == parsed.text_sha256 {
            return Rework::default();
        }
        let (before, after) =
            (standing.row.revision, standing.revisions.keys().max().map_or(1, |last| last + 1));
        let mut texts = texts(standing);
        let text = DocumentText::new(&parsed.blocks);
        let chars = text.char_len().0;
        texts.insert(after, text);
        let carried = Finder::new(&texts, after)
            .map(|mut finder| finder.carried_over(&standing.annotations))
            .unwrap_or_default();
        let placed = carried.len() as u32;
        outcome = Response::Brought(placed, standing.annotations.len() as u32 - placed);
        let face = DocumentRow {
            language: parsed.language,
            source: Source {
                format: parsed.format,
                file_name: file_name.clone(),
                text_sha256: parsed.text_sha256,
                bytes: bytes.len() as u64,
            },
            meta: parsed.meta,
            left_out: parsed.left_out,
            imported_at: origin.at,
            chars,
            revision: after,
            ..standing.row.clone()
        };
        let row = RevisionRow {
            v: ROW_VERSION,
            blocks: parsed.blocks,
            role_versions: Vec::new(),
            face: Some(to_json(&face)),
        };
        let mut changes = vec![Change::Revision { document: document.clone(), before, after }];
        changes.extend(carried);
        let name = file_name.unwrap_or_else(|| PASTED.to_owned());
        Rework { new_revision: Some((after, row, name, bytes)), changes }
    };
    storage.rework(document, Deed::Revise, &who(origin), make).await?;
    Ok(outcome)
}

/// The queue of a document.
pub(super) async fn queue(storage: &Storage, document: &DocumentId) -> Result<VaultAnswer, StorageError> {
    let standing = storage.standing(document).await?;
    let tags = own_tags(storage).await?;
    let texts = texts(&standing);
    let queue = Finder::new(&texts, standing.row.revision)
        .map(|mut finder| finder.queue(&standing.annotations))
        .unwrap_or_default();
    let added = |(number, row): (&u32, &RevisionRow)| {
        (*number, row.face().map_or(standing.row.imported_at, |face| face.imported_at))
    };
    let mut added: Vec<(u32, Timestamp)> = standing.revisions.iter().map(added).collect();
    added.sort_unstable();
    Ok(VaultAnswer::Queue(Box::new(DocumentQueue {
        title: standing.row.title.clone(),
        language: standing.row.language,
        revision: standing.row.revision,
        added,
        queue,
        tags,
    })))
}

/// Carries verdicts out.
pub(super) async fn decide(
    storage: &Storage,
    document: &DocumentId,
    verdicts: &[(AnnotationId, Verdict)],
    origin: &Origin,
) -> Result<VaultAnswer, StorageError> {
    let make = |standing: &mut Standing| {
        let texts = texts(standing);
        let Some(finder) = Finder::new(&texts, standing.row.revision) else { return Rework::default() };
        let known: HashMap<&AnnotationId, &Annotation> =
            standing.annotations.iter().map(|annotation| (&annotation.id, annotation)).collect();
        let changes =
            verdicts.iter().filter_map(|(id, verdict)| finder.decided(known.get(id)?, verdict)).collect();
        Rework { new_revision: None, changes }
    };
    let committed = storage.rework(document, Deed::Review, &who(origin), make).await?;
    let count = committed.logged.iter().map(|logged| logged.row.changes.len() as u32).sum();
    Ok(VaultAnswer::Decided(count))
}

/// Takes annotations in that were made elsewhere. Those whose words stand in the text, beyond doubt, get their place;
/// the others wait for the person.
async fn take_in(
    storage: &Storage,
    document: &DocumentId,
    bytes: &[u8],
    origin: &Origin,
) -> Result<Response, StorageError> {
    let Ok(file) = read_annotations(bytes) else {
        return Ok(Response::NotBrought(NotBrought::NoAnnotations));
    };
    let tags = own_tags(storage).await?;
    let (mut placed, mut waiting) = (0, 0);
    let make = |standing: &mut Standing| {
        let mut codebook = Codebook::with(tags);
        let mut changes = Vec::new();
        let texts = texts(standing);
        let revision = standing.row.revision;
        let Some(text) = texts.get(&revision) else { return Rework::default() };
        let index = TextIndex::new(text.as_str());
        let finder = Reanchoring::into_text(text);
        for foreign in file.annotations {
            let id = id_of(document, &foreign);
            let parts: Vec<Selectors> =
                foreign.targets.iter().filter_map(|target| selectors(text, &index, target)).collect();
            let is_known = standing.annotations.iter().any(|annotation| annotation.id == id);
            let Some(first) = parts.first().cloned().filter(|_| !is_known) else {
                continue;
            };
            // A place without words cannot be checked: the person is asked.
            let has_words = foreign.targets.iter().all(|target| target.quote.is_some());
            let proposals: Vec<_> = parts.iter().map(|part| finder.propose(part)).collect();
            let is_sure =
                has_words && proposals.iter().all(|it| matches!(it.outcome, Outcome::Exact | Outcome::Moved));
            let mut annotation = Annotation {
                id,
                document: document.clone(),
                revision: ELSEWHERE,
                selectors: first,
                further: parts[1..].to_vec(),
                kept: None,
                tags: Vec::new(),
                note: foreign.note,
                created: foreign.created.as_deref().and_then(Timestamp::from_rfc3339).unwrap_or(origin.at),
                stamp: Stamp {
                    modified: origin.at,
                    clock: LogicalTime { wall: origin.at, counter: 0 },
                    device: origin.device.clone(),
                    author: foreign.creator.or_else(|| origin.author.clone()),
                },
                versions: Versions::default(),
                rivals: Vec::new(),
                deleted: None,
            };
            if is_sure {
                let mut spans: Vec<Span> = proposals.iter().filter_map(|it| it.place()).collect();
                spans.sort_unstable();
                let mut parts = spans.iter().map(|span| describe(text, *span));
                if let Some(selectors) = parts.next() {
                    annotation.revision = revision;
                    annotation.selectors = selectors;
                    annotation.further = parts.collect();
                }
                placed += 1;
            } else {
                waiting += 1;
            }
            for name in foreign.tags {
                let tag = match codebook.by_name(&name) {
                    Some(known) => known.id.clone(),
                    None => {
                        let new = new_tag(&codebook, &name);
                        changes.push(Change::Tag { before: None, after: Some(new.clone()) });
                        codebook.insert(new.clone());
                        new.id
                    }
                };
                if !annotation.tags.contains(&tag) {
                    annotation.tags.push(tag);
                }
            }
            changes.push(Change::Annotation { before: None, after: Some(annotation.into()) });
        }
        Rework { new_revision: None, changes }
    };
    storage.rework(document, Deed::TakeIn, &who(origin), make).await?;
    Ok(Response::Brought(placed, waiting))
}

fn who(origin: &Origin) -> RestoreOrigin<'_> {
    RestoreOrigin {
        step: step_id(origin),
        device: &origin.device,
        author: origin.author.as_deref(),
        at: origin.at,
    }
}

async fn own_tags(storage: &Storage) -> Result<Vec<Tag>, StorageError> {
    Ok(typed::<TagRow>(storage, TAGS).await?.into_iter().map(|row| row.tag).collect())
}

fn texts(standing: &Standing) -> Texts {
    standing.revisions.iter().map(|(number, row)| (*number, DocumentText::new(&row.blocks))).collect()
}

/// What is known of a place elsewhere, in our terms. A position without words takes the words that stand there.
fn selectors(text: &DocumentText, index: &TextIndex, target: &ForeignSelector) -> Option<Selectors> {
    let position = target.position.map(|span| match target.position_unit {
        PositionUnit::CodePoints => span,
        PositionUnit::Utf16 => {
            let offset = |at: CharOffset| index.char_of_utf16(text.as_str(), Utf16Offset(at.0));
            Span::between(offset(span.start), offset(span.end))
        }
    });
    let quote = match &target.quote {
        Some(quote) => quote.clone(),
        None => {
            let span = position.filter(|span| !span.is_empty() && span.end <= text.char_len())?;
            TextQuote { exact: text.slice(span).to_owned(), prefix: String::new(), suffix: String::new() }
        }
    };
    (!quote.exact.is_empty()).then(|| Selectors { quote, position: position.unwrap_or_default() })
}

/// The same annotation taken in again is the same.
fn id_of(document: &DocumentId, foreign: &ForeignAnnotation) -> AnnotationId {
    if let Some(uuid) = foreign.id.as_deref().and_then(|id| id.strip_prefix("urn:uuid:")) {
        return AnnotationId(uuid.to_owned());
    }
    let mut hasher = Sha256::new();
    hasher.update(document.as_str());
    hasher.update([0]);
    match &foreign.id {
        Some(id) => hasher.update(id),
        None => {
            for target in &foreign.targets {
                hasher.update(target.quote.as_ref().map_or("", |quote| quote.exact.as_str()));
                hasher.update(target.position.unwrap_or_default().start.0.to_le_bytes());
            }
            hasher.update(&foreign.note);
        }
    }
    // Version 8 of RFC 9562: made of a digest of our own choice.
    let mut bytes: [u8; 16] = hasher.finalize()[..16].try_into().unwrap_or_default();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = |range: std::ops::Range<usize>| -> String {
        bytes[range].iter().map(|byte| format!("{byte:02x}")).collect()
    };
    AnnotationId(format!("{}-{}-{}-{}-{}", hex(0..4), hex(4..6), hex(6..8), hex(8..10), hex(10..16)))
}

fn new_tag(codebook: &Codebook, name: &str) -> Tag {
    let style = codebook.least_used_style();
    let both = |text: &str| Bilingual { vi: text.to_owned(), en: text.to_owned() };
    let digest: String =
        Sha256::digest(name.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Tag {
        id: TagId(format!("named-{digest}")),
        name: both(name),
        definition: both(""),
        family: style.family(),
        style,
        digit: None,
    }
}
