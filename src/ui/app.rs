//! The root: providers, the frame around the views, what works everywhere.
use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, DragEvent};
use yew::prelude::*;

use super::effects::{first_language, first_state, mirror_on_root, start};
use super::hub::{self, Hub, Slice, use_app};
use super::inputs::Input;
use super::library::{import_dialog, library_view};
use super::messages::Messages;
use super::reader::reader_view;
use super::review::review_view;
use super::settings::{planned_view, settings_view};
use super::shortcuts::shortcuts_dialog;
use super::widgets::{rail, speaker, status};
use crate::browser::{clock, files, offline, page, window};
use crate::state::{Action, Overlay, Phase, Route};
use crate::ui::piece::piece;

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
    let hub = use_memo((), |()| Hub::new(first_state()));
    let hub = (*hub).clone();
    let starting = hub.clone();
    use_effect_with((), move |()| {
        mirror_on_root(&starting.state());
        wasm_bindgen_futures::spawn_local(start(starting.clone()));
        wasm_bindgen_futures::spawn_local(offline::register(move || starting.dispatch(Action::UpdateWaits)));
    });
    html! { <ContextProvider<Hub> context={hub}>{ frame() }</ContextProvider<Hub>> }
}

/// The rail, the view, the status line, and what lies over them.
fn frame() -> Html {
    piece("frame", "", (), |(), context| use_frame().run(context))
}

#[hook]
fn use_frame() -> Html {
    let app = use_app(&[Slice::Route, Slice::Status, Slice::Document, Slice::Library, Slice::Overlay]);
    let (state, hub, m) = (&app.state, &app.hub, app.m);
    let is_dropping = use_file_drop(hub);
    use_address(hub);
    use_leave_guard(hub, state.saving.unsaved() > 0);
    use_global_keys(hub);
    let title = match (&state.route, &state.open) {
        (Route::Read { .. }, Some(open)) => open.document.title.clone(),
        (Route::Settings, _) => m.settings_title().to_owned(),
        (Route::Review(_), _) => m.review_title().to_owned(),
        _ => m.library_title().to_owned(),
    };
    use_effect_with((title, m), |(title, m)| page::set_title(&format!("{title} · {}", m.app_name())));

    let view = match &state.route {
        _ if state.phase == Phase::Loading => {
            html! { <main id="main" class="stage" tabindex="-1" aria-busy="true" /> }
        }
        _ if state.phase == Phase::Older => older(&app),
        Route::Library => library_view(),
        Route::Read { document, .. } => reader_view(&app, document),
        Route::Settings => settings_view(),
        Route::Review(document) => review_view(&app, document.as_ref()),
        Route::Planned(_) => planned_view(m),
    };
    let overlay = match state.overlay {
        Some(Overlay::Import) => import_dialog(),
        Some(Overlay::Shortcuts) => shortcuts_dialog(&app),
        None => html! {},
    };
    html! {
        <>
            <div class="app">
                <a class="skip" href="#main" onclick={skip_to_main()}>{ m.skip_to_content() }</a>
                { rail(&app) }
                { view }
                { status() }
            </div>
            { speaker() }
            { overlay }
            if is_dropping {
                <div class="dropveil"><p>{ m.drop_veil() }</p></div>
            }
        </>
    }
}

/// The data of an older version wait to be converted.
fn older(app: &hub::App) -> Html {
    let m = app.m;
    let convert = |with_backup| app.hub.on(move |_: MouseEvent| Action::Convert { with_backup });
    html! {
        <main id="main" class="stage soon" tabindex="-1">
            <h1>{ m.older_title() }</h1>
            <p>{ m.older_text() }</p>
            <button type="button" class="btn btn--primary" onclick={convert(true)}>{ m.older_backup() }</button>
            <button type="button" class="btn" onclick={convert(false)}>{ m.older_go_on() }</button>
        </main>
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
fn use_address(hub: &Hub) {
    let hub = hub.clone();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&window(), "hashchange", move |_| {
            hub.dispatch(Action::Went(Route::parse(&page::hash())));
        });
        move || drop(listener)
    });
}

/// Warns before the page closes with unsaved edits, and writes them when it is hidden: on a phone that may be the
/// last moment.
#[hook]
fn use_leave_guard(hub: &Hub, has_unsaved: bool) {
    let hub = hub.clone();
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
            hub.dispatch(Action::Flush);
        });
        move || drop((guard, hide))
    });
}

/// Undo, redo, the list of shortcuts, and the two-key ways between views.
#[hook]
fn use_global_keys(hub: &Hub) {
    let hub = hub.clone();
    let goes = use_mut_ref(|| false);
    use_effect_with((), move |()| {
        // In the capture phase: a letter that belongs to `G …` must not reach the reader as well.
        let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
        let listener = EventListener::new_with_options(&window(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let at = clock::now();
            let has_command = event.ctrl_key() || event.meta_key();
            if page::is_typing() {
                return;
            }
            let state = hub.state();
            let letters = state.settings.letter_keys && !page::has_dialog();
            match (event.key().to_lowercase().as_str(), has_command) {
                ("z", true) if event.shift_key() => hub.dispatch(Action::Redo { at }),
                ("z", true) => hub.dispatch(Action::Undo { at }),
                ("y", true) => hub.dispatch(Action::Redo { at }),
                ("?", false) if letters => hub.dispatch(Action::Show(Some(Overlay::Shortcuts))),
                (key, false) if letters && !event.alt_key() => {
                    let was_going = std::mem::replace(&mut *goes.borrow_mut(), key == "g");
                    let route = match (was_going, key) {
                        (true, "l") => Route::Library,
                        (true, "c") => Route::Settings,
                        (true, "v") => Route::Review(None),
                        (true, "r") => match state.library.in_order().first() {
                            Some(entry) => Route::Read { document: entry.head.id.clone(), annotation: None },
                            None => return,
                        },
                        _ => return,
                    };
                    page::set_hash(&route.href());
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
fn use_file_drop(hub: &Hub) -> bool {
    let hub = hub.clone();
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
            let inputs: Vec<Input> = list
                .map(|list| files::of_list(&list))
                .unwrap_or_default()
                .into_iter()
                .map(Input::File)
                .collect();
            if !inputs.is_empty() {
                hub.dispatch(hub.inputs().choose(inputs));
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
