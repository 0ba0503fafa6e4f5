//! The whole-line dictionary of page furniture: what print links, counters and share buttons say.

/// Lines that are furniture wherever they stand.
const ANYWHERE: &[&str] = &[
    "bản in",
    "in bài",
    "in bài viết",
    "in bài này",
    "in trang",
    "in trang này",
    "về đầu",
    "về đầu trang",
    "lên đầu trang",
    "đầu trang",
    "gửi email",
    "gửi bình luận",
    "gửi cho bạn bè",
    "tin liên quan",
    "bài viết liên quan",
    "tin bài liên quan",
    "các tin khác",
    "các tin đã đưa",
    "các bài khác",
    "đọc nhiều",
    "tin đọc nhiều",
    "print version",
    "print this page",
    "email this",
    "email this page",
    "back to top",
    "skip to content",
    "share this",
];

/// Lines that are also words or headings, and furniture only near an end of the page.
const NEAR_THE_ENDS: &[&str] = &[
    "in",
    "chia sẻ",
    "từ khóa",
    "từ khoá",
    "print",
    "email",
    "top",
    "share",
    "related",
    "bình luận",
    "trang chủ",
];

/// What visit counters say before their number.
const COUNTERS: &[&str] = &[
    "lượt truy cập",
    "tổng lượt truy cập",
    "số lượt truy cập",
    "tổng số lượt truy cập",
    "lượt xem",
    "tổng lượt xem",
    "số lượt xem",
    "đang online",
    "đang trực tuyến",
    "visits",
    "page views",
];

const SIZE_BUTTONS: &[&str] = &["a-", "a+", "a- a a+", "a- a+", "a-a+", "a-aa+"];

/// Whether a line is page furniture.
pub(super) fn is_chrome(line: &str, is_near_an_end: bool) -> bool {
    const LONGEST: usize = 120;
    if line.len() > LONGEST {
        return false;
    }
    let lower = line.trim().to_lowercase();
    let is_edge = |c: char| !c.is_alphanumeric();
    let core = lower.trim_matches(is_edge);
    SIZE_BUTTONS.contains(&lower.as_str())
        || ANYWHERE.contains(&core)
        || (is_near_an_end && NEAR_THE_ENDS.contains(&core))
        || is_counter(&lower, is_near_an_end)
}

fn is_counter(lower: &str, is_near_an_end: bool) -> bool {
    let is_number_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, ':' | '.' | ',');
    let words = lower.trim_end_matches(is_number_part);
    let number = lower.get(words.len()..).unwrap_or("");
    // The bare words could be a heading, or what a text is about.
    let says_count = is_near_an_end || number.contains(':') || number.contains(|c: char| c.is_ascii_digit());
    says_count && COUNTERS.contains(&words.trim_start_matches(|c: char| !c.is_alphanumeric()))
}
