//! Backups: what was written comes back, what was damaged is told, and restoring loses nothing.
use concord::model::annotation::{Annotation, Settled, Stamp, settle};
use concord::model::document::{Block, Document, Format, Language, MarkKind, Meta, Role, Source};
use concord::model::edit::Change;
use concord::model::id::{AnnotationId, DocumentId};
use concord::model::text::Span;
use concord::model::time::{LogicalTime, Timestamp};
use concord::record::backup::{
    Backup, BackupError, BackupRows, BackupWriter, Held, Plan, RestoreMode, Tally, plan,
};
use concord::record::history::{Current, revert};
use concord::record::{AnnotationRow, DocumentRow, JournalRow, Logged, RevisionRow, from_json, to_json};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::session::Session;
use crate::support::any_blocks;

fn stamp(at: i64) -> Stamp {
    let clock = LogicalTime { wall: Timestamp(at), counter: 0 };
    Stamp { modified: Timestamp(at), clock, device: "restorer".into(), author: None }
}

fn document(id: &str, blocks: Vec<Block>) -> Document {
    Document {
        id: id.into(),
        title: format!("Bài {id}"),
        language: Language::Vi,
        source: Source { format: Format::Text, file_name: None, text_sha256: String::new(), bytes: 3 },
        meta: Meta::default(),
        blocks,
        left_out: Vec::new(),
        revision: 1,
        imported_at: Timestamp(1),
    }
}

/// A small library as a session leaves it, in the rows of storage.
fn library() -> Rows {
    let mut s = Session::reading("Chiều 30/5, Đảng ủy Khối ký quy chế.\nCông đoàn phối hợp.");
    s.select("Đảng ủy Khối").tag("lead");
    let id = s.select("Công đoàn").tag("partner");
    s.deselect().note(&id, "ai?", 10_000);
    s.settle();
    rows_of(&s)
}

/// What storage holds, as a backup reads it.
type Rows = (Vec<(DocumentRow, RevisionRow)>, Vec<AnnotationRow>, Vec<JournalRow>);

fn rows_of(s: &Session) -> Rows {
    let documents = s.storage.documents.values().map(|document| {
        let removed = s.storage.removed.contains(&document.id);
        (DocumentRow { removed, ..DocumentRow::from(document) }, RevisionRow::from(document))
    });
    let annotations = s.storage.annotations.values().map(AnnotationRow::from).collect();
    (documents.collect(), annotations, s.storage.journal.iter().map(|logged| logged.row.clone()).collect())
}

fn archive((documents, annotations, journal): &Rows, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = BackupWriter::new("2026-01-02T03:04:05.000Z".into(), "device".into());
    let rows: Vec<(Value, String)> = documents.iter().map(|(row, _)| (json!(row.id), to_json(row))).collect();
    writer.rows("documents", &rows).expect("written");
    let rows: Vec<(Value, String)> =
        documents.iter().map(|(row, text)| (json!([row.id, row.revision]), to_json(text))).collect();
    writer.rows("revisions", &rows).expect("written");
    let rows: Vec<(Value, String)> =
        annotations.iter().map(|row| (json!([row.document, row.id]), to_json(row))).collect();
    writer.rows("annotations", &rows).expect("written");
    let rows: Vec<(Value, String)> =
        (1..).zip(journal).map(|(key, row): (u32, _)| (json!(key), to_json(row))).collect();
    writer.rows("journal", &rows).expect("written");
    for (name, bytes) in files {
        let document = documents.first().map(|(row, _)| row.id.clone()).unwrap_or_default();
        writer.file(document, 1, (*name).to_owned(), bytes).expect("written");
    }
    writer.finish().expect("written")
}

fn read(bytes: &[u8]) -> BackupRows {
    Backup::open(bytes).expect("it is whole").rows().expect("it can be read")
}

fn held_of((documents, annotations, _): &Rows) -> Held {
    Held {
        documents: documents.iter().map(|(row, _)| (row.id.clone(), row.clone())).collect(),
        annotations: annotations.iter().map(|row| (row.id.clone(), row.clone())).collect(),
        ..Held::default()
    }
}

