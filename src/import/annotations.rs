//! Annotations that others made: Web Annotations in whatever they travel in, and Hypothesis' own JSON.
//!
//! A file is untrusted and often not quite what a standard says. What can be understood without a guess is taken, the
//! rest is counted with the reason. Nothing is placed here: quotes come in the form of a document text, offsets as
//! the file has them, with their unit.
use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::anchor::TextQuote;
use crate::model::text::{Span, normalized};

/// The most annotations that one file may hold.
pub const MAX_ANNOTATIONS: usize = 200_000;
/// The longest quote that is taken, in code points.
pub const MAX_QUOTE_CHARS: usize = 100_000;
/// The longest note that is taken, in code points.
pub const MAX_NOTE_CHARS: usize = 1_000_000;

/// Context that is kept on each side of a quote, in code points: more tells no place from another.
const MAX_CONTEXT_CHARS: usize = 1_000;
/// A longer tag is no name but a remark.
const MAX_TAG_CHARS: usize = 200;
/// Longer ids, addresses and names are dropped, in bytes.
const MAX_NAME_BYTES: usize = 10_000;
/// How many annotations are named for one reason.
const MAX_IDS: usize = 20;

/// What was found in a file of annotations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotationFile {
    /// What can be looked for in a document, in the order of the file.
    pub annotations: Vec<ForeignAnnotation>,
    /// What cannot, one entry a reason.
    pub left_out: Vec<LeftOut>,
}

/// An annotation as its file has it: not yet placed, its tags not yet those of a codebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignAnnotation {
    /// How the file names it.
    pub id: Option<String>,
    /// The address or URN of the annotated document.
    pub source: Option<String>,
    /// The pieces that it speaks of, at least one.
    pub targets: Vec<ForeignSelector>,
    /// Names of tags, each once, in the order of the file.
    pub tags: Vec<String>,
    /// All that is said about the pieces, as Markdown or plain text; empty for nothing.
    pub note: String,
    /// When it was made, in the form of RFC 3339, as in the file.
    pub created: Option<String>,
    /// When it was last changed, likewise.
    pub modified: Option<String>,
    /// Who made it: a name, else an address or account.
    pub creator: Option<String>,
}

/// All that the file says about one stretch of text; at least one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignSelector {
    /// Its words, in the form of a document text; never empty words, perhaps no context.
    pub quote: Option<TextQuote>,
    /// Its place in the text as the other program saw it, never empty. In the unit below, whatever [`Span`] says.
    pub position: Option<Span>,
    /// What the position counts.
    pub position_unit: PositionUnit,
}

/// What the offsets of a program count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PositionUnit {
    /// Code points, as Web Annotation asks. Some programs write UTF-16 all the same.
    CodePoints,
    /// UTF-16 code units, as Hypothesis counts.
    Utf16,
}

/// How much could not be taken for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The reason.
    pub why: LeftOutReason,
    /// How many entries of the file were left out as a whole.
    pub entries: u32,
    /// How many pieces were left out of annotations of which other pieces were taken.
    pub pieces: u32,
    /// The first of these annotations, as far as the file names them.
    pub ids: Vec<String>,
}

/// Why an entry, or a piece of an annotation, was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOutReason {
    /// It speaks of a document as a whole.
    WholeDocument,
    /// It does not say what it speaks of.
    NoTarget,
    /// It answers another annotation.
    Reply,
    /// It finds its place by other means than the text: by markup, a region of a picture, bytes.
    OtherSelector,
    /// It counts from the start of a part that is found by other means than a position.
    RelativePosition,
    /// It goes from one quote to another: the words between them are not in the file.
    RangeOfQuotes,
    /// Its selector lacks words or offsets, or has impossible ones.
    BrokenSelector,
    /// Its quote is longer than [`MAX_QUOTE_CHARS`], or its note than [`MAX_NOTE_CHARS`].
    TooLong,
    /// Its other pieces, which were taken, are in another document.
    OtherDocument,
    /// The file has its address only: that of an annotation, of a selector, or of a page with more annotations.
    Elsewhere,
    /// It is something else.
    NotAnAnnotation,
    /// A line of a file of lines that is no JSON.
    BrokenLine,
}

/// Why a file is no file of annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnnotationFileError {
    /// It is not in UTF-8.
    NotText,
    /// It is no JSON, nor lines of JSON.
    NotJson,
    /// It is JSON about something else, or a collection of nothing.
    NoAnnotations,
    /// It holds more than [`MAX_ANNOTATIONS`].
    TooMany,
}

