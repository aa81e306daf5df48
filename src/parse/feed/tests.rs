//! Small feeds of every dialect and in every state of disrepair.

use crate::domain::document::{Entry, FaultCode, Markup};
use crate::parse::Parsed;
use crate::parse::tests::{codes, feed};

/// One item of RSS 2.0.
fn rss(item: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>News</title>\
         <link>https://example.org/home/</link><language>en</language>\
         <item>{item}</item></channel></rss>"
    )
}

/// One entry of Atom 1.0.
fn atom(entry: &str) -> String {
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr\"><title>News</title>\
         <link href=\"https://example.org/home\"/><entry>{entry}</entry></feed>"
    )
}

fn only(parsed: &Parsed) -> &Entry {
    assert_eq!(parsed.entries.len(), 1, "{parsed:#?}");
    &parsed.entries[0]
}

fn url(entry: &Entry) -> &str {
    entry.url.as_ref().map_or("", |url| url.as_str())
}

fn html(text: &str) -> Option<Markup> {
    Some(Markup::Html(text.into()))
}

fn text(text: &str) -> Option<Markup> {
    Some(Markup::Text(text.into()))
}

#[test]
fn an_item_says_what_the_feed_says() {
    let parsed = feed(&rss(
        "<title>A &amp;amp; B</title><link> a?x=1&amp;y=2 </link><guid isPermaLink=\"false\"> g1 </guid>\
         <pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate><description>&lt;p>Short&lt;/p></description>\
         <content:encoded><![CDATA[<p>Long</p>]]></content:encoded><author>o@example.org (Jane)</author>\
         <dc:creator>Jane</dc:creator><category>One</category><dc:subject>Two</dc:subject>\
         <enclosure url=\"/f.pdf\" type=\"application/pdf\" length=\"12\"/>\
         <source url=\"x\"><title>Not this</title></source><media:title>Nor this</media:title>",
    ));
    assert!(parsed.faults.is_empty(), "{:?}", parsed.faults);
    let entry = only(&parsed);
    assert_eq!(entry.title, "A &amp; B");
    assert_eq!(url(entry), "https://example.org/home/a?x=1&y=2");
    assert_eq!(entry.guid.as_deref(), Some("g1"));
    assert_eq!(
        entry.published.unwrap().instant().to_rfc3339(),
        "2026-03-02T09:00:00+00:00"
    );
    assert_eq!(entry.modified, None);
    assert_eq!(entry.summary, html("<p>Short</p>"));
    assert_eq!(entry.content, html("<p>Long</p>"));
    assert_eq!(entry.authors, ["Jane"]);
    assert_eq!(entry.categories, ["One", "Two"]);
    assert_eq!(entry.enclosures[0].length, Some(12));
    assert_eq!(entry.language.as_deref(), Some("en"));
    assert_eq!(parsed.description.title.as_deref(), Some("News"));
    assert_eq!(
        parsed.description.link.as_deref(),
        Some("https://example.org/home/")
    );
}

#[test]
fn the_dialects() {
    let rdf = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
        <channel rdf:about=\"x\"><title>N</title><link>https://example.org/</link><items><rdf:Seq><rdf:li resource=\"a\"/></rdf:Seq></items></channel>\
        <image><title>No</title></image><item rdf:about=\"https://example.org/a\"><title>T</title><link>https://example.org/a</link><dc:date>2026-03-02</dc:date><dc:subject>S</dc:subject></item></rdf:RDF>";
    let old = "<rss><channel><title>N</title><item><title>T</title><link>https://example.org/a</link><pubDate>2026-03-02</pubDate></item></channel></rss>";
    let atom03 = "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><title>T</title><link rel=\"alternate\" href=\"/a\"/><issued>2026-03-02</issued></entry></feed>";
    let bare = "<feed><entry><title>T</title><link href=\"/a\"/><published>2026-03-02</published></entry></feed>";
    let entry = "<entry xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title><link href=\"/a\"/><published>2026-03-02</published></entry>";
    let prefixed = "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\"><a:entry><a:title>T</a:title><a:link href=\"/a\"/><a:published>2026-03-02</a:published></a:entry></a:feed>";
    let cdf = "<CHANNEL HREF=\"/\"><TITLE>N</TITLE><ITEM HREF=\"/a\" LASTMOD=\"2026-03-02\"><TITLE>T</TITLE><ABSTRACT>S</ABSTRACT></ITEM></CHANNEL>";
    let json = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"N\",\"items\":[{\"id\":7,\"title\":\"T\",\"url\":\"/a\",\"date_published\":\"2026-03-02\"}]}";
    let rolie = "{\"feed\":{\"title\":\"N\",\"entry\":[{\"id\":\"7\",\"title\":\"T\",\"link\":[{\"rel\":\"self\",\"href\":\"/a\"}],\"published\":\"2026-03-02\",\"summary\":{\"content\":\"S\"}}]}}";
    for body in [rdf, old, atom03, bare, entry, prefixed, cdf, json, rolie] {
        let parsed = feed(body);
        assert!(
            parsed.faults.is_empty() && parsed.readable,
            "{body}: {:?}",
            parsed.faults
        );
        let entry = only(&parsed);
        assert_eq!(entry.title, "T", "{body}");
        assert_eq!(url(entry), "https://example.org/a", "{body}");
        assert!(entry.published.unwrap().is_day(), "{body}");
    }
    assert_eq!(only(&feed(rdf)).categories, ["S"]);
    assert_eq!(
        only(&feed(rdf)).guid.as_deref(),
        Some("https://example.org/a")
    );
    assert_eq!(only(&feed(json)).guid.as_deref(), Some("7"));
    assert_eq!(only(&feed(cdf)).summary, html("S"));
    assert_eq!(only(&feed(old)).guid, None);
}

