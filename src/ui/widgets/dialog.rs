//! A modal dialog on the browser's own `<dialog>`: it traps the focus, closes on Escape and gives the focus back.
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::{Icon, icon};
use crate::ui::piece::piece;

#[derive(PartialEq)]
pub(in crate::ui) struct DialogProps {
    pub(in crate::ui) title: AttrValue,
    /// The name of the button that closes it.
    pub(in crate::ui) close: AttrValue,
    pub(in crate::ui) on_close: Callback<()>,
    pub(in crate::ui) body: Html,
    /// Nothing for none.
    pub(in crate::ui) footer: Html,
    pub(in crate::ui) is_wide: bool,
}

/// Open as long as it is rendered.
pub(in crate::ui) fn dialog(props: DialogProps) -> Html {
    piece("dialog", "", props, |props, context| use_dialog(props).run(context))
}

#[hook]
fn use_dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    let shown = node.clone();
    use_effect_with((), move |()| {
        if let Some(dialog) = shown.cast::<HtmlDialogElement>()
            && dialog.show_modal().is_err()
        {
            dialog.set_open(true);
        }
    });
    let on_close = props.on_close.reform(|_: Event| ());
    let on_press = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <dialog ref={node} class={classes!("dialog", props.is_wide.then_some("dialog--wide"))} onclose={on_close}
            aria-label={props.title.clone()}>
            <header>
                <h2>{ &props.title }</h2>
                <button type="button" class="btn btn--quiet btn--icon" aria-label={props.close.clone()} onclick={on_press}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <div class="dialog__b" tabindex={props.is_wide.then_some("0")}>{ props.body.clone() }</div>
            if props.footer != Html::default() {
                <footer class="dialog__f">{ props.footer.clone() }</footer>
            }
        </dialog>
    }
}
