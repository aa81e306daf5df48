//! The calendar: key dates as things with a history of their own, whoever tells of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::address::WebAddress;
use super::id::{FrameworkId, JurisdictionId, SourceId, UpdateId};
use super::key_date::{Certainty, DateEvent, KeyDate, Precision};
use super::library::{Framework, Library};
use super::reference::{self, KnownWorks};
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

/// When a date is recalled to those who follow what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// So many days before.
    Before(u8),
    /// The day after the last one on which somebody could speak.
    Closed,
}

impl Reminder {
    /// Days before a date on which it is recalled.
    pub const DAYS: [u8; 3] = [1, 7, 30];

    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Closed,
        Self::Before(Self::DAYS[0]),
        Self::Before(Self::DAYS[1]),
        Self::Before(Self::DAYS[2]),
    ];

    /// As keys have it.
    pub fn as_str(self) -> String {
        match self {
            Self::Before(days) => format!("before-{days}"),
            Self::Closed => "closed".to_owned(),
        }
    }

    /// The dates that come up for it on the days after one and up to another: the first and the
    /// day after the last.
    pub fn dates(self, after: NaiveDate, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Before(days) => {
                let ahead = Days::new(u64::from(days) + 1);
                (after + ahead, today + ahead)
            }
            Self::Closed => (after, today),
        }
    }

    /// What happens on days that are worth recalling: what ends, and what begins to bind.
    pub const EVENTS: &'static [DateEvent] = &[
        DateEvent::CommentsClose,
        DateEvent::BallotClose,
        DateEvent::EntryIntoForce,
        DateEvent::Application,
        DateEvent::TransitionEnd,
        DateEvent::Withdrawal,
        DateEvent::CertificationDeadline,
        DateEvent::Submission,
    ];
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

    /// Whether it tells something of a page's framework for the very day that the page has.
    pub fn tells_of(&self, milestone: &Milestone<'_>) -> bool {
        self.date.precision == Precision::Day
            && milestone.precision == Precision::Day
            && self.date.date == milestone.date
            && self.frameworks.contains(&milestone.framework.id)
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

    /// What is to be said of it on a day, if nothing was said since another: only of a day that is
    /// settled, and only where it was told before it came so near. Of what was missed the nearest
    /// counts.
    pub fn reminder(&self, after: NaiveDate, today: NaiveDate) -> Option<Reminder> {
        let date = self.date.date;
        let told = self.changed_at.date_naive();
        if self.date.precision != Precision::Day
            || !self.is_settled()
            || !Reminder::EVENTS.contains(&self.date.event)
        {
            return None;
        }
        if date < today {
            let speaks = DateEvent::CLOSES.contains(&self.date.event);
            return (speaks && date >= after && told <= date).then_some(Reminder::Closed);
        }
        let days = Reminder::DAYS
            .into_iter()
            .find(|days| today + Days::new(u64::from(*days)) >= date)?;
        let since = date - Days::new(u64::from(days));
        (since > after && since > told).then_some(Reminder::Before(days))
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

/// A date of a framework's page: written down with what it rests on, told by no update.
#[derive(Clone, Debug, PartialEq)]
pub struct Milestone<'l> {
    /// What it is known by, wherever it moves: it goes by what happens, not by the day.
    pub uid: String,
    /// Whose page it stands on.
    pub framework: &'l Framework,
    /// The day.
    pub date: NaiveDate,
    /// How fine the day is.
    pub precision: Precision,
    /// What happens then.
    pub label: &'l str,
    /// What is to be known of it.
    pub note: Option<&'l str>,
    /// Whether the page matches it to a source and names the source.
    pub is_confirmed: bool,
    /// How sure it is, in words.
    pub certainty: &'static str,
    /// When its page was last read through: that of the library where it has no page of its own.
    pub reviewed: NaiveDate,
}

/// How sure a date of a page is.
fn certainty(unconfirmed: bool, sourced: bool) -> &'static str {
    match (unconfirmed, sourced) {
        (true, _) => "reported, not confirmed",
        (false, true) => "matched to a source",
        (false, false) => "no source is named",
    }
}

