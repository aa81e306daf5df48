//! Issues of a digest, on the site and as lines of a mail.

use chrono::DateTime;

use super::View;
use super::views::Moment;
use crate::domain::delivery::Plan;
use crate::domain::digest::{DateLine, DateMeaning, DateTeller, Issue, Item};
use crate::domain::health::Coverage;
use crate::domain::key_date::Certainty;
use crate::text::date::Stamp;

/// One issue in the archive.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct IssueRow {
    /// The periodical.
    pub digest: String,
    /// Its number.
    pub number: u32,
    /// When it closed.
    pub closed_at: Moment,
    /// How many items.
    pub items: u32,
    /// Its page.
    pub href: String,
}

/// `/digests`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DigestsPage {
    /// Issues, the newest first.
    pub issues: Vec<IssueRow>,
    /// When the next one closes.
    pub next_issue: Option<Moment>,
}

impl View for DigestsPage {
    const TEMPLATE: &'static str = "web/digests.html";
    fn sample() -> Self {
        Self {
            issues: vec![IssueRow {
                digest: "weekly".to_owned(),
                number: 12,
                closed_at: Moment::at(DateTime::UNIX_EPOCH),
                items: 15,
                href: "/digests/12".to_owned(),
            }],
            next_issue: Some(Moment::at(DateTime::UNIX_EPOCH)),
        }
    }
}

/// An item of an issue.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ItemView {
    /// Its page.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What may be shown of it.
    pub summary: String,
    /// Whether what may be shown marks what went from a page and what came.
    pub page: bool,
    /// Why it matters.
    pub why: Option<String>,
    /// The original.
    pub url: Option<String>,
    /// The source's name.
    pub source: String,
    /// When it was published, else first seen.
    pub dated: Moment,
    /// Whether its publisher gives no date.
    pub undated: bool,
    /// The kind's name.
    pub kind: Option<String>,
    /// Whether an earlier issue told it otherwise.
    pub correction: bool,
    /// Where else it belongs.
    pub also: Vec<String>,
    /// Why this mailbox gets it.
    pub because: Vec<String>,
}

impl ItemView {
    pub(super) fn new(item: &Item, also: &[String], because: &[String]) -> Self {
        Self {
            id: item.update.to_string(),
            title: item.title.clone(),
            summary: item.summary.clone(),
            page: item.page,
            why: item.why.clone(),
            url: item.url.clone(),
            source: item.source_name.clone(),
            dated: match item.published {
                Some(stamp) => Moment::day(stamp),
                None => Moment::day(Stamp::Instant(item.first_seen)),
            },
            undated: item.published.is_none(),
            kind: item.kind.map(|kind| kind.name().to_owned()),
            correction: item.correction,
            also: also.to_vec(),
            because: because.to_vec(),
        }
    }
}

/// A heading with its items.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SectionView {
    /// The heading.
    pub heading: String,
    /// The items.
    pub items: Vec<ItemView>,
    /// The dates.
    pub dates: Vec<DateLineView>,
}

/// A date of an issue.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DateLineView {
    /// The address of what tells it, from the root on.
    pub path: String,
    /// The update's title, or the framework's name.
    pub title: String,
    /// What happens.
    pub label: String,
    /// When, for programs.
    pub exact: String,
    /// When, as finely as it is told.
    pub shown: String,
    /// Where it stood before.
    pub was: Option<String>,
    /// What keeps it from being sure, where something does.
    pub doubt: Option<&'static str>,
}

impl DateLineView {
    fn new(line: &DateLine) -> Self {
        Self {
            path: match &line.teller {
                DateTeller::Update(id) => format!("/updates/{id}"),
                DateTeller::Page(id) => format!("/frameworks/{id}#timeline"),
            },
            title: line.title.clone(),
            label: match &line.meaning {
                DateMeaning::Event(event) => event.label().to_owned(),
                DateMeaning::Words(words) => words.clone(),
            },
            exact: line.day.to_string(),
            shown: line.shown.clone(),
            was: line.was.map(|day| day.format("%-d %B %Y").to_string()),
            doubt: match line.certainty {
                Certainty::Stated | Certainty::Read => None,
                Certainty::Reported => Some("reported"),
                Certainty::Expected => Some("not settled"),
            },
        }
    }
}

