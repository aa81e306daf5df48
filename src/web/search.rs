//! `/search`: hits with the words that found them, facets, and what was made of the query.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use tokio::sync::Semaphore;

use super::asked::Parameters;
use super::pages::{cards, encoded, name_of, source_of, told};
use super::{Site, Trouble, by_hand};
use crate::domain::query::{self, Filter, Query, Understood};
use crate::domain::source::{Source, Terms};
use crate::domain::update::Update;
use crate::render::{ChosenFilter, FacetGroup, FacetLink, Named, SearchHelp, SearchPage};
use crate::search::{Asked, Found, Highlighter, Place, SortOrder};
use crate::text::html;

/// Hits on a page.
const PAGE: usize = 20;
/// Values of a facet that are shown.
const VALUES: usize = 8;
/// Characters of a snippet.
const SNIPPET: usize = 280;

/// How many searches run at once: each takes a core, and who comes later waits here and not in
/// the way of everything else (contract: W5).
static TURNS: Semaphore = Semaphore::const_new(2);

/// What is asked for in an address: the query, the order and the place.
pub(super) struct Wanted {
    pub(super) text: String,
    pub(super) understood: Understood,
    pub(super) order: SortOrder,
    pub(super) after: Option<Place>,
}

impl Wanted {
    /// Reads `q`, `order` and `after`; what is none of the known orders and places is told.
    pub(super) fn read(site: &Site, parameters: &BTreeMap<String, String>) -> Self {
        let text = parameters
            .get("q")
            .map_or("", String::as_str)
            .trim()
            .to_owned();
        let mut understood = query::read_in(&text, &site.library, &site.sources);
        let order = match parameters.get("order").map(String::as_str) {
            Some("newest") => SortOrder::Newest,
            Some("best") | None if understood.query.words().is_empty() => SortOrder::Newest,
            Some("best") | None => SortOrder::Best,
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                understood
                    .problems
                    .push(format!("“{other}” is no order: best or newest."));
                SortOrder::Best
            }
        };
        let after = parameters.get("after").and_then(|text| text.parse().ok());
        Self {
            text,
            understood,
            order,
            after,
        }
    }

    fn newest(&self) -> bool {
        self.order == SortOrder::Newest
    }
}

/// Searches, in its turn.
pub(super) async fn find(
    site: &Site,
    query: &Query,
    order: SortOrder,
    after: Option<Place>,
    limit: usize,
    facets: bool,
) -> Result<Found, Trouble> {
    // Closed never; were it, searching without a turn would still be right.
    let turn = TURNS.acquire().await;
    let index = site.index.clone();
    let library = Arc::clone(&site.library);
    let asked = query.clone();
    let today = site.clock.now().date_naive();
    let found = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        index.find(&Asked {
            query: &asked,
            order,
            after,
            limit,
            facets,
            today,
            synonyms: Some(&library.synonyms),
        })
    })
    .await?;
    match found {
        Err(crate::search::Error::TooLong) => Err(Trouble::TooMuch(
            "This search takes too long.".to_owned(),
            "Use fewer words, or narrow it with a filter.".to_owned(),
        )),
        Err(crate::search::Error::Rebuilding) => by_hand::find(site, query, limit).await,
        found => Ok(found?),
    }
}

/// `/search`
pub(super) async fn search(State(site): State<Site>, parameters: Parameters) -> Response {
    told(
        &site,
        page(&site, &Wanted::read(&site, &parameters.0)).await,
    )
}

/// `/search/help`
pub(super) async fn help(State(site): State<Site>) -> Response {
    told(&site, site.show(&SearchHelp::documented()))
}

