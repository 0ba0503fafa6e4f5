//! The journal: every change with what was before and after, written in the same transaction as the change.
use serde::Serialize;
use serde_json::{Value, json};

use super::{AnnotationRow, ROW_VERSION};
use crate::model::edit::{Change, Step};
use crate::model::id::DeviceId;
use crate::model::time::Timestamp;

/// One step as journalled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JournalRow {
    /// Row version.
    pub v: u32,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub device: DeviceId,
    /// Who, if a name was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What was done.
    pub deed: &'static str,
    /// Whether it took an earlier step back.
    pub is_undo: bool,
    /// Each change: `{ record, document?, id?, before, after }`.
    pub changes: Vec<Value>,
}

impl JournalRow {
    /// The row of a step.
    pub fn new(step: &Step, device: &DeviceId, author: Option<&str>) -> Self {
        Self {
            v: ROW_VERSION,
            at: step.at,
            device: device.clone(),
            author: author.map(str::to_owned),
            deed: step.deed.name(),
            is_undo: step.is_undo,
            changes: step.changes.iter().map(change_value).collect(),
        }
    }
}

fn change_value(change: &Change) -> Value {
    match change {
        Change::Annotation { before, after } => {
            let id = after.as_ref().or(before.as_ref()).map(|annotation| &annotation.id);
            json!({
                "record": "annotation",
                "document": change.document(),
                "id": id,
                "before": before.as_deref().map(AnnotationRow::from),
                "after": after.as_deref().map(AnnotationRow::from),
            })
        }
        Change::Title { document, before, after } => {
            json!({ "record": "title", "document": document, "before": before, "after": after })
        }
        Change::Role { document, revision, block, before, after } => json!({
            "record": "role", "document": document, "revision": revision, "block": block,
            "before": before, "after": after,
        }),
        Change::Removed { document, before, after } => {
            json!({ "record": "removed", "document": document, "before": before, "after": after })
        }
        Change::Tag { before, after } => {
            let id = after.as_ref().or(before.as_ref()).map(|tag| &tag.id);
            json!({ "record": "tag", "id": id, "before": before, "after": after })
        }
    }
}
