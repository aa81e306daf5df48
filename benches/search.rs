//! The search page beside raw tantivy and SQLite's FTS5, on one run's machine: `cargo bench --bench search`.
//!
//! Documents are made from two recordings (`REGWIRE_CORPUS`, else `../shared/corpus`): abstracts of
//! papers and a standards catalogue. Places and kinds are given to them by their keys, for there is
//! something to be counted then. Every way finds the same updates; that is checked first.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::index as following;
use regwire::daemon::{House, Shift};
use regwire::domain::change::Fingerprint;
use regwire::domain::document::{Outcome, Sha256, Visit};
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{JurisdictionId, SourceId, UpdateId};
use regwire::domain::query;
use regwire::domain::update::{Authority, Content, Reach, Tag, Tags, Update, UpdateKind};
use regwire::library::{Files, load};
use regwire::search::{Asked, Highlighter, SortOrder};
use regwire::store::{Fresh, Harvest, SourceState};
use regwire::text::date::Stamp;
use regwire::text::{html, stem, words};
use regwire::web;
use sqlx::{Connection as _, Row as _};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query as Raw, RangeQuery, TermQuery};
use tantivy::schema::{
    DateOptions, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

mod recorded;
use recorded::{corpus, recorded};

const DOCUMENTS: usize = 200_000;
const BATCH: usize = 5_000;
/// Questions of each sort.
const OF_A_SORT: usize = 50;
const ROUNDS: usize = 3;

struct Doc {
    title: String,
    text: String,
    day: NaiveDate,
    place: &'static str,
    kind: UpdateKind,
}

const PLACES: &[&str] = &[
    "eu", "us", "gb", "de", "fr", "it", "es", "nl", "ie", "ch", "ca", "au", "jp", "kr", "cn", "sg",
    "in", "br", "intl", "za",
];

fn documents(folder: &Path) -> Vec<Doc> {
    let mut out: Vec<Doc> = Vec::with_capacity(DOCUMENTS);
    for (number, one) in (1_usize..).zip(recorded(folder)) {
        let day = one
            .day
            .get(..10)
            .and_then(|day| day.parse().ok())
            .unwrap_or_else(|| {
                NaiveDate::from_ymd_opt(2000 + i32::try_from(number % 20).unwrap_or(0), 5, 1)
                    .expect("a day")
            });
        // Squares spread unevenly, as places and kinds do.
        let spread = |most: usize| (number * number / 7) % most * ((number / 3) % most) / most;
        out.push(Doc {
            title: one.title,
            text: one.text,
            day,
            place: PLACES[spread(PLACES.len())],
            kind: UpdateKind::ALL[spread(UpdateKind::ALL.len())],
        });
    }
    let real = out.len();
    // The rest are the same words in another order of sentences.
    let mut at = 0;
    while out.len() < DOCUMENTS {
        let one = &out[at * 7 % real];
        let mut sentences: Vec<&str> = one.text.split_inclusive(". ").collect();
        sentences.reverse();
        let again = Doc {
            title: one.title.clone(),
            text: sentences.concat(),
            day: one.day,
            place: PLACES[(at * 13) % PLACES.len()],
            kind: UpdateKind::ALL[(at * 5) % UpdateKind::ALL.len()],
        };
        out.push(again);
        at += 1;
    }
    out.truncate(DOCUMENTS);
    out
}

fn seen() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-01T00:00:00Z")
        .expect("a moment")
        .to_utc()
}

