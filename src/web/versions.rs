//! `/sources/{id}/versions`: a watched page's versions, any two of them compared.

use std::collections::BTreeMap;

use axum::extract::{Path, Query as Parameters, State};
use axum::response::Response;

use tokio::sync::Semaphore;

use super::pages::{source_of, told};
use super::{Site, Trouble};
use crate::compare::page::between;
use crate::domain::id::SourceId;
use crate::domain::source::{Source, SourceKind};
use crate::render::{DiffView, VersionsPage};

/// How many comparisons run at once: their texts may be long, and whoever asked may have gone.
static TURNS: Semaphore = Semaphore::const_new(2);

/// `/sources/{id}/versions`; `from` and `to` name two versions, the last two when absent.
pub(super) async fn versions(
    State(site): State<Site>,
    Path(id): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let id = SourceId::new(id).map_err(|_| Trouble::Missing)?;
        let source = source_of(&site, &id)
            .filter(|source| source.kind == SourceKind::Page)
            .ok_or(Trouble::Missing)?;
        let versions = site.store.page_versions(&id).await?;
        let number = |name: &str| {
            parameters
                .get(name)
                .and_then(|text| text.parse::<u32>().ok())
        };
        let chosen = match (number("from"), number("to"), versions.as_slice()) {
            (Some(from), Some(to), _) => Some((from, to)),
            (None, None, [.., before, last]) => Some((before.version, last.version)),
            _ => None,
        };
        let mut view = VersionsPage::new(source, &versions, chosen);
        if let Some((from, to)) = chosen.filter(|_| !versions.is_empty()) {
            match compared(&site, source, from, to).await? {
                Ok(diff) => view.diff = Some(diff),
                Err(problem) => view.problem = Some(problem),
            }
        }
        site.show(&view)
    }
    .await;
    told(&site, page)
}

/// Two versions compared, or what a reader is told instead.
async fn compared(
    site: &Site,
    source: &Source,
    from: u32,
    to: u32,
) -> Result<Result<DiffView, String>, Trouble> {
    let mut texts = Vec::new();
    for number in [from, to] {
        let Some(version) = site.store.page_version(&source.id, number).await? else {
            return Ok(Err(format!("There is no version {number}.")));
        };
        let Some(text) = version.reading.text else {
            return Ok(Err(
                "Of this page the life cycle of a standard is watched, and not its text."
                    .to_owned(),
            ));
        };
        texts.push(text);
    }
    let source = source.clone();
    // Closed never; were it, comparing without a turn would still be right.
    let turn = TURNS.acquire().await;
    let comparing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        match texts.as_slice() {
            [before, after] => Some(DiffView::new(from, to, &between(before, after), &source)),
            _ => None,
        }
    });
    Ok(comparing
        .await?
        .ok_or_else(|| "These versions cannot be compared.".to_owned()))
}
