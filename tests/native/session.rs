//! A session of the app without a browser: the state, the wishes that it sends out, and a storage that answers
//! when the test lets it.
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use concord::model::annotation::{Annotation, Settled, Stamp, Versions, settle};
use concord::model::codebook::Tag;
use concord::model::document::{Document, DocumentText, Role};
use concord::model::edit::{Change, Step};
use concord::model::id::{AnnotationId, DocumentId, TagId};
use concord::model::text::Span;
use concord::model::time::{LogicalTime, Timestamp};
use concord::record::{
    DocumentHead, DocumentRow, JournalRow, Logged, NewDocument, Settings, from_json, to_json,
};
use concord::state::{
    Action, AppState, Chosen, Effect, ImportFailure, JobId, JobState, Loaded, Notice, Phase, RawSelection,
    Route, Spoken, StorageTrouble, update,
};
use concord::worker::protocol::{Request, Response};
use concord::worker::serve::serve;

/// What storage holds, and what it makes of steps: each record is changed as it is by then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Storage {
    pub(crate) documents: BTreeMap<DocumentId, Document>,
    pub(crate) removed: BTreeSet<DocumentId>,
    /// Deleted ones are among them.
    pub(crate) annotations: BTreeMap<AnnotationId, Annotation>,
    pub(crate) tags: BTreeMap<TagId, Tag>,
    pub(crate) journal: Vec<Logged>,
}

impl Storage {
    /// Carries steps out and journals them.
    pub(crate) fn commit(&mut self, steps: &[Rc<Step>]) -> (Vec<Logged>, bool) {
        let (mut logged, mut refused) = (Vec::new(), false);
        for step in steps {
            let mut settled = Step { changes: Vec::new(), ..(**step).clone() };
            for change in &step.changes {
                match self.write(change, &mut settled) {
                    Ok(changes) => settled.changes.extend(changes),
                    Err(Refused) => refused = true,
                }
            }
            if !settled.changes.is_empty() {
                logged.extend(self.log(&settled));
            }
        }
        (logged, refused)
    }

    pub(crate) fn log(&mut self, step: &Step) -> Vec<Logged> {
        let rows = JournalRow::of_step(step, &"here".into(), None);
        // What is stored is text.
        let rows = rows.iter().map(|row| from_json(&to_json(row)).expect("a row can be read back"));
        let first = self.journal.len() as u64 + 1;
        let logged: Vec<Logged> = (first..).zip(rows).map(|(key, row)| Logged { key, row }).collect();
        self.journal.extend(logged.iter().cloned());
        logged
    }

    fn write(&mut self, change: &Change, step: &mut Step) -> Result<Option<Change>, Refused> {
        Ok(match change.clone() {
            Change::Annotation { before, after } => {
                let id = after.as_ref().or(before.as_ref()).expect("a change has a side").id.clone();
                let stored = self.annotations.get(&id).cloned();
                let seen = stored.as_ref().map(|stored| stored.stamp.clock);
                let clock = seen.map_or(step.clock, |seen| step.clock.after(seen));
                let stamp = Stamp { modified: step.at, clock, device: "here".into(), author: None };
                let written = match settle(before.as_deref(), after.as_deref(), stored.as_ref(), &stamp) {
                    Settled::Nothing => return Ok(None),
                    Settled::Kept => return Err(Refused),
                    Settled::Write(written) => written,
                };
                step.clock = step.clock.max(clock);
                self.annotations.insert(id, written.clone());
                let living = |annotation: &Annotation| annotation.deleted.is_none();
                let before = stored.filter(living).map(Rc::new);
                Some(Change::Annotation { before, after: Some(written).filter(living).map(Rc::new) })
            }
            Change::Title { document, after, .. } => {
                let before = std::mem::replace(&mut self.document(&document).title, after.clone());
                (before != after).then_some(Change::Title { document, before, after })
            }
            Change::Revision { document, after, .. } => {
                let before = std::mem::replace(&mut self.document(&document).revision, after);
                (before != after).then_some(Change::Revision { document, before, after })
            }
            Change::Role { document, revision, block, after, .. } => {
                let role = &mut self.document(&document).blocks[block as usize].role;
                let before = std::mem::replace(role, after);
                (before != after).then_some(Change::Role { document, revision, block, before, after })
            }
            Change::Removed { document, after, .. } => {
                let differs = if after {
                    self.removed.insert(document.clone())
                } else {
                    self.removed.remove(&document)
                };
                differs.then_some(Change::Removed { document, before: !after, after })
            }
            Change::Tag { before, after: Some(tag) } => {
                self.tags.insert(tag.id.clone(), tag.clone());
                Some(Change::Tag { before, after: Some(tag) })
            }
            Change::Tag { before, after: None } => {
                self.tags.remove(&before.as_ref().expect("a change has a side").id);
                Some(Change::Tag { before, after: None })
            }
        })
    }

