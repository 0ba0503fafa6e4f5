//! The codebook: the tags that passages can carry.
mod short;

use serde::{Deserialize, Serialize};

use super::document::Language;
use super::id::TagId;

/// What a tag marks, in broad terms. The family decides the style of the underline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Who takes part.
    Party,
    /// What is done and what comes of it.
    Work,
    /// On what basis and with what means.
    Basis,
    /// When and where.
    Time,
    /// What to check or to learn.
    Check,
}

impl Family {
    /// All families, in the order of lists.
    pub const ALL: [Family; 5] = [Self::Party, Self::Work, Self::Basis, Self::Time, Self::Check];
}

/// How a tagged passage is painted: one hue, one underline. Tags may share a style; the label tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagStyle {
    /// Blue, thick solid line.
    Lead,
    /// Amber, solid line.
    Partner,
    /// Rose, thin solid line.
    Target,
    /// Green, double line.
    Task,
    /// Violet, double line.
    Result,
    /// Teal, thin double line.
    Measure,
    /// Purple, dashed line.
    Basis,
    /// Olive, thin dashed line.
    Funds,
    /// Orange, dotted line.
    Due,
    /// Sky blue, thin dotted line.
    Place,
    /// Red, wavy line.
    Gap,
    /// Indigo, thin wavy line.
    Study,
    /// Grey, hairline: a passage without a tag.
    Mark,
}

impl TagStyle {
    /// All styles, in painting order.
    pub const ALL: [TagStyle; 13] = [
        Self::Mark,
        Self::Task,
        Self::Result,
        Self::Study,
        Self::Measure,
        Self::Target,
        Self::Place,
        Self::Lead,
        Self::Partner,
        Self::Basis,
        Self::Funds,
        Self::Due,
        Self::Gap,
    ];

    /// The name used in style sheets: `.hl-NAME`, `::highlight(tag-NAME)`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Partner => "partner",
            Self::Target => "target",
            Self::Task => "task",
            Self::Result => "result",
            Self::Measure => "measure",
            Self::Basis => "basis",
            Self::Funds => "funds",
            Self::Due => "due",
            Self::Place => "place",
            Self::Gap => "gap",
            Self::Study => "study",
            Self::Mark => "mark",
        }
    }

    /// The family that tags of this style belong to.
    pub fn family(self) -> Family {
        match self {
            Self::Lead | Self::Partner | Self::Target => Family::Party,
            Self::Task | Self::Result | Self::Measure => Family::Work,
            Self::Basis | Self::Funds => Family::Basis,
            Self::Due | Self::Place => Family::Time,
            Self::Gap | Self::Study | Self::Mark => Family::Check,
        }
    }

    /// `Highlight.priority`: what lies below and what above when passages overlap. Long passages lie low.
    pub fn priority(self) -> i32 {
        match self {
            Self::Mark | Self::Task => 0,
            Self::Result | Self::Study => 1,
            Self::Measure => 2,
            Self::Target => 3,
            Self::Place => 4,
            Self::Lead | Self::Partner | Self::Basis | Self::Funds | Self::Due | Self::Gap => 5,
        }
    }
}

/// A text in both languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its identity; never reused.
    pub id: TagId,
    /// What people read.
    pub name: Bilingual,
    /// When to use it.
    pub definition: Bilingual,
    /// Its family.
    pub family: Family,
    /// How it is painted.
    pub style: TagStyle,
    /// The digit that gives it at once.
    pub digit: Option<char>,
}

/// The tags that can be given, in the order of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codebook {
    tags: Vec<Tag>,
}

impl Default for Codebook {
    fn default() -> Self {
        Self { tags: short::tags() }
    }
}

impl Codebook {
    /// The built-in short codebook with further tags behind it.
    pub fn with(own: impl IntoIterator<Item = Tag>) -> Self {
        let mut codebook = Self::default();
        for tag in own {
            codebook.insert(tag);
        }
        codebook
    }

    /// All tags.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Looks a tag up.
    pub fn get(&self, id: &TagId) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.id == *id)
    }

    /// How a passage with these tags is painted where only one style fits: by its first known tag.
    pub fn style_of(&self, tags: &[TagId]) -> TagStyle {
        tags.iter().find_map(|id| self.get(id)).map_or(TagStyle::Mark, |tag| tag.style)
    }

    /// The tag that a digit key gives.
    pub fn by_digit(&self, digit: char) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.digit == Some(digit))
    }

    /// The tag with a name, in either language, upper and lower case being equal.
    pub fn by_name(&self, name: &str) -> Option<&Tag> {
        let name = name.trim().to_lowercase();
        self.tags.iter().find(|tag| tag.name.vi.to_lowercase() == name || tag.name.en.to_lowercase() == name)
    }

    /// Puts a tag in, in place of its older self.
    pub fn insert(&mut self, tag: Tag) {
        match self.tags.iter_mut().find(|known| known.id == tag.id) {
            Some(known) => *known = tag,
            None => self.tags.push(tag),
        }
    }

    /// Takes a tag out.
    pub fn remove(&mut self, id: &TagId) {
        self.tags.retain(|tag| tag.id != *id);
    }

    /// The style that the fewest tags have: for a tag that a person makes while reading.
    pub fn least_used_style(&self) -> TagStyle {
        let uses = |style: TagStyle| self.tags.iter().filter(|tag| tag.style == style).count();
        let own_order = [
            TagStyle::Study,
            TagStyle::Place,
            TagStyle::Funds,
            TagStyle::Measure,
            TagStyle::Target,
            TagStyle::Partner,
            TagStyle::Due,
            TagStyle::Basis,
            TagStyle::Result,
            TagStyle::Lead,
            TagStyle::Task,
        ];
        own_order.into_iter().min_by_key(|style| uses(*style)).unwrap_or(TagStyle::Study)
    }
}
