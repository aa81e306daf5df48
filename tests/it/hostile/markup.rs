//! F7, F8, F17, F18: bombs of entities, depth, attributes and values, within a second each and
//! without a file or an address being opened; and broken feeds that keep their neighbours.

use std::time::Duration;

use regwire::clock::worked;
use regwire::domain::address::WebAddress;
use regwire::domain::document::{Document, FaultCode, Sha256};
use regwire::domain::source::Source;
use regwire::parse::{Parsed, article, discover, parse};
use regwire::text::html;

use super::{begin, defined, is_long, item, rss, source};

fn document(body: &[u8], kind: &str) -> Document {
    Document {
        source: "s".parse().unwrap(),
        url: WebAddress::new("https://news.example/feed").unwrap(),
        fetched_at: begin(),
        status: 200,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        sha256: Sha256::of(body),
        body: body.to_vec(),
    }
}

fn feed() -> Source {
    defined(&source("s", "feed", "https://news.example/feed", "")).unwrap()
}

fn listing() -> Source {
    let select = "select = { item = \"li\", title = \"a\", link = \"a@href\", date = \"time\" }";
    defined(&source("s", "listing", "https://news.example/", select)).unwrap()
}

/// What a bomb may take: a second of a release build, which a debug build is ten times slower than.
fn limit() -> Duration {
    Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 })
}

/// How many times smaller than they come the bombs are in the short form, which a debug build must
/// get through in seconds. What is quadratic is too slow at this size too.
fn fraction() -> usize {
    if is_long() { 1 } else { 64 }
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let began = worked();
    let out = run();
    let spent = worked().saturating_sub(began);
    if is_long() || spent > limit() / 10 {
        println!("{what}: {spent:.2?}");
    }
    assert!(spent <= limit(), "{what}: {spent:?}");
    out
}

/// Bombs of markup, as large as a body may be where that matters.
fn bombs() -> Vec<(&'static str, String)> {
    let part = fraction();
    let many = 1_000_000 / part;
    let nested = |piece: &str| piece.repeat(many);
    let fonts: String = (0..400).map(|n| format!("<font color={n}>")).collect();
    vec![
        ("a million open elements", nested("<div>")),
        (
            "a million open elements, one closed wrongly each",
            nested("<b></i>"),
        ),
        (
            "behind a comment that ends sooner",
            format!("<!-->{}", nested("<div>")),
        ),
        ("within a drawing", format!("<svg><title>{}", nested("<g>"))),
        (
            "a hundred thousand attributes",
            format!("<p {}>", "a=\"b\" ".repeat(100_000)),
        ),
        (
            "a million attributes without values",
            format!("<p {}>", "a ".repeat(many)),
        ),
        (
            "names that are all different",
            format!(
                "<p {}>",
                (0..100_000).map(|n| format!("a{n} ")).collect::<String>()
            ),
        ),
        (
            "formatting opened again in each paragraph",
            format!("<p>{fonts}</p>{}", "<p>x</p>".repeat(200_000)),
        ),
        (
            "a long link opened again in each paragraph",
            format!(
                "<p><a href=\"https://e.org/{}\">{}",
                "x".repeat(200_000),
                "</p><p>x".repeat(50_000)
            ),
        ),
        (
            "elements where a table has no place for them",
            format!("<table>{}", "<i>x</i>".repeat(200_000)),
        ),
        ("overlapping", "<b><p></b></p>".repeat(200_000)),
        ("paragraphs", "<p>".repeat((4 << 20) / part)),
        ("brackets", "<".repeat((8 << 20) / part)),
        ("ampersands", "&".repeat((8 << 20) / part)),
        ("quotes", "<a b=\"".repeat((1 << 20) / part)),
        ("comments", "<!--".repeat((1 << 20) / part)),
        ("sections", "<![CDATA[".repeat((1 << 20) / part)),
        ("closing tags", "</a>".repeat((2 << 20) / part)),
        ("spaces", " ".repeat((15 << 20) / part)),
    ]
}

