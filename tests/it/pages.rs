//! Watched pages of our own writing: what is read, what is told, and what must never become a
//! baseline.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use regwire::compare::page::{Past, Verdict, compare};
use regwire::domain::address::{AddressTemplate, WebAddress};
use regwire::domain::document::{Document, FaultCode, Sha256};
use regwire::domain::page::PageText;
use regwire::domain::source::Source;
use regwire::library::{Files, load};
use regwire::parse::{Parsed, parse};

const DEFINITION: &str = r#"
[[source]]
id = "watched"
body = "iso"
name = "A watched page"
kind = "page"
url = "https://www.example.org/guidance"
on = false
off_because = "a definition for tests"
"#;

/// A source of kind `page`, read as the product reads it, with more lines of its definition.
pub fn defined(more: &str) -> Source {
    let files = Files::built_in().with_sources("watched.toml", format!("{DEFINITION}{more}"));
    let mut loaded = load(&files);
    let faults: Vec<_> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    loaded.sources.remove(0)
}

/// A source of kind `page` of which nothing more is said.
pub fn source() -> Source {
    defined("")
}

pub fn document(body: &[u8]) -> Document {
    Document {
        source: "watched".parse().unwrap(),
        url: WebAddress::new("https://www.example.org/guidance").unwrap(),
        fetched_at: "2026-06-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap(),
        status: 200,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        sha256: Sha256::of(body),
        body: body.to_vec(),
    }
}

fn read(page: &str, source: &Source) -> Parsed {
    parse(&document(page.as_bytes()), source)
}

fn text(page: &str) -> PageText {
    let parsed = read(page, &source());
    assert!(parsed.readable, "{:?}", parsed.faults);
    parsed.page.unwrap().text.unwrap()
}

/// A page of an agency: its text in a frame of menus, banners and counters.
fn framed(main: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Guidance | The Agency</title></head><body class=home>\
         <div class=cookie-banner><p>We use cookies to make this site work. <button>Accept all</button></p></div>\
         <header><a href=/>The Agency</a></header><nav><ul><li><a href=/a>News</a><li><a href=/b>Rules</a></ul></nav>\
         <main><h1>Guidance on incident reports</h1>{main}</main>\
         <footer><p>© 2026 The Agency. 1,204 visitors today.</p></footer></body></html>"
    )
}

const DUTIES: &str = "<h2 id=duties>Duties</h2><p>Providers shall report serious incidents within 15 days of becoming aware of them.</p>\
    <p>Importers shall keep a copy of the report for ten years and give it to the authority on request.</p>\
    <ul><li>Reports are made by form.</li><li>Reports in paper are not accepted.</li><li>Drafts may be sent by mail.</li></ul>\
    <table><tr><th>Report<th>Time limit</tr><tr><td>First notice<td>72 hours</tr><tr><td>Final report<td>30 days</tr></table>\
    <p>The authority publishes a summary of the reports that it received, each year, on this page and in its annual report.</p>";

fn verdict(before: &str, after: &str) -> Verdict {
    compare_texts(&text(before), &text(after))
}

fn compare_texts(before: &PageText, after: &PageText) -> Verdict {
    let past = Past {
        last: Some(before),
        ..Past::default()
    };
    compare(&past, after)
}

#[test]
fn a_change_is_told_word_by_word_where_it_stands() {
    let before = framed(DUTIES);
    let after = framed(&DUTIES.replace("within 15 days", "within 10 days"));
    let Verdict::Changed(change) = verdict(&before, &after) else {
        panic!()
    };
    assert_eq!(change.edits.len(), 1);
    let edit = &change.edits[0];
    assert_eq!(edit.under, ["Guidance on incident reports", "Duties"]);
    assert_eq!(edit.anchor.as_deref(), Some("duties"));
    assert_eq!(
        change.summary(),
        "1 passage changed.\nProviders shall report serious incidents within [-15-] {+10+} days of becoming aware of them."
    );
    assert!(
        change
            .html()
            .as_str()
            .contains("<del>15</del> <ins>10</ins>")
    );
    assert!(edit.before().contains("within 15 days") && edit.after().contains("within 10 days"));
}

