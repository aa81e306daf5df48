//! Statutes that the library cites in the manner of their country: codes of states, numbered acts, Swiss and
//! Canadian collections.

use super::Hit;
use super::context::{Context, eat_number_word, hit, unit_follows, year};
use super::token::{Cursor, value};

/// Words of a code (points between them do not matter) and its canonical name.
const CODES: &[(&[&str], &str)] = &[
    (&["Cal", "Civ", "Code"], "Cal. Civ. Code"),
    (&["California", "Civil", "Code"], "Cal. Civ. Code"),
    (&["Va", "Code"], "Va. Code"),
    (&["Ind", "Code"], "Ind. Code"),
    (&["R", "I", "Gen", "Laws"], "R.I. Gen. Laws"),
    (&["Conn", "Public", "Act"], "Conn. Public Act"),
    (&["RCW"], "RCW"),
    (&["KRS"], "KRS"),
    (&["CRS"], "C.R.S."),
    (&["C", "R", "S"], "C.R.S."),
];

/// A citation that begins with a word.
pub(super) fn read(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let name = cursor
        .attempt(code)
        .or_else(|| cursor.attempt(collection))
        .or_else(|| cursor.attempt(numbered_act))
        .or_else(|| cursor.attempt(|cursor| other(cursor, context)))?;
    if unit_follows(cursor) {
        return None;
    }
    Some(vec![hit(name.clone(), name, start, cursor.taken())])
}

/// `Cal. Civ. Code § 1798.100`, `C.R.S. 6-1-1301`, `RCW 19.373`.
fn code(cursor: &mut Cursor<'_>) -> Option<String> {
    let (_, name) = CODES
        .iter()
        .find(|(words, _)| cursor.attempt(|cursor| pointed(cursor, words)).is_some())?;
    let _ = cursor.eat_any(&["Ann"]) && cursor.eat_glued('.');
    while cursor.eat('§') {}
    let mut number = cursor.take_digits()?.to_owned();
    let mut groups = 1;
    while groups < 4 {
        let sign = if cursor.is_glued_number('.') {
            '.'
        } else if cursor.is_glued_number('-') {
            '-'
        } else {
            break;
        };
        number.push(sign);
        number.push_str(cursor.digits(1));
        cursor.at += 2;
        groups += 1;
    }
    (groups > 1).then(|| format!("{name} {number}"))
}

fn pointed(cursor: &mut Cursor<'_>, words: &[&str]) -> Option<()> {
    for word in words {
        (cursor.word(0) == *word).then_some(())?;
        cursor.at += 1;
        let _ = cursor.eat_glued('.');
    }
    Some(())
}

/// `S.C. 2000, c. 5`, `S.Q. 2021, c. 25`, `SR 235.1`.
fn collection(cursor: &mut Cursor<'_>) -> Option<String> {
    if matches!(cursor.word(0), "SR" | "RS") {
        cursor.at += 1;
        let number = cursor.take_dotted()?;
        let (chapter, rest) = number.split_once('.')?;
        let plausible = chapter.len() == 3 && !rest.is_empty() && rest.len() <= 8;
        return plausible.then(|| format!("SR {number}"));
    }
    let name = if cursor.eat_capitals("SC") {
        "S.C."
    } else if cursor.eat_capitals("SQ") {
        "S.Q."
    } else {
        return None;
    };
    let year = year(cursor.digits(0))?;
    cursor.at += 1;
    let _ = cursor.eat(',');
    (cursor.word(0) == "c").then_some(())?;
    cursor.at += 1;
    let _ = cursor.eat_glued('.');
    let chapter = cursor.take_number()?;
    Some(format!("{name} {year}, c. {chapter}"))
}

/// `Act No. 22 of 2023`, `Act No. 20676`.
fn numbered_act(cursor: &mut Cursor<'_>) -> Option<String> {
    (cursor.word(0) == "Act").then_some(())?;
    cursor.at += 1;
    eat_number_word(cursor).then_some(())?;
    let number = cursor.take_digits().filter(|digits| digits.len() <= 5)?;
    value(number).filter(|number| *number > 0)?;
    let dated = cursor.attempt(|cursor| {
        cursor.eat_word("of").then_some(())?;
        let year = year(cursor.digits(0))?;
        cursor.at += 1;
        Some(year)
    });
    match dated {
        Some(year) => Some(format!("Act No. {number} of {year}")),
        // Korean acts are numbered through; a short number without a year may be anybody's.
        None if number.len() == 5 => Some(format!("Act No. {number}")),
        None => None,
    }
}

/// `Legge 132/2025`, `Lei nº 13.709/2018`, `Real Decreto 311/2022`, `OECD/LEGAL/0449`, `CPS 230`.
fn other(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<String> {
    let first = cursor.word(0);
    if first == "OECD" {
        cursor.at += 1;
        (cursor.eat_glued('/') && cursor.eat_word("LEGAL") && cursor.eat_glued('/'))
            .then_some(())?;
        let number = cursor.take_digits().filter(|digits| digits.len() == 4)?;
        return Some(format!("OECD/LEGAL/{number}"));
    }
    if first == "CPS" {
        cursor.at += 1;
        let number = cursor.take_digits().filter(|digits| digits.len() == 3)?;
        let name = format!("CPS {number}");
        let sure = context.alone || context.known.contains(&name) || context.names_apra();
        return sure.then_some(name);
    }
    let name = if cursor.eat_word("Legge") {
        "Legge"
    } else if cursor.eat_word("Lei") {
        "Lei"
    } else if cursor.eat_words(&["Real", "Decreto"]) {
        "Real Decreto"
    } else {
        return None;
    };
    let _ = eat_number_word(cursor);
    let mut number = cursor
        .take_grouped('.')
        .filter(|digits| digits.len() <= 5)?;
    cursor.eat_glued('/').then_some(())?;
    let year = year(cursor.digits(0))?;
    cursor.at += 1;
    if name == "Lei" && number.len() > 3 {
        // Brazil writes its laws with a point.
        number.insert(number.len() - 3, '.');
    }
    Some(format!("{name} {number}/{year}"))
}
