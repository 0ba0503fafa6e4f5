//! Anchors: a passage is found again, or said to be lost; never a wrong place.
use concord::model::anchor::{Resolution, describe, resolve};
use concord::model::document::DocumentText;
use concord::model::text::Span;
use proptest::prelude::*;

use crate::support::{any_blocks, any_span, lines, marked_span, selected};

/// `before` shows the passage; `expected` is the outcome and the passage in the text as it is after the edit.
#[track_caller]
fn check(before: &str, after: &str, expected: &str) {
    let (text, span) = selected(before);
    let selectors = describe(&text, span);
    let got = match resolve(&lines(after), &selectors) {
        Resolution::Exact(span) => format!("exact {}", marked_span(after, span)),
        Resolution::Moved(span) => format!("moved {}", marked_span(after, span)),
        Resolution::Lost => "lost".to_owned(),
    };
    assert_eq!(got, expected);
}

#[test]
fn a_passage_in_the_same_text_is_where_it_was() {
    check("Hai bên [ký kết] quy chế", "Hai bên ký kết quy chế", "exact Hai bên [ký kết] quy chế");
    check("[😀 Đảng]\nủy", "😀 Đảng\nủy", "exact [😀 Đảng]\nủy");
}

#[test]
fn a_passage_follows_text_inserted_before_it() {
    check(
        "Hai bên [ký kết] quy chế",
        "Chiều 😀 nay\nHai bên ký kết quy chế",
        "moved Chiều 😀 nay\nHai bên [ký kết] quy chế",
    );
}

#[test]
fn a_passage_stays_when_text_is_changed_after_it() {
    check("Hai bên [ký kết] quy chế", "Hai bên ký kết rồi về", "exact Hai bên [ký kết] rồi về");
}

#[test]
fn the_only_place_of_the_words_is_taken_when_all_around_them_changed() {
    check(
        "Hai bên [ký kết] quy chế",
        "Sáng qua, họ ký kết một bản ghi nhớ",
        "moved Sáng qua, họ [ký kết] một bản ghi nhớ",
    );
}

#[test]
fn repeated_words_are_told_apart_by_what_stands_around_them() {
    check(
        "Đảng đoàn [chủ trì] hội nghị. Đảng ủy chủ trì phiên sau.",
        "Mới. Đảng đoàn chủ trì hội nghị. Đảng ủy chủ trì phiên sau.",
        "moved Mới. Đảng đoàn [chủ trì] hội nghị. Đảng ủy chủ trì phiên sau.",
    );
    check(
        "Đảng đoàn chủ trì hội nghị. Đảng ủy [chủ trì] phiên sau.",
        "Mới. Đảng đoàn chủ trì hội nghị. Đảng ủy chủ trì phiên sau.",
        "moved Mới. Đảng đoàn chủ trì hội nghị. Đảng ủy [chủ trì] phiên sau.",
    );
}

#[test]
fn words_that_are_gone_are_lost() {
    check("Hai bên [ký kết] quy chế", "Hai bên bàn quy chế", "lost");
    check("Hai bên [ký kết] quy chế", "", "lost");
    check("[ký kết]", "ký  kết", "lost");
}

#[test]
fn words_that_stand_in_two_places_are_lost_rather_than_guessed() {
    check("Hai bên [ký kết] quy chế", "Sáng ký kết, chiều ký kết", "lost");
    check("một [hai] ba", "xx một hai ba, một hai ba", "lost");
}

#[test]
fn words_that_overlap_themselves_are_not_taken_for_a_single_place() {
    check("x [ha ha] y", "ha ha ha", "lost");
}

#[test]
fn an_empty_quote_is_lost() {
    let text = lines("một hai");
    assert_eq!(resolve(&text, &describe(&text, Span::new(2, 2))), Resolution::Lost);
}