    /// The annotations that are not deleted.
    pub(crate) fn living(&self) -> impl Iterator<Item = &Annotation> {
        self.annotations.values().filter(|annotation| annotation.deleted.is_none())
    }

    /// The rows of all documents, without their texts.
    pub(crate) fn heads(&self) -> Vec<DocumentHead> {
        let head = |document: &Document| {
            let removed = self.removed.contains(&document.id);
            DocumentHead { removed, ..head(document) }
        };
        self.documents.values().map(head).collect()
    }

    fn document(&mut self, id: &DocumentId) -> &mut Document {
        self.documents.get_mut(id).expect("only documents in storage are changed")
    }

    /// What people see of it: no stamps, nothing that was removed.
    pub(crate) fn content(&self) -> Self {
        let mut content = self.clone();
        content.documents.retain(|id, _| !self.removed.contains(id));
        content.removed.clear();
        content.annotations.retain(|_, annotation| {
            annotation.deleted.is_none() && content.documents.contains_key(&annotation.document)
        });
        content.annotations.values_mut().for_each(|annotation| {
            *annotation = Annotation { created: Timestamp(0), ..plain(annotation) };
        });
        content.documents.values_mut().for_each(|document| document.imported_at = Timestamp(0));
        content.journal.clear();
        content
    }
}

/// A deletion of what another window had changed.
struct Refused;

/// A session under way.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) state: AppState,
    /// What the last action wished for.
    pub(crate) effects: Vec<Effect>,
    /// Wishes that have not been answered.
    pub(crate) pending: VecDeque<Effect>,
    pub(crate) storage: Storage,
    files: BTreeMap<JobId, String>,
    now: i64,
    ids: u32,
}

impl Session {
    /// The app has just started.
    pub(crate) fn loading() -> Self {
        Self { now: 1_700_000_000_000, ..Self::default() }
    }

    /// The app is ready and the library empty.
    pub(crate) fn ready() -> Self {
        let mut session = Self::loading();
        session.run(Action::Loaded(Box::new(loaded())));
        session
    }

    /// The app reads a document whose lines are blocks; nothing is marked.
    pub(crate) fn reading(text: &str) -> Self {
        let mut session = Self::ready();
        session.import(text);
        session
    }

    /// Does something; nobody answers yet.
    pub(crate) fn act(&mut self, action: Action) -> &mut Self {
        let before = self.state.clone();
        let updated = update(&self.state, action.clone());
        assert_eq!(self.state, before, "an update leaves the state before alone");
        self.state = updated.state;
        self.effects = updated.effects;
        self.pending.extend(self.effects.iter().filter(|effect| is_answered(effect)).cloned());
        check_invariants(&self.state, &action);
        self
    }

    /// Does something and lets everything be answered.
    pub(crate) fn run(&mut self, action: Action) -> &mut Self {
        self.act(action);
        let effects = self.effects.clone();
        self.settle();
        self.effects = effects;
        self
    }

    /// Lets everything be answered.
    pub(crate) fn settle(&mut self) -> &mut Self {
        for _ in 0..1000 {
            if !self.answer() {
                return self;
            }
        }
        panic!("the wishes never end");
    }

