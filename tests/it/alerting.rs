//! Alerts to teams, from outside: a Slack-shaped, a Teams-shaped and a signed webhook's receiver, and
//! a mail folder; once each, and again only under the same id (promises: S9; the points 6-8).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use chrono::{DateTime, TimeDelta};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::{alerts, matches};
use regwire::daemon::{House, Shift};
use regwire::deliver::webhook;
use regwire::domain::decision::{Decision, DecisionVerdict};
use regwire::domain::delivery::DeliveryState;
use regwire::domain::id::TeamId;
use regwire::library::{Files, load};
use regwire::web;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::house::utc;
use crate::postgres::Postgres;
use crate::telling::{World, says, serve, sources};

/// Everything that was posted: path, headers that matter, body.
type Got = Arc<Mutex<Vec<(String, BTreeMap<String, String>, String)>>>;

#[derive(Clone, Default)]
struct Receivers {
    got: Got,
    /// What is answered, by path; 200 where nothing is said.
    answers: Arc<Mutex<BTreeMap<String, u16>>>,
}

impl Receivers {
    async fn start(&self) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new()
            .fallback(
                |State(own): State<Self>, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                    let path = uri.path().to_owned();
                    let status = own
                        .answers
                        .lock()
                        .unwrap()
                        .get(&path)
                        .copied()
                        .unwrap_or(200);
                    let headers = headers
                        .iter()
                        .filter(|(name, _)| name.as_str().starts_with("webhook-"))
                        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                        .collect();
                    let text = String::from_utf8(body.to_vec()).unwrap();
                    own.got.lock().unwrap().push((path, headers, text));
                    StatusCode::from_u16(status).unwrap()
                },
            )
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    }

    fn at(&self, path: &str) -> Vec<(BTreeMap<String, String>, Value)> {
        self.got
            .lock()
            .unwrap()
            .iter()
            .filter(|(at, _, _)| at == path)
            .map(|(_, headers, body)| (headers.clone(), serde_json::from_str(body).unwrap()))
            .collect()
    }

    fn answer(&self, path: &str, status: u16) {
        self.answers.lock().unwrap().insert(path.to_owned(), status);
    }
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn house(
    store: &str,
    folder: &Path,
    port: u16,
    hooks: u16,
    clock: Clock,
    when: &str,
) -> House {
    let text = format!(
        "base_url = \"https://updates.example.org\"\ncontact = \"a@example.org\"\n[store]\nurl = \"{store}\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nfrom = \"Regwire <digest@example.org>\"\n[[team]]\nname = \"AI governance\"\nwhen = \"{when}\"\nat = \"8 Europe/London\"\ntrack = [\"ISO/IEC 42001\", \"framework:eu-ai-act\", \"query:sandbox\"]\nemail = [\"ai-governance@example.org\"]\nslack = \"http://127.0.0.1:{hooks}/slack\"\nteams = \"http://127.0.0.1:{hooks}/teams\"\nwebhook = {{ url = \"http://127.0.0.1:{hooks}/hook\", secret = \"{SECRET}\" }}\n"
    );
    let config = Config::read(
        "regwire.toml",
        &text,
        folder.to_owned(),
        folder.join("data"),
        |_| None,
    )
    .unwrap();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources(port)));
    House::open_with(config, clock, loaded).await.unwrap()
}

async fn work(house: &House) -> alerts::Sent {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let (post, fetcher) = (house.post().unwrap(), house.fetcher().unwrap());
    matches::follow(house, shift.lease()).await.unwrap();
    let sent = alerts::send_due(house, shift.lease(), &post, &fetcher)
        .await
        .unwrap();
    shift.end().await.unwrap();
    sent
}

fn mails(house: &House) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(house.spool()) else {
        return Vec::new();
    };
    folder
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect()
}

struct Place {
    house: House,
    world: World,
    hooks: Receivers,
    _folder: tempfile::TempDir,
}

