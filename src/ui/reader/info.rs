//! What is known about the document.
use yew::prelude::*;

use crate::browser::clock;
use crate::model::document::Language;
use crate::state::OpenDocument;
use crate::ui::hub::App;

pub(super) fn info(app: &App, open: &OpenDocument) -> Html {
    let (m, interface) = (app.m, app.state.language());
    let document = &open.document;
    let language = match document.language {
        Language::Vi => m.language_vi(),
        Language::En => m.language_en(),
    };
    let source = document.source.file_name.clone().unwrap_or_else(|| m.pasted_text().to_owned());
    let source = format!("{source}, {}", m.bytes(document.source.bytes as f64));
    let reads = app.state.library.entries.get(&document.id).map_or(1, |entry| entry.glance.reads);
    let rows = [
        (m.info_title(), Some(document.title.clone())),
        (m.info_section(), document.meta.section.clone()),
        (m.info_updated(), document.meta.updated_at.clone()),
        (m.info_byline(), document.meta.byline.clone()),
        (m.info_source(), Some(source)),
        (m.info_language(), Some(language.to_owned())),
        (m.info_read(), Some(m.times_read(reads))),
        (m.info_added(), Some(clock::local_text(document.imported_at, interface.code()))),
        (m.info_length(), Some(m.characters(open.text.char_len().0))),
    ];
    html! {
        <section class="info">
            <dl>
                for (name, value) in rows {
                    if let Some(value) = value {
                        <dt>{ name }</dt>
                        <dd>{ value }</dd>
                    }
                }
                if !document.left_out.is_empty() {
                    <dt>{ m.info_left_out() }</dt>
                    <dd><ul>{ for document.left_out.iter().map(|line| html! { <li>{ line }</li> }) }</ul></dd>
                }
            </dl>
        </section>
    }
}
