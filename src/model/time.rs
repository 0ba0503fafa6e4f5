//! Points in time, and the clock that orders edits made on different devices.
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment that an RFC 3339 text names, to the millisecond; none when it names none.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let number = |from: usize, length: usize| -> Option<i64> {
            let digits = text.get(from..from + length)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
        let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
        let separators = [4, 7, 10, 13, 16].map(|at| text.as_bytes().get(at).copied());
        let is_date =
            matches!(separators, [Some(b'-'), Some(b'-'), Some(b'T' | b't' | b' '), Some(b':'), Some(b':')]);
        if !is_date
            || !(1..=12).contains(&month)
            || !(1..=31).contains(&day)
            || hour > 23
            || minute > 59
            || second > 60
        {
            return None;
        }
        let rest = &text[19..];
        let digits =
            rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        let fraction = if digits > 0 { rest.get(1..=digits)? } else { "" };
        let milli: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
        let zone = &rest[if digits > 0 { digits + 1 } else { 0 }..];
        let offset = match zone.as_bytes() {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), a, b, b':', c, d]
                if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()) =>
            {
                let digit = |byte: &u8| i64::from(byte - b'0');
                let minutes = (digit(a) * 10 + digit(b)) * 60 + digit(c) * 10 + digit(d);
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => return None,
        };
        // Day count from a civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days =
            era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
        let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second;
        Some(Self(seconds * 1000 + milli))
    }

    /// The moment as RFC 3339 text in UTC with milliseconds, as Web Annotation asks.
    ///
    /// Civil date from a day count: Howard Hinnant, "chrono-compatible low-level date algorithms".
    pub fn to_rfc3339(self) -> String {
        let days = self.0.div_euclid(86_400_000);
        let in_day = self.0.rem_euclid(86_400_000);
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
        let (second, milli) = (in_day / 1000 % 60, in_day % 1000);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// A reading of a hybrid logical clock: wall time, and a counter that orders edits within one millisecond
/// or after the wall clock jumped back (Kulkarni et al. 2014, "Logical Physical Clocks").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LogicalTime {
    /// The largest wall time seen.
    pub wall: Timestamp,
    /// Orders edits with the same `wall`.
    pub counter: u32,
}

impl LogicalTime {
    /// The next reading when the wall clock says `now`: always later than this one.
    pub fn tick(self, now: Timestamp) -> Self {
        if now > self.wall { Self { wall: now, counter: 0 } } else { self.next() }
    }

    /// The reading just after this one.
    fn next(self) -> Self {
        match self.counter.checked_add(1) {
            Some(counter) => Self { wall: self.wall, counter },
            None => Self { wall: Timestamp(self.wall.0.saturating_add(1)), counter: 0 },
        }
    }

    /// This reading, but no later than `latest`: a clock from elsewhere that is far ahead would make every later edit
    /// lose.
    #[must_use]
    pub fn at_most(self, latest: Timestamp) -> Self {
        if self.wall > latest { Self { wall: latest, counter: 0 } } else { self }
    }

    /// This reading, or the next one after `seen` if that is not earlier: what is written after something was read
    /// counts as later, whatever the wall clocks say.
    #[must_use]
    pub fn after(self, seen: Self) -> Self {
        if self > seen { self } else { seen.next() }
    }
}
