//! Lists on several pages, indexes of sitemaps, keys and posted questions: collected from a server
//! of our own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::daemon::{House, Shift};
use regwire::domain::document::{FaultCode, Outcome, Visit};
use regwire::domain::id::SourceId;
use regwire::library::{Files, load};
use regwire::store::StoredDocument;

use crate::house::utc;

/// Status and body for a question.
type Answer = dyn Fn(&Question) -> (u16, String) + Send;

/// What the server answers, and what it was asked.
struct World {
    answer: Box<Answer>,
    asked: Vec<Question>,
}

#[derive(Clone, Debug)]
struct Question {
    method: String,
    path: String,
    parameters: BTreeMap<String, String>,
    headers: HeaderMap,
    body: String,
}

impl Question {
    fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> usize {
        self.parameter(name).parse().unwrap_or(0)
    }
}

type Shared = Arc<Mutex<World>>;

async fn serve(world: Shared) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = |State(world): State<Shared>,
                  method: Method,
                  uri: Uri,
                  headers: HeaderMap,
                  body: Bytes| async move {
        if uri.path() == "/robots.txt" {
            return (StatusCode::NOT_FOUND, String::new());
        }
        let question = Question {
            method: method.to_string(),
            path: uri.path().to_owned(),
            parameters: url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes())
                .into_owned()
                .collect(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let mut world = world.lock().unwrap();
        let (status, text) = (world.answer)(&question);
        world.asked.push(question);
        (StatusCode::from_u16(status).unwrap(), text)
    };
    let router = Router::new().fallback(answer).with_state(world);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

/// One source of a world, and what is needed to visit it.
struct Stage {
    world: Shared,
    house: House,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// `source` is the rest of a source's entry; `SERVER` stands for where the server is.
    async fn new(
        source: &str,
        settings: &str,
        answer: impl Fn(&Question) -> (u16, String) + Send + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("the.key"), "planted-key\n").unwrap();
        let world = Arc::new(Mutex::new(World {
            answer: Box::new(answer),
            asked: Vec::new(),
        }));
        let port = serve(Arc::clone(&world)).await;
        let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
        let house = house(folder.path(), port, source, settings, clock.clone()).await;
        Self {
            world,
            house,
            clock,
            _folder: folder,
        }
    }

    fn answer(&self, answer: impl Fn(&Question) -> (u16, String) + Send + 'static) {
        self.world.lock().unwrap().answer = Box::new(answer);
    }

    /// One visit, three hours after the last.
    async fn visit(&self) -> Visit {
        self.world.lock().unwrap().asked.clear();
        self.clock.move_to(self.clock.now() + TimeDelta::hours(3));
        let shift = Shift::begin(&self.house).await.unwrap().unwrap();
        let fetcher = self.house.fetcher().unwrap();
        let mut reports =
            collect::collect(&self.house, shift.lease(), &fetcher, &Choice::due(), |_| {})
                .await
                .unwrap();
        shift.end().await.unwrap();
        reports.remove(0).visit
    }

    fn asked(&self) -> Vec<Question> {
        self.world.lock().unwrap().asked.clone()
    }

    async fn documents(&self) -> Vec<StoredDocument> {
        let source = SourceId::new("the-source").unwrap();
        assert_eq!(
            self.house.store.verify_chain(&source).await.unwrap().fault,
            None
        );
        self.house.store.documents(&source).await.unwrap()
    }
}

async fn house(folder: &Path, port: u16, source: &str, settings: &str, clock: Clock) -> House {
    let text = format!(
        "base_url = \"https://updates.example.org\"\ncontact = \"a@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n{settings}"
    );
    let config = Config::read(
        "regwire.toml",
        &text,
        folder.to_owned(),
        folder.join("data"),
        |_| None,
    )
    .unwrap();
    let source = source.replace("SERVER", &format!("http://nist.localhost:{port}"));
    let sources = format!(
        "[[source]]\nid = \"the-source\"\nbody = \"nist\"\nname = \"The source\"\nevery = \"2h\"\nlanguage = \"en\"\n{source}\n"
    );
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources));
    assert_eq!(loaded.faults, []);
    House::open_with(config, clock, loaded).await.unwrap()
}

