//! The shelf: the other documents, one press away.
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::model::id::DocumentId;
use crate::model::text::folded;
use crate::state::Route;
use crate::ui::hub::{Slice, use_app};
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, icon, strip};

#[derive(PartialEq)]
pub(super) struct ShelfProps {
    pub(super) current: DocumentId,
}

pub(super) fn shelf(props: ShelfProps) -> Html {
    piece("shelf", "", props, |props, context| use_shelf(props).run(context))
}

#[hook]
fn use_shelf(props: &ShelfProps) -> Html {
    let app = use_app(&[Slice::Library]);
    let messages = app.m;
    let query = use_state_eq(String::new);
    let on_input = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let wanted = folded(query.trim());
    let entries = app.state.library.in_order();
    html! {
        <aside class="shelf" aria-label={messages.shelf()}>
            <div class="shelf__top">
                <label class="field">
                    { icon(Icon::Search) }
                    <input type="search" aria-label={messages.quick_open()} placeholder={messages.quick_open()}
                        value={(*query).clone()} oninput={on_input} />
                </label>
            </div>
            <ul>
                for entry in entries.iter().filter(|entry| folded(&entry.head.title).contains(&wanted)) {
                    <li key={entry.head.id.0.clone()}>
                        <a class="sdoc" lang={entry.head.language.code()}
                            href={Route::Read { document: entry.head.id.clone(), annotation: None }.href()}
                            aria-current={(entry.head.id == props.current).then_some("true")}>
                            <span>{ &entry.head.title }</span>
                            { strip(&entry.glance, messages.strip_label(entry.glance.annotations)) }
                        </a>
                    </li>
                }
            </ul>
        </aside>
    }
}
