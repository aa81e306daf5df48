//! Schemes that are cited by name and version: SOC, PCI DSS, CMMC, CIS Controls, CSA, BSI C5 and others.

use super::Hit;
use super::context::{Context, count_follows, eat_joint, hit, unit_follows, year};
use super::token::{Cursor, Kind};

/// A scheme's citation, which begins with a word.
pub(super) fn read(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    match cursor.word(0).to_ascii_lowercase().as_str() {
        "soc" => service_organisation(cursor),
        "cmmc" => maturity(cursor),
        "bsi" | "c" | "aic" => cloud_catalogue(cursor),
        _ => versioned(cursor),
    }
}

/// `SOC 2`, `SOC2 Type II`, `SOC 1/2`, `SOC 1, 2 and 3`.
fn service_organisation(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    // "SoC" is a system on chip.
    if !matches!(cursor.word(0), "SOC" | "soc" | "Soc") {
        return None;
    }
    let start = cursor.here();
    cursor.at += 1;
    let _ = cursor.eat_glued('-');
    let mut hits = vec![soc(cursor, start)?];
    if unit_follows(cursor) {
        return None;
    }
    loop {
        let mark = cursor.at;
        let next = eat_joint(cursor)
            .then(|| {
                let start = cursor.here();
                soc(cursor, start)
            })
            .flatten();
        match next {
            Some(member) if !count_follows(cursor) => hits.push(member),
            _ => {
                cursor.at = mark;
                return Some(hits);
            }
        }
    }
}

fn soc(cursor: &mut Cursor<'_>, start: usize) -> Option<Hit> {
    let number = cursor.take_digits()?;
    let word_follows = cursor.glued(0) && cursor.peek(0).kind == Kind::Word;
    let goes_on = cursor.is_glued_number('.') || cursor.is_glued_number('-') || word_follows;
    let ends = !goes_on;
    if !matches!(number, "1" | "2" | "3") || !ends {
        return None;
    }
    let work = format!("SOC {number}");
    let kind = cursor.attempt(|cursor| {
        let bracket = cursor.eat('(');
        let _ = cursor.eat(',') || cursor.eat_glued('-');
        (cursor.eat_word("Type") || cursor.eat_word("Typ")).then_some(())?;
        let _ = cursor.eat_glued('-');
        let kind = match (cursor.word(0), cursor.digits(0)) {
            ("I" | "i", _) | (_, "1") => '1',
            ("II" | "ii", _) | (_, "2") => '2',
            _ => return None,
        };
        cursor.at += 1;
        if bracket {
            cursor.eat(')').then_some(())?;
        }
        Some(kind)
    });
    let canonical = match kind {
        Some(kind) => format!("{work} Type {kind}"),
        None => work.clone(),
    };
    Some(hit(canonical, work, start, cursor.taken()))
}

/// `CMMC 2.0`, `CMMC Level 2 (C3PAO)`, `CMMC L1`, `CMMC Levels 1 and 2`.
fn maturity(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    cursor.at += 1;
    let _ = cursor.eat_glued('-');
    let mut name = "CMMC".to_owned();
    let version = cursor.attempt(|cursor| {
        let marked = cursor.eat_any(&["v", "version"]);
        let version = cursor.take_dotted()?;
        (version.len() == 3 || marked || version == "2").then_some(version)
    });
    let versioned = version.is_some();
    if let Some(version) = version {
        name = format!("{name} {version}");
    }
    let bracket = cursor.is_sign(0, '(');
    let level = cursor.attempt(|cursor| {
        let _ = cursor.eat(',') || cursor.eat('(') || cursor.eat_glued('-');
        let plural = cursor.eat_word("Levels");
        (plural || cursor.eat_any(&["Level", "L", "lvl"])).then_some(())?;
        let level = level(cursor)?;
        let _ = bracket && cursor.eat(')');
        Some(level)
    });
    let Some(level) = level else {
        let counted = unit_follows(cursor);
        return (versioned && !counted)
            .then(|| vec![hit(name, "CMMC".to_owned(), start, cursor.taken())]);
    };
    let one = |level: u32, start, end| {
        hit(
            format!("{name} Level {level}"),
            "CMMC".to_owned(),
            start,
            end,
        )
    };
    let mut hits = vec![one(level, start, cursor.taken())];
    kind_of_assessment(cursor);
    loop {
        let mark = cursor.at;
        let start;
        let next = if eat_joint(cursor) || cursor.eat_glued('-') {
            let _ = cursor.eat_any(&["Level", "L"]);
            start = cursor.here();
            self::level(cursor).filter(|_| !count_follows(cursor))
        } else {
            return Some(hits);
        };
        let Some(next) = next else {
            cursor.at = mark;
            return Some(hits);
        };
        hits.push(one(next, start, cursor.taken()));
        kind_of_assessment(cursor);
    }
}

fn level(cursor: &mut Cursor<'_>) -> Option<u32> {
    let level = cursor.take_number()?;
    let ends = !cursor.is_glued_number('.') && !cursor.is_glued_number(',');
    ((1..=5).contains(&level) && ends).then_some(level)
}

/// Passes over `(Self)` and `(C3PAO)`.
fn kind_of_assessment(cursor: &mut Cursor<'_>) {
    let _ = cursor.attempt(|cursor| {
        cursor.eat('(').then_some(())?;
        for _ in 0..4 {
            if cursor.eat(')') {
                return Some(());
            }
            matches!(cursor.peek(0).kind, Kind::Word | Kind::Number).then_some(())?;
            cursor.at += 1;
        }
        None
    });
}

