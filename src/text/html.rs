//! HTML: made safe once, in one place; and plain text out of HTML that nobody has made safe.
//!
//! Nothing here trusts its input. What builds a tree is guarded first, because the tree builders
//! are quadratic in depth; what only wants text walks the signs once and builds nothing.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::{memchr, memmem};
use url::Url;

use super::bytes;
use super::rehearsal::{self, Whole};
pub use super::rehearsal::{Hostile, MAX_NESTING};

/// HTML that this module has made safe: a short list of harmless tags, links to http, https and
/// mailto only, no style, no script, no image.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Takes text that this module produced earlier and that was stored since. Never for
    /// anything else.
    pub fn trust_stored(text: String) -> Self {
        Self(text)
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The HTML.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// One piece of markup, as the linear walk sees it.
enum Piece<'a> {
    Text(&'a str),
    Open { name: &'a str },
    Close { name: &'a str },
    Other,
}

/// Walks markup once: tags by their names, everything else as text. Comments, declarations and
/// the contents of script and style are no text.
struct Walk<'a> {
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

fn walk(text: &str) -> Walk<'_> {
    Walk {
        rest: text,
        raw: None,
        gone: [false; RAW.len()],
    }
}

/// Whether what follows `<!` is a comment, a section or a document type; anything else is two signs
/// that nobody meant to hide what follows them.
fn is_declaration(after: &[u8]) -> bool {
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

fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Refuses a page that would keep a tree builder busy; asked before any page is given to one.
///
/// # Errors
/// With what is too much.
pub fn check_nesting(page: &str) -> Result<(), Hostile> {
    rehearsal::rehearse(page, Whole::Document)
}

/// Tags that may stand in safe HTML.
const SAFE_TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "dl",
    "dt",
    "em",
    "figcaption",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];

static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(sanitizer);

fn sanitizer() -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(SAFE_TAGS.iter().copied().collect())
        .clean_content_tags(["script", "style", "iframe", "template", "noscript", "title"].into())
        .tag_attributes(
            [
                ("a", ["href"].into()),
                ("td", ["colspan", "rowspan"].into()),
                ("th", ["colspan", "rowspan"].into()),
            ]
            .into(),
        )
        .generic_attributes(["lang"].into())
        .url_schemes(["http", "https", "mailto"].into())
        .attribute_filter(|_, name, value| match name {
            // A name before the host only ever deceives.
            "href" if value.contains('@') && has_credentials(value) => None,
            _ => Some(value.into()),
        })
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true);
    builder
}

fn has_credentials(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// Makes a fragment safe; relative links are resolved on `base`. Text without any markup goes
/// through untouched, markup that is hostile comes back as its plain text.
pub fn safe_html(fragment: &str, base: Option<&Url>) -> SafeHtml {
    let fragment: Cow<'_, str> = if has_forbidden(fragment) {
        Cow::Owned(fragment.replace(forbidden, ""))
    } else {
        Cow::Borrowed(fragment)
    };
    if !fragment.contains(['<', '&', '>', '"']) {
        return SafeHtml(fragment.trim().to_owned());
    }
    let fragment = shown_signs(fragment);
    if is_already_safe(&fragment) {
        return SafeHtml(fragment.trim().to_owned());
    }
    if rehearsal::rehearse(&fragment, Whole::Fragment).is_err() {
        return SafeHtml(escaped(&plain(&fragment)));
    }
    let cleaned = match base {
        // Rules for one base are made only where a link wants them.
        Some(base) if has_relative_link(&fragment) => {
            let mut builder = sanitizer();
            builder.url_relative(ammonia::UrlRelative::RewriteWithBase(base.clone()));
            clean(&builder, &fragment)
        }
        _ => clean(&SANITIZER, &fragment),
    };
    let Some(mut cleaned) = cleaned else {
        return SafeHtml(escaped(&plain(&fragment)));
    };
    // Wrongly nested markup is read differently once it was written down; what is kept must be
    // what every later reader sees (the ground of "mutation" attacks on sanitisers).
    for _ in 0..4 {
        if is_already_safe(&cleaned) {
            return SafeHtml(cleaned.trim().to_owned());
        }
        let Some(again) = clean(&SANITIZER, &cleaned) else {
            break;
        };
        if again == cleaned {
            return SafeHtml(cleaned.trim().to_owned());
        }
        cleaned = again;
    }
    SafeHtml(escaped(&plain(&cleaned)))
}

