//! Cases for re-anchoring whose truth is known by construction: a text of many repeated formulae, an edit that carries
//! along where each character came from, and passages of the old text with their place in the new one.
//!
//! Used by the native tests, and by `examples/anchoring_cases.rs`, which writes them out for the measurements.
use concord::model::anchor::{Selectors, describe};
use concord::model::document::{Block, DocumentText, Role};
use concord::model::text::{Span, Unit};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// SplitMix64 (Steele et al. 2014): the same seed gives the same case everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn chance(&mut self, permille: usize) -> bool {
        self.below(1000) < permille
    }

    pub(crate) fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.below(from.len())]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    Vi,
    En,
}

/// What happens between the two revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One word in a thousand is misspelt.
    FewTypos,
    /// One word in a hundred.
    ManyTypos,
    /// A tenth of the paragraphs stands elsewhere.
    Moved,
    /// A tenth of the sections is gone.
    Deleted,
    /// Three characters in a hundred are misread.
    Misread,
    /// The new text is decomposed.
    Decomposed,
    /// The tone stands over the other vowel.
    Tones,
    /// Other quotation marks, dashes and spaces.
    Typography,
    /// One paragraph stands fifty times; others come in between, and words change.
    Boilerplate,
}

pub(crate) const KINDS: [Kind; 9] = [
    Kind::FewTypos,
    Kind::ManyTypos,
    Kind::Moved,
    Kind::Deleted,
    Kind::Misread,
    Kind::Decomposed,
    Kind::Tones,
    Kind::Typography,
    Kind::Boilerplate,
];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FewTypos => "typos-0.1",
            Self::ManyTypos => "typos-1",
            Self::Moved => "moved",
            Self::Deleted => "deleted",
            Self::Misread => "ocr-3",
            Self::Decomposed => "nfd",
            Self::Tones => "tones",
            Self::Typography => "typography",
            Self::Boilerplate => "boilerplate",
        }
    }
}

/// A case.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) language: &'static str,
    pub(crate) kind: &'static str,
    /// Code points of the old text.
    pub(crate) size: usize,
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) passages: Vec<Passage>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Passage {
    #[serde(flatten)]
    pub(crate) selectors: Selectors,
    /// Where it stands in the new text; none when it was deleted.
    pub(crate) truth: Option<Span>,
}

/// Makes a case of about `size` code points with so many passages.
pub(crate) fn case(tongue: Tongue, kind: Kind, size: usize, passages: usize, seed: u64) -> Case {
    let mut random = Random::new(seed ^ (size as u64) << 8 ^ (kind as u64) << 32 ^ (tongue as u64) << 40);
    let paragraphs = paragraphs(tongue, kind, size, &mut random);
    let old = paragraphs.join("\n");
    let new = edited(tongue, kind, &paragraphs, &mut random);
    let text = document(&old);
    let mut place_of: Vec<Option<u32>> = vec![None; old.chars().count()];
    for (at, (_, origin)) in new.iter().enumerate() {
        if let Some(origin) = origin {
            place_of[*origin as usize] = Some(at as u32);
        }
    }
    let passages = (0..passages)
        .map(|_| {
            let span = passage(&text, &mut random);
            let places: Vec<u32> =
                place_of[span.start.0 as usize..span.end.0 as usize].iter().flatten().copied().collect();
            // A few characters of a passage that is gone do not make it a passage.
            let is_there = 3 * places.len() > span.len() as usize;
            let ends = places.iter().min().zip(places.iter().max()).filter(|_| is_there);
            let truth = ends.map(|(first, last)| Span::new(*first, last + 1));
            Passage { selectors: describe(&text, span), truth }
        })
        .collect();
    let language = if tongue == Tongue::Vi { "vi" } else { "en" };
    let mut new: String = new.iter().map(|(c, _)| c).collect();
    let mut case = Case {
        id: format!("{language}-{}-{size}", kind.name()),
        language,
        kind: kind.name(),
        size: text.char_len().0 as usize,
        old,
        new: String::new(),
        passages,
    };
    if kind == Kind::Decomposed {
        decompose(&mut case, &new);
        new = new.nfd().collect();
    }
    case.new = new;
    case
}

/// The truth counts in the decomposed text.
fn decompose(case: &mut Case, new: &str) {
    let mut at = 0_u32;
    let mut starts: Vec<u32> = new
        .chars()
        .map(|c| {
            let start = at;
            at += std::iter::once(c).nfd().count() as u32;
            start
        })
        .collect();
    starts.push(at);
    for passage in &mut case.passages {
        if let Some(span) = &mut passage.truth {
            *span = Span::new(starts[span.start.0 as usize], starts[span.end.0 as usize]);
        }
    }
}

