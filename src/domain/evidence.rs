//! Evidence: what proves an update, and the chain that shows a removed or altered record.

use chrono::{DateTime, SecondsFormat, Utc};

use super::document::Sha256;
use super::id::SourceId;

/// Which Document an update (or one revision of it) was read from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// The document's number within its source, from 1.
    pub document: i64,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The HTTP status it came with.
    pub status: u16,
}

/// The facts about a Document that the chain binds.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// The document's number within the source, from 1.
    pub number: i64,
    /// The address that answered.
    pub url: &'a str,
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// With which status.
    pub status: u16,
    /// With which headers.
    pub headers: &'a [(String, String)],
    /// With which bytes.
    pub sha256: &'a Sha256,
    /// Read by which version of this software.
    pub software: &'a str,
}

/// The hash that follows `previous` (none for the first) in the source's chain.
///
/// Every field goes in with its length before it, so no two different records give the same
/// input; times are RFC 3339 in UTC with microseconds.
pub fn link(previous: Option<&Sha256>, record: &Record<'_>) -> Sha256 {
    let mut input = Vec::with_capacity(512);
    let mut put = |text: &str| {
        input.extend_from_slice(&(text.len() as u64).to_be_bytes());
        input.extend_from_slice(text.as_bytes());
    };
    put("regwire evidence 1");
    put(previous.map_or("", Sha256::as_str));
    put(record.source.as_str());
    put(&record.number.to_string());
    put(record.url);
    put(&record
        .fetched_at
        .to_rfc3339_opts(SecondsFormat::Micros, true));
    put(&record.status.to_string());
    put(&record.headers.len().to_string());
    for (name, value) in record.headers {
        put(name);
        put(value);
    }
    put(record.sha256.as_str());
    put(record.software);
    Sha256::of(&input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_altered_field_breaks_the_chain() {
        let source = SourceId::new("iso-news").unwrap();
        let hash = Sha256::of(b"x");
        let headers = vec![("etag".to_owned(), "\"1\"".to_owned())];
        let record = Record {
            source: &source,
            number: 1,
            url: "https://e.org/",
            fetched_at: DateTime::UNIX_EPOCH,
            status: 200,
            headers: &headers,
            sha256: &hash,
            software: "regwire 0.1.0",
        };
        let head = link(None, &record);
        assert_eq!(head, link(None, &record));
        let other_hash = Sha256::of(b"y");
        for altered in [
            Record {
                number: 2,
                ..record.clone()
            },
            Record {
                url: "https://e.org/a",
                ..record.clone()
            },
            Record {
                status: 304,
                ..record.clone()
            },
            Record {
                headers: &[],
                ..record.clone()
            },
            Record {
                sha256: &other_hash,
                ..record.clone()
            },
            Record {
                software: "regwire 0.1.1",
                ..record.clone()
            },
        ] {
            assert_ne!(head, link(None, &altered));
        }
        assert_ne!(head, link(Some(&hash), &record));
    }
}
