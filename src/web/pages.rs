//! The pages.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{Path, Query as Parameters, State};
use axum::response::Response;
use chrono::{Datelike as _, Days, NaiveDate};

use super::calendar::views;
use super::{Site, Trouble};
use crate::digest;
use crate::domain::calendar::{CalendarFilter, Due};
use crate::domain::health::{Coverage, Verdict, survey};
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, SourceId, TopicId, UpdateId};
use crate::domain::query::{Filter, Query};
use crate::domain::source::Source;
use crate::domain::story::told_order;
use crate::domain::update::{Update, UpdateKind};
use crate::render::{
    DigestsPage, FacetLink, Home, IssuePage, IssueRow, Moment, Named, SourceRow, SourcesPage,
    UpdateCard, UpdatePage, columns,
};
use crate::search::SortOrder;
use crate::store::SourceState;
use crate::summary::tell;

/// Dates on the front page.
const DUE: usize = 6;
/// Weeks of its plot.
const WEEKS: u64 = 12;
/// Sources on a page.
const SOURCES: usize = 60;

pub(super) fn told(site: &Site, result: Result<Response, Trouble>) -> Response {
    result.unwrap_or_else(|trouble| site.tell(trouble))
}

pub(super) fn source_of<'a>(site: &'a Site, id: &SourceId) -> Option<&'a Source> {
    site.sources.iter().find(|source| &source.id == id)
}

pub(super) async fn surveyed(
    site: &Site,
) -> Result<(Vec<(&Source, Verdict)>, HashMap<SourceId, SourceState>), Trouble> {
    let states = site.store.source_states().await?;
    let survey = survey(
        &site.sources,
        |id| states.get(id).map(|state| &state.record),
        site.clock.now(),
    );
    Ok((survey, states))
}

/// "38 of 41 sources fresh".
pub(super) async fn coverage(site: &Site) -> Result<String, Trouble> {
    let (survey, _) = surveyed(site).await?;
    Ok(Coverage::of(&survey).sentence())
}

fn next_issue(site: &Site) -> Option<Moment> {
    let now = site.clock.now();
    site.digests
        .iter()
        .filter_map(|digest| digest.schedule.next_after(now))
        .min()
        .map(Moment::at)
}

/// `/`
pub(super) async fn home(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let before = parameters.get("before").and_then(|text| text.parse().ok());
        let latest = site.store.latest(true, before, 30).await?;
        let updates: Vec<Update> = latest.iter().map(|(_, update)| update.clone()).collect();
        let cards = one_a_story(cards(&site, &updates).await?);
        let today = site.clock.now().date_naive();
        let weeks = weeks(&site, today).await?;
        let due = site
            .store
            .due(today, None, &[], DUE, Due::is_settled)
            .await?;
        let pages = CalendarFilter::default().milestones(&site.library, today);
        let (survey, _) = surveyed(&site).await?;
        let counts = site.store.counts().await?;
        let frameworks = super::found::counts(&site, "framework").await?;
        let mut frameworks: Vec<(String, u64)> = frameworks.into_iter().collect();
        frameworks.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let issue = site.store.issues(None).await?.into_iter().next();
        let view = Home {
            coverage: Coverage::of(&survey).sentence(),
            older: latest
                .last()
                .filter(|_| latest.len() == 30)
                .map(|(position, _)| format!("/?before={position}")),
            updates: cards,
            due: views(&site, &due.entries, &pages, today)
                .into_iter()
                .take(DUE)
                .map(|(_, view)| view)
                .collect(),
            weeks: columns(
                &format!("Updates a week, the last {WEEKS} weeks; the table says each"),
                &weeks.iter().map(|(_, count)| *count).collect::<Vec<u64>>(),
                &weeks
                    .first()
                    .map_or_else(String::new, |(day, _)| spoken(*day)),
                &weeks
                    .last()
                    .map_or_else(String::new, |(day, _)| spoken(*day)),
            ),
            week_rows: weeks
                .iter()
                .map(|(day, count)| (spoken(*day), *count))
                .collect(),
            total: counts.updates,
            frameworks: frameworks
                .iter()
                .take(10)
                .map(|(id, count)| FacetLink {
                    name: name_of(&site, "framework", id),
                    count: *count,
                    href: format!("/frameworks/{id}"),
                    chosen: false,
                })
                .collect(),
            issue: issue.map(|issue| Named {
                name: format!("{} {}", issue.digest, issue.number),
                href: format!("/digests/{}", issue.number),
            }),
            next_issue: next_issue(&site),
        };
        site.show(&view)
    }
    .await;
    told(&site, page)
}