/// A fragment made safe; none where a value in one of its tags is too long to be written down.
fn clean(builder: &ammonia::Builder<'_>, fragment: &str) -> Option<String> {
    let fragment = in_short_texts(fragment)?;
    let mut cleaned = builder.clean(&fragment).to_string();
    // What was written as a number is a sign by now.
    if has_forbidden(&cleaned) {
        cleaned.retain(|c| !forbidden(c));
    }
    Some(cleaned)
}

/// The fragment with empty comments in its longest texts, which the sanitiser takes out again; none
/// where that does not help because it is a tag that is so long.
///
/// html5ever (0.40) writes a text down by looking, at each sign that it escapes, for the next `<`
/// up to the text's end: half a megabyte of `&amp;` would take minutes.
fn in_short_texts(fragment: &str) -> Option<Cow<'_, str>> {
    const SHORT: usize = 2_048;
    const MOST_STEPS: usize = 100_000_000;
    // What is escaped, and the first byte of what may be a no-break space.
    let is_sign = |byte: &u8| matches!(byte, b'&' | 0xc2);
    let steps = |text: &str| {
        let signs = text.bytes().filter(|byte| is_sign(byte)).count();
        signs.saturating_mul(text.len())
    };
    if fragment.len() <= SHORT || steps(fragment) <= MOST_STEPS {
        return Some(Cow::Borrowed(fragment));
    }
    let mut out = String::with_capacity(fragment.len() + fragment.len() / 64);
    for (place, piece) in fragment.split('<').enumerate() {
        if place > 0 {
            out.push('<');
        }
        let tag = match piece.find('>') {
            Some(end) => end + 1,
            None if place > 0 => piece.len(),
            None => 0,
        };
        let (tag, text) = piece.split_at(tag);
        if steps(tag) > MOST_STEPS {
            return None;
        }
        out.push_str(tag);
        let mut since = 0;
        for c in text.chars() {
            // Never within an entity.
            if since >= SHORT && (c == '&' || c.is_whitespace() || !c.is_ascii()) {
                out.push_str("<!---->");
                since = 0;
            }
            out.push(c);
            since += c.len_utf8();
        }
    }
    Some(Cow::Owned(out))
}

