//! DKIM (RFC 6376, RFC 8463): signatures over the bytes that are sent, by RSA and Ed25519.
//!
//! Headers and body are canonicalised "relaxed": relays may fold anew and trim, and the signature
//! stays good. The same mail always has the same signature: its time is the mail's own Date, and
//! both algorithms are deterministic.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

/// The headers that are signed. Each is named once more than it stands there, so that none can be
/// added behind our back (RFC 6376, 8.15).
const SIGNED: &[&str] = &[
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// A key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the DKIM key of {domain} ({selector}) cannot be used: {why}. Make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048` or `openssl genpkey -algorithm ed25519`"
)]
pub struct InvalidKey {
    domain: String,
    selector: String,
    why: String,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// Signs for one domain by one selector.
#[derive(Clone)]
pub struct DkimSigner {
    domain: String,
    selector: String,
    key: Arc<Key>,
}

impl std::fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DkimSigner({}, {})", self.domain, self.selector)
    }
}

impl DkimSigner {
    /// Reads a private key from PEM: PKCS #8 (RSA or Ed25519), or an RSA key by itself.
    ///
    /// # Errors
    /// When the key cannot be read, or is shorter than 2048 bits.
    pub fn new(domain: &str, selector: &str, pem: &str) -> Result<Self, InvalidKey> {
        let wrong = |why: &str| InvalidKey {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            why: why.to_owned(),
        };
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        };
        if !plain(domain) || !plain(selector) {
            return Err(wrong("domain and selector are names of the DNS"));
        }
        let der = of_pem(pem).ok_or_else(|| wrong("it is no PEM of a private key"))?;
        let key =
            if let Ok(key) = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)) {
                Key::Rsa(Box::new(key))
            } else {
                Key::Ed25519(
                    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
                        .map_err(|error| wrong(&error.to_string()))?,
                )
            };
        Ok(Self {
            domain: domain.to_ascii_lowercase(),
            selector: selector.to_owned(),
            key: Arc::new(key),
        })
    }

    /// The name under which the key's public half stands in the DNS.
    pub fn name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The domain that is signed for.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The record that belongs there.
    pub fn record(&self) -> String {
        let kind = match *self.key {
            Key::Rsa(_) => "rsa",
            Key::Ed25519(_) => "ed25519",
        };
        format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(self.public()))
    }

    /// The public half, as the DNS has it: RSA within its frame (RFC 6376), Ed25519 bare (RFC 8463).
    fn public(&self) -> Vec<u8> {
        match self.key.as_ref() {
            Key::Ed25519(key) => key.public_key().as_ref().to_vec(),
            Key::Rsa(key) => {
                let key = key.public_key().as_ref();
                // AlgorithmIdentifier of rsaEncryption (RFC 8017, A.1).
                let algorithm = [
                    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
                    0x05, 0x00,
                ];
                let bits = der(0x03, &[&[0_u8], key].concat());
                der(0x30, &[algorithm.as_slice(), bits.as_slice()].concat())
            }
        }
    }

    /// What is wrong with a record of the DNS, against this key.
    ///
    /// # Errors
    /// In words.
    pub fn matches(&self, record: &str) -> Result<(), String> {
        let value = |wanted: &str| {
            record
                .split(';')
                .filter_map(|pair| pair.split_once('='))
                .find(|(name, _)| name.trim() == wanted)
                .map(|(_, value)| {
                    value
                        .chars()
                        .filter(|c| !c.is_whitespace())
                        .collect::<String>()
                })
        };
        let kind = value("k").unwrap_or_else(|| "rsa".to_owned());
        let ours = match *self.key {
            Key::Rsa(_) => "rsa",
            Key::Ed25519(_) => "ed25519",
        };
        match value("p") {
            None => return Err("it has no p=".to_owned()),
            Some(key) if key.is_empty() => {
                return Err("it says that the key was revoked".to_owned());
            }
            Some(_) if kind != ours => {
                return Err(format!("it is for a key of {kind}, and ours is of {ours}"));
            }
            Some(key) if STANDARD.decode(&key).ok() != Some(self.public()) => {
                return Err("its key is another one than ours".to_owned());
            }
            Some(_) => {}
        }
        match value("t") {
            Some(flags) if flags.split(':').any(|flag| flag == "y") => {
                Err("it says t=y: receivers treat the signature as a test".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The `DKIM-Signature` header of a message, with its line's end.
    pub fn signature(&self, message: &[u8], at: DateTime<Utc>) -> Option<String> {
        let (head, body) = split(message)?;
        let fields = fields(head);
        let algorithm = match *self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let mut named: Vec<&str> = Vec::new();
        let mut canonical = String::new();
        for wanted in SIGNED {
            // From the last one up, as verifiers take them.
            for (name, value) in fields.iter().rev().filter(|(name, _)| name == wanted) {
                named.push(wanted);
                canonical.push_str(&format!("{name}:{value}\r\n"));
            }
            named.push(wanted);
        }
        let hash = digest::digest(&digest::SHA256, &relaxed_body(body));
        let open = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={}; t={};\r\n h={};\r\n bh={};\r\n b=",
            self.domain,
            self.selector,
            at.timestamp(),
            folded(&named),
            STANDARD.encode(hash.as_ref()),
        );
        canonical.push_str(&format!("dkim-signature:{}", relaxed_value(&open)));
        let signed = match self.key.as_ref() {
            Key::Rsa(key) => {
                let mut out = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    canonical.as_bytes(),
                    &mut out,
                )
                .ok()?;
                out
            }
            // RFC 8463, 3: the signature is over the hash of what RSA signs.
            Key::Ed25519(key) => {
                let hash = digest::digest(&digest::SHA256, canonical.as_bytes());
                key.sign(hash.as_ref()).as_ref().to_vec()
            }
        };
        let text = STANDARD.encode(signed);
        let mut lines = String::new();
        for (place, piece) in text.as_bytes().chunks(70).enumerate() {
            if place > 0 {
                lines.push_str("\r\n ");
            }
            lines.push_str(std::str::from_utf8(piece).unwrap_or(""));
        }
        Some(format!("DKIM-Signature: {open}{lines}\r\n"))
    }
}

/// One value in DER, with its length.
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match value.len() {
        short @ 0..=0x7f => out.extend(u8::try_from(short)),
        long => {
            let bytes: Vec<u8> = long
                .to_be_bytes()
                .into_iter()
                .skip_while(|b| *b == 0)
                .collect();
            // At most eight bytes of a length.
            out.extend(u8::try_from(bytes.len()).map(|count| 0x80 | count));
            out.extend(bytes);
        }
    }
    out.extend(value);
    out
}

