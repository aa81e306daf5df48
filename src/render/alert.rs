//! Alerts as mails, Slack blocks and Teams cards.

use serde_json::{Value, json};

use super::mail::MailView;
use crate::domain::alert::{AlertContent, AlertItem, MOST_IN_A_MESSAGE};
use crate::text::html::excerpt;

/// The links of an alert, signed for its recipient.
#[derive(Clone, Debug, Default)]
pub struct AlertLinks {
    /// The site's own address.
    pub base_url: String,
    /// The page on which a team keeps its alerts back.
    pub pause: Option<String>,
    /// For each update the page on which a team decides.
    pub decide: Vec<(String, String)>,
    /// Where a mailbox leaves.
    pub unsubscribe: Option<String>,
    /// Where a mailbox changes what it is told.
    pub preferences: Option<String>,
}

impl AlertLinks {
    fn update(&self, item: &AlertItem) -> String {
        format!("{}/updates/{}", self.base_url, item.update)
    }

    fn decide(&self, item: &AlertItem) -> Option<&str> {
        self.decide
            .iter()
            .find(|(update, _)| update == item.update.as_str())
            .map(|(_, link)| link.as_str())
    }

    fn versions(&self, item: &AlertItem) -> Option<String> {
        item.versions
            .as_ref()
            .map(|path| format!("{}{path}", self.base_url))
    }
}

/// One item of an alert's mail.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AlertItemView {
    /// Its title.
    pub title: String,
    /// What happened.
    pub summary: String,
    /// Why it matters.
    pub why: Option<String>,
    /// Source and kind.
    pub from: String,
    /// Whether it corrects what was told.
    pub correction: bool,
    /// Stages and dates.
    pub moves: Vec<String>,
    /// Others that tell it.
    pub also: Vec<String>,
    /// Why it is told.
    pub because: Vec<String>,
    /// What was decided on the story.
    pub proposal: Option<String>,
    /// The update's page.
    pub link: String,
    /// The comparison of a watched page.
    pub versions: Option<String>,
    /// The page of decisions.
    pub decide: Option<String>,
}

impl AlertItemView {
    fn new(item: &AlertItem, links: &AlertLinks) -> Self {
        Self {
            title: item.title.clone(),
            summary: item.summary.clone(),
            why: item.why.clone(),
            from: from(item),
            correction: item.correction,
            moves: item.stages.iter().chain(&item.dates).cloned().collect(),
            also: item.also.clone(),
            because: item.because.clone(),
            proposal: item.proposal.clone(),
            link: links.update(item),
            versions: links.versions(item),
            decide: links.decide(item).map(str::to_owned),
        }
    }
}

fn from(item: &AlertItem) -> String {
    match &item.kind {
        Some(kind) => format!("{}, {kind}", item.source),
        None => item.source.clone(),
    }
}

/// What an alert's mail is filled with.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AlertMail {
    /// What it is about.
    pub heading: String,
    /// The subject.
    pub subject: String,
    /// A message without items.
    pub note: Option<String>,
    /// The items.
    pub items: Vec<AlertItemView>,
    /// Items that are only counted.
    pub left_out: usize,
    /// The site's own address.
    pub base_url: String,
    /// Where a team keeps its alerts back.
    pub pause: Option<String>,
    /// Where a mailbox leaves.
    pub unsubscribe: Option<String>,
    /// Where a mailbox changes what it is told.
    pub preferences: Option<String>,
    /// The postal address.
    pub postal_address: Option<String>,
    /// Who to write to.
    pub contact: Option<String>,
}

impl MailView for AlertMail {
    const KIND: &'static str = "alert";
}

impl AlertMail {
    /// The mail of an alert.
    pub fn new(
        content: &AlertContent,
        links: &AlertLinks,
        postal_address: Option<&str>,
        contact: Option<&str>,
    ) -> Self {
        Self {
            heading: content.heading.clone(),
            subject: subject(content),
            note: content.note.clone(),
            items: content
                .items
                .iter()
                .take(MOST_IN_A_MESSAGE)
                .map(|item| AlertItemView::new(item, links))
                .collect(),
            left_out: left_out(content),
            base_url: links.base_url.clone(),
            pause: links.pause.clone(),
            unsubscribe: links.unsubscribe.clone(),
            preferences: links.preferences.clone(),
            postal_address: postal_address.map(str::to_owned),
            contact: contact.map(str::to_owned),
        }
    }
}

fn left_out(content: &AlertContent) -> usize {
    content.items.len().saturating_sub(MOST_IN_A_MESSAGE)
        + usize::try_from(content.left_out).unwrap_or(0)
}

/// What a message is about, in a line.
fn subject(content: &AlertContent) -> String {
    match content.items.as_slice() {
        [] => excerpt(content.note.as_deref().unwrap_or(&content.heading), 120),
        [one] => format!(
            "{}{}",
            if one.correction { "Corrected: " } else { "" },
            excerpt(&one.title, 120)
        ),
        [first, others @ ..] => format!(
            "{}: {}, and {} more",
            content.heading,
            excerpt(&first.title, 90),
            others.len() + usize::try_from(content.left_out).unwrap_or(0)
        ),
    }
}

