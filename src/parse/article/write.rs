//! The main text as HTML of few kinds of elements, its links absolute.

use scraper::{ElementRef, Node};

use super::body::Main;
use crate::domain::address::WebAddress;

/// Elements that are kept; of all others only what is in them.
const KEPT: &[&str] = &[
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
    "div",
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
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "section",
    "small",
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
];

pub(super) fn html(main: &Main<'_>, base: &WebAddress) -> String {
    let mut out = String::new();
    for root in &main.roots {
        element(*root, main, base, &mut out);
    }
    out
}

/// Depth is bounded by the guard before the parser, and so is this recursion.
fn element(element: ElementRef<'_>, main: &Main<'_>, base: &WebAddress, out: &mut String) {
    if main.dropped.contains(&element.id()) {
        return;
    }
    let name = element.value().name();
    let kept = KEPT.contains(&name);
    if kept {
        out.push('<');
        out.push_str(name);
        attributes(element, base, out);
        out.push('>');
    }
    if matches!(name, "br" | "hr") {
        return;
    }
    for child in element.children() {
        match child.value() {
            Node::Text(text) => escaped(text, out),
            Node::Element(_) => {
                if let Some(child) = ElementRef::wrap(child) {
                    self::element(child, main, base, out);
                }
            }
            _ => {}
        }
    }
    if kept {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

fn attributes(element: ElementRef<'_>, base: &WebAddress, out: &mut String) {
    let mut attribute = |name: &str, value: &str| {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escaped(value, out);
        out.push('"');
    };
    if element.value().name() == "a"
        && let Some(link) = element.attr("href").and_then(|href| base.join(href).ok())
    {
        attribute("href", link.as_str());
    }
    for name in ["colspan", "rowspan"] {
        if let Some(value) = element.attr(name)
            && matches!(element.value().name(), "td" | "th")
        {
            attribute(name, value);
        }
    }
}

fn escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
