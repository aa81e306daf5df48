//! What changed: on a framework's page since a day, its feed, and what somebody missed.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query as Parameters, RawQuery, State};
use axum::response::Response;
use chrono::{Days, NaiveDate};

use super::feeds::kept;
use super::found::newest;
use super::framework::{framework_cards, framework_of};
use super::pages::{coverage, told};
use super::{Site, Trouble};
use crate::domain::calendar::{CalendarFilter, Due};
use crate::domain::id::FrameworkId;
use crate::domain::library::{Framework, FrameworkKind};
use crate::domain::query::Filter;
use crate::domain::statement;
use crate::domain::update::{Reach, Update};
use crate::render::{
    ChangesPage, Choice, DueView, FacetLink, MissedPage, MissedPart, Moment, PageEntry,
    StatementView, UpdateCard, framework_link, page_feed,
};
use crate::store::PageState;

/// Updates that are looked at for one framework.
const LOOK: usize = 200;
/// Updates shown on the page of one framework's changes.
const SHOWN: usize = 25;
/// Updates in a page's feed.
const FEED: usize = 30;
/// Dates shown of a framework.
const DATES: usize = 20;
/// Statements shown.
const STATEMENTS: usize = 60;
/// Frameworks that can be asked for at once.
const MOST: usize = 24;
/// Updates shown on the whole page of what was missed.
const MISSED: usize = 60;

/// What happened to a framework since a day.
struct Since {
    statements: Vec<StatementView>,
    kept_since: Option<Moment>,
    dates: Vec<DueView>,
    updates: Vec<Update>,
    /// Whether more updates than were looked at may be newer.
    more: bool,
}

async fn since(site: &Site, framework: &Framework, day: NaiveDate) -> Result<Since, Trouble> {
    let states = site.store.framework_pages(&framework.id).await?;
    let found = newest(site, vec![Filter::Framework(framework.id.clone())], LOOK).await?;
    let looked = found.updates.len();
    let updates: Vec<Update> = found
        .updates
        .into_iter()
        .filter(|update| is_since(update, day))
        .collect();
    Ok(Since {
        statements: statements_since(&states, day),
        kept_since: states.last().map(|state| Moment::on_day(state.at)),
        dates: dates_since(site, &framework.id, day).await?,
        more: updates.len() == looked && found.total > looked,
        updates,
    })
}

/// Whether an update belongs to what happened since a day: it is dated so, or it came in since
/// then although it is dated before. What lay in the archive at first contact did not happen then.
fn is_since(update: &Update, day: NaiveDate) -> bool {
    let dated = update
        .content
        .published
        .map_or_else(|| update.first_seen.date_naive(), |stamp| stamp.day());
    dated >= day
        || (update.reach != Reach::Archive
            && update.first_seen.max(update.revised_at).date_naive() >= day)
}

/// How the page differs from what it said at the beginning of a day.
fn statements_since(states: &[PageState], day: NaiveDate) -> Vec<StatementView> {
    let Some(now) = states.first() else {
        return Vec::new();
    };
    let then = states
        .iter()
        .find(|state| state.at.date_naive() < day)
        .or(states.last());
    let Some(then) = then.filter(|then| then.number < now.number) else {
        return Vec::new();
    };
    statement::changes(&then.statements, &now.statements)
        .iter()
        .take(STATEMENTS)
        .map(|change| StatementView::new(change, Moment::on_day(now.at)))
        .collect()
}

/// Dates of a framework that were first told, or moved, since a day.
async fn dates_since(
    site: &Site,
    id: &FrameworkId,
    day: NaiveDate,
) -> Result<Vec<DueView>, Trouble> {
    let today = site.clock.now().date_naive();
    let filter = CalendarFilter {
        framework: Some(id.clone()),
        ..CalendarFilter::default()
    };
    let wanted = |due: &Due| filter.takes(due) && due.changed_at.date_naive() >= day;
    let stretch = site.store.due(day, None, &[], DATES, wanted).await?;
    Ok(stretch
        .entries
        .iter()
        .map(|due| due_view(site, due, today))
        .collect())
}

pub(super) fn due_view(site: &Site, due: &Due, today: NaiveDate) -> DueView {
    let source = super::pages::source_of(site, &due.source);
    DueView::new(
        due,
        source.map(|source| source.name.as_str()),
        &site.library,
        today,
    )
}

