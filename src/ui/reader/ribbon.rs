//! The ribbon beside the scroll bar: where in the document the passages are. A picture of what the list of annotations
//! says, so assistive technology is spared it.
use std::fmt::Write;

use web_sys::{Element, MouseEvent};
use yew::prelude::*;

use crate::browser::layout;
use crate::model::codebook::TagStyle;
use crate::model::text::CharOffset;
use crate::record::StripMark;
use crate::ui::hub::{App, Slice, use_app};
use crate::ui::piece::piece;

/// Shorter marks would not be seen, in permille of the text.
const SHORTEST: u16 = 3;

pub(super) fn ribbon() -> Html {
    piece("ribbon", "", (), |(), context| use_ribbon().run(context))
}

#[hook]
fn use_ribbon() -> Html {
    let app = use_app(&[Slice::Library, Slice::Document]);
    let open = app.state.open.as_ref();
    let entry = open.and_then(|open| app.state.library.entries.get(&open.document.id));
    let marks = entry.map(|entry| entry.glance.strip.as_slice()).unwrap_or_default();
    let App { hub, .. } = app.clone();
    let go = Callback::from(move |event: MouseEvent| {
        let state = hub.state();
        let parts = (event.target_dyn_into::<Element>(), hub.article(), hub.scroller(), &state.open);
        let (Some(target), Some(article), Some(scroller), Some(open)) = parts else { return };
        let ribbon = target.closest(".ribbon").ok().flatten().unwrap_or(target).get_bounding_client_rect();
        let part = (f64::from(event.client_y()) - ribbon.top()) / ribbon.height().max(1.0);
        let offset = CharOffset((part * f64::from(open.text.char_len().0)) as u32);
        layout::scroll_to_block(&article, &scroller, open.text.block_at(offset));
    });
    html! {
        <div class="ribbon" aria-hidden="true" onclick={go}>
            <svg viewBox="0 0 10 1000" preserveAspectRatio="none">
                // One path a style, whatever the number of passages.
                for style in TagStyle::ALL {
                    if let Some(path) = path(marks, style) { <path data-style={style.name()} d={path} /> }
                }
            </svg>
        </div>
    }
}

fn path(marks: &[StripMark], style: TagStyle) -> Option<String> {
    let mut path = String::new();
    for mark in marks.iter().filter(|mark| mark.style == style) {
        let height = mark.end.saturating_sub(mark.start).max(SHORTEST);
        // Writing to a string does not fail.
        let _ = write!(path, "M0 {}h10v{height}h-10z", mark.start);
    }
    (!path.is_empty()).then_some(path)
}