#[test]
fn what_means_nothing_is_not_told() {
    let before = framed(&format!(
        "{DUTIES}<p>Last updated: 5 March 2026. 12 comments.</p>"
    ));
    for (name, after) in [
        ("the same", before.clone()),
        (
            "day of rendering",
            before.replace("5 March 2026", "1 June 2026"),
        ),
        ("counter", before.replace("12 comments", "1,013 comments")),
        (
            "frame",
            before.replace("1,204 visitors", "7 visitors").replace(
                "<li><a href=/b>Rules</a>",
                "<li><a href=/b>Rules</a><li><a href=/c>Jobs</a>",
            ),
        ),
        (
            "cookie text",
            before.replace(
                "to make this site work.",
                "and those of our partners, for advertising.",
            ),
        ),
        (
            "white space and case of typing",
            before.replace(
                "<p>Importers shall keep",
                "<p>\n   Importers&nbsp;shall\u{200b} keep",
            ),
        ),
        (
            "typography",
            before.replace("it received, each year, on", "it received – each year — on"),
        ),
        (
            "list in another order",
            before.replace(
                "<li>Reports are made by form.</li><li>Reports in paper are not accepted.</li>",
                "<li>Reports in paper are not accepted.</li><li>Reports are made by form.</li>",
            ),
        ),
        (
            "block moved",
            framed(&format!(
                "<p>Last updated: 5 March 2026. 12 comments.</p>{DUTIES}"
            )),
        ),
        (
            "broken into other blocks",
            before
                .replace(
                    "of becoming aware of them.</p>",
                    "of becoming aware of them.<br>",
                )
                .replace(
                    "<p>Importers shall keep a copy",
                    "Importers shall keep a copy",
                ),
        ),
        (
            "in another element",
            before
                .replace("<p>", "<div class=text>")
                .replace("</p>", "</div>"),
        ),
        (
            "share buttons",
            before.replace(
                "<h2 id=duties>",
                "<div><a href=x>Share on Facebook</a></div><h2 id=duties>",
            ),
        ),
    ] {
        assert!(name == "the same" || before != after, "{name}");
        let verdict = verdict(&before, &after);
        assert_eq!(verdict, Verdict::Same, "{name}");
    }
}

#[test]
fn what_means_something_is_told_however_small() {
    let before = framed(DUTIES);
    for (name, after) in [
        ("not", before.replace("Importers shall keep", "Importers shall not keep")),
        ("may", before.replace("Drafts may be sent", "Drafts must be sent")),
        ("number in a table", before.replace("72 hours", "24 hours")),
        ("a row less", before.replace("<tr><td>Final report<td>30 days</tr>", "")),
        ("an item more", before.replace("</ul><table>", "<li>Reports are published after a year.</li></ul><table>")),
        ("heading", before.replace(">Duties<", ">Duties (withdrawn)<")),
        ("withdrawn", before.replace("<h1>Guidance on incident reports</h1>", "<h1>Guidance on incident reports</h1><p class=notice>Withdrawn on 1 May 2026</p>")),
        ("paragraph gone", before.replace("<p>The authority publishes a summary of the reports that it received, each year, on this page and in its annual report.</p>", "")),
        ("number in words", before.replace("ten years", "five years")),
    ] {
        assert_ne!(before, after, "{name}");
        let verdict = verdict(&before, &after);
        assert!(matches!(verdict, Verdict::Changed(_)), "{name}: {verdict:?}");
    }
}

#[test]
fn a_redesign_alone_is_no_change() {
    let before = framed(DUTIES);
    // Another frame, other elements, other labels; the same text.
    let sections: String = (0..12)
        .map(|n| {
            format!(
                "<div class='tile tile--{} grid'><span class=icon></span></div>",
                ["a", "b", "c"][n % 3]
            )
        })
        .collect();
    let after = format!(
        "<!doctype html><html lang=en><head><title>Guidance - Agency</title></head><body class='theme-new wide'>\
         <div class='shell'><div class='masthead'><a class=brand href=/>Agency</a></div>{sections}\
         <main class='content-area'><article class='prose lead'><h1 class=display>Guidance on incident reports</h1>\
         <span class=eyebrow>Read this guidance online</span>{}</article></main></div></body></html>",
        DUTIES
            .replace("<p>", "<section class='stack'><div class='rich-text'>")
            .replace("</p>", "</div></section>")
    );
    assert_eq!(verdict(&before, &after), Verdict::Same);
    // And what changes with it is told, without the labels that came with the design.
    let Verdict::Changed(change) =
        verdict(&before, &after.replace("within 15 days", "within 48 hours"))
    else {
        panic!()
    };
    assert!(change.redesigned);
    assert_eq!(change.edits.len(), 1, "{}", change.text());
}

