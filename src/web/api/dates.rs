//! Key dates and issues of digests.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;

use super::records::{IssueList, IssueRecord, KeyDateList, KeyDateRecord};
use super::{Fault, Refusals, limit, only, page_of, read, said};
use crate::domain::calendar::CalendarFilter;
use crate::domain::id::{FrameworkId, JurisdictionId};
use crate::domain::key_date::DateEvent;
use crate::domain::reference;
use crate::web::Site;
use crate::web::asked::Parameters;
use crate::web::feeds::{due_line, page_line};

/// Dates that are looked through for one page.
const LOOKED: usize = 5_000;

/// Key dates, by day
///
/// From today on, unless `from` says otherwise: what updates tell, and what stands on the pages of frameworks.
#[utoipa::path(get, path = "/api/v1/key-dates", tag = "dates",
    params(
        ("from" = Option<String>, Query, description = "The first day: 2026-01-31"),
        ("until" = Option<String>, Query, description = "The last day: 2026-03-31"),
        ("framework" = Option<String>, Query, description = "A framework's identifier"),
        ("jurisdiction" = Option<String>, Query, description = "A jurisdiction's identifier; what counts in all of the union or the country counts there too"),
        ("standard" = Option<String>, Query, description = "A work, in any spelling"),
        ("event" = Option<String>, Query, description = "comments_close, application …"),
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The dates.", body = KeyDateList), Refusals))]
pub(super) async fn key_dates(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(
        &parameters,
        &[
            "from",
            "until",
            "framework",
            "jurisdiction",
            "standard",
            "event",
            "limit",
            "after",
        ],
    )?;
    let limit = limit(&parameters)?;
    let day = "a day such as 2026-01-31";
    let from: Option<NaiveDate> = read(&parameters, "from", day)?;
    let until: Option<NaiveDate> = read(&parameters, "until", day)?;
    let after = parameters.get("after");
    let begun =
        match after {
            None => None,
            Some(place) => {
                let begun = place
                    .get(..10)
                    .and_then(|day| day.parse::<NaiveDate>().ok());
                Some(begun.ok_or_else(|| {
                    Fault::Unreadable("`after` is not taken from `next`".to_owned())
                })?)
            }
        };
    let filter = CalendarFilter {
        framework: read::<FrameworkId>(&parameters, "framework", "an identifier")?,
        jurisdiction: read::<JurisdictionId>(&parameters, "jurisdiction", "an identifier")?,
        event: read::<DateEvent>(&parameters, "event", "an event of a key date")?,
        standard: parameters.get("standard").map(|text| {
            let found = reference::read(text, &site.library.known_works)
                .into_iter()
                .next();
            reference::slug(found.as_ref().map_or(text, |found| found.work.as_str()))
        }),
        above: Vec::new(),
    }
    .with_above(&site.library);
    let today = site.clock.now().date_naive();
    let from = begun.or(from).unwrap_or(today);
    let stretch = site
        .store
        .due(
            from,
            until.and_then(|day| day.succ_opt()),
            &[],
            LOOKED,
            |due| filter.takes(due),
        )
        .await?;
    let mut pages = filter.milestones(&site.library, from);
    pages.retain(|milestone| until.is_none_or(|until| milestone.date <= until));
    let told = stretch.entries.iter().map(|due| due_line(&site, due));
    let written = pages.iter().map(|milestone| page_line(&site, milestone));
    let mut all = told
        .chain(written)
        .map(|line| {
            let record: KeyDateRecord = serde_json::from_value(line)?;
            Ok((format!("{}.{}", record.date, record.uid), record))
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    let (items, next) = page_of(all.into_iter(), after, limit);
    said(&KeyDateList { items, next })
}

/// Issues of digests, the newest first
#[utoipa::path(get, path = "/api/v1/digests", tag = "dates",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The issues.", body = IssueList), Refusals))]
pub(super) async fn digests(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["limit", "after"])?;
    let issues = site.store.issues(None).await?;
    let base = site.renderer.base_url();
    let count = issues.len();
    let all = issues.into_iter().enumerate().map(|(place, issue)| {
        let of = match site.digests.first() {
            Some(first) if first.name != issue.digest => format!("?of={}", issue.digest),
            _ => String::new(),
        };
        let record = IssueRecord {
            url: format!("{base}/digests/{}{of}", issue.number),
            digest: issue.digest.to_string(),
            number: issue.number,
            closed_at: issue.closed_at,
            items: issue.items,
        };
        // Counted from the end, so that a new issue moves no page.
        (
            format!("{:012}", u64::MAX / 100_000_000 - (count - place) as u64),
            record,
        )
    });
    let (items, next) = page_of(all, parameters.get("after"), limit(&parameters)?);
    said(&IssueList { items, next })
}
