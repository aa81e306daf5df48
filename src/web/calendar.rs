//! The calendar: what is due, what is open now, and the same for people's own calendars.

use std::collections::BTreeMap;

use axum::extract::{Path, Query as Parameters, State};
use axum::response::Response;
use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::changes::due_view;
use super::{Site, Trouble};
use crate::domain::calendar::{CalendarFilter, Due, Milestone};
use crate::domain::id::{FrameworkId, JurisdictionId};
use crate::domain::key_date::DateEvent;
use crate::domain::reference;
use crate::render::{CalendarPage, Choice, DueView, FacetLink, MonthView, ics};

/// Months on a page.
const MONTHS: u32 = 6;
/// Dates on a page; who needs more narrows it.
const PAGE: usize = 400;
/// What is open now, on a page.
const OPEN: usize = 60;
/// Dates of a feed.
const FEED: usize = 5_000;
/// How far back a feed goes, in days: what has just moved or passed stays in people's calendars.
const BACK: u64 = 366;

/// What is asked for, and what of it is not known.
#[derive(Default)]
struct Asked {
    filter: CalendarFilter,
    /// The standard in the reader's spelling.
    standard: String,
    from: Option<NaiveDate>,
    problems: Vec<String>,
}

impl Asked {
    fn read(site: &Site, parameters: &BTreeMap<String, String>) -> Self {
        let mut out = Self::default();
        let value = |name: &str| {
            parameters
                .get(name)
                .map(|text| text.trim())
                .filter(|text| !text.is_empty())
        };
        if let Some(text) = value("framework") {
            out.filter.framework = FrameworkId::new(text)
                .ok()
                .filter(|id| site.library.framework(id).is_some());
            if out.filter.framework.is_none() {
                out.problems
                    .push(format!("There is no framework “{text}”."));
            }
        }
        if let Some(text) = value("jurisdiction") {
            out.filter.jurisdiction = JurisdictionId::new(text)
                .ok()
                .filter(|id| site.library.jurisdiction(id).is_some());
            if out.filter.jurisdiction.is_none() {
                out.problems
                    .push(format!("There is no jurisdiction “{text}”."));
            }
        }
        if let Some(text) = value("event") {
            out.filter.event = text.parse().ok();
            if out.filter.event.is_none() {
                out.problems
                    .push(format!("There is no event “{text}” of a key date."));
            }
        }
        if let Some(text) = value("standard") {
            let text: String = text.chars().take(200).collect();
            out.filter.standard = Some(work_of(site, &text));
            out.standard = text;
        }
        if let Some(text) = value("from") {
            out.from = month(text);
            if out.from.is_none() {
                out.problems
                    .push(format!("“{text}” is no month: write it as 2026-05."));
            }
        }
        out.filter = out.filter.with_above(&site.library);
        out
    }

