//! What is asked with, and what is kept of an answer's headers.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{
    ACCEPT, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER, USER_AGENT,
};

use super::Secret;
use crate::domain::document::{Memory, Sha256};
use crate::domain::source::{Agent, Source, SourceKind};

/// The longest wait that a publisher's Retry-After can ask of us (promises: F13).
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// The longest header value that is kept or sent back, in bytes.
const LONGEST_VALUE: usize = 2_048;

/// Headers of an answer that a Document keeps. An allow-list: what is not named here, cookies
/// above all, is never stored.
const KEPT: &[&str] = &[
    "age",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "server",
];

/// Headers of a source that may follow a redirect to another origin; a key or a token was meant
/// for the publisher alone.
const HARMLESS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "user-agent",
];

/// The user agents, made once: the product, and who answers for it.
#[derive(Clone, Debug)]
pub(super) struct Agents {
    with_contact: HeaderValue,
    without_contact: HeaderValue,
}

impl Agents {
    pub(super) fn new(contact: Option<&str>, base_url: Option<&str>) -> Self {
        Self {
            with_contact: agent(contact.or(base_url)),
            without_contact: agent(base_url),
        }
    }
}

/// `Regwire/1.2.3 (+https://updates.example.org)`.
fn agent(who: Option<&str>) -> HeaderValue {
    const PRODUCT: &str = concat!("Regwire/", env!("CARGO_PKG_VERSION"));
    // A sign that would end the comment, or that no header may hold, is left out.
    let who: String = who
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '\\'))
        .take(200)
        .collect();
    let text = if who.is_empty() {
        PRODUCT.to_owned()
    } else {
        format!("{PRODUCT} (+{who})")
    };
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(PRODUCT))
}

fn accepted(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Feed => {
            "application/atom+xml, application/rss+xml, application/feed+json, \
             application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, \
             application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
        }
        SourceKind::Listing => "text/html, application/xhtml+xml, */*;q=0.1",
        SourceKind::Page => "text/html, application/xhtml+xml, application/pdf, */*;q=0.1",
        SourceKind::Sitemap => "application/xml, text/xml, text/plain;q=0.5, */*;q=0.1",
        SourceKind::Json => "application/json, */*;q=0.1",
        SourceKind::Catalogue => {
            "application/json, application/x-ndjson, application/yaml, text/csv, */*;q=0.1"
        }
    }
}

/// Whether the next question is conditional.
pub(super) fn is_conditional(memory: &Memory) -> bool {
    memory.etag.is_some() || memory.last_modified.is_some()
}

/// The header with the key that a source's interface wants, if it wants one.
///
/// # Errors
/// With the name of the key when it is not known here.
pub(super) fn key(
    source: &Source,
    keys: &BTreeMap<String, Secret>,
) -> Result<Option<(HeaderName, HeaderValue)>, String> {
    let Some(key) = &source.interface.key else {
        return Ok(None);
    };
    let header = keys.get(&key.name).and_then(|secret| {
        let name = HeaderName::from_bytes(key.header.as_bytes()).ok()?;
        let mut value = HeaderValue::from_str(&format!("{}{}", key.prefix, secret.0)).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    });
    header.map(Some).ok_or_else(|| key.name.clone())
}

/// The headers of a question. `foreign` is set once a redirect has led to another origin: what was
/// meant for the publisher alone is not sent there.
pub(super) fn question(
    source: &Source,
    memory: &Memory,
    agents: &Agents,
    key: Option<&(HeaderName, HeaderValue)>,
    foreign: bool,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(ACCEPT, HeaderValue::from_static(accepted(source.kind)));
    headers.insert(
        USER_AGENT,
        match source.agent {
            Agent::Contact => agents.with_contact.clone(),
            Agent::NoContact => agents.without_contact.clone(),
        },
    );
    for (name, value) in [
        (IF_NONE_MATCH, &memory.etag),
        (IF_MODIFIED_SINCE, &memory.last_modified),
    ] {
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    }
    for (name, value) in &source.headers {
        let name = name.to_ascii_lowercase();
        if foreign && !HARMLESS.contains(&name.as_str()) {
            continue;
        }
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            headers.insert(name, value);
        }
    }
    if let Some((name, value)) = key.filter(|_| !foreign) {
        headers.insert(name.clone(), value.clone());
    }
    headers
}

