//! Feeds: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON Feed, ROLIE; also broken ones.

mod capture;
mod draft;
mod fields;
mod json;
mod names;
mod relative;
mod rescue;
pub(super) mod scan;
mod second_opinion;
mod xml;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Parsed;
use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::source::Source;
use crate::text::decode::{self, Form};
use crate::text::{html, weight};
use draft::Workshop;
use xml::Harvest;

/// Reads a feed.
pub(super) fn read(document: &Document, source: &Source) -> Parsed {
    if document.body.iter().all(u8::is_ascii_whitespace) {
        return Parsed::aside(FaultCode::EmptyBody, "the answer is empty");
    }
    let form = sniff(&document.body);
    let decoded = decode::decode(&document.body, document.header("content-type"), form);
    let mut faults = super::charset_faults(&decoded);
    let text = decoded.text.trim_start_matches('\u{feff}');
    let base = base_of(document);
    let mut workshop = Workshop::new(source, &base);
    // What the feed says itself comes after, and counts more.
    workshop.language = document
        .header("content-language")
        .and_then(|languages| names::language(languages.split(',').next()?));

    let value;
    let harvest = if form == Form::Json {
        if let Err(heavy) = weight::weigh(text) {
            return Parsed::aside(
                FaultCode::TooLarge,
                format!("JSON out of all measure: {heavy}"),
            )
            .with(faults);
        }
        match json_of(text.trim(), &mut faults) {
            Ok(read) => {
                value = read;
                catch_unwind(AssertUnwindSafe(|| json::read(&value, &mut workshop)))
            }
            Err(fault) => return Parsed::aside(fault.code, fault.detail).with(faults),
        }
    } else {
        catch_unwind(AssertUnwindSafe(|| xml::read(text, &mut workshop)))
    };
    let mut harvest = harvest.unwrap_or_else(|_| {
        faults.push(Fault::new(
            FaultCode::ReaderFailed,
            "our own reader failed on this feed; feed-rs was asked instead",
        ));
        Harvest {
            is_feed: true,
            ..Harvest::default()
        }
    });
    if !harvest.is_feed {
        return not_a_feed(text).with(faults);
    }
    if harvest.entries.is_empty() && !harvest.faults.is_empty() {
        harvest.entries = second_opinion::entries(text, source, &mut workshop);
    }
    let description = harvest.heading.finish(&mut workshop);
    faults.append(&mut harvest.faults);
    faults.extend(workshop.date_faults());
    // A feed without items is a feed; one whose items are all broken, or that failed, is not read.
    let readable = !harvest.entries.is_empty()
        || !faults.iter().any(|fault| {
            matches!(
                fault.code,
                FaultCode::BadItem
                    | FaultCode::ReaderFailed
                    | FaultCode::Nesting
                    | FaultCode::Truncated
            )
        });
    Parsed {
        entries: harvest.entries,
        faults,
        description,
        readable,
        next: None,
        page: None,
        passed: super::Passed::default(),
        parts: Vec::new(),
    }
}

/// The feed that a JSON text holds; of a broken one, what is whole, with a fault beside it.
fn json_of(text: &str, faults: &mut Vec<Fault>) -> Result<serde_json::Value, Fault> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let rescued = if error.is_eof() {
        rescue::feed(text)
    } else {
        // What is whole up to here may be the first item with the head of the feed.
        rescue::leading(text)
            .filter(|value| json::items(value).is_some())
            .or_else(|| rescue::feed(text))
            .or_else(|| rescue::leading(text))
    };
    let Some(value) = rescued else {
        return Err(Fault::new(
            FaultCode::NotAFeed,
            format!("not JSON: {error}"),
        ));
    };
    faults.push(if error.is_eof() {
        Fault::new(
            FaultCode::Truncated,
            format!("the feed ends in the middle ({error}); what was complete was read"),
        )
    } else {
        Fault::new(
            FaultCode::IllFormed,
            format!("broken JSON ({error}); read all the same"),
        )
    });
    Ok(value)
}

/// XML or JSON, by the first byte that is no blank, mark or half of a UTF-16 character.
fn sniff(body: &[u8]) -> Form {
    let first = body
        .iter()
        .find(|b| !b.is_ascii_whitespace() && !matches!(b, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff));
    match first {
        Some(b'{' | b'[') => Form::Json,
        _ => Form::Xml,
    }
}

/// What relative addresses are relative to when the feed does not say: `Content-Location`
/// (RFC 2616, section 14.14, as feed readers have always honoured it), else the address that
/// answered. A location that names a machine of the publisher's own network is a mistake.
fn base_of(document: &Document) -> WebAddress {
    document
        .header("content-location")
        .and_then(|location| document.url.join(location).ok())
        .filter(|base| {
            base.host() == document.url.host()
                || matches!(base.as_url().host(), Some(url::Host::Domain(name)) if name.contains('.'))
        })
        .unwrap_or_else(|| document.url.clone())
}

fn not_a_feed(text: &str) -> Parsed {
    if html::looks_like_html_document(text) {
        Parsed::aside(
            FaultCode::HtmlPage,
            "an HTML page came where the feed should be: the feed has moved, or a login or a block stands before it",
        )
    } else {
        let start = text.trim_start();
        Parsed::aside(
            FaultCode::NotAFeed,
            format!(
                "neither RSS, Atom, RDF nor JSON Feed; it begins with `{}`",
                scan::shown(start)
            ),
        )
    }
}
