//! `regwire tag` and `regwire ref`: lines in, lines out.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::out::say;
use super::table;
use crate::config::Config;
use crate::domain::id::SourceId;
use crate::domain::reference;
use crate::domain::source::Source;
use crate::domain::update::Tags;
use crate::library::{Files, load};
use crate::render::tag_line;
use crate::tag::score::{self, Scores};
use crate::tag::{Subject, Tagger};

/// Options of `tag`.
#[derive(clap::Args)]
pub(super) struct TagOptions {
    /// Every line must be an object of JSON; without it a line may also be a headline.
    #[arg(long)]
    jsonl: bool,
    /// Also the words that earned the kind; those of all other tags are told anyhow.
    #[arg(long)]
    why: bool,
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
        // A headline is no object of JSON, and such a line is no headline.
        let object = serde_json::from_str::<Value>(&line)
            .ok()
            .filter(Value::is_object);
        let value = match object {
            Some(value) if value["headline"].is_string() || value["summary"].is_string() => value,
            None if !options.jsonl => json!({ "id": number + 1, "headline": line }),
            Some(_) => {
                eprintln!(
                    "regwire: line {}: it has neither `headline` nor `summary` as a text",
                    number + 1
                );
                failed = true;
                continue;
            }
            None => {
                eprintln!("regwire: line {}: it is no object of JSON", number + 1);
                failed = true;
                continue;
            }
        };
        let tags = tagged(&tagger, &loaded.sources, &value);
        let mut line = tag_line(&value["id"], &tags);
        if options.why {
            line["kind_because"] = json!(tags.kind_because);
        }
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The tags of a line of JSON.
fn tagged(tagger: &Tagger, sources: &[Source], line: &Value) -> Tags {
    let text = |key: &str| line[key].as_str().unwrap_or("");
    let source = SourceId::new(text("source"))
        .ok()
        .and_then(|id| sources.iter().find(|source| source.id == id));
    tagger.tag(&Subject {
        headline: text("headline"),
        summary: text("summary"),
        language: source.and_then(|source| source.language.as_deref()),
        body: source.map(|source| &source.body),
        frameworks: source.map_or(&[], |source| source.frameworks.as_slice()),
        stated: None,
    })
}

/// Options of `eval`.
#[derive(clap::Args)]
pub(super) struct EvalOptions {
    /// Lines of JSON as `tag --jsonl` takes them, with the labels under `expect`.
    file: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// Only the errors of this field.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(score::FIELDS))]
    field: Option<String>,
}

pub(super) fn eval(config: &Config, options: &EvalOptions) -> anyhow::Result<ExitCode> {
    let loaded = load(&Files::beside(&config.folder)?);
    let tagger = Tagger::new(Arc::new(loaded.library));
    let text = std::fs::read_to_string(&options.file)
        .with_context(|| format!("cannot read {}", options.file.display()))?;
    let mut scores = Scores::default();
    let mut lines = 0;
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(line).with_context(|| {
            format!("{} line {} is no JSON", options.file.display(), number + 1)
        })?;
        scores.add(&value, &tagged(&tagger, &loaded.sources, &value));
        lines += 1;
    }
    if scores.fields.is_empty() {
        anyhow::bail!(
            "{} labels nothing: a line wants \"expect\": {{\"kind\", \"frameworks\", \"bodies\", \"jurisdictions\", \"references\"}}",
            options.file.display()
        );
    }
    let mismatches = scores.mismatches.iter().filter(|mismatch| {
        options
            .field
            .as_ref()
            .is_none_or(|field| mismatch.field == field)
    });
    if options.json {
        let fields: serde_json::Map<String, Value> = scores
            .fields
            .iter()
            .map(|(field, score)| {
                let figures = json!({
                    "precision": score.precision(), "recall": score.recall(), "f1": score.f1(),
                    "right": score.right, "invented": score.invented, "missed": score.missed,
                });
                ((*field).to_owned(), figures)
            })
            .collect();
        let errors: Vec<Value> = mismatches
            .map(|m| json!({"id": m.id, "field": m.field, "invented": m.invented, "missed": m.missed}))
            .collect();
        say!(
            "{}",
            json!({
                "lines": lines, "fields": fields,
                "hard_negatives": {"lines": scores.hard_negatives, "right": scores.hard_negatives_right},
                "errors": errors,
            })
        );
        return Ok(ExitCode::SUCCESS);
    }
    for mismatch in mismatches {
        let list = |sign: &str, items: &[String]| -> String {
            items.iter().map(|item| format!(" {sign}{item}")).collect()
        };
        say!(
            "{}  {}{}{}",
            mismatch.id,
            mismatch.field,
            list("+", &mismatch.invented),
            list("-", &mismatch.missed)
        );
    }
    let rows: Vec<Vec<String>> = scores
        .fields
        .iter()
        .map(|(field, score)| {
            vec![
                (*field).to_owned(),
                format!("{:.3}", score.precision()),
                format!("{:.3}", score.recall()),
                format!("{:.3}", score.f1()),
                score.right.to_string(),
                score.invented.to_string(),
                score.missed.to_string(),
            ]
        })
        .collect();
    table::print(
        &[
            "field",
            "precision",
            "recall",
            "F1",
            "right",
            "invented",
            "missed",
        ],
        &rows,
    );
    say!(
        "{} of {} hard negatives without a false framework; {lines} lines",
        scores.hard_negatives_right,
        scores.hard_negatives
    );
    Ok(ExitCode::SUCCESS)
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
