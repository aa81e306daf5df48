//! Markup walked once, without a tree: tags by their names, everything else as text.

/// One piece of markup, as the linear walk sees it.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Open { name: &'a str },
    Close { name: &'a str },
    Other,
}

/// Walks markup once: tags by their names, everything else as text. Comments, declarations and
/// the contents of script and style are no text.
pub(super) struct Walk<'a> {
    rest: &'a str,
    /// The element whose content is being skipped: its place in [`RAW`].
    raw: Option<usize>,
    /// Of which elements no closing tag comes any more, so that no search runs to the end twice.
    gone: [bool; RAW.len()],
}

/// Elements whose content is no text. All but the first two are skipped only where they end: who
/// leaves them open means the text behind them to be read.
const RAW: &[&str] = &[
    "script", "style", "textarea", "title", "noscript", "template", "iframe", "svg", "math",
];
/// How many of them reach to the end of the text when nothing ends them.
const ENDLESS: usize = 2;

impl<'a> Iterator for Walk<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some(place) = self.raw.take() {
            let name = RAW.get(place).copied().unwrap_or("");
            let end = match self.gone.get(place) {
                Some(false) => find_close(self.rest, name),
                _ => None,
            };
            match end {
                Some(end) => self.rest = self.rest.get(end..).unwrap_or(""),
                None if place < ENDLESS => {
                    self.rest = "";
                    return None;
                }
                None => {
                    if let Some(gone) = self.gone.get_mut(place) {
                        *gone = true;
                    }
                }
            }
        }
        let Some(at) = tag_start(self.rest) else {
            return Some(Piece::Text(std::mem::take(&mut self.rest)));
        };
        if at > 0 {
            let (text, rest) = self.rest.split_at(at);
            self.rest = rest;
            return Some(Piece::Text(text));
        }
        let rest = self.rest;
        if let Some(inner) = rest.strip_prefix("<!--") {
            let end = inner.find("-->").map_or(inner.len(), |end| end + 3);
            self.rest = inner.get(end..).unwrap_or("");
            return Some(Piece::Other);
        }
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let end = inner.find("]]>").unwrap_or(inner.len());
            self.rest = inner.get(end + 3..).unwrap_or("");
            return Some(Piece::Text(inner.get(..end).unwrap_or("")));
        }
        let close = rest.starts_with("</");
        let name_at = if close { 2 } else { 1 };
        let after = rest.get(name_at..).unwrap_or("");
        let name_end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')))
            .unwrap_or(after.len());
        let name = after.get(..name_end).unwrap_or("");
        let (length, closed) = tag_body(after.get(name_end..).unwrap_or(""));
        self.rest = after.get(name_end + length..).unwrap_or("");
        if name.is_empty() {
            return Some(Piece::Other);
        }
        if close {
            return Some(Piece::Close { name });
        }
        if !closed {
            self.raw = RAW.iter().position(|raw| raw.eq_ignore_ascii_case(name));
        }
        Some(Piece::Open { name })
    }
}

/// Walks a text.
pub(super) fn walk(text: &str) -> Walk<'_> {
    Walk {
        rest: text,
        raw: None,
        gone: [false; RAW.len()],
    }
}

/// Whether what follows `<!` is a comment, a section or a document type; anything else is two signs
/// that nobody meant to hide what follows them.
pub(super) fn is_declaration(after: &[u8]) -> bool {
    after.starts_with(b"--")
        || after.starts_with(b"[")
        || after
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"doctype"))
}

/// Where the next tag begins: a `<` before a letter, `/`, `?` or a declaration. Any other is
/// mathematics.
fn tag_start(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'<', bytes.get(from..)?).map(|at| at + from) {
        match bytes.get(at + 1) {
            Some(b'!') if is_declaration(bytes.get(at + 2..).unwrap_or(&[])) => return Some(at),
            Some(next) if next.is_ascii_alphabetic() || matches!(next, b'/' | b'?') => {
                return Some(at);
            }
            _ => {}
        }
        from = at + 1;
    }
    None
}

/// The rest of a tag after its name: its length up to and with `>`, and whether it closes itself.
/// Quotes are honoured as long as they end.
fn tag_body(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => {
                let closed = at > 0 && bytes.get(at - 1) == Some(&b'/');
                return (at + 1, closed);
            }
            b'"' | b'\'' => {
                let ended = bytes
                    .get(at + 1..)
                    .and_then(|rest| rest.iter().position(|b| b == byte));
                match ended {
                    Some(length) => at += length + 1,
                    // A quotation without an end would swallow the rest of the document.
                    None => {
                        let end = bytes
                            .get(at..)
                            .and_then(|rest| rest.iter().position(|b| *b == b'>'))
                            .map_or(bytes.len(), |end| at + end + 1);
                        return (end, false);
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), false)
}

/// Where the closing tag of a raw element begins.
fn find_close(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = bytes
        .get(from..)
        .and_then(|rest| rest.windows(2).position(|pair| pair == b"</"))
        .map(|at| at + from)
    {
        let after = bytes.get(at + 2..at + 2 + name.len()).unwrap_or(&[]);
        if after.eq_ignore_ascii_case(name.as_bytes()) {
            return Some(at);
        }
        from = at + 2;
    }
    None
}

pub(super) fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|other| other.eq_ignore_ascii_case(name))
}
