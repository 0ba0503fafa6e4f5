//! What restoring a backup would do: worked out before anything is written, shown to the person, then written as one
//! step.
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::model::annotation::{Annotation, Settled, Stamp, Version, merged, settle};
use crate::model::edit::Change;
use crate::model::id::{AnnotationId, DocumentId, TagId};
use crate::model::time::Timestamp;
use crate::record::{AnnotationRow, DocumentRow, JournalRow, RevisionRow, TagRow};

/// The rows of a backup, read and checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BackupRows {
    /// Documents.
    pub documents: Vec<DocumentRow>,
    /// Their texts.
    pub revisions: Vec<(DocumentId, u32, RevisionRow)>,
    /// Annotations, deleted ones among them.
    pub annotations: Vec<AnnotationRow>,
    /// Tags that people made.
    pub tags: Vec<TagRow>,
    /// The journal, oldest first.
    pub journal: Vec<JournalRow>,
    /// Other rows by store and key, as JSON: they are handed on as they are.
    pub others: Vec<(String, String, String)>,
    /// Rows that could not be read.
    pub unreadable: u32,
    /// Texts from which something was taken off that could do harm.
    pub repaired: u32,
}

impl BackupRows {
    /// Keeps the last row of those that speak of the same record.
    pub(super) fn keep_last_of_each(&mut self) {
        fn last_of_each<Row, Key: Eq + std::hash::Hash>(rows: &mut Vec<Row>, key: impl Fn(&Row) -> Key) {
            let mut seen = HashSet::new();
            let mut kept: Vec<Row> = rows.drain(..).rev().filter(|row| seen.insert(key(row))).collect();
            kept.reverse();
            *rows = kept;
        }
        last_of_each(&mut self.documents, |row| row.id.clone());
        last_of_each(&mut self.revisions, |(document, revision, _)| (document.clone(), *revision));
        last_of_each(&mut self.annotations, |row| row.id.clone());
        last_of_each(&mut self.tags, |row| row.tag.id.clone());
        last_of_each(&mut self.others, |(store, key, _)| (store.clone(), key.clone()));
    }

    /// Sets clocks back that are far ahead of `now`: they would make every later edit here lose.
    pub fn believe_clocks_until(&mut self, now: Timestamp) {
        let latest = Timestamp(now.0.saturating_add(MOST_AHEAD));
        for row in &mut self.annotations {
            row.stamp.clock = row.stamp.clock.at_most(latest);
            let versions = &mut row.versions;
            let fields =
                [&mut versions.range, &mut versions.note, &mut versions.rivals, &mut versions.revived];
            let tags = versions.tags.iter_mut().map(|(_, version)| version);
            for version in fields.into_iter().flatten().chain(tags).chain(&mut row.deleted) {
                version.clock = version.clock.at_most(latest);
            }
        }
        for row in &mut self.documents {
            for version in
                row.title_version.iter_mut().chain(&mut row.removed_version).chain(&mut row.revision_version)
            {
                version.clock = version.clock.at_most(latest);
            }
        }
        for row in &mut self.journal {
            row.clock = row.clock.at_most(latest);
        }
    }
}

/// No clock is believed that is further ahead than this, in ms.
const MOST_AHEAD: i64 = 86_400_000;

/// What a library holds already of what a backup speaks of.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// All documents, removed ones among them.
    pub documents: HashMap<DocumentId, DocumentRow>,
    /// Which texts are there, by document and revision.
    pub texts: HashSet<(DocumentId, u32)>,
    /// Texts whose lines were relabelled in the backup.
    pub revisions: HashMap<(DocumentId, u32), RevisionRow>,
    /// All annotations, deleted ones among them.
    pub annotations: HashMap<AnnotationId, AnnotationRow>,
    /// Tags that people made.
    pub tags: HashMap<TagId, TagRow>,
    /// Settings and other rows, by store and key.
    pub others: HashSet<(String, String)>,
}

/// How a backup is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreMode {
    /// Adds what is missing and takes of each record what was changed last. Nothing here is lost.
    Merge,
    /// Makes the library as it was in the backup. What is only here is removed, and can be put back.
    Replace,
}

/// What a restore would do, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Only in the backup.
    pub new: u32,
    /// The same in both.
    pub same: u32,
    /// The backup has the later state.
    pub newer: u32,
    /// This library has the later state.
    pub older: u32,
    /// Both were changed; the later of each field is taken, the other kept beside it.
    pub both: u32,
    /// Deleted here after the backup was made.
    pub deleted_here: u32,
    /// Only in this library.
    pub only_here: u32,
}

/// What a restore would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Documents.
    pub documents: Tally,
    /// Passages.
    pub annotations: Tally,
    /// Tags that people made.
    pub tags: Tally,
    /// Rows in the backup that cannot be read.
    pub unreadable: u32,
    /// Texts from which something is taken off that could do harm.
    pub repaired: u32,
}

