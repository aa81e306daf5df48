//! Work that is asked of the daemon that holds the lease.

use std::time::Duration;

use serde_json::Value;

use crate::daemon::House;

/// Leaves a request with the daemon that holds the lease, and waits for its answer.
pub(super) async fn ask(
    house: &House,
    kind: &str,
    argument: &Value,
    who: &str,
) -> anyhow::Result<Value> {
    eprintln!("{who}; the work was asked of it, and its answer is awaited");
    let id = house
        .store
        .leave_request(kind, argument, house.clock.now())
        .await?;
    for _ in 0..3_000 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if let Some(answer) = house
            .store
            .request(id)
            .await?
            .and_then(|request| request.answer)
        {
            if let Some(error) = answer["error"].as_str() {
                anyhow::bail!("the daemon could not do it: {error}");
            }
            return Ok(answer);
        }
    }
    anyhow::bail!(
        "the daemon has not answered for ten minutes: see its log; the request stays with it"
    )
}