#[test]
fn texts_of_atom() {
    for (entry, title, summary, content) in [
        ("<title>a &lt;b&gt;</title>", "a &lt;b&gt;", None, None),
        (
            "<title type=\"html\">a &lt;b>c&lt;/b></title>",
            "a <b>c</b>",
            None,
            None,
        ),
        (
            "<title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">a &lt; <b>c</b></div></title>",
            "a &lt; <b>c</b>",
            None,
            None,
        ),
        (
            "<title>t</title><summary>a &amp;amp; b</summary>",
            "t",
            text("a &amp; b"),
            None,
        ),
        (
            "<title>t</title><content type=\"xhtml\"><x:div xmlns:x=\"http://www.w3.org/1999/xhtml\"><x:p>a<x:br/></x:p><x:i/></x:div></content>",
            "t",
            None,
            html("<p>a<br></p><i></i>"),
        ),
        (
            "<title>t</title><content type=\"text/html\"><a href=\"b\">c</a></content>",
            "t",
            None,
            html("<a href=\"https://example.org/feeds/b\">c</a>"),
        ),
        (
            "<title>t</title><content xml:base=\"/d/\" type=\"html\">&lt;a href=\"b\"&gt;c&lt;/a&gt;</content>",
            "t",
            None,
            html("<a href=\"https://example.org/d/b\">c</a>"),
        ),
        (
            "<title>t</title><content type=\"application/octet-stream\">aGVsbG8=</content>",
            "t",
            None,
            html("hello"),
        ),
        (
            "<title>t</title><content type=\"image/png\">/////w==</content>",
            "t",
            None,
            None,
        ),
    ] {
        let parsed = feed(&atom(entry));
        assert!(parsed.faults.is_empty(), "{entry}: {:?}", parsed.faults);
        let found = only(&parsed);
        assert_eq!(found.title, title, "{entry}");
        assert_eq!(found.summary, summary, "{entry}");
        assert_eq!(found.content, content, "{entry}");
        assert_eq!(found.language.as_deref(), Some("fr"));
    }
}

#[test]
fn links_in_order_of_worth() {
    for (body, expected) in [
        (
            rss("<title>t</title><guid>https://example.org/g</guid>"),
            "https://example.org/g",
        ),
        (
            rss("<title>t</title><guid isPermaLink=\"false\">https://example.org/g</guid>"),
            "",
        ),
        (
            rss("<title>t</title><guid>https://example.org/g</guid><link>/l</link>"),
            "https://example.org/l",
        ),
        (
            rss("<title>t</title><atom:link href=\"/s\" rel=\"self\"/><atom:link href=\"/l\"/>"),
            "https://example.org/l",
        ),
        (
            rss("<title>t</title><link>mailto:a@b.c</link><guid>https://example.org/g</guid>"),
            "https://example.org/g",
        ),
        (
            atom(
                "<title>t</title><link rel=\"alternate\" type=\"application/json\" href=\"/j\"/><link href=\"/h\" type=\"text/html\"/>",
            ),
            "https://example.org/h",
        ),
        (
            atom("<title>t</title><link rel=\"edit\" href=\"/e\"/><id>https://example.org/i</id>"),
            "https://example.org/i",
        ),
        (
            atom("<title>t</title><id>urn:x</id><content src=\"/c\"/>"),
            "https://example.org/c",
        ),
        (
            atom(
                "<title>t</title><link rel=\"enclosure\" href=\"/f\"/><link href=\"l\" xml:base=\"/b/\"/>",
            ),
            "https://example.org/b/l",
        ),
    ] {
        assert_eq!(url(only(&feed(&body))), expected, "{body}");
    }
}

