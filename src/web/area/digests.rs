//! Issues of digests: what waits for approval, its first words, and holding back what goes out.

use axum::response::Response;
use serde_json::json;

use super::call::Call;
use crate::domain::digest::{Issue, IssueState};
use crate::domain::id::DigestName;
use crate::render::{AreaFact, AreaField, AreaForm, AreaPage, AreaPart, AreaRow, Moment, Named};
use crate::store::IssueSummary;
use crate::web::Trouble;

/// Issues of the list.
const LINES: usize = 60;
/// The longest introduction, in characters.
const LONGEST: usize = 4_000;

fn state(state: IssueState) -> (&'static str, &'static str) {
    match state {
        IssueState::Draft => ("waits for approval", "quiet"),
        IssueState::Sending => ("going out", "fresh"),
        IssueState::Finished => ("finished", "off"),
    }
}

fn mails(issue: &IssueSummary) -> String {
    format!(
        "{} items; of {} mails {} sent, {} waiting, {} failed, {} skipped",
        issue.items, issue.recipients, issue.sent, issue.pending, issue.failed, issue.skipped
    )
}

/// `GET /operate/digests`
pub(super) async fn list(call: Call) -> Result<Response, Trouble> {
    let issues = call.site.store.issues(None).await?;
    let mut page = call.page(
        "Digests",
        "Every issue with what became of its mails. One that waits is edited and approved on its page.",
    );
    page.parts.push(AreaPart {
        rows: issues
            .iter()
            .take(LINES)
            .map(|issue| {
                let (word, tone) = state(issue.state);
                AreaRow {
                    title: format!("{} {}", issue.digest, issue.number),
                    href: Some(format!(
                        "/operate/digests/{}/{}",
                        issue.digest, issue.number
                    )),
                    state: word.to_owned(),
                    tone: tone.to_owned(),
                    under: vec![
                        format!("closed {}", Moment::at(issue.closed_at).shown),
                        mails(issue),
                    ],
                    ..AreaRow::default()
                }
            })
            .collect(),
        empty: Some(
            "No issue has closed yet. The first does at the next moment of its schedule."
                .to_owned(),
        ),
        ..AreaPart::default()
    });
    call.show(&page)
}

async fn asked(call: &Call) -> Result<(Issue, IssueSummary), Trouble> {
    let digest = DigestName::new(call.parameter("digest")).map_err(|_| Trouble::Missing)?;
    let number: u32 = call
        .parameter("number")
        .parse()
        .map_err(|_| Trouble::Missing)?;
    let issue = call
        .site
        .store
        .issue(&digest, number)
        .await?
        .ok_or(Trouble::Missing)?;
    let summary = call
        .site
        .store
        .issues(Some(&digest))
        .await?
        .into_iter()
        .find(|one| one.number == number)
        .ok_or(Trouble::Missing)?;
    Ok((issue, summary))
}

fn address(issue: &Issue) -> String {
    format!("/operate/digests/{}/{}", issue.digest, issue.number)
}

