//! Bytes to Unicode, by ourselves, before any library sees them.
//!
//! The order is that of the field's readers: a byte order mark, then what the header says, then
//! what the document declares, then UTF-8, then a guess; and whatever is said is believed only
//! as long as the bytes do not contradict it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::codepage::{self, CodePage};

/// What the bytes are said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// XML: declares its charset in `<?xml … encoding="…"?>`.
    Xml,
    /// HTML: declares it in a `<meta>` within the first KiB.
    Html,
    /// JSON: always Unicode (RFC 8259, section 8.1).
    Json,
    /// Anything else.
    Plain,
}

/// What a decoding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A byte order mark, or zero bytes where only UTF-16 or UTF-32 has them.
    Bom,
    /// The Content-Type header.
    Header,
    /// The document's own declaration.
    Declaration,
    /// A guess, because what was said was wrong.
    Guess,
    /// Nothing said, and the bytes are UTF-8.
    Default,
}

/// Decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text; an XML declaration's `encoding` is taken out, for it is no longer true.
    pub text: String,
    /// The charset used, by its WHATWG name.
    pub encoding: &'static str,
    /// Why that one.
    pub basis: Basis,
    /// Whether bytes that are no text were replaced by U+FFFD, or the charset stated was wrong.
    pub replaced: bool,
    /// A label that nobody knows.
    pub unknown_label: Option<String>,
}

/// Decodes bytes.
pub fn decode(bytes: &[u8], content_type: Option<&str>, form: Form) -> Decoded {
    let mut unknown_label = None;
    let (text, encoding, basis, replaced) = decide(bytes, content_type, form, &mut unknown_label);
    let text = match form {
        Form::Xml => without_declared_encoding(text),
        _ => text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text),
    };
    Decoded {
        text,
        encoding,
        basis,
        replaced,
        unknown_label,
    }
}

fn decide(
    bytes: &[u8],
    content_type: Option<&str>,
    form: Form,
    unknown: &mut Option<String>,
) -> (String, &'static str, Basis, bool) {
    if let Some((text, name, replaced)) = wide(bytes) {
        return (text, name, Basis::Bom, replaced);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        let (text, bad) = UTF_8.decode_without_bom_handling(rest);
        return (text.into_owned(), UTF_8.name(), Basis::Bom, bad);
    }
    if let Some((text, name, replaced)) = mainframe(bytes, form) {
        return (text, name, Basis::Declaration, replaced);
    }
    // Most of the world's feeds are UTF-8, whatever they declare; valid UTF-8 with a sign
    // beyond ASCII in it is never anything else by accident.
    let valid = std::str::from_utf8(bytes);
    let declared = [
        (content_type.and_then(charset_of), Basis::Header),
        (declaration(bytes, form), Basis::Declaration),
    ];
    for (label, basis) in declared {
        let Some(label) = label else { continue };
        let encoding = Encoding::for_label(label.as_bytes())
            .or_else(|| Encoding::for_label(codepage::known_label(&label)?.as_bytes()));
        let Some(encoding) = encoding else {
            match CodePage::for_label(&label) {
                Some(page) if page.has_ascii() => {
                    if let Ok(text) = valid
                        && !text.is_ascii()
                    {
                        return (text.to_owned(), UTF_8.name(), Basis::Guess, true);
                    }
                    let (text, bad) = page.decode(bytes);
                    return (text, page.name, basis, bad);
                }
                // What could be read far enough to find the label in ASCII is no EBCDIC.
                _ => {
                    unknown.get_or_insert(label);
                    continue;
                }
            }
        };
        // A document that can be read far enough to say "utf-16" in ASCII is not UTF-16.
        if encoding == UTF_16LE || encoding == UTF_16BE {
            continue;
        }
        if encoding == UTF_8 {
            break;
        }
        if let Ok(text) = valid
            && !text.is_ascii()
        {
            return (text.to_owned(), UTF_8.name(), Basis::Guess, true);
        }
        let (text, bad) = encoding.decode_without_bom_handling(bytes);
        return (text.into_owned(), encoding.name(), basis, bad);
    }
    if let Ok(text) = valid {
        return (text.to_owned(), UTF_8.name(), Basis::Default, false);
    }
    // A few bad bytes in a long UTF-8 text are damage, not another charset.
    let (text, _) = UTF_8.decode_without_bom_handling(bytes);
    let bad = text.matches('\u{fffd}').count();
    let good = text
        .chars()
        .filter(|c| !c.is_ascii() && *c != '\u{fffd}')
        .count();
    if good > bad * 4 {
        return (text.into_owned(), UTF_8.name(), Basis::Default, true);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let guess = if guess.is_single_byte() && guess != WINDOWS_1252 && bytes.len() < 64 {
        WINDOWS_1252
    } else {
        guess
    };
    let (text, _) = guess.decode_without_bom_handling(bytes);
    (text.into_owned(), guess.name(), Basis::Guess, true)
}

/// EBCDIC: `<?xm` in it is these four bytes, and the declaration says which of its kinds it is.
fn mainframe(bytes: &[u8], form: Form) -> Option<(String, &'static str, bool)> {
    if form != Form::Xml || !bytes.starts_with(&[0x4c, 0x6f, 0xa7, 0x94]) {
        return None;
    }
    let head = CodePage::for_label("cp037")?.decode(bytes.get(..bytes.len().min(256))?);
    let label = declaration(head.0.as_bytes(), form)?;
    let page = CodePage::for_label(&label).filter(|page| !page.has_ascii())?;
    let (text, bad) = page.decode(bytes);
    Some((text, page.name, bad))
}

/// UTF-16 and UTF-32, by mark or by where the zero bytes of an opening `<`, `{` or `[` stand.
fn wide(bytes: &[u8]) -> Option<(String, &'static str, bool)> {
    let wide32 = |bytes: &[u8], little: bool, name| {
        let mut bad = !bytes.len().is_multiple_of(4);
        let text: String = bytes
            .chunks_exact(4)
            .filter_map(|unit| <[u8; 4]>::try_from(unit).ok())
            .map(|unit| {
                if little {
                    u32::from_le_bytes(unit)
                } else {
                    u32::from_be_bytes(unit)
                }
            })
            .map(|unit| {
                char::from_u32(unit).unwrap_or_else(|| {
                    bad = true;
                    '\u{fffd}'
                })
            })
            .collect();
        (text, name, bad)
    };
    let wide16 = |bytes: &[u8], encoding: &'static Encoding| {
        let (text, bad) = encoding.decode_without_bom_handling(bytes);
        (text.into_owned(), encoding.name(), bad)
    };
    Some(match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => wide32(rest, true, "UTF-32LE"),
        [0, 0, 0xfe, 0xff, rest @ ..] => wide32(rest, false, "UTF-32BE"),
        [0xff, 0xfe, rest @ ..] => wide16(rest, UTF_16LE),
        [0xfe, 0xff, rest @ ..] => wide16(rest, UTF_16BE),
        [b'<' | b'{' | b'[', 0, 0, 0, ..] => wide32(bytes, true, "UTF-32LE"),
        [0, 0, 0, b'<' | b'{' | b'[', ..] => wide32(bytes, false, "UTF-32BE"),
        [b'<' | b'{' | b'[', 0, _, 0, ..] => wide16(bytes, UTF_16LE),
        [0, b'<' | b'{' | b'[', 0, _, ..] => wide16(bytes, UTF_16BE),
        _ => return None,
    })
}

