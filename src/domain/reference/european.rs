//! Standards of CEN and CENELEC, and of ETSI, whose EN numbers have six digits.

use super::Hit;
use super::adoption::is_glued_letter;
use super::context::{Context, hit, unit_follows, year};
use super::edition;
use super::standard::{self, Designation, Head, is_plain, separator};
use super::token::Cursor;

/// `EN 18286`, `prEN 18286:2025`, and `EN 303 645`, which is ETSI's.
pub(super) fn numbered(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    head: Head,
) -> Option<Vec<Hit>> {
    let stage = match cursor.word(0) {
        "EN" => None,
        word if word.eq_ignore_ascii_case("prEN") => Some("prEN"),
        _ => Some("FprEN"),
    };
    cursor.at += 1;
    let _ = cursor.eat_glued('-') || (cursor.is_glued_number(':') && cursor.eat(':'));
    if let Some(number) = cursor.attempt(|cursor| six_digits(cursor, '3')) {
        return Some(vec![etsi_hit(cursor, head, stage, "EN", &number)]);
    }
    let digits = cursor.take_digits()?;
    if !(2..=5).contains(&digits.len()) || !is_plain(cursor, digits) {
        return None;
    }
    let tail = edition::tail(cursor, digits, false);
    let end = cursor.taken();
    let bare = head.adoption.is_empty() && stage.is_none() && !tail.is_written();
    // "EN 2024" in a Spanish headline in capitals is a preposition and a year.
    if unit_follows(cursor) || bare && (digits.len() < 3 || year(digits).is_some()) {
        return None;
    }
    let start = head.start;
    let designation = Designation {
        publisher: stage.unwrap_or("EN").to_owned(),
        head: Head {
            stage: stage.or(head.stage),
            ..head
        },
        kind: None,
        stage: None,
    };
    let mut hits = vec![designation.hit(context, digits, &tail, start, end)];
    designation.list(cursor, context, digits, tail, &mut hits);
    for hit in &mut hits {
        if let Some(stage) = stage {
            hit.reference.work = format!("EN{}", &hit.reference.work[stage.len()..]);
        }
    }
    Some(hits)
}

/// `CEN/CLC/TR 17894`, `prCEN/TS 18026`, `CLC/TS 50701`, `CWA 17431`, `prTS 18026`.
pub(super) fn committee(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    head: Head,
) -> Option<Vec<Hit>> {
    let first = cursor.word(0);
    cursor.at += 1;
    let (mut canonical, mut stage) = match first {
        "prCEN" | "FprCEN" => (first.to_owned(), Some("prTS")),
        "prTS" => ("prTS".to_owned(), Some("prTS")),
        _ => (first.to_owned(), None),
    };
    let mut work = match first {
        "prTS" => "CEN/TS".to_owned(),
        "prCEN" | "FprCEN" => "CEN".to_owned(),
        _ => first.to_owned(),
    };
    if !matches!(first, "CWA" | "prTS") {
        let mut kind = false;
        while !kind && canonical.len() < 24 && separator(cursor) {
            let word = match cursor.word(0) {
                word @ ("CLC" | "TS" | "TR" | "GUIDE") => word,
                "CENELEC" => "CLC",
                "Guide" => "GUIDE",
                _ => return None,
            };
            cursor.at += 1;
            kind = word != "CLC";
            canonical = format!("{canonical}/{word}");
            work = format!("{work}/{word}");
            if word == "TR" {
                stage = stage.map(|_| "prTR");
            }
        }
        kind.then_some(())?;
    }
    let _ = cursor.eat_glued('-');
    let start = head.start;
    let mut hits = standard::numbered(cursor, context, head, canonical.clone(), None, None, false)?;
    for found in &mut hits {
        found.start = start;
        found.reference.work = format!("{work}{}", &found.reference.work[canonical.len()..]);
        found.reference.stage = stage.map(str::to_owned);
    }
    Some(hits)
}

/// `ETSI EN 304 223 V2.1.1`, `ETSI GR SAI 004`; `bare` is a `TS 104 223` whose publisher is left out.
pub(super) fn etsi(cursor: &mut Cursor<'_>, head: Head, bare: bool) -> Option<Vec<Hit>> {
    let _ = !bare && separator(cursor);
    let kind = cursor.word(0);
    let known = ["EN", "ES", "TS", "TR", "EG", "SR", "GS", "GR"]
        .into_iter()
        .find(|known| kind.eq_ignore_ascii_case(known));
    let (kind, stage) = match known {
        Some(kind) => (kind, None),
        None if kind.eq_ignore_ascii_case("prEN") => ("EN", Some("prEN")),
        None => return None,
    };
    cursor.at += 1;
    if matches!(kind, "GS" | "GR") {
        let group = cursor.word(0);
        if group.is_empty() || group.chars().any(char::is_lowercase) {
            return None;
        }
        cursor.at += 1;
        let _ = cursor.eat_glued('-');
        let number = cursor.take_digits().filter(|digits| digits.len() == 3)?;
        return Some(vec![etsi_hit(
            cursor,
            head,
            stage,
            kind,
            &format!("{group} {number}"),
        )]);
    }
    let number = six_digits(cursor, if bare { '1' } else { '\0' })?;
    if bare && !number.starts_with('1') {
        return None;
    }
    Some(vec![etsi_hit(cursor, head, stage, kind, &number)])
}

/// `303 645` or `303645`; a given first digit is required.
fn six_digits(cursor: &mut Cursor<'_>, first: char) -> Option<String> {
    let digits = cursor.take_digits()?;
    if first != '\0' && !digits.starts_with(first) {
        return None;
    }
    let number = match digits.len() {
        6 => format!("{} {}", &digits[..3], &digits[3..]),
        3 if cursor.digits(0).len() == 3 => {
            let rest = cursor.take_digits()?;
            format!("{digits} {rest}")
        }
        _ => return None,
    };
    (!is_glued_letter(cursor) && !unit_follows(cursor)).then_some(number)
}

fn etsi_hit(
    cursor: &mut Cursor<'_>,
    head: Head,
    stage: Option<&'static str>,
    kind: &str,
    number: &str,
) -> Hit {
    let mut tail = edition::tail(cursor, number, false);
    let version = edition::etsi_version(cursor);
    if tail.edition.is_empty() {
        tail.edition = version;
    }
    let spelled = stage.unwrap_or(kind);
    let mut found = hit(
        format!("{}ETSI {spelled} {number}{}", head.spelled, tail.text()),
        format!("ETSI {kind} {number}{}", tail.parts),
        head.start,
        cursor.taken(),
    );
    found.reference.stage = stage.or(head.stage).map(str::to_owned);
    found.reference.adoption = head.adoption;
    found
}
