//! The page of one standard: `/standards/{slug}`.

use std::collections::{BTreeMap, HashMap, HashSet};

use axum::extract::{Path, Query as Parameters, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;

use super::pages::{cards, encoded, told};
use super::standards::{address, name_of};
use super::{Site, Trouble, by_hand};
use crate::domain::id::SourceId;
use crate::domain::query::{Filter, Query};
use crate::domain::reference;
use crate::domain::source::attributions;
use crate::domain::standard::{Agreement, Form, Project, Stage, Weight};
use crate::render::{
    LineView, ListedView, Moment, Named, ProjectView, RelationView, ReportView, StageEventView,
    StandardPage, stage_line,
};
use crate::search::SortOrder;
use crate::store::{Dossier, RegisterFilter, Standing};

/// Documents of a standard on a page.
const PAGE: usize = 20;
/// Documents that are named above them.
const CONTENTS: usize = 100;
/// Lines of a history; also of what else is listed and reported.
const LINES: usize = 100;
/// Documents named in a relation.
const RELATED: usize = 40;
/// Updates shown.
const UPDATES: usize = 20;

/// `/standards/ISO/IEC 42001`: a spelling with strokes leads to the slug, too.
pub(super) async fn spelled(
    site: State<Site>,
    Path((first, rest)): Path<(String, String)>,
    parameters: Parameters<BTreeMap<String, String>>,
) -> Response {
    standard(site, Path(format!("{first}/{rest}")), parameters).await
}

/// `/standards/{slug}`: the slug is the address; any other spelling leads there.
pub(super) async fn standard(
    State(site): State<Site>,
    Path(name): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let standings = site
            .store
            .standings_named(&name, &site.library.known_works)
            .await?;
        let Some(work) = leading(&standings, &name).map(|standing| &standing.project.work) else {
            return Err(unknown(&name));
        };
        let slug = reference::slug(work);
        if slug != name {
            return Ok(elsewhere(&site, &slug, &standings, &name));
        }
        let standings = ordered(&site, work).await?;
        let pages = standings.len().div_ceil(PAGE).max(1);
        let page = parameters
            .get("page")
            .and_then(|page| page.parse::<usize>().ok())
            .unwrap_or(1)
            .clamp(1, pages);
        let path = format!("/standards/{}", encoded(&slug));
        let shown: HashSet<&str> = standings
            .iter()
            .skip((page - 1) * PAGE)
            .take(PAGE)
            .map(|standing| standing.project.id.as_str())
            .collect();
        let dossiers = site
            .store
            .dossiers(&standings, |standing| {
                shown.contains(standing.project.id.as_str())
            })
            .await?;
        let related = related(&site, &dossiers).await?;
        let (updates, cited) = updates(&site, work).await?;
        let sources: Vec<SourceId> = dossiers
            .iter()
            .flat_map(|dossier| {
                let rows = dossier.rows.iter().map(|(source, _)| source);
                std::iter::once(&dossier.standing.project.source).chain(rows)
            })
            .cloned()
            .collect();
        site.show(&StandardPage {
            title: standings
                .first()
                .map(|standing| standing.row.row.facts.title.clone())
                .unwrap_or_default(),
            projects: dossiers
                .iter()
                .map(|dossier| project(&site, dossier, &related))
                .collect(),
            contents: standings
                .iter()
                .take(CONTENTS)
                .enumerate()
                .map(|(place, standing)| {
                    let project = &standing.project;
                    let on = place / PAGE + 1;
                    Named {
                        name: project.reference.clone(),
                        href: if on == page {
                            format!("#p-{}", project.id)
                        } else {
                            format!("?page={on}#p-{}", project.id)
                        },
                    }
                })
                .collect(),
            frameworks: site
                .library
                .frameworks
                .iter()
                .filter(|framework| {
                    let known = &site.library.known_works;
                    let of = |form: &String| {
                        let read = reference::read(form, known);
                        read.iter().any(|reference| reference.work == *work)
                    };
                    framework.references.iter().any(of)
                })
                .map(|framework| Named {
                    name: framework.short.clone(),
                    href: format!("/frameworks/{}", framework.id),
                })
                .collect(),
            updates,
            cited,
            search: format!(
                "/search?q={}&order=newest",
                encoded(&format!("standard:\"{work}\""))
            ),
            previous: (page > 1).then(|| format!("{path}?page={}", page - 1)),
            next: (page < pages).then(|| format!("{path}?page={}", page + 1)),
            attributions: attributions(&site.sources, &sources),
            work: work.clone(),
        })
    }
    .await;
    told(&site, page)
}

/// Of the projects found under a name, the one that the reader means: the project of that
/// number, else the first.
fn leading<'a>(standings: &'a [Standing], name: &str) -> Option<&'a Standing> {
    standings
        .iter()
        .find(|standing| standing.project.id.as_str() == name)
        .or_else(|| standings.first())
}

