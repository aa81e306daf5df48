//! Dates in running text: days, months, quarters, ends of years, and intervals from an anchor.
//!
//! A span is what the words say; which year "30 March" means and when "60 days after
//! publication" falls is reckoned later.

use std::sync::LazyLock;

use chrono::{Datelike, Months, NaiveDate};
use rustc_hash::FxHashSet;

use super::interval::{Anchor, DAY, Interval, SPELLED};
use super::token::{Kind, Token};
use crate::domain::key_date::Precision;
use crate::text::date::month;

/// When a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// A day.
    Day(NaiveDate),
    /// A day of an unnamed year.
    Yearless { month: u32, day: u32 },
    /// The day of a month that is named after the second day ("3 to 28 March 2026").
    DayOf { day: u32 },
    /// A month, a quarter, or the end of one or of a year.
    Period {
        first: NaiveDate,
        last: NaiveDate,
        precision: Precision,
        /// Its end is meant.
        end: bool,
    },
    /// Counted from something else.
    After { interval: Interval, anchor: Anchor },
    /// Days after the text was published ("today", "tomorrow").
    Now { days: u32 },
}

/// A date's words.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// First token.
    pub(super) first: usize,
    /// Last token.
    pub(super) last: usize,
    pub(super) when: When,
}

/// All dates of a text, in order, without overlap.
pub(super) fn spans(tokens: &[Token], language: Option<&str>) -> Vec<Span> {
    let reader = Reader { tokens, language };
    let mut out: Vec<Span> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some((length, when)) = reader.at(at) {
            out.push(Span {
                first: at,
                last: at + length - 1,
                when,
            });
            at += length;
        } else {
            at += 1;
        }
    }
    out
}

/// A list of words, looked up by hash.
pub(super) struct Words(pub(super) LazyLock<FxHashSet<&'static str>>);

impl Words {
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}

/// Words parted by spaces.
macro_rules! words {
    ($text:literal) => {
        $crate::tag::key_dates::span::Words(std::sync::LazyLock::new(|| {
            $text.split_whitespace().collect()
        }))
    };
}
pub(super) use words;

pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    language: Option<&'a str>,
}

/// Words for months of at most four letters; longer beginnings speak for themselves.
static SHORT_MONTHS: Words = words!(
    "jan janv ene gen sty feb febr fev fevr lut mar mars marz mart mrt apr avr abr kwi \
    may mai mei maj maja mag maio mayo jun june juni juin giu cze jul july juli juil lug \
    lip aug aou aout sep sept set oct okt nov dec"
);
/// Short names of other languages than English.
static SHORT_MONTHS_TOO: Words = words!("ott dez dic wrz paz lis gru luty zari");

static SECONDS: Words = words!(
    "second zweiten zweites deuxieme segundo secondo tweede drugim drugiego ii 2nd zweite \
    drugi 2e"
);
static FIRSTS: Words = words!(
    "first ersten erstes premier primer primo eerste pierwszym pierwszego i erste \
    pierwszy"
);
static THIRDS: Words = words!(
    "third dritten drittes troisieme tercer terzo derde trzecim trzeciego iii dritte \
    trzeci"
);
static FOURTHS: Words = words!(
    "fourth vierten viertes quatrieme cuarto quarto vierde czwartym czwartego iv vierte \
    czwarty"
);
pub(super) static QUARTERS: Words =
    words!("quarter quartal quartals trimestre kwartaal kwartale kwartalu kwartal");

/// Days of a month, spelled.
static ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

/// Words that stand inside a date and before its year.
static OF: Words = words!("of de del des van di do the d");
pub(super) static ENDS: Words =
    words!("end ende fin fine finales final eind einde koniec konca koncem yearend finals");

impl<'a> Reader<'a> {
    /// Of a text in whatever language.
    pub(super) fn of(tokens: &'a [Token]) -> Self {
        Self {
            tokens,
            language: None,
        }
    }
}

