//! Where the relay stands, as one line of the settings says.

use url::{Host, Url};

/// Text that was offered as a relay's address and is none. It never repeats the text, which may
/// hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`smtp` of [mail] is no relay's address: {why}; write smtp://host:25, smtp+starttls://user:password@host or smtps://user:password@host"
)]
pub struct InvalidSmtpUrl {
    /// What is wrong.
    pub why: &'static str,
}

/// How a connection to the relay is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Not at all: `smtp://`, for a relay on this machine or a trusted network.
    None,
    /// After a STARTTLS that must succeed (RFC 3207): `smtp+starttls://`.
    StartTls,
    /// From the first byte (RFC 8314): `smtps://`.
    Implicit,
}

/// A relay: host, port, encryption and login.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    pub(super) encryption: Encryption,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Option<(String, String)>,
}

impl SmtpUrl {
    /// The relay's host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether a password would travel without encryption, beyond this machine.
    pub fn sends_password_openly(&self) -> bool {
        self.encryption == Encryption::None
            && self.login.is_some()
            && !matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1")
    }
}

impl std::str::FromStr for SmtpUrl {
    type Err = InvalidSmtpUrl;

    fn from_str(text: &str) -> Result<Self, InvalidSmtpUrl> {
        let wrong = |why| InvalidSmtpUrl { why };
        let url = Url::parse(text.trim()).map_err(|_| wrong("it cannot be read"))?;
        let (encryption, usual_port) = match url.scheme() {
            "smtp" => (Encryption::None, 25),
            "smtp+starttls" => (Encryption::StartTls, 587),
            "smtps" => (Encryption::Implicit, 465),
            _ => return Err(wrong("it begins with none of the three schemes")),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("something follows the host and port"));
        }
        // The scheme is none that the URL standard knows, so the host is read once more, as the
        // host of a web address would be: IDNA, and numbers as numbers.
        let host = match url.host() {
            Some(Host::Domain(name)) => Host::parse(&decoded(name)?)
                .map_err(|_| wrong("its host is no host"))?
                .to_string(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(wrong("it names no host")),
        };
        if host.is_empty() {
            return Err(wrong("it names no host"));
        }
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some((decoded(user)?, decoded(password)?))
            }
            _ => return Err(wrong("a login needs a user and a password")),
        };
        Ok(Self {
            encryption,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual_port),
            login,
        })
    }
}

/// Undoes percent-encoding (RFC 3986, section 2.1): a password may hold any sign.
fn decoded(text: &str) -> Result<String, InvalidSmtpUrl> {
    let wrong = InvalidSmtpUrl {
        why: "a % in it is not followed by two hexadecimal digits, or what they spell is no text",
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) => bytes.extend(u8::try_from(high << 4 | low)),
            _ => return Err(wrong),
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong.clone())?;
    if text.contains(['\r', '\n', '\0']) {
        return Err(wrong);
    }
    Ok(text)
}

impl std::fmt::Display for SmtpUrl {
    /// The address without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self.encryption {
            Encryption::None => "smtp",
            Encryption::StartTls => "smtp+starttls",
            Encryption::Implicit => "smtps",
        };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl std::fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

impl<'de> serde::Deserialize<'de> for SmtpUrl {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_read() {
        for (text, shown, login) in [
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525", None),
            (
                "smtp://mail.example.org",
                "smtp://mail.example.org:25",
                None,
            ),
            ("smtp://[::1]:25/", "smtp://[::1]:25", None),
            (
                "smtp://Bücher.example",
                "smtp://xn--bcher-kva.example:25",
                None,
            ),
            (
                "smtps://me%40example.org:p%3Aa%2Fs%25s@mail.example.org",
                "smtps://mail.example.org:465",
                Some(("me@example.org", "p:a/s%s")),
            ),
            (
                " smtp+starttls://u:p@mail.example.org:2587 ",
                "smtp+starttls://mail.example.org:2587",
                Some(("u", "p")),
            ),
        ] {
            let url: SmtpUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown, "{text}");
            let found = url.login.as_ref().map(|(u, p)| (u.as_str(), p.as_str()));
            assert_eq!(found, login, "{text}");
        }
    }

    #[test]
    fn what_is_no_relay_is_refused_without_repeating_a_password() {
        for text in [
            "",
            "mail.example.org:25",
            "https://mail.example.org",
            "smtp://",
            "smtp:mail.example.org",
            "smtp://u@mail.example.org",
            "smtp://:hunter2@mail.example.org",
            "smtp://u:hunter2%@mail.example.org",
            "smtp://u:hunter2%0D%0ARSET@mail.example.org",
            "smtp://u:hunter2%FF@mail.example.org",
            "smtp://mail.example.org/path",
            "smtp://mail.example.org?hunter2",
            "smtp://a%0D%0Ab/",
        ] {
            let error = text.parse::<SmtpUrl>().unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{text}");
        }
        let url: SmtpUrl = "smtp://u:hunter2@h.example".parse().unwrap();
        assert!(!format!("{url:?} {url}").contains("hunter2"));
    }
}
