//! What stands behind the number of a standard: parts, year, language, ETSI version, supplements.

use super::context::year;
use super::token::{Cursor, value};

/// The tail of a designation, in canonical spelling.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    /// `-4-2`.
    pub parts: String,
    /// `.2` of a second committee draft.
    pub round: String,
    /// `:2023`, ` V2.1.1`.
    pub edition: String,
    /// `/Amd 1:2024`, `+A1:2024`.
    pub supplements: String,
    /// The draft prefix of a supplement: `FDAM`.
    pub stage: Option<&'static str>,
    pub all_parts: bool,
}

impl Tail {
    /// The tail as it stands in the canonical form.
    pub fn text(&self) -> String {
        let all = if self.all_parts { " (all parts)" } else { "" };
        format!(
            "{}{}{}{}{all}",
            self.parts, self.round, self.edition, self.supplements
        )
    }

    /// Something beside the bare number was written.
    pub fn is_written(&self) -> bool {
        self.all_parts || !self.parts.is_empty() || !self.edition.is_empty()
    }
}

/// Reads the tail; `draft` says that a stage was named, so that `27090.2` is a second round.
pub(super) fn tail(cursor: &mut Cursor<'_>, number: &str, draft: bool) -> Tail {
    let mut tail = Tail::default();
    parts(cursor, number, &mut tail);
    if draft
        && cursor.is_glued_number('.')
        && let round @ ("2" | "3" | "4" | "5") = cursor.digits(1)
    {
        tail.round = format!(".{round}");
        cursor.at += 2;
    }
    if tail.edition.is_empty() {
        tail.edition = edition(cursor);
    } else {
        month(cursor);
    }
    language(cursor);
    while tail.supplements.len() < 120
        && let Some((text, stage)) = cursor.attempt(supplement)
    {
        tail.supplements.push_str(&text);
        tail.stage = tail.stage.or(stage);
    }
    language(cursor);
    tail.all_parts = all_parts(cursor);
    if tail.edition.is_empty() {
        tail.edition = edition(cursor);
    }
    tail
}

/// `-4-2`, `-E01`, `-1Q`; `-2015` is a year unless a year follows it. `number` tells a part from the end of a range.
fn parts(cursor: &mut Cursor<'_>, number: &str, tail: &mut Tail) {
    while tail.parts.len() < 24 && cursor.is_sign(0, '-') && cursor.glued(0) {
        if cursor.is_glued_number('-') {
            let digits = cursor.digits(1);
            if let Some(year) = year(digits).filter(|_| !dated_behind(cursor)) {
                // GB/T 22080-2016, IEEE 7000-2021, and the common slip ISO 9001-2015.
                tail.edition = format!(":{year}");
                cursor.at += 2;
                return;
            }
            if !is_part(number, digits) {
                return;
            }
            cursor.at += 2;
            tail.parts.push('-');
            tail.parts.push_str(digits);
            let letters = cursor.word(0);
            if cursor.glued(0) && letters.len() <= 2 && is_capitals(letters) {
                cursor.at += 1;
                tail.parts.push_str(letters);
            }
            continue;
        }
        let letter = cursor.word(1);
        let lettered = letter.len() == 1 && is_capitals(letter) && cursor.glued(1);
        if !lettered || cursor.digits(2).len() != 2 || !cursor.glued(2) {
            return;
        }
        tail.parts = format!("{}-{letter}{}", tail.parts, cursor.digits(2));
        cursor.at += 3;
    }
}