#[test]
fn the_quote_has_some_words_around_it() {
    let (text, span) =
        selected("Hôm nay, tại Hà Nội, hai bên đã [ký kết] một bản quy chế phối hợp công tác mới");
    let selectors = describe(&text, span);
    assert_eq!(selectors.position, span);
    assert_eq!(selectors.quote.exact, "ký kết");
    assert_eq!(selectors.quote.prefix, "Hôm nay, tại Hà Nội, hai bên đã ");
    assert_eq!(selectors.quote.suffix, " một bản quy chế phối hợp công t");
}

#[test]
fn the_context_grows_until_a_repeated_quote_is_unique() {
    let same = "và các đơn vị trực thuộc ở cơ sở, ";
    let around = format!("{same}[chủ trì] {same}");
    let plain = around.replace(['[', ']'], "");
    let (text, span) = selected(&format!("Một. {plain}Hai. {around}Ba. {plain}Bốn."));
    let quote = describe(&text, span).quote;
    let whole = format!("{}{}{}", quote.prefix, quote.exact, quote.suffix);
    assert_eq!(text.as_str().matches(&whole).count(), 1);
    assert_eq!(quote.prefix.chars().count(), 64);
    let moved = lines(&format!("Mới. {}", text.as_str()));
    assert_eq!(resolve(&moved, &describe(&text, span)), Resolution::Moved(shifted(span, 5)));
}

#[test]
fn the_context_has_a_bound() {
    let (text, span) = selected(&format!("{}[a b ]{}", "a b ".repeat(500), "a b ".repeat(500)));
    let quote = describe(&text, span).quote;
    assert_eq!((quote.prefix.chars().count(), quote.suffix.chars().count()), (256, 256));
}

fn shifted(span: Span, by: u32) -> Span {
    Span::new(span.start.0 + by, span.end.0 + by)
}

fn any_text_and_span() -> impl Strategy<Value = (DocumentText, Span)> {
    any_blocks().prop_map(|blocks| DocumentText::new(&blocks)).prop_flat_map(|text| {
        let span = any_span(text.char_len().0);
        (Just(text), span)
    })
}

proptest! {
    #[test]
    fn every_passage_is_found_where_it_was_described((text, span) in any_text_and_span()) {
        let expected = if span.is_empty() { Resolution::Lost } else { Resolution::Exact(span) };
        prop_assert_eq!(resolve(&text, &describe(&text, span)), expected);
    }

    #[test]
    fn a_description_says_what_stands_in_the_text((text, span) in any_text_and_span()) {
        let quote = describe(&text, span).quote;
        let start = span.start.0 - quote.prefix.chars().count() as u32;
        let end = span.end.0 + quote.suffix.chars().count() as u32;
        prop_assert_eq!(text.slice(Span::new(start, end)), format!("{}{}{}", quote.prefix, quote.exact, quote.suffix));
    }

    #[test]
    fn a_passage_found_in_another_text_reads_the_same((text, span) in any_text_and_span(), other in any_blocks()) {
        let selectors = describe(&text, span);
        let other = DocumentText::new(&other);
        if let Resolution::Exact(found) | Resolution::Moved(found) = resolve(&other, &selectors) {
            prop_assert_eq!(other.slice(found), selectors.quote.exact);
        }
    }

    #[test]
    fn a_passage_behind_new_text_is_moved_with_it_or_lost((text, span) in any_text_and_span(), line in "[a-z ]{1,20}") {
        let after = lines(&format!("{line}\n{}", text.as_str()));
        let expected = shifted(span, line.len() as u32 + 1);
        match resolve(&after, &describe(&text, span)) {
            Resolution::Moved(found) => prop_assert_eq!(found, expected),
            // The same words happen to stand at the old place.
            Resolution::Exact(found) => prop_assert_eq!(after.slice(found), text.slice(span)),
            Resolution::Lost => prop_assert!(span.is_empty() || after.as_str().matches(text.slice(span)).nth(1).is_some()),
        }
    }
}