fn update(source: &SourceId, number: usize, doc: &Doc) -> Fresh {
    let key = number.to_string();
    let update = Update {
        id: UpdateId::of(source, &key),
        source: source.clone(),
        key,
        revision: 1,
        first_seen: seen(),
        revised_at: seen(),
        content: Content {
            title: doc.title.clone(),
            body: html::safe_html(
                &format!(
                    "<p>{}</p>",
                    doc.text.replace('&', "&amp;").replace('<', "&lt;")
                ),
                None,
            ),
            published: Some(Stamp::Day(doc.day)),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::Archive,
        tags: Tags {
            kind: Some(doc.kind),
            language: Some("en".to_owned()),
            jurisdictions: vec![Tag {
                id: JurisdictionId::new(doc.place).expect("a place"),
                because: Vec::new(),
            }],
            ..Tags::default()
        },
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: seen(),
            status: 200,
        },
    };
    Fresh {
        update,
        fingerprint: Fingerprint::read(&format!("{number:032x}")).expect("a fingerprint"),
        text: doc.text.clone(),
    }
}

async fn open(data: &Path) -> House {
    let text = "base_url = \"http://127.0.0.1:8080\"\ncontact = \"bench@example.org\"\n";
    let config = Config::read("bench", text, data.to_owned(), data.to_owned(), |_| None)
        .expect("a configuration");
    let sources = "[[source]]\nid = \"bench\"\nbody = \"iso\"\nname = \"Bench\"\nkind = \"feed\"\nurl = \"https://bench.example/feed\"\nlanguage = \"en\"\nterms = \"full\"\n".to_owned();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources));
    House::open_with(config, Clock::real(), loaded)
        .await
        .expect("a house")
}

/// Everything stored and indexed; how long it took.
async fn fill(house: &House, docs: &[Doc]) -> Duration {
    let begun = Instant::now();
    let source = SourceId::new("bench").expect("an id");
    let shift = Shift::begin(house)
        .await
        .expect("a store")
        .expect("a lease");
    for (batch, part) in docs.chunks(BATCH).enumerate() {
        let new: Vec<Fresh> = part
            .iter()
            .enumerate()
            .map(|(place, doc)| update(&source, batch * BATCH + place, doc))
            .collect();
        let harvests = vec![Harvest {
            visit: Visit {
                source: source.clone(),
                at: Utc::now(),
                outcome: Outcome::New,
                status: Some(200),
                entries: 0,
                new: 0,
                revised: 0,
                faults: Vec::new(),
                milliseconds: 1,
                bytes: 1,
            },
            state: SourceState::unknown(source.clone(), Utc::now()),
            documents: Vec::new(),
            new,
            revised: Vec::new(),
            register: None,
            watching: None,
        }];
        let committed = house
            .store
            .commit_harvests(shift.lease(), &harvests)
            .await
            .expect("a commit");
        following::stage(house, committed, harvests).await;
        following::follow(house).await.expect("an index");
    }
    house.index.rest();
    house.index.refresh().expect("an index");
    shift.end().await.expect("the end");
    begun.elapsed()
}

/// The house's tokens, for the baseline: all ways find the same.
#[derive(Clone, Default)]
struct Same(Vec<Token>);

struct SameStream<'a>(&'a mut Vec<Token>, usize);

impl Tokenizer for Same {
    type TokenStream<'a> = SameStream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> SameStream<'a> {
        self.0.clear();
        let out = &mut self.0;
        words::for_each_token(
            text,
            &mut |word: &str, start: usize, end: usize, position: usize| {
                out.push(Token {
                    offset_from: start,
                    offset_to: end,
                    position,
                    text: stem::key(word).to_owned(),
                    position_length: 1,
                });
            },
        );
        SameStream(&mut self.0, 0)
    }
}

impl TokenStream for SameStream<'_> {
    fn advance(&mut self) -> bool {
        self.1 += 1;
        self.1 <= self.0.len()
    }
    fn token(&self) -> &Token {
        &self.0[self.1 - 1]
    }
    fn token_mut(&mut self) -> &mut Token {
        &mut self.0[self.1 - 1]
    }
}

struct RawIndex {
    index: tantivy::Index,
    reader: tantivy::IndexReader,
    title: Field,
    text: Field,
    tag: Field,
    dated: Field,
}

fn moment(day: NaiveDate) -> tantivy::DateTime {
    tantivy::DateTime::from_timestamp_secs(
        day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp(),
    )
}

