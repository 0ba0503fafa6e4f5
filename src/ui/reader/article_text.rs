//! The article: nothing but its blocks, in sections that the engine lays out when they come near.
//!
//! The sections are written as markup for the browser's own parser: five thousand paragraphs as elements of Yew take
//! three times as long. All of it is made here, from text that is escaped and links that were checked when they were
//! read; nothing of an imported page's markup is in it.
use std::fmt::Write;
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::browser::article::BLOCKS_PER_SECTION;
use crate::browser::layout;
use crate::model::document::{Block, MarkKind, Role};
use crate::model::text::{CharOffset, Span, TextIndex};
use crate::state::OpenDocument;
use crate::ui::hub::{Slice, use_app};
use crate::ui::messages::Messages;
use crate::ui::piece::piece;
use crate::ui::words;

#[derive(PartialEq)]
pub(super) struct ArticleTextProps {
    pub(super) open: Rc<OpenDocument>,
}

pub(super) fn article_text(props: ArticleTextProps) -> Html {
    piece("article_text", "", props, |props, context| use_article_text(props).run(context))
}

#[hook]
fn use_article_text(props: &ArticleTextProps) -> Html {
    let app = use_app(&[Slice::Settings]);
    let document = &props.open.document;
    let sections = use_memo((props.open.clone(), app.m), |(open, m)| sections(&open.document.blocks, *m));
    let article = app.hub.article_ref();
    let settings = &app.state.settings;
    let (node, open) = (article.clone(), props.open.clone());
    use_effect_with(
        (props.open.text.clone(), settings.type_size, settings.line_height),
        move |(_, size, height)| {
            if let Some(article) = node.cast::<Element>() {
                layout::estimate_sections(&article, &open.text, f64::from(*size), f64::from(*height) / 100.0);
            }
        },
    );
    html! {
        <article ref={article} class="art" tabindex="0" lang={document.language.code()}
            aria-label={document.title.clone()}>
            for section in sections.iter() { { Html::from_html_unchecked(section.clone()) } }
        </article>
    }
}

fn sections(blocks: &[Block], m: Messages) -> Vec<AttrValue> {
    let mut number = 0;
    let mut sections = Vec::with_capacity(blocks.len() / BLOCKS_PER_SECTION + 1);
    for (n, part) in blocks.chunks(BLOCKS_PER_SECTION).enumerate() {
        let mut markup = String::from("<section class=\"art__part\">");
        for (at, block) in part.iter().enumerate() {
            let is_numbered = block.role.is_numbered();
            number += u32::from(is_numbered);
            let shown = is_numbered.then_some(number);
            write_block(&mut markup, n * BLOCKS_PER_SECTION + at, block, shown, words::role(m, block.role));
        }
        markup.push_str("</section>");
        sections.push(markup.into());
    }
    sections
}

fn write_block(markup: &mut String, n: usize, block: &Block, number: Option<u32>, role_name: &str) {
    let tag = match block.role {
        Role::Headline => "h1",
        Role::Heading(level) => match level {
            0..=2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            _ => "h6",
        },
        Role::Quote => "blockquote",
        Role::Code => "pre",
        Role::SectionLabel
        | Role::UpdatedAt
        | Role::Lede
        | Role::Paragraph
        | Role::ListItem
        | Role::Caption
        | Role::TableCell
        | Role::Byline
        | Role::Note
        | Role::Chrome => "p",
    };
    // Writing to a string does not fail.
    let _ = write!(markup, "<{tag} data-block=\"{n}\" data-role=\"{}\" data-role-name=\"", block.role.name());
    escape(markup, role_name);
    if let Some(number) = number {
        let _ = write!(markup, "\" data-number=\"{number}");
    }
    markup.push_str("\">");
    if tag == "pre" {
        // The parser drops the first line feed inside <pre>.
        markup.push('\n');
    }
    inline(markup, block);
    let _ = write!(markup, "</{tag}>");
}

/// The text with its marks. Nested marks become nested elements; marks that cross are cut where they cross.
fn inline(markup: &mut String, block: &Block) {
    if block.marks.is_empty() {
        return escape(markup, &block.text);
    }
    let index = TextIndex::new(&block.text);
    let whole = Span { start: CharOffset(0), end: index.char_len() };
    let marks: Vec<(Span, &MarkKind)> = block.marks.iter().map(|mark| (mark.span, &mark.kind)).collect();
    pieces(markup, block, &index, whole, &marks);
}

fn pieces(markup: &mut String, block: &Block, index: &TextIndex, within: Span, marks: &[(Span, &MarkKind)]) {
    let mut at = within.start;
    for (n, (span, kind)) in marks.iter().enumerate() {
        let span = Span::between(span.start.max(at).min(within.end), span.end.min(within.end).max(at));
        if span.is_empty() {
            continue;
        }
        escape(markup, index.slice(&block.text, Span::between(at, span.start)));
        let tag = match kind {
            MarkKind::Strong => "strong",
            MarkKind::Emphasis => "em",
            MarkKind::Code => "code",
            MarkKind::Link(_) => "a",
        };
        markup.push('<');
        markup.push_str(tag);
        if let MarkKind::Link(address) = kind {
            markup.push_str(" target=\"_blank\" rel=\"noopener noreferrer\" href=\"");
            escape(markup, address);
            markup.push('"');
        }
        markup.push('>');
        pieces(markup, block, index, span, &marks[n + 1..]);
        let _ = write!(markup, "</{tag}>");
        at = span.end;
    }
    escape(markup, index.slice(&block.text, Span::between(at, within.end)));
}

/// Text as it stands in markup, also inside an attribute in double quotes. A carriage return would be read as a line
/// feed; document texts hold none.
fn escape(markup: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        markup.push_str(&rest[..at]);
        markup.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    markup.push_str(rest);
}
