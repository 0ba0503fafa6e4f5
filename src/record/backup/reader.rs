//! Reading a backup and checking that it is whole. It is a file from somewhere: nothing in it is believed
//! before it was checked, and rows are read through the same types as those in storage.
use std::io::{Cursor, Read};
use std::mem::{Discriminant, discriminant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{BACKUP_FORMAT, BACKUP_VERSION, BackupRows, Manifest, Part};
use crate::model::document::{MarkKind, is_safe_link};
use crate::model::id::DocumentId;
use crate::model::text::CharOffset;
use crate::record::setting_names::OF_THE_PROFILE;
use crate::record::{RevisionRow, from_json};

/// The most entries of an archive.
const MOST_ENTRIES: usize = 500_000;
/// The most bytes of all its parts, unpacked.
const MOST_BYTES: u64 = 4_000_000_000;
/// Nothing that people write shrinks more than this.
const MOST_RATIO: u64 = 400;

/// Why a file is no backup that can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupError {
    /// It is no archive, or not one of Concord's.
    NotABackup,
    /// A part is missing or is not what was written.
    Damaged {
        /// Its path in the archive.
        part: String,
    },
    /// A newer app wrote it, in a format that this one does not know.
    Newer {
        /// The version of the format.
        version: u32,
    },
    /// It unpacks to more than any library holds.
    TooLarge,
}

/// A backup whose parts are all there and as they were written.
pub struct Backup<'a> {
    /// What it says of itself.
    pub manifest: Manifest,
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Backup<'a> {
    /// Opens an archive and checks every part against its digest.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn open(bytes: &'a [u8]) -> Result<Self, BackupError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| BackupError::NotABackup)?;
        if archive.len() > MOST_ENTRIES {
            return Err(BackupError::TooLarge);
        }
        if archive.has_duplicate_names() {
            return Err(BackupError::NotABackup);
        }
        let placeholder = Manifest {
            format: String::new(),
            version: 0,
            app: String::new(),
            created: String::new(),
            device: Default::default(),
            parts: Vec::new(),
        };
        let mut backup = Self { manifest: placeholder, archive };
        let manifest = backup.bytes("manifest.json", 100_000_000).map_err(|error| match error {
            BackupError::TooLarge => BackupError::TooLarge,
            _ => BackupError::NotABackup,
        })?;
        let head: Value = serde_json::from_slice(&manifest).map_err(|_| BackupError::NotABackup)?;
        if head["format"] != BACKUP_FORMAT {
            return Err(BackupError::NotABackup);
        }
        if let Some(version) = head["version"].as_u64().filter(|&version| version > u64::from(BACKUP_VERSION))
        {
            return Err(BackupError::Newer { version: u32::try_from(version).unwrap_or(u32::MAX) });
        }
        backup.manifest = serde_json::from_value(head)
            .map_err(|_| BackupError::Damaged { part: "manifest.json".to_owned() })?;
        let mut paths: Vec<&str> = backup.manifest.parts.iter().map(|part| part.path.as_str()).collect();
        paths.sort_unstable();
        if let Some(twice) = paths.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(BackupError::Damaged { part: twice[0].to_owned() });
        }
        let sizes = backup.manifest.parts.iter().map(|part| part.bytes);
        let total = sizes.fold(0_u64, u64::saturating_add);
        if total > MOST_BYTES || total > (bytes.len() as u64 + 1_000_000).saturating_mul(MOST_RATIO) {
            return Err(BackupError::TooLarge);
        }
        for part in backup.manifest.parts.clone() {
            backup.part(&part)?;
        }
        Ok(backup)
    }

    /// The bytes of a part, checked.
    ///
    /// # Errors
    /// When they are not what was written.
    pub fn part(&mut self, part: &Part) -> Result<Vec<u8>, BackupError> {
        let bytes = self.bytes(&part.path, part.bytes)?;
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if bytes.len() as u64 == part.bytes && digest == part.sha256 {
            Ok(bytes)
        } else {
            Err(BackupError::Damaged { part: part.path.clone() })
        }
    }

    /// The rows of all stores.
    ///
    /// # Errors
    /// When a part is not what was written. A row that cannot be read is counted, and the others are read.
    pub fn rows(&mut self) -> Result<BackupRows, BackupError> {
        let mut rows = BackupRows::default();
        for part in self.manifest.parts.clone() {
            let Some(store) = part.path.strip_suffix(".jsonl") else { continue };
            let bytes = self.part(&part)?;
            let damaged = || BackupError::Damaged { part: part.path.clone() };
            let text = std::str::from_utf8(&bytes).map_err(|_| damaged())?;
            for line in text.lines().filter(|line| !line.is_empty()) {
                if take_row(&mut rows, store, line).is_none() {
                    rows.unreadable += 1;
                }
            }
        }
        rows.keep_last_of_each();
        Ok(rows)
    }

    fn bytes(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, BackupError> {
        let damaged = || BackupError::Damaged { part: path.to_owned() };
        let file = self.archive.by_name(path).map_err(|_| damaged())?;
        let mut bytes = Vec::new();
        // What the archive says of its size is not believed.
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| damaged())?;
        if bytes.len() as u64 > limit { Err(BackupError::TooLarge) } else { Ok(bytes) }
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    key: Value,
    #[serde(borrow, default)]
    row: Option<&'a serde_json::value::RawValue>,
}

