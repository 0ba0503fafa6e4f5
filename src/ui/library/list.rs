//! The list of documents.
use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::first_run::first_run;
use super::imports::imports;
use crate::browser::clock;
use crate::model::document::Language;
use crate::model::id::DocumentId;
use crate::model::text::folded;
use crate::state::{Action, Entry, Overlay, Route};
use crate::ui::hub::{App, Slice, use_app};
use crate::ui::messages::Messages;
use crate::ui::piece::piece;
use crate::ui::widgets::{DialogProps, Icon, MenuItem, MenuProps, banner, dialog, icon, menu, strip};

/// Code points that a person reads in a minute, near enough for Vietnamese and English prose.
const CHARS_PER_MINUTE: u32 = 1_000;

/// Minutes to read a text of so many code points.
pub(in crate::ui) fn reading_minutes(chars: u32) -> u32 {
    chars.div_ceil(CHARS_PER_MINUTE).max(1)
}

pub(in crate::ui) fn library_view() -> Html {
    piece("library_view", "", (), |(), context| use_library_view().run(context))
}

#[hook]
fn use_library_view() -> Html {
    let app = use_app(&[Slice::Library, Slice::Imports]);
    let messages = app.m;
    let query = use_state_eq(String::new);
    let renaming = use_state_eq(|| None::<DocumentId>);
    let new_title = use_node_ref();
    let entries = app.state.library.in_order();

    if entries.is_empty() {
        return html! {
            <main id="main" class="stage lib" tabindex="-1">
                { banner() }
                { first_run(&app) }
                { imports(&app) }
            </main>
        };
    }

    let on_filter = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let clear = {
        let query = query.clone();
        Callback::from(move |_: MouseEvent| query.set(String::new()))
    };
    let rename = |id: Option<DocumentId>| {
        let renaming = renaming.clone();
        Callback::from(move |()| renaming.set(id.clone()))
    };
    let renamed = renaming.as_ref().and_then(|id| app.state.library.entries.get(id));
    let wanted = folded(query.trim());
    let shown: Vec<&&Rc<Entry>> =
        entries.iter().filter(|entry| folded(&entry.head.title).contains(&wanted)).collect();
    let resumed = entries.iter().find(|entry| {
        entry.glance.opened_at.is_some() && entry.glance.read_permille < 990 && query.is_empty()
    });
    html! {
        <main id="main" class="stage lib" tabindex="-1">
            { banner() }
            <header class="lib__head">
                <h1>{ messages.library_title() }</h1>
                <p class="head__sub">{ messages.library_count(entries.len() as u32) }</p>
                <div class="head__tools">
                    <label class="field">
                        { icon(Icon::Search) }
                        <span class="vh">{ messages.filter_documents() }</span>
                        <input type="search" value={(*query).clone()} oninput={on_filter}
                            placeholder={messages.filter_placeholder()} />
                    </label>
                    <button type="button" class="btn btn--primary" onclick={app.hub.on(|_| Action::Show(Some(Overlay::Import)))}>
                        { icon(Icon::Plus) }{ messages.import() }
                    </button>
                </div>
            </header>
            { imports(&app) }
            if let Some(entry) = resumed { { resume(messages, entry) } }
            if shown.is_empty() {
                <p class="note">
                    { icon(Icon::Search) }
                    <span>{ messages.no_match(&query) }{ " " }
                        <button type="button" class="link" onclick={clear}>{ messages.clear_filter() }</button>
                    </span>
                </p>
            }
            <ul class="docs" aria-label={messages.documents()}>
                for entry in shown {
                    { document_row(&app, entry, rename(Some(entry.head.id.clone()))) }
                }
            </ul>
            <div class="drop drop--slim">
                { icon(Icon::FileIn) }
                <p><b>{ messages.drop_here() }</b>{ " " }{ messages.drop_formats() }</p>
            </div>
            if let Some(entry) = renamed { { rename_dialog(&app, entry, new_title, rename(None)) } }
        </main>
    }
}

