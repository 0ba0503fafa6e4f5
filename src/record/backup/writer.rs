//! Writing a backup, part by part.
use std::io::{Cursor, Write};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BACKUP_FORMAT, BACKUP_VERSION, Manifest, Part};
use crate::model::id::{DeviceId, DocumentId};
use crate::record::to_json;

/// Writes an archive part by part, so that no more than one part is held beside it.
pub struct BackupWriter {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    manifest: Manifest,
    files: u32,
}

impl BackupWriter {
    /// Begins an archive. `created` is RFC 3339 in UTC.
    pub fn new(created: String, device: DeviceId) -> Self {
        let manifest = Manifest {
            format: BACKUP_FORMAT.to_owned(),
            version: BACKUP_VERSION,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            created,
            device,
            parts: Vec::new(),
        };
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())), manifest, files: 0 }
    }

    /// Adds the rows of a store, each with its key, as JSON lines. A text that is no JSON is kept as a text in
    /// `damaged`: it may still help somebody.
    ///
    /// # Errors
    /// When the archive grows beyond what its format can hold.
    pub fn rows(&mut self, store: &str, rows: &[(Value, String)]) -> std::io::Result<()> {
        let mut lines = String::new();
        for (key, json) in rows {
            let is_row = serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok();
            // A line is a row: what stands in several lines is written anew in one.
            let compact = (is_row && json.contains(['\n', '\r']))
                .then(|| serde_json::from_str::<Value>(json).ok().map(|row| row.to_string()))
                .flatten();
            let field = if is_row { "row" } else { "damaged" };
            let json = compact.as_ref().unwrap_or(json);
            lines.push_str(r#"{"key":"#);
            lines.push_str(&key.to_string());
            lines.push_str(&format!(r#","{field}":"#));
            if field == "row" {
                lines.push_str(json);
            } else {
                lines.push_str(&to_json(json));
            }
            lines.push_str("}\n");
        }
        let path = format!("{store}.jsonl");
        self.part(path, lines.as_bytes(), Some(rows.len() as u32), None)
    }

    /// Adds a file as it was imported.
    ///
    /// # Errors
    /// When the archive grows beyond what its format can hold.
    pub fn file(
        &mut self,
        document: DocumentId,
        revision: u32,
        name: String,
        bytes: &[u8],
    ) -> std::io::Result<()> {
        self.files += 1;
        // File names of people may be anything; the manifest knows whose file it is.
        let path = format!("files/{:06}", self.files);
        self.part(path, bytes, None, Some((document, revision, name)))
    }

    /// Adds the manifest and ends the archive.
    ///
    /// # Errors
    /// When the archive grows beyond what its format can hold.
    pub fn finish(mut self) -> std::io::Result<Vec<u8>> {
        self.zip.start_file("manifest.json", options())?;
        self.zip.write_all(&serde_json::to_vec_pretty(&self.manifest)?)?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn part(
        &mut self,
        path: String,
        bytes: &[u8],
        rows: Option<u32>,
        file: Option<(DocumentId, u32, String)>,
    ) -> std::io::Result<()> {
        self.zip.start_file(&path, options())?;
        self.zip.write_all(bytes)?;
        self.manifest.parts.push(Part { path, sha256: sha256(bytes), bytes: bytes.len() as u64, rows, file });
        Ok(())
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(4))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