/// The charset of a Content-Type header.
fn charset_of(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    let at = lower.find("charset=")? + "charset=".len();
    let rest = lower.get(at..)?.trim_start_matches(['"', '\'', ' ']);
    let end = rest.find([';', '"', '\'', ' ', ',']).unwrap_or(rest.len());
    rest.get(..end)
        .filter(|label| !label.is_empty())
        .map(str::to_owned)
}

/// The charset that the document itself declares, read as ASCII.
fn declaration(bytes: &[u8], form: Form) -> Option<String> {
    let head: String = bytes.iter().take(1_024).map(|b| char::from(*b)).collect();
    let lower = head.to_ascii_lowercase();
    let label = |text: &str, key: &str| {
        let at = text.find(key)? + key.len();
        let rest = text.get(at..)?.trim_start();
        let rest = rest
            .strip_prefix('=')
            .unwrap_or(rest)
            .trim_start()
            .trim_start_matches(['"', '\'']);
        let end = rest
            .find(|c: char| {
                !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+'))
            })
            .unwrap_or(rest.len());
        rest.get(..end)
            .filter(|label| !label.is_empty())
            .map(str::to_owned)
    };
    match form {
        Form::Xml => {
            let start = lower.find("<?xml")?;
            let end = lower
                .get(start..)?
                .find("?>")
                .map_or(lower.len(), |end| start + end);
            label(lower.get(start..end)?, "encoding")
        }
        Form::Html => lower.match_indices("<meta").find_map(|(at, _)| {
            let tag = lower.get(at..)?;
            label(tag.get(..tag.find('>').unwrap_or(tag.len()))?, "charset")
        }),
        Form::Json | Form::Plain => None,
    }
}