/// Raw tantivy with the same fields; how long it took.
fn raw(folder: &Path, docs: &[Doc]) -> (RawIndex, Duration) {
    let begun = Instant::now();
    let mut schema = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("same")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let id = schema.add_text_field("id", STRING | STORED);
    let title = schema.add_text_field("title", words.clone());
    let text = schema.add_text_field("text", words);
    let tag = schema.add_text_field("tag", STRING);
    let dated = schema.add_date_field("dated", DateOptions::default().set_fast());
    let index = tantivy::Index::create_in_dir(folder, schema.build()).expect("an index");
    index.tokenizers().register("same", Same::default());
    let mut writer: tantivy::IndexWriter = index
        .writer_with_num_threads(1, 48_000_000)
        .expect("a writer");
    for (batch, part) in docs.chunks(BATCH).enumerate() {
        for (place, doc) in part.iter().enumerate() {
            let mut document = tantivy::TantivyDocument::default();
            document.add_text(id, (batch * BATCH + place).to_string());
            document.add_text(title, &doc.title);
            document.add_text(text, &doc.text);
            document.add_text(tag, format!("jurisdiction:{}", doc.place));
            document.add_text(tag, format!("kind:{}", doc.kind.as_str()));
            document.add_date(dated, moment(doc.day));
            writer.add_document(document).expect("a document");
        }
        writer.commit().expect("a commit");
    }
    writer.wait_merging_threads().expect("merging");
    let took = begun.elapsed();
    let reader = index.reader().expect("a reader");
    (
        RawIndex {
            index,
            reader,
            title,
            text,
            tag,
            dated,
        },
        took,
    )
}

enum Question {
    Words(Vec<String>),
    Phrase(Vec<String>),
    Narrow(Vec<String>, &'static str, i32),
}

impl Question {
    fn typed(&self) -> String {
        match self {
            Self::Words(words) => words.join(" "),
            Self::Phrase(words) => format!("\"{}\"", words.join(" ")),
            Self::Narrow(words, place, year) => {
                format!(
                    "{} jurisdiction:{place} after:{year}-01-01 before:{}-01-01",
                    words.join(" "),
                    year + 1
                )
            }
        }
    }

    fn raw(&self, index: &RawIndex) -> Box<dyn Raw> {
        let either = |one: Box<dyn Raw>, other: Box<dyn Raw>| -> Box<dyn Raw> {
            Box::new(BooleanQuery::new(vec![
                (Occur::Should, one),
                (Occur::Should, other),
            ]))
        };
        let term = |field: Field, word: &str| -> Box<dyn Raw> {
            Box::new(TermQuery::new(
                tantivy::Term::from_field_text(field, stem::key(word)),
                IndexRecordOption::WithFreqs,
            ))
        };
        let word = |word: &String| either(term(index.title, word), term(index.text, word));
        match self {
            Self::Words(words) if words.len() == 1 => word(&words[0]),
            Self::Words(words) => Box::new(BooleanQuery::new(
                words.iter().map(|one| (Occur::Must, word(one))).collect(),
            )),
            Self::Phrase(words) => {
                let phrase = |field: Field| -> Box<dyn Raw> {
                    Box::new(PhraseQuery::new(
                        words
                            .iter()
                            .map(|word| tantivy::Term::from_field_text(field, stem::key(word)))
                            .collect(),
                    ))
                };
                either(phrase(index.title), phrase(index.text))
            }
            Self::Narrow(words, place, year) => {
                let mut clauses: Vec<(Occur, Box<dyn Raw>)> =
                    words.iter().map(|one| (Occur::Must, word(one))).collect();
                let tag =
                    tantivy::Term::from_field_text(index.tag, &format!("jurisdiction:{place}"));
                clauses.push((
                    Occur::Must,
                    Box::new(TermQuery::new(tag, IndexRecordOption::Basic)),
                ));
                let day = |year: i32| {
                    tantivy::Term::from_field_date(
                        index.dated,
                        moment(NaiveDate::from_ymd_opt(year, 1, 1).expect("a day")),
                    )
                };
                clauses.push((
                    Occur::Must,
                    Box::new(RangeQuery::new(
                        std::ops::Bound::Included(day(*year)),
                        std::ops::Bound::Excluded(day(year + 1)),
                    )),
                ));
                Box::new(BooleanQuery::new(clauses))
            }
        }
    }