const PAGED: &str = r#"
kind = "json"
url = "SERVER/list?rows=10"
map = { items = "rows", key = "id", title = "Decision {id}", url = "/decision/{id}", next = { offset = "start", size = "rows", total = "total" } }
"#;

/// Rows of a list of `all`, the newest first, as asked for.
fn rows(question: &Question, all: usize) -> String {
    let start = question.number("start");
    let ids: Vec<String> = (start..all.min(start + question.number("rows")))
        .map(|place| format!("{{\"id\":{}}}", all - place))
        .collect();
    format!("{{\"total\":{all},\"rows\":[{}]}}", ids.join(","))
}

fn codes(visit: &Visit) -> Vec<FaultCode> {
    visit.faults.iter().map(|fault| fault.code).collect()
}

#[tokio::test]
async fn a_list_is_read_page_by_page_until_nothing_is_new() {
    let stage = Stage::new(PAGED, "", |question| (200, rows(question, 47))).await;
    let first = stage.visit().await;
    assert_eq!((first.new, first.entries, codes(&first)), (47, 47, vec![]));
    let starts: Vec<_> = stage.asked().iter().map(|q| q.number("start")).collect();
    assert_eq!(starts, [0, 10, 20, 30, 40]);
    // A document for each page, in one chain.
    assert_eq!(stage.documents().await.len(), 5);

    // The same answer: one question.
    let second = stage.visit().await;
    assert_eq!((second.outcome, second.new), (Outcome::Unchanged, 0));
    assert_eq!(stage.asked().len(), 1);

    // Twelve more: the second page brings the rest of them, the third nothing new.
    stage.answer(|question| (200, rows(question, 59)));
    let third = stage.visit().await;
    assert_eq!((third.new, third.revised), (12, 0));
    assert_eq!(stage.asked().len(), 3);
    assert_eq!(stage.documents().await.len(), 8);
    // What brought nothing is kept as its hash.
    let source = SourceId::new("the-source").unwrap();
    for (number, kept) in [(6, true), (7, true), (8, false)] {
        let document = stage.house.store.document(&source, number).await.unwrap();
        assert_eq!(document.unwrap().body.is_some(), kept, "{number}");
    }
}

#[tokio::test]
async fn a_page_that_fails_costs_that_page_and_is_read_the_next_time() {
    let stage = Stage::new(PAGED, "", |question| match question.number("start") {
        20 => (500, "out of order".to_owned()),
        _ => (200, rows(question, 47)),
    })
    .await;
    let first = stage.visit().await;
    assert_eq!((first.outcome, first.new), (Outcome::New, 20));
    assert_eq!(codes(&first), [FaultCode::HttpStatus]);
    assert!(
        first.faults[0].detail.contains("Page 3"),
        "{:?}",
        first.faults
    );

    // Nothing on the first pages is new, and the reading goes on all the same.
    stage.answer(|question| (200, rows(question, 47)));
    let second = stage.visit().await;
    assert_eq!((second.new, codes(&second)), (27, vec![]));
    let third = stage.visit().await;
    assert_eq!(
        (third.outcome, stage.asked().len()),
        (Outcome::Unchanged, 1)
    );
}

#[tokio::test]
async fn the_first_page_again_in_the_place_of_the_next_is_noticed() {
    let stage = Stage::new(PAGED, "", |question| {
        let mut question = question.clone();
        if question.number("start") >= 20 {
            question
                .parameters
                .insert("start".to_owned(), "0".to_owned());
        }
        (200, rows(&question, 500))
    })
    .await;
    let first = stage.visit().await;
    assert_eq!((first.new, first.entries), (20, 20));
    assert_eq!(codes(&first), [FaultCode::PageRepeated]);
    assert_eq!(stage.asked().len(), 3);
}

#[tokio::test]
async fn a_list_without_end_is_bounded() {
    let source = format!("{PAGED}pages = 4\n");
    let stage = Stage::new(&source, "", |question| (200, rows(question, 100_000))).await;
    let first = stage.visit().await;
    // The archive is deeper: no fault at first contact.
    assert_eq!((first.new, codes(&first)), (40, vec![]));
    stage.answer(|question| (200, rows(question, 100_040)));
    let second = stage.visit().await;
    assert_eq!(
        (second.new, codes(&second)),
        (40, vec![FaultCode::TooManyItems])
    );
    assert_eq!(stage.asked().len(), 4);
}