fn view(call: &Call, issue: &Issue, summary: &IssueSummary) -> AreaPage {
    let (word, _) = state(issue.state);
    let mut page = call.page(&format!("{} {}", issue.digest, issue.number), "");
    page.above = Some(Named {
        name: "Digests".to_owned(),
        href: "/operate/digests".to_owned(),
    });
    page.parts.push(AreaPart {
        facts: vec![
            AreaFact::new("State", word).wanting(issue.state == IssueState::Draft),
            AreaFact::new("Closed", Moment::at(issue.closed_at).shown),
            AreaFact::new("Mails", mails(summary)),
            AreaFact::new("As it is read", "the public page")
                .at(&format!("/digests/{}?of={}", issue.number, issue.digest)),
        ],
        ..AreaPart::default()
    });
    let here = address(issue);
    if call.may_change() && issue.state == IssueState::Draft {
        page.parts.push(AreaPart {
            heading: "Words before everything else".to_owned(),
            forms: vec![AreaForm {
                action: format!("{here}/introduce"),
                label: "Introduce the issue".to_owned(),
                fields: vec![
                    AreaField::of("long", "text", "Introduction")
                        .optional()
                        .with(issue.introduction.as_str())
                        .hint("Plain text. Empty, the issue begins with its first item."),
                ],
                button: "Save the introduction".to_owned(),
                grave: false,
            }],
            ..AreaPart::default()
        });
        page.parts.push(AreaPart {
            heading: "Send it".to_owned(),
            text: vec![format!(
                "It goes to {} mailboxes. What was sent cannot be called back.",
                summary.pending
            )],
            forms: vec![AreaForm {
                action: format!("{here}/approve"),
                label: "Approve the issue".to_owned(),
                fields: vec![AreaField {
                    required: true,
                    ..AreaField::of("tick", "sure", "I have read it").with("yes")
                }],
                button: "Approve and send".to_owned(),
                grave: true,
            }],
            ..AreaPart::default()
        });
    }
    if call.may_change() && issue.state == IssueState::Sending {
        page.parts.push(AreaPart {
            heading: "Hold it back".to_owned(),
            text: vec![
                "Mails that are not sent yet wait until the issue is approved again. What was sent cannot be called back."
                    .to_owned(),
            ],
            forms: vec![AreaForm {
                action: format!("{here}/hold"),
                label: "Hold the issue back".to_owned(),
                button: "Hold it".to_owned(),
                grave: true,
                ..AreaForm::default()
            }],
            ..AreaPart::default()
        });
    }
    page.parts.push(AreaPart {
        heading: "What it tells".to_owned(),
        text: if issue.introduction.is_empty() {
            Vec::new()
        } else {
            issue.introduction.lines().map(str::to_owned).collect()
        },
        rows: issue
            .edition
            .items
            .iter()
            .take(200)
            .map(|item| AreaRow {
                title: item.title.clone(),
                href: Some(format!("/operate/updates/{}", item.update)),
                ..AreaRow::default()
            })
            .collect(),
        empty: Some("Nothing: it says that nothing happened.".to_owned()),
        ..AreaPart::default()
    });
    page
}

/// `GET /operate/digests/{digest}/{number}`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    let (issue, summary) = asked(&call).await?;
    call.show(&view(&call, &issue, &summary))
}

/// `POST …/introduce`
pub(super) async fn introduce(call: Call) -> Result<Response, Trouble> {
    let (issue, summary) = asked(&call).await?;
    let text = call.fields.one("text").replace("\r\n", "\n");
    if text.chars().count() > LONGEST {
        return call.wrong(
            view(&call, &issue, &summary),
            format!("An introduction has at most {LONGEST} characters."),
        );
    }
    let act = call
        .act("introduction-asked")
        .on(format!("{} {}", issue.digest, issue.number))
        .from_state(issue.introduction.as_str())
        .to_state(text.as_str());
    let argument = json!({ "digest": issue.digest, "number": issue.number, "text": text });
    call.asks(act, "introduce", argument, &address(&issue))
        .await
}

/// `POST …/approve`
pub(super) async fn approve(call: Call) -> Result<Response, Trouble> {
    let (issue, summary) = asked(&call).await?;
    if call.fields.one("sure") != "yes" {
        return call.wrong(view(&call, &issue, &summary), "Tick that you have read it.");
    }
    moved(&call, &issue, "approval-asked", "approve", "sending").await
}

/// `POST …/hold`
pub(super) async fn hold(call: Call) -> Result<Response, Trouble> {
    let (issue, _) = asked(&call).await?;
    moved(&call, &issue, "hold-asked", "hold", "draft").await
}

async fn moved(
    call: &Call,
    issue: &Issue,
    act: &'static str,
    kind: &str,
    after: &str,
) -> Result<Response, Trouble> {
    let act = call
        .act(act)
        .on(format!("{} {}", issue.digest, issue.number))
        .from_state(issue.state.as_str())
        .to_state(after);
    let argument = json!({ "digest": issue.digest, "number": issue.number });
    call.asks(act, kind, argument, &address(issue)).await
}
