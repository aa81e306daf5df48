//! Days among the pieces of a text: by signs, by the name of a month, by numbers alone.

use chrono::{Datelike, NaiveDate};

use super::months::month;
use super::pieces::Piece;
use super::{DateHints, Order};

/// Year, month, day.
pub(super) fn find_day(pieces: &[Piece], hints: &DateHints<'_>) -> Option<(i32, u32, u32)> {
    by_signs(pieces)
        .or_else(|| by_month_name(pieces))
        .or_else(|| by_numbers(pieces, hints))
        .and_then(|(year, month, day)| {
            Some((
                i32::try_from(year).ok()?,
                u32::try_from(month).ok()?,
                u32::try_from(day).ok()?,
            ))
        })
}

/// 2026年3月2日, 2026년 3월 2일.
fn by_signs(pieces: &[Piece]) -> Option<(i64, i64, i64)> {
    // A word at the very end has no third piece after it.
    let mut padded = pieces.to_vec();
    padded.push(Piece::Sign(' '));
    let pieces = padded;
    let find = |signs: &[&str]| {
        pieces.windows(3).find_map(|three| match three {
            [Piece::Number { value, .. }, Piece::Word(word), _]
            | [
                Piece::Number { value, .. },
                Piece::Sign(' '),
                Piece::Word(word),
            ] if signs.iter().any(|sign| word.starts_with(sign)) => Some(*value),
            _ => None,
        })
    };
    Some((
        find(&["年", "년"])?,
        find(&["月", "월"])?,
        find(&["日", "일", "号", "號"])?,
    ))
}

/// 2 March 2026, March 2nd, 2026, 2026 March 2, 2 de marzo de 2026.
fn by_month_name(pieces: &[Piece]) -> Option<(i64, i64, i64)> {
    // What counts: numbers and months; everything between them is dressing.
    #[derive(Clone, Copy)]
    enum Mark {
        Number(i64, usize),
        Month(i64),
    }
    let marks: Vec<Mark> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Number { value, digits } => Some(Mark::Number(*value, *digits)),
            Piece::Word(word) => month(word).map(Mark::Month),
            Piece::Sign(_) => None,
        })
        .collect();
    // Some weekdays are spelled like months ("mar."); the month is the one that makes a date.
    (0..marks.len()).rev().find_map(|at| {
        let Some(Mark::Month(month)) = marks.get(at).copied() else {
            return None;
        };
        let number = |at: Option<usize>| match at.and_then(|at| marks.get(at)) {
            Some(Mark::Number(value, digits)) => Some((*value, *digits)),
            _ => None,
        };
        let before = number(at.checked_sub(1));
        let after = number(Some(at + 1));
        let later = number(Some(at + 2));
        let is_day = |(value, digits): (i64, usize)| digits <= 2 && (1..=31).contains(&value);
        if let (Some(day), Some(year)) = (before.filter(|n| is_day(*n)), after.and_then(full_year))
        {
            return Some((year, month, day.0));
        }
        if let (Some(day), Some(year)) = (after.filter(|n| is_day(*n)), later.and_then(full_year)) {
            return Some((year, month, day.0));
        }
        if let (Some((year, 4)), Some(day)) = (before, after.filter(|n| is_day(*n))) {
            return Some((year, month, day.0));
        }
        None
    })
}

/// A year of four digits, or of two.
pub(super) fn full_year((value, digits): (i64, usize)) -> Option<i64> {
    match digits {
        4 => Some(value),
        2 if value < 70 => Some(2_000 + value),
        2 => Some(1_900 + value),
        _ => None,
    }
}

/// Three numbers with the same sign between them, the year last: in the order in which they stand.
fn year_last(five: &[&Piece]) -> Option<(i64, i64, i64, char)> {
    let [
        Piece::Number {
            value: a,
            digits: 1..=2,
        },
        Piece::Sign(first @ ('-' | '/' | '.')),
        Piece::Number {
            value: b,
            digits: 1..=2,
        },
        Piece::Sign(second),
        Piece::Number {
            value: c,
            digits: dc,
        },
    ] = five
    else {
        return None;
    };
    let year = full_year((*c, *dc))?;
    (first == second).then_some((*a, *b, year, *first))
}

