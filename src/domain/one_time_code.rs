//! One-time codes of an authenticator (RFC 6238), and recovery codes for when it is lost.

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use ring::hmac;

use super::token::stored;

/// Seconds that a code stands for.
const STEP: i64 = 30;
/// Steps before and after now whose codes are taken, too: clocks differ.
const DRIFT: i64 = 1;
/// Recovery codes that are given at once.
pub const RECOVERY_CODES: usize = 8;
/// Random bytes of each.
const RECOVERY_BYTES: usize = 10;

/// What an authenticator and the store share.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeSecret(Vec<u8>);

impl std::fmt::Debug for CodeSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeSecret(…)")
    }
}

impl CodeSecret {
    /// A secret of 160 random bits.
    pub fn new(random: [u8; 20]) -> Self {
        Self(random.to_vec())
    }

    /// A secret as it was written down.
    pub fn read(text: &str) -> Option<Self> {
        let text: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
        (bytes.len() >= 16).then_some(Self(bytes))
    }

    /// As it is stored and typed.
    pub fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The address that an authenticator reads from a picture.
    pub fn address(&self, site: &str, account: &str) -> String {
        let part = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        format!(
            "otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits=6&period=30",
            part(site),
            part(account),
            self.text()
        )
    }

    /// The code of a step.
    fn code(&self, step: i64) -> u32 {
        // Authenticators know no other hash; as a keyed hash it is sound.
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
        let bytes = tag.get(offset..offset + 4).unwrap_or(&[0; 4]);
        let number = bytes
            .iter()
            .fold(0_u32, |all, byte| (all << 8) | u32::from(*byte));
        (number & 0x7fff_ffff) % 1_000_000
    }

    /// The step that a code is of, where it is a good one at this moment and of a later step than
    /// the last that was used: a code opens once.
    pub fn accepts(&self, code: &str, now: DateTime<Utc>, last: Option<i64>) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let code: u32 = digits.parse().ok()?;
        let here = now.timestamp().div_euclid(STEP);
        (here - DRIFT..=here + DRIFT)
            .find(|step| self.code(*step) == code && last.is_none_or(|last| *step > last))
    }

    /// The code at a moment, as it is shown.
    pub fn shown(&self, now: DateTime<Utc>) -> String {
        format!("{:06}", self.code(now.timestamp().div_euclid(STEP)))
    }
}

/// Recovery codes of random bytes, as they are shown once.
pub fn recovery_codes(random: &[u8; RECOVERY_CODES * RECOVERY_BYTES]) -> Vec<String> {
    random
        .chunks(RECOVERY_BYTES)
        .map(|bytes| {
            let text = BASE32_NOPAD.encode(bytes).to_lowercase();
            let parts: Vec<&str> = (0..4)
                .filter_map(|part| text.get(part * 4..part * 4 + 4))
                .collect();
            parts.join("-")
        })
        .collect()
}

/// The hash under which a recovery code is stored, however it is typed; none where it is none.
pub fn recovery_hash(typed: &str) -> Option<String> {
    let text: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (text.len() == 16 && text.is_ascii()).then(|| stored(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1; its codes have eight digits, ours are their last six.
        let secret = CodeSecret::new(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(secret.shown(now), code);
            assert_eq!(secret.accepts(code, now, None), Some(seconds / 30));
        }
        assert_eq!(CodeSecret::read(&secret.text()), Some(secret.clone()));
        assert_eq!(CodeSecret::read("GE3 dc"), None);
        assert!(
            secret
                .address("Regwire", "Ada L")
                .starts_with("otpauth://totp/Regwire:Ada%20L?secret=GEZDGNBV")
        );
    }

    #[test]
    fn a_code_opens_once_and_for_a_minute_and_a_half() {
        let secret = CodeSecret::new([9; 20]);
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap();
        let code = secret.shown(at(0));
        let step = secret.accepts(&code, at(0), None).unwrap();
        for (seconds, good) in [(-31, false), (-30, true), (59, true), (60, false)] {
            assert_eq!(
                secret.accepts(&code, at(seconds), None).is_some(),
                good,
                "{seconds}"
            );
        }
        assert_eq!(secret.accepts(&code, at(29), Some(step)), None);
        let next = secret.shown(at(30));
        assert_eq!(secret.accepts(&next, at(30), Some(step)), Some(step + 1));
        for wrong in ["", "12345", "1234567", "abcdef", "-12345", "１２３４５６"] {
            assert_eq!(secret.accepts(wrong, at(0), None), None, "{wrong}");
        }
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(secret.accepts(&spaced, at(0), None), Some(step));
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let mut random = [0_u8; RECOVERY_CODES * RECOVERY_BYTES];
        for (byte, number) in random.iter_mut().zip(0_u8..) {
            *byte = number.wrapping_mul(37);
        }
        let codes = recovery_codes(&random);
        assert_eq!(codes.len(), RECOVERY_CODES);
        let one = &codes[3];
        assert_eq!(one.len(), 19);
        let hash = recovery_hash(one).unwrap();
        assert_eq!(
            recovery_hash(&one.to_uppercase().replace('-', " ")),
            Some(hash)
        );
        assert_eq!(recovery_hash("123456"), None);
    }
}
