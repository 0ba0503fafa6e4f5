//! The bar over the text: shelf, type, undo, print, export, and the tabs of the margin.
use std::rc::Rc;

use yew::prelude::*;

use super::margin::Tab;
use crate::browser::{clock, files, layout, page};
use crate::model::review::Bring;
use crate::record::Theme;
use crate::state::{Action, OpenDocument, SettingChange};
use crate::ui::hub::{App, Slice, use_app};
use crate::ui::piece::piece;
use crate::ui::widgets::{Icon, MenuItem, MenuProps, icon, menu, saved_text};

#[derive(PartialEq)]
pub(super) struct ToolbarProps {
    pub(super) open: Rc<OpenDocument>,
    pub(super) tab: Tab,
    pub(super) on_tab: Callback<Tab>,
    pub(super) is_shelf_shown: bool,
    pub(super) on_shelf: Callback<()>,
    pub(super) has_caret: bool,
    pub(super) on_caret: Callback<()>,
}

pub(super) fn toolbar(props: ToolbarProps) -> Html {
    piece("toolbar", "", props, |props, context| use_toolbar(props).run(context))
}

#[hook]
fn use_toolbar(props: &ToolbarProps) -> Html {
    let app = use_app(&[Slice::Annotations, Slice::Library, Slice::Status]);
    let (m, annotations) = (app.m, &app.state.annotations);
    let document = &props.open.document;
    let read = app.state.library.entries.get(&document.id).map_or(0, |entry| entry.glance.read_permille / 10);

    let act = |make: fn() -> Action| app.hub.on(move |_: MouseEvent| make());
    let bar = use_node_ref();
    let node = bar.clone();
    use_effect_with(read, move |percent| {
        if let Some(bar) = node.cast::<web_sys::Element>() {
            layout::set_style(&bar, "--progress", &format!("{percent}%"));
        }
    });
    let button = |label: &'static str,
                  sign: Icon,
                  pressed: Option<bool>,
                  class: &'static str,
                  on_press: Callback<MouseEvent>| {
        html! {
            <button type="button" class={classes!("btn", "btn--quiet", "btn--icon", class)} aria-label={label}
                title={label} aria-pressed={pressed.map(|on| on.to_string())} onclick={on_press}>
                { icon(sign) }
            </button>
        }
    };
    let tab = |target: Tab, label: &'static str, count: Option<u32>| {
        let on_tab = props.on_tab.clone();
        html! {
            <button type="button" role="tab" aria-selected={(props.tab == target).to_string()}
                onclick={move |_| on_tab.emit(target)}>
                { label }
                if let Some(count) = count { { " " }<span class="num">{ m.number(count) }</span> }
            </button>
        }
    };
    let export = app.hub.on(|()| Action::ExportWebAnnotation);
    let bring = |what: Bring, accept: &'static str| {
        let (hub, document) = (app.hub.clone(), document.id.clone());
        Callback::from(move |()| {
            let (hub, document) = (hub.clone(), document.clone());
            files::choose(accept, move |file| {
                let job = hub.inputs().keep(file);
                hub.dispatch(Action::Bring { job, document, what });
            });
        })
    };
    let files = vec![
        MenuItem::new(m.export_web_annotation(), export),
        MenuItem::new(m.bring_annotations(), bring(Bring::Annotations, ".json,.jsonld,.jsonl")),
        MenuItem::new(m.bring_version(), bring(Bring::Version, "")),
    ];
    let shelf_label = if props.is_shelf_shown { m.hide_shelf() } else { m.show_shelf() };
    html! {
        <div class="rbar" role="toolbar" aria-label={m.reader_tools()}>
            <div class="rbar__l">
                { button(shelf_label, Icon::Shelf, Some(props.is_shelf_shown), "", props.on_shelf.reform(|_| ())) }
                <p class="rbar__t"><span class="muted">{ &document.title }</span></p>
                { saved_text(&app, None, "rbar__saved") }
            </div>
            <div class="rbar__c">
                { button(m.undo(), Icon::Undo, None, "", act(|| Action::Undo { at: clock::now() })) }
                { button(m.redo(), Icon::Redo, None, "", act(|| Action::Redo { at: clock::now() })) }
                { type_popover(&app) }
                { button(m.caret_mode(), Icon::Caret, Some(props.has_caret), "rbar__x", props.on_caret.reform(|_| ())) }
                { button(m.print(), Icon::Printer, None, "rbar__x", Callback::from(|_| page::print())) }
                { menu(MenuProps::new(m.export(), Icon::Download, files)) }
            </div>
            <div class="rbar__r">
                <div class="rbar__tabs" role="tablist" aria-label={m.margin()}>
                    { tab(Tab::Passages, m.tab_passages(), Some(annotations.len() as u32)) }
                    { tab(Tab::Info, m.tab_info(), None) }
                </div>
            </div>
            <div class="rbar__p" role="progressbar" aria-label={m.progress_read()} aria-valuemin="0"
                aria-valuemax="100" aria-valuenow={read.to_string()}>
                <i ref={bar} />
            </div>
        </div>
    }
}

