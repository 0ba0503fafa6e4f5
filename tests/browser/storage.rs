//! Storage round trips. Each test has a database of its own, so that none can disturb another.
use std::rc::Rc;

use concord::browser::clock::{new_id, now};
use concord::browser::storage::{Opened, Storage};
use concord::model::anchor::{Selectors, TextQuote};
use concord::model::annotation::{Annotation, Stamp, Versions};
use concord::model::document::{Block, Document, Format, Language, Meta, Role, Source};
use concord::model::edit::{Change, Deed, Direction, Step};
use concord::model::id::{DeviceId, StepId};
use concord::model::text::Span;
use concord::model::time::LogicalTime;
use concord::record::{Glance, Settings};
use wasm_bindgen_test::wasm_bindgen_test;

async fn fresh() -> (Storage, String) {
    let name = format!("test-{}", new_id());
    let Opened { storage, trouble: _ } = Storage::open(&name, || {}, || {}).await;
    (storage, name)
}

async fn again(name: &str) -> Storage {
    Storage::open(name, || {}, || {}).await.storage
}

fn document() -> Document {
    Document {
        id: new_id().as_str().into(),
        title: "Kế hoạch chung".to_owned(),
        language: Language::Vi,
        source: Source {
            format: Format::Text,
            file_name: Some("ke-hoach.txt".to_owned()),
            text_sha256: "00".to_owned(),
            bytes: 12,
        },
        meta: Meta::default(),
        blocks: vec![
            Block::plain(Role::Headline, "Kế hoạch chung"),
            Block::plain(Role::Paragraph, "Sở Y tế chủ trì, xong trước 30/9."),
        ],
        left_out: vec!["In".to_owned()],
        revision: 1,
        imported_at: now(),
    }
}

fn annotation(document: &Document, note: &str) -> Annotation {
    Annotation {
        id: new_id().as_str().into(),
        document: document.id.clone(),
        revision: 1,
        selectors: Selectors {
            quote: TextQuote {
                exact: "Sở Y tế".into(), prefix: String::new(), suffix: " chủ trì".into()
            },
            position: Span::new(15, 22),
        },
        further: Vec::new(),
        kept: None,
        tags: vec!["lead".into()],
        note: note.to_owned(),
        created: now(),
        stamp: Stamp { modified: now(), clock: LogicalTime::default(), device: device(), author: None },
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    }
}

fn device() -> DeviceId {
    "device".into()
}

fn step(changes: Vec<Change>) -> Rc<Step> {
    let clock = LogicalTime::default().tick(now());
    let id = StepId(new_id());
    Rc::new(Step { id, deed: Deed::Highlight, at: now(), clock, direction: Direction::Do, changes })
}

fn adding(document: &Document) -> Step {
    let change = Change::Removed { document: document.id.clone(), before: true, after: false };
    Step { deed: Deed::AddDocument, ..(*step(vec![change])).clone() }
}

fn added(annotation: &Annotation) -> Rc<Step> {
    step(vec![Change::Annotation { before: None, after: Some(Rc::new(annotation.clone())) }])
}

#[wasm_bindgen_test]
async fn a_document_comes_back_after_the_database_was_opened_again() {
    let (storage, name) = fresh().await;
    let stored = document();
    storage
        .add_document(&(&stored).into(), b"original", &adding(&stored), &device(), None)
        .await
        .expect("it is stored");

    let storage = again(&name).await;
    let volume = storage.volume(&stored.id).await.expect("it is read").expect("it is there");
    assert_eq!(volume.document, stored);
    assert_eq!(volume.quarantined, 0);
    assert_eq!(storage.shelf().await.expect("the library is read").heads.len(), 1);
}

#[wasm_bindgen_test]
async fn the_original_comes_back_byte_for_byte() {
    let (storage, name) = fresh().await;
    let stored = document();
    let bytes = [0xef, 0xbb, 0xbf, b'a', 0, 0xff, 13, 10];
    storage
        .add_document(&(&stored).into(), &bytes, &adding(&stored), &device(), None)
        .await
        .expect("it is stored");
    let original = again(&name).await.original(&stored.id).await.expect("it is read");
    assert_eq!(original, Some(("ke-hoach.txt".to_owned(), bytes.to_vec())));
}

