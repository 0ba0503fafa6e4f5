//! Turns `locales/*.toml` into typed messages: a method a key, with arguments for its placeholders.
//!
//! A key or a placeholder that one language lacks stops the build. A message is a text, or a table
//! `{ one, other }` for texts that count; then its placeholder `{n}` is the number.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

enum Message {
    Text(String),
    Counted { one: String, other: String },
}

impl Message {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::Counted { one, other } => vec![one, other],
        }
    }

    fn placeholders(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for text in self.texts() {
            let mut rest = text;
            while let Some((_, after)) = rest.split_once('{') {
                let (name, after) =
                    after.split_once('}').unwrap_or_else(|| panic!("unclosed placeholder in {text:?}"));
                found.insert(name.to_owned());
                rest = after;
            }
        }
        found
    }
}

fn main() {
    println!("cargo:rerun-if-changed=locales");
    let (vi, en) = (read("locales/vi.toml"), read("locales/en.toml"));
    for (one, other, name) in [(&vi, &en, "en"), (&en, &vi, "vi")] {
        let missing: Vec<&String> = one.keys().filter(|key| !other.contains_key(*key)).collect();
        assert!(missing.is_empty(), "locales/{name}.toml lacks {missing:?}");
    }
    let mut code = String::from("impl Messages {\n");
    for (key, vi) in &vi {
        let en = &en[key];
        let names: BTreeSet<String> = vi.placeholders().union(&en.placeholders()).cloned().collect();
        assert!(
            vi.placeholders() == en.placeholders(),
            "the placeholders of {key} differ between the languages: {names:?}"
        );
        method(&mut code, key, vi, en, &names);
    }
    code.push_str("}\n");
    let out = env::var("OUT_DIR").expect("Cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("messages.rs"), code).expect("OUT_DIR can be written");
}

fn read(path: &str) -> BTreeMap<String, Message> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
    table
        .into_iter()
        .map(|(key, value)| {
            let message = message(path, &key, value);
            (key, message)
        })
        .collect()
}

fn message(path: &str, key: &str, value: toml::Value) -> Message {
    match value {
        toml::Value::String(text) => Message::Text(text),
        toml::Value::Table(table) => {
            let text = |form: &str| table.get(form).and_then(toml::Value::as_str).map(str::to_owned);
            let other = text("other").unwrap_or_else(|| panic!("{path}: {key} has no `other`"));
            // Vietnamese has one form for all numbers.
            Message::Counted { one: text("one").unwrap_or_else(|| other.clone()), other }
        }
        _ => panic!("{path}: {key} is neither a text nor a table"),
    }
}

fn method(code: &mut String, key: &str, vi: &Message, en: &Message, names: &BTreeSet<String>) {
    let counts = matches!(vi, Message::Counted { .. }) || matches!(en, Message::Counted { .. });
    let doc = en.texts().pop().unwrap_or_default().replace('\n', " ");
    write!(code, "    /// {doc:?}\n    pub(in crate::ui) fn {key}(self").expect("writing to a string");
    for name in names {
        let kind = if counts && name == "n" { "u32" } else { "&str" };
        write!(code, ", {name}: {kind}").expect("writing to a string");
    }
    let result = if names.is_empty() { "&'static str" } else { "String" };
    writeln!(code, ") -> {result} {{").expect("writing to a string");
    if counts {
        code.push_str("        let is_one = n == 1;\n        let n = self.number(n);\n");
    }
    code.push_str("        match self.0 {\n");
    for (language, message) in [("Vi", vi), ("En", en)] {
        let body = match message {
            Message::Text(text) => expression(text, names),
            Message::Counted { one, other } if one == other => expression(other, names),
            Message::Counted { one, other } => {
                format!("if is_one {{ {} }} else {{ {} }}", expression(one, names), expression(other, names))
            }
        };
        writeln!(code, "            Language::{language} => {body},").expect("writing to a string");
    }
    code.push_str("        }\n    }\n");
}

/// Joins the pieces by hand: `format!` would cost more code in the wasm.
fn expression(text: &str, names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return format!("{text:?}");
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("checked before");
        if !before.is_empty() {
            pieces.push(format!("{before:?}"));
        }
        pieces.push(if name == "n" { "n.as_ref()".to_owned() } else { name.to_owned() });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(format!("{rest:?}"));
    }
    format!("[{}].concat()", pieces.join(", "))
}
