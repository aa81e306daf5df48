//! The calendar as a page.

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};

use super::ics::capital;
use super::views::{Moment, Named, because_of, certainty};
use super::{FacetLink, View};
use crate::domain::calendar::{Due, Milestone};
use crate::domain::id::JurisdictionId;
use crate::domain::key_date::Precision;
use crate::domain::library::Library;
use crate::text::date::Stamp;

/// A date of the calendar.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DueView {
    /// The day, as finely as it is told.
    pub day: Moment,
    /// What happens then.
    pub label: String,
    /// Where it stands: proposed, confirmed, moved, passed.
    pub status: String,
    /// How sure it is.
    pub certainty: String,
    /// The words or the field that tell it.
    pub because: String,
    /// The day that it replaces.
    pub was: Option<Moment>,
    /// The days until then; none when it is over.
    pub left: Option<i64>,
    /// The update's title.
    pub title: String,
    /// Its language, where it is not the page's.
    pub language: Option<String>,
    /// Its page.
    pub href: String,
    /// Where the publisher takes comments, or tells of it.
    pub original: Option<String>,
    /// The source's name.
    pub source: String,
    /// How many other updates tell it.
    pub others: u32,
    /// What it is about.
    pub frameworks: Vec<Named>,
    /// Where it counts.
    pub places: Vec<String>,
    /// What pages of frameworks have for the same day.
    pub pages: Vec<PageDate>,
}

/// What a framework's page has for a day on which an update tells something of it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PageDate {
    /// The framework's page.
    pub page: Named,
    /// What happens then, in the page's words.
    pub label: String,
    /// How sure it is.
    pub certainty: String,
}

impl DueView {
    /// A date as it stands on a day.
    pub fn new(due: &Due, source: Option<&str>, library: &Library, today: NaiveDate) -> Self {
        let last = due.last_day();
        Self {
            day: Moment {
                exact: due.date.date.to_string(),
                shown: due.date.precision.told(due.date.date),
            },
            label: capital(due.date.event.label()),
            status: due.status(today).as_str().to_owned(),
            certainty: certainty(due.date.certainty).to_owned(),
            because: because_of(&due.date.because),
            was: due.date.was.map(|day| Moment::day(Stamp::Day(day))),
            left: (last >= today && due.date.precision == Precision::Day)
                .then(|| (last - today).num_days()),
            title: due.title.clone(),
            language: due.language.clone().filter(|language| language != "en"),
            href: format!("/updates/{}", due.update),
            original: due.url.as_ref().map(|url| url.as_str().to_owned()),
            source: source.map_or_else(|| due.source.to_string(), str::to_owned),
            others: due.reports.saturating_sub(1),
            frameworks: due
                .frameworks
                .iter()
                .take(5)
                .map(|id| Named {
                    name: library
                        .framework(id)
                        .map_or_else(|| id.to_string(), |framework| framework.short.clone()),
                    href: format!("/calendar?framework={id}"),
                })
                .collect(),
            places: places(&due.jurisdictions, library),
            pages: Vec::new(),
        }
    }

    /// What a page has, beside what an update tells for the same day.
    pub fn beside(milestone: &Milestone<'_>) -> PageDate {
        PageDate {
            page: Named {
                name: milestone.framework.short.clone(),
                href: format!("/frameworks/{}#timeline", milestone.framework.id),
            },
            label: milestone.label.to_owned(),
            certainty: milestone.certainty.to_owned(),
        }
    }

    /// A date of a framework's page as it stands on a day.
    pub fn of_page(milestone: &Milestone<'_>, library: &Library, today: NaiveDate) -> Self {
        let framework = milestone.framework;
        let last = milestone.last_day();
        Self {
            day: Moment {
                exact: milestone.date.to_string(),
                shown: milestone.precision.told(milestone.date),
            },
            label: framework.short.clone(),
            status: milestone.status(today).to_owned(),
            certainty: milestone.certainty.to_owned(),
            because: milestone.note.unwrap_or_default().to_owned(),
            // "In November" is not in so many days.
            left: (last >= today && milestone.precision == Precision::Day)
                .then(|| (last - today).num_days()),
            title: milestone.label.to_owned(),
            href: format!("/frameworks/{}#timeline", framework.id),
            source: format!("Page of {}", framework.short),
            frameworks: vec![Named {
                name: framework.short.clone(),
                href: format!("/calendar?framework={}", framework.id),
            }],
            places: places(&framework.jurisdictions, library),
            ..Self::default()
        }
    }
}

/// The names of the first places.
fn places<'i>(ids: impl IntoIterator<Item = &'i JurisdictionId>, library: &Library) -> Vec<String> {
    ids.into_iter()
        .take(4)
        .map(|id| {
            library
                .jurisdiction(id)
                .map_or_else(|| id.to_string(), |place| place.name.clone())
        })
        .collect()
}

