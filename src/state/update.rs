//! The one function that changes the state.
use std::rc::Rc;

use super::action::{Action, Loaded, SettingChange};
use super::app_state::{AppState, Entry, Library, Phase};
use super::effect::Effect;
use super::notice::{Notice, Spoken};
use super::route::Route;
use super::{edits, imports, journal, reading, saving, stretches};
use crate::model::codebook::Codebook;
use crate::record::Settings;

/// What an action leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The state afterwards.
    pub state: AppState,
    /// What is to be done about it, in order.
    pub effects: Vec<Effect>,
}

/// Applies an action.
pub fn update(state: &AppState, action: Action) -> Update {
    let mut state = state.clone();
    let effects = apply(&mut state, action);
    Update { state, effects }
}

fn apply(state: &mut AppState, action: Action) -> Vec<Effect> {
    match action {
        Action::Loaded(loaded) => load(state, *loaded),
        Action::FoundOlder => {
            state.phase = Phase::Older;
            Vec::new()
        }
        Action::Convert { with_backup } => {
            state.phase = Phase::Loading;
            vec![Effect::Convert { with_backup }]
        }
        Action::Went(route) => reading::go(state, route),
        Action::Set(change) => set(state, change),
        Action::Show(overlay) => {
            state.overlay = overlay;
            Vec::new()
        }

        Action::Chose(chosen) => imports::queue(state, chosen),
        Action::Parsed { job, result } => imports::parsed(state, job, result),
        Action::KeepBoth(job) => imports::keep_both(state, job),
        Action::DropJob(job) => imports::drop_job(state, job),
        Action::Bring { job, document, what } => imports::bring(state, job, document, what),
        Action::Brought { job, document, what, result } => {
            imports::brought(state, job, document, what, result)
        }
        Action::RetryJob(job) => imports::retry(state, job),
        Action::Stored { job, result } => imports::stored(state, job, result),

        Action::Opened { id, found, quarantined, at } => reading::opened(state, &id, found, quarantined, at),
        Action::Refreshed { id, found } => reading::refreshed(state, &id, found),
        Action::ReadTo { document, block, permille } => reading::read_to(state, document, block, permille),
        Action::SelectionChanged(raw) => reading::select(state, raw),
        Action::SetRange(raw) => reading::set_range(state, raw),
        Action::GrowSelection => reading::grow(state),
        Action::ShrinkSelection => reading::shrink(state),
        Action::Escape => reading::escape(state),
        Action::Focus(id) => reading::focus(state, id),
        Action::FocusLayerAt(offset) => reading::focus_layer_at(state, offset),
        Action::FocusNeighbour { forward, from } => reading::focus_neighbour(state, forward, from),
        Action::ToggleTag(tag) => reading::toggle_tag(state, tag),

        Action::Highlight { id, at } => edits::highlight(state, id, at),
        Action::MarkOnly { id, at } => edits::mark(state, None, id, at),
        Action::GiveTag { tag, id, at } => edits::give_tag(state, tag, id, at),
        Action::CreateTag { tag, name, id, at } => edits::create_tag(state, tag, &name, id, at),
        Action::StartNote { id, at } => edits::start_note(state, id, at),
        Action::TakeTag { annotation, tag, at } => edits::take_tag(state, &annotation, &tag, at),
        Action::EditNote { annotation, note, at } => edits::edit_note(state, &annotation, note, at),
        Action::ChooseRival { annotation, rival, take, at } => {
            edits::choose_rival(state, &annotation, rival, take, at)
        }
        Action::Delete { annotation, at } => edits::delete(state, &annotation, at),
        Action::Split { annotation, offset, id, at } => stretches::split(state, &annotation, offset, id, at),
        Action::Join { annotation, at } => stretches::join(state, &annotation, at),
        Action::Extend { at } => stretches::extend(state, at),
        Action::StartRange(annotation) => edits::start_range(state, annotation),
        Action::ApplyRange { at } => edits::apply_range(state, at),
        Action::Relabel { block, role, at } => edits::relabel(state, block, role, at),
        Action::Rename { document, title, at } => edits::rename(state, document, &title, at),
        Action::Remove { document, removed, at } => edits::remove(state, document, removed, at),
        Action::Undo { at } => edits::undo(state, at),
        Action::Redo { at } => edits::redo(state, at),

        Action::Flush => saving::flush(state),
        Action::Committed { logged, refused } => saving::committed(state, logged, refused),
        Action::CommitFailed(trouble) => saving::failed(state, trouble),
        Action::Superseded => saving::superseded(state),
        Action::Rang => vec![Effect::Tail(state.journal_seen)],
        Action::Tailed(logged) => journal::absorb(state, logged),
        Action::Recalled(logged) => journal::recalled(state, logged),
        Action::ShelfRead { heads, glances } => journal::shelf_read(state, heads, glances),

        Action::SaveOriginal(document) => vec![Effect::SaveOriginal(document)],
        Action::ExportWebAnnotation => export(state),
        Action::Tell(notice) => tell(state, notice),
        Action::Say(spoken) => say(state, spoken),
        Action::DismissNotice(number) => {
            state.notice.take_if(|(shown, _)| *shown == number);
            Vec::new()
        }
        Action::UpdateWaits => {
            state.update_waits = true;
            Vec::new()
        }
        Action::ApplyUpdate => vec![Effect::ActivateUpdate],
    }
}

