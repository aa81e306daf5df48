//! The overview: how everything is, and what needs somebody.

use axum::response::Response;
use serde_json::json;

use super::call::Call;
use crate::domain::delivery::DeliveryState;
use crate::domain::digest::IssueState;
use crate::domain::health::Coverage;
use crate::render::{AreaFact, AreaField, AreaForm, AreaMore, AreaPage, AreaPart, AreaRow, Moment};
use crate::store::{Deed, Request};
use crate::text::html::excerpt;
use crate::web::Trouble;
use crate::web::pages::surveyed;

/// The lease of whoever works.
const WORKER: &str = "worker";
/// Lines of each list.
const LINES: usize = 8;

/// What was asked, in words.
fn asked(request: &Request) -> String {
    let argument = &request.argument;
    let text = |name: &str| match &argument[name] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match request.kind.as_str() {
        "collect" => {
            let only: Vec<&str> = argument["only"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(serde_json::Value::as_str)
                .collect();
            match only.as_slice() {
                [] => "Fetch what is due".to_owned(),
                only => format!("Fetch {}", excerpt(&only.join(", "), 160)),
            }
        }
        "approve" => format!("Send {} {}", text("digest"), text("number")),
        "hold" => format!("Hold {} {} back", text("digest"), text("number")),
        "introduce" => format!("Introduce {} {}", text("digest"), text("number")),
        "test-team" => format!("Send a test to {}", text("team")),
        "note" => format!("Note on {}: {}", text("update"), text("part")),
        "pause" => "Pause sending".to_owned(),
        "resume" => "Resume sending".to_owned(),
        "retag" => "Tag the archive again".to_owned(),
        other => format!("{other} {}", excerpt(&argument.to_string(), 160)),
    }
}

/// A request as it is told: what was asked, and what came of it.
fn told(at: Moment, request: &Request) -> AreaRow {
    let (state, tone, more) = match &request.answer {
        None => ("waiting", "quiet", None),
        Some(answer) => match answer["error"].as_str() {
            Some(error) => (
                "failed",
                "failing",
                Some(AreaMore {
                    heading: "why".to_owned(),
                    lines: vec![error.to_owned()],
                }),
            ),
            None => ("done", "fresh", None),
        },
    };
    AreaRow {
        title: asked(request),
        state: state.to_owned(),
        tone: tone.to_owned(),
        under: vec![format!("asked {}", at.shown)],
        more,
        ..AreaRow::default()
    }
}

/// What needs somebody, the most urgent first.
async fn needs(call: &Call, page: &mut AreaPage) -> Result<(), Trouble> {
    let store = &call.site.store;
    let (survey, _) = surveyed(&call.site).await?;
    let ill: Vec<_> = survey
        .iter()
        .filter(|(source, verdict)| source.on && verdict.health.is_trouble())
        .collect();
    let drafts = store
        .issues(None)
        .await?
        .into_iter()
        .filter(|issue| issue.state == IssueState::Draft)
        .collect::<Vec<_>>();
    let (_, dead) = store.outbox(DeliveryState::Failed, 1).await?;
    let (_, waiting) = store.outbox(DeliveryState::Pending, 1).await?;
    let locked = store.sending_lock().await?.and_then(|(_, why)| why);
    let worker = store.lease_holder(WORKER).await?;
    let behind = store.log_head().await? - call.site.index.cursor()?;
    let undecided = store.undecided(call.now).await?.len();
    let at_work = match &worker {
        Some((holder, until)) if !holder.is_empty() && *until > call.now => holder.clone(),
        _ => "nobody: start the daemon, or wait for a node to take over".to_owned(),
    };
    let nobody = at_work.starts_with("nobody");
    let outbox = |fact: AreaFact| {
        if call.may_change() {
            fact.at("/operate/outbox")
        } else {
            fact
        }
    };
    page.parts.push(AreaPart {
        facts: vec![
            AreaFact::new("Sources", Coverage::of(&survey).sentence())
                .at("/operate/sources")
                .wanting(!ill.is_empty()),
            AreaFact::new(
                "Sending",
                locked
                    .as_ref()
                    .map_or_else(|| "on".to_owned(), |why| format!("paused: {why}")),
            )
            .wanting(locked.is_some()),
            outbox(AreaFact::new("Waiting to be sent", waiting.to_string())),
            outbox(AreaFact::new("Given up", dead.to_string())).wanting(dead > 0),
            AreaFact::new("Issues that wait for approval", drafts.len().to_string())
                .at("/operate/digests")
                .wanting(!drafts.is_empty()),
            AreaFact::new("Told to teams and not decided", undecided.to_string())
                .at("/operate/decisions"),
            AreaFact::new("At work", at_work).wanting(nobody),
            AreaFact::new(
                "Search",
                if behind > 0 {
                    format!("{behind} lines behind the store")
                } else {
                    "as far as the store".to_owned()
                },
            )
            .wanting(behind > 1_000),
        ],
        ..AreaPart::default()
    });
    let mut rows: Vec<AreaRow> = drafts
        .iter()
        .map(|issue| AreaRow {
            title: format!("{} {} waits for approval", issue.digest, issue.number),
            href: Some(format!(
                "/operate/digests/{}/{}",
                issue.digest, issue.number
            )),
            under: vec![format!(
                "{} items for {} mailboxes",
                issue.items, issue.recipients
            )],
            ..AreaRow::default()
        })
        .collect();
    if call
        .who
        .as_ref()
        .is_some_and(|(_, one)| one.secret.is_none())
    {
        rows.push(AreaRow {
            title: "Set up a second factor for yourself".to_owned(),
            href: Some("/operate/account/code".to_owned()),
            under: vec!["A password that is found out is then not enough.".to_owned()],
            ..AreaRow::default()
        });
    }
    let more = ill.len().saturating_sub(LINES);
    rows.extend(ill.iter().take(LINES).map(|(source, verdict)| AreaRow {
        title: source.name.clone(),
        href: Some(format!("/operate/sources?q={}", source.id)),
        state: verdict.health.as_str().to_owned(),
        tone: verdict.health.as_str().to_owned(),
        under: vec![verdict.because.clone()],
        ..AreaRow::default()
    }));
    if more > 0 {
        rows.push(AreaRow {
            title: format!("and {more} more sources"),
            href: Some("/operate/sources".to_owned()),
            ..AreaRow::default()
        });
    }
    page.parts.push(AreaPart {
        heading: "What needs you".to_owned(),
        rows,
        empty: Some("Nothing. Everything is as it should be.".to_owned()),
        ..AreaPart::default()
    });
    if call.may_change() {
        page.parts.push(AreaPart {
            heading: "Sending".to_owned(),
            forms: vec![match locked {
                Some(_) => AreaForm {
                    action: "/operate/resume".to_owned(),
                    label: "Let mails and alerts go out again".to_owned(),
                    button: "Resume sending".to_owned(),
                    ..AreaForm::default()
                },
                None => AreaForm {
                    action: "/operate/pause".to_owned(),
                    label: "Pause everything that is sent".to_owned(),
                    fields: vec![AreaField::of("text", "why", "Why").hint(
                        "No mail and no alert goes out until somebody resumes; nothing is lost.",
                    )],
                    button: "Pause everything".to_owned(),
                    grave: true,
                },
            }],
            ..AreaPart::default()
        });
    }
    Ok(())
}

/// `GET /operate`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    let mut page = call.page("Overview", "");
    needs(&call, &mut page).await?;
    let requests = call.site.store.recent_requests(10).await?;
    page.parts.push(AreaPart {
        heading: "What the worker was asked".to_owned(),
        rows: requests
            .iter()
            .map(|(at, request)| told(Moment::at(*at), request))
            .collect(),
        empty: Some("Nothing yet.".to_owned()),
        ..AreaPart::default()
    });
    call.show(&page)
}

/// `POST /operate/pause`
pub(super) async fn pause(call: Call) -> Result<Response, Trouble> {
    let why: String = call.fields.one("why").chars().take(200).collect();
    let why = if why.is_empty() {
        "an operator paused it".to_owned()
    } else {
        why
    };
    let act = call
        .act("paused")
        .on("sending")
        .from_state("on")
        .to_state(why.as_str());
    // A store that nothing was ever sent from has nothing to lock yet: the worker makes it.
    if call.site.store.sending_lock().await?.is_none() {
        return call
            .asks(act, "pause", json!({ "why": why }), "/operate")
            .await;
    }
    call.does_and_leads(act, Deed::Pause { why }, "/operate", "paused")
        .await
}

/// `POST /operate/resume`: the worker notes beside the store that it is the right one.
pub(super) async fn resume(call: Call) -> Result<Response, Trouble> {
    let before = call.site.store.sending_lock().await?;
    let act = call
        .act("resumed")
        .on("sending")
        .from_state(before.and_then(|(_, why)| why).unwrap_or_default())
        .to_state("on");
    call.asks(act, "resume", json!(null), "/operate").await
}