/// A date of a framework's page as a line for programs: no update tells it.
pub fn milestone_line(milestone: &Milestone<'_>, today: NaiveDate) -> Value {
    let framework = milestone.framework;
    json!({
        "uid": milestone.uid,
        "date": milestone.date,
        "precision": milestone.precision,
        "event": null,
        "label": milestone.label,
        "status": milestone.status(today),
        "certainty": milestone.certainty,
        "was": null,
        "open": false,
        "title": format!("{}: {}", framework.short, milestone.label),
        "url": null,
        "update": null,
        "page": framework.id,
        "source": null,
        "frameworks": [framework.id],
        "jurisdictions": framework.jurisdictions,
        "standards": [],
        "reports": 0,
    })
}

/// What is due in a month.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MonthView {
    /// For addresses: `2026-05`.
    pub id: String,
    /// For people: "May 2026".
    pub name: String,
    /// By day.
    pub entries: Vec<DueView>,
}

impl MonthView {
    /// Sorts entries that come by day into their months.
    pub fn of(entries: impl IntoIterator<Item = (NaiveDate, DueView)>) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        for (day, entry) in entries {
            let id = format!("{:04}-{:02}", day.year(), day.month());
            match out.last_mut().filter(|month| month.id == id) {
                Some(month) => month.entries.push(entry),
                None => out.push(Self {
                    id,
                    name: day.format("%B %Y").to_string(),
                    entries: vec![entry],
                }),
            }
        }
        out
    }
}

/// One value that can be chosen.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Choice {
    /// As sent.
    pub value: String,
    /// As shown.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `/calendar`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct CalendarPage {
    /// What was asked for and is not known.
    pub problems: Vec<String>,
    /// What takes comments or votes today, what closes first at the top.
    pub open: Vec<DueView>,
    /// Whether more is open than is shown.
    pub open_cut: bool,
    /// What is due, by month.
    pub months: Vec<MonthView>,
    /// Whether more is due than is shown.
    pub cut: bool,
    /// The stretch that is shown: "May to October 2026".
    pub stretch: String,
    /// Its first month, where it was asked for.
    pub from: Option<String>,
    /// Frameworks to choose from.
    pub frameworks: Vec<Choice>,
    /// Jurisdictions to choose from.
    pub places: Vec<Choice>,
    /// Events to choose from.
    pub events: Vec<Choice>,
    /// The standard that is asked for.
    pub standard: String,
    /// What is due before.
    pub earlier: Option<FacetLink>,
    /// What is due after.
    pub later: Option<FacetLink>,
    /// The same as a feed for calendars.
    pub ics: String,
}

impl View for CalendarPage {
    const TEMPLATE: &'static str = "web/calendar.html";
    fn sample() -> Self {
        let entry = DueView {
            day: Moment {
                exact: "2026-05-15".to_owned(),
                shown: "15 May 2026".to_owned(),
            },
            label: "Comments close".to_owned(),
            status: "moved".to_owned(),
            certainty: "stated by the publisher".to_owned(),
            because: "the publisher's field comments_close_on".to_owned(),
            was: Some(Moment {
                exact: "2026-05-01".to_owned(),
                shown: "1 May 2026".to_owned(),
            }),
            left: Some(12),
            title: "Draft guidance on impact assessments (sample)".to_owned(),
            language: Some("de".to_owned()),
            href: "/updates/0123456789abcdef".to_owned(),
            original: Some("https://example.org/draft".to_owned()),
            source: "ISO news".to_owned(),
            others: 1,
            frameworks: vec![Named {
                name: "ISO/IEC 42001".to_owned(),
                href: "/calendar?framework=iso-iec-42001".to_owned(),
            }],
            places: vec!["International".to_owned()],
            pages: vec![PageDate {
                page: Named {
                    name: "ISO/IEC 42001".to_owned(),
                    href: "/frameworks/iso-iec-42001#timeline".to_owned(),
                },
                label: "Comments on the draft close".to_owned(),
                certainty: "matched to a source".to_owned(),
            }],
        };
        let choice = Choice {
            value: "iso-iec-42001".to_owned(),
            name: "ISO/IEC 42001".to_owned(),
            chosen: true,
        };
        let link = |name: &str, from: &str| FacetLink {
            name: name.to_owned(),
            count: 0,
            href: format!("/calendar?from={from}"),
            chosen: false,
        };
        Self {
            problems: vec!["There is no framework “x”.".to_owned()],
            open: vec![entry.clone()],
            open_cut: true,
            months: vec![MonthView {
                id: "2026-05".to_owned(),
                name: "May 2026".to_owned(),
                entries: vec![entry],
            }],
            cut: true,
            stretch: "May to October 2026".to_owned(),
            from: Some("2026-05".to_owned()),
            frameworks: vec![choice.clone()],
            places: vec![choice.clone()],
            events: vec![choice],
            standard: "ISO/IEC 42001".to_owned(),
            earlier: Some(link("Earlier", "2025-11")),
            later: Some(link("Later", "2026-11")),
            ics: "/calendar.ics?framework=iso-iec-42001".to_owned(),
        }
    }
}