#[test]
fn bombs_of_markup_are_let_lie_by_every_reader() {
    for (what, bomb) in bombs() {
        let page =
            format!("<!DOCTYPE html><html><body><ul><li><a href=\"/a\">Kept</a></li></ul>{bomb}");
        let page = document(page.as_bytes(), "text/html");
        timed(&format!("listing, {what}"), || parse(&page, &listing()));
        timed(&format!("discovery, {what}"), || discover(&page));
        timed(&format!("article, {what}"), || article(&page));
        timed(&format!("made safe, {what}"), || {
            // What `normalize` hands over at most.
            let mut end = bomb.len().min(400_000);
            while !bomb.is_char_boundary(end) {
                end -= 1;
            }
            let safe = html::safe_html(&bomb[..end], None);
            assert!(
                safe.as_str().len() <= 6 * end + 1_000,
                "{}",
                safe.as_str().len()
            );
        });
        timed(&format!("plain, {what}"), || html::plain(&bomb));
    }
}

#[test]
fn bombs_in_feeds_cost_their_item_and_no_neighbour() {
    let (first, last) = (item(1), item(2));
    for (what, bomb) in bombs() {
        for (where_, broken) in [
            (
                "in the open",
                format!("<item><title>T</title><description>{bomb}</description></item>"),
            ),
            ("escaped", {
                let escaped = bomb.replace('&', "&amp;").replace('<', "&lt;");
                format!("<item><title>T</title><description>{escaped}</description></item>")
            }),
            (
                "in a section",
                format!(
                    "<item><title>T</title><description><![CDATA[{}]]></description></item>",
                    bomb.replace("]]>", "")
                ),
            ),
            (
                "between the fields",
                format!("<item><title>T</title>{bomb}</item>"),
            ),
        ] {
            let body = rss(&format!("{first}{broken}{last}"));
            if body.len() > 16 << 20 {
                continue;
            }
            let document = document(body.as_bytes(), "application/rss+xml");
            let parsed = timed(&format!("{where_}, {what}"), || parse(&document, &feed()));
            assert!(
                parsed
                    .entries
                    .iter()
                    .any(|entry| entry.title.contains("Notice 1 ")),
                "{where_}, {what}: the first item is lost: {:?}",
                parsed.faults
            );
            // What is well-formed around the bomb keeps the item behind it too.
            if matches!(where_, "escaped" | "in a section") {
                assert!(
                    parsed
                        .entries
                        .iter()
                        .any(|entry| entry.title.contains("Notice 2 ")),
                    "{where_}, {what}: the last item is lost: {:?}",
                    parsed.faults
                );
            }
        }
    }
}

#[test]
fn entities_neither_multiply_nor_open_files() {
    let laughs: String = (1..=9)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let quadratic = format!("<!ENTITY q \"{}\">", "a".repeat(100_000));
    let short = format!("<!ENTITY s \"{}\">", "a".repeat(64));
    let doctype = |inside: &str| format!("<!DOCTYPE rss [<!ENTITY l0 \"ha\">{inside}]>");
    let with = |inside: &str, text: &str| {
        doctype(inside)
            + &rss(&(item(1)
                + &format!("<item><title>T</title><description>{text}</description></item>")))
    };
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "a secret of this machine").unwrap();
    let path = secret.path().display();
    for (what, body) in [
        ("a billion laughs", with(&laughs, "&l9;")),
        (
            "one long entity many times",
            with(&quadratic, &"&q;".repeat(100_000)),
        ),
        (
            "one short entity many times",
            with(&short, &"&s;".repeat(1_000_000)),
        ),
        (
            "a file",
            with(&format!("<!ENTITY f SYSTEM \"file://{path}\">"), "&f;"),
        ),
        (
            "a file by a parameter",
            with(&format!("<!ENTITY % f SYSTEM \"file://{path}\">%f;"), "&f;"),
        ),
        (
            "an inclusion",
            rss(&(item(1)
                + &format!(
                    "<item><title>T</title><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file://{path}\" parse=\"text\"/></item>"
                ))),
        ),
        (
            "a declaration without an end",
            format!("<!DOCTYPE rss [{}", "<!ENTITY x \"y\">".repeat(500_000)) + &rss(&item(1)),
        ),
    ] {
        let document = document(body.as_bytes(), "application/rss+xml");
        let parsed = timed(what, || parse(&document, &feed()));
        let said = format!("{parsed:?}");
        assert!(!said.contains("a secret of this machine"), "{what}");
        assert!(
            said.len() <= 64 * body.len().max(1 << 20),
            "{what}: {}",
            said.len()
        );
        if what != "a declaration without an end" {
            assert!(
                parsed
                    .entries
                    .iter()
                    .any(|entry| entry.title.contains("Notice 1 ")),
                "{what}: {:?}",
                parsed.faults
            );
        }
    }
}

