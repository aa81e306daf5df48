//! The pull scanner: a feed's text as tags and text, whatever state the text is in.
//!
//! It knows angle brackets, quotes, comments, CDATA and entities. It never fails and never looks
//! at a byte more than a fixed number of times; what is against XML 1.0 becomes a note in
//! [`Flaws`] and is read as its author most likely meant it. Of entities that a document declares
//! only those that stand for a short text are read; one that names another, or an external file,
//! is never expanded, so that neither a bomb nor a file can do anything.

use std::borrow::Cow;

use memchr::memchr;

use crate::text::{bytes, html};

/// What was found against the rules, for the fault that goes with the entries.
#[derive(Debug, Default)]
pub(in crate::parse) struct Flaws {
    /// Byte offset and nature of the first one.
    pub first: Option<(usize, String)>,
    /// How many there were.
    pub count: usize,
    /// The text ended within a tag, a CDATA section or an open element: where.
    pub truncated: Option<usize>,
    /// Elements nested deeper than anything real: where.
    pub nested: Option<usize>,
}

impl Flaws {
    /// Notes one; only the first is described, so the description is made only when needed.
    pub(in crate::parse) fn note(&mut self, at: usize, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some((at, what()));
        }
    }
}

/// An opening tag.
#[derive(Clone, Copy, Debug)]
pub(in crate::parse) struct Tag<'a> {
    /// Its name as written, prefix included.
    pub name: &'a str,
    /// Everything between the name and the end, unread.
    pub attributes: &'a str,
    /// Whether it closes itself.
    pub empty: bool,
}

/// The entities that a document type declares.
#[derive(Debug, Default)]
pub(in crate::parse) struct Declared<'a> {
    /// There was a declaration: it may define entities that we do not read.
    pub any: bool,
    texts: Vec<(&'a str, &'a str)>,
}

/// The most entities of a document type that are read.
const MOST_ENTITIES: usize = 128;
/// The longest text of one, in bytes. With entities never inside entities, a text of 5 bytes
/// becomes 64 at most.
const LONGEST_ENTITY: usize = 64;

impl<'a> Declared<'a> {
    /// What is known where no document type can be.
    pub(super) const NOTHING: Declared<'static> = Declared {
        any: true,
        texts: Vec::new(),
    };

    /// Reads `<!ENTITY name "text">` out of a document type's internal subset. Where a text holds
    /// `%`, `<`, or an `&` that is more than one character by its number, it is none of ours.
    fn read(&mut self, subset: &'a str) {
        for piece in subset.split("<!ENTITY").skip(1).take(MOST_ENTITIES) {
            let piece = piece.trim_start();
            let Some((name, rest)) = piece.split_once(|c: char| c.is_ascii_whitespace()) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let Some((text, _)) = rest.get(1..).and_then(|rest| rest.split_once(quote)) else {
                continue;
            };
            let is_name = !name.is_empty()
                && name.len() <= 32
                && name.bytes().all(|b| b.is_ascii_alphanumeric());
            let one_character = text.starts_with("&#")
                && text.find(';') == text.len().checked_sub(1)
                && character(text).is_some();
            if is_name
                && text.len() <= LONGEST_ENTITY
                && (one_character || !text.contains(['&', '%', '<']))
                && self.text(name).is_none()
            {
                self.texts.push((name, text));
            }
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.texts
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| *text)
    }
}

/// The most attributes looked at on one tag; real ones have a dozen.
const MAX_ATTRIBUTES: usize = 256;

impl<'a> Tag<'a> {
    /// The raw value of an attribute, by its whole name, in any case.
    pub(in crate::parse) fn raw(&self, name: &str) -> Option<&'a str> {
        if self.attributes.is_empty() {
            return None;
        }
        attributes(self.attributes)
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The value of an attribute, entities read, blanks at the ends dropped; an empty one is none.
    pub(in crate::parse) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.raw(name)?.trim();
        (!value.is_empty()).then(|| unescape(value, 0, &mut Flaws::default(), &Declared::NOTHING))
    }
}

