//! The reader of JSON feeds: JSON Feed 1.0 and 1.1, and the ROLIE feeds (RFC 8322) that CSAF
//! publishers give as JSON. Values of the wrong type are read for what they mean: a number as an
//! identity, a single author where a list belongs.

use std::borrow::Cow;

use serde_json::Value;

use super::draft::{Address, Attached, Draft, Workshop, Written};
use super::names::{self, When};
use super::rescue::ITEMS;
use super::xml::{Harvest, MAX_ITEMS};
use crate::domain::document::{Fault, FaultCode};

/// Reads a feed out of a JSON document.
pub(super) fn read<'a>(document: &'a Value, workshop: &mut Workshop<'_>) -> Harvest<'a> {
    let mut harvest = Harvest::default();
    let feed = document.get("feed").unwrap_or(document);
    let is_named = feed
        .get("version")
        .and_then(Value::as_str)
        .is_some_and(|version| version.contains("jsonfeed"));
    let items = items(document).or_else(|| misnamed(feed).filter(|_| is_named));
    harvest.is_feed = is_named
        || items.is_some_and(|items| {
            // Any list of objects could be called `items`: one of them must look like an entry.
            items.iter().take(20).any(|item| {
                item.get("id").is_some()
                    && [
                        "url",
                        "link",
                        "content_html",
                        "content_text",
                        "title",
                        "summary",
                    ]
                    .iter()
                    .any(|name| item.get(name).is_some())
            }) || items.is_empty() && feed.get("title").is_some()
        });
    if !harvest.is_feed {
        return harvest;
    }
    heading(feed, workshop, &mut harvest);
    for (place, item) in items.into_iter().flatten().enumerate() {
        if place >= MAX_ITEMS {
            harvest.faults.push(Fault::new(
                FaultCode::TooManyItems,
                format!("more than {MAX_ITEMS} items; the rest was left out"),
            ));
            break;
        }
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if !item.is_object() {
                return Err("it is no object");
            }
            workshop.finish(draft(item, place))
        }));
        match made.unwrap_or(Err("reading it failed")) {
            Ok(entry) => harvest.entries.push(entry),
            Err(reason) if harvest.faults.len() < 20 => harvest.faults.push(Fault::new(
                FaultCode::BadItem,
                format!("item {} was left out: {reason}", place + 1),
            )),
            Err(_) => {}
        }
    }
    harvest
}

/// The list of items, under one of its names.
pub(super) fn items(document: &Value) -> Option<&Vec<Value>> {
    let feed = document.get("feed").unwrap_or(document);
    ITEMS
        .into_iter()
        .find_map(|name| feed.get(name)?.as_array())
}

/// The list of objects in a feed that calls its items something else.
fn misnamed(feed: &Value) -> Option<&Vec<Value>> {
    let named = ["authors", "hubs"];
    feed.as_object()?
        .iter()
        .filter(|(name, _)| !named.contains(&name.as_str()))
        .filter_map(|(_, value)| value.as_array())
        .find(|list| list.first().is_some_and(|first| first.get("id").is_some()))
}

fn heading<'a>(feed: &'a Value, workshop: &mut Workshop<'_>, harvest: &mut Harvest<'a>) {
    let heading = &mut harvest.heading;
    if let Some(written) = plain(feed, &["title"]) {
        heading.title.offer(0, written);
    }
    if let Some(written) = plain(feed, &["description", "subtitle"]) {
        heading.subtitle.offer(0, written);
    }
    if let Some(text) = text(feed, &["home_page_url"]) {
        heading.links.push((0, Address { text, base: None }));
    }
    if let Some(written) = plain(feed, &["rights"]) {
        heading.rights.offer(0, written);
    }
    if let Some(text) = text(feed, &["updated"]) {
        heading.updated.offer(0, text);
    }
    if let Some(language) = text(feed, &["language"]).and_then(|text| names::language(&text)) {
        workshop.language = Some(language);
    }
}

