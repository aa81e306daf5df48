//! EU documents by other numbers: CELEX, ELI paths, the Official Journal since 2023, COM documents, cases.

use super::Hit;
use super::context::{Context, eat_joint, hit, unit_follows};
use super::eu::{Act, Number};
use super::eu_words::{Form, Type};
use super::token::{Cursor, Kind, value};

/// `CELEX 32024R1689`, `eli/reg/2024/1689`, `COM(2025) 836 final`.
pub(super) fn read(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    match cursor.word(0).to_ascii_lowercase().as_str() {
        "celex" => {
            let start = cursor.here();
            cursor.at += 1;
            let _ = cursor.eat_any(&["number", "no", "nr"]);
            let _ = cursor.eat_glued('.');
            let _ = cursor.eat(':') || cursor.eat('=');
            if cursor.is_sign(0, '%') && cursor.glued(0) {
                // "CELEX%3A32024R1689": the colon of an address.
                cursor.at += 1;
                (cursor.digits(0) == "3" && cursor.is_word(1, "A")).then_some(())?;
                cursor.at += 2;
            }
            number(cursor, start)
        }
        "eli" => identifier(cursor),
        "com" | "swd" | "join" => proposal(cursor),
        _ => None,
    }
}

/// A CELEX number without the word.
pub(super) fn by_number(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    let digits = cursor.digits(0);
    if digits.len() != 5 || !matches!(digits.as_bytes()[0], b'0' | b'3' | b'5' | b'6') {
        return None;
    }
    let before = cursor.character_before();
    if before.is_some_and(|before| before.is_ascii_digit() || matches!(before, '.' | ',' | '-')) {
        return None;
    }
    let start = cursor.here();
    number(cursor, start)
}

fn number(cursor: &mut Cursor<'_>, start: usize) -> Option<Vec<Hit>> {
    let digits = cursor.take_digits().filter(|digits| digits.len() == 5)?;
    let (sector, year) = digits.split_at(1);
    let year = value(year).filter(|year| (1952..=2099).contains(year))?;
    let letters = cursor.word(0);
    cursor.glued(0).then_some(())?;
    cursor.at += 1;
    cursor.glued(0).then_some(())?;
    let ordinal = cursor.take_digits().filter(|digits| digits.len() == 4)?;
    let number = value(ordinal).filter(|number| *number > 0)?;
    if super::adoption::is_glued_letter(cursor) && !cursor.is_word(0, "R") {
        return None;
    }
    let kind = match letters {
        "R" => Type::Regulation,
        "L" => Type::Directive,
        "D" => Type::Decision,
        "F" => Type::FrameworkDecision,
        "PC" | "DC" if sector == "5" => {
            let name = format!("COM({year}) {number}");
            return Some(vec![hit(name.clone(), name, start, cursor.taken())]);
        }
        "CJ" | "CC" | "CA" | "TJ" | "TO" | "CO" if sector == "6" => {
            let court = if letters.starts_with('T') { 'T' } else { 'C' };
            let name = format!("Case {court}-{number}/{:02}", year % 100);
            return Some(vec![hit(name.clone(), name, start, cursor.taken())]);
        }
        _ => return None,
    };
    if sector == "0" {
        // A consolidated text carries its date; the reference is to the base act.
        if cursor.is_glued_number('-') && cursor.digits(1).len() == 8 {
            cursor.at += 2;
        }
    } else if sector != "3" {
        return None;
    }
    if cursor.is_word(0, "R") && cursor.glued(0) && cursor.is_sign(1, '(') {
        // A corrigendum, "R(01)".
        cursor.at += 2;
        let _ = cursor.take_digits();
        let _ = cursor.eat_glued(')');
    }
    let act = Act {
        kind,
        form: None,
        order: None,
        number: Number { year, number },
    };
    Some(vec![act.hit(start, cursor.taken())])
}

/// `eli/reg_impl/2024/2690`.
fn identifier(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    cursor.at += 1;
    cursor.eat_glued('/').then_some(())?;
    let kind = match cursor.word(0) {
        "reg" => Type::Regulation,
        "dir" => Type::Directive,
        "dec" => Type::Decision,
        _ => return None,
    };
    cursor.at += 1;
    let form = if cursor.eat_glued('_') {
        let form = match cursor.word(0) {
            "impl" => Form::Implementing,
            "del" => Form::Delegated,
            _ => return None,
        };
        cursor.at += 1;
        Some(form)
    } else {
        None
    };
    cursor.eat_glued('/').then_some(())?;
    let year = cursor
        .take_number()
        .filter(|year| (1952..=2099).contains(year))?;
    cursor.eat_glued('/').then_some(())?;
    let number = cursor
        .take_number()
        .filter(|number| (1..10_000).contains(number))?;
    let act = Act {
        kind,
        form,
        order: None,
        number: Number { year, number },
    };
    Some(vec![act.hit(start, cursor.taken())])
}

