//! Law: acts of the Union, American, British and other citations.

use super::tokens::{Kind, Tokens};
use super::{Reading, Reference};
use crate::text::words::fold;

pub(super) fn read(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    celex(tokens, at)
        .or_else(|| union_act(tokens, at))
        .or_else(|| union_other(tokens, at))
        .or_else(|| american(tokens, at))
        .or_else(|| british(tokens, at))
        .or_else(|| elsewhere(tokens, at))
}

/// What an act is, by its letter in CELEX numbers.
fn act(letter: char) -> Option<&'static str> {
    Some(match letter {
        'R' => "Regulation",
        'L' => "Directive",
        'D' => "Decision",
        _ => return None,
    })
}

/// The words for an act in the Union's languages, folded.
const REGULATION: &[&str] = &[
    "regulation",
    "verordnung",
    "reglement",
    "reglamento",
    "regolamento",
    "verordening",
    "rozporzadzenie",
    "rozporzadzenia",
    "regulamento",
    "regulamentul",
    "forordning",
    "forordningen",
    "asetus",
    "narizeni",
    "nariadenie",
    "uredba",
    "rendelet",
    "maarus",
    "regula",
    "reglamentas",
    "κανονισμος",
    "регламент",
    "rialachan",
];
const DIRECTIVE: &[&str] = &[
    "directive",
    "richtlinie",
    "directiva",
    "direttiva",
    "richtlijn",
    "dyrektywa",
    "dyrektywy",
    "diretiva",
    "direktiv",
    "direktivet",
    "direktiivi",
    "smernice",
    "smernica",
    "direktiva",
    "iranyelv",
    "direktiva",
    "οδηγια",
    "директива",
];
const DECISION: &[&str] = &[
    "decision",
    "beschluss",
    "entscheidung",
    "decizia",
    "decisione",
    "besluit",
    "decyzja",
    "decisao",
    "beslut",
    "rozhodnuti",
];

fn act_word(word: &str) -> Option<char> {
    let folded = fold(word);
    let is = |words: &[&str]| words.contains(&folded.as_str());
    if is(REGULATION) {
        Some('R')
    } else if is(DIRECTIVE) {
        Some('L')
    } else if is(DECISION) {
        Some('D')
    } else {
        None
    }
}

/// Implementing and delegated acts, by the word before or glued to the type.
fn manner(word: &str) -> Option<&'static str> {
    let folded = fold(word);
    if folded.starts_with("implementing")
        || folded.starts_with("durchfuhrungs")
        || folded.starts_with("execution")
    {
        Some("Implementing ")
    } else if folded.starts_with("delegated")
        || folded.starts_with("delegierte")
        || folded.starts_with("delegue")
    {
        Some("Delegated ")
    } else {
        None
    }
}

const UNION: &[&str] = &[
    "EU", "EC", "EEC", "UE", "CE", "CEE", "EG", "EWG", "WE", "EF", "EY", "Euratom",
];

