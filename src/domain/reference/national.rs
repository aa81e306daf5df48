//! Acts of the United Kingdom, Viet Nam and Brazil, and treaties of the Council of Europe.

use super::Hit;
use super::context::{Context, eat_number_word, hit, unit_follows, year};
use super::token::{Cursor, Folded, Kind, value};

/// A citation that begins with a word.
pub(super) fn read(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let folded = Folded::new(cursor.word(0));
    let name = match folded.as_str() {
        "si" | "s" | "statutory" => instrument(cursor)?,
        "uksi" | "ukpga" => path(cursor)?,
        "law" | "luat" | "decree" | "nghi" => return vietnamese(cursor),
        "pl" | "projeto" | "bill" => bill(cursor, context)?,
        _ => treaty(cursor)?,
    };
    Some(vec![hit(name.clone(), name, start, cursor.taken())])
}

/// `2018 c. 12`, `2018 (c. 12)`, and Vietnamese laws by number alone.
pub(super) fn by_number(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    if let Some(found) = cursor.attempt(|cursor| assembly_law(cursor, start, "Law No.")) {
        return Some(vec![found]);
    }
    let before = cursor.character_before();
    if before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '/' | '-' | '.')) {
        return None;
    }
    let session = value(cursor.digits(0)).filter(|year| (1800..=2099).contains(year))?;
    cursor.at += 1;
    let bracket = cursor.eat('(');
    if cursor.word(0) == "c" {
        cursor.at += 1;
        cursor.eat_glued('.').then_some(())?;
    } else {
        cursor.eat_any(&["chapter"]).then_some(())?;
    }
    let chapter = cursor
        .take_number()
        .filter(|chapter| (1..1000).contains(chapter))?;
    if bracket {
        cursor.eat(')').then_some(())?;
    }
    let name = format!("{session} c. {chapter}");
    Some(vec![hit(name.clone(), name, start, cursor.taken())])
}

/// `SI 2018/506`, `S.I. 2018 No. 506`.
fn instrument(cursor: &mut Cursor<'_>) -> Option<String> {
    let named = cursor.eat_capitals("SI")
        || cursor.eat_words(&["Statutory", "Instrument"])
        || cursor.eat_words(&["Statutory", "Instruments"]);
    named.then_some(())?;
    let year = year(cursor.digits(0))?;
    cursor.at += 1;
    let joined = cursor.eat_glued('/') || eat_number_word(cursor);
    let number = cursor
        .take_number()
        .filter(|number| (1..10_000).contains(number))?;
    (joined && !unit_follows(cursor)).then(|| format!("SI {year}/{number}"))
}

/// `uksi/2018/506`, `ukpga/2025/18` of legislation.gov.uk.
fn path(cursor: &mut Cursor<'_>) -> Option<String> {
    let act = cursor.is_word(0, "ukpga");
    cursor.at += 1;
    cursor.eat_glued('/').then_some(())?;
    let year = year(cursor.digits(0))?;
    cursor.at += 1;
    cursor.eat_glued('/').then_some(())?;
    let number = cursor.take_number().filter(|number| *number > 0)?;
    Some(if act {
        format!("{year} c. {number}")
    } else {
        format!("SI {year}/{number}")
    })
}

/// `Law No. 134/2025/QH15`, `Luật số 134/2025/QH15`, `Decree No. 13/2023/ND-CP`.
fn vietnamese(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let decree = matches!(Folded::new(cursor.word(0)).as_str(), "decree" | "nghi");
    cursor.at += 1;
    if decree && Folded::new(cursor.word(0)).as_str() == "dinh" {
        cursor.at += 1;
    }
    let _ = eat_number_word(cursor);
    let name = if decree { "Decree No." } else { "Law No." };
    assembly_law(cursor, start, name).map(|found| vec![found])
}

/// `134/2025/QH15` or `13/2023/NĐ-CP`; the letters name the body that issued it.
fn assembly_law(cursor: &mut Cursor<'_>, start: usize, name: &str) -> Option<Hit> {
    let number = cursor.take_digits().filter(|digits| digits.len() <= 4)?;
    cursor.eat_glued('/').then_some(())?;
    let year = year(cursor.digits(0))?;
    cursor.at += 1;
    cursor.eat_glued('/').then_some(())?;
    let issuer = match (cursor.word(0), name) {
        ("QH", _) => {
            cursor.at += 1;
            let term = cursor
                .take_number()
                .filter(|_| cursor.peek(0).kind != Kind::Number)?;
            format!("QH{term}")
        }
        ("ND" | "NĐ", "Decree No.") => {
            cursor.at += 1;
            (cursor.eat_glued('-') && cursor.eat_word("CP")).then_some(())?;
            "ND-CP".to_owned()
        }
        _ => return None,
    };
    let name = format!("{name} {number}/{year}/{issuer}");
    Some(hit(name.clone(), name, start, cursor.taken()))
}

/// `PL 2338/2023`, `PL nº 2.338/2023`, `Projeto de Lei 2338/2023`; in English "Bill" only when the work is known.
fn bill(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<String> {
    let portuguese = cursor.word(0) == "PL" && {
        cursor.at += 1;
        true
    } || cursor.eat_words(&["Projeto", "de", "Lei"]);
    if !portuguese {
        cursor.eat_word("Bill").then_some(())?;
    }
    let _ = eat_number_word(cursor);
    let number = cursor
        .take_grouped('.')
        .filter(|digits| digits.len() <= 5)?;
    let year = if cursor.eat_glued('/') {
        let digits = cursor.take_digits()?;
        match digits.len() {
            2 => 2000 + value(digits)?,
            _ => year(digits)?,
        }
    } else {
        (cursor.eat(',') && cursor.eat_word("de")).then_some(())?;
        let year = year(cursor.digits(0))?;
        cursor.at += 1;
        year
    };
    let name = format!("PL {number}/{year}");
    (portuguese || context.known.contains(&name)).then_some(name)
}

/// `CETS No. 225`, `STCE n° 225`, `ETS 108`.
fn treaty(cursor: &mut Cursor<'_>) -> Option<String> {
    let series = match cursor.word(0) {
        "CETS" | "STCE" => "CETS",
        "ETS" | "STE" => "ETS",
        _ => return None,
    };
    cursor.at += 1;
    let numbered = eat_number_word(cursor);
    let number = cursor
        .take_number()
        .filter(|number| (1..400).contains(number))?;
    // "ETS 2" is the emissions trading system.
    if series == "ETS" && !numbered || unit_follows(cursor) {
        return None;
    }
    Some(format!("{series} No. {number}"))
}
