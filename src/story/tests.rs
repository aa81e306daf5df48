use super::*;
use crate::library::{Files, load};

#[derive(serde::Deserialize)]
struct Pair {
    id: String,
    a: Summary,
    b: Summary,
    same: bool,
    #[expect(dead_code, reason = "for people")]
    why: String,
}

fn vocabulary() -> Vocabulary {
    Vocabulary::new(&load(&Files::built_in()).library)
}

fn pairs(name: &str) -> Vec<Pair> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/labelled")
        .join(name);
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Precision and recall, with the errors.
fn measured(name: &str, vocabulary: &Vocabulary) -> (f64, f64, Vec<String>) {
    let (mut hit, mut false_alarm, mut missed) = (0, 0, 0);
    let mut errors = Vec::new();
    for pair in pairs(name) {
        let verdict = same_story(&pair.a, &pair.b, vocabulary);
        match (pair.same, verdict.same) {
            (true, true) => hit += 1,
            (false, true) => false_alarm += 1,
            (true, false) => missed += 1,
            (false, false) => {}
        }
        if pair.same != verdict.same {
            errors.push(format!(
                "{} {}: {} | {} => {:.2} {:?}",
                if pair.same { "MISSED" } else { "FALSE " },
                pair.id,
                pair.a.headline,
                pair.b.headline,
                verdict.score,
                verdict.because
            ));
        }
    }
    let precision = f64::from(hit) / f64::from(hit + false_alarm);
    let recall = f64::from(hit) / f64::from(hit + missed);
    (precision, recall, errors)
}

#[test]
fn labelled_pairs_are_told_as_they_are() {
    let (precision, recall, errors) = measured("stories.jsonl", &vocabulary());
    println!("stories: precision {precision:.3}, recall {recall:.3}");
    for error in &errors {
        println!("{error}");
    }
    assert!(precision >= 0.97, "precision {precision:.3}");
    assert!(recall >= 0.90, "recall {recall:.3}");
}