    /// The filter as an address has it, without the month.
    fn query(&self) -> Vec<(&'static str, String)> {
        let filter = &self.filter;
        [
            (
                "framework",
                filter.framework.as_ref().map(ToString::to_string),
            ),
            (
                "jurisdiction",
                filter.jurisdiction.as_ref().map(ToString::to_string),
            ),
            ("standard", filter.standard.clone()),
            ("event", filter.event.map(|event| event.as_str().to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// The work that a spelling or an address means.
fn work_of(site: &Site, text: &str) -> String {
    reference::read(text, &site.library.known_works)
        .first()
        .map_or_else(
            || reference::slug(text),
            |found| reference::slug(&found.work),
        )
}

/// The first day of `2026-05`.
fn month(text: &str) -> Option<NaiveDate> {
    let day: NaiveDate = format!("{text}-01").parse().ok()?;
    (1900..=2200).contains(&day.year()).then_some(day)
}

fn address(path: &str, query: &[(&'static str, String)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(query);
    format!("{path}?{}", pairs.finish())
}

/// What updates tell and what stands on frameworks' pages, by day. What a page has for a day on which an
/// update tells something of the same framework stands below that, for most often it is the same.
pub(super) fn views(
    site: &Site,
    dues: &[Due],
    pages: &[Milestone<'_>],
    today: NaiveDate,
) -> Vec<(NaiveDate, DueView)> {
    let mut out: Vec<(NaiveDate, DueView)> = dues
        .iter()
        .map(|due| (due.date.date, due_view(site, due, today)))
        .collect();
    let mut alone = Vec::new();
    for milestone in pages {
        let told = dues
            .iter()
            .position(|due| due.tells_of(milestone))
            .and_then(|place| out.get_mut(place));
        match told {
            Some((_, view)) => view.pages.push(DueView::beside(milestone)),
            None => alone.push((
                milestone.date,
                DueView::of_page(milestone, &site.library, today),
            )),
        }
    }
    out.append(&mut alone);
    out.sort_by_key(|(day, _)| *day);
    out
}

/// `/calendar`
pub(super) async fn calendar(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    page(&site, &parameters)
        .await
        .unwrap_or_else(|trouble| site.tell(trouble))
}

async fn page(site: &Site, parameters: &BTreeMap<String, String>) -> Result<Response, Trouble> {
    let today = site.clock.now().date_naive();
    let asked = Asked::read(site, parameters);
    let from = asked.from.or_else(|| today.with_day(1)).unwrap_or(today);
    let until = later(from, MONTHS);
    let filter = &asked.filter;
    let wanted = |due: &Due| filter.takes(due);
    let events = filter.event.as_slice();
    let stretch = site
        .store
        .due(from, Some(until), events, PAGE, wanted)
        .await?;
    // What is told to the month or the quarter only may close later than the day it stands on.
    let open = site
        .store
        .due(today, None, DateEvent::CLOSES, OPEN, |due| {
            filter.takes(due) && due.is_open(today)
        })
        .await?;
    let pages = filter.milestones(&site.library, NaiveDate::MIN);
    let within: Vec<Milestone<'_>> = pages
        .iter()
        .filter(|milestone| (from..until).contains(&milestone.date))
        // Behind the last date that an update tells nobody can say what is missing.
        .filter(|milestone| {
            let last = stretch.entries.last().filter(|_| stretch.cut);
            last.is_none_or(|last| milestone.date <= last.date.date)
        })
        .cloned()
        .collect();
    let (last_before, first_after) = site.store.due_around(from, until).await?;
    let days = || pages.iter().map(|milestone| milestone.date);
    let last_before = last_before.max(days().rev().find(|day| *day < from));
    let first_after = first_after
        .into_iter()
        .chain(days().find(|day| *day >= until))
        .min();
    let leads = |name: &str, from: NaiveDate| {
        let mut query = asked.query();
        query.push(("from", from.format("%Y-%m").to_string()));
        FacetLink {
            name: name.to_owned(),
            href: address("/calendar", &query),
            ..FacetLink::default()
        }
    };
    site.show(&CalendarPage {
        open: open
            .entries
            .iter()
            .map(|due| due_view(site, due, today))
            .collect(),
        open_cut: open.cut,
        months: MonthView::of(views(site, &stretch.entries, &within, today)),
        cut: stretch.cut,
        stretch: format!(
            "{} to {}",
            from.format("%B %Y"),
            until.pred_opt().unwrap_or(until).format("%B %Y")
        ),
        from: asked.from.map(|from| from.format("%Y-%m").to_string()),
        frameworks: site
            .library
            .frameworks_by_name()
            .into_iter()
            .map(|one| Choice {
                value: one.id.to_string(),
                name: one.short.clone(),
                chosen: filter.framework.as_ref() == Some(&one.id),
            })
            .collect(),
        places: site
            .library
            .jurisdictions_by_name()
            .into_iter()
            .map(|one| Choice {
                value: one.id.to_string(),
                name: one.name.clone(),
                chosen: filter.jurisdiction.as_ref() == Some(&one.id),
            })
            .collect(),
        events: DateEvent::ALL
            .iter()
            .map(|event| Choice {
                value: event.as_str().to_owned(),
                name: event.label().to_owned(),
                chosen: filter.event == Some(*event),
            })
            .collect(),
        // A stretch that is empty is stepped over.
        earlier: last_before.map(|last| {
            let back = from.checked_sub_months(Months::new(MONTHS)).unwrap_or(from);
            let start = if last < back { earlier(last) } else { back };
            leads("Earlier", start)
        }),
        later: first_after.map(|first| leads("Later", first.with_day(1).unwrap_or(until))),
        ics: address("/calendar.ics", &asked.query()),
        standard: asked.standard,
        problems: asked.problems,
    })
}

fn later(from: NaiveDate, months: u32) -> NaiveDate {
    from.checked_add_months(Months::new(months)).unwrap_or(from)
}

/// The first month of a stretch that ends with this day's month.
fn earlier(last: NaiveDate) -> NaiveDate {
    last.with_day(1)
        .and_then(|first| first.checked_sub_months(Months::new(MONTHS - 1)))
        .unwrap_or(last)
}

/// `/calendar.ics`
pub(super) async fn all_ics(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let asked = Asked::read(&site, &parameters);
    // A feed of everything in the place of one that was mistyped would fill somebody's calendar.
    if !asked.problems.is_empty() {
        return site.tell(Trouble::Missing);
    }
    feed(&site, &asked.filter).await
}

/// `/frameworks/{id}/calendar.ics`
pub(super) async fn framework_ics(State(site): State<Site>, Path(id): Path<String>) -> Response {
    part(&site, "framework", id).await
}

/// `/jurisdictions/{id}/calendar.ics`
pub(super) async fn jurisdiction_ics(State(site): State<Site>, Path(id): Path<String>) -> Response {
    part(&site, "jurisdiction", id).await
}

/// `/standards/{slug}/calendar.ics`
pub(super) async fn standard_ics(State(site): State<Site>, Path(slug): Path<String>) -> Response {
    part(&site, "standard", slug).await
}

async fn part(site: &Site, name: &str, value: String) -> Response {
    let asked = Asked::read(site, &BTreeMap::from([(name.to_owned(), value)]));
    if !asked.problems.is_empty() || asked.query().is_empty() {
        return site.tell(Trouble::Missing);
    }
    feed(site, &asked.filter).await
}

/// What a calendar of these dates is called.
fn name(site: &Site, filter: &CalendarFilter) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(id) = &filter.framework {
        let known = site.library.framework(id);
        parts.push(known.map_or_else(|| id.to_string(), |known| known.short.clone()));
    }
    parts.extend(filter.standard.clone());
    if let Some(id) = &filter.jurisdiction {
        let known = site.library.jurisdiction(id);
        parts.push(known.map_or_else(|| id.to_string(), |known| known.name.clone()));
    }
    parts.extend(filter.event.map(|event| event.label().to_owned()));
    if parts.is_empty() {
        "Key dates".to_owned()
    } else {
        format!("Key dates: {}", parts.join(", "))
    }
}

async fn feed(site: &Site, filter: &CalendarFilter) -> Response {
    let today = site.clock.now().date_naive();
    let from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
    let stretch = match site
        .store
        .due(from, None, filter.event.as_slice(), FEED, |due| {
            filter.takes(due)
        })
        .await
    {
        Ok(stretch) => stretch,
        Err(error) => return site.tell(error.into()),
    };
    let text = ics(
        &name(site, filter),
        &stretch.entries,
        &filter.milestones(&site.library, from),
        site.renderer.base_url(),
    );
    super::feeds::kept("text/calendar; charset=utf-8", text)
}