impl Reader<'_> {
    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.token(at)?.word()
    }

    pub(super) fn sign(&self, at: usize, sign: char) -> bool {
        self.token(at).is_some_and(|token| token.is_sign(sign))
    }

    /// The date that begins here and how many tokens it has.
    fn at(&self, at: usize) -> Option<(usize, When)> {
        match self.token(at)?.kind {
            Kind::Number { .. } => self
                .by_signs(at)
                .or_else(|| self.day_first(at))
                .or_else(|| self.day_of(at))
                .or_else(|| self.quarter(at))
                .or_else(|| self.interval(at)),
            Kind::Word(ref word) if !begins(word) => None,
            Kind::Word(_) => self
                .now(at)
                .or_else(|| self.ordinal_first(at))
                .or_else(|| self.end_of(at))
                .or_else(|| self.month_first(at))
                .or_else(|| self.quarter(at))
                .or_else(|| self.interval(at)),
            Kind::Sign(_) => None,
        }
    }

    /// A number that nothing is glued to on its left: no part of a longer name.
    pub(super) fn free_number(&self, at: usize) -> Option<(u32, usize)> {
        let token = self.token(at)?;
        let number = token.number()?;
        let glued = !token.spaced
            && at
                .checked_sub(1)
                .and_then(|before| self.token(before))
                .is_some_and(|before| match before.kind {
                    Kind::Word(_) | Kind::Number { .. } => true,
                    Kind::Sign(sign) => !matches!(sign, '(' | '[' | '"' | '\u{201c}' | ':' | ','),
                });
        (!glued).then_some(number)
    }

    /// 2026-03-02, 02/03/2026, 2.3.2026.
    pub(super) fn by_signs(&self, at: usize) -> Option<(usize, When)> {
        let (a, a_digits) = self.free_number(at)?;
        let sign = match self.token(at + 1)?.kind {
            Kind::Sign(sign @ ('-' | '/' | '.')) => sign,
            _ => return None,
        };
        let (b, b_digits) = self.token(at + 2)?.number()?;
        let (c, c_digits) = self.token(at + 4)?.number()?;
        // German and Czech write "2. 3. 2026" too; nobody else's signs are spaced.
        let blank = |at: usize| self.token(at).is_some_and(|token| token.spaced);
        let tight = !(at + 1..=at + 4).any(blank)
            || sign == '.'
                && [false, true, false, true] == [1, 2, 3, 4].map(|next| blank(at + next));
        let goes_on = self.token(at + 5).is_some_and(|token| {
            !token.spaced
                && match token.kind {
                    // "2026-03-02T10:00" is a moment of that day.
                    Kind::Word(ref word) => word != "t",
                    Kind::Number { .. } => true,
                    Kind::Sign(sign) => {
                        matches!(sign, '-' | '/' | '.' | '_')
                            && self
                                .token(at + 6)
                                .is_some_and(|token| !token.spaced && !token.is_sign('.'))
                    }
                }
        });
        if !self.sign(at + 3, sign) || b_digits > 2 || goes_on || !tight {
            return None;
        }
        let date = if a_digits == 4 && c_digits <= 2 && sign == '-' {
            day(a, b, c)?
        } else if a_digits <= 2 && c_digits == 4 {
            let american = self
                .language
                .is_some_and(|language| language.eq_ignore_ascii_case("en-us"));
            // Plain "en" may be either: only a number that is no month decides.
            let unknown = sign == '/'
                && self
                    .language
                    .is_none_or(|language| language.eq_ignore_ascii_case("en"));
            if sign == '.' || (b <= 12 && a > 12) {
                day(c, b, a)?
            } else if b > 12 {
                day(c, a, b)?
            } else if unknown && a != b {
                return None;
            } else if american {
                day(c, a, b)?
            } else {
                day(c, b, a)?
            }
        } else {
            return None;
        };
        Some((5, When::Day(date)))
    }

    /// 2 March 2026, 1st of July, 15. Mai 2026, 2 de marzo de 2026.
    pub(super) fn day_first(&self, at: usize) -> Option<(usize, When)> {
        let (number, digits) = self.free_number(at)?;
        if digits > 2 || !(1..=31).contains(&number) {
            return None;
        }
        let mut next = self.past_ordinal(at + 1);
        // "the 1st day of April".
        if next > at + 1 && self.word(next) == Some("day") {
            next += 1;
        }
        if self.word(next).is_some_and(|word| OF.has(word)) {
            next += 1;
            if self.word(next) == Some("month") {
                return None;
            }
        } else if self.sign(next, '-') && !self.token(next)?.spaced {
            // 17-Dec-2025
            next += 1;
        }
        let month = self.month(next)?;
        next += 1;
        self.with_year(at, next, month, number)
    }

    /// The first of July 2026, le premier juillet 2026.
    fn ordinal_first(&self, at: usize) -> Option<(usize, When)> {
        let word = self.word(at)?;
        let ones = |word: &str| {
            ORDINALS
                .iter()
                .position(|one| *one == word)
                .map(|at| at + 1)
        };
        let (number, mut next) = match word {
            "premier" | "primero" | "primo" | "primeiro" | "ersten" => (1, at + 1),
            "twenty" | "thirty" if self.sign(at + 1, '-') => {
                let tens = if word == "twenty" { 20 } else { 30 };
                let one = ones(self.word(at + 2)?).filter(|one| *one < 10)?;
                (tens + one, at + 3)
            }
            word => (ones(word)?, at + 1),
        };
        while self
            .word(next)
            .is_some_and(|word| matches!(word, "day" | "of" | "de"))
        {
            next += 1;
        }
        let month = self.month(next)?;
        let found = self.with_year(at, next + 1, month, u32::try_from(number).ok()?)?;
        // Without a year "second March" may count anything.
        matches!(found.1, When::Day(_)).then_some(found)
    }

    /// March 2, 2026; March 2026.
    pub(super) fn month_first(&self, at: usize) -> Option<(usize, When)> {
        let month = self.month(at)?;
        let mut next = at + 1;
        if self.sign(next, '.') {
            next += 1;
        }
        if let Some((number, digits @ 1..=2)) = self.token(next)?.number()
            && (1..=31).contains(&number)
            && self.token(next)?.spaced
        {
            let after = self.past_ordinal(next + 1);
            // "May 10:30" is no day, nor is the percentage in "in March 10.5".
            let part = self.sign(next + 1, ':')
                || (self.sign(next + 1, '.') || self.sign(next + 1, '%'))
                    && self
                        .token(next + 2)
                        .is_some_and(|token| !token.spaced && token.number().is_some());
            if digits <= 2 && !part && self.month(after).is_none() {
                return self.with_year(at, after, month, number);
            }
            return None;
        }
        if self.sign(next, ',')
            || self
                .word(next)
                .is_some_and(|word| OF.has(word) && word != "the")
        {
            next += 1;
        }
        let year = self.year(next)?;
        // "30 February 2026" is no day, and no month either.
        if at
            .checked_sub(1)
            .and_then(|before| self.token(before)?.number())
            .is_some()
        {
            return None;
        }
        let first = day(year, month, 1)?;
        Some((
            next + 1 - at,
            When::Period {
                first,
                last: last_day(first, 1)?,
                precision: Precision::Month,
                end: false,
            },
        ))
    }

    pub(super) fn past_ordinal(&self, at: usize) -> usize {
        let ordinal = self.token(at).is_some_and(|token| match &token.kind {
            Kind::Word(word) => {
                !token.spaced
                    && matches!(
                        word.as_str(),
                        "st" | "nd" | "rd" | "th" | "er" | "o" | "a" | "ste" | "de" | "e"
                    )
            }
            Kind::Sign(sign) => matches!(sign, '.' | '\u{b0}'),
            Kind::Number { .. } => false,
        });
        at + usize::from(ordinal)
    }

    fn with_year(&self, at: usize, next: usize, month: u32, number: u32) -> Option<(usize, When)> {
        let mut place = next;
        while place < next + 2
            && (self.sign(place, ',')
                || self.sign(place, '.')
                || self.sign(place, '-')
                || self
                    .word(place)
                    .is_some_and(|word| OF.has(word) && word != "the"))
        {
            place += 1;
        }
        if let Some(year) = self.year(place) {
            return Some((place + 1 - at, When::Day(day(year, month, number)?)));
        }
        // The twenty-ninth of February is one in some years.
        day(2024, month, number)?;
        // Without a year only a whole name counts; "mar 3" may be anything.
        let named = (at..next).any(|place| {
            self.word(place).is_some_and(|word| {
                word.chars().count() > 4
                    || matches!(word, "may" | "june" | "july" | "mai" | "juni" | "juli")
                    || matches!(
                        word,
                        "juin" | "mayo" | "mars" | "mei" | "maj" | "maja" | "aout"
                    )
                    || matches!(word, "marz" | "maio" | "sept")
            })
        });
        named.then_some((next - at, When::Yearless { month, day: number }))
    }

    /// The month named here, when it is surely one.
    fn month(&self, at: usize) -> Option<u32> {
        let token = self.token(at)?;
        let word = token.word()?;
        let letters = word.chars().count();
        let known = letters > 4
            || SHORT_MONTHS.has(word)
            || SHORT_MONTHS_TOO.has(word)
            || matches!(word, "ago" | "out") && self.language.is_some_and(romance);
        // English months have capitals; "may" and "march" are verbs, "set" a participle.
        let verb = matches!(word, "may" | "march" | "mar" | "set" | "dec" | "sep");
        if !known || verb && !token.capital {
            return None;
        }
        u32::try_from(month(word)?).ok()
    }

    fn year(&self, at: usize) -> Option<u32> {
        let (value, digits) = self.token(at)?.number()?;
        // "2026/1689", "2026-03" and "2026.1" are numbers of something.
        let part = self
            .token(at + 1)
            .is_some_and(|token| !token.spaced && (token.is_sign('/') || token.is_sign(':')));
        (digits == 4 && (1990..=2099).contains(&value) && !part).then_some(value)
    }

    /// The 3 in "3 to 28 March 2026".
    fn day_of(&self, at: usize) -> Option<(usize, When)> {
        let (number, digits) = self.free_number(at)?;
        if digits > 2 || !(1..=31).contains(&number) {
            return None;
        }
        let mut next = self.past_ordinal(at + 1);
        let joined = match &self.token(next)?.kind {
            Kind::Word(word) => matches!(
                word.as_str(),
                "to" | "and"
                    | "bis"
                    | "und"
                    | "au"
                    | "et"
                    | "al"
                    | "y"
                    | "e"
                    | "tot"
                    | "en"
                    | "do"
                    | "a"
                    | "till"
                    | "ate"
                    | "az"
                    | "until"
                    | "through"
            ),
            Kind::Sign(sign) => *sign == '-',
            Kind::Number { .. } => false,
        };
        if !joined {
            return None;
        }
        next += 1;
        while self
            .word(next)
            .is_some_and(|word| matches!(word, "the" | "zum" | "met" | "el" | "le" | "il"))
        {
            next += 1;
        }
        // After a dash the second day is glued to it.
        let (second, digits) = self.token(next)?.number()?;
        if digits > 2 || second <= number {
            return None;
        }
        let mut after = self.past_ordinal(next + 1);
        if self.word(after).is_some_and(|word| OF.has(word)) {
            after += 1;
        }
        self.month(after)?;
        Some((1, When::DayOf { day: number }))
    }

    /// "end of June 2026", "end of Q2 2026", "Ende 2027".
    fn end_of(&self, at: usize) -> Option<(usize, When)> {
        let word = self.word(at)?;
        let mut next = at;
        if word == "year" {
            // "year-end 2026"
            next += 1;
            if self.sign(next, '-') {
                next += 1;
            }
            if self.word(next) != Some("end") {
                return None;
            }
        } else if !ENDS.has(word) {
            return None;
        }
        next += 1;
        if self.sign(next, '-') {
            next += 1;
        }
        for _ in 0..3 {
            if self.word(next).is_some_and(|word| {
                OF.has(word) || matches!(word, "year" | "month" | "calendar" | "du" | "le")
            }) {
                next += 1;
            }
        }
        let (length, when) = if let Some(year) = self.year(next) {
            let first = day(year, 1, 1)?;
            let period = When::Period {
                first,
                last: last_day(first, 12)?,
                precision: Precision::Year,
                end: true,
            };
            (1, period)
        } else {
            self.month_first(next).or_else(|| self.quarter(next))?
        };
        match when {
            When::Period {
                first,
                last,
                precision,
                ..
            } => Some((
                next + length - at,
                When::Period {
                    first,
                    last,
                    precision,
                    end: true,
                },
            )),
            _ => None,
        }
    }

    /// "Q2 2026", "second quarter of 2026", "2. Quartal 2026".
    fn quarter(&self, at: usize) -> Option<(usize, When)> {
        let (number, mut next) = match &self.token(at)?.kind {
            Kind::Word(word) if word == "q" => {
                let (number, digits) = self.token(at + 1)?.number()?;
                if digits != 1 || self.token(at + 1)?.spaced {
                    return None;
                }
                (number, at + 2)
            }
            Kind::Word(word) => {
                let number = [&FIRSTS, &SECONDS, &THIRDS, &FOURTHS]
                    .into_iter()
                    .position(|names| names.has(word))?;
                self.word(at + 1).filter(|word| QUARTERS.has(word))?;
                (u32::try_from(number + 1).ok()?, at + 2)
            }
            Kind::Number { value, digits: 1 } => {
                let next = self.past_ordinal(at + 1);
                self.word(next).filter(|word| QUARTERS.has(word))?;
                (*value, next + 1)
            }
            _ => return None,
        };
        if !(1..=4).contains(&number) {
            return None;
        }
        if self.word(next).is_some_and(|word| OF.has(word)) || self.sign(next, '/') {
            next += 1;
        }
        let first = day(self.year(next)?, number * 3 - 2, 1)?;
        Some((
            next + 1 - at,
            When::Period {
                first,
                last: last_day(first, 3)?,
                precision: Precision::Quarter,
                end: false,
            },
        ))
    }

    /// "today", "tomorrow".
    fn now(&self, at: usize) -> Option<(usize, When)> {
        let (length, days) = match self.word(at)? {
            "today" | "heute" | "hoy" | "oggi" | "vandaag" | "dzis" | "hoje" | "idag" | "dnes" => {
                (1, 0)
            }
            "i" if self.word(at + 1) == Some("dag") => (2, 0),
            "aujourd" if self.word(at + 1) == Some("hui") => (2, 0),
            "tomorrow" | "demain" | "domani" | "jutro" => (1, 1),
            _ => return None,
        };
        Some((length, When::Now { days }))
    }
}

