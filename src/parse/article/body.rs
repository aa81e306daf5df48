//! The element that holds the main text, after the way of Arc90's Readability: paragraphs vouch
//! for what holds them, links speak against it.

use std::collections::{HashMap, HashSet};

use scraper::ElementRef;

use super::super::NodeId;
use super::super::flat::{Flat, own};

/// The shortest text that vouches for what holds it, in bytes.
const MIN_PARAGRAPH: usize = 25;
/// How many of the best elements are measured for links.
const MAX_TRIED: usize = 30;
/// The shortest main text, in bytes.
const MIN_TEXT: usize = 80;

/// What each element that holds paragraphs is worth.
type Scores<'a> = HashMap<NodeId, (ElementRef<'a>, f64)>;

/// The main text: elements side by side, without what is dropped in them.
#[derive(Debug)]
pub(super) struct Main<'a> {
    pub roots: Vec<ElementRef<'a>>,
    pub dropped: HashSet<NodeId>,
}

impl<'a> Main<'a> {
    pub(super) fn first(&self) -> Option<ElementRef<'a>> {
        self.roots.first().copied()
    }
}

/// Finds the main text.
pub(super) fn main<'a>(flat: &Flat<'a>) -> Option<Main<'a>> {
    let scores = scores(flat);
    let mut best: Vec<(ElementRef<'a>, f64)> = scores.values().copied().collect();
    best.sort_by(|a, b| {
        b.1.total_cmp(&a.1)
            // Of equals the outer one, as it stands on the page.
            .then_with(|| flat.place(a.0).open.cmp(&flat.place(b.0).open))
    });
    let top = best
        .into_iter()
        .take(MAX_TRIED)
        .map(|(element, score)| (element, score * (1.0 - links(element, flat))))
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    let roots = match top {
        Some((top, score)) => around(top, score, &scores, flat),
        None => vec![plain(flat)?],
    };
    let text: usize = roots
        .iter()
        .map(|root| flat.within(*root).trim().len())
        .sum();
    if text < MIN_TEXT {
        return None;
    }
    let dropped = dropped(&roots, flat);
    Some(Main { roots, dropped })
}

/// What holds the text of a page without paragraphs.
fn plain<'a>(flat: &Flat<'a>) -> Option<ElementRef<'a>> {
    let elements = || flat.html.root_element().descendent_elements();
    let named = |name: &'static str| elements().find(|element| element.value().name() == name);
    named("article")
        .or_else(|| named("main"))
        .or_else(|| named("body"))
}

/// What each element is worth by the paragraphs in it.
fn scores<'a>(flat: &Flat<'a>) -> Scores<'a> {
    let mut scores = Scores::new();
    for element in flat.html.root_element().descendent_elements() {
        let text = match element.value().name() {
            "p" | "pre" => flat.within(element).trim().to_owned(),
            // A cell or a quotation of paragraphs is none itself.
            "blockquote" | "td" | "li" | "dd" if !holds_blocks(element) => {
                flat.within(element).trim().to_owned()
            }
            // Many pages write paragraphs without the tag.
            "div" | "section" | "article" | "main" | "font" | "center" | "span" | "td" | "li" => {
                own(element).trim().to_owned()
            }
            _ => continue,
        };
        if text.len() < MIN_PARAGRAPH {
            continue;
        }
        let length = (text.len() as f64 / 100.0).min(3.0);
        let commas = text.matches([',', '、', '،']).count().min(10);
        let score = 1.0 + length + commas as f64;
        let around = element.ancestors().filter_map(ElementRef::wrap);
        for (level, around) in around.take(5).enumerate() {
            if matches!(around.value().name(), "html" | "head") {
                break;
            }
            let share = match level {
                0 => 1.0,
                1 => 0.5,
                level => 1.0 / (3.0 * f64::from(u8::try_from(level).unwrap_or(5))),
            };
            scores
                .entry(around.id())
                .or_insert((around, named(around)))
                .1 += score * share;
        }
    }
    scores
}

fn holds_blocks(element: ElementRef<'_>) -> bool {
    element.descendent_elements().skip(1).any(|inner| {
        matches!(
            inner.value().name(),
            "p" | "div" | "td" | "li" | "dd" | "pre" | "h1" | "h2" | "h3"
        )
    })
}