#[test]
fn to_and_fro_is_told_once_each_way() {
    let (a, b) = (
        text(&framed(DUTIES)),
        text(&framed(&DUTIES.replace("15 days", "10 days"))),
    );
    let mut told = Vec::new();
    let mut last = a.clone();
    let mut verdicts = Vec::new();
    for now in [&b, &a, &b, &a, &b] {
        let verdict = compare(
            &Past {
                last: Some(&last),
                told: &told,
                doubted: None,
            },
            now,
        );
        if let Verdict::Changed(change) = &verdict {
            told.extend(change.edits.iter().map(|edit| edit.fingerprint));
        }
        verdicts.push(verdict);
        last = now.clone();
    }
    assert!(matches!(&verdicts[0], Verdict::Changed(change) if !change.returned));
    assert!(matches!(&verdicts[1], Verdict::Changed(change) if change.returned));
    assert!(
        verdicts[2..]
            .iter()
            .all(|verdict| matches!(verdict, Verdict::Flapping(_))),
        "{verdicts:?}"
    );
}

#[test]
fn a_page_that_lost_its_text_is_doubted_first() {
    let long: String = (0..30)
        .map(|n| format!("<p>Paragraph {n} of the guidance says what providers have to do.</p>"))
        .collect();
    let (whole, rest) = (
        text(&framed(&long)),
        text(&framed(
            "<p>More information will follow shortly on this page.</p>",
        )),
    );
    let mut doubted = None;
    for times in 1..=2 {
        let verdict = compare(
            &Past {
                last: Some(&whole),
                told: &[],
                doubted,
            },
            &rest,
        );
        let Verdict::Doubted {
            state,
            times: counted,
            fault,
        } = verdict
        else {
            panic!("{verdict:?}")
        };
        assert_eq!((counted, fault.code), (times, FaultCode::Shrunken));
        doubted = Some((state, counted));
    }
    // Three visits in a row: it is what the page says now.
    let verdict = compare(
        &Past {
            last: Some(&whole),
            told: &[],
            doubted,
        },
        &rest,
    );
    assert!(matches!(verdict, Verdict::Changed(_)), "{verdict:?}");
}

