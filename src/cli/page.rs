//! `regwire page`: the versions of a watched page, and what changed between any two.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use super::out::say;
use super::table;
use crate::compare::page::between;
use crate::daemon::House;
use crate::domain::id::SourceId;
use crate::domain::page::PageText;
use crate::domain::page_change::{BlockEdit, Edited, PageChange};
use crate::domain::source::SourceKind;
use crate::domain::watched::PageVersion;

/// `regwire page`.
#[derive(Subcommand)]
pub(super) enum Command {
    /// List the versions of a watched page.
    #[command(after_help = "Example: regwire page versions nist-ai-rmf-page")]
    Versions {
        /// The source.
        id: SourceId,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Show what changed between two versions: [-gone-] {+new+}.
    #[command(
        after_help = "Examples:\n  regwire page diff nist-ai-rmf-page 3 7\n  regwire page diff nist-ai-rmf-page\n  regwire page diff nist-ai-rmf-page 1 now --json"
    )]
    Diff {
        /// The source.
        id: SourceId,
        /// The version before [default: the one before the last].
        from: Option<u32>,
        /// The version after, or `now` for the last reading with all that was too slight to be told
        /// [default: the last version].
        to: Option<Which>,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print a version as it is compared: its text, block by block.
    #[command(after_help = "Example: regwire page text nist-ai-rmf-page 3")]
    Text {
        /// The source.
        id: SourceId,
        /// The version, or `now` [default: the last version].
        version: Option<Which>,
    },
}

/// A version by its number, or the last reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// A version.
    Version(u32),
    /// The last reading that was taken.
    Now,
}

impl std::str::FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            number => number
                .parse()
                .map(Self::Version)
                .map_err(|_| format!("`{number}` is no version: write its number, or `now`")),
        }
    }
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Versions { id, json } => versions(&house, &id, json).await,
        Command::Diff { id, from, to, json } => diff(&house, &id, from, to, json).await,
        Command::Text { id, version } => text(&house, &id, version).await,
    }
}

fn watched<'h>(house: &'h House, id: &SourceId) -> anyhow::Result<&'h str> {
    let source = house.named_source(id.as_str())?;
    anyhow::ensure!(
        source.kind == SourceKind::Page,
        "`{id}` is of kind {}: only watched pages have versions",
        source.kind.as_str()
    );
    Ok(&source.name)
}

