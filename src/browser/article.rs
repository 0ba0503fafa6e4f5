//! The text on screen: from places in the page to offsets of the document text, and back.
//!
//! The article holds sections, each section [`BLOCKS_PER_SECTION`] blocks, each block its text and nothing else.
//! Offsets inside a block are found by asking the DOM for the length of a range from the block's start: the DOM
//! counts UTF-16 units over whatever inline elements there are.
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, Node, Range, StaticRange, StaticRangeInit};

use super::{document, window};
use crate::model::document::DocumentText;
use crate::model::text::{CharOffset, Span, Utf16Offset};

/// Blocks in one `<section>`: the unit that the engine lays out or skips.
pub const BLOCKS_PER_SECTION: usize = 50;

#[wasm_bindgen]
extern "C" {
    /// What web-sys lacks.
    #[wasm_bindgen(extends = web_sys::Document)]
    type CaretDocument;
    #[wasm_bindgen(method, js_name = caretRangeFromPoint)]
    fn caret_range_from_point(this: &CaretDocument, x: f32, y: f32) -> Option<Range>;
    #[wasm_bindgen(method, getter, structural, js_name = caretPositionFromPoint)]
    fn caret_position_from_point_method(this: &CaretDocument) -> wasm_bindgen::JsValue;
}

/// The element of a block.
pub fn block_element(article: &Element, block: usize) -> Option<Element> {
    let section = article.children().item((block / BLOCKS_PER_SECTION) as u32)?;
    section.children().item((block % BLOCKS_PER_SECTION) as u32)
}

/// The number of the block that a node is in.
pub fn block_of(node: &Node) -> Option<usize> {
    let element = node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())?;
    let block = element.closest("[data-block]").ok().flatten()?;
    block.get_attribute("data-block")?.parse().ok()
}

/// The page's selection, as far as it concerns the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageSelection {
    /// It is somewhere else, for instance in a text field.
    Elsewhere,
    /// A bare caret here.
    Caret(CharOffset),
    /// A stretch; parts of the selection outside the article are cut off.
    Stretch {
        /// Where it lies.
        span: Span,
        /// The end that moves.
        focus: CharOffset,
    },
}

/// Reads the page's selection.
pub fn page_selection(article: &Element, text: &DocumentText) -> PageSelection {
    read_selection(article, text).unwrap_or(PageSelection::Elsewhere)
}

fn read_selection(article: &Element, text: &DocumentText) -> Option<PageSelection> {
    let selection = window().get_selection().ok().flatten()?;
    let (anchor, focus) = (selection.anchor_node()?, selection.focus_node()?);
    if !article.contains(Some(&anchor)) && !article.contains(Some(&focus)) {
        return None;
    }
    let moving = offset_of(article, text, &focus, selection.focus_offset(), Edge::Start);
    if selection.is_collapsed() {
        return Some(PageSelection::Caret(moving));
    }
    let range = selection.get_range_at(0).ok()?;
    let start =
        offset_of(article, text, &range.start_container().ok()?, range.start_offset().ok()?, Edge::Start);
    let end = offset_of(article, text, &range.end_container().ok()?, range.end_offset().ok()?, Edge::End);
    Some(PageSelection::Stretch { span: Span::between(start, end), focus: moving })
}

/// Selects a span in the page; `anchor` stays put when the selection is extended.
pub fn select(article: &Element, text: &DocumentText, anchor: CharOffset, focus: CharOffset) {
    let Some(selection) = window().get_selection().ok().flatten() else { return };
    let (Some((from, at)), Some((to, until))) = (place(article, text, anchor), place(article, text, focus))
    else {
        return;
    };
    if let Err(error) = selection.set_base_and_extent(&from, at, &to, until) {
        super::log(&["could not select: ", &super::told(&error)].concat());
    }
}

/// Drops the selection of the page.
pub fn clear_selection() {
    if let Some(selection) = window().get_selection().ok().flatten()
        && selection.remove_all_ranges().is_err()
    {
        super::log("could not drop the selection");
    }
}

/// Whether the engine is one that can be trusted with many highlights over the same words. WebKit's process ends when
/// states without a line of their own lie over tags; it is known by what it lacks.
pub fn paints_many_layers() -> bool {
    let document = document();
    let extended: &CaretDocument = document.unchecked_ref();
    extended.caret_position_from_point_method().is_function()
}