#[wasm_bindgen_test]
async fn annotations_come_back_as_they_were_committed() {
    let (storage, name) = fresh().await;
    let stored = document();
    storage
        .add_document(&(&stored).into(), b"", &adding(&stored), &device(), None)
        .await
        .expect("it is stored");
    let (one, other) = (annotation(&stored, "một"), annotation(&stored, "hai"));
    storage.commit(&[added(&one), added(&other)], &device(), Some("Lan")).await.expect("committed");
    let gone = step(vec![Change::Annotation { before: Some(Rc::new(other)), after: None }]);
    storage.commit(&[gone], &device(), None).await.expect("committed");

    let volume = again(&name).await.volume(&stored.id).await.expect("read").expect("there");
    let [read] = volume.annotations.as_slice() else { panic!("{:?}", volume.annotations) };
    // The origin is that of the commit.
    assert_eq!(*read, Annotation { stamp: read.stamp.clone(), ..one });
    assert_eq!(read.stamp.author.as_deref(), Some("Lan"));
}

#[wasm_bindgen_test]
async fn annotations_of_other_documents_stay_out() {
    let (storage, _) = fresh().await;
    let (here, there) = (document(), document());
    for stored in [&here, &there] {
        storage.add_document(&stored.into(), b"", &adding(stored), &device(), None).await.expect("stored");
        storage.commit(&[added(&annotation(stored, ""))], &device(), None).await.expect("committed");
    }
    let volume = storage.volume(&here.id).await.expect("read").expect("there");
    assert_eq!(volume.annotations.len(), 1);
    assert_eq!(volume.annotations[0].document, here.id);
}

#[wasm_bindgen_test]
async fn titles_and_roles_change_in_the_stored_rows() {
    let (storage, name) = fresh().await;
    let stored = document();
    let id = stored.id.clone();
    storage.add_document(&(&stored).into(), b"", &adding(&stored), &device(), None).await.expect("stored");
    let title = Change::Title { document: id.clone(), before: String::new(), after: "Tên mới".to_owned() };
    let role = Change::Role {
        document: id.clone(),
        revision: 1,
        block: 1,
        before: Role::Paragraph,
        after: Role::Heading(3),
    };
    let removed = Change::Removed { document: id.clone(), before: false, after: true };
    storage.commit(&[step(vec![title, role, removed])], &device(), None).await.expect("committed");

    let storage = again(&name).await;
    let volume = storage.volume(&id).await.expect("read").expect("there");
    assert_eq!(volume.document.title, "Tên mới");
    assert_eq!(volume.document.blocks[1].role, Role::Heading(3));
    assert_eq!(volume.document.blocks[1].text, stored.blocks[1].text);
    assert!(storage.shelf().await.expect("read").heads[0].removed);
}

#[wasm_bindgen_test]
async fn preferences_and_reading_positions_come_back() {
    let (storage, name) = fresh().await;
    let settings = Settings { type_size: 24, last_tag: Some("task".into()), ..Settings::default() };
    let glance = Glance { annotations: 3, block: 7, reads: 2, ..Glance::default() };
    storage.save_settings(&settings).await.expect("saved");
    storage.save_glance(&"doc".into(), &glance).await.expect("saved");
    storage.save_device(&device()).await.expect("saved");

    let shelf = again(&name).await.shelf().await.expect("read");
    assert_eq!(shelf.settings, settings);
    assert_eq!(shelf.glances.get(&"doc".into()), Some(&glance));
    assert_eq!(shelf.device, Some(device()));
}

#[wasm_bindgen_test]
async fn a_missing_document_is_told_from_an_error() {
    let (storage, _) = fresh().await;
    assert!(storage.volume(&"nowhere".into()).await.expect("no error").is_none());
}

// Several writers

fn note_of(annotation: &Annotation, before: &str, after: &str) -> Rc<Step> {
    let with = |note: &str| Rc::new(Annotation { note: note.to_owned(), ..annotation.clone() });
    step(vec![Change::Annotation { before: Some(with(before)), after: Some(with(after)) }])
}

async fn stored(storage: &Storage, document: &Document) -> Vec<Annotation> {
    storage.volume(&document.id).await.expect("read").expect("there").annotations
}

