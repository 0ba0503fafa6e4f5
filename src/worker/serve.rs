//! The answers. Pure, so that tests need no worker.
use super::protocol::{NotBrought, Request, Response};
use crate::model::document::{Document, Source};
use crate::record::NewDocument;
use crate::{export, import};

/// Answers a question; `bytes` are those that came along.
pub fn serve(request: Request, bytes: &[u8]) -> Response {
    match request {
        Request::Import { file_name, id, at } => match import::import(file_name.as_deref(), bytes) {
            Ok(parsed) => {
                let document = Document {
                    id,
                    title: parsed.title,
                    language: parsed.language,
                    source: Source {
                        format: parsed.format,
                        file_name,
                        text_sha256: parsed.text_sha256,
                        bytes: bytes.len() as u64,
                    },
                    meta: parsed.meta,
                    blocks: parsed.blocks,
                    left_out: parsed.left_out,
                    revision: 1,
                    imported_at: at,
                };
                Response::Imported { new: Box::new(NewDocument::from(&document)), warnings: parsed.warnings }
            }
            Err(error) => Response::Refused(error),
        },
        // Works on storage: the host hands it to `review`.
        Request::Bring { .. } => Response::NotBrought(NotBrought::Failed),
        Request::ExportWebAnnotation { document, annotations, tags, at } => {
            let file = export::web_annotation(&document, &annotations, &tags, at);
            Response::File { name: file.name, media_type: file.media_type.to_owned(), text: file.text }
        }
    }
}
