//! Where things are on screen, and putting things beside the text. Values go through the CSSOM: the content
//! security policy forbids style attributes.
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{DomRect, Element, HtmlElement, HtmlTextAreaElement};

use super::article::{BLOCKS_PER_SECTION, block_element, range};
use super::window;
use crate::model::document::DocumentText;
use crate::model::text::Span;

/// Gap between two cards in the margin, in CSS pixels.
const CARD_GAP: f64 = 10.0;

/// Gives an element the keyboard without scrolling to it.
pub fn focus(element: &Element) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>()
        && element.focus_with_options(&options).is_err()
    {
        super::log("the browser refused the focus");
    }
}

/// Sets one CSS property of an element.
pub fn set_style(element: &Element, property: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>()
        // The same value again would make the browser look at the styles below again.
        && element.style().get_property_value(property).is_ok_and(|known| known != value)
        && element.style().set_property(property, value).is_err()
    {
        super::log(&format!("the browser refused {property}: {value}"));
    }
}

/// Sets one CSS property to a length in CSS pixels, to the nearest whole one.
pub fn set_px(element: &Element, property: &str, pixels: f64) {
    set_style(element, property, &[(pixels.round() as i32).to_string().as_str(), "px"].concat());
}

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// The blocks within the scroller's view, widened by so many heights of it on both sides; none when there are none.
pub fn blocks_near(
    article: &Element,
    scroller: &Element,
    block_count: usize,
    screens: f64,
) -> Option<(usize, usize)> {
    if block_count == 0 {
        return None;
    }
    let view = scroller.get_bounding_client_rect();
    let reach = view.height() * screens;
    let (top, bottom) = (view.top() - reach, view.bottom() + reach);
    let sections = article.children();
    let section_count = block_count.div_ceil(BLOCKS_PER_SECTION);
    let rect_of_section =
        |n: usize| sections.item(n as u32).map(|section| section.get_bounding_client_rect());
    let first_section =
        partition(section_count, |n| rect_of_section(n).is_some_and(|rect| rect.bottom() < top));
    let last_section =
        partition(section_count, |n| rect_of_section(n).is_some_and(|rect| rect.top() <= bottom))
            .saturating_sub(1);
    let first_section = first_section.min(section_count - 1);
    let last_section = last_section.max(first_section);
    let in_section = |section: usize, is_before: &dyn Fn(DomRect) -> bool| {
        let start = section * BLOCKS_PER_SECTION;
        let length = BLOCKS_PER_SECTION.min(block_count - start);
        start
            + partition(length, |n| {
                block_element(article, start + n)
                    .is_some_and(|block| is_before(block.get_bounding_client_rect()))
            })
    };
    let first = in_section(first_section, &|rect| rect.bottom() < top).min(block_count - 1);
    let after = in_section(last_section, &|rect| rect.top() <= bottom);
    Some((first, after.saturating_sub(1).max(first)))
}

