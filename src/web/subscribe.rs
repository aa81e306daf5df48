//! Signing up without an account, preferences and leaving (promises: M2, M3, M5, M6, M16).
//!
//! Opening an address never changes anything; only a pressed button does. The form answers alike
//! whatever is known of a mailbox: it leaves a sign-up, and the worker decides.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chrono::TimeDelta;
use rand::Rng as _;

use super::pages::told;
use super::{Site, Trouble};
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::id::{DigestName, SubscriberId, SubscriptionId};
use crate::domain::reference;
use crate::domain::signup::{
    IP_KEPT, LIVES, MOST_IN_AN_HOUR, Signup, SignupState, TEXT_VERSION, Wish, net,
};
use crate::domain::subscription::{
    EmailAddress, EndReason, Frequency, Origin, OwnHour, Recipient, Subscriber, Subscription,
};
use crate::domain::token::{Purpose, Signer, hex, stored};
use crate::matching::{Preview, judge};
use crate::render::{
    AskedPage, ConfirmPage, DonePage, Named, PreferenceRow, PreferencesPage, PrivacyPage,
    SubscribePage, Tick, UnsubscribePage, View,
};
use crate::store::{LogEvent, begun};
use crate::text::without_controls;

/// The list that a link leaves which ends everything but the digests.
const ALERTS: &str = "alerts";
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
        .route("/preferences/{token}", get(preferences).post(change))
        .route("/preferences/{token}/export", get(export))
        .route("/unsubscribe/{token}", get(leave_page).post(leave))
        .route("/privacy", get(privacy))
}

/// A page of somebody's own: kept by nobody.
pub(super) fn own<V: View>(site: &Site, status: StatusCode, view: &V) -> Result<Response, Trouble> {
    let page = site.renderer.page(view)?;
    Ok((
        status,
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::HeaderName::from_static("x-robots-tag"), "noindex"),
        ],
        Html(page),
    )
        .into_response())
}

/// Whether a browser says that another site's page sent this.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
}

pub(super) fn refused(site: &Site) -> Result<Response, Trouble> {
    own(
        site,
        StatusCode::FORBIDDEN,
        &DonePage {
            title: "Sent from another site".to_owned(),
            text: "This was sent by a page of another site, and nothing was changed. Open the page here and press its button.".to_owned(),
            ways: Vec::new(),
        },
    )
}

/// What a form sent, in order.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn of(text: &[u8]) -> Self {
        Self(
            url::form_urlencoded::parse(text)
                .take(200)
                .map(|(name, value)| {
                    (
                        name.into_owned(),
                        without_controls(&value).trim().to_owned(),
                    )
                })
                .collect(),
        )
    }

    pub(super) fn one(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, value)| field == name && !value.is_empty())
            .map_or("", |(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, value)| field == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }
}

/// What is wished for, as far as it can be understood.
struct Asked {
    clauses: Vec<Clause>,
    criteria: Criteria,
    frequency: Frequency,
}

