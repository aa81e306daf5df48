//! Having an errand run: by this process where the lease is free, else by the daemon that holds it.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::daemon::jobs::errand::{self, Errand};
use crate::daemon::{House, Shift, jobs};

/// How often the daemon's answer is looked for, and for how long.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: u32 = 3_000;

/// Runs an errand and returns its answer. `total` is how much progress there will be.
pub(super) async fn run(house: &House, errand: &Errand, total: u64) -> anyhow::Result<Value> {
    let shift = match Shift::begin(house).await? {
        Ok(shift) => shift,
        Err(held) => return ask(house, errand, &held.to_string()).await,
    };
    let fetcher = house.fetcher()?;
    jobs::library::follow(house, shift.lease()).await?;
    let bar = progress(total);
    let answer = errand::run(house, shift.lease(), &fetcher, errand, |what, steps| {
        bar.set_message(what.to_owned());
        bar.inc(steps);
    })
    .await;
    bar.finish_and_clear();
    let answer = answer?;
    jobs::calendar::follow(house, shift.lease()).await?;
    jobs::index::follow(house).await?;
    jobs::register::follow(house, shift.lease()).await?;
    jobs::health::follow(house, shift.lease()).await?;
    shift.end().await?;
    Ok(answer)
}

/// A bar on a terminal; nothing elsewhere.
pub(super) fn progress(total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() || total == 0 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// Leaves the errand with the daemon that holds the lease, and waits for its answer.
pub(super) async fn ask(house: &House, errand: &Errand, who: &str) -> anyhow::Result<Value> {
    eprintln!("{who}; the work was asked of it, and its answer is awaited");
    let (kind, argument) = errand.written();
    let id = house
        .store
        .leave_request(&kind, &argument, house.clock.now())
        .await?;
    for _ in 0..LOOKS {
        tokio::time::sleep(LOOK).await;
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