/// Takes the `encoding` out of an XML declaration, and whatever stands before it.
fn without_declared_encoding(text: String) -> String {
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\0']);
    let Some(end) = trimmed
        .get(..5)
        .filter(|head| head.eq_ignore_ascii_case("<?xml"))
        .and_then(|_| trimmed.find("?>"))
    else {
        return if trimmed.len() == text.len() {
            text
        } else {
            trimmed.to_owned()
        };
    };
    let body = trimmed.get(end + 2..).unwrap_or("");
    let mut out = String::with_capacity(body.len() + 24);
    out.push_str("<?xml version=\"1.0\"?>");
    out.push_str(body);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn charsets() {
        let utf16: Vec<u8> = "<a>é</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let utf32: Vec<u8> = "<a>é</a>"
            .chars()
            .flat_map(|c| (c as u32).to_be_bytes())
            .collect();
        for (bytes, header, form, text, encoding) in [
            (
                b"<a>\xc3\xa9</a>".to_vec(),
                None,
                Form::Xml,
                "<a>é</a>",
                "UTF-8",
            ),
            (
                b"\xef\xbb\xbf<a>\xc3\xa9</a>".to_vec(),
                Some("text/xml; charset=latin1"),
                Form::Xml,
                "<a>é</a>",
                "UTF-8",
            ),
            (
                b"<a>\xe9t\xe9</a>".to_vec(),
                Some("text/xml; charset=iso-8859-1"),
                Form::Xml,
                "<a>été</a>",
                "windows-1252",
            ),
            (
                b"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xb3</a>".to_vec(),
                None,
                Form::Xml,
                "<?xml version=\"1.0\"?><a>ł</a>",
                "ISO-8859-2",
            ),
            (
                b"<?xml version='1.0' encoding='utf-16'?><a>x</a>".to_vec(),
                None,
                Form::Xml,
                "<?xml version=\"1.0\"?><a>x</a>",
                "UTF-8",
            ),
            (utf16, None, Form::Xml, "<a>é</a>", "UTF-16LE"),
            (utf32, None, Form::Xml, "<a>é</a>", "UTF-32BE"),
            (
                b"<html><meta charset=\"shift_jis\">\x83e\x83X\x83g".to_vec(),
                None,
                Form::Html,
                "<html><meta charset=\"shift_jis\">テスト",
                "Shift_JIS",
            ),
            (
                b"<?xml version='1.0' encoding='ibm850'?><a>\x82t\x82</a>".to_vec(),
                None,
                Form::Xml,
                "<?xml version=\"1.0\"?><a>été</a>",
                "cp850",
            ),
            (
                b"<?xml version='1.0' encoding='latin_1'?><a>\x93\xe9\x94</a>".to_vec(),
                None,
                Form::Xml,
                "<?xml version=\"1.0\"?><a>“é”</a>",
                "windows-1252",
            ),
            (
                // <?xml version="1.0" encoding="cp037"?><a>A</a>
                b"\x4c\x6f\xa7\x94\x93\x40\xa5\x85\x99\xa2\x89\x96\x95\x7e\x7f\xf1\x4b\xf0\x7f\x40\x85\x95\x83\x96\x84\x89\x95\x87\x7e\x7f\x83\x97\xf0\xf3\xf7\x7f\x6f\x6e\x4c\x81\x6e\xc1\x4c\x61\x81\x6e".to_vec(),
                None,
                Form::Xml,
                "<?xml version=\"1.0\"?><a>A</a>",
                "cp037",
            ),
            (
                b"  \n<?xml version=\"1.0\"?><a/>".to_vec(),
                None,
                Form::Xml,
                "<?xml version=\"1.0\"?><a/>",
                "UTF-8",
            ),
        ] {
            let decoded = decode(&bytes, header, form);
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding));
            assert!(!decoded.replaced, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_flagged_and_read_all_the_same() {
        let wrong = decode(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>Règlement sur l'intelligence".as_bytes(),
            None,
            Form::Xml,
        );
        assert!(!wrong.replaced);
        let latin = decode(b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>R\xe8glement d\xe9l\xe9gu\xe9 \xe0 venir</a>", None, Form::Xml);
        assert!(latin.replaced);
        assert!(latin.text.contains("Règlement délégué"), "{}", latin.text);
        let unknown = decode(b"<a>x</a>", Some("text/xml; charset=klingon"), Form::Xml);
        assert_eq!(unknown.unknown_label.as_deref(), Some("klingon"));
        assert_eq!(unknown.text, "<a>x</a>");
        let both = decode(
            "é è".as_bytes(),
            Some("text/html; charset=iso-8859-1"),
            Form::Html,
        );
        assert_eq!((both.text.as_str(), both.replaced), ("é è", true));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for form in [Form::Xml, Form::Html, Form::Json, Form::Plain] {
                decode(&bytes, Some("text/xml; charset=utf-8"), form);
                decode(&bytes, None, form);
            }
        }
    }
}