fn frequency(site: &Site, word: &str, hour: &str, zone: &str) -> Result<Frequency, String> {
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

fn hours(own: Option<OwnHour>) -> Vec<Tick> {
    (0..24_u8)
        .map(|hour| Tick {
            value: hour.to_string(),
            name: format!("{hour}:00"),
            chosen: own.is_some_and(|own| own.hour == hour),
        })
        .collect()
}

fn frequencies(site: &Site, chosen: &Frequency) -> Vec<Tick> {
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
    let mut frameworks: Vec<Tick> = library
        .frameworks
        .iter()
        .map(|framework| Tick {
            value: format!("framework:{}", framework.id),
            name: framework.short.clone(),
            chosen: false,
        })
        .collect();
    let mut jurisdictions: Vec<Tick> = library
        .jurisdictions
        .iter()
        .map(|place| Tick {
            value: format!("jurisdiction:{}", place.id),
            name: place.name.clone(),
            chosen: false,
        })
        .collect();
    for tick in frameworks.iter_mut().chain(&mut jurisdictions) {
        tick.chosen = wants.contains(&tick.value.as_str());
    }
    let others = wants
        .iter()
        .filter(|want| {
            !frameworks
                .iter()
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

pub(super) async fn signer(site: &Site) -> Result<Signer, Trouble> {
    Ok(Signer::new(
        site.store.signing_keys().await?,
        site.clock.now(),
    ))
}

/// The mailbox that a token of preferences names, while it has ever subscribed.
async fn owner(
    site: &Site,
    token: &str,
) -> Result<Option<(Subscriber, Vec<Subscription>)>, Trouble> {
    let signer = signer(site).await?;
    let Some((subject, _)) = signer.read(Purpose::Preferences, token) else {
        return Ok(None);
    };
    match SubscriberId::new(subject) {
        Ok(id) => Ok(site.store.subscriber(&id).await?),
        Err(_) => Ok(None),
    }
}

/// An address that its owner knows again, and nobody else.
fn masked(address: &EmailAddress) -> String {
    let first = address.as_str().chars().next().unwrap_or('…');
    format!("{first}…@{}", address.domain())
}

fn preferences_view(
    site: &Site,
    token: &str,
    subscriber: &Subscriber,
    subscriptions: &[Subscription],
    done: Option<String>,
) -> PreferencesPage {
    PreferencesPage {
        mailbox: masked(&subscriber.address),
        action: format!("/preferences/{}", super::pages::encoded(token)),
        rows: subscriptions
            .iter()
            .filter(|one| one.ended.is_none())
            .map(|one| PreferenceRow {
                id: one.id.to_string(),
                wants: one.criteria.to_string(),
                told: one.frequency.to_string(),
                since: one.began_at.format("%-d %B %Y").to_string(),
                frequencies: frequencies(site, &one.frequency),
                hours: hours(one.frequency.hour()),
                zone: one
                    .frequency
                    .hour()
                    .map_or_else(String::new, |own| own.zone.name().to_owned()),
            })
            .collect(),
        done,
    }
}

/// The same for whatever is wrong with a link.
pub(super) fn no_such_link(site: &Site) -> Result<Response, Trouble> {
    own(
        site,
        StatusCode::NOT_FOUND,
        &DonePage {
            title: "This link leads nowhere".to_owned(),
            text:
                "It is not whole, or what it belonged to was erased. Take the link of a newer mail."
                    .to_owned(),
            ways: vec![Named {
                name: "Be told of changes".to_owned(),
                href: "/subscribe".to_owned(),
            }],
        },
    )
}

/// `GET /preferences/{token}`
async fn preferences(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let answer = async {
        let Some((subscriber, subscriptions)) = owner(&site, &token).await? else {
            return no_such_link(&site);
        };
        let view = preferences_view(&site, &token, &subscriber, &subscriptions, None);
        own(&site, StatusCode::OK, &view)
    }
    .await;
    told(&site, answer)
}

/// `POST /preferences/{token}`
async fn change(
    State(site): State<Site>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        if is_foreign(&headers) {
            return refused(&site);
        }
        let Some((subscriber, subscriptions)) = owner(&site, &token).await? else {
            return no_such_link(&site);
        };
        let fields = Fields::of(&body);
        let now = site.clock.now();
        let chosen = SubscriptionId::new(fields.one("subscription"))
            .ok()
            .and_then(|id| {
                subscriptions
                    .iter()
                    .find(|one| one.id == id && one.ended.is_none())
            });
        let done = match (fields.one("act"), chosen) {
            ("end", Some(one)) => {
                site.store
                    .end_subscription(&one.id, EndReason::Unsubscribed, now)
                    .await?;
                "Ended.".to_owned()
            }
            ("change", Some(one)) => {
                match frequency(
                    &site,
                    fields.one("frequency"),
                    fields.one("hour"),
                    fields.one("zone"),
                ) {
                    Ok(wanted) if wanted == one.frequency => "It is so already.".to_owned(),
                    Ok(wanted) => {
                        let next = begun(
                            Recipient::Mailbox(subscriber.id.clone()),
                            wanted,
                            one.criteria.clone(),
                            Origin::Preferences,
                            now,
                        );
                        site.store
                            .replace_subscriptions(
                                Some(&subscriber.address),
                                std::slice::from_ref(&one.id),
                                EndReason::Replaced,
                                std::slice::from_ref(&next),
                                now,
                            )
                            .await?;
                        "Changed.".to_owned()
                    }
                    Err(problem) => format!("Nothing was changed: {problem}."),
                }
            }
            ("leave", _) => {
                let all: Vec<SubscriptionId> = subscriptions
                    .iter()
                    .filter(|one| one.ended.is_none())
                    .map(|one| one.id.clone())
                    .collect();
                site.store
                    .replace_subscriptions(None, &all, EndReason::Unsubscribed, &[], now)
                    .await?;
                "All of it has ended.".to_owned()
            }
            ("erase", _) if fields.one("sure") == "yes" => {
                let hash = signer(&site).await?.hashed(subscriber.address.as_str());
                site.store.erase(&subscriber.address, &hash, now).await?;
                return own(
                    &site,
                    StatusCode::OK,
                    &DonePage {
                        title: "Erased".to_owned(),
                        text: "Nothing of this mailbox is kept but a keyed hash, so that no mail comes by mistake.".to_owned(),
                        ways: Vec::new(),
                    },
                );
            }
            _ => "Nothing was changed.".to_owned(),
        };
        let now_so = site.store.subscriber(&subscriber.id).await?;
        let rows = now_so.map_or(Vec::new(), |(_, rows)| rows);
        let view = preferences_view(&site, &token, &subscriber, &rows, Some(done));
        own(&site, StatusCode::OK, &view)
    }
    .await;
    told(&site, answer)
}

/// `GET /preferences/{token}/export`
async fn export(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let answer = async {
        let Some((subscriber, _)) = owner(&site, &token).await? else {
            return no_such_link(&site);
        };
        let kept = site.store.kept_of(&subscriber.address).await?;
        Ok((
            [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"regwire.json\"",
                ),
            ],
            serde_json::to_string_pretty(&kept)?,
        )
            .into_response())
    }
    .await;
    told(&site, answer)
}

/// `GET /unsubscribe/{token}`: the same page for any token, good or not.
async fn leave_page(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let list = token
        .split('.')
        .nth(2)
        .and_then(|name| DigestName::new(name).ok())
        .filter(|name| site.digests.iter().any(|digest| &digest.name == name))
        .map_or_else(
            || "these mails".to_owned(),
            |name| format!("the {name} digest"),
        );
    let view = UnsubscribePage {
        list,
        action: format!("/unsubscribe/{}", super::pages::encoded(&token)),
    };
    told(&site, own(&site, StatusCode::OK, &view))
}

/// `POST /unsubscribe/{token}`: by the button, or by a mail program (RFC 8058), which sends no
/// cookie and follows no redirect.
async fn leave(
    State(site): State<Site>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        let one_click = Fields::of(&body).one("List-Unsubscribe") == "One-Click";
        if is_foreign(&headers) && !one_click {
            return refused(&site);
        }
        let signer = signer(&site).await?;
        let mut ways = Vec::new();
        if let Some((subject, list)) = signer.read(Purpose::Unsubscribe, &token)
            && let Ok(id) = SubscriberId::new(subject)
        {
            if let Some((_, subscriptions)) = site.store.subscriber(&id).await? {
                let ends: Vec<SubscriptionId> = subscriptions
                    .iter()
                    .filter(|one| one.ended.is_none())
                    .filter(|one| match one.frequency.digest() {
                        Some(digest) => digest.as_str() == list,
                        None => list == ALERTS,
                    })
                    .map(|one| one.id.clone())
                    .collect();
                site.store
                    .replace_subscriptions(
                        None,
                        &ends,
                        EndReason::Unsubscribed,
                        &[],
                        site.clock.now(),
                    )
                    .await?;
            }
            if !one_click {
                ways.push(Named {
                    name: "Your preferences".to_owned(),
                    href: format!(
                        "/preferences/{}",
                        signer.sign(Purpose::Preferences, id.as_str(), "all")
                    ),
                });
            }
        }
        own(
            &site,
            StatusCode::OK,
            &DonePage {
                title: "You have left".to_owned(),
                text: "No more of these mails are sent to you, also not of what is being sent now."
                    .to_owned(),
                ways,
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
