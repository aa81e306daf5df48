//! `/sources/{id}`: one source, and the proof that nothing was told in a period.

use std::collections::BTreeMap;

use axum::extract::{Path, Query as Parameters, State};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};

use super::pages::{source_of, told};
use super::{Site, Trouble};
use crate::domain::health::verdict;
use crate::domain::id::SourceId;
use crate::domain::period::{InvalidPeriod, Period};
use crate::render::{HealthRow, Named, SilenceView, SourcePage, VisitRow};
use crate::text::table::nearest;

/// Visits on a page.
const VISITS: u32 = 50;
/// Changes of health on a page.
const CHANGES: u32 = 20;

/// The period asked for as `from` and `to`, and what of that is not understood.
fn asked(
    parameters: &BTreeMap<String, String>,
    today: NaiveDate,
) -> Result<(Period, Vec<String>), InvalidPeriod> {
    let mut problems = Vec::new();
    let mut day = |name: &str| {
        let text = parameters.get(name).map(|text| text.trim())?;
        let day = text.parse::<NaiveDate>().ok();
        if day.is_none() && !text.is_empty() {
            problems.push(format!("“{text}” is no day: write it as 2026-01-31."));
        }
        day
    };
    let (from, to) = (day("from"), day("to"));
    match Period::meant(from, to, today) {
        Ok(period) => Ok((period, problems)),
        Err(error) => {
            problems.push(format!("That cannot be shown: {error}."));
            Ok((Period::meant(None, None, today)?, problems))
        }
    }
}

fn unknown(site: &Site, name: &str) -> Trouble {
    let name: String = name.chars().take(80).collect();
    let near = nearest(&name, site.sources.iter().map(|source| source.id.as_str()));
    let near = near.map(|id| Named {
        name: id.to_owned(),
        href: format!("/sources/{id}"),
    });
    let all = Named {
        name: "All sources".to_owned(),
        href: "/sources".to_owned(),
    };
    Trouble::Unknown {
        what: format!("There is no source “{name}”."),
        mend: "Its identifier is another one, or it is not in sources.toml.".to_owned(),
        ways: near.into_iter().chain([all]).collect(),
    }
}

/// `/sources/{id}`; `from` and `to` name the first and the last day of a period, `before` a moment
/// in it before which visits are shown.
pub(super) async fn source(
    State(site): State<Site>,
    Path(id): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let known = SourceId::new(id.as_str()).ok();
        let source = known.as_ref().and_then(|id| source_of(&site, id));
        let source = source.ok_or_else(|| unknown(&site, &id))?;
        let id = &source.id;
        let now = site.clock.now();
        let state = site.store.source_state(id).await?;
        let record = state.as_ref().map(|state| &state.record);
        let mut view = SourcePage::new(
            source,
            &verdict(source, record, now),
            record,
            state.as_ref().map(|state| state.next_visit_at),
            state.as_ref().map_or(0, |state| state.documents),
            &site.library,
        );
        let (period, problems) = asked(&parameters, now.date_naive())?;
        view.problems = problems;
        let (since, until) = period.moments(now);
        let silence = site.store.silence(id, (since, until), now).await?;
        view.silence = SilenceView::new(source, &silence, period, now);
        let before = parameters
            .get("before")
            .and_then(|text| text.parse::<DateTime<Utc>>().ok())
            .map_or(until, |before| before.clamp(since, until));
        let visits = site.store.visits(id, since, before, VISITS + 1).await?;
        let shown = visits.get(..VISITS as usize).unwrap_or(&visits);
        view.earlier = visits.get(shown.len()).and(shown.last()).map(|last| {
            format!(
                "/sources/{id}?from={}&to={}&before={}",
                period.from,
                period.to,
                last.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
            )
        });
        view.visits = shown.iter().map(VisitRow::new).collect();
        view.changes = site
            .store
            .health_changes(id, (since, until), CHANGES)
            .await?
            .iter()
            .map(|change| HealthRow::new(change.at, change.before, change.after, &change.because))
            .collect();
        site.show(&view)
    }
    .await;
    told(&site, page)
}
