//! Signing up without an account (promises: M2, M5, M6, M16).
//!
//! Opening an address never changes anything; only a pressed button does. The form answers alike
//! whatever is known of a mailbox: it leaves a sign-up, and the worker decides.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::to_bytes;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use chrono::TimeDelta;
use rand::Rng as _;

use super::changes::KINDS;
use super::pages::told;
use super::private::{Fields, is_foreign, own, refused, signer};
use super::{Site, Trouble};
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::id::SubscriberId;
use crate::domain::reference;
use crate::domain::signup::{
    IP_KEPT, LIVES, MOST_IN_AN_HOUR, Signup, SignupState, TEXT_VERSION, Wish, net,
};
use crate::domain::subscription::{EmailAddress, Frequency, OwnHour};
use crate::domain::token::{Purpose, hex, stored};
use crate::matching::{Preview, judge};
use crate::render::{AskedPage, ConfirmPage, DonePage, Named, PrivacyPage, SubscribePage, Tick};
use crate::store::LogEvent;

/// The days that a preview looks back.
const PREVIEW_DAYS: i64 = 30;
/// Lines of the log that a preview reads at most, so that no question is dear.
const MOST_LINES: usize = 6_000;

pub(super) fn routes(routes: super::Routes) -> super::Routes {
    routes
        .route("/subscribe", get(form).post(sign_up))
        .route("/subscribe/preview", get(try_out))
        .route(
            "/subscribe/confirm/{token}",
            get(confirm_page).post(confirm),
        )
        .route("/privacy", get(privacy))
}

/// What is wished for, as far as it can be understood.
struct Asked {
    clauses: Vec<Clause>,
    criteria: Criteria,
    frequency: Frequency,
}

pub(super) fn frequency(
    site: &Site,
    word: &str,
    hour: &str,
    zone: &str,
) -> Result<Frequency, String> {
    let zone = if zone.is_empty() { "UTC" } else { zone };
    let own = match hour {
        "" => None,
        hour => Some(OwnHour::new(
            hour.parse().map_err(|_| format!("`{hour}` is no hour"))?,
            zone,
        )?),
    };
    Ok(match word {
        "instant" => Frequency::Instant,
        "daily" => Frequency::Daily(match own {
            Some(own) => own,
            None => OwnHour::new(8, zone)?,
        }),
        name => {
            let digest = site
                .digests
                .iter()
                .find(|digest| digest.name.as_str() == name)
                .or(site.digests.first())
                .ok_or("there is no digest here")?;
            Frequency::Digest(digest.name.clone(), own)
        }
    })
}

