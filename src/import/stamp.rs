//! Reads the line that tells when a page was published or updated.
use crate::model::document::Language;

/// A date, with what else a stamp says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Year, month, day.
    pub(super) date: (u32, u32, u32),
    /// Hour, minute, second.
    time: Option<(u32, u32, u32)>,
    /// Minutes east of Greenwich.
    zone: Option<i32>,
}

impl Stamp {
    /// The moment as RFC 3339; none without a time of day or a zone. A Vietnamese page without a zone means its own.
    pub(super) fn rfc3339(self, language: Language) -> Option<String> {
        const VIETNAM: i32 = 7 * 60;
        let (year, month, day) = self.date;
        let (hour, minute, second) = self.time?;
        let zone = self.zone.or((language == Language::Vi).then_some(VIETNAM))?;
        let sign = if zone < 0 { '-' } else { '+' };
        let (zone_hour, zone_minute) = (zone.abs() / 60, zone.abs() % 60);
        Some(format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{zone_hour:02}:{zone_minute:02}"
        ))
    }

    /// Whether another stamp tells the same, as far as this one goes; it may tell more.
    fn agrees_with(self, other: Self) -> bool {
        let minutes = |stamp: Self| stamp.time.map(|(hour, minute, _)| (hour, minute));
        self.date == other.date
            && (self.time.is_none() || minutes(self) == minutes(other))
            && (self.zone.is_none() || self.zone == other.zone)
    }
}

/// The moment of a page: what is visible decides, metadata may make it more exact.
pub(super) fn moment(visible: Option<Stamp>, metadata: &[String], language: Language) -> Option<String> {
    let mut declared = metadata.iter().filter_map(|value| date_in(value));
    match visible {
        None => declared.find_map(|stamp| stamp.rfc3339(language)),
        Some(visible) => {
            let exact = declared.filter(|stamp| visible.agrees_with(*stamp));
            let exact = exact.filter_map(|stamp| stamp.rfc3339(language)).next();
            exact.or_else(|| visible.rfc3339(language))
        }
    }
}

/// Reads a line that is a stamp as a whole: `Cập nhật lúc 11:05 30/05/2022 (GMT+7)`.
/// The outer `None` means that the line is none; the inner one that its date cannot be read.
pub(super) fn stamp_line(line: &str) -> Option<Option<Stamp>> {
    const LONGEST_BYTES: usize = 200;
    if line.len() > LONGEST_BYTES || !line.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let tokens = tokens(line);
    let mut read = Reading::new(&tokens);
    let stamp = read.stamp();
    let loose_words = read.loose_words();
    let is_announced = is_announced(&tokens);
    let ends_sentence = line.trim_end().ends_with('.');
    match stamp {
        Some(stamp) if loose_words == 0 => Some(Some(stamp)),
        _ if is_announced && loose_words <= 6 && !ends_sentence => Some(stamp),
        _ => None,
    }
}

/// The first date in a value such as that of a `datetime` attribute, with its time and zone.
pub(super) fn date_in(value: &str) -> Option<Stamp> {
    const LONGEST_BYTES: usize = 200;
    if value.len() > LONGEST_BYTES {
        return None;
    }
    Reading::new(&tokens(value)).stamp()
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number { value: u32, digits: usize },
    Word(String),
    Sign(char),
}

fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let run = |is_part: fn(char) -> bool| rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let len = if c.is_ascii_digit() {
            run(|c| c.is_ascii_digit())
        } else if c.is_alphabetic() {
            run(char::is_alphabetic)
        } else {
            c.len_utf8()
        };
        let (piece, after) = rest.split_at(len);
        if c.is_ascii_digit() {
            tokens.push(Token::Number { value: piece.parse().unwrap_or(u32::MAX), digits: len });
        } else if c.is_alphabetic() {
            tokens.push(Token::Word(piece.to_lowercase()));
        } else if !c.is_whitespace() {
            tokens.push(Token::Sign(if c == '−' { '-' } else { c }));
        }
        rest = after;
    }
    tokens
}

/// Whether the line starts with words that only a stamp starts with.
fn is_announced(tokens: &[Token]) -> bool {
    const OPENINGS: [&[&str]; 12] = [
        &["cập", "nhật"],
        &["ngày", "đăng"],
        &["ngày", "cập", "nhật"],
        &["ngày", "xuất", "bản"],
        &["đăng", "ngày"],
        &["đăng", "lúc"],
        &["xuất", "bản"],
        &["published"],
        &["updated"],
        &["last", "updated"],
        &["last", "modified"],
        &["posted"],
    ];
    let starts_with = |opening: &[&str]| {
        tokens.len() > opening.len()
            && opening
                .iter()
                .zip(tokens)
                .all(|(word, token)| matches!(token, Token::Word(found) if found == word))
    };
    OPENINGS.iter().any(|opening| starts_with(opening))
}

