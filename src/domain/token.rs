//! Tokens: links that do one thing for one mailbox or team, and nothing else (promises: M13).

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::id::derived;

/// How long links of a key that was replaced are good.
const KEPT: TimeDelta = TimeDelta::days(2 * 366);
/// Bytes of a signature that stand in a link.
const SIGNATURE: usize = 20;

/// What a link is for; a token of one is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Ends subscriptions.
    Unsubscribe,
    /// Shows and changes what a mailbox is told.
    Preferences,
    /// Keeps a team's alerts back for a while.
    Pause,
    /// Notes what a team decides about an update.
    Decide,
    /// Reads one subscription as a feed.
    Feed,
    /// Releases an issue that waits for approval.
    Approve,
    /// Names a mail in its return path.
    Bounce,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Preferences => "preferences",
            Self::Pause => "pause",
            Self::Decide => "decide",
            Self::Feed => "feed",
            Self::Approve => "approve",
            Self::Bounce => "bounce",
        }
    }
}

/// A key that links are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name, as it stands in tokens.
    pub id: String,
    /// 32 random bytes.
    pub secret: Vec<u8>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

/// Signs and reads tokens; the newest key signs, those before it are known for two years more.
#[derive(Clone, Debug, Default)]
pub struct Signer {
    keys: Vec<SigningKey>,
}

impl Signer {
    /// A signer with these keys; `now` decides which are too old.
    pub fn new(mut keys: Vec<SigningKey>, now: DateTime<Utc>) -> Self {
        keys.sort_by(|a, b| (b.made_at, &b.id).cmp(&(a.made_at, &a.id)));
        let mut replaced_at = None;
        keys.retain(|key| {
            let kept = replaced_at.is_none_or(|at: DateTime<Utc>| now - at < KEPT);
            replaced_at = Some(key.made_at);
            kept
        });
        Self { keys }
    }

    /// A token; `subject` and `of` are identifiers without dots.
    pub fn sign(&self, purpose: Purpose, subject: &str, of: &str) -> String {
        match self.keys.first() {
            Some(key) => format!(
                "{}.{subject}.{of}.{}",
                key.id,
                signature(key, purpose, subject, of)
            ),
            // Without a key no link is good, which shows at once.
            None => "unsigned".to_owned(),
        }
    }

    /// What a token names; none where it was not signed by us for this.
    pub fn read<'t>(&self, purpose: Purpose, token: &'t str) -> Option<(&'t str, &'t str)> {
        let mut parts = token.split('.');
        let (id, subject, of, given) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || token.len() > 400 {
            return None;
        }
        let key = self.keys.iter().find(|key| key.id == id)?;
        let right = signature(key, purpose, subject, of);
        same(right.as_bytes(), given.as_bytes()).then_some((subject, of))
    }

    /// A keyed hash of an address, by the oldest key, so that it is the same for as long as that is
    /// known.
    pub fn hashed(&self, text: &str) -> String {
        let key = self.keys.last().map_or(&[][..], |key| &key.secret);
        hex(&hmac(key, &[b"address", text.as_bytes()]))
    }
}

/// A name for a new key, from its own bytes.
pub fn key_id(secret: &[u8]) -> String {
    derived("signing-key", &[&hex(secret)])
        .chars()
        .take(6)
        .collect()
}

/// Bytes as they are stored and compared.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes as they were stored.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// The hash under which a random token is stored.
pub fn stored(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn signature(key: &SigningKey, purpose: Purpose, subject: &str, of: &str) -> String {
    let mac = hmac(
        &key.secret,
        &[
            purpose.as_str().as_bytes(),
            subject.as_bytes(),
            of.as_bytes(),
            key.id.as_bytes(),
        ],
    );
    hex(mac.get(..SIGNATURE).unwrap_or(&mac))
}

/// HMAC-SHA-256 (RFC 2104) over parts, each behind its length, so that none runs into the next.
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        for (place, byte) in block.iter_mut().zip(Sha256::digest(key)) {
            *place = byte;
        }
    } else {
        for (place, byte) in block.iter_mut().zip(key) {
            *place = *byte;
        }
    }
    let mut inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36));
    for part in parts {
        inner.update((part.len() as u64).to_be_bytes());
        inner.update(part);
    }
    let mut outer = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