    /// Answers the oldest wish; false when there is none.
    pub(crate) fn answer(&mut self) -> bool {
        let Some(effect) = self.pending.pop_front() else { return false };
        let at = self.at();
        match effect {
            Effect::Navigate(route) => self.act(Action::Went(route)),
            Effect::Open(id) => {
                let found = self.storage.documents.get(&id).map(|document| {
                    let mine = |a: &&Annotation| a.document == id && a.deleted.is_none();
                    let annotations = self.storage.annotations.values().filter(mine);
                    (Rc::new(document.clone()), annotations.cloned().collect())
                });
                self.act(Action::Opened { id, found, quarantined: 0, at })
            }
            Effect::Import(job) => {
                let text = self.files.get(&job).cloned();
                let result = text.map(|text| self.imported(&text)).ok_or(ImportFailure::FileGone);
                self.act(Action::Parsed { job, result })
            }
            Effect::StoreDocument { job, new, step } => {
                let revision = from_json(&new.revision).expect("the text can be read");
                self.storage.documents.insert(new.row.id.clone(), new.row.clone().with_text(revision));
                let logged = self.storage.log(&step);
                self.act(Action::Stored { job, result: Ok((new, logged)) })
            }
            Effect::Commit { steps, .. } => {
                let (logged, refused) = self.storage.commit(&steps);
                self.act(Action::Committed { logged, refused })
            }
            Effect::Tail(key) => {
                let logged = self.storage.journal.iter().filter(|logged| logged.key > key).cloned().collect();
                self.act(Action::Tailed(logged))
            }
            Effect::Recall(_) => self.act(Action::Recalled(self.storage.journal.clone())),
            Effect::ReadShelf => {
                self.act(Action::ShelfRead { heads: self.storage.heads(), glances: Default::default() })
            }
            Effect::Refresh(id) => {
                let found = self.storage.documents.get(&id).map(|document| {
                    let mine = |a: &&Annotation| a.document == id && a.deleted.is_none();
                    let annotations = self.storage.annotations.values().filter(mine);
                    (Rc::new(document.clone()), annotations.cloned().collect())
                });
                self.act(Action::Refreshed { id, found })
            }
            Effect::CommitSoon | Effect::RetryLater => self.act(Action::Flush),
            other => panic!("nobody answers {other:?}"),
        };
        true
    }

    /// Storage refuses the write under way; false when there is none.
    pub(crate) fn refuse(&mut self, trouble: StorageTrouble) -> bool {
        let Some(n) = self.pending.iter().position(|effect| matches!(effect, Effect::Commit { .. })) else {
            return false;
        };
        self.pending.remove(n);
        self.act(Action::CommitFailed(trouble));
        true
    }

    /// A moment, a minute after the last.
    pub(crate) fn at(&mut self) -> Timestamp {
        self.wait(60_000)
    }

    /// A moment, so many milliseconds after the last.
    pub(crate) fn wait(&mut self, milliseconds: i64) -> Timestamp {
        self.now += milliseconds;
        Timestamp(self.now)
    }

    pub(crate) fn number(&mut self) -> u32 {
        self.ids += 1;
        self.ids
    }

    pub(crate) fn id(&mut self) -> AnnotationId {
        AnnotationId(format!("a{:04}", self.number()))
    }

    pub(crate) fn document_id(&mut self) -> DocumentId {
        DocumentId(format!("d{:04}", self.number()))
    }

    /// What the helper thread makes of a text.
    pub(crate) fn imported(&mut self, text: &str) -> Rc<NewDocument> {
        let (id, at) = (self.document_id(), self.at());
        let request = Request::Import { file_name: Some("bài.txt".to_owned()), id, at };
        match serve(request, text.as_bytes()) {
            Response::Imported { new, warnings: _ } => Rc::new(*new),
            other => panic!("the text is a document, not {other:?}"),
        }
    }

    /// Chooses a text as a file; the answers are still to come.
    pub(crate) fn choose(&mut self, text: &str) -> JobId {
        let job = JobId(self.number());
        self.files.insert(job, text.to_owned());
        let chosen = Chosen { job, name: Some("bài.txt".to_owned()), bytes: text.len() as u64 };
        self.act(Action::Chose(vec![chosen]));
        job
    }

    /// Chooses a text as a file and lets everything be answered.
    pub(crate) fn import(&mut self, text: &str) -> JobId {
        let job = self.choose(text);
        self.settle();
        job
    }

    /// How far an import is.
    pub(crate) fn job(&self, id: JobId) -> Option<&JobState> {
        self.state.imports.iter().find(|job| job.id == id).map(|job| &job.state)
    }

