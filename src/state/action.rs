//! What happened: the person did something, or an effect answered.
use std::collections::HashMap;
use std::rc::Rc;

use super::app_state::{JobId, Overlay};
use super::notice::{ImportFailure, Notice, Spoken, StorageTrouble};
use super::route::Route;
use crate::model::annotation::Annotation;
use crate::model::codebook::Tag;
use crate::model::document::{Document, Language, Role};
use crate::model::id::{AnnotationId, DeviceId, DocumentId, TagId, WindowId};
use crate::model::review::Bring;
use crate::model::text::Span;
use crate::model::time::LogicalTime;
use crate::model::time::Timestamp;
use crate::record::{DocumentHead, Glance, Logged, NewDocument, Settings, Theme};

/// Everything that can happen. New ids and the time of day come along as data.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The stored data were read, or could not be.
    Loaded(Box<Loaded>),
    /// The stored data are those of an older version.
    FoundOlder,
    /// Convert them.
    Convert {
        /// After a backup was handed out.
        with_backup: bool,
    },
    /// The address changed.
    Went(Route),
    /// A preference was set.
    Set(SettingChange),
    /// A dialog was opened; none closes it.
    Show(Option<Overlay>),

    /// Files were chosen, dropped or pasted.
    Chose(Vec<Chosen>),
    /// The helper thread read a file.
    Parsed {
        /// Which import.
        job: JobId,
        /// The document, or why not.
        result: Result<Rc<NewDocument>, ImportFailure>,
    },
    /// The person wants a second copy of the same text.
    KeepBoth(JobId),
    /// The person stops an import, or clears its line.
    DropJob(JobId),
    /// Read a file as something for a document that is here already.
    Bring {
        /// Its bytes are kept under this number.
        job: JobId,
        /// The document.
        document: DocumentId,
        /// As what.
        what: Bring,
    },
    /// The helper thread did so.
    Brought {
        /// Which file.
        job: JobId,
        /// The document.
        document: DocumentId,
        /// As what.
        what: Bring,
        /// How many passages were placed, and how many wait for the person; or why nothing was done.
        result: Result<(u32, u32), ImportFailure>,
    },
    /// The person tries an import that failed once more.
    RetryJob(JobId),
    /// A document was stored.
    Stored {
        /// Which import.
        job: JobId,
        /// What came of it, with the journal rows.
        result: Result<(Rc<NewDocument>, Vec<Logged>), StorageTrouble>,
    },

    /// A document was read from storage.
    Opened {
        /// Which document was asked for.
        id: DocumentId,
        /// The document and its annotations; none when there is no such document.
        found: Option<(Rc<Document>, Vec<Annotation>)>,
        /// Rows that could not be read.
        quarantined: u32,
        /// Now.
        at: Timestamp,
    },
    /// The document in the reader was read from storage anew.
    Refreshed {
        /// Which document.
        id: DocumentId,
        /// The document and its annotations; none when they cannot be read.
        found: Option<(Rc<Document>, Vec<Annotation>)>,
    },
    /// The person read up to here.
    ReadTo {
        /// Which document.
        document: DocumentId,
        /// The block at the top.
        block: u32,
        /// How much of the text is above the lower edge, in permille.
        permille: u16,
    },

    /// The selection in the text changed; none when it was dropped.
    SelectionChanged(Option<RawSelection>),
    /// The range that is being set was moved by a handle or a key: selected in the page as well.
    SetRange(RawSelection),
    /// Widen the selection to the next larger unit.
    GrowSelection,
    /// Undo the last widening.
    ShrinkSelection,
    /// Mark the selection with the last tag.
    Highlight {
        /// For a new annotation.
        id: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Mark the selection without a tag.
    MarkOnly {
        /// For a new annotation.
        id: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Give a tag to the selection, else to the passage in focus.
    GiveTag {
        /// The tag.
        tag: TagId,
        /// For a new annotation.
        id: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Make a tag and give it.
    CreateTag {
        /// For the new tag.
        tag: TagId,
        /// As typed.
        name: String,
        /// For a new annotation.
        id: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Write a note on the selection, else on the passage in focus.
    StartNote {
        /// For a new annotation.
        id: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Take a tag off a passage.
    TakeTag {
        /// The passage.
        annotation: AnnotationId,
        /// The tag.
        tag: TagId,
        /// Now.
        at: Timestamp,
    },
    /// The note reads like this now.
    EditNote {
        /// The passage.
        annotation: AnnotationId,
        /// The whole note.
        note: String,
        /// Now.
        at: Timestamp,
    },
    /// Choose between what two windows wrote at the same time.
    ChooseRival {
        /// The passage.
        annotation: AnnotationId,
        /// Which of its rivals.
        rival: usize,
        /// Whether the rival is taken; else it is dropped.
        take: bool,
        /// Now.
        at: Timestamp,
    },
    /// Delete a passage.
    Delete {
        /// The passage.
        annotation: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Cut a passage in two.
    Split {
        /// The passage.
        annotation: AnnotationId,
        /// Where.
        offset: crate::model::text::CharOffset,
        /// For the second half.
        id: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Make one passage of this and the next one of its kind.
    Join {
        /// The passage.
        annotation: AnnotationId,
        /// Now.
        at: Timestamp,
    },
    /// Add the selection to the passage in focus.
    Extend {
        /// Now.
        at: Timestamp,
    },
    /// Begin to set a passage's range anew.
    StartRange(AnnotationId),
    /// Keep the selection as the range that is being set.
    ApplyRange {
        /// Now.
        at: Timestamp,
    },
    /// Leave what is being done: the range edit, the selection, the focus, one at a time.
    Escape,
    /// Focus a passage, or none.
    Focus(Option<AnnotationId>),
    /// Focus the next layer of the passages at a place.
    FocusLayerAt(crate::model::text::CharOffset),
    /// Focus the passage after or before the one in focus.
    FocusNeighbour {
        /// After, not before.
        forward: bool,
        /// Where to start when none is in focus.
        from: crate::model::text::CharOffset,
    },
    /// Show or hide a tag's passages.
    ToggleTag(TagId),
    /// Change what a block is.
    Relabel {
        /// Which block.
        block: u32,
        /// Its new role.
        role: Role,
        /// Now.
        at: Timestamp,
    },
    /// Change a title.
    Rename {
        /// Which document.
        document: DocumentId,
        /// The new title.
        title: String,
        /// Now.
        at: Timestamp,
    },
    /// Take a document out of the library, or put it back.
    Remove {
        /// Which document.
        document: DocumentId,
        /// Out, not back.
        removed: bool,
        /// Now.
        at: Timestamp,
    },
    /// Take the last step back.
    Undo {
        /// Now.
        at: Timestamp,
    },
    /// Do it again.
    Redo {
        /// Now.
        at: Timestamp,
    },

    /// Write now what waits, also after trouble.
    Flush,
    /// Storage has acknowledged all that was in flight.
    Committed {
        /// As it stands in the journal.
        logged: Vec<Logged>,
        /// Whether a deletion was not carried out, because someone had changed the passage meanwhile.
        refused: bool,
    },
    /// Storage has refused it.
    CommitFailed(StorageTrouble),
    /// Another window, or the helper thread, has written something.
    Rang,
    /// The journal after the last row that was seen.
    Tailed(Vec<Logged>),
    /// The last rows of the journal, for undo.
    Recalled(Vec<Logged>),
    /// The library was read anew.
    ShelfRead {
        /// All documents.
        heads: Vec<DocumentHead>,
        /// What lists show of them.
        glances: HashMap<DocumentId, Glance>,
    },
    /// A newer version of the app wants to change the database.
    Superseded,

    /// Hand out a document's original, byte for byte.
    SaveOriginal(DocumentId),
    /// Export the annotations of the open document.
    ExportWebAnnotation,
    /// Show a message.
    Tell(Notice),
    /// Say something to assistive technology.
    Say(Spoken),
    /// The message with this number was read.
    DismissNotice(u32),
    /// A new version of the app waits.
    UpdateWaits,
    /// Start the new version.
    ApplyUpdate,
}

/// What storage held at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Trouble: then nothing else is here.
    pub trouble: Option<StorageTrouble>,
    /// Documents.
    pub heads: Vec<DocumentHead>,
    /// By document.
    pub glances: HashMap<DocumentId, Glance>,
    /// Tags that people made.
    pub tags: Vec<Tag>,
    /// Preferences.
    pub settings: Settings,
    /// This profile.
    pub device: DeviceId,
    /// This window.
    pub window: WindowId,
    /// The key of the journal's last row.
    pub journal_end: u64,
    /// The clock of that row.
    pub clock: LogicalTime,
    /// Rows that could not be read.
    pub quarantined: u32,
}

/// A preference and its new value.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingChange {
    /// The language of the interface.
    Language(Language),
    /// The colours.
    Theme(Theme),
    /// Size of the reading text in CSS pixels.
    TypeSize(u8),
    /// Line height in hundredths.
    LineHeight(u8),
    /// Tags as lines only.
    LinesOnly(bool),
    /// Hide the shelf.
    ShelfHidden(bool),
    /// Letters as shortcuts.
    LetterKeys(bool),
    /// The name that goes into records.
    Author(String),
}

/// Something to import.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its number; the bytes are kept under it at the edge.
    pub job: JobId,
    /// The name of the file.
    pub name: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
}

/// What a hand or a key selected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RawSelection {
    /// As selected.
    pub span: Span,
    /// Keep the edges as they are: Alt was held.
    pub is_exact: bool,
}
