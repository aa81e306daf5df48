//! The register as a table: `/standards` and `/standards.csv`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::body::Body;
use axum::extract::{Query as Parameters, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use futures_util::stream;

use super::pages::{encoded, source_of, told};
use super::{Site, Trouble};
use crate::domain::catalogue::Catalogue;
use crate::domain::id::SourceId;
use crate::domain::monitored::Monitored;
use crate::domain::reference::{self, KnownWorks};
use crate::domain::source::attributions;
use crate::domain::standard::ProjectId;
use crate::render::{FacetLink, Moment, Named, StandardRow, StandardsPage, stage_groups};
use crate::store::{RegisterFilter, RegisterLine, Standing};
use crate::text::cell;

/// Lines on a page.
const PAGE: usize = 50;
/// Lines of the table for programs that are read at once.
const PIECE: usize = 500;
/// Committees to choose from.
const COMMITTEES: usize = 200;
/// Signs of a text to narrow by that are read.
const LONGEST: usize = 200;

/// The address of a project's place on its standard's page.
pub(super) fn address(work: &str, project: &ProjectId) -> String {
    format!("/standards/{}#p-{project}", encoded(&reference::slug(work)))
}

/// What the table is narrowed by.
#[derive(Clone, Debug, Default)]
struct Narrowing {
    text: String,
    /// Words of the text, in lower case.
    words: Vec<String>,
    /// Works that the text cites.
    works: Vec<String>,
    committee: String,
    stage: String,
    /// Also what is withdrawn or not monitored.
    all: bool,
}

impl Narrowing {
    fn read(parameters: &BTreeMap<String, String>, known: &KnownWorks) -> Self {
        let of = |name: &str| -> String {
            parameters
                .get(name)
                .map_or("", |text| text.trim())
                .chars()
                .take(LONGEST)
                .collect()
        };
        let text = of("q");
        Self {
            words: text
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            works: reference::read(&text, known)
                .into_iter()
                .map(|reference| reference.work)
                .collect(),
            text,
            committee: of("committee"),
            stage: of("stage"),
            all: parameters.get("all").is_some_and(|all| all == "1"),
        }
    }

    fn is_any(&self) -> bool {
        !(self.text.is_empty() && self.committee.is_empty() && self.stage.is_empty())
    }

    /// Whether a project is listed, its committee left aside.
    fn fits(&self, line: &RegisterLine, monitored: bool) -> bool {
        let in_stage = if self.stage.is_empty() {
            self.all || !line.position.is_withdrawn()
        } else {
            line.position.group() == self.stage
        };
        if !in_stage || !(self.all || monitored) {
            return false;
        }
        if self.words.is_empty() || self.works.contains(&line.work) {
            return true;
        }
        let text = format!("{} {} {}", line.work, line.reference, line.title).to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }

    /// Whether a project is of the committee, or of a part of it.
    fn of_committee(&self, line: &RegisterLine) -> bool {
        self.committee.is_empty()
            || line.committee.as_ref().is_some_and(|committee| {
                committee
                    .strip_prefix(self.committee.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }

    /// The same table at an address, with the page where it is not the first.
    fn address(&self, path: &str, page: usize) -> String {
        let mut out: Vec<String> = [
            ("q", &self.text),
            ("committee", &self.committee),
            ("stage", &self.stage),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
        if self.all {
            out.push("all=1".to_owned());
        }
        if page > 1 {
            out.push(format!("page={page}"));
        }
        if out.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", out.join("&"))
        }
    }
}

/// What is listed, and what there is to choose from.
struct Listing {
    /// The projects in order: by work, then as they came.
    projects: Vec<ProjectId>,
    /// Projects of the register.
    known: usize,
    committees: BTreeSet<String>,
    /// The catalogues that say so.
    sources: BTreeSet<SourceId>,
}

async fn listing(site: &Site, narrowing: &Narrowing) -> Result<Listing, Trouble> {
    let monitored = Monitored::new(site.library.clone(), site.store.followed().await?.works);
    let catalogues: HashMap<&SourceId, &Catalogue> = site
        .sources
        .iter()
        .filter_map(|source| Some((&source.id, source.catalogue.as_ref()?)))
        .collect();
    let mut found: Vec<(String, DateTime<Utc>, ProjectId)> = Vec::new();
    let mut known = 0;
    let mut committees = BTreeSet::new();
    let mut sources = BTreeSet::new();
    site.store
        .scan_register(|line| {
            known += 1;
            let catalogue = catalogues.get(&line.source).copied();
            let is_monitored =
                narrowing.all || monitored.holds(catalogue, &line.work, line.committee.as_deref());
            if !narrowing.fits(&line, is_monitored) {
                return;
            }
            if let Some(committee) = &line.committee
                && committees.len() < COMMITTEES
                && !committees.contains(committee)
            {
                committees.insert(committee.clone());
            }
            if narrowing.of_committee(&line) {
                if !sources.contains(&line.source) {
                    sources.insert(line.source);
                }
                found.push((line.work, line.first_seen, line.id));
            }
        })
        .await?;
    found.sort_unstable();
    Ok(Listing {
        projects: found.into_iter().map(|(_, _, id)| id).collect(),
        known,
        committees,
        sources,
    })
}

/// The lines of some projects, in the order of the register.
async fn rows(site: &Site, projects: &[ProjectId]) -> Result<Vec<StandardRow>, Trouble> {
    let standings = site
        .store
        .standings(&RegisterFilter {
            projects: Some(projects.iter().map(ToString::to_string).collect()),
            ..RegisterFilter::default()
        })
        .await?;
    let listed = site.store.listed_by(projects).await?;
    Ok(standings
        .iter()
        .map(|standing| {
            let sources = listed.get(&standing.project.id);
            row(site, standing, sources.map_or(&[], Vec::as_slice))
        })
        .collect())
}

fn row(site: &Site, standing: &Standing, sources: &[SourceId]) -> StandardRow {
    let project = &standing.project;
    let facts = &standing.row.row.facts;
    StandardRow {
        reference: Named {
            name: project.reference.clone(),
            href: address(&project.work, &project.id),
        },
        title: facts.title.clone(),
        edition: facts.edition.clone(),
        stage: project.position.to_string(),
        meaning: project.position.meaning(),
        committee: facts.committee.clone(),
        first_seen: Moment::on_day(project.first_seen),
        // What stands where it stood at first sight was never seen to change.
        last_change: (project.since > project.first_seen).then(|| Moment::on_day(project.since)),
        last_observed: Moment::at(standing.observed.last),
        times: standing.observed.times,
        missing_since: standing.observed.missing_since.map(Moment::on_day),
        sources: sources.iter().map(|id| name_of(site, id)).collect(),
    }
}

/// A source's name for people.
pub(super) fn name_of(site: &Site, id: &SourceId) -> String {
    source_of(site, id).map_or_else(|| id.to_string(), |source| source.name.clone())
}

/// `/standards`
pub(super) async fn standards(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let narrowing = Narrowing::read(&parameters, &site.library.known_works);
        let listing = listing(&site, &narrowing).await?;
        let total = listing.projects.len();
        let pages = total.div_ceil(PAGE).max(1);
        let page = parameters
            .get("page")
            .and_then(|page| page.parse::<usize>().ok())
            .unwrap_or(1)
            .clamp(1, pages);
        let shown = listing.projects.chunks(PAGE).nth(page - 1);
        let path = "/standards";
        site.show(&StandardsPage {
            rows: rows(&site, shown.unwrap_or_default()).await?,
            stages: stage_groups()
                .map(|(id, name)| FacetLink {
                    chosen: id == narrowing.stage,
                    name,
                    count: 0,
                    href: id,
                })
                .collect(),
            committees: listing.committees.into_iter().collect(),
            all: narrowing.all,
            narrowed: narrowing.is_any(),
            total,
            known: listing.known,
            as_of: Moment::at(site.clock.now()),
            page,
            pages,
            previous: (page > 1).then(|| narrowing.address(path, page - 1)),
            next: (page < pages).then(|| narrowing.address(path, page + 1)),
            csv: narrowing.address("/standards.csv", 1),
            attributions: attributions(&site.sources, &listing.sources),
            query: narrowing.text,
            committee: narrowing.committee,
        })
    }
    .await;
    told(&site, page)
}

/// `/standards.csv`: the same table, whole, made while it is sent.
pub(super) async fn standards_csv(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let narrowing = Narrowing::read(&parameters, &site.library.known_works);
        let listing = listing(&site, &narrowing).await?;
        let heading = written(std::iter::once(StandardRow::COLUMNS.map(str::to_owned)))?;
        let pieces: Vec<Vec<ProjectId>> = listing
            .projects
            .chunks(PIECE)
            .map(<[ProjectId]>::to_vec)
            .collect();
        let begun = (site.clone(), pieces.into_iter(), Some(heading));
        let body = stream::unfold(begun, |(site, mut pieces, heading)| async move {
            if let Some(heading) = heading {
                return Some((Ok(heading), (site, pieces, None)));
            }
            let piece = pieces.next()?;
            let lines = match rows(&site, &piece).await {
                Ok(rows) => written(rows.iter().map(StandardRow::cells)).map_err(Trouble::from),
                Err(trouble) => Err(trouble),
            };
            // A table that breaks off must not look like one that ends.
            let lines = lines.map_err(|trouble| {
                tracing::error!(?trouble, "a table could not be made to its end");
                std::io::Error::other("the table could not be made to its end")
            });
            Some((lines, (site, pieces, None)))
        });
        Ok((
            [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=0, s-maxage=60"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"standards.csv\"",
                ),
            ],
            Body::from_stream(body),
        )
            .into_response())
    }
    .await;
    told(&site, page)
}

fn written(lines: impl Iterator<Item = [String; 12]>) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for line in lines {
        out.write_record(line.map(cell::guarded))?;
    }
    Ok(out.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(reference: &str, stage: &str, committee: Option<&str>) -> RegisterLine {
        RegisterLine {
            id: ProjectId::numbered(1),
            work: "ISO/IEC 99042".to_owned(),
            reference: reference.to_owned(),
            title: "Impact assessment of Examples".to_owned(),
            committee: committee.map(str::to_owned),
            position: stage.parse().unwrap(),
            source: SourceId::new("iso").unwrap(),
            first_seen: DateTime::UNIX_EPOCH,
        }
    }

    fn narrowing(parameters: &[(&str, &str)]) -> Narrowing {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Narrowing::read(&parameters, &KnownWorks::default())
    }

    #[test]
    fn a_table_is_narrowed() {
        let draft = line(
            "ISO/IEC DIS 99042",
            "40.20",
            Some("ISO/IEC JTC 1/SC 42/WG 1"),
        );
        let gone = line("ISO/IEC 99042:2001", "95.99", None);
        for (parameters, draft_fits, gone_fits) in [
            (&[][..], true, false),
            (&[("all", "1")][..], true, true),
            (&[("q", "IMPACT examples")][..], true, false),
            (&[("q", "impact of nothing")][..], false, false),
            (&[("q", "iso/iec 99042"), ("all", "1")][..], true, true),
            (&[("stage", "40")][..], true, false),
            (&[("stage", "95")][..], false, true),
            (&[("committee", "ISO/IEC JTC 1/SC 42")][..], true, false),
            (&[("committee", "ISO/IEC JTC 1/SC 4")][..], false, false),
        ] {
            let narrowing = narrowing(parameters);
            let fits = |line| narrowing.fits(line, true) && narrowing.of_committee(line);
            assert_eq!(
                (fits(&draft), fits(&gone)),
                (draft_fits, gone_fits),
                "{parameters:?}"
            );
        }
        assert!(!narrowing(&[]).fits(&draft, false));
        assert!(narrowing(&[("all", "1")]).fits(&draft, false));
    }

    #[test]
    fn an_address_keeps_what_narrows() {
        let all = narrowing(&[("q", "a&b =c"), ("stage", "40"), ("all", "1")]);
        assert_eq!(
            all.address("/standards", 2),
            "/standards?q=a%26b+%3Dc&stage=40&all=1&page=2"
        );
        assert_eq!(
            narrowing(&[]).address("/standards.csv", 1),
            "/standards.csv"
        );
    }
}
