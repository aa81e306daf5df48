//! Federal law of the United States, and the codes of states that are cited in the same manner.

use super::Hit;
use super::context::{Context, count_follows, eat_joint, eat_number_word, hit, unit_follows, year};
use super::token::{Cursor, Kind};

/// `89 FR 12345`, `45 CFR 164.312`, `15 USC 6501`, `23 NYCRR 500`, `740 ILCS 14/15`, `11 CCR 7000`.
pub(super) fn by_number(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let before = cursor.character_before();
    if before.is_some_and(|before| {
        before.is_alphanumeric() || matches!(before, '.' | ',' | '-' | '/' | '$' | '€' | '£')
    }) {
        return None;
    }
    let volume = cursor.take_number().filter(|volume| *volume > 0)?;
    if volume <= 150 && register(cursor) {
        let page = cursor.take_grouped(',')?;
        let plausible = (2..=6).contains(&page.len()) && !page.starts_with('0');
        if !plausible || super::adoption::is_glued_letter(cursor) || unit_follows(cursor) {
            return None;
        }
        let name = format!("{volume} FR {page}");
        return Some(vec![hit(name.clone(), name, start, cursor.taken())]);
    }
    if volume <= 50
        && (cursor.eat_capitals("CFR")
            || cursor.eat_words(&["Code", "of", "Federal", "Regulations"]))
    {
        return sections(cursor, start, &format!("{volume} CFR"));
    }
    if volume <= 23 && (cursor.eat_capitals("NYCRR")) {
        return sections(cursor, start, &format!("{volume} NYCRR"));
    }
    if volume <= 54 && (cursor.eat_capitals("USC") || united_states_code(cursor)) {
        section_sign(cursor);
        let (section, paragraphs) = section(cursor)?;
        let work = format!("{volume} USC {section}");
        return Some(vec![hit(
            format!("{work}{paragraphs}"),
            work,
            start,
            cursor.taken(),
        )]);
    }
    if volume < 1000 && cursor.eat_capitals("ILCS") {
        let act = cursor.take_number()?;
        let work = format!("{volume} ILCS {act}");
        let mut canonical = work.clone();
        if cursor.is_glued_number('/') {
            cursor.at += 1;
            let (section, paragraphs) = section(cursor)?;
            canonical = format!("{work}/{section}{paragraphs}");
        }
        return Some(vec![hit(canonical, work, start, cursor.taken())]);
    }
    if volume <= 28 && cursor.eat_capitals("CCR") {
        section_sign(cursor);
        let (section, paragraphs) = section(cursor)?;
        let work = format!("{volume} CCR {section}");
        return Some(vec![hit(
            format!("{work}{paragraphs}"),
            work,
            start,
            cursor.taken(),
        )]);
    }
    None
}

fn register(cursor: &mut Cursor<'_>) -> bool {
    let words = cursor.attempt(|cursor| {
        cursor.eat_word("Fed").then_some(())?;
        let _ = cursor.eat_glued('.');
        cursor.eat_word("Reg").then_some(())?;
        let _ = cursor.eat_glued('.');
        Some(())
    });
    words.is_some() || cursor.eat_words(&["Federal", "Register"]) || cursor.eat_capitals("FR")
}

fn united_states_code(cursor: &mut Cursor<'_>) -> bool {
    cursor
        .attempt(|cursor| (cursor.eat_capitals("US") && cursor.eat_word("Code")).then_some(()))
        .is_some()
}

fn section_sign(cursor: &mut Cursor<'_>) {
    while cursor.eat('§') {}
    let _ = cursor.eat_any(&["section", "sections", "sec"]) && cursor.eat_glued('.');
}

/// `164.312`, `240.10b-5`, `1320d-2`, each with its paragraphs `(a)(1)`.
fn section(cursor: &mut Cursor<'_>) -> Option<(String, String)> {
    let mut section = cursor.take_digits()?.to_owned();
    if section.len() > 6 {
        return None;
    }
    while section.len() < 24 {
        let sign = [".", "-"]
            .into_iter()
            .find(|sign| cursor.is_glued_number(sign.chars().next().unwrap_or('.')));
        if let Some(sign) = sign {
            section.push_str(sign);
            section.push_str(cursor.digits(1));
            cursor.at += 2;
        } else if cursor.glued(0) && cursor.peek(0).kind == Kind::Word && cursor.word(0).len() <= 2
        {
            section.push_str(cursor.word(0));
            cursor.at += 1;
        } else {
            break;
        }
    }
    if super::adoption::is_glued_letter(cursor) {
        return None;
    }
    let mut paragraphs = String::new();
    while paragraphs.len() < 24 && cursor.is_sign(0, '(') && cursor.glued(0) {
        let token = cursor.peek(1);
        let text = cursor.text_of(token);
        let inner = matches!(token.kind, Kind::Word | Kind::Number) && text.len() <= 5;
        if !inner || !cursor.is_sign(2, ')') {
            break;
        }
        paragraphs = format!("{paragraphs}({text})");
        cursor.at += 3;
    }
    Some((section, paragraphs))
}

