//! What operators ask of the worker: issues released, introduced and held back, and tests of teams.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{matches, teams};
use crate::daemon::House;
use crate::domain::alert::Sending;
use crate::domain::digest::IssueState;
use crate::domain::id::{DigestName, TeamId};
use crate::domain::subscription::Recipient;
use crate::store::Lease;

/// One issue, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhichIssue {
    /// The periodical.
    pub digest: DigestName,
    /// Its number.
    pub number: u32,
}

/// Moves an issue from one state to another, and says so.
async fn moved(
    house: &House,
    lease: &Lease,
    which: &WhichIssue,
    from: IssueState,
    to: IssueState,
) -> anyhow::Result<Value> {
    let WhichIssue { digest, number } = which;
    let Some(issue) = house.store.issue(digest, *number).await? else {
        anyhow::bail!("there is no issue {digest} {number}: `regwire digest list` shows them");
    };
    anyhow::ensure!(
        issue.state == from,
        "{digest} {number} is {}, and not {}",
        issue.state.as_str(),
        from.as_str()
    );
    house
        .store
        .set_issue_state(lease, digest, *number, to)
        .await?;
    Ok(json!({ "digest": digest, "number": number, "state": to.as_str() }))
}

/// Releases an issue that waits for approval; its mails go out with the next round.
///
/// # Errors
/// When there is none that waits, or the store fails.
pub async fn approve(house: &House, lease: &Lease, which: &WhichIssue) -> anyhow::Result<Value> {
    moved(house, lease, which, IssueState::Draft, IssueState::Sending).await
}

/// Holds an issue back that is going out; what is not sent yet waits for approval.
///
/// # Errors
/// When it is not going out, or the store fails.
pub async fn hold(house: &House, lease: &Lease, which: &WhichIssue) -> anyhow::Result<Value> {
    moved(house, lease, which, IssueState::Sending, IssueState::Draft).await
}

/// Writes the words before everything else of an issue that waits.
///
/// # Errors
/// When it does not wait, or the store fails.
pub async fn introduce(
    house: &House,
    lease: &Lease,
    digest: &DigestName,
    number: u32,
    text: &str,
) -> anyhow::Result<Value> {
    let changed = house
        .store
        .set_introduction(lease, digest, number, text.trim())
        .await?;
    anyhow::ensure!(
        changed,
        "{digest} {number} does not wait for approval: only a draft can be edited"
    );
    Ok(json!({ "digest": digest, "number": number, "introduction": text.trim() }))
}

/// Queues a test for a team by all its ways; it goes out with the next round.
///
/// # Errors
/// When there is no such team, it has no way, or the store fails.
pub async fn test_team(house: &House, lease: &Lease, id: &TeamId) -> anyhow::Result<Value> {
    let Some(team) = teams::one(house, id).await? else {
        anyhow::bail!("there is no team {id}: `regwire team list` shows them");
    };
    let ways = team.ways();
    anyhow::ensure!(
        !ways.is_empty(),
        "{} has no way to be told: give it an address under [[team]]",
        team.name
    );
    let who = Recipient::Team(team.id.clone()).key();
    let key = house.clock.now().to_rfc3339();
    let note = format!("A test: {} is told by Regwire here.", team.name);
    let alert = matches::noted(house, &who, "test", &key, &note);
    let sendings = Sending::all(&alert, &ways);
    let queued = sendings.len();
    house
        .store
        .commit_matches(lease, None, &[], &[(alert, sendings)])
        .await?;
    Ok(json!({ "team": id, "queued": queued }))
}