fn union_act(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    // Folding a word costs more than all that follows, so the number is looked for first.
    if !(at + 1..at + 12)
        .any(|place| tokens.number(place).is_some() && tokens.sign(place + 1, &["/"]))
    {
        return None;
    }
    let mut next = at;
    let mut kind = "";
    let first = tokens.word(at)?;
    if let Some(found) = manner(first) {
        kind = found;
        next += 1;
    }
    let word = match tokens.word(next) {
        Some(word) => word,
        None if next > at => first,
        None => return None,
    };
    let letter = match act_word(word) {
        Some(letter) => {
            next += 1;
            letter
        }
        // Durchführungsverordnung is one word.
        None => {
            let folded = fold(first);
            let letter = if folded.ends_with("verordnung") {
                'R'
            } else if folded.ends_with("richtlinie") {
                'L'
            } else {
                return None;
            };
            kind = manner(first)?;
            next = at + 1;
            letter
        }
    };
    if kind.is_empty()
        && let Some(found) = tokens.word(next).and_then(manner)
    {
        // "Règlement délégué", "Reglamento Delegado"
        kind = found;
        next += 1;
    }
    let mut marked = false;
    let mut community = "EU";
    if tokens.sign(next, &["("]) {
        let inside = tokens.word(next + 1)?;
        if !UNION.contains(&inside) {
            return None;
        }
        if matches!(inside, "EC" | "CE" | "EG" | "WE" | "EF" | "EY") {
            community = "EC";
        } else if matches!(inside, "EEC" | "CEE" | "EWG") {
            community = "EEC";
        }
        next += 2;
        if tokens.sign(next, &[","]) {
            next += 2;
        }
        if !tokens.sign(next, &[")"]) {
            return None;
        }
        next += 1;
        marked = true;
    }
    let mut numbered = false;
    if tokens.is_word(
        next,
        &[
            "No", "Nr", "n", "nº", "n°", "num", "núm", "č", "št", "sz", "αριθ",
        ],
    ) {
        numbered = true;
        next += 1;
        while tokens.sign(next, &[".", "°", "º", "ᵒ"]) {
            next += 1;
        }
    }
    let a = tokens.number(next)?;
    if !tokens.sign(next + 1, &["/"]) {
        return None;
    }
    let b = tokens.number(next + 2)?;
    let mut end = next + 3;
    let mut suffix = None;
    if tokens.sign(end, &["/"])
        && let Some(word) = tokens.word(end + 1)
        && UNION.contains(&word)
    {
        suffix = Some(match word {
            "CE" | "EG" | "WE" => "EC",
            "CEE" | "EWG" => "EEC",
            "UE" => "EU",
            word => word,
        });
        end += 2;
    }
    let (year, number, year_first) = year_and_number(letter, a, b)?;
    let work = format!("3{year}{letter}{number:04}");
    if !marked && suffix.is_none() && !(year_first && year >= 2015 && tokens.known.contains(&work))
    {
        return None;
    }
    if tokens.unit_follows(end) {
        return None;
    }
    let name = act(letter)?;
    let canonical = match (suffix, year_first) {
        (Some(suffix), _) => format!("{kind}{name} {a}/{b}/{suffix}"),
        (None, true) => format!("{kind}{name} ({community}) {year}/{number}"),
        (None, false) => format!("{kind}{name} ({community}) No {number}/{year}"),
    };
    let _ = numbered;
    Some(Reading::one(Reference::plain(canonical, work), at, end))
}

/// Which of the two numbers is the year: since 2015 the first, before that of regulations the
/// second, of directives always the first.
fn year_and_number(letter: char, a: &str, b: &str) -> Option<(u32, u32, bool)> {
    let (x, y): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
    let is_year = |text: &str, value: u32| text.len() == 4 && (1_952..=2_100).contains(&value);
    if letter != 'R' && a.len() == 2 && b.len() <= 4 && x >= 52 {
        return Some((1_900 + x, y, true));
    }
    if is_year(a, x) && (letter != 'R' || x >= 2_015) && y <= 9_999 {
        return Some((x, y, true));
    }
    if is_year(b, y) && x <= 9_999 {
        return Some((y, x, false));
    }
    if is_year(a, x) && y <= 9_999 {
        return Some((x, y, true));
    }
    None
}

/// `32024R1689`, `CELEX:32024R1689`, `02024R1689-20240712`, `52021PC0206`, `62018CJ0311`
fn celex(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let mut next = at;
    if tokens.is_word(at, &["CELEX"]) {
        next += 1;
        if tokens.sign(next, &[":"]) {
            next += 1;
        }
    }
    let head = tokens.number(next).filter(|head| head.len() == 5)?;
    let letters = tokens.word(next + 1).filter(|_| !tokens.spaced(next + 1))?;
    let tail = tokens
        .number(next + 2)
        .filter(|tail| tail.len() == 4 && !tokens.spaced(next + 2))?;
    let year: u32 = head.get(1..)?.parse().ok()?;
    let number: u32 = tail.parse().ok()?;
    if !(1_952..=2_100).contains(&year) {
        return None;
    }
    let mut end = next + 3;
    let sector = head.get(..1)?;
    let reference = match (sector, letters) {
        ("3" | "0", "R" | "L" | "D") => {
            let letter = letters.chars().next()?;
            if sector == "0"
                && tokens.sign(end, &["-"])
                && tokens.number(end + 1).is_some_and(|day| day.len() == 8)
            {
                end += 2;
            }
            Reference::plain(
                act_canonical(letter, year, number)?,
                format!("3{year}{letter}{number:04}"),
            )
        }
        ("5", "PC" | "DC") => {
            let name = format!("COM({year}) {number}");
            Reference::plain(name.clone(), name)
        }
        ("6", "CJ" | "TJ") => {
            let name = format!("Case {}-{number}/{:02}", letters.get(..1)?, year % 100);
            Reference::plain(name.clone(), name)
        }
        _ => return None,
    };
    Some(Reading::one(reference, at, end))
}

