//! Standard Webhooks: how a payload is signed (specification 1.0, "Symmetric").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;

/// The headers of one try: the id is the same on every try, the time is that of the try. Each
/// secret signs, so that a receiver may know either while one replaces the other.
pub fn signed(
    secrets: &[String],
    id: &str,
    at: DateTime<Utc>,
    body: &str,
) -> [(&'static str, String); 3] {
    let time = at.timestamp().to_string();
    let message = format!("{id}.{time}.{body}");
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &key_of(secret));
            let tag = hmac::sign(&key, message.as_bytes());
            format!("v1,{}", STANDARD.encode(tag.as_ref()))
        })
        .collect();
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", time),
        ("webhook-signature", signatures.join(" ")),
    ]
}

/// The bytes of a secret: after `whsec_` base64; else the text itself.
fn key_of(secret: &str) -> Vec<u8> {
    let secret = secret.trim();
    secret
        .strip_prefix("whsec_")
        .and_then(|rest| STANDARD.decode(rest).ok())
        .unwrap_or_else(|| secret.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification() {
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let headers = signed(
            &["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            "{\"test\": 2432232314}",
        );
        assert_eq!(headers[1].1, "1614265330");
        assert_eq!(
            headers[2].1,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let at = DateTime::UNIX_EPOCH;
        let both = signed(&["a".to_owned(), "b".to_owned()], "i", at, "{}");
        let one = signed(&["a".to_owned()], "i", at, "{}");
        assert_eq!(both[2].1.split(' ').count(), 2);
        assert!(both[2].1.starts_with(&one[2].1));
    }
}