/// Parts and sections of a title, several when listed: `45 CFR Parts 160 and 164`.
fn sections(cursor: &mut Cursor<'_>, start: usize, title: &str) -> Option<Vec<Hit>> {
    let mut hits: Vec<Hit> = Vec::new();
    loop {
        let mark = cursor.at;
        if !hits.is_empty() && !eat_joint(cursor) {
            return Some(hits);
        }
        let start = if hits.is_empty() {
            start
        } else {
            cursor.here()
        };
        section_sign(cursor);
        let _ = cursor.eat_any(&["Part", "Parts", "pt"]) && cursor.eat_glued('.');
        section_sign(cursor);
        let member = section(cursor).filter(|(section, _)| {
            let first = hits.is_empty();
            // "45 CFR 164.312, 16 CFR 314.4": the next citation, not a section.
            let cited = ["CFR", "C", "USC", "U", "FR", "Fed", "NYCRR"];
            let another = cited.contains(&cursor.word(0));
            let doubtful = year(section).is_some() || count_follows(cursor);
            first || !(another || doubtful)
        });
        let Some((section, paragraphs)) = member else {
            cursor.at = mark;
            return (!hits.is_empty()).then_some(hits);
        };
        let part = section.split('.').next().unwrap_or_default();
        let work = format!("{title} Part {part}");
        let canonical = if section.contains('.') {
            format!("{title} {section}{paragraphs}")
        } else {
            format!("{title} Part {section}")
        };
        hits.push(hit(canonical, work, start, cursor.taken()));
    }
}

/// `EO 14365`, `Executive Order (E.O.) No. 14,110`, `Pub. L. 104-191`, `Public Law No. 104-191`.
pub(super) fn read(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    if order_words(cursor) {
        return orders(cursor, start);
    }
    if !law_words(cursor) {
        return None;
    }
    let _ = eat_number_word(cursor);
    let congress = cursor
        .take_number()
        .filter(|congress| (1..200).contains(congress))?;
    (cursor.eat_glued('-') && cursor.glued(0)).then_some(())?;
    let number = cursor
        .take_digits()
        .filter(|digits| digits.len() <= 3 && !digits.starts_with('0'))?;
    let name = format!("Pub. L. {congress}-{number}");
    Some(vec![hit(name.clone(), name, start, cursor.taken())])
}

fn order_words(cursor: &mut Cursor<'_>) -> bool {
    let words = cursor.attempt(|cursor| {
        if cursor.eat_word("Exec") {
            let _ = cursor.eat_glued('.');
        } else {
            cursor.eat_word("Executive").then_some(())?;
        }
        cursor.eat_any(&["Order", "Orders"]).then_some(())?;
        let _ = cursor.attempt(|cursor| {
            cursor.eat('(').then_some(())?;
            (cursor.eat_capitals("EO") && cursor.eat(')')).then_some(())
        });
        Some(())
    });
    words.is_some() || cursor.eat_capitals("EO") || cursor.eat_word("EOs")
}

fn orders(cursor: &mut Cursor<'_>, start: usize) -> Option<Vec<Hit>> {
    let _ = cursor.eat_glued('-');
    let _ = eat_number_word(cursor);
    let mut hits: Vec<Hit> = Vec::new();
    loop {
        let mark = cursor.at;
        if !hits.is_empty() && !eat_joint(cursor) {
            return Some(hits);
        }
        let start = if hits.is_empty() {
            start
        } else {
            cursor.here()
        };
        let number = cursor
            .take_grouped(',')
            .filter(|digits| digits.len() == 5 || hits.is_empty() && digits.len() == 4)
            .filter(|digits| !digits.starts_with('0') && !digits.ends_with("000"));
        match number {
            Some(number) if !super::adoption::is_glued_letter(cursor) && !count_follows(cursor) => {
                let name = format!("EO {number}");
                hits.push(hit(name.clone(), name, start, cursor.taken()));
            }
            _ => {
                cursor.at = mark;
                return (!hits.is_empty()).then_some(hits);
            }
        }
    }
}

fn law_words(cursor: &mut Cursor<'_>) -> bool {
    let words = cursor.attempt(|cursor| {
        cursor.eat_word("Pub").then_some(())?;
        let _ = cursor.eat_glued('.');
        cursor.eat_word("L").then_some(())?;
        let _ = cursor.eat_glued('.');
        Some(())
    });
    words.is_some() || cursor.eat_words(&["Public", "Law"]) || cursor.eat_capitals("PL")
}

/// `Local Law 144 of 2021` of New York City; without its year only where the city is named or the law is known.
pub(super) fn local_law(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let city = cursor.eat_word("NYC");
    cursor.eat_words(&["Local", "Law"]).then_some(())?;
    let _ = eat_number_word(cursor);
    let number = cursor
        .take_number()
        .filter(|number| (1..1000).contains(number))?;
    let name = format!("NYC Local Law {number}");
    let dated = cursor.attempt(|cursor| {
        (cursor.eat_word("of") || cursor.eat('/')).then_some(())?;
        let year = year(cursor.digits(0))?;
        cursor.at += 1;
        Some(year)
    });
    if let Some(year) = dated {
        let name = format!("{name} of {year}");
        return Some(vec![hit(name.clone(), name, start, cursor.taken())]);
    }
    let end = cursor.taken();
    if let Some(work) = context.known.only_one_beginning(&format!("{name} of ")) {
        return Some(vec![hit(name, work.to_owned(), start, end)]);
    }
    let named = city || context.names_new_york_city();
    named.then(|| vec![hit(name.clone(), name, start, end)])
}
