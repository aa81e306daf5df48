//! What the best readers make of each thing that RSS, RDF, Atom, CDF and JSON Feed may say, rule by
//! rule: RFC 4287, RFC 5005, the RSS 0.9x to 2.0 and RDF Site Summary specifications, Atom 0.3, the
//! Dublin Core, content, Media RSS and iTunes modules, and the habits of publishers.

use crate::domain::document::{Entry, Markup};
use crate::parse::Parsed;
use crate::parse::tests::{feed, feed_with};
use crate::text::html;

fn rss(channel: &str) -> String {
    format!("<rss version=\"2.0\"><channel>{channel}</channel></rss>")
}

fn item(item: &str) -> String {
    rss(&format!("<item>{item}</item>"))
}

fn atom(feed: &str) -> String {
    format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{feed}</feed>")
}

fn entry(entry: &str) -> String {
    atom(&format!("<entry>{entry}</entry>"))
}

fn old_entry(entry: &str) -> String {
    format!(
        "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry>{entry}</entry></feed>"
    )
}

/// The title as it is shown.
fn title(body: &str) -> String {
    html::line(&one(&feed(body)).title)
}

fn one(parsed: &Parsed) -> Entry {
    assert_eq!(parsed.entries.len(), 1, "{parsed:#?}");
    parsed.entries[0].clone()
}

fn url(body: &str) -> String {
    one(&feed(body))
        .url
        .map_or_else(String::new, |url| url.as_str().to_owned())
}

/// A text as it is shown.
fn shown(markup: Option<&Markup>) -> String {
    match markup {
        None => String::new(),
        Some(Markup::Text(text)) => text.clone(),
        Some(Markup::Html(text)) => html::safe_html(text, None).into_string(),
    }
}

#[test]
fn titles_say_what_was_meant() {
    for (body, expected) in [
        (item("<title>Mark's title</title>"), "Mark's title"),
        (item("<title>2 &gt; 1</title>"), "2 > 1"),
        (item("<title>1 &lt; 2</title>"), "1 < 2"),
        (
            item("<title>The &lt;blink&gt; tag</title>"),
            "The <blink> tag",
        ),
        (
            item("<title>&lt;b&gt;Bold&lt;/b&gt; move</title>"),
            "Bold move",
        ),
        (item("<title>Q&amp;amp;A</title>"), "Q&A"),
        (item("<title><![CDATA[Q&amp;A <i>x</i>]]></title>"), "Q&A x"),
        (
            item("<title>Use List&lt;String&gt;</title>"),
            "Use List<String>",
        ),
        (item("<title>a<b>c</b></title>"), "ac"),
        (
            item("<title>Example &lt;![CDATA[x]]&gt;</title>"),
            "Example <![CDATA[x]]>",
        ),
        (entry("<title>1 &lt; 2 &lt;em></title>"), "1 < 2 <em>"),
        (
            entry("<title type=\"text\">History of the &lt;blink&gt; tag</title>"),
            "History of the <blink> tag",
        ),
        (
            entry("<title type=\"html\">Less: &lt;em> &amp;lt; &lt;/em></title>"),
            "Less: <",
        ),
        (
            entry("<title type=\"html\"><![CDATA[<p>Less: &lt;</p>]]></title>"),
            "Less: <",
        ),
        (
            entry(
                "<title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">Less: <em> &lt; </em></div></title>",
            ),
            "Less: <",
        ),
        (
            entry(
                "<title type=\"xhtml\" xmlns:x=\"http://www.w3.org/1999/xhtml\"><x:div>Less: <x:em> &lt; </x:em></x:div></title>",
            ),
            "Less: <",
        ),
        (
            old_entry(
                "<title type=\"text/html\" mode=\"escaped\">Example &lt;b&gt;Atom&lt;/b&gt;</title>",
            ),
            "Example Atom",
        ),
        (
            old_entry(
                "<title type=\"application/octet-stream\" mode=\"base64\">RXhhbXBsZSA8Yj5BdG9tPC9iPg==</title>",
            ),
            "Example Atom",
        ),
        (
            old_entry("<title type=\"text/plain\">Example Atom &lt;x&gt;</title>"),
            "Example Atom <x>",
        ),
        (
            old_entry(
                "<title type=\"application/xhtml+xml\" mode=\"xml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">Example <b>Atom</b></div></title>",
            ),
            "Example Atom",
        ),
        // The feed's own title counts, whatever else is called so.
        (
            item(
                "<media:title xmlns:media=\"http://search.yahoo.com/mrss/\">No</media:title><dc:title xmlns:dc=\"http://purl.org/dc/elements/1.1/\">Nor</dc:title><title>Yes</title>",
            ),
            "Yes",
        ),
        (
            item(
                "<title>Yes</title><svg xmlns=\"http://www.w3.org/2000/svg\"><title>No</title></svg><odd><title>Nor</title></odd>",
            ),
            "Yes",
        ),
        (
            item("<dc:title xmlns:dc=\"http://purl.org/dc/elements/1.1/\">Only this</dc:title>"),
            "Only this",
        ),
        (
            entry("<title>Yes</title><source><title>No</title></source>"),
            "Yes",
        ),
    ] {
        assert_eq!(title(&body), expected, "{body}");
    }
}

