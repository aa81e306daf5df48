//! Acts of the European Union by number, in any of its languages; the work is the CELEX number.

use super::Hit;
use super::context::{Context, eat_joint, eat_number_word, hit, unit_follows};
use super::eu_words::{self, Form, Order, Type};
use super::token::{Cursor, Folded, Kind, value};

/// An act's number with the year told apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub year: u32,
    pub number: u32,
}

/// An act as far as its words and numbers say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub kind: Type,
    pub form: Option<Form>,
    pub order: Option<&'static str>,
    pub number: Number,
}

impl Act {
    /// `32024R1689`.
    pub fn celex(self) -> String {
        format!(
            "3{}{}{:04}",
            self.number.year,
            self.kind.letter(),
            self.number.number
        )
    }

    /// The citation in the style of its time (rule 6).
    pub fn canonical(self) -> String {
        let Number { year, number } = self.number;
        let form = self.form.map_or("", Form::name);
        let name = self.kind.name();
        let order = self.order.unwrap_or(match year {
            2010.. => "EU",
            1993..=2009 => "EC",
            _ => "EEC",
        });
        let short = if year < 1999 { year % 100 } else { year };
        if year >= 2015 {
            return format!("{form}{name} ({order}) {year}/{number}");
        }
        match self.kind {
            Type::Regulation => format!("{form}{name} ({order}) No {number}/{short}"),
            _ => format!("{form}{name} {short}/{number}/{order}"),
        }
    }

    pub fn hit(self, start: usize, end: usize) -> Hit {
        hit(self.canonical(), self.celex(), start, end)
    }
}

/// Words, then one number or a list of them.
pub(super) fn read(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let leading = cursor.attempt(|cursor| {
        let order = bracketed_order(cursor)?;
        let _ = cursor.eat_glued('-');
        Some(order)
    });
    let (kind, form) = words(cursor)?;
    let mut hits = Vec::new();
    let mut sure = leading.is_some();
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
        match member(cursor, context, (kind, form), leading, sure) {
            Some(act) => hits.push(act.hit(start, cursor.taken())),
            None => {
                cursor.at = mark;
                return (!hits.is_empty()).then_some(hits);
            }
        }
        sure = true;
    }
}

/// `Commission Implementing Regulation`, `règlement d'exécution`, `Durchführungsverordnung`, `reglamento delegado`.
fn words(cursor: &mut Cursor<'_>) -> Option<(Type, Option<Form>)> {
    let mut kind = None;
    let mut form = None;
    for _ in 0..5 {
        let word = cursor.word(0);
        if word.is_empty() {
            break;
        }
        let folded = Folded::new(word);
        let folded = folded.as_str();
        if let Some((found, implied)) = eu_words::type_word(folded).filter(|_| kind.is_none()) {
            kind = Some(found);
            form = form.or(implied);
        } else if folded == "framework" && kind.is_none() && cursor.is_word(1, "Decision") {
            kind = Some(Type::FrameworkDecision);
            cursor.at += 1;
        } else if let Some(found) = eu_words::form_word(folded) {
            form = form.or(Some(found));
        } else if kind.is_none() || !eu_words::is_filler(folded) {
            break;
        }
        cursor.at += 1;
        let _ = kind.is_some() && cursor.eat_glued('\'');
    }
    kind.map(|kind| (kind, form))
}

/// `(EU)`, `(EU, Euratom)`, `EU`.
fn bracketed_order(cursor: &mut Cursor<'_>) -> Option<Order> {
    cursor.attempt(|cursor| {
        let bracket = cursor.eat('(');
        let order = eu_words::order(cursor.word(0))?;
        // Outside brackets the letters are words of their own in several languages.
        let letters = cursor.word(0);
        (bracket || matches!(letters, "EU" | "EC" | "EEC" | "UE")).then_some(())?;
        cursor.at += 1;
        if bracket {
            if cursor.eat(',') {
                eu_words::order(cursor.word(0))?;
                cursor.at += 1;
            }
            cursor.eat(')').then_some(())?;
        }
        Some(order)
    })
}

