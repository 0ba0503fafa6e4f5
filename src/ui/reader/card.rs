//! A passage in the margin: its tags, its exact words, its note, and what can be done with it.
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::browser::article::{self, PageSelection};
use crate::browser::{clock, files, layout, log, page, told};
use crate::model::annotation::{Annotation, Rival, RivalValue};
use crate::model::document::Language;
use crate::model::id::{AnnotationId, TagId};
use crate::model::text::CharOffset;
use crate::state::{Action, Notice, Route};
use crate::ui::hub::{App, Hub, Slice, fresh, use_app};
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, icon, swatch};
use crate::ui::words;

/// Puts the keyboard into the note of a passage.
pub(in crate::ui) fn focus_note(id: &AnnotationId) {
    let selector = format!("[data-annotation=\"{id}\"] textarea");
    let area = crate::browser::document().query_selector(&selector).ok().flatten();
    if let Some(area) = area.and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok())
        && area.focus().is_err()
    {
        log("the browser refused the focus");
    }
}

#[derive(PartialEq)]
pub(super) struct CardProps {
    pub(super) annotation: Rc<Annotation>,
    pub(super) language: Language,
    /// How many other passages it overlaps.
    pub(super) overlaps: u32,
    pub(super) is_active: bool,
    /// Whether its words stand in the text.
    pub(super) is_placed: bool,
    /// Opens the tag picker for it.
    pub(super) on_tag: Callback<AnnotationId>,
}

pub(super) fn card(props: CardProps) -> Html {
    piece("card", &props.annotation.id.0.clone(), props, |props, context| use_card(props).run(context))
}

#[hook]
fn use_card(props: &CardProps) -> Html {
    let app = use_app(&[Slice::Codebook]);
    let (messages, codebook) = (app.m, &app.state.codebook);
    let annotation = &props.annotation;
    let id = &annotation.id;

    let tag_chip = |tag: &TagId| {
        let name = words::tag_name(messages, codebook, tag);
        let style = codebook.style_of(std::slice::from_ref(tag));
        let take = {
            let (hub, annotation, tag) = (app.hub.clone(), id.clone(), tag.clone());
            Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                let (annotation, tag) = (annotation.clone(), tag.clone());
                hub.dispatch(Action::TakeTag { annotation, tag, at: clock::now() });
            })
        };
        html! {
            <span class="tag" data-tag={tag.as_str().to_owned()} data-style={style.name()}>
                { swatch(style) }{ &name }
                <button type="button" aria-label={messages.take_tag(&name)} onclick={take}>{ icon(Icon::Close) }</button>
            </span>
        }
    };
    let pressed = id.clone();
    let on_press = app.hub.on(move |_: MouseEvent| Action::Focus(Some(pressed.clone())));
    let class = classes!("card", props.is_active.then_some("is-active"));
    html! {
        <li {class} data-annotation={id.as_str().to_owned()} aria-current={props.is_active.then_some("true")}>
            <div class="card__k" onclick={on_press.clone()}>
                if annotation.tags.is_empty() {
                    <span class="tag" data-style="mark">{ swatch(codebook.style_of(&[])) }{ messages.untagged() }</span>
                }
                { for annotation.tags.iter().map(tag_chip) }
                if props.overlaps > 0 {
                    <span class="faint">{ messages.overlaps(props.overlaps) }</span>
                }
            </div>
            <blockquote class="card__t" lang={props.language.code()} onclick={on_press}>{ annotation.quote() }</blockquote>
            if !props.is_placed {
                <p class="gapn">
                    { icon(Icon::Warning) }
                    { if annotation.kept.is_some() { messages.kept_without_place() } else { messages.unplaced() } }
                </p>
            }
            { note_field(NoteFieldProps { annotation: annotation.clone() }) }
            { for annotation.rivals.iter().enumerate().map(|(n, other)| rival(&app, annotation, n, other)) }
            { actions(&app, annotation, props.is_active, &props.on_tag) }
        </li>
    }
}

/// What another window wrote at the same time: the person chooses.
fn rival(app: &App, annotation: &Annotation, number: usize, rival: &Rival) -> Html {
    let m = app.m;
    let text = match &rival.value {
        RivalValue::Note(note) => m.rival_note(note),
        RivalValue::Range(selectors) => m.rival_range(&selectors.quote.exact),
    };
    let choose = |take: bool| {
        let id = annotation.id.clone();
        app.hub.on(move |_: MouseEvent| Action::ChooseRival {
            annotation: id.clone(),
            rival: number,
            take,
            at: clock::now(),
        })
    };
    html! {
        <div class="note note--warn" role="alert" data-rival="">
            <p class="grow">{ text }</p>
            <button type="button" class="btn btn--sm" onclick={choose(true)}>{ m.rival_take() }</button>
            <button type="button" class="btn btn--sm" onclick={choose(false)}>{ m.rival_drop() }</button>
        </div>
    }
}

