//! `/sources/{id}`: one source, and the proof that nothing was told in a period.

use std::collections::BTreeMap;

use axum::extract::{Path, Query as Parameters, State};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};

use super::pages::{source_of, told};
use super::{Site, Trouble};
use crate::domain::health::judge;
use crate::domain::id::SourceId;
use crate::domain::period::{InvalidPeriod, Period};
use crate::render::{HealthRow, SilenceView, SourcePage, VisitRow};

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

/// `/sources/{id}`; `from` and `to` name the first and the last day of a period, `before` a moment
/// in it before which visits are shown.
pub(super) async fn source(
    State(site): State<Site>,
    Path(id): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let id = SourceId::new(id).map_err(|_| Trouble::Missing)?;
        let source = source_of(&site, &id).ok_or(Trouble::Missing)?;
        let now = site.clock.now();
        let state = site.store.source_state(&id).await?;
        let record = state.as_ref().map(|state| &state.record);
        let verdict = judge(
            source.on,
            source.expect_every,
            record.unwrap_or(&Default::default()),
            now,
        );
        let mut view = SourcePage::new(
            source,
            &verdict,
            record,
            state.as_ref().map(|state| state.next_visit_at),
            state.as_ref().map_or(0, |state| state.documents),
            &site.library,
        );
        let (period, problems) = asked(&parameters, now.date_naive())?;
        view.problems = problems;
        let (since, until) = period.moments(now);
        let silence = site.store.silence(&id, since, until).await?;
        view.silence = SilenceView::new(source, &silence, period);
        let before = parameters
            .get("before")
            .and_then(|text| text.parse::<DateTime<Utc>>().ok())
            .map_or(until, |before| before.min(until));
        let visits = site.store.visits(&id, before, VISITS + 1).await?;
        let shown: Vec<_> = visits
            .iter()
            .filter(|visit| visit.at >= since)
            .take(VISITS as usize)
            .collect();
        view.earlier = visits
            .get(shown.len())
            .filter(|next| next.at >= since)
            .and(shown.last())
            .map(|last| {
                format!(
                    "/sources/{id}?from={}&to={}&before={}",
                    period.from,
                    period.to,
                    last.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
                )
            });
        view.visits = shown.into_iter().map(VisitRow::new).collect();
        view.changes = site
            .store
            .health_changes(Some(&id), CHANGES)
            .await?
            .iter()
            .map(|change| HealthRow::new(change.at, change.before, change.after, &change.because))
            .collect();
        site.show(&view)
    }
    .await;
    told(&site, page)
}