/// The library after a plan was carried out.
fn carried_out((documents, annotations, journal): &Rows, plan: &Plan) -> Rows {
    let mut documents = documents.clone();
    for row in &plan.documents {
        let text = plan.revisions.iter().find(|(id, _, _)| *id == row.id).map(|(_, _, text)| text.clone());
        match documents.iter_mut().find(|(known, _)| known.id == row.id) {
            Some(known) => known.0 = row.clone(),
            None => documents.push((row.clone(), text.expect("a new document has a text"))),
        }
    }
    let mut annotations = annotations.clone();
    for row in &plan.annotations {
        annotations.retain(|known| known.id != row.id);
        annotations.push(row.clone());
    }
    documents.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    annotations.sort_by(|a, b| a.id.cmp(&b.id));
    (documents, annotations, journal.clone())
}

/// What people see: ids, words, tags, notes.
fn seen((documents, annotations, _): &Rows) -> Vec<String> {
    let shown: Vec<&DocumentId> =
        documents.iter().filter(|(row, _)| !row.removed).map(|(row, _)| &row.id).collect();
    let mut lines: Vec<String> = documents
        .iter()
        .filter(|(row, _)| !row.removed)
        .map(|(row, text)| format!("{} {} {}", row.id, row.title, text.blocks.len()))
        .collect();
    lines.extend(
        annotations.iter().filter(|row| row.deleted.is_none() && shown.contains(&&row.document)).map(|row| {
            let mut tags: Vec<&str> = row.tags.iter().map(|tag| tag.as_str()).collect();
            tags.sort_unstable();
            format!("{} {} {tags:?} {}", row.id, row.selectors.quote.exact, row.note)
        }),
    );
    lines.sort();
    lines
}

#[test]
fn what_was_written_comes_back() {
    let library = library();
    let bytes = archive(&library, &[("../../tên lạ.txt", b"\xef\xbb\xbfabc\0"), ("b", b"")]);
    let mut backup = Backup::open(&bytes).expect("it is whole");
    let rows = backup.rows().expect("it can be read");
    assert_eq!(rows.documents, library.0.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>());
    assert_eq!(rows.annotations, library.1);
    assert_eq!(rows.journal, library.2);
    assert_eq!(rows.unreadable, 0);
    let parts: Vec<_> = backup.manifest.parts.iter().filter(|part| part.file.is_some()).cloned().collect();
    assert_eq!(parts[0].file.as_ref().map(|(_, _, name)| name.as_str()), Some("../../tên lạ.txt"));
    assert_eq!(parts[0].path, "files/000001", "names of people are no paths");
    assert_eq!(backup.part(&parts[0]), Ok(b"\xef\xbb\xbfabc\0".to_vec()));
}

#[test]
fn what_is_no_backup_says_why() {
    let bytes = archive(&library(), &[]);
    assert_eq!(Backup::open(b"").err(), Some(BackupError::NotABackup));
    assert_eq!(Backup::open(b"PK\x03\x04 nothing").err(), Some(BackupError::NotABackup));
    assert_eq!(Backup::open(&bytes[..bytes.len() / 2]).err(), Some(BackupError::NotABackup));
    let newer = rewritten(&bytes, |manifest| manifest["version"] = json!(99));
    assert_eq!(Backup::open(&newer).err(), Some(BackupError::Newer { version: 99 }));
    let other = rewritten(&bytes, |manifest| manifest["format"] = json!("something"));
    assert_eq!(Backup::open(&other).err(), Some(BackupError::NotABackup));
    let wrong = rewritten(&bytes, |manifest| manifest["parts"][2]["sha256"] = json!("00"));
    assert_eq!(Backup::open(&wrong).err(), Some(BackupError::Damaged { part: "annotations.jsonl".into() }));
    let missing = rewritten(&bytes, |manifest| manifest["parts"][0]["path"] = json!("nowhere.jsonl"));
    assert_eq!(Backup::open(&missing).err(), Some(BackupError::Damaged { part: "nowhere.jsonl".into() }));
    let vast = rewritten(&bytes, |manifest| manifest["parts"][0]["bytes"] = json!(u64::MAX));
    assert_eq!(Backup::open(&vast).err(), Some(BackupError::TooLarge));
}

