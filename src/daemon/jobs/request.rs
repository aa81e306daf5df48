//! What other commands ask of the daemon that holds the lease.

use crate::daemon::House;
use crate::daemon::jobs::collect::{Choice, collect};
use crate::daemon::jobs::observe::{Wish, observe};
use crate::domain::id::SourceId;
use crate::fetch::Fetcher;
use crate::store::{Lease, Request};

/// Does what is asked.
///
/// # Errors
/// When the request is not understood or the work fails; the daemon goes on.
pub async fn answer(
    house: &House,
    lease: &Lease,
    fetcher: &Fetcher,
    request: &Request,
) -> anyhow::Result<serde_json::Value> {
    match request.kind.as_str() {
        "collect" => {
            let only: Vec<SourceId> =
                serde_json::from_value(request.argument["only"].clone()).unwrap_or_default();
            let force = request.argument["force"].as_bool().unwrap_or(false);
            let reports = collect(house, lease, fetcher, &Choice { only, force }, |_| {}).await?;
            let lines: Vec<serde_json::Value> =
                reports.iter().map(|report| report.line()).collect();
            Ok(serde_json::json!({ "lines": lines }))
        }
        "observe" => {
            let wish: Wish = serde_json::from_value(request.argument.clone())?;
            let seen = observe(house, lease, &wish, |_| Ok(())).await?;
            Ok(serde_json::json!({ "lines": seen.moves, "summary": seen.summary() }))
        }
        other => anyhow::bail!("`{other}` is no request that this version knows"),
    }
}