/// What a restore writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What it does, for people.
    pub preview: Preview,
    /// Documents that are new here, or have other fields now.
    pub documents: Vec<DocumentRow>,
    /// Texts that are new here, or whose lines were relabelled.
    pub revisions: Vec<(DocumentId, u32, RevisionRow)>,
    /// Annotations as they will be.
    pub annotations: Vec<AnnotationRow>,
    /// Tags as they will be.
    pub tags: Vec<TagRow>,
    /// Other rows that are new here, by store and key.
    pub others: Vec<(String, String, String)>,
    /// The step that is journalled and can be taken back.
    pub changes: Vec<Change>,
}

/// Works out what restoring does. `stamp` is that of the restore itself.
pub fn plan(backup: &BackupRows, held: &Held, mode: RestoreMode, stamp: &Stamp) -> Plan {
    let mut plan = Plan::default();
    plan.preview.unreadable = backup.unreadable;
    plan.preview.repaired = backup.repaired;
    for row in &backup.tags {
        plan_tag(&mut plan, row, held.tags.get(&row.tag.id), mode);
    }
    for row in &backup.documents {
        plan_document(&mut plan, row, held.documents.get(&row.id), mode, stamp);
    }
    for (document, revision, row) in &backup.revisions {
        let is_new = !held.texts.contains(&(document.clone(), *revision));
        let known = held.revisions.get(&(document.clone(), *revision));
        plan_revision(&mut plan, (document, *revision), row, is_new, known);
    }
    for row in &backup.annotations {
        plan_annotation(&mut plan, row, held.annotations.get(&row.id), mode, stamp);
    }
    let in_backup: HashSet<&AnnotationId> = backup.annotations.iter().map(|row| &row.id).collect();
    let only_here =
        held.annotations.values().filter(|row| !in_backup.contains(&row.id) && row.deleted.is_none());
    for row in only_here {
        plan.preview.annotations.only_here += 1;
        if mode == RestoreMode::Replace {
            let mine = Annotation::from(row.clone());
            write_annotation(&mut plan, Some(&mine), settle(Some(&mine), None, Some(&mine), stamp));
        }
    }
    let in_backup: HashSet<&DocumentId> = backup.documents.iter().map(|row| &row.id).collect();
    for row in held.documents.values().filter(|row| !in_backup.contains(&row.id) && !row.removed) {
        plan.preview.documents.only_here += 1;
        if mode == RestoreMode::Replace {
            set_removed(&mut plan, row.clone(), true, stamp);
        }
    }
    let is_empty = held.documents.is_empty();
    for (store, key, json) in &backup.others {
        let is_known = held.others.contains(&(store.clone(), key.clone()));
        // Preferences of another library are not forced on this one.
        let is_wanted = if store == "settings" && !key.starts_with("glance/") {
            is_empty || mode == RestoreMode::Replace
        } else {
            !is_known || mode == RestoreMode::Replace
        };
        if is_wanted {
            plan.others.push((store.clone(), key.clone(), json.clone()));
        }
    }
    plan
}

fn plan_tag(plan: &mut Plan, theirs: &TagRow, mine: Option<&TagRow>, mode: RestoreMode) {
    let tally = &mut plan.preview.tags;
    let takes = match mine {
        None => {
            tally.new += 1;
            true
        }
        Some(mine) if mine.tag == theirs.tag => {
            tally.same += 1;
            false
        }
        Some(mine) if theirs.version > mine.version => {
            tally.newer += 1;
            true
        }
        Some(_) => {
            tally.older += 1;
            mode == RestoreMode::Replace
        }
    };
    if takes {
        let before = mine.map(|mine| mine.tag.clone());
        plan.changes.push(Change::Tag { before, after: Some(theirs.tag.clone()) });
        plan.tags.push(theirs.clone());
    }
}

fn plan_document(
    plan: &mut Plan,
    theirs: &DocumentRow,
    mine: Option<&DocumentRow>,
    mode: RestoreMode,
    stamp: &Stamp,
) {
    let Some(mine) = mine else {
        plan.preview.documents.new += 1;
        let document = theirs.id.clone();
        plan.documents.push(theirs.clone());
        if !theirs.removed {
            plan.changes.push(Change::Removed { document, before: true, after: false });
        }
        return;
    };
    let takes_title = match mode {
        RestoreMode::Merge => theirs.title_version > mine.title_version,
        RestoreMode::Replace => theirs.title != mine.title,
    };
    let takes_removed = match mode {
        RestoreMode::Merge => theirs.removed_version > mine.removed_version,
        RestoreMode::Replace => theirs.removed != mine.removed,
    };
    let takes_revision = match mode {
        RestoreMode::Merge => theirs.revision_version > mine.revision_version,
        RestoreMode::Replace => theirs.revision != mine.revision,
    };
    let differs =
        theirs.title != mine.title || theirs.removed != mine.removed || theirs.revision != mine.revision;
    let tally = &mut plan.preview.documents;
    match (differs, takes_title || takes_removed || takes_revision) {
        (false, _) => tally.same += 1,
        (true, true) => tally.newer += 1,
        (true, false) => tally.older += 1,
    }
    let mut row = mine.clone();
    if takes_title && theirs.title != mine.title {
        row.title.clone_from(&theirs.title);
        row.title_version = later(mode, &theirs.title_version, stamp);
        let (document, before, after) = (row.id.clone(), mine.title.clone(), theirs.title.clone());
        plan.changes.push(Change::Title { document, before, after });
    }
    if takes_removed && theirs.removed != mine.removed {
        row.removed_version = later(mode, &theirs.removed_version, stamp);
        row.removed = theirs.removed;
        let document = row.id.clone();
        plan.changes.push(Change::Removed { document, before: mine.removed, after: theirs.removed });
    }
    if takes_revision && theirs.revision != mine.revision {
        row.turn_to(theirs.clone());
        row.revision_version = later(mode, &theirs.revision_version, stamp);
        let document = row.id.clone();
        plan.changes.push(Change::Revision { document, before: mine.revision, after: theirs.revision });
    }
    if row != *mine {
        plan.documents.push(row);
    }
}