#[test]
fn entities_of_html_are_read_though_xml_does_not_know_them() {
    for (text, expected) in [
        ("&aacute;&Aacute;&euro;&hellip;&rsquo;", "áÁ€…’"),
        ("&alpha;&Omega;&sum;&hearts;&fnof;", "αΩ∑♥ƒ"),
        ("&#225;&#xe1;&#XE1;&#8364;&#128;&#x80;", "ááá€€€"),
        ("a&shy;b", "a\u{ad}b"),
        ("&amp;aacute;", "á"),
        ("&nosuch; &", "&nosuch; &"),
        ("AT&T, R&D; x", "AT&T, R&D; x"),
    ] {
        for body in [
            item(&format!("<title>{text}</title>")),
            old_entry(&format!(
                "<title type=\"text/html\" mode=\"escaped\">{text}</title>"
            )),
        ] {
            assert_eq!(title(&body), expected, "{body}");
        }
    }
}

#[test]
fn entities_that_a_document_declares_for_a_short_text_are_read() {
    let doctype = "<!DOCTYPE rss [<!ENTITY org \"The Agency\"> <!ENTITY e '&#233;'>\n\
        <!ENTITY % HTMLlat1 PUBLIC \"-//W3C//ENTITIES Latin 1 for XHTML//EN\" \"http://e.org/x.ent\">\
        <!ENTITY two \"&org;&org;\"><!ENTITY file SYSTEM \"file:///etc/passwd\"> <!ENTITY tag \"<b>\">]>";
    let body = format!(
        "{doctype}{}",
        item("<title>&org; &e; &two; &file; &tag; &eacute;</title>")
    );
    assert_eq!(title(&body), "The Agency é &two; &file; &tag; é");
}

#[test]
fn texts_are_taken_where_they_stand() {
    let content = "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"";
    for (body, summary, text) in [
        (
            item("<title>t</title><description>Plain</description>"),
            "Plain",
            "",
        ),
        (
            item("<title>t</title><description>&lt;p>Short&lt;/p></description>"),
            "<p>Short</p>",
            "",
        ),
        (
            item(&format!(
                "<title>t</title><description>D</description><content:encoded {content}><![CDATA[<p>C</p>]]></content:encoded>"
            )),
            "D",
            "<p>C</p>",
        ),
        // A summary beside a description: the description is the text.
        (
            item("<title>t</title><description>D</description><summary>S</summary>"),
            "S",
            "D",
        ),
        (
            item("<title>t</title><summary>S</summary><description>D</description>"),
            "S",
            "D",
        ),
        (
            item("<title>t</title><fullitem>Full</fullitem><description>D</description>"),
            "D",
            "Full",
        ),
        (
            item("<title>t</title><body xmlns=\"http://www.w3.org/1999/xhtml\"><p>B</p></body>"),
            "",
            "<p>B</p>",
        ),
        (
            item(
                "<title>t</title><xhtml:body xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"><xhtml:p>B</xhtml:p></xhtml:body>",
            ),
            "",
            "<p>B</p>",
        ),
        (
            item(
                "<title>t</title><itunes:summary xmlns:itunes=\"http://www.itunes.com/DTDs/PodCast-1.0.dtd\">S</itunes:summary>",
            ),
            "S",
            "",
        ),
        (
            item(
                "<title>t</title><dc:description xmlns:dc=\"http://purl.org/dc/elements/1.1/\">S</dc:description>",
            ),
            "S",
            "",
        ),
        (
            item("<title>t</title><description>a<br/>b</description>"),
            "a<br>b",
            "",
        ),
        (
            item(
                "<title>t</title><description>&lt;!' x &lt;a href=\"http://e.org/\"&gt;y&lt;/a&gt;</description>",
            ),
            "&lt;!' x <a href=\"http://e.org/\" rel=\"noopener noreferrer nofollow\">y</a>",
            "",
        ),
        (
            entry(
                "<title>t</title><summary>a &lt;b&gt;</summary><content type=\"text\">c &lt;d&gt;</content>",
            ),
            "a <b>",
            "c <d>",
        ),
        (
            entry("<title>t</title><content type=\"text/plain\">Example &lt;b&gt;</content>"),
            "",
            "Example <b>",
        ),
        (
            entry(
                "<title>t</title><content type=\"application/xhtml+xml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">a <b>b</b></div></content>",
            ),
            "",
            "a <b>b</b>",
        ),
        (
            entry("<title>t</title><content type=\"application/xml\">a <b>b</b></content>"),
            "",
            "a <b>b</b>",
        ),
        (
            entry(
                "<title>t</title><content type=\"application/octet-stream\">\nPHA+SGlz\n dG9yeTwvcD4=\n</content>",
            ),
            "",
            "<p>History</p>",
        ),
        (
            old_entry(
                "<title>t</title><content type=\"text/html\" mode=\"escaped\">a &lt;b&gt;b&lt;/b&gt;</content>",
            ),
            "",
            "a <b>b</b>",
        ),
        (
            old_entry("<title>t</title><summary mode=\"xml\">a <b>b</b></summary>"),
            "a <b>b</b>",
            "",
        ),
    ] {
        let entry = one(&feed(&body));
        assert_eq!(
            (
                shown(entry.summary.as_ref()).as_str(),
                shown(entry.content.as_ref()).as_str()
            ),
            (summary, text),
            "{body}"
        );
    }
}

