//! The language of mappings, from outside: a definition as an operator writes it, an answer, and
//! what is read in it. And what is no answer at all.

use std::time::Instant;

use chrono::{DateTime, Utc};
use regwire::domain::address::WebAddress;
use regwire::domain::document::{Document, Entry, FaultCode, Markup, Sha256};
use regwire::domain::source::Source;
use regwire::library::{Files, load};
use regwire::parse::{Parsed, Trial, parse, trial};

/// A source whose entry goes on with `text`.
pub fn source(kind: &str, text: &str) -> Source {
    let loaded = load_one(kind, text);
    let told: Vec<_> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{text}: {told:#?}");
    loaded.sources.into_iter().next().unwrap()
}

fn load_one(kind: &str, text: &str) -> regwire::library::Loaded {
    let entry = format!(
        "[[source]]\nid = \"the-source\"\nbody = \"nist\"\nname = \"x\"\nkind = \"{kind}\"\nurl = \"https://e.org/api/list?rows=2\"\n{text}\n"
    );
    load(&Files::built_in().with_sources("sources.toml", entry))
}

pub fn document(body: &[u8]) -> Document {
    Document {
        source: "the-source".parse().unwrap(),
        url: WebAddress::new("https://e.org/api/list?rows=2").unwrap(),
        fetched_at: DateTime::<Utc>::default(),
        status: 200,
        headers: Vec::new(),
        sha256: Sha256::of(body),
        body: body.to_vec(),
    }
}

fn read(definition: &str, answer: &str) -> Parsed {
    parse(&document(answer.as_bytes()), &source("json", definition))
}

/// An entry in one line: what is not there is not written.
pub fn line(entry: &Entry) -> String {
    let mut out = vec![entry.title.clone()];
    let mut add = |name: &str, text: Option<String>| {
        out.extend(text.map(|text| format!("{name}={text}")));
    };
    let list = |list: &[String]| (!list.is_empty()).then(|| list.join("+"));
    let markup = |markup: &Option<Markup>| {
        markup.as_ref().map(|markup| match markup {
            Markup::Text(text) => text.clone(),
            Markup::Html(text) => format!("html:{text}"),
        })
    };
    add("key", entry.guid.clone());
    add("url", entry.url.as_ref().map(|url| url.as_str().to_owned()));
    add("at", entry.published.map(|stamp| stamp.to_string()));
    add("modified", entry.modified.map(|stamp| stamp.to_string()));
    add("summary", markup(&entry.summary));
    add("content", markup(&entry.content));
    add("labels", list(&entry.categories));
    add("by", list(&entry.authors));
    add("bodies", list(&entry.stated.bodies));
    add("cites", list(&entry.stated.references));
    add(
        "kind",
        entry.stated.kind.map(|kind| kind.as_str().to_owned()),
    );
    let dates: Vec<String> = entry
        .stated
        .dates
        .iter()
        .map(|date| format!("{:?} {} {}", date.event, date.date, date.field))
        .collect();
    add("days", list(&dates));
    let notes: Vec<String> = entry
        .stated
        .notes
        .iter()
        .map(|note| format!("{} {}", note.at.date_naive(), note.note))
        .collect();
    add("notes", list(&notes));
    let files: Vec<String> = entry
        .enclosures
        .iter()
        .map(|file| file.url.as_str().to_owned())
        .collect();
    add("files", list(&files));
    add("version", entry.version.clone());
    add("language", entry.language.clone());
    out.join(" | ")
}

fn lines(parsed: &Parsed) -> Vec<String> {
    parsed.entries.iter().map(line).collect()
}

fn codes(parsed: &Parsed) -> Vec<FaultCode> {
    parsed.faults.iter().map(|fault| fault.code).collect()
}

#[test]
fn what_definitions_read() {
    for (definition, answer, expected) in [
        // The shortest.
        (
            r#"map = { items = "results", key = "id", title = "name" }"#,
            r#"{"results":[{"id":1,"name":"A & <B>"},{"id":"x","name":"C"}]}"#,
            &["A &amp; &lt;B> | key=1", "C | key=x"][..],
        ),
        // A list alone; relative links; a link makes a key unnecessary.
        (
            r#"map = { items = "$", title = "t", url = "href", published = "d" }"#,
            r#"[{"t":"A","href":"../a?x=1","d":"2026-03-02"},{"t":"B","href":"https://f.org/b","d":"2 March 2026"}]"#,
            &[
                "A | url=https://e.org/a?x=1 | at=2026-03-02",
                "B | url=https://f.org/b | at=2026-03-02",
            ],
        ),
        // Alternatives, within a path and as a list; an empty text is none.
        (
            r#"map = { items = "l", key = "id", title = ["long || short", { value = "Untitled" }] }"#,
            r#"{"l":[{"id":1,"long":" ","short":"S"},{"id":2,"long":"L","short":"S"},{"id":3,"long":null}]}"#,
            &["S | key=1", "L | key=2", "Untitled | key=3"],
        ),
        // Formats, parts, constants, escapes; a format with a gap is none.
        (
            r#"map = { items = "l", key = "{a}-{b}", title = { format = "{1} v. {2}", parts = ["a", { path = "b", lower = true }] }, url = { format = "https://e.org/?q={a}", encode = true }, summary = "{a} {{not a path}} {c}" }"#,
            r#"{"l":[{"a":"X&Y","b":"Z","c":"1"},{"a":"P Q","b":"R"}]}"#,
            &[
                "X&amp;Y v. z | key=X&Y-Z | url=https://e.org/?q=X%26Y | summary=X&Y {not a path} 1",
                "P Q v. r | key=P Q-R | url=https://e.org/?q=P%20Q",
            ],
        ),
        // Match, replace, edit, lookup, nth, all, split, slug.
        (
            r#"
[source.map]
items = "l"
key = "id"
title = { path = "ref", match = '^(\d+)-(\w+)$', replace = "$2 of $1" }
summary = { path = "names", all = "; " }
content = { path = "names", nth = -1, edit = [{ match = 'B', replace = "bb" }, { match = 'bb', replace = "c" }] }
categories = ["kind", { path = "tags", split = "," }]
authors = { path = "judges", split = ";" }
language = { path = "lang", lookup = { English = "en", French = "fr" } }
version = { path = "file", slug = true }
"#,
            r#"{"l":[{"id":1,"ref":"2026-May","names":["A","B"],"kind":"Rule","tags":"x, y,x","judges":"P;Q","lang":"French","file":"/d/annual-report_2026.pdf?x=1"},
                     {"id":2,"ref":"2026-June","lang":"Klingon"}]}"#,
            &[
                "May of 2026 | key=1 | summary=A; B | content=c | labels=Rule+x+y | by=P+Q | version=Annual report 2026 | language=fr",
                "June of 2026 | key=2",
            ],
        ),
        // HTML, and the text of it.
        (
            r#"map = { items = "l", key = "id", title = { path = "t", html = true }, summary = { path = "s", html = true }, comments_close = { path = "s", plain = true, match = 'Due: (\S+)' }, content = { path = "s", plain = true } }
date = { day_first = false }"#,
            r#"{"l":[{"id":1,"t":"A &amp; B","s":"<p>Comments <b>Due:</b> 10/16/2026</p>"}]}"#,
            &[
                "A &amp; B | key=1 | summary=html:<p>Comments <b>Due:</b> 10/16/2026</p> | content=Comments Due: 10/16/2026 | days=CommentsClose 2026-10-16 s",
            ],
        ),
        // Zones: the day of an instant is the day where the publisher is.
        (
            r#"map = { items = "l", key = "id", title = "id", published = { path = "p", day = true }, modified = "p", comments_close = "c", application = { path = "x", date = { format = "%d.%m.%y" } } }
date = { zone = "America/New_York" }"#,
            r#"{"l":[{"id":1,"p":"2022-07-25T04:00:00Z","c":"2023-03-15T03:59:59Z","x":"01.02.26"},{"id":2,"p":"2022-07-25T03:00:00Z","c":"2023-03-15T23:59"}]}"#,
            &[
                "1 | key=1 | at=2022-07-25 | modified=2022-07-25T04:00:00Z | days=CommentsClose 2023-03-14 c+Application 2026-02-01 x",
                "2 | key=2 | at=2022-07-24 | modified=2022-07-25T03:00:00Z | days=CommentsClose 2023-03-15 c",
            ],
        ),
        // Kinds, bodies, references, files, notes; only and skip.
        (
            r#"
[source.map]
items = "l"
only = { path = "state", match = '^(?:open|closed)$' }
skip = { path = "test", match = 'true' }
key = "id"
title = "id"
kind = [{ path = "gone", match = '.', replace = "withdrawal" }, { path = "state", lookup = { open = "consultation" } }]
bodies = ["orgs[*].name", "orgs[!name].raw"]
references = ["no", "cites[*].n"]
files = "docs[type=pdf].href"
comments_open = "window.from"
comments_close = "window.to"
notes = [{ items = "log", at = "at", note = { path = "html", html = true } }, { at = "seen", note = "last" }]
"#,
            r#"{"l":[
              {"id":1,"state":"open","orgs":[{"name":"N"},{"raw":"RAW"}],"no":"DCMS-1","cites":[{"n":"ISO 1"},{"n":"ISO 2"}],
               "docs":[{"type":"pdf","href":"/a.pdf"},{"type":"xml","href":"/a.xml"}],"window":{"from":"2026-01-05","to":"2026-02-06"},
               "log":[{"at":"2026-01-09","html":"<p>Second</p>"},{"at":"2026-01-05","html":"First"}],"seen":"2026-01-20","last":"Third"},
              {"id":2,"state":"draft"},{"id":3,"state":"open","test":true},{"id":4,"state":"closed","gone":"2026"}]}"#,
            &[
                "1 | key=1 | bodies=N+RAW | cites=DCMS-1+ISO 1+ISO 2 | kind=consultation | days=CommentsOpen 2026-01-05 window.from+CommentsClose 2026-02-06 window.to | notes=2026-01-05 First+2026-01-09 Second+2026-01-20 Third | files=https://e.org/a.pdf",
                "4 | key=4 | kind=withdrawal",
            ],
        ),
        // Items within items; what stands above and in the whole.
        (
            r#"map = { items = "cases[*].docs", key = "id", title = "^.name", published = "$.day", references = "^^.list" }"#,
            r#"{"day":"2026-05-01","list":"L","cases":[{"name":"A","docs":[{"id":1},{"id":2}]},{"name":"B","docs":[]},{"name":"C","docs":{"id":3}}]}"#,
            &[
                "A | key=1 | at=2026-05-01 | cites=L",
                "A | key=2 | at=2026-05-01 | cites=L",
                "C | key=3 | at=2026-05-01 | cites=L",
            ],
        ),
        // Several rows of one item.
        (
            r#"map = { items = "l", group = true, key = "day", title = "Changed on {day}", summary = "§ {n}", entry_into_force = "force" }"#,
            r#"{"l":[{"day":"2026-01-05","n":1,"force":"2026-02-01"},{"day":"2026-01-05","n":2,"force":"2026-03-01"},{"day":"2026-01-06","n":1},{"day":"2026-01-05","n":2}]}"#,
            &[
                "Changed on 2026-01-05 | key=2026-01-05 | summary=§ 1\n§ 2 | days=EntryIntoForce 2026-02-01 force+EntryIntoForce 2026-03-01 force",
                "Changed on 2026-01-06 | key=2026-01-06 | summary=§ 1",
            ],
        ),
        // A list by any of two names; a list of texts; names with odd signs.
        (
            r#"map = { items = ["a.list", "b"], key = ".", title = ".", url = "/x/{.}" }"#,
            r#"{"b":["one","two","one"]}"#,
            &[
                "one | key=one | url=https://e.org/x/one",
                "two | key=two | url=https://e.org/x/two",
            ],
        ),
        (
            r#"map = { items = "[\"a.b\"]", key = "Meeting Date", title = "x:y.@z" }"#,
            r#"{"a.b":[{"Meeting Date":"1","x:y":{"@z":"T"}}]}"#,
            &["T | key=1"],
        ),
        // JSON lines, and XML.
        (
            r#"map = { items = "$", key = "id", title = "t" }"#,
            "{\"id\":1,\"t\":\"A\"}\n{\"id\":2,\"t\":\"B\"}\n",
            &["A | key=1", "B | key=2"],
        ),
        (
            r#"map = { items = "list.item", key = "@id", title = "t", url = "link[@rel=self].@href", categories = "tag" }"#,
            "<?xml version=\"1.0\"?><list><item id=\"1\"><t>A &amp; B</t><link rel=\"alt\" href=\"/n\"/><link rel=\"self\" href=\"/a\"/><tag>x</tag><tag>y</tag></item><item id=\"2\"><t a=\"1\">C</t></item></list>",
            &[
                "A &amp; B | key=1 | url=https://e.org/a | labels=x+y",
                "C | key=2",
            ],
        ),
        // A byte-order mark, and UTF-16.
        (
            r#"map = { items = "l", key = "id", title = "t" }"#,
            "\u{feff}{\"l\":[{\"id\":1,\"t\":\"é\"}]}",
            &["é | key=1"],
        ),
    ] {
        let parsed = read(definition, answer);
        assert_eq!(lines(&parsed), expected, "{definition}");
        assert!(parsed.readable, "{definition}: {:?}", parsed.faults);
    }
}

