//! Operators: who may look after a site, and how long a log-in lasts (promises: W3, W9).

use chrono::{DateTime, TimeDelta, Utc};

use super::id::{InvalidId, OperatorId};
use super::one_time_code::CodeSecret;

/// How long a session lasts that nobody uses.
pub const IDLE: TimeDelta = TimeDelta::hours(12);
/// How long a session lasts at most.
pub const LASTS: TimeDelta = TimeDelta::days(30);
/// How long a one-time link is good.
pub const LINK_LIVES: TimeDelta = TimeDelta::hours(24);
/// Over which time tries to log in are counted.
pub const TRIES_WITHIN: TimeDelta = TimeDelta::minutes(1);
/// Tries on one account from one network within that time.
pub const TRIES: u32 = 5;
/// Tries from one network, whatever accounts it names.
pub const TRIES_OF_A_NETWORK: u32 = 20;
/// Codes of the second factor that are tried on one account from anywhere. Only who knows the
/// password comes that far, so nobody is kept out by strangers.
pub const TRIES_OF_CODES: u32 = 5;

/// What somebody may do in the operators' area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look, but at no mailbox and no key, and change nothing but what is their own.
    Reader,
    /// Everything.
    Operator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Operator, Self::Reader];

    /// As stored and written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Operator => "operator",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no role: write operator or reader"))
    }
}

/// Somebody with a log-in of their own.
#[derive(Clone, PartialEq)]
pub struct Operator {
    /// Derived from the name.
    pub id: OperatorId,
    /// As they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password as it is kept; none before the first link was used.
    pub password: Option<String>,
    /// The second factor, where it was set up.
    pub secret: Option<CodeSecret>,
    /// The step of the last code that was used.
    pub last_step: Option<i64>,
    /// When they were invited.
    pub made_at: DateTime<Utc>,
    /// When they last logged in.
    pub last_login: Option<DateTime<Utc>>,
    /// Since when they may not log in.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Operator {
    /// Who it is; nothing of how they prove it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operator")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("role", &self.role)
            .field("has_password", &self.password.is_some())
            .field("has_second_factor", &self.secret.is_some())
            .field("disabled_at", &self.disabled_at)
            .finish_non_exhaustive()
    }
}

impl Operator {
    /// Somebody who is invited.
    ///
    /// # Errors
    /// When the name is none.
    pub fn invited(name: &str, role: Role, now: DateTime<Utc>) -> Result<Self, InvalidId> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let id = OperatorId::named(&name)?;
        if name.chars().count() > 80 || name.chars().any(char::is_control) {
            return Err(InvalidId {
                kind: "operator",
                given: name,
                wanted: crate::domain::id::SLUG,
            });
        }
        Ok(Self {
            id,
            name,
            role,
            password: None,
            secret: None,
            last_step: None,
            made_at: now,
            last_login: None,
            disabled_at: None,
        })
    }
}

/// A log-in that lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The hash of what the browser holds.
    pub hash: String,
    /// Whose.
    pub operator: OperatorId,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// When it was last used, to some minutes.
    pub seen_at: DateTime<Utc>,
    /// From where it began.
    pub from: String,
    /// What the browser calls itself.
    pub browser: String,
}

impl Session {
    /// Whether it still lasts.
    pub fn lasts(&self, now: DateTime<Utc>) -> bool {
        now < self.began_at + LASTS && now < self.seen_at + IDLE
    }
}

/// A one-time link, as it is known: never the link itself.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatorLink {
    /// Its hash.
    pub hash: String,
    /// Whom it lets in; none for the first of all, who says their name.
    pub operator: Option<OperatorId>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
        let began = DateTime::UNIX_EPOCH;
        let session = |seen: TimeDelta| Session {
            hash: String::new(),
            operator: OperatorId::named("Ada").unwrap(),
            began_at: began,
            seen_at: began + seen,
            from: String::new(),
            browser: String::new(),
        };
        let hours = TimeDelta::hours;
        for (seen, now, lasts) in [
            (0, 11, true),
            (0, 12, false),
            (700, 711, true),
            (719, 720, false),
        ] {
            assert_eq!(
                session(hours(seen)).lasts(began + hours(now)),
                lasts,
                "{seen} {now}"
            );
        }
    }

    #[test]
    fn what_is_printed_of_somebody_is_no_hash_and_no_secret() {
        let mut ada = Operator::invited("Ada", Role::Operator, DateTime::UNIX_EPOCH).unwrap();
        let secret = CodeSecret::new([7; 20]);
        ada.password = Some("$argon2id$kept".to_owned());
        ada.secret = Some(secret.clone());
        let printed = format!("{ada:?}");
        assert!(printed.contains("Ada") && printed.contains("has_password: true"));
        assert!(!printed.contains("argon2id") && !printed.contains(&secret.text()));
    }

    #[test]
    fn names_are_told_apart_however_they_are_spelled() {
        let now = DateTime::UNIX_EPOCH;
        let ada = Operator::invited("  Ada   Lovelace ", Role::Operator, now).unwrap();
        assert_eq!(
            (ada.id.as_str(), ada.name.as_str()),
            ("ada-lovelace", "Ada Lovelace")
        );
        assert_eq!(OperatorId::named("ADA lovelace").unwrap(), ada.id);
        for bad in ["", "  ", "…", &"x".repeat(90)] {
            assert!(Operator::invited(bad, Role::Reader, now).is_err(), "{bad}");
        }
    }
}
