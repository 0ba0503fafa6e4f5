//! What elements are, by their names, classes and attributes: the conventions of news and government pages.
use scraper::node::Element;

/// A part of an article that its class or attribute names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Section,
    Headline,
    UpdatedAt,
    Lede,
    Caption,
    Byline,
}

const HEADLINE: &[&str] = &[
    "detail-title",
    "title-detail",
    "article__title",
    "content-detail-title",
    "the-article-title",
    "sc-longform-header-title",
    "vnbcb-title",
];
/// Headlines only on a first-level heading: elsewhere the same classes name other things.
const HEADLINE_ON_H1: &[&str] = &["article__header", "title-page", "cms-title"];
const LEDE: &[&str] = &[
    "detail-sapo",
    "sapo",
    "singular-sapo",
    "article__sapo",
    "content-detail-sapo",
    "article-content__lead",
    "phead",
    "articlelead",
];
const UPDATED_AT: &[&str] = &["detail-time", "author-time", "pdate", "article-meta__time"];
const SECTION: &[&str] = &["detail-breadcrumb", "main-cate", "breadcrumb", "breadcrumbs", "categorytitle"];
const CAPTION: &[&str] =
    &["photocms_caption", "fig_caption", "tplcaption", "insertimage", "img-content", "wp-caption-text"];
const BYLINE: &[&str] = &[
    "detail-author",
    "author-name",
    "article__author",
    "author",
    "cms-author",
    "pauthor",
    "lr-author",
    "byline",
];
const BODY: &[&str] = &[
    "detail-content",
    "afcbc-body",
    "fck_detail",
    "singular-content",
    "article__body",
    "zce-content-body",
    "maincontent",
    "articlecontent",
];
const DROPPED: &[&str] = &[
    "admzone",
    "c-banner",
    "link-content-footer",
    "box-tin-lien-quan",
    "article-relate",
    "tags",
    "modal",
    "back-to-top",
    "sendprint",
    "online_statistic",
    "current-date",
    "site-header",
    "site-footer",
    "sr-only",
    "visually-hidden",
];
const DROPPED_STARTS: &[&str] = &["ads", "comment", "related"];
const DROPPED_IDS: &[&str] = &["listnewsincontent", "back-top", "currentdate"];
const DROPPED_ROLES: &[&str] = &["navigation", "contentinfo", "complementary", "dialog", "search"];
const DROPPED_NAMES: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "head", "nav", "footer", "aside", "iframe",
    "object", "embed", "video", "audio", "canvas", "map", "dialog", "input", "select", "textarea", "button",
    "label", "datalist", "option", "progress", "meter", "output", "noframes", "noembed", "applet",
];
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "html",
    "legend",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "hgroup",
    "search",
];

/// Whether nothing of an element is read.
pub(super) fn is_dropped(element: &Element) -> bool {
    DROPPED_NAMES.contains(&element.name())
        || is_hidden(element)
        || element.attr("role").is_some_and(|role| DROPPED_ROLES.contains(&role))
        || element.id().is_some_and(is_dropped_id)
        || element.classes().any(is_dropped_class)
            && !matches!(element.name(), "body" | "html" | "article" | "main")
        || is_related_box(element)
}

fn is_hidden(element: &Element) -> bool {
    let style_hides = |style: &str| {
        let compact: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        let compact = compact.to_ascii_lowercase();
        compact.contains("display:none") || compact.contains("visibility:hidden")
    };
    element.attr("hidden").is_some()
        || element.attr("aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || element.attr("style").is_some_and(style_hides)
}

fn is_dropped_id(id: &str) -> bool {
    is_one_of(id, DROPPED_IDS) || starts_like(id, "adsweb_") || starts_like(id, "comment")
}

fn is_dropped_class(class: &str) -> bool {
    is_one_of(class, DROPPED) || DROPPED_STARTS.iter().any(|start| starts_like(class, start))
}

/// Boxes of related articles that a content system puts inside the body.
fn is_related_box(element: &Element) -> bool {
    element.attr("type").is_some_and(|kind| starts_like(kind, "related"))
        && element.classes().any(|class| class.eq_ignore_ascii_case("VCSortableInPreviewMode"))
}

/// Whether an element is known to hold the body of an article.
pub(super) fn is_known_body(element: &Element) -> bool {
    element.attr("itemprop") == Some("articleBody")
        || element.id().is_some_and(|id| id.eq_ignore_ascii_case("vst_detail"))
        || has_class_of(element, BODY)
}

/// Whether an element starts and ends a block.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// The part that an element names.
pub(super) fn part(element: &Element, parent: &str) -> Option<Part> {
    let name = element.name();
    by_role(element)
        .or_else(|| by_property(element))
        .or_else(|| by_class(element))
        // Inside running text a time is a word like others.
        .or_else(|| {
            (name == "time" && is_block(parent) && !is_running_text(parent)).then_some(Part::UpdatedAt)
        })
        .or_else(|| matches!(name, "figcaption" | "caption").then_some(Part::Caption))
}

fn is_running_text(name: &str) -> bool {
    matches!(
        name,
        "p" | "li" | "td" | "th" | "blockquote" | "dd" | "dt" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
    )
}

fn by_role(element: &Element) -> Option<Part> {
    match element.attr("data-role")? {
        "title" => Some(Part::Headline),
        "sapo" => Some(Part::Lede),
        "publishdate" => Some(Part::UpdatedAt),
        "cate-name" => Some(Part::Section),
        "author" => Some(Part::Byline),
        _ => None,
    }
}

fn by_property(element: &Element) -> Option<Part> {
    match element.attr("itemprop")? {
        "headline" => Some(Part::Headline),
        "datePublished" | "dateModified" => Some(Part::UpdatedAt),
        "author" => Some(Part::Byline),
        "articleSection" => Some(Part::Section),
        _ => None,
    }
}

fn by_class(element: &Element) -> Option<Part> {
    let name = element.name();
    let has = |class: &str| element.classes().any(|other| other.eq_ignore_ascii_case(class));
    if has_class_of(element, HEADLINE)
        || (name == "h1" && has_class_of(element, HEADLINE_ON_H1))
        || (matches!(name, "span" | "td") && element.classes().any(|class| class == "Title"))
    {
        Some(Part::Headline)
    } else if has_class_of(element, LEDE) || (name == "p" && has("description")) {
        Some(Part::Lede)
    } else if has_class_of(element, UPDATED_AT) || (name == "span" && has("date")) {
        Some(Part::UpdatedAt)
    } else if has_class_of(element, CAPTION) || (name == "td" && has("image")) {
        Some(Part::Caption)
    } else if has_class_of(element, BYLINE) {
        Some(Part::Byline)
    } else if has_class_of(element, SECTION) {
        Some(Part::Section)
    } else {
        None
    }
}

fn has_class_of(element: &Element, classes: &[&str]) -> bool {
    element.classes().any(|class| is_one_of(class, classes))
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn starts_like(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}