#[test]
fn what_cannot_be_read_costs_itself() {
    let definition = r#"map = { items = "l", key = "id", url = "u", title = "t", published = "d", comments_close = "c" }"#;
    let answer = r#"{"l":[{"id":1,"t":"A","d":"soon","c":"never"},{"t":"no name"},{"id":3},7,null,{"u":"javascript:alert(1)","t":"B"},{"id":6,"u":"http://a:b@e.org/","t":"C","d":"9999-12-31"},{"id":1,"t":"again"}]}"#;
    let Trial { parsed, refused } =
        trial(&document(answer.as_bytes()), &source("json", definition));
    assert_eq!(lines(&parsed), ["A | key=1", "C | key=6"]);
    let told: Vec<(usize, &str)> = refused
        .iter()
        .map(|row| (row.row, row.why.as_str()))
        .collect();
    assert_eq!(
        told.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
        [2, 3, 4, 5, 6, 8]
    );
    assert!(told[4].1.contains("only http"), "{told:?}");
    let codes = codes(&parsed);
    assert_eq!(
        codes
            .iter()
            .filter(|code| **code == FaultCode::BadItem)
            .count(),
        5
    );
    assert!(codes.contains(&FaultCode::BadDate) && codes.contains(&FaultCode::ImplausibleDate));
}

