//! Finds the parts of an article among its lines: what is the headline, the lede, a caption, page furniture.
//!
//! An importer that knows a part from its markup says so; these rules decide the rest from place, length and form.
use super::chrome::is_chrome;
use super::inline::{char_len, is_blank};
use super::language::language;
use super::stamp::{Stamp, moment, stamp_line};
use crate::model::document::{Block, Language, Mark, MarkKind, Meta, Role};

/// How far from the start the stamp, the headline and their companions are looked for.
const HEAD: usize = 8;
/// How far from an end a line that is also a word counts as page furniture.
const END_ZONE: usize = 8;

/// What an importer found: lines in order, and what was said about the page elsewhere.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) drafts: Vec<Draft>,
    pub(super) hints: Hints,
    /// How many pictures were left behind.
    pub(super) pictures: u32,
    /// Whether headings and lists were marked as such, so that they need not be guessed.
    pub(super) has_markup: bool,
}

/// What a page says about itself outside its text.
#[derive(Debug, Default)]
pub(super) struct Hints {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) section: Option<String>,
    pub(super) byline: Option<String>,
    /// Moments of publication, the most telling one first.
    pub(super) moments: Vec<String>,
}

/// A block whose role may still be open.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) role: Option<Role>,
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

impl Draft {
    /// A line of which nothing but the text is known.
    pub(super) fn open(text: String, marks: Vec<Mark>) -> Self {
        Self { role: None, text, marks }
    }

    /// A block that the markup names.
    pub(super) fn known(role: Role, text: String, marks: Vec<Mark>) -> Self {
        Self { role: Some(role), text, marks }
    }

    fn is_open(&self) -> bool {
        self.role.is_none()
    }

    fn is_open_prose(&self) -> bool {
        self.is_open() && is_prose(&self.text)
    }
}

/// An article with its parts.
pub(super) struct Article {
    pub(super) blocks: Vec<Block>,
    pub(super) left_out: Vec<String>,
    pub(super) language: Language,
    pub(super) meta: Meta,
}

/// Gives every line its role and drops page furniture.
pub(super) fn arrange(page: Page) -> Article {
    let Page { drafts, hints, has_markup, .. } = page;
    let drafts = drafts.into_iter().filter(|draft| !is_blank(&draft.text)).collect();
    let (mut drafts, left_out) = without_chrome(drafts);
    let language = language(hints.language.as_deref(), drafts.iter().map(|draft| draft.text.as_str()));
    let body = assign_head(&mut drafts);
    assign_bylines(&mut drafts, body);
    let lede = assign_lede(&mut drafts, body);
    assign_body(&mut drafts, lede, has_markup);
    let meta = meta(&drafts, hints, language);
    let blocks = drafts.into_iter().map(|draft| Block {
        role: draft.role.unwrap_or(Role::Paragraph),
        text: draft.text,
        marks: draft.marks,
    });
    Article { blocks: blocks.collect(), left_out, language, meta }
}

fn without_chrome(drafts: Vec<Draft>) -> (Vec<Draft>, Vec<String>) {
    let count = drafts.len();
    let furniture: Vec<bool> = drafts
        .iter()
        .enumerate()
        .map(|(n, draft)| {
            let can_be = matches!(
                draft.role,
                None | Some(
                    Role::Paragraph | Role::ListItem | Role::Heading(_) | Role::Byline | Role::SectionLabel
                )
            );
            let is_near_an_end = (n > 0 && n + END_ZONE >= count) || n < 3;
            can_be && is_chrome(&draft.text, is_near_an_end)
        })
        .collect();
    // A text that is nothing but such words is about them.
    if furniture.iter().all(|is_furniture| *is_furniture) {
        return (drafts, Vec::new());
    }
    let mut left_out = Vec::new();
    let mut kept = Vec::with_capacity(count);
    for (draft, is_furniture) in drafts.into_iter().zip(furniture) {
        if is_furniture {
            left_out.push(draft.text);
        } else {
            kept.push(draft);
        }
    }
    (kept, left_out)
}