/// The fragment with every `<!` escaped that begins nothing, because a tree builder would take all
/// up to the next `>` for a comment.
fn shown_signs(fragment: Cow<'_, str>) -> Cow<'_, str> {
    if memmem::find(fragment.as_bytes(), b"<!").is_none() {
        return fragment;
    }
    let meant = |at: usize| is_declaration(fragment.as_bytes().get(at + 2..).unwrap_or(&[]));
    if fragment.match_indices("<!").all(|(at, _)| meant(at)) {
        return fragment;
    }
    let mut out = String::with_capacity(fragment.len() + 16);
    let mut copied = 0;
    for (at, _) in fragment.match_indices("<!") {
        if !meant(at) {
            out.push_str(fragment.get(copied..at).unwrap_or(""));
            out.push_str("&lt;");
            copied = at + 1;
        }
    }
    out.push_str(fragment.get(copied..).unwrap_or(""));
    Cow::Owned(out)
}

/// Whether a link may have to be resolved: an `href` that begins with no scheme of ours.
fn has_relative_link(fragment: &str) -> bool {
    let bytes = fragment.as_bytes();
    memmem::find_iter(bytes, "ref").any(|at| {
        let after = fragment.get(at + 3..).unwrap_or("").trim_start();
        let Some(value) = after.strip_prefix('=') else {
            return false;
        };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        !["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
    }) || memmem::find(bytes, b"REF").is_some()
}

/// The bytes that end what is text and nothing else: signs of markup, and the one that a
/// non-breaking space begins with.
fn stops(byte: u8) -> bool {
    (byte == b'<')
        | (byte == b'>')
        | (byte == b'&')
        | (byte == b'"')
        | (byte == b'\r')
        | (byte == 0xc2)
}

/// Whether a fragment is what the sanitiser would give back: plain tags of the list without
/// attributes, properly nested, and no sign that would be escaped.
///
/// Most feeds write just this, and the sanitiser builds a tree to find it out.
fn is_already_safe(fragment: &str) -> bool {
    // Only flow that a parser never rearranges: blocks that hold text and inline tags.
    const BLOCKS: &[&str] = &["p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li"];
    const INLINE: &[&str] = &[
        "b", "em", "i", "strong", "code", "cite", "s", "u", "small", "sub", "sup", "q",
    ];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = fragment;
    while let Some(at) = bytes::first(rest.as_bytes(), stops) {
        let after = rest.get(at..).unwrap_or("");
        if after.starts_with('"') {
            rest = after.get(1..).unwrap_or("");
            continue;
        }
        if after.as_bytes().first() == Some(&0xc2) && !after.starts_with('\u{a0}') {
            // Another character of these two bytes.
            rest = after.get(2..).unwrap_or("");
            continue;
        }
        if let Some(entity) = after.strip_prefix('&') {
            // What the sanitiser itself writes.
            let Some(known) = ["amp;", "lt;", "gt;", "nbsp;"]
                .iter()
                .find(|known| entity.starts_with(**known))
            else {
                return false;
            };
            rest = entity.get(known.len()..).unwrap_or("");
            continue;
        }
        let Some(tag) = after.strip_prefix('<') else {
            return false;
        };
        let Some(end) = tag.find('>') else {
            return false;
        };
        let tag_text = tag.get(..end).unwrap_or("");
        rest = tag.get(end + 1..).unwrap_or("");
        if let Some(name) = tag_text.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
            continue;
        }
        if tag_text == "br" {
            continue;
        }
        let block = BLOCKS.contains(&tag_text);
        if !block && !INLINE.contains(&tag_text) {
            return false;
        }
        let parent = open.last().copied();
        let fits = match tag_text {
            "li" => matches!(parent, Some("ul" | "ol")),
            "p" | "h2" | "h3" | "h4" | "blockquote" => matches!(parent, None | Some("blockquote")),
            "ul" | "ol" => matches!(parent, None | Some("li" | "blockquote")),
            // The same inline tag within itself is where parsers begin to repair.
            inline => !matches!(parent, Some("ul" | "ol")) && !open.contains(&inline),
        };
        if !fits || open.len() > 20 {
            return false;
        }
        open.push(tag_text);
    }
    open.is_empty()
}

/// Control characters, which no text needs, and those that force an order on what follows.
fn forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether there is any. Bytes that none of them begins with need no look at characters.
fn has_forbidden(text: &str) -> bool {
    let may_begin = |byte: u8| {
        let control = (byte < 0x20) & !matches!(byte, b'\n' | b'\t' | b'\r');
        control | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe2)
    };
    bytes::any(text.as_bytes(), may_begin) && text.contains(forbidden)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Elements that begin and end a line.
const BLOCK: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// The plain text of markup that nobody has made safe: entities decoded, a line for each block,
/// white space folded.
pub fn plain(fragment: &str) -> String {
    let mut out = String::with_capacity(fragment.len());
    let mut line = false;
    let mut space = false;
    for piece in walk(fragment) {
        match piece {
            Piece::Text(text) => {
                let text = decode_entities(text);
                let mut rest = text.as_ref();
                while let Some(c) = rest.chars().next() {
                    if c.is_whitespace() {
                        space = true;
                        rest = rest.get(c.len_utf8()..).unwrap_or("");
                        continue;
                    }
                    if forbidden(c) {
                        rest = rest.get(c.len_utf8()..).unwrap_or("");
                        continue;
                    }
                    if line {
                        if !out.is_empty() {
                            out.push('\n');
                        }
                    } else if space && !out.is_empty() {
                        out.push(' ');
                    }
                    line = false;
                    space = false;
                    let run = words_one_space_apart(rest.as_bytes()).max(c.len_utf8());
                    let (word, after) = rest.split_at(run);
                    out.push_str(word);
                    rest = after;
                }
            }
            Piece::Open { name, .. } | Piece::Close { name } => {
                if listed(BLOCK, name) {
                    line = true;
                } else if listed(&["td", "th"], name) {
                    space = true;
                }
            }
            Piece::Other => {}
        }
    }
    out
}

/// How many bytes from here on are words of plain ASCII with one space between them: most of any
/// text, copied as it stands.
fn words_one_space_apart(bytes: &[u8]) -> usize {
    const MANY: usize = 32;
    let sign = |byte: &u8| (0x21..0x7f).contains(byte);
    let mut at = 0;
    // Many at a time, while all of them are such and no two spaces meet: no branch within.
    while let Some((some, next)) = bytes.get(at..at + MANY).zip(bytes.get(at + 1..=at + MANY)) {
        let pairs = some.iter().zip(next);
        let plain = pairs.fold(true, |plain, (one, other)| {
            plain & (0x20..0x7f).contains(one) & ((*one != b' ') | (*other != b' '))
        });
        if !plain {
            break;
        }
        at += MANY;
    }
    // What follows a space at the end was not looked at.
    if at > 0 && bytes.get(at - 1) == Some(&b' ') {
        at -= 1;
    }
    loop {
        let rest = bytes.get(at..).unwrap_or(&[]);
        at += rest.iter().take_while(|byte| sign(byte)).count();
        let space = bytes.get(at) == Some(&b' ') && bytes.get(at + 1).is_some_and(sign);
        if !space {
            return at;
        }
        at += 1;
    }
}

/// Trims lines and drops empty ones; control characters go.
pub fn folded_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(first);
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
    }
    if out.contains(|c: char| c.is_control() && c != '\n') {
        out.retain(|c| !c.is_control() || c == '\n');
    }
    out
}

