//! Identifiers: slugs that people write in files, and derived ones that a repeated run finds again.

use sha2::{Digest, Sha256};
use smol_str::SmolStr;

/// Text that was offered as an identifier and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a valid {kind} id: {wanted}")]
pub struct InvalidId {
    /// What kind of identifier was wanted ("source", "body" …).
    pub kind: &'static str,
    /// What was given, as given.
    pub given: String,
    /// How such an identifier is written.
    pub wanted: &'static str,
}

/// How identifiers are written that people choose.
pub(crate) const SLUG: &str = "use 1 to 80 lower-case letters, digits and single hyphens";
/// And those that are derived.
const DERIVED: &str = "it has 16 letters and digits, as every list and address shows it";

/// Whether `text` is a slug: 1 to 80 of `a-z0-9-`, no hyphen at either end or beside another.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Reads an identifier.
            ///
            /// # Errors
            /// When the text is not a slug.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let given = text.into();
                if is_slug(&given) {
                    Ok(Self(given.into()))
                } else {
                    Err(InvalidId { kind: $kind, given, wanted: SLUG })
                }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::new(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

slug_id!(
    /// A source of `sources.toml`.
    SourceId, "source"
);
slug_id!(
    /// A body (standards body, regulator, certifier …) of the library.
    BodyId, "body"
);
slug_id!(
    /// A framework, standard or law of the library.
    FrameworkId, "framework"
);
slug_id!(
    /// A jurisdiction: ISO 3166 in lower case, or `eu`, `coe`, `intl`.
    JurisdictionId, "jurisdiction"
);
slug_id!(
    /// A topic of the library.
    TopicId, "topic"
);
slug_id!(
    /// The name of a digest, such as `weekly`.
    DigestName, "digest"
);
slug_id!(
    /// Somebody with a log-in of their own, derived from their name.
    OperatorId, "operator"
);
slug_id!(
    /// A team that is told of changes, derived from its name.
    TeamId, "team"
);

/// Crockford's base 32 in lower case: no `i l o u`, so an identifier can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An identifier of 16 signs (80 bits) that depends only on the parts given.
///
/// Used wherever "once" is a unique key: the same key gives the same identifier in a repeated
/// run, on another node and after a move to another store.
pub fn derived(purpose: &str, parts: &[&str]) -> String {
    text(&signs(purpose, parts)).to_owned()
}

/// Signs of a derived identifier.
const SIGNS: usize = 16;

/// Signs of [`ALPHABET`] as text.
fn text(signs: &[u8; SIGNS]) -> &str {
    // All of them are ASCII, so that the default is never taken.
    std::str::from_utf8(signs).unwrap_or_default()
}

fn signs(purpose: &str, parts: &[&str]) -> [u8; SIGNS] {
    let mut hash = Sha256::new();
    hash.update(purpose.as_bytes());
    for part in parts {
        // The length before each part keeps ("ab","c") and ("a","bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let number = digest
        .iter()
        .take(10)
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    std::array::from_fn(|place| ALPHABET[(number >> (75 - 5 * place) & 31) as usize])
}

macro_rules! derived_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; SIGNS]);

        impl $name {
            /// Reads an identifier that was printed before.
            ///
            /// # Errors
            /// When the text is not 16 signs of Crockford's base 32 in lower case.
            pub fn new(text: impl AsRef<str> + Into<String>) -> Result<Self, InvalidId> {
                match <[u8; SIGNS]>::try_from(text.as_ref().as_bytes()) {
                    Ok(signs) if signs.iter().all(|sign| ALPHABET.contains(sign)) => Ok(Self(signs)),
                    _ => Err(InvalidId {
                        kind: $kind,
                        given: text.into(),
                        wanted: DERIVED,
                    }),
                }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                text(&self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::new(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

derived_id!(
    /// One update, derived from (source, entry key).
    UpdateId, "update"
);
derived_id!(
    /// One story, derived from the first update that told it.
    StoryId, "story"
);
derived_id!(
    /// One mailbox on the list, derived from its address.
    SubscriberId, "subscriber"
);
derived_id!(
    /// One subscription, derived from (recipient, frequency, criteria, when it began).
    SubscriptionId, "subscription"
);
derived_id!(
    /// One mail to one mailbox, derived from (digest, issue number, mailbox).
    DeliveryId, "delivery"
);

derived_id!(
    /// One message to one recipient by all its channels, derived from what it tells.
    AlertId, "alert"
);

impl UpdateId {
    /// The identifier of what `source` lists under `key`.
    pub fn of(source: &SourceId, key: &str) -> Self {
        Self(signs("update", &[source.as_str(), key]))
    }
}

impl StoryId {
    /// The identifier of the story that began with this update.
    pub fn of(first: &UpdateId) -> Self {
        Self(signs("story", &[first.as_str()]))
    }
}

impl SubscriberId {
    /// The identifier of a mailbox.
    pub fn of(address: &crate::domain::subscription::EmailAddress) -> Self {
        Self(signs("subscriber", &[address.as_str()]))
    }
}

impl SubscriptionId {
    /// The identifier of a subscription, from everything that makes it that one.
    pub fn of(recipient: &str, frequency: &str, criteria: &str, began: &str) -> Self {
        Self(signs(
            "subscription",
            &[recipient, frequency, criteria, began],
        ))
    }
}

impl AlertId {
    /// The identifier of what one recipient is told in one message.
    pub fn of(recipient: &str, group: &str, first: &str) -> Self {
        Self(signs("alert", &[recipient, group, first]))
    }
}

impl TeamId {
    /// The identifier of a team by its name: "AI governance" is `ai-governance`.
    ///
    /// # Errors
    /// When the name has neither letter nor digit.
    pub fn named(name: &str) -> Result<Self, InvalidId> {
        Self::new(slug_of(name))
    }
}

impl OperatorId {
    /// The identifier of somebody by name, however it is spelled: "Ada Lovelace" is `ada-lovelace`.
    ///
    /// # Errors
    /// When the name has neither letter nor digit.
    pub fn named(name: &str) -> Result<Self, InvalidId> {
        Self::new(slug_of(name))
    }
}

/// A name as a slug.
fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in crate::text::words::fold(name).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(80);
    slug.trim_end_matches('-').to_owned()
}

impl DeliveryId {
    /// The identifier of the one mail that a mailbox gets for an issue.
    pub fn of(digest: &DigestName, number: u32, subscriber: &SubscriberId) -> Self {
        Self(signs(
            "delivery",
            &[digest.as_str(), &number.to_string(), subscriber.as_str()],
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["iso", "iso-iec-42001", "us-ny", "a1"] {
            assert!(SourceId::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "a--b",
            "A",
            "a b",
            "ä",
            "a/b",
            &"a".repeat(81),
        ] {
            assert!(SourceId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_update_keeps_its_identifier_for_ever() {
        let source = SourceId::new("iso-news").unwrap();
        let id = UpdateId::of(&source, "tag:iso.org,2025:42005");
        // Written down on purpose: a change here breaks every address ever published.
        assert_eq!(id.as_str(), "gxe42qncc2k9skx9");
        assert_eq!(UpdateId::new(id.as_str()).unwrap(), id);
        assert_ne!(id, UpdateId::of(&source, "tag:iso.org,2025:42006"));
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(derived("x", &["ab", "c"]), derived("x", &["a", "bc"]));
        assert_ne!(derived("x", &["a"]), derived("y", &["a"]));
    }
}
