//! The outbox: what waits, what was given up, and putting it in the queue again.

use axum::response::Response;

use super::call::Call;
use crate::domain::delivery::DeliveryState;
use crate::render::{AreaField, AreaForm, AreaMore, AreaPart, AreaRow, Moment};
use crate::store::{Deed, OutboxLine, Queue};
use crate::web::Trouble;

/// Lines of each list.
const LINES: u32 = 100;

fn row(line: &OutboxLine, dead: bool) -> AreaRow {
    AreaRow {
        title: line.what.clone(),
        state: line.queue.as_str().to_owned(),
        tone: if dead { "failing" } else { "quiet" }.to_owned(),
        under: vec![
            format!("to {}", line.to),
            format!(
                "since {}, {} tries{}",
                Moment::at(line.queued_at).shown,
                line.attempts,
                if dead {
                    String::new()
                } else {
                    format!(
                        ", the next not before {}",
                        Moment::at(line.next_try_at).shown
                    )
                }
            ),
        ],
        more: line.answer.as_ref().map(|answer| AreaMore {
            heading: "what was answered last".to_owned(),
            lines: vec![answer.clone()],
        }),
        forms: if dead {
            vec![AreaForm {
                action: "/operate/outbox/replay".to_owned(),
                label: format!("Send {} to {} again", line.what, line.to),
                fields: vec![
                    AreaField::hidden("queue", line.queue.as_str()),
                    AreaField::hidden("id", line.id.as_str()),
                ],
                button: "Try again".to_owned(),
                grave: false,
            }]
        } else {
            Vec::new()
        },
        ..AreaRow::default()
    }
}

fn shown(total: i64) -> Vec<String> {
    if total > i64::from(LINES) {
        vec![format!("{total} in all; the oldest {LINES} are shown.")]
    } else {
        Vec::new()
    }
}

/// `GET /operate/outbox`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    let (dead, all_dead) = call.site.store.outbox(DeliveryState::Failed, LINES).await?;
    let (waiting, all_waiting) = call
        .site
        .store
        .outbox(DeliveryState::Pending, LINES)
        .await?;
    let mut page = call.page(
        "Outbox",
        "Mails, alerts and notices that are not sent: those that were given up, and those that wait.",
    );
    page.parts.push(AreaPart {
        heading: "Given up".to_owned(),
        text: shown(all_dead),
        rows: dead.iter().map(|line| row(line, true)).collect(),
        empty: Some("Nothing was given up.".to_owned()),
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "Waiting".to_owned(),
        text: shown(all_waiting),
        rows: waiting.iter().map(|line| row(line, false)).collect(),
        empty: Some("Nothing waits: everything that there was to send is sent.".to_owned()),
        ..AreaPart::default()
    });
    call.show(&page)
}

/// `POST /operate/outbox/replay`
pub(super) async fn replay(call: Call) -> Result<Response, Trouble> {
    let queue: Queue = call
        .fields
        .one("queue")
        .parse()
        .map_err(|_| Trouble::Missing)?;
    let id = call.fields.one("id").to_owned();
    let act = call
        .act("replayed")
        .on(format!("{} {id}", queue.as_str()))
        .from_state(DeliveryState::Failed.as_str())
        .to_state(DeliveryState::Pending.as_str());
    let deed = Deed::Replay { queue, id };
    call.does_and_leads(act, deed, "/operate/outbox", "replayed")
        .await
}
