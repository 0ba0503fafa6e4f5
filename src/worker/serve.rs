//! The answers. Pure, so that tests need no worker.
use super::protocol::{Request, Response};
use crate::{export, import};

/// Answers a question; `bytes` are those that came along.
pub fn serve(request: Request, bytes: &[u8]) -> Response {
    match request {
        Request::Import { file_name } => match import::import(file_name.as_deref(), bytes) {
            Ok(parsed) => Response::Imported(Box::new(parsed)),
            Err(error) => Response::Refused(error),
        },
        Request::ExportWebAnnotation { document, annotations, tags, at } => {
            let file = export::web_annotation(&document, &annotations, &tags, at);
            Response::File { name: file.name, media_type: file.media_type.to_owned(), text: file.text }
        }
    }
}