impl<'l> Milestone<'l> {
    /// The dates of a framework's page, in the page's order. `reviewed`: when the library was last
    /// read through.
    pub fn of(framework: &'l Framework, reviewed: NaiveDate) -> Vec<Self> {
        let own = framework.profile.as_ref();
        let reviewed = own.map_or(reviewed, |profile| profile.reviewed);
        let entries = own.map_or(&[][..], |profile| &profile.timeline);
        let written = entries.iter().filter_map(|entry| {
            let unconfirmed = entry.grounds.is_unconfirmed();
            let sourced = !entry.grounds.sources.is_empty();
            Some(Self {
                uid: String::new(),
                framework,
                date: entry.date?,
                precision: entry.precision,
                label: &entry.label,
                note: entry.note.as_deref(),
                is_confirmed: !unconfirmed && sourced,
                certainty: certainty(unconfirmed, sourced),
                reviewed,
            })
        });
        // What the page's own timeline tells of a day says more than the short list does.
        let listed = framework
            .dates
            .iter()
            .filter(|date| entries.iter().all(|entry| entry.date != Some(date.date)))
            .map(|date| Self {
                uid: String::new(),
                framework,
                date: date.date,
                precision: Precision::Day,
                label: &date.label,
                note: None,
                // The short list names no sources.
                is_confirmed: false,
                certainty: certainty(!date.verified, false),
                reviewed,
            });
        let mut milestones: Vec<Self> = written.chain(listed).collect();
        let mut seen = BTreeSet::new();
        for milestone in &mut milestones {
            let slug = reference::slug(milestone.label);
            let mut uid = format!("{}-{slug}", framework.id);
            while !seen.insert(uid.clone()) {
                uid.push_str("-again");
            }
            milestone.uid = uid;
        }
        milestones
    }

    /// The last day on which it may be: of a month told without a day the month's last.
    pub fn last_day(&self) -> NaiveDate {
        self.precision.span(self.date).1
    }

    /// Where it stands on a day: passed, confirmed, or reported and not confirmed.
    pub fn status(&self, today: NaiveDate) -> &'static str {
        if self.last_day() < today {
            DateStatus::Passed.as_str()
        } else if self.is_confirmed {
            DateStatus::Confirmed.as_str()
        } else {
            "reported"
        }
    }
}

/// What of the calendar somebody wants to see; all of it where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarFilter {
    /// Only what is about it.
    pub framework: Option<FrameworkId>,
    /// Only what counts there.
    pub jurisdiction: Option<JurisdictionId>,
    /// What that place belongs to: what counts in all of it counts there too.
    pub above: Vec<JurisdictionId>,
    /// Only what is about this work, as its address has it (`iso-iec-42001`).
    pub standard: Option<String>,
    /// Only what happens so.
    pub event: Option<DateEvent>,
}

impl CalendarFilter {
    /// The same, with what its place belongs to: a date of the Union is one of each member.
    #[must_use]
    pub fn with_above(mut self, library: &Library) -> Self {
        let place = self.jurisdiction.as_ref();
        let known = place.and_then(|id| library.jurisdiction(id));
        self.above = known.map_or_else(Vec::new, |place| place.member_of.clone());
        self
    }

    /// Whether something that counts in these places counts where it is asked for.
    fn takes_places(&self, counts_in: impl Fn(&JurisdictionId) -> bool) -> bool {
        let mut places = self.jurisdiction.iter().chain(&self.above);
        self.jurisdiction.is_none() || places.any(counts_in)
    }

    /// Whether an entry is wanted.
    pub fn takes(&self, due: &Due) -> bool {
        self.event.is_none_or(|event| event == due.date.event)
            && self
                .framework
                .as_ref()
                .is_none_or(|id| due.frameworks.contains(id))
            && self.takes_places(|id| due.jurisdictions.contains(id))
            && self
                .standard
                .as_ref()
                .is_none_or(|slug| due.works.contains(slug))
    }

