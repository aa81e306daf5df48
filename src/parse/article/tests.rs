//! Pages as publishers frame them, and the text that is theirs.

use super::super::article;
use super::super::tests::document;
use super::Article;
use crate::text::html;

fn read(page: &str) -> Option<Article> {
    article(&document(page.as_bytes()))
}

fn text(article: &Article) -> String {
    html::plain(&article.body_html)
}

const BODY: &str = "<p class=lead>We have published the final guidance on high-risk systems, after consulting for twelve weeks.</p>\
    <h2>What changes</h2><p>Providers must register each system, keep records, and report serious incidents within 15 days.</p>\
    <ul><li>Registration opens in May, for systems placed on the market before.</li><li>Reports are sent by form.</li></ul>\
    <p>Read the <a href='/guide'>guide</a>, which explains the obligations, with examples.</p>";

fn framed(main: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Final guidance on high-risk systems - The Agency</title>\
        <script type=application/ld+json>{{\"@graph\":[{{\"@type\":\"NewsArticle\",\"datePublished\":\"2026-03-05T09:30:00Z\"}}]}}</script></head>\
        <body class='has-sidebar page'><div id=cookie-banner><p>We use cookies to make this site work, to measure it, and to improve it. Accept?</p></div>\
        <header role=banner><a href=/>The Agency</a><nav><ul><li><a href=/1>News and press releases</a><li><a href=/2>Guidance and rules</a></ul></nav></header>\
        {main}\
        <footer><p>The Agency is an independent body, established by law, accountable to parliament.</p></footer></body></html>"
    )
}

#[test]
fn the_text_without_its_frame() {
    let related = "<aside class=related><h2>Related content</h2><ul><li><a href=/3>Other guidance on other systems</a></ul></aside>\
        <div class='share-links'><p>Share this page with others, on any network, by mail, or by post.</p></div>\
        <h2>More like this</h2><ul><li><a href=/4>Another article about things</a><li><a href=/5>A third article about things</a><li><a href=/6>A fourth article about things</a></ul>";
    for main in [
        format!(
            "<main id=content><h1>Final guidance on high-risk systems</h1><div class=govspeak>{BODY}</div>{related}</main>"
        ),
        format!(
            "<article><header><h1>Final guidance on high-risk systems</h1></header>{BODY}{related}</article>"
        ),
        format!(
            "<div id=wrap><div class=col1><h1>Final guidance on high-risk systems</h1><div class=entry-content>{BODY}</div></div><div class=sidebar><p>Contact us by phone, by mail, or in person, on any working day.</p></div></div>"
        ),
        format!(
            "<table><tr><td width=200><a href=/1>One of the links</a><br><a href=/2>Two of the links</a><td><h1>Final guidance on high-risk systems</h1>{BODY}</table>"
        ),
        format!(
            "<form id=aspnetForm><input name=__VIEWSTATE><div class=x><h1>Final guidance on high-risk systems</h1><div>{BODY}</div></div></form>"
        ),
    ] {
        let article = read(&framed(&main)).unwrap();
        assert_eq!(text(&article), html::plain(BODY), "{main}");
        assert_eq!(
            article.title.as_deref(),
            Some("Final guidance on high-risk systems")
        );
        assert_eq!(article.published.unwrap().day().to_string(), "2026-03-05");
        assert_eq!(article.language.as_deref(), Some("en"));
        assert!(
            article
                .body_html
                .contains("href=\"https://example.org/guide\"")
        );
    }
}

#[test]
fn sections_side_by_side_are_all_text() {
    let sections: String = (1..6)
        .map(|n| format!("<section><h2>Article {n}</h2><div><p>Each provider shall, under paragraph {n}, keep a register, and show it on request.</p></div></section>"))
        .collect();
    let article = read(&framed(&format!("<main>{sections}</main>"))).unwrap();
    assert_eq!(text(&article), html::plain(&sections));
}

#[test]
fn titles_and_dates_where_pages_put_them() {
    let page = |head: &str, lead: &str| format!("<html>{head}<body>{lead}<div>{BODY}</div></body>");
    for (head, lead, title, day) in [
        (
            "<title>A rule is amended today | Site</title>",
            "",
            Some("A rule is amended today"),
            None,
        ),
        (
            "<title>Site - A rule is amended</title>",
            "<h1>A rule is amended</h1>",
            Some("A rule is amended"),
            None,
        ),
        (
            "<meta property=og:title content='By og'><meta name=DC.date content='02/16/2018 7:48 AM'>",
            "<h1>One</h1><h1>Two</h1>",
            Some("By og"),
            Some("2018-02-16"),
        ),
        (
            "<meta name=dcterms.issued content=2026-01-09>",
            "<h1>Head</h1><p>Published: 5 March 2026</p>",
            Some("Head"),
            Some("2026-01-09"),
        ),
        (
            "",
            "<h1>Head</h1><p>Date: July 15, 2011</p>",
            Some("Head"),
            Some("2011-07-15"),
        ),
        ("", "<p>From 1 May 2026 on</p>", None, None),
        (
            "",
            "<time itemprop=datePublished>5 March 2026</time>",
            None,
            Some("2026-03-05"),
        ),
    ] {
        let article = read(&page(head, lead)).unwrap();
        assert_eq!(article.title.as_deref(), title, "{head}{lead}");
        assert_eq!(
            article
                .published
                .map(|stamp| stamp.day().to_string())
                .as_deref(),
            day,
            "{head}{lead}"
        );
    }
}

#[test]
fn pages_without_a_text_have_none() {
    for page in [
        "",
        "hi",
        "%PDF-1.7",
        "<ul><li><a href=a>A</a></ul>",
        "<p>Short.</p>",
    ] {
        assert_eq!(read(page), None, "{page}");
    }
    assert_eq!(read(&format!("{}x", "<div>".repeat(20_000))), None);
}

#[test]
fn what_is_written_is_escaped() {
    let page = format!(
        "<article>{BODY}<p>1 &lt; 2 &amp;&amp; <a href='javascript:x'>3</a> <a href='/q?a=1&amp;b=\"2\"'>4</a></p><img src=x onerror=y></article>"
    );
    let body = read(&page).unwrap().body_html;
    assert!(body.contains("1 &lt; 2 &amp;&amp; <a>3</a>"), "{body}");
    assert!(
        body.contains("href=\"https://example.org/q?a=1&amp;b=%222%22\""),
        "{body}"
    );
    assert!(!body.contains("onerror"));
}
