//! The layers of `src/`: which module may name which. An unenforced boundary drifts.
use crate::rust_source::{Placed, Token, sources, tokens};

/// Crates of the page: nothing pure may name them.
const OF_THE_PAGE: [&str; 8] = [
    "yew",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo",
    "indexed_db_futures",
    "gloo_timers",
];

/// What the files below a path may name.
struct Layer {
    /// The beginning of the files' paths below `src/`; the longest that fits counts.
    files: &'static str,
    /// Paths of our own that may be named, with all below them.
    may_name: &'static [&'static str],
    /// Crates that may not.
    never: &'static [&'static str],
}

const LAYERS: [Layer; 15] = [
    Layer { files: "lib.rs", may_name: &[], never: &OF_THE_PAGE },
    Layer { files: "model/", may_name: &["model"], never: &OF_THE_PAGE },
    Layer { files: "import/", may_name: &["import", "model"], never: &OF_THE_PAGE },
    Layer { files: "export/", may_name: &["export", "model", "record"], never: &OF_THE_PAGE },
    Layer { files: "record/", may_name: &["record", "model"], never: &OF_THE_PAGE },
    Layer {
        files: "state/",
        may_name: &["state", "model", "record", "import::Parsed", "import::ImportError"],
        never: &OF_THE_PAGE,
    },
    Layer {
        files: "worker/",
        may_name: &["worker", "model", "import", "export", "record"],
        never: &OF_THE_PAGE,
    },
    Layer {
        files: "worker/host.rs",
        may_name: &["worker", "model", "record"],
        never: &["yew", "indexed_db_futures"],
    },
    // The helper thread is one more writer beside the windows.
    Layer {
        files: "worker/vault.rs",
        may_name: &["worker", "model", "import", "record", "browser::storage", "browser::log"],
        never: &["yew", "indexed_db_futures"],
    },
    Layer {
        files: "worker/review.rs",
        may_name: &["worker", "model", "import", "record", "browser::storage", "browser::log"],
        never: &["yew", "indexed_db_futures", "web_sys", "js_sys"],
    },
    Layer { files: "browser/", may_name: &["browser", "model", "record", "worker"], never: &["yew"] },
    Layer {
        files: "ui/",
        may_name: &["ui", "state", "browser", "worker", "record", "export", "import", "model"],
        never: &["indexed_db_futures"],
    },
    Layer { files: "main.rs", may_name: &["ui"], never: &["web_sys", "indexed_db_futures"] },
    Layer { files: "bin/vault.rs", may_name: &["ui"], never: &OF_THE_PAGE },
    Layer { files: "bin/worker.rs", may_name: &["worker"], never: &OF_THE_PAGE },
];

/// What one file does that its layer forbids, each with its line.
fn violations(file: &str, source: &str) -> Vec<String> {
    let layer = LAYERS
        .iter()
        .filter(|layer| file.starts_with(layer.files))
        .max_by_key(|layer| layer.files.len())
        .unwrap_or_else(|| panic!("src/{file} belongs to no layer"));
    let tokens = tokens(source);
    let own = own_paths(file, &tokens).into_iter().filter(|(path, _)| {
        !layer.may_name.iter().any(|allowed| path == allowed || path.starts_with(&format!("{allowed}::")))
    });
    let foreign = tokens.iter().filter_map(|(token, line)| match token {
        Token::Name(name) if layer.never.contains(&name.as_str()) => Some((name.clone(), *line)),
        _ => None,
    });
    own.chain(foreign).map(|(path, line)| format!("src/{file}:{line} names {path}")).collect()
}

/// Every path into our own crate, from its root, with `use` trees spread out.
fn own_paths(file: &str, tokens: &[Placed]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_inside_path = at > 0 && tokens[at - 1].0 == Token::PathSign;
        let root = if is_inside_path { None } else { root_of(file, tokens, &mut at) };
        match root {
            Some(root) => at = spread(tokens, at, &root, &mut found),
            None => at += 1,
        }
    }
    found
}

/// The module that a path starts from: behind `crate`, our crate's name, or one `super` after the other.
/// `None` when no such path starts here, or when it stays inside its file's own module.
fn root_of(file: &str, tokens: &[Placed], at: &mut usize) -> Option<Vec<String>> {
    let name = |n: usize| match tokens.get(n) {
        Some((Token::Name(name), _)) => Some(name.as_str()),
        _ => None,
    };
    let leads_on = |n: usize| tokens.get(n + 1).is_some_and(|(token, _)| *token == Token::PathSign);
    match name(*at)? {
        "crate" | "concord" if leads_on(*at) => {
            *at += 2;
            Some(Vec::new())
        }
        // `use crate as x` would hide every path behind `x`.
        "crate" if name(*at + 1) == Some("as") => {
            *at += 3;
            Some(vec!["the whole crate".to_owned()])
        }
        "super" if leads_on(*at) => {
            let mut module: Vec<String> =
                file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            while name(*at) == Some("super") && leads_on(*at) {
                module.pop();
                *at += 2;
            }
            Some(module)
        }
        _ => None,
    }
}

