//! The pack of a document: a copy of its annotations in few bytes, to be read at once.
//!
//! Ten thousand rows take IndexedDB and the reader of JSON most of a second; the same annotations in one value take a
//! fiftieth. The rows stay what counts: a pack says up to which journal row it knows them, and whoever opens the
//! document reads what was changed since from the rows. A pack that is not understood is as good as none.
//!
//! Layout, numbers as LEB128 (DWARF 5, section 7.6), texts with their length in bytes before them: [`MAGIC`], revision,
//! journal key, a table of texts (tags, devices, authors), then the annotations. One whose words and context are those
//! of the text around its position, as nearly all are, needs neither; any other stands as the JSON of its row.
use super::{AnnotationRow, from_json, to_json};
use crate::model::anchor::{Selectors, TextQuote};
use crate::model::annotation::{Annotation, Stamp, Versions};
use crate::model::document::DocumentText;
use crate::model::id::{AnnotationId, DocumentId};
use crate::model::text::{CharOffset, Span};
use crate::model::time::{LogicalTime, Timestamp};

/// What a pack begins with; another layout gets another number.
const MAGIC: u64 = 0xc0_4c0d_0001;
/// Kinds of entries.
const AS_ROW: u64 = 0;
const IN_TEXT: u64 = 1;

/// Which annotations a pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackHead {
    /// Those of a document whose current revision was this one.
    pub revision: u32,
    /// As they were after this journal row.
    pub journal_key: u64,
}

/// Writes a pack. `text` is that of the revision.
pub fn write_pack(head: PackHead, text: &DocumentText, annotations: &[Annotation]) -> Vec<u8> {
    let mut texts: Vec<&str> = Vec::new();
    let mut body = Writer::default();
    body.number(annotations.len() as u64);
    for annotation in annotations {
        match spans_around(head.revision, text, annotation) {
            Some((before, after)) => write_entry(&mut body, &mut texts, annotation, before, after),
            None => {
                body.number(AS_ROW);
                body.text(&to_json(&AnnotationRow::from(annotation)));
            }
        }
    }
    let mut pack = Writer::default();
    for number in [MAGIC, u64::from(head.revision), head.journal_key, texts.len() as u64] {
        pack.number(number);
    }
    for text in texts {
        pack.text(text);
    }
    pack.bytes.extend(body.bytes);
    pack.bytes
}

/// How much context stands on each side in code points, when the selectors are what the text says at their position,
/// and nothing else is out of the ordinary.
fn spans_around(revision: u32, text: &DocumentText, annotation: &Annotation) -> Option<(u32, u32)> {
    let Selectors { quote, position } = &annotation.selectors;
    let is_plain = annotation.revision == revision
        && annotation.further.is_empty()
        && annotation.kept.is_none()
        && annotation.rivals.is_empty()
        && annotation.versions.is_empty()
        && annotation.deleted.is_none()
        && !position.is_empty();
    let (before, after) = (quote.prefix.chars().count() as u32, quote.suffix.chars().count() as u32);
    let start = position.start.0.checked_sub(before)?;
    let end = position.end.0.checked_add(after).filter(|&end| end <= text.char_len().0)?;
    let is_there = text.slice(*position) == quote.exact
        && text.slice(Span::new(start, position.start.0)) == quote.prefix
        && text.slice(Span::new(position.end.0, end)) == quote.suffix;
    (is_plain && is_there).then_some((before, after))
}

fn write_entry<'a>(
    body: &mut Writer,
    texts: &mut Vec<&'a str>,
    annotation: &'a Annotation,
    before: u32,
    after: u32,
) {
    let mut known = |text: &'a str| -> u64 {
        let place = texts.iter().position(|known| *known == text).unwrap_or_else(|| {
            texts.push(text);
            texts.len() - 1
        });
        place as u64
    };
    let Stamp { modified, clock, device, author } = &annotation.stamp;
    let author = author.as_deref().map_or(0, |author| known(author) + 1);
    let device = known(device.as_str());
    let tags: Vec<u64> = annotation.tags.iter().map(|tag| known(tag.as_str())).collect();
    let position = annotation.selectors.position;
    body.number(IN_TEXT);
    body.text(annotation.id.as_str());
    for number in [position.start.0, position.len(), before, after] {
        body.number(u64::from(number));
    }
    body.number(tags.len() as u64);
    for tag in tags {
        body.number(tag);
    }
    body.text(&annotation.note);
    for time in [annotation.created, *modified, clock.wall] {
        // Folded, so that moments before 1970 are short too.
        body.number((time.0 << 1 ^ time.0 >> 63) as u64);
    }
    for number in [u64::from(clock.counter), device, author] {
        body.number(number);
    }
}

