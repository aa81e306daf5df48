//! What two accounts cite: one text or two, its editions, stages, parts and adoptions.

use super::fingerprint::{Cited, Fingerprint};
use super::verdict::{Scale, apart_in, common};

/// What sort of citation it is: an act or case that happens once, or a text that lives on.
fn class(work: &str) -> Option<&'static str> {
    for (head, class) in [
        ("Case ", "case"),
        ("COM(", "proposal"),
        ("EO ", "order"),
        ("SI ", "instrument"),
        ("Pub. L.", "public law"),
    ] {
        if work.starts_with(head) {
            return Some(class);
        }
    }
    let mut words = work.split(' ');
    if words.any(|word| matches!(word, "SB" | "HB" | "AB" | "HF" | "SF" | "LD")) {
        return Some("bill");
    }
    None
}

fn is_standard(cited: &Cited) -> bool {
    let head = cited.work.split(' ').next().unwrap_or("");
    matches!(
        head,
        "ISO"
            | "ISO/IEC"
            | "IEC"
            | "ISO/SAE"
            | "ISO/IEC/IEEE"
            | "EN"
            | "ETSI"
            | "NIST"
            | "FIPS"
            | "CEN/CLC/TR"
            | "IWA"
            | "IEEE"
    )
}

pub(super) fn edition(canonical: &str) -> Option<&str> {
    canonical
        .rsplit_once(':')
        .map(|(_, year)| year.get(..4).unwrap_or(year))
        .filter(|year| year.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn references(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    let mut points: f64 = 0.0;
    let mut told = "";
    for x in &a.references {
        for y in &b.references {
            if x.work != y.work {
                continue;
            }
            let once = class(&x.work).is_some() || x.work.contains(" FR ");
            let each = if once {
                2.0
            } else if is_standard(x) {
                1.0
            } else {
                0.4
            };
            let each = if x.head && y.head { each * 1.3 } else { each };
            let dated =
                is_standard(x) && x.canonical == y.canonical && edition(&x.canonical).is_some();
            let each = if dated && a.kind == b.kind {
                each + 0.5
            } else {
                each
            };
            if each > points {
                points = each;
                told = &x.work;
            }
            if x.head && y.head || (a.references.len() == 1 && b.references.len() == 1) {
                if x.stage != y.stage && is_standard(x) {
                    if x.stage.is_some() && y.stage.is_some() {
                        scale.veto(format!("two stages of {}", x.work));
                    } else if a.kind != b.kind {
                        scale.add(-1.0, format!("two stages of {}", x.work));
                    }
                } else if x.adopted != y.adopted {
                    scale.add(-0.8, format!("{} and its adoption", x.work));
                } else if let (Some(m), Some(n)) = (edition(&x.canonical), edition(&y.canonical))
                    && m != n
                    && !x.adopted
                {
                    scale.veto(format!("two editions of {}", x.work));
                }
            }
        }
    }
    if points > 0.0 {
        scale.add(points, format!("both cite {told}"));
    }
    for name in ["case", "order", "bill", "instrument", "public law"] {
        let of = |side: &Fingerprint| -> Vec<String> {
            side.references
                .iter()
                .filter(|cited| class(&cited.work) == Some(name))
                .map(|cited| cited.work.clone())
                .collect()
        };
        if apart_in(&of(a), &of(b)) {
            let headed = |side: &Fingerprint| {
                side.references
                    .iter()
                    .any(|cited| cited.head && class(&cited.work) == Some(name))
            };
            // The bill that replaces a law is told with either's number.
            let both = a.kind == b.kind && a.frameworks.iter().any(|id| b.frameworks.contains(id));
            if name == "bill" && both && !(headed(a) && headed(b)) {
                scale.add(-1.5, format!("two of the class {name}"));
            } else {
                scale.veto(format!("two of the class {name}"));
            }
        }
    }
    let heads = |side: &Fingerprint| -> Vec<String> {
        side.references
            .iter()
            .filter(|cited| is_standard(cited) && cited.head)
            .map(|cited| cited.work.clone())
            .collect()
    };
    let all = |side: &Fingerprint| -> Vec<String> {
        side.references
            .iter()
            .filter(|cited| is_standard(cited))
            .map(|cited| cited.work.clone())
            .collect()
    };
    // A headline may name the series, and the text below it the part that the other one names.
    let names_the_series = |one: &Fingerprint, other: &Fingerprint| {
        heads(one).iter().any(|series| {
            heads(other).iter().any(|part| {
                part.strip_prefix(series.as_str())
                    .is_some_and(|rest| rest.starts_with('-'))
                    && all(one).contains(part)
            })
        })
    };
    if apart_in(&heads(a), &heads(b)) && !names_the_series(a, b) && !names_the_series(b, a) {
        scale.veto("two standards");
    } else if apart_in(&all(a), &all(b)) {
        let series = |side: &Fingerprint| -> Vec<String> {
            all(side)
                .iter()
                .filter_map(|work| Some(work.split_once('-')?.0.to_owned()))
                .collect()
        };
        let parts = !common(&series(a), &series(b)).is_empty();
        scale.add(
            if parts { -3.0 } else { -1.5 },
            if parts {
                "two parts of one standard"
            } else {
                "two standards"
            },
        );
    }
}