/// Finds letterhead, section label, stamp and headline; returns where the body starts.
fn assign_head(drafts: &mut [Draft]) -> usize {
    // The name of the authority stands above or below the motto.
    let motto =
        drafts.iter().take(HEAD).position(|draft| draft.is_open() && is_motto(&draft.text)).unwrap_or(0);
    let below = drafts.iter().skip(motto).take(HEAD);
    let start = motto + below.take_while(|draft| draft.is_open() && is_letterhead(&draft.text)).count();
    // All of a short text may look like letterhead.
    let start = if start == drafts.len() { 0 } else { start };
    drafts.iter_mut().take(start).for_each(|draft| draft.role = Some(Role::Note));
    let known = drafts.iter().position(|draft| draft.role == Some(Role::Headline));
    let stamp = assign_stamp(drafts, known.unwrap_or(start));
    let headline = known.or_else(|| guess_headline(drafts, start, stamp));
    let Some(headline) = headline else { return start };
    if let Some(draft) = drafts.get_mut(headline) {
        draft.role = Some(Role::Headline);
    }
    let has_section = drafts.iter().any(|draft| draft.role == Some(Role::SectionLabel));
    let above = drafts.iter_mut().take(headline).rev().find(|draft| draft.is_open());
    if let Some(label) = above.filter(|draft| !has_section && is_label(&draft.text)) {
        label.role = Some(Role::SectionLabel);
    }
    headline + 1
}

/// Marks the stamp near `around`, unless the markup names one.
fn assign_stamp(drafts: &mut [Draft], around: usize) -> Option<usize> {
    let named = drafts.iter().position(|draft| draft.role == Some(Role::UpdatedAt));
    if named.is_some() {
        return named;
    }
    let from = around.saturating_sub(HEAD);
    let mut near = drafts.iter().enumerate().skip(from).take_while(|(n, _)| *n < around + HEAD);
    let found = near.find(|(_, draft)| draft.is_open() && stamp_line(&draft.text).is_some()).map(|(n, _)| n);
    if let Some(draft) = found.and_then(|found| drafts.get_mut(found)) {
        draft.role = Some(Role::UpdatedAt);
    }
    found
}

/// The headline by its place: below a section label, beside the stamp, above the running text.
fn guess_headline(drafts: &[Draft], start: usize, stamp: Option<usize>) -> Option<usize> {
    let open = |n: &usize| drafts.get(*n).is_some_and(Draft::is_open);
    let text = |n: usize| drafts.get(n).map_or("", |draft| draft.text.as_str());
    let fits = |n: usize| can_be_headline(text(n));
    let is_pair = |label: usize, line: usize| {
        // An official document has letterhead and no section.
        start == 0
            && is_label(text(label))
            && fits(line)
            && char_len(text(line), 300) > char_len(text(label), 300)
    };
    let window = start..(start + HEAD).min(drafts.len());
    let prose = window.clone().any(|n| drafts.get(n).is_some_and(Draft::is_open_prose));
    if let Some(stamp) = stamp {
        let before: Vec<usize> = window.clone().filter(|n| *n < stamp).filter(open).collect();
        let after = window.filter(|n| *n > stamp).find(open);
        return match (before.as_slice(), after) {
            ([label], Some(after)) if is_pair(*label, after) => Some(after),
            ([label, line, ..], _) if is_pair(*label, *line) => Some(*line),
            ([line, ..], _) => Some(*line).filter(|line| fits(*line)),
            ([], after) => after.filter(|line| fits(*line)),
        };
    }
    let lines: Vec<usize> = window.filter(open).take(3).collect();
    match lines.as_slice() {
        [label, line, below]
            if is_pair(*label, *line) && is_prose(text(*below)) && !is_prose_sentence(text(*line)) =>
        {
            Some(*line)
        }
        [line, _, ..] if prose => Some(*line).filter(|line| fits(*line) && drafts.len() > 1),
        _ => None,
    }
}

/// Author, initials, agency or source in the last lines, and a named author right below the headline.
fn assign_bylines(drafts: &mut [Draft], body: usize) {
    const MOST: usize = 3;
    let below = drafts.iter().enumerate().skip(body).take(3).find(|(_, draft)| draft.is_open());
    if let Some((n, draft)) = below
        && drafts.len() > n + 1
        && is_named_author(&draft.text)
        && let Some(draft) = drafts.get_mut(n)
    {
        draft.role = Some(Role::Byline);
    }
    let has_author = drafts.iter().any(|draft| draft.role == Some(Role::Byline));
    let Some(last_prose) = drafts.iter().rposition(is_running_text) else { return };
    let after = drafts.iter_mut().skip((last_prose + 1).max(body)).rev();
    for draft in after.filter(|draft| draft.role != Some(Role::Note)).take(MOST) {
        let is_byline =
            is_credit(&draft.text) || (!has_author && (is_initials(&draft.text) || is_name(&draft.text)));
        match draft.role {
            None if is_byline => draft.role = Some(Role::Byline),
            Some(Role::Byline | Role::UpdatedAt | Role::Caption) => {}
            _ => break,
        }
    }
}

fn is_running_text(draft: &Draft) -> bool {
    match draft.role {
        None => is_prose(&draft.text),
        Some(role) => role.is_numbered() || role == Role::Lede,
    }
}