/// `COM(2025) 836 final`, `COM/2025/836`, `SWD(2021) 84`.
fn proposal(cursor: &mut Cursor<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let series = cursor.word(0);
    if series.chars().any(char::is_lowercase) {
        return None;
    }
    cursor.at += 1;
    let slash = cursor.eat_glued('/');
    (slash || cursor.eat('(')).then_some(())?;
    let year = cursor
        .take_number()
        .filter(|year| (1970..=2099).contains(year))?;
    let closed = if slash {
        cursor.eat_glued('/')
    } else {
        cursor.eat(')')
    };
    closed.then_some(())?;
    let digits = cursor.take_digits().filter(|digits| digits.len() <= 4)?;
    let number = value(digits)?;
    if !super::adoption::is_glued_letter(cursor) {
        let _ = cursor.eat_word("final");
    }
    let name = format!("{series}({year}) {number}");
    Some(vec![hit(name.clone(), name, start, cursor.taken())])
}

/// `Case C-311/18`, `Joined Cases C-203/15 and C-698/15`, a bare `T-604/18`.
pub(super) fn case(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let _ = cursor.eat_any(&["Case", "Cases"]);
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
        let Some(name) = cursor.attempt(case_number) else {
            cursor.at = mark;
            return (!hits.is_empty()).then_some(hits);
        };
        hits.push(hit(name.clone(), name, start, cursor.taken()));
    }
}

fn case_number(cursor: &mut Cursor<'_>) -> Option<String> {
    let court = match cursor.word(0) {
        "C" => 'C',
        "T" => 'T',
        _ => return None,
    };
    cursor.at += 1;
    (cursor.eat_glued('-') && cursor.glued(0)).then_some(())?;
    let number = cursor.take_number().filter(|number| *number > 0)?;
    (cursor.eat_glued('/') && cursor.glued(0)).then_some(())?;
    let year = cursor.take_digits().filter(|digits| digits.len() == 2)?;
    if super::adoption::is_glued_letter(cursor) || unit_follows(cursor) {
        return None;
    }
    Some(format!("Case {court}-{number}/{year}"))
}

/// `OJ L, 2024/1689, 12.7.2024`: the Journal's number is the act's; its type is taken from what the text or the
/// library says of it, else it is a regulation, by far the commonest.
pub(super) fn journal(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    before: &[Hit],
) -> Option<Vec<Hit>> {
    let start = cursor.here();
    if !matches!(
        cursor.word(0),
        "OJ" | "ABl" | "JO" | "DO" | "GU" | "PB" | "EUT"
    ) {
        return None;
    }
    cursor.at += 1;
    let _ = cursor.eat_glued('.');
    (cursor.word(0) == "L").then_some(())?;
    cursor.at += 1;
    let _ = cursor.eat_word("series");
    let _ = cursor.eat(',');
    let year = cursor
        .take_number()
        .filter(|year| (2023..=2099).contains(year))?;
    cursor.eat_glued('/').then_some(())?;
    let number = cursor
        .take_digits()
        .filter(|digits| digits.len() <= 5)
        .and_then(value)?;
    let end = cursor.taken();
    // The date of publication belongs to the citation.
    let _ = cursor.attempt(|cursor| {
        cursor.eat(',').then_some(())?;
        let date = cursor.take_dotted()?;
        (date.matches('.').count() == 2 && cursor.peek(0).kind != Kind::Number).then_some(())
    });
    let end = end.max(cursor.taken());
    let act = |kind| Act {
        kind,
        form: None,
        order: None,
        number: Number { year, number },
    };
    let kinds = [Type::Regulation, Type::Directive, Type::Decision];
    for kind in kinds {
        let celex = act(kind).celex();
        let same = |earlier: &&Hit| earlier.reference.work == celex;
        if let Some(earlier) = before.iter().rev().take(32).find(same) {
            let canonical = earlier.reference.canonical.clone();
            return Some(vec![hit(canonical, celex, start, end)]);
        }
    }
    let kind = kinds
        .into_iter()
        .find(|kind| context.known.contains(&act(*kind).celex()))
        .unwrap_or(Type::Regulation);
    Some(vec![act(kind).hit(start, end)])
}
