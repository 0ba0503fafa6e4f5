//! Finds the element that holds the article.
use scraper::Html;
use scraper::node::Element;

use super::parts::{is_block, is_dropped, is_known_body};
use super::walk::{Visitor, walk};

/// The element that holds the article, as its number among the elements that are not dropped, from 1.
/// The page as a whole when nothing stands out.
pub(super) fn container(html: &Html) -> usize {
    const WHOLE_PAGE: usize = 1;
    let mut survey = Survey::default();
    walk(html, &mut survey);
    // A teaser or an empty shell may carry the right name: so many times its text must outweigh the page.
    let choices = [(survey.known, 10), (survey.article, 5), (survey.main, 5), (survey.densest, 2)];
    let is_enough =
        |best: &Best, share: usize| best.text > 0 && best.text.saturating_mul(share) >= survey.total;
    choices
        .into_iter()
        .find(|(best, share)| is_enough(best, *share))
        .map_or(WHOLE_PAGE, |(best, _)| best.number)
}

/// The best element of its kind so far.
#[derive(Clone, Copy, Default)]
struct Best {
    number: usize,
    score: usize,
    text: usize,
}

impl Best {
    fn offer(&mut self, frame: &Frame, score: usize) {
        if score > self.score {
            *self = Self { number: frame.number, score, text: frame.text };
        }
    }
}

#[derive(Default)]
struct Survey {
    entered: usize,
    frames: Vec<Frame>,
    link_depth: usize,
    total: usize,
    known: Best,
    article: Best,
    main: Best,
    densest: Best,
}

#[derive(Default)]
struct Frame {
    number: usize,
    /// Length of the text inside, links apart.
    text: usize,
    /// The part of it that stands in no block of its own.
    bare: usize,
    /// Running text close by.
    score: usize,
}

impl Survey {
    /// Credits running text to the innermost open element, and half of it to the one around that.
    fn credit(&mut self, text: usize) {
        const SHORTEST: usize = 40;
        if text >= SHORTEST {
            for (n, frame) in self.frames.iter_mut().rev().take(2).enumerate() {
                frame.score += text >> n;
            }
        }
    }

    fn offer(&mut self, element: &Element, frame: &Frame) {
        if is_known_body(element) {
            self.known.offer(frame, frame.text);
        } else if element.name() == "article" {
            self.article.offer(frame, frame.text);
        } else if element.name() == "main" || element.attr("role") == Some("main") {
            self.main.offer(frame, frame.text);
        }
        self.densest.offer(frame, frame.score);
    }
}

impl Visitor for Survey {
    fn enter(&mut self, element: &Element) -> bool {
        if is_dropped(element) {
            return false;
        }
        self.entered += 1;
        self.frames.push(Frame { number: self.entered, ..Frame::default() });
        self.link_depth += usize::from(element.name() == "a");
        true
    }

    fn text(&mut self, text: &str) {
        let len = text.trim().len();
        if self.link_depth == 0
            && let Some(frame) = self.frames.last_mut()
        {
            self.total += len;
            frame.text += len;
            frame.bare += len;
        }
    }

    fn leave(&mut self, element: &Element) {
        let name = element.name();
        self.link_depth = self.link_depth.saturating_sub(usize::from(name == "a"));
        if matches!(name, "p" | "li" | "blockquote") {
            let Some(frame) = self.frames.pop() else { return };
            self.credit(frame.bare);
            self.hand_up(&frame, false);
        } else {
            let bare = self.frames.last().map_or(0, |frame| frame.bare);
            let is_block = is_block(name);
            if is_block {
                self.credit(bare);
            }
            let Some(frame) = self.frames.pop() else { return };
            if is_block {
                self.offer(element, &frame);
            }
            self.hand_up(&frame, !is_block);
        }
    }
}

impl Survey {
    fn hand_up(&mut self, frame: &Frame, is_inline: bool) {
        if let Some(parent) = self.frames.last_mut() {
            parent.text += frame.text;
            parent.bare += if is_inline { frame.bare } else { 0 };
        }
    }
}