fn is_capitals(letters: &str) -> bool {
    !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `-2001:2004`: what looks like a year is a part, for the year stands behind it.
fn dated_behind(cursor: &mut Cursor<'_>) -> bool {
    cursor.is_sign(2, ':') && cursor.glued(2) && cursor.glued(3) && year(cursor.digits(3)).is_some()
}

/// Parts have up to five digits (ISO/IEEE 11073-10101); the end of a range is a number of the same length, a little
/// later (27001–27005).
fn is_part(number: &str, digits: &str) -> bool {
    match (number.len(), digits.len()) {
        (_, 1..=3) => true,
        (5, 4) => true,
        (5, 5) => match (value(number), value(digits)) {
            (Some(number), Some(end)) => end < number || end > number + 1000,
            _ => false,
        },
        _ => false,
    }
}

/// `:2023`, `: 2023`, `:2024-01`, ` (2023)`, `.2015`, `:ed-1:v1`; the year with a colon, or nothing.
fn edition(cursor: &mut Cursor<'_>) -> String {
    cursor
        .attempt(|cursor| {
            if cursor.eat(':') {
                if cursor.eat_word("ed") {
                    let _ = cursor.eat_glued('-');
                    cursor.take_number()?;
                    version(cursor);
                    return Some(String::new());
                }
                let year = year(cursor.digits(0))?;
                cursor.at += 1;
                month(cursor);
                return Some(format!(":{year}"));
            }
            if cursor.is_glued_number('.') {
                let year = year(cursor.digits(1))?;
                cursor.at += 2;
                return Some(format!(":{year}"));
            }
            if !cursor.eat('(') {
                return None;
            }
            let year = year(cursor.digits(0))?;
            cursor.at += 1;
            cursor.eat(')').then(|| format!(":{year}"))
        })
        .unwrap_or_default()
}

fn version(cursor: &mut Cursor<'_>) {
    if cursor.is_sign(0, ':') && cursor.is_word(1, "v") && !cursor.digits(2).is_empty() {
        cursor.at += 3;
    }
}

/// Drops `-01` and `-01-15` behind a year.
fn month(cursor: &mut Cursor<'_>) {
    for _ in 0..2 {
        if cursor.is_glued_number('-') && cursor.digits(1).len() == 2 {
            cursor.at += 2;
        }
    }
}

/// Drops `(E)`, `(en)`, `(E/F)`.
fn language(cursor: &mut Cursor<'_>) {
    let _ = cursor.attempt(|cursor| {
        cursor.eat('(').then_some(())?;
        loop {
            let word = cursor.word(0);
            let known = matches!(
                word,
                "E" | "F" | "R" | "S" | "D" | "en" | "fr" | "ru" | "es" | "de" | "EN" | "FR"
            );
            known.then_some(())?;
            cursor.at += 1;
            if cursor.eat(')') {
                return Some(());
            }
            cursor.eat('/').then_some(())?;
        }
    });
}

fn all_parts(cursor: &mut Cursor<'_>) -> bool {
    cursor
        .attempt(|cursor| {
            let open = cursor.eat('(');
            let _ = cursor.eat(',');
            (cursor.eat_words(&["all", "parts"]) && (!open || cursor.eat(')'))).then_some(())
        })
        .is_some()
}

/// `/Amd 1:2024`, `/FDAmd 1`, `/CD Amd 2`, `+A1:2024`, `/AC:2020`, ` Amendment 1`; text and draft prefix.
fn supplement(cursor: &mut Cursor<'_>) -> Option<(String, Option<&'static str>)> {
    let separator = if cursor.eat('/') {
        '/'
    } else if cursor.eat('+') {
        '+'
    } else {
        let _ = cursor.eat(',');
        ' '
    };
    let word = cursor.word(0);
    if separator != ' ' && matches!(word, "A" | "AC") {
        cursor.at += 1;
        let number = if cursor.glued(0) {
            cursor.digits(0)
        } else {
            ""
        };
        if number.is_empty() && word == "A" || number.len() > 2 {
            return None;
        }
        cursor.at += usize::from(!number.is_empty());
        return Some((
            format!("{separator}{word}{number}{}", edition(cursor)),
            None,
        ));
    }
    let before = ["CD", "AWI", "WD", "NP", "PWI", "PRF", "D", "FD"]
        .into_iter()
        .find(|stage| word == *stage);
    if before.is_some() {
        cursor.at += 1;
    }
    let kind = cursor.word(0).to_ascii_lowercase();
    let (name, stage) = match (kind.as_str(), before) {
        ("amd" | "amendment", None) => ("Amd", None),
        ("amd", Some("CD")) => ("CD Amd", Some("CD Amd")),
        ("cdam" | "cdamd", None) => ("CD Amd", Some("CD Amd")),
        ("amd", Some("AWI")) => ("AWI Amd", Some("AWI")),
        ("amd", Some("WD")) => ("WD Amd", Some("WD")),
        ("amd", Some("NP")) => ("NP Amd", Some("NP")),
        ("amd", Some("PWI")) => ("PWI Amd", Some("PWI")),
        ("amd", Some("PRF")) => ("PRF Amd", Some("PRF")),
        ("dam" | "damd", None) | ("amd", Some("D")) => ("DAM", Some("DAM")),
        ("fdam" | "fdamd", None) | ("amd", Some("FD")) => ("FDAM", Some("FDAM")),
        ("cor" | "corrigendum", None) => ("Cor", None),
        ("cor", Some("CD")) => ("CD Cor", Some("CD Cor")),
        ("dcor", None) => ("DCOR", Some("DCOR")),
        ("fdcor", None) => ("FDCOR", Some("FDCOR")),
        ("add" | "addendum", None) if separator == '/' => ("Add", None),
        _ => return None,
    };
    cursor.at += 1;
    let _ = cursor.eat_glued('.');
    let number = cursor.digits(0);
    if number.is_empty() || number.len() > 3 {
        return None;
    }
    cursor.at += 1;
    let mut round = String::new();
    if stage.is_some()
        && cursor.is_glued_number('.')
        && let digit @ ("2" | "3" | "4") = cursor.digits(1)
    {
        round = format!(".{digit}");
        cursor.at += 2;
    }
    let sign = if separator == '+' { '+' } else { '/' };
    Some((
        format!("{sign}{name} {number}{round}{}", edition(cursor)),
        stage,
    ))
}

/// An ETSI version with its date: ` V2.1.1`, or nothing.
pub(super) fn etsi_version(cursor: &mut Cursor<'_>) -> String {
    let version = cursor
        .attempt(|cursor| {
            let _ = cursor.eat(',');
            let open = cursor.eat('(');
            cursor.eat_word("v").then_some(())?;
            let version = cursor.take_dotted()?;
            if open {
                let _ = cursor.eat(')');
            }
            version.contains('.').then(|| format!(" V{version}"))
        })
        .unwrap_or_default();
    let _ = cursor.attempt(|cursor| {
        cursor.eat('(').then_some(())?;
        year(cursor.digits(0))?;
        cursor.at += 1;
        month(cursor);
        cursor.eat(')').then_some(())
    });
    version
}
