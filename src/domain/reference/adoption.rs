//! National and regional prefixes, stacked from outside in, and the standards that a national body numbers itself.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Hit;
use super::context::{Context, count_follows, hit, unit_follows, year};
use super::edition;
use super::standard::{self, Head};
use super::token::{Cursor, Folded, Kind};

/// Whether the prefix may stand before a number of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alone {
    /// Too short or too common a word: only before EN, ISO or IEC.
    Never,
    /// Only with a year: `SS 584:2020`.
    Dated,
    Always,
}

struct Prefix {
    /// As listed in `Reference::adoption`.
    name: &'static str,
    /// As written before the next part, letter of the division included.
    spelled: String,
    alone: Alone,
}

/// Folded word, name, alone, and whether lower case is accepted too.
const PREFIXES: &[(&str, &str, Alone, bool)] = &[
    ("bs", "BS", Alone::Always, true),
    ("pas", "PAS", Alone::Always, false),
    ("din", "DIN", Alone::Always, true),
    ("nf", "NF", Alone::Never, true),
    ("uni", "UNI", Alone::Always, false),
    ("cei", "CEI", Alone::Never, false),
    ("une", "UNE", Alone::Always, false),
    ("nen", "NEN", Alone::Always, true),
    ("onorm", "ÖNORM", Alone::Always, true),
    ("oenorm", "ÖNORM", Alone::Always, true),
    ("ove", "OVE", Alone::Never, false),
    ("sn", "SN", Alone::Never, false),
    ("ss", "SS", Alone::Dated, false),
    ("ds", "DS", Alone::Dated, false),
    ("as", "AS", Alone::Dated, false),
    ("nzs", "NZS", Alone::Dated, false),
    ("jis", "JIS", Alone::Always, true),
    ("ks", "KS", Alone::Always, false),
    ("gb", "GB", Alone::Dated, false),
    ("is", "IS", Alone::Never, false),
    ("nbr", "ABNT NBR", Alone::Always, true),
    ("abnt", "ABNT NBR", Alone::Always, true),
    ("csa", "CSA", Alone::Never, false),
    ("can", "CAN/CSA", Alone::Never, false),
    ("ansi", "ANSI", Alone::Never, true),
    ("incits", "INCITS", Alone::Dated, true),
    ("csn", "ČSN", Alone::Always, true),
    ("stn", "STN", Alone::Never, false),
    ("pn", "PN", Alone::Never, false),
    ("nbn", "NBN", Alone::Never, true),
    ("i", "I.S.", Alone::Never, false),
    ("sist", "SIST", Alone::Never, true),
    ("srps", "SRPS", Alone::Never, true),
    ("msz", "MSZ", Alone::Never, true),
    ("sfs", "SFS", Alone::Never, true),
    ("ns", "NS", Alone::Never, false),
    ("np", "NP", Alone::Never, false),
    ("hrn", "HRN", Alone::Never, false),
    ("evs", "EVS", Alone::Never, false),
    ("lvs", "LVS", Alone::Never, false),
    ("lst", "LST", Alone::Never, false),
    ("bds", "BDS", Alone::Never, false),
    ("elot", "ELOT", Alone::Never, false),
    ("sr", "SR", Alone::Never, false),
    ("gost", "GOST R", Alone::Never, false),
    ("sans", "SANS", Alone::Dated, false),
    ("ms", "MS", Alone::Never, false),
    ("iram", "IRAM", Alone::Never, false),
    ("ntc", "NTC", Alone::Never, false),
    ("tcvn", "TCVN", Alone::Always, false),
    ("sni", "SNI", Alone::Never, false),
    ("cns", "CNS", Alone::Never, false),
];

/// Where each stands in the list.
static PLACES: LazyLock<FxHashMap<&'static str, usize>> = LazyLock::new(|| {
    let places = prefixes().enumerate();
    places.map(|(place, word)| (word, place)).collect()
});

/// The national prefixes, folded.
pub(super) fn prefixes() -> impl Iterator<Item = &'static str> {
    PREFIXES.iter().map(|(word, ..)| *word)
}

/// Prefixes, then an international, European or national standard.
pub(super) fn read(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let mut head = Head {
        start: cursor.here(),
        adoption: Vec::new(),
        spelled: String::new(),
        stage: None,
    };
    let mut alone = None;
    while head.adoption.len() < 6 {
        if let Some((stage, spelled)) = european(cursor, !head.adoption.is_empty()) {
            head.adoption.push("EN".to_owned());
            head.spelled.push_str(spelled);
            head.spelled.push(' ');
            head.stage = stage;
            alone = None;
            continue;
        }
        let Some(prefix) = cursor.attempt(prefix) else {
            break;
        };
        head.adoption.push(prefix.name.to_owned());
        head.spelled.push_str(&prefix.spelled);
        head.spelled
            .push(if prefix.name == "IS" { '/' } else { ' ' });
        let slash = cursor.is_sign(0, '/');
        separator(cursor);
        if prefix.name == "IS" && !slash {
            return None;
        }
        alone = Some(prefix);
    }
    if cursor.peek(0).kind == Kind::Number {
        let prefix = alone.filter(|_| head.adoption.len() == 1)?;
        return national(cursor, context, head.start, &prefix);
    }
    standard::document(cursor, context, head)
}