async fn versions(house: &House, id: &SourceId, json: bool) -> anyhow::Result<ExitCode> {
    let name = watched(house, id)?;
    let versions = house.store.page_versions(id).await?;
    if json {
        say!("{}", json!({ "source": id, "versions": versions }));
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = versions
        .iter()
        .map(|line| {
            vec![
                line.version.to_string(),
                line.at.format("%Y-%m-%d %H:%M").to_string(),
                line.document.to_string(),
                line.weight
                    .map_or_else(String::new, |weight| format!("{weight:.2}")),
                line.counts
                    .clone()
                    .unwrap_or_else(|| "watching began".to_owned()),
            ]
        })
        .collect();
    say!("{name}");
    if !rows.is_empty() {
        table::print(&["version", "read", "document", "weight", "what"], &rows);
    }
    let count = i64::try_from(versions.len())?;
    say!("{}", table::count(count, "version"));
    Ok(ExitCode::SUCCESS)
}

/// The last version's number.
async fn last(house: &House, id: &SourceId) -> anyhow::Result<u32> {
    let versions = house.store.page_versions(id).await?;
    let last = versions.last().with_context(|| {
        format!("`{id}` has not been read yet: `regwire collect {id}` reads it")
    })?;
    Ok(last.version)
}

async fn version(house: &House, id: &SourceId, which: Which) -> anyhow::Result<PageVersion> {
    let found = match which {
        Which::Version(number) => house.store.page_version(id, number).await?,
        Which::Now => {
            let page = house.store.watched_page(id).await?;
            page.map(|page| PageVersion {
                number: page.version,
                at: page.read_at,
                document: page.document,
                change: None,
                reading: page.reading,
            })
        }
    };
    let wanted = match which {
        Which::Version(number) => format!("version {number}"),
        Which::Now => "reading".to_owned(),
    };
    found.with_context(|| {
        format!("`{id}` has no {wanted}: `regwire page versions {id}` lists what there is")
    })
}

fn text_of(id: &SourceId, version: PageVersion) -> anyhow::Result<PageText> {
    version.reading.text.with_context(|| {
        format!("of `{id}` the life cycle alone is watched: `regwire search source:{id}` shows its stages")
    })
}

async fn diff(
    house: &House,
    id: &SourceId,
    from: Option<u32>,
    to: Option<Which>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let name = watched(house, id)?;
    let last = last(house, id).await?;
    let to = to.unwrap_or(Which::Version(last));
    let from = from.unwrap_or_else(|| last.saturating_sub(1).max(1));
    let before = version(house, id, Which::Version(from)).await?;
    let after = version(house, id, to).await?;
    let about = json!({
        "source": id,
        "from": { "version": before.number, "at": before.at, "document": before.document },
        "to": { "version": after.number, "at": after.at, "document": after.document },
    });
    let heading = format!(
        "{name}: version {} of {} to {} of {}",
        before.number,
        before.at.format("%Y-%m-%d %H:%M"),
        match to {
            Which::Version(number) => format!("version {number}"),
            Which::Now => "the last reading".to_owned(),
        },
        after.at.format("%Y-%m-%d %H:%M"),
    );
    let (before, after) = (text_of(id, before)?, text_of(id, after)?);
    let change = between(&before, &after);
    if json {
        let mut line = about;
        if let Some(line) = line.as_object_mut() {
            line.extend(change_line(&change));
        }
        say!("{line}");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{heading}");
    say!("{}, weight {:.2}", change.counts(), change.weight);
    if change.redesigned {
        say!("the page was built anew in between");
    }
    let text = change.text();
    if !text.is_empty() {
        say!("\n{}", shown(&text));
    }
    Ok(ExitCode::SUCCESS)
}

async fn text(house: &House, id: &SourceId, which: Option<Which>) -> anyhow::Result<ExitCode> {
    watched(house, id)?;
    let which = match which {
        Some(which) => which,
        None => Which::Version(last(house, id).await?),
    };
    let text = text_of(id, version(house, id, which).await?)?;
    for block in blocks(&text) {
        say!("{block}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The blocks of a text, a line each, with what they are.
pub(super) fn blocks(text: &PageText) -> impl Iterator<Item = String> {
    text.blocks.iter().map(|block| {
        let what = match block.level {
            0 => block.kind.name().to_owned(),
            level => format!("{} {level}", block.kind.name()),
        };
        format!("{what}: {}", shown(&block.text))
    })
}

/// A page's text as a terminal may have it: a sign that steers it is shown and does nothing.
pub(super) fn shown(text: &str) -> String {
    let plain = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(plain).collect()
}

/// A change for programs.
fn change_line(change: &PageChange) -> serde_json::Map<String, Value> {
    let edit = |edit: &BlockEdit| {
        json!({
            "block": edit.block,
            "edited": match edit.edited() {
                Edited::Added => "added",
                Edited::Removed => "removed",
                Edited::Rewritten => "changed",
            },
            "under": edit.under,
            "anchor": edit.anchor,
            "weight": edit.weight,
            "before": edit.before(),
            "after": edit.after(),
            "spans": edit.spans,
        })
    };
    let mut out = serde_json::Map::new();
    out.insert("weight".to_owned(), json!(change.weight));
    out.insert("counts".to_owned(), json!(change.counts()));
    out.insert("redesigned".to_owned(), json!(change.redesigned));
    let edits: Vec<Value> = change.edits.iter().map(edit).collect();
    out.insert("edits".to_owned(), json!(edits));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_number_or_now() {
        assert_eq!("7".parse(), Ok(Which::Version(7)));
        assert_eq!("now".parse(), Ok(Which::Now));
        assert!("v7".parse::<Which>().is_err());
    }

    #[test]
    fn nothing_of_a_page_steers_a_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\nc");
    }
}
