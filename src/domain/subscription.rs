//! Who is told what: mailboxes, and what each wants to hear of.

use chrono::{DateTime, Utc};

use super::criteria::Criteria;
use super::id::{DigestName, SubscriberId, SubscriptionId};

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

/// How a subscription came about; part of the consent record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By the operator, on the command line.
    Operator,
    /// By import.
    Import,
}

impl Origin {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Import => "import",
        }
    }
}

/// Why a subscription ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// By the operator, on the command line.
    RemovedByOperator,
    /// By the subscriber's own link.
    Unsubscribed,
    /// Another took its place.
    Replaced,
}

impl EndReason {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RemovedByOperator => "removed_by_operator",
            Self::Unsubscribed => "unsubscribed",
            Self::Replaced => "replaced",
        }
    }
}

/// One wish of one mailbox; never altered, only ended and followed by another.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// Its identifier.
    pub id: SubscriptionId,
    /// Whose it is.
    pub subscriber: SubscriberId,
    /// The digest it belongs to.
    pub digest: DigestName,
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
