// What each target does with a piece of hostile input. Read by the fuzz targets of this folder and
// by `tests/it/hostile/fuzz.rs`, which runs them with a stable toolchain.

use chrono::DateTime;
use regwire::domain::address::WebAddress;
use regwire::domain::document::{Document, FaultCode, Sha256};
use regwire::domain::query;
use regwire::domain::reference::{self, KnownWorks};
use regwire::domain::source::Source;
use regwire::library::{Files, load};
use regwire::parse::{Parsed, parse};
use regwire::tag::{Subject, Tagger, key_dates};
use regwire::text::date::{self, DateHints};
use regwire::text::decode::{self, Form};
use regwire::text::{html, stem, words};

/// A target by its name: what it does with a piece of input.
pub type Target = fn(&[u8]);

/// Every target; the folder of its seeds has the same name.
pub const TARGETS: &[(&str, Target)] = &[
    ("address", address),
    ("charset", charset),
    ("date", self::date),
    ("feed", feed),
    ("listing", listing),
    ("query", self::query),
    ("reference", self::reference),
    ("robots", robots),
    ("tags", tags),
    ("text", text),
];

fn source(kind: &str, more: &str) -> Source {
    let text = format!(
        "[[source]]\nid = \"s\"\nbody = \"iso\"\nname = \"S\"\nkind = \"{kind}\"\nurl = \"https://e.org/news/feed\"\n{more}\n"
    );
    load(&Files::built_in().with_sources("sources.toml", text))
        .sources
        .pop()
        .expect("a sound definition")
}

fn read(source: &Source, data: &[u8]) -> Parsed {
    // The first byte chooses what the server says of the body.
    let kinds = [
        "",
        "application/rss+xml",
        "text/xml; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "text/html; charset=shift_jis",
    ];
    let (first, body) = data.split_first().unwrap_or((&0, &[]));
    let kind = kinds[usize::from(*first) % kinds.len()];
    let document = Document {
        source: source.id.clone(),
        url: WebAddress::new("https://e.org/news/feed").expect("an address"),
        fetched_at: DateTime::default(),
        status: 200,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        sha256: Sha256::of(body),
        body: body.to_vec(),
    };
    let parsed = parse(&document, source);
    // A panic is caught and told: here it is a finding.
    assert!(
        !parsed
            .faults
            .iter()
            .any(|fault| fault.code == FaultCode::ReaderFailed),
        "{:?}",
        parsed.faults
    );
    assert!(parsed.entries.len() <= 10_000);
    for entry in &parsed.entries {
        let title = html::line(&entry.title);
        assert!(!title.contains('\n') && title.chars().count() <= 501);
        for text in [&entry.summary, &entry.content].into_iter().flatten() {
            let safe = html::safe_html(text.raw(), entry.url.as_ref().map(|url| url.as_url()));
            let lower = safe.as_str().to_ascii_lowercase();
            assert!(
                !lower.contains("<script") && !lower.contains("<img"),
                "{lower}"
            );
            html::plain(text.raw());
        }
    }
    parsed
}

pub fn feed(data: &[u8]) {
    thread_local!(static SOURCE: Source = source("feed", ""));
    SOURCE.with(|source| read(source, data));
}

pub fn listing(data: &[u8]) {
    thread_local!(static SOURCE: Source = source(
        "listing",
        "select = { item = \"li, tr, article\", title = \"a, h3\", link = \"a@href\", date = \"time@datetime || time || td\", summary = \"p\", next = \"a[rel=next]\" }",
    ));
    SOURCE.with(|source| read(source, data));
}

pub fn robots(data: &[u8]) {
    // The path stands before the first line's end.
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (path, file) = data.split_at(end);
    let path = format!("/{}", String::from_utf8_lossy(path));
    regwire::fetch::robots_allow(file, &path);
    assert!(regwire::fetch::robots_allow(file, "/robots.txt"));
    assert!(regwire::fetch::robots_allow(b"", &path));
}

