//! feed-rs, asked when our own reader found no entry in what has the air of a feed.
//!
//! It stands second, not first: it gives up a whole feed for one bare `&`, invents identities for
//! items without any, and says "modified" where RSS says "published"; an item must not read
//! differently on the day its feed is broken.

use chrono::{DateTime, TimeDelta, Utc};

use super::draft::{Address, Draft, Workshop, Written};
use super::scan::{Scanner, Token};
use super::xml::MAX_DEPTH;
use crate::domain::document::Entry;
use crate::domain::source::Source;
use crate::text::date::{self, DateHints, Stamp};

/// A day travels through feed-rs as its midnight and this much more.
const DAY_MARK: TimeDelta = TimeDelta::nanoseconds(1);

/// The entries that feed-rs finds; none when it finds none, fails, or must not be let near it.
pub(super) fn entries(text: &str, source: &Source, workshop: &mut Workshop<'_>) -> Vec<Entry> {
    if is_deep(text) {
        return Vec::new();
    }
    let style = source.date.clone();
    let language = style.language.clone().or_else(|| source.language.clone());
    let feed = std::panic::catch_unwind(move || {
        feed_rs::parser::Builder::new()
            // An identity that the feed does not give is none.
            .id_generator(|_, _, _| String::new())
            .sanitize_content(false)
            .timestamp_parser(move |text| {
                let hints = DateHints {
                    format: style.format.as_deref(),
                    language: language.as_deref(),
                    day_first: style.is_day_first(),
                    zone: None,
                };
                date::read(text, &hints).ok().map(|stamp| match stamp {
                    Stamp::Instant(instant) => instant,
                    Stamp::Day(_) => stamp.instant() + DAY_MARK,
                })
            })
            .build()
            .parse(text.as_bytes())
    });
    let Ok(Ok(feed)) = feed else {
        return Vec::new();
    };
    feed.entries
        .iter()
        .take(super::xml::MAX_ITEMS)
        .filter_map(|entry| {
            let written = |text: &feed_rs::model::Text| Written {
                text: text.content.clone().into(),
                html: text.content_type.to_string() != "text/plain",
                marked: false,
                base: None,
            };
            let mut draft = Draft {
                guid: Some(entry.id.clone().into())
                    .filter(|id: &std::borrow::Cow<'_, str>| !id.is_empty()),
                ..Draft::default()
            };
            if let Some(title) = &entry.title {
                draft.title.offer(0, written(title));
            }
            if let Some(summary) = &entry.summary {
                draft.summary.offer(0, written(summary));
            }
            if let Some(body) = entry
                .content
                .as_ref()
                .and_then(|content| content.body.as_ref())
            {
                draft.content.offer(
                    0,
                    Written {
                        text: body.into(),
                        html: true,
                        marked: false,
                        base: None,
                    },
                );
            }
            draft.links.extend(entry.links.iter().filter_map(|link| {
                let rank = match link.rel.as_deref() {
                    None | Some("alternate") => 0,
                    Some("self") => 8,
                    _ => return None,
                };
                Some((
                    rank,
                    Address {
                        text: link.href.as_str().into(),
                        base: None,
                    },
                ))
            }));
            for author in &entry.authors {
                draft.add_author(author.name.as_deref().unwrap_or_default());
            }
            for category in &entry.categories {
                draft.add_category(category.label.as_ref().unwrap_or(&category.term));
            }
            let mut made = workshop.finish(draft).ok()?;
            made.published = entry.published.map(unmarked);
            made.modified = entry
                .updated
                .map(unmarked)
                .filter(|stamp| Some(*stamp) != made.published);
            Some(made)
        })
        .collect()
}

/// Whether elements are nested deeper than a reader that descends into itself may be given.
fn is_deep(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    let mut depth = 0_usize;
    while let Some(token) = scanner.next() {
        match token {
            // A closing tag that closes nothing ends feed-rs, so it need not be told apart.
            Token::Close(_) => depth = depth.saturating_sub(1),
            Token::Open(tag) if !tag.empty => depth += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

fn unmarked(instant: DateTime<Utc>) -> Stamp {
    let midnight = instant - DAY_MARK;
    if midnight.time() == chrono::NaiveTime::MIN {
        Stamp::Day(midnight.date_naive())
    } else {
        Stamp::Instant(instant)
    }
}
