//! What is known of the field: frameworks, places, topics, bodies, standards, sources.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;

use super::records::{
    FrameworkDateRecord, FrameworkList, FrameworkRecord, NamedList, NamedRecord, Problem,
    ProjectRecord, SilenceRecord, SourceList, SourceProof, SourceRecord, StandardRecord, WorkList,
    WorkRecord,
};
use super::{Fault, Refusals, limit, only, page_of, read, said, trouble};
use crate::domain::health::verdict;
use crate::domain::id::{FrameworkId, SourceId};
use crate::domain::library::Framework;
use crate::domain::period::Period;
use crate::domain::reference;
use crate::store::RegisterFilter;
use crate::web::Site;
use crate::web::asked::Parameters;
use crate::web::feeds::{source_line, source_lines};
use crate::web::pages::source_of;

fn names<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn of(site: &Site, framework: &Framework) -> FrameworkRecord {
    let url = format!("{}/frameworks/{}", site.renderer.base_url(), framework.id);
    let kind = serde_json::to_value(framework.kind).unwrap_or_default();
    FrameworkRecord {
        id: framework.id.to_string(),
        short: framework.short.clone(),
        title: framework.title.clone(),
        aliases: framework.aliases.clone(),
        kind: kind.as_str().unwrap_or_default().to_owned(),
        owners: names(&framework.owners),
        jurisdictions: names(&framework.jurisdictions),
        references: framework.references.clone(),
        related: names(&framework.related),
        topics: names(&framework.topics),
        status: framework.status.clone(),
        edition: framework.edition.clone(),
        dates: framework
            .dates
            .iter()
            .map(|one| FrameworkDateRecord {
                date: one.date,
                label: one.label.clone(),
                verified: one.verified,
                basis: one.basis.clone(),
            })
            .collect(),
        feed: format!("{url}.atom"),
        url,
    }
}

/// Frameworks, standards and laws, by identifier
#[utoipa::path(get, path = "/api/v1/frameworks", tag = "library",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The frameworks.", body = FrameworkList), Refusals))]
pub(super) async fn frameworks(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["limit", "after"])?;
    let all = site
        .library
        .frameworks
        .iter()
        .map(|one| (one.id.to_string(), of(&site, one)));
    let (items, next) = page_of(all, parameters.get("after"), limit(&parameters)?);
    said(&FrameworkList { items, next })
}

/// One framework, standard or law
#[utoipa::path(get, path = "/api/v1/frameworks/{id}", tag = "library",
    params(("id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "The framework.", body = FrameworkRecord),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn framework(
    State(site): State<Site>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &[])?;
    let found = FrameworkId::new(id).ok();
    let found = found.as_ref().and_then(|id| site.library.framework(id));
    match found {
        Some(one) => said(&of(&site, one)),
        None => Err(Fault::Missing(
            "There is no framework of that identifier.".to_owned(),
        )),
    }
}

/// A page of things with a name.
fn named(
    site: &Site,
    parameters: &Parameters,
    family: &str,
    all: impl Iterator<Item = (String, String, Vec<String>)>,
) -> Result<Response, Fault> {
    only(parameters, &["limit", "after"])?;
    let all = all.map(|(id, name, kinds)| {
        let url = format!("{}/{family}/{id}", site.renderer.base_url());
        let record = NamedRecord {
            id: id.clone(),
            name,
            kinds,
            feed: format!("{url}.atom"),
            url,
        };
        (id, record)
    });
    let (items, next) = page_of(all, parameters.get("after"), limit(parameters)?);
    said(&NamedList { items, next })
}

/// Jurisdictions, by identifier
#[utoipa::path(get, path = "/api/v1/jurisdictions", tag = "library",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The list.", body = NamedList), Refusals))]
pub(super) async fn jurisdictions(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    let all = site.library.jurisdictions.iter();
    let all = all.map(|one| (one.id.to_string(), one.name.clone(), vec![one.kind.clone()]));
    named(&site, &parameters, "jurisdictions", all)
}

/// Topics, by identifier
#[utoipa::path(get, path = "/api/v1/topics", tag = "library",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The list.", body = NamedList), Refusals))]
pub(super) async fn topics(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    let all = site.library.topics.iter();
    let all = all.map(|one| (one.id.to_string(), one.name.clone(), Vec::new()));
    named(&site, &parameters, "topics", all)
}

/// Bodies, by identifier
#[utoipa::path(get, path = "/api/v1/bodies", tag = "library",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The list.", body = NamedList), Refusals))]
pub(super) async fn bodies(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    let all = site.library.bodies.iter();
    let all = all.map(|one| (one.id.to_string(), one.name.clone(), one.kinds.clone()));
    named(&site, &parameters, "bodies", all)
}

fn standard_url(site: &Site, slug: &str) -> String {
    format!("{}/standards/{slug}", site.renderer.base_url())
}

