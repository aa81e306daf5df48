//! Whom Regwire tells: mailboxes, teams, and what teams decided.

use std::collections::{BTreeMap, HashMap};

use axum::response::Response;
use serde_json::json;

use super::call::Call;
use crate::domain::alert::Channel;
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{SubscriberId, TeamId, UpdateId};
use crate::domain::subscription::{Recipient, Subscriber, Subscription};
use crate::render::{
    AreaFact, AreaField, AreaFind, AreaForm, AreaMore, AreaPage, AreaPart, AreaRow, Moment, Named,
};
use crate::store::Deed;
use crate::web::Trouble;
use crate::web::pages::encoded;
use crate::web::private::signer;

/// Mailboxes of a page.
const MAILBOXES: u32 = 50;
/// Decisions that are shown.
const DECISIONS: usize = 100;
/// Sendings that are looked through for the last of each team.
const SENDINGS: u32 = 500;

/// `GET /operate/subscribers`
pub(super) async fn subscribers(call: Call) -> Result<Response, Trouble> {
    let look = call.query.one("q");
    let at: u32 = call
        .query
        .one("page")
        .parse()
        .unwrap_or(1)
        .clamp(1, 100_000);
    let (boxes, total) = call
        .site
        .store
        .mailboxes_like(look, (at - 1) * MAILBOXES, MAILBOXES)
        .await?;
    let mut page = call.page(
        "Subscribers",
        "Mailboxes that asked to be told. There is no list to take away: look one up.",
    );
    page.parts.push(AreaPart {
        text: vec![match total {
            1 => "One mailbox.".to_owned(),
            total => format!("{total} mailboxes."),
        }],
        find: Some(AreaFind {
            action: "/operate/subscribers".to_owned(),
            label: "A part of the address".to_owned(),
            value: look.to_owned(),
        }),
        rows: boxes
            .iter()
            .map(|(id, address, since)| AreaRow {
                title: address.clone(),
                href: Some(format!("/operate/subscribers/{id}")),
                under: vec![format!("since {}", Moment::on_day(*since).shown)],
                ..AreaRow::default()
            })
            .collect(),
        empty: Some(if look.is_empty() {
            "Nobody yet. Readers sign up on the site, and regwire subscriber add puts one on the list.".to_owned()
        } else {
            "No mailbox is like that.".to_owned()
        }),
        ..AreaPart::default()
    });
    let address = |page: u32| format!("/operate/subscribers?page={page}&q={}", encoded(look));
    page.previous = (at > 1).then(|| address(at - 1));
    page.next = (i64::from(at) * i64::from(MAILBOXES) < total).then(|| address(at + 1));
    call.show(&page)
}

async fn asked(call: &Call) -> Result<(Subscriber, Vec<Subscription>), Trouble> {
    let id = SubscriberId::new(call.parameter("id")).map_err(|_| Trouble::Missing)?;
    call.site
        .store
        .subscriber(&id)
        .await?
        .ok_or(Trouble::Missing)
}

fn mailbox(call: &Call, subscriber: &Subscriber, subscriptions: &[Subscription]) -> AreaPage {
    let mut page = call.page(subscriber.address.as_str(), "");
    page.above = Some(Named {
        name: "Subscribers".to_owned(),
        href: "/operate/subscribers".to_owned(),
    });
    page.parts.push(AreaPart {
        facts: vec![AreaFact::new(
            "On the list since",
            Moment::at(subscriber.entered_at).shown,
        )],
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "What it asked for".to_owned(),
        rows: subscriptions
            .iter()
            .map(|one| AreaRow {
                title: one.criteria.to_string(),
                state: match one.ended {
                    None => "active",
                    Some(_) => "ended",
                }
                .to_owned(),
                tone: match one.ended {
                    None => "fresh",
                    Some(_) => "off",
                }
                .to_owned(),
                under: vec![
                    one.frequency.to_string(),
                    format!(
                        "since {}, by {}",
                        Moment::at(one.began_at).shown,
                        one.origin.as_str()
                    ),
                    one.ended.map_or_else(String::new, |(at, why)| {
                        format!("ended {}: {}", Moment::at(at).shown, why.as_str())
                    }),
                ]
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect(),
                ..AreaRow::default()
            })
            .collect(),
        empty: Some("Nothing.".to_owned()),
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "Erase it".to_owned(),
        text: vec![
            "Address, subscriptions, proof of consent and mails on the way are gone at once. A keyed hash is left, so that no mail comes by mistake; whoever asks again is welcome."
                .to_owned(),
        ],
        forms: vec![AreaForm {
            action: format!("/operate/subscribers/{}/erase", subscriber.id),
            label: format!("Erase {}", subscriber.address),
            fields: vec![AreaField {
                required: true,
                ..AreaField::of("tick", "sure", "This cannot be taken back").with("yes")
            }],
            button: "Erase".to_owned(),
            grave: true,
        }],
        ..AreaPart::default()
    });
    page
}

/// `GET /operate/subscribers/{id}`
pub(super) async fn subscriber(call: Call) -> Result<Response, Trouble> {
    let (subscriber, subscriptions) = asked(&call).await?;
    call.show(&mailbox(&call, &subscriber, &subscriptions))
}

/// `POST /operate/subscribers/{id}/erase`
pub(super) async fn erase(call: Call) -> Result<Response, Trouble> {
    let (subscriber, subscriptions) = asked(&call).await?;
    if call.fields.one("sure") != "yes" {
        let page = mailbox(&call, &subscriber, &subscriptions);
        return call.wrong(page, "Tick that it cannot be taken back.");
    }
    let hash = signer(&call.site)
        .await?
        .hashed(subscriber.address.as_str());
    // The log keeps no address either: the keyed hash says which mailbox it was to who knows it.
    let act = call
        .act("erased")
        .on(format!("mailbox {}", hash.get(..16).unwrap_or(&hash)));
    let deed = Deed::Erase {
        address: subscriber.address,
        hash,
    };
    call.does_and_leads(act, deed, "/operate/subscribers", "erased")
        .await
}