fn separator(cursor: &mut Cursor<'_>) {
    let _ = cursor.eat_glued('-') || cursor.eat_glued('/');
}

/// EN, prEN or FprEN standing before an international publisher; CEN/CLC likewise.
fn european(
    cursor: &mut Cursor<'_>,
    stacked: bool,
) -> Option<(Option<&'static str>, &'static str)> {
    cursor.attempt(|cursor| {
        let word = cursor.word(0);
        let found = match word {
            "EN" => (None, "EN"),
            "en" if stacked => (None, "EN"),
            _ if word.eq_ignore_ascii_case("prEN") => (Some("prEN"), "prEN"),
            _ if word.eq_ignore_ascii_case("FprEN") => (Some("FprEN"), "FprEN"),
            "CEN" if cursor.is_sign(1, '/') && cursor.is_word(2, "CLC") => {
                cursor.at += 2;
                (None, "CEN/CLC")
            }
            "CEN" => (None, "CEN"),
            _ => return None,
        };
        cursor.at += 1;
        separator(cursor);
        (cursor.is_word(0, "ISO") || cursor.is_word(0, "IEC")).then_some(found)
    })
}

fn prefix(cursor: &mut Cursor<'_>) -> Option<Prefix> {
    let word = cursor.word(0);
    let folded = Folded::new(word);
    let (_, mut name, mut alone, lower) = *PREFIXES.get(*PLACES.get(folded.as_str())?)?;
    let upper = !word.chars().any(char::is_lowercase);
    let all_lower = lower && !word.chars().any(char::is_uppercase);
    (upper || all_lower || word == "Önorm").then_some(())?;
    cursor.at += 1;
    let mut spelled = None;
    let slash = cursor.is_sign(0, '/') && cursor.glued(0);
    match name {
        "AS" if slash && cursor.is_word(1, "NZS") => {
            cursor.at += 2;
            (name, alone) = ("AS/NZS", Alone::Always);
        }
        "GB" if slash && cursor.is_word(1, "T") => {
            cursor.at += 2;
            (name, alone) = ("GB/T", Alone::Always);
        }
        "CAN/CSA" => {
            (slash && cursor.is_word(1, "CSA")).then_some(())?;
            cursor.at += 2;
        }
        "ANSI" if slash && cursor.is_word(1, "INCITS") => {
            cursor.at += 2;
            (name, alone) = ("ANSI/INCITS", Alone::Dated);
        }
        "ABNT NBR" if folded.is("abnt") => cursor.eat_word("NBR").then_some(())?,
        "GOST R" => {
            let _ = cursor.eat_word("R");
        }
        "I.S." => {
            let written = cursor.eat_glued('.') && cursor.word(0) == "S" && {
                cursor.at += 1;
                cursor.eat_glued('.')
            };
            written.then_some(())?;
        }
        "JIS" | "KS" => {
            let letter = cursor.word(0);
            if letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_uppercase()) {
                cursor.at += 1;
                spelled = Some(format!("{name} {letter}"));
            } else {
                alone = Alone::Never;
            }
        }
        _ => {}
    }
    Some(Prefix {
        name,
        spelled: spelled.unwrap_or_else(|| name.to_owned()),
        alone,
    })
}

/// A number of the national body's own: `BS 10012:2017`, `GB/T 35273-2020`, `AS 9100`, `JIS Q 27002`.
fn national(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    start: usize,
    prefix: &Prefix,
) -> Option<Vec<Hit>> {
    let digits = cursor.take_digits()?;
    if !(3..=6).contains(&digits.len()) || digits.starts_with('0') || is_glued_letter(cursor) {
        return None;
    }
    let tail = edition::tail(cursor, digits, false);
    let dated = !tail.edition.is_empty();
    let aerospace = prefix.name == "AS" && digits.len() == 4 && digits.starts_with("91");
    let allowed = match prefix.alone {
        Alone::Never => false,
        Alone::Dated => dated || aerospace,
        Alone::Always => tail.is_written() || year(digits).is_none(),
    };
    if !allowed || unit_follows(cursor) || (!dated && count_follows(cursor)) {
        return None;
    }
    let own = format!("{} {digits}{}", prefix.spelled, tail.parts);
    let mut found = hit(
        format!("{} {digits}{}", prefix.spelled, tail.text()),
        own,
        start,
        cursor.taken(),
    );
    if matches!(prefix.name, "JIS" | "GB/T" | "KS")
        && let Some(publisher) = context.known.publisher_of_number(digits)
    {
        found.reference.work = format!("{publisher} {digits}{}", tail.parts);
        found.reference.adoption = vec![prefix.name.to_owned()];
    }
    Some(vec![found])
}

/// An ASCII letter hangs on the number just taken, so that it was no number: `9001a`.
pub(super) fn is_glued_letter(cursor: &mut Cursor<'_>) -> bool {
    cursor.glued(0)
        && cursor
            .word(0)
            .starts_with(|letter: char| letter.is_ascii_alphabetic())
}