#[wasm_bindgen_test]
async fn two_windows_change_the_same_passage_and_both_changes_stay() {
    let (one, name) = fresh().await;
    let two = again(&name).await;
    let document = document();
    one.add_document(&(&document).into(), b"", &adding(&document), &device(), None).await.expect("stored");
    let seen = annotation(&document, "");
    one.commit(&[added(&seen)], &device(), None).await.expect("committed");

    let tagged = Annotation { tags: vec!["lead".into(), "due".into()], ..seen.clone() };
    let tagging =
        step(vec![Change::Annotation { before: Some(Rc::new(seen.clone())), after: Some(Rc::new(tagged)) }]);
    one.commit(&[tagging], &device(), None).await.expect("committed");
    // The other window has not heard of the tag.
    let committed = two.commit(&[note_of(&seen, "", "từ hai")], &device(), None).await.expect("committed");
    assert!(!committed.refused);

    let [result] = stored(&one, &document).await.try_into().expect("one passage");
    assert_eq!((result.tags.len(), result.note.as_str()), (2, "từ hai"));
    assert!(result.rivals.is_empty());

    // Both write a note: the later one stands, the other is kept beside it.
    let committed = one.commit(&[note_of(&seen, "", "từ một")], &device(), None).await.expect("committed");
    let [result] = stored(&two, &document).await.try_into().expect("one passage");
    assert_eq!((result.note.as_str(), result.rivals.len()), ("từ một", 1));
    // The journal says what it replaced, not what the window thought.
    let Some(Change::Annotation { before: Some(before), .. }) =
        committed.logged[0].row.to_step().expect("a step").changes.into_iter().next()
    else {
        panic!("a note was changed")
    };
    assert_eq!(before.note, "từ hai");
}

#[wasm_bindgen_test]
async fn a_passage_that_another_window_changed_is_not_deleted_unseen() {
    let (one, name) = fresh().await;
    let two = again(&name).await;
    let document = document();
    one.add_document(&(&document).into(), b"", &adding(&document), &device(), None).await.expect("stored");
    let seen = annotation(&document, "");
    one.commit(&[added(&seen)], &device(), None).await.expect("committed");
    two.commit(&[note_of(&seen, "", "mới viết")], &device(), None).await.expect("committed");
    let gone = step(vec![Change::Annotation { before: Some(Rc::new(seen)), after: None }]);
    assert!(one.commit(&[gone], &device(), None).await.expect("committed").refused);
    assert_eq!(stored(&one, &document).await[0].note, "mới viết");
}

#[wasm_bindgen_test]
async fn each_window_reads_what_the_others_did_in_the_journal() {
    let (one, name) = fresh().await;
    let two = again(&name).await;
    let document = document();
    let logged = one
        .add_document(&(&document).into(), b"", &adding(&document), &device(), None)
        .await
        .expect("stored");
    let end = logged.last().expect("a row").key;
    assert_eq!(two.shelf().await.expect("read").journal_end, end);
    let (a, b) = (annotation(&document, "a"), annotation(&document, "b"));
    let committed = one.commit(&[added(&a), added(&b)], &device(), None).await.expect("committed");
    assert_eq!(two.journal_since(end).await.expect("read"), committed.logged);
    assert_eq!(two.trail(Some(&document.id), 0).await.expect("read").len(), 3);
    assert_eq!(two.trail(Some(&"other".into()), 0).await.expect("read").len(), 0);
}

#[wasm_bindgen_test]
async fn many_changes_at_once_are_one_step_in_several_rows() {
    let (storage, _) = fresh().await;
    let document = document();
    storage
        .add_document(&(&document).into(), b"", &adding(&document), &device(), None)
        .await
        .expect("stored");
    let many: Vec<Annotation> = (0..2_500).map(|n| annotation(&document, &n.to_string())).collect();
    let change = |a: &Annotation| Change::Annotation { before: None, after: Some(Rc::new(a.clone())) };
    let step = step(many.iter().map(change).collect());
    let committed = storage.commit(&[step.clone()], &device(), None).await.expect("committed");
    assert_eq!(committed.logged.len(), 3);
    assert!(committed.logged.iter().all(|logged| logged.row.step == step.id));
    assert_eq!(stored(&storage, &document).await.len(), 2_500);
}

// Older versions

