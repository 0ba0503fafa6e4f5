//! Addresses inside the app: the part of the URL behind `#`.
use crate::model::id::{AnnotationId, DocumentId};

/// A place in the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The list of documents.
    #[default]
    Library,
    /// A document, perhaps at one of its annotations.
    Read {
        /// Which document.
        document: DocumentId,
        /// The annotation to show first.
        annotation: Option<AnnotationId>,
    },
    /// Preferences and the state of the storage.
    Settings,
    /// Passages that moved, changed or were lost: those of a document, or the list of documents that have some.
    Review(Option<DocumentId>),
    /// An address that is reserved for a view of a later version.
    Planned(Planned),
}

/// Views of a later version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned {
    /// The register of coordination tasks.
    Tasks,
    /// Party by type.
    Matrix,
    /// Search over all documents.
    Search,
    /// Study material.
    Study,
}

impl Route {
    /// Reads the part behind `#`. What is not understood is the library.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some("read"), Some(document)) => Self::Read {
                document: document.into(),
                annotation: query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("annotation="))
                    .filter(|id| !id.is_empty())
                    .map(AnnotationId::from),
            },
            (Some("settings"), None) => Self::Settings,
            (Some("tasks"), None) => Self::Planned(Planned::Tasks),
            (Some("matrix"), None) => Self::Planned(Planned::Matrix),
            (Some("search"), None) => Self::Planned(Planned::Search),
            (Some("study"), None) => Self::Planned(Planned::Study),
            (Some("review"), document) => Self::Review(document.map(DocumentId::from)),
            _ => Self::Library,
        }
    }

    /// The address, with its `#`.
    pub fn href(&self) -> String {
        match self {
            Self::Library => "#/".to_owned(),
            Self::Read { document, annotation: None } => format!("#/read/{document}"),
            Self::Read { document, annotation: Some(annotation) } => {
                format!("#/read/{document}?annotation={annotation}")
            }
            Self::Settings => "#/settings".to_owned(),
            Self::Planned(Planned::Tasks) => "#/tasks".to_owned(),
            Self::Planned(Planned::Matrix) => "#/matrix".to_owned(),
            Self::Planned(Planned::Search) => "#/search".to_owned(),
            Self::Planned(Planned::Study) => "#/study".to_owned(),
            Self::Review(None) => "#/review".to_owned(),
            Self::Review(Some(document)) => format!("#/review/{document}"),
        }
    }

    /// The document of a reader route.
    pub fn document(&self) -> Option<&DocumentId> {
        match self {
            Self::Read { document, .. } => Some(document),
            Self::Library | Self::Settings | Self::Review(_) | Self::Planned(_) => None,
        }
    }
}
