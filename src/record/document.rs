//! The rows of a document: a small one for lists, a large one for the text of a revision.
use serde::{Deserialize, Serialize};

use super::{DocumentHead, ROW_VERSION, from_json, to_json};
use crate::model::annotation::Version;
use crate::model::document::{Block, Document, Language, Meta, Role, Source};
use crate::model::id::DocumentId;
use crate::model::time::Timestamp;

/// What lists need of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// Row version.
    pub v: u32,
    /// See [`Document`] for this and the other fields.
    pub id: DocumentId,
    /// The title.
    pub title: String,
    /// The language.
    pub language: Language,
    /// The origin.
    pub source: Source,
    /// What the page says.
    #[serde(default)]
    pub meta: Meta,
    /// Dropped chrome.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// The current revision.
    pub revision: u32,
    /// When it was added.
    pub imported_at: Timestamp,
    /// Length of the text in code points.
    pub chars: u32,
    /// Whether the person removed it; it can be put back.
    #[serde(default)]
    pub removed: bool,
    /// When it was last renamed; since row version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_version: Option<Version>,
    /// When it was last removed or put back; since row version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_version: Option<Version>,
    /// When another revision last became the current one; since row version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_version: Option<Version>,
}

/// The text of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRow {
    /// Row version.
    pub v: u32,
    /// The text.
    pub blocks: Vec<Block>,
    /// When blocks were last relabelled, by their number; since row version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub role_versions: Vec<(u32, Version)>,
    /// The [`DocumentRow`] as it says of itself in this revision, as JSON; since row version 3. Older rows get it with
    /// the next revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<String>,
}

/// A document that is not stored yet. Its text stays as it was written by the helper thread: the page only hands it
/// on, and need not know how to read what an importer found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDocument {
    /// What lists need.
    pub row: DocumentRow,
    /// The [`RevisionRow`] as JSON.
    pub revision: String,
}

impl From<&Document> for NewDocument {
    fn from(document: &Document) -> Self {
        Self { row: DocumentRow::from(document), revision: to_json(&RevisionRow::from(document)) }
    }
}

impl From<&Document> for DocumentRow {
    fn from(document: &Document) -> Self {
        let chars: usize = document.blocks.iter().map(|block| block.text.chars().count() + 1).sum();
        Self {
            v: ROW_VERSION,
            id: document.id.clone(),
            title: document.title.clone(),
            language: document.language,
            source: document.source.clone(),
            meta: document.meta.clone(),
            left_out: document.left_out.clone(),
            revision: document.revision,
            imported_at: document.imported_at,
            chars: chars.saturating_sub(1) as u32,
            removed: false,
            title_version: None,
            removed_version: None,
            revision_version: None,
        }
    }
}

impl From<&Document> for RevisionRow {
    fn from(document: &Document) -> Self {
        let face = Some(to_json(&DocumentRow::from(document)));
        Self { v: ROW_VERSION, blocks: document.blocks.clone(), role_versions: Vec::new(), face }
    }
}

impl RevisionRow {
    /// What the document says of itself in this revision, if that was noted.
    pub fn face(&self) -> Option<DocumentRow> {
        from_json(self.face.as_deref()?).ok()
    }

    /// Gives a block another role.
    pub fn relabel(&mut self, block: u32, role: Role, version: Version) {
        if let Some(block) = self.blocks.get_mut(block as usize) {
            block.role = role;
        }
        self.role_versions.retain(|(known, _)| *known != block);
        self.role_versions.push((block, version));
    }
}

impl DocumentRow {
    /// Makes another revision the current one: what the document says of itself there is taken over.
    pub fn turn_to(&mut self, face: DocumentRow) {
        self.revision = face.revision;
        self.language = face.language;
        self.source = face.source;
        self.meta = face.meta;
        self.left_out = face.left_out;
        self.imported_at = face.imported_at;
        self.chars = face.chars;
    }

    /// The document, with the text of its current revision.
    pub fn with_text(self, revision: RevisionRow) -> Document {
        Document {
            id: self.id,
            title: self.title,
            language: self.language,
            source: self.source,
            meta: self.meta,
            blocks: revision.blocks,
            left_out: self.left_out,
            revision: self.revision,
            imported_at: self.imported_at,
        }
    }
}

impl From<DocumentRow> for DocumentHead {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            language: row.language,
            source: row.source,
            meta: row.meta,
            imported_at: row.imported_at,
            chars: row.chars,
            revision: row.revision,
            removed: row.removed,
        }
    }
}