/// Type size, line height and colours. The browser's own disclosure opens and closes it.
fn type_popover(app: &App) -> Html {
    let m = app.m;
    html! {
        <details class="rbar__pop">
            <summary class="btn btn--quiet btn--icon" aria-label={m.type_and_theme()} title={m.type_and_theme()}>
                { icon(Icon::Type) }
            </summary>
            <div class="popover popover--type" role="group" aria-label={m.type_and_theme()}>{ type_controls(app) }</div>
        </details>
    }
}

/// The controls, also shown in the settings.
pub(in crate::ui) fn type_controls(app: &App) -> Html {
    let (m, settings) = (app.m, &app.state.settings);
    let set = |change: SettingChange| app.hub.on(move |_: MouseEvent| Action::Set(change.clone()));
    let size = settings.type_size;
    let choice = |is_on: bool, label: &'static str, change: SettingChange| {
        html! {
            <button type="button" role="radio" aria-checked={is_on.to_string()} onclick={set(change)}>{ label }</button>
        }
    };
    let themes = [
        (Theme::System, m.theme_system()),
        (Theme::Light, m.theme_light()),
        (Theme::Sepia, m.theme_sepia()),
        (Theme::Dark, m.theme_dark()),
    ];
    let lines_only = settings.lines_only;
    html! {
        <>
            <div class="set__row">
                <span>{ m.type_size() }</span>
                <span class="stepper">
                    <button type="button" class="btn btn--icon btn--sm" aria-label={m.smaller()}
                        disabled={size <= 16} onclick={set(SettingChange::TypeSize(size.saturating_sub(1)))}>
                        { icon(Icon::Minus) }
                    </button>
                    <output class="num">{ size }</output>
                    <button type="button" class="btn btn--icon btn--sm" aria-label={m.larger()}
                        disabled={size >= 26} onclick={set(SettingChange::TypeSize(size + 1))}>
                        { icon(Icon::Plus) }
                    </button>
                </span>
            </div>
            <div class="set__row">
                <span>{ m.line_height() }</span>
                <span class="seg" role="radiogroup" aria-label={m.line_height()}>
                    for (height, label) in [(160, "1.6"), (175, "1.75"), (190, "1.9")] {
                        { choice(settings.line_height == height, label, SettingChange::LineHeight(height)) }
                    }
                </span>
            </div>
            <div class="set__row">
                <span>{ m.theme() }</span>
                <span class="seg" role="radiogroup" aria-label={m.theme()}>
                    for (theme, label) in themes {
                        { choice(settings.theme == theme, label, SettingChange::Theme(theme)) }
                    }
                </span>
            </div>
            <label class="set__row">
                <span>{ m.lines_only() }</span>
                <input type="checkbox" class="switch" checked={lines_only}
                    onclick={set(SettingChange::LinesOnly(!lines_only))} />
            </label>
        </>
    }
}