pub(crate) fn document(text: &str) -> DocumentText {
    let blocks: Vec<Block> = text
        .split('\n')
        .map(|line| Block { role: Role::Paragraph, text: line.to_owned(), marks: Vec::new() })
        .collect();
    DocumentText::new(&blocks)
}

/// Some words of one paragraph.
fn passage(text: &DocumentText, random: &mut Random) -> Span {
    loop {
        let block = random.below(text.block_count());
        let words = text.spans_in_block(block, Unit::Syllable);
        if words.len() < 3 {
            continue;
        }
        let first = random.below(words.len());
        let length = if random.chance(300) { 1 + random.below(3) } else { 3 + random.below(22) };
        let last = (first + length).min(words.len()) - 1;
        return Span { start: words[first].start, end: words[last].end };
    }
}

struct Lists {
    agencies: &'static [&'static str],
    actions: &'static [&'static str],
    objects: &'static [&'static str],
    places: &'static [&'static str],
    frames: &'static [&'static str],
    formulae: &'static [&'static str],
}

const VI: Lists = Lists {
    agencies: &[
        "Sở Nông nghiệp",
        "Sở Tài chính",
        "Sở Y tế",
        "Sở Giáo dục",
        "Sở Xây dựng",
        "Sở Công Thương",
        "Hội Nông dân",
        "Hội Phụ nữ",
        "Đoàn Thanh niên",
        "Ban Quản lý chợ",
        "Trung tâm Khuyến nông",
        "Chi cục Thủy lợi",
        "Công an huyện",
        "Phòng Văn hóa",
        "Bưu điện huyện",
        "Hợp tác xã Hòa Bình",
        "Liên minh hợp tác xã",
        "Hội Chữ thập đỏ",
    ],
    actions: &[
        "rà soát",
        "sửa chữa",
        "nghiệm thu",
        "tuyên truyền về",
        "lập kế hoạch cho",
        "kiểm tra",
        "bàn giao",
        "số hóa",
        "hỗ trợ",
        "quy hoạch lại",
        "thí điểm",
        "đánh giá",
        "công bố",
        "duy tu",
        "khảo sát",
        "mở rộng",
    ],
    objects: &[
        "hệ thống kênh mương",
        "đường liên xã",
        "trạm y tế lưu động",
        "lớp học buổi tối",
        "kho giống lúa",
        "bến thuyền",
        "vườn ươm",
        "tuyến xe đưa đón học sinh",
        "nhà văn hóa thôn",
        "hồ chứa nước",
        "chợ phiên",
        "lò sấy nông sản",
        "đội dân phòng",
        "thư viện lưu động",
        "quỹ tín dụng nhỏ",
        "cầu treo",
        "hàng hoá tồn kho",
    ],
    places: &[
        "xã An Thủy",
        "xã Hòa Lạc",
        "thôn Đông",
        "thôn Trung",
        "huyện Vĩnh Khê",
        "thị trấn Cầu Mới",
        "xã Tân Hoà",
        "vùng đồi phía tây",
        "ba xã ven sông",
        "khu tái định cư",
        "xã Phú Thuận",
        "bản Nà Lúa",
    ],
    frames: &[
        "{A} chủ trì, phối hợp với {A} {V} {O} tại {P} trước ngày {D}.",
        "Giao {A} {V} {O} ở {P}, báo cáo kết quả vào ngày {D}.",
        "Trong quý {Q}, {A} cùng {A} đã {V} {N} {O} trên địa bàn {P}.",
        "Kinh phí {N} triệu đồng lấy từ nguồn của {A} để {V} {O}.",
        "Theo Quyết định số {N}/QĐ-UB ngày {D}, {A} có trách nhiệm {V} {O}.",
        "Đến hết ngày {D}, {P} phấn đấu {V} xong {N} {O}.",
        "{A} đề nghị {A} cho ý kiến về việc {V} {O} tại {P}.",
        "“{O}” là việc được {P} chờ đợi nhất, ông chủ tịch xã nói ngày {D}.",
        "Có {N} hộ ở {P} tham gia {V} {O} – tăng {N} hộ so với năm trước.",
        "Nếu chậm, {A} phải giải trình với {A} về {O} trước ngày {D}.",
    ],
    formulae: &[
        "Các cơ quan, đơn vị căn cứ chức năng, nhiệm vụ được giao tổ chức thực hiện nghiêm túc.",
        "Trong quá trình thực hiện, nếu có vướng mắc, kịp thời phản ánh để được xem xét, giải quyết.",
        "Định kỳ hằng tháng báo cáo kết quả để tổng hợp.",
    ],
};

