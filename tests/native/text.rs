//! Text: offsets in three units, the one stored form, boundaries that readers see, what a selection keeps.
use std::ops::Range;

use concord::model::document::DocumentText;
use concord::model::text::{
    ByteOffset, CharOffset, Span, TextIndex, Unit, Utf16Offset, fold_char, folded, grown,
    is_folded_prefix_of_word, normalized, snapped, trimmed, units,
};
use proptest::prelude::*;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::support::{
    any_blocks, any_line, any_span, any_stored_line, bytes_of, lines, marked, marked_span, selected, shared,
    shared_json, unmarked,
};

const UNITS: [Unit; 6] =
    [Unit::Grapheme, Unit::Syllable, Unit::Word, Unit::Clause, Unit::Sentence, Unit::Block];

// Offsets

/// Every boundary between characters: `(bytes, chars, utf16)`.
fn boundaries(text: &str) -> Vec<(u32, u32, u32)> {
    let mut all = vec![(0, 0, 0)];
    for c in text.chars() {
        let (bytes, chars, utf16) = *all.last().expect("it has a first element");
        all.push((bytes + c.len_utf8() as u32, chars + 1, utf16 + c.len_utf16() as u32));
    }
    all
}

/// Every offset of every unit, and some beyond the end, against a count from the start.
#[track_caller]
fn check_index(text: &str) {
    let index = TextIndex::new(text);
    let all = boundaries(text);
    let (bytes, chars, utf16) = *all.last().expect("it has a first element");
    assert_eq!(index.char_len(), CharOffset(chars));
    let mut at = (0, 0, 0);
    for n in (0..=bytes + 3).chain([u32::MAX - 1, u32::MAX]) {
        let last = |from: usize, unit: fn(&(u32, u32, u32)) -> u32| {
            from + all[from..].iter().take_while(|place| unit(place) <= n).count().saturating_sub(1)
        };
        at = (last(at.0, |p| p.0), last(at.1, |p| p.1), last(at.2, |p| p.2));
        let said = format!("offset {n} of {text:?}");
        assert_eq!(index.char_of_byte(text, ByteOffset(n)).0, all[at.0].1, "byte {said}");
        assert_eq!(index.byte_of_char(text, CharOffset(n)).0, all[at.1].0, "char {said}");
        assert_eq!(index.utf16_of_char(text, CharOffset(n)).0, all[at.1].2, "char {said}");
        assert_eq!(index.char_of_utf16(text, Utf16Offset(n)).0, all[at.2].1, "UTF-16 {said}");
    }
    assert!(utf16 <= bytes);
}

#[test]
fn offsets_of_texts_with_traps_agree_with_a_count_from_the_start() {
    let nfd: String = "Đảng ủy Khối Doanh nghiệp".nfd().collect();
    for text in [
        "",
        "a",
        "Đảng ủy Khối Doanh nghiệp Trung ương",
        &nfd,
        &format!("Đảng ủy {nfd}"),
        "😀",
        "a😀b😀😀c",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦 và 👍🏽",
        "🇻🇳🇱🇦🇰🇭",
        "một\r\nhai\rba\nbốn",
        "\u{feff}có dấu BOM",
        "30\u{a0}tỷ\u{202f}đồng\u{2009}",
        "한국어 中文 ภาษาไทย",
        "\u{10ffff}\u{0}\u{7f}",
    ] {
        check_index(text);
    }
}

#[test]
fn offsets_of_long_texts_agree_across_checkpoints() {
    for length in [127, 128, 129, 255, 256, 257, 400] {
        check_index(&"a".repeat(length));
        check_index(&"ệ".repeat(length));
        check_index(&"😀".repeat(length));
        check_index(&"aệ😀\n".repeat(length / 4 + 1));
        check_index(&format!("{}😀{}", "a".repeat(length), "b".repeat(20)));
    }
}