/// The opening summary: the first running text below the headline, when more follows. Returns its place.
fn assign_lede(drafts: &mut [Draft], body: usize) -> Option<usize> {
    let named = drafts.iter().position(|draft| draft.role == Some(Role::Lede));
    if named.is_some() {
        return named;
    }
    let has_headline = drafts.iter().take(body).any(|draft| draft.role == Some(Role::Headline));
    let passed_by = |role: Option<Role>| {
        matches!(role, Some(Role::UpdatedAt | Role::SectionLabel | Role::Caption | Role::Byline | Role::Note))
    };
    let first = drafts.iter().enumerate().skip(body);
    let (first, draft) = first
        .filter(|_| has_headline)
        .find(|(_, draft)| !(passed_by(draft.role) || draft.is_open() && is_marked_caption(&draft.text)))?;
    let can_be = draft.is_open_prose() && !is_list_line(&draft.text) && !is_regulation(&draft.text);
    let more_follows = drafts.iter().skip(first + 1).any(is_running_text);
    if !can_be || !more_follows {
        return None;
    }
    if let Some(draft) = drafts.get_mut(first) {
        draft.role = Some(Role::Lede);
    }
    Some(first)
}

/// Decides what is still open.
fn assign_body(drafts: &mut [Draft], lede: Option<usize>, has_markup: bool) {
    for n in 0..drafts.len() {
        let Some(draft) = drafts.get(n).filter(|draft| draft.is_open()) else { continue };
        let role = if is_marked_caption(&draft.text) {
            Role::Caption
        } else if let Some(level) = regulation_level(&draft.text) {
            Role::Heading(level)
        } else if has_markup {
            marked_role(drafts, n, lede)
        } else {
            plain_role(drafts, n, lede)
        };
        if let Some(draft) = drafts.get_mut(n) {
            draft.role = Some(role);
        }
    }
}

/// The role of a paragraph whose markup says no more: pages also write headings and captions as paragraphs.
fn marked_role(drafts: &[Draft], n: usize, lede: Option<usize>) -> Role {
    match drafts.get(n) {
        Some(draft) if is_strong_line(draft) => Role::Heading(3),
        Some(draft) if shows_scene(&draft.text) && plain_role(drafts, n, lede) == Role::Caption => {
            Role::Caption
        }
        _ => Role::Paragraph,
    }
}

/// The role of a line of plain text in the body, from its form and its neighbours.
fn plain_role(drafts: &[Draft], n: usize, lede: Option<usize>) -> Role {
    let text = drafts.get(n).map_or("", |draft| draft.text.as_str());
    if is_list_line(text) {
        return Role::ListItem;
    }
    let next_is_prose = drafts.get(n + 1).is_some_and(|next| {
        next.is_open()
            && (is_prose(&next.text) || is_list_line(&next.text) || regulation_level(&next.text).is_some())
    });
    if !next_is_prose || !is_standalone_line(text) || n == 0 {
        return Role::Paragraph;
    }
    let follows_lede = lede.is_some_and(|lede| lede + 1 == n);
    let is_early = lede.is_some_and(|lede| n <= lede + 4) && drafts.get(n - 1).is_some_and(is_running_text);
    let words = text.split_whitespace().count();
    let is_loud = text.ends_with('?') || !text.chars().any(char::is_lowercase);
    if !is_loud && ((follows_lede && words > 5) || (is_early && shows_scene(text))) {
        Role::Caption
    } else {
        Role::Heading(2)
    }
}

fn meta(drafts: &[Draft], hints: Hints, language: Language) -> Meta {
    let first =
        |role: Role| drafts.iter().find(|draft| draft.role == Some(role)).map(|draft| draft.text.clone());
    let visible: Option<Option<Stamp>> = drafts
        .iter()
        .find(|draft| draft.role == Some(Role::UpdatedAt))
        .map(|draft| stamp_line(&draft.text).flatten().or_else(|| super::stamp::date_in(&draft.text)));
    let updated_at = match visible {
        // A stamp that cannot be read neither confirms the metadata nor contradicts it.
        None | Some(None) => moment(None, &hints.moments, language),
        Some(stamp) => moment(stamp, &hints.moments, language),
    };
    Meta {
        section: first(Role::SectionLabel).or(hints.section),
        updated_at,
        byline: byline(drafts).or(hints.byline),
    }
}