/// The same archive with another manifest.
fn rewritten(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut change = Some(change);
    for n in 0..old.len() {
        let mut part = old.by_index(n).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("it can be read");
        let name = part.name().expect("a name").into_owned();
        if name == "manifest.json" {
            let mut manifest: Value = serde_json::from_slice(&content).expect("JSON");
            change.take().expect("there is one manifest")(&mut manifest);
            content = serde_json::to_vec(&manifest).expect("JSON");
        }
        new.start_file(name, options).expect("written");
        new.write_all(&content).expect("written");
    }
    new.finish().expect("written").into_inner()
}

#[test]
fn a_row_that_cannot_be_read_hides_no_other() {
    let library = library();
    let mut writer = BackupWriter::new("2026-01-02T03:04:05.000Z".into(), "device".into());
    let good = &library.1[0];
    let newer = to_json(good).replace("{\"v\":3,", "{\"v\":9,");
    let rows = vec![
        (json!(["d", "a"]), "{ broken".to_owned()),
        (json!(["d", "b"]), to_json(good)),
        (json!(["d", "c"]), newer),
        (json!(["d", "e"]), "\u{1}\"\\".to_owned()),
    ];
    writer.rows("annotations", &rows).expect("written");
    writer.rows("tomorrow", &[(json!("x"), "{}".to_owned())]).expect("written");
    let bytes = writer.finish().expect("written");
    let rows = read(&bytes);
    assert_eq!((rows.annotations, rows.unreadable), (vec![good.clone()], 4));
}

#[test]
fn a_text_from_elsewhere_brings_no_harm() {
    let mark = |start, end, kind| concord::model::document::Mark {
        span: Span {
            start: concord::model::text::CharOffset(start),
            end: concord::model::text::CharOffset(end),
        },
        kind,
    };
    let blocks = vec![Block {
        role: Role::Paragraph,
        text: "một\nhai".into(),
        marks: vec![
            mark(0, 3, MarkKind::Link("javascript:alert(1)".into())),
            mark(0, 3, MarkKind::Link("https://example.org/".into())),
            mark(5, 900, MarkKind::Strong),
            mark(3, 1, MarkKind::Emphasis),
        ],
    }];
    let document = document("d", blocks);
    let rows = (vec![(DocumentRow::from(&document), RevisionRow::from(&document))], Vec::new(), Vec::new());
    let read = read(&archive(&rows, &[]));
    let block = &read.revisions[0].2.blocks[0];
    assert_eq!(block.text, "một hai");
    assert_eq!(block.marks.len(), 1);
    assert_eq!(block.marks[0].kind, MarkKind::Link("https://example.org/".into()));
}

// What restoring does

#[test]
fn restoring_into_an_empty_library_brings_everything_back() {
    let library = library();
    let backup = read(&archive(&library, &[]));
    for mode in [RestoreMode::Merge, RestoreMode::Replace] {
        let plan = plan(&backup, &Held::default(), mode, &stamp(9_000_000_000_000));
        assert_eq!((plan.preview.documents.new, plan.preview.annotations.new), (1, 2));
        let result = carried_out(&(Vec::new(), Vec::new(), Vec::new()), &plan);
        assert_eq!((&result.0, &result.1), (&library.0, &library.1), "row for row");
    }
}

#[test]
fn restoring_what_is_there_already_changes_nothing() {
    let library = library();
    let backup = read(&archive(&library, &[]));
    for mode in [RestoreMode::Merge, RestoreMode::Replace] {
        let plan = plan(&backup, &held_of(&library), mode, &stamp(9_000_000_000_000));
        assert!(plan.changes.is_empty() && plan.annotations.is_empty() && plan.documents.is_empty());
        assert_eq!(plan.preview.annotations, Tally { same: 2, ..Tally::default() });
    }
}

