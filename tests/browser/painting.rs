//! Highlights in the registry are exactly the spans that were asked for.
use concord::browser::paint;
use concord::model::text::Span;
use js_sys::{Function, JsString};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::article::draw;

/// The texts painted under a name, joined by `|`.
fn painted(name: &str) -> String {
    let code = "const found = []; for (const r of CSS.highlights.get(name) ?? []) { const live = new Range(); \
                live.setStart(r.startContainer, r.startOffset); live.setEnd(r.endContainer, r.endOffset); \
                found.push(String(live)); } return found.join('|');";
    let read = Function::new_with_args("name", code);
    let text = read.call1(&JsValue::NULL, &name.into()).expect("the registry is read");
    String::from(text.unchecked_into::<JsString>())
}

#[wasm_bindgen_test]
fn exactly_the_given_spans_are_painted() {
    let (article, text) = draw(&["một {hai} ba", "bốn"]);
    let spans = [Span::new(0, 3), Span::new(2, 7), Span::new(8, 14)];
    paint::paint("tag-lead", 5, &article, &text, spans);
    assert_eq!(painted("tag-lead"), "một|t hai|babốn");
    article.remove();
}

#[wasm_bindgen_test]
fn painting_again_replaces_what_was_painted() {
    let (article, text) = draw(&["một hai"]);
    paint::paint("tag-task", 0, &article, &text, [Span::new(0, 3)]);
    paint::paint("tag-task", 0, &article, &text, [Span::new(4, 7)]);
    assert_eq!(painted("tag-task"), "hai");
    paint::clear(["tag-task".to_owned()]);
    assert_eq!(painted("tag-task"), "");
    article.remove();
}