async fn place(store: &str, when: &str) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = serve().await;
    let hooks = Receivers::default();
    let at = hooks.start().await;
    let clock = Clock::held(utc("2026-11-07T06:00:00Z"));
    let house = house(store, folder.path(), port, at, clock, when).await;
    // The team begins before anything is told.
    work(&house).await;
    Place {
        house,
        world,
        hooks,
        _folder: folder,
    }
}

const TITLE: &str =
    "ISO/IEC 42001:2026 published: new edition of the AI management system standard";

async fn told_once_by_every_way(store: &str) {
    let place = place(store, "instant").await;
    let Place {
        house,
        world,
        hooks,
        ..
    } = &place;
    says(
        house,
        world,
        "edition",
        TITLE,
        "The second edition cancels and replaces the first.",
    )
    .await;
    says(house, world, "other", "A bakery opens", "Bread.").await;
    let sent = work(house).await;
    assert_eq!((sent.sent, sent.later, sent.failed), (4, 0, 0));
    // Again, and after a restart of the follower's reading: nothing more.
    assert_eq!(work(house).await.sent, 0);

    let slack = hooks.at("/slack");
    assert_eq!(slack.len(), 1);
    let text = slack[0].1.to_string();
    assert!(
        text.contains("ISO/IEC 42001:2026") && text.contains("you track standard:ISO/IEC 42001")
    );
    assert!(!text.contains("bakery"));
    let blocks = slack[0].1["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50 && blocks[0]["type"] == "header");
    let teams = hooks.at("/teams");
    assert_eq!(teams.len(), 1);
    assert_eq!(
        teams[0].1["attachments"][0]["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    assert!(teams[0].1.to_string().len() < 28_000);
    let hook = hooks.at("/hook");
    assert_eq!(hook.len(), 1);
    let (headers, line) = &hook[0];
    assert_eq!(
        (&line["type"], &line["version"]),
        (&Value::from("update"), &Value::from(1))
    );
    assert_eq!(line["title"], TITLE);
    assert!(line["evidence"]["sha256"].is_string() && line["references"].is_array());
    let at = DateTime::from_timestamp(headers["webhook-timestamp"].parse().unwrap(), 0).unwrap();
    let body = hooks
        .got
        .lock()
        .unwrap()
        .iter()
        .find(|(path, _, _)| path == "/hook")
        .unwrap()
        .2
        .clone();
    let right = webhook::signed(&[SECRET.to_owned()], &headers["webhook-id"], at, &body);
    assert_eq!(headers["webhook-signature"], right[2].1);
    let mails = mails(house);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ai-governance@example.org"));

    // A correction is told as one to those who had the original; the bakery's is told to nobody.
    says(
        house,
        world,
        "edition",
        TITLE,
        "The second edition was withdrawn for a misprint.",
    )
    .await;
    says(house, world, "other", "A bakery closes", "No bread.").await;
    assert_eq!(work(house).await.sent, 4);
    let corrected = hooks.at("/hook");
    assert_eq!(corrected.len(), 2);
    assert_eq!(corrected[1].1["type"], "update.corrected");
    assert_ne!(corrected[1].0["webhook-id"], corrected[0].0["webhook-id"]);
    assert!(
        hooks.at("/slack")[1].1["text"]
            .as_str()
            .unwrap()
            .starts_with("Corrected: ")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_every_way_once_on_sqlite() {
    told_once_by_every_way("sqlite:regwire.db").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_every_way_once_on_postgresql() {
    match Postgres::start() {
        Some(server) => told_once_by_every_way(server.url()).await,
        None => crate::left_out!("alerts on PostgreSQL (no server was found)"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_items_of_one_framework_are_one_message() {
    let place = place("sqlite:regwire.db", "instant").await;
    let Place {
        house,
        world,
        hooks,
        ..
    } = &place;
    for number in 0..10 {
        says(
            house,
            world,
            &format!("k{number}"),
            &format!(
                "ISO/IEC 42001 guidance, part {number}: clause {}",
                number * 7
            ),
            &format!(
                "Words about topic number {number} and nothing else, {}.",
                "abcdefghij".repeat(number + 1)
            ),
        )
        .await;
    }
    work(house).await;
    let slack = hooks.at("/slack").len();
    assert!(slack <= 2, "{slack} messages");
    // Each that is told is a line for programs, once.
    let lines: Vec<String> = hooks
        .at("/hook")
        .iter()
        .map(|(_, line)| line["id"].to_string())
        .collect();
    let once: BTreeSet<&String> = lines.iter().collect();
    assert_eq!(once.len(), lines.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_tried_ten_times_under_one_id_and_can_be_replayed() {
    let place = place("sqlite:regwire.db", "instant").await;
    let Place {
        house,
        world,
        hooks,
        ..
    } = &place;
    hooks.answer("/hook", 500);
    hooks.answer("/slack", 410);
    says(house, world, "edition", TITLE, "The second edition.").await;
    let began = house.clock.now();
    let first = work(house).await;
    // Slack says that the address is gone for good: no second try. The others are not held up.
    assert_eq!((first.sent, first.later, first.failed), (2, 1, 1));
    let mut rounds = 0;
    while hooks.at("/hook").len() < 10 && rounds < 400 {
        house
            .clock
            .move_to(house.clock.now() + TimeDelta::minutes(30));
        work(house).await;
        rounds += 1;
    }
    let spent = house.clock.now() - began;
    assert!(
        spent > TimeDelta::hours(66) && spent < TimeDelta::hours(90),
        "{spent}"
    );
    house.clock.move_to(house.clock.now() + TimeDelta::days(3));
    work(house).await;
    let tries = hooks.at("/hook");
    assert_eq!(tries.len(), 10, "and no more");
    let ids: BTreeSet<&String> = tries
        .iter()
        .map(|(headers, _)| &headers["webhook-id"])
        .collect();
    assert_eq!(ids.len(), 1);
    let bodies: BTreeSet<String> = tries.iter().map(|(_, line)| line.to_string()).collect();
    assert_eq!(bodies.len(), 1);
    let dead = house
        .store
        .sendings(Some(DeliveryState::Failed), 10)
        .await
        .unwrap();
    assert_eq!(dead.len(), 2);
    let hook = dead
        .iter()
        .find(|one| one.sending.channel.as_str() == "webhook")
        .unwrap();
    assert!(
        hook.answer
            .as_ref()
            .unwrap()
            .contains("given up after 10 tries")
    );
    hooks.answer("/hook", 204);
    assert!(
        house
            .store
            .replay_sending(&hook.sending.id, house.clock.now())
            .await
            .unwrap()
    );
    assert_eq!(work(house).await.sent, 1);
    assert_eq!(
        &hooks.at("/hook")[10].0["webhook-id"],
        *ids.first().unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daily_team_gets_one_message_a_day_and_ten_missed_days_are_one() {
    let place = place("sqlite:regwire.db", "daily").await;
    let Place {
        house,
        world,
        hooks,
        ..
    } = &place;
    says(house, world, "edition", TITLE, "The second edition.").await;
    assert_eq!(work(house).await.sent, 0, "nothing before its hour");
    says(
        house,
        world,
        "sandbox",
        "A regulatory sandbox opens for AI",
        "Apply now.",
    )
    .await;
    house.clock.move_to(utc("2026-11-08T08:00:01Z"));
    work(house).await;
    assert_eq!(hooks.at("/slack").len(), 1);
    assert_eq!(hooks.at("/hook").len(), 2, "each line by itself");
    work(house).await;
    assert_eq!(hooks.at("/slack").len(), 1);
    says(
        house,
        world,
        "more",
        "Another sandbox closes for good",
        "Regret.",
    )
    .await;
    house.clock.move_to(utc("2026-11-18T09:00:00Z"));
    work(house).await;
    assert_eq!(hooks.at("/slack").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_decides_and_pauses_by_signed_links() {
    let place = place("sqlite:regwire.db", "instant").await;
    let Place {
        house,
        world,
        hooks,
        ..
    } = &place;
    says(house, world, "edition", TITLE, "The second edition.").await;
    work(house).await;
    let slack = hooks.at("/slack")[0].1.to_string();
    let link = |start: &str| {
        let at = slack.find(start).unwrap();
        slack[at..].split(['"', '|']).next().unwrap().to_owned()
    };
    let decide = link("https://updates.example.org/decide/");
    let pause = link("https://updates.example.org/alerts/pause/");
    let router = web::router(web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: Arc::clone(&house.renderer),
        library: Arc::clone(&house.library),
        sources: Arc::clone(&house.sources),
        digests: Vec::new(),
        clock: house.clock.clone(),
    });
    let ask = |method: Method, url: &str, body: &str| {
        let path = url
            .strip_prefix("https://updates.example.org")
            .unwrap()
            .to_owned();
        let request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .body(axum::body::Body::from(body.to_owned()))
            .unwrap();
        let router = router.clone();
        async move { router.oneshot(request).await.unwrap().status().as_u16() }
    };
    for link in [&decide, &pause] {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            ask(method, link, "").await;
        }
    }
    let team = TeamId::named("AI governance").unwrap();
    assert_eq!(
        house
            .store
            .decisions(Some(&team), None, false)
            .await
            .unwrap(),
        []
    );
    assert!(
        house
            .store
            .paused(house.clock.now())
            .await
            .unwrap()
            .is_empty()
    );
    let later = house.clock.now() + TimeDelta::seconds(1);
    let open = house.store.undecided(later).await.unwrap();
    assert_eq!(open.len(), 1);

    assert_eq!(
        ask(Method::POST, &decide, "verdict=applies&reason=&who=Ada").await,
        422
    );
    assert_eq!(
        ask(Method::POST, &decide, "verdict=maybe&reason=r&who=Ada").await,
        422
    );
    assert_eq!(
        ask(
            Method::POST,
            &decide,
            "verdict=watch&reason=Not+clear+yet&who=Ada&due=2027-03-01"
        )
        .await,
        200
    );
    assert_eq!(
        ask(
            Method::POST,
            &decide,
            "verdict=applies&reason=High+risk&who=Bob"
        )
        .await,
        200
    );
    let all = house
        .store
        .decisions(Some(&team), None, false)
        .await
        .unwrap();
    let told: Vec<(u32, DecisionVerdict, &str)> = all
        .iter()
        .map(|one: &Decision| (one.number, one.verdict, one.who.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, DecisionVerdict::Watch, "Ada"),
            (2, DecisionVerdict::Applies, "Bob")
        ],
        "nothing is altered, and the last one counts"
    );
    assert_eq!(
        house
            .store
            .decisions(Some(&team), None, true)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(house.store.undecided(later).await.unwrap(), []);
    // A link of another purpose, or of another update, is none.
    let swapped = decide.replace("/decide/", "/alerts/pause/");
    assert_eq!(ask(Method::POST, &swapped, "days=7").await, 404);

    assert_eq!(ask(Method::POST, &pause, "days=7").await, 200);
    says(
        house,
        world,
        "second",
        "ISO/IEC 42001 transition period announced",
        "Three years.",
    )
    .await;
    work(house).await;
    assert_eq!(hooks.at("/slack").len(), 1, "kept back");
    assert_eq!(ask(Method::POST, &pause, "days=0").await, 200);
    says(
        house,
        world,
        "third",
        "ISO/IEC 42001 amendment 1 published",
        "A climate amendment.",
    )
    .await;
    work(house).await;
    assert_eq!(hooks.at("/slack").len(), 2, "told again from now on");
}