#[test]
fn a_slice_is_what_stands_between_two_offsets() {
    let text = "a😀Đảng\u{301}!";
    let index = TextIndex::new(text);
    let slice = |start, end| index.slice(text, Span::new(start, end));
    assert_eq!(slice(0, 0), "");
    assert_eq!(slice(1, 2), "😀");
    assert_eq!(slice(2, 6), "Đảng");
    assert_eq!(slice(6, 99), "\u{301}!");
    assert_eq!(slice(50, 99), "");
}

proptest! {
    #[test]
    fn offsets_of_any_text_agree_with_a_count_from_the_start(lines in prop::collection::vec(any_line(), 0..12)) {
        check_index(&lines.join("\n"));
    }

    #[test]
    fn offsets_of_any_string_agree_with_a_count_from_the_start(text in any::<String>()) {
        check_index(&text);
    }

    #[test]
    fn conversions_there_and_back_meet(text in any::<String>(), n in 0_u32..300) {
        let index = TextIndex::new(&text);
        let at = CharOffset(n).min(index.char_len());
        prop_assert_eq!(index.char_of_utf16(&text, index.utf16_of_char(&text, at)), at);
        prop_assert_eq!(index.char_of_byte(&text, index.byte_of_char(&text, at)), at);
    }
}

#[test]
fn spans_know_their_relations() {
    let [a, b, c] = [Span::new(2, 5), Span::new(5, 7), Span::new(3, 4)];
    assert_eq!(Span::new(5, 2), a);
    assert_eq!((a.len(), a.is_empty(), Span::new(4, 4).is_empty()), (3, false, true));
    assert!(!a.overlaps(b) && a.overlaps(c) && c.overlaps(a));
    assert!(a.contains(c) && a.contains(a) && !c.contains(a) && !a.contains(b));
}

// The stored form

#[track_caller]
fn check_normalized(raw: &str, expected: &str) {
    assert_eq!(normalized(raw), expected, "{raw:?}");
}

#[test]
fn text_is_brought_into_the_stored_form() {
    check_normalized("", "");
    check_normalized("Đảng ủy", "Đảng ủy");
    check_normalized("u\u{309}y", "ủy");
    check_normalized("e\u{323}\u{302} e\u{302}\u{323}", "ệ ệ");
    check_normalized("ủy va\u{300} u\u{309}y", "ủy và ủy");
    check_normalized("\u{212b} \u{2126}", "Å Ω");
    check_normalized("a\r\nb\rc\nd", "a\nb\nc\nd");
    check_normalized("a\r\r\nb\n\rc", "a\n\nb\n\nc");
    check_normalized("a\u{b}b\u{c}c\u{85}d\u{2028}e\u{2029}f", "a\nb\nc\nd\ne\nf");
    check_normalized("\u{feff}a", "a");
    check_normalized("a\tb\u{0}\u{7}c\u{7f}d\u{9d}", "a\tbcd");
    check_normalized("30\u{a0}tỷ", "30\u{a0}tỷ");
    check_normalized("👨\u{200d}👩 🇻🇳", "👨\u{200d}👩 🇻🇳");
    check_normalized("ﬁ ½ ①", "ﬁ ½ ①");
}

#[test]
fn no_byte_order_mark_is_left_at_the_start() {
    check_normalized("\u{feff}\u{feff}a", "a");
    check_normalized("\u{0}\u{feff}a", "a");
}

