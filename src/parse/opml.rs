//! OPML: lists of feeds as other readers write them (OPML 2.0).

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::domain::address::WebAddress;
use crate::text::decode::{self, Form};
use crate::text::html;

/// The largest file that is read, in bytes, and the most outlines (promises: W15).
pub const LARGEST: usize = 2 << 20;
/// The most outlines.
pub const MOST: usize = 10_000;

/// One feed of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// What it is called.
    pub title: String,
    /// Where it lies.
    pub url: WebAddress,
    /// The page that it belongs to.
    pub home: Option<WebAddress>,
    /// Its language, where stated.
    pub language: Option<String>,
}

/// A list that was read, and what of it could not be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutlineList {
    /// The feeds, each address once.
    pub outlines: Vec<Outline>,
    /// What was passed over, a sentence each.
    pub faults: Vec<String>,
}

/// Reads a list of feeds.
///
/// # Errors
/// When it is too large, holds too many outlines, or is no OPML.
pub fn read(bytes: &[u8]) -> Result<OutlineList, String> {
    if bytes.len() > LARGEST {
        return Err(format!(
            "the file has {} bytes; a list of feeds has at most {LARGEST}",
            bytes.len()
        ));
    }
    let decoded = decode::decode(bytes, None, Form::Xml);
    let mut reader = Reader::from_str(&decoded.text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut out = OutlineList::default();
    let (mut is_opml, mut seen) = (false, 0_usize);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                let name = element.name();
                let name = name.as_ref();
                is_opml |= name.eq_ignore_ascii_case("opml");
                if !name.eq_ignore_ascii_case("outline") {
                    continue;
                }
                seen += 1;
                if seen > MOST {
                    return Err(format!("the list has more than {MOST} outlines"));
                }
                take(&element, &mut out);
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                out.faults
                    .push(format!("it is ill-formed from here on: {error}"));
                break;
            }
        }
    }
    if is_opml {
        Ok(out)
    } else {
        Err("this is no OPML: there is no <opml> in it".to_owned())
    }
}

fn take(element: &BytesStart<'_>, out: &mut OutlineList) {
    let (mut title, mut text, mut url, mut home, mut language) = (None, None, None, None, None);
    for attribute in element.attributes().with_checks(false).take(64) {
        let Ok(attribute) = attribute else { continue };
        let slot = match attribute.key.as_ref().to_ascii_lowercase().as_str() {
            "title" => &mut title,
            "text" => &mut text,
            "xmlurl" => &mut url,
            "htmlurl" => &mut home,
            "language" => &mut language,
            _ => continue,
        };
        let raw = &attribute.value;
        // Our own five entities and numbers only: nothing that a file declares is unfolded.
        let value = quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_string(), Into::into);
        *slot = Some(value.trim().to_owned());
    }
    // An outline without an address is a folder.
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return;
    };
    match WebAddress::new(&url) {
        Ok(url) => {
            if out.outlines.iter().any(|known| known.url == url) {
                return;
            }
            out.outlines.push(Outline {
                title: title
                    .or(text)
                    .map(|title| html::line(&title))
                    .filter(|title| !title.is_empty())
                    .unwrap_or_else(|| url.host().to_owned()),
                home: home.and_then(|home| WebAddress::new(&home).ok()),
                language: language.filter(|language| !language.is_empty()),
                url,
            });
        }
        Err(error) => out.faults.push(format!("`{url}`: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_opened_and_each_feed_is_told_once() {
        let list = read(
            br#"<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
            <outline text="Regulators"><outline type="rss" text="One &amp; only" xmlUrl="https://a.example/feed?a=1&amp;b=2" htmlUrl="https://a.example/"/>
            <outline text="Again" XMLURL="https://a.example/feed?a=1&amp;b=2"/></outline>
            <outline text="Bad" xmlUrl="file:///etc/passwd"/><outline text="Open" xmlUrl="https://b.example/rss"></body>"#,
        )
        .unwrap();
        let told: Vec<(&str, &str)> = list
            .outlines
            .iter()
            .map(|outline| (outline.title.as_str(), outline.url.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("One & only", "https://a.example/feed?a=1&b=2"),
                ("Open", "https://b.example/rss")
            ]
        );
        assert_eq!(list.faults.len(), 1);
    }

    #[test]
    fn what_is_none_or_too_much_is_refused() {
        assert!(read(b"<rss/>").is_err());
        assert!(read(&vec![b' '; LARGEST + 1]).is_err());
        let many = format!("<opml>{}</opml>", "<outline/>".repeat(MOST + 1));
        assert!(read(many.as_bytes()).is_err());
        // Entities are never fetched nor unfolded.
        let list = read(br#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><outline text="&e;" xmlUrl="https://a.example/"/></opml>"#).unwrap();
        assert!(!list.outlines[0].title.contains("root"));
    }
}