async fn page(site: &Site, wanted: &Wanted) -> Result<Response, Trouble> {
    let query = &wanted.understood.query;
    let found = find(site, query, wanted.order, wanted.after, PAGE, true).await?;
    let updates = site.store.updates(&found.hits).await?;
    let mut hits = cards(site, &updates).await?;
    let marks = Highlighter::new(query, Some(&site.library.synonyms));
    for (card, update) in hits.iter_mut().zip(&updates) {
        card.snippet = shown(&marks, update, source_of(site, &update.source));
    }
    let suggestion = site
        .index
        .suggestion(query, Some(&site.library.synonyms))
        .unwrap_or_default()
        .map(|query| query.to_string());
    let mut problems = wanted.understood.problems.clone();
    if site.index.is_rebuilding() {
        problems.push(by_hand::note());
    }
    let newest = wanted.newest();
    let order = if newest && !query.words().is_empty() {
        "&order=newest"
    } else {
        ""
    };
    let to = |query: &Query| format!("/search?q={}{order}", encoded(&query.to_string()));
    let same = format!("/search?q={}", encoded(&wanted.text));
    let feeds = [
        ("Atom", "atom"),
        ("JSON Feed", "json"),
        ("CSV", "csv"),
        ("iCalendar", "ics"),
    ]
    .map(|(name, ending)| Named {
        name: name.to_owned(),
        href: format!("/search.{ending}?q={}{order}", encoded(&wanted.text)),
    });
    let alternate = format!(
        "<{}{}>; rel=\"alternate\"; type=\"application/atom+xml\"",
        site.renderer.base_url(),
        feeds[0].href
    );
    let view = SearchPage {
        understood: (!wanted.understood.problems.is_empty()).then(|| match query.to_string() {
            all if all.is_empty() => "everything".to_owned(),
            some => some,
        }),
        problems,
        relaxed: found.relaxed,
        suggestion: suggestion.map(|name| Named {
            href: format!("/search?q={}{order}", encoded(&name)),
            name,
        }),
        chosen: query
            .filters()
            .into_iter()
            .map(|filter| ChosenFilter {
                filter: filter.to_string(),
                name: filter_name(site, filter),
                href: to(&query.without(filter)),
            })
            .collect(),
        facets: facets(site, query, &found, &to),
        total: found.total,
        hits,
        newest,
        other_order: if newest {
            same.clone()
        } else {
            format!("{same}&order=newest")
        },
        first: wanted.after.map(|_| format!("{same}{order}")),
        next: found.next.map(|next| format!("{same}{order}&after={next}")),
        feeds: feeds.to_vec(),
        query: wanted.text.clone(),
    };
    let mut response = site.show(&view)?;
    if let Ok(link) = HeaderValue::from_str(&alternate) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Ways to narrow: what is chosen first, then what most hits have.
fn facets(
    site: &Site,
    query: &Query,
    found: &Found,
    to: &impl Fn(&Query) -> String,
) -> Vec<FacetGroup> {
    let chosen = query.filters();
    [
        ("framework", "Framework"),
        ("kind", "Kind"),
        ("jurisdiction", "Jurisdiction"),
        ("topic", "Topic"),
        ("body", "Body"),
        ("source", "Source"),
        ("authority", "Who speaks"),
        ("language", "Language"),
    ]
    .into_iter()
    .map(|(field, name)| {
        let mut links: Vec<FacetLink> = found
            .facets
            .of(field)
            .iter()
            .filter_map(|(value, count)| {
                let clause = format!("{field}:{value}");
                let filter = query::read(&clause, &site.library.known_works).query;
                let Query::Filter(filter) = filter else {
                    return None;
                };
                let on = chosen.contains(&&filter);
                Some(FacetLink {
                    name: name_of(site, field, value),
                    count: *count,
                    href: to(&if on {
                        query.without(&filter)
                    } else {
                        query.with(filter)
                    }),
                    chosen: on,
                })
            })
            .take(VALUES * 4)
            .collect();
        links.sort_by_key(|link| !link.chosen);
        links.truncate(VALUES);
        FacetGroup {
            name: name.to_owned(),
            links,
        }
    })
    .filter(|group| !group.links.is_empty())
    .collect()
}

/// A filter's name for people.
fn filter_name(site: &Site, filter: &Filter) -> String {
    match filter {
        Filter::After(day) => format!("Since {}", day.format("%-d %B %Y")),
        Filter::Before(day) => format!("Before {}", day.format("%-d %B %Y")),
        Filter::Open(true) => "Open now".to_owned(),
        Filter::Open(false) => "Not open now".to_owned(),
        Filter::Standard(work) => work.clone(),
        other => {
            let text = other.to_string();
            let (field, value) = text.split_once(':').unwrap_or(("", &text));
            name_of(site, field, value)
        }
    }
}

/// The stretch that shows why it was found, within the source's terms.
fn shown(marks: &Highlighter, update: &Update, source: Option<&Source>) -> Option<String> {
    let terms = source.map_or(Terms::Excerpt, |source| source.terms);
    let shared = terms.share(&update.content);
    let text = match &shared.body {
        Some(body) if !body.is_empty() => html::plain(body.as_str()),
        _ => shared.summary,
    };
    (!text.is_empty()).then(|| marks.snippet(&text, SNIPPET))
}
