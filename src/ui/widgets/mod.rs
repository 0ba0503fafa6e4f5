//! Small things that several views use.
mod banner;
mod dialog;
mod icon;
mod menu;
mod rail;
mod status;
mod strip;
mod tag;
mod toast;

pub(super) use banner::Banner;
pub(super) use dialog::Dialog;
pub(super) use icon::{Icon, icon};
pub(super) use menu::{Menu, MenuItem};
pub(super) use rail::rail;
pub(super) use status::{Status, saved_text};
pub(super) use strip::strip;
pub(super) use tag::swatch;
pub(super) use toast::Speaker;