#[tokio::test]
async fn an_item_that_slips_to_the_next_page_is_one_item() {
    // A row is put on top between the first question and the second.
    let stage = Stage::new(PAGED, "", |question| {
        let more = usize::from(question.number("start") > 0);
        (200, rows(question, 25 + more))
    })
    .await;
    let first = stage.visit().await;
    assert_eq!((first.new, first.revised), (25, 0));
    let second = stage.visit().await;
    assert_eq!((second.new, second.revised), (0, 0));
}

#[tokio::test]
async fn listings_go_on_by_their_own_links() {
    let source = r#"
kind = "listing"
url = "SERVER/news"
[source.select]
item = "li"
next = "a.next"
"#;
    let page = |question: &Question| {
        let number = question.number("page").max(1);
        let items: String = (1..=5)
            .map(|place| {
                format!("<li><a href=\"/news/{number}-{place}\">News {number} {place}</a></li>")
            })
            .collect();
        let next = if number < 3 {
            format!("<a class=next href=\"/news?page={}\">Next</a>", number + 1)
        } else {
            "<a class=next href=\"/news\">To the top</a>".to_owned()
        };
        (
            200,
            format!("<html><body><ul>{items}</ul>{next}</body></html>"),
        )
    };
    let stage = Stage::new(source, "", page).await;
    let first = stage.visit().await;
    assert_eq!((first.new, codes(&first)), (15, vec![]));
    assert_eq!(stage.asked().len(), 3);
}

#[tokio::test]
async fn a_window_that_overlaps_is_read_to_its_end_at_every_visit() {
    let source = r#"
kind = "json"
url = "SERVER/list"
params = { since = "{today-3d}", rows = 10 }
map = { items = "rows", key = "id", title = "Decision {id}", version = "at", next = { offset = "start", size = "rows", total = "total", to_end = true } }
"#;
    let list = |changed: usize| {
        move |question: &Question| {
            let start = question.number("start");
            let rows: Vec<String> = (start..(start + 10).min(30))
                .map(|id| {
                    let at = if id == changed { "later" } else { "before" };
                    format!("{{\"id\":{id},\"at\":\"{at}\"}}")
                })
                .collect();
            (
                200,
                format!("{{\"total\":30,\"rows\":[{}]}}", rows.join(",")),
            )
        }
    };
    let stage = Stage::new(source, "", list(99)).await;
    assert_eq!(stage.visit().await.new, 30);
    assert_eq!(stage.asked()[0].parameter("since"), "2026-11-04");
    stage.answer(list(25));
    let second = stage.visit().await;
    assert_eq!((second.new, second.revised), (0, 1));
    assert_eq!(stage.asked().len(), 3);
    assert!(
        stage
            .asked()
            .iter()
            .all(|q| q.parameter("since") == "2026-11-04")
    );
}

#[tokio::test]
async fn a_key_is_sent_to_its_interface_and_kept_nowhere() {
    let source = r#"
kind = "json"
url = "SERVER/list?rows=10"
key = { name = "the-interface", header = "X-Api-Key", prefix = "Token " }
map = { items = "rows", key = "id", title = "Decision {id}", next = { offset = "start", size = "rows", total = "total" } }
"#;
    let list = |question: &Question| {
        let key = question.headers.get("x-api-key");
        if key.is_some_and(|key| key == "Token planted-key") {
            (200, rows(question, 15))
        } else {
            (403, "{\"error\":{\"message\":\"no key\"}}".to_owned())
        }
    };
    let without = Stage::new(source, "", list).await;
    let visit = without.visit().await;
    assert_eq!(visit.outcome, Outcome::Failed);
    assert_eq!(codes(&visit), [FaultCode::NoKey]);
    assert!(visit.faults[0].detail.contains("the-interface"));
    assert_eq!(without.asked().len(), 0);

    let settings = "[fetch.keys]\nthe-interface = { file = \"the.key\" }\n";
    let with = Stage::new(source, settings, list).await;
    let visit = with.visit().await;
    assert_eq!((visit.new, codes(&visit)), (15, vec![]));
    assert!(!format!("{visit:?} {:?}", with.documents().await).contains("planted"));
}