/// The day that a reader asked for; `Err` with what was typed.
fn asked(site: &Site, text: Option<&str>, back: u64) -> (NaiveDate, Option<String>) {
    let today = site.clock.now().date_naive();
    let usual = today.checked_sub_days(Days::new(back)).unwrap_or(today);
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => (usual, None),
        Some(text) => match text.parse::<NaiveDate>() {
            Ok(day) if day <= today => (day, None),
            Ok(_) => (
                today,
                Some("That day is still to come; nothing can have changed since.".to_owned()),
            ),
            Err(_) => {
                let text: String = text.chars().take(40).collect();
                (
                    usual,
                    Some(format!("“{text}” is no day: write it as 2026-01-31.")),
                )
            }
        },
    }
}

fn shown(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

fn search(id: &FrameworkId, day: NaiveDate) -> String {
    format!("/search?q=framework:{id}+after:{day}&order=newest")
}

/// `/frameworks/{id}/changes`
pub(super) async fn changes(
    State(site): State<Site>,
    Path(name): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let framework = framework_of(&site, &name)?;
        let (day, problem) = asked(&site, parameters.get("since").map(String::as_str), 90);
        let since = since(&site, framework, day).await?;
        let total = since.updates.len();
        let some: Vec<Update> = since.updates.into_iter().take(SHOWN).collect();
        site.show(&ChangesPage {
            id: framework.id.to_string(),
            short: framework.short.clone(),
            since: day.to_string(),
            since_shown: shown(day),
            problem,
            kept_since: since.kept_since,
            statements: since.statements,
            dates: since.dates,
            updates: framework_cards(&site, &some, &framework.id).await?,
            total,
            search: search(&framework.id, day),
        })
    }
    .await;
    told(&site, page)
}

/// `/frameworks/{id}/changes.atom`
pub(super) async fn changes_atom(State(site): State<Site>, Path(name): Path<String>) -> Response {
    let feed = async {
        let framework = framework_of(&site, &name)?;
        let states = site.store.framework_pages(&framework.id).await?;
        let found = newest(&site, vec![Filter::Framework(framework.id.clone())], FEED).await?;
        let cards = framework_cards(&site, &found.updates, &framework.id).await?;
        let mut entries: Vec<PageEntry> = found
            .updates
            .iter()
            .zip(cards)
            .map(|(update, card)| PageEntry {
                id: format!("/updates/{}", update.id),
                title: card.title.clone(),
                updated: update.revised_at,
                path: format!("/updates/{}", update.id),
                summary: words(&card),
            })
            .collect();
        entries.extend(states.windows(2).filter_map(|pair| {
            let [now, then] = pair else { return None };
            let changes = statement::changes(&then.statements, &now.statements);
            let lines: Vec<String> = changes
                .iter()
                .take(STATEMENTS)
                .map(|change| StatementView::new(change, Moment::default()).line())
                .collect();
            let day = then.at.date_naive();
            Some(PageEntry {
                id: format!("/frameworks/{}/changes#{}", framework.id, now.number),
                title: format!(
                    "The page of {} says something else: {} {}",
                    framework.short,
                    changes.len(),
                    if changes.len() == 1 {
                        "statement"
                    } else {
                        "statements"
                    }
                ),
                updated: now.at,
                path: format!("/frameworks/{}/changes?since={day}", framework.id),
                summary: lines.join("\n"),
            })
        }));
        entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
        let began = states
            .last()
            .map_or(chrono::DateTime::UNIX_EPOCH, |state| state.at);
        let text = page_feed(
            &format!("{}: what changes", framework.short),
            site.renderer.base_url(),
            &format!("/frameworks/{}", framework.id),
            &format!("/frameworks/{}/changes.atom", framework.id),
            began,
            &entries,
        );
        Ok(kept("application/atom+xml; charset=utf-8", text))
    }
    .await;
    told(&site, feed)
}

/// What a card says, in plain words.
fn words(card: &UpdateCard) -> String {
    [
        Some(card.summary.clone()),
        card.why.clone(),
        card.here.clone(),
    ]
    .into_iter()
    .flatten()
    .filter(|part| !part.is_empty())
    .collect::<Vec<String>>()
    .join(" ")
}