#[test]
fn atom_has_people_and_sources_of_its_own() {
    let parsed = feed(&atom(
        "<title>t</title><author><name>A</name><email>a@b.c</email></author><author><email>d@e.f</email></author>\
         <contributor><name>No</name></contributor><category term=\"x\" label=\"X\"/><category term=\"y\"/>\
         <source><title>No</title><id>no</id><updated>2001-01-01</updated></source><id>i</id><updated>2026-03-02T10:00:00Z</updated>",
    ));
    let entry = only(&parsed);
    assert_eq!(entry.authors, ["A", "d@e.f"]);
    assert_eq!(entry.categories, ["X", "x", "y"]);
    assert_eq!(
        (entry.title.as_str(), entry.guid.as_deref()),
        ("t", Some("i"))
    );
    assert_eq!(entry.published, None);
    assert!(entry.modified.is_some());
}

#[test]
fn broken_feeds_keep_their_neighbours() {
    let good = "<item><title>Good</title><link>/good</link></item>";
    for (broken, title) in [
        (
            "<item><title>AT&T & co</title><link>/x</link></item>",
            "AT&T & co",
        ),
        (
            "<item><title>a&nosuch;b</title><link>/x</link></item>",
            "a&nosuch;b",
        ),
        ("<item><title>a\u{1}b</title><link>/x</link></item>", "ab"),
        ("<item><title>a<link>/x</link></item>", "a"),
        ("<item><title>a</titel><link>/x</link></item>", "a"),
        (
            "<item><title>a</title><link>/x</link><description>b <i>c</description></item>",
            "a",
        ),
        ("<item><title>a</title><link>/x</link><description>b", "a"),
        ("<item><title>a</title><link>/x</link></b></item>", "a"),
        ("<item><title>a</title><link>/x</link><z></item>", "a"),
        ("<item><title>a</title><nope:x/><link>/x</link></item>", "a"),
        ("<item><title>1 < 2</title><link>/x</link></item>", "1 < 2"),
        ("<item><title>a</title><link>/x</link><!-- x", "a"),
        ("<item><title>a</title><link>/x</link>", "a"),
        ("<item><title x=\"y>a</title><link>/x</link></item>", "a"),
        ("<item><title><![CDATA[a</title><link>/x</link></item>", "a"),
    ] {
        let body = format!("<rss version=\"2.0\"><channel>{good}{broken}{good}</channel></rss>");
        let parsed = feed(&body);
        let titles: Vec<_> = parsed
            .entries
            .iter()
            .map(|e| crate::text::html::line(&e.title))
            .collect();
        assert_eq!(titles, ["Good", title, "Good"], "{broken}");
        assert_eq!(url(&parsed.entries[1]), "https://example.org/x", "{broken}");
        assert_eq!(codes(&parsed), [FaultCode::IllFormed], "{broken}");
        assert!(
            parsed.faults[0].detail.starts_with("line 1:"),
            "{:?}",
            parsed.faults
        );
    }
}

#[test]
fn markup_left_standing_in_the_open() {
    for (description, expected) in [
        ("<p>a &amp; b</p>", "<p>a &amp; b</p>"),
        ("1 &lt; 2 <b>c</b>", "1 &lt; 2 <b>c</b>"),
        ("&lt;i&gt;x&lt;/i&gt; <b>c</b>", "<i>x</i> <b>c</b>"),
        ("<div>a</div><div>b</div>", "<div>a</div><div>b</div>"),
        (
            "a<br/>b<description>c</description>",
            "a<br>b<description>c</description>",
        ),
    ] {
        let parsed = feed(&rss(&format!(
            "<title>t</title><description>{description}</description>"
        )));
        assert_eq!(only(&parsed).summary, html(expected), "{description}");
    }
}

#[test]
fn a_cut_feed_gives_what_was_complete() {
    let whole = "<rss version=\"2.0\"><channel><item><title>A</title></item>\n<item><title>B</title></item></channel></rss>";
    for (part, count) in [
        ("</channel></rss>", 2),
        ("</item></channel></rss>", 1),
        ("B</title></item></channel></rss>", 1),
    ] {
        let parsed = feed(whole.strip_suffix(part).unwrap());
        assert_eq!(parsed.entries.len(), count, "{part}");
        assert_eq!(codes(&parsed), [FaultCode::Truncated], "{part}");
        assert!(
            parsed.faults[0].detail.contains("line 2"),
            "{:?}",
            parsed.faults
        );
    }
}