/// The attributes of a tag as (name, raw value).
pub(in crate::parse) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '=');
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => {
                let inner = &value[1..];
                match inner.find(quote) {
                    Some(end) => (&inner[..end], &inner[end + 1..]),
                    None => (inner, ""),
                }
            }
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
    .take(MAX_ATTRIBUTES)
}

/// One piece of the text.
#[derive(Clone, Copy, Debug)]
pub(in crate::parse) enum Token<'a> {
    /// An opening tag.
    Open(Tag<'a>),
    /// A closing tag, by name.
    Close(&'a str),
    /// Text with its entities still unread.
    Text(&'a str),
    /// The inside of a CDATA section.
    Cdata(&'a str),
}

/// Walks over a text from the front.
#[derive(Debug)]
pub(in crate::parse) struct Scanner<'a> {
    text: &'a str,
    /// Where the next token begins; may be set back to the beginning of the last one.
    pub at: usize,
    /// What was wrong so far.
    pub flaws: Flaws,
    /// What its document type declares.
    pub declared: Declared<'a>,
    // What is known not to come any more, so that no search runs to the end twice.
    no_double_quote: bool,
    no_single_quote: bool,
    no_comment_end: bool,
    no_instruction_end: bool,
    no_section_end: bool,
}

impl<'a> Scanner<'a> {
    pub(in crate::parse) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            flaws: Flaws::default(),
            declared: Declared::default(),
            no_double_quote: false,
            no_single_quote: false,
            no_comment_end: false,
            no_instruction_end: false,
            no_section_end: false,
        }
    }

    /// Notes a flaw at the place reached.
    pub(in crate::parse) fn flaw(&mut self, what: impl FnOnce() -> String) {
        self.flaws.note(self.at, what);
    }

    /// The next piece; none at the end.
    pub(in crate::parse) fn next(&mut self) -> Option<Token<'a>> {
        let text = self.text;
        loop {
            let rest = &text[self.at..];
            if !rest.starts_with('<') {
                if rest.is_empty() {
                    return None;
                }
                let end = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                self.at += end;
                return Some(Token::Text(&rest[..end]));
            }
            match rest.as_bytes().get(1).copied() {
                Some(b'!') => {
                    if let Some(inner) = rest.strip_prefix("<![CDATA[") {
                        if let Some(text) = self.cdata(inner) {
                            return Some(Token::Cdata(text));
                        }
                    } else if rest.starts_with("<!--") {
                        self.comment(rest);
                    } else if is_declaration(rest) {
                        self.declaration(rest);
                    } else {
                        return Some(self.bare_bracket(rest));
                    }
                }
                Some(b'?') => self.instruction(rest),
                Some(b'/') => return self.close(rest),
                Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
                    return self.open(rest);
                }
                _ => return Some(self.bare_bracket(rest)),
            }
        }
    }

    fn bare_bracket(&mut self, rest: &'a str) -> Token<'a> {
        self.flaw(|| "a bare `<` in the text".into());
        let end = memchr(b'<', &rest.as_bytes()[1..]).map_or(rest.len(), |end| end + 1);
        self.at += end;
        Token::Text(&rest[..end])
    }

    /// The inside of a section; none where it was opened by mistake: nothing ends it, or what does
    /// is the end of another one in another item. Then its opening is stepped over.
    fn cdata(&mut self, inner: &'a str) -> Option<&'a str> {
        let begin = self.at + "<![CDATA[".len();
        let end = (!self.no_section_end).then(|| inner.find("]]>")).flatten();
        let text = end.and_then(|end| inner.get(..end));
        match (text, end) {
            (Some(text), Some(end)) if !holds_an_end_of_item(text) => {
                self.at = begin + end + 3;
                Some(text)
            }
            _ => {
                self.no_section_end = end.is_none();
                self.flaw(|| "a CDATA section without an end".into());
                self.at = begin;
                None
            }
        }
    }

    fn comment(&mut self, rest: &str) {
        let end = (!self.no_comment_end)
            .then(|| rest[4..].find("-->"))
            .flatten();
        self.at += match end {
            Some(end) => 4 + end + 3,
            None => {
                self.no_comment_end = true;
                self.flaw(|| "a comment without an end".into());
                unended(rest)
            }
        };
    }

    fn instruction(&mut self, rest: &str) {
        let end = (!self.no_instruction_end)
            .then(|| rest.find("?>"))
            .flatten();
        self.at += match end {
            Some(end) => end + 2,
            None => {
                self.no_instruction_end = true;
                self.flaw(|| "a processing instruction without an end".into());
                unended(rest)
            }
        };
    }

    /// Steps over `<!DOCTYPE …>` with its internal subset.
    fn declaration(&mut self, rest: &'a str) {
        let mut quote = None;
        let mut inside = false;
        let mut subset = 0;
        // A second declaration is none: its subset is not looked for, so the walk stays linear.
        let first = !std::mem::replace(&mut self.declared.any, true);
        if first {
            for (place, byte) in rest.bytes().enumerate() {
                match (quote, byte) {
                    (Some(open), byte) if byte == open => quote = None,
                    (Some(_), _) => {}
                    (None, b'"' | b'\'') => quote = Some(byte),
                    (None, b'[') => {
                        inside = true;
                        subset = place + 1;
                    }
                    (None, b']') => inside = false,
                    (None, b'>') if !inside => {
                        self.at += place + 1;
                        if subset > 0 {
                            self.declared.read(&rest[subset..place]);
                        }
                        return;
                    }
                    _ => {}
                }
            }
        }
        self.flaw(|| "a document type declaration without an end".into());
        self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
    }

    fn close(&mut self, rest: &'a str) -> Option<Token<'a>> {
        match rest[2..].find(['>', '<']).map(|end| end + 2) {
            Some(end) => {
                let name = rest[2..end].trim();
                if rest.as_bytes()[end] == b'>' {
                    self.at += end + 1;
                } else {
                    self.flaw(|| format!("the closing tag `{}` has no end", shown(name)));
                    self.at += end;
                }
                // What else stands in a closing tag is dropped.
                Some(Token::Close(name.split_whitespace().next().unwrap_or("")))
            }
            None => {
                self.flaws.truncated.get_or_insert(self.at);
                self.at = self.text.len();
                None
            }
        }
    }

    fn open(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let bytes = rest.as_bytes();
        let name_end = bytes[1..]
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'<'))
            .map_or(rest.len(), |end| end + 1);
        let mut end = name_end;
        let mut value_follows = false;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                b'>' => break,
                b'<' => {
                    self.flaw(|| format!("the tag `{}` has no end", shown(&rest[..name_end])));
                    break;
                }
                b'"' | b'\'' if value_follows => {
                    value_follows = false;
                    if let Some(length) = self.quoted(&rest[end + 1..], byte) {
                        end += length + 1;
                    }
                }
                b'=' => value_follows = true,
                _ if !byte.is_ascii_whitespace() => value_follows = false,
                _ => {}
            }
            end += 1;
        }
        let Some(&last) = bytes.get(end) else {
            self.flaws.truncated.get_or_insert(self.at);
            self.at = self.text.len();
            return None;
        };
        self.at += end + usize::from(last == b'>');
        let inside = rest[name_end..end].trim_end();
        let attributes = inside.strip_suffix('/');
        Some(Token::Open(Tag {
            name: &rest[1..name_end],
            attributes: attributes.unwrap_or(inside).trim(),
            empty: attributes.is_some() && last == b'>',
        }))
    }

    /// The length of a quoted value, when its closing quote comes.
    fn quoted(&mut self, rest: &str, quote: u8) -> Option<usize> {
        let gone = if quote == b'"' {
            &mut self.no_double_quote
        } else {
            &mut self.no_single_quote
        };
        if *gone {
            return None;
        }
        let length = rest.find(char::from(quote));
        if length.is_none() {
            *gone = true;
            self.flaw(|| "a quote without an end".into());
        }
        length
    }
}

