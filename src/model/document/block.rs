//! A block: one paragraph, heading or other line of a document.
use serde::{Deserialize, Serialize};

use crate::model::text::Span;

/// One block of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What the block is on its page.
    pub role: Role,
    /// NFC, without line ends.
    pub text: String,
    /// Emphasis and links inside, in order of their start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

impl Block {
    /// A block without marks.
    pub fn plain(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), marks: Vec::new() }
    }
}

/// What a block is on its page.
///
/// Stored as its name; a heading as `heading-2`. An unknown name, from a newer app, reads as a paragraph: the text
/// is what counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Role {
    /// The name of the site section, above the headline.
    SectionLabel,
    /// The title of the article.
    Headline,
    /// The line that tells when the page was published or updated.
    UpdatedAt,
    /// The opening summary.
    Lede,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A quotation set apart.
    Quote,
    /// Text that belongs to a picture.
    Caption,
    /// A cell of a table.
    TableCell,
    /// Preformatted text.
    Code,
    /// Author, initials, agency or source.
    Byline,
    /// A footnote or a remark of the page.
    Note,
    /// Page furniture that a person marked as such; shown faintly, kept in the text.
    Chrome,
}

impl Role {
    /// The roles that a person can choose, in the order of a menu.
    pub const CHOICES: [Role; 15] = [
        Role::SectionLabel,
        Role::UpdatedAt,
        Role::Headline,
        Role::Lede,
        Role::Heading(2),
        Role::Heading(3),
        Role::Paragraph,
        Role::ListItem,
        Role::Quote,
        Role::Caption,
        Role::TableCell,
        Role::Code,
        Role::Byline,
        Role::Note,
        Role::Chrome,
    ];

    /// The name used in markup (`data-role`) and style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::SectionLabel => "section-label",
            Self::Headline => "headline",
            Self::UpdatedAt => "updated-at",
            Self::Lede => "lede",
            Self::Heading(_) => "heading",
            Self::Paragraph => "paragraph",
            Self::ListItem => "list-item",
            Self::Quote => "quote",
            Self::Caption => "caption",
            Self::TableCell => "table-cell",
            Self::Code => "code",
            Self::Byline => "byline",
            Self::Note => "note",
            Self::Chrome => "chrome",
        }
    }

    /// Reads the stored form.
    fn from_stored(text: &str) -> Self {
        let level = text.strip_prefix("heading-").and_then(|level| level.parse::<u8>().ok());
        match level {
            Some(level) => Self::Heading(level.clamp(1, 6)),
            None => {
                let known = Self::CHOICES.into_iter().find(|role| role.name() == text);
                known.unwrap_or(Self::Paragraph)
            }
        }
    }

    /// Whether the block counts as a numbered paragraph of the article.
    pub fn is_numbered(self) -> bool {
        matches!(self, Self::Paragraph | Self::ListItem | Self::Quote)
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        match role {
            Role::Heading(level) => format!("heading-{level}"),
            other => other.name().to_owned(),
        }
    }
}

impl From<String> for Role {
    fn from(text: String) -> Self {
        Self::from_stored(&text)
    }
}

/// Emphasis or a link inside a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Where, in code points from the start of the block.
    pub span: Span,
    /// What it is.
    pub kind: MarkKind,
}

/// A kind of inline mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// Strong importance.
    Strong,
    /// Stress.
    Emphasis,
    /// Code.
    Code,
    /// A link to an http, https or mailto address.
    Link(String),
}

/// Longer addresses carry data rather than lead somewhere.
const LONGEST_LINK: usize = 2048;

/// Whether an address may be offered as a link: http, https or mailto, and nothing that only looks like it.
pub fn is_safe_link(address: &str) -> bool {
    let is_safe = ["http://", "https://", "mailto:"].iter().any(|scheme| {
        address.len() > scheme.len()
            && address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    is_safe && address.len() <= LONGEST_LINK && !address.chars().any(|c| c.is_control() || c.is_whitespace())
}
