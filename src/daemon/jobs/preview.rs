//! What criteria would have told, by the log and the tags of today.

use chrono::TimeDelta;

use crate::daemon::House;
use crate::domain::criteria::Criteria;
use crate::matching::Preview;
use crate::store::LogEvent;

/// What criteria would have told in the time before now.
///
/// # Errors
/// When the store fails.
pub async fn preview<'c>(
    house: &House,
    criteria: &'c Criteria,
    span: TimeDelta,
) -> anyhow::Result<Preview<'c>> {
    let since = house.clock.now() - span;
    let mut out = Preview::new(criteria, &house.library.known_works);
    let mut position = house.store.log_position_at(since).await?;
    loop {
        let lines = house.store.log_with_updates(position, 2_000).await?;
        let Some((last, _)) = lines.last() else {
            return Ok(out);
        };
        position = last.position;
        for (line, update) in lines {
            if line.event.is_told() && line.at >= since {
                out.take(line.at, line.event == LogEvent::New, update);
            }
        }
    }
}