/// `GET /operate/teams`
pub(super) async fn teams(call: Call) -> Result<Response, Trouble> {
    let store = &call.site.store;
    let mut wishes: BTreeMap<TeamId, Vec<Subscription>> = BTreeMap::new();
    for one in store.subscriptions(true).await? {
        if let Recipient::Team(id) = &one.recipient {
            wishes.entry(id.clone()).or_default().push(one);
        }
    }
    let paused = store.paused(call.now).await?;
    // By team and channel the last sending and how it went.
    let mut last: HashMap<(String, Channel), (String, DeliveryState, Option<String>)> =
        HashMap::new();
    for one in store.sendings(None, SENDINGS).await? {
        last.entry((one.recipient, one.sending.channel)).or_insert((
            Moment::at(one.sending.queued_at).shown,
            one.state,
            one.answer,
        ));
    }
    let mut page = call.page(
        "Teams",
        "Teams stand in the configuration ([[team]]) or are added by regwire team add. A test goes out by every way at once.",
    );
    page.parts.push(AreaPart {
        rows: wishes
            .iter()
            .map(|(id, wishes)| {
                let key = Recipient::Team(id.clone()).key();
                let until = paused.get(&key);
                let mut under: Vec<String> = wishes
                    .iter()
                    .map(|one| format!("{}: {}", one.frequency, one.criteria))
                    .collect();
                under.extend(until.map(|until| format!("until {}", Moment::at(*until).shown)));
                let ways: Vec<String> = Channel::ALL
                    .iter()
                    .filter_map(|channel| {
                        let (at, state, answer) = last.get(&(key.clone(), *channel))?;
                        Some(format!(
                            "{}: {} ({at}{})",
                            channel.as_str(),
                            state.as_str(),
                            answer
                                .as_ref()
                                .map_or_else(String::new, |answer| format!("; {answer}"))
                        ))
                    })
                    .collect();
                AreaRow {
                    title: id.to_string(),
                    state: if until.is_some() { "paused" } else { "" }.to_owned(),
                    tone: "quiet".to_owned(),
                    under,
                    more: (!ways.is_empty()).then(|| AreaMore {
                        heading: "the last sending by each way".to_owned(),
                        lines: ways,
                    }),
                    forms: if call.may_change() {
                        vec![AreaForm {
                            action: format!("/operate/teams/{id}/test"),
                            label: format!("Send a test to {id}"),
                            button: "Send a test".to_owned(),
                            ..AreaForm::default()
                        }]
                    } else {
                        Vec::new()
                    },
                    ..AreaRow::default()
                }
            })
            .collect(),
        empty: Some(
            "No team is told of anything. Add one under [[team]] in regwire.toml.".to_owned(),
        ),
        ..AreaPart::default()
    });
    call.show(&page)
}

/// `POST /operate/teams/{id}/test`
pub(super) async fn test_team(call: Call) -> Result<Response, Trouble> {
    let id = TeamId::new(call.parameter("id")).map_err(|_| Trouble::Missing)?;
    let act = call.act("test-asked").on(format!("team {id}"));
    call.asks(act, "test-team", json!({ "team": id }), "/operate/teams")
        .await
}

/// `GET /operate/decisions`
pub(super) async fn decisions(call: Call) -> Result<Response, Trouble> {
    let store = &call.site.store;
    let open = store.undecided(call.now).await?;
    let mut taken = store.decisions(None, None, true).await?;
    taken.reverse();
    let all = taken.len();
    taken.truncate(DECISIONS);
    let ids: Vec<UpdateId> = taken.iter().map(|one| one.update.clone()).collect();
    let titles: HashMap<UpdateId, String> = store
        .updates(&ids)
        .await?
        .into_iter()
        .map(|update| (update.id, update.content.title))
        .collect();
    let mut page = call.page(
        "Decisions",
        "What updates mean for teams, and what nobody decided yet. For an auditor: regwire decision list --all --csv.",
    );
    page.parts.push(AreaPart {
        heading: "Told, and not decided".to_owned(),
        rows: open
            .iter()
            .take(DECISIONS)
            .map(|one| AreaRow {
                title: one.title.clone(),
                href: Some(format!("/updates/{}", one.update)),
                under: vec![format!(
                    "{}, told {}",
                    one.recipient.trim_start_matches("team:"),
                    Moment::at(one.since).shown
                )],
                ..AreaRow::default()
            })
            .collect(),
        empty: Some("Everything that teams were told is decided.".to_owned()),
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "Decided".to_owned(),
        text: if all > DECISIONS {
            vec![format!("{all} in all; the newest {DECISIONS} are shown.")]
        } else {
            Vec::new()
        },
        rows: taken
            .iter()
            .map(|one| AreaRow {
                title: titles
                    .get(&one.update)
                    .cloned()
                    .unwrap_or_else(|| one.update.to_string()),
                href: Some(format!("/updates/{}", one.update)),
                state: one.verdict.name().to_owned(),
                tone: "off".to_owned(),
                under: vec![
                    one.reason.clone(),
                    format!(
                        "{}, by {}, {}{}",
                        one.team,
                        one.who,
                        Moment::at(one.at).shown,
                        one.due
                            .map_or_else(String::new, |day| format!("; to be done by {day}"))
                    ),
                ],
                ..AreaRow::default()
            })
            .collect(),
        empty: Some(
            "Nothing was decided yet. The links of alerts lead to a form for it.".to_owned(),
        ),
        ..AreaPart::default()
    });
    call.show(&page)
}