/// What is merged keeps its version; what replaces something is a new change.
fn later(mode: RestoreMode, theirs: &Option<Version>, stamp: &Stamp) -> Option<Version> {
    match mode {
        RestoreMode::Merge => theirs.clone(),
        RestoreMode::Replace => Some(stamp.version()),
    }
}

fn set_removed(plan: &mut Plan, mut row: DocumentRow, removed: bool, stamp: &Stamp) {
    let document = row.id.clone();
    plan.changes.push(Change::Removed { document, before: row.removed, after: removed });
    row.removed = removed;
    row.removed_version = Some(stamp.version());
    plan.documents.push(row);
}

fn plan_revision(
    plan: &mut Plan,
    (document, revision): (&DocumentId, u32),
    theirs: &RevisionRow,
    is_new: bool,
    mine: Option<&RevisionRow>,
) {
    match mine {
        None if is_new => plan.revisions.push((document.clone(), revision, theirs.clone())),
        None => {}
        Some(mine) => {
            let mut row = mine.clone();
            for (block, version) in &theirs.role_versions {
                let known =
                    mine.role_versions.iter().find(|(number, _)| number == block).map(|(_, known)| known);
                let role = |row: &RevisionRow| row.blocks.get(*block as usize).map(|block| block.role);
                if let (true, Some(before), Some(after)) = (Some(version) > known, role(mine), role(theirs)) {
                    row.relabel(*block, after, version.clone());
                    let (document, block) = (document.clone(), *block);
                    plan.changes.push(Change::Role { document, revision, block, before, after });
                }
            }
            if row != *mine {
                plan.revisions.push((document.clone(), revision, row));
            }
        }
    }
}

fn plan_annotation(
    plan: &mut Plan,
    theirs: &AnnotationRow,
    mine: Option<&AnnotationRow>,
    mode: RestoreMode,
    stamp: &Stamp,
) {
    let is_living = theirs.deleted.is_none();
    let tally = &mut plan.preview.annotations;
    let Some(mine) = mine else {
        tally.new += u32::from(is_living);
        if is_living {
            let after = Some(Rc::new(Annotation::from(theirs.clone())));
            plan.changes.push(Change::Annotation { before: None, after });
        }
        plan.annotations.push(theirs.clone());
        return;
    };
    let (theirs, mine) = (Annotation::from(theirs.clone()), Annotation::from(mine.clone()));
    let settled = match mode {
        RestoreMode::Merge => {
            let result = merged(&mine, &theirs);
            if result == mine { Settled::Nothing } else { Settled::Write(result) }
        }
        RestoreMode::Replace if is_living => {
            let base = mine.deleted.is_none().then_some(&mine);
            settle(base, Some(&theirs), Some(&mine), stamp)
        }
        RestoreMode::Replace => settle(Some(&mine), None, Some(&mine), stamp),
    };
    let is_same = theirs.reads_like(&mine) && theirs.deleted.is_some() == mine.deleted.is_some();
    let result = match &settled {
        Settled::Write(result) => result.clone(),
        Settled::Nothing | Settled::Kept => mine.clone(),
    };
    let is =
        |other: &Annotation| result.reads_like(other) && result.deleted.is_some() == other.deleted.is_some();
    match () {
        () if is_same => tally.same += 1,
        () if is_living && mine.deleted.is_some() => tally.deleted_here += 1,
        () if is(&theirs) => tally.newer += 1,
        () if is(&mine) => tally.older += 1,
        () => tally.both += 1,
    }
    write_annotation(plan, Some(&mine), settled);
}

fn write_annotation(plan: &mut Plan, mine: Option<&Annotation>, settled: Settled) {
    let Settled::Write(row) = settled else { return };
    let living = |annotation: &&Annotation| annotation.deleted.is_none();
    let before = mine.filter(living).map(|mine| Rc::new(mine.clone()));
    let after = Some(&row).filter(living).map(|row| Rc::new(row.clone()));
    if before.is_some() || after.is_some() {
        plan.changes.push(Change::Annotation { before, after });
    }
    plan.annotations.push(AnnotationRow::from(&row));
}
