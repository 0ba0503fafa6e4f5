//! The page's side of the review: which documents have passages that wait, and the place of the queue, which the
//! binary of `ui::vault` fills.
use yew::prelude::*;

use super::hub::App;
use super::vault;
use crate::model::id::DocumentId;
use crate::state::Route;
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, icon};

/// The queue of a document, or the list of documents that have one.
pub(super) fn review_view(app: &App, document: Option<&DocumentId>) -> Html {
    let m = app.m;
    if let Some(document) = document {
        let place = annex(AnnexProps { view: "review", document: Some(document.clone()) });
        return html! { <main id="main" class="stage rvw" tabindex="-1">{ place }</main> };
    }
    let waiting: Vec<_> =
        app.state.library.in_order().into_iter().filter(|entry| entry.glance.waiting > 0).collect();
    html! {
        <main id="main" class="stage settings" tabindex="-1">
            <div class="settings__body">
                <h1>{ m.review_title() }</h1>
                if waiting.is_empty() {
                    <p class="note">{ icon(Icon::Check) }<span>{ m.review_empty() }</span></p>
                }
                <ul class="set">
                    for entry in waiting {
                        <li key={entry.head.id.0.clone()} class="set__row">
                            <a lang={entry.head.language.code()}
                                href={Route::Review(Some(entry.head.id.clone())).href()}>{ &entry.head.title }</a>
                            <span class="badge badge--warn">{ m.number(entry.glance.waiting) }</span>
                        </li>
                    }
                </ul>
            </div>
        </main>
    }
}

/// What the binary of the vault is loaded for.
#[derive(PartialEq)]
pub(super) struct AnnexProps {
    pub(super) view: &'static str,
    pub(super) document: Option<DocumentId>,
}

pub(super) fn annex(props: AnnexProps) -> Html {
    let key = props.document.as_ref().map(|id| id.0.clone()).unwrap_or_default();
    piece("annex", &key, props, |props, context| use_annex(props).run(context))
}

#[hook]
fn use_annex(props: &AnnexProps) -> Html {
    let app = super::hub::use_app(&[]);
    let language = app.state.language().code();
    use_effect_with(language, |_| crate::browser::page::start_script(vault::SCRIPT, vault::SHOW));
    html! {
        <div key={language} class="annex" data-view={props.view} data-language={language}
            data-device={app.state.device.0.clone()} data-author={app.state.settings.author.clone()}
            data-document={props.document.as_ref().map(|id| id.0.clone())} />
    }
}