/// Whether a section reaches beyond its item: it holds the item's end, and the beginning of another
/// section behind it.
fn holds_an_end_of_item(section: &str) -> bool {
    let Some(next) = section.rfind("<![CDATA[") else {
        return false;
    };
    let before = section.get(..next).unwrap_or("");
    ["</item>", "</entry>", "</ITEM>", "</ENTRY>"]
        .iter()
        .any(|end| before.contains(end))
}

/// How much of a comment or instruction without an end is given up: up to the next bracket.
fn unended(rest: &str) -> usize {
    match rest[1..].find(['<', '>']).map(|end| end + 1) {
        Some(end) if rest.as_bytes()[end] == b'>' => end + 1,
        Some(end) => end,
        None => rest.len(),
    }
}

fn is_declaration(rest: &str) -> bool {
    rest.as_bytes()
        .get(2..9)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"doctype"))
}

/// A piece of hostile text, short enough for a fault's sentence.
pub(in crate::parse) fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(40)
        .collect::<String>()
}

/// Whether XML 1.0 (section 2.2) forbids the character and no reader could show it.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Text with line ends as XML has them and without forbidden characters; entities untouched.
pub(in crate::parse) fn cleaned<'a>(raw: &'a str, at: usize, flaws: &mut Flaws) -> Cow<'a, str> {
    let odd = |b: u8| (b < 0x20) & (b != b'\n') & (b != b'\t') | (b == 0xef);
    if !bytes::any(raw.as_bytes(), odd) {
        return raw.into();
    }
    let kept: String = raw
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !is_forbidden(*c))
        .map(|c| if c == '\r' { '\n' } else { c })
        .collect();
    if raw.contains(is_forbidden) {
        flaws.note(at, || "control characters in the text".into());
    }
    kept.into()
}

