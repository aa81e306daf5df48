//! `regwire note`, `retag` and `story`: what an editor does to what was collected.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use super::audit::noted;
use super::out::say;
use super::{errand, table};
use crate::daemon::House;
use crate::daemon::jobs::errand::Errand;
use crate::daemon::jobs::retag;
use crate::domain::id::UpdateId;
use crate::domain::told::NotePart;

/// Options of `note`.
#[derive(clap::Args)]
pub(super) struct NoteOptions {
    /// The update.
    id: String,
    /// The words; an empty text takes the last note of that part back.
    text: String,
    /// What they replace: `why` (why it matters) or `summary` (what happened); `tags` puts them beside
    /// the tags.
    #[arg(long, default_value = "why", value_parser = str::parse::<NotePart>)]
    part: NotePart,
    /// Who says so.
    #[arg(long, default_value = "editor")]
    author: String,
}

/// The longest note, in characters: a sentence or two.
const LONGEST_NOTE: usize = 600;

pub(super) async fn note(house: House, options: NoteOptions) -> anyhow::Result<ExitCode> {
    let length = options.text.chars().count();
    anyhow::ensure!(
        length <= LONGEST_NOTE,
        "the note has {length} characters; {LONGEST_NOTE} is the most that fits beside a headline"
    );
    let errand = Errand::Note {
        update: UpdateId::new(options.id.as_str())?,
        author: options.author,
        part: options.part,
        text: options.text,
    };
    let answer = errand::run(&house, &errand, 0).await?;
    let subject = format!("update {}, {}", options.id, options.part.as_str());
    noted(
        &house,
        "noted",
        subject,
        answer["text"].as_str().unwrap_or(""),
    )
    .await?;
    let taken_back = answer["text"].as_str() == Some("");
    say!(
        "{} of {} {}",
        match options.part {
            NotePart::Why => "Why it matters",
            NotePart::Summary => "What happened",
            NotePart::Tags => "What is said beside the tags",
        },
        options.id,
        if taken_back {
            "is told by rule again"
        } else {
            "is told in the editor's words now"
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// Options of `retag`.
#[derive(clap::Args)]
pub(super) struct RetagOptions {
    /// Only tell what would change.
    #[arg(long)]
    dry_run: bool,
    /// A line of JSON per update that changes.
    #[arg(long)]
    jsonl: bool,
}

pub(super) async fn retag(house: House, options: RetagOptions) -> anyhow::Result<ExitCode> {
    let total = u64::try_from(house.store.counts().await?.updates).unwrap_or(0);
    let lines: Vec<Value> = if options.dry_run {
        let mut lines = Vec::new();
        let bar = errand::progress(total);
        retag::retag(
            &house,
            None,
            |difference| lines.push(difference.line()),
            |looked| bar.inc(looked),
        )
        .await?;
        bar.finish_and_clear();
        lines
    } else {
        let answer = errand::run(&house, &Errand::Retag, total).await?;
        let changed = answer["changed"].as_array().map_or(0, Vec::len);
        noted(
            &house,
            "retagged",
            "all updates",
            format!("{changed} changed"),
        )
        .await?;
        answer["changed"].as_array().cloned().unwrap_or_default()
    };
    if options.jsonl {
        for line in &lines {
            say!("{line}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let signed = |line: &Value| -> String {
        let list = |key: &str, sign: char| -> Vec<String> {
            line[key]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|tag| format!("{sign}{tag}"))
                .collect()
        };
        let mut all = list("added", '+');
        all.extend(list("removed", '-'));
        all.join(" ")
    };
    if !lines.is_empty() {
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                vec![
                    line["id"].as_str().unwrap_or_default().to_owned(),
                    signed(line),
                    crate::text::html::excerpt(line["title"].as_str().unwrap_or_default(), 60),
                ]
            })
            .collect();
        table::print(&["update", "tags", "title"], &rows);
    }
    say!(
        "{} of {total} {}",
        table::count(i64::try_from(lines.len())?, "update"),
        if options.dry_run {
            "would be tagged otherwise; nothing was changed"
        } else {
            "are tagged otherwise now"
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// `regwire story`.
#[derive(Subcommand)]
pub(super) enum Story {
    /// Show the updates that tell of the same event as this one, the official source first.
    #[command(after_help = "Example: regwire story show 0a1b2c3d4e5f6g7h")]
    Show {
        /// The update.
        id: String,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Tell two updates apart for good: they never stand in one story again.
    #[command(after_help = "Example: regwire story split 0a1b2c3d4e5f6g7h 8h7g6f5e4d3c2b1a")]
    Split {
        /// One update.
        one: String,
        /// The other.
        other: String,
        /// Take that back.
        #[arg(long)]
        undo: bool,
    },
}

pub(super) async fn story(house: House, command: Story) -> anyhow::Result<ExitCode> {
    match command {
        Story::Show { id, json } => {
            let id = UpdateId::new(id.as_str())?;
            let Some(update) = house.store.update(&id).await? else {
                anyhow::bail!("there is no update {id}: `regwire search` finds ids");
            };
            let updates = match &update.story {
                Some(story) => crate::domain::story::told_order(house.store.story(story).await?),
                None => vec![update.clone()],
            };
            if json {
                let lines: Vec<Value> = updates
                    .iter()
                    .map(|update| {
                        json!({ "id": update.id, "source": update.source, "authority": update.authority,
                                "title": update.content.title, "correction": update.correction })
                    })
                    .collect();
                say!("{}", json!({ "story": update.story, "updates": lines }));
                return Ok(ExitCode::SUCCESS);
            }
            let rows: Vec<Vec<String>> = updates
                .iter()
                .map(|update| {
                    vec![
                        update.id.to_string(),
                        update.source.to_string(),
                        update.authority.as_str().to_owned(),
                        if update.correction { "correction" } else { "" }.to_owned(),
                        crate::text::html::excerpt(&update.content.title, 70),
                    ]
                })
                .collect();
            table::print(&["update", "source", "authority", "", "title"], &rows);
        }
        Story::Split { one, other, undo } => {
            let (one, other) = (UpdateId::new(one.as_str())?, UpdateId::new(other.as_str())?);
            anyhow::ensure!(one != other, "one update cannot be told apart from itself");
            for id in [&one, &other] {
                anyhow::ensure!(
                    house.store.update(id).await?.is_some(),
                    "there is no update {id}: `regwire search` finds ids"
                );
            }
            let errand = Errand::TellApart {
                one: one.clone(),
                other: other.clone(),
                apart: !undo,
            };
            let answer = errand::run(&house, &errand, 0).await?;
            let word = if undo {
                "told-apart-undone"
            } else {
                "told-apart"
            };
            noted(&house, word, format!("updates {one} and {other}"), "").await?;
            let moved = answer["regrouped"].as_array().map_or(0, Vec::len);
            say!(
                "{one} and {other} are {}; {} stand in another story now",
                if undo {
                    "compared again like any others"
                } else {
                    "told apart"
                },
                table::count(i64::try_from(moved)?, "update")
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