/// `/missed`: what happened to chosen frameworks since a day, as one page to print.
pub(super) async fn missed(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let page = async {
        let mut chosen: Vec<&Framework> = Vec::new();
        let mut problems = Vec::new();
        let mut day = None;
        for (name, value) in
            url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(400)
        {
            match name.as_ref() {
                "since" => day = Some(value.into_owned()),
                "framework" => {
                    let framework = FrameworkId::new(value.as_ref())
                        .ok()
                        .and_then(|id| site.library.framework(&id));
                    match framework {
                        Some(framework) if chosen.iter().any(|one| one.id == framework.id) => {}
                        Some(framework) => chosen.push(framework),
                        None if problems.len() < 5 => {
                            let text: String = value.chars().take(80).collect();
                            problems.push(format!("There is no framework “{text}”."));
                        }
                        None => {}
                    }
                }
                _ => {}
            }
        }
        if chosen.len() > MOST {
            problems.push(format!("Only the first {MOST} frameworks are shown."));
            chosen.truncate(MOST);
        }
        let (day, problem) = asked(&site, day.as_deref(), 30);
        problems.extend(problem);
        let (mut parts, mut quiet) = (Vec::new(), Vec::new());
        let share = (MISSED / chosen.len().max(1)).max(3);
        for framework in &chosen {
            let since = since(&site, framework, day).await?;
            let link = framework_link(&site.library, &framework.id);
            if since.updates.is_empty() && since.dates.is_empty() && since.statements.is_empty() {
                quiet.push(link);
                continue;
            }
            let total = since.updates.len();
            let some: Vec<Update> = since.updates.into_iter().take(share).collect();
            let mut cards = super::pages::cards(&site, &some).await?;
            for card in &mut cards {
                // One page is to be read at one sitting.
                card.frameworks.clear();
                card.jurisdictions.clear();
            }
            parts.push(MissedPart {
                framework: link,
                statements: since.statements.into_iter().take(10).collect(),
                dates: since.dates.into_iter().take(8).collect(),
                updates: cards,
                total,
                more: since.more,
                search: search(&framework.id, day),
            });
        }
        let ids: BTreeSet<&FrameworkId> = chosen.iter().map(|framework| &framework.id).collect();
        let asked_for: String = chosen
            .iter()
            .map(|framework| format!("&framework={}", framework.id))
            .collect();
        let today = site.clock.now().date_naive();
        site.show(&MissedPage {
            since: day.to_string(),
            since_shown: shown(day),
            problems,
            asked: !chosen.is_empty(),
            choices: choices(&site, &ids),
            parts,
            quiet,
            coverage: coverage(&site).await?,
            spans: [("a week", 7), ("a month", 30), ("three months", 91)]
                .into_iter()
                .filter_map(|(name, days)| {
                    let from = today.checked_sub_days(Days::new(days))?;
                    Some(FacetLink {
                        name: name.to_owned(),
                        count: 0,
                        href: format!("/missed?since={from}{asked_for}"),
                        chosen: from == day,
                    })
                })
                .collect(),
            made: Moment::at(site.clock.now()),
        })
    }
    .await;
    told(&site, page)
}

/// Kinds of frameworks as the forms part them, with their headings.
pub(super) const KINDS: [(FrameworkKind, &str); 5] = [
    (FrameworkKind::Standard, "Standards"),
    (FrameworkKind::Law, "Laws"),
    (FrameworkKind::Framework, "Frameworks"),
    (FrameworkKind::Attestation, "Attestations and schemes"),
    (FrameworkKind::Guidance, "Guidance"),
];

/// Frameworks to choose from: those with a page of their own, and those that are chosen.
fn choices(site: &Site, chosen: &BTreeSet<&FrameworkId>) -> Vec<(String, Vec<Choice>)> {
    KINDS
        .iter()
        .map(|(kind, heading)| {
            let of_kind = site
                .library
                .frameworks_by_name()
                .into_iter()
                .filter(|framework| framework.kind == *kind)
                .map(|framework| Choice {
                    value: framework.id.to_string(),
                    name: framework.short.clone(),
                    chosen: chosen.contains(&framework.id),
                })
                .collect();
            ((*heading).to_owned(), of_kind)
        })
        .collect()
}