/// Compares without telling by its time where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8, day: i64) -> SigningKey {
        let secret = vec![number; 32];
        SigningKey {
            id: key_id(&secret),
            secret,
            made_at: DateTime::UNIX_EPOCH + TimeDelta::days(day),
        }
    }

    const ALL: [Purpose; 7] = [
        Purpose::Unsubscribe,
        Purpose::Preferences,
        Purpose::Pause,
        Purpose::Decide,
        Purpose::Feed,
        Purpose::Approve,
        Purpose::Bounce,
    ];

    #[test]
    fn a_token_is_good_for_one_thing_and_one_subject() {
        let signer = Signer::new(vec![key(1, 0)], DateTime::UNIX_EPOCH);
        let mut swaps = 0;
        for subject in 0..30 {
            let subject = format!("s{subject}");
            for purpose in ALL {
                let token = signer.sign(purpose, &subject, "weekly");
                assert_eq!(
                    signer.read(purpose, &token),
                    Some((subject.as_str(), "weekly"))
                );
                for other in ALL.into_iter().filter(|other| *other != purpose) {
                    assert_eq!(signer.read(other, &token), None);
                    swaps += 1;
                }
                let swapped = token.replacen(&subject, "someone", 1);
                assert_eq!(signer.read(purpose, &swapped), None);
                let moved = token.replacen("weekly", "daily", 1);
                assert_eq!(signer.read(purpose, &moved), None);
            }
        }
        assert!(swaps >= 1_000);
    }

    #[test]
    fn no_guess_is_taken() {
        let signer = Signer::new(vec![key(1, 0)], DateTime::UNIX_EPOCH);
        let id = key_id(&[1; 32]);
        let times = if std::env::var_os("REGWIRE_LONG").is_some() {
            1_000_000_u64
        } else {
            20_000
        };
        for guess in 0..times {
            let token = format!("{id}.s1.weekly.{:040x}", guess * 0x9e37_79b9);
            assert_eq!(signer.read(Purpose::Unsubscribe, &token), None);
        }
        for token in ["", ".", "...", "a.b.c.d", "a.b.c.d.e", &"x".repeat(500)] {
            assert_eq!(signer.read(Purpose::Unsubscribe, token), None);
        }
    }

    #[test]
    fn links_of_an_old_key_are_good_for_two_years_more() {
        let at = |day| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let old = Signer::new(vec![key(1, 0)], at(0)).sign(Purpose::Feed, "s", "x");
        let both = vec![key(2, 1_000), key(1, 0)];
        for (day, good) in [(1_001, true), (1_700, true), (1_800, false)] {
            let signer = Signer::new(both.clone(), at(day));
            assert_eq!(signer.read(Purpose::Feed, &old).is_some(), good, "{day}");
            assert!(
                signer
                    .sign(Purpose::Feed, "s", "x")
                    .starts_with(&key(2, 0).id)
            );
        }
    }

    #[test]
    fn the_hash_of_the_standard() {
        // RFC 4231, case 2, would be without our lengths; so the lengths are left out by hand.
        let mut block = [0_u8; 64];
        block[..4].copy_from_slice(b"Jefe");
        let inner = Sha256::new_with_prefix(block.map(|b| b ^ 0x36))
            .chain_update(8_u64.to_be_bytes())
            .chain_update(b"whatever")
            .finalize();
        let outer = Sha256::new_with_prefix(block.map(|b| b ^ 0x5c))
            .chain_update(inner)
            .finalize();
        assert_eq!(hex(&hmac(b"Jefe", &[b"whatever"])), hex(&outer));
    }
}
