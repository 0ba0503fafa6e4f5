//! The domain: texts, documents, anchors, annotations, tags. Pure values and functions over them.
pub mod anchor;
pub mod annotation;
pub mod codebook;
pub mod document;
pub mod edit;
pub mod id;
pub mod review;
pub mod text;
pub mod time;
