//! What the vault asks of the helper thread: work on storage as a whole.
use serde::{Deserialize, Serialize};

use crate::model::codebook::Tag;
use crate::model::document::Language;
use crate::model::edit::{Deed, Direction};
use crate::model::id::{AnnotationId, DeviceId, DocumentId, WindowId};
use crate::model::review::{Queue, Verdict};
use crate::model::time::Timestamp;
use crate::record::backup::{BackupError, Preview, RestoreMode};

/// Who does something, where and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// This profile.
    pub device: DeviceId,
    /// For the steps that are made: no window has this name.
    pub window: WindowId,
    /// The name that the person gave.
    pub author: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// A question about storage as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum VaultRequest {
    /// Write a backup. Its bytes come along with [`VaultAnswer::Backup`].
    Backup(Origin),
    /// Write a backup to where copies are kept by themselves: the browser's private files, and the file that the
    /// person chose, if any.
    KeepCopy(Origin),
    /// Read the copy that was kept in the browser's private files, as if the person had chosen it.
    FindCopy,
    /// What restoring the backup that comes along would do.
    Inspect {
        /// How.
        mode: RestoreMode,
        /// Who.
        origin: Origin,
    },
    /// Restore the backup that comes along.
    Restore {
        /// How.
        mode: RestoreMode,
        /// Who.
        origin: Origin,
    },
    /// Look at every row.
    Health,
    /// The rows that cannot be read, as a file. Its bytes come along.
    Damaged,
    /// What was changed, the last first.
    History {
        /// In this document; none for all.
        document: Option<DocumentId>,
        /// Before this journal key; none from the end.
        before: Option<u64>,
        /// So many entries at most.
        limit: u32,
    },
    /// Bring a document, or one passage of it, back to how it was before a journal row.
    Revert {
        /// The document.
        document: DocumentId,
        /// The passage; none for the whole document.
        only: Option<AnnotationId>,
        /// The key of the journal row.
        key: u64,
        /// Who.
        origin: Origin,
    },
    /// Forget the journal before a moment.
    Shorten(Timestamp),
    /// Make the pack of a document anew.
    Pack(DocumentId),
    /// The passages of a document that wait for the person, with what is proposed for each.
    Queue(DocumentId),
    /// Carry out what the person decided, as one step.
    Decide {
        /// The document.
        document: DocumentId,
        /// For each passage.
        verdicts: Vec<(AnnotationId, Verdict)>,
        /// Who.
        origin: Origin,
    },
}

/// An answer of the vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum VaultAnswer {
    /// A backup; its bytes come along.
    Backup {
        /// A name for the file.
        name: String,
    },
    /// A copy was kept.
    Kept(Copies),
    /// The copy in the browser's private files; its bytes come along. None when there is none.
    Copy(Option<Timestamp>),
    /// What restoring would do.
    Preview {
        /// When the backup was made, as RFC 3339.
        created: String,
        /// Whether it was made in this profile.
        is_own: bool,
        /// In numbers.
        preview: Preview,
    },
    /// It is restored.
    Restored(Preview),
    /// The file cannot be restored.
    Refused(BackupError),
    /// How storage is.
    Health(Health),
    /// Rows that cannot be read, as a file; its bytes come along.
    Damaged {
        /// A name for the file.
        name: String,
    },
    /// The history asked for.
    History {
        /// The last first.
        entries: Vec<Entry>,
        /// Whether there are earlier ones.
        has_more: bool,
        /// Tags that people made, for their names.
        tags: Vec<Tag>,
    },
    /// So many changes were made.
    Reverted(u32),
    /// The journal is shorter.
    Shortened,
    /// The pack is made.
    Packed,
    /// The queue asked for.
    Queue(Box<DocumentQueue>),
    /// So many passages were decided on.
    Decided(u32),
    /// It did not work; nothing was changed.
    Failed {
        /// Whether no space is left.
        is_full: bool,
        /// For the console.
        cause: String,
    },
}

/// The queue of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentQueue {
    /// Its title.
    pub title: String,
    /// The language of its text.
    pub language: Language,
    /// The current revision.
    pub revision: u32,
    /// When each revision was added, by number.
    pub added: Vec<(u32, Timestamp)>,
    /// What waits.
    pub queue: Queue,
    /// Tags that people made, for their names.
    pub tags: Vec<Tag>,
}

/// The copies that are kept by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// When the last was written into the browser's private files.
    pub private: Option<Timestamp>,
    /// When the last was written into the file that the person chose.
    pub file: Option<Timestamp>,
    /// The name of that file.
    pub file_name: Option<String>,
}

/// How storage is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Documents in the library.
    pub documents: u32,
    /// Passages.
    pub annotations: u32,
    /// Steps in the journal.
    pub steps: u32,
    /// When the first of them was made.
    pub first_step: Option<Timestamp>,
    /// Bytes by document, the largest first: title, text, passages, original.
    pub sizes: Vec<DocumentSize>,
    /// Rows that cannot be read: store and key.
    pub damaged: Vec<(String, String)>,
    /// Titles of documents whose text is not what was imported.
    pub altered: Vec<String>,
}

/// What a document takes, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DocumentSize {
    /// Its title.
    pub title: String,
    /// Its text with all revisions.
    pub text: u64,
    /// Its passages.
    pub annotations: u64,
    /// Originals and pictures.
    pub files: u64,
}

/// One step, told for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its key in the journal.
    pub key: u64,
    /// When.
    pub at: Timestamp,
    /// Whether it was made in this profile.
    pub is_own: bool,
    /// Who.
    pub author: Option<String>,
    /// What.
    pub deed: Deed,
    /// Whether it was new.
    pub direction: Direction,
    /// Whether it came with a backup.
    pub is_history: bool,
    /// How many records it changed.
    pub count: u32,
    /// The first few of them.
    pub lines: Vec<Line>,
}

/// One changed record, told for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The document, with its title.
    pub document: Option<(DocumentId, String)>,
    /// The passage.
    pub annotation: Option<AnnotationId>,
    /// Its words, shortened.
    pub quote: String,
    /// What was there before: the note or the title, shortened.
    pub before: String,
    /// What is there after.
    pub after: String,
}
