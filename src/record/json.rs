//! Reading JSON into records, lean.
//!
//! serde_json compiles its parser into the reader of each type, twice for a struct (which may stand as an object or
//! as an array): a quarter of the page's code. This reader parses in functions of its own, knows structs as objects
//! only, and says no more than where it failed. It reads what serde_json writes; a test compares the two on
//! arbitrary values. Grammar: RFC 8259.
use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// How deep values may be nested: records are flat, and a text of brackets must not exhaust the stack.
const DEPTH: u32 = 64;

/// Why a text is not the value that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What was found wanting.
    pub what: &'static str,
    /// Where, in bytes from the start.
    pub at: usize,
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        f.write_str(" at byte ")?;
        fmt::Display::fmt(&self.at, f)
    }
}

impl std::error::Error for Misread {}

impl de::Error for Misread {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self { what: "a value that does not fit", at: 0 }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { what: field, at: 0 }
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self { what: "an unknown name", at: 0 }
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self { what: "an unknown field", at: 0 }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self { what: field, at: 0 }
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self { what: "a list of another length", at: 0 }
    }
}

/// Reads a value from the whole of a text.
pub fn read<T: DeserializeOwned>(json: &str) -> Result<T, Misread> {
    let mut reader = Reader { text: json, at: 0, depth: 0 };
    let value = match T::deserialize(&mut reader) {
        Ok(value) => value,
        // Errors of the values themselves do not know where they are.
        Err(error) => return Err(Misread { at: error.at.max(reader.at), ..error }),
    };
    match reader.peek() {
        0 => Ok(value),
        _ => Err(reader.wrong("more than one value")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

enum Number {
    Natural(u64),
    Negative(i64),
    /// With a fraction or an exponent, or too large: no record has one, so it can only be passed.
    Other,
}

impl Reader<'_> {
    #[inline(never)]
    fn wrong(&self, what: &'static str) -> Misread {
        Misread { what, at: self.at }
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// The next byte that is no white space; 0 at the end. A text with a real 0 there is no JSON either.
    #[inline(never)]
    fn peek(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.byte()
    }

    #[inline(never)]
    fn expect(&mut self, wanted: u8) -> Result<(), Misread> {
        if self.peek() != wanted {
            return Err(self.wrong("an unexpected sign"));
        }
        self.at += 1;
        Ok(())
    }

    /// Goes in front of the next entry of a list or an object; false at its end.
    #[inline(never)]
    fn next_entry(&mut self, end: u8, is_first: bool) -> Result<bool, Misread> {
        match self.peek() {
            found if found == end => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            b',' if !is_first => {
                self.at += 1;
                if self.peek() == end { Err(self.wrong("nothing after a comma")) } else { Ok(true) }
            }
            _ if is_first => Ok(true),
            _ => Err(self.wrong("no comma")),
        }
    }

    #[inline(never)]
    fn enter(&mut self, start: u8) -> Result<(), Misread> {
        self.expect(start)?;
        self.depth += 1;
        if self.depth > DEPTH { Err(self.wrong("too deep a nesting")) } else { Ok(()) }
    }

    #[inline(never)]
    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let is_here = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if is_here {
            self.at += word.len();
        }
        is_here
    }

    #[inline(never)]
    fn boolean(&mut self) -> Result<bool, Misread> {
        if self.word("true") {
            Ok(true)
        } else if self.word("false") {
            Ok(false)
        } else {
            Err(self.wrong("neither true nor false"))
        }
    }

    #[inline(never)]
    fn number(&mut self) -> Result<Number, Misread> {
        self.peek();
        let start = self.at;
        if self.byte() == b'-' {
            self.at += 1;
        }
        let first = self.at;
        self.digits(first)?;
        if self.text.as_bytes()[first] == b'0' && self.at > first + 1 {
            return Err(self.wrong("a number that begins with 0"));
        }
        let mut is_real = false;
        if self.byte() == b'.' {
            is_real = true;
            self.at += 1;
            self.digits(self.at)?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            is_real = true;
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits(self.at)?;
        }
        let digits = &self.text[start..self.at];
        if !is_real {
            if let Ok(natural) = digits.parse() {
                return Ok(Number::Natural(natural));
            }
            if let Ok(negative) = digits.parse() {
                return Ok(Number::Negative(negative));
            }
        }
        Ok(Number::Other)
    }

    /// Passes digits, of which there must be one.
    fn digits(&mut self, start: usize) -> Result<(), Misread> {
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("no digit")) } else { Ok(()) }
    }

    #[inline(never)]
    fn string(&mut self) -> Result<String, Misread> {
        self.expect(b'"')?;
        let mut result = String::new();
        loop {
            let start = self.at;
            while !matches!(self.byte(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            result.push_str(&self.text[start..self.at]);
            match self.byte() {
                b'"' => {
                    self.at += 1;
                    return Ok(result);
                }
                b'\\' => {
                    self.at += 1;
                    let c = self.escape()?;
                    result.push(c);
                }
                _ => return Err(self.wrong("a text without an end")),
            }
        }
    }

    #[inline(never)]
    fn escape(&mut self) -> Result<char, Misread> {
        let sign = self.byte();
        self.at += 1;
        Ok(match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let code = match first {
                    0xd800..=0xdbff if self.text.as_bytes()[self.at..].starts_with(b"\\u") => {
                        self.at += 2;
                        let second = self.hex()?;
                        if !(0xdc00..=0xdfff).contains(&second) {
                            return Err(self.wrong("half a character"));
                        }
                        0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                    }
                    _ => first,
                };
                return char::from_u32(code).ok_or_else(|| self.wrong("half a character"));
            }
            _ => return Err(self.wrong("an unknown escape")),
        })
    }

    fn hex(&mut self) -> Result<u32, Misread> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| !digits.starts_with('+'));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        code.ok_or(Misread { what: "no code point", at: self.at })
    }

    /// Passes any value.
    #[inline(never)]
    fn skip(&mut self) -> Result<(), Misread> {
        match self.peek() {
            b'"' => self.string().map(drop),
            b'{' => {
                self.enter(b'{')?;
                let mut is_first = true;
                while self.next_entry(b'}', is_first)? {
                    is_first = false;
                    self.string()?;
                    self.expect(b':')?;
                    self.skip()?;
                }
                Ok(())
            }
            b'[' => {
                self.enter(b'[')?;
                let mut is_first = true;
                while self.next_entry(b']', is_first)? {
                    is_first = false;
                    self.skip()?;
                }
                Ok(())
            }
            b'n' if self.word("null") => Ok(()),
            b't' | b'f' => self.boolean().map(drop),
            _ => self.number().map(drop),
        }
    }
}