/// The offset under a point of the viewport, when there is text of the article.
pub fn offset_at_point(article: &Element, text: &DocumentText, x: f64, y: f64) -> Option<CharOffset> {
    let document = document();
    let extended: &CaretDocument = document.unchecked_ref();
    let (node, offset) = if extended.caret_position_from_point_method().is_function() {
        let position = document.caret_position_from_point(x as f32, y as f32)?;
        (position.offset_node()?, position.offset())
    } else {
        let range = extended.caret_range_from_point(x as f32, y as f32)?;
        (range.start_container().ok()?, range.start_offset().ok()?)
    };
    let is_text = node.node_type() == Node::TEXT_NODE && article.contains(Some(&node));
    is_text.then(|| offset_of(article, text, &node, offset, Edge::Start))
}

/// A live range over a span, for measuring.
pub fn range(article: &Element, text: &DocumentText, span: Span) -> Option<Range> {
    let (from, at) = place(article, text, span.start)?;
    let (to, until) = place_before(article, text, span.end)?;
    let range = document().create_range().ok()?;
    range.set_start(&from, at).ok()?;
    range.set_end(&to, until).ok()?;
    Some(range)
}

/// A static range over a span, for painting: cheaper than a live one, which would tax every change of the page.
pub fn static_range(article: &Element, text: &DocumentText, span: Span) -> Option<StaticRange> {
    let (from, at) = place(article, text, span.start)?;
    let (to, until) = place_before(article, text, span.end)?;
    StaticRange::new(&StaticRangeInit::new(&to, until, &from, at)).ok()
}

enum Edge {
    Start,
    End,
}

fn offset_of(article: &Element, text: &DocumentText, node: &Node, offset: u32, edge: Edge) -> CharOffset {
    if let Some(block) = block_of(node)
        && let Some(element) = block_element(article, block)
        && let Some(utf16) = utf16_length(&element, node, offset)
    {
        return text.offset_in_block(block, Utf16Offset(utf16));
    }
    // Between blocks: the block that begins there, else the end of all.
    let child = node.child_nodes().item(offset);
    if let Some(block) = child.as_ref().and_then(first_block) {
        return text.block_span(block).start;
    }
    let is_before = article.compare_document_position(node) & Node::DOCUMENT_POSITION_PRECEDING != 0
        && !node.contains(Some(article));
    match edge {
        _ if is_before => CharOffset(0),
        Edge::Start if node.contains(Some(article)) && !node.is_same_node(Some(article)) => CharOffset(0),
        Edge::Start | Edge::End => {
            last_block(article, node).map_or(text.char_len(), |block| text.block_span(block).end)
        }
    }
}

fn first_block(node: &Node) -> Option<usize> {
    let element = node.dyn_ref::<Element>()?;
    if element.has_attribute("data-block") {
        return element.get_attribute("data-block")?.parse().ok();
    }
    element.query_selector("[data-block]").ok().flatten()?.get_attribute("data-block")?.parse().ok()
}

fn last_block(article: &Element, node: &Node) -> Option<usize> {
    let section = node.dyn_ref::<Element>().filter(|element| article.contains(Some(element)))?;
    section.last_element_child()?.get_attribute("data-block")?.parse().ok()
}

fn utf16_length(block: &Element, node: &Node, offset: u32) -> Option<u32> {
    // Nearly every block is one text.
    let is_first = block.first_child().is_some_and(|first| first.is_same_node(Some(node)));
    if is_first && node.node_type() == Node::TEXT_NODE {
        return Some(offset);
    }
    let range = document().create_range().ok()?;
    range.set_start(block, 0).ok()?;
    range.set_end(node, offset).ok()?;
    Some(range.to_string().length())
}

/// The text node and the place in it where an offset begins.
fn place(article: &Element, text: &DocumentText, offset: CharOffset) -> Option<(Node, u32)> {
    let (block, utf16) = text.place_of(offset);
    node_at(&block_element(article, block)?, utf16.0, false)
}

/// The same for an end: stays behind the last character inside rather than before the first one outside.
fn place_before(article: &Element, text: &DocumentText, offset: CharOffset) -> Option<(Node, u32)> {
    let (block, utf16) = text.place_of(offset);
    node_at(&block_element(article, block)?, utf16.0, true)
}

fn node_at(block: &Element, utf16: u32, is_end: bool) -> Option<(Node, u32)> {
    let mut left = utf16;
    let mut last = None;
    let mut pending: Vec<Node> = vec![block.clone().into()];
    while let Some(node) = pending.pop() {
        if let Some(data) = node.dyn_ref::<web_sys::Text>() {
            let length = data.length();
            if left < length || is_end && left == length {
                return Some((node, left));
            }
            left -= length;
            last = Some((node, length));
            continue;
        }
        let children = node.child_nodes();
        pending.extend((0..children.length()).rev().filter_map(|n| children.item(n)));
    }
    last.or_else(|| Some((block.clone().into(), 0)))
}