fn unknown(name: &str) -> Trouble {
    let name: String = name.chars().take(80).collect();
    Trouble::Unknown {
        what: format!("The register does not know “{name}”."),
        mend: "No catalogue that is read lists it, or it is written otherwise. Look in the register, or search the updates for it.".to_owned(),
        ways: vec![
            Named {
                name: "Everything in the register like it".to_owned(),
                href: format!("/standards?all=1&q={}", encoded(&name.replace('-', " "))),
            },
            Named {
                name: "Updates that name it".to_owned(),
                href: format!("/search?q={}", encoded(&name.replace('-', " "))),
            },
        ],
    }
}

/// Leads to the address of a standard, and on it to the document that was named.
fn elsewhere(site: &Site, slug: &str, standings: &[Standing], name: &str) -> Response {
    let place = standings
        .iter()
        .find(|standing| standing.project.id.as_str() == name || standing.project.reference == name)
        .map(|standing| format!("#p-{}", standing.project.id))
        .unwrap_or_default();
    let to = format!(
        "{}/standards/{}{place}",
        site.renderer.base_path(),
        encoded(slug)
    );
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
}

/// All documents of a work: what is in force, then drafts, then supplements, then what is
/// withdrawn; the latest first.
async fn ordered(site: &Site, work: &str) -> Result<Vec<Standing>, Trouble> {
    let mut standings = site
        .store
        .standings(&RegisterFilter {
            works: Some(vec![work.to_owned()]),
            ..RegisterFilter::default()
        })
        .await?;
    standings.sort_by_cached_key(|standing| {
        let project = &standing.project;
        let facts = &standing.row.row.facts;
        let sort = if project.position.is_withdrawn() {
            3
        } else if facts.supplement || Form::of(&project.reference).is_supplement() {
            2
        } else if project.position.is_published() {
            0
        } else {
            1
        };
        let published: Option<NaiveDate> = facts.published.map(|date| date.first());
        (
            sort,
            std::cmp::Reverse(published),
            std::cmp::Reverse(project.since),
            project.reference.clone(),
        )
    });
    Ok(standings)
}

/// The newest Updates that cite a work, and how many do.
async fn updates(
    site: &Site,
    work: &str,
) -> Result<(Vec<crate::render::UpdateCard>, usize), Trouble> {
    let index = site.index.clone();
    let query = Query::Filter(Filter::Standard(work.to_owned()));
    let asked = query.clone();
    let found = tokio::task::spawn_blocking(move || {
        index.search(&asked, SortOrder::Newest, 0, UPDATES, false)
    })
    .await?;
    let found = match found {
        Err(crate::search::Error::Rebuilding) => by_hand::find(site, &query, UPDATES).await?,
        found => found?,
    };
    let updates = site.store.updates(&found.hits).await?;
    Ok((cards(site, &updates).await?, found.total))
}

/// The documents that some dossiers name beside their own, by what they are called there.
async fn related(site: &Site, dossiers: &[Dossier]) -> Result<HashMap<String, Named>, Trouble> {
    let names: HashSet<&str> = dossiers
        .iter()
        .flat_map(relations)
        .flat_map(|(_, documents)| documents.iter().take(RELATED))
        .map(String::as_str)
        .collect();
    let is_number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
    let mut out = HashMap::new();
    let numbered = RegisterFilter {
        projects: Some(
            names
                .iter()
                .filter(|name| is_number(name))
                .map(|name| (*name).to_owned())
                .collect(),
        ),
        ..RegisterFilter::default()
    };
    for standing in site.store.standings(&numbered).await? {
        let project: &Project = &standing.project;
        out.insert(
            project.id.to_string(),
            Named {
                name: project.reference.clone(),
                href: address(&project.work, &project.id),
            },
        );
    }
    let works: HashMap<&str, String> = names
        .iter()
        .filter(|name| !is_number(name))
        .filter_map(|name| {
            let mut read = reference::read(name, &site.library.known_works).into_iter();
            Some((*name, read.next()?.work))
        })
        .collect();
    let asked: Vec<&str> = works.values().map(String::as_str).collect();
    let registered = site.store.works_among(&asked).await?;
    for name in names {
        let known = works.get(name).filter(|work| registered.contains(*work));
        out.entry(name.to_owned()).or_insert_with(|| Named {
            name: if is_number(name) {
                format!("project {name} of the catalogue")
            } else {
                name.to_owned()
            },
            href: known
                .map(|work| format!("/standards/{}", encoded(&reference::slug(work))))
                .unwrap_or_default(),
        });
    }
    Ok(out)
}

