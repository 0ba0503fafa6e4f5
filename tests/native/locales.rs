//! The texts of the interface: complete in both languages, used, and nowhere else.
use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::is_nfc;

use crate::rust_source::{Token, sources, tokens};

const VI: &str = include_str!("../../locales/vi.toml");
const EN: &str = include_str!("../../locales/en.toml");

/// Keys whose texts are meant to be the same in both languages: names of things, which are not translated.
const SAME_IN_BOTH: [&str; 4] = ["app_name", "export_web_annotation", "own_name_vi", "own_name_en"];

/// The texts of a locale by key. The files hold one `key = "text"` or `key = { one = "…", other = "…" }` a line.
fn texts(file: &str) -> BTreeMap<&str, Vec<String>> {
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut found = BTreeMap::new();
    for line in lines {
        let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{line:?} is no entry"));
        // A text in TOML is written as in Rust.
        let texts: Vec<String> = tokens(value)
            .into_iter()
            .filter_map(|(token, _)| match token {
                Token::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        assert!(!texts.is_empty(), "{line:?} has no text");
        assert!(found.insert(key, texts).is_none(), "{key} is given twice");
    }
    found
}

#[test]
fn both_languages_have_the_same_keys() {
    let (vi, en) = (texts(VI), texts(EN));
    assert!(vi.len() > 200);
    assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
}

#[test]
fn no_text_is_empty_and_all_are_nfc() {
    for (key, texts) in texts(VI).into_iter().chain(texts(EN)) {
        for text in texts {
            assert!(!text.trim().is_empty(), "{key} is empty");
            assert!(is_nfc(&text), "{key} is not NFC");
        }
    }
}

#[test]
fn placeholders_are_the_same_in_every_form() {
    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }
    let (vi, en) = (texts(VI), texts(EN));
    for (key, vi) in &vi {
        let expected = placeholders(vi.last().expect("a key has a text"));
        assert_eq!(placeholders(en[key].last().expect("a key has a text")), expected, "{key}");
    }
}

#[test]
fn vietnamese_texts_are_not_the_english_ones() {
    let (vi, en) = (texts(VI), texts(EN));
    let same: Vec<&str> = vi
        .iter()
        .filter(|(key, texts)| en[*key].last() == texts.last() && !SAME_IN_BOTH.contains(*key))
        // A text without any word, such as punctuation around a placeholder, has no language.
        .filter(|(_, texts)| has_words(texts.last().map_or("", String::as_str)))
        .map(|(key, _)| *key)
        .collect();
    assert!(same.is_empty(), "not translated: {same:?}");
}

/// Whether letters stand outside the placeholders.
fn has_words(text: &str) -> bool {
    let mut is_outside = true;
    text.chars().any(|c| {
        match c {
            '{' => is_outside = false,
            '}' => is_outside = true,
            _ => {}
        }
        is_outside && c.is_alphabetic()
    })
}

#[test]
fn every_text_is_used() {
    let mut used = BTreeSet::new();
    for (_, source) in sources("ui") {
        for window in tokens(&source).windows(3) {
            match (&window[0].0, &window[1].0, &window[2].0) {
                (Token::Sign('.'), Token::Name(key), Token::Sign('(')) => used.insert(key.clone()),
                // As a function: `Messages::key`.
                (Token::Name(kind), Token::PathSign, Token::Name(key)) if kind == "Messages" => {
                    used.insert(key.clone())
                }
                _ => continue,
            };
        }
    }
    let unused: Vec<&str> = texts(EN).into_keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "{} texts are not used: {unused:?}", unused.len());
}

/// Whether a letter is one that Vietnamese has and English has not.
fn is_vietnamese(c: char) -> bool {
    matches!(c, '\u{1ea0}'..='\u{1ef9}')
        || "ăâđêôơưàáãèéìíĩòóõùúũýĂÂĐÊÔƠƯÀÁÃÈÉÌÍĨÒÓÕÙÚŨÝ".contains(c)
        || matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

/// Texts with Vietnamese letters in the code of some files.
fn vietnamese_texts(files: &[(String, String)]) -> Vec<String> {
    let in_file = |(file, source): &(String, String)| {
        let texts = tokens(source).into_iter().filter_map(|(token, line)| match token {
            Token::Text(text) if text.chars().any(is_vietnamese) => {
                Some(format!("src/{file}:{line} {text:?}"))
            }
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    files.iter().flat_map(in_file).collect()
}

#[test]
fn no_words_for_people_stand_in_the_code() {
    let found: Vec<String> =
        ["ui", "state"].iter().flat_map(|folder| vietnamese_texts(&sources(folder))).collect();
    assert!(found.is_empty(), "texts that belong in locales/:\n{}", found.join("\n"));
}

#[test]
fn a_planted_text_is_found() {
    let files = [(
        "ui/x.rs".to_owned(),
        "// Đảng\nlet a = \"Lead\"; /* ủy */\nlet b = \"Chủ trì\"; let c = 'đ';".to_owned(),
    )];
    assert_eq!(vietnamese_texts(&files), ["src/ui/x.rs:3 \"Chủ trì\""]);
}
