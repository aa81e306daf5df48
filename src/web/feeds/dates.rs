//! Key dates of a list, a search or the whole calendar.

use std::collections::HashSet;

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Days;
use serde_json::{Value, json};

use super::family::Family;
use super::{ENTRIES, Form, fed, file, head, kept};
use crate::domain::calendar::{CalendarFilter, Due, Milestone};
use crate::domain::id::UpdateId;
use crate::domain::query::Query;
use crate::render::{FeedEntry, ics, milestone_line, table_head, table_rows};
use crate::search::SortOrder;
use crate::web::asked::Parameters;
use crate::web::pages::told;
use crate::web::search::{Wanted, find};
use crate::web::{Site, Trouble};

/// Dates of a calendar.
const DATES: usize = 5_000;

/// Hits whose dates are told.
const DATED: usize = 1_000;

/// How far back a calendar goes, in days.
const BACK: u64 = 366;

/// `/search.ics`: the key dates that the hits tell.
pub(super) async fn search_ics(State(site): State<Site>, parameters: Parameters) -> Response {
    let wanted = Wanted::read(&site, &parameters.0);
    let name = match wanted.text.as_str() {
        "" => "Key dates".to_owned(),
        text => format!("Key dates: {text}"),
    };
    told(
        &site,
        dates_of(&site, &name, &wanted.understood.query).await,
    )
}

/// `/topics/{id}/calendar.ics` and `/bodies/{id}/calendar.ics`.
pub(super) async fn family_ics(
    family: Family,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> Response {
    let Some((filter, name)) = family.filter(&site, &id) else {
        return site.tell(Trouble::Missing);
    };
    let query = Query::All.with(filter);
    told(
        &site,
        dates_of(&site, &format!("Key dates: {name}"), &query).await,
    )
}

async fn dates_of(site: &Site, name: &str, query: &Query) -> Result<Response, Trouble> {
    let due = if *query == Query::All {
        due(site, |_| true).await?
    } else {
        let found = find(site, query, SortOrder::Newest, None, DATED, false).await?;
        let told: HashSet<UpdateId> = found.hits.into_iter().collect();
        due(site, |due| told.contains(&due.update)).await?
    };
    let text = ics(name, &due, &[], site.renderer.base_url());
    Ok(kept("text/calendar; charset=utf-8", text))
}

async fn due(site: &Site, wanted: impl Fn(&Due) -> bool) -> Result<Vec<Due>, Trouble> {
    let today = site.clock.now().date_naive();
    let from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
    Ok(site
        .store
        .due(from, None, &[], DATES, wanted)
        .await?
        .entries)
}

/// A date of the calendar as a line for programs.
pub(in crate::web) fn due_line(site: &Site, due: &Due) -> Value {
    let today = site.clock.now().date_naive();
    json!({
        "uid": due.uid,
        "date": due.date.date,
        "precision": due.date.precision,
        "event": due.date.event.as_str(),
        "label": due.date.label(),
        "status": due.status(today).as_str(),
        "certainty": due.date.certainty,
        "was": due.date.was,
        "open": due.is_open(today),
        "title": due.title,
        "url": due.url,
        "update": due.update,
        "page": null,
        "source": due.source,
        "kind": due.kind,
        "authority": due.authority,
        "frameworks": due.frameworks,
        "jurisdictions": due.jurisdictions,
        "standards": due.works,
        "reports": due.reports,
    })
}

/// A date of a framework's page as a line for programs.
pub(in crate::web) fn page_line(site: &Site, milestone: &Milestone<'_>) -> Value {
    let mut line = milestone_line(milestone, site.clock.now().date_naive());
    for absent in ["kind", "authority"] {
        line[absent] = Value::Null;
    }
    line
}

const DUE_COLUMNS: &[&str] = &[
    "date",
    "precision",
    "event",
    "status",
    "certainty",
    "was",
    "open",
    "title",
    "url",
    "update",
    "page",
    "source",
    "frameworks",
    "jurisdictions",
    "standards",
    "uid",
];

/// `/calendar.atom` and `.json`: key dates that updates tell, the latest change first. `.csv`: all of
/// the calendar, by day.
pub(super) async fn calendar(form: Form, State(site): State<Site>) -> Response {
    let page = async {
        let mut due = due(&site, |_| true).await?;
        if form == Form::Csv {
            let today = site.clock.now().date_naive();
            let from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
            let pages = CalendarFilter::default().milestones(&site.library, from);
            let mut lines: Vec<Value> = due.iter().map(|one| due_line(&site, one)).collect();
            lines.extend(pages.iter().map(|one| page_line(&site, one)));
            lines.sort_by_key(|line| line["date"].as_str().map(str::to_owned));
            let text = table_head(DUE_COLUMNS) + &table_rows(DUE_COLUMNS, &lines);
            return Ok(file("text/csv; charset=utf-8", "calendar.csv", text));
        }
        due.sort_by(|a, b| {
            b.changed_at
                .cmp(&a.changed_at)
                .then_with(|| a.uid.cmp(&b.uid))
        });
        due.truncate(ENTRIES);
        let base = site.renderer.base_url();
        let entries: Vec<FeedEntry> = due
            .iter()
            .map(|one| FeedEntry {
                // A date that moved is told again.
                address: format!("{base}/updates/{}#{}-{}", one.update, one.uid, one.sequence),
                original: one.url.as_ref().map(|url| url.as_str().to_owned()),
                title: format!(
                    "{}: {} {}",
                    one.title,
                    one.date.label(),
                    one.date.precision.told(one.date.date)
                ),
                published: one.changed_at,
                updated: one.changed_at,
                author: one.source.to_string(),
                language: one.language.clone(),
                line: Some(due_line(&site, one)),
                ..FeedEntry::default()
            })
            .collect();
        Ok(fed(
            form,
            &head(&site, "Key dates", "/calendar", form),
            &entries,
        ))
    };
    told(&site, page.await)
}
