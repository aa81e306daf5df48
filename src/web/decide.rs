//! What a team does by the links of its alerts: decide, and keep alerts back. Opening a link shows
//! a form, and changes nothing.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use chrono::TimeDelta;

use super::pages::{encoded, told};
use super::private::{Fields, is_foreign, no_such_link, own, refused, signer};
use super::{Site, Trouble};
use crate::domain::decision::{Decision, DecisionVerdict};
use crate::domain::id::{TeamId, UpdateId};
use crate::domain::token::Purpose;
use crate::domain::update::Update;
use crate::render::{DecidePage, DecisionView, DonePage, Moment, Named, PausePage, Tick};

/// The longest reason, in characters.
const LONGEST: usize = 2_000;

pub(super) fn routes(routes: super::Routes) -> super::Routes {
    routes
        .route("/decide/{token}", get(decide_page).post(decide))
        .route("/alerts/pause/{token}", get(pause_page).post(pause))
}

async fn asked(site: &Site, token: &str) -> Result<Option<(TeamId, Update)>, Trouble> {
    let signer = signer(site).await?;
    let Some((team, update)) = signer.read(Purpose::Decide, token) else {
        return Ok(None);
    };
    let (Ok(team), Ok(id)) = (TeamId::new(team), UpdateId::new(update)) else {
        return Ok(None);
    };
    Ok(site.store.update(&id).await?.map(|update| (team, update)))
}

async fn view(
    site: &Site,
    token: &str,
    team: &TeamId,
    update: &Update,
    problem: Option<String>,
) -> Result<DecidePage, Trouble> {
    let taken = site
        .store
        .decisions(Some(team), Some(&update.id), false)
        .await?;
    let proposed = match (taken.last(), &update.story) {
        (Some(last), _) => Some(last.clone()),
        (None, Some(story)) => site.store.decision_on_story(team.as_str(), story).await?,
        (None, None) => None,
    };
    Ok(DecidePage {
        team: team.to_string(),
        title: update.content.title.clone(),
        href: format!("/updates/{}", update.id),
        action: format!("/decide/{}", encoded(token)),
        verdicts: DecisionVerdict::ALL
            .iter()
            .map(|verdict| Tick {
                value: verdict.as_str().to_owned(),
                name: verdict.name().to_owned(),
                chosen: proposed.as_ref().is_some_and(|one| one.verdict == *verdict),
            })
            .collect(),
        reason: proposed.map(|one| one.reason).unwrap_or_default(),
        taken: taken
            .iter()
            .rev()
            .map(|one| DecisionView {
                at: Moment::at(one.at),
                verdict: one.verdict.name().to_owned(),
                reason: one.reason.clone(),
                who: one.who.clone(),
                due: one.due.map(|day| day.to_string()),
            })
            .collect(),
        problem,
    })
}

/// `GET /decide/{token}`
async fn decide_page(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let answer = async {
        match asked(&site, &token).await? {
            Some((team, update)) => {
                let page = view(&site, &token, &team, &update, None).await?;
                own(&site, StatusCode::OK, &page)
            }
            None => no_such_link(&site),
        }
    }
    .await;
    told(&site, answer)
}

/// `POST /decide/{token}`
async fn decide(
    State(site): State<Site>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        if is_foreign(&headers) {
            return refused(&site);
        }
        let Some((team, update)) = asked(&site, &token).await? else {
            return no_such_link(&site);
        };
        let fields = Fields::of(&body);
        let due = fields.one("due");
        let read: Result<Decision, String> = (|| {
            let (reason, who) = (fields.one("reason"), fields.one("who"));
            if reason.is_empty() || who.is_empty() {
                return Err("A decision has a reason and a name.".to_owned());
            }
            if reason.chars().count() > LONGEST || who.chars().count() > 120 {
                return Err(format!("A reason has at most {LONGEST} characters."));
            }
            Ok(Decision {
                team: team.clone(),
                update: update.id.clone(),
                number: 0,
                story: update.story.clone(),
                verdict: fields.one("verdict").parse()?,
                reason: reason.to_owned(),
                who: who.to_owned(),
                at: site.clock.now(),
                due: match due {
                    "" => None,
                    day => Some(
                        day.parse()
                            .map_err(|_| format!("`{day}` is no day: write it as 2027-03-01"))?,
                    ),
                },
            })
        })();
        match read {
            Ok(decision) => {
                site.store.add_decision(&decision).await?;
                let page = view(&site, &token, &team, &update, None).await?;
                own(&site, StatusCode::OK, &page)
            }
            Err(problem) => {
                let page = view(&site, &token, &team, &update, Some(problem)).await?;
                own(&site, StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
        }
    }
    .await;
    told(&site, answer)
}

async fn team_of(site: &Site, token: &str) -> Result<Option<TeamId>, Trouble> {
    let signer = signer(site).await?;
    Ok(signer
        .read(Purpose::Pause, token)
        .and_then(|(team, _)| TeamId::new(team).ok()))
}

/// `GET /alerts/pause/{token}`
async fn pause_page(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let answer = async {
        match team_of(&site, &token).await? {
            Some(team) => {
                let paused = site.store.paused(site.clock.now()).await?;
                own(
                    &site,
                    StatusCode::OK,
                    &PausePage {
                        until: paused
                            .get(&format!("team:{team}"))
                            .map(|until| Moment::at(*until)),
                        team: team.to_string(),
                        action: format!("/alerts/pause/{}", encoded(&token)),
                    },
                )
            }
            None => no_such_link(&site),
        }
    }
    .await;
    told(&site, answer)
}

/// `POST /alerts/pause/{token}`
async fn pause(
    State(site): State<Site>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        if is_foreign(&headers) {
            return refused(&site);
        }
        let Some(team) = team_of(&site, &token).await? else {
            return no_such_link(&site);
        };
        let fields = Fields::of(&body);
        let days: i64 = fields.one("days").parse().unwrap_or(0);
        let now = site.clock.now();
        let until = now + TimeDelta::days(days.clamp(0, 90));
        site.store
            .pause(&format!("team:{team}"), until, "link", now)
            .await?;
        own(
            &site,
            StatusCode::OK,
            &DonePage {
                title: if days > 0 { "Paused" } else { "Told again" }.to_owned(),
                text: if days > 0 {
                    format!(
                        "{team} is told nothing until {}; what comes meanwhile stands on the site.",
                        Moment::at(until).shown
                    )
                } else {
                    format!("{team} is told again, from now on.")
                },
                ways: vec![Named {
                    name: "Change that".to_owned(),
                    href: format!("/alerts/pause/{}", encoded(&token)),
                }],
            },
        )
    }
    .await;
    told(&site, answer)
}
