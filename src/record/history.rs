//! What the journal tells people, and how it brings an earlier state back.
use std::collections::HashMap;
use std::rc::Rc;

use super::{ChangeRow, Logged};
use crate::model::annotation::Annotation;
use crate::model::edit::Change;
use crate::model::id::{AnnotationId, DocumentId};

/// The state of a document, as far as it can be brought back.
#[derive(Clone, Debug, Default)]
pub struct Current {
    /// Its living annotations.
    pub annotations: HashMap<AnnotationId, Annotation>,
    /// Its title.
    pub title: String,
    /// Whether it is out of the library.
    pub removed: bool,
    /// Its current revision.
    pub revision: u32,
}

/// The changes that bring a document back to how it was before the first of some journal rows, which must be all rows
/// that speak of it from there on, oldest first. With `only`, one passage alone is brought back.
///
/// Of each record the oldest `before` counts: that is what it was.
pub fn revert(
    rows: &[Logged],
    document: &DocumentId,
    only: Option<&AnnotationId>,
    current: &Current,
) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut seen: Vec<AnnotationId> = Vec::new();
    let (mut has_title, mut has_removed, mut has_revision) = (false, false, false);
    let mut roles: Vec<(u32, u32)> = Vec::new();
    let changed = rows.iter().filter(|logged| !logged.row.is_history).flat_map(|logged| &logged.row.changes);
    for change in changed.filter(|change| change.document() == Some(document)) {
        match change {
            ChangeRow::Annotation { before, after } => {
                let Some(row) = after.as_ref().or(before.as_ref()) else { continue };
                if seen.contains(&row.id) || only.is_some_and(|only| *only != row.id) {
                    continue;
                }
                seen.push(row.id.clone());
                let now = current.annotations.get(&row.id).map(|now| Rc::new(now.clone()));
                let then = before.as_ref().map(|row| Rc::new(Annotation::from((**row).clone())));
                let is_same = match (&now, &then) {
                    (Some(now), Some(then)) => now.reads_like(then),
                    (None, None) => true,
                    _ => false,
                };
                if !is_same {
                    changes.push(Change::Annotation { before: now, after: then });
                }
            }
            ChangeRow::Title { document, before, .. } if only.is_none() && !has_title => {
                has_title = true;
                if *before != current.title {
                    let (document, after) = (document.clone(), before.clone());
                    changes.push(Change::Title { document, before: current.title.clone(), after });
                }
            }
            ChangeRow::Role { document, revision, block, before, after }
                if only.is_none() && !roles.contains(&(*revision, *block)) =>
            {
                roles.push((*revision, *block));
                changes.push(Change::Role {
                    document: document.clone(),
                    revision: *revision,
                    block: *block,
                    before: *after,
                    after: *before,
                });
            }
            ChangeRow::Removed { document, before, .. } if only.is_none() && !has_removed => {
                has_removed = true;
                // Before it was added there was nothing: that is no state to go back to.
                if *before != current.removed && !*before {
                    let (document, after) = (document.clone(), *before);
                    changes.push(Change::Removed { document, before: current.removed, after });
                }
            }
            ChangeRow::Revision { document, before, .. } if only.is_none() && !has_revision => {
                has_revision = true;
                if *before != current.revision {
                    let (document, after) = (document.clone(), *before);
                    changes.push(Change::Revision { document, before: current.revision, after });
                }
            }
            _ => {}
        }
    }
    changes
}
