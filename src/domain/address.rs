//! Web addresses: http or https, without credentials, as one parser (WHATWG) reads them.

use std::fmt::Write as _;

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
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
    /// A day that stands for none.
    #[error("`{given}` stands for no day: write {{today}}, {{today-7d}} or {{today+1m:%Y/%m/%d}}")]
    Day {
        /// As given.
        given: String,
    },
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

/// A source's address, in which days that hang on the day of the visit may stand; see
/// [`filled`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct AddressTemplate(String);

impl AddressTemplate {
    /// Reads a template, trying it on an ordinary day.
    ///
    /// # Errors
    /// As [`WebAddress::new`], for the filled template, and as [`filled`].
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let template = Self(text.trim().to_owned());
        template.on(NaiveDate::default())?;
        Ok(template)
    }

    /// The template as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address on a day.
    ///
    /// # Errors
    /// Only if a filled address were longer than allowed; the form was checked when it was read.
    pub fn on(&self, day: NaiveDate) -> Result<WebAddress, InvalidAddress> {
        WebAddress::new(&filled(&self.0, day)?)
    }
}

/// A text with its days filled in: `{yyyy}`, `{yyyymmdd}` and `{yyyy-mm-dd}` stand for the day of
/// the visit, `{today-7d}` for another by so many days (d), weeks (w), months (m) or years (y);
/// `{today-7d:%Y/%m/%d}` says how it is written. Other braces are left as they are.
///
/// # Errors
/// When a day stands for none.
pub fn filled(text: &str, day: NaiveDate) -> Result<String, InvalidAddress> {
    if !text.contains('{') {
        return Ok(text.to_owned());
    }
    let text = text
        .replace("{yyyymmdd}", &day.format("%Y%m%d").to_string())
        .replace("{yyyy-mm-dd}", &day.format("%Y-%m-%d").to_string())
        .replace("{yyyy}", &day.year().to_string());
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("{today") {
        let (day, after) = after
            .split_once('}')
            .and_then(|(written, after)| Some((relative(written, day)?, after)))
            .ok_or_else(|| InvalidAddress::Day {
                given: format!("{{today{}", after.chars().take(40).collect::<String>()),
            })?;
        out.push_str(before);
        out.push_str(&day);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// What stands after `today`: nothing, `-7d`, `+1m`, each perhaps with `:` and how it is written.
fn relative(written: &str, day: NaiveDate) -> Option<String> {
    let (step, format) = match written.split_once(':') {
        Some((step, format)) => (step, format),
        None => (written, "%Y-%m-%d"),
    };
    let day = match step {
        "" => day,
        step => {
            let back = step.starts_with('-');
            let span = step.strip_prefix(['-', '+'])?;
            let unit = span.chars().last()?;
            let number: u32 = span.strip_suffix(unit)?.parse().ok()?;
            let months = |months: u32| {
                let months = Months::new(months);
                if back {
                    day.checked_sub_months(months)
                } else {
                    day.checked_add_months(months)
                }
            };
            let days = |days: u32| {
                let days = TimeDelta::days(i64::from(days));
                if back {
                    day.checked_sub_signed(days)
                } else {
                    day.checked_add_signed(days)
                }
            };
            match unit {
                'd' => days(number),
                'w' => days(number.checked_mul(7)?),
                'm' => months(number),
                'y' => months(number.checked_mul(12)?),
                _ => None,
            }?
        }
    };
    // Writing fails where the pattern is none, or asks a day for its hour.
    let mut out = String::new();
    write!(out, "{}", day.format(format)).ok()?;
    (!out.is_empty()).then_some(out)
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

    #[test]
    fn days_hang_on_the_day_of_the_visit() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        for (text, expected) in [
            ("from:{today-7d}", "from:2026-03-24"),
            ("{today}..{today+1w}", "2026-03-31..2026-04-07"),
            ("{today-1m:%d/%m/%Y}", "28/02/2026"),
            ("{today-2y:%Y}", "2024"),
            ("{today-1d} 00:00:00", "2026-03-30 00:00:00"),
            ("WHERE { ?a ?b {today} }", "WHERE { ?a ?b 2026-03-31 }"),
            ("{id}", "{id}"),
        ] {
            assert_eq!(filled(text, day).unwrap(), expected, "{text}");
        }
        for text in [
            "{today-7}",
            "{today-d}",
            "{today7d}",
            "{today-7x}",
            "{today:}",
            "{today:%Q}",
            "{today:%H}",
            "{today-99999999999d}",
            "{today-4000000000y}",
            "{today",
            "{tomorrow} {todays}",
        ] {
            assert!(filled(text, day).is_err(), "{text}");
        }
        assert!(AddressTemplate::new("https://e.org/?a={today-7x}").is_err());
    }
}
