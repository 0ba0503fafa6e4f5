//! Time and identity: the two things that the pure parts must be given.
use wasm_bindgen::JsValue;

use super::window;
use crate::model::time::Timestamp;

/// Now.
pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}

/// A new UUIDv7 (RFC 9562, section 5.7): 48 bits of time, then random bits, so that ids sort by their birth.
pub fn new_id() -> String {
    let mut bytes = [0_u8; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        for byte in &mut bytes {
            *byte = (js_sys::Math::random() * 256.0) as u8;
        }
    }
    let time = now().0.to_be_bytes();
    bytes[..6].copy_from_slice(&time[2..]);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut id = String::with_capacity(36);
    for (n, byte) in bytes.iter().enumerate() {
        if matches!(n, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

/// The local date of a moment in a language, in short form.
pub fn local_text(at: Timestamp, language: &str) -> String {
    date(at).to_locale_date_string(language, &JsValue::UNDEFINED).into()
}

/// The local date and time of a moment in a language, in short form.
pub fn local_moment(at: Timestamp, language: &str) -> String {
    format!("{}, {}", local_text(at, language), local_time(at))
}

/// The local time of day of a moment, to the minute.
pub fn local_time(at: Timestamp) -> String {
    let date = date(at);
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}
