//! The texts of the interface, made from `locales/` by the build script.
use std::borrow::Cow;

use crate::model::document::Language;

/// All texts in one language; a method each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Messages(pub(super) Language);

impl Messages {
    /// A whole number with the language's thousands separator.
    pub(super) fn number(self, n: u32) -> Cow<'static, str> {
        let digits = n.to_string();
        if digits.len() <= 3 {
            return Cow::Owned(digits);
        }
        let separator = match self.0 {
            Language::Vi => '.',
            Language::En => ',',
        };
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        Cow::Owned(grouped)
    }

    /// A number of bytes in the largest unit that leaves a number of 1 or more, with one decimal below 10.
    pub(super) fn bytes(self, bytes: f64) -> String {
        let bytes = bytes as u64;
        let (unit, name) = match bytes {
            1_000_000_000.. => (1_000_000_000, "GB"),
            1_000_000.. => (1_000_000, "MB"),
            1_000.. => (1_000, "KB"),
            _ => (1, "B"),
        };
        let tenths = (bytes * 10).div_ceil(unit);
        let comma = match self.0 {
            Language::Vi => ',',
            Language::En => '.',
        };
        if unit == 1 || tenths >= 100 {
            format!("{} {name}", tenths / 10)
        } else {
            format!("{}{comma}{} {name}", tenths / 10, tenths % 10)
        }
    }
}

// Which of these are used is checked by a test that reads the sources; the compiler would only see methods.
#[allow(dead_code, reason = "tests/native/locales.rs fails on an unused message")]
mod generated {
    use super::{Language, Messages};

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