#[test]
fn links_are_the_page_that_was_meant() {
    for (body, expected) in [
        (item("<title>t</title><link>http://e.org/a</link>"), "http://e.org/a"),
        (item("<title>t</title><link>\n http://e.org/a\n</link>"), "http://e.org/a"),
        (item("<title>t</title><link><![CDATA[http://e.org/a?b=1&c=2]]></link>"), "http://e.org/a?b=1&c=2"),
        (item("<title>t</title><link/><guid isPermaLink=\"true\">http://e.org/g</guid>"), "http://e.org/g"),
        (item("<title>t</title><link>http://e.org/a</link><guid>http://e.org/g</guid>"), "http://e.org/a"),
        (item("<title>t</title><guid>http://e.org/g</guid><link>http://e.org/a</link>"), "http://e.org/a"),
        (item("<title>t</title><url>http://e.org/u</url>"), "http://e.org/u"),
        (item("<title>t</title><comments>http://e.org/c</comments>"), ""),
        (item("<title>t</title><atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"http://e.org/s\"/><link>http://e.org/a</link>"), "http://e.org/a"),
        (entry("<title>t</title><link href=\"http://e.org/a\"/>"), "http://e.org/a"),
        (entry("<title>t</title><link rel=\"related\" href=\"http://e.org/r\"/><link rel=\"alternate\" href=\"http://e.org/a\"/>"), "http://e.org/a"),
        (entry("<title>t</title><link rel=\"alternate\" type=\"application/pdf\" href=\"http://e.org/p\"/><link rel=\"alternate\" type=\"application/xhtml+xml\" href=\"http://e.org/a\"/>"), "http://e.org/a"),
        (entry("<title>t</title><link rel=\"http://www.iana.org/assignments/relation/alternate\" href=\"http://e.org/a\"/>"), "http://e.org/a"),
        (entry("<title>t</title><link rel=\"ALTERNATE\" href=\"http://e.org/a\"/>"), "http://e.org/a"),
        (entry("<title>t</title><link rel=\"replies\" href=\"http://e.org/r\"/><id>tag:e.org,2026:1</id>"), ""),
        ("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://my.netscape.com/rdf/simple/0.9/\"><item><title>t</title><link>http://e.org/a</link></item></rdf:RDF>".to_owned(), "http://e.org/a"),
        ("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:r=\"http://purl.org/rss/1.0/\"><r:item rdf:about=\"http://e.org/a\"><r:title>t</r:title></r:item></rdf:RDF>".to_owned(), "http://e.org/a"),
    ] {
        assert_eq!(url(&body), expected, "{body}");
    }
}

#[test]
fn bases_apply_from_the_header_to_the_element() {
    let at = |body: &str, headers: &[(&str, &str)]| {
        let entry = one(&feed_with(body.as_bytes(), headers));
        let link = entry.url.map_or_else(String::new, |url| url.to_string());
        let text = entry.content.or(entry.summary);
        let html = text.as_ref().map_or("", Markup::raw);
        let href = html
            .split("href=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or("")
            .to_owned();
        (link, href)
    };
    let relative = "&lt;a href=\"x/y\"&gt;z&lt;/a&gt;";
    for (body, headers, link, href) in [
        (
            item(&format!(
                "<title>t</title><link>/a</link><description>{relative}</description>"
            )),
            &[][..],
            "https://example.org/a",
            "https://example.org/feeds/x/y",
        ),
        (
            item(&format!(
                "<title>t</title><link>/a</link><description>{relative}</description>"
            )),
            &[("content-location", "http://docs.example.net/d/e")][..],
            "http://docs.example.net/a",
            "http://docs.example.net/d/x/y",
        ),
        (
            item(&format!(
                "<title>t</title><link>/a</link><description>{relative}</description>"
            )),
            &[("content-location", "d/e.xml")][..],
            "https://example.org/a",
            "https://example.org/feeds/d/x/y",
        ),
        (
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://b.example.net/one/\"><entry xml:base=\"two/\"><title>t</title><link href=\"a\"/><content type=\"html\" xml:base=\"three/\">{relative}</content></entry></feed>"
            ),
            &[][..],
            "http://b.example.net/one/two/a",
            "http://b.example.net/one/two/three/x/y",
        ),
        (
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://b.example.net/one/\"><entry><title>t</title><link href=\"a\"/><content type=\"html\" xml:base=\"/top/\">{relative}</content></entry></feed>"
            ),
            &[][..],
            "http://b.example.net/one/a",
            "http://b.example.net/top/x/y",
        ),
        // What is no address changes nothing.
        (
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://[bad/\"><entry xml:base=\"mailto:a@b\"><title>t</title><link href=\"a\"/><summary type=\"html\">{relative}</summary></entry></feed>"
            ),
            &[][..],
            "https://example.org/feeds/a",
            "https://example.org/feeds/x/y",
        ),
        (
            format!(
                "<CHANNEL BASE=\"http://b.example.net/\"><ITEM HREF=\"a\"><TITLE>t</TITLE><ABSTRACT>{relative}</ABSTRACT></ITEM></CHANNEL>"
            ),
            &[][..],
            "http://b.example.net/a",
            "http://b.example.net/x/y",
        ),
        (
            format!(
                "<rss version=\"2.0\" xml:base=\"http://b.example.net/r/\"><channel><item><title>t</title><link>a</link><description>{relative}</description></item></channel></rss>"
            ),
            &[][..],
            "http://b.example.net/r/a",
            "http://b.example.net/r/x/y",
        ),
        (
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://b.example.net/é/\"><entry><title>t</title><link href=\"ü\"/><summary type=\"html\">{relative}</summary></entry></feed>"
            ),
            &[][..],
            "http://b.example.net/%C3%A9/%C3%BC",
            "http://b.example.net/%C3%A9/x/y",
        ),
        (
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>t</title><link href=\"a\"/><summary type=\"xhtml\" xml:base=\"http://b.example.net/\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"x/y\">z</a></div></summary></entry></feed>"
                .to_owned(),
            &[][..],
            "https://example.org/feeds/a",
            "http://b.example.net/x/y",
        ),
    ] {
        assert_eq!(
            at(&body, headers),
            (link.to_owned(), href.to_owned()),
            "{body} {headers:?}"
        );
    }
}