    /// Lets ids begin later, so that two windows make different ones.
    pub(crate) fn skip_ids(&mut self, count: u32) {
        self.ids += count;
    }

    /// The same profile in a new window: what storage holds is read, nothing else is known.
    pub(crate) fn restarted(&self, window: &str) -> Self {
        let mut session = Self { now: self.now, ids: self.ids, ..Self::default() };
        session.storage = self.storage.clone();
        session.start(window);
        session
    }

    /// Starts, with what storage holds.
    pub(crate) fn start(&mut self, window: &str) {
        let end = self.storage.journal.last();
        let loaded = Loaded {
            heads: self.storage.heads(),
            tags: self.storage.tags.values().cloned().collect(),
            window: window.into(),
            journal_end: end.map_or(0, |logged| logged.key),
            clock: end.map_or(LogicalTime::default(), |logged| logged.row.clock),
            ..loaded()
        };
        self.run(Action::Loaded(Box::new(loaded)));
    }

    /// The document in the reader.
    pub(crate) fn document(&self) -> DocumentId {
        self.state.open.as_ref().expect("a document is open").document.id.clone()
    }

    /// Its text.
    pub(crate) fn text(&self) -> Rc<DocumentText> {
        self.state.open.as_ref().expect("a document is open").text.clone()
    }

    /// Where some words first stand in the text.
    pub(crate) fn span(&self, words: &str) -> Span {
        let text = self.text();
        let at = text.as_str().find(words).unwrap_or_else(|| panic!("{words:?} is in the text"));
        crate::support::span_of(text.as_str(), at..at + words.len())
    }

    pub(crate) fn select(&mut self, words: &str) -> &mut Self {
        let raw = RawSelection { span: self.span(words), is_exact: false };
        self.act(Action::SelectionChanged(Some(raw)))
    }

    pub(crate) fn deselect(&mut self) -> &mut Self {
        self.act(Action::SelectionChanged(None))
    }

    /// The words that are selected.
    pub(crate) fn selected(&self) -> Option<String> {
        self.state.selected_span().map(|span| self.text().slice(span).to_owned())
    }

    pub(crate) fn tag(&mut self, tag: &str) -> AnnotationId {
        let (id, at) = (self.id(), self.at());
        self.act(Action::GiveTag { tag: tag.into(), id, at });
        self.state.view.focus.clone().unwrap_or_default()
    }

    pub(crate) fn highlight(&mut self) -> AnnotationId {
        let (id, at) = (self.id(), self.at());
        self.act(Action::Highlight { id, at });
        self.state.view.focus.clone().unwrap_or_default()
    }

    /// Types a note, so many milliseconds after what happened before.
    pub(crate) fn note(&mut self, annotation: &AnnotationId, note: &str, after: i64) -> &mut Self {
        let at = self.wait(after);
        self.act(Action::EditNote { annotation: annotation.clone(), note: note.to_owned(), at })
    }

    pub(crate) fn delete(&mut self, annotation: &AnnotationId) -> &mut Self {
        let at = self.at();
        self.act(Action::Delete { annotation: annotation.clone(), at })
    }

    pub(crate) fn relabel(&mut self, block: u32, role: Role) -> &mut Self {
        let at = self.at();
        self.act(Action::Relabel { block, role, at })
    }

    pub(crate) fn rename(&mut self, document: &DocumentId, title: &str) -> &mut Self {
        let at = self.at();
        self.act(Action::Rename { document: document.clone(), title: title.to_owned(), at })
    }

    pub(crate) fn remove(&mut self, document: &DocumentId, removed: bool) -> &mut Self {
        let at = self.at();
        self.act(Action::Remove { document: document.clone(), removed, at })
    }

    pub(crate) fn undo(&mut self) -> &mut Self {
        let at = self.at();
        self.act(Action::Undo { at })
    }

    pub(crate) fn redo(&mut self) -> &mut Self {
        let at = self.at();
        self.act(Action::Redo { at })
    }

    pub(crate) fn go(&mut self, route: Route) -> &mut Self {
        self.act(Action::Went(route))
    }

    /// Goes to a document and lets it be opened.
    pub(crate) fn open(&mut self, document: &DocumentId) -> &mut Self {
        self.go(Route::Read { document: document.clone(), annotation: None }).settle()
    }

