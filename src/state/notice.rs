//! What the app tells people, as closed sets; the words stand in `locales/`.
use crate::import::ImportError;
use crate::model::edit::Deed;
use crate::model::id::TagId;
use crate::model::review::Bring;

/// A short message about something that just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Done; can be taken back.
    Done(Deed),
    /// Taken back. The title is given when it happened in another document.
    Undone(Deed, Option<String>),
    /// Done again.
    Redone(Deed, Option<String>),
    /// A passage was not deleted, because another window had changed it meanwhile.
    KeptChanged,
    /// Another window removed the document in the reader.
    RemovedElsewhere,
    /// There is nothing to take back.
    NothingToUndo,
    /// There is nothing to do again.
    NothingToRedo,
    /// The passage has this tag already.
    AlreadyTagged(TagId),
    /// A key that needs a passage was pressed without one.
    SelectFirst,
    /// The address names a document that is not in this library.
    NoSuchDocument,
    /// The text of a document cannot be read.
    DamagedDocument,
    /// The address names an annotation that is not in this document.
    NoSuchAnnotation,
    /// The cut would leave nothing on one side.
    CutInside,
    /// No passage with a tag in common comes next.
    NothingToJoin,
    /// Select where a passage stands now.
    SelectPlace,
    /// A file is being read as something for a document.
    Bringing,
    /// It was: so many passages have their place, so many wait for the person.
    Brought(Bring, u32, u32),
    /// It was not, and why.
    NotBrought(ImportFailure),
    /// The words of a passage were copied.
    Copied,
    /// A file was handed to the browser for saving.
    Exported(String),
    /// An export did not work.
    ExportFailed,
}

/// What assistive technology is told when something changes without a visible message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// A passage was marked; with the tag and the number of passages that it overlaps.
    Marked(Option<TagId>, u32),
    /// A passage came into focus: its tags, its words, and which of how many layers it is.
    Focused {
        /// Its tags.
        tags: Vec<TagId>,
        /// Its words.
        quote: String,
        /// This layer, from 1.
        layer: u32,
        /// All layers here.
        layers: u32,
    },
    /// The words that are selected now.
    Selected(String),
    /// The caret moved over these words.
    Passed(String),
    /// The caret mode was switched on or off.
    CaretMode(bool),
}

/// Why something could not be stored or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageTrouble {
    /// The browser has no IndexedDB.
    Missing,
    /// The browser refuses it, as some private windows do.
    Refused,
    /// No space is left.
    Full,
    /// The stored data were written by a newer version of the app.
    Newer,
    /// An older version of the app, in another window, holds the database.
    Blocked,
    /// The browser threw the stored data away because they were damaged.
    LostByBrowser,
    /// Something else; the details are in the console.
    Failed,
}

/// Why an import did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFailure {
    /// The file is no document.
    Unreadable(ImportError),
    /// The browser could not hand over the file: moved, deleted, or no permission.
    FileGone,
    /// The helper thread failed twice.
    Worker,
    /// It could not be stored.
    Storage(StorageTrouble),
    /// It has the text that is here already.
    SameText,
    /// It holds no annotations.
    NoAnnotations,
}