    fn fts(&self) -> String {
        let quoted = |word: &String| format!("\"{word}\"");
        match self {
            Self::Words(words) | Self::Narrow(words, ..) => {
                words.iter().map(quoted).collect::<Vec<_>>().join(" AND ")
            }
            Self::Phrase(words) => format!("\"{}\"", words.join(" ")),
        }
    }
}

/// Questions out of the documents themselves: fifty of each of four sorts.
fn questions(docs: &[Doc]) -> Vec<(&'static str, Vec<Question>)> {
    let plain = |text: &str| -> Vec<String> {
        words::tokens(text)
            .into_iter()
            .map(|token| token.text)
            .filter(|word| {
                word.len() > 2
                    && word.bytes().all(|b| b.is_ascii_lowercase())
                    && !matches!(word.as_str(), "and" | "not")
            })
            .collect()
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for doc in docs.iter().step_by(20) {
        let set: HashSet<String> = plain(&format!("{} {}", doc.title, doc.text))
            .into_iter()
            .collect();
        for word in set {
            *counts.entry(word).or_default() += 1;
        }
    }
    // From frequent to rare, evenly over the ranks' logarithm.
    let mut ranked: Vec<(&String, &usize)> =
        counts.iter().filter(|(_, count)| **count >= 3).collect();
    ranked.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let one: Vec<Question> = (0..OF_A_SORT)
        .map(|place| {
            let rank = (ranked.len() as f64).powf((place as f64 + 0.5) / OF_A_SORT as f64) as usize;
            Question::Words(vec![ranked[rank.min(ranked.len() - 1)].0.clone()])
        })
        .collect();
    let picked = |place: usize| &docs[(place * 3_571 + 17) % docs.len()];
    let mut and = Vec::new();
    let mut phrases = Vec::new();
    let mut narrow = Vec::new();
    let mut at = 0;
    while and.len() < OF_A_SORT || phrases.len() < OF_A_SORT || narrow.len() < OF_A_SORT {
        let doc = picked(at);
        at += 1;
        let found = plain(&doc.title);
        if found.len() < 5 {
            continue;
        }
        if and.len() < OF_A_SORT {
            let count = 2 + and.len() % 3;
            let mut some: Vec<String> = found.iter().step_by(2).take(count).cloned().collect();
            some.dedup();
            and.push(Question::Words(some));
        }
        let tokens = words::tokens(&doc.title);
        let pair = tokens.windows(2).find(|pair| {
            pair[1].position == pair[0].position + 1
                && pair.iter().all(|token| {
                    token.text.len() > 2 && token.text.bytes().all(|b| b.is_ascii_lowercase())
                })
        });
        if let (Some(pair), true) = (pair, phrases.len() < OF_A_SORT) {
            phrases.push(Question::Phrase(
                pair.iter().map(|token| token.text.clone()).collect(),
            ));
        }
        if narrow.len() < OF_A_SORT {
            use chrono::Datelike as _;
            narrow.push(Question::Narrow(
                vec![found[0].clone(), found[2].clone()],
                doc.place,
                doc.day.year(),
            ));
        }
    }
    vec![
        ("one word", one),
        ("two to four words", and),
        ("phrase", phrases),
        ("words, place, year", narrow),
    ]
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

fn size(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => size(&entry.path()),
            Ok(about) => about.len(),
            Err(_) => 0,
        })
        .sum()
}

/// What the steps of pages took so far, in nanoseconds: the search, the store's rows, the snippets.
static STEPS: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

fn step(number: usize, begun: &mut Instant) {
    let took = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(0);
    STEPS[number].fetch_add(took, Ordering::Relaxed);
    *begun = Instant::now();
}

/// The page as the site makes it, without its template: hits, count, facets, snippets.
async fn page(house: &House, typed: &str, with_synonyms: bool) -> (usize, usize) {
    let mut begun = Instant::now();
    let understood = query::read(typed, &house.library.known_works);
    let synonyms = with_synonyms.then_some(&house.library.synonyms);
    let found = house
        .index
        .find(&Asked {
            query: &understood.query,
            order: SortOrder::Best,
            after: None,
            limit: 20,
            facets: true,
            today: NaiveDate::default(),
            synonyms,
        })
        .expect("a search");
    step(0, &mut begun);
    let updates = house.store.updates(&found.hits).await.expect("updates");
    step(1, &mut begun);
    let marks = Highlighter::new(&understood.query, synonyms);
    let shown: usize = updates
        .iter()
        .map(|update| {
            marks
                .snippet(&html::plain(update.content.body.as_str()), 280)
                .len()
        })
        .sum();
    std::hint::black_box(shown);
    step(2, &mut begun);
    std::hint::black_box(found.facets.of("kind").len() + found.facets.of("jurisdiction").len());
    (found.total, found.hits.len())
}

async fn fts_page(connection: &mut sqlx::SqliteConnection, question: &Question) -> i64 {
    let wanted = question.fts();
    let more = match question {
        Question::Narrow(_, place, year) => format!(
            " AND f.rowid IN (SELECT id FROM d WHERE place = '{place}' AND day >= '{year}-01-01' AND day < '{}-01-01')",
            year + 1
        ),
        _ => String::new(),
    };
    let top = format!(
        "SELECT rowid, snippet(f, 1, '<b>', '</b>', '…', 40) FROM f WHERE f MATCH ?{more} ORDER BY bm25(f, 3.0, 1.0) LIMIT 20"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(top))
        .bind(&wanted)
        .fetch_all(&mut *connection)
        .await
        .expect("hits");
    std::hint::black_box(rows.len());
    let count = format!("SELECT COUNT(*) FROM f WHERE f MATCH ?{more}");
    let total: i64 = sqlx::query(sqlx::AssertSqlSafe(count))
        .bind(&wanted)
        .fetch_one(&mut *connection)
        .await
        .expect("a count")
        .get(0);
    for column in ["place", "kind"] {
        let facet = format!(
            "SELECT d.{column}, COUNT(*) FROM f JOIN d ON d.id = f.rowid WHERE f MATCH ?{more} GROUP BY 1 ORDER BY 2 DESC"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(facet))
            .bind(&wanted)
            .fetch_all(&mut *connection)
            .await
            .expect("facets");
        std::hint::black_box(rows.len());
    }
    total
}

async fn fts(path: &Path, docs: &[Doc]) -> sqlx::SqliteConnection {
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("SQLite");
    for statement in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = OFF",
        "PRAGMA cache_size = -200000",
        "CREATE VIRTUAL TABLE f USING fts5(title, text)",
        "CREATE TABLE d (id INTEGER PRIMARY KEY, place TEXT, kind TEXT, day TEXT)",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .expect("a table");
    }
    for part in docs.chunks(BATCH).enumerate() {
        let (batch, part) = part;
        let mut transaction = connection.begin().await.expect("a transaction");
        for (place, doc) in part.iter().enumerate() {
            let id = i64::try_from(batch * BATCH + place + 1).expect("a number");
            sqlx::query("INSERT INTO f (rowid, title, text) VALUES (?, ?, ?)")
                .bind(id)
                .bind(&doc.title)
                .bind(&doc.text)
                .execute(&mut *transaction)
                .await
                .expect("a row");
            sqlx::query("INSERT INTO d VALUES (?, ?, ?, ?)")
                .bind(id)
                .bind(doc.place)
                .bind(doc.kind.as_str())
                .bind(doc.day.to_string())
                .execute(&mut *transaction)
                .await
                .expect("a row");
        }
        transaction.commit().await.expect("a commit");
    }
    for statement in [
        "INSERT INTO f(f) VALUES ('optimize')",
        "CREATE INDEX d_place ON d (place, day)",
        "ANALYZE",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .expect("order");
    }
    connection
}