/// How many of `0..count` come before the first for which `is_before` no longer holds.
fn partition(count: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Tells the engine how tall each section of a long article will be, so that jumps land where they should. `size` is
/// that of the type in CSS pixels, `height` that of a line in sizes. A section that was laid out once keeps its own.
pub fn estimate_sections(article: &Element, text: &DocumentText, size: f64, height: f64) {
    let sections = article.children();
    if sections.length() < 2 {
        return;
    }
    // The padding of a section is 3rem on both sides; a letter of the reading face is half as wide as it is high.
    let column = (article.get_bounding_client_rect().width() - 96.0).max(size * 8.0);
    let letters = column / (size * 0.5);
    for n in 0..sections.length() {
        let Some(section) = sections.item(n) else { return };
        let first = n as usize * BLOCKS_PER_SECTION;
        let last = (first + BLOCKS_PER_SECTION).min(text.block_count());
        let lines: f64 = (first..last)
            .map(|block| (f64::from(text.block_span(block).len()) / letters).ceil().max(1.0))
            .sum();
        // A paragraph is followed by the height of its type.
        let pixels = lines * size * height + (last - first) as f64 * size;
        let value = ["auto ", &(pixels as u32).to_string(), "px"].concat();
        set_style(&section, "contain-intrinsic-block-size", &value);
    }
}

/// The first and the last line of a span, in viewport coordinates.
pub fn lines_of(article: &Element, text: &DocumentText, span: Span) -> Option<(DomRect, DomRect)> {
    let rects = range(article, text, span)?.get_client_rects()?;
    let first = rects.item(0)?;
    let last = rects.item(rects.length().checked_sub(1)?)?;
    Some((first, last))
}

/// Scrolls so that a span is in the upper third, if it is not well in view already. Jumps: moving text makes
/// people lose the line.
pub fn reveal(article: &Element, scroller: &Element, text: &Rc<DocumentText>, span: Span) {
    let (article, text) = (article.clone(), text.clone());
    settle(scroller, FRAMES, move |view| {
        let (first, _) = lines_of(&article, &text, span)?;
        let is_in_view = first.top() > view.top() + 56.0 && first.bottom() < view.bottom() - 96.0;
        (!is_in_view).then(|| first.top() - (view.top() + view.height() * 0.3))
    });
}

/// So many frames a jump is looked after: sections that come near are laid out, and what was estimated moves.
const FRAMES: u32 = 4;

/// Scrolls by what is missing, now and in the frames after, until nothing is.
fn settle(scroller: &Element, frames: u32, missing: impl Fn(&DomRect) -> Option<f64> + 'static) {
    let Some(distance) = missing(&scroller.get_bounding_client_rect()) else { return };
    scroller.set_scroll_top(scroller.scroll_top() + distance as i32);
    if frames > 0 {
        let scroller = scroller.clone();
        super::page::on_next_frame(move || settle(&scroller, frames - 1, missing));
    }
}

/// Scrolls a block to the top of the view.
pub fn scroll_to_block(article: &Element, scroller: &Element, block: usize) {
    let Some(element) = block_element(article, block) else { return };
    settle(scroller, FRAMES, move |view| {
        let distance = element.get_bounding_client_rect().top() - view.top() - 64.0;
        // Near the end of the text there is no more room to scroll.
        (distance.abs() >= 2.0).then_some(distance)
    });
}

/// A card of the margin and where it would like to be.
pub struct CardWish {
    /// The card.
    pub card: Element,
    /// The span that it belongs to; none for one without a place.
    pub span: Option<Span>,
    /// Whether it keeps its wanted place and others make way.
    pub is_active: bool,
}

/// Puts cards beside their passages: each at its first line, pushed down by the one before. The active card keeps
/// its wanted place and pushes its neighbours both ways.
///
/// Only for passages in the blocks `near` the screen is the line looked up: elsewhere that would lay out sections that
/// nobody sees. Their cards stand about where they belong until one comes near.
pub fn align_cards(
    list: &Element,
    article: &Element,
    text: &DocumentText,
    wishes: &[CardWish],
    near: (usize, usize),
) {
    let origin = list.get_bounding_client_rect().top();
    let top_of = |span: Span| {
        let block = text.block_at(span.start);
        if near.0 <= block && block <= near.1 {
            return lines_of(article, text, span).map(|(first, _)| first.top());
        }
        let section =
            article.children().item((block / BLOCKS_PER_SECTION) as u32)?.get_bounding_client_rect();
        let part = (block % BLOCKS_PER_SECTION) as f64 / BLOCKS_PER_SECTION as f64;
        Some(section.top() + part * section.height())
    };
    let wanted: Vec<f64> = wishes
        .iter()
        .map(|wish| wish.span.and_then(top_of).map_or(0.0, |top| (top - origin - 6.0).max(0.0)))
        .collect();
    let heights: Vec<f64> = wishes.iter().map(|wish| wish.card.get_bounding_client_rect().height()).collect();
    let tops = card_tops(&wanted, &heights, wishes.iter().position(|wish| wish.is_active));
    for (wish, top) in wishes.iter().zip(&tops) {
        set_px(&wish.card, "top", *top);
    }
    let end = tops.iter().zip(&heights).map(|(top, height)| top + height).fold(0.0, f64::max);
    set_px(list, "min-block-size", end);
}

fn card_tops(wanted: &[f64], heights: &[f64], active: Option<usize>) -> Vec<f64> {
    let mut tops = wanted.to_vec();
    let mut free_from = 0.0;
    for (top, height) in tops.iter_mut().zip(heights) {
        *top = top.max(free_from);
        free_from = *top + height + CARD_GAP;
    }
    if let Some(active) = active {
        let needed_above: f64 = heights[..active].iter().map(|height| height + CARD_GAP).sum();
        tops[active] = wanted[active].max(needed_above);
        for n in (0..active).rev() {
            tops[n] = tops[n].min(tops[n + 1] - CARD_GAP - heights[n]);
        }
        for n in active + 1..tops.len() {
            tops[n] = wanted[n].max(tops[n - 1] + heights[n - 1] + CARD_GAP);
        }
    }
    tops
}

/// Lights the card of a passage, or no longer.
pub fn mark_card(annotation: Option<&str>, is_lit: bool) {
    let selector = annotation.map(|id| ["[data-annotation=\"", id, "\"]"].concat());
    let card = selector.and_then(|selector| super::document().query_selector(&selector).ok().flatten());
    if let Some(card) = card
        && card.toggle_attribute_with_force("data-lit", is_lit).is_err()
    {
        super::log("a card could not be lit");
    }
}

#[wasm_bindgen]
extern "C" {
    // web-sys lacks the two-argument form under a name of its own.
    #[wasm_bindgen(js_namespace = CSS, js_name = supports)]
    fn css_supports(property: &str, value: &str) -> bool;
}

/// Makes a text area as tall as its text, where the style sheet's `field-sizing` cannot. Done in the next frame:
/// reading the height at once would force a layout of the whole page.
pub fn fit_height(area: HtmlTextAreaElement) {
    if css_supports("field-sizing", "content") {
        return;
    }
    super::page::on_next_frame(move || {
        set_style(&area, "height", "auto");
        set_px(&area, "height", f64::from(area.scroll_height()));
    });
}