impl<'de> de::Deserializer<'de> for &mut Reader<'_> {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Misread> {
        Err(self.wrong("a value whose type is not known beforehand"))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_bool(self.boolean()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.number()? {
            Number::Natural(value) => visitor.visit_u64(value),
            Number::Negative(value) => visitor.visit_i64(value),
            Number::Other => Err(self.wrong("no whole number")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        if self.word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        if self.word("null") { visitor.visit_unit() } else { Err(self.wrong("not null")) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.enter(b'[')?;
        let value = visitor.visit_seq(Entries { reader: self, is_first: true })?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misread> {
        self.enter(b'[')?;
        let mut entries = Entries { reader: self, is_first: true };
        let value = visitor.visit_seq(&mut entries)?;
        // A tuple stops asking before the end is seen.
        let is_first = entries.is_first;
        if self.next_entry(b']', is_first)? { Err(self.wrong("a longer list")) } else { Ok(value) }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.enter(b'{')?;
        visitor.visit_map(Entries { reader: self, is_first: true })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        if self.peek() == b'"' {
            return visitor.visit_enum(de::value::StringDeserializer::new(self.string()?));
        }
        self.enter(b'{')?;
        let value = visitor.visit_enum(Variant { reader: self })?;
        if self.next_entry(b'}', false)? { Err(self.wrong("a second variant")) } else { Ok(value) }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_any(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_any(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_any(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        self.deserialize_unit(visitor)
    }
}

struct Entries<'r, 'a> {
    reader: &'r mut Reader<'a>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Entries<'_, '_> {
    type Error = Misread;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misread> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if self.reader.next_entry(b']', is_first)? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = Misread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misread> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if self.reader.next_entry(b'}', is_first)? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misread> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

struct Variant<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Misread;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Misread> {
        let name = self.reader.string()?;
        self.reader.expect(b':')?;
        let name = seed.deserialize(IntoDeserializer::<Misread>::into_deserializer(name))?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Misread;

    fn unit_variant(self) -> Result<(), Misread> {
        self.reader.skip()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misread> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Misread> {
        de::Deserializer::deserialize_tuple(self.reader, length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        de::Deserializer::deserialize_map(self.reader, visitor)
    }
}
