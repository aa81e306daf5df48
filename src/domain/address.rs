//! Web addresses: http or https, without credentials, as one parser (WHATWG) reads them.

use chrono::{Datelike, NaiveDate};
use url::Url;

/// Why a text is not a web address we use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// Not an absolute address at all.
    #[error("`{given}` is not an absolute address: write it with http:// or https://")]
    Unreadable {
        /// As given, at most 200 characters.
        given: String,
    },
    /// Another scheme than http or https.
    #[error("`{scheme}:` is not allowed: only http and https are fetched or linked")]
    Scheme {
        /// The scheme found.
        scheme: String,
    },
    /// A user name or a password in the address (contract: refused, they only ever deceive).
    #[error("an address with a user name or a password in it is refused")]
    Credentials,
    /// No host.
    #[error("the address names no host")]
    NoHost,
    /// Longer than any page needs.
    #[error("the address is longer than 2,048 bytes")]
    TooLong,
}

/// An http or https address that has been read once and is used as read: the object that is
/// checked is the object that is dialled.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct WebAddress(Url);

impl WebAddress {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// When it is not http(s), has no host, carries credentials or is over 2,048 bytes.
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if text.len() > 2_048 {
            return Err(InvalidAddress::TooLong);
        }
        let url = Url::parse(text).map_err(|_| InvalidAddress::Unreadable {
            given: text.chars().take(200).collect(),
        })?;
        Self::from_url(url)
    }

    /// Takes an address that the `url` crate has read.
    ///
    /// # Errors
    /// As [`WebAddress::new`].
    pub fn from_url(url: Url) -> Result<Self, InvalidAddress> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidAddress::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidAddress::NoHost);
        }
        if url.as_str().len() > 2_048 {
            return Err(InvalidAddress::TooLong);
        }
        Ok(Self(url))
    }

    /// Reads `text` as a link on this page.
    ///
    /// # Errors
    /// As [`WebAddress::new`].
    pub fn join(&self, text: &str) -> Result<Self, InvalidAddress> {
        let url = self
            .0
            .join(text.trim())
            .map_err(|_| InvalidAddress::Unreadable {
                given: text.chars().take(200).collect(),
            })?;
        Self::from_url(url)
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address as the `url` crate's type.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The host, in lower case and ASCII (IDNA), with brackets around an IPv6 literal.
    pub fn host(&self) -> &str {
        // `from_url` has refused every address without a host.
        self.0.host_str().unwrap_or_default()
    }

    /// The address under which the same page is the same: without fragment, tracking and
    /// session parameters, default ports; the order of what remains is kept.
    ///
    /// Fragments that are routes (`#!…`, `#/…`) stay, because there they name the page.
    pub fn canonical(&self) -> Self {
        let text = self.0.as_str();
        // Most addresses have none of these signs and are canonical as they are.
        if !text.contains(['?', '#', ';']) {
            return self.clone();
        }
        let mut url = self.0.clone();
        if url
            .fragment()
            .is_some_and(|fragment| !fragment.starts_with(['!', '/']))
        {
            url.set_fragment(None);
        }
        if let Some(query) = url.query() {
            let kept: Vec<&str> = query
                .split('&')
                .filter(|pair| !pair.is_empty() && !is_noise(pair))
                .collect();
            let kept = kept.join("&");
            url.set_query((!kept.is_empty()).then_some(kept.as_str()));
        }
        let path = url.path();
        if let Some(at) = path.to_ascii_lowercase().find(";jsessionid=") {
            let path = path.get(..at).unwrap_or(path).to_owned();
            url.set_path(&path);
        }
        Self(url)
    }

    /// Host and port: what "one visit at a time per host" counts by.
    pub fn authority(&self) -> String {
        match self.0.port_or_known_default() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }
}