/// `BSI C5:2020`, `C5:2020`, `BSI AIC4`.
fn cloud_catalogue(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let named = cursor.word(0) == "BSI";
    if named {
        cursor.at += 1;
        if cursor.eat_glued('\'') {
            cursor.eat_word("s").then_some(())?;
        }
        let _ = cursor.eat_glued('-');
    }
    let name = match cursor.word(0) {
        "C" if cursor.digits(1) == "5" => "BSI C5",
        "AIC" if cursor.digits(1) == "4" => "BSI AIC4",
        _ => return None,
    };
    (cursor.glued(1)).then_some(())?;
    cursor.at += 2;
    let mut canonical = name.to_owned();
    let dated = cursor.attempt(|cursor| {
        let _ = cursor.eat_glued(':') || cursor.eat_glued('-');
        let year = year(cursor.digits(0)).filter(|year| *year >= 2016)?;
        cursor.at += 1;
        Some(year)
    });
    if let Some(year) = dated.filter(|_| name == "BSI C5") {
        canonical = format!("{canonical}:{year}");
    } else if !named {
        return None;
    }
    Some(vec![hit(canonical, name.to_owned(), start, cursor.taken())])
}

/// How a scheme's versions are written and how sure a bare number is.
#[derive(Clone, Copy)]
enum Versions {
    /// Canonical `v4.0.1`; a bare number counts between these two.
    Marked(u32, u32),
    /// Canonical `5.0.0`; a bare number counts when it has points or is a year.
    Plain,
}

/// Words of the name, canonical name, versions. Longer names first.
const VERSIONED: &[(&[&str], &str, Versions)] = &[
    (&["PCI", "DSS"], "PCI DSS", Versions::Marked(1, 5)),
    (
        &["CIS", "Critical", "Security", "Controls"],
        "CIS Controls",
        Versions::Marked(6, 9),
    ),
    (&["CIS", "Controls"], "CIS Controls", Versions::Marked(6, 9)),
    (&["CIS", "CSC"], "CIS Controls", Versions::Marked(6, 9)),
    (&["CSA", "CCM"], "CSA CCM", Versions::Marked(1, 5)),
    (
        &["CSA", "Cloud", "Controls", "Matrix"],
        "CSA CCM",
        Versions::Marked(1, 5),
    ),
    (
        &["Cloud", "Controls", "Matrix"],
        "CSA CCM",
        Versions::Marked(1, 5),
    ),
    (&["CCM"], "CSA CCM", Versions::Marked(9, 0)),
    (&["CSA", "AICM"], "CSA AICM", Versions::Marked(1, 3)),
    (
        &["CSA", "AI", "Controls", "Matrix"],
        "CSA AICM",
        Versions::Marked(1, 3),
    ),
    (
        &["AI", "Controls", "Matrix"],
        "CSA AICM",
        Versions::Marked(1, 3),
    ),
    (&["AICM"], "CSA AICM", Versions::Marked(1, 3)),
    (&["HITRUST", "CSF"], "HITRUST CSF", Versions::Marked(9, 12)),
    (
        &["Cyber", "Essentials"],
        "Cyber Essentials",
        Versions::Marked(9, 0),
    ),
    (&["NCSC", "CAF"], "NCSC CAF", Versions::Marked(3, 5)),
    (&["CAF"], "NCSC CAF", Versions::Marked(9, 0)),
    (&["OWASP", "ASVS"], "OWASP ASVS", Versions::Plain),
    (&["ASVS"], "OWASP ASVS", Versions::Plain),
    (&["SecNumCloud"], "SecNumCloud", Versions::Plain),
    (&["SCF"], "SCF", Versions::Plain),
    (&["COBIT"], "COBIT", Versions::Plain),
];

fn versioned(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let (_, name, versions) = VERSIONED
        .iter()
        .find(|(words, ..)| cursor.attempt(|cursor| eat_name(cursor, words)).is_some())?;
    // "PCI DSS (v4.0.1)", "Cloud Controls Matrix (CCM) v4"
    let _ = cursor.attempt(|cursor| {
        (cursor.eat('(') && cursor.eat_any(&["CCM", "AICM", "CSC"]) && cursor.eat(')'))
            .then_some(())
    });
    let bracket = cursor.eat('(');
    let _ = !bracket && (cursor.eat(',') || cursor.eat_glued('-'));
    let marked = cursor.eat_any(&["v", "version", "ver", "vers"]);
    let _ = marked && cursor.eat_glued('.');
    let major = cursor.number(0)?;
    let version = cursor.take_dotted()?;
    let dotted = version.contains('.');
    let believed = match *versions {
        Versions::Marked(least, most) => (least..=most).contains(&major),
        Versions::Plain => dotted || year(&version).is_some(),
    };
    let glued_word = cursor.glued(0) && cursor.peek(0).kind == Kind::Word;
    let counts = believed || marked;
    if !counts || glued_word || version.len() > 10 {
        return None;
    }
    if !marked && (unit_follows(cursor) || !dotted && count_follows(cursor)) {
        return None;
    }
    if !marked && !dotted && cursor.is_glued_number('-') {
        return None;
    }
    let end = cursor.taken();
    let canonical = match versions {
        Versions::Marked(..) => format!("{name} v{version}"),
        Versions::Plain => format!("{name} {version}"),
    };
    Some(vec![hit(canonical, (*name).to_owned(), start, end)])
}

/// Takes the words of a name with spaces or hyphens between; acronyms only in one case.
fn eat_name(cursor: &mut Cursor<'_>, words: &[&str]) -> Option<()> {
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            let _ = cursor.eat_glued('-');
        }
        let written = cursor.word(0);
        // A lone acronym such as CAF is a word or a name in other languages when not in capitals.
        let alike = if words.len() == 1 && word.chars().all(char::is_uppercase) {
            written == *word
        } else {
            written.eq_ignore_ascii_case(word)
        };
        alike.then_some(())?;
        cursor.at += 1;
    }
    Some(())
}