#[test]
fn names_and_bases_beyond_number_are_walked_once() {
    let spaces: String = (0..250)
        .map(|n| {
            format!(
                "<channel {}>",
                (0..250)
                    .map(|m| format!("xmlns:p{n}x{m}=\"u\" "))
                    .collect::<String>()
            )
        })
        .collect();
    let bases: String = (0..250)
        .map(|_| format!("<channel xml:base=\"{}/\">", "a".repeat(60_000)))
        .collect();
    for (what, body) in [
        (
            "namespaces",
            format!("<rss>{spaces}{}", "<z:x/>".repeat(1_000_000 / fraction())),
        ),
        ("bases", format!("<rss>{bases}{}", item(1))),
        (
            "items",
            rss(&"<item><title>t</title></item>".repeat(500_000 / fraction())),
        ),
        (
            "labels",
            rss(&format!(
                "<item><title>t</title>{}</item>",
                "<category>x</category>".repeat(500_000 / fraction())
            )),
        ),
    ] {
        let document = document(body.as_bytes(), "application/rss+xml");
        timed(what, || parse(&document, &feed()));
    }
}

#[test]
fn json_that_would_fill_memory_or_the_stack_is_refused() {
    let fill = |piece: &str| {
        format!(
            "{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}",
            format!("{piece},").repeat((15 << 20) / (piece.len() + 1))
        )
    };
    for (what, body, code) in [
        ("small maps", fill("{\"a\":1}"), FaultCode::TooLarge),
        ("empty maps", fill("{}"), FaultCode::TooLarge),
        ("numbers", fill("1"), FaultCode::TooLarge),
        (
            "a hundred thousand lists",
            "[".repeat(100_000),
            FaultCode::NotAFeed,
        ),
        (
            "a hundred thousand maps",
            "{\"a\":".repeat(100_000),
            FaultCode::TooLarge,
        ),
        (
            "a number without end",
            format!("{{\"items\":[{{\"id\":{}}}]}}", "9".repeat(1 << 20)),
            FaultCode::NotAFeed,
        ),
    ] {
        let document = document(body.as_bytes(), "application/feed+json");
        let parsed = timed(what, || parse(&document, &feed()));
        assert!(parsed.entries.is_empty(), "{what}");
        assert!(
            parsed.faults.iter().any(|fault| fault.code == code),
            "{what}: {:?}",
            parsed.faults
        );
    }
}

/// A text with one thing wrong in it, always the same for the same number; and where in the text
/// that is.
fn mutated(text: &str, number: usize) -> (String, std::ops::Range<usize>) {
    let mut state = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap_or(0)
    };
    let mut bytes = text.as_bytes().to_vec();
    let at = next(bytes.len());
    let upto = (at + 1 + next(20)).min(bytes.len());
    match number % 5 {
        0 => bytes[at] = u8::try_from(next(256)).unwrap_or(0),
        1 => drop(bytes.drain(at..upto)),
        2 => bytes.truncate(at),
        3 => {
            let piece = [
                "&",
                "<",
                ">",
                "\"",
                "]]>",
                "<![CDATA[",
                "<!--",
                "</item>",
                "<item>",
                "\0",
                "é",
                "<b>",
            ];
            let piece = piece[next(piece.len())].bytes();
            drop(bytes.splice(at..at, piece));
        }
        _ => {
            let copy = bytes[at..upto].to_vec();
            drop(bytes.splice(at..at, copy));
        }
    }
    let end = if number % 5 == 1 { upto } else { at + 1 };
    (String::from_utf8_lossy(&bytes).into_owned(), at..end)
}

