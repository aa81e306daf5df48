//! What a source yields now, with the reason for each row that is refused.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{answered, undescribed};
use crate::cli::out::say;
use crate::cli::page::{blocks, shown};
use crate::cli::table;
use crate::compare;
use crate::daemon::House;
use crate::daemon::jobs::{articles, watch};
use crate::domain::address::{AddressTemplate, WebAddress};
use crate::domain::document::{Document, Entry, FaultCode};
use crate::domain::page::{PageReading, PageText};
use crate::domain::source::{Source, SourceKind};
use crate::parse::{self, Article, Clue, Discovered, Trial};
use crate::text::html;

pub(super) async fn attempt(
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
        house.named_source(target)?.clone()
    };
    anyhow::ensure!(
        source.kind != SourceKind::Catalogue,
        "`{}` is a catalogue, which is read into the register of standards whole: `regwire collect {} --force` reads it, and `regwire standards` shows what it says",
        source.id,
        source.id
    );
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
        if let Some(file) = file {
            // Nobody was asked, so nobody answered.
            line["status"] = Value::Null;
            line["file"] = json!(file);
        }
        if let Some((url, article)) = &followed {
            line["followed"] = followed_line(url, article);
        }
        say!("{line}");
    } else {
        print_trial(&source, &document, file, &trial, limit);
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
pub(super) async fn tried(
    house: &House,
    source: &Source,
    document: &Document,
) -> anyhow::Result<Trial> {
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
pub(super) fn page_line(page: &PageReading) -> Value {
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

/// How many entries are an item that stands before them: a visit takes it once.
fn same_again(entries: &[Entry]) -> usize {
    let once = compare::keyed(entries.to_vec()).len();
    entries.len().saturating_sub(once)
}

pub(super) fn entry_line(entry: &Entry) -> Value {
    json!({
        "key": entry.guid,
        "title": html::line(&entry.title),
        "url": entry.url,
        "published": entry.published,
        "authors": entry.authors,
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
        "same_again": same_again(&trial.parsed.entries),
        "entries": trial.parsed.entries.iter().map(entry_line).collect::<Vec<_>>(),
        "refused": trial.refused.iter().map(|row| json!({
            "row": row.row, "why": row.why, "excerpt": row.excerpt,
        })).collect::<Vec<_>>(),
        "passed_over": {
            "skip": trial.parsed.passed.skip,
            "only": trial.parsed.passed.only,
        },
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

pub(super) fn print_found(found: &[Discovered]) {
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

/// What the first item has beside what the table shows.
fn print_more(entry: &Entry) {
    let summary = entry.summary.as_ref();
    for (what, text) in [
        ("key", entry.guid.clone()),
        (
            "summary",
            summary.map(|summary| html::excerpt(&html::plain(summary.raw()), 120)),
        ),
        ("authors", Some(entry.authors.join(", "))),
        ("categories", Some(entry.categories.join(", "))),
    ] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            say!("the first item's {what}: {}", shown(&html::line(&text)));
        }
    }
}

fn print_trial(
    source: &Source,
    document: &Document,
    file: Option<&Path>,
    trial: &Trial,
    limit: usize,
) {
    let answer = file.map_or_else(
        || format!("status {}", document.status),
        |file| format!("read from {}", file.display()),
    );
    say!(
        "{}  {}  {answer}, {} bytes",
        source.id,
        document.url,
        document.body.len()
    );
    // Rows that were left out are told below, each with what it says.
    let rows_are_told = trial.refused.len() <= limit;
    for fault in &trial.parsed.faults {
        if fault.code != FaultCode::BadItem || !rows_are_told {
            say!("{}: {}", fault.code.as_str(), fault.detail);
        }
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
    if let Some(first) = trial.parsed.entries.first() {
        print_more(first);
    }
    let refused = &trial.refused;
    for row in refused.iter().take(limit) {
        say!("row {} refused: {} ({})", row.row, row.why, row.excerpt);
    }
    if refused.len() > limit {
        say!("and {} rows more were refused", refused.len() - limit);
    }
    let passed = trial.parsed.passed;
    for (count, part) in [(passed.skip, "skip"), (passed.only, "only")] {
        if count > 0 {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            say!("`{part}` passes over {}", table::count(count, "row"));
        }
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
    let again = i64::try_from(same_again(&trial.parsed.entries)).unwrap_or(i64::MAX);
    if again > 0 {
        say!(
            "{} the same item as one before, and would be taken once",
            match again {
                1 => "1 of them is".to_owned(),
                many => format!("{many} of them are"),
            }
        );
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