/// Works of the register, by name
#[utoipa::path(get, path = "/api/v1/standards", tag = "library",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page of standards.", body = WorkList), Refusals))]
pub(super) async fn standards(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["limit", "after"])?;
    let works = site.store.works().await?;
    let all = works.into_iter().map(|work| {
        let slug = reference::slug(&work);
        let record = WorkRecord {
            url: standard_url(&site, &slug),
            work: work.clone(),
            slug,
        };
        (work, record)
    });
    let (items, next) = page_of(all, parameters.get("after"), limit(&parameters)?);
    said(&WorkList { items, next })
}

/// One work with its editions, drafts and amendments, and where each stands
#[utoipa::path(get, path = "/api/v1/standards/{slug}", tag = "library",
    params(("slug" = String, Path, description = "Its name in addresses: `iso-iec-42001`")),
    responses((status = 200, description = "The standard.", body = StandardRecord),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn standard(
    State(site): State<Site>,
    Path(slug): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &[])?;
    let works = site.store.works().await?;
    let Some(work) = works.into_iter().find(|work| reference::slug(work) == slug) else {
        return Err(Fault::Missing(
            "There is no standard of that name.".to_owned(),
        ));
    };
    let filter = RegisterFilter {
        works: Some(vec![work.clone()]),
        ..RegisterFilter::default()
    };
    let standings = site.store.standings(&filter).await?;
    said(&StandardRecord {
        url: standard_url(&site, &slug),
        work,
        projects: standings
            .iter()
            .map(|standing| {
                let project = &standing.project;
                let facts = &standing.row.row.facts;
                ProjectRecord {
                    project: project.id.to_string(),
                    reference: project.reference.clone(),
                    title: Some(facts.title.to_string()).filter(|title| !title.is_empty()),
                    stage: project.position.to_string(),
                    meaning: project.position.meaning().to_string(),
                    since: project.since,
                    first_seen: project.first_seen,
                    committee: facts.committee.as_ref().map(ToString::to_string),
                    source: project.source.to_string(),
                }
            })
            .collect(),
    })
}

/// What is read, and how it is
#[utoipa::path(get, path = "/api/v1/sources", tag = "library",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The sources.", body = SourceList), Refusals))]
pub(super) async fn sources(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["limit", "after"])?;
    let lines = source_lines(&site).await.map_err(trouble)?;
    let all = lines
        .into_iter()
        .map(|line| {
            let id = line["id"].as_str().unwrap_or_default().to_owned();
            Ok((id, serde_json::from_value::<SourceRecord>(line)?))
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let (items, next) = page_of(
        all.into_iter(),
        parameters.get("after"),
        limit(&parameters)?,
    );
    said(&SourceList { items, next })
}

/// One source: how it is, and how often it was asked in a period
///
/// The last thirty days, unless `from` and `until` say otherwise; at most 400.
#[utoipa::path(get, path = "/api/v1/sources/{id}", tag = "library",
    params(
        ("id" = String, Path, description = "Its identifier"),
        ("from" = Option<String>, Query, description = "The first day: 2026-01-31"),
        ("until" = Option<String>, Query, description = "The last day: 2026-03-31"),
    ),
    responses((status = 200, description = "The source.", body = SourceProof),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn source(
    State(site): State<Site>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["from", "until"])?;
    let day = "a day such as 2026-01-31";
    let from: Option<NaiveDate> = read(&parameters, "from", day)?;
    let until: Option<NaiveDate> = read(&parameters, "until", day)?;
    let known = SourceId::new(&id).ok();
    let Some(source) = known.as_ref().and_then(|id| source_of(&site, id)) else {
        return Err(Fault::Missing(
            "There is no source of that identifier.".to_owned(),
        ));
    };
    let id = &source.id;
    let now = site.clock.now();
    let record = site.store.source_state(id).await?.map(|state| state.record);
    let verdict = verdict(source, record.as_ref(), now);
    let line = source_line(&site, source, &verdict, record.as_ref());
    let period = Period::meant(from, until, now.date_naive())
        .map_err(|error| Fault::Unreadable(error.to_string()))?;
    let (since, until) = period.moments(now);
    let silence = site.store.silence(id, (since, until), now).await?;
    said(&SourceProof {
        source: serde_json::from_value(line)?,
        silence: SilenceRecord {
            since,
            until,
            begun: silence.begun,
            visits: silence.visits,
            outcomes: silence
                .outcomes
                .iter()
                .map(|(outcome, count)| ((*outcome).to_owned(), *count))
                .collect(),
            first: silence.first,
            last: silence.last,
            last_understood: silence.last_understood,
            longest_gap_seconds: silence.longest_gap.num_seconds(),
            new: silence.new,
            revised: silence.revised,
            sentence: silence.sentence(),
            doubt: silence.doubt(source),
        },
    })
}