pub(super) fn sections(issue: &Issue, plan: &Plan) -> Vec<SectionView> {
    plan.sections
        .iter()
        .map(|section| SectionView {
            heading: section.heading.clone(),
            items: section
                .items
                .iter()
                .filter_map(|planned| {
                    let item = issue.edition.items.get(planned.item)?;
                    Some(ItemView::new(item, &planned.also, &planned.because))
                })
                .collect(),
            dates: section
                .dates
                .iter()
                .filter_map(|place| issue.edition.dates.get(*place))
                .map(DateLineView::new)
                .collect(),
        })
        .collect()
}

/// "38 of 41 sources fresh; not read since …".
pub(super) fn coverage_line(coverage: &Coverage) -> String {
    let mut line = coverage.sentence();
    let named: Vec<String> = coverage
        .others
        .iter()
        .take(5)
        .map(|other| match other.since {
            Some(since) => format!(
                "{} ({} since {})",
                other.name,
                other.health.as_str(),
                since.format("%-d %B")
            ),
            None => format!("{} ({})", other.name, other.health.as_str()),
        })
        .collect();
    if !named.is_empty() {
        line.push_str("; ");
        line.push_str(&named.join(", "));
        if coverage.others.len() > named.len() {
            line.push_str(&format!(
                " and {} more",
                coverage.others.len() - named.len()
            ));
        }
    }
    line
}

/// `/digests/{n}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct IssuePage {
    /// The periodical.
    pub digest: String,
    /// Its number.
    pub number: u32,
    /// When it closed.
    pub closed_at: Moment,
    /// An editor's words.
    pub introduction: String,
    /// Its items under their headings.
    pub sections: Vec<SectionView>,
    /// How much of the world was read.
    pub coverage: String,
    /// Evidence chain heads: source and hash.
    pub chain_heads: Vec<(String, String)>,
    /// Items left out.
    pub left_out: u32,
    /// Log positions.
    pub window: (i64, i64),
}

impl IssuePage {
    /// The page of an issue.
    pub fn new(issue: &Issue, plan: &Plan) -> Self {
        Self {
            digest: issue.digest.to_string(),
            number: issue.number,
            closed_at: Moment::at(issue.closed_at),
            introduction: issue.introduction.clone(),
            sections: sections(issue, plan),
            coverage: coverage_line(&issue.edition.coverage),
            chain_heads: issue
                .edition
                .chain_heads
                .iter()
                .map(|(source, head)| (source.to_string(), head.as_str().to_owned()))
                .collect(),
            left_out: plan.left_out,
            window: (issue.window.after, issue.window.until),
        }
    }
}

impl View for IssuePage {
    const TEMPLATE: &'static str = "web/issue.html";
    fn sample() -> Self {
        Self {
            digest: "weekly".to_owned(),
            number: 12,
            closed_at: Moment::at(DateTime::UNIX_EPOCH),
            sections: vec![SectionView {
                heading: "Standards and frameworks".to_owned(),
                items: vec![ItemView {
                    id: "0123456789abcdef".to_owned(),
                    title: "ISO/IEC 42005:2025 published (sample)".to_owned(),
                    summary: "A common method.".to_owned(),
                    page: true,
                    why: Some("It is the text that auditors will ask about.".to_owned()),
                    url: Some("https://www.iso.org/standard/44545.html".to_owned()),
                    source: "ISO news".to_owned(),
                    dated: Moment::at(DateTime::UNIX_EPOCH),
                    undated: true,
                    kind: Some("New edition".to_owned()),
                    correction: true,
                    also: vec!["International".to_owned()],
                    because: vec!["framework:iso-iec-42005".to_owned()],
                }],
                dates: vec![DateLineView {
                    path: "/updates/0123456789abcdef".to_owned(),
                    title: "A draft for comment (sample)".to_owned(),
                    label: "comments close".to_owned(),
                    exact: "2026-12-20".to_owned(),
                    shown: "20 December 2026".to_owned(),
                    was: Some("6 December 2026".to_owned()),
                    doubt: Some("reported"),
                }],
            }],
            introduction: "A quiet week (sample).".to_owned(),
            coverage: "38 of 41 sources fresh".to_owned(),
            chain_heads: vec![("iso-news".to_owned(), "e3b0c442".to_owned())],
            left_out: 3,
            window: (1, 20),
        }
    }
}
