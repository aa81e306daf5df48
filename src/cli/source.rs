//! `regwire source`: what a definition would yield, a new source found and written, an example
//! kept, lists of other readers taken in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use super::out::{say, say_part};
use super::page::{blocks, shown};
use super::table;
use crate::daemon::House;
use crate::daemon::jobs::{articles, watch};
use crate::domain::address::{AddressTemplate, WebAddress};
use crate::domain::document::{Document, Entry, Memory, Sha256};
use crate::domain::id::{BodyId, SourceId};
use crate::domain::page::{PageReading, PageText};
use crate::domain::source::{DateStyle, Select, Source, SourceKind};
use crate::fetch::Answer;
use crate::library::{Files, load};
use crate::parse::{self, Article, Clue, Discovered, Trial, opml};
use crate::text::html;

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

/// The source of that id, with the nearest one where there is none.
pub(super) fn named<'h>(house: &'h House, id: &str) -> anyhow::Result<&'h Source> {
    if let Some(source) = house.sources.iter().find(|source| source.id.as_str() == id) {
        return Ok(source);
    }
    let ids = house.sources.iter().map(|source| source.id.as_str());
    match crate::text::table::nearest(id, ids) {
        Some(near) => anyhow::bail!("there is no source `{id}`: did you mean `{near}`?"),
        None => anyhow::bail!("there is no source `{id}`: `regwire sources` lists them"),
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

async fn attempt(
    house: &House,
    target: &str,
    file: Option<&Path>,
    limit: usize,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let address = target.contains("://");
    let mut source = if address {
        undescribed(target)?
    } else {
        named(house, target)?.clone()
    };
    let mut document = answered(house, &source, file).await?;
    let mut found = Vec::new();
    if address {
        found = parse::discover(&document);
        if let Some(first) = found.first() {
            if !json {
                print_found(&found);
            }
            source.kind = first.kind;
            source.select = first.select.clone().unwrap_or_default();
            source.date.clone_from(&first.date);
            if first.url != document.url {
                source.url = AddressTemplate::new(first.url.as_str())?;
                document = answered(house, &source, None).await?;
            }
        }
    }
    let trial = tried(house, &source, &document).await?;
    // A file says what a list looks like, and nobody asks a publisher for it.
    let followed = if source.follow && file.is_none() {
        articles::first(house, &source, &document, &trial.parsed.entries).await?
    } else {
        None
    };
    if json {
        let mut line = trial_line(&source, &document, &trial, &found);
        if let Some((url, article)) = &followed {
            line["followed"] = followed_line(url, article);
        }
        say!("{line}");
    } else {
        print_trial(&source, &document, &trial, limit);
        if let Some((url, article)) = &followed {
            print_followed(url, article);
        }
    }
    Ok(if trial.parsed.readable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a definition yields; a watched page as a visit would read it, PDFs included.
async fn tried(house: &House, source: &Source, document: &Document) -> anyhow::Result<Trial> {
    if source.kind != SourceKind::Page {
        return Ok(parse::trial(document, source));
    }
    Ok(Trial {
        parsed: watch::parsed(house, source, Arc::new(document.clone())).await?,
        refused: Vec::new(),
    })
}

/// The page behind the first item, for programs.
fn followed_line(url: &WebAddress, article: &Result<Article, String>) -> Value {
    let text = article
        .as_ref()
        .ok()
        .map(|article| html::plain(&article.body_html));
    json!({
        "url": url,
        "words": text.as_deref().map(words),
        "text": text.as_deref().map(|text| html::excerpt(text, 300)),
        "published": article.as_ref().ok().and_then(|article| article.published),
        "why_not": article.as_ref().err(),
    })
}

/// What a visit would read behind the first item.
fn print_followed(url: &WebAddress, article: &Result<Article, String>) {
    match article {
        Ok(article) => {
            let text = html::plain(&article.body_html);
            let count = i64::try_from(words(&text)).unwrap_or(i64::MAX);
            say!("followed {url}: {}", table::count(count, "word"));
            say!("{}", html::excerpt(&html::line(&article.body_html), 300));
        }
        Err(why) => say!("followed {url}, without a text: {why}"),
    }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// A watched page for programs.
fn page_line(page: &PageReading) -> Value {
    json!({
        "title": page.text.as_ref().and_then(|text| text.title.as_deref()),
        "language": page.text.as_ref().and_then(|text| text.language.as_deref()),
        "reader": page.text.as_ref().map(|text| text.reader),
        "blocks": page.text.as_ref().map(|text| &text.blocks),
        "words": page.text.as_ref().map(PageText::words),
        "life_cycle": page.life_cycle,
        "note": page.note,
        "reference": page.reference,
    })
}

/// What a visit would compare of a watched page.
fn print_page(page: &PageReading, limit: usize) {
    let stated = [
        (
            "title",
            page.text.as_ref().and_then(|text| text.title.as_deref()),
        ),
        ("reference", page.reference.as_deref()),
        ("note", page.note.as_deref()),
        (
            "project",
            page.life_cycle
                .as_ref()
                .and_then(|cycle| cycle.project.as_deref()),
        ),
    ];
    for (what, text) in stated {
        if let Some(text) = text {
            say!("{what}: {}", shown(text));
        }
    }
    if let Some(cycle) = &page.life_cycle {
        for passed in &cycle.passed {
            say!("passed {passed}");
        }
        for planned in &cycle.planned {
            say!("planned {planned}");
        }
    }
    if let Some(text) = &page.text {
        for line in blocks(text).take(limit) {
            say!("{}", html::excerpt(&line, 160));
        }
        let more = text.blocks.len().saturating_sub(limit);
        if more > 0 {
            say!("and {more} more, with --limit or --json");
        }
    }
}

/// How much a visit would compare of a watched page.
fn page_count(page: &PageReading) -> String {
    let mut what = Vec::new();
    if let Some(text) = &page.text {
        let count =
            |number: usize, one| table::count(i64::try_from(number).unwrap_or(i64::MAX), one);
        what.push(format!(
            "{} of {}",
            count(text.blocks.len(), "block"),
            count(text.words(), "word")
        ));
    }
    if let Some(cycle) = &page.life_cycle {
        let count = i64::try_from(cycle.passed.len()).unwrap_or(i64::MAX);
        what.push(table::count(count, "stage"));
    }
    format!("{} would be compared", what.join(" and "))
}

fn entry_line(entry: &Entry) -> Value {
    json!({
        "key": entry.guid,
        "title": html::line(&entry.title),
        "url": entry.url,
        "published": entry.published,
        "summary": entry.summary.as_ref().map(|summary| html::excerpt(&html::plain(summary.raw()), 300)),
        "categories": entry.categories,
        "stated": entry.stated,
    })
}

fn trial_line(source: &Source, document: &Document, trial: &Trial, found: &[Discovered]) -> Value {
    json!({
        "source": source.id,
        "url": document.url,
        "status": document.status,
        "readable": trial.parsed.readable,
        "entries": trial.parsed.entries.iter().map(entry_line).collect::<Vec<_>>(),
        "refused": trial.refused.iter().map(|row| json!({
            "row": row.row, "why": row.why, "excerpt": row.excerpt,
        })).collect::<Vec<_>>(),
        "page": trial.parsed.page.as_deref().map(page_line),
        "faults": trial.parsed.faults,
        "next": trial.parsed.next,
        "parts": trial.parsed.parts,
        "found": found.iter().map(|found| json!({
            "url": found.url, "title": found.title, "kind": found.kind, "clue": clue(found.clue),
        })).collect::<Vec<_>>(),
    })
}

fn clue(clue: Clue) -> &'static str {
    match clue {
        Clue::Itself => "it is a feed itself",
        Clue::Announced => "announced by the page",
        Clue::Linked => "linked from the page",
        Clue::Guessed => "guessed from rows that repeat",
    }
}

fn print_found(found: &[Discovered]) {
    let rows: Vec<Vec<String>> = found
        .iter()
        .enumerate()
        .map(|(place, found)| {
            vec![
                (place + 1).to_string(),
                found.kind.as_str().to_owned(),
                clue(found.clue).to_owned(),
                found.title.clone().unwrap_or_default(),
                found.url.to_string(),
            ]
        })
        .collect();
    table::print(&["", "kind", "how", "title", "address"], &rows);
    say!();
}

fn print_trial(source: &Source, document: &Document, trial: &Trial, limit: usize) {
    say!(
        "{}  {}  status {}, {} bytes",
        source.id,
        document.url,
        document.status,
        document.body.len()
    );
    for fault in &trial.parsed.faults {
        say!("{}: {}", fault.code.as_str(), fault.detail);
    }
    let rows: Vec<Vec<String>> = trial
        .parsed
        .entries
        .iter()
        .take(limit)
        .map(|entry| {
            vec![
                entry
                    .published
                    .as_ref()
                    .map_or_else(|| "no date".to_owned(), ToString::to_string),
                html::excerpt(&html::line(&entry.title), 70),
                entry
                    .url
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table::print(&["date", "title", "link"], &rows);
    }
    let refused = &trial.refused;
    for row in refused.iter().take(limit) {
        say!("row {} refused: {} ({})", row.row, row.why, row.excerpt);
    }
    if refused.len() > limit {
        say!("and {} rows more were refused", refused.len() - limit);
    }
    for entry in trial.parsed.entries.iter().take(limit) {
        for stated in &entry.stated.dates {
            say!(
                "{}: {} {}",
                html::excerpt(&html::line(&entry.title), 40),
                stated.event.label(),
                stated.date
            );
        }
    }
    if let Some(next) = &trial.parsed.next {
        say!("the list goes on at {next}");
    }
    if let Some(first) = trial.parsed.parts.first() {
        say!(
            "it is an index of {} more, the first of them {first}",
            trial.parsed.parts.len()
        );
    }
    if let Some(page) = &trial.parsed.page {
        print_page(page, limit);
    }
    let count = i64::try_from(trial.parsed.entries.len()).unwrap_or(i64::MAX);
    say!(
        "{}; nothing was stored",
        match &trial.parsed.page {
            _ if !trial.parsed.readable => "nothing could be read".to_owned(),
            Some(page) => page_count(page),
            None => table::count(count, "entry"),
        }
    );
}

/// The registrable domain of a host.
fn domain(host: &str) -> Option<&str> {
    psl::domain_str(host)
}

/// The body whose homepage lies in the same domain.
fn body_of(house: &House, url: &WebAddress) -> Option<BodyId> {
    let wanted = domain(url.host())?;
    house
        .library
        .bodies
        .iter()
        .find(|body| {
            body.homepage
                .as_deref()
                .and_then(|home| WebAddress::new(home).ok())
                .is_some_and(|home| domain(home.host()) == Some(wanted))
        })
        .map(|body| body.id.clone())
}

/// Letters and digits, the rest as single dashes.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in crate::text::words::fold(text).chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').chars().take(60).collect()
}

/// An id that no source has yet.
fn free_id(taken: &mut Vec<String>, body: &str, url: &WebAddress) -> anyhow::Result<SourceId> {
    let last = url
        .as_url()
        .path_segments()
        .into_iter()
        .flatten()
        .rfind(|part| !part.is_empty())
        .map(|part| part.rsplit_once('.').map_or(part, |(name, _)| name))
        .unwrap_or("news");
    let base = slug(&format!("{body}-{last}"));
    let id = std::iter::once(base.clone())
        .chain((2..).map(|number| format!("{base}-{number}")))
        .find(|id| !taken.contains(id))
        .unwrap_or(base);
    taken.push(id.clone());
    Ok(SourceId::new(id)?)
}

/// An entry of sources.toml.
#[derive(serde::Serialize)]
struct Written<'w> {
    id: &'w str,
    body: &'w str,
    name: &'w str,
    kind: &'w str,
    url: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    home: Option<&'w str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'w str>,
    every: &'w str,
    on: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    select: Option<&'w Select>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'w DateStyle>,
}

fn written(entry: &Written<'_>) -> anyhow::Result<String> {
    #[derive(serde::Serialize)]
    struct File<'w> {
        source: [&'w Written<'w>; 1],
    }
    Ok(toml::to_string(&File { source: [entry] })?)
}

async fn add(
    house: &House,
    url: &str,
    body: Option<BodyId>,
    id: Option<SourceId>,
    choice: usize,
    dry_run: bool,
) -> anyhow::Result<ExitCode> {
    let document = answered(house, &undescribed(url)?, None).await?;
    let found = parse::discover(&document);
    anyhow::ensure!(
        !found.is_empty(),
        "{url} offers no feed, and no list was recognised on it: describe it by hand (docs/adding-a-source.md)"
    );
    print_found(&found);
    let chosen = choice
        .checked_sub(1)
        .and_then(|place| found.get(place))
        .with_context(|| format!("there are {} to choose from, not {choice}", found.len()))?;
    if let Some(known) = house
        .sources
        .iter()
        .find(|source| source.url.as_str() == chosen.url.as_str())
    {
        anyhow::bail!("{} is read already, as `{}`", chosen.url, known.id);
    }
    let body = body
        .or_else(|| body_of(house, &chosen.url))
        .with_context(|| {
            format!(
                "no body of the library has its homepage at {}: name one with --body",
                chosen.url.host()
            )
        })?;
    let name = chosen
        .title
        .clone()
        .unwrap_or_else(|| format!("{} {}", chosen.url.host(), chosen.kind.as_str()));
    let mut taken: Vec<String> = house.sources.iter().map(|s| s.id.to_string()).collect();
    let id = match id {
        Some(id) => id,
        None => free_id(&mut taken, body.as_str(), &chosen.url)?,
    };
    let home = (chosen.url != document.url).then(|| document.url.as_str());
    let entry = written(&Written {
        id: id.as_str(),
        body: body.as_str(),
        name: &name,
        kind: chosen.kind.as_str(),
        url: chosen.url.as_str(),
        home,
        language: None,
        every: "12h",
        on: true,
        select: chosen.select.as_ref(),
        date: Some(&chosen.date).filter(|date| **date != DateStyle::default()),
    })?;
    append(house, &entry, dry_run)?;
    if !dry_run {
        say!("`regwire source try {id}` shows what it yields");
    }
    Ok(ExitCode::SUCCESS)
}

/// Adds entries to the sources beside the configuration, after checking that they can be read.
fn append(house: &House, entries: &str, dry_run: bool) -> anyhow::Result<()> {
    if dry_run {
        say_part!("{entries}");
        return Ok(());
    }
    let path = house.config.folder.join("sources.toml");
    let files = Files::beside(&house.config.folder)?;
    let (_, before) = files.sources();
    let mut text = before.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push('\n');
    text.push_str(entries);
    let known: Vec<String> = load(&files)
        .faults
        .iter()
        .map(ToString::to_string)
        .collect();
    let again = load(&files.clone().with_sources("sources.toml", text.clone()));
    let faults: Vec<String> = again
        .faults
        .iter()
        .map(|fault| format!("{} {}", fault.key, fault.what))
        .filter(|fault| !known.iter().any(|known| known.contains(fault.as_str())))
        .collect();
    anyhow::ensure!(
        faults.is_empty() || faults.len() <= known.len(),
        "the entry cannot be used and was not written: {}",
        faults.join("; ")
    );
    let new = !path.exists();
    let beside = path.with_extension("toml.new");
    std::fs::write(&beside, &text)
        .and_then(|()| std::fs::rename(&beside, &path))
        .with_context(|| format!("cannot write {}", path.display()))?;
    say_part!("{entries}");
    say!(
        "written to {}{}",
        path.display(),
        if new {
            ", which now stands in the place of the list in the binary"
        } else {
            ""
        }
    );
    Ok(())
}

async fn record(house: &House, id: &SourceId, folder: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let source = named(house, id.as_str())?;
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

fn import(
    house: &House,
    file: &Path,
    body: Option<BodyId>,
    dry_run: bool,
) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let list = opml::read(&bytes).map_err(|why| anyhow::anyhow!("{}: {why}", file.display()))?;
    let mut taken: Vec<String> = house.sources.iter().map(|s| s.id.to_string()).collect();
    let (mut entries, mut added, mut known, mut homeless) = (String::new(), 0, 0, Vec::new());
    for outline in &list.outlines {
        if house
            .sources
            .iter()
            .any(|source| source.url.as_str() == outline.url.as_str())
        {
            known += 1;
            continue;
        }
        let Some(body) = body_of(house, &outline.url).or_else(|| body.clone()) else {
            homeless.push(outline.url.to_string());
            continue;
        };
        let id = free_id(&mut taken, body.as_str(), &outline.url)?;
        entries.push_str(&written(&Written {
            id: id.as_str(),
            body: body.as_str(),
            name: &outline.title,
            kind: SourceKind::Feed.as_str(),
            url: outline.url.as_str(),
            home: outline.home.as_ref().map(WebAddress::as_str),
            language: outline
                .language
                .as_deref()
                .and_then(|language| language.get(..2)),
            every: "12h",
            on: true,
            select: None,
            date: None,
        })?);
        entries.push('\n');
        added += 1;
    }
    if added > 0 {
        append(house, &entries, dry_run)?;
    }
    for fault in &list.faults {
        say!("passed over: {fault}");
    }
    for url in &homeless {
        say!(
            "passed over: {url}: no body of the library has its homepage there; name one with --body"
        );
    }
    say!(
        "{} {}, {known} known already, {} passed over",
        table::count(added, "source"),
        if dry_run { "would be added" } else { "added" },
        list.faults.len() + homeless.len()
    );
    Ok(ExitCode::SUCCESS)
}
