//! A sign-up: what somebody asked for by a form, until a button behind a link in a mail confirms it.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::criteria::Criteria;
use super::subscription::{EmailAddress, Frequency};

/// How long a link is good, and an unconfirmed sign-up is kept.
pub const LIVES: TimeDelta = TimeDelta::days(7);
/// How long the address it came from is kept.
pub const IP_KEPT: TimeDelta = TimeDelta::days(30);
/// Confirmations to one address without an answer, for ever.
pub const MOST_UNANSWERED: u32 = 3;
/// Confirmations for one net in an hour.
pub const MOST_FOR_A_NET: u32 = 5;
/// Confirmations of the whole site in an hour.
pub const MOST_IN_AN_HOUR: u32 = 60;
/// The words that are consented to, by version; raised whenever they change.
pub const TEXT_VERSION: &str = "2026-11";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wish {
    /// What.
    pub criteria: Criteria,
    /// How often.
    pub frequency: Frequency,
}

/// One sign-up, with all that proves consent.
#[derive(Clone, Debug, PartialEq)]
pub struct Signup {
    /// Random.
    pub id: String,
    /// The mailbox.
    pub address: EmailAddress,
    /// What it asks for.
    pub wish: Wish,
    /// The net that it came from.
    pub net: String,
    /// The address that it came from, for thirty days.
    pub ip: Option<String>,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The form's address on the site.
    pub form: String,
    /// Which words stood beside the button.
    pub text_version: String,
    /// Where it stands.
    pub state: SignupState,
    /// When a confirmation was asked for, or not.
    pub decided_at: Option<DateTime<Utc>>,
    /// When the button was pressed.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// Where a sign-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignupState {
    /// To be looked at.
    New,
    /// A mail with a link was queued.
    Asked,
    /// Confirmed.
    Confirmed,
    /// The mailbox has it already, and was told so.
    Known,
    /// Too many came: no mail was sent.
    Limited,
    /// The mailbox takes no mail.
    Suppressed,
}

impl SignupState {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::Known => "known",
            Self::Limited => "limited",
            Self::Suppressed => "suppressed",
        }
    }
}

impl std::str::FromStr for SignupState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [
            Self::New,
            Self::Asked,
            Self::Confirmed,
            Self::Known,
            Self::Limited,
            Self::Suppressed,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| format!("`{text}` is no state of a sign-up"))
    }
}

/// The net of an address, by which sign-ups are counted: /24, or /56 for IPv6.
pub fn net(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_counted_together() {
        let of = |text: &str| net(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), of("192.0.2.200"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.200"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1:2ff::1"), of("2001:db8:1:200::2"));
        assert_ne!(of("2001:db8:1:2ff::1"), of("2001:db8:1:300::2"));
    }
}
