//! The dialog with the keyboard shortcuts. The list itself is in the vault's binary: few ever look at it.
use yew::prelude::*;

use super::hub::App;
use super::review::{AnnexProps, annex};
use super::widgets::{DialogProps, dialog};
use crate::state::Action;

pub(super) fn shortcuts_dialog(app: &App) -> Html {
    let m = app.m;
    let body = annex(AnnexProps { view: "keys", document: None });
    let (title, on_close) = (m.shortcut_help().into(), app.hub.on(|()| Action::Show(None)));
    let close = m.close().into();
    dialog(DialogProps { title, close, on_close, body, footer: Html::default(), is_wide: true })
}