/// An act by year and number as its time would have written it.
fn act_canonical(letter: char, year: u32, number: u32) -> Option<String> {
    let name = act(letter)?;
    Some(if year >= 2_015 {
        format!("{name} (EU) {year}/{number}")
    } else if letter == 'R' {
        let community = if year >= 2_010 { "EU" } else { "EC" };
        format!("{name} ({community}) No {number}/{year}")
    } else {
        let community = if year >= 2_010 { "EU" } else { "EC" };
        let shown = if year < 2_000 { year % 100 } else { year };
        format!("{name} {shown}/{number}/{community}")
    })
}

/// ELI paths, the Official Journal's form, COM documents, cases.
fn union_other(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let slash = |at: usize| tokens.sign(at, &["/"]);
    if tokens.is_word(at, &["eli"]) && slash(at + 1) && slash(at + 3) && slash(at + 5) {
        let letter = match tokens.word(at + 2)? {
            "reg" => 'R',
            "dir" => 'L',
            "dec" => 'D',
            _ => return None,
        };
        let year: u32 = tokens.year(at + 4)?.parse().ok()?;
        let number: u32 = tokens.number(at + 6)?.parse().ok()?;
        let mut end = at + 7;
        if slash(end) && tokens.is_word(end + 1, &["oj"]) {
            end += 2;
        }
        return Some(Reading::one(
            Reference::plain(
                act_canonical(letter, year, number)?,
                format!("3{year}{letter}{number:04}"),
            ),
            at,
            end,
        ));
    }
    if tokens.is_exactly(at, &["OJ"])
        && tokens.is_exactly(at + 1, &["L"])
        && tokens.sign(at + 2, &[","])
        && slash(at + 4)
    {
        let year: u32 = tokens.year(at + 3)?.parse().ok()?;
        let number: u32 = tokens.number(at + 5)?.parse().ok()?;
        let letter = ['R', 'L', 'D']
            .into_iter()
            .find(|letter| {
                tokens
                    .known
                    .contains(&format!("3{year}{letter}{number:04}"))
            })
            .unwrap_or('R');
        return Some(Reading::one(
            Reference::plain(
                act_canonical(letter, year, number)?,
                format!("3{year}{letter}{number:04}"),
            ),
            at,
            at + 6,
        ));
    }
    if tokens.is_exactly(at, &["COM"]) {
        let bracketed = tokens.sign(at + 1, &["("]) && tokens.sign(at + 3, &[")"]);
        let slashed = slash(at + 1) && slash(at + 3);
        if !(bracketed || slashed) {
            return None;
        }
        let (year, number, end) = (tokens.year(at + 2)?, tokens.number(at + 4)?, at + 5);
        let number: u32 = number.parse().ok()?;
        let end = if tokens.is_word(end, &["final"]) {
            end + 1
        } else {
            end
        };
        let name = format!("COM({year}) {number}");
        return Some(Reading::one(Reference::plain(name.clone(), name), at, end));
    }
    let case_at = if tokens.is_word(at, &["Case", "Rechtssache", "affaire"]) {
        at + 1
    } else {
        at
    };
    if tokens.is_exactly(case_at, &["C", "T"])
        && tokens.sign(case_at + 1, &["-"])
        && !tokens.spaced(case_at + 1)
        && slash(case_at + 3)
        && let Some(number) = tokens
            .number(case_at + 2)
            .filter(|number| number.len() <= 4)
        && let Some(year) = tokens.number(case_at + 4).filter(|year| year.len() == 2)
    {
        let name = format!("Case {}-{number}/{year}", tokens.word(case_at)?);
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            case_at + 5,
        ));
    }
    None
}

