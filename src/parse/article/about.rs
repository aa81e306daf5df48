//! What a page says of itself: title, date and language, in its head, its data and its words.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html};
use serde_json::Value;

use super::super::flat::{Flat, one_line};
use super::super::written_date;
use super::body::Main;
use crate::text::date::{self, DateHints, Stamp};

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct About {
    pub title: Option<String>,
    pub published: Option<Stamp>,
    pub language: Option<String>,
}

/// Names of `meta` that state the day of publication, the surest first.
const DATES: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "dc.date.created",
    "citation_publication_date",
    "citation_date",
    "publication_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "date",
];

/// How deep data may nest before it is no longer searched.
const MAX_DATA_DEPTH: usize = 6;

pub(super) fn read(page: &Html) -> About {
    let root = page.root_element();
    let elements = || root.descendent_elements();
    let metas: Vec<(String, &str)> = elements()
        .filter(|element| element.value().name() == "meta")
        .filter_map(|meta| {
            let name = ["name", "property", "itemprop", "http-equiv"]
                .iter()
                .find_map(|key| meta.attr(key))?;
            Some((name.to_ascii_lowercase(), meta.attr("content")?))
        })
        .collect();
    let meta = |name: &str| {
        metas
            .iter()
            .find(|(known, content)| known == name && !content.trim().is_empty())
            .map(|(_, content)| one_line(content))
    };
    let language = ["lang", "xml:lang"]
        .iter()
        .find_map(|name| root.attr(name).map(str::to_owned))
        .or_else(|| meta("content-language"))
        .or_else(|| meta("dcterms.language"))
        .or_else(|| meta("og:locale"))
        .map(|language| language.trim().to_owned())
        .filter(|language| !language.is_empty());
    let stamp = |text: &str| stamp(text, language.as_deref());
    let data: Vec<Value> = elements()
        .filter(|element| {
            element.value().name() == "script"
                && element
                    .attr("type")
                    .is_some_and(|kind| kind.contains("ld+json"))
        })
        .filter_map(|script| serde_json::from_str(script.text().collect::<String>().trim()).ok())
        .collect();
    let datum = |key: &str| data.iter().find_map(|value| sought(value, key, 0));
    let published = DATES
        .iter()
        .find_map(|name| stamp(&meta(name)?))
        .or_else(|| stamp(&datum("datePublished")?))
        .or_else(|| {
            elements().find_map(|element| {
                let states = element.attr("itemprop") == Some("datePublished")
                    || element.attr("pubdate").is_some();
                let stated = states.then(|| {
                    element
                        .attr("datetime")
                        .or_else(|| element.attr("content"))
                        .map_or_else(|| words(element), str::to_owned)
                });
                stamp(&stated?)
            })
        });
    let titles: Vec<String> = ["og:title", "dcterms.title", "dc.title"]
        .iter()
        .find_map(|name| meta(name))
        .into_iter()
        .chain(datum("headline").map(|headline| one_line(&headline)))
        .chain(
            elements()
                .find(|element| element.value().name() == "title")
                .map(words)
                .filter(|title| !title.is_empty()),
        )
        .collect();
    About {
        title: title(page, &titles),
        published,
        language,
    }
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().flat_map(|text| [text, " "]).collect();
    one_line(&text)
}

fn stamp(text: &str, language: Option<&str>) -> Option<Stamp> {
    let hints = DateHints {
        language,
        ..DateHints::default()
    };
    date::read(text, &hints).ok()
}

/// The first text under a key, anywhere in the data.
fn sought(value: &Value, key: &str, depth: usize) -> Option<String> {
    if depth > MAX_DATA_DEPTH {
        return None;
    }
    match value {
        Value::Object(fields) => match fields.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => fields
                .values()
                .find_map(|value| sought(value, key, depth + 1)),
        },
        Value::Array(items) => items.iter().find_map(|item| sought(item, key, depth + 1)),
        _ => None,
    }
}

/// The page's one great heading; where it has none or several, what its head says.
fn title(page: &Html, stated: &[String]) -> Option<String> {
    let headings: Vec<(String, bool)> = page
        .root_element()
        .descendent_elements()
        .filter(|element| element.value().name() == "h1")
        .map(|heading| {
            let inside = heading
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|around| matches!(around.value().name(), "main" | "article"));
            (words(heading), inside)
        })
        .filter(|(words, _)| !words.is_empty())
        .collect();
    let inside: Vec<&String> = headings
        .iter()
        .filter(|(_, inside)| *inside)
        .map(|(words, _)| words)
        .collect();
    let told = |words: &String| stated.iter().any(|stated| stated.contains(words.as_str()));
    match (&inside[..], &headings[..]) {
        ([one], _) => return Some((*one).clone()),
        ([], [(one, _)]) if told(one) || stated.is_empty() => return Some(one.clone()),
        _ => {}
    }
    headings
        .iter()
        .map(|(words, _)| words)
        .find(|words| told(words))
        .cloned()
        .or_else(|| stated.first().map(|stated| without_site(stated)))
        .or_else(|| headings.first().map(|(words, _)| words.clone()))
}

/// A title without the name of its site, before or after it: "Guidance published | The Agency".
fn without_site(title: &str) -> String {
    let mut rest = title;
    for sign in [" | ", " :: ", " » ", " – ", " — ", " - "] {
        let longest = rest
            .split(sign)
            .map(str::trim)
            .max_by_key(|part| part.len());
        // A short part is a word of a longer title, not all of it.
        rest = longest
            .filter(|part| part.split(' ').count() >= 3)
            .unwrap_or(rest);
    }
    rest.to_owned()
}

static SHOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)\b(?:published|posted|issued|released|date|dated|publié|veröffentlicht|publicado|pubblicato)(?: (?:on|le|am|el|il|date))?:? ?({})",
        written_date::PATTERN
    ))
    .ok()
});

/// The day that stands with the text: "Published 5 March 2026", or a `time` at its head.
pub(super) fn shown(flat: &Flat<'_>, main: &Main<'_>, language: Option<&str>) -> Option<Stamp> {
    /// How much of the text is its head, in characters.
    const HEAD: usize = 1_500;
    let around: Vec<ElementRef<'_>> = main
        .first()
        .into_iter()
        .flat_map(|first| {
            let around = first.ancestors().filter_map(ElementRef::wrap).take(4);
            std::iter::once(first).chain(around)
        })
        .collect();
    let stamped = around.iter().take(2).find_map(|element| {
        element
            .descendent_elements()
            .filter(|inner| inner.value().name() == "time")
            .find_map(|time| stamp(time.attr("datetime")?, language))
    });
    stamped.or_else(|| {
        let pattern = SHOWN.as_ref()?;
        around.iter().find_map(|element| {
            let head: String = flat.within(*element).chars().take(HEAD).collect();
            let found = pattern
                .captures(&one_line(&head))?
                .get(1)?
                .as_str()
                .to_owned();
            stamp(&found, language)
        })
    })
}
