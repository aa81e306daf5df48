//! `regwire source`: what a definition would yield, a new source found and written, an example
//! kept, lists of other readers taken in.

mod adding;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use super::out::{say, say_part};
use super::table;
use crate::daemon::House;
use crate::domain::address::{AddressTemplate, WebAddress};
use crate::domain::document::{Document, Memory, Sha256};
use crate::domain::id::{BodyId, SourceId};
use crate::domain::source::{Source, SourceKind};
use crate::fetch::Answer;
use adding::{add, import, slug};
use trial::{attempt, entry_line, page_line, tried};

/// `regwire source`.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Show what a source yields, with the reason for each row that it refuses; nothing is stored.
    #[command(
        after_help = "Examples:\n  regwire source try nist-news\n  regwire source try https://www.example.org/news\n  regwire source try my-listing --file page.html"
    )]
    Try {
        /// A source's id, or an address.
        target: String,
        /// Read this file instead of asking the publisher.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The most entries shown.
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Find what an address offers to follow and write it into sources.toml.
    #[command(after_help = "Example: regwire source add https://www.example.org/news --body nist")]
    Add {
        /// The address of a feed or a page.
        url: String,
        /// The body that publishes it; found by its homepage when not given.
        #[arg(long)]
        body: Option<BodyId>,
        /// The new source's id; made from the address when not given.
        #[arg(long)]
        id: Option<SourceId>,
        /// Which of the things found, from 1.
        #[arg(long, default_value_t = 1)]
        choice: usize,
        /// Only print the entry.
        #[arg(long)]
        dry_run: bool,
    },
    /// Keep what a source answers now as an example, with what is read of it.
    #[command(after_help = "Example: regwire source record my-listing")]
    Record {
        /// The source.
        id: SourceId,
        /// The folder [default: examples/ beside the configuration].
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Take in a list of feeds as other readers write it (OPML).
    #[command(after_help = "Example: regwire source import feeds.opml --body iso --dry-run")]
    Import {
        /// The file.
        file: PathBuf,
        /// The body of feeds whose own cannot be found by a homepage.
        #[arg(long)]
        body: Option<BodyId>,
        /// Only print the entries.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the sources that are feeds as a list for other readers (OPML).
    #[command(after_help = "Example: regwire source export > feeds.opml")]
    Export,
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Try {
            target,
            file,
            limit,
            json,
        } => attempt(&house, &target, file.as_deref(), limit, json).await,
        Command::Add {
            url,
            body,
            id,
            choice,
            dry_run,
        } => add(&house, &url, body, id, choice, dry_run).await,
        Command::Record { id, folder } => record(&house, &id, folder).await,
        Command::Import {
            file,
            body,
            dry_run,
        } => import(&house, &file, body, dry_run),
        Command::Export => {
            say_part!("{}", crate::render::opml(&house.sources));
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A source for an address that nobody has described yet.
fn undescribed(url: &str) -> anyhow::Result<Source> {
    let template = AddressTemplate::new(url)?;
    let host = WebAddress::new(url)?.host().to_owned();
    Ok(Source::new(
        SourceId::new(slug(&host))?,
        BodyId::new("unknown")?,
        host,
        SourceKind::Feed,
        template,
    ))
}

/// What a source answers now, from its publisher or from a file.
async fn answered(house: &House, source: &Source, file: Option<&Path>) -> anyhow::Result<Document> {
    if let Some(file) = file {
        let body =
            std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        return Ok(Document {
            source: source.id.clone(),
            url: source.address(house.clock.now().date_naive())?,
            fetched_at: house.clock.now(),
            status: 200,
            headers: Vec::new(),
            sha256: Sha256::of(&body),
            body,
        });
    }
    let fetched = house
        .fetcher()?
        .visit(source, &Memory::default(), house.clock.now())
        .await;
    match fetched.answer {
        Answer::Document { document, .. } => Ok(document),
        Answer::NotModified { .. } => {
            anyhow::bail!("the publisher says that nothing changed, though it was asked for all")
        }
        Answer::Limited { fault, .. }
        | Answer::Gone { fault }
        | Answer::Refused { fault }
        | Answer::Failed { fault, .. } => {
            anyhow::bail!("{}: {}", fault.code.as_str(), fault.detail)
        }
    }
}

async fn record(house: &House, id: &SourceId, folder: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let source = house.named_source(id.as_str())?;
    let document = answered(house, source, None).await?;
    let trial = tried(house, source, &document).await?;
    let folder = folder
        .unwrap_or_else(|| house.config.folder.join("examples"))
        .join(id.as_str());
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let case = document.fetched_at.format("%Y-%m-%d").to_string();
    let page = folder.join(format!("{case}.body"));
    let expected = folder.join(format!("{case}.expected.json"));
    let told = json!({
        "source": source.id,
        "url": document.url,
        "content_type": document.header("content-type"),
        "sha256": document.sha256,
        "recorded_at": document.fetched_at,
        "entries": trial.parsed.entries.iter().map(entry_line).collect::<Vec<_>>(),
        "page": trial.parsed.page.as_deref().map(page_line),
    });
    std::fs::write(&page, &document.body)
        .with_context(|| format!("cannot write {}", page.display()))?;
    std::fs::write(&expected, format!("{told:#}\n"))
        .with_context(|| format!("cannot write {}", expected.display()))?;
    say!("{}", page.display());
    say!("{}", expected.display());
    say!(
        "{} in it; read it over: it is what later versions are held to",
        table::count(i64::try_from(trial.parsed.entries.len())?, "entry")
    );
    Ok(ExitCode::SUCCESS)
}