#[test]
fn what_comes_in_the_pages_place_is_no_baseline() {
    let page = |title: &str, body: &str| {
        format!(
            "<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
        )
    };
    for (code, came) in [
        (
            FaultCode::SoftNotFound,
            page(
                "Page not found | The Agency",
                "<main><h1>Page not found</h1><p>Try the search.</p></main>",
            ),
        ),
        (
            FaultCode::SoftNotFound,
            page("Error 404", "<h1>Oops</h1><p>Nothing here.</p>"),
        ),
        (
            FaultCode::SoftNotFound,
            page("Agency", "<h1>Sorry, we can't find that page</h1>"),
        ),
        (
            FaultCode::SoftNotFound,
            page("Page introuvable", "<h1>Erreur 404</h1>"),
        ),
        (
            FaultCode::LoginWall,
            page(
                "Sign in",
                "<form><input name=u><input type=password name=p></form><p>Please sign in to continue.</p>",
            ),
        ),
        (
            FaultCode::LoginWall,
            page(
                "Members only",
                "<h1>Log in required</h1><p>This document is for members.</p>",
            ),
        ),
        (
            FaultCode::ErrorPage,
            page(
                "Just a moment...",
                "<p>Enable JavaScript and cookies to continue</p>",
            ),
        ),
        (
            FaultCode::ErrorPage,
            page(
                "Access denied",
                "<h1>Access Denied</h1><p>You don't have permission. Reference #18.2d351ab8.1557333295.a4e16ab</p>",
            ),
        ),
        (
            FaultCode::ErrorPage,
            page(
                "503 Service Temporarily Unavailable",
                "<h1>503 Service Temporarily Unavailable</h1>",
            ),
        ),
        (
            FaultCode::ErrorPage,
            page(
                "Agency",
                "<h1>Our site is down for maintenance</h1><p>Back soon.</p>",
            ),
        ),
        (
            FaultCode::ErrorPage,
            page(
                "Before you continue",
                "<h1>Before you continue to the Agency</h1><p>We use cookies and data.</p><button>Accept all</button>",
            ),
        ),
        (
            FaultCode::ErrorPage,
            page(
                "Agency",
                "<h1>Terms of use</h1><p>You must accept the terms and conditions to continue.</p>",
            ),
        ),
        (
            FaultCode::NoMatch,
            page("Agency", "<div id=app></div><script>render()</script>"),
        ),
        (FaultCode::EmptyBody, "  \n".to_owned()),
    ] {
        let parsed = read(&came, &source());
        assert!(!parsed.readable && parsed.page.is_none(), "{came}");
        assert_eq!(parsed.faults[0].code, code, "{came}: {:?}", parsed.faults);
        // Neither where a definition keeps what the error page has, too.
        let kept = read(&came, &defined("select = { keep = [\"body\"] }"));
        assert!(!kept.readable, "{came}");
    }
    // Pages about such things are pages.
    for (title, main) in [
        (
            "Section 404 of the Sarbanes-Oxley Act",
            "<h2>404 Management assessment</h2>",
        ),
        ("Login and access control guidance", "<h2>Passwords</h2>"),
        (
            "Directory of public bodies 500",
            "<h2>503 Service providers</h2>",
        ),
        (
            "Maintenance of records",
            "<h2>Records not found at inspection</h2>",
        ),
    ] {
        let page = framed(&format!("{main}{DUTIES}")).replace("Guidance | The Agency", title);
        let parsed = read(&page, &source());
        assert!(parsed.readable, "{title}: {:?}", parsed.faults);
    }
}

#[test]
fn a_way_that_ends_before_a_gate_is_no_baseline() {
    let form =
        "<!doctype html><title>The Agency</title><h1>The Agency</h1><p>Enter your number.</p>";
    let at = |address: &str, page: &str, source: &Source| {
        let mut document = document(page.as_bytes());
        document.url = WebAddress::new(address).unwrap();
        parse(&document, source)
    };
    for (address, code) in [
        ("https://login.example.org/", FaultCode::LoginWall),
        (
            "https://www.example.org/account/sign-in.aspx",
            FaultCode::LoginWall,
        ),
        (
            "https://www.example.org/en/SSO?return=%2Fguidance",
            FaultCode::LoginWall,
        ),
        (
            "https://consent.example.org/m?continue=https://www.example.org/guidance",
            FaultCode::ErrorPage,
        ),
        ("https://www.example.org/consent", FaultCode::ErrorPage),
    ] {
        let parsed = at(address, form, &source());
        assert!(!parsed.readable && parsed.page.is_none(), "{address}");
        assert_eq!(
            parsed.faults[0].code, code,
            "{address}: {:?}",
            parsed.faults
        );
    }
    // What the source itself asks for is no gate, nor is an address like any other.
    for (address, asked) in [
        ("https://www.example.org/guidance/2026", ""),
        ("https://www.example.org/blogin/authority", ""),
        (
            "https://www.example.org/consent/",
            "https://www.example.org/consent",
        ),
    ] {
        let mut source = source();
        if !asked.is_empty() {
            source.url = AddressTemplate::new(asked).unwrap();
        }
        let parsed = at(address, form, &source);
        assert!(parsed.readable, "{address}: {:?}", parsed.faults);
    }
    // A long page that moved to an address with such a word.
    let long: String = (0..30)
        .map(|n| format!("<p>Consent {n} is given freely and may be taken back at any time.</p>"))
        .collect();
    let moved = "https://www.example.org/topics/consent/guidance";
    assert!(at(moved, &framed(&long), &source()).readable);
}

