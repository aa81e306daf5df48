//! Whether a text is HTML, where nobody said so.

use super::entities::entity;
use super::walk::listed;

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