proptest! {
    #[test]
    fn the_stored_form_is_nfc_with_line_feeds_only(raw in any::<String>()) {
        let text = normalized(&raw);
        prop_assert!(is_nfc(&text));
        prop_assert!(text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
    }

    #[test]
    fn a_text_in_the_stored_form_stays_as_it_is(raw in "[a-zđệ\u{301}\u{323}\r\n\t\u{b}\u{85}\u{2028}\u{0} ]{0,30}") {
        let text = normalized(&raw);
        prop_assert_eq!(normalized(&text), text);
    }

    #[test]
    fn composed_and_decomposed_input_give_the_same_text(raw in any_line()) {
        let (nfc, nfd): (String, String) = (raw.nfc().collect(), raw.nfd().collect());
        prop_assert_eq!(normalized(&nfc), normalized(&nfd));
    }
}

// Units

/// `marked` shows every unit of the text in brackets.
#[track_caller]
fn check_units(unit: Unit, expected: &str) {
    let (text, _) = unmarked(expected);
    assert_eq!(marked(&text, &units(&text, unit)), expected);
}

#[test]
fn a_grapheme_is_what_a_reader_takes_for_one_character() {
    check_units(Unit::Grapheme, "");
    check_units(Unit::Grapheme, "[Đ][ả][n][g]");
    check_units(Unit::Grapheme, "[e\u{323}\u{302}][e\u{301}]");
    check_units(Unit::Grapheme, "[👨\u{200d}👩\u{200d}👧][👍🏽][🇻🇳][🇱🇦]");
    check_units(Unit::Grapheme, "[a][\u{a0}\u{301}][각][ก็]");
}

#[test]
fn a_syllable_is_a_run_of_letters_and_digits() {
    check_units(Unit::Syllable, "");
    check_units(Unit::Syllable, " … – “”!");
    check_units(Unit::Syllable, "[Đảng] [ủy], [Khối] ([NLĐ]).");
    check_units(Unit::Syllable, "“[Vì] [sự] [nghiệp]”…[xây]");
    check_units(Unit::Syllable, "[u\u{309}y] [cấp]");
    check_units(Unit::Syllable, "[30]\u{a0}[tỷ]\t[đồng]");
    check_units(Unit::Syllable, "[ký]-[kết] [Hà] [Nội]-[Huế]");
    check_units(Unit::Syllable, "[don't] [l’eau] '[a]'");
}

#[test]
fn a_number_keeps_its_parts() {
    for whole in [
        "02-NQ/TW",
        "97%",
        "45.000",
        "30/5",
        "2022-2025",
        "30/05/2022",
        "9,35",
        "11:05",
        "46/50",
        "24/24",
        "1.146.000",
        "118/KH-UBND",
        "50/30/20",
        "12–15",
        "Covid-19",
        "99,5%",
    ] {
        check_units(Unit::Syllable, &format!("[ngày] [{whole}], [{whole}]."));
    }
}

#[test]
fn a_number_takes_no_foreign_signs() {
    check_units(Unit::Syllable, "[1], [2] [và] [3].");
    check_units(Unit::Syllable, "[30/5]/ [a] -[7] [8]-");
    check_units(Unit::Syllable, "[97%]%");
    check_units(Unit::Syllable, "[a]%");
    check_units(Unit::Syllable, "[và]/[hoặc]");
    check_units(Unit::Syllable, "[kết] [thúc].[Mở] [đầu]");
}

#[test]
fn a_word_is_a_syllable_or_a_name() {
    check_units(Unit::Word, "[đồng] [chí] [Nguyễn Đình Khang] [nói]");
    check_units(Unit::Word, "[Y Thanh Hà Niê Kđăm] - [Ủy] [viên] [Trung] [ương] [Đảng], [Bí] [thư]");
    check_units(Unit::Word, "[tại] [Hà Nội], [Đà Nẵng] [và] [Huế]");
    check_units(Unit::Word, "[Tổng LĐLĐ Việt Nam]");
    check_units(Unit::Word, "[Nghị] [quyết] [số] [02-NQ/TW]");
    check_units(Unit::Word, "[Hà]  [Nội], [Hà]\u{a0}[Nội]");
}

#[test]
fn a_clause_ends_at_a_comma_semicolon_colon_or_dash() {
    check_units(Unit::Clause, "[Chủ động,] [tích cực hội nhập;] [một là:] [ký kết –] [thực hiện.]");
    check_units(Unit::Clause, "[Đạt 9,35 tỷ đồng,] [tăng 45.000 người lúc 11:05.]");
    check_units(Unit::Clause, "[Một.] [Hai,] [ba.]");
    check_units(Unit::Clause, "[Giai đoạn 2022–2025]");
    check_units(Unit::Clause, "");
}

#[test]
fn a_sentence_ends_with_its_mark_before_a_new_start() {
    check_units(Unit::Sentence, "");
    check_units(Unit::Sentence, "  [Một câu.]  ");
    check_units(Unit::Sentence, "[Một câu.] [Hai câu!] [Ba câu?] [Không chấm]");
    check_units(Unit::Sentence, "[Đạt 97%.] [Ủy viên nói.]");
    check_units(Unit::Sentence, "[Đầu tiên.] [“Trích dẫn.”] [Sau đó.]");
    check_units(Unit::Sentence, "[Anh nói: “Được.”] [Chị cười (nhẹ).] [Hết]");
    check_units(Unit::Sentence, "[Được gì?!] [Vậy đó...] [Thôi.]");
    check_units(Unit::Sentence, "[Năm 2022.] [2023 là năm mới.] [- Gạch đầu dòng.]");
}

#[test]
fn a_semicolon_never_ends_a_sentence() {
    check_units(Unit::Sentence, "[Xây dựng tổ chức; Nghiên cứu đề xuất; Kiểm tra, giám sát.] [Hết.]");
}

#[test]
fn an_ellipsis_ends_a_sentence_only_before_a_new_start() {
    check_units(Unit::Sentence, "[cùng đại diện các ban Đảng…]");
    check_units(Unit::Sentence, "[Nhiều năm… để làm, thì... phải có.] [Vậy…] [Rồi.]");
}

#[test]
fn an_abbreviation_or_initial_ends_no_sentence() {
    check_units(Unit::Sentence, "[PGS. TS. Lê Văn A ở TP. Huế.] [Ông đến.]");
    check_units(Unit::Sentence, "[Gặp J. R. Smith ở Q. 1.] [Rồi về.]");
    check_units(Unit::Sentence, "[See Art. 5 and Dr. No.]");
    check_units(Unit::Sentence, "[Họp ở TP?] [Không.]");
}

#[test]
fn a_full_stop_inside_a_number_or_name_ends_no_sentence() {
    check_units(Unit::Sentence, "[Chi 45.000 đồng qua concord.vn hôm 1.5.] [Xong.]");
    check_units(Unit::Sentence, "[Một dòng.Không cách]");
}

#[test]
fn a_block_is_one_unit_when_it_has_text() {
    check_units(Unit::Block, "");
    check_units(Unit::Block, "[Một. Hai.]");
}

/// What holds for all kinds of units in every text.
fn check_unit_laws(text: &str) {
    for unit in UNITS {
        let mut end = 0;
        for piece in units(text, unit) {
            assert!(piece.start >= end, "{unit:?} {piece:?} begins before {end} in {text:?}");
            assert!(piece.start < piece.end, "{unit:?} {piece:?} is empty in {text:?}");
            let inside = text.get(piece.clone());
            assert!(inside.is_some(), "{unit:?} {piece:?} cuts a character of {text:?}");
            end = piece.end;
        }
        assert!(end <= text.len(), "{unit:?} goes beyond the end of {text:?}");
    }
    let graphemes: String = units(text, Unit::Grapheme).into_iter().map(|piece| &text[piece]).collect();
    assert_eq!(graphemes, text);
}

/// Each unit lies inside one of the next larger kind.
fn check_nesting(text: &str) {
    for (small, large) in [
        (Unit::Syllable, Unit::Word),
        (Unit::Clause, Unit::Sentence),
        (Unit::Sentence, Unit::Block),
        (Unit::Word, Unit::Block),
    ] {
        let larger = units(text, large);
        for piece in units(text, small) {
            let holds = |around: &Range<usize>| around.start <= piece.start && piece.end <= around.end;
            assert!(larger.iter().any(holds), "{small:?} {piece:?} is in no {large:?} of {text:?}");
        }
    }
}

proptest! {
    #[test]
    fn units_of_any_text_are_in_order_and_whole(text in any_line()) {
        check_unit_laws(&text);
        check_nesting(&text);
    }

    #[test]
    fn units_of_any_string_are_in_order_and_whole(text in any::<String>()) {
        check_unit_laws(&text);
        check_nesting(&text);
    }

    #[test]
    fn sentences_leave_out_nothing_but_space(text in any_line()) {
        let inside: String = units(&text, Unit::Sentence).into_iter().map(|piece| &text[piece]).collect();
        let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(solid(&inside), solid(&text));
    }

    #[test]
    fn syllables_leave_out_no_letter_and_no_digit(text in any_line()) {
        let inside: String = units(&text, Unit::Syllable).into_iter().map(|piece| &text[piece]).collect();
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert_eq!(letters(&inside), letters(&text));
    }
}

// What a selection keeps

/// `from` shows what the hand selected, `expected` what is kept of it; without brackets: nothing.
#[track_caller]
fn check_kept(unit: Unit, from: &str, expected: &str) {
    let (text, span) = selected(from);
    let kept = text.selectable(span, unit);
    let got = kept.map_or_else(|| text.as_str().to_owned(), |kept| marked_span(text.as_str(), kept));
    assert_eq!(got, expected, "from {from:?} by {unit:?}");
}

#[test]
fn a_selection_is_widened_to_whole_syllables() {
    check_kept(Unit::Syllable, "Đả[ng ủ]y Khối", "[Đảng ủy] Khối");
    check_kept(Unit::Syllable, "[Đảng] ủy", "[Đảng] ủy");
    check_kept(Unit::Syllable, "số 02-[N]Q/TW ngày", "số [02-NQ/TW] ngày");
    check_kept(Unit::Syllable, "đạt 9[7] %", "đạt [97] %");
    check_kept(Unit::Syllable, "đạt [9]7%.", "đạt [97%].");
    check_kept(Unit::Syllable, "Đảng[ ủy ]Khối", "Đảng [ủy] Khối");
    check_kept(Unit::Syllable, "Đảng[ ủ]y", "Đảng [ủy]");
}

#[test]
fn an_exact_selection_is_widened_to_whole_characters_only() {
    check_kept(Unit::Grapheme, "Đả[ng ủ]y Khối", "Đả[ng ủ]y Khối");
    check_kept(Unit::Grapheme, "a👨\u{200d}[👩]b", "a[👨\u{200d}👩]b");
    check_kept(Unit::Grapheme, "e[\u{301}x]", "[e\u{301}x]");
}

#[test]
fn a_larger_unit_widens_a_selection_to_it() {
    check_kept(Unit::Word, "tại Hà N[ộ]i nay", "tại [Hà Nội] nay");
    check_kept(Unit::Sentence, "Một. H[a]i ba. Bốn.", "Một. [Hai ba]. Bốn.");
    check_kept(Unit::Block, "Một. H[a]i\nBa", "[Một. Hai]\nBa");
}

#[test]
fn loose_spaces_and_punctuation_are_dropped_from_the_edges() {
    check_kept(Unit::Syllable, "Đảng[ ủy, ]Khối", "Đảng [ủy], Khối");
    check_kept(Unit::Syllable, "xong[. Sau đó]…", "xong. [Sau đó]…");
    check_kept(Unit::Syllable, "[- Ủy viên; ]", "- [Ủy viên]; ");
    check_kept(Unit::Syllable, "[nói: “Vì sự nghiệp]”", "[nói: “Vì sự nghiệp]”");
    check_kept(Unit::Syllable, "tặng [“Vì sự nghiệp”] cho", "tặng [“Vì sự nghiệp”] cho");
    check_kept(Unit::Syllable, "tặng [“Vì sự] nghiệp”", "tặng “[Vì sự] nghiệp”");
    check_kept(Unit::Syllable, "lao động[ (NLĐ).]", "lao động [(NLĐ)].");
    check_kept(Unit::Syllable, "lao động ([NLĐ)]", "lao động ([NLĐ])");
    check_kept(Unit::Syllable, "[a]\u{a0}", "[a]\u{a0}");
}

#[test]
fn nothing_is_kept_of_nothing_but_spaces_and_punctuation() {
    check_kept(Unit::Syllable, "a[, ]b", "a, b");
    check_kept(Unit::Syllable, "a[]b", "ab");
    check_kept(Unit::Syllable, "a[\n]b", "a\nb");
    check_kept(Unit::Grapheme, "[ ” “ … ]", " ” “ … ");
}

#[test]
fn a_selection_may_span_blocks() {
    check_kept(Unit::Syllable, "Một h[ai.\nB]a bốn", "Một [hai.\nBa] bốn");
    check_kept(Unit::Syllable, "Một[\nHai\n]Ba", "Một\n[Hai]\nBa");
    check_kept(Unit::Syllable, "Mộ[t\n\n\nH]ai", "[Một\n\n\nHai]");
}

#[test]
fn no_selection_cuts_an_emoji() {
    check_kept(Unit::Syllable, "a 👨[\u{200d}👩 b]", "a [👨\u{200d}👩 b]");
    check_kept(Unit::Syllable, "a [👍]🏽 b", "a [👍🏽] b");
    check_kept(Unit::Syllable, "[🇻]🇳 b", "[🇻🇳] b");
}

#[test]
fn dropping_an_edge_cuts_no_character() {
    // A mark on a space or on a full stop is one character with it.
    check_kept(Unit::Grapheme, "a[ \u{301}b]", "a[ \u{301}b]");
}

#[track_caller]
fn check_snapped(unit: Unit, from: &str, expected: &str) {
    let (text, ranges) = unmarked(from);
    assert_eq!(marked(&text, &[snapped(&text, ranges[0].clone(), unit)]), expected);
}

#[test]
fn snapping_moves_an_edge_only_when_it_cuts_a_unit() {
    check_snapped(Unit::Syllable, "Đ[ảng ủ]y", "[Đảng ủy]");
    check_snapped(Unit::Syllable, "Đảng[ ]ủy", "Đảng[ ]ủy");
    check_snapped(Unit::Grapheme, "x👨\u{200d}[👩]", "x[👨\u{200d}👩]");
    check_snapped(Unit::Sentence, "Một h[a]i. Ba.", "[Một hai.] Ba.");
}

#[track_caller]
fn check_trimmed(from: &str, expected: &str) {
    let (text, ranges) = unmarked(from);
    assert_eq!(marked(&text, &[trimmed(&text, ranges[0].clone())]), expected);
}

#[test]
fn trimming_keeps_pairs_and_drops_what_is_loose() {
    check_trimmed("[ a ]", " [a] ");
    check_trimmed("[, a; ]b", ", [a]; b");
    check_trimmed("[(a)]", "[(a)]");
    check_trimmed("[(a]", "([a]");
    check_trimmed("[a)]", "[a])");
    check_trimmed("[«a» (b).]", "[«a» (b)].");
    check_trimmed("[“a]", "“[a]");
    check_trimmed("[a – ]b", "[a] – b");
    check_trimmed("[• a]", "• [a]");
}

#[track_caller]
fn check_grown(from: &str, steps: &[&str]) {
    let (text, mut span) = selected(from);
    for expected in steps {
        span = text.grown(span);
        assert_eq!(marked_span(text.as_str(), span), *expected, "from {from:?}");
    }
    assert_eq!(text.grown(span), span, "it grows no further from {from:?}");
}

#[test]
fn a_selection_grows_by_syllable_word_clause_sentence_and_block() {
    check_grown(
        "Sáng nay. Họ ở Hà N[ộ]i, rồi ký. Rồi về.",
        &[
            "Sáng nay. Họ ở Hà [Nội], rồi ký. Rồi về.",
            "Sáng nay. Họ ở [Hà Nội], rồi ký. Rồi về.",
            "Sáng nay. [Họ ở Hà Nội], rồi ký. Rồi về.",
            "Sáng nay. [Họ ở Hà Nội, rồi ký]. Rồi về.",
            "[Sáng nay. Họ ở Hà Nội, rồi ký. Rồi về].",
            "[Sáng nay. Họ ở Hà Nội, rồi ký. Rồi về.]",
        ],
    );
    check_grown("Mộ[t\nH]ai", &["[Một\nHai]"]);
    check_grown("[Một]\nHai", &[]);
}

#[test]
fn a_selection_of_two_clauses_grows_to_both() {
    check_grown("a b[ c, d ]e, f.", &["[a b c, d e], f.", "[a b c, d e, f].", "[a b c, d e, f.]"]);
}

/// Whether both edges stand between graphemes of the text.
fn cuts_no_grapheme(text: &str, range: &Range<usize>) -> bool {
    let is_edge =
        |at: usize| at == text.len() || units(text, Unit::Grapheme).iter().any(|piece| piece.start == at);
    is_edge(range.start) && is_edge(range.end)
}

fn any_text_and_span() -> impl Strategy<Value = (DocumentText, Span)> {
    any_blocks().prop_map(|blocks| DocumentText::new(&blocks)).prop_flat_map(|text| {
        let span = any_span(text.char_len().0);
        (Just(text), span)
    })
}

fn any_line_and_range() -> impl Strategy<Value = (String, Range<usize>)> {
    any_stored_line().prop_flat_map(|line| {
        let span = any_span(line.chars().count() as u32);
        (Just(line), span).prop_map(|(line, span)| {
            let range = bytes_of(&line, span);
            (line, range)
        })
    })
}

proptest! {
    #[test]
    fn what_is_kept_is_not_empty_and_trimmed((text, span) in any_text_and_span(), exact in any::<bool>()) {
        let unit = if exact { Unit::Grapheme } else { Unit::Syllable };
        if let Some(kept) = text.selectable(span, unit) {
            let bytes = bytes_of(text.as_str(), kept);
            prop_assert!(!kept.is_empty());
            prop_assert_eq!(trimmed(text.as_str(), bytes.clone()), bytes);
        }
    }

    #[test]
    fn what_is_kept_cuts_no_character((text, span) in any_text_and_span(), exact in any::<bool>()) {
        let unit = if exact { Unit::Grapheme } else { Unit::Syllable };
        if let Some(kept) = text.selectable(span, unit) {
            prop_assert!(cuts_no_grapheme(text.as_str(), &bytes_of(text.as_str(), kept)), "{}", text.slice(kept));
        }
    }

    #[test]
    fn what_is_kept_is_kept_again((text, span) in any_text_and_span()) {
        for unit in [Unit::Grapheme, Unit::Syllable] {
            if let Some(kept) = text.selectable(span, unit) {
                prop_assert_eq!(text.selectable(kept, unit), Some(kept));
            }
        }
    }

    #[test]
    fn every_letter_selected_is_kept((text, span) in any_text_and_span()) {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let kept = text.selectable(span, Unit::Syllable);
        prop_assert!(letters(text.slice(span)) <= kept.map_or(0, |kept| letters(text.slice(kept))));
    }

    #[test]
    fn snapping_holds_the_range_and_cuts_no_unit((line, range) in any_line_and_range()) {
        for unit in UNITS {
            let wide = snapped(&line, range.clone(), unit);
            prop_assert!(wide.start <= range.start && range.end <= wide.end);
            for piece in units(&line, unit) {
                let is_cut = |at: usize| piece.start < at && at < piece.end;
                prop_assert!(!is_cut(wide.start) && !is_cut(wide.end), "{unit:?} {piece:?} by {wide:?}");
            }
        }
    }

    #[test]
    fn trimming_stays_inside_and_is_done_once((line, range) in any_line_and_range()) {
        let kept = trimmed(&line, range.clone());
        prop_assert!(range.start <= kept.start && kept.end <= range.end);
        prop_assert!(line.get(kept.clone()).is_some());
        if !kept.is_empty() {
            prop_assert_eq!(trimmed(&line, kept.clone()), kept);
        }
    }

    #[test]
    fn growing_strictly_contains_until_the_whole_block((line, range) in any_line_and_range()) {
        let mut range = range;
        for _ in 0..8 {
            let wider = grown(&line, range.clone());
            prop_assert!(wider.start <= range.start && range.end <= wider.end, "{wider:?} holds {range:?}");
            if wider == range {
                prop_assert!(range == (0..line.len()) || range.is_empty(), "{range:?} stops early");
                return Ok(());
            }
            range = wider;
        }
        prop_assert!(false, "it never ends");
    }

    #[test]
    fn growing_a_kept_selection_ends_at_whole_blocks((text, span) in any_text_and_span()) {
        let Some(mut span) = text.selectable(span, Unit::Syllable) else { return Ok(()) };
        for _ in 0..8 {
            let wider = text.grown(span);
            prop_assert!(wider.contains(span));
            span = wider;
        }
        let (first, last) = (text.block_at(span.start), text.block_at(span.end));
        let blocks = Span { start: text.block_span(first).start, end: text.block_span(last).end };
        prop_assert_eq!(span, blocks);
    }
}

// Folding

#[test]
fn folding_drops_accents_case_and_the_bar_of_d() {
    for (text, expected) in [
        ("Đảng ủy", "dang uy"),
        ("TUYÊN TRUYỀN", "tuyen truyen"),
        ("hoà hòa uỷ ủy", "hoa hoa uy uy"),
        ("u\u{309}y", "uy"),
        ("02-NQ/TW 97%", "02-nq/tw 97%"),
        ("Ω Я", "ω я"),
        ("😀", "😀"),
    ] {
        assert_eq!(folded(text), expected);
    }
}

#[test]
fn folding_gives_the_base_letter_of_every_latin_letter() {
    for c in ('\u{c0}'..='\u{24f}').chain('\u{1e00}'..='\u{1eff}') {
        let base = c.nfd().next().filter(|base| base.is_ascii_alphabetic() && *base != c);
        if let Some(base) = base {
            assert_eq!(fold_char(c), Some(base.to_ascii_lowercase()), "{c}");
        }
    }
}

#[test]
fn a_query_finds_the_start_of_any_word() {
    for (query, candidate, expected) in [
        ("chu t", "Chủ trì", true),
        ("tri", "Chủ trì", true),
        ("ri", "Chủ trì", false),
        ("", "Chủ trì", true),
        ("  dia ", "Địa bàn", true),
        ("nq", "02-NQ/TW", true),
        ("chủ trì x", "Chủ trì", false),
    ] {
        assert_eq!(is_folded_prefix_of_word(query, candidate), expected, "{query:?} in {candidate:?}");
    }
}

// The seed article

#[test]
fn the_sentences_of_the_seed_are_those_of_the_gold_file() {
    let (Some(seed), Some(gold)) = (shared("domain/seed-article.txt"), shared_json("domain/seed_gold.json"))
    else {
        return;
    };
    let text = lines(seed.trim_end_matches('\n'));
    let found: Vec<Span> =
        (0..text.block_count()).flat_map(|block| text.spans_in_block(block, Unit::Sentence)).collect();
    let wanted = gold["sentences"].as_array().expect("the gold file lists sentences");
    let missed: Vec<_> = wanted.iter().filter(|sentence| !found.contains(&gold_span(sentence))).collect();
    println!("{} of {} sentences found exactly", wanted.len() - missed.len(), wanted.len());
    assert_eq!(wanted.len(), 30);
    assert!(missed.is_empty(), "not found: {missed:#?}");
}

#[test]
fn the_task_passages_of_the_gold_file_can_be_selected_as_they_are() {
    let (Some(seed), Some(gold)) = (shared("domain/seed-article.txt"), shared_json("domain/seed_gold.json"))
    else {
        return;
    };
    let text = lines(seed.trim_end_matches('\n'));
    let tasks = gold["tasks"].as_array().expect("the gold file lists tasks");
    let passages: Vec<_> = tasks.iter().filter_map(|task| task["passages"].as_array()).flatten().collect();
    assert_eq!(passages.len(), 29);
    for passage in passages {
        let span = gold_span(passage);
        assert_eq!(text.slice(span), passage["quote"], "the gold file counts as we do");
        assert_eq!(text.selectable(span, Unit::Syllable), Some(span), "{}", text.slice(span));
    }
}

fn gold_span(value: &serde_json::Value) -> Span {
    let offset = |name: &str| value[name].as_u64().and_then(|n| u32::try_from(n).ok()).expect("an offset");
    Span::new(offset("start"), offset("end"))
}
