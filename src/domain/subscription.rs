//! Who is told what: mailboxes, and what each wants to hear of.

use chrono::{DateTime, Utc};

use super::criteria::Criteria;
use super::id::{DigestName, SubscriberId, SubscriptionId, TeamId};
use super::schedule::Schedule;

/// Text that is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an e-mail address: {why}")]
pub struct InvalidEmail {
    /// As given, at most 120 characters.
    pub given: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// An e-mail address that a relay will accept: the local part as typed, the domain in lower
/// case and ASCII (IDNA).
///
/// Stricter than RFC 5321 where the RFC allows what no mailbox uses: no quoted local parts, no
/// comments, no address literals.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(text: &str) -> Result<Self, InvalidEmail> {
        let given = text.trim();
        let wrong = |why| InvalidEmail {
            given: given.chars().take(120).collect(),
            why,
        };
        let (local, domain) = given.rsplit_once('@').ok_or_else(|| wrong("it has no @"))?;
        if local.is_empty() || local.len() > 64 {
            return Err(wrong("the part before the @ must have 1 to 64 bytes"));
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(wrong("a dot may not stand at an end or beside another"));
        }
        let allowed = |c: char| {
            c.is_ascii_alphanumeric()
                || "!#$%&'*+-/=?^_`{|}~.".contains(c)
                || (!c.is_ascii() && c.is_alphanumeric())
        };
        if !local.chars().all(allowed) {
            return Err(wrong(
                "the part before the @ holds a sign that no mailbox has",
            ));
        }
        // The host parser of the URL standard does IDNA; anything that it reads as a number
        // or refuses is no mail domain.
        let host = match url::Host::parse(domain) {
            Ok(url::Host::Domain(host)) => host,
            _ => return Err(wrong("the part after the @ is no domain name")),
        };
        let labels: Vec<&str> = host.split('.').collect();
        if labels.len() < 2
            || host.len() > 253
            || !labels.iter().all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
        {
            return Err(wrong("the part after the @ is no domain name"));
        }
        if local.len() + host.len() + 1 > 254 {
            return Err(wrong("it is longer than 254 bytes"));
        }
        Ok(Self(format!("{local}@{host}")))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = InvalidEmail;
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Self::new(text)
    }
}

impl<'de> serde::Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// A mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscriber {
    /// Derived from the address.
    pub id: SubscriberId,
    /// The mailbox.
    pub address: EmailAddress,
    /// When it was first entered.
    pub entered_at: DateTime<Utc>,
}

macro_rules! stored_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$d:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$d])* $variant,)* }

        impl $name {
            /// As stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => Err(format!("`{other}` is not known here")),
                }
            }
        }
    };
}

stored_words! {
    /// How a subscription came about; part of the consent record.
    Origin {
        /// By the operator, on the command line.
        Operator = "operator",
        /// By import.
        Import = "import",
        /// By the configuration (`[[team]]`).
        Configuration = "configuration",
        /// By the mailbox's owner: a form, and a button behind a link in a mail.
        Form = "form",
        /// By the mailbox's owner, on the page of its preferences.
        Preferences = "preferences",
    }
}

stored_words! {
    /// Why a subscription ended.
    EndReason {
        /// By the operator, on the command line.
        RemovedByOperator = "removed_by_operator",
        /// By the subscriber's own link.
        Unsubscribed = "unsubscribed",
        /// Another took its place.
        Replaced = "replaced",
        /// The configuration does not have it any more.
        Unconfigured = "unconfigured",
        /// The mailbox does not exist, or takes nothing.
        Bounced = "bounced",
        /// The mail was reported as unwanted.
        Complained = "complained",
        /// Everything of the mailbox was erased.
        Erased = "erased",
    }
}

/// An hour of the day on the clocks of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnHour {
    /// 0 to 23.
    pub hour: u8,
    /// The zone.
    pub zone: chrono_tz::Tz,
}

impl OwnHour {
    /// Reads an hour and a zone of the tz database.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(hour: u8, zone: &str) -> Result<Self, String> {
        if hour > 23 {
            return Err(format!("{hour} is no hour of the day: 0 to 23 are"));
        }
        let zone = zone.trim().parse().map_err(|_| {
            format!(
                "`{zone}` is no time zone: write one of the tz database, for example \"Europe/London\""
            )
        })?;
        Ok(Self { hour, zone })
    }

    /// Every day at this hour.
    pub fn daily(self) -> Option<Schedule> {
        Schedule::new(&format!("0 {} * * *", self.hour), self.zone.name()).ok()
    }

    /// Every Monday at this hour.
    pub fn mondays(self) -> Option<Schedule> {
        Schedule::new(&format!("0 {} * * 1", self.hour), self.zone.name()).ok()
    }
}