/// Whether a text is a whole HTML page.
pub fn looks_like_html_document(text: &str) -> bool {
    let mut end = text.len().min(1_024);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or("").to_ascii_lowercase();
    let head = head.trim_start();
    head.starts_with("<!doctype html")
        || head.starts_with("<html")
        || (head.starts_with("<!--") && head.contains("<html"))
        || head.contains("<!doctype html")
        || (head.contains("<html") && head.contains("<head"))
}

/// The longest line kept, in characters.
const LONGEST_LINE: usize = 500;

/// Elements of HTML, by which markup is told from text that has angle brackets of its own.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "map",
    "mark",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Elements that need no end to be meant.
const ALONE: &[&str] = &["br", "hr", "img", "wbr", "input"];

/// Whether a text whose writer did not say so is most likely HTML: it begins with a tag, or has a
/// closing one, one that needs none, or an entity, and neither a tag nor an entity that HTML does
/// not know. `List<int>` and "the `<blink>` tag" are text.
pub fn is_likely(text: &str) -> bool {
    let text = text.trim_start();
    let mut sign = false;
    let bytes = text.as_bytes();
    for (at, byte) in text.bytes().enumerate() {
        let after = |from: usize| text.get(at + from..).unwrap_or("");
        match byte {
            b'&' if bytes
                .get(at + 1)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'#') =>
            {
                let rest = after(1);
                let end = rest
                    .bytes()
                    .take(40)
                    .position(|b| !(b.is_ascii_alphanumeric() || b == b'#'));
                if end.and_then(|end| rest.as_bytes().get(end)) == Some(&b';') {
                    match entity(rest) {
                        Some((_, _, length)) if rest.as_bytes().get(length - 1) == Some(&b';') => {
                            sign = true;
                        }
                        _ => return false,
                    }
                }
            }
            b'<' => {
                let closing = bytes.get(at + 1) == Some(&b'/');
                let rest = after(if closing { 2 } else { 1 });
                if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    continue;
                }
                let end = rest
                    .bytes()
                    .position(|b| !b.is_ascii_alphanumeric())
                    .unwrap_or(rest.len());
                let name = rest.get(..end).unwrap_or("");
                if !listed(ELEMENTS, name) {
                    return false;
                }
                sign |= closing || at == 0 || listed(ALONE, name);
            }
            _ => {}
        }
    }
    sign
}

/// A title: one line of plain text, however often it was escaped on its way here.
pub fn line(text: &str) -> String {
    let mut current: Cow<'_, str> = Cow::Borrowed(text);
    // Titles are often escaped twice; more than three times is nobody's title.
    for time in 0..3 {
        if !current.contains(['<', '&']) || (time > 0 && !is_likely(&current)) {
            break;
        }
        let next = plain(&current);
        if next == *current {
            break;
        }
        current = Cow::Owned(next);
    }
    let mut out = String::with_capacity(current.len().min(600));
    for word in current.split_whitespace() {
        let mut clean = word
            .chars()
            .filter(|c| !c.is_control() && !is_bidi(*c))
            .peekable();
        if clean.peek().is_none() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(clean);
    }
    if out.len() > LONGEST_LINE {
        excerpt(&out, LONGEST_LINE)
    } else {
        out
    }
}