/// A database as version 1 of the schema left it.
async fn of_version_1(name: &str) {
    use indexed_db_futures::database::Database;
    use indexed_db_futures::prelude::*;
    use indexed_db_futures::transaction::TransactionMode;
    use js_sys::Array;
    use wasm_bindgen::JsValue;
    let stores = ["documents", "revisions", "files", "annotations", "tags", "tasks", "study", "settings"];
    let database = Database::open(name)
        .with_version(1_u32)
        .with_on_upgrade_needed(move |_, database| {
            for store in stores {
                database.create_object_store(store).build()?;
            }
            database.create_object_store("journal").with_auto_increment(true).build()?;
            Ok(())
        })
        .build()
        .expect("a request")
        .await
        .expect("it opens");
    let transaction = database
        .transaction(["documents", "revisions", "annotations", "journal"])
        .with_mode(TransactionMode::Readwrite)
        .build()
        .expect("a transaction");
    let put = |store: &str, key: JsValue, row: &str| {
        let store = transaction.object_store(store).expect("a store");
        drop(store.put(JsValue::from(row)).with_key(key).without_key_type().build().expect("a request"));
    };
    let annotation = r#"{"v":1,"id":"a1","document":"d1","revision":1,"selectors":{"quote":{"exact":"Sở Y tế","prefix":"","suffix":" chủ trì"},"position":{"start":0,"end":7}},"tags":["lead"],"note":"","created":5,"stamp":{"modified":5,"clock":{"wall":5,"counter":0},"device":"here"}}"#;
    put(
        "documents",
        "d1".into(),
        r#"{"v":1,"id":"d1","title":"Cũ","language":"vi","source":{"format":"text","file_name":null,"text_sha256":"00","bytes":3},"meta":{},"left_out":[],"revision":1,"imported_at":1,"chars":15}"#,
    );
    put(
        "revisions",
        Array::of2(&"d1".into(), &1.into()).into(),
        r#"{"v":1,"blocks":[{"role":"paragraph","text":"Sở Y tế chủ trì"}]}"#,
    );
    put("annotations", Array::of2(&"d1".into(), &"a1".into()).into(), annotation);
    let journal = format!(
        r#"{{"v":1,"at":5,"device":"here","deed":"give-tag","is_undo":false,"changes":[{{"annotation":{{"before":null,"after":{annotation}}}}}]}}"#
    );
    let store = transaction.object_store("journal").expect("a store");
    drop(store.add(JsValue::from(journal)).build().expect("a request"));
    drop(store);
    transaction.commit().await.expect("committed");
    database.close();
}

#[wasm_bindgen_test]
async fn a_database_of_version_1_is_converted_and_nothing_is_missing() {
    let name = format!("test-{}", new_id());
    of_version_1(&name).await;
    assert!(Storage::is_older(&name).await);
    // A backup is written from it as it is.
    let old = Storage::open_as_it_is(&name).await.expect("it opens");
    assert_eq!(old.raw_rows("annotations").await.expect("read").len(), 1);
    assert!(Storage::is_older(&name).await, "reading converts nothing");
    old.close();

    let storage = again(&name).await;
    assert!(!Storage::is_older(&name).await);
    let volume = storage.volume(&"d1".into()).await.expect("read").expect("there");
    assert_eq!((volume.document.title.as_str(), volume.annotations.len(), volume.quarantined), ("Cũ", 1, 0));
    let trail = storage.trail(Some(&"d1".into()), 0).await.expect("read");
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0].row.to_step().expect("a step").deed, Deed::GiveTag("lead".into()));
    // And it can be worked on.
    let seen = volume.annotations[0].clone();
    storage.commit(&[note_of(&seen, "", "mới")], &device(), None).await.expect("committed");
    assert_eq!(storage.volume(&"d1".into()).await.expect("read").expect("there").annotations[0].note, "mới");
}

#[wasm_bindgen_test]
async fn a_row_that_cannot_be_read_is_moved_aside_before_it_is_written() {
    let (storage, name) = fresh().await;
    let document = document();
    storage
        .add_document(&(&document).into(), b"", &adding(&document), &device(), None)
        .await
        .expect("stored");
    let seen = annotation(&document, "");
    storage.commit(&[added(&seen)], &device(), None).await.expect("committed");
    spoil(&name, &seen, "{ broken").await;
    let volume = storage.volume(&document.id).await.expect("read").expect("there");
    assert_eq!((volume.annotations.len(), volume.quarantined), (0, 1));
    storage.commit(&[note_of(&seen, "", "mới")], &device(), None).await.expect("committed");
    let volume = storage.volume(&document.id).await.expect("read").expect("there");
    assert_eq!((volume.annotations.len(), volume.quarantined), (1, 1));
    let texts: Vec<_> =
        storage.raw_rows("annotations").await.expect("read").into_iter().map(|row| row.text).collect();
    assert!(texts.contains(&Some("{ broken".to_owned())));
}

/// Puts something else in the place of a row, as a damaged disk would.
async fn spoil(name: &str, annotation: &Annotation, text: &str) {
    use indexed_db_futures::database::Database;
    use indexed_db_futures::prelude::*;
    use indexed_db_futures::transaction::TransactionMode;
    let database = Database::open(name).build().expect("a request").await.expect("it opens");
    let transaction = database
        .transaction(["annotations"])
        .with_mode(TransactionMode::Readwrite)
        .build()
        .expect("a transaction");
    let store = transaction.object_store("annotations").expect("a store");
    let key = js_sys::Array::of2(&annotation.document.as_str().into(), &annotation.id.as_str().into());
    let value = wasm_bindgen::JsValue::from(text);
    let key: wasm_bindgen::JsValue = key.into();
    drop(store.put(value).with_key(key).without_key_type().build().expect("a request"));
    drop(store);
    transaction.commit().await.expect("committed");
    database.close();
}