#[test]
fn a_page_in_another_language_is_no_baseline() {
    let german = "<p>Anbieter melden jeden schweren Vorfall innerhalb von 15 Tagen, nachdem sie von ihm Kenntnis erhalten haben, und bewahren die Meldung für zehn Jahre auf.</p>";
    let page = framed(german).replace("lang=en", "lang=de");
    let parsed = read(&page, &defined("language = \"en\""));
    assert!(!parsed.readable);
    assert_eq!(parsed.faults[0].code, FaultCode::OtherLanguage);
    assert!(read(&page, &defined("language = \"de\"")).readable);
    // A template that lies about its language is believed no more than its words.
    let page = framed(DUTIES).replace("lang=en", "lang=de");
    assert!(read(&page, &defined("language = \"en\"")).readable);
}

#[test]
fn keep_drop_and_watch_say_what_is_compared() {
    let page = framed(&format!(
        "{DUTIES}<div class=box><p>A box.</p><p class=x>Version 4.1 of the form</p></div>"
    ));
    let kept = |more: &str| {
        let parsed = read(&page, &defined(more));
        assert!(parsed.readable, "{:?}", parsed.faults);
        parsed.page.unwrap().text.unwrap().plain()
    };
    assert_eq!(
        kept("select = { keep = [\".box\", \".box .x\"] }"),
        "A box.\nVersion 4.1 of the form"
    );
    assert_eq!(
        kept("select = { keep = [\".box\"], drop = [\".x\"] }"),
        "A box."
    );
    assert_eq!(kept("watch = 'Version (\\d+\\.\\d+)'"), "Version 4.1");
    let all = kept("select = { drop = [\"table\"] }");
    assert!(
        all.contains("Duties") && !all.contains("72 hours") && !all.contains("cookies"),
        "{all}"
    );
    for missing in [
        "select = { keep = [\".gone\"] }",
        "watch = 'Edition \\d+'",
        "life_cycle = { item = \".stage\" }",
    ] {
        let parsed = read(&page, &defined(missing));
        assert!(!parsed.readable, "{missing}");
        assert_eq!(
            parsed.faults[0].code,
            FaultCode::NoMatch,
            "{missing}: {:?}",
            parsed.faults
        );
    }
    let source = defined("select = { note = \".change-note\", reference = \"h1\" }");
    let noted = read(
        &page.replace(
            "<h2 id=duties>",
            "<p class=change-note>Time limits &amp; forms changed.</p><h2 id=duties>",
        ),
        &source,
    );
    let noted = noted.page.unwrap();
    assert_eq!(noted.note.as_deref(), Some("Time limits & forms changed."));
    assert_eq!(
        noted.reference.as_deref(),
        Some("Guidance on incident reports")
    );
}

#[test]
fn any_table_of_stages_is_a_life_cycle() {
    let page = "<!doctype html><html lang=de><body><main><h1>DIN EN 1234 <small>Projekt 99-07</small></h1>\
        <table class=ablauf><tr><th>Schritt<th>Datum<th>Kode</tr>\
        <tr><td>Entwurf<td>5. März 2024<td>40.20</tr><tr><td>Umfrage beendet<td>01.06.2024<td>40.60</tr>\
        <tr><td>Annahme<td>-<td>50.20</tr><tr><td>Ausgabe<td>01.12.2026<td>60.60</tr></table></main></body></html>";
    let source = defined(
        "date = { language = \"de\", day_first = true }\nselect = { reference = \"h1::own\" }\n[source.life_cycle]\nitem = \".ablauf tr:has(td)\"\nstage = { column = \"Kode\" }\ndate = { column = \"Datum\", match = '\\d.*' }\nproject = { css = \"h1 small\", match = '[\\d-]+' }\n",
    );
    let parsed = read(page, &source);
    assert!(parsed.faults.is_empty(), "{:?}", parsed.faults);
    let cycle = parsed.page.unwrap().life_cycle.unwrap();
    let told: Vec<String> = cycle.passed.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["40.20 (2024-03-05)", "40.60 (2024-06-01)"]);
    // Without a date, or dated after the visit: still to come.
    let planned: Vec<String> = cycle.planned.iter().map(ToString::to_string).collect();
    assert_eq!(planned, ["50.20", "60.60 (2026-12-01)"]);
    assert_eq!(
        (cycle.project.as_deref(), cycle.reference.as_deref()),
        (Some("99-07"), Some("DIN EN 1234"))
    );
    // The publisher's words become codes by `edit`.
    let worded = "<ul><li class=s>Under Enquiry 2025-02-03<li class=s>Approved 2025-11-30</ul>";
    let source = defined(
        "[source.life_cycle]\nitem = \".s\"\nstage = { edit = [{ match = '^Under Enquiry.*', replace = \"40.20\" }, { match = '^Approved.*', replace = \"60.60\" }] }\ndate = { match = '\\d{4}-\\d\\d-\\d\\d' }\n",
    );
    let cycle = read(&framed(worded), &source)
        .page
        .unwrap()
        .life_cycle
        .unwrap();
    assert_eq!(cycle.current().unwrap().to_string(), "60.60 (2025-11-30)");
}

