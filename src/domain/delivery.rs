//! A Delivery: one mail to one mailbox, from "to be sent" to "accounted for".

use chrono::{DateTime, Utc};

use super::id::{DeliveryId, DigestName, SubscriberId};
use super::subscription::EmailAddress;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, now or at its next try.
    Pending,
    /// The relay has taken it.
    Sent,
    /// The relay will not take it, for good.
    Failed,
    /// Not to be sent any more (unsubscribed since, or superseded).
    Skipped,
}

impl DeliveryState {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl std::str::FromStr for DeliveryState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Pending, Self::Sent, Self::Failed, Self::Skipped]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no state of a delivery"))
    }
}

/// What a mailbox's mail says: which items of the issue, under which headings, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// The headings with their items.
    pub sections: Vec<PlannedSection>,
    /// Items that are only counted, and told by a link.
    pub left_out: u32,
}

/// One heading of a mail.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlannedSection {
    /// The heading, for people.
    pub heading: String,
    /// The items under it.
    pub items: Vec<PlannedItem>,
    /// The dates under it, by their places in the edition.
    #[serde(default)]
    pub dates: Vec<usize>,
}

/// One item of a mail.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlannedItem {
    /// Its place in the edition.
    pub item: usize,
    /// Where else it would have stood ("also: SOC 2, European Union").
    pub also: Vec<String>,
    /// Why this mailbox gets it ("framework:iso-iec-42001"); empty for "everything".
    pub because: Vec<String>,
}

/// One mail of an issue to one mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Derived from (digest, number, mailbox).
    pub id: DeliveryId,
    /// The periodical.
    pub digest: DigestName,
    /// The number.
    pub number: u32,
    /// Whose mailbox.
    pub subscriber: SubscriberId,
    /// The mailbox.
    pub address: EmailAddress,
    /// When it was put in the queue: the mail's Date, on every try the same.
    pub queued_at: DateTime<Utc>,
    /// What the mail says.
    pub plan: Plan,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// Not before.
    pub next_try_at: DateTime<Utc>,
    /// What the relay said last, or where the spooled file lies.
    pub answer: Option<String>,
}