/// Who wrote: in the signature of an official document the name stands below the office.
fn byline(drafts: &[Draft]) -> Option<String> {
    let bylines = || drafts.iter().filter(|draft| draft.role == Some(Role::Byline)).map(|draft| &draft.text);
    let names_someone = |text: &&String| is_credit(text) || text.split_whitespace().all(is_written_as_name);
    bylines().find(names_someone).or_else(|| bylines().next()).cloned()
}

fn is_written_as_name(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase) && word.chars().any(char::is_lowercase)
}

/// Running text: long, or a whole sentence.
fn is_prose(text: &str) -> bool {
    const LONG: usize = 140;
    char_len(text, LONG) >= LONG || is_prose_sentence(text)
}

fn is_prose_sentence(text: &str) -> bool {
    ends_with_stop(text) && text.split_whitespace().nth(4).is_some()
}

/// Whether a text ends as a sentence does; closing quotes and brackets may follow the stop.
fn ends_with_stop(text: &str) -> bool {
    let core = text.trim_end_matches(['"', '”', '’', '\'', '»', ')', ']']);
    core.ends_with(['.', '!', '?', '…', ';', ':'])
}

/// Whether a line can be the name of a site section.
fn is_label(text: &str) -> bool {
    char_len(text, 51) <= 50
        && text.split_whitespace().count() <= 8
        && text.chars().any(char::is_alphabetic)
        && !ends_with_stop(text)
        && !is_list_line(text)
        && regulation_level(text).is_none()
}

fn can_be_headline(text: &str) -> bool {
    const LONGEST: usize = 250;
    let core = text.trim_end_matches(['"', '”', '»', ')']);
    let goes_on = core.ends_with(['.', ';', ',', ':']) && !core.ends_with("...");
    char_len(text, LONGEST + 1) <= LONGEST
        && text.chars().filter(|c| c.is_alphabetic()).take(2).count() == 2
        && !goes_on
        && !is_list_line(text)
        && regulation_level(text).is_none()
}

/// A short line without an end, as captions and headings are.
fn is_standalone_line(text: &str) -> bool {
    const LONGEST: usize = 140;
    let ends_open = !ends_with_stop(text) || text.ends_with('?');
    char_len(text, LONGEST + 1) <= LONGEST && ends_open && !text.ends_with(',')
}

/// The lines above the title of an official document.
fn is_letterhead(text: &str) -> bool {
    const LONGEST: usize = 80;
    if char_len(text, LONGEST + 1) > LONGEST {
        return false;
    }
    let lower = text.to_lowercase();
    let is_place_and_date =
        ["ngày", "tháng", "năm"].iter().all(|word| lower.contains(word)) && lower.contains(", ngày");
    is_motto(text)
        || lower.starts_with("độc lập - tự do")
        || lower.starts_with("số: ")
        || is_place_and_date
        || !text.chars().any(char::is_alphanumeric)
}

fn is_motto(text: &str) -> bool {
    let lower = text.get(..text.floor_char_boundary(80)).unwrap_or("").to_lowercase();
    ["cộng hòa xã hội chủ nghĩa", "cộng hoà xã hội chủ nghĩa"].iter().any(|motto| lower.starts_with(motto))
}

