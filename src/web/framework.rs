//! The page of one framework: `/frameworks/{id}`.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{Days, NaiveDate};

use super::editions::newer_editions;
use super::found::newest;
use super::pages::{cards, encoded, told};
use super::standards::address;
use super::{Site, Trouble};
use crate::domain::calendar::{CalendarFilter, Due};
use crate::domain::id::{FrameworkId, JurisdictionId};
use crate::domain::library::Framework;
use crate::domain::query::Filter;
use crate::domain::reference;
use crate::domain::update::Update;
use crate::render::{FrameworkLive, FrameworkPage, Moment, Named, StandingView, UpdateCard};
use crate::store::RegisterFilter;

/// Updates on a page.
const UPDATES: usize = 10;
/// Updates that stand on a page however heavy it is.
const FEWEST: usize = 3;
/// A page's weight, in bytes.
const HEAVIEST: usize = 59_000;
/// Dates of the calendar on a page.
const DATES: usize = 14;
/// How far back those go, in days.
const BACK: u64 = 120;
/// Documents of the register on a page.
const STANDINGS: usize = 4;

/// The framework that an address means; another spelling of one leads to it.
pub(super) fn framework_of<'a>(site: &'a Site, name: &str) -> Result<&'a Framework, Trouble> {
    FrameworkId::new(name)
        .ok()
        .and_then(|id| site.library.framework(&id))
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Trouble {
    let name: String = name.chars().take(80).collect();
    let words = name.replace('-', " ");
    Trouble::Unknown {
        what: format!("There is no framework “{name}”."),
        mend:
            "The library has no page of that name. Look in the list, or search the updates for it."
                .to_owned(),
        ways: vec![
            Named {
                name: "All frameworks".to_owned(),
                href: "/frameworks".to_owned(),
            },
            Named {
                name: "Updates that name it".to_owned(),
                href: format!("/search?q={}", encoded(&words)),
            },
        ],
    }
}

/// The framework that goes by that name, spelled in any way that the library knows.
fn spelled<'a>(site: &'a Site, name: &str) -> Option<&'a Framework> {
    let wanted = reference::slug(name);
    if wanted.is_empty() {
        return None;
    }
    let works = reference::read(name, &site.library.known_works);
    site.library.frameworks.iter().find(|framework| {
        std::iter::once(&framework.short)
            .chain(&framework.aliases)
            .chain(&framework.references)
            .any(|form| reference::slug(form) == wanted)
            || framework.references.iter().any(|form| {
                reference::read(form, &site.library.known_works)
                    .iter()
                    .any(|known| works.iter().any(|work| work.work == known.work))
            })
    })
}

/// `/frameworks/{id}`
pub(super) async fn framework(State(site): State<Site>, Path(name): Path<String>) -> Response {
    let page = async {
        let framework = match framework_of(&site, &name) {
            Ok(framework) => framework,
            Err(trouble) => {
                let Some(framework) = spelled(&site, &name) else {
                    return Err(trouble);
                };
                let to = format!("{}/frameworks/{}", site.renderer.base_path(), framework.id);
                return Ok(
                    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
                );
            }
        };
        let today = site.clock.now().date_naive();
        let found = newest(
            &site,
            vec![Filter::Framework(framework.id.clone())],
            UPDATES,
        )
        .await?;
        let live = FrameworkLive {
            updates: framework_cards(&site, &found.updates, &framework.id).await?,
            total: found.total,
            places: found
                .facets
                .of("jurisdiction")
                .iter()
                .filter_map(|(id, count)| Some((JurisdictionId::new(id.as_str()).ok()?, *count)))
                .collect(),
            due: due(&site, &framework.id, today).await?,
            standings: standings(&site, framework).await?,
            newer: newer_editions(&site).await?,
            changed: site
                .store
                .latest_framework_page(&framework.id)
                .await?
                .filter(|(number, _)| *number > 1)
                .map(|(_, at)| Moment::on_day(at)),
        };
        light(
            &site,
            FrameworkPage::new(framework, &site.library, live, today),
        )
    }
    .await;
    told(&site, page)
}

/// The page, with as many of the newest updates as leave it light; all of them are a link away.
fn light(site: &Site, mut page: FrameworkPage) -> Result<Response, Trouble> {
    while page.updates.len() > FEWEST && site.renderer.page(&page)?.len() > HEAVIEST {
        page.updates.pop();
    }
    site.show(&page)
}

/// Cards of updates in a list about a framework, each with why it stands there.
pub(super) async fn framework_cards(
    site: &Site,
    updates: &[Update],
    id: &FrameworkId,
) -> Result<Vec<UpdateCard>, Trouble> {
    Ok(cards(site, updates)
        .await?
        .into_iter()
        .zip(updates)
        .map(|(card, update)| {
            let mut card = card.because_of_framework(update, id);
            // What the list is about need not be said on each of its cards.
            let own = format!("/frameworks/{id}");
            card.frameworks.retain(|framework| framework.href != own);
            card
        })
        .collect())
}

async fn due(site: &Site, id: &FrameworkId, today: NaiveDate) -> Result<Vec<Due>, Trouble> {
    let filter = CalendarFilter {
        framework: Some(id.clone()),
        ..CalendarFilter::default()
    };
    let from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
    let stretch = site
        .store
        .due(from, None, &[], DATES, |due| filter.takes(due))
        .await?;
    Ok(stretch.entries)
}

/// Where the documents of a framework stand in the register: what is in force and what is drafted.
async fn standings(site: &Site, framework: &Framework) -> Result<Vec<StandingView>, Trouble> {
    let known = &site.library.known_works;
    let mut works: Vec<String> = framework
        .references
        .iter()
        .flat_map(|form| reference::read(form, known))
        .map(|reference| reference.work)
        .collect();
    works.sort();
    works.dedup();
    if works.is_empty() {
        return Ok(Vec::new());
    }
    let mut standings = site
        .store
        .standings(&RegisterFilter {
            works: Some(works),
            ..RegisterFilter::default()
        })
        .await?;
    standings.retain(|standing| !standing.project.position.is_withdrawn());
    standings.sort_by_key(|standing| std::cmp::Reverse(standing.project.since));
    Ok(standings
        .iter()
        .take(STANDINGS)
        .map(|standing| {
            let project = &standing.project;
            StandingView {
                document: Named {
                    name: project.reference.clone(),
                    href: address(&project.work, &project.id),
                },
                stage: project.position.to_string(),
                meaning: project.position.meaning(),
            }
        })
        .collect())
}