fn spoken(day: NaiveDate) -> String {
    day.format("%-d %B").to_string()
}

/// Of several reports of one event the newest stands in a list, and says how many others there
/// are.
fn one_a_story(cards: Vec<UpdateCard>) -> Vec<UpdateCard> {
    let mut out: Vec<UpdateCard> = Vec::with_capacity(cards.len());
    for card in cards {
        let known = out
            .iter_mut()
            .find(|known| known.story.is_some() && known.story == card.story);
        match known {
            Some(known) => known.others += 1,
            None => out.push(card),
        }
    }
    out
}

/// How many updates are dated in each of the last weeks, by the week's first day.
async fn weeks(site: &Site, today: NaiveDate) -> Result<Vec<(NaiveDate, u64)>, Trouble> {
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let days: Vec<NaiveDate> = (0..WEEKS)
        .rev()
        .map(|back| monday - Days::new(back * 7))
        .collect();
    let queries: Vec<Query> = days
        .iter()
        .map(|from| {
            Query::And(vec![
                Query::Filter(Filter::After(*from)),
                Query::Filter(Filter::Before(*from + Days::new(7))),
            ])
        })
        .collect();
    let (index, asked) = (site.index.clone(), queries.clone());
    let counted = tokio::task::spawn_blocking(move || {
        asked
            .iter()
            .map(|week| {
                let found = index.search(week, SortOrder::Newest, 0, 1, false)?;
                Ok(u64::try_from(found.total).unwrap_or(u64::MAX))
            })
            .collect::<Result<Vec<_>, crate::search::Error>>()
    })
    .await?;
    let counted = match counted {
        Err(crate::search::Error::Rebuilding) => super::by_hand::counts(site, &queries).await?,
        counted => counted?,
    };
    Ok(days.into_iter().zip(counted).collect())
}

/// A facet value's name for people.
pub(super) fn name_of(site: &Site, field: &str, value: &str) -> String {
    let library = &site.library;
    let name = match field {
        "framework" => FrameworkId::new(value)
            .ok()
            .and_then(|id| library.framework(&id))
            .map(|f| f.short.clone()),
        "jurisdiction" => JurisdictionId::new(value)
            .ok()
            .and_then(|id| library.jurisdiction(&id))
            .map(|j| j.name.clone()),
        "kind" => value
            .parse::<UpdateKind>()
            .ok()
            .map(|kind| kind.name().to_owned()),
        "topic" => TopicId::new(value)
            .ok()
            .and_then(|id| library.topic(&id))
            .map(|topic| topic.name.clone()),
        "body" => BodyId::new(value)
            .ok()
            .and_then(|id| library.body(&id))
            .map(|body| body.name.clone()),
        "source" => SourceId::new(value)
            .ok()
            .and_then(|id| source_of(site, &id))
            .map(|s| s.name.clone()),
        _ => None,
    };
    name.unwrap_or_else(|| value.to_owned())
}

pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Updates as they stand in a list, with what is told of them.
pub(super) async fn cards(site: &Site, updates: &[Update]) -> Result<Vec<UpdateCard>, Trouble> {
    let ids: Vec<UpdateId> = updates.iter().map(|update| update.id.clone()).collect();
    let notes = site.store.notes(&ids).await?;
    Ok(updates
        .iter()
        .map(|update| {
            let source = source_of(site, &update.source);
            let notes = notes.get(&update.id).map_or(&[][..], Vec::as_slice);
            let words = tell(update, source, &site.library, notes);
            UpdateCard::new(update, source, &site.library, &words)
        })
        .collect())
}

/// `/updates/{id}`
pub(super) async fn update(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let page = async {
        let id = UpdateId::new(id).map_err(|_| Trouble::Missing)?;
        let update = site.store.update(&id).await?.ok_or(Trouble::Missing)?;
        let revisions = site.store.revisions(&id).await?;
        let source = source_of(&site, &update.source);
        let notes = site.store.notes(std::slice::from_ref(&id)).await?;
        let words = tell(
            &update,
            source,
            &site.library,
            notes.get(&id).map_or(&[], Vec::as_slice),
        );
        let also: Vec<Named> = match &update.story {
            Some(story) => told_order(site.store.story(story).await?)
                .iter()
                .filter(|other| other.id != id)
                .map(|other| Named {
                    name: format!(
                        "{}: {}",
                        source_of(&site, &other.source)
                            .map_or(other.source.as_str(), |source| source.name.as_str()),
                        other.content.title
                    ),
                    href: format!("/updates/{}", other.id),
                })
                .collect(),
            None => Vec::new(),
        };
        let cited: Vec<&str> = update
            .tags
            .references
            .iter()
            .map(|tag| tag.reference.work.as_str())
            .collect();
        let registered = site.store.works_among(&cited).await?;
        site.show(&UpdatePage::new(
            &update,
            source,
            &site.library,
            &revisions,
            &words,
            &also,
            &registered,
        ))
    }
    .await;
    told(&site, page)
}

