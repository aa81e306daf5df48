//! Key dates as iCalendar (RFC 5545), for people's own calendars.
//!
//! Written by hand: the text must be the same for the same dates, to the byte, so that a calendar
//! that asks again is told that nothing changed; and what a publisher writes must not end a line.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::domain::calendar::{Due, Milestone};
use crate::domain::key_date::{DateEvent, Precision};

/// A line's bytes, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// A calendar of dates under a name: what updates tell, and what stands on frameworks' pages.
/// `base_url` is the site's own address, without a slash at the end.
///
/// A date keeps its `UID` wherever it moves, and its `SEQUENCE` rises with each move: so it moves
/// in the calendars that have it. No moment of asking is in it.
pub fn ics(name: &str, entries: &[Due], pages: &[Milestone<'_>], base_url: &str) -> String {
    let mut out = String::with_capacity(512 + (entries.len() + pages.len()) * 768);
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Regwire//Key dates//EN");
    line(&mut out, "CALSCALE:GREGORIAN");
    line(&mut out, "METHOD:PUBLISH");
    text(&mut out, "NAME", name);
    // Older programs know this name only.
    text(&mut out, "X-WR-CALNAME", name);
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT6H");
    line(&mut out, "X-PUBLISHED-TTL:PT6H");
    // What a page has of the day on which an update says for sure that duties begin or end stands with that update:
    // it is one day to keep. A meeting on the same day, or a rumour, says nothing of it.
    let mut by_day: HashMap<NaiveDate, Vec<usize>> = HashMap::new();
    for (place, due) in entries.iter().enumerate() {
        let of_duties = !matches!(due.date.event, DateEvent::Event | DateEvent::Publication);
        if of_duties && due.is_settled() {
            by_day.entry(due.date.date).or_default().push(place);
        }
    }
    let mut beside: HashMap<usize, Vec<&Milestone<'_>>> = HashMap::new();
    let mut alone = Vec::new();
    for milestone in pages {
        let mut places = by_day.get(&milestone.date).into_iter().flatten();
        let told = places.find(|place| {
            entries
                .get(**place)
                .is_some_and(|due| due.tells_of(milestone))
        });
        match told {
            Some(place) => beside.entry(*place).or_default().push(milestone),
            None => alone.push(milestone),
        }
    }
    for (place, due) in entries.iter().enumerate() {
        let mut told = Event::told(due, base_url);
        for milestone in beside.get(&place).into_iter().flatten() {
            told.add(milestone, base_url);
        }
        event(&mut out, &told);
    }
    for milestone in alone {
        event(&mut out, &Event::written(milestone, base_url));
    }
    line(&mut out, "END:VCALENDAR");
    out
}

/// What an event of a calendar says.
struct Event<'e> {
    uid: String,
    changed: DateTime<Utc>,
    sequence: i64,
    day: NaiveDate,
    summary: String,
    description: String,
    page: String,
    is_settled: bool,
    frameworks: Vec<&'e str>,
}

impl<'e> Event<'e> {
    fn told(due: &'e Due, base_url: &str) -> Self {
        let page = format!("{base_url}/updates/{}", due.update);
        Self {
            uid: due.uid.clone(),
            changed: due.changed_at,
            sequence: due.sequence.into(),
            day: due.date.date,
            summary: summary(due),
            description: description(due, &page),
            page,
            is_settled: due.is_settled(),
            frameworks: due.frameworks.iter().map(|id| id.as_str()).collect(),
        }
    }

    /// Says beside what an update tells what a page has of the same day.
    fn add(&mut self, milestone: &Milestone<'_>, base_url: &str) {
        let framework = milestone.framework;
        let _ = write!(
            self.description,
            "\nThe page of {} has of this day: {} ({}).",
            framework.short, milestone.label, milestone.certainty
        );
        if let Some(note) = milestone.note {
            let _ = write!(self.description, " {note}");
        }
        let _ = write!(
            self.description,
            " {base_url}/frameworks/{}#timeline",
            framework.id
        );
        let reviewed = milestone.reviewed.and_time(NaiveTime::MIN).and_utc();
        self.changed = self.changed.max(reviewed);
    }