/// Reads a file of annotations: JSON in UTF-8, or one JSON text a line.
///
/// Taken are a Web Annotation, lists, pages and collections of such, LDP containers, and what the interface of
/// Hypothesis and the export of its client give. The caller sees to it that the file is not too large to be read.
pub fn read_annotations(bytes: &[u8]) -> Result<AnnotationFile, AnnotationFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| AnnotationFileError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::default();
    match parsed(text) {
        Some(value) => reader.read(&value, Holder::File)?,
        None => reader.read_lines(text)?,
    }
    reader.finish()
}

type Object = Map<String, Value>;

// JSON

/// Parses JSON; how deep it may be nested is limited by serde_json, so that every walk below may recurse.
fn parsed(json: &str) -> Option<Value> {
    let value: Option<Value> = serde_json::from_str(json).ok();
    value.or_else(|| serde_json::from_str(&without_lone_surrogates(json)?).ok())
}

/// The JSON text without escapes for half a character, such as programs leave that cut the context of a quote between
/// two UTF-16 units; `None` when it has none.
fn without_lone_surrogates(json: &str) -> Option<String> {
    const ESCAPE: usize = r"\u0000".len();
    let mut kept = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, from_escape) = rest.split_at(at);
        kept.push_str(before);
        let next = || from_escape.get(ESCAPE..).and_then(escaped_unit);
        let (length, is_whole) = match escaped_unit(from_escape) {
            Some(0xd800..=0xdbff) if matches!(next(), Some(0xdc00..=0xdfff)) => (2 * ESCAPE, true),
            Some(0xd800..=0xdfff) => (ESCAPE, false),
            Some(_) => (ESCAPE, true),
            // The backslash with the one character that it escapes.
            None => (from_escape.char_indices().nth(2).map_or(from_escape.len(), |(at, _)| at), true),
        };
        let (escape, after) = from_escape.split_at(length);
        if is_whole {
            kept.push_str(escape);
        }
        rest = after;
    }
    kept.push_str(rest);
    (kept.len() < json.len()).then_some(kept)
}

/// The UTF-16 unit of a `\uXXXX` at the start of a text.
fn escaped_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix(r"\u")?.get(..4)?, 16).ok()
}

/// The values of a list, or the one value that stands for a list of one, as JSON-LD has it.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    }
}

/// A text, or the texts of a list.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    each(value).iter().filter_map(Value::as_str)
}

/// `TextQuoteSelector` of `oa:TextQuoteSelector` or `http://www.w3.org/ns/oa#TextQuoteSelector`.
fn local_name(name: &str) -> &str {
    name.rsplit(['#', ':', '/']).next().unwrap_or(name)
}

fn is_a(object: &Object, class: &str) -> bool {
    let classes = ["type", "@type"].into_iter().filter_map(|key| object.get(key)).flat_map(strings);
    classes.map(local_name).any(|name| name == class)
}

fn has_class(object: &Object) -> bool {
    object.contains_key("type") || object.contains_key("@type")
}

fn id(object: &Object) -> Option<String> {
    ["id", "@id"].into_iter().find_map(|key| object.get(key).and_then(name))
}

/// A name or an address: a text, the first of a list, or the id of a thing.
fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty() && text.len() <= MAX_NAME_BYTES).then(|| text.to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.iter().find_map(name),
        Value::Object(object) => id(object),
        Value::Null | Value::Bool(_) => None,
    }
}

fn is_longer(text: &str, chars: usize) -> bool {
    // Bytes first: they are known, and no text has more code points than bytes.
    text.len() > chars && text.chars().count() > chars
}

// Containers

/// Where entries may stand, and what such a place says about them.
const HOLDERS: [(&str, Holder); 9] = [
    ("items", Holder::Container),
    ("first", Holder::Container),
    ("next", Holder::Container),
    ("contains", Holder::Container),
    ("ldp:contains", Holder::Container),
    ("@graph", Holder::Container),
    ("rows", Holder::Hypothesis),
    ("annotations", Holder::Hypothesis),
    ("replies", Holder::Hypothesis),
];

/// What an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    /// The file itself.
    File,
    /// A page, a collection, or the like.
    Container,
    /// A list as Hypothesis writes them.
    Hypothesis,
}