/// One number with the signs that go with it.
fn member(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    (kind, form): (Type, Option<Form>),
    leading: Option<Order>,
    sure: bool,
) -> Option<Act> {
    let order = bracketed_order(cursor).or(leading);
    let numbered = eat_number_word(cursor);
    let (first, second) = pair(cursor)?;
    let behind = cursor.attempt(|cursor| {
        if cursor.eat_glued('/') {
            let order = eu_words::order(cursor.word(0))?;
            cursor.at += 1;
            return Some(order);
        }
        // Hungarian writes "a 2016/679 (EU) rendelet"; behind a type word it is the same sign.
        cursor.eat('(').then_some(())?;
        let order = eu_words::order(cursor.word(0))?;
        cursor.at += 1;
        cursor.eat(')').then_some(order)
    });
    let number = told_apart(kind, first, second, numbered)?;
    let written = behind.or(order);
    let order = match written {
        Some(Order::Written(order)) => Some(order),
        _ => None,
    };
    // "UE" and "EU" stand for the union of today whatever the year; a bare marker by year needs none.
    let act = Act {
        kind,
        form,
        order,
        number,
    };
    if written.is_none() && !sure && !context.known.contains(&act.celex()) {
        return None;
    }
    (!unit_follows(cursor)).then_some(act)
}

/// `2024/1689` as written; nothing may hang on it.
fn pair<'a>(cursor: &mut Cursor<'a>) -> Option<(&'a str, &'a str)> {
    let first = cursor.take_digits()?;
    (cursor.eat_glued('/') && cursor.glued(0)).then_some(())?;
    let second = cursor.take_digits()?;
    if first.len() > 4 || second.len() > 4 {
        return None;
    }
    let glued = cursor.glued(0) && cursor.peek(0).kind == Kind::Word;
    (!glued).then_some((first, second))
}

/// Since 2015 year/number for all; before, regulations were number/year, directives and decisions year/number.
fn told_apart(kind: Type, first: &str, second: &str, numbered: bool) -> Option<Number> {
    let year_first = || {
        Some(Number {
            year: full_year(first)?,
            number: value(second).filter(|number| *number > 0)?,
        })
    };
    let year_last = || {
        Some(Number {
            year: full_year(second)?,
            number: value(first).filter(|number| *number > 0)?,
        })
    };
    let recent = first.len() == 4 && full_year(first).is_some_and(|year| year >= 2015);
    let old_form = kind == Type::Regulation || numbered;
    let last_is_recent = second.len() == 4 && full_year(second).is_some_and(|year| year >= 2015);
    // "No 2016/95" would be a number of 1995.
    let reversed = numbered && full_year(second).is_some() && !last_is_recent;
    if recent && !reversed {
        year_first()
    } else if old_form {
        year_last().or_else(year_first)
    } else {
        year_first().or_else(year_last)
    }
}

/// `1995` and `95`; the first acts are of 1952.
fn full_year(digits: &str) -> Option<u32> {
    let number = value(digits)?;
    match digits.len() {
        4 => Some(number).filter(|year| (1952..=2099).contains(year)),
        2 => Some(1900 + number).filter(|year| *year >= 1952),
        _ => None,
    }
}

/// `(EU) 2016/679` without a type: followed by one (`rendelet`), or known under exactly one letter.
pub(super) fn bare(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let order = bracketed_order(cursor)?;
    let _ = eat_number_word(cursor);
    let (first, second) = pair(cursor)?;
    typed(cursor, context, start, order, first, second)
}

/// `2016/679 (EU) rendelet`, `2016/679/EU rendelet`.
pub(super) fn after_number(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    if !context.slash {
        return None;
    }
    let start = cursor.here();
    let before = cursor.character_before();
    if before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '/' | '-' | '.')) {
        return None;
    }
    let (first, second) = pair(cursor)?;
    let order = if cursor.eat_glued('/') {
        let order = eu_words::order(cursor.word(0))?;
        cursor.at += 1;
        order
    } else {
        bracketed_order(cursor)?
    };
    typed(cursor, context, start, order, first, second)
}

fn typed(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    start: usize,
    order: Order,
    first: &str,
    second: &str,
) -> Option<Vec<Hit>> {
    let act = |kind, form| {
        told_apart(kind, first, second, false).map(|number| Act {
            kind,
            form,
            order: match order {
                Order::Written(order) => Some(order),
                Order::ByYear => None,
            },
            number,
        })
    };
    let end = cursor.taken();
    if let Some((kind, form)) = cursor.attempt(words) {
        return Some(vec![act(kind, form)?.hit(start, cursor.taken())]);
    }
    let mut known = [Type::Regulation, Type::Directive, Type::Decision]
        .into_iter()
        .filter_map(|kind| act(kind, None))
        .filter(|act| context.known.contains(&act.celex()));
    match (known.next(), known.next()) {
        (Some(act), None) => Some(vec![act.hit(start, end)]),
        _ => None,
    }
}
