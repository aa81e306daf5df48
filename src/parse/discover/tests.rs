//! Pages that announce feeds, link to feeds, or are lists themselves.

use super::super::tests::document;
use super::super::{discover, trial};
use super::*;
use crate::domain::source::Source;
use crate::domain::source::{Pick, Way};

fn found(page: &str) -> Vec<(Clue, String, Option<String>)> {
    discover(&document(page.as_bytes()))
        .into_iter()
        .map(|found| (found.clue, found.url.as_str().to_owned(), found.title))
        .collect()
}

#[test]
fn feeds_that_a_page_announces() {
    let page = "<base href='https://news.example/en/'><link rel='alternate stylesheet' type=text/css href=x.css>\
        <link rel=alternate hreflang=fr href=/fr/><link rel=alternate type=application/json+oembed href=/oembed>\
        <link rel=alternate type=application/json href=/wp-json/wp/v2/pages/1>\
        <link rel=ALTERNATE type='application/rss+xml; charset=utf-8' title='All &amp; any' href=rss.xml>\
        <link rel=alternate type=application/rss+xml title='Comments' href=/comments/feed/>\
        <link rel=alternate type=application/atom+xml href='//other.example/atom'>\
        <link rel='alternate' type='application/feed+json' title=JSON href=feed.json>\
        <a href='rss.xml'>RSS</a>";
    let expected = [
        ("https://news.example/en/rss.xml", Some("All & any")),
        ("https://other.example/atom", None),
        ("https://news.example/en/feed.json", Some("JSON")),
        ("https://news.example/comments/feed/", Some("Comments")),
    ]
    .map(|(url, title)| (Clue::Announced, url.to_owned(), title.map(str::to_owned)));
    assert_eq!(found(page), expected);
}

#[test]
fn feeds_that_a_page_links_to() {
    for (anchor, expected) in [
        (
            "<a href=/news.rss>News</a>",
            Some("https://example.org/news.rss"),
        ),
        (
            "<a href=/blog/feed/>x</a>",
            Some("https://example.org/blog/feed/"),
        ),
        (
            "<a href='/opinions/?rss=1'>x</a>",
            Some("https://example.org/opinions/?rss=1"),
        ),
        (
            "<a href='/list?format=atom&amp;n=1'>x</a>",
            Some("https://example.org/list?format=atom&n=1"),
        ),
        (
            "<a href='/node/4816/rss_en'>x</a>",
            Some("https://example.org/node/4816/rss_en"),
        ),
        (
            "<a href='/s.aspx' title='Subscribe via RSS'><img></a>",
            Some("https://example.org/s.aspx"),
        ),
        (
            "<a href='feed://example.org/x'>x</a>",
            Some("https://example.org/x"),
        ),
        (
            "<a href='feed:https://example.org/y'>x</a>",
            Some("https://example.org/y"),
        ),
        ("<a href=/rss-feeds.html>RSS feeds</a>", None),
        ("<a href=/rss/what>What is RSS?</a>", None),
        ("<a href=/feedback>Feedback</a>", None),
        ("<a href=/across>Across</a>", None),
        ("<a href='/x?rss=0'>x</a>", None),
        ("<a href='mailto:rss@example.org'>RSS</a>", None),
    ] {
        let urls: Vec<_> = found(anchor).into_iter().map(|found| found.1).collect();
        assert_eq!(urls, expected.into_iter().collect::<Vec<_>>(), "{anchor}");
    }
}

#[test]
fn a_document_that_is_a_feed_itself() {
    for text in [
        "<?xml version='1.0'?><!-- x --><rss version='2.0'><channel/></rss>",
        "<rdf:RDF xmlns='x'>",
        "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": []}",
    ] {
        assert_eq!(found(text)[0].0, Clue::Itself, "{text}");
    }
    assert!(found("<!doctype html><p>An &lt;rss&gt; <rss>").is_empty());
    assert!(found("").is_empty() && found("{}").is_empty());
    assert!(found(&"<div>".repeat(5_000)).is_empty());
}

/// The definition guessed of a page, and what it reads there.
fn guessed(page: &str) -> Option<(Discovered, Vec<String>)> {
    let document = document(page.as_bytes());
    let found = discover(&document)
        .into_iter()
        .find(|found| found.clue == Clue::Guessed)?;
    let source = Source {
        select: found.select.clone().unwrap(),
        date: found.date.clone(),
        ..super::super::tests::source(SourceKind::Listing)
    };
    let titles = trial(&document, &source)
        .parsed
        .entries
        .iter()
        .map(|entry| {
            let day = entry.published.map(|stamp| stamp.day().to_string());
            format!("{} | {}", entry.title, day.unwrap_or_default())
        })
        .collect();
    Some((found, titles))
}

#[test]
fn lists_are_recognised_by_what_repeats() {
    let menu = "<nav><ul><li><a href=/a>Home page 1 May 2020</a><li><a href=/b>About us all</a></ul></nav>";
    let cards = format!(
        "<title>News</title>{menu}<main>{}</main><footer><p>© 2026 <a href=/l>Legal notice</a> 1 May 2026</footer><a rel=next href='?p=2'>n</a>",
        (1..6)
            .map(|n| format!(
                "<article class='card card-{n}00'><img><h3><a href=/n/{n}>Guidance number {n} published</a></h3>\
                 <time datetime='2026-03-0{n}T10:00:00Z'>0{n}.03.26</time><p>About it.</p><a href=/n/{n}>Read more</a></article>"
            ))
            .collect::<String>()
    );
    let (found, titles) = guessed(&cards).unwrap();
    assert_eq!(titles.len(), 5, "{titles:?}");
    assert_eq!(titles[0], "Guidance number 1 published | 2026-03-01");
    let select = found.select.unwrap();
    assert_eq!(select.item.as_deref(), Some("article.card"));
    assert_eq!(
        select.date,
        Some(Pick(vec![
            Way::css("time@datetime"),
            select.date.clone().unwrap().0[1].clone()
        ]))
    );
    assert_eq!(select.next, Some("a[rel=next]".into()));
    assert_eq!(found.title.as_deref(), Some("News"));

    let table = format!(
        "{menu}<table id=notices><tr><th>Date<th>No.<th>Title{}</table>",
        (1..9)
            .map(|n| format!("<tr><td>2{n}/03/2026<td><a href=/f/{n}>No. {n}</a><td><a href=/n/{n}>Circular on matter {n}</a>"))
            .collect::<String>()
    );
    let (found, titles) = guessed(&table).unwrap();
    assert_eq!(titles.len(), 8, "{found:?}");
    assert_eq!(titles[0], "Circular on matter 1 | 2026-03-21");
    assert_eq!(found.date.day_first, Some(true));

    let plain = "<div class=list><p><a href=1>Rule one is amended</a> (March 5, 2026)<p><a href=2>Rule two is repealed</a> (March 4, 2026)\
        <p><a href=3>Rule three is proposed</a> (February 4, 2026)</div>";
    let (_, titles) = guessed(plain).unwrap();
    assert_eq!(
        titles.last().unwrap(),
        "Rule three is proposed | 2026-02-04"
    );
}

#[test]
fn what_is_no_list_is_not_guessed() {
    for page in [
        "<p>On 1 May 2026, <a href=x>something long</a> was done.</p>",
        "<ul><li><a href=a>One thing</a><li><a href=b>Two things</a><li><a href=c>Three things</a></ul>",
        "<p>1 May 2026</p><p>2 May 2026</p><p>3 May 2026</p>",
    ] {
        assert!(guessed(page).is_none(), "{page}");
    }
}
