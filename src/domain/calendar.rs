//! The calendar: key dates as things with a history of their own, whoever tells of them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::address::WebAddress;
use super::id::{FrameworkId, JurisdictionId, SourceId, UpdateId};
use super::key_date::{Certainty, DateEvent, KeyDate};
use super::reference;
use super::update::{Authority, Field, Tags, UpdateKind};

/// Where a key date stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DateStatus {
    /// Not settled: expected, or told by somebody whom it does not concern.
    Proposed,
    /// Settled by whoever sets it.
    Confirmed,
    /// Settled, on another day than before.
    Moved,
    /// Over.
    Passed,
}

impl DateStatus {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Confirmed => "confirmed",
            Self::Moved => "moved",
            Self::Passed => "passed",
        }
    }
}

/// An entry of the calendar: a key date as it stands now, told by one update or by several.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// What it is known by, wherever it moves.
    pub uid: String,
    /// How often it moved.
    pub sequence: u32,
    /// When it was first told as it is now.
    pub changed_at: DateTime<Utc>,
    /// The date.
    pub date: KeyDate,
    /// From when on comments are taken, where the update says so.
    pub opens: Option<NaiveDate>,
    /// The update that tells it best.
    pub update: UpdateId,
    /// Where that was found.
    pub source: SourceId,
    /// Its title.
    pub title: String,
    /// The original.
    pub url: Option<WebAddress>,
    /// Its language.
    pub language: Option<String>,
    /// What happened.
    pub kind: Option<UpdateKind>,
    /// Who speaks.
    pub authority: Authority,
    /// What it is about.
    pub frameworks: BTreeSet<FrameworkId>,
    /// Where it counts.
    pub jurisdictions: BTreeSet<JurisdictionId>,
    /// The works it is about, as their addresses have them (`iso-iec-42001`).
    pub works: BTreeSet<String>,
    /// How many updates tell it.
    pub reports: u32,
    /// Whether the update is our own word that it moved.
    pub is_notice: bool,
}

impl Due {
    /// Where it stands on a day.
    pub fn status(&self, today: NaiveDate) -> DateStatus {
        if self.last_day() < today {
            DateStatus::Passed
        } else if !self.is_settled() {
            DateStatus::Proposed
        } else if self.date.was.is_some() {
            DateStatus::Moved
        } else {
            DateStatus::Confirmed
        }
    }

    /// Whether whoever sets it has said so.
    pub fn is_settled(&self) -> bool {
        matches!(self.date.certainty, Certainty::Stated | Certainty::Read)
    }

    /// The last day on which it may be: of a month told without a day the month's last.
    pub fn last_day(&self) -> NaiveDate {
        self.date.precision.span(self.date.date).1
    }

    /// Whether somebody can comment or vote on a day: the last one counts.
    pub fn is_open(&self, today: NaiveDate) -> bool {
        DateEvent::CLOSES.contains(&self.date.event)
            && self.last_day() >= today
            && self.opens.is_none_or(|opens| opens <= today)
    }

    /// Takes in another report of the same: what it is about counts, and where it speaks for more
    /// it is shown.
    pub fn join(&mut self, mut other: Self) {
        if other.rank() < self.rank() {
            std::mem::swap(self, &mut other);
        }
        self.reports = self.reports.saturating_add(other.reports);
        self.date.was = self.date.was.or(other.date.was);
        self.opens = self.opens.or(other.opens);
        self.changed_at = self.changed_at.min(other.changed_at);
        self.frameworks.extend(other.frameworks);
        self.jurisdictions.extend(other.jurisdictions);
        self.works.extend(other.works);
    }

    fn rank(&self) -> (u8, u8, bool) {
        let authority = match self.authority {
            Authority::Official => 0,
            Authority::Accredited => 1,
            Authority::Secondary => 2,
        };
        let certainty = match self.date.certainty {
            Certainty::Stated => 0,
            Certainty::Read => 1,
            Certainty::Reported => 2,
            Certainty::Expected => 3,
        };
        (authority, certainty, self.is_notice)
    }

    /// What tags say it is about: what an update cites in passing has no place in the calendar of
    /// what it cites.
    pub fn about(&mut self, tags: &Tags) {
        let primary = tags.frameworks.iter().any(|tag| tag.primary);
        self.frameworks = tags
            .frameworks
            .iter()
            .filter(|tag| tag.primary || !primary)
            .map(|tag| tag.id.clone())
            .collect();
        self.jurisdictions = tags
            .jurisdictions
            .iter()
            .map(|tag| tag.id.clone())
            .collect();
        let named = |field: Field| matches!(field, Field::Headline | Field::Stated);
        let headed = tags.references.iter().any(|tag| named(tag.field));
        self.works = tags
            .references
            .iter()
            .filter(|tag| named(tag.field) || !headed)
            .map(|tag| reference::slug(&tag.reference.work))
            .collect();
        self.language.clone_from(&tags.language);
        self.kind = tags.kind;
    }
}

