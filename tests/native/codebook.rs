//! The built-in tags, and how people find them.
use std::collections::BTreeSet;

use concord::model::codebook::{Bilingual, Codebook, Family, Tag, TagStyle};
use concord::model::document::Language;
use concord::model::text::is_folded_prefix_of_word;

fn own_tag(id: &str, name: &str) -> Tag {
    let bilingual = |text: &str| Bilingual { vi: text.to_owned(), en: text.to_owned() };
    Tag {
        id: id.into(),
        name: bilingual(name),
        definition: bilingual(""),
        family: Family::Check,
        style: TagStyle::Study,
        digit: None,
    }
}

/// The ids of the tags that a query finds, as the picker asks.
fn found(query: &str) -> Vec<String> {
    let codebook = Codebook::default();
    let matches =
        |tag: &&Tag| [&tag.name.vi, &tag.name.en].iter().any(|name| is_folded_prefix_of_word(query, name));
    codebook.tags().iter().filter(matches).map(|tag| tag.id.to_string()).collect()
}

#[test]
fn there_are_twelve_tags_in_five_families() {
    let codebook = Codebook::default();
    let ids: Vec<&str> = codebook.tags().iter().map(|tag| tag.id.as_str()).collect();
    let expected = [
        "lead", "partner", "target", "task", "result", "measure", "basis", "funds", "due", "place", "gap",
        "study",
    ];
    assert_eq!(ids, expected);
    let sizes = Family::ALL.map(|family| codebook.tags().iter().filter(|tag| tag.family == family).count());
    assert_eq!(sizes, [3, 3, 2, 2, 2]);
    assert!(codebook.tags().is_sorted_by_key(|tag| tag.family));
}

#[test]
fn a_digit_gives_one_tag() {
    let codebook = Codebook::default();
    let digits: Vec<char> = codebook.tags().iter().filter_map(|tag| tag.digit).collect();
    let unique: BTreeSet<&char> = digits.iter().collect();
    assert_eq!((digits.len(), unique.len()), (10, 10));
    for (digit, id) in [('1', "lead"), ('4', "task"), ('9', "due"), ('0', "place")] {
        assert_eq!(codebook.by_digit(digit).map(|tag| tag.id.as_str()), Some(id));
    }
    assert_eq!(codebook.by_digit('x'), None);
}

#[test]
fn every_built_in_tag_has_a_style_of_its_own_and_full_texts() {
    let codebook = Codebook::default();
    let styles: BTreeSet<TagStyle> = codebook.tags().iter().map(|tag| tag.style).collect();
    assert_eq!(styles.len(), 12);
    assert!(!styles.contains(&TagStyle::Mark), "that one is for passages without a tag");
    for tag in codebook.tags() {
        for text in [&tag.name, &tag.definition] {
            assert!(!text.vi.is_empty() && !text.en.is_empty() && text.vi != text.en, "{}", tag.id);
            assert!(unicode_normalization::is_nfc(&text.vi), "{}", tag.id);
            assert_eq!(
                (text.get(Language::Vi), text.get(Language::En)),
                (text.vi.as_str(), text.en.as_str())
            );
        }
        assert_eq!(tag.style.name(), if tag.style == TagStyle::Due { "due" } else { tag.id.as_str() });
    }
}

#[test]
fn every_style_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = TagStyle::ALL.iter().map(|style| style.name()).collect();
    let styles: BTreeSet<TagStyle> = TagStyle::ALL.into_iter().collect();
    assert_eq!((names.len(), styles.len()), (13, 13));
    assert!(TagStyle::ALL.is_sorted_by_key(|style| style.priority()), "painting order is by priority");
}

#[test]
fn a_passage_is_painted_by_its_first_known_tag() {
    let codebook = Codebook::default();
    let style = |tags: &[&str]| codebook.style_of(&tags.iter().map(|id| (*id).into()).collect::<Vec<_>>());
    assert_eq!(style(&[]), TagStyle::Mark);
    assert_eq!(style(&["due", "lead"]), TagStyle::Due);
    assert_eq!(style(&["gone", "lead"]), TagStyle::Lead);
    assert_eq!(style(&["gone"]), TagStyle::Mark);
}

#[test]
fn a_tag_is_known_by_its_name_in_either_language() {
    let codebook = Codebook::default();
    for (name, id) in [
        ("Chủ trì", "lead"),
        ("chủ TRÌ ", "lead"),
        ("LEAD", "lead"),
        ("địa bàn", "place"),
        ("For whom", "target"),
    ] {
        assert_eq!(codebook.by_name(name).map(|tag| tag.id.as_str()), Some(id), "{name}");
    }
    // Accents carry meaning: a name without them is another name.
    assert_eq!(codebook.by_name("Chu tri"), None);
    assert_eq!(codebook.by_name(""), None);
}

#[test]
fn a_tag_is_found_without_accents() {
    for (query, expected) in [
        ("chu tri", vec!["lead"]),
        ("dia", vec!["place"]),
        ("Đối", vec!["target"]),
        ("chu", vec!["lead", "gap"]),
        ("chi tieu", vec!["measure"]),
        ("tas", vec!["task"]),
        ("ri", vec![]),
    ] {
        assert_eq!(found(query), expected, "{query}");
    }
    assert_eq!(found("").len(), 12);
}

#[test]
fn own_tags_stand_behind_the_built_in_ones_and_can_go() {
    let mut codebook = Codebook::with([own_tag("own", "Tiến độ")]);
    assert_eq!(codebook.tags().len(), 13);
    assert_eq!(codebook.tags()[12].id.as_str(), "own");
    codebook.insert(own_tag("own", "Tiến trình"));
    assert_eq!(codebook.tags().len(), 13);
    assert_eq!(codebook.by_name("tiến trình").map(|tag| tag.id.as_str()), Some("own"));
    codebook.remove(&"own".into());
    assert_eq!(codebook, Codebook::default());
}

#[test]
fn new_tags_take_the_style_that_is_least_used() {
    let mut codebook = Codebook::default();
    let mut styles = Vec::new();
    for n in 0..11 {
        let style = codebook.least_used_style();
        styles.push(style);
        codebook.insert(Tag { style, ..own_tag(&n.to_string(), &format!("Thẻ {n}")) });
    }
    assert_eq!(
        styles.iter().collect::<BTreeSet<_>>().len(),
        11,
        "each style comes once before any comes twice"
    );
    assert!(!styles.contains(&TagStyle::Mark) && !styles.contains(&TagStyle::Gap));
}
