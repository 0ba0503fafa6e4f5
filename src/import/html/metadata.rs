//! Reads what a page says about itself outside its text: title, meta tags, JSON-LD.
use std::collections::HashMap;

use scraper::Html;
use scraper::node::Element;
use serde_json::{Map, Value};

use super::walk::{Visitor, walk};
use crate::import::inline::Inline;

/// What a page says about itself; everything is one line, nothing is trusted yet.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// The titles that it gives, the most exact one first.
    pub(super) titles: Vec<String>,
    pub(super) site: Option<String>,
    pub(super) language: Option<String>,
    pub(super) section: Option<String>,
    pub(super) author: Option<String>,
    /// Last change first, then publication.
    pub(super) moments: Vec<String>,
}

/// Reads the metadata of a page.
pub(super) fn metadata(html: &Html) -> Metadata {
    let mut reader = Reader::default();
    walk(html, &mut reader);
    reader.finish()
}

#[derive(Default)]
struct Reader {
    language: Option<String>,
    title: Option<String>,
    /// The first value of every `name`, `property` or `itemprop`.
    tags: HashMap<String, String>,
    capture: Option<Capture>,
    buffer: String,
    articles: Vec<Linked>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Capture {
    Title,
    Json,
}

/// What JSON-LD says about an article.
#[derive(Default)]
struct Linked {
    headline: Option<String>,
    modified: Option<String>,
    published: Option<String>,
    section: Option<String>,
    author: Option<String>,
}

impl Reader {
    fn tag(&mut self, element: &Element) {
        let Some(content) = element.attr("content").and_then(one_line) else { return };
        let names = ["property", "name", "itemprop"].into_iter().filter_map(|name| element.attr(name));
        for name in names {
            self.tags.entry(name.to_ascii_lowercase()).or_insert_with(|| content.clone());
        }
    }

    fn finish(mut self) -> Metadata {
        let linked = self.articles.into_iter().next().unwrap_or_default();
        let mut tag = |name: &str| self.tags.remove(name);
        let titles = [linked.headline, tag("og:title"), tag("headline"), self.title];
        let modified =
            [tag("article:modified_time"), linked.modified, tag("og:updated_time"), tag("datemodified")];
        let published = [
            tag("article:published_time"),
            linked.published,
            tag("datepublished"),
            tag("pubdate"),
            tag("date"),
        ];
        Metadata {
            titles: titles.into_iter().flatten().collect(),
            site: tag("og:site_name"),
            language: self.language.or_else(|| tag("content-language")),
            section: tag("article:section").or(linked.section),
            author: linked.author.or_else(|| tag("article:author")).or_else(|| tag("author")),
            moments: modified.into_iter().chain(published).flatten().collect(),
        }
    }
}

impl Visitor for Reader {
    fn enter(&mut self, element: &Element) -> bool {
        match element.name() {
            "html" => self.language = element.attr("lang").or(element.attr("xml:lang")).map(str::to_owned),
            "meta" => self.tag(element),
            "title" if self.title.is_none() => self.capture = Some(Capture::Title),
            "script" if is_linked_data(element) => self.capture = Some(Capture::Json),
            "svg" | "math" | "template" => return false,
            _ => {}
        }
        true
    }

    fn text(&mut self, text: &str) {
        if self.capture.is_some() {
            self.buffer.push_str(text);
        }
    }

    fn leave(&mut self, element: &Element) {
        if !matches!(element.name(), "title" | "script") {
            return;
        }
        let text = std::mem::take(&mut self.buffer);
        match self.capture.take() {
            Some(Capture::Title) => self.title = one_line(&text),
            Some(Capture::Json) => self.articles.extend(linked_articles(&text)),
            None => {}
        }
    }
}

fn is_linked_data(element: &Element) -> bool {
    element
        .attr("type")
        .is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/ld+json"))
}

/// The articles in a JSON-LD script of any shape, in no particular order of nesting.
fn linked_articles(json: &str) -> Vec<Linked> {
    let Ok(root) = serde_json::from_str::<Value>(json.trim()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut left = vec![&root];
    while let Some(value) = left.pop() {
        match value {
            Value::Array(values) => left.extend(values.iter().rev()),
            Value::Object(object) => {
                if is_article(object) {
                    found.push(linked(object));
                }
                left.extend(object.values().filter(|value| value.is_object() || value.is_array()));
            }
            _ => {}
        }
    }
    found
}

fn is_article(object: &Map<String, Value>) -> bool {
    let is_kind = |kind: &Value| {
        kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind.ends_with("Posting"))
    };
    match object.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_kind),
        Some(kind) => is_kind(kind),
        None => object.contains_key("headline"),
    }
}

fn linked(object: &Map<String, Value>) -> Linked {
    let text = |key: &str| object.get(key).and_then(named);
    Linked {
        headline: text("headline"),
        modified: text("dateModified"),
        published: text("datePublished"),
        section: text("articleSection"),
        author: text("author").or_else(|| text("creator")),
    }
}

/// A value that may be a text, a thing with a name, or a list of such.
fn named(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => one_line(text),
        Value::Object(object) => object.get("name").and_then(Value::as_str).and_then(one_line),
        Value::Array(values) => {
            let names = values.iter().filter_map(|value| match value {
                Value::String(text) => one_line(text),
                Value::Object(object) => object.get("name").and_then(Value::as_str).and_then(one_line),
                _ => None,
            });
            let names: Vec<String> = names.take(8).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        _ => None,
    }
}

fn one_line(text: &str) -> Option<String> {
    const LONGEST: usize = 1000;
    let mut line = Inline::default();
    line.push(text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(""));
    line.take().map(|(text, _)| text)
}
