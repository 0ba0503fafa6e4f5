//! The keyboard caret: moves by syllable, word, sentence and block, and selects while it moves.
//!
//! No engine but Firefox extends a selection from a bare caret in text that cannot be edited, and none knows
//! syllables; so the movement is ours, and the page's own selection follows it, which keeps copying and screen
//! readers in step.
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::browser::{article, layout};
use crate::model::document::DocumentText;
use crate::model::text::{CharOffset, Span, Unit};
use crate::ui::hub::Hub;

/// Where the caret is, and where a selection began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caret {
    /// The end that stays when a selection is extended.
    pub(super) anchor: CharOffset,
    /// The end that moves.
    pub(super) focus: CharOffset,
}

impl Caret {
    /// A caret without a selection.
    pub(super) fn at(offset: CharOffset) -> Self {
        Self { anchor: offset, focus: offset }
    }
}

/// What an arrow key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Movement {
    pub(super) unit: Unit,
    pub(super) forward: bool,
    pub(super) extend: bool,
}

impl Movement {
    /// Reads a key press; none when it moves no caret.
    pub(super) fn of(event: &KeyboardEvent) -> Option<Self> {
        let (has_command, extend) = (event.ctrl_key() || event.meta_key(), event.shift_key());
        let (unit, forward) = match (event.key().as_str(), has_command) {
            ("ArrowRight", false) if event.alt_key() && extend => (Unit::Grapheme, true),
            ("ArrowLeft", false) if event.alt_key() && extend => (Unit::Grapheme, false),
            // Alt and arrows without Shift grow and shrink the selection.
            ("ArrowRight" | "ArrowLeft", _) if event.alt_key() => return None,
            ("ArrowRight", false) => (Unit::Syllable, true),
            ("ArrowLeft", false) => (Unit::Syllable, false),
            ("ArrowRight", true) => (Unit::Word, true),
            ("ArrowLeft", true) => (Unit::Word, false),
            ("ArrowDown", false) => (Unit::Sentence, true),
            ("ArrowUp", false) => (Unit::Sentence, false),
            ("ArrowDown", true) | ("PageDown", false) => (Unit::Block, true),
            ("ArrowUp", true) | ("PageUp", false) => (Unit::Block, false),
            _ => return None,
        };
        Some(Self { unit, forward, extend })
    }

    /// Where the caret goes. Moving on lands at the start of the next unit, to read from; extending takes the
    /// unit in.
    pub(super) fn apply(self, text: &DocumentText, caret: Caret) -> Caret {
        let focus = match (self.forward, self.extend) {
            (true, true) => text.next_stop(caret.focus, self.unit),
            (true, false) => text.next_start(caret.focus, self.unit),
            (false, _) => text.previous_stop(caret.focus, self.unit),
        };
        if self.extend { Caret { focus, ..caret } } else { Caret::at(focus) }
    }
}

/// The words that the caret moved over, or onto, for assistive technology.
pub(super) fn passed(text: &DocumentText, caret: Caret, unit: Unit) -> String {
    let block = text.block_at(caret.focus);
    let pieces = text.spans_in_block(block, unit);
    let here = pieces.into_iter().find(|span| span.start <= caret.focus && caret.focus < span.end);
    here.map_or_else(String::new, |span| text.slice(span).to_owned())
}

/// Keeps the caret mark at the caret: engines draw none in text that cannot be edited. Returns the mark's node.
#[hook]
pub(super) fn use_caret_mark(
    hub: &Hub,
    caret: Option<Caret>,
    text: &Rc<DocumentText>,
    grid: &NodeRef,
) -> NodeRef {
    let mark = use_node_ref();
    let (node, hub, grid, text) = (mark.clone(), hub.clone(), grid.clone(), text.clone());
    use_effect_with(caret, move |caret| {
        let parts = (*caret, node.cast::<Element>(), hub.article(), grid.cast::<Element>());
        let (Some(caret), Some(mark), Some(article), Some(grid)) = parts else { return };
        let next = Span { start: caret.focus, end: CharOffset(caret.focus.0 + 1).min(text.char_len()) };
        let is_at_end = next.is_empty() || text.slice(next) == "\n";
        let before = Span { start: CharOffset(caret.focus.0.saturating_sub(1)), end: caret.focus };
        let measured = if is_at_end { before } else { next };
        let rect = article::range(&article, &text, measured).map(|range| range.get_bounding_client_rect());
        let Some(rect) = rect else { return };
        let origin = grid.get_bounding_client_rect();
        let left = if is_at_end { rect.right() } else { rect.left() } - origin.left();
        layout::set_px(&mark, "left", left);
        layout::set_px(&mark, "top", rect.top() - origin.top());
        layout::set_px(&mark, "height", rect.height().max(16.0));
    });
    mark
}