    /// The dates of frameworks' pages that are wanted, from a day on, by day. None of them says which
    /// event it is.
    pub fn milestones<'l>(&self, library: &'l Library, from: NaiveDate) -> Vec<Milestone<'l>> {
        let profiles = library
            .frameworks
            .iter()
            .filter_map(|it| it.profile.as_ref());
        let reviewed = profiles
            .map(|profile| profile.reviewed)
            .max()
            .unwrap_or_default();
        let mut out: Vec<Milestone<'l>> = library
            .frameworks
            .iter()
            .filter(|framework| self.takes_page(framework, &library.known_works))
            .flat_map(|framework| Milestone::of(framework, reviewed))
            .filter(|milestone| milestone.last_day() >= from)
            .collect();
        out.sort_by(|a, b| (a.date, &a.uid).cmp(&(b.date, &b.uid)));
        out
    }

    fn takes_page(&self, framework: &Framework, known: &KnownWorks) -> bool {
        let is_of = |slug: &String| {
            framework
                .references
                .iter()
                .filter_map(|form| reference::read(form, known).into_iter().next())
                .any(|found| reference::slug(&found.work) == *slug)
        };
        self.event.is_none()
            && self.framework.as_ref().is_none_or(|id| *id == framework.id)
            && self.takes_places(|id| framework.jurisdictions.contains(id))
            && self.standard.as_ref().is_none_or(is_of)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
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
                    rule: "stated".into(),
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
    fn a_day_is_recalled_as_it_comes_near_and_once() {
        use Reminder::{Before, Closed};
        // Told on 2 March, closing on 15 May.
        for (after, today, wanted) in [
            ("2026-04-13", "2026-04-14", None),
            ("2026-04-14", "2026-04-15", Some(Before(30))),
            ("2026-04-15", "2026-04-16", None),
            ("2026-05-07", "2026-05-08", Some(Before(7))),
            ("2026-05-13", "2026-05-14", Some(Before(1))),
            ("2026-05-14", "2026-05-15", None),
            ("2026-05-15", "2026-05-16", Some(Closed)),
            ("2026-05-16", "2026-05-17", None),
            // After a pause the nearest counts, and only that.
            ("2026-04-01", "2026-05-10", Some(Before(7))),
            ("2026-04-01", "2026-05-15", Some(Before(1))),
            ("2026-04-01", "2026-06-15", Some(Closed)),
        ] {
            let date = due(DateEvent::CommentsClose, "2026-05-15");
            assert_eq!(date.reminder(day(after), day(today)), wanted, "{today}");
        }
        let (after, today) = (day("2026-05-07"), day("2026-05-08"));
        let told = |change: fn(&mut Due)| {
            let mut date = due(DateEvent::CommentsClose, "2026-05-15");
            change(&mut date);
            date.reminder(after, today)
        };
        // What was told within the week is known.
        assert_eq!(
            told(|date| date.changed_at = "2026-05-08T09:00:00Z".parse().unwrap()),
            None
        );
        assert_eq!(told(|date| date.date.precision = Precision::Month), None);
        assert_eq!(told(|date| date.date.certainty = Certainty::Expected), None);
        assert_eq!(told(|date| date.date.event = DateEvent::Event), None);
        assert_eq!(
            told(|date| date.date.event = DateEvent::Application),
            Some(Before(7))
        );
        let over = due(DateEvent::Application, "2026-05-15");
        assert_eq!(over.reminder(day("2026-05-15"), day("2026-05-16")), None);
        // Whatever is recalled lies among the dates that are asked for.
        for which in Reminder::ALL {
            let (from, until) = which.dates(day("2026-04-01"), day("2026-05-10"));
            let mut at = from;
            while at < until {
                let mut date = due(DateEvent::CommentsClose, "2026-05-15");
                date.date.date = at;
                assert!(
                    date.reminder(day("2026-04-01"), day("2026-05-10"))
                        .is_some(),
                    "{at}"
                );
                at = at + Days::new(1);
            }
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