/// How many sources are how, as links that narrow a list to them and widen it again; who should be
/// looked at stands first.
pub(super) fn by_health(survey: &[(&Source, Verdict)], chosen: &str, path: &str) -> Vec<FacetLink> {
    let mut counts: BTreeMap<(bool, &str), u64> = BTreeMap::new();
    for (_, verdict) in survey {
        let trouble = verdict.health.is_trouble();
        *counts
            .entry((!trouble, verdict.health.as_str()))
            .or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((_, health), count)| FacetLink {
            name: health.to_owned(),
            count,
            href: if health == chosen {
                path.to_owned()
            } else {
                format!("{path}?state={}", encoded(health))
            },
            chosen: health == chosen,
        })
        .collect()
}

/// `/sources`
pub(super) async fn sources(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let (survey, states) = surveyed(&site).await?;
        let last = site.store.last_visits().await?;
        let asked = parameters.get("state").map_or("", String::as_str);
        let mut wanted: Vec<&(&Source, Verdict)> = survey
            .iter()
            .filter(|(source, verdict)| match asked {
                "" => source.on,
                state => verdict.health.as_str() == state,
            })
            .collect();
        // Who should be looked at stands first.
        wanted.sort_by_key(|(_, verdict)| !verdict.health.is_trouble());
        let total = wanted.len();
        let pages = total.div_ceil(SOURCES).max(1);
        let page = parameters
            .get("page")
            .and_then(|page| page.parse::<usize>().ok())
            .unwrap_or(1)
            .clamp(1, pages);
        let address = |page: usize| {
            let state = if asked.is_empty() {
                String::new()
            } else {
                format!("&state={}", encoded(asked))
            };
            format!("/sources?page={page}{state}")
        };
        site.show(&SourcesPage {
            coverage: Coverage::of(&survey).sentence(),
            states: by_health(&survey, asked, "/sources"),
            rows: wanted
                .iter()
                .skip((page - 1) * SOURCES)
                .take(SOURCES)
                .map(|(source, verdict)| {
                    SourceRow::new(
                        source,
                        verdict,
                        states.get(&source.id).map(|state| &state.record),
                        last.get(&source.id),
                        &site.library,
                    )
                })
                .collect(),
            total,
            previous: (page > 1).then(|| address(page - 1)),
            next: (page < pages).then(|| address(page + 1)),
            off: asked == "off",
        })
    }
    .await;
    told(&site, page)
}

/// `/digests`
pub(super) async fn digests(State(site): State<Site>) -> Response {
    let page = async {
        let issues = site.store.issues(None).await?;
        site.show(&DigestsPage {
            issues: issues
                .iter()
                .map(|issue| IssueRow {
                    digest: issue.digest.to_string(),
                    number: issue.number,
                    closed_at: Moment::at(issue.closed_at),
                    items: issue.items,
                    href: address_of_issue(&site, issue.digest.as_str(), issue.number),
                })
                .collect(),
            next_issue: next_issue(&site),
        })
    }
    .await;
    told(&site, page)
}

/// The first periodical's issues lie at their number; others name theirs.
fn address_of_issue(site: &Site, digest: &str, number: u32) -> String {
    match site.digests.first() {
        Some(first) if first.name.as_str() != digest => format!("/digests/{number}?of={digest}"),
        _ => format!("/digests/{number}"),
    }
}

/// `/digests/{number}`
pub(super) async fn issue(
    State(site): State<Site>,
    Path(number): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let number: u32 = number.parse().map_err(|_| Trouble::Missing)?;
        let name = match parameters.get("of") {
            Some(name) => name.parse().map_err(|_| Trouble::Missing)?,
            None => site.digests.first().ok_or(Trouble::Missing)?.name.clone(),
        };
        let issue = site
            .store
            .issue(&name, number)
            .await?
            .ok_or(Trouble::Missing)?;
        let plan = digest::public_plan(&issue.edition, &site.library);
        site.show(&IssuePage::new(&issue, &plan))
    }
    .await;
    told(&site, page)
}
