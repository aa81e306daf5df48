//! Alerts: what a team or a mailbox is told in one message, and the ways it goes out.

use chrono::{DateTime, Utc};

use super::address::WebAddress;
use super::criteria::Clause;
use super::id::{AlertId, TeamId, UpdateId};
use super::subscription::{EmailAddress, Frequency};

/// The most items that one message shows; the others are counted.
pub const MOST_IN_A_MESSAGE: usize = 10;

/// A team: what it tracks, how often it is told, and where.
#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Team {
    /// Derived from its name.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// How often.
    pub frequency: Frequency,
    /// What it tracks, joined by "or"; standards as they were written.
    pub track: Vec<Clause>,
    /// Whether it is told once a day that alerts arrive.
    #[serde(default)]
    pub canary: bool,
    /// Mailboxes.
    #[serde(default)]
    pub email: Vec<EmailAddress>,
    /// The address of a Slack channel's incoming webhook.
    #[serde(default)]
    pub slack: Option<WebAddress>,
    /// The address of a Teams channel's workflow.
    #[serde(default)]
    pub teams: Option<WebAddress>,
    /// A signed webhook.
    #[serde(default)]
    pub webhook: Option<Webhook>,
}

/// A signed webhook (Standard Webhooks).
#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Webhook {
    /// Its address.
    pub url: WebAddress,
    /// The secrets that sign, as they were given; two while one replaces the other.
    pub secrets: Vec<String>,
}

/// Addresses of channels are secrets, too: whoever knows one can write there.
impl std::fmt::Debug for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Team({}, {} channels)", self.id, self.ways().len())
    }
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Webhook(…)")
    }
}

/// A sort of way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A mail.
    Email,
    /// A Slack channel.
    Slack,
    /// A Microsoft Teams channel.
    Teams,
    /// A signed webhook.
    Webhook,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Email, Self::Slack, Self::Teams, Self::Webhook];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Webhook => "webhook",
        }
    }
}

impl std::str::FromStr for Channel {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no channel: email, slack, teams, webhook"))
    }
}

impl Team {
    /// Its ways out, with the mailbox where there is one; addresses stay with the team.
    pub fn ways(&self) -> Vec<(Channel, String)> {
        let mut out: Vec<(Channel, String)> = self
            .email
            .iter()
            .map(|address| (Channel::Email, address.to_string()))
            .collect();
        for (channel, has) in [
            (Channel::Slack, self.slack.is_some()),
            (Channel::Teams, self.teams.is_some()),
            (Channel::Webhook, self.webhook.is_some()),
        ] {
            if has {
                out.push((channel, String::new()));
            }
        }
        out
    }
}

/// One message, frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Derived from what it tells, and whom.
    pub id: AlertId,
    /// Whom, as [`super::subscription::Recipient::key`].
    pub recipient: String,
    /// `instant`, `daily`, `weekly` or `canary`.
    pub frequency: String,
    /// When it was put in the queue.
    pub queued_at: DateTime<Utc>,
    /// The moment of a bundle's schedule.
    pub moment: Option<DateTime<Utc>>,
    /// What it says.
    pub content: AlertContent,
}

/// What an alert says.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AlertContent {
    /// What it is about: a framework, or a story's source.
    pub heading: String,
    /// The items.
    pub items: Vec<AlertItem>,
    /// Items that are only counted.
    pub left_out: u32,
    /// A message without items: that alerts arrive, what is undecided.
    #[serde(default)]
    pub note: Option<String>,
}

/// One item of an alert: what the update said when it was told, within its terms.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AlertItem {
    /// The update.
    pub update: UpdateId,
    /// In which revision.
    pub revision: u32,
    /// Whether it corrects what this recipient was told before.
    pub correction: bool,
    /// Its title.
    pub title: String,
    /// What happened.
    pub summary: String,
    /// Why it matters.
    pub why: Option<String>,
    /// The source's name.
    pub source: String,
    /// The kind's name.
    pub kind: Option<String>,
    /// The original.
    pub url: Option<String>,
    /// "ISO/IEC 42001: 40.60 → 60.60".
    pub stages: Vec<String>,
    /// "comments close: 6 December 2026 → 20 December 2026".
    pub dates: Vec<String>,
    /// Where the versions of a watched page are compared, on the site.
    pub versions: Option<String>,
    /// Others that tell the same story.
    pub also: Vec<String>,
    /// Why this recipient is told.
    pub because: Vec<String>,
    /// What was decided about the story before, as a proposal.
    #[serde(default)]
    pub proposal: Option<String>,
    /// The line of the export, for programs.
    pub line: serde_json::Value,
}

/// One way out of an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// Derived from (alert, channel, target): what a webhook calls its id.
    pub id: String,
    /// The alert.
    pub alert: AlertId,
    /// By which way.
    pub channel: Channel,
    /// The mailbox; for a webhook the item.
    pub target: String,
    /// When it was put in the queue.
    pub queued_at: DateTime<Utc>,
    /// Tries so far.
    pub attempts: u32,
}

impl Sending {
    /// A sending of an alert.
    pub fn new(alert: &Alert, channel: Channel, target: &str) -> Self {
        Self {
            id: super::id::derived("sending", &[alert.id.as_str(), channel.as_str(), target]),
            alert: alert.id.clone(),
            channel,
            target: target.to_owned(),
            queued_at: alert.queued_at,
            attempts: 0,
        }
    }

    /// The sendings of an alert by these ways: a webhook gets each item by itself.
    pub fn all(alert: &Alert, ways: &[(Channel, String)]) -> Vec<Self> {
        let mut out = Vec::new();
        for (channel, target) in ways {
            if *channel == Channel::Webhook {
                if alert.content.items.is_empty() {
                    out.push(Self::new(alert, *channel, "note"));
                }
                for item in &alert.content.items {
                    let key = format!("{}/{}", item.update, item.revision);
                    out.push(Self::new(alert, *channel, &key));
                }
            } else {
                out.push(Self::new(alert, *channel, target));
            }
        }
        out
    }
}
