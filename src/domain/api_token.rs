//! Tokens of programs: what is not public is told to who holds one.

use chrono::{DateTime, Utc};

use super::document::Sha256;

/// What a token of ours begins with, so that one that leaked is recognised.
pub const PREFIX: &str = "rgw_";
/// The fewest signs after it.
const SHORTEST: usize = 32;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The documents that sources answered with.
    Evidence,
    /// The audit log.
    Audit,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Evidence, Self::Audit];

    /// As stored and written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Audit => "audit",
        }
    }

    /// What it opens, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Evidence => "the documents that sources answered with",
            Self::Audit => "the audit log",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no scope of a token: evidence and audit are"))
    }
}

/// A token as it is known: never the token itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiToken {
    /// Who holds it.
    pub name: String,
    /// Its hash.
    pub hash: Sha256,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// The moment from which it opens nothing.
    pub expires: Option<DateTime<Utc>>,
}

/// A token that the store knows, made in the operators' area or by command.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredToken {
    /// What it is called in lists: the beginning of its hash.
    pub id: String,
    /// The token.
    pub token: ApiToken,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// When it last opened something, to some minutes.
    pub last_used: Option<DateTime<Utc>>,
    /// Since when it opens nothing, because somebody ended it.
    pub ended_at: Option<DateTime<Utc>>,
}

impl StoredToken {
    /// A new one of random bytes, and the token itself, which is shown once.
    ///
    /// # Errors
    /// When it has no name or opens nothing.
    pub fn made(
        name: &str,
        scopes: Vec<Scope>,
        expires: Option<DateTime<Utc>>,
        random: &[u8; 24],
        made_by: &str,
        now: DateTime<Utc>,
    ) -> Result<(Self, String), String> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
            return Err("A token needs a name that says who holds it.".to_owned());
        }
        if scopes.is_empty() {
            return Err("A token needs at least one thing that it opens.".to_owned());
        }
        if expires.is_some_and(|end| end <= now) {
            return Err("A token must expire later than now.".to_owned());
        }
        let shown = format!("{PREFIX}{}", super::token::hex(random));
        let token = ApiToken::new(name.to_owned(), &shown, scopes, expires)?;
        let stored = Self {
            id: token.hash.as_str().chars().take(12).collect(),
            token,
            made_by: made_by.to_owned(),
            made_at: now,
            last_used: None,
            ended_at: None,
        };
        Ok((stored, shown))
    }

    /// Whether it opens anything at a moment.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && self.token.expires.is_none_or(|end| now < end)
    }
}

/// The hash that a token is looked for by, where it is one of ours at all.
pub fn hash_of(shown: &str) -> Option<Sha256> {
    shown
        .starts_with(PREFIX)
        .then(|| Sha256::of(shown.as_bytes()))
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is none, or none that is known and not over.
    Unknown,
    /// It opens other things.
    OutOfScope,
}

impl ApiToken {
    /// Makes one known.
    ///
    /// # Errors
    /// When it is too easily guessed, or does not say that it is one of ours.
    pub fn new(
        name: String,
        token: &str,
        scopes: Vec<Scope>,
        expires: Option<DateTime<Utc>>,
    ) -> Result<Self, String> {
        let long = token.strip_prefix(PREFIX).is_some_and(|rest| {
            rest.len() >= SHORTEST && rest.bytes().all(|b| b.is_ascii_graphic())
        });
        if !long {
            return Err(format!(
                "the token of `{name}` must be `{PREFIX}` and at least {SHORTEST} random signs, for example from `openssl rand -hex 20`"
            ));
        }
        Ok(Self {
            name,
            hash: Sha256::of(token.as_bytes()),
            scopes,
            expires,
        })
    }
}

/// The known token that opens something, for what was shown.
///
/// # Errors
/// When it does not.
pub fn opens<'a>(
    known: &'a [ApiToken],
    shown: Option<&str>,
    scope: Scope,
    now: DateTime<Utc>,
) -> Result<&'a ApiToken, Refusal> {
    let shown = shown
        .filter(|token| token.starts_with(PREFIX))
        .ok_or(Refusal::Unknown)?;
    // Hashes are compared: how far one fits tells nothing of the token.
    let hash = Sha256::of(shown.as_bytes());
    let token = known
        .iter()
        .find(|token| token.hash == hash && token.expires.is_none_or(|end| now < end))
        .ok_or(Refusal::Unknown)?;
    if token.scopes.contains(&scope) {
        Ok(token)
    } else {
        Err(Refusal::OutOfScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_what_it_is_for_until_it_is_over() {
        let text = format!("{PREFIX}{}", "k".repeat(40));
        let end = DateTime::from_timestamp(1_000, 0).unwrap();
        let make = |scopes| ApiToken::new("a".to_owned(), &text, scopes, Some(end)).unwrap();
        let (before, after) = (DateTime::UNIX_EPOCH, end);
        let known = [make(vec![Scope::Evidence])];
        assert!(opens(&known, Some(&text), Scope::Evidence, before).is_ok());
        for (shown, now) in [
            (Some(text.as_str()), after),
            (None, before),
            (Some("rgw_x"), before),
        ] {
            assert_eq!(
                opens(&known, shown, Scope::Evidence, now),
                Err(Refusal::Unknown)
            );
        }
        let idle = [make(Vec::new())];
        assert_eq!(
            opens(&idle, Some(&text), Scope::Evidence, before),
            Err(Refusal::OutOfScope)
        );
        assert!(ApiToken::new("a".to_owned(), "rgw_short", Vec::new(), None).is_err());
    }
}