pub fn date(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let hints = DateHints {
        day_first: Some(data.len().is_multiple_of(2)),
        language: Some(["en", "en-us", "de", "th"][data.len() % 4]),
        ..DateHints::default()
    };
    for stamp in [date::read(&text, &hints).ok(), date::abbreviated(&text)]
        .into_iter()
        .flatten()
    {
        // What was read is written and read back as the same.
        let again = date::read(&stamp.to_string(), &DateHints::default());
        assert_eq!(again, Ok(stamp), "{text:?}");
    }
}

pub fn charset(data: &[u8]) {
    let (first, body) = data.split_first().unwrap_or((&0, &[]));
    let labels = [
        None,
        Some("text/xml"),
        Some("text/xml; charset=utf-8"),
        Some("text/html; charset=windows-1251"),
        Some("text/xml; charset=cp437"),
        Some("text/xml; charset=\"'klingon"),
    ];
    for form in [Form::Xml, Form::Html, Form::Json, Form::Plain] {
        let decoded = decode::decode(body, labels[usize::from(*first) % labels.len()], form);
        // Four bytes of text for each of the input are never passed, nor is text made of nothing.
        assert!(decoded.text.len() <= body.len() * 4 + 32);
    }
}

pub fn query(data: &[u8]) {
    thread_local!(static KNOWN: KnownWorks = KnownWorks::default());
    let text = String::from_utf8_lossy(data);
    KNOWN.with(|known| {
        let understood = query::read(&text, known);
        assert!(understood.problems.len() <= 100);
    });
}

pub fn reference(data: &[u8]) {
    thread_local!(static KNOWN: KnownWorks = KnownWorks::default());
    let text = String::from_utf8_lossy(data);
    KNOWN.with(|known| {
        for found in reference::find(&text, known) {
            // It stands where it is said to stand, in bytes and in characters alike.
            let before = text.get(..found.byte_start).expect("a character's edge");
            let within = text
                .get(found.byte_start..found.byte_end)
                .expect("characters' edges");
            assert_eq!(before.chars().count(), found.start, "{text:?}");
            assert_eq!(within.chars().count(), found.end - found.start, "{text:?}");
            assert!(!within.is_empty() && !found.reference.canonical.is_empty());
            assert!(!found.reference.work.is_empty());
            reference::slug(&found.reference.work);
        }
        reference::read(&text, known);
    });
}

pub fn tags(data: &[u8]) {
    thread_local!(static TAGGER: Tagger = Tagger::new(std::sync::Arc::new(load(&Files::built_in()).library)));
    let text = String::from_utf8_lossy(data);
    let (headline, summary) = text.split_once('\n').unwrap_or((&text, ""));
    let languages = [None, Some("en"), Some("de"), Some("fr"), Some("zh")];
    let language = languages[data.len() % languages.len()];
    let subject = Subject {
        headline,
        summary,
        language,
        ..Subject::default()
    };
    TAGGER.with(|tagger| assert_eq!(tagger.tag(&subject), tagger.tag(&subject)));
    key_dates::read(
        &text,
        chrono::NaiveDate::from_ymd_opt(2026, 2, 28),
        language,
    );
}

pub fn text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let safe = html::safe_html(&text, None);
    // What is safe is left as it is, and says the same.
    assert_eq!(
        html::safe_html(safe.as_str(), None).as_str(),
        safe.as_str(),
        "{text:?}"
    );
    let plain = html::plain(safe.as_str());
    let mut end = 0;
    words::for_each_token(&plain, &mut |word: &str, from, to, _| {
        assert!(
            from >= end && to > from && plain.get(from..to).is_some(),
            "{plain:?}"
        );
        assert!(!word.is_empty());
        stem::key(word);
        end = from;
    });
}

pub fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let base = WebAddress::new("https://e.org/news/").expect("an address");
    for address in [WebAddress::new(&text), base.join(&text)]
        .into_iter()
        .flatten()
    {
        assert!(matches!(address.as_url().scheme(), "http" | "https"));
        assert!(address.as_url().username().is_empty());
        let canonical = address.canonical();
        assert_eq!(canonical.canonical(), canonical, "{text:?}");
        // The object that is checked is the one that is dialled: written out, it is the same.
        assert_eq!(
            WebAddress::new(address.as_str()).as_ref(),
            Ok(&address),
            "{text:?}"
        );
    }
}
