//! CommonMark: its blocks become blocks, its emphasis and links become marks. Raw HTML is left behind.
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::article::{Draft, Hints, Page};
use super::inline::{Inline, is_blank, link};
use crate::model::document::{MarkKind, Role};

/// Reads normalised text.
pub(super) fn read(text: &str) -> Page {
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, options) {
        reader.take(event);
    }
    reader.flush();
    Page { drafts: reader.drafts, hints: Hints::default(), pictures: reader.pictures, has_markup: true }
}

/// What surrounds a paragraph; the innermost one gives the role.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Quote,
    Item,
}

#[derive(Default)]
struct Reader {
    drafts: Vec<Draft>,
    inline: Inline,
    around: Vec<Around>,
    /// The number of the next item of every open list; none for lists without numbers.
    lists: Vec<Option<u64>>,
    /// The number that the next text starts with.
    number: Option<u64>,
    heading: Option<u8>,
    had_heading: bool,
    is_cell: bool,
    /// The text of a code block.
    code: Option<String>,
    is_metadata: bool,
    /// For every open link, whether it became a mark.
    links: Vec<bool>,
    /// The alternative texts of open images.
    alts: Vec<String>,
    /// Captions that wait for the end of the paragraph that their picture stands in.
    captions: Vec<String>,
    pictures: u32,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                self.inline.open(MarkKind::Code);
                self.text(&text);
                self.inline.close();
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.line_break(),
            Event::InlineHtml(html) if is_break(&html) => self.line_break(),
            Event::Rule => self.flush(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.inline.open(MarkKind::Strong),
            Tag::Emphasis => self.inline.open(MarkKind::Emphasis),
            Tag::Link { dest_url, .. } => {
                let mark = link(&dest_url);
                self.links.push(mark.is_some());
                if let Some(mark) = mark {
                    self.inline.open(mark);
                }
            }
            Tag::Image { .. } => {
                self.pictures = self.pictures.saturating_add(1);
                self.alts.push(String::new());
            }
            block => {
                self.flush();
                self.start_block(block);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.heading = Some(level_number(level)),
            Tag::BlockQuote(_) => self.around.push(Around::Quote),
            Tag::List(first) => self.lists.push(first),
            Tag::Item => {
                self.around.push(Around::Item);
                if let Some(Some(next)) = self.lists.last_mut() {
                    self.number = Some(*next);
                    *next = next.saturating_add(1);
                }
            }
            Tag::TableCell => self.is_cell = true,
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::MetadataBlock(_) => self.is_metadata = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis => self.inline.close(),
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.inline.close();
                }
            }
            TagEnd::Image => self.end_image(),
            block => {
                self.flush();
                self.end_block(block);
            }
        }
    }

    fn end_block(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.heading = None,
            TagEnd::BlockQuote(_) => {
                self.around.pop();
            }
            TagEnd::Item => {
                self.around.pop();
                self.number = None;
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => self.is_cell = false,
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::MetadataBlock(_) => self.is_metadata = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_metadata {
            return;
        }
        if let Some(alt) = self.alts.last_mut() {
            alt.push_str(text);
        } else if let Some(code) = &mut self.code {
            code.push_str(text);
        } else {
            if self.inline.is_empty()
                && !is_blank(text)
                && let Some(number) = self.number.take()
            {
                self.inline.push_unmarked(&format!("{number}. "));
            }
            self.inline.push(text);
        }
    }

    /// A line break is part of a verse or an address: each line is a block. Headings and cells stay whole.
    fn line_break(&mut self) {
        if self.heading.is_some() || self.is_cell || !self.alts.is_empty() {
            self.text(" ");
        } else {
            self.flush();
        }
    }

    fn end_image(&mut self) {
        let mut caption = Inline::default();
        caption.push(&self.alts.pop().unwrap_or_default());
        self.captions.extend(caption.take().map(|(text, _)| text));
        if self.inline.is_empty() {
            self.flush();
        }
    }

    fn end_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let lines = code.lines().map(str::trim_end).filter(|line| !is_blank(line));
        let blocks = lines.map(|line| Draft::known(Role::Code, line.replace('\t', " "), Vec::new()));
        self.drafts.extend(blocks);
    }

    fn flush(&mut self) {
        if let Some((text, marks)) = self.inline.take() {
            let role = self.role();
            self.drafts.push(Draft { role, text, marks });
        }
        let captions = self.captions.drain(..);
        self.drafts.extend(captions.map(|text| Draft::known(Role::Caption, text, Vec::new())));
    }

    fn role(&mut self) -> Option<Role> {
        if let Some(level) = self.heading {
            let is_first = !std::mem::replace(&mut self.had_heading, true);
            return Some(if is_first && level == 1 { Role::Headline } else { Role::Heading(level) });
        }
        if self.is_cell {
            return Some(Role::TableCell);
        }
        self.around.last().map(|around| match around {
            Around::Quote => Role::Quote,
            Around::Item => Role::ListItem,
        })
    }
}

fn is_break(html: &str) -> bool {
    let name = html.trim_matches(|c: char| !c.is_ascii_alphabetic());
    name.eq_ignore_ascii_case("br")
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