/// Text with its entities read. A bare `&` stays one, an unknown entity stays as written, the
/// named ones of HTML become their characters though XML does not know them.
pub(in crate::parse) fn unescape<'a>(
    raw: &'a str,
    at: usize,
    flaws: &mut Flaws,
    declared: &Declared<'_>,
) -> Cow<'a, str> {
    let text = cleaned(raw, at, flaws);
    if memchr(b'&', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some(start) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = entity_length(rest);
        let entity = &rest[..length];
        match entity {
            "&amp;" => out.push('&'),
            "&lt;" => out.push('<'),
            "&gt;" => out.push('>'),
            "&quot;" => out.push('"'),
            "&apos;" => out.push('\''),
            "&" => {
                flaws.note(at, || "a bare `&`".into());
                out.push('&');
            }
            _ if entity.starts_with("&#") => match character(entity) {
                Some(c) if is_forbidden(c) => {
                    flaws.note(at, || format!("the forbidden character `{entity}`"));
                }
                Some(c) => out.push(c),
                None => {
                    flaws.note(at, || format!("`{entity}`, which is no character"));
                    out.push_str(entity);
                }
            },
            _ => {
                let name = entity.trim_start_matches('&').trim_end_matches(';');
                if let Some(text) = declared.text(name) {
                    match character(text) {
                        Some(c) => out.push(c),
                        None => out.push_str(text),
                    }
                    rest = &rest[length..];
                    continue;
                }
                let read = html::decode_entities(entity);
                if !declared.any {
                    flaws.note(at, || {
                        format!("the entity `{entity}`, which XML does not know")
                    });
                }
                out.push_str(&read);
            }
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out.into()
}

/// The length of the entity that `text` begins with; 1 for a bare `&`.
fn entity_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 1;
    if bytes.get(1) == Some(&b'#') {
        end = 2;
    }
    while end < bytes.len() && end < 40 && bytes[end].is_ascii_alphanumeric() {
        end += 1;
    }
    if end > 1 && bytes.get(end) == Some(&b';') {
        end + 1
    } else {
        1
    }
}

/// The character of `&#8217;` or `&#x2019;`. The numbers 128 to 159 are those of Windows-1252,
/// as in HTML: publishers who write them mean curly quotes, not C1 controls.
fn character(entity: &str) -> Option<char> {
    let digits = entity.strip_prefix("&#")?.strip_suffix(';')?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    if let Ok(byte @ 0x80..=0x9f) = u8::try_from(number) {
        let bytes = [byte];
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
        return text.chars().next();
    }
    char::from_u32(number)
}