/// A library, and what became of it after a backup was made.
fn library_and_later() -> (Rows, Rows) {
    let mut s = Session::reading("Chiều 30/5, Đảng ủy Khối ký quy chế.\nCông đoàn phối hợp.");
    let lead = s.select("Đảng ủy Khối").tag("lead");
    let partner = s.select("Công đoàn").tag("partner");
    s.settle();
    let then = rows_of(&s);
    s.delete(&lead);
    s.deselect().note(&partner, "ai?", 10_000);
    s.select("quy chế").tag("basis");
    let id = s.document();
    s.rename(&id, "Tên mới").settle();
    (then, rows_of(&s))
}

#[test]
fn merging_an_older_backup_keeps_what_was_done_since() {
    let (then, now) = library_and_later();
    let plan =
        plan(&read(&archive(&then, &[])), &held_of(&now), RestoreMode::Merge, &stamp(9_000_000_000_000));
    assert_eq!(seen(&carried_out(&now, &plan)), seen(&now));
    let tally = &plan.preview.annotations;
    assert_eq!((tally.deleted_here, tally.older, tally.only_here, tally.new), (1, 1, 1, 0));
}

#[test]
fn replacing_goes_back_to_the_backup_and_can_be_taken_back() {
    let (then, now) = library_and_later();
    let plan =
        plan(&read(&archive(&then, &[])), &held_of(&now), RestoreMode::Replace, &stamp(9_000_000_000_000));
    let result = carried_out(&now, &plan);
    let without_title =
        |lines: Vec<String>| lines.into_iter().filter(|line| !line.contains("Bài")).collect::<Vec<_>>();
    assert_eq!(without_title(seen(&result)), without_title(seen(&then)));
    // Each change names what was before, so that the step can be reversed.
    let annotations: Vec<&Change> =
        plan.changes.iter().filter(|change| matches!(change, Change::Annotation { .. })).collect();
    assert_eq!(annotations.len(), 3, "one comes back, one loses its note, one goes");
}

#[test]
fn a_colleagues_copy_adds_to_ours_field_by_field() {
    let library = library();
    let mine = Annotation::from(library.1[0].clone());
    let edit = |change: &dyn Fn(&mut Annotation), at, device: &str| {
        let mut wanted = mine.clone();
        change(&mut wanted);
        let stamp = Stamp { device: device.into(), ..stamp(at) };
        match settle(Some(&mine), Some(&wanted), Some(&mine), &stamp) {
            Settled::Write(row) => AnnotationRow::from(&row),
            other => panic!("{other:?}"),
        }
    };
    let ours = edit(&|a| a.tags.push("due".into()), 1_800_000_000_000, "here");
    let theirs = edit(&|a| a.note = "của bạn".into(), 1_800_000_000_001, "there");
    let held = Held { annotations: [(ours.id.clone(), ours)].into(), ..held_of(&library) };
    let backup = BackupRows { annotations: vec![theirs], ..BackupRows::default() };
    let plan = plan(&backup, &held, RestoreMode::Merge, &stamp(9_000_000_000_000));
    assert_eq!(plan.preview.annotations.both, 1);
    assert_eq!(plan.annotations[0].note, "của bạn");
    assert!(plan.annotations[0].tags.contains(&"due".into()));
}