/// States by what stands before a bill, and how they are abbreviated in a citation.
const STATES: &[(&str, &str)] = &[
    ("Colorado", "Colo."),
    ("Colo", "Colo."),
    ("California", "Cal."),
    ("Cal", "Cal."),
    ("Calif", "Cal."),
    ("Texas", "Tex."),
    ("Tex", "Tex."),
    ("Utah", "Utah"),
    ("Illinois", "Ill."),
    ("Ill", "Ill."),
    ("Virginia", "Va."),
    ("Va", "Va."),
    ("Connecticut", "Conn."),
    ("Conn", "Conn."),
    ("Washington", "Wash."),
    ("Wash", "Wash."),
    ("Oregon", "Or."),
    ("Montana", "Mont."),
    ("Tennessee", "Tenn."),
    ("Florida", "Fla."),
    ("Maryland", "Md."),
    ("Minnesota", "Minn."),
    ("Nebraska", "Neb."),
    ("Delaware", "Del."),
    ("Iowa", "Iowa"),
    ("Indiana", "Ind."),
    ("Kentucky", "Ky."),
    ("Massachusetts", "Mass."),
    ("Vermont", "Vt."),
    ("Maine", "Me."),
];

/// A number whose thousands may be set apart by commas.
fn with_commas(tokens: &Tokens<'_>, at: usize) -> Option<(String, usize)> {
    let mut text = tokens.number(at)?.to_owned();
    let mut next = at + 1;
    while tokens.sign(next, &[","])
        && !tokens.spaced(next)
        && !tokens.spaced(next + 1)
        && let Some(more) = tokens.number(next + 1).filter(|more| more.len() == 3)
    {
        text.push_str(more);
        next += 2;
    }
    Some((text, next))
}

/// `U.S.C.`, `C.F.R.`, `Fed. Reg.`: letters with or without dots.
fn lettered(tokens: &Tokens<'_>, at: usize, joined: &str) -> Option<usize> {
    if tokens.is_exactly(at, &[joined]) {
        return Some(at + 1);
    }
    let mut next = at;
    for letter in joined.chars() {
        let text = tokens.word(next)?;
        if text.len() != 1 || !text.starts_with(letter) || !tokens.sign(next + 1, &["."]) {
            return None;
        }
        next += 2;
    }
    Some(next)
}