/// `Điều 5. …` and `Chương II` with their kin: the level of the heading.
fn regulation_level(text: &str) -> Option<u8> {
    const LONGEST: usize = 200;
    let mut words = text.split_whitespace();
    let (name, number) = (words.next()?, words.next()?);
    let level = match name.to_lowercase().as_str() {
        "chương" | "phần" | "chapter" | "part" => 2,
        "điều" | "mục" | "article" | "section" => 3,
        _ => return None,
    };
    let core = number.trim_end_matches(['.', ':', '–', '-']);
    let is_number = !core.is_empty()
        && (core.chars().all(|c| c.is_ascii_digit())
            || core.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C')));
    let stands_alone = words.next().is_none() || core.len() < number.len();
    let is_name = name.chars().next().is_some_and(char::is_uppercase);
    let is_title =
        char_len(text, LONGEST + 1) <= LONGEST && !(ends_with_stop(text) && text.len() > name.len() + 12);
    (is_name && is_number && stands_alone && is_title).then_some(level)
}

fn is_regulation(text: &str) -> bool {
    regulation_level(text).is_some()
}

/// `- `, `• `, `1. `, `a) ` at the start.
fn is_list_line(text: &str) -> bool {
    let Some((marker, rest)) = text.split_once(char::is_whitespace) else { return false };
    if rest.is_empty() {
        return false;
    }
    if matches!(marker, "-" | "–" | "—" | "+" | "*" | "•" | "·" | "▪" | "●" | "◦" | "‣") {
        return true;
    }
    let Some(number) = marker.strip_suffix(['.', ')']) else { return false };
    let number = number.strip_prefix('(').unwrap_or(number);
    let is_count =
        !number.is_empty() && number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let mut letters = number.chars();
    let is_letter = letters.next().is_some_and(char::is_lowercase) && letters.next().is_none();
    is_count || (is_letter && marker.ends_with(')'))
}

/// A caption that says so: `Ảnh: …` at the start, or the photographer at the end.
fn is_marked_caption(text: &str) -> bool {
    const LONGEST: usize = 300;
    const LONGEST_NAME: usize = 40;
    if char_len(text, LONGEST + 1) > LONGEST {
        return false;
    }
    let lower = text.to_lowercase();
    let starts = ["ảnh:", "ảnh minh họa", "ảnh minh hoạ", "photo:", "photograph:", "picture:", "(ảnh"];
    if starts.iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    ["ảnh:", "nguồn ảnh:", "photo:", "photograph:"].iter().any(|label| {
        let Some(at) = lower.rfind(label) else { return false };
        let before = lower.get(..at).unwrap_or("").trim_end();
        let name = lower.get(at + label.len()..).unwrap_or("");
        // `Tin, ảnh: BTG` is who wrote, not what a picture shows.
        let is_credit = before.ends_with(',') || before.ends_with(" và") || before.ends_with('&');
        !is_credit && char_len(before, 10) >= 10 && char_len(name, LONGEST_NAME + 1) <= LONGEST_NAME
    })
}

/// Words that captions of official news start with.
fn shows_scene(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "quang cảnh",
        "toàn cảnh",
        "các đại biểu",
        "đại biểu",
        "đồng chí",
        "các đồng chí",
        "lãnh đạo",
        "hình ảnh",
        "ảnh",
    ]
    .iter()
    .any(|opening| lower.starts_with(opening))
}

/// A line that is strong from end to end.
fn is_strong_line(draft: &Draft) -> bool {
    let len = draft.text.chars().count() as u32;
    let is_whole =
        |mark: &Mark| mark.kind == MarkKind::Strong && mark.span.start.0 == 0 && mark.span.end.0 == len;
    is_standalone_line(&draft.text) && draft.marks.iter().any(is_whole)
}

/// A byline that says so: `Theo …`, `By …`, `Nguồn: …`.
fn is_credit(text: &str) -> bool {
    const LONGEST: usize = 80;
    const OPENINGS: [&str; 19] = [
        "theo ",
        "by ",
        "bài:",
        "bài, ảnh:",
        "bài và ảnh:",
        "bài viết:",
        "tin:",
        "tin, ảnh:",
        "tin và ảnh:",
        "tin, bài:",
        "tác giả:",
        "nguồn:",
        "nguồn tin:",
        "source:",
        "author:",
        "thực hiện:",
        "biên tập:",
        "người viết:",
        "pv ",
    ];
    let lower = text.to_lowercase();
    char_len(text, LONGEST + 1) <= LONGEST
        && OPENINGS.iter().any(|opening| lower.starts_with(opening))
        && (!ends_with_stop(text) || is_abbreviated(text))
}

/// A byline below the headline: a credit that goes on with a name.
fn is_named_author(text: &str) -> bool {
    const OPENINGS: [&str; 6] = ["By ", "Bài: ", "Tác giả: ", "Author: ", "PV ", "Bài và ảnh: "];
    OPENINGS.iter().any(|opening| text.strip_prefix(opening).is_some_and(is_name))
}

/// `BTG`, `T.H.`, `PV/TTXVN`.
fn is_initials(text: &str) -> bool {
    const LONGEST: usize = 16;
    let is_part = |c: char| c.is_uppercase() || matches!(c, '.' | '/' | '-' | ' ' | '(' | ')');
    char_len(text, LONGEST + 1) <= LONGEST
        && text.chars().all(is_part)
        && text.chars().any(char::is_uppercase)
}

/// A few words that all start with a capital letter.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 60;
    let words = || text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '/' | '(' | ')' | ','));
    let words = || words().filter(|word| !word.is_empty());
    let is_capitalised = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let has_digits = text.contains(|c: char| c.is_ascii_digit());
    char_len(text, LONGEST + 1) <= LONGEST
        && !has_digits
        && (!ends_with_stop(text) || is_abbreviated(text))
        && (1..=8).contains(&words().count())
        && words().any(is_capitalised)
        && words().all(|word| is_capitalised(word) || matches!(word, "và" | "and"))
}

/// Ends with an initial: the stop belongs to it.
fn is_abbreviated(text: &str) -> bool {
    let mut back = text.chars().rev();
    back.next() == Some('.') && back.next().is_some_and(char::is_uppercase)
}
