//! Imports under way, each with its result.
use yew::prelude::*;

use crate::state::{Action, ImportJob, JobState, Route};
use crate::ui::contexts::{fresh_document, use_dispatch, use_imports, use_library, use_messages};
use crate::ui::widgets::{Icon, icon};
use crate::ui::words;

#[component]
pub(super) fn Imports() -> Html {
    let messages = use_messages();
    let imports = use_imports().0;
    html! {
        <ul class="imports" aria-label={messages.imports_label()} aria-live="polite">
            for job in imports.iter() {
                <ImportLine key={job.id.0} job={job.clone()} />
            }
        </ul>
    }
}

#[derive(Properties, PartialEq)]
struct ImportLineProps {
    job: ImportJob,
}

#[component]
fn ImportLine(props: &ImportLineProps) -> Html {
    let messages = use_messages();
    let dispatch = use_dispatch();
    let library = use_library().0;
    let job = &props.job;
    let id = job.id;
    let act = |make: fn(crate::state::JobId) -> Action| {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.call(make(id)))
    };
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
        JobState::Asks { twin, .. } => {
            let title = library.entries.get(twin).map_or("", |entry| entry.head.title.as_str());
            let route = Route::Read { document: twin.clone(), annotation: None };
            let keep = act(|job| {
                let (id, at) = fresh_document();
                Action::KeepBoth { job, id, at }
            });
            let buttons = html! {
                <>
                    <a class="btn btn--sm btn--primary" href={route.href()} onclick={drop_job.clone()}>
                        { messages.job_open_twin() }
                    </a>
                    <button type="button" class="btn btn--sm" onclick={keep}>{ messages.job_keep_both() }</button>
                </>
            };
            ("import--asks", Icon::Info, messages.job_twin(title), buttons)
        }
    };
    let name = job.name.clone().unwrap_or_else(|| messages.pasted_text().to_owned());
    let close = if job.state.is_over() { messages.dismiss() } else { messages.cancel() };
    html! {
        <li class={classes!("import", class)}>
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
