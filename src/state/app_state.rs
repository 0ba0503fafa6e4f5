//! The state, in slices that are shared by reference: a view that shows one slice is not redrawn for another.
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::notice::{ImportFailure, Notice, Spoken, StorageTrouble};
use super::route::Route;
use crate::model::annotation::AnnotationSet;
use crate::model::codebook::Codebook;
use crate::model::document::{Document, DocumentText, Language};
use crate::model::edit::Step;
use crate::model::id::{AnnotationId, DeviceId, DocumentId, StepId, TagId, WindowId};
use crate::model::text::Span;
use crate::model::time::{LogicalTime, Timestamp};
use crate::record::{DocumentHead, DocumentRow, Glance, NewDocument, Settings};

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppState {
    /// Whether the stored data have been read.
    pub phase: Phase,
    /// Preferences.
    pub settings: Rc<Settings>,
    /// What the browser is set to, for those who chose no language.
    pub browser_language: Language,
    /// The language that the address asks for, before any preference.
    pub address_language: Option<Language>,
    /// Where in the app.
    pub route: Route,
    /// All documents, without their texts.
    pub library: Rc<Library>,
    /// The tags.
    pub codebook: Rc<Codebook>,
    /// The document in the reader.
    pub open: Option<Rc<OpenDocument>>,
    /// Its annotations.
    pub annotations: Rc<AnnotationSet>,
    /// What is selected and focused in it.
    pub view: Rc<View>,
    /// Imports under way or just ended.
    pub imports: Rc<Vec<ImportJob>>,
    /// What storage has not acknowledged yet.
    pub saving: Rc<Saving>,
    /// What can be taken back and done again.
    pub history: Rc<History>,
    /// The latest short message, with a number that tells repeated ones apart.
    pub notice: Option<(u32, Notice)>,
    /// The latest words for assistive technology, likewise.
    pub spoken: Option<(u32, Spoken)>,
    /// What lies over the view.
    pub overlay: Option<Overlay>,
    /// A new version of the app waits.
    pub update_waits: bool,
    /// Rows of the library that could not be read; they are kept.
    pub quarantined: u32,
    /// Rows of documents that could not be read when they were last opened.
    pub quarantined_in: Vec<(DocumentId, u32)>,
    /// The latest reading of the clock that this device has made or seen.
    pub clock: LogicalTime,
    /// This browser profile.
    pub device: DeviceId,
    /// This window.
    pub window: WindowId,
    /// How many steps were made in this window: each gets the next number.
    pub steps_made: u32,
    /// The key of the last journal row whose changes are part of this state.
    pub journal_seen: u64,
    /// Whether storage was asked to persist.
    pub asked_to_persist: bool,
    /// Counts notices and spoken words.
    pub message_count: u32,
}

impl AppState {
    /// The language of the interface.
    pub fn language(&self) -> Language {
        self.address_language.or(self.settings.language).unwrap_or(self.browser_language)
    }

    /// How many rows are known that could not be read.
    pub fn damaged_rows(&self) -> u32 {
        self.quarantined + self.quarantined_in.iter().map(|(_, count)| count).sum::<u32>()
    }

    /// The identity of the next step.
    pub(super) fn next_step(&mut self) -> StepId {
        self.steps_made += 1;
        StepId(format!("{}.{}", self.window, self.steps_made))
    }

    /// Whether a step was made in this window.
    pub(super) fn is_own(&self, step: &StepId) -> bool {
        step.as_str().strip_prefix(self.window.as_str()).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The span in the reader that an action speaks of.
    pub fn selected_span(&self) -> Option<Span> {
        self.view.selection.map(|selected| selected.span)
    }
}

/// A title of fewer code points may belong to any number of documents ("Notice").
const TELLING_TITLE: usize = 24;

/// Whether the app can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The stored data are being read.
    #[default]
    Loading,
    /// The data of an older version wait to be converted; the person may take a backup first.
    Older,
    /// Yes.
    Ready,
    /// Yes, but nothing is stored.
    MemoryOnly(StorageTrouble),
}

/// A dialog over the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Bringing articles in.
    Import,
    /// The list of keyboard shortcuts.
    Shortcuts,
}

/// All documents of this profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    /// By id; removed ones are among them. In no order: see [`Library::in_order`].
    pub entries: HashMap<DocumentId, Rc<Entry>>,
}