#[tokio::test]
async fn a_question_can_be_posted() {
    let source = r#"
kind = "json"
url = "SERVER/search"
post = '{"pageNumber":1,"since":"{today-1d}","order":"newest"}'
preset = "ico-search"
"#;
    let stage = Stage::new(source, "", |question| {
        let is_json = question.headers["content-type"] == "application/json";
        let asked: serde_json::Value = serde_json::from_str(&question.body).unwrap();
        if question.method == "POST" && is_json && asked["since"] == "2026-11-06" {
            (200, r#"{"results":[{"id":7,"title":"A fine","url":"/fine","createdDateTime":"2026-11-06T09:00:00"}],"pagination":{"hasMore":true}}"#.to_owned())
        } else {
            (405, String::new())
        }
    })
    .await;
    let visit = stage.visit().await;
    assert_eq!((visit.new, codes(&visit)), (1, vec![]));
}

#[tokio::test]
async fn an_error_with_a_good_status_is_put_aside() {
    for (body, code) in [
        (
            "<html><head><title>Maintenance</title></head><body></body></html>",
            FaultCode::HtmlPage,
        ),
        (
            "{\"errors\":[{\"title\":\"Invalid filter\"}]}",
            FaultCode::ErrorAnswer,
        ),
        ("{\"rows\":[", FaultCode::NotJson),
        ("{\"lines\":[]}", FaultCode::NoMatch),
        (" ", FaultCode::EmptyBody),
    ] {
        let stage = Stage::new(PAGED, "", move |_| (200, body.to_owned())).await;
        let visit = stage.visit().await;
        assert_eq!(visit.outcome, Outcome::Quarantined, "{body}");
        assert_eq!(codes(&visit)[0], code, "{body}");
    }
    let stage = Stage::new(PAGED, "", |_| (200, "{\"total\":0,\"rows\":[]}".to_owned())).await;
    let visit = stage.visit().await;
    assert_eq!((visit.outcome, codes(&visit)), (Outcome::Unchanged, vec![]));
}

#[tokio::test]
async fn the_parts_of_an_index_are_read_and_new_addresses_told() {
    let source = r#"
kind = "sitemap"
url = "SERVER/sitemap.xml"
under = "/news/"
"#;
    let site = |news: usize| {
        move |question: &Question| {
            let part = |name: &str, day: usize| {
                format!(
                    "<sitemap><loc>http://{}/{name}</loc><lastmod>2026-11-{day:02}</lastmod></sitemap>",
                    question.headers["host"].to_str().unwrap()
                )
            };
            let addresses = |folder: &str, count: usize| {
                let urls: String = (1..=count)
                    .map(|n| format!("<url><loc>http://nist.localhost/{folder}/item-{n}.html?a=1&b={n}</loc></url>"))
                    .collect();
                format!(
                    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>"
                )
            };
            match question.path.as_str() {
                "/sitemap.xml" => (
                    200,
                    format!(
                        "<?xml version=\"1.0\"?><sitemapindex>{}{}{}</sitemapindex>",
                        part("pages.xml", 1),
                        part("broken.xml", 2),
                        part("news.xml", 3)
                    ),
                ),
                "/pages.xml" => (200, addresses("about", 4)),
                "/news.xml" => (200, addresses("news", news)),
                _ => (404, String::new()),
            }
        }
    };
    let stage = Stage::new(source, "", site(3)).await;
    let first = stage.visit().await;
    assert_eq!((first.new, first.entries), (3, 3));
    // A bare `&` in an address is told and hinders nothing.
    assert_eq!(codes(&first), [FaultCode::IllFormed, FaultCode::HttpStatus]);
    let asked: Vec<_> = stage.asked().into_iter().map(|q| q.path).collect();
    assert_eq!(
        asked,
        ["/sitemap.xml", "/news.xml", "/broken.xml", "/pages.xml"]
    );

    // The index is as it was; its parts are read all the same.
    stage.answer(site(5));
    let second = stage.visit().await;
    assert_eq!((second.new, second.revised), (2, 0));
    let third = stage.visit().await;
    assert_eq!((third.new, third.outcome), (0, Outcome::Unchanged));
}
