//! Bytes to text: UTF-8 and UTF-16 in all their dresses, and for pages whatever encoding they declare.
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::ImportError;
use crate::model::text::normalized;

/// How far into a page a declared encoding is looked for.
const DECLARATION_ZONE: usize = 2048;

/// The text of a file, normalised.
pub(super) struct Decoded {
    pub(super) text: String,
    /// How many characters stand for bytes that could not be decoded.
    pub(super) replaced: u32,
}

/// Decodes the bytes of a file; only a page may declare an encoding of its own.
pub(super) fn decode(bytes: &[u8], may_declare: bool) -> Result<Decoded, ImportError> {
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return utf8(rest, 3, may_declare);
    }
    if has_magic_number(bytes) {
        return Err(ImportError::Binary);
    }
    let (order, start) = match bytes {
        [0xff, 0xfe, ..] => (Some(ByteOrder::Little), 2),
        [0xfe, 0xff, ..] => (Some(ByteOrder::Big), 2),
        _ => (byte_order(bytes), 0),
    };
    match order {
        Some(order) => utf16(bytes, start, order),
        None => utf8(bytes, 0, may_declare),
    }
}

fn has_magic_number(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 8] = [
        b"PK\x03\x04",
        b"%PDF",
        b"\x89PNG",
        b"GIF87a",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\xd0\xcf\x11\xe0",
        b"\x1f\x8b",
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

/// Recognises UTF-16 without a mark: spaces, digits and most letters of a Latin text have a zero byte, always
/// on the same side.
fn byte_order(bytes: &[u8]) -> Option<ByteOrder> {
    const SAMPLE: usize = 8192;
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let pairs = sample.len() / 2;
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let is_high_side = |high: usize, low: usize| high * 3 >= pairs && low * 50 <= pairs;
    if !bytes.len().is_multiple_of(2) || pairs < 2 || first == second {
        None
    } else if is_high_side(second, first) {
        Some(ByteOrder::Little)
    } else if is_high_side(first, second) {
        Some(ByteOrder::Big)
    } else {
        None
    }
}

fn utf16(bytes: &[u8], start: usize, order: ByteOrder) -> Result<Decoded, ImportError> {
    let rest = bytes.get(start..).unwrap_or_default();
    let pairs = rest.chunks_exact(2);
    let is_odd = !pairs.remainder().is_empty();
    let units = pairs.map(|pair| {
        let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
        match order {
            ByteOrder::Little => u16::from_le_bytes(pair),
            ByteOrder::Big => u16::from_be_bytes(pair),
        }
    });
    let mut text = String::with_capacity(rest.len());
    let mut at = start;
    for unit in char::decode_utf16(units) {
        let c = unit.map_err(|_| ImportError::NotUnicode { at: at as u64 })?;
        at += 2 * c.len_utf16();
        text.push(c);
    }
    if looks_binary(text.as_bytes()) {
        return Err(ImportError::Binary);
    }
    if is_odd {
        return Err(ImportError::NotUnicode { at: at as u64 });
    }
    Ok(whole(&text))
}

/// Decodes UTF-8, or what a page declares instead; `start` bytes stood before.
fn utf8(bytes: &[u8], start: usize, may_declare: bool) -> Result<Decoded, ImportError> {
    let declared = if may_declare { declared_encoding(bytes) } else { None };
    // This one encoding writes everything in seven bits, so that its text is valid UTF-8, too.
    if declared == Some(ISO_2022_JP) {
        return Ok(lossy(bytes, ISO_2022_JP));
    }
    if looks_binary(bytes) {
        return Err(ImportError::Binary);
    }
    match (std::str::from_utf8(bytes), declared) {
        (Ok(text), _) => Ok(whole(text)),
        (Err(_), Some(encoding)) => Ok(lossy(bytes, encoding)),
        (Err(error), None) => Err(ImportError::NotUnicode { at: (start + error.valid_up_to()) as u64 }),
    }
}

fn whole(text: &str) -> Decoded {
    Decoded { text: normalized(text), replaced: 0 }
}

fn lossy(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let replaced = if had_errors { text.matches('\u{fffd}').count() } else { 0 };
    Decoded { text: normalized(&text), replaced: u32::try_from(replaced).unwrap_or(u32::MAX) }
}

fn looks_binary(bytes: &[u8]) -> bool {
    let mut controls = 0;
    for byte in bytes {
        match byte {
            0 => return true,
            b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1b => {}
            0x01..=0x1f | 0x7f => controls += 1,
            _ => {}
        }
    }
    controls * 50 > bytes.len()
}

/// The encoding named by `<meta charset>`, `<meta http-equiv>` or an XML declaration.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let zone = bytes.get(..DECLARATION_ZONE).unwrap_or(bytes).to_ascii_lowercase();
    let label =
        label_after(&zone, b"<meta", b"charset").or_else(|| label_after(&zone, b"<?xml", b"encoding"))?;
    let encoding = Encoding::for_label(&label)?;
    // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The value of `attribute` in the first tag of a kind that has it.
fn label_after(zone: &[u8], tag: &[u8], attribute: &[u8]) -> Option<Vec<u8>> {
    let mut rest = zone;
    while let Some(at) = find(rest, tag) {
        let inside = rest.get(at + tag.len()..)?;
        let end = inside.iter().position(|byte| *byte == b'>').unwrap_or(inside.len());
        let label = inside.get(..end).and_then(|inside| attribute_value(inside, attribute));
        if label.is_some() {
            return label;
        }
        rest = inside;
    }
    None
}

fn attribute_value(tag: &[u8], attribute: &[u8]) -> Option<Vec<u8>> {
    let after = tag.get(find(tag, attribute)? + attribute.len()..)?.trim_ascii_start();
    let value = after.strip_prefix(b"=")?.trim_ascii_start();
    let label = value.iter().skip_while(|byte| matches!(byte, b'"' | b'\''));
    let label = label.take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte));
    Some(label.copied().collect())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