/// Spreads `a::{b, c::d}` from `at` on into paths behind `root`; returns where it ends.
fn spread(tokens: &[Placed], mut at: usize, root: &[String], found: &mut Vec<(String, usize)>) -> usize {
    let mut path = root.to_vec();
    let line = tokens.get(at.min(tokens.len().saturating_sub(1))).map_or(0, |(_, line)| *line);
    loop {
        match tokens.get(at).map(|(token, _)| token) {
            Some(Token::Name(name)) if name == "self" => at += 1,
            Some(Token::Name(name)) => {
                path.push(name.clone());
                at += 1;
            }
            Some(Token::Sign('*')) => {
                path.push("*".to_owned());
                at += 1;
            }
            Some(Token::Sign('{')) => {
                at += 1;
                while at < tokens.len() && tokens[at].0 != Token::Sign('}') {
                    at = spread(tokens, at, &path, found);
                    while at < tokens.len() && !matches!(tokens[at].0, Token::Sign(',' | '}')) {
                        at += 1; // `as name`
                    }
                    at += usize::from(tokens.get(at).is_some_and(|(token, _)| *token == Token::Sign(',')));
                }
                return at + 1;
            }
            _ => {}
        }
        if tokens.get(at).map(|(token, _)| token) != Some(&Token::PathSign) {
            found.push((path.join("::"), line));
            return at;
        }
        at += 1;
    }
}

#[test]
fn every_module_names_only_what_its_layer_may() {
    let files = sources("");
    assert!(files.len() > 60, "all of src/ is read");
    let found: Vec<String> = files.iter().flat_map(|(file, source)| violations(file, source)).collect();
    assert!(found.is_empty(), "forbidden paths:\n{}", found.join("\n"));
}

/// `expected` is what the file names and may not.
#[track_caller]
fn check(file: &str, source: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|what| format!("src/{file}:{what}")).collect();
    assert_eq!(violations(file, source), expected);
}

#[test]
fn a_planted_violation_is_found() {
    check("model/text/fold.rs", "use crate::state::update;", &["1 names state::update"]);
    check("model/id.rs", "\nfn f() { crate::record::to_json(&1) }", &["2 names record::to_json"]);
    check("model/anchor/mod.rs", "use web_sys::Range;", &["1 names web_sys"]);
    check(
        "import/html/walk.rs",
        "use crate::{model::text, export::ExportFile};",
        &["1 names export::ExportFile"],
    );
    check(
        "record/mod.rs",
        "use crate::model::{id::{A, B}, time};\nuse crate::import as i;",
        &["2 names import"],
    );
    check("state/edits.rs", "use crate::import::{Parsed, import};", &["1 names import::import"]);
    check("state/edits.rs", "use crate::import::*;", &["1 names import::*"]);
    check("state/edits.rs", "use crate::import;", &["1 names import"]);
    check("state/update.rs", "fn f(x: yew::Html) {}", &["1 names yew"]);
    check("worker/serve.rs", "use crate::{\n  browser::clock,\n  import,\n};", &["2 names browser::clock"]);
    check("worker/protocol.rs", "use js_sys::Array;", &["1 names js_sys"]);
    check(
        "browser/clock.rs",
        "pub(in crate::ui) fn f(_: crate::state::Action) {}",
        &["1 names ui", "1 names state::Action"],
    );
    check("browser/storage/mod.rs", "use super::super::ui::app;", &["1 names ui::app"]);
    check("worker/host.rs", "use super::super::state;", &["1 names state"]);
    check("ui/hub.rs", "use indexed_db_futures::database::Database;", &["1 names indexed_db_futures"]);
    check("main.rs", "fn main() { concord::state::update() }", &["1 names state::update"]);
    check("lib.rs", "pub use crate::model::text;", &["1 names model::text"]);
    check("model/id.rs", "use crate as all;", &["1 names the whole crate"]);
}

#[test]
fn what_is_allowed_is_not_taken_for_a_violation() {
    check(
        "model/text/fold.rs",
        "use super::super::document::Block; use super::index; use crate::model::id;",
        &[],
    );
    check(
        "model/id.rs",
        "// crate::state\n/* web_sys */ const A: &str = \"crate::ui::x\"; /// [`crate::state`]\n",
        &[],
    );
    check(
        "state/edits.rs",
        "use crate::import::Parsed; use crate::import::ImportError as E; use crate::record::*;",
        &[],
    );
    check("export/mod.rs", "use crate::{model::{self, text}, record::DocumentRow};", &[]);
    check("worker/host.rs", "use web_sys::MessageEvent; use super::serve::serve;", &[]);
    check("ui/app.rs", "use yew::prelude::*; use crate::browser::{files, page}; pub(crate) fn f() {}", &[]);
    check("model/mod.rs", "pub(super) fn f() {} pub(crate) mod x;", &[]);
    check("main.rs", "fn main() { yew::Renderer::<concord::ui::App>::new().render(); }", &[]);
}
