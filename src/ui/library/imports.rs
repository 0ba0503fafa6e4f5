//! Imports under way, each with its result.
use yew::prelude::*;

use crate::model::review::Bring;
use crate::state::{Action, ImportJob, JobState, Route};
use crate::ui::hub::App;
use crate::ui::widgets::{Icon, icon};
use crate::ui::words;

/// The list; nothing when there are none.
pub(super) fn imports(app: &App) -> Html {
    if app.state.imports.is_empty() {
        return html! {};
    }
    html! {
        <ul class="imports" aria-label={app.m.imports_label()} aria-live="polite">
            for job in app.state.imports.iter() { { import_line(app, job) } }
        </ul>
    }
}

fn import_line(app: &App, job: &ImportJob) -> Html {
    let (messages, library, id) = (app.m, &app.state.library, job.id);
    let act = |make: fn(crate::state::JobId) -> Action| app.hub.on(move |_: MouseEvent| make(id));
    let drop_job = act(Action::DropJob);
    let (class, sign, text, buttons) = match &job.state {
        JobState::Waiting => ("", Icon::FileIn, messages.job_waiting().to_owned(), html! {}),
        JobState::Reading => ("", Icon::Busy, messages.job_reading().to_owned(), html! {}),
        JobState::Storing => ("", Icon::Busy, messages.job_storing().to_owned(), html! {}),
        JobState::Done(document) => {
            let route = Route::Read { document: document.clone(), annotation: None };
            let open = html! { <a class="btn btn--sm" href={route.href()}>{ messages.job_open() }</a> };
            ("import--done", Icon::Done, messages.job_done().to_owned(), open)
        }
        JobState::Failed(failure) => {
            let retry = act(Action::RetryJob);
            let button = html! {
                <button type="button" class="btn btn--sm" onclick={retry}>{ messages.try_again() }</button>
            };
            ("import--failed", Icon::Alert, words::failure(messages, failure), button)
        }
        JobState::Asks { twin, is_same, .. } => {
            let title = library.entries.get(twin).map_or("", |entry| entry.head.title.as_str());
            let route = Route::Read { document: twin.clone(), annotation: None };
            let keep = act(Action::KeepBoth);
            let document = twin.clone();
            let as_version = app.hub.on(move |_: MouseEvent| Action::Bring {
                job: id,
                document: document.clone(),
                what: Bring::Version,
            });
            let buttons = html! {
                <>
                    if *is_same {
                        <a class="btn btn--sm btn--primary" href={route.href()} onclick={drop_job.clone()}>
                            { messages.job_open_twin() }
                        </a>
                    } else {
                        <button type="button" class="btn btn--sm btn--primary" onclick={as_version}>
                            { messages.job_as_version() }
                        </button>
                    }
                    <button type="button" class="btn btn--sm" onclick={keep}>{ messages.job_keep_both() }</button>
                </>
            };
            let text = if *is_same { messages.job_twin(title) } else { messages.job_namesake(title) };
            ("import--asks", Icon::Info, text, buttons)
        }
    };
    let name = job.name.clone().unwrap_or_else(|| messages.pasted_text().to_owned());
    let close = if job.state.is_over() { messages.dismiss() } else { messages.cancel() };
    html! {
        <li key={id.0} class={classes!("import", class)}>
            { icon(sign) }
            <span class="import__name">{ name }</span>
            <span class="import__state">{ text }</span>
            <span class="import__acts">{ buttons }</span>
            <button type="button" class="btn btn--quiet btn--icon btn--sm" aria-label={close} onclick={drop_job}>
                { icon(Icon::Close) }
            </button>
        </li>
    }
}
