//! A date that moved, as an Update of its own: who was told of the first day must hear of the
//! other, and a revision is told to nobody.

use chrono::{DateTime, Utc};

use super::SUMMARY;
use crate::domain::key_date::{Certainty, KeyDate};
use crate::domain::stated::Stated;
use crate::domain::update::{Authority, Content, Reach, Tags, Update, UpdateKind};
use crate::text::html;

/// The Update that tells which dates an update's newest revision moved, without its tags and
/// story; none when it moved none, or only such as are over.
///
/// Where the body whose act it is moves a date, or a field of a record does, it is news. Where a
/// report of somebody else names another day than before it reaches those who follow.
pub fn moved_dates(before: &[KeyDate], revised: &Update, now: DateTime<Utc>) -> Option<Update> {
    let today = now.date_naive();
    let stood = |date: &KeyDate| {
        before
            .iter()
            .any(|old| old.event == date.event && old.date == date.date)
    };
    let moved: Vec<KeyDate> = revised
        .key_dates
        .iter()
        .filter(|date| !stood(date))
        .filter(|date| date.was.is_some_and(|was| was.max(date.date) >= today))
        .cloned()
        .collect();
    let first = moved.first()?;
    let sure = revised.authority == Authority::Official
        || moved.iter().any(|date| date.certainty == Certainty::Stated);
    let title = format!("{}: {}", sentence(first), revised.content.title);
    let mut summary: Vec<String> = moved.iter().map(|date| sentence(date) + ".").collect();
    let said = revised.content.said();
    if !said.is_empty() {
        summary.push(said.into_owned());
    }
    let (key, id) = revised.notice_of_moved_dates();
    Some(Update {
        id,
        source: revised.source.clone(),
        key,
        revision: 1,
        first_seen: now,
        revised_at: now,
        content: Content {
            url: revised.content.url.clone(),
            title: html::excerpt(&title, 300),
            summary: html::excerpt(&summary.join(" "), SUMMARY),
            stated: Stated {
                bodies: revised.content.stated.bodies.clone(),
                references: revised.content.stated.references.clone(),
                kind: Some(UpdateKind::Deadline),
                ..Stated::default()
            },
            ..Content::default()
        },
        authority: revised.authority,
        reach: if sure { Reach::News } else { Reach::Followers },
        tags: Tags::default(),
        key_dates: moved,
        story: None,
        correction: false,
        cause: Some(revised.id.clone()),
        evidence: revised.evidence.clone(),
    })
}

/// "Comments close 15 June 2026 (was 15 May 2026)".
pub(super) fn sentence(date: &KeyDate) -> String {
    let label = date.event.label();
    let mut letters = label.chars();
    let head: String = letters
        .next()
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default();
    let day = date.precision.told(date.date);
    let was = date
        .was
        .map(|was| format!(" (was {})", was.format("%-d %B %Y")))
        .unwrap_or_default();
    format!("{head}{} {day}{was}", letters.as_str())
}