/// Slack's own signs, written so that they are none.
fn mrkdwn(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A zero-width space after it keeps a sign from beginning a style.
            '*' | '_' | '~' | '`' => {
                out.push(c);
                out.push('\u{200b}');
            }
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A message for an incoming webhook of Slack, in blocks: at most fifty, each within its length.
pub fn slack_message(content: &AlertContent, links: &AlertLinks) -> Value {
    let plain = |text: &str, most: usize| json!({ "type": "plain_text", "text": excerpt(text, most), "emoji": false });
    let mut blocks = vec![json!({ "type": "header", "text": plain(&content.heading, 140) })];
    if let Some(note) = &content.note {
        blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": mrkdwn(&excerpt(note, 2_000)) } }));
    }
    for item in content.items.iter().take(MOST_IN_A_MESSAGE) {
        let mut text = format!(
            "{}*{}*",
            if item.correction { "Corrected: " } else { "" },
            mrkdwn(&excerpt(&item.title, 300))
        );
        let mut line = |label: &str, words: &str, most: usize| {
            if !words.is_empty() {
                let label = if label.is_empty() {
                    String::new()
                } else {
                    format!("*{label}* ")
                };
                text.push_str(&format!("\n{label}{}", mrkdwn(&excerpt(words, most))));
            }
        };
        line("", &item.summary, 600);
        for moved in item.stages.iter().chain(&item.dates).take(8) {
            line("•", moved, 200);
        }
        line("Why it matters", item.why.as_deref().unwrap_or(""), 300);
        line("Also told by", &item.also.join("; "), 300);
        line(
            "Decided before",
            item.proposal.as_deref().unwrap_or(""),
            300,
        );
        blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } }));
        let mut about = mrkdwn(&from(item));
        if !item.because.is_empty() {
            about.push_str(&format!(
                ". Told because you track {}",
                mrkdwn(&excerpt(&item.because.join(", "), 300))
            ));
        }
        blocks
            .push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": about }] }));
        let mut buttons =
            vec![json!({ "type": "button", "text": plain("Open", 70), "url": links.update(item) })];
        if let Some(link) = links.versions(item) {
            buttons
                .push(json!({ "type": "button", "text": plain("What changed", 70), "url": link }));
        }
        if let Some(link) = links.decide(item) {
            buttons.push(json!({ "type": "button", "text": plain("Decide", 70), "url": link }));
        }
        blocks.push(json!({ "type": "actions", "elements": buttons }));
    }
    let mut foot = Vec::new();
    if left_out(content) > 0 {
        foot.push(format!(
            "{} more: <{}|the site>",
            left_out(content),
            links.base_url
        ));
    }
    if let Some(pause) = &links.pause {
        foot.push(format!("<{pause}|Pause these alerts>"));
    }
    if !foot.is_empty() {
        blocks.push(
            json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": foot.join(" · ") }] }),
        );
    }
    json!({ "text": mrkdwn(&subject(content)), "blocks": blocks })
}

/// Teams reads Markdown in text blocks: its signs are written so that they are none.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '*' | '_' | '[' | ']' | '`' | '#' | '<' | '>' | '~'
        ) {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

/// A message for a Teams workflow: an adaptive card (1.4), small enough to be taken.
pub fn teams_message(content: &AlertContent, links: &AlertLinks) -> Value {
    let block = |text: &str, most: usize| json!({ "type": "TextBlock", "text": markdown(&excerpt(text, most)), "wrap": true });
    let mut body = vec![
        json!({ "type": "TextBlock", "text": markdown(&excerpt(&content.heading, 140)), "size": "Large", "weight": "Bolder", "wrap": true }),
    ];
    if let Some(note) = &content.note {
        body.push(block(note, 2_000));
    }
    for item in content.items.iter().take(MOST_IN_A_MESSAGE) {
        let title = format!(
            "{}{}",
            if item.correction { "Corrected: " } else { "" },
            excerpt(&item.title, 300)
        );
        let mut parts = vec![
            json!({ "type": "TextBlock", "text": markdown(&title), "weight": "Bolder", "wrap": true }),
        ];
        if !item.summary.is_empty() {
            parts.push(block(&item.summary, 500));
        }
        let mut facts: Vec<Value> = Vec::new();
        let mut fact = |title: &str, value: String| {
            if !value.is_empty() {
                facts.push(json!({ "title": title, "value": markdown(&excerpt(&value, 300)) }));
            }
        };
        fact("Stage", item.stages.join("; "));
        for date in item.dates.iter().take(6) {
            fact("Date", date.clone());
        }
        fact("Why it matters", item.why.clone().unwrap_or_default());
        fact("Source", from(item));
        fact("Also told by", item.also.join("; "));
        fact("Decided before", item.proposal.clone().unwrap_or_default());
        fact("Because you track", item.because.join(", "));
        parts.push(json!({ "type": "FactSet", "facts": facts }));
        let mut actions =
            vec![json!({ "type": "Action.OpenUrl", "title": "Open", "url": links.update(item) })];
        if let Some(link) = links.versions(item) {
            actions.push(json!({ "type": "Action.OpenUrl", "title": "What changed", "url": link }));
        }
        if let Some(link) = links.decide(item) {
            actions.push(json!({ "type": "Action.OpenUrl", "title": "Decide", "url": link }));
        }
        parts.push(json!({ "type": "ActionSet", "actions": actions }));
        body.push(json!({ "type": "Container", "separator": true, "items": parts }));
    }
    if left_out(content) > 0 {
        body.push(block(
            &format!("{} more on the site", left_out(content)),
            100,
        ));
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard", "version": "1.4", "body": body,
        "msteams": { "width": "Full" },
    });
    if let Some(pause) = &links.pause {
        card["actions"] =
            json!([{ "type": "Action.OpenUrl", "title": "Pause these alerts", "url": pause }]);
    }
    json!({
        "type": "message", "summary": subject(content),
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": card }],
    })
}