/// `8 Europe/London`, `08:00 Europe/London`.
impl std::str::FromStr for OwnHour {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (hour, zone) = text.trim().split_once(' ').unwrap_or((text.trim(), "UTC"));
        let hour = hour
            .trim_end_matches(":00")
            .parse()
            .map_err(|_| format!("`{text}` is no hour: write for example \"8 Europe/London\""))?;
        Self::new(hour, zone)
    }
}

impl std::fmt::Display for OwnHour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:00 {}", self.hour, self.zone.name())
    }
}

impl serde::Serialize for OwnHour {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for OwnHour {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// How often somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// At once.
    Instant,
    /// In one message a day.
    Daily(OwnHour),
    /// In one message a week, on Monday.
    Weekly(OwnHour),
    /// As part of the digest's issue; at one's own hour within a day of its close.
    Digest(DigestName, Option<OwnHour>),
}

impl Frequency {
    /// The word as stored.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Daily(_) => "daily",
            Self::Weekly(_) => "weekly",
            Self::Digest(..) => "digest",
        }
    }

    /// The hour of its own, where it has one.
    pub fn hour(&self) -> Option<OwnHour> {
        match self {
            Self::Instant => None,
            Self::Daily(hour) | Self::Weekly(hour) => Some(*hour),
            Self::Digest(_, hour) => *hour,
        }
    }

    /// The periodical that it belongs to.
    pub fn digest(&self) -> Option<&DigestName> {
        match self {
            Self::Digest(name, _) => Some(name),
            _ => None,
        }
    }

    /// When a bundle is due; none where nothing is bundled.
    pub fn schedule(&self) -> Option<Schedule> {
        match self {
            Self::Daily(hour) => hour.daily(),
            Self::Weekly(hour) => hour.mondays(),
            Self::Instant | Self::Digest(..) => None,
        }
    }
}

impl std::fmt::Display for Frequency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Instant => f.write_str("at once"),
            Self::Daily(hour) => write!(f, "daily at {hour}"),
            Self::Weekly(hour) => write!(f, "on Mondays at {hour}"),
            Self::Digest(name, None) => write!(f, "with the {name} digest"),
            Self::Digest(name, Some(hour)) => write!(f, "with the {name} digest, at {hour}"),
        }
    }
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    /// A reader's mailbox.
    Mailbox(SubscriberId),
    /// A team, by all its channels.
    Team(TeamId),
    /// Whoever knows a secret address: an Atom feed.
    Feed,
}

impl Recipient {
    /// As a key: what is told once to each.
    pub fn key(&self) -> String {
        match self {
            Self::Mailbox(id) => format!("mailbox:{id}"),
            Self::Team(id) => format!("team:{id}"),
            Self::Feed => "feed".to_owned(),
        }
    }
}

/// One wish of one recipient; never altered, only ended and followed by another.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// Its identifier.
    pub id: SubscriptionId,
    /// Whose it is.
    pub recipient: Recipient,
    /// How often.
    pub frequency: Frequency,
    /// What is wanted.
    pub criteria: Criteria,
    /// How it came about.
    pub origin: Origin,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// Until when, and why.
    pub ended: Option<(DateTime<Utc>, EndReason)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (given, kept) in [
            ("Ada.Lovelace+rw@Example.ORG", "Ada.Lovelace+rw@example.org"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("jörg@example.org", "jörg@example.org"),
            (" o'brien@example.ie ", "o'brien@example.ie"),
        ] {
            assert_eq!(EmailAddress::new(given).unwrap().as_str(), kept);
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.org",
            "a@b",
            "a b@c.org",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a..b@c.org",
            ".a@c.org",
            "a@c.org\r\nBcc: x@y.org",
            "a@-c.org",
            "\"a b\"@c.org",
            "a@c..org",
            "a\0@c.org",
        ] {
            assert!(EmailAddress::new(bad).is_err(), "{bad:?}");
        }
    }
}
