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
    assert_eq!(volume.annotations, [one]);
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
