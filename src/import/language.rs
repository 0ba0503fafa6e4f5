//! Guesses the language of a text.
use crate::model::document::Language;

/// The declared language when Concord knows it, else what the letters say.
///
/// Site templates often declare `en` and never change it, so letters that only Vietnamese has outweigh that.
pub(super) fn language<'a>(declared: Option<&str>, texts: impl Iterator<Item = &'a str>) -> Language {
    let primary = declared.map(|tag| tag.trim().to_ascii_lowercase());
    let is_declared = |code: &str| {
        primary.as_deref().is_some_and(|tag| tag.split(['-', '_']).next().is_some_and(|part| part == code))
    };
    if is_declared("vi") || has_vietnamese_letters(texts) { Language::Vi } else { Language::En }
}

fn has_vietnamese_letters<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    const LEAST_PERCENT: u64 = 4;
    let (mut letters, mut vietnamese) = (0_u64, 0_u64);
    for c in texts.flat_map(str::chars).filter(|c| c.is_alphabetic()) {
        letters += 1;
        vietnamese += u64::from(is_vietnamese(c));
    }
    vietnamese > 0 && vietnamese * 100 >= letters * LEAST_PERCENT
}

/// Letters that Vietnamese has and its neighbours in Latin script hardly use; `â ê ô é à` also are French.
fn is_vietnamese(c: char) -> bool {
    matches!(
        c,
        'ă' | 'Ă' | 'đ' | 'Đ' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | 'ĩ' | 'Ĩ' | 'ũ' | 'Ũ' | '\u{1ea0}'..='\u{1ef9}'
    )
}