/// Marks that turn the order of what follows (Unicode TR 9), with which a title could disguise
/// itself.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}')
}

/// At most so many characters, cut at a word, with a sign that something was left out.
pub fn excerpt(text: &str, characters: usize) -> String {
    let text = text.trim();
    if text.len() <= characters {
        return text.to_owned();
    }
    let Some(end) = byte_of(text, characters) else {
        return text.to_owned();
    };
    let room = byte_of(text, characters.saturating_sub(1)).unwrap_or(end);
    let head = text.get(..room).unwrap_or("");
    let cut = head
        .rfind(char::is_whitespace)
        .filter(|at| *at >= room / 2)
        .unwrap_or(room);
    let mut out = head
        .get(..cut)
        .unwrap_or("")
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–'))
        .to_owned();
    out.push('…');
    out
}

/// Where a character begins, counted from 0; none where there are not so many.
fn byte_of(text: &str, character: usize) -> Option<usize> {
    if text.as_bytes().get(..=character)?.is_ascii() {
        return Some(character);
    }
    text.char_indices().nth(character).map(|(at, _)| at)
}

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
fn entity(after: &str) -> Option<(char, Option<char>, usize)> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_are_one_plain_line() {
        for (given, line_of_it) in [
            ("AT&T rules", "AT&T rules"),
            ("a < b and b > a", "a < b and b > a"),
            ("<b>Bold</b> move", "Bold move"),
            ("Q&amp;A", "Q&A"),
            ("&lt;b&gt;Twice&lt;/b&gt; &amp;amp; more", "Twice & more"),
            ("  two\n lines\t", "two lines"),
            ("&eacute;&#233;&#xE9;&#146;", "ééé’"),
            ("x&nosuch;y &copy 2026", "x&nosuch;y © 2026"),
            ("safe\u{202e}evil\u{0}", "safeevil"),
            ("<script>alert(1)</script>Title", "Title"),
            ("The &lt;blink&gt; tag", "The <blink> tag"),
            (
                "&amp;lt;b&amp;gt; in a List&lt;int&gt;",
                "&lt;b&gt; in a List<int>",
            ),
            ("\u{5d0}\u{200f} (1)", "\u{5d0}\u{200f} (1)"),
        ] {
            assert_eq!(line(given), line_of_it, "{given}");
        }
        assert!(line(&"word ".repeat(1_000)).chars().count() <= 500);
    }

    #[test]
    fn plain_text_keeps_its_lines() {
        assert_eq!(
            plain(
                "<p>One <b>two</b></p><ul><li>a<li>b</ul><script>x</script>c<!-- d -->&nbsp;e<table><tr><td>f</td><td>g</td></tr></table>"
            ),
            "One two\na\nb\nc e\nf g"
        );
        assert_eq!(
            plain("<svg><title>icon</title></svg>a <svg>b <math>c"),
            "a b c"
        );
        assert_eq!(plain("a<script>b"), "a");
        assert_eq!(plain("no end <a href=\"x>y"), "no end y");
        assert_eq!(plain("1 <2 and <3"), "1 <2 and <3");
    }

    #[test]
    fn what_is_unsafe_is_gone() {
        let base = Url::parse("https://e.org/news/1").unwrap();
        for (given, kept) in [
            ("<p>ok</p>", "<p>ok</p>"),
            ("plain", "plain"),
            ("<img src=x onerror=alert(1)>", ""),
            ("<svg><style><img src=x onerror=1></style></svg>x", "x"),
            (
                "<p style='position:fixed' onclick=x class=y id=z>a</p>",
                "<p>a</p>",
            ),
            ("<iframe src=x></iframe>b", "b"),
            ("<svg onload=x>b", "b"),
            // Elements of a formula fit nowhere outside it, and go with what they hold.
            ("<math><mi>x</mi></math>b", "b"),
            ("<p title=\"--><script>\">a</p>", "<p>a</p>"),
            (
                "<a href='https://e.org@evil.org/'>c</a>",
                "<a rel=\"noopener noreferrer nofollow\">c</a>",
            ),
            (
                "<a href='javascript:alert(1)'>c</a>",
                "<a rel=\"noopener noreferrer nofollow\">c</a>",
            ),
            (
                "<a href='/rel'>d</a>",
                "<a href=\"https://e.org/rel\" rel=\"noopener noreferrer nofollow\">d</a>",
            ),
            ("a & b", "a &amp; b"),
            // Read again, this is the same.
            ("<h2><em><h2></em>", "<h2><em></em></h2><h2><em></em></h2>"),
        ] {
            assert_eq!(safe_html(given, Some(&base)).as_str(), kept, "{given}");
        }
    }

    #[test]
    fn depth_is_noticed_before_a_tree_is_built() {
        assert!(check_nesting(&"<div>".repeat(100_000)).is_err());
        assert!(check_nesting(&"<p>x".repeat(100_000)).is_ok());
        assert!(check_nesting(&format!("<a {}>", "x=1 ".repeat(2_000))).is_err());
        let safe = safe_html(&format!("{}text", "<b>".repeat(10_000)), None);
        assert_eq!(safe.as_str(), "text");
    }

    #[test]
    fn long_texts_full_of_signs_are_kept_and_written_quickly() {
        let begun = std::time::Instant::now();
        for (written, safe) in [
            ("&", "&amp;"),
            ("a&amp;b ", "a&amp;b "),
            ("\u{b0}", "\u{b0}"),
            ("&nbsp;", "&nbsp;"),
            ("x &lt; y&#38;z ", "x &lt; y&amp;z "),
        ] {
            let count = 400_000 / written.len();
            let fragment = format!("<p><b>Kept</b> {}.</p>", written.repeat(count));
            let expected = format!("<p><b>Kept</b> {}.</p>", safe.repeat(count));
            assert!(
                safe_html(&fragment, None).as_str() == expected,
                "{written:?}: {:.120}",
                safe_html(&fragment, None).as_str()
            );
        }
        let title = format!(
            "<a href=\"https://e.org/?{}\">Kept</a>",
            "a&amp;".repeat(80_000)
        );
        assert!(safe_html(&title, None).as_str().contains("Kept"));
        let spent = begun.elapsed();
        assert!(spent.as_secs() < 30, "{spent:?}");
    }

    #[test]
    fn excerpts_end_at_a_word() {
        assert_eq!(excerpt("one two three", 100), "one two three");
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("äöüäöüäöü", 4), "äöü…");
    }

    fn messy() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                Just("<p>"),
                Just("</p>"),
                Just("<b>"),
                Just("</b>"),
                Just("<a href=\"javascript:x\">"),
                Just("<ul>"),
                Just("<li>"),
                Just("</li>"),
                Just("</ul>"),
                Just("<script>"),
                Just("</script>"),
                Just("<!--"),
                Just("-->"),
                Just("&lt;"),
                Just("&amp;"),
                Just("&"),
                Just("<"),
                Just(">"),
                Just("text "),
                Just("\""),
                Just("<em>"),
                Just("</em>"),
                Just("<br>"),
                Just("<svg>"),
                Just("<img src=x onerror=y>"),
                Just("<blockquote>"),
                Just("</blockquote>"),
                Just("<h2>"),
                Just("</h2>"),
                Just("é"),
                Just("<![CDATA["),
                Just("]]>"),
                Just("&nbsp;")
            ],
            0..25,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(fragment in messy()) {
            if is_already_safe(&fragment) {
                prop_assert_eq!(SANITIZER.clean(&fragment).to_string(), fragment.clone());
            }
        }

        #[test]
        fn nothing_unsafe_comes_out(fragment in messy()) {
            let safe = safe_html(&fragment, None);
            let lower = safe.as_str().to_ascii_lowercase();
            // No `<` and no `>` stands outside tags, so this is every tag. What is text may say
            // anything.
            for tag in lower.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap_or(tag);
                for bad in ["script", "svg", "img", "math", "style"] {
                    prop_assert!(!tag.starts_with(bad), "{}", safe.as_str());
                }
                for bad in ["javascript:", "onerror="] {
                    prop_assert!(!tag.contains(bad), "{}", safe.as_str());
                }
            }
            let again = safe_html(safe.as_str(), None);
            prop_assert_eq!(again.as_str(), safe.as_str());
        }

        #[test]
        fn any_text_is_walked(text in "\\PC{0,60}") {
            plain(&text);
            line(&text);
            safe_html(&text, None);
            excerpt(&text, 10);
        }
    }
}