#[test]
fn what_is_no_feed_is_named() {
    for (body, code) in [
        ("", FaultCode::EmptyBody),
        (" \n ", FaultCode::EmptyBody),
        (
            "<!DOCTYPE html><html><head><title>Log in</title></head><body>x</body></html>",
            FaultCode::HtmlPage,
        ),
        (
            "<catalog><item><title>x</title></item></catalog>",
            FaultCode::NotAFeed,
        ),
        ("not found", FaultCode::NotAFeed),
        ("{\"items\":", FaultCode::NotAFeed),
        ("{\"items\":[{\"sku\":1}]}", FaultCode::NotAFeed),
        ("[1]", FaultCode::NotAFeed),
        ("%PDF-1.7", FaultCode::NotAFeed),
    ] {
        let parsed = feed(body);
        assert!(!parsed.readable && parsed.entries.is_empty(), "{body}");
        assert_eq!(codes(&parsed), [code], "{body}");
    }
    let blank = feed("<rss version=\"2.0\"><channel><title>N</title></channel></rss>");
    assert!(blank.readable && blank.faults.is_empty());
}

#[test]
fn items_that_are_none_are_told() {
    let parsed = feed(
        "<rss version=\"2.0\"><channel><item></item>\n<item/><item><title>x</title></item></channel></rss>",
    );
    assert_eq!(parsed.entries.len(), 1);
    assert_eq!(codes(&parsed), [FaultCode::BadItem, FaultCode::BadItem]);
    assert!(
        parsed.faults[1].detail.contains("line 2"),
        "{:?}",
        parsed.faults
    );
    let parsed = feed(
        "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[3,{\"id\":\"a\",\"content_html\":\"<a href='b'>\"}]}",
    );
    assert_eq!(
        only(&parsed).content,
        html("<a href='https://example.org/feeds/b'>")
    );
    assert_eq!(codes(&parsed), [FaultCode::BadItem]);
}

#[test]
fn dates_that_cannot_be_read_are_told_once() {
    let item = |date: &str| format!("<item><title>t</title><pubDate>{date}</pubDate></item>");
    let body = format!(
        "<rss version=\"2.0\"><channel>{}{}{}</channel></rss>",
        item("soon"),
        item("later"),
        item("2026-03-02T10:00:00Z")
    );
    let parsed = feed(&body);
    assert_eq!(
        parsed
            .entries
            .iter()
            .filter(|e| e.published.is_none())
            .count(),
        2
    );
    assert_eq!(codes(&parsed), [FaultCode::BadDate]);
    assert!(
        parsed.faults[0].detail.contains("2 dates") && parsed.faults[0].detail.contains("soon")
    );
}

#[test]
fn hostile_feeds_are_harmless() {
    let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
        <rss version=\"2.0\"><channel><item><title>&b;&x;</title></item></channel></rss>";
    assert_eq!(only(&feed(bomb)).title, "&amp;b;&amp;x;");

    let begun = std::time::Instant::now();
    let deep = "<a>".repeat(1_000_000);
    let parsed = feed(&format!(
        "<rss><channel><item><title>x</title></item>{deep}"
    ));
    assert_eq!(
        (parsed.entries.len(), codes(&parsed)),
        (1, vec![FaultCode::Nesting])
    );
    let parsed = feed(&format!(
        "<rss><channel><item><title>x</title><description>{deep}</description></item></channel></rss>"
    ));
    assert_eq!(only(&parsed).summary, None);
    assert_eq!(codes(&parsed), [FaultCode::IllFormed]);
    let wide = "a=\"b\" ".repeat(100_000);
    assert_eq!(
        feed(&format!(
            "<rss {wide}><channel {wide}><item {wide}><title>x</title></item></channel></rss>"
        ))
        .entries
        .len(),
        1
    );
    let spaces = format!(
        "<rss xmlns:a=\"b\">{}",
        "<item xmlns:c=\"d\"><title>t</title></item>".repeat(12_000)
    );
    let parsed = feed(&spaces);
    assert_eq!(parsed.entries.len(), 10_000);
    assert_eq!(codes(&parsed), [FaultCode::TooManyItems]);
    assert!(codes(&feed(&"[".repeat(100_000))).contains(&FaultCode::NotAFeed));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn feed_rs_is_asked_when_we_find_nothing() {
    let source = crate::parse::tests::source(crate::domain::source::SourceKind::Feed);
    let address = crate::domain::address::WebAddress::new("https://example.org/").unwrap();
    let body =
        rss("<title>t</title><link>https://example.org/a</link><pubDate>2026-03-02</pubDate>");
    let mut workshop = super::draft::Workshop::new(&source, &address);
    let entries = super::second_opinion::entries(&body, &source, &mut workshop);
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].title.as_str(), &entries[0].guid), ("t", &None));
    assert!(entries[0].published.unwrap().is_day());
    assert_eq!(entries[0].modified, None);
}
