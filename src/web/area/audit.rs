//! The audit log, the newest line first.

use axum::response::Response;

use super::call::Call;
use crate::domain::audit::AuditLine;
use crate::render::{AreaFact, AreaMore, AreaPart, AreaRow, Moment};
use crate::web::Trouble;

/// Lines of a page.
const LINES: u32 = 50;

fn row(line: &AuditLine) -> AreaRow {
    let mut words = Vec::new();
    if !line.before.is_empty() {
        words.push(format!("before: {}", line.before));
    }
    if !line.after.is_empty() {
        words.push(format!("after: {}", line.after));
    }
    words.push(format!("hash: {}", line.link));
    let subject = if line.subject.is_empty() {
        String::new()
    } else {
        format!(": {}", line.subject)
    };
    AreaRow {
        title: format!("{}{subject}", line.act),
        state: line.position.to_string(),
        tone: "off".to_owned(),
        under: vec![format!(
            "{}, from {}, {}",
            line.who,
            line.from,
            Moment::at(line.at).shown
        )],
        more: Some(AreaMore {
            heading: "before, after, and what binds the line".to_owned(),
            lines: words,
        }),
        ..AreaRow::default()
    }
}

/// `GET /operate/audit`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    let store = &call.site.store;
    let before: Option<i64> = call.query.one("before").parse().ok();
    let lines = store.audit_lines(before, LINES).await?;
    let (position, head) = store.audit_head().await?;
    let mut page = call.page(
        "Audit log",
        "Every change by an operator: who, when, from where. Lines are added and never altered; each is bound to the one before it.",
    );
    page.parts.push(AreaPart {
        facts: vec![
            AreaFact::new("Lines", position.to_string()),
            AreaFact::new("Ends with", head),
            AreaFact::new("Check it", "regwire audit verify"),
        ],
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "Lines".to_owned(),
        rows: lines.iter().map(row).collect(),
        empty: Some("Nobody has changed anything yet.".to_owned()),
        ..AreaPart::default()
    });
    page.next = lines
        .last()
        .filter(|last| last.position > 1)
        .map(|last| format!("/operate/audit?before={}", last.position));
    call.show(&page)
}