#[derive(PartialEq)]
struct NoteFieldProps {
    annotation: Rc<Annotation>,
}

/// The note. What is typed goes to the state at once; the text area is left alone while it has the keyboard, so
/// that the cursor never jumps.
fn note_field(props: NoteFieldProps) -> Html {
    piece("note_field", "", props, |props, context| use_note_field(props).run(context))
}

#[hook]
fn use_note_field(props: &NoteFieldProps) -> Html {
    let app = use_app(&[]);
    let messages = app.m;
    let area = use_node_ref();
    let shown = area.clone();
    use_effect_with(props.annotation.note.clone(), move |note| {
        if let Some(area) = shown.cast::<HtmlTextAreaElement>() {
            if area.value() != *note {
                area.set_value(note);
            }
            layout::fit_height(area);
        }
    });
    let id = props.annotation.id.clone();
    let annotation = id.clone();
    let on_input = app.hub.on(move |event: InputEvent| {
        let note = event.target_unchecked_into::<HtmlTextAreaElement>().value();
        Action::EditNote { annotation: annotation.clone(), note, at: clock::now() }
    });
    let on_blur = app.hub.on(|_: FocusEvent| Action::Flush);
    let on_focus = app.hub.on(move |_: FocusEvent| Action::Focus(Some(id.clone())));
    let on_key = Callback::from(|event: KeyboardEvent| {
        // Escape leaves the note, not the passage.
        if event.key() == "Escape" {
            event.stop_propagation();
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>()
                && area.blur().is_err()
            {
                log("the browser kept the focus");
            }
        }
    });
    html! {
        <label class="card__note">
            <textarea ref={area} rows="1" aria-label={messages.note()} placeholder={messages.note_placeholder()}
                oninput={on_input} onblur={on_blur} onfocus={on_focus} onkeydown={on_key} />
        </label>
    }
}

fn actions(app: &App, annotation: &Annotation, is_active: bool, on_tag: &Callback<AnnotationId>) -> Html {
    let messages = app.m;
    let button = |label: &'static str, sign: Icon, on_press: Callback<MouseEvent>| {
        html! {
            <button type="button" class="btn btn--quiet btn--icon btn--sm" aria-label={label} title={label}
                onclick={on_press}>
                { icon(sign) }
            </button>
        }
    };
    let act = |make: fn(AnnotationId) -> Action| {
        let id = annotation.id.clone();
        app.hub.on(move |_: MouseEvent| make(id.clone()))
    };
    let tag = {
        let (on_tag, id) = (on_tag.clone(), annotation.id.clone());
        Callback::from(move |_: MouseEvent| on_tag.emit(id.clone()))
    };
    let split = {
        let (hub, annotation) = (app.hub.clone(), annotation.id.clone());
        Callback::from(move |_: MouseEvent| split_at_caret(&hub, &annotation))
    };
    let copy = |text: String| {
        let hub = app.hub.clone();
        Callback::from(move |_: MouseEvent| copy_text(text.clone(), hub.clone()))
    };
    let route =
        Route::Read { document: annotation.document.clone(), annotation: Some(annotation.id.clone()) };
    html! {
        <div class="card__acts">
            { button(messages.add_tag(), Icon::Tag, tag) }
            { button(messages.edit_range(), Icon::Range, act(Action::StartRange)) }
            if is_active {
                { button(messages.split(), Icon::Split, split) }
                { button(messages.join(), Icon::Join, act(|annotation| Action::Join { annotation, at: clock::now() })) }
            }
            { button(messages.copy_quote(), Icon::Copy, copy(annotation.quote())) }
            { button(messages.copy_link(), Icon::Link, copy(page::address_with_hash(&route.href()))) }
            { button(messages.delete(), Icon::Trash, act(|annotation| Action::Delete { annotation, at: clock::now() })) }
        </div>
    }
}

/// Cuts a passage where the caret or the beginning of the selection is.
pub(super) fn split_at_caret(hub: &Hub, annotation: &AnnotationId) {
    let state = hub.state();
    let (Some(article), Some(open)) = (hub.article(), &state.open) else { return };
    let offset = match article::page_selection(&article, &open.text) {
        PageSelection::Caret(offset) => offset,
        PageSelection::Stretch { span, .. } => span.start,
        // Where nothing is selected nothing can be cut: the answer says so.
        PageSelection::Elsewhere => CharOffset(0),
    };
    let (id, at) = fresh();
    hub.dispatch(Action::Split { annotation: annotation.clone(), offset, id, at });
}

fn copy_text(text: String, hub: Hub) {
    spawn_local(async move {
        match files::copy(&text).await {
            Ok(()) => hub.dispatch(Action::Tell(Notice::Copied)),
            Err(error) => log(&["could not copy: ", &told(&error)].concat()),
        }
    });
}