/// Whose rules an annotation follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Web,
    Hypothesis,
}

#[derive(Debug, Default)]
struct Reader {
    file: AnnotationFile,
    /// Annotations so far, taken or not.
    seen: usize,
}

impl Reader {
    /// Reads a file of lines. One whose first line is no object was not meant so.
    fn read_lines(&mut self, text: &str) -> Result<(), AnnotationFileError> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().and_then(parsed).filter(Value::is_object);
        self.read(&first.ok_or(AnnotationFileError::NotJson)?, Holder::File)?;
        for line in lines {
            match parsed(line) {
                Some(value) => self.read(&value, Holder::File)?,
                None => self.group(LeftOutReason::BrokenLine, None).entries += 1,
            }
        }
        Ok(())
    }

    /// Reads an annotation, or all that a list or container holds.
    fn read(&mut self, value: &Value, holder: Holder) -> Result<(), AnnotationFileError> {
        match value {
            Value::Array(values) => return values.iter().try_for_each(|value| self.read(value, holder)),
            Value::Object(object) => {
                if let Some(dialect) = dialect(object, holder) {
                    return self.annotation(object, dialect);
                }
                if HOLDERS.iter().any(|(key, _)| object.contains_key(*key)) {
                    return self.container(object);
                }
                self.group(LeftOutReason::NotAnAnnotation, None).entries += 1;
            }
            Value::String(_) if holder != Holder::File => {
                self.group(LeftOutReason::Elsewhere, None).entries += 1;
            }
            _ => self.group(LeftOutReason::NotAnAnnotation, None).entries += 1,
        }
        Ok(())
    }

    fn container(&mut self, object: &Object) -> Result<(), AnnotationFileError> {
        // In a collection `first` is where its items are; in a page it is the way back.
        let has_first = !object.contains_key("items") && !is_a(object, "AnnotationPage");
        for (key, holder) in HOLDERS {
            let value = object.get(key).filter(|value| !value.is_null() && (key != "first" || has_first));
            if let Some(value) = value {
                self.read(value, holder)?;
            }
        }
        Ok(())
    }

    fn annotation(&mut self, object: &Object, dialect: Dialect) -> Result<(), AnnotationFileError> {
        self.seen += 1;
        if self.seen > MAX_ANNOTATIONS {
            return Err(AnnotationFileError::TooMany);
        }
        match annotation(object, dialect) {
            Ok((annotation, left_out)) => {
                for why in left_out {
                    self.group(why, annotation.id.as_deref()).pieces += 1;
                }
                self.file.annotations.push(annotation);
            }
            Err(why) => self.group(why, id(object).as_deref()).entries += 1,
        }
        Ok(())
    }

    /// What was left out for a reason, to be counted up.
    fn group(&mut self, why: LeftOutReason, id: Option<&str>) -> &mut LeftOut {
        let groups = &mut self.file.left_out;
        let at = groups.iter().position(|group| group.why == why).unwrap_or_else(|| {
            groups.push(LeftOut { why, entries: 0, pieces: 0, ids: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[at];
        // Several pieces of one annotation follow one another.
        let is_known = group.ids.last().map(String::as_str) == id;
        if let Some(id) = id.filter(|_| !is_known && group.ids.len() < MAX_IDS) {
            group.ids.push(id.to_owned());
        }
        group
    }

    fn finish(self) -> Result<AnnotationFile, AnnotationFileError> {
        let is_something_else =
            |group: &LeftOut| matches!(group.why, LeftOutReason::NotAnAnnotation | LeftOutReason::BrokenLine);
        if self.file.annotations.is_empty() && self.file.left_out.iter().all(is_something_else) {
            return Err(AnnotationFileError::NoAnnotations);
        }
        Ok(self.file)
    }
}

/// Whose annotation it is; `None` when it is none.
fn dialect(object: &Object, holder: Holder) -> Option<Dialect> {
    if is_a(object, "Annotation") {
        return Some(Dialect::Web);
    }
    let may_be = holder == Holder::Hypothesis || !has_class(object);
    let is_hypothesis = holder == Holder::Hypothesis || object.get("uri").is_some_and(Value::is_string);
    match (object.contains_key("target") && may_be, is_hypothesis && !object.contains_key("@context")) {
        (false, _) => None,
        (true, true) => Some(Dialect::Hypothesis),
        (true, false) => Some(Dialect::Web),
    }
}

// Annotations

/// The annotation, with the reasons for which pieces of it were left out; or why nothing of it can be taken.
fn annotation(
    object: &Object,
    dialect: Dialect,
) -> Result<(ForeignAnnotation, Vec<LeftOutReason>), LeftOutReason> {
    let answers = object.get("references").and_then(Value::as_array);
    if dialect == Dialect::Hypothesis && answers.is_some_and(|answers| !answers.is_empty()) {
        return Err(LeftOutReason::Reply);
    }
    let position_unit = match dialect {
        Dialect::Web => PositionUnit::CodePoints,
        Dialect::Hypothesis => PositionUnit::Utf16,
    };
    let mut found = Vec::new();
    find_pieces(object.get("target").unwrap_or(&Value::Null), &mut found);
    let source = found.iter().flatten().find_map(|piece| piece.source.clone());
    let (mut targets, mut left_out) = (Vec::new(), Vec::new());
    for piece in found {
        match piece {
            Ok(Piece { source: Some(other), .. })
                if Some(document(&other)) != source.as_deref().map(document) =>
            {
                left_out.push(LeftOutReason::OtherDocument);
            }
            Ok(Piece { stretch: Stretch { quote, position }, .. }) => {
                targets.push(ForeignSelector { quote, position, position_unit });
            }
            Err(why) => left_out.push(why),
        }
    }
    if targets.is_empty() {
        return Err(left_out.first().copied().unwrap_or(LeftOutReason::NoTarget));
    }
    let said = match dialect {
        Dialect::Web => said_on_the_web(object),
        Dialect::Hypothesis => said_in_hypothesis(object),
    };
    let (tags, note) = said.finish();
    if is_longer(&note, MAX_NOTE_CHARS) {
        return Err(LeftOutReason::TooLong);
    }
    let annotation = ForeignAnnotation {
        id: id(object),
        source: source.or_else(|| object.get("uri").and_then(name)),
        targets,
        tags,
        note,
        created: moment(object, "created"),
        modified: moment(object, "modified").or_else(|| moment(object, "updated")),
        creator: creator_of(object),
    };
    Ok((annotation, left_out))
}

/// The address without its fragment, which names a place in the document.
fn document(source: &str) -> &str {
    source.split('#').next().unwrap_or(source)
}

fn moment(object: &Object, key: &str) -> Option<String> {
    strings(object.get(key)?).map(str::trim).find(|text| looks_like_rfc3339(text)).map(str::to_owned)
}

fn looks_like_rfc3339(text: &str) -> bool {
    const LONGEST_BYTES: usize = 64;
    if text.len() > LONGEST_BYTES {
        return false;
    }
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let shape = shape.to_ascii_uppercase();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    let zone = match rest.strip_prefix(".0") {
        Some(fraction) => fraction.trim_start_matches('0'),
        None => rest,
    };
    matches!(zone, "Z" | "+00:00" | "-00:00")
}

fn creator_of(object: &Object) -> Option<String> {
    let shown = || object.get("user_info")?.get("display_name").and_then(name);
    let creator = object.get("creator").and_then(creator);
    creator.or_else(shown).or_else(|| object.get("user").and_then(name))
}

fn creator(value: &Value) -> Option<String> {
    match value {
        Value::Object(agent) => {
            let named = ["name", "nickname"].into_iter().find_map(|key| agent.get(key).and_then(name));
            named.or_else(|| id(agent))
        }
        Value::Array(agents) => agents.iter().find_map(creator),
        address => name(address),
    }
}

// Targets

/// A target that is a piece of text.
#[derive(Debug)]
struct Piece {
    source: Option<String>,
    stretch: Stretch,
}

/// What selectors say about one stretch of text.
#[derive(Debug, Default)]
struct Stretch {
    quote: Option<TextQuote>,
    position: Option<Span>,
}

/// Adds the pieces of a target, or why it gives none.
fn find_pieces(target: &Value, found: &mut Vec<Result<Piece, LeftOutReason>>) {
    match target {
        Value::Array(targets) => targets.iter().for_each(|target| find_pieces(target, found)),
        Value::String(_) => found.push(Err(LeftOutReason::WholeDocument)),
        Value::Object(object) => find_pieces_of(object, found),
        _ => found.push(Err(LeftOutReason::NoTarget)),
    }
}

fn find_pieces_of(object: &Object, found: &mut Vec<Result<Piece, LeftOutReason>>) {
    let source = object.get("source").and_then(name).or_else(|| id(object));
    if let Some(selector) = object.get("selector").filter(|selector| says_something(selector)) {
        let stretch = stretch(selector).and_then(Stretch::without_empty_position);
        found.push(stretch.map(|stretch| Piece { source, stretch }));
    } else if let Some(items) = ["items", "members"].into_iter().find_map(|key| object.get(key)) {
        if is_a(object, "Choice") {
            found.extend(first_choice(items));
        } else {
            find_pieces(items, found);
        }
    } else if source.is_some() {
        found.push(Err(LeftOutReason::WholeDocument));
    } else {
        found.push(Err(LeftOutReason::NoTarget));
    }
}

/// The pieces of the first alternative that gives any; else why the first one does not.
fn first_choice(items: &Value) -> Vec<Result<Piece, LeftOutReason>> {
    let mut trouble = Vec::new();
    for item in each(items) {
        let mut found = Vec::new();
        find_pieces(item, &mut found);
        if found.iter().any(Result::is_ok) {
            return found;
        }
        trouble.append(&mut found);
    }
    trouble.truncate(1);
    trouble
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        _ => true,
    }
}

impl Stretch {
    fn at(position: Span) -> Self {
        Self { quote: None, position: Some(position) }
    }

    /// A position without a length says nothing beside a quote, and nothing by itself.
    fn without_empty_position(self) -> Result<Self, LeftOutReason> {
        let position = self.position.filter(|position| !position.is_empty());
        if self.quote.is_none() && position.is_none() {
            return Err(LeftOutReason::BrokenSelector);
        }
        Ok(Self { position, ..self })
    }

    /// What `inner` says when it speaks of a part of `self`.
    fn refined_by(self, inner: Self) -> Result<Self, LeftOutReason> {
        let position = match (self.position, inner.position) {
            (Some(outer), Some(inner)) => part_of(outer, inner),
            _ => None,
        };
        if inner.quote.is_none() && position.is_none() {
            return Err(LeftOutReason::RelativePosition);
        }
        Ok(Self { quote: inner.quote, position })
    }
}

/// The place of a span that counts from the start of another, if it lies inside.
fn part_of(outer: Span, inner: Span) -> Option<Span> {
    let start = outer.start.0.checked_add(inner.start.0)?;
    let end = outer.start.0.checked_add(inner.end.0)?;
    (end <= outer.end.0).then(|| Span::new(start, end))
}

/// Reads a selector, or several for the same stretch.
fn stretch(selector: &Value) -> Result<Stretch, LeftOutReason> {
    match selector {
        Value::Array(selectors) => alternatives(selectors),
        Value::Object(object) => match (object.get("items"), object.get("refinedBy")) {
            (Some(items), _) if is_a(object, "Choice") => alternatives(each(items)),
            (_, Some(refinement)) if says_something(refinement) => {
                let inner = stretch(refinement)?;
                own_stretch(object).unwrap_or_default().refined_by(inner)
            }
            _ => own_stretch(object),
        },
        Value::String(_) => Err(LeftOutReason::Elsewhere),
        _ => Err(LeftOutReason::BrokenSelector),
    }
}

/// Selectors for the same stretch: the first quote and the first position among them.
fn alternatives(selectors: &[Value]) -> Result<Stretch, LeftOutReason> {
    let mut whole = Stretch::default();
    let mut trouble = None;
    for selector in selectors {
        match stretch(selector) {
            Ok(Stretch { quote, position }) => {
                whole.quote = whole.quote.or(quote);
                whole.position = whole.position.or(position);
            }
            // Without its words a place cannot be checked.
            Err(LeftOutReason::TooLong) => return Err(LeftOutReason::TooLong),
            Err(why) => trouble = trouble.or(Some(why)),
        }
    }
    if whole.quote.is_none() && whole.position.is_none() {
        return Err(trouble.unwrap_or(LeftOutReason::BrokenSelector));
    }
    Ok(whole)
}

/// What a selector says by itself, whatever refines it.
fn own_stretch(object: &Object) -> Result<Stretch, LeftOutReason> {
    if is_a(object, "TextQuoteSelector") {
        quote(object)
    } else if is_a(object, "TextPositionSelector") {
        position(object)
    } else if is_a(object, "RangeSelector") {
        range(object)
    } else {
        Err(LeftOutReason::OtherSelector)
    }
}

fn quote(object: &Object) -> Result<Stretch, LeftOutReason> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).map_or_else(String::new, normalized);
    let exact = text("exact");
    if exact.is_empty() {
        return Err(LeftOutReason::BrokenSelector);
    }
    if is_longer(&exact, MAX_QUOTE_CHARS) {
        return Err(LeftOutReason::TooLong);
    }
    let (before, after) = (text("prefix"), text("suffix"));
    let surplus = before.chars().count().saturating_sub(MAX_CONTEXT_CHARS);
    let quote = TextQuote {
        exact,
        prefix: before.chars().skip(surplus).collect(),
        suffix: after.chars().take(MAX_CONTEXT_CHARS).collect(),
    };
    Ok(Stretch { quote: Some(quote), position: None })
}

