//! `regwire search` and `show`: what is stored, for people and programs.

use std::process::ExitCode;

use serde_json::json;

use super::out::say;
use super::table;
use crate::daemon::{House, jobs};
use crate::domain::id::UpdateId;
use crate::domain::query;
use crate::domain::update::{Because, TAG_RULES};
use crate::render::update_line;
use crate::search::{Asked, SortOrder};

/// Options of `search`.
#[derive(clap::Args)]
pub(super) struct SearchOptions {
    /// The query: words, "phrases", field:value, AND OR NOT, brackets.
    #[arg(required = true)]
    query: Vec<String>,
    /// The most hits.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// The newest first.
    #[arg(long)]
    newest: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// A line of JSON per hit.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
    /// Comma-separated values.
    #[arg(long, conflicts_with_all = ["json", "jsonl"])]
    csv: bool,
}

/// Brings the index up to date where nobody else is at it; a reader is served from what there is.
async fn caught_up(house: &House) {
    if let Err(error) = jobs::index::follow(house).await {
        tracing::info!(%error, "the index is served as it stands");
    }
    house.index.rest();
    if let Err(error) = house.index.refresh() {
        tracing::warn!(%error, "the index could not be refreshed");
    }
}

pub(super) async fn search(house: House, options: SearchOptions) -> anyhow::Result<ExitCode> {
    caught_up(&house).await;
    let text = options.query.join(" ");
    let understood = query::read_in(&text, &house.library, &house.sources);
    // Where no word says which is best, the newest is.
    let order = if options.newest || understood.query.words().is_empty() {
        SortOrder::Newest
    } else {
        SortOrder::Best
    };
    let found = house.index.find(&Asked {
        query: &understood.query,
        order,
        after: None,
        limit: options.limit as usize,
        facets: false,
        today: house.clock.now().date_naive(),
        synonyms: Some(&house.library.synonyms),
    })?;
    let suggestion = house
        .index
        .suggestion(&understood.query, Some(&house.library.synonyms))?
        .map(|query| query.to_string());
    let updates = house.store.updates(&found.hits).await?;
    let lines: Vec<serde_json::Value> = updates
        .iter()
        .map(|update| update_line(update, house.source(&update.source)))
        .collect();
    if options.json {
        say!(
            "{}",
            json!({ "query": text, "total": found.total, "problems": understood.problems,
                    "understood": understood.query.to_string(), "relaxed": found.relaxed,
                    "suggestion": suggestion, "hits": lines })
        );
        return Ok(ExitCode::SUCCESS);
    }
    // A stream of lines has no place for it, and what reads it would take a wrong answer for a right one.
    for problem in &understood.problems {
        eprintln!("{problem}");
    }
    if !understood.problems.is_empty() {
        let searched = understood.query.to_string();
        let all = searched.is_empty();
        eprintln!(
            "Searched for: {}",
            if all { "everything" } else { &searched }
        );
    }
    if options.jsonl {
        super::export::jsonl(&lines)?;
    } else if options.csv {
        super::export::csv(&lines)?;
    } else {
        if let Some(suggestion) = &suggestion {
            eprintln!("Did you mean {suggestion}?");
        }
        if found.relaxed {
            eprintln!("Nothing has all these words; what follows has some of them.");
        }
        say!(
            "{} for {text}",
            table::count(i64::try_from(found.total)?, "update")
        );
        for update in &updates {
            let kind = update.tags.kind.map_or("", |kind| kind.name());
            say!(
                "\n{}  {}  {}  {kind}",
                update.id,
                update.dated().format("%Y-%m-%d"),
                update.source
            );
            say!("  {}", update.content.title);
        }
        if found.total == 0 {
            say!("Try fewer words, or `regwire search --help` for what a query may hold.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Options of `show`.
#[derive(clap::Args)]
pub(super) struct ShowOptions {
    /// The update's id.
    id: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

impl ShowOptions {
    /// Which update is wanted.
    pub(super) fn id(&self) -> anyhow::Result<UpdateId> {
        Ok(UpdateId::new(self.id.as_str())?)
    }
}

pub(super) async fn show(
    house: House,
    id: &UpdateId,
    options: &ShowOptions,
) -> anyhow::Result<ExitCode> {
    let Some(update) = house.store.update(id).await? else {
        anyhow::bail!("there is no update {id}: `regwire search` finds ids");
    };
    let revisions = house.store.revisions(id).await?;
    let source = house.source(&update.source);
    let notes = house.store.notes(std::slice::from_ref(id)).await?;
    let words = crate::summary::tell(
        &update,
        source,
        &house.library,
        notes.get(id).map_or(&[], Vec::as_slice),
    );
    if options.json {
        let mut line = update_line(&update, source);
        let told: Vec<serde_json::Value> = revisions
            .iter()
            .map(|revision| {
                json!({"revision": revision.number, "at": revision.at, "title": revision.content.title,
                       "document": revision.evidence.document, "sha256": revision.evidence.sha256})
            })
            .collect();
        if let Some(line) = line.as_object_mut() {
            line.insert(
                "tags".to_owned(),
                crate::render::tag_line(&json!(id), &update.tags),
            );
            line.insert("kind_because".to_owned(), json!(update.tags.kind_because));
            line.insert("revisions".to_owned(), json!(told));
            line.insert(
                "told".to_owned(),
                json!({
                    "summary": words.summary,
                    "summary_by": if words.summary_noted { "editor" } else { "source" },
                    "why": words.why,
                    "why_by": if words.why_noted { "editor" } else { "rule" },
                }),
            );
            let dates: Vec<serde_json::Value> = update
                .key_dates
                .iter()
                .map(|date| {
                    json!({"date": date.date, "label": date.label(), "certainty": date.certainty,
                           "was": date.was, "because": date.because})
                })
                .collect();
            line.insert("key_dates".to_owned(), json!(dates));
        }
        say!("{line}");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{}", update.content.title);
    say!(
        "{}  {}  {} source, reach {}",
        update.id,
        update.source,
        update.authority.as_str(),
        update.reach.as_str()
    );
    if let Some(url) = &update.content.url {
        say!("{url}");
    }
    if let Some(published) = &update.content.published {
        say!("published   {published}");
    }
    say!("first seen  {}", update.first_seen.to_rfc3339());
    if !words.summary.is_empty() {
        let noted = if words.summary_noted {
            " (editor's note)"
        } else {
            ""
        };
        say!("\n{}{noted}", words.summary);
    }
    if let Some(why) = &words.why {
        let by = if words.why_noted {
            "editor's note".to_owned()
        } else {
            format!("our sentence, by rule {}", why.rule)
        };
        say!("\nWhy it matters: {} ({by})", why.sentence);
    }
    if !update.key_dates.is_empty() {
        say!("\nKey dates");
        let rows: Vec<Vec<String>> = update
            .key_dates
            .iter()
            .map(|date| {
                vec![
                    date.date.to_string(),
                    date.label(),
                    date.was
                        .map_or_else(String::new, |was| format!("was {was}")),
                    format!("“{}” ({})", date.because.text, date.because.field.as_str()),
                ]
            })
            .collect();
        table::print(&["day", "what", "", "words or field"], &rows);
    }
    say!("\nTags, and why");
    let mut rows = Vec::new();
    let mut add = |sort: &str, name: String, because: &[Because]| {
        for (place, because) in because.iter().enumerate() {
            let words = if because.start == 0 && because.field.as_str() == "tag" {
                because.text.clone()
            } else {
                format!(
                    "“{}” at {} of the {}",
                    because.text,
                    because.start,
                    because.field.as_str()
                )
            };
            rows.push(if place == 0 {
                vec![
                    sort.to_owned(),
                    name.clone(),
                    because.rule.to_string(),
                    words,
                ]
            } else {
                vec![
                    String::new(),
                    String::new(),
                    because.rule.to_string(),
                    words,
                ]
            });
        }
    };
    if let Some(kind) = update.tags.kind {
        add("kind", kind.as_str().to_owned(), &update.tags.kind_because);
    }
    for tag in &update.tags.frameworks {
        let primary = if tag.primary { "" } else { " (mentioned)" };
        add("framework", format!("{}{primary}", tag.id), &tag.because);
    }
    for tag in &update.tags.jurisdictions {
        add("jurisdiction", tag.id.to_string(), &tag.because);
    }
    for tag in &update.tags.bodies {
        add("body", tag.id.to_string(), &tag.because);
    }
    for tag in &update.tags.topics {
        add("topic", tag.id.to_string(), &tag.because);
    }
    if rows.is_empty() {
        say!("none: no rule found anything");
    } else {
        table::print(&["", "tag", "rule", "words"], &rows);
        for (rule, meaning) in TAG_RULES {
            if rows
                .iter()
                .any(|row| row.get(2).is_some_and(|met| met == rule))
            {
                say!("rule {rule}: {meaning}");
            }
        }
    }
    for tag in &update.tags.references {
        say!(
            "cites {} (work {})",
            tag.reference.canonical,
            tag.reference.work
        );
    }
    say!("\nRevisions");
    for revision in &revisions {
        say!(
            "{}  {}  document {}  {}",
            revision.number,
            revision.at.to_rfc3339(),
            revision.evidence.document,
            revision.content.title
        );
    }
    say!(
        "\nEvidence\ndocument {} of {}, status {}, fetched {}\nsha256 {}",
        update.evidence.document,
        update.source,
        update.evidence.status,
        update.evidence.fetched_at.to_rfc3339(),
        update.evidence.sha256.as_str()
    );
    if let Some(text) = &update.content.text_from {
        say!(
            "its text: document {}, status {}, fetched {}\nsha256 {}",
            text.document,
            text.status,
            text.fetched_at.to_rfc3339(),
            text.sha256.as_str()
        );
    }
    Ok(ExitCode::SUCCESS)
}
