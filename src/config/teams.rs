//! `[[team]]`: what a team tracks, and where it is told.

use crate::domain::address::WebAddress;
use crate::domain::alert::{Team, Webhook};
use crate::domain::criteria::Clause;
use crate::domain::id::TeamId;
use crate::domain::subscription::{EmailAddress, Frequency, OwnHour};
use crate::text::table::Table;

/// A `[[team]]`. Addresses of channels are secrets, and may stand in files beside the configuration
/// (`slack_file`, `teams_file`, `secret_file`) or among the credentials (`team.<id>.slack` …).
pub(super) fn team(mut table: Table<'_>, known: &[Team]) -> Option<Team> {
    // Which address it is stays out of the fault: who knows one can write there.
    let address = |table: &Table<'_>, key: &str, text: Option<String>| {
        text.filter(|text| !text.is_empty())
            .and_then(|text| match WebAddress::new(&text) {
                Ok(url) => Some(url),
                Err(_) => {
                    table.fault(
                        key,
                        "this is no web address: write it as the channel gives it, with https://",
                    );
                    None
                }
            })
    };
    let name = table.required_text("name")?;
    let id = match TeamId::named(&name) {
        Ok(id) => id,
        Err(error) => {
            table.fault("name", error.to_string());
            return None;
        }
    };
    if known.iter().any(|team| team.id == id) {
        table.fault("name", format!("there are two teams `{name}`: rename one"));
    }
    let own = table.read("at", str::parse::<OwnHour>);
    let own = match own.map_or_else(|| OwnHour::new(8, "UTC"), Ok) {
        Ok(own) => own,
        Err(error) => {
            table.fault("at", error);
            return None;
        }
    };
    let when = table.text("when").unwrap_or_else(|| "instant".to_owned());
    let frequency = match when.as_str() {
        "instant" => Frequency::Instant,
        "daily" => Frequency::Daily(own),
        "weekly" => Frequency::Weekly(own),
        other => {
            table.fault(
                "when",
                format!("`{other}` is not known: write instant, daily or weekly"),
            );
            return None;
        }
    };
    let track = table.list("track", tracked);
    if track.is_empty() {
        table.fault(
            "track",
            "a team tracks something: write for example track = [\"ISO/IEC 42001\"]",
        );
    }
    let email = table.list("email", EmailAddress::new);
    let owner = Some(id.as_str());
    let slack = table.secret("slack", "slack_file", owner);
    let slack = address(&table, "slack", slack);
    let teams = table.secret("teams", "teams_file", owner);
    let teams = address(&table, "teams", teams);
    let webhook = table.table("webhook").and_then(|mut hook| {
        let url = hook.secret("url", "url_file", owner);
        let url = address(&hook, "url", url);
        let secrets: Vec<String> = hook
            .secret("secret", "secret_file", owner)
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        if secrets.is_empty() {
            hook.fault("secret_file", "a webhook is signed, and needs a secret");
        }
        hook.finish();
        url.filter(|_| !secrets.is_empty())
            .map(|url| Webhook { url, secrets })
    });
    let canary = table.flag("canary").unwrap_or(false);
    let team = Team {
        id,
        name,
        frequency,
        track,
        canary,
        email,
        slack,
        teams,
        webhook,
    };
    if team.ways().is_empty() {
        table.fault(
            "",
            "a team is told somewhere: name email, slack, teams or webhook",
        );
    }
    table.finish();
    Some(team)
}

/// What a team tracks: a criterion, or a standard as it is cited.
pub fn tracked(text: &str) -> Result<Clause, String> {
    let text = text.trim();
    let is_criterion = text == "deadlines"
        || text.split_once(':').is_some_and(|(by, _)| {
            !by.is_empty() && by.bytes().all(|byte| byte.is_ascii_lowercase())
        });
    if is_criterion {
        text.parse()
    } else {
        format!("standard:{text}").parse()
    }
}
