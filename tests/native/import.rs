//! The importers: what becomes of the bytes of a file.
use concord::import::{ImportError, MAX_BLOCK_CHARS, Parsed, Warning, import};
use concord::model::document::{Block, Format, Language, MarkKind, Role};
use concord::model::text::normalized;
use proptest::prelude::*;

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/domain/seed-article.txt");
const PAGE: &str = include_str!("../../assets/samples/vi.html");
const NOTE: &str = include_str!("../../assets/samples/en.md");

/// A paragraph that is long enough to be one.
const PROSE: &str = "Chiều qua, hai cơ quan đã ký quy chế phối hợp công tác tại trụ sở Ủy ban nhân dân tỉnh, \
                     trước sự chứng kiến của đông đảo đại biểu.";

fn read(name: &str, content: &str) -> Parsed {
    import(Some(name), content.as_bytes()).expect("the content is a document")
}

fn html(body: &str) -> Parsed {
    read("page.html", &format!("<!doctype html><html lang=vi><meta charset=utf-8><body>{body}"))
}

/// One line per block: the role's name, with the level of a heading, and the text.
fn shape(parsed: &Parsed) -> Vec<String> {
    let line = |block: &Block| match block.role {
        Role::Heading(level) => format!("heading {level}: {}", block.text),
        role => format!("{}: {}", role.name(), block.text),
    };
    parsed.blocks.iter().map(line).collect()
}

#[track_caller]
fn check(parsed: &Parsed, expected: &[&str]) {
    assert_eq!(shape(parsed), expected);
}

fn roles(parsed: &Parsed) -> Vec<Role> {
    parsed.blocks.iter().map(|block| block.role).collect()
}

fn count(parsed: &Parsed, role: Role) -> usize {
    roles(parsed).iter().filter(|found| **found == role).count()
}

fn text_of(parsed: &Parsed, role: Role) -> &str {
    parsed.blocks.iter().find(|block| block.role == role).map_or("", |block| &block.text)
}

/// The seed article, or `None` with a remark when it does not lie beside this package.
fn seed() -> Option<String> {
    let text = std::fs::read_to_string(SEED).ok();
    if text.is_none() {
        println!("skipped: no seed article");
    }
    text
}

#[test]
fn the_seed_article_gives_all_its_parts() {
    let Some(seed) = seed() else { return };
    let parsed = read("seed.txt", &seed);
    assert_eq!(parsed.language, Language::Vi);
    assert_eq!(text_of(&parsed, Role::SectionLabel), "Tuyên truyền giáo dục");
    assert_eq!(text_of(&parsed, Role::UpdatedAt), "Cập nhật lúc 11:05 30/05/2022 (GMT+7)");
    assert!(text_of(&parsed, Role::Headline).starts_with("Đảng đoàn Tổng LĐLĐ Việt Nam và Đảng ủy"));
    assert_eq!(parsed.title, text_of(&parsed, Role::Headline));
    assert!(text_of(&parsed, Role::Lede).starts_with("Chiều 30/5"));
    assert_eq!(text_of(&parsed, Role::Caption), "Quang cảnh Hội nghị ký kết Quy chế phối hợp");
    assert_eq!(count(&parsed, Role::Paragraph), 17);
    assert_eq!(text_of(&parsed, Role::Byline), "BTG");
    assert_eq!(parsed.blocks.len(), 23);
    assert_eq!(parsed.left_out, ["In", "Về đầu", "Lượt truy cập:"]);
    assert_eq!(parsed.meta.section.as_deref(), Some("Tuyên truyền giáo dục"));
    assert_eq!(parsed.meta.updated_at.as_deref(), Some("2022-05-30T11:05:00+07:00"));
    assert_eq!(parsed.meta.byline.as_deref(), Some("BTG"));
    assert_eq!(parsed.warnings, []);
}

#[test]
fn every_encoding_of_the_seed_gives_the_same_document() {
    let Some(seed) = seed() else { return };
    every_encoding_gives_the_same_document(&seed);
}

#[test]
fn every_encoding_of_a_short_text_gives_the_same_document() {
    every_encoding_gives_the_same_document(&format!(
        "Tin mới\nCập nhật: 30/05/2022\n{PROSE}\n😀 {PROSE}\nBTG"
    ));
}

