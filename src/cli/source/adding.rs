//! New sources written into sources.toml: one found behind an address, or a list of other readers.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::trial::print_found;
use super::{answered, undescribed};
use crate::cli::out::{say, say_part};
use crate::cli::table;
use crate::daemon::House;
use crate::domain::address::WebAddress;
use crate::domain::id::{BodyId, SourceId};
use crate::domain::source::{DateStyle, Select, SourceKind};
use crate::library::{Files, load};
use crate::parse::{self, opml};

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
pub(super) fn slug(text: &str) -> String {
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

pub(super) async fn add(
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

pub(super) fn import(
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