const EN: Lists = Lists {
    agencies: &[
        "the Water Board",
        "the County Library",
        "the Road Office",
        "the Farmers' Union",
        "the Clinic Trust",
        "the School Council",
        "the Market Office",
        "the Harbour Master",
        "the Forest Service",
        "the Youth League",
        "the Fire Brigade",
        "the Land Registry",
        "the Seed Bank",
        "the Bus Company",
        "the Housing Fund",
    ],
    actions: &[
        "repair",
        "survey",
        "widen",
        "inspect",
        "hand over",
        "advertise",
        "plan",
        "measure",
        "reopen",
        "insure",
        "digitise",
        "repaint",
        "fund",
        "evaluate",
        "relocate",
    ],
    objects: &[
        "the eastern canal",
        "the night school",
        "the mobile clinic",
        "the grain store",
        "the ferry landing",
        "the tree nursery",
        "the school bus line",
        "the village hall",
        "the reservoir",
        "the weekly market",
        "the drying kiln",
        "the volunteer watch",
        "the travelling library",
        "the small-loans fund",
        "the rope bridge",
    ],
    places: &[
        "Upper Ford",
        "Lower Ford",
        "the western hills",
        "Millbank",
        "the three river parishes",
        "Saltmarsh",
        "the resettled quarter",
        "Newbridge",
        "Orchard End",
        "Stonefield",
    ],
    frames: &[
        "{A} leads and, together with {A}, shall {V} {O} at {P} before {D}.",
        "On {D} {A} was told to {V} {O} in {P} and to report.",
        "In quarter {Q}, {A} and {A} were asked to {V} {N} parts of {O} around {P}.",
        "A sum of {N} thousand comes from {A} in order to {V} {O}.",
        "Under Order No {N} of {D}, {A} must {V} {O}.",
        "By {D}, {P} hopes to {V} {N} stretches of {O}.",
        "{A} asks {A} whether to {V} {O} in {P}.",
        "“{O} is what people at {P} talk about”, said the mayor on {D}.",
        "Some {N} households of {P} helped to {V} {O} – {N} more than a year ago.",
    ],
    formulae: &[
        "All offices shall carry out this plan within their remit and without delay.",
        "Where difficulties arise, they shall be reported at once so that they can be considered.",
        "Results are reported at the end of each month.",
    ],
};

fn paragraphs(tongue: Tongue, kind: Kind, size: usize, random: &mut Random) -> Vec<String> {
    let lists = if tongue == Tongue::Vi { &VI } else { &EN };
    let boilerplate = format!("{} {}", sentence(lists, random), lists.formulae.join(" "));
    let mut paragraphs = Vec::new();
    let mut length = 0;
    while length < size {
        let mut text = Vec::new();
        for _ in 0..2 + random.below(4) {
            text.push(sentence(lists, random));
        }
        if random.chance(200) {
            text.push(random.pick(lists.formulae).to_owned());
        }
        let text = text.join(" ");
        length += text.chars().count() + 1;
        paragraphs.push(text);
    }
    if kind == Kind::Boilerplate {
        let step = (paragraphs.len() / 50).max(1);
        for n in (0..50).rev() {
            paragraphs.insert((n * step).min(paragraphs.len()), boilerplate.clone());
        }
    }
    paragraphs
}

