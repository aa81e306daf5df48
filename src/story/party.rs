//! Whose event it is: the names, bodies and places that two accounts share, or do not.

use super::fingerprint::{Fingerprint, Word};
use super::verdict::{BOTH_NAME, Scale, apart_in, of_a_party, pursued, shared};
use crate::domain::update::UpdateKind;

pub(super) fn names(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    // A name is known by its capital on one side; on the other the word is enough, since not
    // every language and style of headline lets capitals tell.
    let has = |side: &Fingerprint, name: &String| {
        side.names.contains(name) || shared(&[Word::plain(name)], &side.all) > 0.0
    };
    let mut told: Vec<&str> = a
        .names
        .iter()
        .filter(|name| has(b, name))
        .chain(b.names.iter().filter(|name| has(a, name)))
        .map(String::as_str)
        .collect();
    told.sort_unstable();
    told.dedup();
    // Where capitals tell nothing on either side, both must have one.
    let perhaps: Vec<&str> = a
        .openers
        .iter()
        .filter(|word| b.openers.contains(word) && !told.contains(&word.as_str()))
        .map(String::as_str)
        .collect();
    let sure = told.len() as f64;
    told.extend(&perhaps);
    if !told.is_empty() {
        let of_party = of_a_party(a.kind) && of_a_party(b.kind);
        let each = if of_party { 1.8 } else { 0.9 };
        let count = sure + if perhaps.is_empty() { 0.0 } else { 0.7 };
        // Whose event it is says more by the first name than by the second.
        let first = if of_party { count.min(1.0) * 0.5 } else { 0.0 };
        scale.add(
            (each * count + first).min(2.0 * each),
            format!("{BOTH_NAME}{}", told.join(", ")),
        );
    }
    let one_party = !told.is_empty() && of_a_party(a.kind) && of_a_party(b.kind);
    // Who is accredited is told by its name, and the accreditor is the same for all.
    let other = |one: &Fingerprint, other: &Fingerprint| {
        one.bodies.iter().any(|body| !other.bodies.contains(body))
    };
    if a.kind == Some(UpdateKind::AccreditationGranted) && a.kind == b.kind && !one_party {
        if apart_in(&a.head_bodies, &b.head_bodies) {
            scale.add(-4.0, "two bodies are accredited");
        } else if other(a, b) && other(b, a) {
            scale.add(-2.0, "two bodies are accredited");
        }
    }
    // Who announces its own certificate opens with its name.
    let own = |side: &Fingerprint| {
        let body = side.body.as_ref()?;
        let opens = |name: &&String| body.as_str().split('-').any(|part| part == name.as_str());
        side.openers.iter().chain(&side.names).find(opens).cloned()
    };
    if a.kind == Some(UpdateKind::CertificationAnnounced)
        && a.kind == b.kind
        && let (Some(x), Some(y)) = (own(a), own(b))
        && !has(b, &x)
        && !has(a, &y)
    {
        scale.veto("two holders");
    }
    // Whose event it is: whom the headline is about, else who is named below it.
    let party = |side: &'_ Fingerprint| -> Vec<String> {
        let list = if side.subjects.is_empty() {
            &side.names
        } else {
            &side.subjects
        };
        list.clone()
    };
    let missing = |list: &[String], in_text: &Fingerprint| {
        !list.is_empty() && !list.iter().any(|name| has(in_text, name))
    };
    let sides = [party(a), party(b)];
    if missing(&sides[0], b) && missing(&sides[1], a) {
        let headed = !a.subjects.is_empty() && !b.subjects.is_empty();
        let known =
            of_a_party(a.kind) && of_a_party(b.kind) && a.kind.is_some() && b.kind.is_some();
        let mut told = sides.map(|side| side.join(" "));
        told.sort();
        let reason = format!("{} is not {}", told[0], told[1]);
        if headed && known {
            scale.veto(reason);
        } else if headed {
            scale.add(-1.5, reason);
        } else if known {
            scale.add(-3.5, reason);
        }
    }
    let one_body = a.bodies.iter().any(|body| b.bodies.contains(body));
    let places = a.own_places();
    let others = b.own_places();
    if !places.is_empty() && !others.is_empty() {
        if places.iter().any(|place| others.contains(place)) {
            scale.add(0.4, "one place");
        } else {
            let points = [a.kind, b.kind].map(local).into_iter().fold(0.0, f64::min);
            // Two authorities, each at home, pursue the same firm for two things.
            let two_cases = pursued(a) && pursued(b) && a.home.is_some() && b.home.is_some();
            let points = if two_cases { 2.0 * points } else { points };
            // Bodies of several places tell of what they do together, each with its own; one that acts on two
            // others does two things.
            let elsewhere = |side: &Fingerprint, places: &[&String]| {
                places
                    .iter()
                    .any(|place| side.home.as_ref() != Some(*place))
            };
            let points = if one_body && elsewhere(a, &places) && elsewhere(b, &others) {
                points.min(-1.5)
            } else if points > -2.0 && one_body {
                0.0
            } else {
                points
            };
            scale.add(points, "two places");
        }
    }
    // What two countries agree on each tells with the other's name.
    let names_home = |side: &Fingerprint, of: &Fingerprint| {
        of.home
            .as_ref()
            .is_some_and(|home| side.home.as_ref() != Some(home) && side.places.contains(home))
    };
    if one_body {
        scale.add(0.4, "one body acts");
    } else if names_home(a, b) && names_home(b, a) {
        scale.add(0.8, "each names the other's country");
    } else if !one_party && a.body != b.body && !a.reports && !b.reports {
        // Each speaks of itself: annual reports, appointments, consultations of two bodies are
        // worded alike. What others bring about is told by many bodies.
        let points = [a.kind, b.kind]
            .map(of_itself)
            .into_iter()
            .fold(0.0, f64::min);
        // What is done under one law is told by all who apply it.
        let applied = a.kind == Some(UpdateKind::Institutional)
            && a.kind == b.kind
            && a.frameworks.iter().any(|id| b.frameworks.contains(id));
        let points = if applied { points.max(-1.0) } else { points };
        scale.add(points, "two bodies, neither names the other");
    }
}

/// How much it speaks against one event that two places are named: an authority acts at home.
fn local(kind: Option<UpdateKind>) -> f64 {
    use UpdateKind as K;
    match kind {
        Some(K::AccreditationGranted) => -2.5,
        // Each parliament makes its own law of one directive, and each on its day.
        Some(K::LawAdopted | K::InForce) => -3.0,
        Some(
            K::Enforcement
            | K::CourtRuling
            | K::Proposal
            | K::Consultation
            | K::Institutional
            | K::Deadline,
        ) => -1.5,
        _ => -0.7,
    }
}

/// How much it speaks against one event that two bodies tell of it without naming each other.
fn of_itself(kind: Option<UpdateKind>) -> f64 {
    use UpdateKind as K;
    match kind {
        Some(
            K::Report | K::Institutional | K::Event | K::CertificationOffer | K::StatusConfirmed,
        ) => -2.5,
        Some(
            K::NewEdition | K::LawAdopted | K::InForce | K::Amendment | K::Withdrawal | K::Proposal,
        ) => -0.3,
        _ => -0.6,
    }
}
