//! The views: a folder each, with the small things that they share in [`widgets`].
//!
//! [`store`] holds the state and carries out effects: the only place where wish, browser and answer meet. Views
//! read slices through [`contexts`] and dispatch actions; what is open, hovered or half typed stays with them.
pub mod app;
mod contexts;
mod library;
mod messages;
mod reader;
mod services;
mod settings;
mod shortcuts;
mod store;
mod widgets;
mod words;

pub use app::App;
