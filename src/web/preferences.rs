//! Preferences of a mailbox and leaving (promises: M3, M16).
//!
//! Opening an address never changes anything; only a pressed button does.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::pages::told;
use super::private::{Fields, is_foreign, no_such_link, own, refused, signer};
use super::subscribe::{frequencies, frequency, hours};
use super::{Site, Trouble};
use crate::domain::id::{DigestName, SubscriberId, SubscriptionId};
use crate::domain::subscription::{
    EmailAddress, EndReason, Origin, Recipient, Subscriber, Subscription,
};
use crate::domain::token::Purpose;
use crate::render::{DonePage, Named, PreferenceRow, PreferencesPage, UnsubscribePage};
use crate::store::begun;

/// The list that a link leaves which ends everything but the digests.
const ALERTS: &str = "alerts";

pub(super) fn routes(routes: super::Routes) -> super::Routes {
    routes
        .route("/preferences/{token}", get(preferences).post(change))
        .route("/preferences/{token}/export", get(export))
        .route("/unsubscribe/{token}", get(leave_page).post(leave))
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