impl Library {
    /// Those that are not removed, last used first.
    pub fn in_order(&self) -> Vec<&Rc<Entry>> {
        let mut entries: Vec<_> = self.entries.values().filter(|entry| !entry.head.removed).collect();
        entries.sort_unstable_by_key(|entry| {
            std::cmp::Reverse((
                entry.glance.opened_at.max(Some(entry.head.imported_at)),
                entry.head.id.clone(),
            ))
        });
        entries
    }

    /// Those that were removed and can be put back.
    pub fn removed(&self) -> impl Iterator<Item = &Rc<Entry>> {
        self.entries.values().filter(|entry| entry.head.removed)
    }

    /// A document with the same text.
    pub fn twin_of(&self, text_sha256: &str) -> Option<&Rc<Entry>> {
        self.entries
            .values()
            .find(|entry| !entry.head.removed && entry.head.source.text_sha256 == text_sha256)
    }

    /// A document that may be an older version of another: it has the same title, and that is long enough to say
    /// something, or it came from a file of the same name.
    pub fn namesake_of(&self, new: &DocumentRow) -> Option<&Rc<Entry>> {
        let is_alike = |head: &DocumentHead| {
            let says_much = new.title.chars().count() >= TELLING_TITLE;
            head.title == new.title && (says_much || head.source.file_name == new.source.file_name)
        };
        self.entries.values().find(|entry| !entry.head.removed && is_alike(&entry.head))
    }

    /// Passages that wait to be reviewed, over all documents.
    pub fn waiting(&self) -> u32 {
        self.entries.values().filter(|entry| !entry.head.removed).map(|entry| entry.glance.waiting).sum()
    }

    /// Changes one entry.
    pub(super) fn change(&mut self, id: &DocumentId, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.get_mut(id) {
            change(Rc::make_mut(entry));
        }
    }
}

/// A document in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub head: DocumentHead,
    /// How far it was read and marked.
    pub glance: Glance,
}

/// The document in the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDocument {
    /// The document.
    pub document: Document,
    /// Its text. Changing a role leaves it alone.
    pub text: Rc<DocumentText>,
    /// The block to show first.
    pub first_block: u32,
}

/// What is going on in the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What would be kept of the selection.
    pub selection: Option<Selected>,
    /// Smaller stretches from which the selection was grown, the last first to come back.
    pub grown_from: Vec<Span>,
    /// The annotation in focus.
    pub focus: Option<AnnotationId>,
    /// The annotation whose range is being set anew.
    pub editing_range: Option<AnnotationId>,
    /// Which stretch of it, from 0.
    pub editing_part: usize,
    /// Tags that are not shown.
    pub hidden: Vec<TagId>,
}

/// A stretch of text, ready to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// What would be kept.
    pub span: Span,
    /// Whether the edges were set exactly, not snapped to syllables.
    pub is_exact: bool,
}

/// Numbers an import within a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportJob {
    /// Its number.
    pub id: JobId,
    /// The name of the file; none for a pasted text.
    pub name: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
    /// How far it is.
    pub state: JobState,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Others come first.
    Waiting,
    /// Being read by the helper thread.
    Reading,
    /// The same text, or another one of the same name, is here already; the person decides.
    Asks {
        /// The document that is here.
        twin: DocumentId,
        /// Whether it has the same text.
        is_same: bool,
        /// What was read.
        new: Rc<NewDocument>,
    },
    /// Being stored.
    Storing,
    /// Done.
    Done(DocumentId),
    /// Did not work; nothing was changed.
    Failed(ImportFailure),
}

impl JobState {
    /// Whether nothing more will happen by itself.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_))
    }
}

/// Edits on their way to storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saving {
    /// Steps not acknowledged, in order.
    pub queue: VecDeque<Rc<Step>>,
    /// How many of them, from the front, are being written now.
    pub in_flight: usize,
    /// Why the last attempt failed.
    pub trouble: Option<StorageTrouble>,
    /// A newer version of the app waits until all is saved and the storage is let go.
    pub is_superseded: bool,
}

impl Saving {
    /// Edits that would be lost if the page closed now.
    pub fn unsaved(&self) -> usize {
        self.queue.len()
    }
}

/// Steps that can be taken back and done again, over all documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Oldest first.
    pub done: Vec<Rc<Step>>,
    /// Taken back; the next to do again is last.
    pub undone: Vec<Rc<Step>>,
    /// Whether the steps of earlier sessions were read from the journal.
    pub is_recalled: bool,
    /// The person asked for undo (or redo: true) before that; it is done afterwards.
    pub wanted: Option<(bool, Timestamp)>,
}