fn position(object: &Object) -> Result<Stretch, LeftOutReason> {
    let offset =
        |key: &str| object.get(key).and_then(Value::as_u64).and_then(|offset| u32::try_from(offset).ok());
    match (offset("start"), offset("end")) {
        (Some(start), Some(end)) if start <= end => Ok(Stretch::at(Span::new(start, end))),
        _ => Err(LeftOutReason::BrokenSelector),
    }
}

/// A range goes from the beginning of one selection to the beginning of another (section 4.2.8 of the standard).
fn range(object: &Object) -> Result<Stretch, LeftOutReason> {
    // Hypothesis has a RangeSelector of its own, with paths into the page.
    let (Some(first), Some(last)) = (object.get("startSelector"), object.get("endSelector")) else {
        return Err(LeftOutReason::OtherSelector);
    };
    match (stretch(first)?.position, stretch(last)?.position) {
        (Some(first), Some(last)) if first.start < last.start => {
            Ok(Stretch::at(Span { start: first.start, end: last.start }))
        }
        (Some(_), Some(_)) => Err(LeftOutReason::BrokenSelector),
        _ => Err(LeftOutReason::RangeOfQuotes),
    }
}

// Bodies

/// What a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// To name or to sort.
    Tag,
    /// To say something.
    Note,
    /// To paint: its text is a colour.
    Paint,
}