#[test]
fn people_and_labels() {
    let dc = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";
    for (body, authors, categories) in [
        (
            item(
                "<title>t</title><author>me@e.org (A B)</author><category>x</category><category domain=\"http://e.org/\">y</category>",
            ),
            vec!["A B"],
            vec!["x", "y"],
        ),
        (
            item(&format!(
                "<title>t</title><dc:creator {dc}>A B</dc:creator><dc:subject {dc}>x</dc:subject><dc:subject {dc}>y</dc:subject>"
            )),
            vec!["A B"],
            vec!["x", "y"],
        ),
        (
            item(&format!(
                "<title>t</title><dc:creator {dc}>A</dc:creator><dc:creator {dc}>B</dc:creator><dc:creator {dc}>A</dc:creator>"
            )),
            vec!["A", "B"],
            vec![],
        ),
        (
            item(
                "<title>t</title><itunes:author xmlns:itunes=\"http://example.com/DTDs/PodCast-1.0.dtd\">A</itunes:author><itunes:keywords xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"> x, y ,,z</itunes:keywords>",
            ),
            vec!["A"],
            vec!["x", "y", "z"],
        ),
        (
            entry(
                "<title>t</title><author><name>A</name><uri>http://e.org/</uri></author><author><name>B</name></author><category term=\"x\" scheme=\"http://e.org/s\" label=\"X\"/><category term=\"http://e.org/s#y\" label=\"Y\"/><category term=\"z\"/>",
            ),
            vec!["A", "B"],
            vec!["X", "x", "Y", "z"],
        ),
        (
            entry(
                "<title>t</title><author><email>a@e.org</email></author><contributor><name>C</name></contributor>",
            ),
            vec!["a@e.org"],
            vec![],
        ),
        // Prefixes that were never declared, or for an address that nobody knows.
        (
            item("<title>t</title><dc:creator>A</dc:creator>"),
            vec!["A"],
            vec![],
        ),
        (
            item(
                "<title>t</title><dc:creator xmlns:dc=\"http://example.com/not/dublin\">A</dc:creator>",
            ),
            vec!["A"],
            vec![],
        ),
        (
            item(
                "<title>t</title><x:creator xmlns:x=\"HTTP://PURL.ORG/DC/ELEMENTS/1.0\">A</x:creator>",
            ),
            vec!["A"],
            vec![],
        ),
    ] {
        let entry = one(&feed(&body));
        assert_eq!(
            (entry.authors, entry.categories),
            (
                authors.into_iter().map(str::to_owned).collect::<Vec<_>>(),
                categories
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            ),
            "{body}"
        );
    }
}