fn sentence(lists: &Lists, random: &mut Random) -> String {
    let mut text = String::new();
    let mut chars = random.pick(lists.frames).chars();
    while let Some(c) = chars.next() {
        if c != '{' {
            text.push(c);
            continue;
        }
        let slot = chars.next().unwrap_or(' ');
        chars.next();
        let value = match slot {
            'A' => random.pick(lists.agencies).to_owned(),
            'V' => random.pick(lists.actions).to_owned(),
            'O' => random.pick(lists.objects).to_owned(),
            'P' => random.pick(lists.places).to_owned(),
            'D' => format!("{}/{}/20{}", 1 + random.below(28), 1 + random.below(12), 20 + random.below(8)),
            'Q' => ["I", "II", "III", "IV"][random.below(4)].to_owned(),
            _ => (2 + random.below(900)).to_string(),
        };
        text.push_str(&value);
    }
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

type Traced = Vec<(char, Option<u32>)>;

fn edited(tongue: Tongue, kind: Kind, paragraphs: &[String], random: &mut Random) -> Traced {
    let mut origin = 0;
    let mut lines: Vec<Traced> = paragraphs
        .iter()
        .map(|text| {
            let line: Traced = text
                .chars()
                .map(|c| {
                    origin += 1;
                    (c, Some(origin - 1))
                })
                .collect();
            origin += 1;
            line
        })
        .collect();
    let lists = if tongue == Tongue::Vi { &VI } else { &EN };
    match kind {
        Kind::Moved => {
            let count = lines.len().div_ceil(10);
            for _ in 0..count {
                let line = lines.remove(random.below(lines.len()));
                lines.insert(random.below(lines.len() + 1), line);
            }
        }
        Kind::Deleted => {
            let section = (lines.len() / 40).max(1);
            for _ in 0..4 {
                let start = random.below(lines.len() - section);
                lines.drain(start..start + section);
            }
        }
        Kind::Boilerplate => {
            for _ in 0..lines.len().div_ceil(30) {
                let text = sentence(lists, random);
                lines.insert(random.below(lines.len() + 1), text.chars().map(|c| (c, None)).collect());
            }
        }
        _ => {}
    }
    let permille = match kind {
        Kind::FewTypos => 1,
        Kind::ManyTypos | Kind::Boilerplate => 10,
        _ => 0,
    };
    let mut new: Traced = Vec::new();
    for (n, line) in lines.into_iter().enumerate() {
        if n > 0 {
            new.push(('\n', None));
        }
        let line = match kind {
            Kind::Misread => misread(line, random),
            Kind::Tones => tones_swapped(line),
            Kind::Typography => other_typography(line, random),
            _ => misspelt(line, permille, random),
        };
        new.extend(line);
    }
    new
}

/// A letter left out, doubled, swapped or replaced in some of the words.
fn misspelt(line: Traced, permille: usize, random: &mut Random) -> Traced {
    let mut new: Traced = Vec::with_capacity(line.len());
    for word in line.split_inclusive(|(c, _)| *c == ' ') {
        let mut word = word.to_vec();
        let letters = word.iter().filter(|(c, _)| c.is_alphanumeric()).count();
        if letters > 1 && random.chance(permille) {
            let at = random.below(letters);
            match random.below(4) {
                0 => {
                    word.remove(at);
                }
                1 => word.insert(at, (word[at].0, None)),
                2 if at + 1 < word.len() => word.swap(at, at + 1),
                _ => word[at].0 = (b'a' + random.below(26) as u8) as char,
            }
        }
        new.extend(word);
    }
    new
}

fn misread(line: Traced, random: &mut Random) -> Traced {
    let mut new = Vec::with_capacity(line.len());
    for (c, origin) in line {
        match random.below(100) {
            0 => {}
            1 => {
                new.push((c, origin));
                new.push(("ilr.,"[random.below(5)..].chars().next().unwrap_or('i'), None));
            }
            2 if c.is_alphabetic() => {
                new.push(((b'a' + random.below(26) as u8) as char, origin));
            }
            _ => new.push((c, origin)),
        }
    }
    new
}

fn tones_swapped(line: Traced) -> Traced {
    const PAIRS: [(&str, &str); 15] = [
        ("òa", "oà"),
        ("óa", "oá"),
        ("ỏa", "oả"),
        ("õa", "oã"),
        ("ọa", "oạ"),
        ("òe", "oè"),
        ("óe", "oé"),
        ("ỏe", "oẻ"),
        ("õe", "oẽ"),
        ("ọe", "oẹ"),
        ("ùy", "uỳ"),
        ("úy", "uý"),
        ("ủy", "uỷ"),
        ("ũy", "uỹ"),
        ("ụy", "uỵ"),
    ];
    let mut new = line;
    for n in 1..new.len() {
        let pair: String = [new[n - 1].0, new[n].0].iter().collect();
        let other = PAIRS.iter().find_map(|(a, b)| {
            if *a == pair {
                Some(*b)
            } else if *b == pair {
                Some(*a)
            } else {
                None
            }
        });
        if let Some(other) = other {
            let mut chars = other.chars();
            new[n - 1].0 = chars.next().unwrap_or_default();
            new[n].0 = chars.next().unwrap_or_default();
        }
    }
    new
}

fn other_typography(line: Traced, random: &mut Random) -> Traced {
    let mut new = Vec::with_capacity(line.len());
    for (c, origin) in line {
        match c {
            '“' | '”' => new.push(('"', origin)),
            '\'' => new.push(('’', origin)),
            '–' => new.push(('-', origin)),
            ' ' if random.chance(100) => new.push(('\u{a0}', origin)),
            ' ' if random.chance(50) => new.extend([(' ', origin), (' ', None)]),
            c => new.push((c, origin)),
        }
    }
    new
}
