//! The rail: the way between the views.
use yew::prelude::*;

use super::{Icon, icon};
use crate::state::Route;
use crate::ui::hub::App;

pub(in crate::ui) fn rail(app: &App) -> Html {
    let (messages, route) = (app.m, &app.state.route);
    let entries = app.state.library.in_order();
    let last_read = entries.into_iter().find(|entry| entry.glance.opened_at.is_some());
    let reading = match route {
        Route::Read { document, .. } => Some(document.clone()),
        Route::Library | Route::Settings | Route::Review(_) | Route::Planned(_) => {
            last_read.map(|entry| entry.head.id.clone())
        }
    };
    let is_reading = matches!(route, Route::Read { .. });
    let item = |target: Route, label: &'static str, sign: Icon, is_current: bool| {
        html! {
            <a class="rail__item" href={target.href()} aria-current={is_current.then_some("page")}>
                { icon(sign) }<span>{ label }</span>
            </a>
        }
    };
    let waiting = app.state.library.waiting();
    let is_reviewing = matches!(route, Route::Review(_));
    html! {
        <nav class="rail" aria-label={messages.nav_main()}>
            <a class="rail__mark" href="#/" aria-label={messages.app_name()}>{ logo() }</a>
            { item(Route::Library, messages.nav_library(), Icon::Library, *route == Route::Library) }
            if let Some(document) = reading {
                { item(Route::Read { document, annotation: None }, messages.nav_read(), Icon::Book, is_reading) }
            }
            if waiting > 0 || is_reviewing {
                <a class="rail__item" href={Route::Review(None).href()} aria-current={is_reviewing.then_some("page")}>
                    { icon(Icon::Anchor) }<span>{ messages.nav_review() }</span>
                    if waiting > 0 {
                        <span class="badge badge--warn">
                            { messages.number(waiting) }<span class="vh">{ " " }{ messages.waiting_for_review() }</span>
                        </span>
                    }
                </a>
            }
            <span class="rail__gap" />
            { item(Route::Settings, messages.nav_settings(), Icon::Settings, *route == Route::Settings) }
        </nav>
    }
}

fn logo() -> Html {
    html! {
        <svg width="30" height="30" viewBox="0 0 30 30" aria-hidden="true">
            <rect x="1" y="3" width="18" height="20" fill="var(--t-lead-tint)" />
            <rect x="12" y="3" width="17" height="20" fill="var(--t-partner-tint)" />
            <text x="15" y="20.2" text-anchor="middle" font-family="Literata, serif" font-weight="600"
                font-size="21" fill="var(--ink)">{ "C" }</text>
            <path d="M1 25h18" stroke="var(--t-lead-line)" stroke-width="2.5" />
            <path d="M20.8 25h8.4" stroke="var(--t-partner-line)" stroke-width="2.5" stroke-linecap="round"
                stroke-dasharray=".1 3.9" />
        </svg>
    }
}
