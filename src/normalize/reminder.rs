//! What time itself gives rise to: a date that comes near, and one that has passed.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::SUMMARY;
use super::moved::sentence;
use crate::domain::calendar::{Due, Reminder};
use crate::domain::id::UpdateId;
use crate::domain::stated::Stated;
use crate::domain::update::{Content, Reach, Tags, Update, UpdateKind};
use crate::text::html;

/// The Update that recalls a date, or says that it has passed, without its tags. `told` is the
/// update that tells the date best.
///
/// It carries no date of its own: the calendar has it already, and a recalled date is not told by
/// one more witness. A date that moves is recalled anew, for the day is part of the key.
pub fn reminder(due: &Due, which: Reminder, told: &Update, now: DateTime<Utc>) -> Update {
    let today = now.date_naive();
    let date = &due.date;
    let when = match which {
        Reminder::Closed => "closed".to_owned(),
        Reminder::Before(_) => left(today, date.date),
    };
    let title = match which {
        Reminder::Closed => format!(
            "{} {}: {}",
            over(due),
            date.precision.told(date.date),
            told.content.title
        ),
        Reminder::Before(_) => {
            format!("{when}: {}: {}", lower(&sentence(date)), told.content.title)
        }
    };
    let mut summary = vec![match which {
        Reminder::Closed => format!("{} {}.", over(due), date.precision.told(date.date)),
        Reminder::Before(_) => format!("{}, {}.", sentence(date), lower(&when)),
    }];
    let said = told.content.said();
    if !said.is_empty() {
        summary.push(said.into_owned());
    }
    let key = format!("{}#{}-{}", due.uid, which.as_str(), date.date);
    Update {
        id: UpdateId::of(&told.source, &key),
        source: told.source.clone(),
        key,
        revision: 1,
        first_seen: now,
        revised_at: now,
        content: Content {
            url: told.content.url.clone(),
            title: html::excerpt(&title, 300),
            summary: html::excerpt(&summary.join(" "), SUMMARY),
            stated: Stated {
                bodies: told.content.stated.bodies.clone(),
                references: told.content.stated.references.clone(),
                kind: Some(UpdateKind::Deadline),
                ..Stated::default()
            },
            ..Content::default()
        },
        authority: told.authority,
        reach: Reach::Followers,
        tags: Tags::default(),
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: Some(told.id.clone()),
        evidence: told.evidence.clone(),
    }
}

/// "In 7 days", "Tomorrow", "Today".
fn left(today: NaiveDate, day: NaiveDate) -> String {
    if today.checked_add_days(Days::new(1)) == Some(day) {
        return "Tomorrow".to_owned();
    }
    match (day - today).num_days() {
        days if days > 0 => format!("In {days} days"),
        _ => "Today".to_owned(),
    }
}

/// What is over: "Comments closed", "Ballot closed".
fn over(due: &Due) -> &'static str {
    use crate::domain::key_date::DateEvent;
    match due.date.event {
        DateEvent::BallotClose => "Ballot closed",
        _ => "Comments closed",
    }
}

/// The first letter small, so that a sentence can go on with it.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