/// Text as it must stand within markup.
pub(in crate::parse) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<String>, Flaws) {
        let mut scanner = Scanner::new(text);
        let mut out = Vec::new();
        while let Some(token) = scanner.next() {
            out.push(match token {
                Token::Open(tag) => format!(
                    "<{}|{}{}",
                    tag.name,
                    tag.attributes,
                    if tag.empty { "|/" } else { "" }
                ),
                Token::Close(name) => format!("/{name}"),
                Token::Text(text) => text.to_owned(),
                Token::Cdata(text) => format!("[{text}]"),
            });
        }
        (out, scanner.flaws)
    }

    #[test]
    fn tokens_of_all_sorts() {
        for (text, expected, flaws) in [
            ("<a b=\"1>2\">x</a>", vec!["<a|b=\"1>2\"", "x", "/a"], 0),
            ("<a/><b c='d' />", vec!["<a||/", "<b|c='d'|/"], 0),
            ("<a href=/x/>", vec!["<a|href=/x|/"], 0),
            ("<![CDATA[a]]b>]]>c", vec!["[a]]b>]", "c"], 0),
            ("<a><![CDATA[b</a>", vec!["<a|", "b", "/a"], 1),
            (
                "<![CDATA[a</item><![CDATA[b]]>c",
                vec!["a", "/item", "[b]", "c"],
                1,
            ),
            ("<![CDATA[a<![CDATA[b]]>c", vec!["[a<![CDATA[b]", "c"], 0),
            ("<!-- <a> --><?php <b> ?>x", vec!["x"], 0),
            ("<!DOCTYPE a [<!ENTITY b \"]>\">]>x", vec!["x"], 0),
            ("1 < 2 <3", vec!["1 ", "< 2 ", "<3"], 2),
            ("<a\n<b>", vec!["<a|", "<b|"], 1),
            ("</a\n</b >", vec!["/a", "/b"], 1),
            ("<!-- a <b>c", vec!["<b|", "c"], 1),
            ("<a b=\"c>d", vec!["<a|b=\"c", "d"], 1),
            ("<!' x", vec!["<!' x"], 1),
        ] {
            let (found, found_flaws) = all(text);
            assert_eq!(found, expected, "{text}");
            assert_eq!(found_flaws.count, flaws, "{text}: {found_flaws:?}");
            assert!(found_flaws.truncated.is_none(), "{text}");
        }
        for text in ["<a", "x</a", "<a b='c' d"] {
            assert!(all(text).1.truncated.is_some(), "{text}");
        }
    }

    #[test]
    fn attributes_survive_missing_quotes() {
        let found: Vec<_> = attributes(" a=1 b = '2 3' c d=\"4").collect();
        assert_eq!(found, [("a", "1"), ("b", "2 3"), ("c", ""), ("d", "4")]);
    }

    #[test]
    fn entities() {
        for (text, expected, flaws) in [
            ("a &amp; b &lt;", "a & b <", 0),
            ("AT&T & co", "AT&T & co", 2),
            ("&#8217;&#x2019;&#146;", "\u{2019}\u{2019}\u{2019}", 0),
            ("a&#0;b&#1;c\u{1}d", "abcd", 3),
            ("?a=1&copy=2", "?a=1&copy=2", 1),
            ("&#xFFFFFFFFF;", "&#xFFFFFFFFF;", 1),
            ("a\r\nb\rc", "a\nb\nc", 0),
        ] {
            let mut found = Flaws::default();
            let nothing = Declared::default();
            assert_eq!(unescape(text, 0, &mut found, &nothing), expected);
            assert_eq!(found.count, flaws, "{text}");
        }
    }

    #[test]
    fn a_million_openings_are_walked_once() {
        for piece in [
            "<a b=\"",
            "<!--",
            "<?",
            "<!DOCTYPE [",
            "<![CDATA[",
            "</",
            "<a ",
            "&",
        ] {
            let text = piece.repeat(100_000);
            let begun = std::time::Instant::now();
            let (found, _) = all(&text);
            let _ = unescape(&text, 0, &mut Flaws::default(), &Declared::default());
            assert!(found.len() <= 200_001);
            assert!(begun.elapsed().as_secs() < 5, "{piece}");
        }
    }
}