fn resume(messages: Messages, entry: &Entry) -> Html {
    let route = Route::Read { document: entry.head.id.clone(), annotation: None };
    html! {
        <section class="resume">
            <div>
                <p class="resume__k">{ messages.continue_from(&percent(entry)) }</p>
                <p class="resume__q" lang={entry.head.language.code()}>{ &entry.head.title }</p>
            </div>
            <a class="btn btn--primary" href={route.href()}>{ icon(Icon::Book) }{ messages.continue_reading() }</a>
            <div class="resume__strip">{ strip(&entry.glance, messages.strip_label(entry.glance.annotations)) }</div>
        </section>
    }
}

fn percent(entry: &Entry) -> String {
    (entry.glance.read_permille / 10).to_string()
}

fn document_row(app: &App, entry: &Entry, on_rename: Callback<()>) -> Html {
    let (messages, interface) = (app.m, app.state.language());
    let (head, glance) = (&entry.head, &entry.glance);
    let route = Route::Read { document: head.id.clone(), annotation: None };
    let source = head.meta.section.clone().or_else(|| head.source.file_name.clone());
    let facts: Vec<String> =
        source.into_iter().chain([messages.minutes(reading_minutes(head.chars))]).collect();
    let read = if glance.reads == 0 {
        messages.not_read_yet().to_owned()
    } else {
        messages.read_percent(&percent(entry))
    };
    let document = head.id.clone();
    let original = app.hub.on(move |()| Action::SaveOriginal(document.clone()));
    let document = head.id.clone();
    let remove =
        app.hub.on(move |()| Action::Remove { document: document.clone(), removed: true, at: clock::now() });
    let items = vec![
        MenuItem::new(messages.rename(), on_rename),
        MenuItem::new(messages.download_original(), original),
        MenuItem { is_danger: true, ..MenuItem::new(messages.remove_document(), remove) },
    ];
    let language_mark = match head.language {
        Language::En => "EN",
        Language::Vi => "VI",
    };
    html! {
        <li key={head.id.0.clone()} class="doc">
            { icon(if head.source.file_name.is_some() { Icon::Newspaper } else { Icon::Clipboard }) }
            <div>
                <h2 class="doc__t"><a href={route.href()} lang={head.language.code()}>{ &head.title }</a></h2>
                <p>
                    { facts.join(" · ") }
                    if head.language != interface { { " · " }<span class="lang">{ language_mark }</span> }
                </p>
            </div>
            <div class="doc__strip">
                { strip(glance, messages.strip_label(glance.annotations)) }
                <p>{ read }{ " · " }{ messages.passages(glance.annotations) }</p>
            </div>
            <p class="doc__on">{ clock::local_text(glance.opened_at.unwrap_or(head.imported_at), interface.code()) }</p>
            { menu(MenuProps::new(messages.more_for(&head.title), Icon::More, items)) }
        </li>
    }
}

fn rename_dialog(app: &App, entry: &Entry, title: NodeRef, on_close: Callback<()>) -> Html {
    let messages = app.m;
    let save = {
        let (hub, title, on_close) = (app.hub.clone(), title.clone(), on_close.clone());
        let document = entry.head.id.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = title.cast::<HtmlInputElement>() {
                let (document, title) = (document.clone(), input.value());
                hub.dispatch(Action::Rename { document, title, at: clock::now() });
            }
            on_close.emit(());
        })
    };
    let footer = html! {
        <>
            <button type="button" class="btn" onclick={on_close.reform(|_| ())}>{ messages.cancel() }</button>
            <button type="submit" form="rename" class="btn btn--primary">{ messages.save() }</button>
        </>
    };
    let body = html! {
        <form id="rename" onsubmit={save}>
            <label class="field">
                <span class="vh">{ messages.new_title() }</span>
                <input ref={title} value={entry.head.title.clone()} required={true} autofocus={true} />
            </label>
        </form>
    };
    let (title, close) = (messages.rename_title().into(), messages.close().into());
    dialog(DialogProps { title, close, on_close, body, footer, is_wide: false })
}