/// Names in lines of a bearable length.
fn folded(names: &[&str]) -> String {
    let mut out = String::new();
    let mut column = 0;
    for (place, name) in names.iter().enumerate() {
        if place > 0 {
            out.push(':');
            column += 1;
            if column + name.len() > 70 {
                out.push_str("\r\n ");
                column = 0;
            }
        }
        out.push_str(name);
        column += name.len();
    }
    out
}

fn of_pem(pem: &str) -> Option<Vec<u8>> {
    let inside: String = pem
        .lines()
        .map(str::trim)
        .skip_while(|line| !(line.starts_with("-----BEGIN") && line.contains("PRIVATE KEY")))
        .skip(1)
        .take_while(|line| !line.starts_with("-----END"))
        .collect();
    STANDARD.decode(inside).ok().filter(|der| !der.is_empty())
}

/// Head and body around the first empty line.
fn split(message: &[u8]) -> Option<(&str, &[u8])> {
    let at = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(message.get(..at + 2)?).ok()?;
    Some((head, message.get(at + 4..)?))
}

/// Headers, canonicalised: names in lower case, values unfolded, white space single.
fn fields(head: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in head.split_terminator("\r\n") {
        match (line.starts_with([' ', '\t']), out.last_mut()) {
            (true, Some((_, value))) => {
                value.push_str(line);
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    out.push((name.trim().to_ascii_lowercase(), value.to_owned()));
                }
            }
        }
    }
    for (_, value) in &mut out {
        *value = relaxed_value(value);
    }
    out
}

