//! The tagger on labelled lines: the table of figures, and the floors that they stay above.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use regwire::domain::id::SourceId;
use regwire::library::{Files, Loaded, load};
use regwire::tag::score::Scores;
use regwire::tag::{Subject, Tagger};
use serde_json::Value;

fn labelled(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/labelled")
        .join(name)
}

fn floors(set: &str) -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(labelled("floors.toml")).expect("the floors");
    let all: BTreeMap<String, BTreeMap<String, f64>> = toml::from_str(&text).expect("TOML");
    all.get(set).cloned().expect("the floors of the set")
}

fn scores(loaded: &Loaded, tagger: &Tagger, file: &str) -> Scores {
    let text = std::fs::read_to_string(labelled(file)).expect("the labelled lines");
    let mut scores = Scores::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| line[key].as_str().unwrap_or("");
        let source = SourceId::new(text("source"))
            .ok()
            .and_then(|id| loaded.sources.iter().find(|source| source.id == id));
        let tags = tagger.tag(&Subject {
            headline: text("headline"),
            summary: text("summary"),
            language: source.and_then(|source| source.language.as_deref()),
            body: source.map(|source| &source.body),
            frameworks: source.map_or(&[], |source| source.frameworks.as_slice()),
            stated: None,
        });
        scores.add(&line, &tags);
    }
    scores
}

/// Prints the table of a set and tells which figures are below their floors.
fn judge(set: &str, scores: &Scores) -> Vec<String> {
    println!("{set}: field, precision, recall, F1, right, invented, missed");
    for (field, score) in &scores.fields {
        println!(
            "  {field:<14} {:.3}  {:.3}  {:.3}  {:>4} {:>3} {:>3}",
            score.precision(),
            score.recall(),
            score.f1(),
            score.right,
            score.invented,
            score.missed
        );
    }
    println!(
        "  hard negatives {} of {}",
        scores.hard_negatives_right, scores.hard_negatives
    );
    let mut below = Vec::new();
    for (name, floor) in floors(set) {
        let figure = match name.rsplit_once('_') {
            _ if name == "hard_negatives" => scores.hard_negative_share(),
            Some((field, measure)) => {
                let score = scores.of(field).expect("a scored field");
                match measure {
                    "precision" => score.precision(),
                    "recall" => score.recall(),
                    "f1" => score.f1(),
                    other => panic!("{other} is no measure"),
                }
            }
            None => panic!("{name} names no measure"),
        };
        if figure < floor {
            below.push(format!("{set}: {name} is {figure:.4}, its floor {floor}"));
        }
    }
    below
}

#[test]
fn labelled_lines_are_tagged_as_well_as_recorded() {
    let loaded = load(&Files::built_in());
    let tagger = Tagger::new(Arc::new(loaded.library.clone()));
    let mut below = Vec::new();
    for (set, file) in [
        ("tags", "tags.jsonl"),
        ("wide", "tags_wide.jsonl"),
        ("held_out", "tags_held_out.jsonl"),
        ("held_out_2", "tags_held_out_2.jsonl"),
    ] {
        below.extend(judge(set, &scores(&loaded, &tagger, file)));
    }
    assert!(below.is_empty(), "{}", below.join("\n"));
}
