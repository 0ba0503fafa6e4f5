//! The reader: the text, what is selected in it, and the passages beside it.
mod article_text;
mod card;
mod caret;
mod grips;
mod info;
mod keys;
mod margin;
mod painting;
mod ribbon;
mod role_menu;
mod selection_bar;
mod shelf;
mod tag_picker;
mod toolbar;
mod view;

pub(super) use card::focus_note;
pub(super) use toolbar::type_controls;
pub(super) use view::reader_view;