#[test]
fn a_document_is_written_in_one_order_of_day_and_month() {
    let map = "map = { items = 'r', key = 'k', title = 'k', published = 'd' }";
    let days = |definition: &str, dates: &[&str]| -> Vec<String> {
        let rows: Vec<serde_json::Value> = dates
            .iter()
            .enumerate()
            .map(|(k, d)| serde_json::json!({ "k": format!("no {k}"), "d": d }))
            .collect();
        read(definition, &serde_json::json!({ "r": rows }).to_string())
            .entries
            .iter()
            .map(|entry| {
                entry
                    .published
                    .map_or_else(String::new, |at| at.day().to_string())
            })
            .collect()
    };
    assert_eq!(
        days(map, &["12/09/2022", "12/30/2022"]),
        ["2022-12-09", "2022-12-30"]
    );
    assert_eq!(
        days(map, &["12/09/2022", "30/12/2022"]),
        ["2022-09-12", "2022-12-30"]
    );
    let said = format!("{map}\ndate = {{ day_first = true }}");
    assert_eq!(days(&said, &["12/09/2022"]), ["2022-09-12"]);
}

#[test]
fn what_is_not_found_is_told_beside_what_is_there() {
    let map = "map = { items = 'results', key = 'id', title = 'titl', url = 'link' }";
    let told = |answer: &str| {
        let parsed = read(map, answer);
        let faults: Vec<String> = parsed
            .faults
            .iter()
            .map(|fault| fault.detail.clone())
            .collect();
        faults.join("\n")
    };
    assert!(told(r#"{"rows":[],"count":0}"#).contains("it holds `rows`, `count`"));
    assert!(told(r#"{"results":[{"id":"1","title":"A"}]}"#).contains("it holds `id`, `title`"));
    let map = "map = { items = 'results', key = 'id', title = 'id', url = 'link' }";
    let parsed = read(
        map,
        r#"{"results":[{"id":"1","link":"/a"},{"id":"1","link":"/b"},{"id":"1","link":"/a"}]}"#,
    );
    assert_eq!(parsed.entries.len(), 1);
    assert!(
        parsed.faults[0].detail.contains("with another link"),
        "{:?}",
        parsed.faults
    );
    assert_eq!(parsed.faults.len(), 1, "{:?}", parsed.faults);
}

#[test]
fn a_list_of_none_is_no_fault_and_a_missing_list_is_one() {
    let definition = r#"map = { items = "results", key = "id", title = "t", none = { path = "count", match = '^0$' }, error = "error.text" }"#;
    for (answer, readable, expected) in [
        (r#"{"count":0}"#, true, None),
        (r#"{"results":[]}"#, true, None),
        (r#"{"results":null}"#, true, None),
        (r#"{"count":3}"#, false, Some(FaultCode::NoMatch)),
        (
            r#"{"message":"try later"}"#,
            false,
            Some(FaultCode::NoMatch),
        ),
        (
            r#"{"error":{"text":"no such field"},"results":[]}"#,
            false,
            Some(FaultCode::ErrorAnswer),
        ),
        (
            r#"{"errors":[{"title":"Invalid"}]}"#,
            false,
            Some(FaultCode::ErrorAnswer),
        ),
        (r#"{"results":"none"}"#, false, Some(FaultCode::NoMatch)),
        (r#"{"results":[{"id":1}]}"#, false, Some(FaultCode::NoMatch)),
        (
            "<!doctype html><title>Maintenance</title>",
            false,
            Some(FaultCode::HtmlPage),
        ),
        (
            "<Error><Code>AccessDenied</Code></Error>",
            false,
            Some(FaultCode::NoMatch),
        ),
        ("", false, Some(FaultCode::EmptyBody)),
        ("callback({})", false, Some(FaultCode::NotJson)),
    ] {
        let parsed = read(definition, answer);
        assert_eq!(parsed.readable, readable, "{answer}");
        match expected {
            None => assert_eq!(parsed.faults, [], "{answer}"),
            Some(code) => assert!(
                codes(&parsed).contains(&code),
                "{answer}: {:?}",
                parsed.faults
            ),
        }
    }
    let told = read(definition, "<!doctype html><title>Maintenance</title>");
    assert!(told.faults[0].detail.contains("Maintenance"));
    let told = read(definition, "{\"results\":[\n{\"id\":1,}]}");
    assert!(
        told.faults[0].detail.contains("line 2, column 9"),
        "{:?}",
        told.faults
    );
}

/// A broken line costs itself only where the publisher says that these are lines.
#[test]
fn json_lines_are_lines_when_they_are_called_so() {
    let text = "{\"id\":1,\"t\":\"A\"}\n{\"id\":2,\"t\":\n{\"id\":3,\"t\":\"C\"}\n";
    let source = source("json", r#"map = { items = "$", key = "id", title = "t" }"#);
    let mut document = document(text.as_bytes());
    let guessed = parse(&document, &source);
    assert!(!guessed.readable && guessed.entries.is_empty());
    document.headers = vec![("content-type".to_owned(), "application/x-ndjson".to_owned())];
    let told = parse(&document, &source);
    assert_eq!(lines(&told), ["A | key=1", "C | key=3"]);
    assert_eq!(codes(&told), [FaultCode::BadItem]);
    assert!(told.faults[0].detail.contains("line 2"));
}

/// Shapes of RFC 8259 that are valid, as the value of a member that nobody asks for.
const VALID: &[&str] = &[
    "[]",
    "{}",
    "\"\"",
    "0",
    "-0",
    "true",
    "false",
    "null",
    "[[]]",
    "[{}]",
    "[ ]",
    "{ }",
    "[null]",
    "[1,null,null,2]",
    "[1\n]",
    " [1]",
    "[2] ",
    "\t[\r\n]\t",
    "[\"a\"]",
    "\"asd\"",
    "42",
    "-1",
    "0.1",
    "-0.1",
    "1e1",
    "1E1",
    "1e+1",
    "1E-1",
    "0e1",
    "0e+1",
    "0E1",
    "123e65",
    "20e1",
    "1.5e+9999",
    "-123",
    "-1.0",
    "123.456e78",
    "1e-2",
    "0.000000000000000000000001",
    "123456789012345678901234567890",
    "-9223372036854775809",
    "18446744073709551616",
    "{\"a\":1}",
    "{\"a\":1,\"b\":2}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"a\":1}",
    "{\"\":0}",
    "{\"a\":[]}",
    "{\"a\":{\"b\":{\"c\":[]}}}",
    "{ \"a\" : 1 , \"b\" : [ 2 ] }",
    "{\n\"a\": \"b\"\n}",
    "{\"\\u0066oo\":1}",
    "{\"foo\\u0000bar\":42}",
    "{\"min\":-1.0e+28,\"max\":1.0e+28}",
    "\"\\u0060\\u012a\\u12AB\"",
    "\"\\uD801\\udc37\"",
    "\"\\ud83d\\ude39\\ud83d\\udc8d\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\\\u0000\"",
    "\"\\\"\"",
    "\"a/*b*/c/*d//e\"",
    "\"\\\\a\"",
    "\"\\\\n\"",
    "\"\\u0012\"",
    "\"\\uFFFF\"",
    "\"\u{ffff}\"",
    "\"\u{10ffff}\"",
    "\"\\u0000\"",
    "\"\\u002c\"",
    "\"π\"",
    "\"𛿿\"",
    "\"asd \"",
    "\" \"",
    "\"\\uDBFF\\uDFFF\"",
    "\"new\\u00A0line\"",
    "\"\u{2028}\"",
    "\"\u{2029}\"",
    "\"\\u0061\\u30af\\u30EA\\u30b9\"",
    "\"new\\u000Aline\"",
    "\"\u{7f}\"",
    "\"\\uA66D\"",
    "\"\\u005C\"",
    "\"⍂㈴⍂\"",
    "\"\\u200B\"",
    "\"\\u2064\"",
    "\"\\uFDD0\"",
    "\"\\uFFFE\"",
    "\"\\u0022\"",
    "\"€𝄞\"",
    "\"aa\u{7f}a\"",
    "[\"\",0,{},[],true]",
    "[[[[[[[[[[1]]]]]]]]]]",
    "[-1,-0.0,0]",
    "[\"\\u0821\"]",
    "[1e22,1e-22]",
    "{\"x\":[{\"id\":\"\"}]}",
];

#[test]
fn every_valid_shape_is_accepted_beside_an_item() {
    let source = source("json", r#"map = { items = "l", key = "id", title = "t" }"#);
    for shape in VALID {
        let answer =
            format!("{{\"odd\":{shape},\"l\":[{{\"odd\":{shape},\"id\":7,\"t\":\"A\"}}]}}");
        let parsed = parse(&document(answer.as_bytes()), &source);
        assert_eq!(
            lines(&parsed),
            ["A | key=7"],
            "{shape}: {:?}",
            parsed.faults
        );
        // Alone it is JSON, whatever it holds.
        let alone = parse(&document(shape.as_bytes()), &source);
        assert!(!codes(&alone).contains(&FaultCode::NotJson), "{shape}");
    }
    println!("{} valid shapes", VALID.len());
}

/// Shapes that are no JSON: alone, as an element, and as a member, none gives an item.
const BROKEN: &[&str] = &[
    "[",
    "]",
    "[[",
    "[]]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 true]",
    "[\"a\" \"b\"]",
    "[1:2]",
    "[a]",
    "[\"x\"",
    "[\"x\"]]",
    "[,]",
    "[-]",
    "[3[4]]",
    "[1}",
    "[\"\",]",
    "[\"asd]",
    "[*]",
    "[\"\"],",
    "{",
    "}",
    "{]",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\":1,,\"b\":2}",
    "{:1}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{\"a\":1 1}",
    "{\"a\":1}}",
    "{\"a\":1}#",
    "{\"a\":1}/**/",
    "{\"a\":1}//",
    "{\"a\":1,\"b\"}",
    "{[:1]}",
    "{null:1}",
    "{\"a\":\"b\",}",
    "{\"a\":/**/1}",
    "{\"a\",1}",
    "+1",
    "01",
    "-01",
    "1.",
    ".1",
    "-.1",
    "1.e1",
    "1e",
    "1e+",
    "1eE2",
    "0e",
    "0e+",
    "0.e1",
    "1.2.3",
    "1+2",
    "1 000",
    "0x1",
    "0x",
    "Inf",
    "-Inf",
    "Infinity",
    "NaN",
    "-NaN",
    "1a",
    "-1a",
    "-foo",
    "--1",
    "++1",
    "1_0",
    "１",
    "2.e3",
    "9.e+",
    "-2.",
    "1.0e-",
    "tru",
    "TRUE",
    "nul",
    "fals",
    "truth",
    "undefined",
    "\"",
    "\"a",
    "'a'",
    "\"\\",
    "\"\\\"",
    "\"\\a\"",
    "\"\\x00\"",
    "\"\\u\"",
    "\"\\u1\"",
    "\"\\u123\"",
    "\"\\u123g\"",
    "\"\\uD800\\\"",
    "\"\\uD800\\u\"",
    "\"\\uD800\\u1\"",
    "\"\\uD800\\u1x\"",
    "\"\\🌀\"",
    "\"\n\"",
    "\"\t\"",
    "\"\u{0}\"",
    "\"\u{1f}\"",
    "\"a\"b",
    "\\u0020\"a\"",
    "<null>",
    "<.>",
    "[<null>]",
    "[\u{c}]",
    "\u{2060}",
    "[1]x",
    "[\u{85}1]",
    "{\"a\":[1}",
    "{\"a\":\"",
    "[{",
    "[{\"a\":",
    "{\"a\":tru}",
    "[1,\n1\n,1",
    "[\"a\",\n4\n,1,",
    "{\"a\":\"a\" 123}",
    "1 2",
    "{}{}",
    "[][]",
    "[]{}",
    "{}[]",
    "\"a\"\"b\"",
    "1,",
    ",1",
    ":",
    ",",
    "\\",
    "[\\n]",
    "[\"a\",]",
    "[false,nul]",
];

#[test]
fn nothing_broken_gives_an_item() {
    let source = source(
        "json",
        r#"map = { items = ["l", "$"], key = ["id", "."], title = ["t", { value = "T" }] }"#,
    );
    for shape in BROKEN {
        for answer in [
            (*shape).to_owned(),
            format!("[{shape}]"),
            format!("{{\"l\":[{{\"id\":1,\"t\":\"A\"}},{shape}]}}"),
            format!("{{\"l\":[{{\"id\":1,\"odd\":{shape}}}]}}"),
            format!("{{\"id\":1,\"t\":\"A\"}}\n{shape}"),
        ] {
            if serde_json::from_str::<serde_json::Value>(&answer).is_ok() {
                continue;
            }
            let parsed = parse(&document(answer.as_bytes()), &source);
            assert!(parsed.entries.is_empty(), "{answer}");
            assert!(!parsed.readable, "{answer}");
        }
    }
    println!("{} broken shapes, each in five places", BROKEN.len());
}

/// Every beginning of an answer is no answer.
#[test]
fn an_answer_that_breaks_off_gives_nothing() {
    let source = source("json", r#"map = { items = "l", key = "id", title = "t" }"#);
    let whole = "{\"l\":[{\"id\":1,\"t\":\"A\\u00fc\",\"x\":[true,null,-1.5e3]},{\"id\":2,\"t\":\"B\"}],\"n\":{}}";
    assert_eq!(parse(&document(whole.as_bytes()), &source).entries.len(), 2);
    for end in 0..whole.len() {
        let parsed = parse(&document(&whole.as_bytes()[..end]), &source);
        assert!(!parsed.readable && parsed.entries.is_empty(), "{end}");
    }
}

#[test]
fn what_is_hostile_is_refused_in_time() {
    let source = source("json", r#"map = { items = "l", key = "id", title = "t" }"#);
    let began = Instant::now();
    for (answer, code) in [
        ("[".repeat(100_000), FaultCode::Nesting),
        ("{\"a\":".repeat(100_000), FaultCode::Nesting),
        (
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
            FaultCode::Nesting,
        ),
        ("<a>".repeat(100_000), FaultCode::Nesting),
        (
            format!("[{}0]", "0,".repeat(8_000_000)),
            FaultCode::TooManyItems,
        ),
        ("\"".repeat(4_000_000), FaultCode::NotJson),
        (format!("\"{}", "\\".repeat(4_000_001)), FaultCode::NotJson),
        ("1".repeat(8_000_000), FaultCode::NoMatch),
    ] {
        let parsed = parse(&document(answer.as_bytes()), &source);
        assert!(parsed.entries.is_empty());
        assert!(
            codes(&parsed).contains(&code),
            "{:.20}: {:?}",
            answer,
            parsed.faults
        );
    }
    // One object with very many members, one item with very many values, very many items.
    let members: String = (0..200_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let wide = format!("{{{members}\"l\":[{{\"id\":1,\"t\":\"A\"}}]}}");
    assert_eq!(parse(&document(wide.as_bytes()), &source).entries.len(), 1);
    let items: Vec<String> = (0..100_000)
        .map(|n| format!("{{\"id\":{n},\"t\":\"A\"}}"))
        .collect();
    let many = format!("{{{members}\"l\":[{}]}}", items.join(","));
    let above = self::source(
        "json",
        r#"map = { items = "l", key = "id", title = "^.k7", summary = "$.l[*].id", published = "^.k199999" }"#,
    );
    let parsed = parse(&document(many.as_bytes()), &above);
    assert_eq!(parsed.entries.len(), 20_000);
    assert!(codes(&parsed).contains(&FaultCode::TooManyItems));
    let seconds = began.elapsed().as_secs_f64();
    println!("hostile answers: {seconds:.1} s");
    assert!(seconds < 60.0, "{seconds}");
}

#[test]
fn every_fault_of_a_definition_is_told_with_its_line() {
    let definition = r#"preset = "federal-registr"
key = { name = "x", header = "bad header" }
params = { since = "{today-7x}", n = 3 }
pages = 0
[source.map]
items = "a..b"
key = { path = "id", value = "x" }
title = { match = '(' }
summary = { path = "s", replace = "$1" }
content = { path = "s", format = "{2}" }
kind = { path = "k", lookup = { a = "law_adoptd" } }
published = { path = "d", nth = 0, date = { format = "%Q" } }
notes = { items = "log" }
next = { cursor = "c", most_rows = -1 }
comments_closed = "x"
"#;
    let told: Vec<String> = load_one("json", definition)
        .faults
        .iter()
        .map(ToString::to_string)
        .collect();
    for (line, part) in [
        (7, "did you mean `federal-register`?"),
        (8, "no HTTP header"),
        (9, "stands for no day"),
        (10, "1 to 500 pages"),
        (12, "name each level"),
        (13, "keep one of path, parts and value"),
        (14, "single quotes"),
        (14, "say where it stands"),
        (15, "replace needs match"),
        (16, "there is no {2}"),
        (17, "did you mean `law_adopted`?"),
        (18, "counts from 1"),
        (18, "no date pattern"),
        (19, "`note` is missing"),
        (20, "a number from 1"),
        (20, "cursor and mark"),
        (21, "did you mean `comments_close`?"),
    ] {
        assert!(
            told.iter()
                .any(|fault| fault.starts_with(&format!("sources.toml:{line}: "))
                    && fault.contains(part)),
            "line {line}, {part}: {told:#?}"
        );
    }
}

#[test]
fn sitemaps_are_read_by_the_same_language() {
    let sitemap = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://e.org/news/2026-03-05-new-rules_for-all.html?a=1&b=2 </loc><lastmod>2026-03-06T10:00:00+01:00</lastmod></url>
<url><loc>https://e.org/news/x</loc><n:news><n:publication><n:name>N</n:name><n:language>de</n:language></n:publication><n:publication_date>2026-03-07</n:publication_date><n:title>Neue Regeln</n:title><n:keywords>A, B</n:keywords></n:news></url>
<url><loc>https://e.org/about</loc></url>
<url><lastmod>2026-01-01</lastmod></url>
</urlset>"#;
    let read = |definition: &str, text: &str| {
        parse(&document(text.as_bytes()), &source("sitemap", definition))
    };
    let first = "2026 03 05 new rules for all | key=https://e.org/news/2026-03-05-new-rules_for-all.html?a=1&b=2 | url=https://e.org/news/2026-03-05-new-rules_for-all.html?a=1&b=2 | modified=2026-03-06T09:00:00Z";
    let news = "Neue Regeln | key=https://e.org/news/x | url=https://e.org/news/x | at=2026-03-07 | labels=A+B | language=de";
    let under = read(r#"under = "/news/""#, sitemap);
    assert_eq!(lines(&under), [first, news]);
    let include = read(r"include = '/\d{4}-\d\d-'", sitemap);
    assert_eq!(lines(&include), [first]);
    // The date from the address, the title without it, and lastmod as what revises.
    let own = read(
        r#"include = '/\d{4}-\d\d-'
map = { published = { path = "loc", match = '/(\d{4}-\d\d-\d\d)-' }, title = { path = "loc", edit = [{ match = '/\d{4}-\d\d-\d\d-', replace = "/" }], slug = true }, version = "lastmod" }"#,
        sitemap,
    );
    assert!(
        lines(&own)[0].starts_with("New rules for all | "),
        "{:?}",
        lines(&own)
    );
    assert_eq!(own.entries[0].published.unwrap().to_string(), "2026-03-05");
    assert_eq!(
        own.entries[0].version.as_deref(),
        Some("2026-03-06T10:00:00+01:00")
    );

    // A list of addresses; one that is packed.
    let list = "https://e.org/news/a\nhttps://e.org/b\n";
    assert_eq!(read(r#"under = "/news/""#, list).entries.len(), 1);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, sitemap.as_bytes()).unwrap();
    let packed = document(&packed.finish().unwrap());
    assert_eq!(
        parse(&packed, &source("sitemap", r#"under = "/news/""#))
            .entries
            .len(),
        2
    );

    // Indexes: the latest first, of this host only, and those that are asked for.
    let index = "<sitemapindex><sitemap><loc>https://e.org/s1.xml</loc><lastmod>2026-01-01</lastmod></sitemap><sitemap><loc>https://e.org/news.xml</loc><lastmod>2026-03-01</lastmod></sitemap><sitemap><loc>https://f.org/s.xml</loc></sitemap><sitemap><loc>/s2.xml.gz</loc></sitemap></sitemapindex>";
    assert_eq!(
        read("", index).parts,
        [
            "https://e.org/s2.xml.gz",
            "https://e.org/news.xml",
            "https://e.org/s1.xml"
        ]
    );
    assert_eq!(
        read("sitemaps = 'news'", index).parts,
        ["https://e.org/news.xml"]
    );

    for (text, code) in [
        ("<html><head></head></html>", FaultCode::HtmlPage),
        ("<rss version=\"2.0\"></rss>", FaultCode::NotASitemap),
        (
            "<urlset><url><loc>https://e.org/about</loc></url></urlset>",
            FaultCode::NoMatch,
        ),
        ("User-agent: *", FaultCode::NotASitemap),
        (" ", FaultCode::EmptyBody),
    ] {
        let parsed = read(r#"under = "/news/""#, text);
        assert!(!parsed.readable, "{text}");
        assert_eq!(
            codes(&parsed).last(),
            Some(&code),
            "{text}: {:?}",
            parsed.faults
        );
    }
    let half = read("", &sitemap[..sitemap.len() / 2]);
    assert!(half.readable && codes(&half).contains(&FaultCode::Truncated));
}
