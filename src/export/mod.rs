//! Exports: what people take out, as files in open formats.
mod web_annotation;

pub use web_annotation::web_annotation;

/// A file to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// A name for it.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its text, to be written as UTF-8.
    pub text: String,
}

/// A file name made of a title: letters, digits and dashes, so that every system takes it.
fn file_stem(title: &str) -> String {
    let folded = crate::model::text::folded(title);
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut stem = String::new();
    for word in words {
        if stem.len() + word.len() > 60 {
            break;
        }
        if !stem.is_empty() {
            stem.push('-');
        }
        stem.push_str(word);
    }
    let is_device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")));
    match stem.as_str() {
        "" => "concord".to_owned(),
        // Windows takes these for devices, whatever comes after the dot.
        _ if is_device => format!("concord-{stem}"),
        _ => stem,
    }
}
