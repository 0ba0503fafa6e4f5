//! The root: providers, the frame around the views, what works everywhere.
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, DragEvent};
use yew::prelude::*;

use super::contexts::{
    AnnotationsContext, CodebookContext, Dispatch, DocumentContext, ImportsContext, LibraryContext,
    MessageContext, RouteContext, SettingsContext, StatusContext, ViewContext, use_dispatch, use_document,
    use_library, use_messages, use_route, use_settings, use_status,
};
use super::library::{ImportDialog, ImportDialogOpener, LibraryView};
use super::reader::ReaderView;
use super::messages::Messages;
use super::services::{Input, Services};
use super::settings::{PlannedView, SettingsView};
use super::shortcuts::ShortcutsDialog;
use super::store::{Store, first_language, use_root_attributes, use_store};
use super::widgets::{Rail, Speaker, Status, Toast};
use crate::browser::{clock, files, page, window};
use crate::state::{Action, Phase, Route};

/// Mounts the app. After an error of our own the state cannot be trusted: saving stops, and a sentence outside of
/// Yew says so.
pub fn mount() {
    yew::set_custom_panic_hook(Box::new(|info| {
        crate::browser::log(&info.to_string());
        page::fail(Messages(first_language()).trouble_stopped());
    }));
    yew::Renderer::<App>::new().render();
}

/// The whole app.
#[component]
pub fn App() -> Html {
    let services = use_memo((), |()| Services::new());
    let services = (*services).clone();
    let (store, dispatch) = use_store(&services);
    use_root_attributes(&store.state);
    html! {
        <ContextProvider<Services> context={services}>
            <Providers {store} {dispatch}>
                <Frame />
            </Providers>
        </ContextProvider<Services>>
    }
}

#[derive(Properties, PartialEq)]
struct ProvidersProps {
    store: UseReducerHandle<Store>,
    dispatch: Callback<Action>,
    children: Html,
}

/// Hands the slices down. The children are given, not made here, so that a change redraws only who reads the slice.
#[component]
fn Providers(props: &ProvidersProps) -> Html {
    let state = &props.store.state;
    let settings = SettingsContext { settings: state.settings.clone(), language: state.language() };
    let status = StatusContext {
        phase: state.phase,
        saving: state.saving.clone(),
        quarantined: state.quarantined,
        update_waits: state.update_waits,
    };
    let message = MessageContext { notice: state.notice.clone(), spoken: state.spoken.clone() };
    html! {
        <ContextProvider<Dispatch> context={Dispatch(props.dispatch.clone())}>
        <ContextProvider<SettingsContext> context={settings}>
        <ContextProvider<RouteContext> context={RouteContext(state.route.clone())}>
        <ContextProvider<StatusContext> context={status}>
        <ContextProvider<MessageContext> context={message}>
        <ContextProvider<LibraryContext> context={LibraryContext(state.library.clone())}>
        <ContextProvider<ImportsContext> context={ImportsContext(state.imports.clone())}>
        <ContextProvider<CodebookContext> context={CodebookContext(state.codebook.clone())}>
        <ContextProvider<DocumentContext> context={DocumentContext(state.open.clone())}>
        <ContextProvider<AnnotationsContext> context={AnnotationsContext(state.annotations.clone())}>
        <ContextProvider<ViewContext> context={ViewContext(state.view.clone())}>
            { props.children.clone() }
        </ContextProvider<ViewContext>>
        </ContextProvider<AnnotationsContext>>
        </ContextProvider<DocumentContext>>
        </ContextProvider<CodebookContext>>
        </ContextProvider<ImportsContext>>
        </ContextProvider<LibraryContext>>
        </ContextProvider<MessageContext>>
        </ContextProvider<StatusContext>>
        </ContextProvider<RouteContext>>
        </ContextProvider<SettingsContext>>
        </ContextProvider<Dispatch>>
    }
}

/// What is open over the views.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overlay {
    Import,
    Shortcuts,
}

/// The rail, the view, the status line, and what lies over them.
#[component]
fn Frame() -> Html {
    let messages = use_messages();
    let route = use_route().0;
    let dispatch = use_dispatch();
    let phase = use_status().phase;
    let overlay = use_state_eq(|| None::<Overlay>);
    let is_dropping = use_file_drop();
    use_address();
    use_leave_guard();
    use_window_title();

    let open = |target: Overlay| {
        let overlay = overlay.clone();
        Callback::from(move |()| overlay.set(Some(target)))
    };
    let close = {
        let overlay = overlay.clone();
        Callback::from(move |()| overlay.set(None))
    };
    use_global_keys(&dispatch, &open(Overlay::Shortcuts));

    let view = match route {
        _ if phase == Phase::Loading => html! { <main id="main" class="stage" tabindex="-1" aria-busy="true" /> },
        Route::Library => html! { <LibraryView /> },
        Route::Read { document, .. } => html! { <ReaderView {document} /> },
        Route::Settings => html! { <SettingsView /> },
        Route::Planned(planned) => html! { <PlannedView {planned} /> },
    };
    html! {
        <ContextProvider<ImportDialogOpener> context={ImportDialogOpener(open(Overlay::Import))}>
            <div class="app">
                <a class="skip" href="#main" onclick={skip_to_main()}>{ messages.skip_to_content() }</a>
                <Rail />
                { view }
                <Status />
            </div>
            <Toast />
            <Speaker />
            if *overlay == Some(Overlay::Import) {
                <ImportDialog on_close={close.clone()} />
            }
            if *overlay == Some(Overlay::Shortcuts) {
                <ShortcutsDialog on_close={close} />
            }
            if is_dropping {
                <div class="dropveil"><p>{ messages.drop_veil() }</p></div>
            }
        </ContextProvider<ImportDialogOpener>>
    }
}

