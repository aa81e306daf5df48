//! Errands: what a command has done by whoever holds the lease, itself or the daemon.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::daemon::House;
use crate::daemon::jobs::collect::{Choice, Report, collect, settle_all};
use crate::daemon::jobs::observe::{Wish, observe};
use crate::daemon::jobs::{deeds, lock, retag};
use crate::daemon::stories;
use crate::domain::id::{DigestName, TeamId, UpdateId};
use crate::domain::told::NotePart;
use crate::fetch::Fetcher;
use crate::store::{Lease, Request};

/// One errand; its name and arguments are what the store keeps of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "argument", rename_all = "kebab-case")]
pub enum Errand {
    /// Visit sources.
    Collect(Choice),
    /// Note something on an update.
    Note {
        /// The update.
        update: UpdateId,
        /// Who says so.
        author: String,
        /// What it replaces.
        part: NotePart,
        /// The words; empty to take the last note of the part back.
        text: String,
    },
    /// Take a snapshot of a catalogue in.
    Observe(Wish),
    /// Tag the archive again.
    Retag,
    /// Release an issue that waits for approval.
    Approve(deeds::WhichIssue),
    /// Hold an issue back that is going out.
    Hold(deeds::WhichIssue),
    /// Write the words before everything else of an issue that waits.
    Introduce {
        /// The periodical.
        digest: DigestName,
        /// The issue's number.
        number: u32,
        /// The words.
        text: String,
    },
    /// Send a test to a team by all its ways.
    TestTeam {
        /// The team.
        team: TeamId,
    },
    /// Send nothing any more, where nothing was ever sent and so nothing could be locked.
    Pause {
        /// Why.
        why: String,
    },
    /// Let mails and alerts go out again.
    Resume,
    /// Tell two updates apart for good, or take that back.
    TellApart {
        /// One.
        one: UpdateId,
        /// The other.
        other: UpdateId,
        /// False takes it back.
        apart: bool,
    },
}

impl Errand {
    /// What a request asks.
    ///
    /// # Errors
    /// When another version asked it.
    pub fn of(request: &Request) -> anyhow::Result<Self> {
        serde_json::from_value(json!({ "kind": request.kind, "argument": request.argument }))
            .map_err(|error| {
                anyhow::anyhow!(
                    "`{}` is no request that this version knows: {error}",
                    request.kind
                )
            })
    }

    /// Its name and arguments, as the store keeps them.
    pub fn written(&self) -> (String, Value) {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let kind = value["kind"].as_str().unwrap_or_default().to_owned();
        (kind, value["argument"].take())
    }
}

/// Runs an errand to its end; `progress` hears of each source that was visited and of each page of the
/// archive that was read.
///
/// # Errors
/// When the work fails; whoever runs it goes on.
pub async fn run(
    house: &House,
    lease: &Lease,
    fetcher: &Fetcher,
    errand: &Errand,
    progress: impl Fn(&str, u64),
) -> anyhow::Result<Value> {
    match errand {
        Errand::Collect(choice) => {
            let reports = collect(house, lease, fetcher, choice, |report: &Report| {
                progress(report.visit.source.as_str(), 1);
            })
            .await?;
            let lines: Vec<Value> = reports.iter().map(Report::line).collect();
            Ok(json!({ "lines": lines }))
        }
        Errand::Note {
            update,
            author,
            part,
            text,
        } => {
            let noted = house
                .store
                .add_note(lease, update, author, *part, text.trim(), house.clock.now())
                .await?;
            anyhow::ensure!(
                noted,
                "there is no update {update}: `regwire search` finds ids"
            );
            Ok(json!({ "update": update, "part": part, "text": text.trim() }))
        }
        Errand::Observe(wish) => {
            let seen = observe(house, lease, wish, |_| Ok(())).await?;
            let lines: Vec<Value> = seen.moves.iter().map(|moved| json!(moved)).collect();
            Ok(json!({ "lines": lines, "summary": seen.summary() }))
        }
        Errand::Retag => {
            // A visit under way has read its updates as they were before.
            settle_all(house, lease).await?;
            let mut differences = Vec::new();
            retag::retag(
                house,
                Some(lease),
                |difference| differences.push(difference.line()),
                |looked| progress("", looked),
            )
            .await?;
            Ok(json!({ "changed": differences }))
        }
        Errand::Approve(issue) => deeds::approve(house, lease, issue).await,
        Errand::Hold(issue) => deeds::hold(house, lease, issue).await,
        Errand::Introduce {
            digest,
            number,
            text,
        } => deeds::introduce(house, lease, digest, *number, text).await,
        Errand::TestTeam { team } => deeds::test_team(house, lease, team).await,
        Errand::Pause { why } => {
            lock::lock(house, why).await?;
            Ok(json!({ "sending": why }))
        }
        Errand::Resume => {
            lock::release(house).await?;
            Ok(json!({ "sending": "on" }))
        }
        Errand::TellApart { one, other, apart } => {
            let regrouped = stories::tell_apart(house, lease, one, other, *apart).await?;
            let lines: Vec<Value> = regrouped
                .iter()
                .map(|moved| json!({ "update": moved.update, "story": moved.story }))
                .collect();
            Ok(json!({ "regrouped": lines }))
        }
    }
}