/// Parameters that say who came from where, or whose session it is, never which page it is.
const NOISE: &[&str] = &[
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "hsctatracking",
    "vero_id",
    "vero_conv",
    "oly_anon_id",
    "oly_enc_id",
    "wickedid",
    "s_cid",
    "cmpid",
    "ncid",
    "jsessionid",
    "phpsessid",
    "aspsessionid",
    "sid",
    "sessionid",
    "session_id",
    "_ga",
    "_gl",
    "ref_src",
    "xtor",
    "at_medium",
    "at_campaign",
];

fn is_noise(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    name.starts_with("utm_")
        || name.starts_with("pk_")
        || name.starts_with("mtm_")
        || NOISE.contains(&name.as_str())
}

impl std::fmt::Display for WebAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for WebAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for WebAddress {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// A source's address, in which `{yyyy}`, `{yyyymmdd}` and `{yyyy-mm-dd}` stand for the day of
/// the visit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct AddressTemplate(String);

impl AddressTemplate {
    /// Reads a template, trying it on an ordinary day.
    ///
    /// # Errors
    /// As [`WebAddress::new`], for the filled template.
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let template = Self(text.trim().to_owned());
        WebAddress::new(&template.fill(NaiveDate::default()))?;
        Ok(template)
    }

    /// The template as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn fill(&self, day: NaiveDate) -> String {
        if !self.0.contains('{') {
            return self.0.clone();
        }
        self.0
            .replace("{yyyymmdd}", &day.format("%Y%m%d").to_string())
            .replace("{yyyy-mm-dd}", &day.format("%Y-%m-%d").to_string())
            .replace("{yyyy}", &day.year().to_string())
    }

    /// The address on a day.
    ///
    /// # Errors
    /// Only if a filled address were longer than allowed; the form was checked when it was read.
    pub fn on(&self, day: NaiveDate) -> Result<WebAddress, InvalidAddress> {
        WebAddress::new(&self.fill(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused() {
        for (text, part) in [
            ("file:///etc/passwd", "only http"),
            ("news.rss", "absolute"),
            ("https://a:b@example.org/", "password"),
            ("http:///x y", "absolute"),
            ("javascript:alert(1)", "only http"),
        ] {
            match WebAddress::new(text) {
                Ok(address) => assert_eq!(address.host(), "x%20y", "{text}"),
                Err(error) => assert!(error.to_string().contains(part), "{text}: {error}"),
            }
        }
        assert!(WebAddress::new(&format!("https://e.org/{}", "a".repeat(3_000))).is_err());
    }

    #[test]
    fn odd_spellings_of_a_host_become_plain() {
        assert_eq!(
            WebAddress::new("http://0x7f000001/").unwrap().host(),
            "127.0.0.1"
        );
        assert_eq!(
            WebAddress::new("HTTP://ExAmple.ORG/a").unwrap().host(),
            "example.org"
        );
    }

    #[test]
    fn the_same_page_has_one_canonical_address() {
        for (given, canonical) in [
            ("https://e.org/a", "https://e.org/a"),
            ("https://e.org:443/a#top", "https://e.org/a"),
            (
                "https://e.org/a?utm_source=x&id=7&fbclid=y",
                "https://e.org/a?id=7",
            ),
            ("https://e.org/a?utm_source=x", "https://e.org/a"),
            ("https://e.org/a;jsessionid=12ab?b=1", "https://e.org/a?b=1"),
            ("https://e.org/#!/news/7", "https://e.org/#!/news/7"),
            ("https://e.org/a?b=2&a=1", "https://e.org/a?b=2&a=1"),
        ] {
            assert_eq!(
                WebAddress::new(given).unwrap().canonical().as_str(),
                canonical,
                "{given}"
            );
        }
    }

    #[test]
    fn templates_are_filled_by_day() {
        let template =
            AddressTemplate::new("https://e.org/{yyyy}/{yyyymmdd}.json?d={yyyy-mm-dd}").unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        assert_eq!(
            template.on(day).unwrap().as_str(),
            "https://e.org/2026/20260302.json?d=2026-03-02"
        );
    }
}