fn american(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if let Some(title) = tokens.number(at).filter(|title| title.len() <= 3) {
        let register = lettered(tokens, at + 1, "FR").or_else(|| {
            (tokens.is_exactly(at + 1, &["Fed"])
                && tokens.is_exactly(tokens.past_dot(at + 2), &["Reg"]))
            .then(|| tokens.past_dot(tokens.past_dot(at + 2) + 1))
        });
        if let Some(next) = register
            && tokens
                .get(at + 1)
                .is_some_and(|token| token.kind == Kind::Word)
        {
            let (page, end) = with_commas(tokens, next)?;
            if page.len() < 3 {
                return None;
            }
            let name = format!("{title} FR {page}");
            return Some(Reading::one(Reference::plain(name.clone(), name), at, end));
        }
        if let Some(mut next) = lettered(tokens, at + 1, "CFR") {
            let part_named = tokens.is_word(next, &["Part", "Parts", "pt"]);
            if part_named {
                next = tokens.past_dot(next + 1);
            }
            while tokens.sign(next, &["§"]) {
                next += 1;
            }
            let part = tokens.number(next)?;
            let work = format!("{title} CFR Part {part}");
            if tokens.sign(next + 1, &["."])
                && !tokens.spaced(next + 2)
                && let Some(section) = tokens.number(next + 2)
            {
                let (paragraphs, end) = paragraphs(tokens, next + 3);
                return Some(Reading::one(
                    Reference::plain(format!("{title} CFR {part}.{section}{paragraphs}"), work),
                    at,
                    end,
                ));
            }
            return Some(Reading::one(
                Reference::plain(work.clone(), work),
                at,
                next + 1,
            ));
        }
        if let Some(mut next) = lettered(tokens, at + 1, "USC") {
            while tokens.sign(next, &["§"]) {
                next += 1;
            }
            let section = tokens.number(next)?;
            let work = format!("{title} USC {section}");
            let (paragraphs, end) = paragraphs(tokens, next + 1);
            return Some(Reading::one(
                Reference::plain(format!("{work}{paragraphs}"), work),
                at,
                end,
            ));
        }
        if tokens.is_exactly(at + 1, &["NYCRR"]) {
            let next = if tokens.is_word(at + 2, &["Part"]) {
                at + 3
            } else {
                at + 2
            };
            let part = tokens.number(next)?;
            let name = format!("{title} NYCRR Part {part}");
            return Some(Reading::one(
                Reference::plain(name.clone(), name),
                at,
                next + 1,
            ));
        }
        if tokens.is_exactly(at + 1, &["ILCS"]) && tokens.sign(at + 3, &["/"]) {
            let (act, section) = (tokens.number(at + 2)?, tokens.number(at + 4)?);
            return Some(Reading::one(
                Reference::plain(
                    format!("{title} ILCS {act}/{section}"),
                    format!("{title} ILCS {act}"),
                ),
                at,
                at + 5,
            ));
        }
    }
    let public_law =
        if tokens.is_exactly(at, &["Pub"]) && tokens.is_exactly(tokens.past_dot(at + 1), &["L"]) {
            Some(tokens.past_dot(tokens.past_dot(at + 1) + 1))
        } else if tokens.is_word(at, &["Public"]) && tokens.is_word(at + 1, &["Law"]) {
            Some(at + 2)
        } else {
            None
        };
    if let Some(mut next) = public_law {
        if tokens.is_word(next, &["No"]) {
            next = tokens.past_dot(next + 1);
        }
        let congress = tokens.number(next)?;
        if !tokens.sign(next + 1, &["-"]) {
            return None;
        }
        let number = tokens.number(next + 2)?;
        let name = format!("Pub. L. {congress}-{number}");
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            next + 3,
        ));
    }
    let order = if tokens.is_word(at, &["Executive"]) && tokens.is_word(at + 1, &["Order"]) {
        Some(if tokens.is_word(at + 2, &["No"]) {
            tokens.past_dot(at + 3)
        } else {
            at + 2
        })
    } else {
        lettered(tokens, at, "EO")
    };
    if let Some(next) = order
        && let Some(number) = tokens.number(next).filter(|number| number.len() == 5)
    {
        let name = format!("EO {number}");
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            next + 1,
        ));
    }
    if tokens.is_word(at, &["Local"]) && tokens.is_word(at + 1, &["Law"]) {
        let next = if tokens.is_word(at + 2, &["No"]) {
            tokens.past_dot(at + 3)
        } else {
            at + 2
        };
        let number = tokens.number(next)?;
        if tokens.is_word(next + 1, &["of"])
            && let Some(year) = tokens.year(next + 2)
        {
            let name = format!("NYC Local Law {number} of {year}");
            return Some(Reading::one(
                Reference::plain(name.clone(), name),
                at,
                next + 3,
            ));
        }
        return None;
    }
    state_bill(tokens, at)
}

fn paragraphs(tokens: &Tokens<'_>, at: usize) -> (String, usize) {
    let mut out = String::new();
    let mut next = at;
    while tokens.sign(next, &["("])
        && !tokens.spaced(next)
        && tokens.sign(next + 2, &[")"])
        && out.len() < 20
    {
        let Some(inner) = tokens.get(next + 1).filter(|inner| inner.text.len() <= 4) else {
            break;
        };
        out.push_str(&format!("({})", inner.text));
        next += 3;
    }
    (out, next)
}