#[test]
fn files_hang_on_items() {
    for (body, expected) in [
        (
            item(
                "<title>t</title><enclosure url=\"http://e.org/1.mp3\" length=\"100\" type=\"audio/mpeg\"/><enclosure url=\"http://e.org/2.mp3\" length=\"x\" type=\"audio/mpeg\"/>",
            ),
            vec![
                ("http://e.org/1.mp3", Some("audio/mpeg"), Some(100)),
                ("http://e.org/2.mp3", Some("audio/mpeg"), None),
            ],
        ),
        (
            entry(
                "<title>t</title><link rel=\"enclosure\" type=\"video/mpeg4\" title=\"x\" href=\"http://e.org/m.mp4\" length=\"42\"/>",
            ),
            vec![("http://e.org/m.mp4", Some("video/mpeg4"), Some(42))],
        ),
        (
            item(
                "<title>t</title><media:group xmlns:media=\"http://search.yahoo.com/mrss/\"><media:content url=\"http://e.org/1.jpg\" type=\"image/jpeg\" fileSize=\"7\"/></media:group>",
            ),
            vec![("http://e.org/1.jpg", Some("image/jpeg"), Some(7))],
        ),
    ] {
        let files: Vec<_> = one(&feed(&body))
            .enclosures
            .iter()
            .map(|file| {
                (
                    file.url.as_str().to_owned(),
                    file.media_type.clone(),
                    file.length,
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(url, kind, length)| (url.to_owned(), kind.map(str::to_owned), length))
            .collect();
        assert_eq!(files, expected, "{body}");
    }
}

#[test]
fn dates_in_every_form_and_place() {
    let dc = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";
    let terms = "xmlns:dcterms=\"http://purl.org/dc/terms/\"";
    for (body, published, modified) in [
        (
            item("<title>t</title><pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate>"),
            "2004-01-01T19:48:21Z",
            "",
        ),
        (
            item(&format!(
                "<title>t</title><dc:date {dc}>2003-12-31T10:14:55Z</dc:date>"
            )),
            "2003-12-31T10:14:55Z",
            "",
        ),
        (
            item(&format!(
                "<title>t</title><dcterms:created {terms}>2003-12-31</dcterms:created><dcterms:modified {terms}>2004-01-02</dcterms:modified>"
            )),
            "2003-12-31",
            "2004-01-02",
        ),
        (
            item(&format!(
                "<title>t</title><dcterms:issued {terms}>2003-12-31</dcterms:issued><pubDate>1 Jan 2004</pubDate>"
            )),
            "2004-01-01",
            "",
        ),
        (
            entry(
                "<title>t</title><published>2003-12-31T10:14:55-08:00</published><updated>2004-01-01T00:00:00Z</updated>",
            ),
            "2003-12-31T18:14:55Z",
            "2004-01-01T00:00:00Z",
        ),
        (
            old_entry(
                "<title>t</title><created>2003-12-30</created><issued>2003-12-31</issued><modified>2004-01-01</modified>",
            ),
            "2003-12-31",
            "2004-01-01",
        ),
        (
            "<CHANNEL><ITEM LASTMOD=\"2003-12-31\"><TITLE>t</TITLE></ITEM></CHANNEL>".to_owned(),
            "2003-12-31",
            "2003-12-31",
        ),
    ] {
        let entry = one(&feed(&body));
        let told = |stamp: Option<crate::text::date::Stamp>| {
            stamp.map_or_else(String::new, |stamp| stamp.to_string())
        };
        assert_eq!(
            (
                told(entry.published).as_str(),
                told(entry.modified).as_str()
            ),
            (published, modified),
            "{body}"
        );
    }
    for (written, expected) in [
        // W3C date and time formats, to any precision, and ISO 8601 as it is abused.
        ("2003", "2003-01-01"),
        ("2003-12", "2003-12-01"),
        ("2003-12-31T10:14Z", "2003-12-31T10:14:00Z"),
        ("2003-12-31T10:14:55.5Z", "2003-12-31T10:14:55Z"),
        ("20031231T101455Z", "2003-12-31T10:14:55Z"),
        ("20031231", "2003-12-31"),
        ("2003-335", "2003-12-01"),
        ("2003335", "2003-12-01"),
        ("031231", "2003-12-31"),
        ("-03-12", "2003-12-01"),
        ("-0312", "2003-12-01"),
        ("03335", "2003-12-01"),
        ("2003-12-31 10:14:55", "2003-12-31T10:14:55Z"),
        // RFC 822 and its relatives.
        ("Thu, 1 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21Z"),
        ("01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
        ("Thu, 01 Jan 2004 19:48 EST", "2004-01-02T00:48:00Z"),
        ("Thu, 01 Jan 2004 19:48:21 ET", "2004-01-02T00:48:21Z"),
        ("Thu, 01 Jan 2004 19:48:21 -0500", "2004-01-02T00:48:21Z"),
        ("Thursday, January 1, 2004 7:48 PM", "2004-01-01T19:48:00Z"),
        ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
        ("Sun Jan  4 16:29:06 PDT 2004", "2004-01-04T23:29:06Z"),
        ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z"),
        ("Wed, 19 Aug 2009 18:28:00 Etc/GMT", "2009-08-19T18:28:00Z"),
        ("Thu, 31 Dec 2015 23:59:60 GMT", "2015-12-31T23:59:59Z"),
        // Elsewhere.
        ("2004-07-08 23:56:58.0", "2004-07-08T23:56:58Z"),
        ("2004년 05월 28일  01:31:15", "2004-05-28T01:31:15Z"),
        ("2004-05-25 오후 11:23:17", "2004-05-25T23:23:17Z"),
        ("2004-05-25 오전 12:23:17", "2004-05-25T00:23:17Z"),
        ("2004年5月25日 下午3:05", "2004-05-25T15:05:00Z"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
        ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"),
    ] {
        let body = item(&format!("<title>t</title><pubDate>{written}</pubDate>"));
        let found = one(&feed(&body)).published;
        assert_eq!(
            found.map_or_else(|| "none".to_owned(), |stamp| stamp.to_string()),
            expected,
            "{written}"
        );
    }
}

#[test]
fn what_a_feed_says_of_itself() {
    let told = |body: &str, headers: &[(&str, &str)]| {
        let description = feed_with(body.as_bytes(), headers).description;
        [
            description.title,
            description.link,
            description.subtitle,
            description.language,
            description.rights,
            description.updated.map(|stamp| stamp.to_string()),
        ]
        .map(Option::unwrap_or_default)
    };
    for (body, headers, expected) in [
        (
            rss("<title>N &amp;amp; M</title><link>/home</link><description>&lt;b>All&lt;/b> news</description><language>en_us</language><copyright>&copy; 2026</copyright><pubDate>2026-03-01</pubDate><lastBuildDate>2026-03-02</lastBuildDate>"),
            &[][..],
            ["N & M", "https://example.org/home", "All news", "en-us", "© 2026", "2026-03-02"],
        ),
        (
            atom("<title type=\"html\">N &lt;i>M&lt;/i></title><link rel=\"self\" href=\"/feed\"/><link href=\"/home\"/><subtitle type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">All <b>news</b></div></subtitle><rights type=\"html\">&lt;p>(c)&lt;/p></rights><updated>2026-03-02T00:00:00Z</updated>").replace("<feed", "<feed xml:lang=\"de\""),
            &[][..],
            ["N M", "https://example.org/home", "All news", "de", "(c)", "2026-03-02T00:00:00Z"],
        ),
        (
            "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><title>N</title><tagline>All &lt;x&gt;</tagline><link rel=\"alternate\" href=\"/home\"/><copyright mode=\"base64\" type=\"text/html\">KGMpIDIwMjY=</copyright><modified>2026-03-02</modified></feed>".to_owned(),
            &[][..],
            ["N", "https://example.org/home", "All <x>", "", "(c) 2026", "2026-03-02"],
        ),
        (
            "<CHANNEL HREF=\"/home\" LASTMOD=\"2026-03-02\"><TITLE>N</TITLE><ABSTRACT>All</ABSTRACT></CHANNEL>".to_owned(),
            &[][..],
            ["N", "https://example.org/home", "All", "", "", "2026-03-02"],
        ),
        (
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"x\"><title>N</title><link>/home</link><description>All</description><dc:language>fr</dc:language><dc:rights>(c)</dc:rights><dc:date>2026-03-02</dc:date></channel><textinput rdf:about=\"y\"><title>No</title><link>/no</link></textinput></rdf:RDF>".to_owned(),
            &[][..],
            ["N", "https://example.org/home", "All", "fr", "(c)", "2026-03-02"],
        ),
        (
            rss("<title>N</title><image><title>No</title><link>/no</link><url>/no.png</url></image><itunes:subtitle xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">All</itunes:subtitle>"),
            &[("content-language", "pt-BR, en")][..],
            ["N", "", "All", "pt-BR", "", ""],
        ),
        (
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"N <M>\",\"home_page_url\":\"/home\",\"feed_url\":\"/feed\",\"description\":\"All\",\"language\":\"en\",\"items\":[]}".to_owned(),
            &[][..],
            ["N <M>", "https://example.org/home", "All", "en", "", ""],
        ),
    ] {
        assert_eq!(told(&body, headers), expected, "{body}");
    }
}

#[test]
fn languages_are_inherited_and_taken_back() {
    let language = |body: &str| one(&feed(body)).language.unwrap_or_default();
    for (body, expected) in [
        (
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en_US\"><entry><title>t</title></entry></feed>".to_owned(),
            "en-US",
        ),
        (
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><entry xml:lang=\"fr\"><title>t</title></entry></feed>".to_owned(),
            "fr",
        ),
        (
            "<rss version=\"2.0\"><channel><dc:language>de</dc:language><item><title>t</title><dc:language>nl</dc:language></item></channel></rss>".to_owned(),
            "nl",
        ),
        (rss("<language>de</language><item><title>t</title></item>"), "de"),
    ] {
        assert_eq!(language(&body), expected, "{body}");
    }
}

#[test]
fn json_feeds_that_break_keep_what_is_whole() {
    let item = |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"Item {id}\",\"url\":\"/{id}\"}}");
    let whole = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"N\",\"items\":[{},{},{}]}}",
        item("a"),
        item("b"),
        item("c")
    );
    assert_eq!(feed(&whole).entries.len(), 3);
    for (broken, kept) in [
        (
            whole[..whole.len() - 20].to_owned(),
            vec!["Item a", "Item b"],
        ),
        (
            format!("{whole}<!-- page made in 0.1 s -->"),
            vec!["Item a", "Item b", "Item c"],
        ),
        (
            whole.replace("\"Item b\",", "\"Item b\""),
            vec!["Item a", "Item c"],
        ),
        (
            whole.replace("}]}", "},]}"),
            vec!["Item a", "Item b", "Item c"],
        ),
        (
            format!("\u{feff}{whole}"),
            vec!["Item a", "Item b", "Item c"],
        ),
    ] {
        let parsed = feed(&broken);
        let titles: Vec<_> = parsed.entries.iter().map(|e| e.title.as_str()).collect();
        assert_eq!(titles, kept, "{broken}");
    }
}