/// What an element's name, class and id promise.
fn named(element: ElementRef<'_>) -> f64 {
    const TEXT: &[&str] = &[
        "article", "body", "content", "entry", "govspeak", "main", "news", "post", "story", "text",
    ];
    const OTHER: &[&str] = &[
        "list", "listing", "teaser", "card", "cards", "meta", "tags", "links", "index",
    ];
    let mut value: f64 = match element.value().name() {
        "article" | "main" => 25.0,
        "div" | "section" => 5.0,
        "td" | "blockquote" | "pre" => 3.0,
        "form" | "ul" | "ol" | "dl" | "li" | "dd" | "th" => -3.0,
        _ => 0.0,
    };
    let words = ["class", "id", "itemprop", "role"]
        .iter()
        .filter_map(|name| element.attr(name))
        .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
        .map(str::to_ascii_lowercase);
    for word in words.take(40) {
        if TEXT.contains(&word.as_str()) || word == "articlebody" {
            value += 10.0;
        } else if OTHER.contains(&word.as_str()) {
            value -= 10.0;
        }
    }
    value.clamp(-25.0, 40.0)
}

/// How much of an element's text is links, from 0 to 1.
fn links(element: ElementRef<'_>, flat: &Flat<'_>) -> f64 {
    let (text, linked) = measure(element, flat);
    let share = linked as f64 / text.max(1) as f64;
    share.min(1.0)
}

/// The length of an element's text, and of the links in it.
fn measure(element: ElementRef<'_>, flat: &Flat<'_>) -> (usize, usize) {
    let length = |element: ElementRef<'_>| {
        let words = flat.within(element).split_whitespace();
        words.map(|word| word.len() + 1).sum::<usize>()
    };
    let linked = element
        .descendent_elements()
        .filter(|inner| inner.value().name() == "a" && inner.attr("href").is_some())
        .map(length)
        .sum();
    (length(element), linked)
}

/// The best element, with what belongs to it above and beside it.
fn around<'a>(
    top: ElementRef<'a>,
    score: f64,
    scores: &Scores<'a>,
    flat: &Flat<'a>,
) -> Vec<ElementRef<'a>> {
    let unlinked = |element| {
        let (text, linked) = measure(element, flat);
        text.saturating_sub(linked)
    };
    let is_whole = |element: ElementRef<'a>| {
        matches!(element.value().name(), "article" | "main")
            || element.attr("role") == Some("main")
            || element.attr("itemprop") == Some("articleBody")
    };
    // What the page itself calls its text, where that holds clearly more than the best element.
    if !is_whole(top) {
        let whole = top
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|around| is_whole(*around));
        if let Some(whole) = whole
            && unlinked(whole) * 10 > unlinked(top) * 12
            && links(whole, flat) < 0.5
        {
            return vec![whole];
        }
        if whole.is_some() {
            return vec![top];
        }
    }
    if is_whole(top) {
        return vec![top];
    }
    let least = (score * 0.2).max(10.0);
    let Some(parent) = top.parent().and_then(ElementRef::wrap) else {
        return vec![top];
    };
    parent
        .child_elements()
        .filter(|sibling| {
            if sibling.id() == top.id() {
                return true;
            }
            let worth = scores.get(&sibling.id()).map_or(0.0, |(element, score)| {
                score * (1.0 - links(*element, flat))
            });
            let (text, linked) = measure(*sibling, flat);
            let is_text = matches!(
                sibling.value().name(),
                "p" | "pre" | "blockquote" | "ul" | "ol" | "table" | "h2" | "h3"
            );
            worth >= least || (is_text && text > 80 && linked * 4 < text)
        })
        .collect()
}

/// What in the main text is none of it: lists of links with their headings, empty shells.
fn dropped(roots: &[ElementRef<'_>], flat: &Flat<'_>) -> HashSet<NodeId> {
    const BLOCKS: &[&str] = &["ul", "ol", "dl", "div", "section", "table", "footer", "p"];
    let mut dropped = HashSet::new();
    for element in roots.iter().flat_map(|root| root.descendent_elements()) {
        let name = element.value().name();
        if name == "h1" {
            dropped.insert(element.id());
        }
        if !BLOCKS.contains(&name) || roots.contains(&element) {
            continue;
        }
        let count = element
            .descendent_elements()
            .filter(|inner| inner.value().name() == "a")
            .take(3)
            .count();
        if count < 3 || links(element, flat) < 0.7 {
            continue;
        }
        dropped.insert(element.id());
        let before = element.prev_siblings().find_map(ElementRef::wrap);
        if let Some(heading) = before
            && matches!(heading.value().name(), "h2" | "h3" | "h4" | "h5" | "h6")
        {
            dropped.insert(heading.id());
        }
    }
    dropped
}