proptest! {
    #[test]
    fn any_library_survives_backup_and_restore_row_for_row(
        blocks in prop::collection::vec(any_blocks(), 1..4), notes in prop::collection::vec(any::<String>(), 0..6),
        original in prop::collection::vec(any::<u8>(), 0..200), name in any::<String>(),
    ) {
        let documents: Vec<(DocumentRow, RevisionRow)> = blocks
            .into_iter()
            .enumerate()
            .map(|(n, blocks)| document(&format!("d{n}"), blocks))
            .map(|document| (DocumentRow::from(&document), RevisionRow::from(&document)))
            .collect();
        let template = library().1.remove(0);
        let annotations: Vec<AnnotationRow> = notes
            .into_iter()
            .enumerate()
            .map(|(n, note)| AnnotationRow {
                id: AnnotationId(format!("a{n}")),
                document: documents[n % documents.len()].0.id.clone(),
                note,
                ..template.clone()
            })
            .collect();
        let library: Rows = (documents, annotations, Vec::new());
        let bytes = archive(&library, &[(&name, &original)]);
        let plan = plan(&read(&bytes), &Held::default(), RestoreMode::Replace, &stamp(5));
        let result = carried_out(&(Vec::new(), Vec::new(), Vec::new()), &plan);
        // Byte for byte, in the text that is stored.
        let texts = |rows: &Rows| -> Vec<String> {
            rows.0.iter().flat_map(|(row, text)| [to_json(row), to_json(text)]).chain(rows.1.iter().map(to_json)).collect()
        };
        prop_assert_eq!(texts(&result), texts(&library));
    }

    #[test]
    fn a_damaged_archive_is_told_and_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = archive(&library(), &[("a", b"original")]);
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        // Either it is refused, or what is read is what was written.
        if let Ok(mut backup) = Backup::open(&bytes) {
            let rows = backup.rows().expect("every part was checked");
            prop_assert_eq!(rows.annotations, library().1);
        }
    }
}

// History

#[test]
fn a_document_goes_back_to_how_it_was_before_a_step() {
    let mut s = Session::reading("Chiều 30/5, Đảng ủy Khối ký quy chế.\nCông đoàn phối hợp.");
    let lead = s.select("Đảng ủy Khối").tag("lead");
    s.deselect().note(&lead, "một", 10_000);
    s.settle();
    let (before, key) = (s.passages(), s.storage.journal.len() as u64);
    s.note(&lead, "hai", 10_000);
    s.select("Công đoàn").tag("partner");
    s.delete(&lead);
    let id = s.document();
    s.rename(&id, "Tên mới").relabel(1, Role::Quote);
    s.settle();

    let rows: Vec<Logged> = s.storage.journal.iter().filter(|logged| logged.key > key).cloned().collect();
    let current = Current {
        annotations: s.storage.living().map(|a| (a.id.clone(), a.clone())).collect(),
        title: "Tên mới".into(),
        removed: false,
        revision: 1,
    };
    // One passage alone comes back alone.
    let one = revert(&rows, &id, Some(&lead), &current);
    assert_eq!(one.len(), 1);
    let changes = revert(&rows, &id, None, &current);
    assert_eq!(changes.len(), 4, "two passages, the title, the line");
    let step = concord::model::edit::Step {
        id: "vault.1".into(),
        deed: concord::model::edit::Deed::Revert,
        at: s.at(),
        clock: LogicalTime::default(),
        direction: Default::default(),
        changes,
    };
    s.storage.commit(&[step.into()]);
    s.act(concord::state::Action::Rang).settle();
    assert_eq!(s.passages(), before);
    assert_ne!(s.storage.documents[&id].title, "Tên mới");
    assert_eq!(s.storage.documents[&id].blocks[1].role, Role::Paragraph);
    // And that is undone like everything else.
    s.undo().settle();
    assert_eq!(s.storage.documents[&id].title, "Tên mới");
}

#[test]
fn what_came_with_a_backup_changes_nothing_here() {
    let mut s = Session::reading("Công đoàn phối hợp.");
    s.select("Công đoàn").tag("partner");
    s.settle();
    let before = s.passages();
    let mut past = s.storage.journal.last().expect("a step").row.clone();
    past.is_history = true;
    past.changes = vec![];
    let json = to_json(&past);
    let row: JournalRow = from_json(&json).expect("it is read");
    assert!(row.is_history);
    let key = s.storage.journal.len() as u64 + 1;
    s.storage.journal.push(Logged { key, row });
    s.act(concord::state::Action::Rang).settle();
    assert_eq!(s.passages(), before);
    assert!(s.restarted("w2").state.history.done.iter().all(|step| !step.changes.is_empty()));
}