#[test]
fn hostile_pages_cost_little() {
    let cases: Vec<(&str, String, bool)> = vec![
        ("nested a million deep", "<div>".repeat(1_000_000), false),
        (
            "inline nested a million deep",
            "<b>x".repeat(1_000_000),
            false,
        ),
        ("nested 10,000 deep", "<div>".repeat(10_000), false),
        ("nothing at all", String::new(), false),
        ("markup without a word", "<p></p>".repeat(1_000), false),
        (
            "100,000 attributes",
            format!(
                "<p {}>x</p>",
                (0..100_000).map(|n| format!("a{n}=1 ")).collect::<String>()
            ),
            false,
        ),
        (
            "16 MB of words",
            format!(
                "<main><p>{}</p></main>",
                "compliance notice ".repeat(900_000)
            ),
            true,
        ),
        (
            "16 MB of small blocks",
            format!("<main>{}</main>", "<p>x y</p>".repeat(1_600_000)),
            false,
        ),
        (
            "60,000 rows",
            format!("<table>{}</table>", "<tr><td>a<td>1".repeat(60_000)),
            true,
        ),
        (
            "no end of a tag",
            format!(
                "<main><p>text of the page <a href=\"{}",
                "x".repeat(4_000_000)
            ),
            true,
        ),
        (
            "no HTML at all",
            "\u{0}\u{1}\u{2}\u{fffd}".repeat(100_000),
            false,
        ),
    ];
    // Loose where nothing is optimised and the machine may be shared.
    let slow = if cfg!(debug_assertions) { 60 } else { 4 };
    for (name, page, readable) in cases {
        let began = Instant::now();
        let parsed = read(&page, &source());
        let took = began.elapsed();
        println!(
            "{name}: {} MB, {took:?}, {:?}",
            page.len() >> 20,
            parsed.faults.first().map(|fault| fault.code)
        );
        assert_eq!(parsed.readable, readable, "{name}: {:?}", parsed.faults);
        assert!(took < Duration::from_secs(slow), "{name}: {took:?}");
    }
}

#[test]
fn long_pages_are_compared_in_linear_time() {
    let paragraph = |n: usize| {
        format!(
            "<p>Clause {n}: the operator shall keep the record {n} for {} years and show it on request.</p>",
            n % 9 + 2
        )
    };
    let page = |change: &dyn Fn(usize) -> bool| {
        let all: String = (0..20_000)
            .map(|n| {
                if change(n) {
                    paragraph(n).replace("shall", "may")
                } else {
                    paragraph(n)
                }
            })
            .collect();
        text(&framed(&all))
    };
    let (before, after) = (page(&|_| false), page(&|n| n == 777));
    let began = Instant::now();
    let Verdict::Changed(change) = compare_texts(&before, &after) else {
        panic!()
    };
    println!("one clause of 20,000: {:?}", began.elapsed());
    assert_eq!(change.edits.len(), 1);
    let every = page(&|n| n % 2 == 0);
    let began = Instant::now();
    let Verdict::Changed(change) = compare_texts(&before, &every) else {
        panic!()
    };
    let took = began.elapsed();
    println!("half of 20,000 clauses: {took:?}");
    assert!(change.edits.len() <= 500);
    assert!(
        took < Duration::from_secs(if cfg!(debug_assertions) { 90 } else { 10 }),
        "{took:?}"
    );
}