/// Words that stand in stamps beside the date itself.
fn is_stamp_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "cập",
        "nhật",
        "lúc",
        "ngày",
        "đăng",
        "xuất",
        "bản",
        "thời",
        "gian",
        "lần",
        "cuối",
        "thứ",
        "hai",
        "ba",
        "tư",
        "bốn",
        "năm",
        "sáu",
        "bảy",
        "chủ",
        "giờ",
        "phút",
        "sáng",
        "chiều",
        "tối",
        "published",
        "updated",
        "last",
        "modified",
        "posted",
        "on",
        "at",
        "date",
        "time",
        "am",
        "pm",
        "sa",
        "ch",
        "gmt",
        "utc",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "h",
        "t",
        "vn",
        "ict",
    ];
    WORDS.contains(&word)
}

/// Reads tokens, and remembers which ones said something.
struct Reading<'a> {
    tokens: &'a [Token],
    used: Vec<bool>,
}

impl<'a> Reading<'a> {
    fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, used: vec![false; tokens.len()] }
    }

    fn stamp(&mut self) -> Option<Stamp> {
        let date = self.first(Self::date_at)?;
        let time = self.first(Self::time_at);
        let zone = self.zone();
        Some(Stamp { date, time, zone })
    }

    /// Words and numbers that belong to no part of a stamp.
    fn loose_words(&self) -> usize {
        let loose = self.tokens.iter().zip(&self.used).filter(|(token, used)| match token {
            Token::Word(word) => !**used && !is_stamp_word(word),
            Token::Number { .. } => !**used,
            Token::Sign(_) => false,
        });
        loose.count()
    }

    /// The first place where `read` finds something in tokens that are still free.
    fn first<T>(&mut self, read: fn(&Self, usize) -> Option<(T, usize)>) -> Option<T> {
        for at in 0..self.tokens.len() {
            if let Some((found, len)) = read(self, at)
                && !self.used.iter().skip(at).take(len).any(|used| *used)
            {
                self.used.iter_mut().skip(at).take(len).for_each(|used| *used = true);
                return Some(found);
            }
        }
        None
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.tokens.get(at)? {
            Token::Number { value, digits } => Some((*value, *digits)),
            _ => None,
        }
    }

    fn word(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at)? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at)? {
            Token::Sign(sign) => Some(*sign),
            _ => None,
        }
    }

    fn date_at(&self, at: usize) -> Option<((u32, u32, u32), usize)> {
        self.numeric_date(at).or_else(|| self.date_in_vietnamese(at)).or_else(|| self.date_in_english(at))
    }

    /// `30/05/2022`, `30-5-2022`, `30.5.2022`, `2022-05-30`.
    fn numeric_date(&self, at: usize) -> Option<((u32, u32, u32), usize)> {
        let separator = self.sign(at + 1).filter(|sign| matches!(sign, '/' | '-' | '.'))?;
        if self.sign(at + 3) != Some(separator) {
            return None;
        }
        let (first, second, third) = (self.number(at)?, self.number(at + 2)?, self.number(at + 4)?);
        let date = match (first.1, third.1) {
            (4, 1..=2) => (first.0, second.0, third.0),
            (1..=2, 4) => (third.0, second.0, first.0),
            _ => return None,
        };
        checked(date).map(|date| (date, 5))
    }

    /// `30 tháng 5 năm 2022`, `30 tháng 5, 2022`.
    fn date_in_vietnamese(&self, at: usize) -> Option<((u32, u32, u32), usize)> {
        let (day, _) = self.number(at)?;
        if self.word(at + 1) != Some("tháng") {
            return None;
        }
        let (month, _) = self.number(at + 2)?;
        let joined = self.word(at + 3) == Some("năm") || self.sign(at + 3) == Some(',');
        let year_at = if joined { at + 4 } else { at + 3 };
        let year = self.year(year_at)?;
        checked((year, month, day)).map(|date| (date, year_at + 1 - at))
    }

    /// `3 March 2027`, `3rd of March, 2027`, `March 3, 2027`.
    fn date_in_english(&self, at: usize) -> Option<((u32, u32, u32), usize)> {
        let (day_at, month_at) = if self.word(at).and_then(month).is_some() {
            (at + 1, at)
        } else {
            let next = self.after_ordinal(at + 1);
            (at, if self.word(next) == Some("of") { next + 1 } else { next })
        };
        let (day, _) = self.number(day_at)?;
        let month = month(self.word(month_at)?)?;
        let mut next = if day_at > month_at { self.after_ordinal(day_at + 1) } else { month_at + 1 };
        while matches!(self.sign(next), Some(',' | '.')) {
            next += 1;
        }
        let year = self.year(next)?;
        checked((year, month, day)).map(|date| (date, next + 1 - at))
    }

    fn after_ordinal(&self, at: usize) -> usize {
        at + usize::from(matches!(self.word(at), Some("st" | "nd" | "rd" | "th")))
    }

    fn year(&self, at: usize) -> Option<u32> {
        self.number(at).filter(|(_, digits)| *digits == 4).map(|(year, _)| year)
    }

    /// `11:05`, `11:05:30`, `16h40`, `16 giờ 40`, `4:40 PM`.
    fn time_at(&self, at: usize) -> Option<((u32, u32, u32), usize)> {
        let (hour, hour_digits) = self.number(at)?;
        let is_separated =
            self.sign(at + 1) == Some(':') || matches!(self.word(at + 1), Some("h" | "g" | "giờ"));
        let (minute, minute_digits) = self.number(at + 2)?;
        if !is_separated || hour_digits > 2 || minute_digits != 2 {
            return None;
        }
        let mut len = 3;
        let mut second = 0;
        if self.sign(at + 3) == Some(':')
            && let Some((value, 2)) = self.number(at + 4)
        {
            (second, len) = (value, 5);
            // Fractions of a second.
            if self.sign(at + 5) == Some('.') && self.number(at + 6).is_some() {
                len = 7;
            }
        }
        let hour = match self.word(at + len) {
            // `17:09 PM` occurs.
            Some("pm" | "ch") if hour < 12 => hour + 12,
            Some("am" | "sa") if hour == 12 => 0,
            _ => hour,
        };
        (hour < 24 && minute < 60 && second < 60).then_some(((hour, minute, second), len))
    }

    /// `GMT+7`, `UTC`, `GMT+07:00`, `Z` or `+07:00` behind a time.
    fn zone(&mut self) -> Option<i32> {
        for at in 0..self.tokens.len() {
            let after = match self.word(at) {
                Some("gmt" | "utc") => at + 1,
                Some("z") if self.is_behind_time(at) => {
                    self.use_up(at, at + 1);
                    return Some(0);
                }
                _ if self.is_behind_time(at) => at,
                _ => continue,
            };
            if let Some((minutes, end)) = self.offset_at(after) {
                self.use_up(at, end);
                return Some(minutes);
            }
            if after > at {
                self.use_up(at, after);
                return Some(0);
            }
        }
        None
    }

    fn is_behind_time(&self, at: usize) -> bool {
        let is_used = |at: usize| self.used.get(at).copied().unwrap_or(false);
        // Directly behind two digits that follow a colon, or behind fractions of a second.
        at >= 3
            && is_used(at - 1)
            && !is_used(at)
            && self.number(at - 1).is_some()
            && matches!(self.sign(at - 2), Some(':' | '.'))
            && self.sign(at).is_none_or(|sign| matches!(sign, '+' | '-'))
    }

    fn offset_at(&self, at: usize) -> Option<(i32, usize)> {
        let sign = match self.sign(at)? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let (value, digits) = self.number(at + 1)?;
        let (hours, minutes, end) = if digits == 4 {
            (value / 100, value % 100, at + 2)
        } else if self.sign(at + 2) == Some(':')
            && let Some((minutes, 2)) = self.number(at + 3)
        {
            (value, minutes, at + 4)
        } else {
            (value, 0, at + 2)
        };
        let is_offset = hours <= 14 && minutes < 60 && !self.used.get(at + 1).copied().unwrap_or(false);
        is_offset.then(|| (sign * (hours * 60 + minutes) as i32, end))
    }

    fn use_up(&mut self, from: usize, to: usize) {
        self.used.iter_mut().take(to).skip(from).for_each(|used| *used = true);
    }
}

fn checked(date: (u32, u32, u32)) -> Option<(u32, u32, u32)> {
    let (year, month, day) = date;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1000..=9999).contains(&year) && (1..=days).contains(&day)).then_some(date)
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_name = |name: &&str| *name == word || name.get(..3) == Some(word) || name.get(..4) == Some(word);
    MONTHS.iter().position(is_name).map(|n| n as u32 + 1)
}
