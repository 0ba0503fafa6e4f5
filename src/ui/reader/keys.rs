//! The keyboard in the reader. Letters act only outside of text fields, and not at all when switched off.
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::caret::{Caret, Movement, passed};
use super::painting::Window;
use crate::browser::article::{self, PageSelection};
use crate::browser::{clock, layout, page, window};
use crate::model::codebook::TagStyle;
use crate::model::text::{CharOffset, Span, Unit};
use crate::state::{Action, OpenDocument, SettingChange, Spoken};
use crate::ui::contexts::{
    Dispatch, fresh, give_tag, use_annotations, use_codebook, use_dispatch, use_services, use_settings, use_view,
};
use crate::ui::services::Services;

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
pub(super) fn use_reader_keys(open: &Rc<OpenDocument>, near: Option<Window>, targets: &KeyTargets) {
    let context = KeyContext {
        dispatch: use_dispatch(),
        services: use_services(),
        open: open.clone(),
        near,
        targets: targets.clone(),
    };
    let view = use_view().0;
    let annotations = use_annotations().0;
    let codebook = use_codebook().0;
    let settings = use_settings().settings;
    let has_selection = view.selection.is_some();
    let is_editing = view.editing_range.is_some();
    let focus = view.focus.clone();
    let focus_span = focus.as_ref().and_then(|id| annotations.span_of(id));
    let caret = *targets.caret;
    let dependencies =
        (open.clone(), (has_selection, is_editing), focus, focus_span, caret, near, settings, codebook);
    use_effect_with(dependencies, move |(_, _, focus, focus_span, _, _, settings, codebook)| {
        let (focus, focus_span, settings, codebook) = (focus.clone(), *focus_span, settings.clone(), codebook.clone());
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&window(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if page::is_typing() || page::has_dialog() || event.is_composing() {
                return;
            }
            let has_target = has_selection || focus.is_some();
            let key = event.key();
            let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            let taken = match key.as_str() {
                "F7" => context.toggle_caret(focus_span),
                "Escape" => context.escape(has_selection || is_editing || focus.is_some()),
                "Enter" if is_editing => context.act(Action::ApplyRange { at: clock::now() }),
                "Enter" if caret.is_some() => context.focus_at_caret(),
                "ArrowRight" if event.alt_key() && !event.shift_key() && has_selection => {
                    context.act(Action::GrowSelection)
                }
                "ArrowLeft" if event.alt_key() && !event.shift_key() && has_selection => {
                    context.act(Action::ShrinkSelection)
                }
                "Delete" => match focus.clone().filter(|_| !has_selection) {
                    Some(annotation) => context.act(Action::Delete { annotation, at: clock::now() }),
                    None => false,
                },
                _ => match (caret, Movement::of(event)) {
                    (Some(caret), Some(movement)) => context.move_caret(caret, movement),
                    _ if is_plain && settings.letter_keys => {
                        context.letter(&key, has_target, focus_span, settings.type_size, &codebook)
                    }
                    _ => false,
                },
            };
            if taken {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}

struct KeyContext {
    dispatch: Dispatch,
    services: Services,
    open: Rc<OpenDocument>,
    near: Option<Window>,
    targets: KeyTargets,
}

impl KeyContext {
    fn act(&self, action: Action) -> bool {
        self.dispatch.call(action);
        true
    }

    /// Single letters. Whether the key meant something here.
    fn letter(
        &self,
        key: &str,
        has_target: bool,
        focus_span: Option<Span>,
        type_size: u8,
        codebook: &crate::model::codebook::Codebook,
    ) -> bool {
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
            "]" | "[" => {
                let from = self.place(focus_span);
                self.act(Action::FocusNeighbour { forward: key == "]", from })
            }
            "o" => self.act(Action::FocusLayerAt(focus_span.map_or_else(|| self.place(None), |span| span.start))),
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
            digit => match digit.chars().next().filter(|_| has_target).and_then(|digit| codebook.by_digit(digit)) {
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
        let selection = self.services.article().map(|article| article::page_selection(&article, &self.open.text));
        match (selection, focus_span) {
            (_, Some(span)) => span.start,
            (Some(PageSelection::Caret(offset) | PageSelection::Stretch { focus: offset, .. }), None) => offset,
            (Some(PageSelection::Elsewhere) | None, None) => {
                let top = self.visible_block().unwrap_or(0);
                self.open.text.block_span(top).start
            }
        }
    }

    fn visible_block(&self) -> Option<usize> {
        let (article, scroller) = (self.services.article()?, self.services.scroller()?);
        let (first, _) = layout::blocks_near(&article, &scroller, self.open.text.block_count(), 0.0)?;
        Some(first.max(self.near.map_or(0, |near| near.first)))
    }

    fn toggle_caret(&self, focus_span: Option<Span>) -> bool {
        match *self.targets.caret {
            Some(_) => {
                self.targets.caret.set(None);
                self.dispatch.call(Action::Say(Spoken::CaretMode(false)));
            }
            None => {
                let caret = Caret::at(self.place(focus_span));
                self.show(caret);
                self.dispatch.call(Action::Say(Spoken::CaretMode(true)));
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
        match *self.targets.caret {
            Some(caret) => self.act(Action::FocusLayerAt(caret.focus)),
            None => false,
        }
    }

    fn move_caret(&self, caret: Caret, movement: Movement) -> bool {
        let moved = movement.apply(&self.open.text, caret);
        let is_exact = movement.unit == Unit::Grapheme;
        self.show(moved);
        if movement.extend {
            let span = Span::between(moved.anchor, moved.focus);
            let raw = crate::state::RawSelection { span, is_exact };
            self.dispatch.call(Action::SelectionChanged(Some(raw)));
            self.dispatch.call(Action::Say(Spoken::Selected(self.open.text.slice(span).to_owned())));
        } else {
            let said = passed(&self.open.text, moved, movement.unit.min(Unit::Sentence));
            self.dispatch.call(Action::Say(Spoken::Passed(said)));
        }
        true
    }

    fn show(&self, caret: Caret) {
        self.targets.caret.set(Some(caret));
        let (Some(article), Some(scroller)) = (self.services.article(), self.services.scroller()) else { return };
        article::select(&article, &self.open.text, caret.anchor, caret.focus);
        let end = CharOffset(caret.focus.0 + 1).min(self.open.text.char_len());
        let start = CharOffset(end.0.saturating_sub(1));
        layout::reveal(&article, &scroller, &self.open.text, Span { start, end });
    }
}
