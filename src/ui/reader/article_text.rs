//! The article: nothing but its blocks, in sections that the engine lays out when they come near.
use std::rc::Rc;

use yew::prelude::*;

use crate::browser::article::BLOCKS_PER_SECTION;
use crate::model::document::{Block, MarkKind, Role};
use crate::model::text::{CharOffset, Span, TextIndex};
use crate::state::OpenDocument;
use crate::ui::hub::use_app;
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
    let app = use_app(&[]);
    let messages = app.m;
    let document = &props.open.document;
    let mut number = 0;
    let mut blocks = document.blocks.iter().enumerate().map(|(n, block)| {
        if block.role.is_numbered() {
            number += 1;
        }
        let number = block.role.is_numbered().then_some(number);
        block_html(n, block, number, words::role(messages, block.role))
    });
    let mut sections = Vec::new();
    loop {
        let section: Vec<Html> = blocks.by_ref().take(BLOCKS_PER_SECTION).collect();
        if section.is_empty() {
            break;
        }
        sections.push(html! { <section class="art__part">{ section }</section> });
    }
    html! {
        <article ref={app.hub.article_ref()} class="art" tabindex="0" lang={document.language.code()}
            aria-label={document.title.clone()}>
            { sections }
        </article>
    }
}

fn block_html(n: usize, block: &Block, number: Option<u32>, role_name: &'static str) -> Html {
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
    html! {
        <@{tag} data-block={n.to_string()} data-role={block.role.name()} data-role-name={role_name}
            data-number={number.map(|number| number.to_string())}>
            { inline(block) }
        </@>
    }
}

/// The text with its marks. Nested marks become nested elements; marks that cross are cut where they cross.
fn inline(block: &Block) -> Html {
    if block.marks.is_empty() {
        return html! { { &block.text } };
    }
    let index = TextIndex::new(&block.text);
    let whole = Span { start: CharOffset(0), end: index.char_len() };
    let marks: Vec<(Span, &MarkKind)> = block.marks.iter().map(|mark| (mark.span, &mark.kind)).collect();
    pieces(block, &index, whole, &marks)
}

fn pieces(block: &Block, index: &TextIndex, within: Span, marks: &[(Span, &MarkKind)]) -> Html {
    let mut html = Vec::new();
    let mut at = within.start;
    for (n, (span, kind)) in marks.iter().enumerate() {
        let span = Span::between(span.start.max(at).min(within.end), span.end.min(within.end).max(at));
        if span.is_empty() {
            continue;
        }
        html.push(html! { { index.slice(&block.text, Span::between(at, span.start)) } });
        let inner = pieces(block, index, span, &marks[n + 1..]);
        html.push(match kind {
            MarkKind::Strong => html! { <strong>{ inner }</strong> },
            MarkKind::Emphasis => html! { <em>{ inner }</em> },
            MarkKind::Code => html! { <code>{ inner }</code> },
            MarkKind::Link(address) => html! {
                <a href={address.clone()} target="_blank" rel="noopener noreferrer">{ inner }</a>
            },
        });
        at = span.end;
    }
    html.push(html! { { index.slice(&block.text, Span::between(at, within.end)) } });
    html.into_iter().collect()
}