/// The relations of a project, by name.
fn relations(dossier: &Dossier) -> [(&'static str, &[String]); 4] {
    let facts = &dossier.standing.row.row.facts;
    [
        ("Replaces", &facts.replaces),
        ("Replaced by", &facts.replaced_by),
        ("Under revision as", &facts.revised_by),
        ("Amended by", &facts.amended_by),
    ]
}

fn project(site: &Site, dossier: &Dossier, related: &HashMap<String, Named>) -> ProjectView {
    let standing = &dossier.standing;
    let project = &standing.project;
    let facts = &standing.row.row.facts;
    let mut known: Vec<(&str, String)> = Vec::new();
    let mut tell = |label, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            known.push((label, value));
        }
    };
    tell("Edition", facts.edition.clone());
    tell("Deliverable", facts.deliverable.clone());
    tell("Committee", facts.committee.clone());
    tell("Published", facts.published.map(|date| date.to_string()));
    tell(
        "Comments from",
        facts.comments_open.map(|day| day.to_string()),
    );
    tell(
        "Comments until",
        facts.comments_close.map(|day| day.to_string()),
    );
    tell(
        "Source",
        Some(format!(
            "{}: {}",
            name_of(site, &project.source),
            standing
                .row
                .row
                .file
                .clone()
                .unwrap_or_else(|| format!("row {}", project.row))
        )),
    );
    ProjectView {
        id: project.id.to_string(),
        reference: project.reference.clone(),
        title: facts.title.clone(),
        stage: project.position.to_string(),
        meaning: project.position.meaning(),
        withdrawn: project.position.is_withdrawn(),
        observed: standing.observed.sentence(&project.position),
        line: stage_line(&project.reference, &stages(dossier)).map(LineView::from),
        facts: known
            .into_iter()
            .map(|(label, value)| (label.to_owned(), value))
            .collect(),
        relations: relations(dossier)
            .into_iter()
            .filter(|(_, documents)| !documents.is_empty())
            .map(|(name, documents)| RelationView {
                name: name.to_owned(),
                documents: documents
                    .iter()
                    .take(RELATED)
                    .filter_map(|document| related.get(document).cloned())
                    .collect(),
                more: documents.len().saturating_sub(RELATED),
            })
            .collect(),
        url: facts.url.as_ref().map(|url| url.as_str().to_owned()),
        history: history(site, dossier),
        earlier: dossier.events.len().saturating_sub(LINES),
        listed: dossier
            .other_rows()
            .take(LINES)
            .map(|(source, stored)| ListedView {
                reference: stored.row.reference.clone(),
                stage: stored.row.position.to_string(),
                meaning: stored.row.position.meaning(),
                since: Moment::on_day(stored.since),
                source: name_of(site, source),
                differs: stored.row.position != project.position,
            })
            .collect(),
        reports: dossier
            .reports
            .iter()
            .rev()
            .take(LINES)
            .map(|report| ReportView {
                update: Named {
                    name: report.title.clone(),
                    href: format!("/updates/{}", report.reported.update),
                },
                at: Moment::on_day(report.reported.at),
                stage: report.reported.report.stage.to_string(),
                meaning: report.reported.report.stage.meaning().to_owned(),
                agreement: match report.agreement {
                    Agreement::Agrees => "as the catalogue says",
                    Agreement::Late => "a stage that it has passed",
                    Agreement::Differs => "the catalogue does not say so",
                }
                .to_owned(),
                differs: report.agreement == Agreement::Differs,
            })
            .collect(),
    }
}

/// The latest lines of a history, in the order of what was seen.
fn history(site: &Site, dossier: &Dossier) -> Vec<StageEventView> {
    dossier
        .events
        .iter()
        .skip(dossier.events.len().saturating_sub(LINES))
        .map(|event| StageEventView {
            seen: Moment::at(event.observed_at),
            from: event.from.as_ref().map(ToString::to_string),
            to: event.to.to_string(),
            meaning: event.to.meaning(),
            stated: event.date.map(|date| date.to_string()),
            reference: event.reference.clone(),
            source: name_of(site, &event.source),
            document: event.document,
            file: event.file.clone(),
            moved: event.weight == Weight::Moved,
        })
        .collect()
}

/// The stages that moved a project, each with the day on which it was first seen there; where it
/// stands is the last.
fn stages(dossier: &Dossier) -> Vec<(Stage, NaiveDate)> {
    let project = &dossier.standing.project;
    let mut out: Vec<(Stage, NaiveDate)> = dossier
        .events
        .iter()
        .filter(|event| event.weight == Weight::Moved)
        .filter_map(|event| Some((event.to.stage()?, event.observed_at.date_naive())))
        .collect();
    if let Some(here) = project.position.stage()
        && out.last().is_none_or(|(stage, _)| *stage != here)
    {
        out.push((here, project.since.date_naive()));
    }
    // The line keeps what lies far back in its stations; the words keep the latest.
    let surplus = out.len().saturating_sub(LINES);
    out.drain(..surplus);
    out
}
