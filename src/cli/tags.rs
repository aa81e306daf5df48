//! `regwire tag` and `regwire ref`: lines in, lines out.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::id::SourceId;
use crate::domain::reference;
use crate::library::{Files, load};
use crate::render::tag_line;
use crate::tag::{Subject, Tagger};

/// Options of `tag`.
#[derive(clap::Args)]
pub(super) struct TagOptions {
    /// Lines of JSON in and out.
    #[arg(long)]
    jsonl: bool,
}

pub(super) fn tag(config: &Config, options: &TagOptions) -> anyhow::Result<ExitCode> {
    let loaded = load(&Files::beside(&config.folder)?);
    let tagger = Tagger::new(Arc::new(loaded.library));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let value: Value = if options.jsonl {
            match serde_json::from_str(&line) {
                Ok(value @ Value::Object(_)) => value,
                Ok(_) => {
                    eprintln!("regwire: line {}: not a JSON object", number + 1);
                    failed = true;
                    continue;
                }
                Err(error) => {
                    eprintln!("regwire: line {}: {error}", number + 1);
                    failed = true;
                    continue;
                }
            }
        } else {
            json!({ "id": number + 1, "headline": line })
        };
        let text = |key: &str| value[key].as_str().unwrap_or("");
        let source = SourceId::new(text("source"))
            .ok()
            .and_then(|id| loaded.sources.iter().find(|source| source.id == id));
        let tags = tagger.tag(&Subject {
            headline: text("headline"),
            summary: text("summary"),
            language: source.and_then(|source| source.language.as_deref()),
            body: source.map(|source| &source.body),
            frameworks: source.map_or(&[], |source| source.frameworks.as_slice()),
        });
        writeln!(out, "{}", tag_line(&value["id"], &tags))?;
    }
    out.flush()?;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Options of `ref`.
#[derive(clap::Args)]
pub(super) struct RefOptions {
    /// Texts to read; standard input when none is given.
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    /// Lines of JSON (`{"id","form"}`) in and out.
    #[arg(long)]
    jsonl: bool,
}

pub(super) fn references(config: &Config, options: &RefOptions) -> anyhow::Result<ExitCode> {
    let loaded = load(&Files::beside(&config.folder)?);
    let known = &loaded.library.known_works;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    let mut read = |id: Value, form: &str| -> std::io::Result<()> {
        let found = reference::read(form, known);
        if options.jsonl {
            let references: Vec<Value> = found
                .iter()
                .map(|r| json!({"canonical": r.canonical, "work": r.work, "stage": r.stage, "adoption": r.adoption}))
                .collect();
            writeln!(out, "{}", json!({ "id": id, "references": references }))
        } else if found.is_empty() {
            writeln!(out, "{form}: no reference")
        } else {
            for r in found {
                let stage = r
                    .stage
                    .map_or_else(String::new, |stage| format!("  stage {stage}"));
                let adoption = if r.adoption.is_empty() {
                    String::new()
                } else {
                    format!("  adopted as {}", r.adoption.join(" "))
                };
                writeln!(out, "{}  (work {}){stage}{adoption}", r.canonical, r.work)?;
            }
            Ok(())
        }
    };
    for (number, text) in options.texts.iter().enumerate() {
        read(json!(number + 1), text)?;
    }
    if options.texts.is_empty() {
        for (number, line) in std::io::stdin().lock().lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            if !options.jsonl {
                read(json!(number + 1), &line)?;
                continue;
            }
            match serde_json::from_str::<Value>(&line) {
                Ok(value) if value["form"].is_string() => {
                    read(value["id"].clone(), value["form"].as_str().unwrap_or(""))?;
                }
                Ok(_) => {
                    eprintln!(
                        "regwire: line {}: an object with \"id\" and \"form\" is wanted",
                        number + 1
                    );
                    failed = true;
                }
                Err(error) => {
                    eprintln!("regwire: line {}: {error}", number + 1);
                    failed = true;
                }
            }
        }
    }
    out.flush()?;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