fn every_encoding_gives_the_same_document(text: &str) {
    use unicode_normalization::UnicodeNormalization;
    let expected = import(Some("a.txt"), text.as_bytes());
    let utf16 = |mark: &[u8], bytes_of: fn(u16) -> [u8; 2]| {
        mark.iter().copied().chain(text.encode_utf16().flat_map(bytes_of)).collect::<Vec<u8>>()
    };
    let table: [(&str, Vec<u8>); 8] = [
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE with a mark", utf16(b"\xff\xfe", u16::to_le_bytes)),
        ("UTF-16BE with a mark", utf16(b"\xfe\xff", u16::to_be_bytes)),
        ("UTF-16LE", utf16(b"", u16::to_le_bytes)),
        ("UTF-16BE", utf16(b"", u16::to_be_bytes)),
        ("NFD", text.nfd().collect::<String>().into_bytes()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("CR", text.replace('\n', "\r").into_bytes()),
    ];
    for (name, bytes) in table {
        assert_eq!(import(Some("a.txt"), &bytes), expected, "{name}");
    }
}

#[test]
fn the_digest_is_that_of_the_joined_text() {
    let parsed = read("a.txt", "a\n\n b \n");
    // printf 'a\nb' | sha256sum
    let expected = "7d99c3d74c10b2da5ad4b39e804e2b38014f24ca9d26c56c4e2d0e2a3c9b8d0e";
    assert_eq!(parsed.text_sha256.len(), expected.len());
    assert_eq!(parsed.text_sha256, read("b.txt", "a\r\nb").text_sha256);
    assert_eq!(
        read("c.txt", "abc").text_sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn what_is_no_document_says_why() {
    let huge_line = vec![b'a'; 20_000_000];
    let table: [(&str, &[u8], ImportError); 18] = [
        ("a.txt", b"", ImportError::Empty),
        ("a.txt", b" \r\n\t ", ImportError::Empty),
        ("a.txt", b"\xef\xbb\xbf", ImportError::Empty),
        ("a.txt", "\u{a0}\u{200b}\n".as_bytes(), ImportError::Empty),
        ("a.txt", b"PK\x03\x04 and so on", ImportError::Binary),
        ("a.txt", b"%PDF-1.7", ImportError::Binary),
        ("a.md", b"\x89PNG\r\n\x1a\n", ImportError::Binary),
        ("a.txt", b"text\0and\x01more", ImportError::Binary),
        ("a.html", b"<p>\x01\x02\x03\x04", ImportError::Binary),
        ("a.txt", b"caf\xe9 au lait", ImportError::NotUnicode { at: 3 }),
        ("a.txt", b"\xef\xbb\xbfcaf\xe9", ImportError::NotUnicode { at: 6 }),
        ("a.md", b"\xff\xfea\0\0\xd8b\0", ImportError::NotUnicode { at: 4 }),
        ("a.html", b"<p>caf\xe9", ImportError::NotUnicode { at: 6 }),
        ("a.docx", b"text", ImportError::UnknownFormat { extension: "docx".into() }),
        ("a.PDF", b"", ImportError::UnknownFormat { extension: "pdf".into() }),
        ("a.html", b"<script>write('text')</script><noscript>Turn it on</noscript>", ImportError::NoText),
        ("a.md", b"***\n<!-- nothing -->", ImportError::NoText),
        ("a.txt", &huge_line, ImportError::LineTooLong { chars: 20_000_000 }),
    ];
    for (name, bytes, expected) in table {
        assert_eq!(import(Some(name), bytes).map(|parsed| shape(&parsed)), Err(expected), "{name}");
    }
}

#[test]
fn a_line_may_be_as_long_as_the_limit() {
    let line = "ă".repeat(MAX_BLOCK_CHARS);
    assert_eq!(read("a.txt", &line).blocks.len(), 1);
    let longer = format!("{line}ă");
    let expected = Err(ImportError::LineTooLong { chars: MAX_BLOCK_CHARS as u64 + 1 });
    for (name, text) in
        [("a.txt", longer.clone()), ("a.md", longer.clone()), ("a.html", format!("<p>{longer}"))]
    {
        let parsed = import(
            Some(name),
            format!("<!-- <meta charset=utf-8> -->\n{text}")
                .trim_start_matches("<!-- <meta charset=utf-8> -->\n")
                .as_bytes(),
        );
        assert_eq!(parsed.map(|parsed| parsed.blocks.len()), expected, "{name}");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let bytes = vec![b' '; concord::import::MAX_BYTES + 1];
    assert_eq!(import(Some("a.exe"), &bytes), Err(ImportError::TooLarge { bytes: bytes.len() as u64 }));
}

#[test]
fn the_name_tells_the_format() {
    let table = [
        (Some("a.txt"), Format::Text),
        (Some("a.TEXT"), Format::Text),
        (Some("README"), Format::Text),
        (Some("Điều 5. Quy chế phối hợp"), Format::Text),
        (Some("dir.d/notes"), Format::Text),
        (Some("a.md"), Format::Markdown),
        (Some("a.b.Markdown"), Format::Markdown),
        (Some("a.htm"), Format::Html),
        (Some("a.xhtml"), Format::Html),
        (None, Format::Text),
    ];
    for (name, expected) in table {
        let parsed = import(name, b"some words").expect("it is a document");
        assert_eq!(parsed.format, expected, "{name:?}");
    }
    let pasted = import(None, b"\n<!DOCTYPE HTML><p>words").expect("it is a document");
    assert_eq!((pasted.format, pasted.title.as_str()), (Format::Html, "words"));
    assert_eq!(import(None, b"<html> is a tag").expect("it is a document").format, Format::Html);
    assert_eq!(import(None, b"<htmlx> is none").expect("it is a document").format, Format::Text);
}

#[test]
fn a_page_may_declare_its_encoding() {
    let table: [(&[u8], &str, u32); 5] = [
        (b"<meta charset=windows-1252><p>caf\xe9", "caf\u{e9}", 0),
        (b"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>caf\xe9", "caf\u{e9}", 0),
        // A base letter and a combining tone mark, as windows-1258 writes them.
        (b"<meta charset=\"windows-1258\"><p>vi\xea\xf2t", "vi\u{1ec7}t", 0),
        (b"<meta charset=utf-8><p>caf\xe9!", "caf\u{fffd}!", 1),
        (b"<meta charset=windows-1252><p>caf\xc3\xa9", "caf\u{e9}", 0),
    ];
    for (bytes, expected, replaced) in table {
        let parsed = import(Some("a.html"), bytes).expect("it is a document");
        assert_eq!(parsed.blocks[0].text, expected);
        let warnings = if replaced > 0 { vec![Warning::UndecodableBytes(replaced)] } else { Vec::new() };
        assert_eq!(parsed.warnings, warnings, "{expected}");
    }
}

#[test]
fn stamps_are_read_in_the_forms_that_pages_use() {
    let table = [
        ("Cập nhật lúc 11:05 30/05/2022 (GMT+7)", Some("2022-05-30T11:05:00+07:00")),
        ("Cập nhật: 30-5-2022 11:05", Some("2022-05-30T11:05:00+07:00")),
        ("Ngày đăng 30.05.2022, 7:05", Some("2022-05-30T07:05:00+07:00")),
        ("Thứ Ba, 12/03/2026, 16:40", Some("2026-03-12T16:40:00+07:00")),
        ("Thứ năm, 30/05/2022 | 17:09 PM", Some("2022-05-30T17:09:00+07:00")),
        ("30/05/2022 4:09 PM", Some("2022-05-30T16:09:00+07:00")),
        ("12:05 AM 30/05/2022", Some("2022-05-30T00:05:00+07:00")),
        ("Đăng lúc 16h40 ngày 30 tháng 5 năm 2022", Some("2022-05-30T16:40:00+07:00")),
        ("Updated 09:40, 3 March 2027 (GMT+7)", Some("2027-03-03T09:40:00+07:00")),
        ("Published March 3rd, 2027 at 9:40 PM UTC", Some("2027-03-03T21:40:00+00:00")),
        ("Last updated: 2027-03-03 09:40 GMT+07:00", Some("2027-03-03T09:40:00+07:00")),
        ("2027-03-03T09:40:12Z", Some("2027-03-03T09:40:12+00:00")),
        ("2027-03-03T09:40:12.345-0330", Some("2027-03-03T09:40:12-03:30")),
        // Without a time of day there is no moment to name.
        ("Cập nhật: 30/05/2022", None),
        ("Cập nhật lúc 11:05 31/02/2022", None),
        ("Cập nhật lúc 11:05+99999999999 30/05/2022", Some("2022-05-30T11:05:00+07:00")),
    ];
    for (line, expected) in table {
        let parsed = read("a.txt", &format!("Hai cơ quan ký quy chế phối hợp\n{line}\n{PROSE}\n{PROSE}"));
        assert_eq!(text_of(&parsed, Role::UpdatedAt), line);
        assert_eq!(parsed.meta.updated_at.as_deref(), expected, "{line}");
    }
}

#[test]
fn without_a_zone_an_english_stamp_names_no_moment() {
    let text = "Harbour office sets dates\nUpdated 09:40, 3 March 2027\nThe office signed an agreement on Tuesday.\n\
                It says who will haul the gear out.";
    let parsed = read("a.txt", text);
    assert_eq!(parsed.language, Language::En);
    assert_eq!(text_of(&parsed, Role::UpdatedAt), "Updated 09:40, 3 March 2027");
    assert_eq!(parsed.meta.updated_at, None);
}

#[test]
fn lines_that_only_mention_a_date_are_no_stamps() {
    for line in
        ["Chiều 30/5/2022, hội nghị khai mạc tại Hà Nội.", "Hà Nội họp ngày 30/5/2022", "Kế hoạch 2022-2025"]
    {
        let parsed = read("a.txt", &format!("Tiêu đề của bài viết\n{line}\n{PROSE}\n{PROSE}"));
        assert_eq!(count(&parsed, Role::UpdatedAt), 0, "{line}");
    }
}

#[test]
fn the_parts_of_a_plain_text_are_found_in_any_usual_order() {
    let body = format!("{PROSE}\n{PROSE}\nNguyễn Văn An");
    let table = [
        (format!("Thời sự\nHai cơ quan ký quy chế phối hợp\n{body}"), "SHLPB"),
        (format!("Hai cơ quan ký quy chế phối hợp\n{body}"), "HLPB"),
        (format!("Hai cơ quan ký quy chế phối hợp\n30/05/2022 11:05\n{body}"), "HULPB"),
        (format!("30/05/2022 11:05\nHai cơ quan ký quy chế phối hợp\n{body}"), "UHLPB"),
        (format!("Thời sự\nHai cơ quan ký quy chế phối hợp\n30/05/2022 11:05\n{body}"), "SHULPB"),
        (format!("Hai cơ quan ký quy chế phối hợp\nBài: Trần Thị Bình\n{PROSE}\n{PROSE}"), "HBLP"),
        (format!("Họp báo quý I\n{body}"), "HLPB"),
        (format!("{PROSE}\n{PROSE}"), "PP"),
        (PROSE.to_owned(), "P"),
        (format!("Họp báo\n{PROSE}"), "HP"),
        ("Một dòng\nHai dòng".to_owned(), "PP"),
    ];
    for (text, expected) in table {
        let letters: String = roles(&read("a.txt", &text)).iter().map(|role| letter(*role)).collect();
        assert_eq!(letters, expected, "{text}");
    }
}

fn letter(role: Role) -> char {
    match role {
        Role::SectionLabel => 'S',
        Role::Headline => 'H',
        Role::UpdatedAt => 'U',
        Role::Lede => 'L',
        Role::Paragraph => 'P',
        Role::Byline => 'B',
        Role::Caption => 'C',
        _ => '?',
    }
}

#[test]
fn lists_headings_and_captions_are_told_apart_in_plain_text() {
    let text = format!(
        "Hai cơ quan ký quy chế phối hợp công tác\n{PROSE}\nLễ ký tại trụ sở. Ảnh: Minh Khuê\n{PROSE}\n\
         Việc chung, hạn rõ\n{PROSE}\n- một việc\n1. hai việc\na) ba việc\n{PROSE}\nTin, ảnh: T.H."
    );
    check(
        &read("a.txt", &text),
        &[
            "headline: Hai cơ quan ký quy chế phối hợp công tác",
            &format!("lede: {PROSE}"),
            "caption: Lễ ký tại trụ sở. Ảnh: Minh Khuê",
            &format!("paragraph: {PROSE}"),
            "heading 2: Việc chung, hạn rõ",
            &format!("paragraph: {PROSE}"),
            "list-item: - một việc",
            "list-item: 1. hai việc",
            "list-item: a) ba việc",
            &format!("paragraph: {PROSE}"),
            "byline: Tin, ảnh: T.H.",
        ],
    );
}

#[test]
fn a_regulation_keeps_its_outline() {
    let text = format!(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nQUY CHẾ PHỐI HỢP CÔNG TÁC\nChương I\n\
         Điều 1. Phạm vi điều chỉnh\n{PROSE}\nĐiều 2 Quy chế này cũng áp dụng cho các đơn vị trực thuộc."
    );
    check(
        &read("a.txt", &text),
        &[
            "note: CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "note: Độc lập - Tự do - Hạnh phúc",
            "headline: QUY CHẾ PHỐI HỢP CÔNG TÁC",
            "heading 2: Chương I",
            "heading 3: Điều 1. Phạm vi điều chỉnh",
            &format!("paragraph: {PROSE}"),
            "paragraph: Điều 2 Quy chế này cũng áp dụng cho các đơn vị trực thuộc.",
        ],
    );
}

#[test]
fn an_official_document_is_signed_by_a_person() {
    let text = format!(
        "ỦY BAN NHÂN DÂN TỈNH\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSố: 12/QĐ-UBND\n\
         Bình Sương, ngày 12 tháng 3 năm 2026\nQUYẾT ĐỊNH\nVề việc ban hành Quy chế phối hợp\n{PROSE}\n\
         TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nNguyễn Văn An"
    );
    let parsed = read("a.txt", &text);
    assert_eq!(parsed.title, "QUYẾT ĐỊNH");
    assert_eq!((count(&parsed, Role::Note), count(&parsed, Role::Byline)), (5, 3));
    assert_eq!(parsed.meta.byline.as_deref(), Some("Nguyễn Văn An"));
}

#[test]
fn a_page_without_known_classes_gives_its_parts_all_the_same() {
    let body = format!("<p>{PROSE}</p>").repeat(4);
    let pages = [
        format!("<p>Thời sự<p>30/05/2022 11:05<p>Hai cơ quan ký quy chế phối hợp{body}<p>BTG<p>In"),
        format!(
            "<div>Liên hệ<div><div>Thời sự</div><div>30/05/2022 11:05</div><h3>Hai cơ quan ký quy chế phối hợp</h3>\
             <div><div>{body}<p>BTG</div></div></div></div>"
        ),
        format!(
            "<form><table><tr><td>menu<td><table><tr><td class=CategoryTitle>Thời sự<tr><td>30/05/2022 11:05<br>\
             <span class=Title>Hai cơ quan ký quy chế phối hợp</span><br>{}BTG</table></table></form>",
            format!("{PROSE}<br><br>").repeat(4)
        ),
    ];
    for page in pages {
        let letters: String = roles(&html(&page)).iter().map(|role| letter(*role)).collect();
        assert_eq!(letters, "SUHLPPPB", "{page}");
    }
}

#[test]
fn page_furniture_is_left_out_only_as_a_whole_line() {
    let text = format!(
        "Về đầu trang\nHai cơ quan ký quy chế\n{PROSE}\nIn là một từ.\nTin liên quan\n{PROSE}\nLượt xem: 1.204\nIn\n\
         Tổng lượt truy cập 12,345\nVisits: 3\nA- A A+"
    );
    let parsed = read("a.txt", &text);
    let left_out = [
        "Về đầu trang",
        "Tin liên quan",
        "Lượt xem: 1.204",
        "In",
        "Tổng lượt truy cập 12,345",
        "Visits: 3",
        "A- A A+",
    ];
    assert_eq!(parsed.left_out, left_out);
    assert_eq!(parsed.blocks.len(), 4);
    check(&read("a.txt", "In"), &["paragraph: In"]);
}

#[test]
fn plain_text_keeps_what_stands_inside_a_line() {
    let parsed = read("a.txt", "  a  b\u{a0}\u{a0}c\td \n\n\n\u{a0}e\u{a0}\n");
    check(&parsed, &["paragraph: a  b\u{a0}\u{a0}c d", "paragraph: e"]);
}

#[test]
fn a_long_first_line_makes_a_short_title() {
    let title = read("a.txt", &PROSE.repeat(4)).title;
    assert!(title.starts_with("Chiều qua, hai cơ quan") && title.ends_with('…'));
    assert!(title.chars().count() <= 80);
}

#[test]
fn the_language_is_declared_or_shows_in_the_letters() {
    let table = [
        ("a.txt", PROSE.to_owned(), Language::Vi),
        ("a.txt", "The office signed it.".to_owned(), Language::En),
        ("a.txt", "Un été à la forêt, où l'âne brait.".to_owned(), Language::En),
        ("a.html", "<html lang=vi><p>Ha Noi".to_owned(), Language::Vi),
        ("a.html", "<html lang=en><p>Words".to_owned(), Language::En),
        // Templates declare English and stay so.
        ("a.html", format!("<html lang=en-US><p>{PROSE}"), Language::Vi),
    ];
    for (name, text, expected) in table {
        assert_eq!(read(name, &text).language, expected, "{text}");
    }
}

#[test]
fn the_english_sample_gives_its_parts() {
    let parsed = read("en.md", NOTE);
    assert_eq!(parsed.language, Language::En);
    assert!(parsed.title.starts_with("Quillhaven harbour and seven villages"));
    assert_eq!(parsed.meta.updated_at.as_deref(), Some("2027-03-03T09:40:00+07:00"));
    assert_eq!(parsed.meta.byline.as_deref(), Some("By Nell Harrowgate"));
    assert!(text_of(&parsed, Role::Lede).starts_with("The Quillhaven Harbour Office and"));
    assert_eq!(count(&parsed, Role::Heading(2)), 3);
    assert_eq!(count(&parsed, Role::ListItem), 3);
    assert_eq!(count(&parsed, Role::Quote), 1);
    let links = parsed.blocks.iter().flat_map(|block| &block.marks);
    let links = links.filter(|mark| mark.kind == MarkKind::Link("https://example.org/".into()));
    assert_eq!(links.count(), 1);
}

#[test]
fn markdown_blocks_become_blocks() {
    let text = "---\ntitle: x\n---\nBefore\n\n# One\n\n> quoted\n\n1. first\n2. second\n   - inner\n\n```\nlet a;\n\n\tb\n```\n\n\
                # Two\n\n|a|b|\n|-|-|\n|c|d|\n\n<div>raw</div>\n\n![the *alt*](p.png) and ![](q.png)\n";
    let parsed = read("a.md", text);
    check(
        &parsed,
        &[
            "section-label: Before",
            "headline: One",
            "quote: quoted",
            "list-item: 1. first",
            "list-item: 2. second",
            "list-item: inner",
            "code: let a;",
            "code:  b",
            "heading 1: Two",
            "table-cell: a",
            "table-cell: b",
            "table-cell: c",
            "table-cell: d",
            "caption: the alt",
            "paragraph: and",
        ],
    );
    assert_eq!(parsed.warnings, [Warning::PicturesDropped(2)]);
}

#[test]
fn markdown_marks_lie_on_code_points() {
    let parsed = read("a.md", "Đặt **một** [*hai*](http://a.b/) `x` [no](javascript:x)");
    let block = &parsed.blocks[0];
    assert_eq!(block.text, "Đặt một hai x no");
    let marks: Vec<_> =
        block.marks.iter().map(|mark| (marked(block, mark.span), mark.kind.clone())).collect();
    let expected = [
        ("một".to_owned(), MarkKind::Strong),
        ("hai".to_owned(), MarkKind::Link("http://a.b/".into())),
        ("hai".to_owned(), MarkKind::Emphasis),
        ("x".to_owned(), MarkKind::Code),
    ];
    let mut sorted = marks.clone();
    sorted.sort_by_key(|(text, kind)| (block.text.find(text.as_str()), matches!(kind, MarkKind::Emphasis)));
    assert_eq!(sorted, expected);
}

fn marked(block: &Block, span: concord::model::text::Span) -> String {
    block.text.chars().skip(span.start.0 as usize).take(span.len() as usize).collect()
}

#[test]
fn the_vietnamese_sample_gives_its_parts_and_none_of_its_furniture() {
    let parsed = read("vi.html", PAGE);
    let start: Vec<char> = roles(&parsed).iter().take(6).map(|role| letter(*role)).collect();
    assert_eq!(start, ['S', 'H', 'U', 'L', 'C', 'P']);
    assert_eq!(parsed.meta.section.as_deref(), Some("Văn hóa - Đời sống"));
    assert_eq!(parsed.meta.updated_at.as_deref(), Some("2027-04-14T08:15:00+07:00"));
    assert_eq!(parsed.meta.byline.as_deref(), Some("Hạ Khuê"));
    assert_eq!(count(&parsed, Role::Heading(2)), 1);
    assert_eq!(count(&parsed, Role::ListItem), 3);
    assert_eq!(count(&parsed, Role::Quote), 1);
    assert_eq!(roles(&parsed).last(), Some(&Role::Byline));
    let all = shape(&parsed).join("\n");
    for furniture in
        ["Trang chủ", "Bản in", "Lượt xem", "Tin liên quan", "Tòa soạn", "hội chợ", "Bình Sương Ngày Mới"]
    {
        assert!(!all.contains(furniture), "{furniture}");
    }
    assert!(all.contains("list-item: 1. Thư viện tỉnh chọn sách"));
}

#[test]
fn hidden_and_foreign_elements_are_skipped() {
    let parsed = html(&format!(
        "<nav>n</nav><div hidden>h</div><div style='Display : none'>d</div><p aria-hidden=true>a</p><!-- c -->\
         <article><h1>Title of it</h1><p>{PROSE}</p><div class='ads-box'>x</div><form><input value=v><p>{PROSE}</p>\
         <button>b</button></form><img src=a><img src=b><svg><text>s</text></svg></article><aside>z</aside>"
    ));
    let lede = format!("lede: {PROSE}");
    let paragraph = format!("paragraph: {PROSE}");
    check(&parsed, &["headline: Title of it", &lede, &paragraph]);
    assert_eq!(parsed.warnings, [Warning::PicturesDropped(2)]);
}

#[test]
fn html_text_is_collapsed_split_and_numbered() {
    let parsed = html(
        "<div>bare &nbsp; text<br>second\n\tline<b> bold</b>er</div><ol start=3><li><p>three</p><p>more</p></li><li>four\
         <ul><li>inner</ul></ol><pre>a  b\n\n\tc</pre><table><tr><th>h<td>d</table>",
    );
    check(
        &parsed,
        &[
            "paragraph: bare text",
            "paragraph: second line bolder",
            "list-item: 3. three",
            "list-item: more",
            "list-item: 4. four",
            "list-item: inner",
            "code: a  b",
            "code:  c",
            "table-cell: h",
            "table-cell: d",
        ],
    );
    assert_eq!(marked(&parsed.blocks[1], parsed.blocks[1].marks[0].span), "bold");
}

#[test]
fn parts_of_a_page_may_stand_outside_its_body() {
    let parsed = html(&format!(
        "<ul class=breadcrumb><li>Trang chủ</li><li>Thời sự</li></ul><h1 class=logo>Báo Tỉnh</h1>\
         <h1 class='detail-title'>Hai cơ quan ký quy chế</h1><span class=date>30/05/2022 11:05</span>\
         <h2 class=sapo>{PROSE}</h2><div class='fck_detail'><p>(Chinhphu.vn) - {PROSE}</p><p>{PROSE} Hai.</p>\
         <p>{PROSE} Ba.</p></div><p class=author>Nguyễn An</p><div>Liên hệ quảng cáo</div>"
    ));
    check(
        &parsed,
        &[
            "section-label: Thời sự",
            "headline: Hai cơ quan ký quy chế",
            "updated-at: 30/05/2022 11:05",
            &format!("lede: {PROSE}"),
            &format!("paragraph: {PROSE} Hai."),
            &format!("paragraph: {PROSE} Ba."),
            "byline: Nguyễn An",
        ],
    );
    assert_eq!(parsed.meta.updated_at.as_deref(), Some("2022-05-30T11:05:00+07:00"));
}

#[test]
fn metadata_counts_unless_the_page_contradicts_it() {
    let page = |stamp: &str, json: &str| {
        read(
            "a.html",
            &format!(
                "<html lang=en><title>Harbour sets dates | The Site</title><script type='application/ld+json'>{json}\
                 </script><article><div>{stamp}</div><p>The office signed an agreement on Tuesday.</p>\
                 <p>It says who will haul the gear out.</p></article>"
            ),
        )
    };
    let json = r#"{"@graph":[{"@type":"WebSite"},{"@type":["NewsArticle"],"dateModified":"2027-03-03T09:40:00+01:00",
        "articleSection":["Sea"],"author":[{"name":"A. Writer"},"B. Writer"]}]}"#;
    let table = [
        ("", json, Some("2027-03-03T09:40:00+01:00")),
        ("Updated 3 March 2027", json, Some("2027-03-03T09:40:00+01:00")),
        ("Updated 3 March 2027, 9:40", json, Some("2027-03-03T09:40:00+01:00")),
        ("Updated 4 March 2027, 9:40 UTC", json, Some("2027-03-04T09:40:00+00:00")),
        ("Updated 4 March 2027, 9:40", json, None),
        ("", "{ not json", None),
        ("", "[[[]], null, {\"@type\": 3}]", None),
    ];
    for (stamp, json, expected) in table {
        let parsed = page(stamp, json);
        assert_eq!(parsed.meta.updated_at.as_deref(), expected, "{stamp} {json}");
        assert_eq!(parsed.title, "Harbour sets dates");
    }
    let meta = page("", json).meta;
    assert_eq!(
        (meta.section.as_deref(), meta.byline.as_deref()),
        (Some("Sea"), Some("A. Writer, B. Writer"))
    );
}

#[test]
fn endless_nesting_overflows_nothing() {
    let table = [
        ("div", 100_000),
        ("b", 100_000),
        ("blockquote", 20_000),
        ("font color=red", 20_000),
        ("ul><li", 10_000),
        ("table><tr><td", 10_000),
    ];
    for (tag, depth) in table {
        let deep = format!("{}<p>{PROSE}</p>", format!("<{tag}>").repeat(depth));
        assert!(import(Some("a.html"), &html_bytes(&deep)).is_ok(), "{tag}");
    }
    let quotes = format!("{} {PROSE}", ">".repeat(20_000));
    assert!(import(Some("a.md"), quotes.as_bytes()).is_ok());
    let json = format!("<script type='application/ld+json'>{}</script><p>{PROSE}", "[".repeat(100_000));
    assert!(import(Some("a.html"), &html_bytes(&json)).is_ok());
}

fn html_bytes(body: &str) -> Vec<u8> {
    format!("<meta charset=utf-8>{body}").into_bytes()
}

#[test]
fn large_documents_are_read_in_one_go() {
    let text = format!("{PROSE}\n\n").repeat(20_000);
    assert_eq!(read("a.txt", &text).blocks.len(), 20_000);
    assert_eq!(read("a.md", &text).blocks.len(), 20_000);
    assert_eq!(html(&format!("<p>{PROSE}</p>").repeat(20_000)).blocks.len(), 20_000);
}

/// What holds for every document, whatever it was made from.
fn is_sound(parsed: &Parsed) -> Result<(), TestCaseError> {
    prop_assert!(!parsed.title.trim().is_empty() && parsed.title.chars().count() <= 200);
    prop_assert!(!parsed.blocks.is_empty());
    for block in &parsed.blocks {
        prop_assert!(!block.text.trim().is_empty());
        prop_assert!(!block.text.contains(['\n', '\t', '\r']));
        prop_assert_eq!(&normalized(&block.text), &block.text);
        let len = block.text.chars().count() as u32;
        for mark in &block.marks {
            prop_assert!(mark.span.start < mark.span.end && mark.span.end.0 <= len);
        }
    }
    Ok(())
}

const NAMES: [Option<&str>; 4] = [Some("a.txt"), Some("a.md"), Some("a.html"), None];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_sound_document_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for name in NAMES {
            if let Ok(parsed) = import(name, &bytes) {
                is_sound(&parsed)?;
            }
        }
    }

    #[test]
    fn any_text_gives_a_sound_document_or_an_error(text in "(\\PC|[\n\t\r\u{0}-\u{20}]|[a-z]{1,9} ){0,80}") {
        for name in NAMES {
            if let Ok(parsed) = import(name, text.as_bytes()) {
                is_sound(&parsed)?;
            }
        }
    }

    #[test]
    fn any_mix_of_markup_gives_a_sound_document_or_an_error(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)
    ) {
        let text: String = pieces.concat();
        for name in NAMES {
            if let Ok(parsed) = import(name, text.as_bytes()) {
                is_sound(&parsed)?;
            }
        }
    }
}

/// Pieces that mean something to one of the importers.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href='http://x.y'>",
    "</a>",
    "<div class='sapo'>",
    "</div>",
    "<br>",
    "<li>",
    "<ol>",
    "</ol>",
    "<ul>",
    "<table>",
    "<td>",
    "<pre>",
    "</pre>",
    "<h1>",
    "<h2 class='detail-title'>",
    "<time>",
    "<article>",
    "</article>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<title>",
    "<svg>",
    "&nbsp;",
    "&#x301;",
    "&#13;",
    "**",
    "_",
    "`",
    "[a](http://b)",
    "![c](d)",
    "> ",
    "- ",
    "1. ",
    "# ",
    "\n\n",
    "\n",
    "\t",
    "|a|b|\n|-|-|\n",
    "```\n",
    "<span class=date>",
    "30/05/2022 11:05",
    "+07:00",
    "99999999999",
    "Ảnh: ",
    "BTG",
    "In",
    "Theo ",
    "e\u{301}",
    "\u{301}",
    "\u{a0}",
    "😀",
    "Điều 5.",
    "Chiều qua, hai cơ quan đã ký quy chế phối hợp công tác tại trụ sở của tỉnh.",
    "1.",
    ":",
    "<",
    ">",
    "\"",
];