/// Takes in one line; none when it cannot be read.
fn take_row(rows: &mut BackupRows, store: &str, line: &str) -> Option<()> {
    let Line { key, row } = serde_json::from_str(line).ok()?;
    let json = row?.get();
    match store {
        "documents" => rows.documents.push(typed(json)?),
        "revisions" => {
            let document = DocumentId::from(key.get(0)?.as_str()?);
            let revision = u32::try_from(key.get(1)?.as_u64()?).ok()?;
            let row: RevisionRow = typed(json)?;
            let safe = harmless(row.clone());
            rows.repaired += u32::from(safe != row);
            rows.revisions.push((document, revision, safe));
        }
        "annotations" => rows.annotations.push(typed(json)?),
        "tags" => rows.tags.push(typed(json)?),
        "journal" => rows.journal.push(typed(json)?),
        "tasks" | "study" | "settings" => {
            let key = key.as_str()?.to_owned();
            // This profile stays this profile: its name, its own copies, its own files.
            if store != "settings" || !OF_THE_PROFILE.contains(&key.as_str()) {
                rows.others.push((store.to_owned(), key, json.to_owned()));
            }
        }
        // A store of a later version: what it means is not known here.
        _ => return None,
    }
    Some(())
}

fn typed<Row: DeserializeOwned>(json: &str) -> Option<Row> {
    from_json(json).ok()
}

/// Takes off what no importer would have put on: links lead to web pages and mail addresses only, marks lie within
/// their block and no two of a kind overlap, and no block holds the sign that separates blocks.
fn harmless(mut row: RevisionRow) -> RevisionRow {
    for block in &mut row.blocks {
        let length = block.text.chars().count() as u32;
        let mut last: Vec<(Discriminant<MarkKind>, CharOffset)> = Vec::new();
        block.marks.retain(|mark| {
            let is_inside = mark.span.start < mark.span.end && mark.span.end.0 <= length;
            let is_safe = match &mark.kind {
                MarkKind::Link(address) => is_safe_link(address),
                MarkKind::Strong | MarkKind::Emphasis | MarkKind::Code => true,
            };
            let kind = discriminant(&mark.kind);
            let overlaps = last.iter().any(|(known, end)| *known == kind && mark.span.start < *end);
            if is_inside && is_safe && !overlaps {
                last.retain(|(known, _)| *known != kind);
                last.push((kind, mark.span.end));
                return true;
            }
            false
        });
        if block.text.contains(['\n', '\r']) {
            block.text = block.text.replace(['\n', '\r'], " ");
        }
    }
    row
}