/// One request over a connection that stays open; how long its answer took.
async fn ask(stream: &mut tokio::net::TcpStream, path: &str) -> (u16, Duration) {
    let begun = Instant::now();
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    let mut bytes = Vec::with_capacity(64 << 10);
    loop {
        let mut piece = [0; 16 << 10];
        let read = stream.read(&mut piece).await.expect("an answer");
        assert!(read > 0, "the connection ended early");
        bytes.extend_from_slice(&piece[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|text| text.trim().parse().ok())
                .expect("a length");
            if bytes.len() >= end + 4 + length {
                let status = head
                    .get(9..12)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0);
                return (status, begun.elapsed());
            }
        }
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn served(house: &House, typed: &[String]) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let at: SocketAddr = listener.local_addr().expect("an address");
    let site = web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: Arc::clone(&house.renderer),
        library: Arc::clone(&house.library),
        sources: Arc::clone(&house.sources),
        digests: Vec::new(),
        clock: house.clock.clone(),
    };
    let guard = web::Guard::new("http://127.0.0.1:8080");
    tokio::spawn(web::serve(listener, site, guard, std::future::pending()));
    let paths: Arc<Vec<String>> = Arc::new(
        typed
            .iter()
            .map(|one| format!("/search?q={}", encoded(one)))
            .collect(),
    );
    for clients in [1, 50] {
        let mut tasks = Vec::new();
        for client in 0..clients {
            let paths = Arc::clone(&paths);
            tasks.push(tokio::spawn(async move {
                let mut stream = tokio::net::TcpStream::connect(at)
                    .await
                    .expect("a connection");
                stream.set_nodelay(true).expect("a socket");
                let mut out = Vec::new();
                for turn in 0..(if clients == 1 { 200 } else { 20 }) {
                    let path = &paths[(client * 31 + turn) % paths.len()];
                    let (status, took) = ask(&mut stream, path).await;
                    assert_eq!(status, 200, "{path}");
                    out.push(took.as_secs_f64() * 1e6);
                }
                out
            }));
        }
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await.expect("a client"));
        }
        let mid = median(&mut times);
        let late = times[times.len() * 99 / 100];
        println!(
            "S4 GET /search, {clients} clients: p50 {mid:.0} µs, p99 {late:.0} µs ({:.1} x p50)",
            late / mid
        );
    }
}

