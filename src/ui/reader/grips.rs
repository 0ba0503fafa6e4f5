//! The two handles of a range that is being set. What they do keys do as well, so they are hidden from assistive
//! technology.
use std::rc::Rc;

use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use crate::browser::{article, layout};
use crate::model::text::Span;
use crate::state::{Action, OpenDocument, RawSelection};
use crate::ui::hub::use_app;
use crate::ui::piece::piece;

/// A handle hangs below its line: so far above the finger is the text it stands for, in CSS pixels.
const BELOW: f64 = 20.0;

#[derive(PartialEq)]
pub(super) struct GripsProps {
    pub(super) open: Rc<OpenDocument>,
    pub(super) span: Span,
    pub(super) grid: NodeRef,
}

pub(super) fn grips(props: GripsProps) -> Html {
    piece("grips", "", props, |props, context| use_grips(props).run(context))
}

#[hook]
fn use_grips(props: &GripsProps) -> Html {
    let app = use_app(&[]);
    let (first, last) = (use_node_ref(), use_node_ref());
    let (hub, grid, text) = (app.hub.clone(), props.grid.clone(), props.open.text.clone());
    let nodes = (first.clone(), last.clone());
    use_effect_with(props.span, move |span| {
        let parts =
            (nodes.0.cast::<Element>(), nodes.1.cast::<Element>(), grid.cast::<Element>(), hub.article());
        let (Some(first), Some(last), Some(grid), Some(article)) = parts else { return };
        let Some((top, bottom)) = layout::lines_of(&article, &text, *span) else { return };
        let origin = grid.get_bounding_client_rect();
        for (grip, x, y) in [(first, top.left(), top.bottom()), (last, bottom.right(), bottom.bottom())] {
            layout::set_px(&grip, "left", x - origin.left());
            layout::set_px(&grip, "top", y - origin.top());
        }
    });
    let hold = Callback::from(|event: PointerEvent| {
        event.prevent_default();
        let grip = event.target_dyn_into::<Element>();
        if grip.is_some_and(|grip| grip.set_pointer_capture(event.pointer_id()).is_err()) {
            crate::browser::log("the handle could not be held");
        }
    });
    let drag = |is_first: bool| {
        let (hub, text) = (app.hub.clone(), props.open.text.clone());
        Callback::from(move |event: PointerEvent| {
            let (Some(article), Some(span)) = (hub.article(), hub.state().selected_span()) else { return };
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()) - BELOW);
            let here = (event.buttons() == 1).then(|| article::offset_at_point(&article, &text, x, y));
            let Some(offset) = here.flatten() else { return };
            let span = if is_first && offset < span.end {
                Span { start: offset, end: span.end }
            } else if !is_first && span.start < offset {
                Span { start: span.start, end: offset }
            } else {
                return;
            };
            hub.dispatch(Action::SetRange(RawSelection { span, is_exact: event.alt_key() }));
        })
    };
    html! {
        <>
            <span ref={first} class="grip grip--first" aria-hidden="true" onpointerdown={hold.clone()}
                onpointermove={drag(true)} />
            <span ref={last} class="grip" aria-hidden="true" onpointerdown={hold} onpointermove={drag(false)} />
        </>
    }
}
