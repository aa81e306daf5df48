//! HTML made safe: by a sanitizer that builds a tree, or as it is where it is safe already.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;
use url::Url;

use super::plain::plain;
use super::walk::is_declaration;
use crate::text::bytes;
use crate::text::rehearsal::{self, Hostile, Whole};

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

pub(super) static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(sanitizer);

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
        return SafeHtml(within_edges(&fragment).to_owned());
    }
    let fragment = shown_signs(fragment);
    if is_already_safe(&fragment) {
        return SafeHtml(within_edges(&fragment).to_owned());
    }
    if rehearsal::rehearse(&fragment, Whole::Fragment).is_err() {
        return SafeHtml(escaped(within_edges(&plain(&fragment))));
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
        return SafeHtml(escaped(within_edges(&plain(&fragment))));
    };
    // Wrongly nested markup is read differently once it was written down; what is kept must be
    // what every later reader sees (the ground of "mutation" attacks on sanitisers).
    for _ in 0..4 {
        if is_already_safe(&cleaned) {
            return SafeHtml(within_edges(&cleaned).to_owned());
        }
        let Some(again) = clean(&SANITIZER, &cleaned) else {
            break;
        };
        if again == cleaned {
            return SafeHtml(within_edges(&cleaned).to_owned());
        }
        cleaned = again;
    }
    SafeHtml(escaped(within_edges(&plain(&cleaned))))
}

/// A fragment without what nobody sees at its edges. A byte order mark at the very beginning is none of
/// the text to whoever reads it next.
fn within_edges(fragment: &str) -> &str {
    fragment.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// A fragment made safe; none where a value in one of its tags is too long to be written down.
fn clean(builder: &ammonia::Builder<'_>, fragment: &str) -> Option<String> {
    let fragment = in_short_texts(fragment)?;
    let mut cleaned = builder.clean(&fragment).to_string();
    // What was written as a number is a sign by now.
    if has_forbidden(&cleaned) {
        cleaned.retain(|c| !forbidden(c));
    }
    // Each reading would take one of them for itself, so that no two were alike.
    Some(within_edges(&cleaned).to_owned())
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
pub(super) fn is_already_safe(fragment: &str) -> bool {
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
pub(super) fn forbidden(c: char) -> bool {
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