#[derive(Debug, Default)]
struct Said {
    tags: Vec<String>,
    notes: Vec<String>,
}

impl Said {
    fn say(&mut self, purpose: Purpose, text: &str) {
        let line = normalized(text).replace('\n', " ").trim().to_owned();
        if purpose == Purpose::Paint || line.is_empty() {
            return;
        }
        if purpose == Purpose::Tag && !is_longer(&line, MAX_TAG_CHARS) {
            self.tags.push(line);
        } else {
            self.notes.push(text.to_owned());
        }
    }

    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.notes.is_empty()
    }

    /// The tags, each once, and the note.
    fn finish(self) -> (Vec<String>, String) {
        let mut seen = HashSet::new();
        let mut tags = self.tags;
        tags.retain(|tag| seen.insert(tag.clone()));
        (tags, self.notes.join("\n\n"))
    }
}

fn said_in_hypothesis(object: &Object) -> Said {
    let mut said = Said::default();
    for tag in object.get("tags").into_iter().flat_map(strings) {
        said.say(Purpose::Tag, tag);
    }
    for note in object.get("text").into_iter().flat_map(strings) {
        said.say(Purpose::Note, note);
    }
    said
}

fn said_on_the_web(object: &Object) -> Said {
    let mut said = Said::default();
    // A body without a purpose has that of the annotation.
    let default = match purpose(object.get("motivation")) {
        Some(Purpose::Tag) => Purpose::Tag,
        _ => Purpose::Note,
    };
    for body in ["body", "bodyValue"].into_iter().filter_map(|key| object.get(key)) {
        hear(body, default, &mut said);
    }
    said
}

