//! What a page offers to follow: feeds announced in its head, feeds it links to, or its own list.

mod guess;
#[cfg(test)]
mod tests;

use scraper::{ElementRef, Html};

use super::flat::one_line;
use super::listing::base_of;
use crate::domain::address::WebAddress;
use crate::domain::document::Document;
use crate::domain::source::{DateStyle, Select, SourceKind};
use crate::text::decode::{self, Form};
use crate::text::html;

/// The most feeds told of one page.
const MAX_FEEDS: usize = 50;

/// Something that could be a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    /// Where it lies.
    pub url: WebAddress,
    /// What the page calls it.
    pub title: Option<String>,
    /// How it would be read.
    pub kind: SourceKind,
    /// How it came to notice, the surest first.
    pub clue: Clue,
    /// Of a listing: the definition guessed, which reads the page as it is now.
    pub select: Option<Select>,
    /// Of a listing: how its dates seem to be written.
    pub date: DateStyle,
}

/// How something that could be a source came to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clue {
    /// The document is a feed itself.
    Itself,
    /// The page announces it (`<link rel="alternate">`).
    Announced,
    /// The page links to it, and address or words say what it is.
    Linked,
    /// Rows of the page look like a list of news.
    Guessed,
}

pub(super) fn discover(document: &Document) -> Vec<Discovered> {
    let decoded = decode::decode(&document.body, document.header("content-type"), Form::Html);
    if is_feed(&decoded.text) {
        return vec![feed(document.url.clone(), None, Clue::Itself)];
    }
    if html::check_nesting(&decoded.text).is_err() {
        return Vec::new();
    }
    let page = Html::parse_document(&decoded.text);
    let base = base_of(&page, &document.url);
    let mut found = feeds(&page, &base);
    if found.is_empty() {
        found.extend(guess::listing(&page, &document.url));
    }
    found
}

fn feed(url: WebAddress, title: Option<String>, clue: Clue) -> Discovered {
    Discovered {
        url,
        title: title.filter(|title| !title.is_empty()),
        kind: SourceKind::Feed,
        clue,
        select: None,
        date: DateStyle::default(),
    }
}

/// Whether a text begins as a feed does.
fn is_feed(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2_000).collect();
    let start = start.to_ascii_lowercase();
    let root = ["<rss", "<feed", "<rdf:rdf"]
        .iter()
        .filter_map(|tag| start.find(tag))
        .min();
    let page = start.find("<html").or_else(|| start.find("<!doctype html"));
    match (root, page) {
        (Some(root), Some(page)) => root < page,
        (Some(_), None) => {
            start.starts_with("<?xml") || root == Some(0) || start.starts_with("<!--")
        }
        (None, _) => start.starts_with('{') && start.contains("jsonfeed.org/version"),
    }
}

/// The feeds that a page announces, then those that it links to.
fn feeds(page: &Html, base: &WebAddress) -> Vec<Discovered> {
    let mut found: Vec<Discovered> = Vec::new();
    let elements = page.root_element().descendent_elements();
    for element in elements {
        let candidate = match element.value().name() {
            "link" => announced(element, base),
            "a" | "area" => linked(element, base),
            _ => None,
        };
        let Some(candidate) = candidate else { continue };
        match found.iter_mut().find(|known| known.url == candidate.url) {
            Some(known) if candidate.clue < known.clue => *known = candidate,
            Some(_) => {}
            None => found.push(candidate),
        }
    }
    // Comments on articles are nobody's news; they come after what is.
    found.sort_by_key(|candidate| (candidate.clue, is_of_comments(candidate)));
    found.truncate(MAX_FEEDS);
    found
}

fn is_of_comments(candidate: &Discovered) -> bool {
    let title = candidate
        .title
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    candidate.url.as_url().path().contains("/comments") || title.contains("comments")
}

fn announced(link: ElementRef<'_>, base: &WebAddress) -> Option<Discovered> {
    let relations = link.attr("rel")?.to_ascii_lowercase();
    let mut relations = relations.split_ascii_whitespace();
    if !relations.any(|relation| matches!(relation, "alternate" | "feed" | "service.feed")) {
        return None;
    }
    let media = link.attr("type").unwrap_or_default().to_ascii_lowercase();
    let media = media.split(';').next().unwrap_or_default().trim();
    let address = link.attr("href")?;
    let says_feed = match media {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json" => true,
        // Types that are feeds only when their address says so.
        "application/json" | "application/xml" | "text/xml" => names_feed(address),
        "" => link
            .attr("rel")
            .is_some_and(|rel| rel.to_ascii_lowercase().contains("feed")),
        _ => false,
    };
    if !says_feed {
        return None;
    }
    let url = absolute(address, base)?;
    Some(feed(url, link.attr("title").map(one_line), Clue::Announced))
}

fn linked(anchor: ElementRef<'_>, base: &WebAddress) -> Option<Discovered> {
    let address = anchor.attr("href")?.trim();
    let words: String = anchor.text().flat_map(|text| [text, " "]).collect();
    let words = one_line(&words);
    let spoken = [
        words.as_str(),
        anchor.attr("title").unwrap_or_default(),
        anchor.attr("aria-label").unwrap_or_default(),
    ];
    if !address.starts_with("feed:") && !names_feed(address) && !spoken.into_iter().any(says_feed) {
        return None;
    }
    let url = absolute(address, base)?;
    // A page about feeds, a picture, or a program to read them with is no feed.
    let path = url.as_url().path().to_ascii_lowercase();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    if matches!(
        ending,
        Some("html" | "htm" | "pdf" | "png" | "gif" | "svg" | "jpg" | "zip")
    ) || path.contains("about")
        || path.contains("help")
        || path == "/"
    {
        return None;
    }
    let title = spoken
        .into_iter()
        .map(one_line)
        .find(|text| !text.is_empty());
    Some(feed(url, title, Clue::Linked))
}

/// `feed:` is an old way to write a feed's address.
fn absolute(address: &str, base: &WebAddress) -> Option<WebAddress> {
    let address = address.trim();
    let address = match address.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("https:{rest}"),
        Some(rest) => rest.to_owned(),
        None => address.to_owned(),
    };
    base.join(&address).ok()
}

/// Whether an address looks like a feed's: `/feed/`, `news.rss`, `?format=atom`.
fn names_feed(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let address = address.split('#').next().unwrap_or_default();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
    let is_word = |word: &str| matches!(word, "rss" | "rss2" | "atom" | "rdf" | "feed" | "feeds");
    let words = |text: &str| {
        text.split(['-', '_', '.'])
            .any(|word| matches!(word, "rss" | "rss2" | "atom"))
    };
    matches!(ending, "rss" | "atom" | "rdf")
        || (matches!(ending, "xml" | "json" | "")
            && (is_word(stem) && stem != "feeds" || words(stem)))
        || (ending == "xml"
            && (stem.contains("feed") || path.contains("/rss/") || path.contains("/feed")))
        || query.split('&').any(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (is_word(name) && !matches!(value, "0" | "false")) || is_word(value)
        })
}

/// Whether words name a feed and nothing else: "RSS", "Subscribe via RSS", "Atom feed".
fn says_feed(words: &str) -> bool {
    let words = words.to_lowercase();
    let mut names = false;
    let mut count = 0;
    for word in words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        count += 1;
        names |= matches!(word, "rss" | "atom" | "rss2");
        if matches!(
            word,
            "what" | "about" | "help" | "how" | "reader" | "readers"
        ) {
            return false;
        }
    }
    names && count <= 5
}