/// `Colorado SB 24-205`, `California's SB 53`, `Texas H.B. 149`
fn state_bill(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let word = tokens.word(at)?;
    let (_, state) = STATES.iter().find(|(name, _)| *name == word)?;
    let mut next = tokens.past_dot(at + 1);
    if tokens.sign(next, &["'", "’"]) && tokens.is_word(next + 1, &["s"]) {
        next += 2;
    }
    let bill = ["SB", "HB", "AB"]
        .iter()
        .find_map(|bill| lettered(tokens, next, bill).map(|after| (*bill, after)));
    let (bill, after) = bill.or_else(|| {
        let senate = tokens.is_word(next, &["Senate"]);
        let house = tokens.is_word(next, &["House"]);
        ((senate || house) && tokens.is_word(next + 1, &["Bill"]))
            .then_some((if senate { "SB" } else { "HB" }, next + 2))
    })?;
    let number = tokens.number(after).filter(|number| number.len() <= 5)?;
    let mut name = format!("{state} {bill} {number}");
    let mut end = after + 1;
    if tokens.sign(end, &["-"])
        && !tokens.spaced(end)
        && !tokens.spaced(end + 1)
        && let Some(second) = tokens.number(end + 1)
    {
        name.push_str(&format!("-{second}"));
        end += 2;
    }
    Some(Reading::one(Reference::plain(name.clone(), name), at, end))
}

fn british(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if let Some(next) = lettered(tokens, at, "SI") {
        let year = tokens.year(next)?;
        let number_at = if tokens.sign(next + 1, &["/"]) {
            next + 2
        } else if tokens.is_word(next + 1, &["No"]) {
            tokens.past_dot(next + 2)
        } else {
            return None;
        };
        let number = tokens.number(number_at)?;
        let name = format!("SI {year}/{number}");
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            number_at + 1,
        ));
    }
    if tokens.is_word(at, &["ukpga", "uksi"])
        && tokens.sign(at + 1, &["/"])
        && tokens.sign(at + 3, &["/"])
    {
        let (year, number) = (tokens.year(at + 2)?, tokens.number(at + 4)?);
        let name = if tokens.is_word(at, &["ukpga"]) {
            format!("{year} c. {number}")
        } else {
            format!("SI {year}/{number}")
        };
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            at + 5,
        ));
    }
    // 2018 c. 12, and "Data Protection Act 2018 (c. 12)"
    if let Some(year) = tokens.year(at) {
        let bracket = usize::from(tokens.sign(at + 1, &["("]));
        if tokens.is_exactly(at + 1 + bracket, &["c"]) && tokens.sign(at + 2 + bracket, &["."]) {
            let number = tokens.number(at + 3 + bracket)?;
            let name = format!("{year} c. {number}");
            return Some(Reading::one(
                Reference::plain(name.clone(), name),
                at,
                at + 4 + 2 * bracket,
            ));
        }
    }
    None
}

/// Vietnam, Brazil, the Council of Europe.
fn elsewhere(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let slash = |at: usize| tokens.sign(at, &["/"]);
    tokens.word(at)?;
    let law = if tokens.is_word(at, &["Law"]) && tokens.is_word(at + 1, &["No"]) {
        Some(tokens.past_dot(at + 2))
    } else if tokens
        .word(at)
        .is_some_and(|word| !word.is_ascii() && fold(word) == "luat")
        && tokens.word(at + 1).is_some_and(|word| fold(word) == "so")
    {
        Some(at + 2)
    } else {
        None
    };
    if let Some(next) = law
        && slash(next + 1)
        && slash(next + 3)
        && tokens.is_exactly(next + 4, &["QH"])
    {
        let (number, year, session) = (
            tokens.number(next)?,
            tokens.year(next + 2)?,
            tokens.number(next + 5)?,
        );
        let name = format!("Law No. {number}/{year}/QH{session}");
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            next + 6,
        ));
    }
    if tokens.is_exactly(at, &["PL"]) && slash(at + 2) {
        let (number, year) = (tokens.number(at + 1)?, tokens.year(at + 3)?);
        let name = format!("PL {number}/{year}");
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            at + 4,
        ));
    }
    if tokens.is_exactly(at, &["CETS"]) {
        let next = if tokens.is_word(at + 1, &["No"]) {
            tokens.past_dot(at + 2)
        } else {
            at + 1
        };
        let name = format!("CETS No. {}", tokens.number(next)?);
        return Some(Reading::one(
            Reference::plain(name.clone(), name),
            at,
            next + 1,
        ));
    }
    None
}
