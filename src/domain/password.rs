//! Passwords: how long one must be, and how it is kept (promises: W9).

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization as _;

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most bytes: a sentence or two, and no work for somebody who sends a book.
const LONGEST: usize = 1_024;

/// Memory in KiB, passes and lanes: what OWASP asks of Argon2id at least.
const COST: (u32, u32, u32) = (19 * 1_024, 2, 1);

/// A password as somebody typed it. It is shown nowhere, by no formatting either.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// A new password. Its length is all that is asked of it: rules of composition make passwords
    /// that are worse to remember and no worse to guess.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn new(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length < SHORTEST {
            return Err(format!(
                "The password has {length} characters; it needs at least {SHORTEST}. Three or four words that do not belong together will do."
            ));
        }
        if text.len() > LONGEST {
            return Err(format!("The password is longer than {LONGEST} bytes."));
        }
        Ok(Self::tried(text))
    }

    /// Whatever somebody tries to log in with. The same signs count as the same however a keyboard
    /// composes them.
    pub fn tried(text: &str) -> Self {
        if text.len() > LONGEST {
            // Longer than any that was ever taken, so it is wrong, and costs no more than others.
            return Self(String::new());
        }
        Self(text.nfkc().collect())
    }

    /// As it is kept: Argon2id with its parameters and salt.
    ///
    /// # Errors
    /// When the machine has no memory for it.
    pub fn hashed(&self, salt: &[u8; 16]) -> Result<String, String> {
        hashed(&self.0, salt, COST)
    }

    /// Whether it is the one that was kept. What cannot be read is wrong.
    pub fn fits(&self, kept: &str) -> bool {
        PasswordHash::new(kept).is_ok_and(|kept| {
            Argon2::default()
                .verify_password(self.0.as_bytes(), &kept)
                .is_ok()
        })
    }
}

fn hashed(text: &str, salt: &[u8; 16], cost: (u32, u32, u32)) -> Result<String, String> {
    let (memory, passes, lanes) = cost;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| error.to_string())?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(text.as_bytes(), salt)
        .map(|hash| hash.to_string())
        .map_err(|error| format!("the password could not be hashed: {error}"))
}

/// Whether what is kept was made more cheaply than is asked today; it is made anew at the next log-in.
pub fn is_cheap(kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else {
        return true;
    };
    let Ok(params) = Params::try_from(&kept) else {
        return true;
    };
    let (memory, passes, lanes) = COST;
    kept.algorithm.as_str() != "argon2id"
        || params.m_cost() < memory
        || params.t_cost() < passes
        || params.p_cost() < lanes
}

/// What a password is compared with where there is nobody of that name, so that the answer takes as
/// long as any other.
pub fn nobodys() -> &'static str {
    static NOBODYS: LazyLock<String> =
        LazyLock::new(|| hashed("nobody's", &[0; 16], COST).unwrap_or_default());
    &NOBODYS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_all_that_is_asked() {
        for (text, good) in [
            ("", false),
            ("elevensigns", false),
            ("twelve signs", true),
            ("aaaaaaaaaaaa", true),
            ("ゆきのまちいずもがわみず", true),
        ] {
            assert_eq!(Password::new(text).is_ok(), good, "{text}");
        }
        assert!(Password::new(&"x".repeat(1_025)).is_err());
        assert_eq!(format!("{:?}", Password::tried("secret")), "Password(…)");
    }

    #[test]
    fn what_is_kept_fits_its_password_only() {
        let right = Password::new("correct horse battery").unwrap();
        let kept = right.hashed(&[7; 16]).unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(right.fits(&kept));
        assert!(!Password::tried("correct horse batterz").fits(&kept));
        assert!(!Password::tried("").fits(&kept));
        assert!(!right.fits("") && !right.fits("plain"));
        assert_ne!(kept, right.hashed(&[8; 16]).unwrap());
        assert!(!is_cheap(&kept));
        assert!(!Password::tried("nobody").fits(nobodys()));
        // é as one sign and as two.
        let one = Password::new("caf\u{e9} caf\u{e9} caf\u{e9}").unwrap();
        let two = Password::tried("cafe\u{301} cafe\u{301} cafe\u{301}");
        assert!(two.fits(&one.hashed(&[1; 16]).unwrap()));
    }

    #[test]
    fn what_was_made_cheaply_is_known() {
        let cheap = hashed("correct horse battery", &[7; 16], (8 * 1_024, 1, 1)).unwrap();
        assert!(is_cheap(&cheap) && is_cheap("") && is_cheap("$2b$12$x"));
        assert!(Password::tried("correct horse battery").fits(&cheap));
    }
}