fn asked(site: &Site, fields: &Fields) -> Result<Asked, String> {
    let mut clauses: Vec<Clause> = Vec::new();
    for want in fields.all("want").take(60) {
        let clause = known(site, want.parse()?)?;
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    if let Some(text) = fields.all("search").next() {
        clauses.push(Clause::Search(text.to_owned()));
    }
    let criteria = match (clauses.is_empty(), fields.one("every") == "yes") {
        (true, _) => Criteria::All,
        (false, false) => Criteria::Any(clauses.clone()),
        (false, true) => Criteria::Every(clauses.clone()),
    };
    judge(
        &criteria,
        &site.library.known_works,
        site.clock.now().date_naive(),
    )
    .map_err(|refusal| refusal.to_string())?;
    Ok(Asked {
        clauses,
        criteria,
        frequency: frequency(
            site,
            fields.one("frequency"),
            fields.one("hour"),
            fields.one("zone"),
        )?,
    })
}

/// A clause that names something; a standard in any spelling becomes its work.
fn known(site: &Site, clause: Clause) -> Result<Clause, String> {
    let library = &site.library;
    let exists = match &clause {
        Clause::Framework(id) => library.framework(id).is_some(),
        Clause::Jurisdiction(id) => library.jurisdiction(id).is_some(),
        Clause::Topic(id) => library.topic(id).is_some(),
        Clause::Body(id) => library.body(id).is_some(),
        Clause::Source(id) | Clause::Page(id) => site.sources.iter().any(|source| &source.id == id),
        Clause::Kind(_) | Clause::Search(_) | Clause::Deadlines => true,
        Clause::Standard(text) => {
            return reference::read(text, &library.known_works)
                .into_iter()
                .next()
                .map(|reference| Clause::Standard(reference.work))
                .ok_or_else(|| format!("`{text}` is no reference of a standard"));
        }
    };
    exists
        .then_some(clause.clone())
        .ok_or_else(|| format!("`{clause}` names nothing that we know"))
}

async fn is_busy(site: &Site) -> Result<bool, Trouble> {
    Ok(site.store.waiting_signups().await? > MOST_IN_AN_HOUR)
}

pub(super) fn hours(own: Option<OwnHour>) -> Vec<Tick> {
    (0..24_u8)
        .map(|hour| Tick {
            value: hour.to_string(),
            name: format!("{hour}:00"),
            chosen: own.is_some_and(|own| own.hour == hour),
        })
        .collect()
}

pub(super) fn frequencies(site: &Site, chosen: &Frequency) -> Vec<Tick> {
    let mut out: Vec<Tick> = site
        .digests
        .iter()
        .map(|digest| Tick {
            value: digest.name.to_string(),
            name: format!("with the {} digest", digest.name),
            chosen: chosen.digest() == Some(&digest.name),
        })
        .collect();
    for (value, name) in [("daily", "once a day"), ("instant", "at once")] {
        out.push(Tick {
            value: value.to_owned(),
            name: name.to_owned(),
            chosen: chosen.as_str() == value,
        });
    }
    out
}

/// The form, filled with what was asked for.
async fn page(
    site: &Site,
    fields: &Fields,
    problem: Option<String>,
) -> Result<SubscribePage, Trouble> {
    let library = &site.library;
    let wants: Vec<&str> = fields.all("want").collect();
    let tick = |value: String, name: &str| Tick {
        chosen: wants.contains(&value.as_str()),
        value,
        name: name.to_owned(),
    };
    let by_name = library.frameworks_by_name();
    let frameworks: Vec<(String, Vec<Tick>)> = KINDS
        .iter()
        .map(|(kind, heading)| {
            let of_kind = by_name.iter().filter(|framework| framework.kind == *kind);
            let ticks = of_kind
                .map(|framework| tick(format!("framework:{}", framework.id), &framework.short));
            ((*heading).to_owned(), ticks.collect())
        })
        .collect();
    let jurisdictions: Vec<Tick> = library
        .jurisdictions_by_name()
        .into_iter()
        .map(|place| tick(format!("jurisdiction:{}", place.id), &place.name))
        .collect();
    let others = wants
        .iter()
        .filter(|want| {
            !frameworks
                .iter()
                .flat_map(|(_, ticks)| ticks)
                .chain(&jurisdictions)
                .any(|tick| tick.value == **want)
        })
        .map(|want| Tick {
            value: (*want).to_owned(),
            name: want
                .split_once(':')
                .map_or(*want, |(_, name)| name)
                .to_owned(),
            chosen: true,
        })
        .collect();
    let chosen = frequency(site, fields.one("frequency"), "", "").unwrap_or(Frequency::Instant);
    let own = fields
        .one("hour")
        .parse()
        .ok()
        .and_then(|hour| OwnHour::new(hour, "UTC").ok());
    let line = asked(site, fields)
        .map(|asked| track_line(&asked.clauses))
        .unwrap_or_default();
    Ok(SubscribePage {
        problem,
        address: fields.one("address").to_owned(),
        wants: others,
        frameworks,
        jurisdictions,
        search: fields.one("search").to_owned(),
        every: fields.one("every") == "yes",
        frequencies: frequencies(site, &chosen),
        hours: hours(own),
        zone: fields.one("zone").to_owned(),
        preview: None,
        items: Vec::new(),
        busy: is_busy(site).await?,
        line,
    })
}

/// The line of configuration that says the same for a team.
fn track_line(clauses: &[Clause]) -> String {
    if clauses.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = clauses
        .iter()
        .map(|clause| {
            let text = match clause {
                Clause::Standard(work) => work.clone(),
                other => other.to_string(),
            };
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        })
        .collect();
    format!("track = [{}]", quoted.join(", "))
}

/// `GET /subscribe`
async fn form(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let fields = Fields::of(query.unwrap_or_default().as_bytes());
        own(&site, StatusCode::OK, &page(&site, &fields, None).await?)
    }
    .await;
    told(&site, answer)
}