/// Whether the day stands first, as far as the numbers themselves tell.
fn told_day_first(a: i64, b: i64) -> Option<bool> {
    match (a > 12, b > 12) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// A date of three numbers as it stands.
enum Numbers {
    /// 2026-03-02.
    YearFirst(i64, i64, i64),
    /// 02/03/2026: two numbers, the year, and the sign between them.
    YearLast(i64, i64, i64, char),
}

/// The first date of three numbers among pieces without white space.
fn numbers(compact: &[&Piece]) -> Option<Numbers> {
    compact.windows(5).find_map(|five| match five {
        [
            Piece::Number {
                value: year,
                digits: 4,
            },
            Piece::Sign(first @ ('-' | '/' | '.')),
            Piece::Number {
                value: month,
                digits: 1..=2,
            },
            Piece::Sign(second),
            Piece::Number {
                value: day,
                digits: 1..=2,
            },
        ] if first == second => Some(Numbers::YearFirst(*year, *month, *day)),
        five => {
            let (a, b, year, sign) = year_last(five)?;
            Some(Numbers::YearLast(a, b, year, sign))
        }
    })
}

/// 2026-03-02, 02/03/2026, 2.3.2026, 2-3-26.
fn by_numbers(pieces: &[Piece], hints: &DateHints<'_>) -> Option<(i64, i64, i64)> {
    let compact = compact(pieces);
    let (a, b, year, sign) = match numbers(&compact) {
        None => return ordinal(&compact),
        Some(Numbers::YearFirst(year, month, day)) => return Some((year, month, day)),
        Some(Numbers::YearLast(a, b, year, sign)) => (a, b, year, sign),
    };
    let day_first = match (told_day_first(a, b), hints.day_first) {
        // With points the day stands first wherever dates are written so.
        (told, _) if sign == '.' => told.unwrap_or(true),
        // What stands there is written in another order than was said: it may mean anything.
        (Some(told), Some(said)) if told != said => return None,
        (Some(told), _) => told,
        (None, Some(said)) => said,
        (None, None) => !hints
            .language
            .is_some_and(|language| language.eq_ignore_ascii_case("en-us")),
    };
    Some(if day_first {
        (year, b, a)
    } else {
        (year, a, b)
    })
}

/// The pieces without white space.
fn compact(pieces: &[Piece]) -> Vec<&Piece> {
    let pieces = pieces.iter();
    pieces
        .filter(|piece| !matches!(piece, Piece::Sign(' ')))
        .collect()
}

/// The order of a date that is read by its three numbers, the year last, where points do not tell it;
/// nothing of others.
pub(super) fn order(pieces: &[Piece]) -> Option<Order> {
    if by_signs(pieces).or_else(|| by_month_name(pieces)).is_some() {
        return None;
    }
    match numbers(&compact(pieces))? {
        Numbers::YearFirst(..) | Numbers::YearLast(.., '.') => None,
        Numbers::YearLast(a, b, ..) => Some(match told_day_first(a, b) {
            Some(true) => Order::DayFirst,
            Some(false) => Order::MonthFirst,
            None => Order::Either,
        }),
    }
}

/// 2026-061: the sixty-first day of the year.
fn ordinal(pieces: &[&Piece]) -> Option<(i64, i64, i64)> {
    pieces.windows(3).find_map(|three| match three {
        [
            Piece::Number {
                value: year,
                digits: 4,
            },
            Piece::Sign('-'),
            Piece::Number {
                value: day,
                digits: 3,
            },
        ] => {
            let date =
                NaiveDate::from_yo_opt(i32::try_from(*year).ok()?, u32::try_from(*day).ok()?)?;
            Some((*year, i64::from(date.month()), i64::from(date.day())))
        }
        _ => None,
    })
}
