//! What frames a page is taken away: menus, banners, forms, lists of other pages.

use scraper::{ElementRef, Html};

use super::super::NodeId;
use super::super::flat::Flat;

/// Words of classes and ids that name a frame.
const FRAME_WORDS: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "comment",
    "comments",
    "consent",
    "cookie",
    "cookies",
    "disqus",
    "feedback",
    "footer",
    "gdpr",
    "login",
    "masthead",
    "megamenu",
    "menu",
    "modal",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "popup",
    "print",
    "promo",
    "recommended",
    "related",
    "share",
    "sharing",
    "sidebar",
    "signup",
    "skip",
    "social",
    "subscribe",
    "survey",
    "toolbar",
    "widget",
];

/// Takes away what frames the page.
pub(super) fn prune(page: &mut Html) {
    let frames: Vec<NodeId> = {
        let flat = Flat::new(page);
        let root = page.root_element();
        let all = flat.within(root).len();
        root.descendent_elements()
            .filter(|element| is_frame(*element, &flat, all))
            .map(|element| element.id())
            .collect()
    };
    for id in frames {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
}

fn is_frame(element: ElementRef<'_>, flat: &Flat<'_>, all: usize) -> bool {
    let within = |names: &[&str]| {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|around| names.contains(&around.value().name()))
    };
    match element.value().name() {
        "html" | "body" | "main" | "article" | "head" => return false,
        "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "button" | "input"
        | "select" | "textarea" | "nav" | "aside" | "dialog" | "object" | "embed" | "canvas" => {
            return true;
        }
        "header" | "footer" => return !within(&["article", "main"]),
        _ => {}
    }
    let role = element.attr("role").unwrap_or_default();
    if matches!(
        role,
        "navigation"
            | "banner"
            | "contentinfo"
            | "complementary"
            | "search"
            | "dialog"
            | "alertdialog"
            | "menu"
            | "menubar"
    ) {
        return true;
    }
    let style = element.attr("style").unwrap_or_default().replace(' ', "");
    if element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || style.to_ascii_lowercase().contains("display:none")
    {
        return true;
    }
    let named = ["class", "id"]
        .iter()
        .filter_map(|name| element.attr(name))
        .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
        .any(|word| FRAME_WORDS.contains(&word.to_ascii_lowercase().as_str()));
    let large = |share: usize| flat.within(element).len() * share > all;
    // "page-with-sidebar" holds the page; a form may hold it too, where every page is one.
    (named && !large(3)) || (element.value().name() == "form" && !large(3))
}