/// The skip link must not change the address, which names the view.
fn skip_to_main() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        let main = crate::browser::document().get_element_by_id("main");
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok())
            && main.focus().is_err()
        {
            crate::browser::log("the browser refused the focus");
        }
    })
}

/// Follows the address.
#[hook]
fn use_address() {
    let dispatch = use_dispatch();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&window(), "hashchange", move |_| {
            dispatch.call(Action::Went(Route::parse(&page::hash())));
        });
        move || drop(listener)
    });
}

/// Warns before the page closes with unsaved edits, and writes them when it is hidden: on a phone that may be the
/// last moment.
#[hook]
fn use_leave_guard() {
    let dispatch = use_dispatch();
    let has_unsaved = use_status().saving.unsaved() > 0;
    use_effect_with(has_unsaved, move |&has_unsaved| {
        let guard = has_unsaved.then(|| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window(), "beforeunload", options, |event| {
                event.prevent_default();
                if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                    event.set_return_value("unsaved");
                }
            })
        });
        let hide = EventListener::new(&crate::browser::document(), "visibilitychange", move |_| {
            dispatch.call(Action::Flush);
        });
        move || drop((guard, hide))
    });
}

#[hook]
fn use_window_title() {
    let messages = use_messages();
    let route = use_route().0;
    let document = use_document().0;
    let view = match (&route, &document) {
        (Route::Read { .. }, Some(open)) => open.document.title.clone(),
        (Route::Settings, _) => messages.settings_title().to_owned(),
        _ => messages.library_title().to_owned(),
    };
    use_effect_with(view, move |view| page::set_title(&format!("{view} · {}", messages.app_name())));
}

/// Undo, redo, the list of shortcuts, and the two-key ways between views.
#[hook]
fn use_global_keys(dispatch: &Dispatch, open_shortcuts: &Callback<()>) {
    let letters = use_settings().settings.letter_keys;
    let library = use_library().0;
    let last_read = library.in_order().first().map(|entry| entry.head.id.clone());
    let (dispatch, open_shortcuts) = (dispatch.clone(), open_shortcuts.clone());
    let goes = use_mut_ref(|| false);
    use_effect_with((letters, last_read), move |(letters, last_read)| {
        let (letters, last_read) = (*letters, last_read.clone());
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&window(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let at = clock::now();
            let has_command = event.ctrl_key() || event.meta_key();
            if page::is_typing() {
                return;
            }
            match (event.key().to_lowercase().as_str(), has_command) {
                ("z", true) if event.shift_key() => dispatch.call(Action::Redo { at }),
                ("z", true) => dispatch.call(Action::Undo { at }),
                ("y", true) => dispatch.call(Action::Redo { at }),
                ("?", false) if letters && !page::has_dialog() => open_shortcuts.emit(()),
                (key, false) if letters && !page::has_dialog() && !event.alt_key() => {
                    let was_going = std::mem::replace(&mut *goes.borrow_mut(), key == "g");
                    let route = match (was_going, key) {
                        (true, "l") => Route::Library,
                        (true, "c") => Route::Settings,
                        (true, "r") => match last_read.clone() {
                            Some(document) => Route::Read { document, annotation: None },
                            None => return,
                        },
                        _ => return,
                    };
                    page::set_hash(&route.href());
                    // The letter belongs to this shortcut: the reader must not take it for a tag or a note.
                    event.stop_immediate_propagation();
                }
                _ => return,
            }
            event.prevent_default();
        });
        move || drop(listener)
    });
}

/// Takes files that are dropped anywhere; true while some are held over the page.
#[hook]
fn use_file_drop() -> bool {
    let dispatch = use_dispatch();
    let services = super::contexts::use_services();
    let is_over = use_state_eq(|| false);
    let shown = is_over.clone();
    use_effect_with((), move |()| {
        // dragenter and dragleave come for every element on the way: their balance tells when the page is left.
        let depth = std::rc::Rc::new(std::cell::Cell::new(0_i32));
        let listen = |name: &'static str, react: Box<dyn Fn(&DragEvent)>| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window(), name, options, move |event| {
                let Some(event) = event.dyn_ref::<DragEvent>() else { return };
                if event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
                    event.prevent_default();
                    react(event);
                }
            })
        };
        let step = |by: i32| {
            let (depth, shown) = (depth.clone(), shown.clone());
            Box::new(move |_: &DragEvent| {
                depth.set((depth.get() + by).max(0));
                shown.set(depth.get() > 0);
            })
        };
        let (ended, hidden) = (depth.clone(), shown.clone());
        let drop_files = Box::new(move |event: &DragEvent| {
            ended.set(0);
            hidden.set(false);
            let list = event.data_transfer().and_then(|data| data.files());
            let inputs: Vec<Input> =
                list.map(|list| files::of_list(&list)).unwrap_or_default().into_iter().map(Input::File).collect();
            if !inputs.is_empty() {
                dispatch.call(services.choose(inputs));
                page::set_hash(&Route::Library.href());
            }
        });
        let listeners = [
            listen("dragenter", step(1)),
            listen("dragleave", step(-1)),
            listen("dragover", Box::new(|_| {})),
            listen("drop", drop_files),
        ];
        move || drop(listeners)
    });
    *is_over
}
