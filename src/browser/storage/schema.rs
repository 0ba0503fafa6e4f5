//! The stores and their keys. One place for all schema steps.
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbObjectStoreParameters, IdbTransaction};

use super::requests::{RequestResult, put, since};
use crate::model::id::{AnnotationId, DocumentId};
use crate::record::{JournalRow, from_json};

/// Counts up with each schema step in [`upgrade`].
pub(super) const VERSION: u32 = 3;
/// Databases of an older version hold rows that have to be converted, which the person is asked about; what came since
/// only adds room.
pub(super) const CONVERTED: u32 = 2;

/// Small rows for lists; key: document.
pub(super) const DOCUMENTS: &str = "documents";
/// Texts; key: `[document, revision]`.
pub(super) const REVISIONS: &str = "revisions";
/// Originals, byte for byte; key: `[document, revision, name]`.
pub(super) const FILES: &str = "files";
/// Key: `[document, annotation]`.
pub(super) const ANNOTATIONS: &str = "annotations";
/// Tags that people made; key: tag.
pub(super) const TAGS: &str = "tags";
/// Coordination tasks; key: task.
pub(super) const TASKS: &str = "tasks";
/// Study cards; key: card.
pub(super) const STUDY: &str = "study";
/// Every change; key: counted up by the browser.
pub(super) const JOURNAL: &str = "journal";
/// Which journal rows speak of a document; key: `[document, journal key]`; since version 2.
pub(super) const TRAILS: &str = "trails";
/// Copies of the annotations of large documents, see [`crate::record::write_pack`]; key: document; since version 3.
pub(super) const PACKS: &str = "packs";
/// Preferences and caches; key: name.
pub(super) const SETTINGS: &str = "settings";

/// The setting that holds [`crate::record::Settings`].
pub(super) const PREFERENCES: &str = "preferences";
pub(super) use crate::record::setting_names::DEVICE;
/// What the names of glances begin with.
pub(super) const GLANCE: &str = "glance/";

/// Brings a database of version `from` to [`VERSION`], inside the transaction of the change. The browser does all of it
/// or, if the app is ended meanwhile, nothing, so that the next start begins again.
pub(super) async fn upgrade(
    database: IdbDatabase,
    transaction: IdbTransaction,
    from: u32,
) -> RequestResult<()> {
    if from < 1 {
        for name in [DOCUMENTS, REVISIONS, FILES, ANNOTATIONS, TAGS, TASKS, STUDY, SETTINGS] {
            database.create_object_store(name)?;
        }
        let counted = IdbObjectStoreParameters::new();
        counted.set_auto_increment(true);
        database.create_object_store_with_optional_parameters(JOURNAL, &counted)?;
    }
    if from < 2 {
        let trails = database.create_object_store(TRAILS)?;
        let journal = transaction.object_store(JOURNAL)?;
        for (key, json) in since(&journal, 0).await? {
            let Some(row) = json.and_then(|json| from_json::<JournalRow>(&json).ok()) else { continue };
            for document in row.documents() {
                put(&trails, trail_key(document, key as f64), JsValue::TRUE)?;
            }
        }
    }
    if from < 3 {
        database.create_object_store(PACKS)?;
    }
    Ok(())
}

pub(super) fn trail_key(document: &DocumentId, key: f64) -> JsValue {
    Array::of2(&document.as_str().into(), &key.into()).into()
}

pub(super) fn revision_key(document: &DocumentId, revision: u32) -> JsValue {
    Array::of2(&document.as_str().into(), &revision.into()).into()
}

pub(super) fn file_key(document: &DocumentId, revision: u32, name: &str) -> JsValue {
    Array::of3(&document.as_str().into(), &revision.into(), &name.into()).into()
}

pub(super) fn annotation_key(document: &DocumentId, annotation: &AnnotationId) -> JsValue {
    Array::of2(&document.as_str().into(), &annotation.as_str().into()).into()
}

/// All keys that begin with a document: an array sorts above every text and number.
pub(super) fn of_document(document: &DocumentId) -> Result<web_sys::IdbKeyRange, JsValue> {
    let lower = Array::of1(&document.as_str().into());
    let upper = Array::of2(&document.as_str().into(), &Array::new());
    web_sys::IdbKeyRange::bound_with_lower_open_and_upper_open(&lower, &upper, false, true)
}
