//! Scoring tags against lines that people labelled: precision, recall and F1 by field.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::update::Tags;

/// The fields that are scored, in the order printed.
pub const FIELDS: &[&str] = &[
    "kind",
    "frameworks",
    "primary",
    "bodies",
    "jurisdictions",
    "topics",
    "references",
];

/// Hits and misses of one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Given and wanted.
    pub right: u32,
    /// Given and not wanted.
    pub invented: u32,
    /// Wanted and not given.
    pub missed: u32,
}

impl Score {
    /// Of what was given, how much was wanted; 1 when nothing was given.
    pub fn precision(self) -> f64 {
        share(self.right, self.invented)
    }

    /// Of what was wanted, how much was given; 1 when nothing was wanted.
    pub fn recall(self) -> f64 {
        share(self.right, self.missed)
    }

    /// The harmonic mean of both.
    pub fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall == 0.0 {
            0.0
        } else {
            2.0 * precision * recall / (precision + recall)
        }
    }
}

fn share(right: u32, wrong: u32) -> f64 {
    if right + wrong == 0 {
        1.0
    } else {
        f64::from(right) / f64::from(right + wrong)
    }
}

/// One line where a field came out otherwise than labelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The line's id, as it stands in the file.
    pub id: String,
    /// The field.
    pub field: &'static str,
    /// Given and not wanted.
    pub invented: Vec<String>,
    /// Wanted and not given.
    pub missed: Vec<String>,
}

/// The scores of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// By field, in the order of [`FIELDS`]; those that no line labels are absent.
    pub fields: Vec<(&'static str, Score)>,
    /// Lines that tempt towards something that is not meant.
    pub hard_negatives: u32,
    /// Of them, those without a false framework.
    pub hard_negatives_right: u32,
    /// Every mismatch, in the order of the lines.
    pub mismatches: Vec<Mismatch>,
}

impl Scores {
    /// The score of a field, where lines label it.
    pub fn of(&self, field: &str) -> Option<Score> {
        self.fields
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, score)| *score)
    }

    /// The share of hard negatives without a false framework.
    pub fn hard_negative_share(&self) -> f64 {
        share(
            self.hard_negatives_right,
            self.hard_negatives - self.hard_negatives_right,
        )
    }

    /// Takes in a labelled line (its labels under `expect`, or beside the text) and the tags that
    /// it was given.
    pub fn add(&mut self, line: &Value, tags: &Tags) {
        let labels = line.get("expect").unwrap_or(line);
        let id = match &line["id"] {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        let mut false_framework = false;
        for field in FIELDS {
            let Some(wanted) = wanted(labels, field) else {
                continue;
            };
            let given = given(tags, field);
            let invented: Vec<String> = given.difference(&wanted).cloned().collect();
            let missed: Vec<String> = wanted.difference(&given).cloned().collect();
            let right = given.intersection(&wanted).count();
            let place = match self.fields.iter().position(|(name, _)| name == field) {
                Some(place) => place,
                None => {
                    self.fields.push((field, Score::default()));
                    self.fields.len() - 1
                }
            };
            if let Some((_, score)) = self.fields.get_mut(place) {
                let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
                score.right += count(right);
                score.invented += count(invented.len());
                score.missed += count(missed.len());
            }
            if *field == "frameworks" {
                false_framework = !invented.is_empty();
            }
            if !invented.is_empty() || !missed.is_empty() {
                self.mismatches.push(Mismatch {
                    id: id.clone(),
                    field,
                    invented,
                    missed,
                });
            }
        }
        if !matches!(
            line.get("hard_negative"),
            None | Some(Value::Null | Value::Bool(false))
        ) {
            self.hard_negatives += 1;
            self.hard_negatives_right += u32::from(!false_framework);
        }
    }
}

/// What a line says that a field should be; none where it says nothing of it.
fn wanted(labels: &Value, field: &str) -> Option<BTreeSet<String>> {
    let key = if field == "primary" && labels.get("primary").is_none() {
        "frameworks"
    } else {
        field
    };
    let name = |value: &Value| -> Option<String> {
        value
            .as_str()
            .or_else(|| value["id"].as_str())
            .or_else(|| value["canonical"].as_str())
            .map(str::to_owned)
    };
    match labels.get(key)? {
        // An item without a kind is an item of the kind "none".
        Value::Null => Some(if field == "kind" {
            ["none".to_owned()].into()
        } else {
            BTreeSet::new()
        }),
        Value::String(kind) => Some([kind.clone()].into()),
        Value::Array(list) if field == "primary" && key == "frameworks" => {
            // Only where the labels tell the primary ones apart.
            if !list.is_empty() && list.iter().all(|value| value.get("primary").is_none()) {
                return None;
            }
            Some(
                list.iter()
                    .filter(|value| value["primary"].as_bool() == Some(true))
                    .filter_map(name)
                    .collect(),
            )
        }
        Value::Array(list) => Some(list.iter().filter_map(name).collect()),
        _ => None,
    }
}

fn given(tags: &Tags, field: &str) -> BTreeSet<String> {
    match field {
        "kind" => [tags
            .kind
            .map_or_else(|| "none".to_owned(), |kind| kind.as_str().to_owned())]
        .into(),
        "frameworks" => tags
            .frameworks
            .iter()
            .map(|tag| tag.id.to_string())
            .collect(),
        "primary" => tags
            .frameworks
            .iter()
            .filter(|tag| tag.primary)
            .map(|tag| tag.id.to_string())
            .collect(),
        "bodies" => tags.bodies.iter().map(|tag| tag.id.to_string()).collect(),
        "jurisdictions" => tags
            .jurisdictions
            .iter()
            .map(|tag| tag.id.to_string())
            .collect(),
        "topics" => tags.topics.iter().map(|tag| tag.id.to_string()).collect(),
        "references" => tags
            .references
            .iter()
            .map(|tag| tag.reference.canonical.clone())
            .collect(),
        _ => BTreeSet::new(),
    }
}
