//! The keyboard in the reader. Letters act only outside of text fields, and not at all when switched off.
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::card::split_at_caret;
use super::caret::{Caret, Movement, passed};
use crate::browser::article::{self, PageSelection};
use crate::browser::{clock, layout, page, window};
use crate::model::codebook::TagStyle;
use crate::model::text::{CharOffset, Span, Unit};
use crate::state::{Action, OpenDocument, SettingChange, Spoken};
use crate::ui::hub::{Hub, fresh, give_tag};

/// What the keys change outside of the state.
#[derive(Clone, PartialEq)]
pub(super) struct KeyTargets {
    pub(super) caret: UseStateHandle<Option<Caret>>,
    pub(super) is_picking: UseStateHandle<bool>,
    /// The block whose role menu a key opened, and how often that happened.
    pub(super) role_key: UseStateHandle<(usize, u32)>,
    pub(super) toggle_shelf: Callback<()>,
}

#[hook]
pub(super) fn use_reader_keys(hub: &Hub, open: &Rc<OpenDocument>, targets: &KeyTargets) {
    let context = KeyContext { hub: hub.clone(), open: open.clone(), targets: targets.clone() };
    use_effect_with((open.document.id.clone(), *targets.caret, *targets.role_key), move |_| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&window(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let is_ours = !page::is_typing() && !page::has_dialog() && !event.is_composing();
            if is_ours && context.take(event) {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}

struct KeyContext {
    hub: Hub,
    open: Rc<OpenDocument>,
    targets: KeyTargets,
}

impl KeyContext {
    /// Acts on a key. Whether it meant something here.
    fn take(&self, event: &KeyboardEvent) -> bool {
        let state = self.hub.state();
        let caret = *self.targets.caret;
        let focus = state.view.focus.clone();
        let focus_span = focus.as_ref().and_then(|id| state.annotations.span_of(id));
        let has_selection = state.view.selection.is_some();
        let is_editing = state.view.editing_range.is_some();
        let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        let grows = event.alt_key() && !event.shift_key() && has_selection;
        match event.key().as_str() {
            "F7" => self.toggle_caret(focus_span),
            "Escape" => self.escape(has_selection || is_editing || focus.is_some()),
            "Enter" if page::is_on_control() => false,
            "Enter" if is_editing => self.act(Action::ApplyRange { at: clock::now() }),
            "Enter" if caret.is_some() => self.focus_at_caret(),
            "ArrowRight" if grows => self.act(Action::GrowSelection),
            "ArrowLeft" if grows => self.act(Action::ShrinkSelection),
            "Delete" => match focus.filter(|_| !has_selection) {
                Some(annotation) => self.act(Action::Delete { annotation, at: clock::now() }),
                None => false,
            },
            key => match (caret, Movement::of(event)) {
                (None, Some(movement)) if is_editing => self.move_edge(movement),
                (Some(caret), Some(movement)) => self.move_caret(caret, movement),
                _ if is_plain && state.settings.letter_keys => {
                    self.letter(key, has_selection || focus.is_some(), focus_span)
                }
                _ => false,
            },
        }
    }

    fn act(&self, action: Action) -> bool {
        self.hub.dispatch(action);
        true
    }

    /// Single letters. Whether the key meant something here.
    fn letter(&self, key: &str, has_target: bool, focus_span: Option<Span>) -> bool {
        let state = self.hub.state();
        let type_size = state.settings.type_size;
        match key.to_lowercase().as_str() {
            "h" => {
                let (id, at) = fresh();
                self.act(Action::Highlight { id, at })
            }
            "t" if has_target => {
                self.targets.is_picking.set(true);
                true
            }
            "n" => {
                let (id, at) = fresh();
                self.act(Action::StartNote { id, at })
            }
            "m" => self.act(give_tag(TagStyle::Task.name().into())),
            "c" => self.act(give_tag(TagStyle::Study.name().into())),
            "x" if focus_span.is_some() && state.view.selection.is_some() => {
                self.act(Action::Extend { at: clock::now() })
            }
            "e" | "s" | "u" => match state.view.focus.clone() {
                Some(annotation) if key == "e" => self.act(Action::StartRange(annotation)),
                Some(annotation) if key == "u" => self.act(Action::Join { annotation, at: clock::now() }),
                Some(annotation) => {
                    split_at_caret(&self.hub, &annotation);
                    true
                }
                None => false,
            },
            "]" | "[" => {
                let from = self.place(focus_span);
                self.act(Action::FocusNeighbour { forward: key == "]", from })
            }
            "o" => {
                self.act(Action::FocusLayerAt(focus_span.map_or_else(|| self.place(None), |span| span.start)))
            }
            "j" | "k" => {
                let start = self.targets.caret.unwrap_or_else(|| Caret::at(self.place(focus_span)));
                self.move_caret(start, Movement { unit: Unit::Block, forward: key == "j", extend: false })
            }
            "r" => {
                let block = self.open.text.block_at(self.place(focus_span));
                let (_, presses) = *self.targets.role_key;
                self.targets.role_key.set((block, presses + 1));
                true
            }
            "b" => {
                self.targets.toggle_shelf.emit(());
                true
            }
            "+" | "=" => self.act(Action::Set(SettingChange::TypeSize(type_size.saturating_add(1)))),
            "-" => self.act(Action::Set(SettingChange::TypeSize(type_size.saturating_sub(1)))),
            digit => match digit
                .chars()
                .next()
                .filter(|_| has_target)
                .and_then(|digit| state.codebook.by_digit(digit))
            {
                Some(tag) if digit.len() == 1 => self.act(give_tag(tag.id.clone())),
                _ => false,
            },
        }
    }

    /// Where the person is: the caret, the page's selection, the passage in focus, else the top of the view.
    fn place(&self, focus_span: Option<Span>) -> CharOffset {
        if let Some(caret) = *self.targets.caret {
            return caret.focus;
        }
        let selection = self.hub.article().map(|article| article::page_selection(&article, &self.open.text));
        match (selection, focus_span) {
            (_, Some(span)) => span.start,
            (Some(PageSelection::Caret(offset) | PageSelection::Stretch { focus: offset, .. }), None) => {
                offset
            }
            (Some(PageSelection::Elsewhere) | None, None) => {
                let top = self.visible_block().unwrap_or(0);
                self.open.text.block_span(top).start
            }
        }
    }

    fn visible_block(&self) -> Option<usize> {
        let (article, scroller) = (self.hub.article()?, self.hub.scroller()?);
        let (first, _) = layout::blocks_near(&article, &scroller, self.open.text.block_count(), 0.0)?;
        Some(first)
    }

    fn toggle_caret(&self, focus_span: Option<Span>) -> bool {
        match *self.targets.caret {
            Some(_) => {
                self.targets.caret.set(None);
                self.hub.dispatch(Action::Say(Spoken::CaretMode(false)));
            }
            None => {
                let caret = Caret::at(self.place(focus_span));
                self.show(caret);
                self.hub.dispatch(Action::Say(Spoken::CaretMode(true)));
            }
        }
        true
    }

    fn escape(&self, has_something: bool) -> bool {
        if has_something {
            return self.act(Action::Escape);
        }
        self.targets.caret.is_some() && self.toggle_caret(None)
    }

    fn focus_at_caret(&self) -> bool {
        self.act(Action::FocusLayerAt(self.place(None)))
    }

    fn move_caret(&self, caret: Caret, movement: Movement) -> bool {
        let moved = movement.apply(&self.open.text, caret);
        let is_exact = movement.unit == Unit::Grapheme;
        self.show(moved);
        if movement.extend {
            let span = Span::between(moved.anchor, moved.focus);
            let raw = crate::state::RawSelection { span, is_exact };
            self.hub.dispatch(Action::SelectionChanged(Some(raw)));
            self.hub.dispatch(Action::Say(Spoken::Selected(self.open.text.slice(span).to_owned())));
        } else {
            let said = passed(&self.open.text, moved, movement.unit.min(Unit::Sentence));
            self.hub.dispatch(Action::Say(Spoken::Passed(said)));
        }
        true
    }

    /// Moves an edge of the range that is being set: the end, or with Shift the beginning.
    fn move_edge(&self, movement: Movement) -> bool {
        let Some(span) = self.hub.state().selected_span() else { return false };
        let Movement { unit, forward, extend: is_start } = movement;
        let text = &self.open.text;
        let moved = |from| if forward { text.next_stop(from, unit) } else { text.previous_stop(from, unit) };
        let span = match (is_start, forward) {
            (true, true) => Span { start: text.next_start(span.start, unit), end: span.end },
            (true, false) => Span { start: moved(span.start), end: span.end },
            (false, true) => Span { start: span.start, end: moved(span.end) },
            // Back to the end of the unit before, not to the start of this one.
            (false, false) => {
                let last = text.previous_stop(span.end, unit);
                let before = text.previous_stop(last, unit);
                Span { start: span.start, end: text.next_stop(before, unit).min(last) }
            }
        };
        if span.start >= span.end {
            return true;
        }
        let raw = crate::state::RawSelection { span, is_exact: unit == Unit::Grapheme };
        self.act(Action::SetRange(raw))
    }

    fn show(&self, caret: Caret) {
        self.targets.caret.set(Some(caret));
        let (Some(article), Some(scroller)) = (self.hub.article(), self.hub.scroller()) else { return };
        article::select(&article, &self.open.text, caret.anchor, caret.focus);
        let end = CharOffset(caret.focus.0 + 1).min(self.open.text.char_len());
        let start = CharOffset(end.0.saturating_sub(1));
        layout::reveal(&article, &scroller, &self.open.text, Span { start, end });
    }
}
