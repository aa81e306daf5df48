//! Links inside an item's HTML, made absolute while it is still known what they are relative to.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;
use url::Url;

use super::scan;

/// The markup with every relative `href` and `src` joined to `base`. Nothing is copied when there
/// is none, which is the ordinary case.
pub(super) fn absolute(markup: Cow<'_, str>, base: &Url) -> String {
    let mut out: Option<String> = None;
    let mut copied = 0;
    let mut from = 0;
    while let Some(start) = memchr(b'<', &markup.as_bytes()[from..]).map(|at| from + at) {
        if !markup
            .as_bytes()
            .get(start + 1)
            .is_some_and(u8::is_ascii_alphabetic)
        {
            from = start + 1;
            continue;
        }
        let end = memchr(b'>', &markup.as_bytes()[start..]).map_or(markup.len(), |at| start + at);
        for value in addresses(&markup, start..end) {
            let written = &markup[value.clone()];
            if !is_relative(written) {
                continue;
            }
            let read = scan::unescape(
                written.trim(),
                0,
                &mut scan::Flaws::default(),
                &scan::Declared::NOTHING,
            );
            let Ok(joined) = base.join(&read) else {
                continue;
            };
            let out = out.get_or_insert_with(|| String::with_capacity(markup.len() + 256));
            out.push_str(&markup[copied..value.start]);
            out.push_str(&joined.as_str().replace('&', "&amp;").replace('"', "%22"));
            copied = value.end;
        }
        from = end.max(start + 1);
    }
    match out {
        Some(mut out) => {
            out.push_str(&markup[copied..]);
            out
        }
        None => markup.into_owned(),
    }
}

/// Where the quoted values of `href` and `src` stand in one tag.
fn addresses(markup: &str, tag: Range<usize>) -> Vec<Range<usize>> {
    let text = &markup[tag.clone()];
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(sign) = text[from..].find('=').map(|at| from + at) {
        from = sign + 1;
        let name = text[..sign].trim_end();
        let is_address = ["href", "src"].iter().any(|wanted| {
            name.len() > wanted.len()
                && name
                    .get(name.len() - wanted.len()..)
                    .is_some_and(|tail| tail.eq_ignore_ascii_case(wanted))
                && name.as_bytes()[name.len() - wanted.len() - 1].is_ascii_whitespace()
        });
        let value = text[from..].trim_start();
        let begin = text.len() - value.len();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        let Some(length) = value[1..].find(quote) else {
            break;
        };
        from = begin + 1 + length + 1;
        if is_address {
            found.push(tag.start + begin + 1..tag.start + begin + 1 + length);
        }
    }
    found
}

/// Whether an address lacks a scheme of its own. Fragments stay: they point into the text itself.
fn is_relative(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.starts_with(['#', '{']) || text.len() > 2_048 {
        return false;
    }
    let scheme = text
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')));
    // Entities and blanks before a colon are ways to hide a scheme; sanitising judges those.
    let has_scheme = matches!(scheme, Some(at) if text.as_bytes()[at] == b':');
    let disguised =
        text.contains(|c: char| c.is_control()) || text.contains("&#") || text.contains("&colon");
    !has_scheme && !disguised
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_become_absolute() {
        let base = Url::parse("https://example.org/news/today").unwrap();
        for (markup, expected) in [
            (
                "<a href=\"x?a=1&amp;b=2\">x</a>",
                "<a href=\"https://example.org/news/x?a=1&amp;b=2\">x</a>",
            ),
            (
                "<IMG alt='=' SRC='/y.png'>",
                "<IMG alt='=' SRC='https://example.org/y.png'>",
            ),
            (
                "<a href=\"//other.org/\">",
                "<a href=\"https://other.org/\">",
            ),
            (
                "<a data-href=\"x\" href=\"#y\">",
                "<a data-href=\"x\" href=\"#y\">",
            ),
            ("<a href=\"mailto:a@b.c\">", "<a href=\"mailto:a@b.c\">"),
            (
                "<a href=\"java&#115;cript:x\">",
                "<a href=\"java&#115;cript:x\">",
            ),
            ("a < b href=\"x\"", "a < b href=\"x\""),
            ("text href=\"x\"", "text href=\"x\""),
            ("<a href=\"x", "<a href=\"x"),
        ] {
            assert_eq!(absolute(markup.into(), &base), expected);
        }
    }
}