/// Whether a date can begin with this word.
fn begins(word: &str) -> bool {
    static OTHERS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
        let lists = [&ENDS, &FIRSTS, &SECONDS, &THIRDS, &FOURTHS, &DAY];
        "today heute hoy oggi vandaag dzis hoje idag dnes i aujourd tomorrow demain domani jutro year q premier primero primo primeiro twenty thirty"
            .split(' ')
            .chain(ORDINALS)
            .chain(lists.into_iter().flat_map(|list| list.0.iter().copied()))
            .chain(SPELLED.keys().copied())
            .collect()
    });
    OTHERS.contains(word) || month(word).is_some()
}

fn romance(language: &str) -> bool {
    matches!(language.get(..2), Some("es" | "pt" | "it"))
}

fn day(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year)
        .ok()
        .filter(|year| (1990..=2099).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The last day of so many months from their first day on.
fn last_day(first: NaiveDate, months: u32) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(months))?.pred_opt()
}

/// A day of an unnamed year: the one that lies nearest ahead of `published` (a month of grace
/// behind it), or, in the `past`, nearest before.
pub(super) fn in_year(
    month: u32,
    day: u32,
    published: Option<NaiveDate>,
    past: bool,
) -> Option<NaiveDate> {
    let published = published?;
    let fits = |date: &NaiveDate| {
        let days = (*date - published).num_days();
        if past { days <= 0 } else { days >= -31 }
    };
    let mut years: Vec<i32> = (published.year() - 1..=published.year() + 1).collect();
    if past {
        years.reverse();
    }
    years
        .into_iter()
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .find(fits)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn days(text: &str, language: Option<&str>) -> Vec<String> {
        spans(&tokens(text), language)
            .into_iter()
            .map(|span| match span.when {
                When::Day(day) => day.to_string(),
                When::Yearless { month, day } => format!("{month}-{day}"),
                When::DayOf { day } => format!("{day}"),
                When::Period { last, end, .. } => {
                    format!("{}{last}", if end { "end " } else { "" })
                }
                When::After { interval, anchor } => format!("{interval:?} {anchor:?}"),
                When::Now { days } => format!("+{days}"),
            })
            .collect()
    }

    #[test]
    fn dates_are_found_in_prose() {
        for (text, expected) in [
            ("on 2 March 2026.", "2026-03-02"),
            ("am 1. Januar 2027 in Kraft", "2027-01-01"),
            ("le 1er août 2024", "2024-08-01"),
            ("il 1° luglio 2026", "2026-07-01"),
            ("el 15 de mayo de 2026", "2026-05-15"),
            ("by March 2nd, 2026", "2026-03-02"),
            ("due 04/30/2026.", "2026-04-30"),
            ("2026-03-02T10:00", "2026-03-02"),
            ("until 30 March", "3-30"),
            ("in August 2026", "2026-08-31"),
            ("by the end of Q2 2026", "end 2026-06-30"),
            ("Ende 2027", "end 2027-12-31"),
            ("30 days after publication", "Days(30) Publication"),
            (
                "twentieth day following that of its publication in the Official Journal",
                "Days(20) Gazette",
            ),
            (
                "twenty-four months after its entry into force",
                "Months(24) Force",
            ),
        ] {
            assert_eq!(days(text, None), [expected], "{text}");
        }
        assert_eq!(days("from 3 to 28 March 2026", None), ["3", "2026-03-28"]);
        assert_eq!(days("am 17.04.2026", Some("de")), ["2026-04-17"]);
        assert_eq!(days("by 05/06/2026", Some("en-US")), ["2026-05-06"]);
        assert_eq!(days("by 05/06/2026", Some("en-GB")), ["2026-06-05"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "Regulation (EU) 2024/1689",
            "Docket No. 2026-03-10-A",
            "build 2026.03.04",
            "you may 2 or 3 times",
            "30 February 2026",
            "within 30 days of receipt",
            "5 out of 2024 firms",
            "by 05/06/2026",
            "V2.1.1 (2025-12)",
        ] {
            assert_eq!(days(text, Some("en")), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_year_is_found_for_a_day() {
        let published = NaiveDate::from_ymd_opt(2026, 11, 20);
        let of = |month, day, past| in_year(month, day, published, past).unwrap().to_string();
        assert_eq!(of(1, 15, false), "2027-01-15");
        assert_eq!(of(12, 1, false), "2026-12-01");
        assert_eq!(of(12, 1, true), "2025-12-01");
        assert_eq!(in_year(12, 1, None, false), None);
    }
}
