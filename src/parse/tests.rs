//! What every reader of this room keeps to; and the source and document that its tests read with.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::address::{AddressTemplate, WebAddress};
use crate::domain::document::{Markup, Sha256};
use crate::domain::source::Terms;

/// A source of a kind, without quirks.
pub(super) fn source(kind: SourceKind) -> Source {
    Source {
        terms: Terms::Full,
        ..Source::new(
            "example-news".parse().unwrap(),
            "example".parse().unwrap(),
            "Example news",
            kind,
            AddressTemplate::new("https://example.org/feeds/news.xml").unwrap(),
        )
    }
}

/// A document of `https://example.org/feeds/news.xml`.
pub(super) fn document(body: &[u8]) -> Document {
    Document {
        source: "example-news".parse().unwrap(),
        url: WebAddress::new("https://example.org/feeds/news.xml").unwrap(),
        fetched_at: DateTime::<Utc>::default(),
        status: 200,
        headers: Vec::new(),
        sha256: Sha256::of(body),
        body: body.to_vec(),
    }
}

/// Reads a feed.
pub(super) fn feed(body: &str) -> Parsed {
    parse(&document(body.as_bytes()), &source(SourceKind::Feed))
}

/// Reads a feed that came with these headers.
pub(super) fn feed_with(body: &[u8], headers: &[(&str, &str)]) -> Parsed {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let document = Document {
        headers,
        ..document(body)
    };
    parse(&document, &source(SourceKind::Feed))
}

/// The codes of the faults, in order.
pub(super) fn codes(parsed: &Parsed) -> Vec<FaultCode> {
    parsed.faults.iter().map(|fault| fault.code).collect()
}

fn listing_source() -> Source {
    Source {
        select: Select {
            item: Some("li.news".into()),
            date: Some("time@datetime".into()),
            summary: Some("p".into()),
            ..Select::default()
        },
        ..source(SourceKind::Listing)
    }
}

fn listing(body: &str, source: &Source) -> Parsed {
    parse(&document(body.as_bytes()), source)
}

#[test]
fn a_listing_is_read_by_its_selectors() {
    let page = "<html lang=en><head><base href=\"/news/\"><title>News</title></head><ul>
        <li class=news><a href=\"a\">First <b>notice</b> &amp; more</a> <time datetime=\"2026-03-02\">2 March</time><p>About <i>it</i>.</p></li>
        <li class=news><a href=\"a\">First again</a></li>
        <li class=news><span>No link</span></li>
        <li class=news><a href=\"javascript:x\">Bad</a></li>
        <li class=news><a href=\"b\"></a></li>
        <li class=news><a href=\"https://other.example/c\">Third &lt;draft></a> <time datetime=\"soon\"></time></li></ul>";
    let parsed = listing(page, &listing_source());
    assert!(parsed.readable);
    let [first, third] = &parsed.entries[..] else {
        panic!("{parsed:#?}")
    };
    assert_eq!(first.title, "First notice &amp; more");
    assert_eq!(
        first.url.as_ref().unwrap().as_str(),
        "https://example.org/news/a"
    );
    assert!(first.published.unwrap().is_day());
    assert_eq!(first.summary, Some(Markup::Text("About it.".into())));
    assert_eq!(first.language.as_deref(), Some("en"));
    assert_eq!(third.title, "Third &lt;draft>");
    assert_eq!(third.published, None);
    assert_eq!(parsed.description.title.as_deref(), Some("News"));
    let told: Vec<_> = parsed.faults.iter().map(|f| f.detail.as_str()).collect();
    assert_eq!(
        codes(&parsed),
        [
            FaultCode::BadItem,
            FaultCode::BadItem,
            FaultCode::BadItem,
            FaultCode::BadDate
        ],
        "{told:?}"
    );
    assert!(
        told[0].starts_with("row 3") && told[0].contains("no link"),
        "{told:?}"
    );
    assert!(told[1].contains("only http"), "{told:?}");
    assert!(told[2].contains("no title"), "{told:?}");
}

