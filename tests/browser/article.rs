//! From the page's selection to spans and back.
use concord::browser::article::{self, PageSelection};
use concord::model::document::{Block, DocumentText, Role};
use concord::model::text::{CharOffset, Span};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

/// An article as the reader draws it; `{…}` becomes an inline element.
pub(crate) fn draw(blocks: &[&str]) -> (Element, DocumentText) {
    let document = web_sys::window().expect("a page").document().expect("a document");
    let article = document.create_element("article").expect("an element");
    let mut plain = Vec::new();
    for chunk in blocks.chunks(article::BLOCKS_PER_SECTION) {
        let section = document.create_element("section").expect("an element");
        for text in chunk {
            let block = document.create_element("p").expect("an element");
            block.set_attribute("data-block", &plain.len().to_string()).expect("an attribute");
            block.set_inner_html(&text.replace('{', "<em>").replace('}', "</em>"));
            section.append_child(&block).expect("appended");
            plain.push(Block::plain(Role::Paragraph, text.replace(['{', '}'], "")));
        }
        article.append_child(&section).expect("appended");
    }
    document.body().expect("a body").append_child(&article).expect("appended");
    (article, DocumentText::new(&plain))
}

fn check_round_trip(blocks: &[&str], span: Span, expected: &str) {
    let (article, text) = draw(blocks);
    assert_eq!(text.slice(span), expected, "the test means another span");
    article::select(&article, &text, span.start, span.end);
    let selection = article::page_selection(&article, &text);
    let PageSelection::Stretch { span: read, .. } = selection else { panic!("{selection:?}") };
    assert_eq!(text.slice(read), expected);
    let range = article::range(&article, &text, span).expect("a range");
    let ranged = String::from(range.to_string());
    assert_eq!(ranged, expected.replace('\n', ""));
    article.remove();
}

#[wasm_bindgen_test]
fn selected_words_are_read_back() {
    check_round_trip(&["Sở Y tế chủ trì"], Span::new(3, 7), "Y tế");
}

#[wasm_bindgen_test]
fn characters_beyond_the_basic_plane_count_as_one() {
    check_round_trip(&["👩‍👩‍👧 và 🇻🇳 cờ"], Span::new(6, 11), "và 🇻🇳");
}

#[wasm_bindgen_test]
fn inline_elements_do_not_shift_offsets() {
    check_round_trip(&["a{bc}d{e}f"], Span::new(2, 5), "cde");
    check_round_trip(&["a{bc}d{e}f"], Span::new(1, 3), "bc");
}

#[wasm_bindgen_test]
fn a_selection_may_cross_blocks() {
    check_round_trip(&["một hai", "ba", "bốn năm"], Span::new(4, 14), "hai\nba\nbốn");
}

#[wasm_bindgen_test]
fn sections_of_a_long_document_are_found() {
    let blocks: Vec<String> = (0..250).map(|n| format!("đoạn {n}")).collect();
    let blocks: Vec<&str> = blocks.iter().map(String::as_str).collect();
    let (article, text) = draw(&blocks);
    let span = text.block_span(230);
    let range = article::range(&article, &text, span).expect("a range");
    assert_eq!(String::from(range.to_string()), "đoạn 230");
    article.remove();
}

#[wasm_bindgen_test]
fn select_all_is_cut_to_the_article() {
    let (article, text) = draw(&["một", "hai"]);
    let selection =
        web_sys::window().expect("a page").get_selection().expect("allowed").expect("a selection");
    selection.select_all_children(&article).expect("selected");
    let PageSelection::Stretch { span, .. } = article::page_selection(&article, &text) else {
        panic!("none")
    };
    assert_eq!(text.slice(span), "một\nhai");
    article.remove();
}

#[wasm_bindgen_test]
fn a_selection_elsewhere_is_none_of_ours() {
    let (article, text) = draw(&["một"]);
    let body = article.owner_document().expect("a document").body().expect("a body");
    let other = body.owner_document().expect("a document").create_element("p").expect("an element");
    other.set_text_content(Some("khác"));
    body.append_child(&other).expect("appended");
    let selection =
        web_sys::window().expect("a page").get_selection().expect("allowed").expect("a selection");
    selection.select_all_children(other.unchecked_ref()).expect("selected");
    assert_eq!(article::page_selection(&article, &text), PageSelection::Elsewhere);
    article.remove();
    other.remove();
}

#[wasm_bindgen_test]
fn a_bare_caret_is_told_from_a_stretch() {
    let (article, text) = draw(&["một hai"]);
    article::select(&article, &text, CharOffset(4), CharOffset(4));
    assert_eq!(article::page_selection(&article, &text), PageSelection::Caret(CharOffset(4)));
    article.remove();
}