    /// Every passage in text order: `words |tags| note`.
    pub(crate) fn passages(&self) -> Vec<String> {
        let tags =
            |annotation: &Annotation| annotation.tags.iter().map(TagId::as_str).collect::<Vec<_>>().join(" ");
        let line =
            |a: &Rc<Annotation>| format!("{} |{}| {}", a.quote(), tags(a), a.note).trim_end().to_owned();
        self.state.annotations.iter().map(line).collect()
    }

    /// The annotations on screen without their stamps.
    pub(crate) fn annotations(&self) -> Vec<Annotation> {
        self.state.annotations.iter().map(|annotation| plain(annotation)).collect()
    }

    pub(crate) fn notice(&self) -> Option<&Notice> {
        self.state.notice.as_ref().map(|(_, notice)| notice)
    }

    pub(crate) fn spoken(&self) -> Option<&Spoken> {
        self.state.spoken.as_ref().map(|(_, spoken)| spoken)
    }

    pub(crate) fn wished(&self, is_wanted: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(is_wanted)
    }

    pub(crate) fn unsaved(&self) -> usize {
        self.state.saving.unsaved()
    }

    /// The numbers of steps in the commits that wait for an answer.
    pub(crate) fn commits(&self) -> Vec<usize> {
        let steps = |effect: &Effect| match effect {
            Effect::Commit { steps, .. } => Some(steps.len()),
            _ => None,
        };
        self.pending.iter().filter_map(steps).collect()
    }
}

fn is_answered(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Navigate(_)
            | Effect::Open(_)
            | Effect::Import(_)
            | Effect::StoreDocument { .. }
            | Effect::Commit { .. }
            | Effect::Tail(_)
            | Effect::Recall(_)
            | Effect::ReadShelf
            | Effect::Refresh(_)
            | Effect::CommitSoon
            | Effect::RetryLater
    )
}

/// What an empty storage gives.
pub(crate) fn loaded() -> Loaded {
    Loaded {
        trouble: None,
        heads: Vec::new(),
        glances: Default::default(),
        tags: Vec::new(),
        settings: Settings::default(),
        device: "here".into(),
        window: "window".into(),
        journal_end: 0,
        clock: LogicalTime::default(),
        quarantined: 0,
    }
}

pub(crate) fn head(document: &Document) -> DocumentHead {
    DocumentRow::from(document).into()
}

/// What people see of an annotation: not when and where it was changed.
pub(crate) fn plain(annotation: &Annotation) -> Annotation {
    let stamp =
        Stamp { modified: Timestamp(0), clock: LogicalTime::default(), device: "".into(), author: None };
    Annotation { stamp, versions: Versions::default(), ..annotation.clone() }
}

/// What holds after every action.
fn check_invariants(state: &AppState, action: &Action) {
    let action: String = format!("{action:?}").chars().take(80).collect();
    let is_known = |id: &AnnotationId| state.annotations.get(id).is_some();
    assert!(state.view.focus.as_ref().is_none_or(is_known), "the focus is gone after {action}");
    assert!(
        state.view.editing_range.as_ref().is_none_or(is_known),
        "the edited range is gone after {action}"
    );
    assert!(state.saving.in_flight <= state.saving.queue.len(), "more is written than waits after {action}");
    if let Some(open) = &state.open {
        assert_eq!(*open.text, DocumentText::new(&open.document.blocks), "the text changed by {action}");
        let selected = state.selected_span();
        assert!(selected.is_none_or(|span| !span.is_empty() && span.end <= open.text.char_len()), "{action}");
        for placed in state.annotations.placed() {
            let part =
                placed.annotation.parts().nth(placed.part as usize).expect("a stretch has its selectors");
            assert_eq!(open.text.slice(placed.span), part.quote.exact, "{action}");
        }
        if let Some(entry) = state.library.entries.get(&open.document.id) {
            assert_eq!(entry.glance.annotations as usize, state.annotations.len(), "{action}");
        }
    } else {
        assert!(state.annotations.is_empty() && state.selected_span().is_none(), "{action}");
    }
    if state.phase == Phase::Loading {
        assert_eq!(state.saving.unsaved(), 0);
    }
}