/// Adds what a body says. One that lies elsewhere says its address.
fn hear(body: &Value, default: Purpose, said: &mut Said) {
    match body {
        Value::String(text) => said.say(default, text),
        Value::Array(bodies) => bodies.iter().for_each(|body| hear(body, default, said)),
        Value::Object(object) => {
            let purpose = purpose(object.get("purpose")).unwrap_or(default);
            if let Some(value) = object.get("value").filter(|value| !value.is_null()) {
                hear_value(value, purpose, is_html(object), said);
            } else if let Some(items) = object.get("items") {
                if is_a(object, "Choice") {
                    hear_first(each(items), purpose, said);
                } else {
                    hear(items, purpose, said);
                }
            } else if let Some(source) = object.get("source") {
                hear(source, purpose, said);
            } else {
                let named = ["label", "name"].into_iter().find_map(|key| object.get(key).and_then(name));
                if let Some(text) = named.or_else(|| id(object)) {
                    said.say(purpose, &text);
                }
            }
        }
        _ => {}
    }
}

/// Adds what the first of several alternatives says that says anything.
fn hear_first(bodies: &[Value], purpose: Purpose, said: &mut Said) {
    for body in bodies {
        let mut one = Said::default();
        hear(body, purpose, &mut one);
        if !one.is_empty() {
            said.tags.append(&mut one.tags);
            said.notes.append(&mut one.notes);
            return;
        }
    }
}

