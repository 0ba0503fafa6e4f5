//! The views: a folder each, with the small things that they share in [`widgets`].
//!
//! [`hub`] holds the state; views read slices of it and dispatch actions. [`effects`] carries wishes out: the only
//! place where wish, browser and answer meet. What is hovered or half typed stays with the views.
pub mod app;
mod effects;
mod hub;
mod inputs;
mod library;
mod messages;
mod piece;
mod reader;
mod review;
mod settings;
mod shortcuts;
pub mod vault;
mod widgets;
mod words;

pub use app::App;