/// The headers with which a site's robots.txt is asked for: who we are, and nothing of the
/// source's own.
pub(super) fn robots_question(source: &Source, agents: &Agents) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(2);
    headers.insert(ACCEPT, HeaderValue::from_static("text/plain, */*;q=0.1"));
    headers.insert(
        USER_AGENT,
        match source.agent {
            Agent::Contact => agents.with_contact.clone(),
            Agent::NoContact => agents.without_contact.clone(),
        },
    );
    headers
}

/// A header's value as text; bytes that are no UTF-8 are marked with U+FFFD.
pub(super) fn text(value: &HeaderValue) -> String {
    let bytes = value.as_bytes();
    String::from_utf8_lossy(bytes.get(..LONGEST_VALUE).unwrap_or(bytes)).into_owned()
}

/// What a Document keeps.
pub(super) fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

/// A validator that can be sent back as it came.
fn validator(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty() && value.len() <= LONGEST_VALUE).then(|| value.to_owned())
}

/// What the next visit should know.
pub(super) fn memory(headers: &HeaderMap, sha256: Option<Sha256>) -> Memory {
    Memory {
        etag: validator(headers, ETAG),
        last_modified: validator(headers, LAST_MODIFIED),
        sha256,
    }
}

/// How long the publisher asks us to stay away: seconds or an HTTP date (RFC 9110, section
/// 10.2.3), at most a day.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number holds are still more than a day.
        value
            .parse()
            .ok()
            .and_then(TimeDelta::try_seconds)
            .unwrap_or(LONGEST_WAIT)
    } else {
        DateTime::<Utc>::from(httpdate::parse_http_date(value).ok()?) - now
    };
    Some(wait.clamp(TimeDelta::zero(), LONGEST_WAIT))
}

/// A content coding that is left over once the client has undone the one layer it may, so that
/// the body cannot be read. Labels that name no coding at all (`utf-8`, `none`), which careless
/// servers send, are no hindrance.
pub(super) fn left_over_coding(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(text)
        .find(|value| {
            value.split(',').any(|coding| {
                matches!(
                    coding.trim().to_ascii_lowercase().as_str(),
                    "gzip"
                        | "x-gzip"
                        | "compress"
                        | "x-compress"
                        | "deflate"
                        | "br"
                        | "zstd"
                        | "dcb"
                        | "dcz"
                        | "aes128gcm"
                )
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn retry_after_is_obeyed_to_the_second_and_capped() {
        let now = DateTime::from_timestamp(1_792_567_680, 0).unwrap(); // 2026-10-21 07:28:00
        for (value, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("86400", Some(86_400)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", Some(30)),
            ("Wed, 21 Oct 2026 07:27:00 GMT", Some(0)),
            ("Fri, 21 Oct 2050 07:28:00 GMT", Some(86_400)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            assert_eq!(
                retry_after(&one(RETRY_AFTER, value), now).map(|d| d.num_seconds()),
                seconds,
                "{value}"
            );
        }
    }

    #[test]
    fn the_agent_says_who_asks() {
        let version = env!("CARGO_PKG_VERSION");
        let agents = Agents::new(Some("ops@example.org"), Some("https://u.example.org"));
        assert_eq!(
            agents.with_contact.to_str().unwrap(),
            format!("Regwire/{version} (+ops@example.org)")
        );
        assert_eq!(
            agents.without_contact.to_str().unwrap(),
            format!("Regwire/{version} (+https://u.example.org)")
        );
        let bare = Agents::new(None, None);
        assert_eq!(
            bare.with_contact.to_str().unwrap(),
            format!("Regwire/{version}")
        );
        let odd = Agents::new(Some("a\r\nX-Evil: 1)(ü"), None);
        assert_eq!(
            odd.with_contact.to_str().unwrap(),
            format!("Regwire/{version} (+aX-Evil:1)")
        );
    }

    #[test]
    fn cookies_are_not_kept() {
        let mut headers = one(ETAG, "\"1\"");
        headers.append("set-cookie", HeaderValue::from_static("id=1"));
        headers.append("x-request-id", HeaderValue::from_static("7"));
        assert_eq!(
            kept(&headers),
            [("etag".to_owned(), "\"1\"".to_owned())].to_vec()
        );
    }

    #[test]
    fn one_layer_of_coding_and_no_more() {
        for (value, hinders) in [
            ("gzip, gzip", true),
            ("x-gzip", true),
            ("identity, br", true),
            ("identity", false),
            ("utf-8", false),
            ("none", false),
        ] {
            let headers = one(CONTENT_ENCODING, value);
            assert_eq!(left_over_coding(&headers).is_some(), hinders, "{value}");
        }
    }
}