#[test]
fn values_of_attributes_and_of_the_item_itself() {
    let mut source = listing_source();
    source.select = Select {
        item: Some("a.row".into()),
        title: Some("@data-title".into()),
        link: Some("@data-url".into()),
        ..Select::default()
    };
    let page = "<a class=row data-title=' T ' data-url='/x'>y</a><a class=row href=/z>no</a>";
    let parsed = listing(page, &source);
    assert_eq!(parsed.entries.len(), 1);
    assert_eq!(parsed.entries[0].title, "T");
    source.select.link = None;
    source.select.title = None;
    let parsed = listing(page, &source);
    assert_eq!(
        parsed.entries[0].url.as_ref().unwrap().as_str(),
        "https://example.org/z"
    );
}

#[test]
fn a_listing_that_yields_nothing_says_why() {
    for (page, item, expected) in [
        ("<p>x</p>", "li", &[FaultCode::NoMatch][..]),
        (
            "<li>x</li>",
            "li",
            &[FaultCode::BadItem, FaultCode::NoMatch],
        ),
        ("<li>x</li>", "li:nope(", &[FaultCode::BadSelector]),
        ("  ", "li", &[FaultCode::EmptyBody]),
    ] {
        let mut source = listing_source();
        source.select.item = Some(item.into());
        let parsed = listing(page, &source);
        assert!(!parsed.readable, "{page}");
        assert_eq!(codes(&parsed), expected, "{page}");
    }
}

#[test]
fn kinds_not_built_are_refused() {
    let parsed = parse(&document(b"x"), &source(SourceKind::Sitemap));
    assert!(!parsed.readable && !parsed.faults.is_empty());
}

const WHOLE: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>N</title><link>https://example.org/</link>\
    <item><title>A &amp; b</title><link>/a</link><guid isPermaLink=\"false\">1</guid><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate><description><![CDATA[<p>x</p>]]></description></item>\
    <item><title>C</title><link>/c</link><dc:creator>D</dc:creator><description>&lt;p&gt;y <b>z</b></description></item></channel></rss>";

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        for kind in [SourceKind::Feed, SourceKind::Listing] {
            let parsed = parse(&document(&body), &Source { kind, ..listing_source() });
            prop_assert!(!codes(&parsed).contains(&FaultCode::ReaderFailed));
        }
    }

    #[test]
    fn no_text_of_tags_makes_it_panic(pieces in proptest::collection::vec(
        prop_oneof![
            Just("<rss>"), Just("<channel>"), Just("<item>"), Just("</item>"), Just("<title>"),
            Just("</title>"), Just("<description type='xhtml'>"), Just("</description>"),
            Just("<div>"), Just("</div>"), Just("<![CDATA["), Just("]]>"), Just("&amp;"),
            Just("&#x80;"), Just("&"), Just("é"), Just("<author>"), Just("<name"), Just("</"),
            Just("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/é/'>"), Just("<entry>"),
            Just("</entry>"), Just("<link href='x' rel='"), Just("'/>"), Just("<a:b xmlns:a=''>"),
            Just("\u{1}"), Just("<!--"), Just("<!DOCTYPE x ["), Just("<dc:date>"), Just("9999"),
        ], 0..60)) {
        let parsed = feed(&pieces.concat());
        prop_assert!(!codes(&parsed).contains(&FaultCode::ReaderFailed));
    }

    #[test]
    fn a_cut_feed_never_invents_an_entry(cut in 0..WHOLE.len()) {
        let whole = feed(WHOLE);
        prop_assert_eq!(whole.entries.len(), 2);
        prop_assert!(whole.faults.is_empty(), "{:?}", whole.faults);
        let parsed = feed(WHOLE.get(..cut).unwrap_or(""));
        for (found, entry) in parsed.entries.iter().zip(&whole.entries) {
            // The last one may lack what came after the cut, but is no other.
            prop_assert_eq!(
                (&found.guid, &found.url, &found.title),
                (&entry.guid, &entry.url, &entry.title)
            );
        }
        prop_assert!(!parsed.faults.is_empty());
    }

    #[test]
    fn a_mutated_byte_costs_at_most_its_own_item(at in 0..WHOLE.len(), byte in any::<u8>()) {
        let mut body = WHOLE.as_bytes().to_vec();
        body[at] = byte;
        let parsed = parse(&document(&body), &source(SourceKind::Feed));
        prop_assert!(!codes(&parsed).contains(&FaultCode::ReaderFailed));
    }
}