fn hear_value(value: &Value, purpose: Purpose, is_html: bool, said: &mut Said) {
    match value {
        Value::String(html) if is_html => said.say(purpose, &plain_text(html)),
        Value::String(text) => said.say(purpose, text),
        Value::Number(number) => said.say(purpose, &number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| hear_value(value, purpose, is_html, said)),
        Value::Object(object) => {
            if let Some(value) = object.get("@value").or_else(|| object.get("value")) {
                hear_value(value, purpose, is_html, said);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// What a purpose or motivation, or a list of such, comes to; `None` when there is none.
fn purpose(value: Option<&Value>) -> Option<Purpose> {
    let mut whole = None;
    for text in value.into_iter().flat_map(strings) {
        let one = match local_name(text) {
            "tagging" | "classifying" | "identifying" => Purpose::Tag,
            "highlighting" => Purpose::Paint,
            _ => Purpose::Note,
        };
        whole = match (whole, one) {
            (None | Some(Purpose::Paint), one) => Some(one),
            (Some(Purpose::Tag), Purpose::Note) => Some(Purpose::Note),
            (known, _) => known,
        };
    }
    whole
}

// HTML

fn is_html(body: &Object) -> bool {
    body.get("format").is_some_and(|format| {
        strings(format).any(|format| {
            let format = format.trim().to_ascii_lowercase();
            format.starts_with("text/html") || format.starts_with("application/xhtml")
        })
    })
}

/// The text of an HTML body: tags go, paragraphs stand apart, characters are decoded. It stays plain text, so that
/// nothing depends on finding every tag.
fn plain_text(html: &str) -> String {
    let mut pieces = html.split('<');
    let mut text = decoded(pieces.next().unwrap_or_default());
    let mut is_hidden = false;
    for piece in pieces {
        match piece.split_once('>').filter(|(tag, _)| is_tag(tag)) {
            Some((tag, after)) => {
                match element_name(tag).as_str() {
                    "script" | "style" => is_hidden = !tag.starts_with('/'),
                    "br" | "li" | "tr" if !tag.starts_with('/') => text.push('\n'),
                    "p" | "div" | "blockquote" | "pre" | "ul" | "ol" | "table" | "h1" | "h2" | "h3"
                    | "h4" | "h5" | "h6" => text.push_str("\n\n"),
                    _ => {}
                }
                if !is_hidden {
                    text.push_str(&decoded(after));
                }
            }
            None if !is_hidden => {
                text.push('<');
                text.push_str(&decoded(piece));
            }
            None => {}
        }
    }
    normalized(&tidy(&text))
}

fn is_tag(tag: &str) -> bool {
    tag.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// The name of the element that a tag starts or ends, lower case.
fn element_name(tag: &str) -> String {
    let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
    name.unwrap_or_default().to_ascii_lowercase()
}

/// Text between tags: its line ends are spaces, its character references characters.
fn decoded(html: &str) -> String {
    let html = html.replace(|c: char| c.is_ascii_whitespace(), " ");
    let mut pieces = html.split('&');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(';').and_then(|(name, after)| Some((character(name)?, after))) {
            Some((c, after)) => {
                text.push(c);
                text.push_str(after);
            }
            None => {
                text.push('&');
                text.push_str(piece);
            }
        }
    }
    text
}

/// The character behind the references that writers of bodies use.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// One space between words, one empty line at most between lines, nothing at the ends.
fn tidy(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        if !words.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(words.join(" "));
        }
    }
    lines.join("\n").trim_end().to_owned()
}
