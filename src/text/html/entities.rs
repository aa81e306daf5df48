//! Entities and the characters that they stand for.

use std::borrow::Cow;

use memchr::memchr;

/// Named and numeric entities as their characters (HTML, "Named character references"; numbers
/// 128 to 159 as Windows-1252, as every browser reads them). Unknown ones stay as they are.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or(""));
        let after = rest.get(at + 1..).unwrap_or("");
        match entity(after) {
            Some((first, second, length)) => {
                out.push(first);
                out.extend(second);
                rest = after.get(length..).unwrap_or("");
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character or two of an entity, and how many bytes after the `&` it took.
pub(super) fn entity(after: &str) -> Option<(char, Option<char>, usize)> {
    if let Some(number) = after.strip_prefix('#') {
        let (digits, radix, skip) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 2),
            None => (number, 10, 1),
        };
        let length = digits
            .bytes()
            .take(8)
            .take_while(|b| char::from(*b).is_digit(radix))
            .count();
        let code = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
        let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
        let c = match code {
            0 => '\u{fffd}',
            0x80..=0x9f => {
                let byte = [u8::try_from(code).ok()?];
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(&byte)
                    .0
                    .chars()
                    .next()?
            }
            code => char::from_u32(code).unwrap_or('\u{fffd}'),
        };
        return Some((c, None, skip + length + semicolon));
    }
    let length = after
        .bytes()
        .take(32)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let named = |name: &str| {
        let (first, second) = *markup5ever::data::NAMED_ENTITIES.get(name)?;
        let first = char::from_u32(first).filter(|c| *c != '\0')?;
        Some((first, char::from_u32(second).filter(|c| *c != '\0')))
    };
    if after.as_bytes().get(length) == Some(&b';') {
        let (first, second) = named(after.get(..=length)?)?;
        return Some((first, second, length + 1));
    }
    // A few old names are read without their semicolon.
    let (first, second) = named(after.get(..length)?)?;
    Some((first, second, length))
}
