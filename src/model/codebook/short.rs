//! The built-in short codebook: twelve tags in five families.
use super::{Bilingual, Family, Tag, TagStyle};

/// `(id, style, family, digit, Vietnamese, English, definition in Vietnamese, definition in English)`
type Row = (&'static str, TagStyle, Family, Option<char>, [&'static str; 2], [&'static str; 2]);

#[rustfmt::skip]
const TAGS: [Row; 12] = [
    ("lead", TagStyle::Lead, Family::Party, Some('1'), ["Chủ trì", "Lead"],
        ["Cơ quan, tổ chức hoặc người chịu trách nhiệm chính về việc này", "The body or person that answers for the task"]),
    ("partner", TagStyle::Partner, Family::Party, Some('2'), ["Phối hợp", "Partner"],
        ["Bên cùng làm, ngang hàng với bên chủ trì", "A body that works on it beside the lead"]),
    ("target", TagStyle::Target, Family::Party, Some('3'), ["Đối tượng", "For whom"],
        ["Người hoặc nhóm được hưởng, được phục vụ", "The people who benefit or are served"]),
    ("task", TagStyle::Task, Family::Work, Some('4'), ["Nhiệm vụ", "Task"],
        ["Vế câu nêu việc đã làm, sẽ làm hoặc được giao", "The clause that states what was, will be or must be done"]),
    ("result", TagStyle::Result, Family::Work, Some('5'), ["Kết quả", "Result"],
        ["Sản phẩm hoặc hiệu quả của nhiệm vụ", "What the task yields or led to"]),
    ("measure", TagStyle::Measure, Family::Work, Some('6'), ["Chỉ tiêu", "Measure"],
        ["Con số hoặc thước đo phải đạt, đã đạt", "A figure or yardstick to reach, or reached"]),
    ("basis", TagStyle::Basis, Family::Basis, Some('7'), ["Căn cứ", "Basis"],
        ["Văn bản mà nhiệm vụ dựa vào", "The document under which the task is done"]),
    ("funds", TagStyle::Funds, Family::Basis, Some('8'), ["Kinh phí", "Funds"],
        ["Tiền và nguồn lực, ai chi", "Money and means, and who gives them"]),
    ("due", TagStyle::Due, Family::Time, Some('9'), ["Thời hạn", "Due"],
        ["Ngày, kỳ hoặc giai đoạn phải xong", "The date or period by which it must be done"]),
    ("place", TagStyle::Place, Family::Time, Some('0'), ["Địa bàn", "Place"],
        ["Nơi thực hiện", "Where it is done"]),
    ("gap", TagStyle::Gap, Family::Check, None, ["Chưa rõ", "Unclear"],
        ["Chỗ thiếu, mơ hồ hoặc mâu thuẫn, cần hỏi lại", "Something missing, vague or contradictory, to ask about"]),
    ("study", TagStyle::Study, Family::Check, None, ["Học liệu", "Study"],
        ["Đoạn đáng đưa vào tài liệu học", "A passage worth teaching"]),
];

/// The tags as values.
pub(super) fn tags() -> Vec<Tag> {
    let bilingual = |[vi, en]: [&str; 2]| Bilingual { vi: vi.to_owned(), en: en.to_owned() };
    TAGS.iter()
        .map(|&(id, style, family, digit, name, definition)| Tag {
            id: id.into(),
            name: bilingual(name),
            definition: bilingual(definition),
            family,
            style,
            digit,
        })
        .collect()
}
