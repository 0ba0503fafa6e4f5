//! The list of documents.
use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::first_run::FirstRun;
use super::import_dialog::ImportDialogOpener;
use super::imports::Imports;
use crate::browser::clock;
use crate::model::document::Language;
use crate::model::text::folded;
use crate::state::{Action, Entry, Route};
use crate::ui::contexts::{use_dispatch, use_imports, use_library, use_messages, use_settings};
use crate::ui::messages::Messages;
use crate::ui::widgets::{Banner, Dialog, Icon, Menu, MenuItem, icon, strip};

/// Code points that a person reads in a minute, near enough for Vietnamese and English prose.
const CHARS_PER_MINUTE: u32 = 1_000;

/// Minutes to read a text of so many code points.
pub(in crate::ui) fn reading_minutes(chars: u32) -> u32 {
    chars.div_ceil(CHARS_PER_MINUTE).max(1)
}

#[component]
pub(in crate::ui) fn LibraryView() -> Html {
    let messages = use_messages();
    let library = use_library().0;
    let imports = use_imports().0;
    let opener = use_context::<ImportDialogOpener>().expect("the library is below the frame");
    let query = use_state_eq(String::new);
    let renaming = use_state_eq(|| None::<Rc<Entry>>);
    let entries = library.in_order();

    if entries.is_empty() {
        return html! {
            <main id="main" class="stage lib" tabindex="-1">
                <Banner />
                <FirstRun />
                if !imports.is_empty() { <Imports /> }
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
    let on_rename = {
        let renaming = renaming.clone();
        Callback::from(move |entry| renaming.set(Some(entry)))
    };
    let stop_renaming = {
        let renaming = renaming.clone();
        Callback::from(move |()| renaming.set(None))
    };
    let wanted = folded(query.trim());
    let shown: Vec<&&Rc<Entry>> =
        entries.iter().filter(|entry| folded(&entry.head.title).contains(&wanted)).collect();
    let resumed = entries
        .iter()
        .find(|entry| entry.glance.opened_at.is_some() && entry.glance.read_permille < 990 && query.is_empty());
    html! {
        <main id="main" class="stage lib" tabindex="-1">
            <Banner />
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
                    <button type="button" class="btn btn--primary" onclick={opener.0.reform(|_| ())}>
                        { icon(Icon::Plus) }{ messages.import() }
                    </button>
                </div>
            </header>
            if !imports.is_empty() { <Imports /> }
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
                    <DocumentRow key={entry.head.id.0.clone()} entry={(**entry).clone()} on_rename={on_rename.clone()} />
                }
            </ul>
            <div class="drop drop--slim">
                { icon(Icon::FileIn) }
                <p><b>{ messages.drop_here() }</b>{ " " }{ messages.drop_formats() }</p>
            </div>
            if let Some(entry) = &*renaming {
                <RenameDialog entry={entry.clone()} on_close={stop_renaming} />
            }
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

#[derive(Properties, PartialEq)]
struct DocumentRowProps {
    entry: Rc<Entry>,
    on_rename: Callback<Rc<Entry>>,
}

#[component]
fn DocumentRow(props: &DocumentRowProps) -> Html {
    let messages = use_messages();
    let dispatch = use_dispatch();
    let interface = use_settings().language;
    let entry = &props.entry;
    let (head, glance) = (&entry.head, &entry.glance);
    let route = Route::Read { document: head.id.clone(), annotation: None };
    let source = head.meta.section.clone().or_else(|| head.source.file_name.clone());
    let facts: Vec<String> = source.into_iter().chain([messages.minutes(reading_minutes(head.chars))]).collect();
    let read = if glance.reads == 0 { messages.not_read_yet().to_owned() } else { messages.read_percent(&percent(entry)) };
    let rename = {
        let (on_rename, entry) = (props.on_rename.clone(), entry.clone());
        Callback::from(move |()| on_rename.emit(entry.clone()))
    };
    let remove = {
        let (dispatch, document) = (dispatch.clone(), head.id.clone());
        Callback::from(move |()| {
            dispatch.call(Action::Remove { document: document.clone(), removed: true, at: clock::now() });
        })
    };
    let items = vec![
        MenuItem::new(messages.rename(), rename),
        MenuItem { is_danger: true, ..MenuItem::new(messages.remove_document(), remove) },
    ];
    let language_mark = match head.language {
        Language::En => "EN",
        Language::Vi => "VI",
    };
    html! {
        <li class="doc">
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
            <Menu label={messages.more_for(&head.title)} icon={Icon::More} {items} />
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct RenameDialogProps {
    entry: Rc<Entry>,
    on_close: Callback<()>,
}

#[component]
fn RenameDialog(props: &RenameDialogProps) -> Html {
    let messages = use_messages();
    let dispatch = use_dispatch();
    let title = use_node_ref();
    let save = {
        let (dispatch, title, on_close) = (dispatch, title.clone(), props.on_close.clone());
        let document = props.entry.head.id.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = title.cast::<HtmlInputElement>() {
                let (document, title) = (document.clone(), input.value());
                dispatch.call(Action::Rename { document, title, at: clock::now() });
            }
            on_close.emit(());
        })
    };
    let footer = html! {
        <>
            <button type="button" class="btn" onclick={props.on_close.reform(|_| ())}>{ messages.cancel() }</button>
            <button type="submit" form="rename" class="btn btn--primary">{ messages.save() }</button>
        </>
    };
    html! {
        <Dialog title={messages.rename_title()} on_close={props.on_close.clone()} {footer}>
            <form id="rename" onsubmit={save}>
                <label class="field">
                    <span class="vh">{ messages.new_title() }</span>
                    <input ref={title} value={props.entry.head.title.clone()} required={true} autofocus={true} />
                </label>
            </form>
        </Dialog>
    }
}
