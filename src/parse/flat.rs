//! A page laid out flat: its text in reading order, and where each element stands in it.
//!
//! Selectors say what an element is; a listing also needs what stands before and after it. With
//! the text in one piece and every element's place known, "the text up to the next item" is a
//! slice, however deep either of them is nested.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Node};

use super::NodeId;

/// The longest value taken of a page, in characters.
const MAX_VALUE: usize = 20_000;

/// Where an element stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// When it begins and ends, counted in elements that begin or end.
    pub open: usize,
    pub close: usize,
    /// Its text within the page's text.
    start: usize,
    end: usize,
}

/// What is known on the way through a page.
#[derive(Default)]
struct Walk {
    clock: usize,
    /// How many elements around show nothing.
    hidden: usize,
    /// How many elements around keep their line ends.
    verbatim: usize,
}

/// A page laid out.
pub(super) struct Flat<'a> {
    pub html: &'a Html,
    text: String,
    places: HashMap<NodeId, Place>,
}

impl<'a> Flat<'a> {
    pub(super) fn new(html: &'a Html) -> Self {
        let mut laid = Self {
            html,
            text: String::new(),
            places: HashMap::new(),
        };
        let root = html.tree.root();
        let (mut node, mut walk) = (root, Walk::default());
        'page: loop {
            match node.value() {
                Node::Text(words) if walk.hidden == 0 => {
                    push(&mut laid.text, words, walk.verbatim > 0);
                }
                Node::Element(element) => laid.open(node.id(), element.name(), &mut walk),
                _ => {}
            }
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            loop {
                if let Node::Element(element) = node.value() {
                    laid.close(node.id(), element.name(), &mut walk);
                }
                if let Some(sibling) = node.next_sibling() {
                    node = sibling;
                    break;
                }
                match node.parent() {
                    Some(parent) => node = parent,
                    None => break 'page,
                }
            }
        }
        laid
    }

    fn open(&mut self, id: NodeId, name: &str, walk: &mut Walk) {
        walk.clock += 1;
        walk.hidden += usize::from(is_hidden(name));
        walk.verbatim += usize::from(name == "pre");
        self.text.push_str(gap(name));
        let place = Place {
            open: walk.clock,
            start: self.text.len(),
            ..Place::default()
        };
        self.places.insert(id, place);
    }

    fn close(&mut self, id: NodeId, name: &str, walk: &mut Walk) {
        walk.clock += 1;
        walk.hidden -= usize::from(is_hidden(name));
        walk.verbatim -= usize::from(name == "pre");
        if let Some(place) = self.places.get_mut(&id) {
            place.close = walk.clock;
            place.end = self.text.len();
        }
        self.text.push_str(gap(name));
    }

    pub(super) fn place(&self, element: ElementRef<'_>) -> Place {
        self.places.get(&element.id()).copied().unwrap_or_default()
    }

    /// The text within an element, with line ends where blocks and lines end.
    pub(super) fn within(&self, element: ElementRef<'_>) -> &str {
        let place = self.place(element);
        self.slice(place.start, place.end)
    }

    /// The text from the end of one place to the beginning of another (or its end, when the
    /// other holds the first).
    pub(super) fn after_end(&self, place: Place, until: Bound) -> &str {
        self.slice(place.end, until.at(self.text.len()))
    }

    /// The text from a bound to the beginning of a place.
    pub(super) fn to_start(&self, from: Bound, place: Place) -> &str {
        self.slice(from.at(0), place.start)
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end.max(start)).unwrap_or("")
    }
}

/// Where a stretch of text ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    StartOf(Place),
    EndOf(Place),
    Page,
}

impl Bound {
    fn at(self, page: usize) -> usize {
        match self {
            Self::StartOf(place) => place.start,
            Self::EndOf(place) => place.end,
            Self::Page => page,
        }
    }
}

/// The text that stands in the element itself and in none of its children.
pub(super) fn own(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for child in element.children() {
        match child.value() {
            Node::Text(words) => push(&mut out, words, false),
            Node::Element(element) => {
                out.push_str(match gap(element.name()) {
                    "" => " ",
                    gap => gap,
                });
            }
            _ => {}
        }
    }
    out
}

fn push(out: &mut String, words: &str, verbatim: bool) {
    out.extend(words.chars().filter_map(|c| match c {
        '\n' if verbatim => Some('\n'),
        '\n' | '\r' | '\t' => Some(' '),
        // Signs that show nothing, put in for line breaking.
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => None,
        c => Some(c),
    }));
}

/// One line of text: every run of blanks is one, none stands at the ends.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > MAX_VALUE {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().take(MAX_VALUE));
        length += word.len() + 1;
    }
    out
}

/// The lines that are not empty, each as [`one_line`].
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(one_line)
        .filter(|line| !line.is_empty())
        .take(MAX_VALUE)
        .collect()
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template")
}

/// What stands between an element and its neighbours.
fn gap(name: &str) -> &'static str {
    match name {
        "address" | "article" | "aside" | "blockquote" | "body" | "br" | "caption" | "center"
        | "dd" | "details" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure"
        | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hr" | "li"
        | "main" | "nav" | "ol" | "option" | "p" | "pre" | "section" | "summary" | "table"
        | "tbody" | "td" | "tfoot" | "th" | "thead" | "title" | "tr" | "ul" => "\n",
        "button" | "img" | "input" | "select" | "svg" | "textarea" | "iframe" | "object"
        | "video" | "audio" => " ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::select::css_selector;

    #[test]
    fn text_before_within_and_after() {
        let html = Html::parse_document(
            "<body>Filed 1<br><a>A<b>b</b>c</a>, <i>x</i> <div>y</div>z<script>no</script><a>D</a>",
        );
        let flat = Flat::new(&html);
        let css = css_selector("x", "a").unwrap();
        let links: Vec<_> = html.select(&css).collect();
        let (first, second) = (flat.place(links[0]), flat.place(links[1]));
        assert_eq!(flat.within(links[0]), "Abc");
        assert_eq!(own(links[0]), "A c");
        assert_eq!(
            lines(flat.after_end(first, Bound::StartOf(second))),
            [", x", "y", "z"]
        );
        assert_eq!(one_line(flat.to_start(Bound::Page, first)), "Filed 1");
        assert_eq!(flat.after_end(second, Bound::EndOf(first)), "");
    }

    #[test]
    fn lines_stand_where_they_are_shown() {
        let html =
            Html::parse_document("<pre>one\ntwo</pre><p>a\nb<br>c</p>d<h2-x>e</h2-x>\u{200b}f");
        let flat = Flat::new(&html);
        assert_eq!(
            lines(flat.within(html.root_element())),
            ["one", "two", "a b", "c", "def"]
        );
    }
}
