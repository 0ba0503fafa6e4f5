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

pub(super) use banner::banner;
pub(super) use dialog::{DialogProps, dialog};
pub(super) use icon::{Icon, icon};
pub(super) use menu::{MenuItem, MenuProps, menu};
pub(super) use rail::rail;
pub(super) use status::{saved_text, status};
pub(super) use strip::strip;
pub(super) use tag::swatch;
pub(super) use toast::speaker;