/// Shows a message.
pub(super) fn tell(state: &mut AppState, notice: Notice) -> Vec<Effect> {
    state.message_count += 1;
    state.notice = Some((state.message_count, notice));
    Vec::new()
}

/// Tells assistive technology.
pub(super) fn say(state: &mut AppState, spoken: Spoken) -> Vec<Effect> {
    state.message_count += 1;
    state.spoken = Some((state.message_count, spoken));
    Vec::new()
}

fn load(state: &mut AppState, loaded: Loaded) -> Vec<Effect> {
    let Loaded {
        trouble,
        heads,
        mut glances,
        tags,
        settings,
        device,
        window,
        journal_end,
        clock,
        quarantined,
    } = loaded;
    state.phase = trouble.map_or(Phase::Ready, Phase::MemoryOnly);
    state.settings = Rc::new(settings);
    state.codebook = Rc::new(Codebook::with(tags));
    state.device = device;
    state.window = window;
    state.journal_seen = journal_end;
    state.clock = state.clock.max(clock);
    state.quarantined = quarantined;
    let entries = heads.into_iter().map(|head| {
        let glance = glances.remove(&head.id).unwrap_or_default();
        (head.id.clone(), Rc::new(Entry { head, glance }))
    });
    state.library = Rc::new(Library { entries: entries.collect() });
    let mut effects = reading::go(state, state.route.clone());
    effects.push(Effect::Recall(journal_end));
    effects
}

fn set(state: &mut AppState, change: SettingChange) -> Vec<Effect> {
    let settings: &mut Settings = Rc::make_mut(&mut state.settings);
    match change {
        SettingChange::Language(language) => {
            settings.language = Some(language);
            state.address_language = None;
        }
        SettingChange::Theme(theme) => settings.theme = theme,
        SettingChange::TypeSize(size) => settings.type_size = size.clamp(16, 26),
        SettingChange::LineHeight(height) => settings.line_height = height.clamp(160, 200),
        SettingChange::LinesOnly(on) => settings.lines_only = on,
        SettingChange::ShelfHidden(on) => settings.shelf_hidden = on,
        SettingChange::LetterKeys(on) => settings.letter_keys = on,
        SettingChange::Author(name) => {
            let name = name.trim();
            settings.author = (!name.is_empty()).then(|| name.to_owned());
        }
    }
    vec![Effect::SaveSettings(state.settings.clone())]
}

fn export(state: &mut AppState) -> Vec<Effect> {
    let Some(open) = &state.open else { return Vec::new() };
    vec![Effect::ExportWebAnnotation {
        document: Rc::new(open.document.clone()),
        annotations: state.annotations.iter().cloned().collect(),
    }]
}

/// Whether the reader shows this address's document already.
pub(super) fn is_open(state: &AppState, route: &Route) -> bool {
    state.open.as_ref().map(|open| &open.document.id) == route.document() && state.open.is_some()
}