fn draft(item: &Value, place: usize) -> Draft<'_> {
    let mut draft = Draft {
        at: place,
        language: text(item, &["language"]),
        guid: text(item, &["id"]),
        ..Draft::default()
    };
    if let Some(written) = plain(item, &["title"]) {
        draft.title.offer(0, written);
    }
    for (rank, name) in [(0, "url"), (3, "external_url")] {
        if let Some(text) = text(item, &[name]) {
            draft.add_link(rank, text, None);
        }
    }
    if let Some(id) = draft.guid.clone().filter(|id| id.starts_with("http")) {
        draft.add_link(4, id, None);
    }
    links(item, &mut draft);
    texts(item, &mut draft);
    for list in ["authors", "author"] {
        for author in each(item.get(list)) {
            if let Some(name) = own(author).or_else(|| text(author, &["name", "url"])) {
                draft.add_author(&name);
            }
        }
    }
    for list in ["tags", "category"] {
        for label in each(item.get(list)) {
            if let Some(label) = own(label).or_else(|| text(label, &["label", "term"])) {
                draft.add_category(&label);
            }
        }
    }
    for file in each(item.get("attachments")) {
        if let Some(text) = text(file, &["url"]) {
            draft.attach(Attached {
                address: Address { text, base: None },
                media_type: self::text(file, &["mime_type"]),
                length: file.get("size_in_bytes").and_then(Value::as_u64),
            });
        }
    }
    for (when, name) in [
        (When::Published, "date_published"),
        (When::Published, "published"),
        (When::Modified, "date_modified"),
        (When::Modified, "updated"),
    ] {
        if let Some(text) = text(item, &[name]) {
            draft.add_date(when, 0, text);
        }
    }
    draft
}

/// Atom's links, as ROLIE gives them.
fn links<'a>(item: &'a Value, draft: &mut Draft<'a>) {
    for link in each(item.get("link")).chain(each(item.get("links"))) {
        if let Some(href) = own(link) {
            draft.add_link(0, href, None);
        } else if let Some(href) = text(link, &["href"]) {
            let rank = match link.get("rel").and_then(Value::as_str) {
                None | Some("alternate") => 1,
                Some("via" | "related") => 5,
                Some("self") => 6,
                Some(_) => continue,
            };
            draft.add_link(rank, href, None);
        }
    }
    if let Some(source) = item
        .get("content")
        .and_then(|content| text(content, &["src"]))
    {
        draft.add_link(5, source, None);
    }
}

fn texts<'a>(item: &'a Value, draft: &mut Draft<'a>) {
    if let Some(text) = text(item, &["content_html"]) {
        draft.content.offer(
            0,
            Written {
                text,
                html: true,
                marked: false,
                base: None,
            },
        );
    }
    if let Some(written) = plain(item, &["content_text"]) {
        draft.content.offer(1, written);
    }
    let Some(summary) = item.get("summary") else {
        return;
    };
    if let Some(text) = own(summary) {
        draft.summary.offer(
            0,
            Written {
                text,
                html: false,
                marked: false,
                base: None,
            },
        );
    } else if let Some(text) = text(summary, &["content"]) {
        let html = summary.get("type").and_then(Value::as_str) == Some("html");
        draft.summary.offer(
            0,
            Written {
                text,
                html,
                marked: false,
                base: None,
            },
        );
    }
}

/// The members of a list, or the one value that stands where a list belongs.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, single) = match value {
        Some(Value::Array(list)) => (list.as_slice(), None),
        Some(Value::Null) | None => (&[][..], None),
        single => (&[][..], single),
    };
    list.iter().take(100).chain(single)
}

/// A value as text, when it is text or a number.
fn own(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

/// The first of these members that is text.
fn text<'a>(value: &'a Value, names: &[&str]) -> Option<Cow<'a, str>> {
    names.iter().find_map(|name| own(value.get(name)?))
}

fn plain<'a>(value: &'a Value, names: &[&str]) -> Option<Written<'a>> {
    text(value, names).map(|text| Written {
        text,
        html: false,
        marked: false,
        base: None,
    })
}