    fn written(milestone: &Milestone<'e>, base_url: &str) -> Self {
        let framework = milestone.framework;
        let page = format!("{base_url}/frameworks/{}#timeline", framework.id);
        // Whoever reads a page through again may move its dates.
        let reviewed = milestone.reviewed;
        let mut description = format!(
            "{} ({}).",
            milestone.precision.told(milestone.date),
            milestone.certainty,
        );
        if let Some(note) = milestone.note {
            let _ = write!(description, " {note}");
        }
        let _ = write!(description, "\n{page}");
        Self {
            uid: milestone.uid.clone(),
            changed: reviewed.and_time(NaiveTime::MIN).and_utc(),
            sequence: (reviewed - NaiveDate::default()).num_days(),
            // What is told without a day stands on the first that it may be, and says so.
            day: milestone.precision.span(milestone.date).0,
            summary: match milestone.precision {
                Precision::Day => format!("{}: {}", framework.short, milestone.label),
                rough => format!(
                    "{}: {} (in {})",
                    framework.short,
                    milestone.label,
                    rough.told(milestone.date)
                ),
            },
            description,
            page,
            is_settled: milestone.is_confirmed,
            frameworks: vec![framework.id.as_str()],
        }
    }
}

fn event(out: &mut String, event: &Event<'_>) {
    let changed = moment(event.changed);
    let day = event.day;
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}@regwire", event.uid));
    line(out, &format!("DTSTAMP:{changed}"));
    line(out, &format!("LAST-MODIFIED:{changed}"));
    line(out, &format!("SEQUENCE:{}", event.sequence));
    line(out, &format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
    // The end is the first day that is no longer meant.
    if let Some(next) = day.checked_add_signed(Duration::days(1)) {
        line(out, &format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
    }
    text(out, "SUMMARY", &event.summary);
    text(out, "DESCRIPTION", &event.description);
    line(out, &format!("URL:{}", plain(&event.page)));
    line(
        out,
        if event.is_settled {
            "STATUS:CONFIRMED"
        } else {
            "STATUS:TENTATIVE"
        },
    );
    if !event.frameworks.is_empty() {
        let names: Vec<String> = event.frameworks.iter().map(|id| escaped(id)).collect();
        line(out, &format!("CATEGORIES:{}", names.join(",")));
    }
    // A deadline takes nobody's day.
    line(out, "TRANSP:TRANSPARENT");
    line(out, "END:VEVENT");
}

/// "Comments close: Draft SP 800-53 (was 1 May 2026)".
fn summary(due: &Due) -> String {
    let mut out = capital(&due.date.label());
    let _ = write!(out, ": {}", due.title);
    if let Some(was) = due.date.was {
        let _ = write!(out, " (was {})", was.format("%-d %B %Y"));
    }
    out
}

fn description(due: &Due, page: &str) -> String {
    let mut out = format!(
        "{} {}",
        capital(due.date.event.label()),
        due.date.precision.told(due.date.date)
    );
    if let Some(was) = due.date.was {
        let _ = write!(out, ", was {}", was.format("%-d %B %Y"));
    }
    let _ = write!(
        out,
        " ({}).\n{page}",
        super::views::certainty(due.date.certainty)
    );
    if let Some(url) = &due.url {
        let _ = write!(out, "\nOriginal: {}", url.as_str());
    }
    out
}

/// With a capital at its beginning.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A property whose value is text.
fn text(out: &mut String, name: &str, value: &str) {
    line(out, &format!("{name}:{}", escaped(value)));
}

/// Text as a value (RFC 5545, 3.3.11). Control characters, which no value may hold, are left out.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for sign in value.chars() {
        match sign {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(sign);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

/// A value that is no text, without what would end its line.
fn plain(value: &str) -> String {
    value.chars().filter(|sign| !sign.is_control()).collect()
}

/// A line, folded so that none is longer than may be and none breaks a character.
fn line(out: &mut String, content: &str) {
    let mut room = LINE;
    for sign in content.chars() {
        if sign.len_utf8() > room {
            out.push_str("\r\n ");
            // The blank that the line goes on with counts.
            room = LINE - 1;
        }
        out.push(sign);
        room -= sign.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::calendar::tests::due;
    use crate::domain::id::FrameworkId;
    use crate::domain::key_date::{Certainty, DateEvent};

    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "")
            .split_terminator("\r\n")
            .map(str::to_owned)
            .collect()
    }

    fn of(due: Due) -> Vec<String> {
        unfolded(&ics(
            "Key dates",
            &[due],
            &[],
            "https://updates.example.org",
        ))
    }

    #[test]
    fn a_date_is_an_event_of_a_whole_day() {
        let mut date = due(DateEvent::CommentsClose, "2026-05-15");
        date.frameworks
            .insert(FrameworkId::new("nist-csf").unwrap());
        let lines = of(date);
        assert_eq!(
            lines[9..],
            [
                "BEGIN:VEVENT",
                "UID:0123456789abcdef-comments_close-1@regwire",
                "DTSTAMP:20260302T093000Z",
                "LAST-MODIFIED:20260302T093000Z",
                "SEQUENCE:0",
                "DTSTART;VALUE=DATE:20260515",
                "DTEND;VALUE=DATE:20260516",
                "SUMMARY:Comments close: Draft SP 800-53",
                "DESCRIPTION:Comments close 15 May 2026 (stated by the publisher).\\nhttps://updates.example.org/updates/0123456789abcdef\\nOriginal: https://nist.example/draft",
                "URL:https://updates.example.org/updates/0123456789abcdef",
                "STATUS:CONFIRMED",
                "CATEGORIES:nist-csf",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn a_date_that_moved_keeps_its_name_and_rises() {
        let mut date = due(DateEvent::CommentsClose, "2026-05-15");
        let first = of(date.clone());
        date.date.was = Some(date.date.date);
        date.date.date = "2026-06-30".parse().unwrap();
        date.sequence = 1;
        let moved = of(date);
        let value = |lines: &[String], name: &str| {
            lines
                .iter()
                .find_map(|line| line.strip_prefix(name).map(str::to_owned))
                .unwrap()
        };
        assert_eq!(value(&first, "UID:"), value(&moved, "UID:"));
        assert_eq!(value(&moved, "SEQUENCE:"), "1");
        assert_eq!(value(&moved, "DTSTART;VALUE=DATE:"), "20260630");
        assert!(value(&moved, "SUMMARY:").ends_with("(was 15 May 2026)"));
    }

    #[test]
    fn what_is_not_settled_is_tentative() {
        let mut date = due(DateEvent::Application, "2026-05-01");
        date.date.certainty = Certainty::Expected;
        date.date.precision = Precision::Month;
        let lines = of(date).join("\n");
        assert!(lines.contains("STATUS:TENTATIVE"));
        assert!(lines.contains("SUMMARY:Applies (month only): "));
        assert!(lines.contains("Applies May 2026 (expected)."));
    }

    #[test]
    fn texts_are_escaped_and_cannot_end_a_line() {
        for (given, told) in [
            ("a,b;c\\d", "a\\,b\\;c\\\\d"),
            ("a\r\nEND:VEVENT", "a\\nEND:VEVENT"),
            ("a\u{0}\u{85}b\tc", "ab c"),
            ("“ä 標準”: x", "“ä 標準”: x"),
        ] {
            let mut date = due(DateEvent::CommentsClose, "2026-05-15");
            date.title = given.to_owned();
            let lines = of(date);
            assert!(
                lines.contains(&format!("SUMMARY:Comments close: {told}")),
                "{lines:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_none_is_lost(title in any::<String>()) {
            let mut date = due(DateEvent::CommentsClose, "2026-05-15");
            date.title = title;
            let text = ics("x", &[date.clone()], &[], "https://e.example");
            prop_assert!(text.ends_with("\r\n"));
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= 75, "{line}");
                prop_assert!(!line.contains(char::is_control), "{line:?}");
            }
            let lines = unfolded(&text);
            prop_assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
            let summary = format!("SUMMARY:{}", escaped(&summary(&date)));
            prop_assert!(lines.contains(&summary));
        }
    }
}
