//! The library: the list of documents, the first start, and bringing articles in.
mod first_run;
mod import_dialog;
mod imports;
mod list;

pub(super) use import_dialog::import_dialog;
pub(super) use list::library_view;