/// What of the calendar somebody wants to see; all of it where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarFilter {
    /// Only what is about it.
    pub framework: Option<FrameworkId>,
    /// Only what counts there.
    pub jurisdiction: Option<JurisdictionId>,
    /// Only what is about this work, as its address has it (`iso-iec-42001`).
    pub standard: Option<String>,
    /// Only what happens so.
    pub event: Option<DateEvent>,
}

impl CalendarFilter {
    /// Whether an entry is wanted.
    pub fn takes(&self, due: &Due) -> bool {
        self.event.is_none_or(|event| event == due.date.event)
            && self
                .framework
                .as_ref()
                .is_none_or(|id| due.frameworks.contains(id))
            && self
                .jurisdiction
                .as_ref()
                .is_none_or(|id| due.jurisdictions.contains(id))
            && self
                .standard
                .as_ref()
                .is_none_or(|slug| due.works.contains(slug))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::key_date::Precision;
    use crate::domain::update::Because;

    /// An entry to look at.
    pub(crate) fn due(event: DateEvent, day: &str) -> Due {
        Due {
            uid: "0123456789abcdef-comments_close-1".to_owned(),
            sequence: 0,
            changed_at: "2026-03-02T09:30:00Z".parse().unwrap(),
            date: KeyDate {
                date: day.parse().unwrap(),
                precision: Precision::Day,
                event,
                certainty: Certainty::Stated,
                was: None,
                because: Because {
                    rule: "stated".to_owned(),
                    field: Field::Stated,
                    text: "closes".to_owned(),
                    start: 0,
                },
            },
            opens: None,
            update: UpdateId::new("0123456789abcdef").unwrap(),
            source: SourceId::new("nist-news").unwrap(),
            title: "Draft SP 800-53".to_owned(),
            url: WebAddress::new("https://nist.example/draft").ok(),
            language: None,
            kind: None,
            authority: Authority::Official,
            frameworks: BTreeSet::new(),
            jurisdictions: BTreeSet::new(),
            works: BTreeSet::new(),
            reports: 1,
            is_notice: false,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn where_a_date_stands_hangs_on_the_day_asked() {
        let mut date = due(DateEvent::Application, "2026-05-15");
        assert_eq!(date.status(day("2026-05-15")), DateStatus::Confirmed);
        assert_eq!(date.status(day("2026-05-16")), DateStatus::Passed);
        date.date.was = Some(day("2026-05-01"));
        assert_eq!(date.status(day("2026-05-15")), DateStatus::Moved);
        date.date.certainty = Certainty::Expected;
        assert_eq!(date.status(day("2026-05-15")), DateStatus::Proposed);
        // "In May" is not over on the 16th, wherever in May it is written down.
        date.date.precision = Precision::Month;
        assert_eq!(date.status(day("2026-05-31")), DateStatus::Proposed);
        assert_eq!(date.status(day("2026-06-01")), DateStatus::Passed);
    }

    #[test]
    fn what_is_open_takes_comments_to_its_last_day() {
        for (event, opens, today, open) in [
            (DateEvent::CommentsClose, None, "2026-05-15", true),
            (DateEvent::CommentsClose, None, "2026-05-16", false),
            (DateEvent::BallotClose, None, "2026-01-01", true),
            (
                DateEvent::CommentsClose,
                Some("2026-05-02"),
                "2026-05-01",
                false,
            ),
            (
                DateEvent::CommentsClose,
                Some("2026-05-02"),
                "2026-05-02",
                true,
            ),
            (DateEvent::Application, None, "2026-01-01", false),
        ] {
            let mut date = due(event, "2026-05-15");
            date.opens = opens.map(day);
            assert_eq!(date.is_open(day(today)), open, "{event:?} {today}");
        }
    }

    #[test]
    fn of_two_reports_the_one_that_speaks_for_more_is_shown() {
        let mut report = due(DateEvent::CommentsClose, "2026-05-15");
        report.authority = Authority::Secondary;
        report.title = "Report".to_owned();
        report.works.insert("sp-800-53".to_owned());
        let mut both = report.clone();
        both.join(due(DateEvent::CommentsClose, "2026-05-15"));
        assert_eq!(both.title, "Draft SP 800-53");
        assert_eq!((both.reports, both.works.len()), (2, 1));
        let mut turned = due(DateEvent::CommentsClose, "2026-05-15");
        turned.join(report);
        assert_eq!(turned, both);
    }
}
