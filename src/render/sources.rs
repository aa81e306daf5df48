//! The page of the sources and how each of them is.

use chrono::DateTime;

use super::View;
use super::source::codes;
use super::views::{FacetLink, Moment};
use crate::domain::health::Verdict;
use crate::domain::library::Library;
use crate::domain::source::{Source, SourceKind};

/// One row of `/sources`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SourceRow {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The body, by name.
    pub body: String,
    /// What it is.
    pub kind: String,
    /// How it is.
    pub health: String,
    /// Why.
    pub because: String,
    /// The last visit.
    pub last_visit: Option<Moment>,
    /// When it last brought something new.
    pub last_new: Option<Moment>,
    /// Visits so far.
    pub visits: u32,
    /// Faults of the last visit, or of what was read last.
    pub faults: Vec<String>,
    /// Why it is off.
    pub off_because: Option<String>,
    /// The versions of a watched page.
    pub versions: Option<String>,
}

impl SourceRow {
    /// A row.
    pub fn new(
        source: &Source,
        verdict: &Verdict,
        record: Option<&crate::domain::health::Record>,
        last: Option<&crate::domain::document::Visit>,
        library: &Library,
    ) -> Self {
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            body: library
                .body(&source.body)
                .map_or_else(|| source.body.to_string(), |body| body.name.clone()),
            kind: source.kind.as_str().to_owned(),
            health: verdict.health.as_str().to_owned(),
            because: verdict.health.in_public(&verdict.because).to_owned(),
            last_visit: record.and_then(|record| record.last_visit).map(Moment::at),
            last_new: record
                .filter(|record| {
                    !record.gaps.is_empty() || last.is_some_and(|visit| visit.entries > 0)
                })
                .and_then(|record| record.last_new)
                .map(Moment::at),
            visits: record.map_or(0, |record| record.visits),
            faults: record
                .map(|record| codes(record.faults(last)))
                .unwrap_or_default(),
            off_because: source.off_because.clone(),
            versions: (source.kind == SourceKind::Page)
                .then(|| format!("/sources/{}/versions", source.id)),
        }
    }
}

/// `/sources`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SourcesPage {
    /// "38 of 41 sources fresh".
    pub coverage: String,
    /// How many there are in each state; each leads to those.
    pub states: Vec<FacetLink>,
    /// The lines of this page: those that somebody should look at first.
    pub rows: Vec<SourceRow>,
    /// How many lines there are.
    pub total: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// Whether these are the sources that are not read.
    pub off: bool,
}

impl View for SourcesPage {
    const TEMPLATE: &'static str = "web/sources.html";
    fn sample() -> Self {
        let row = SourceRow {
            id: "iso-news".to_owned(),
            name: "ISO news".to_owned(),
            body: "ISO".to_owned(),
            kind: "feed".to_owned(),
            health: "fresh".to_owned(),
            because: "read".to_owned(),
            last_visit: Some(Moment::at(DateTime::UNIX_EPOCH)),
            last_new: None,
            visits: 3,
            faults: vec!["bad date".to_owned()],
            off_because: None,
            versions: Some("/sources/iso-news/versions".to_owned()),
        };
        Self {
            coverage: "38 of 41 sources fresh".to_owned(),
            states: vec![FacetLink::sample_link()],
            rows: vec![
                SourceRow {
                    off_because: Some("no recorded success".to_owned()),
                    ..row.clone()
                },
                row,
            ],
            total: 2,
            previous: Some("/sources?page=1".to_owned()),
            next: Some("/sources?page=3".to_owned()),
            off: false,
        }
    }
}
