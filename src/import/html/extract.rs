//! Reads the blocks of a page in order, with what their markup says about each.
use scraper::Html;
use scraper::node::Element;

use super::parts::{Part, is_block, is_dropped, part};
use super::walk::{Visitor, walk};
use crate::import::inline::{Inline, is_blank, link};
use crate::model::document::{Mark, MarkKind, Role};

/// The blocks of a page, and how many pictures the article has.
pub(super) struct Extracted {
    pub(super) found: Vec<Found>,
    pub(super) pictures: u32,
}

/// A block as it stands on the page.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) part: Option<Part>,
    /// The role that the element itself gives.
    pub(super) role: Option<Role>,
    /// Whether it stands in the element that holds the article.
    pub(super) is_inside: bool,
    /// The number of the table cell around it.
    pub(super) cell: Option<usize>,
    /// The value of the `datetime` attribute around it.
    pub(super) moment: Option<String>,
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

/// Reads a page; `container` is the number of the element that holds the article.
pub(super) fn extract(html: &Html, container: usize) -> Extracted {
    let mut reader = Reader { container, ..Reader::default() };
    walk(html, &mut reader);
    reader.flush();
    Extracted { found: reader.found, pictures: reader.pictures }
}

#[derive(Default)]
struct Reader {
    container: usize,
    entered: usize,
    frames: Vec<Frame>,
    inline: Inline,
    /// The number of the next item of every open list; none for lists without numbers.
    lists: Vec<Option<i64>>,
    /// The number that the next text starts with.
    number: Option<i64>,
    /// The text of a preformatted element.
    code: String,
    found: Vec<Found>,
    pictures: u32,
}

#[derive(Clone, Default)]
struct Frame {
    name: String,
    part: Option<Part>,
    role: Option<Role>,
    is_inside: bool,
    cell: Option<usize>,
    moment: Option<String>,
    is_block: bool,
    has_mark: bool,
}

impl Reader {
    fn frame(&self, element: &Element) -> Frame {
        let outer = self.frames.last().cloned().unwrap_or_default();
        let name = element.name();
        let own = part(element, &outer.name);
        let is_container = self.entered == self.container;
        Frame {
            part: own.or(outer.part),
            // What surrounds the article, such as a layout table, says nothing about its blocks.
            role: own_role(name).or(outer.role.filter(|_| !is_container)),
            is_inside: outer.is_inside || is_container,
            cell: if matches!(name, "td" | "th") { Some(self.entered) } else { outer.cell },
            moment: moment(element).or(outer.moment),
            is_block: is_block(name) || own.is_some(),
            has_mark: false,
            name: name.to_owned(),
        }
    }

    fn enter_list(&mut self, element: &Element) {
        match element.name() {
            "ol" => {
                let start = element.attr("start").and_then(|start| start.trim().parse().ok());
                self.lists.push(Some(start.unwrap_or(1)));
            }
            "ul" => self.lists.push(None),
            "li" => {
                self.number = None;
                if let Some(Some(next)) = self.lists.last_mut() {
                    self.number = Some(*next);
                    *next = next.saturating_add(1);
                }
            }
            _ => {}
        }
    }

    fn flush(&mut self) {
        let Some((text, marks)) = self.inline.take() else { return };
        let Frame { part, role, is_inside, cell, moment, .. } =
            self.frames.last().cloned().unwrap_or_default();
        self.found.push(Found { part, role, is_inside, cell, moment, text, marks });
    }

    fn flush_code(&mut self) {
        // Normalised first: some signs become line feeds by it.
        let code = crate::model::text::normalized(&std::mem::take(&mut self.code));
        let is_inside = self.frames.last().is_some_and(|frame| frame.is_inside);
        let printable = |c: &char| !c.is_control() && *c != '\u{feff}';
        for line in code.split('\n').map(str::trim_end).filter(|line| !is_blank(line)) {
            let text = line.replace('\t', " ").chars().filter(printable).collect::<String>();
            let role = Some(Role::Code);
            self.found.push(Found {
                part: None,
                role,
                is_inside,
                cell: None,
                moment: None,
                text,
                marks: Vec::new(),
            });
        }
    }

    fn is_preformatted(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.role == Some(Role::Code))
    }
}

impl Visitor for Reader {
    fn enter(&mut self, element: &Element) -> bool {
        if is_dropped(element) {
            return false;
        }
        self.entered += 1;
        let mut frame = self.frame(element);
        match element.name() {
            "br" | "hr" if self.is_preformatted() => self.code.push('\n'),
            "br" | "hr" => self.flush(),
            "img" if frame.is_inside => self.pictures = self.pictures.saturating_add(1),
            _ => {}
        }
        if frame.is_block {
            self.flush();
        }
        self.enter_list(element);
        if let Some(mark) = mark(element) {
            self.inline.open(mark);
            frame.has_mark = true;
        }
        self.frames.push(frame);
        true
    }

    fn text(&mut self, text: &str) {
        if self.is_preformatted() {
            self.code.push_str(text);
            return;
        }
        if self.inline.is_empty()
            && !is_blank(text)
            && let Some(number) = self.number.take()
        {
            self.inline.push_unmarked(&format!("{number}. "));
        }
        self.inline.push(text);
    }

    fn leave(&mut self, element: &Element) {
        match element.name() {
            "ol" | "ul" => {
                self.lists.pop();
            }
            "pre" => self.flush_code(),
            _ => {}
        }
        let (is_block, has_mark) =
            self.frames.last().map_or((false, false), |frame| (frame.is_block, frame.has_mark));
        if is_block {
            self.flush();
        }
        if element.name() == "li" {
            self.number = None;
        }
        if has_mark {
            self.inline.close();
        }
        self.frames.pop();
    }
}

/// The `datetime` of a time element; every block inside gets a copy, so that a long one is not taken.
fn moment(element: &Element) -> Option<String> {
    const LONGEST_BYTES: usize = 64;
    let value = element.attr("datetime").filter(|_| element.name() == "time")?;
    (value.len() <= LONGEST_BYTES).then(|| value.to_owned())
}

fn own_role(name: &str) -> Option<Role> {
    match name {
        "h1" => Some(Role::Heading(1)),
        "h2" => Some(Role::Heading(2)),
        "h3" => Some(Role::Heading(3)),
        "h4" => Some(Role::Heading(4)),
        "h5" => Some(Role::Heading(5)),
        "h6" => Some(Role::Heading(6)),
        "li" => Some(Role::ListItem),
        "blockquote" => Some(Role::Quote),
        "td" | "th" => Some(Role::TableCell),
        "pre" => Some(Role::Code),
        _ => None,
    }
}

fn mark(element: &Element) -> Option<MarkKind> {
    match element.name() {
        "strong" | "b" => Some(MarkKind::Strong),
        "em" | "i" => Some(MarkKind::Emphasis),
        "code" => Some(MarkKind::Code),
        "a" => element.attr("href").and_then(link),
        _ => None,
    }
}