/// `GET /subscribe/preview`
async fn try_out(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let fields = Fields::of(query.unwrap_or_default().as_bytes());
        let asked = match asked(&site, &fields) {
            Ok(asked) => asked,
            Err(problem) => {
                let view = page(&site, &fields, Some(problem)).await?;
                return own(&site, StatusCode::UNPROCESSABLE_ENTITY, &view);
            }
        };
        let mut preview = Preview::new(&asked.criteria, &site.library.known_works);
        let since = site.clock.now() - TimeDelta::days(PREVIEW_DAYS);
        let mut position = site.store.log_position_at(since).await?;
        position = position
            .max(site.store.log_head().await? - i64::try_from(MOST_LINES).unwrap_or(i64::MAX));
        loop {
            let lines = site.store.log_with_updates(position, 1_000).await?;
            let Some((last, _)) = lines.last() else { break };
            position = last.position;
            for (line, update) in lines {
                if line.event.is_told() {
                    preview.take(line.at, line.event == LogEvent::New, update);
                }
            }
        }
        let mut view = page(&site, &fields, None).await?;
        view.preview = Some(match preview.items.len() {
            0 => format!("It would have told you nothing in the last {PREVIEW_DAYS} days"),
            1 => format!("It would have told you once in the last {PREVIEW_DAYS} days"),
            times => {
                format!("It would have told you {times} times in the last {PREVIEW_DAYS} days")
            }
        });
        view.items = preview
            .items
            .iter()
            .rev()
            .take(30)
            .map(|item| Named {
                name: item.update.content.title.clone(),
                href: format!("/updates/{}", item.update.id),
            })
            .collect();
        own(&site, StatusCode::OK, &view)
    }
    .await;
    told(&site, answer)
}

/// Who asks: the other end of the connection.
fn visitor(request: &Request) -> IpAddr {
    request
        .extensions()
        .get::<super::Visitor>()
        .map(|visitor| visitor.0)
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// `POST /subscribe`
async fn sign_up(State(site): State<Site>, request: Request) -> Response {
    let answer = async {
        if is_foreign(request.headers()) {
            return refused(&site);
        }
        let ip = visitor(&request);
        let body = to_bytes(request.into_body(), 64 << 10)
            .await
            .unwrap_or_default();
        let fields = Fields::of(&body);
        let problem = match (
            EmailAddress::new(fields.one("address")),
            asked(&site, &fields),
        ) {
            (Ok(address), Ok(asked)) => {
                let mut id = [0_u8; 16];
                rand::rng().fill_bytes(&mut id);
                site.store
                    .leave_signup(&Signup {
                        id: hex(&id),
                        address,
                        wish: Wish {
                            criteria: asked.criteria,
                            frequency: asked.frequency,
                        },
                        net: net(ip),
                        ip: Some(ip.to_canonical().to_string()),
                        asked_at: site.clock.now(),
                        form: "/subscribe".to_owned(),
                        text_version: TEXT_VERSION.to_owned(),
                        state: SignupState::New,
                        decided_at: None,
                        confirmed_at: None,
                    })
                    .await?;
                let busy = is_busy(&site).await?;
                return own(&site, StatusCode::OK, &AskedPage { busy });
            }
            (Err(error), _) => error.to_string(),
            (_, Err(problem)) => problem,
        };
        let view = page(&site, &fields, Some(problem)).await?;
        own(&site, StatusCode::UNPROCESSABLE_ENTITY, &view)
    }
    .await;
    told(&site, answer)
}

/// `GET /subscribe/confirm/{token}`
async fn confirm_page(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let answer = async {
        let found = site
            .store
            .signup_by_token(&stored(&token), site.clock.now())
            .await?;
        let status = if found.is_some() {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        let view = ConfirmPage {
            told: found
                .as_ref()
                .map(|signup| signup.wish.frequency.to_string())
                .unwrap_or_default(),
            wants: found.map(|signup| signup.wish.criteria.to_string()),
            action: format!("/subscribe/confirm/{}", super::pages::encoded(&token)),
        };
        own(&site, status, &view)
    }
    .await;
    told(&site, answer)
}

/// `POST /subscribe/confirm/{token}`
async fn confirm(
    State(site): State<Site>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        if is_foreign(&headers) {
            return refused(&site);
        }
        let now = site.clock.now();
        let Some(signup) = site.store.signup_by_token(&stored(&token), now).await? else {
            return own(&site, StatusCode::NOT_FOUND, &ConfirmPage::default());
        };
        let signer = signer(&site).await?;
        let hash = signer.hashed(signup.address.as_str());
        site.store.confirm_signup(&signup, &hash, now).await?;
        let subscriber = SubscriberId::of(&signup.address);
        own(
            &site,
            StatusCode::OK,
            &DonePage {
                title: "It has begun".to_owned(),
                text: format!(
                    "You are told {} of: {}.",
                    signup.wish.frequency, signup.wish.criteria
                ),
                ways: vec![Named {
                    name: "Your preferences".to_owned(),
                    href: format!(
                        "/preferences/{}",
                        signer.sign(Purpose::Preferences, subscriber.as_str(), "all")
                    ),
                }],
            },
        )
    }
    .await;
    told(&site, answer)
}

/// `GET /privacy`
async fn privacy(State(site): State<Site>) -> Response {
    told(
        &site,
        site.show(&PrivacyPage {
            unconfirmed_days: LIVES.num_days(),
            ip_days: IP_KEPT.num_days(),
            text_version: TEXT_VERSION.to_owned(),
        }),
    )
}