#[test]
fn one_thing_wrong_costs_no_more_than_what_it_stands_in() {
    const ITEMS: usize = 8;
    let items: String = (0..ITEMS).map(item).collect();
    let entries: String = (0..ITEMS)
        .map(|n| format!("<entry><id>tag:e.org,2026:{n}</id><title type=\"html\">Notice {n} on &lt;b>risk&lt;/b></title><link href=\"https://news.example/{n}\"/><updated>2026-11-06T10:00:00Z</updated><content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Text {n}</p></div></content></entry>"))
        .collect();
    let atom =
        format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>N</title>{entries}</feed>");
    let json = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"N\",\"items\":[{}]}}",
        (0..ITEMS).map(|n| format!("{{\"id\":\"{n}\",\"title\":\"Notice {n} on risk\",\"url\":\"https://news.example/{n}\",\"content_html\":\"<p>Text {n}</p>\"}}")).collect::<Vec<_>>().join(",")
    );
    let tries = if is_long() { 20_000 } else { 1_000 };
    let source = feed();
    for (what, whole) in [("rss", rss(&items)), ("atom", atom), ("json", json)] {
        let (mut lost, mut worst) = (0, Vec::new());
        for number in 0..tries {
            let (broken, place) = mutated(&whole, number);
            let parsed: Parsed = parse(&document(broken.as_bytes(), ""), &source);
            assert!(
                !parsed
                    .faults
                    .iter()
                    .any(|fault| fault.code == FaultCode::ReaderFailed),
                "{what} {number}: {:?}",
                parsed.faults
            );
            // A cut loses what it cut off; anything else what it stands in.
            let is_cut = number % 5 == 2;
            let end = match what {
                "json" => "</p>\"}",
                "rss" => "</item>",
                _ => "</entry>",
            };
            let ends = |text: &str| text.matches(end).count();
            let expected = if is_cut {
                ends(&broken).min(ITEMS)
            } else {
                // Where items meet, one wrong thing stands in two of them.
                let touched = whole
                    .match_indices(end)
                    .any(|(at, _)| at < place.end && place.start <= at + end.len() + 1);
                ITEMS - 1 - usize::from(touched)
            };
            if parsed.entries.len() < expected {
                lost += 1;
                worst.push(format!(
                    "{number}: {} of {expected}: {:?}",
                    parsed.entries.len(),
                    parsed.faults
                ));
            }
        }
        println!("{what}: {tries} broken feeds, {lost} with a neighbour lost");
        for line in worst.iter().take(10) {
            println!("  {line}");
        }
        assert!(lost * 200 <= tries, "{what}: {lost} of {tries}");
    }
}

#[test]
fn the_rules_of_an_operator_cannot_be_used_to_keep_us_busy() {
    let page = format!(
        "<!DOCTYPE html><html><body><ul>{}</ul>{}</body></html>",
        "<li><a href=\"/a\">A notice about aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!</a><time>2026-11-06</time></li>".repeat(300),
        "<div><p>x</p></div>".repeat(11_000)
    );
    let page = document(page.as_bytes(), "text/html");
    for item in [
        "li",
        "* * * * li",
        "body *:not(div):not(p):not(span):has(a)",
        "div ~ div ~ div ~ div, li",
        "div:nth-child(2n+1):nth-last-child(3n), li",
        "body:has(li) :has(a)",
    ] {
        let text = source(
            "s",
            "listing",
            "https://news.example/",
            &format!("select = {{ item = \"{item}\", title = \"a\", link = \"a@href\" }}"),
        );
        let Some(source) = defined(&text) else {
            continue;
        };
        timed(item, || parse(&page, &source));
    }
    // A pattern is linear, and one that compiles to more than a megabyte is refused when read.
    let select = |pattern: &str| {
        source(
            "s",
            "listing",
            "https://news.example/",
            &format!(
                "select = {{ item = \"li\", link = \"a@href\", title = {{ at = \"a\", match = \"{pattern}\" }} }}"
            ),
        )
    };
    for pattern in ["(a+)+$", "(a|aa)+$", "(.*)*x"] {
        if let Some(source) = defined(&select(pattern)) {
            timed(pattern, || parse(&page, &source));
        }
    }
}