/// What a pack is a copy of; none when it is no pack of this layout.
pub fn pack_head(pack: &[u8]) -> Option<PackHead> {
    Reader { bytes: pack }.head()
}

/// The annotations of a pack. None when it is damaged.
pub fn read_pack(pack: &[u8], document: &DocumentId, text: &DocumentText) -> Option<Vec<Annotation>> {
    let mut reader = Reader { bytes: pack };
    let head = reader.head()?;
    let count = reader.count()?;
    let texts: Vec<&str> = (0..count).map(|_| reader.text()).collect::<Option<_>>()?;
    let count = reader.count()?;
    let mut annotations = Vec::with_capacity(count);
    for _ in 0..count {
        annotations.push(match reader.number()? {
            AS_ROW => from_json::<AnnotationRow>(reader.text()?).ok()?.into(),
            IN_TEXT => reader.entry(head.revision, &texts, document, text)?,
            _ => return None,
        });
    }
    reader.bytes.is_empty().then_some(annotations)
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }
}

struct Reader<'p> {
    bytes: &'p [u8],
}

impl<'p> Reader<'p> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number of things, each of which takes a byte at least.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.bytes.len()).then_some(count)
    }

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn time(&mut self) -> Option<Timestamp> {
        let folded = self.number()?;
        Some(Timestamp((folded >> 1) as i64 ^ -((folded & 1) as i64)))
    }

    fn text(&mut self) -> Option<&'p str> {
        let length = self.count()?;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }

    fn head(&mut self) -> Option<PackHead> {
        let is_ours = self.number()? == MAGIC;
        let head = PackHead { revision: self.small()?, journal_key: self.number()? };
        is_ours.then_some(head)
    }

    fn entry(
        &mut self,
        revision: u32,
        texts: &[&str],
        document: &DocumentId,
        text: &DocumentText,
    ) -> Option<Annotation> {
        let id = AnnotationId(self.text()?.to_owned());
        let (start, length) = (self.small()?, self.small()?);
        let (before, after) = (self.small()?, self.small()?);
        let end = start.checked_add(length)?;
        let span = Span { start: CharOffset(start), end: CharOffset(end) };
        let around = Span {
            start: CharOffset(start.checked_sub(before)?),
            end: CharOffset(end.checked_add(after).filter(|&end| end <= text.char_len().0)?),
        };
        let count = self.count()?;
        let mut tags = Vec::with_capacity(count);
        for _ in 0..count {
            tags.push((*texts.get(usize::try_from(self.number()?).ok()?)?).into());
        }
        let note = self.text()?.to_owned();
        let (created, modified, wall) = (self.time()?, self.time()?, self.time()?);
        let counter = self.small()?;
        let device = (*texts.get(usize::try_from(self.number()?).ok()?)?).into();
        let author = match usize::try_from(self.number()?).ok()?.checked_sub(1) {
            Some(place) => Some((*texts.get(place)?).to_owned()),
            None => None,
        };
        let slice = |span| text.slice(span).to_owned();
        let quote = TextQuote {
            exact: slice(span),
            prefix: slice(Span { start: around.start, end: span.start }),
            suffix: slice(Span { start: span.end, end: around.end }),
        };
        Some(Annotation {
            id,
            document: document.clone(),
            revision,
            selectors: Selectors { quote, position: span },
            further: Vec::new(),
            kept: None,
            tags,
            note,
            created,
            stamp: Stamp { modified, clock: LogicalTime { wall, counter }, device, author },
            versions: Versions::default(),
            rivals: Vec::new(),
            deleted: None,
        })
    }
}