/// Queries that nobody means well, out of frequent words and every sign of the grammar: how long
/// the longest takes (contract: W5).
fn fuzzed(house: &House, sorts: &[(&'static str, Vec<Question>)]) {
    let mut words: Vec<String> = sorts
        .iter()
        .flat_map(|(_, questions)| questions.iter())
        .flat_map(|question| match question {
            Question::Words(words) | Question::Phrase(words) | Question::Narrow(words, ..) => {
                words.clone()
            }
        })
        .take(120)
        .collect();
    words.extend(
        [
            "the",
            "of",
            "and",
            "a*",
            "th*",
            "in*",
            "co*",
            "\"of the\"",
            "\"in the of\"",
            "(",
            ")",
            "OR",
            "AND",
            "NOT",
            "-",
            "\"",
            "AI",
            "kind:guidance",
            "jurisdiction:eu",
            "open:no",
            "after:2010",
            "ISO 9001",
            "DPIA",
            "*",
            "é人工",
        ]
        .map(str::to_owned),
    );
    let mut seed = 1_u64;
    let mut roll = |sides: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % sides
    };
    let mut times = Vec::new();
    let mut refused = 0;
    for _ in 0..2_000 {
        let count = 1 + roll(40);
        let text: Vec<&str> = (0..count)
            .map(|_| words[roll(words.len())].as_str())
            .collect();
        let understood = query::read_in(&text.join(" "), &house.library, &house.sources);
        let begun = Instant::now();
        let found = house.index.find(&Asked {
            query: &understood.query,
            order: SortOrder::Best,
            after: None,
            limit: 20,
            facets: true,
            today: NaiveDate::default(),
            synonyms: Some(&house.library.synonyms),
        });
        refused += usize::from(found.is_err());
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let mid = median(&mut times);
    println!(
        "W5 2,000 fuzzed queries: p50 {mid:.1} ms, p99 {:.1} ms, longest {:.1} ms, refused {refused}",
        times[times.len() * 99 / 100],
        times[times.len() - 1]
    );
}

fn main() {
    let Some(folder) = corpus() else {
        println!("left out: the recordings of bench/ are not here (REGWIRE_CORPUS)");
        return;
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(measure(&folder));
}

async fn measure(corpus: &Path) {
    let docs = documents(corpus);
    let text_bytes: usize = docs
        .iter()
        .map(|doc| doc.title.len() + doc.text.len())
        .sum();
    println!(
        "{} documents, {:.0} MB of text",
        docs.len(),
        text_bytes as f64 / 1e6
    );
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a folder");
    let house = open(&data).await;
    let took = fill(&house, &docs).await;
    let raw_folder = folder.path().join("raw");
    std::fs::create_dir_all(&raw_folder).expect("a folder");
    let (raw_index, raw_took) = raw(&raw_folder, &docs);
    let rate = |took: Duration| docs.len() as f64 / took.as_secs_f64();
    println!(
        "S3 build: {:.0} documents/s with the store's rows, raw tantivy {:.0}/s: {:.2} x",
        rate(took),
        rate(raw_took),
        rate(took) / rate(raw_took)
    );
    let index_bytes = size(&data.join("search"));
    let store_bytes = size(&data) - index_bytes;
    println!(
        "S5 disk: index {:.2} x, store {:.2} x, together {:.2} x the text",
        index_bytes as f64 / text_bytes as f64,
        store_bytes as f64 / text_bytes as f64,
        (index_bytes + store_bytes) as f64 / text_bytes as f64
    );

    let sorts = questions(&docs);
    // The same is found.
    let searcher = raw_index.reader.searcher();
    let mut unequal = 0;
    for (_, questions) in &sorts {
        for question in questions {
            let (total, _) = page(&house, &question.typed(), false).await;
            let count = searcher
                .search(&question.raw(&raw_index), &tantivy::collector::Count)
                .expect("a count");
            if total != count {
                unequal += 1;
                println!("unequal: {} {total} {count}", question.typed());
            }
        }
    }
    println!(
        "counts equal to raw tantivy's for {} of {}",
        4 * OF_A_SORT - unequal,
        4 * OF_A_SORT
    );

    STEPS
        .iter()
        .for_each(|step| step.store(0, Ordering::Relaxed));
    println!("building FTS5");
    let mut connection = fts(&folder.path().join("fts.db"), &docs).await;
    let (mut all_ours, mut all_meant, mut all_raw, mut all_fts) = (0.0, 0.0, 0.0, 0.0);
    let mut every: [Vec<f64>; 4] = Default::default();
    for (name, questions) in &sorts {
        let mut sums = [0.0; 4];
        for _ in 0..ROUNDS {
            for question in questions {
                let typed = question.typed();
                let compiled = question.raw(&raw_index);
                let begun = Instant::now();
                std::hint::black_box(page(&house, &typed, false).await);
                let ours = begun.elapsed().as_secs_f64();
                let begun = Instant::now();
                std::hint::black_box(page(&house, &typed, true).await);
                let meant = begun.elapsed().as_secs_f64();
                let begun = Instant::now();
                std::hint::black_box(
                    searcher
                        .search(&compiled, &TopDocs::with_limit(20).order_by_score())
                        .expect("hits"),
                );
                let raw = begun.elapsed().as_secs_f64();
                for (place, time) in [ours, meant, raw].into_iter().enumerate() {
                    sums[place] += time;
                    every[place].push(time * 1e6);
                }
            }
        }
        // FTS5 is asked once, by itself: it is slow, does not vary, and leaves nothing in the caches.
        for question in questions {
            let begun = Instant::now();
            std::hint::black_box(fts_page(&mut connection, question).await);
            let slow = begun.elapsed().as_secs_f64();
            sums[3] += slow * ROUNDS as f64;
            every[3].push(slow * 1e6);
        }
        let steps = STEPS.each_ref().map(|step| step.swap(0, Ordering::Relaxed));
        let pages = (2 * ROUNDS * questions.len()) as f64;
        let [searching, reading, cutting] = steps.map(|step| step as f64 / pages / 1e3);
        let mean = |sum: f64| sum / (ROUNDS * questions.len()) as f64 * 1e6;
        println!(
            "{name}: page {:.0} µs, with synonyms {:.0} µs, raw top 20 {:.0} µs ({:.2} x), FTS5 page {:.0} µs ({:.0} x); of a page the index {searching:.0} µs, the store {reading:.0} µs, snippets {cutting:.0} µs",
            mean(sums[0]),
            mean(sums[1]),
            mean(sums[2]),
            sums[0] / sums[2],
            mean(sums[3]),
            sums[3] / sums[0]
        );
        all_ours += sums[0];
        all_meant += sums[1];
        all_raw += sums[2];
        all_fts += sums[3];
    }
    let [mut ours, mut meant, mut raws, mut slow] = every;
    println!(
        "S1 page to raw top 20, all: {:.2} x by mean, {:.2} x by median (with synonyms {:.2} x, {:.2} x)",
        all_ours / all_raw,
        median(&mut ours) / median(&mut raws),
        all_meant / all_raw,
        median(&mut meant) / median(&mut raws)
    );
    println!(
        "S2 FTS5 page to page, all: {:.0} x by mean, {:.0} x by median (with synonyms {:.0} x)",
        all_fts / all_ours,
        median(&mut slow) / median(&mut ours),
        all_fts / all_meant
    );

    fuzzed(&house, &sorts);
    let typed: Vec<String> = sorts
        .iter()
        .flat_map(|(_, questions)| questions.iter().map(Question::typed))
        .collect();
    served(&house, &typed).await;

    // S6: the index is lost, and made again from the store while pages are asked.
    let begun = Instant::now();
    house.index.clear().expect("an index");
    following::follow(&house).await.expect("an index");
    println!(
        "S6 rebuild from the store: {:.1} s for {} updates, {:.1} s for 100,000",
        begun.elapsed().as_secs_f64(),
        docs.len(),
        begun.elapsed().as_secs_f64() * 100_000.0 / docs.len() as f64
    );
    house.index.rest();
    drop(house);
    drop(raw_index.index);

    // W1: a process from nothing to its first page.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    let program = env!("CARGO_BIN_EXE_regwire");
    let begun = Instant::now();
    let mut child = Command::new(program)
        .arg("--data")
        .arg(&data)
        .args([
            "serve",
            "--no-work",
            "--listen",
            &format!("127.0.0.1:{port}"),
        ])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let first = loop {
        if let Ok(mut stream) = tokio::net::TcpStream::connect(("127.0.0.1", port)).await {
            break ask(&mut stream, "/search?q=risk").await.0;
        }
        if begun.elapsed() > Duration::from_secs(60) {
            break 0;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    println!(
        "W1 start to first page ({first}), {} updates: {} ms; binary {:.1} MB",
        docs.len(),
        begun.elapsed().as_millis(),
        std::fs::metadata(program).map_or(0.0, |about| about.len() as f64 / 1e6)
    );
    child.kill().expect("an end");
    let _ = child.wait();
}