fn relaxed_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for word in value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The body, canonicalised: no white space at the ends of lines, single within, no empty lines at
/// the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    let mut empty = 0;
    for line in lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut canonical = Vec::with_capacity(line.len());
        let mut space = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                space = true;
            } else {
                if space {
                    canonical.push(b' ');
                    space = false;
                }
                canonical.push(*byte);
            }
        }
        if canonical.is_empty() {
            empty += 1;
            continue;
        }
        for _ in 0..empty {
            out.extend(b"\r\n");
        }
        empty = 0;
        out.extend(canonical);
        out.extend(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::super::tests::mail;
    use super::*;
    use crate::deliver::formatted;

    /// What `openssl pkey -pubout -outform DER | base64` says of tests/dkim/rsa2048.pem.
    const PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArJgELfhhkkwPMFgp27FOANEXU5NWWzUEKUaZ1J1DgwhSxfOMK6zHpCOa6cna3MkZ4TitqOm6ixpIMhaHg11O8o+AmilYXX0CCPQ9Dtt27psViLALInstJ37cs97Z+wk8kgYZJYgKpKE3dhO7BjS1kno4ATEz0fN4CplGfTNtqQTw1x3WO+2wGfsyx99tEqCDqlKsL7BigiDrAlxYanLKd6d7MncApz7vdDxXG3w+XtaTQGZYH7DOsJT3sUfuDbR6bXo7q+pWNU+/8ObDELZXaJ8y4oSNyLTZ6o7HfGFIOdhWnSfVUTUNXlpi306V8wJh9Q3DVWjV/Tzy5KIG2sg/kQIDAQAB";

    #[test]
    fn the_record_is_the_keys_public_half() {
        let pem = include_str!("../../tests/dkim/rsa2048.pem");
        let signer = DkimSigner::new("example.org", "rw1", pem).unwrap();
        assert_eq!(signer.name(), "rw1._domainkey.example.org");
        assert_eq!(signer.record(), format!("v=DKIM1; k=rsa; p={PUBLIC}"));
        assert_eq!(signer.matches(&signer.record()), Ok(()));
        // Without k= it is RSA, and long texts come in pieces.
        let (one, two) = PUBLIC.split_at(100);
        assert_eq!(signer.matches(&format!("v=DKIM1; p={one} {two}")), Ok(()));
        let other = format!("v=DKIM1; k=rsa; p={}", PUBLIC.replace("MIIB", "MIIC"));
        for (record, why) in [
            ("v=DKIM1; k=rsa", "no p="),
            ("v=DKIM1; k=rsa; p=", "revoked"),
            ("v=DKIM1; k=ed25519; p=AAAA", "ed25519"),
            (other.as_str(), "another one"),
            (&format!("v=DKIM1; t=y; p={PUBLIC}"), "t=y"),
        ] {
            let said = signer.matches(record).unwrap_err();
            assert!(said.contains(why), "{record}: {said}");
        }
        let (signer, public) = ed25519();
        let record = signer.record();
        assert_eq!(
            record,
            format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(public))
        );
        assert_eq!(signer.matches(&record), Ok(()));
    }

    fn ed25519() -> (DkimSigner, Vec<u8>) {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let public = Ed25519KeyPair::from_pkcs8(document.as_ref())
            .unwrap()
            .public_key()
            .as_ref()
            .to_vec();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(document.as_ref())
        );
        (DkimSigner::new("example.org", "rw1", &pem).unwrap(), public)
    }

    /// RSA keys take long to make; this one signs nothing but tests.
    fn rsa() -> (DkimSigner, Vec<u8>) {
        let pem = include_str!("../../tests/dkim/rsa2048.pem");
        let key = RsaKeyPair::from_pkcs8(&of_pem(pem).unwrap()).unwrap();
        let public = key.public().as_ref().to_vec();
        (DkimSigner::new("example.org", "rw2", pem).unwrap(), public)
    }

    /// A verifier of our own, written from RFC 6376 and not from the signer: it takes the header
    /// apart by its tags, and reads the message anew.
    fn verify(message: &[u8], public: &[u8]) -> bool {
        let text = String::from_utf8_lossy(message).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut headers: Vec<String> = Vec::new();
        for line in head.split("\r\n") {
            if line.starts_with([' ', '\t']) {
                let last = headers.last_mut().unwrap();
                last.push_str("\r\n");
                last.push_str(line);
            } else {
                headers.push(line.to_owned());
            }
        }
        let dkim = headers.remove(0);
        let value = dkim.strip_prefix("DKIM-Signature:").unwrap().to_owned();
        let tag = |name: &str| -> String {
            value
                .replace("\r\n", "")
                .split(';')
                .find_map(|part| {
                    part.trim()
                        .strip_prefix(&format!("{name}="))
                        .map(str::to_owned)
                })
                .unwrap()
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect()
        };
        let relax = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut lines: Vec<String> = body
            .split("\r\n")
            .map(|line| {
                let ends = line.trim_end_matches([' ', '\t']);
                let lead = if ends.starts_with([' ', '\t']) {
                    " "
                } else {
                    ""
                };
                format!("{lead}{}", relax(ends))
            })
            .collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        let canonical: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let hash = digest::digest(&digest::SHA256, canonical.as_bytes());
        if STANDARD.encode(hash.as_ref()) != tag("bh") {
            return false;
        }
        let mut data = String::new();
        for name in tag("h").split(':') {
            let place = headers.iter().rposition(|header| {
                header
                    .split(':')
                    .next()
                    .is_some_and(|known| known.trim().eq_ignore_ascii_case(name))
            });
            if let Some(place) = place {
                let header = headers.remove(place);
                let (_, value) = header.split_once(':').unwrap();
                data.push_str(&format!(
                    "{}:{}\r\n",
                    name.to_ascii_lowercase(),
                    relax(value)
                ));
            }
        }
        let at = value.rfind("b=").unwrap();
        data.push_str(&format!("dkim-signature:{}", relax(&value[..at + 2])));
        let signature = STANDARD.decode(tag("b")).unwrap();
        match tag("a").as_str() {
            "rsa-sha256" => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
                .verify(data.as_bytes(), &signature)
                .is_ok(),
            _ => {
                let hash = digest::digest(&digest::SHA256, data.as_bytes());
                UnparsedPublicKey::new(&ED25519, public)
                    .verify(hash.as_ref(), &signature)
                    .is_ok()
            }
        }
    }

    #[test]
    fn an_independent_reading_finds_every_signature_good_and_every_change_bad() {
        for (signer, public) in [ed25519(), rsa()] {
            for number in 0..50 {
                let mut mail = mail();
                mail.subject = format!(
                    "Übung {} of a subject that is folded {}",
                    number,
                    "word ".repeat(number)
                );
                mail.text = format!("text  with   space \n\n\n{}", "x".repeat(number * 40));
                let message = formatted(&mail).unwrap();
                let header = signer.signature(&message, mail.date).unwrap();
                assert_eq!(
                    Some(&header),
                    signer.signature(&message, mail.date).as_ref()
                );
                assert!(header.lines().all(|line| line.len() <= 100), "{header}");
                let mut signed = header.clone().into_bytes();
                signed.extend(&message);
                assert!(verify(&signed, &public), "{number}");
                // Refolded by a relay it stays good.
                let refolded = String::from_utf8(signed.clone()).unwrap().replacen(
                    "\r\nTo: ",
                    "\r\nTo:\r\n  ",
                    1,
                );
                assert!(verify(refolded.as_bytes(), &public), "{number}");
                // Another sender, another text, a header added: bad.
                let text = String::from_utf8(signed).unwrap();
                for (from, to) in [
                    ("\r\nFrom: ", "\r\nFrom: x"),
                    ("\r\nSubject: ", "\r\nSubject: Re: "),
                    (
                        "\r\nMIME-Version: 1.0\r\n",
                        "\r\nMIME-Version: 1.0\r\nSubject: other\r\n",
                    ),
                    ("text", "test"),
                ] {
                    if text.contains(from) {
                        let changed = text.replacen(from, to, 1);
                        assert!(!verify(changed.as_bytes(), &public), "{number} {from}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_key_that_is_none_is_said() {
        for pem in [
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            let error = DkimSigner::new("example.org", "rw1", pem)
                .unwrap_err()
                .to_string();
            assert!(error.contains("example.org"), "{error}");
        }
        assert!(DkimSigner::new("a b", "rw1", "").is_err());
    }
}
