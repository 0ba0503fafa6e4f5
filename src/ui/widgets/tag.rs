//! The swatch: a live sample of how a tag is painted, so that colour is never the only cue.
use yew::prelude::*;

use crate::model::codebook::TagStyle;

/// Two letters in the tag's real tint and underline.
pub(in crate::ui) fn swatch(style: TagStyle) -> Html {
    html! { <span class={classes!("sw", format!("hl-{}", style.name()))} aria-hidden="true">{ "ab" }</span> }
}
