//! What is no part of a page's text: what it does not show, and what frames it.
//!
//! More careful than the pruning of articles: a page that is watched may be a table, a list or a
//! form, and what is taken away here is never noticed again.

use std::collections::HashSet;

use scraper::{ElementRef, Html};

use super::super::NodeId;
use super::super::flat::Flat;

/// Words of classes and ids that name a frame wherever they stand.
const FRAME_WORDS: &[&str] = &[
    "advert",
    "advertisement",
    "adverts",
    "backtotop",
    "breadcrumb",
    "breadcrumbs",
    "cookie",
    "cookiebanner",
    "cookiebar",
    "cookieconsent",
    "cookies",
    "gdpr",
    "masthead",
    "megamenu",
    "menubar",
    "modal",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "popup",
    "share",
    "sharing",
    "sidebar",
    "sidenav",
    "signup",
    "sitemap",
    "skiplink",
    "skiplinks",
    "subscribe",
    "toolbar",
    "topbar",
];

/// Words that name a frame only where little text stands in it. Not among them: what holds a
/// notice that a page is withdrawn ("banner", "alert", "notice"), headings ("header"), and shells
/// that open ("dropdown", "collapse", "accordion", "toggle", "tab").
const SMALL_FRAME_WORDS: &[&str] = &[
    "ads",
    "basket",
    "cart",
    "consent",
    "copyright",
    "disqus",
    "feedback",
    "footer",
    "login",
    "menu",
    "promo",
    "skip",
    "social",
    "survey",
    "switcher",
    "widget",
];
/// What is little text, in bytes.
const SMALL: usize = 400;

/// What a page calls its own text: its `main` elements, else its body.
pub(super) fn main(page: &Html) -> Vec<ElementRef<'_>> {
    let is_main = |element: &ElementRef<'_>| {
        element.value().name() == "main" || element.attr("role") == Some("main")
    };
    let outermost = |element: &ElementRef<'_>| {
        let mut around = element.ancestors().filter_map(ElementRef::wrap);
        !around.any(|around| is_main(&around))
    };
    let mains: Vec<ElementRef<'_>> = page
        .root_element()
        .descendent_elements()
        .filter(is_main)
        .filter(outermost)
        .take(20)
        .collect();
    if mains.iter().any(|main| has_text(*main)) {
        return mains;
    }
    page.root_element()
        .child_elements()
        .filter(|element| element.value().name() == "body")
        .collect()
}

fn has_text(element: ElementRef<'_>) -> bool {
    element.text().any(|text| !text.trim().is_empty())
}

/// What the page does not show, whatever its definition says.
pub(super) fn hidden(page: &Html) -> HashSet<NodeId> {
    page.root_element()
        .descendent_elements()
        .filter(|element| is_hidden(*element))
        .map(|element| element.id())
        .collect()
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    if matches!(
        element.value().name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "embed"
            | "canvas"
            | "audio"
            | "video"
            | "head"
            | "select"
            | "datalist"
    ) {
        return true;
    }
    if let Some(hidden) = element.attr("hidden") {
        // "until-found" is text that a search on the page finds.
        return !hidden.eq_ignore_ascii_case("until-found");
    }
    let style = element.attr("style").unwrap_or_default();
    if !style.is_empty() {
        let style: String = style.split_whitespace().collect();
        let style = style.to_ascii_lowercase();
        if style.contains("display:none") || style.contains("visibility:hidden") {
            return true;
        }
    }
    // What is written for readers of screens alone says again what the page shows.
    element.value().classes().any(|class| {
        matches!(
            class.to_ascii_lowercase().as_str(),
            "sr-only"
                | "visually-hidden"
                | "visuallyhidden"
                | "screen-reader-text"
                | "element-invisible"
                | "govuk-visually-hidden"
                | "show-for-sr"
                | "usa-sr-only"
                | "assistive-text"
        )
    })
}

/// What frames the text of a page whose definition keeps nothing by name.
pub(super) fn frames(roots: &[ElementRef<'_>], flat: &Flat<'_>) -> Vec<NodeId> {
    let length = |element: ElementRef<'_>| flat.within(element).trim().len();
    let all: usize = roots.iter().map(|root| length(*root)).sum();
    roots
        .iter()
        .flat_map(|root| root.descendent_elements().skip(1))
        .filter(|element| is_frame(*element, || length(*element), all))
        .map(|element| element.id())
        .collect()
}

fn is_frame(element: ElementRef<'_>, length: impl Fn() -> usize, all: usize) -> bool {
    let name = element.value().name();
    if matches!(
        name,
        "main" | "article" | "body" | "table" | "tbody" | "tr" | "td" | "th"
    ) {
        return false;
    }
    // What a page itself calls its frame, wherever it stands.
    if matches!(
        element.attr("role").unwrap_or_default(),
        "navigation"
            | "banner"
            | "contentinfo"
            | "search"
            | "dialog"
            | "alertdialog"
            | "menu"
            | "menubar"
            | "complementary"
            | "toolbar"
    ) {
        return length() * 3 <= all;
    }
    match name {
        "nav" | "dialog" | "button" => return true,
        // A header or footer within the text heads or ends a part of it.
        "header" | "footer" | "aside" => {
            let inside = element
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|around| {
                    matches!(around.value().name(), "article" | "section" | "main")
                        || around.attr("role") == Some("main")
                });
            return (!inside || name == "aside") && length() * 3 <= all;
        }
        _ => {}
    }
    // A form may hold the page, where every page is one.
    if name == "form" {
        return length() * 3 <= all;
    }
    let mut words = ["class", "id"]
        .iter()
        .filter_map(|name| element.attr(name))
        .flat_map(str::split_ascii_whitespace)
        // A shell that opens (Bootstrap): it may hold anything.
        .filter(|name| !name.starts_with("dropdown"))
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
        .take(60)
        .map(str::to_ascii_lowercase)
        .peekable();
    if words.peek().is_none() {
        return false;
    }
    let (mut frame, mut small) = (false, false);
    for word in words {
        frame |= FRAME_WORDS.contains(&word.as_str());
        small |= SMALL_FRAME_WORDS.contains(&word.as_str());
    }
    // "page-with-sidebar" holds the page.
    (frame && length() * 3 <= all) || (small && length() <= SMALL && length() * 3 <= all)
}
