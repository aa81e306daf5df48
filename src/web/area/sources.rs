//! Sources with their health, and a button that has one read now.

use axum::response::Response;
use serde_json::json;

use super::call::Call;
use crate::domain::document::Fault;
use crate::domain::health::{Coverage, Verdict};
use crate::domain::id::SourceId;
use crate::domain::source::Source;
use crate::render::{AreaFind, AreaForm, AreaMore, AreaPart, AreaRow, SourceRow};
use crate::text::words::fold;
use crate::web::Trouble;
use crate::web::pages::{by_health, encoded, surveyed};

/// Lines of a page.
const LINES: usize = 40;

/// `GET /operate/sources`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    let site = &call.site;
    let (survey, states) = surveyed(site).await?;
    let last = site.store.last_visits().await?;
    let (state, look) = (call.query.one("state"), call.query.one("q"));
    let wanted_words = fold(look);
    let mut wanted: Vec<&(&Source, Verdict)> = survey
        .iter()
        .filter(|(_, verdict)| state.is_empty() || verdict.health.as_str() == state)
        .filter(|(source, _)| {
            wanted_words.is_empty()
                || source.id.as_str() == look
                || fold(&source.name).contains(&wanted_words)
                || source.id.as_str().contains(&wanted_words)
        })
        .collect();
    wanted.sort_by_key(|(source, verdict)| (!source.on, !verdict.health.is_trouble()));
    let pages = wanted.len().div_ceil(LINES).max(1);
    let at = call
        .query
        .one("page")
        .parse::<usize>()
        .unwrap_or(1)
        .clamp(1, pages);
    let address = |page: usize| {
        format!(
            "/operate/sources?page={page}&state={}&q={}",
            encoded(state),
            encoded(look)
        )
    };
    let mut page = call.page("Sources", "What is read, how it is, and what went wrong.");
    page.parts.push(AreaPart {
        text: vec![Coverage::of(&survey).sentence()],
        find: Some(AreaFind {
            action: "/operate/sources".to_owned(),
            label: "A name, or an identifier".to_owned(),
            value: look.to_owned(),
        }),
        filters: by_health(&survey, state, "/operate/sources"),
        rows: wanted
            .iter()
            .skip((at - 1) * LINES)
            .take(LINES)
            .map(|(source, verdict)| {
                let record = states.get(&source.id).map(|state| &state.record);
                let seen =
                    SourceRow::new(source, verdict, record, last.get(&source.id), &site.library);
                let faults = record.map_or(&[][..], |record| record.faults(last.get(&source.id)));
                row(&call, source, seen, &verdict.because, faults)
            })
            .collect(),
        empty: Some("No source is like that.".to_owned()),
        ..AreaPart::default()
    });
    page.previous = (at > 1).then(|| address(at - 1));
    page.next = (at < pages).then(|| address(at + 1));
    call.show(&page)
}

fn row(call: &Call, source: &Source, seen: SourceRow, because: &str, faults: &[Fault]) -> AreaRow {
    let moment = |moment: &Option<crate::render::Moment>| {
        moment
            .as_ref()
            .map_or_else(|| "never".to_owned(), |moment| moment.shown.clone())
    };
    AreaRow {
        title: seen.name,
        href: Some(format!("/sources/{}", source.id)),
        state: seen.health.clone(),
        tone: seen.health,
        under: vec![
            format!("{}, {}, {}", source.id, seen.body, seen.kind),
            seen.off_because
                .map_or_else(|| because.to_owned(), |why| format!("off: {why}")),
            format!(
                "visited {} times, last {}; last new {}",
                seen.visits,
                moment(&seen.last_visit),
                moment(&seen.last_new)
            ),
        ],
        // Who operates the site sees the details.
        more: (!faults.is_empty()).then(|| AreaMore {
            heading: "faults of the last visit, or of what was read last".to_owned(),
            lines: faults
                .iter()
                .map(|fault| format!("{}: {}", fault.code.as_str(), fault.detail))
                .collect(),
        }),
        forms: if call.may_change() && source.on {
            vec![AreaForm {
                action: format!("/operate/sources/{}/fetch", source.id),
                label: format!("Fetch {} now", source.name),
                button: "Fetch now".to_owned(),
                ..AreaForm::default()
            }]
        } else {
            Vec::new()
        },
    }
}

/// `POST /operate/sources/{id}/fetch`
pub(super) async fn fetch(call: Call) -> Result<Response, Trouble> {
    let id = SourceId::new(call.parameter("id")).map_err(|_| Trouble::Missing)?;
    if !call
        .site
        .sources
        .iter()
        .any(|source| source.id == id && source.on)
    {
        return Err(Trouble::Missing);
    }
    let act = call.act("fetch-asked").on(format!("source {id}"));
    let argument = json!({ "only": [id], "force": true });
    let back = format!("/operate/sources?q={id}");
    call.asks(act, "collect", argument, &back).await
}
