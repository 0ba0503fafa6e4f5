//! The helper thread's answers, and the messages that carry them.
use concord::export::web_annotation;
use concord::import::{ImportError, Warning, import};
use concord::model::codebook::Codebook;
use concord::model::document::{Document, Source};
use concord::model::time::Timestamp;
use concord::record::{AnnotationRow, DocumentRow, NewDocument, RevisionRow, from_json};
use concord::worker::protocol::{Envelope, Request, Response};
use concord::worker::serve::serve;

use crate::session::Session;

const ARTICLE: &str = "Đảng ủy Khối chủ trì hội nghị.\nCông đoàn phối hợp.";

/// The answer after both messages went through JSON, as they do between page and worker.
fn ask(request: Request, bytes: &[u8]) -> Response {
    let question = serde_json::to_string(&Envelope { number: 7, body: request }).expect("a question is JSON");
    let Envelope { number, body } =
        serde_json::from_str::<Envelope<Request>>(&question).expect("it can be read");
    let answer =
        serde_json::to_string(&Envelope { number, body: serve(body, bytes) }).expect("an answer is JSON");
    let Envelope { number, body } =
        serde_json::from_str::<Envelope<Response>>(&answer).expect("it can be read");
    assert_eq!(number, 7);
    body
}

fn import_of(file_name: Option<&str>, bytes: &[u8]) -> Result<(NewDocument, Vec<Warning>), ImportError> {
    let (file_name, at) = (file_name.map(str::to_owned), Timestamp(5));
    match ask(Request::Import { file_name, id: "d1".into(), at }, bytes) {
        Response::Imported { new, warnings } => Ok((*new, warnings)),
        Response::Refused(error) => Err(error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_read_as_the_importer_reads_it_and_ready_to_be_stored() {
    for (name, text) in [
        (Some("a.txt"), ARTICLE),
        (None, ARTICLE),
        (Some("a.md"), "# Tiêu đề\n\nMột **đoạn** có [liên kết](https://example.org/)."),
        (Some("a.html"), include_str!("../../assets/samples/vi.html")),
    ] {
        let expected = import(name, text.as_bytes()).expect("it is a document");
        let (new, warnings) = import_of(name, text.as_bytes()).expect("it is a document");
        let revision: RevisionRow = from_json(&new.revision).expect("its text can be read");
        let document = new.row.with_text(revision);
        assert_eq!((&document.id, document.revision, document.imported_at), (&"d1".into(), 1, Timestamp(5)));
        assert_eq!(
            (document.title, document.blocks, document.meta),
            (expected.title, expected.blocks, expected.meta)
        );
        assert_eq!((document.left_out, warnings), (expected.left_out, expected.warnings));
        assert_eq!(document.source.text_sha256, expected.text_sha256);
        assert_eq!((document.source.file_name.as_deref(), document.source.bytes), (name, text.len() as u64));
    }
}

#[test]
fn what_is_no_document_comes_back_as_a_reason() {
    for (name, bytes) in [
        (Some("a.txt"), &b" \n"[..]),
        (Some("a.docx"), b"x"),
        (Some("a.txt"), b"\x00\x01\x02"),
        (Some("a.html"), b"<html><script>1</script>"),
    ] {
        let expected = import(name, bytes).expect_err("it is no document");
        assert_eq!(import_of(name, bytes).expect_err("it is no document"), expected);
    }
    assert_eq!(import_of(None, b"").expect_err("there is nothing"), ImportError::Empty);
}

#[test]
fn annotations_are_written_as_the_exporter_writes_them() {
    let mut session = Session::reading(ARTICLE);
    session.select("Đảng ủy Khối").tag("lead");
    session.select("Công đoàn").tag("partner");
    session.settle();
    let id = session.document();
    let document: &Document = &session.storage.documents[&id];
    let Source { bytes, .. } = document.source;
    assert_eq!(bytes, ARTICLE.len() as u64);
    let document = DocumentRow::from(document);
    let annotations: Vec<AnnotationRow> =
        session.state.annotations.iter().map(|a| AnnotationRow::from(&**a)).collect();
    let (tags, at) = (Codebook::default().tags().to_vec(), Timestamp(1_653_883_500_000));
    let expected = web_annotation(&document, &annotations, &tags, at);
    match ask(Request::ExportWebAnnotation { document: Box::new(document), annotations, tags, at }, &[]) {
        Response::File { name, media_type, text } => {
            assert_eq!(
                (name, media_type.as_str(), text),
                (expected.name, expected.media_type, expected.text)
            );
        }
        other => panic!("{other:?}"),
    }
}
