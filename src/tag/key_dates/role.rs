//! What a date's own small words say: from, by, until, of.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::token::{Kind, Token};

/// The part a date plays by its preposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// No preposition at all.
    Bare,
    /// On, in, for; a colon.
    On,
    /// By, before, no later than.
    By,
    /// Until, through.
    Until,
    /// From, starting.
    Start,
    /// From or of, as what follows decides (vom, du, del, van).
    StartOrOf,
    /// Between, when an "and" follows.
    Between,
    /// As of: mostly the day of a count.
    AsOf,
    /// After.
    After,
    /// For: a length of time, or a day planned.
    For,
    /// To: the end of a range, or the aim of a move.
    To,
    /// Of: a citation.
    Of,
    /// Since, early, during: no key date.
    Never,
}

/// A date's small words: the first token of them, and their part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dress {
    pub(super) lead: usize,
    pub(super) role: Role,
}

const PREPOSITIONS: &[(Role, &str)] = &[
    (
        Role::By,
        "ten laatste op|ten laatste|innen|inden|inden den|innen den|senest pa|no prazo de|o mais tardar em|o mais tardar|senast den|senast|senest den|senest|seneste den|nejpozdeji do|nejpozdeji|inom|by|no later than|not later than|on or before|before|prior to|latest by|at the latest by|within\
         |within a period of|by no later than|spatestens|spatestens am|spatestens bis|spatestens bis zum\
         |bis spatestens|bis spatestens am|bis spatestens zum|vor dem|innerhalb von|innerhalb|binnen|au plus tard le|au plus tard|avant le|avant|d ici le|d ici au\
         |d ici|dans les|dans un delai de|antes del|antes de|a mas tardar el|a mas tardar|en un plazo de\
         |en el plazo de|entro il|entro l|entro le|entro|entro e non oltre il|prima del|non oltre il\
         |uiterlijk|uiterlijk op|voor|vor|najpozniej|najpozniej do|najpozniej w dniu|przed|w ciagu\
         |w terminie",
    ),
    (
        Role::Until,
        "ate ao dia|ate o dia|ate dia|ate ao|ate|till och med den|till och med|t o m|fram till den|fram till|till den|til og med den|til og med|til den|til|do dne|runs to|run to|until|till|through|thru|up to|up to and including|until and including|bis|bis am|noch bis am|bis zum|bis einschliesslich\
         |bis zum einschliesslich|noch bis|noch bis zum|jusqu au|jusqu a|hasta el dia|hasta el|hasta|fino al|fino all|fino a|sino al|tot en met\
         |tot|t m|do|do dnia|remains open until",
    ),
    (
        Role::Start,
        "y desde el|y desde|a partir do dia|a contar de|fran och med den|fran och med|fr o m|fran den|fran|fra og med den|fra og med|fra den|fra|s ucinnosti od|pocinaje dnem|ode dne|od dne|from|starting|starting on|starting from|beginning|beginning on|beginning on or after|on or after|on and after\
         |commencing|commencing on|with effect from|with effect on|as from|no earlier than|not earlier than|not before|ab|ab dem\
         |mit wirkung vom|mit wirkung zum|des le|a compter du|a partir du|a partir de|a partir del|a contar del\
         |con efectos desde el|dal|dall|a decorrere dal|a partire dal|vanaf|met ingang van|od|od dnia\
         |poczawszy od|z dniem|not until",
    ),
    (
        Role::For,
        "pour le|for|for a period of|for the|for a total of|wahrend|pendant|durante|gedurende|przez",
    ),
    (Role::StartOrOf, "vom|du|del|dell|van|von|z"),
    (
        Role::Between,
        "mellan den|mellem den|mellom|mellom den|mellan|mellem|mezi|between|zwischen dem|zwischen|entre le|entre el|entre|tra il|tra l|fra il|fra l|tussen|miedzy",
    ),
    (Role::AsOf, "as of|as at|per|desde el|desde|stand|per il"),
    (
        Role::After,
        "depois de|depois do|despues de|au dela du|uber den|oltre il|after|following|nach dem|nach|apres le|despues del|tras el|dopo il|na|po",
    ),
    (
        Role::To,
        "para|to|auf den|auf|zum|au|al|naar|naar de|na dzien",
    ),
    (
        Role::On,
        "em|in het|no dia|ao|dia|pa|dne|ke dni|on|upon|is|are|ist der|ist|in|am|im|le|el|il|den|l|op|w|w dniu|dnia|en|nel|nell|a|at|um|with the|during the|mit|a la date du|is now|are now|ist nun|ist neu|est desormais|es ahora|e ora|is nu|er na|ar nu|er nu|fixed as|set as|set at|dnem",
    ),
    (Role::Of, "of|de|des|di|z dnia|dated|d|s"),
    (
        Role::Never,
        "since|seit|seit dem|depuis le|depuis|sinds|dal lontano|early|early in|late|late in|mid|in mid|in early\
         |in late|during|anfang|mitte|debut|mi|principios de|inizio|meta|begin|medio|po dniu|ever since|stand vom|version of|vom stand",
    ),
];

/// A preposition's words and what a date after it is.
type Preposition = (Vec<&'static str>, Role);

/// Prepositions by their last word, the longest first.
static INDEX: LazyLock<HashMap<&'static str, Vec<Preposition>>> = LazyLock::new(|| {
    let mut index: HashMap<&'static str, Vec<Preposition>> = HashMap::new();
    for (role, phrases) in PREPOSITIONS {
        for phrase in phrases.split('|') {
            let words: Vec<&'static str> = phrase.split(' ').collect();
            if let Some(last) = words.last() {
                index.entry(last).or_default().push((words, *role));
            }
        }
    }
    for phrases in index.values_mut() {
        phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    index
});

const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thurs",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
    "lunedi",
    "martedi",
    "mercoledi",
    "giovedi",
    "venerdi",
    "sabato",
    "domenica",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "poniedzialku",
    "wtorku",
    "srody",
    "czwartku",
    "piatku",
    "poniedzialek",
    "wtorek",
    "srode",
    "czwartek",
    "piatek",
    "segunda",
    "terca",
    "quarta",
    "quinta",
    "sexta",
    "mandag",
    "mandagen",
    "tisdagen",
    "onsdagen",
    "torsdagen",
    "fredagen",
    "tisdag",
    "onsdag",
    "torsdag",
    "fredag",
    "lordag",
    "sondag",
    "pondeli",
    "utery",
    "streda",
    "ctvrtek",
    "patek",
];
const TIMES: &[&str] = &[
    "am",
    "pm",
    "a",
    "p",
    "m",
    "et",
    "est",
    "edt",
    "ct",
    "cst",
    "cdt",
    "mt",
    "pt",
    "pst",
    "pdt",
    "utc",
    "gmt",
    "cet",
    "cest",
    "bst",
    "aest",
    "aedt",
    "sgt",
    "hkt",
    "jst",
    "eastern",
    "central",
    "pacific",
    "mountain",
    "standard",
    "daylight",
    "local",
    "brussels",
    "london",
    "paris",
    "time",
    "midnight",
    "noon",
    "midday",
    "close",
    "of",
    "business",
    "cob",
    "uhr",
    "h",
    "heures",
    "horas",
    "ore",
    "uur",
    "godz",
    "minuit",
    "medianoche",
    "at",
    "um",
    "hours",
    "hrs",
    "mez",
    "mesz",
    "clock",
    "o",
    "las",
    "alle",
    "om",
    "the",
    "end",
    "day",
    "le",
    "as",
    "do",
    "dia",
    "del",
];
const TIME_PROOFS: &[&str] = &[
    "midnight",
    "noon",
    "midday",
    "business",
    "cob",
    "minuit",
    "medianoche",
];

/// Reads the small words that stand before a token.
pub(super) fn dress(tokens: &[Token], first: usize) -> Dress {
    let mut lead = first;
    let mut found = preposition(tokens, lead);
    if found.is_none() {
        lead = past_weekday(tokens, lead);
        found = preposition(tokens, lead);
    }
    let (mut lead, mut role) = match found {
        Some((lead, role)) => (lead, role),
        None => (lead, Role::Bare),
    };
    // "on Friday the 3rd", "no later than 5 p.m. Eastern Time on 3 April": the outer words count.
    if matches!(role, Role::Of | Role::StartOrOf) {
        // "entro le ore 12 del 5 giugno".
        if let Some((outermost, outer_role)) =
            past_time(tokens, lead).and_then(|outer| preposition(tokens, outer))
            && matches!(outer_role, Role::By | Role::Until)
        {
            lead = outermost;
            role = outer_role;
        }
    } else if matches!(role, Role::On | Role::Bare) {
        let outer = past_time(tokens, past_weekday(tokens, lead)).or_else(|| {
            let weekday = past_weekday(tokens, lead);
            (weekday < lead).then_some(weekday)
        });
        if let Some(outer) = outer {
            match preposition(tokens, outer) {
                Some((outermost, outer_role)) => {
                    // "11:59 pm" after "at": its own preposition adds nothing.
                    lead = outermost;
                    if outer_role != Role::Of && (role == Role::Bare || outer_role != Role::On) {
                        role = outer_role;
                    }
                }
                None => lead = outer,
            }
        }
    }
    let colon = |place: usize| {
        place
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            .is_some_and(|token| token.is_sign(':'))
    };
    if role == Role::Bare && colon(lead) {
        role = Role::On;
        lead -= 1;
        // "submitted by: 16 May".
        if let Some((outer, outer_role)) = preposition(tokens, lead)
            && !matches!(outer_role, Role::Of | Role::To)
        {
            lead = outer;
            role = outer_role;
        }
    }
    Dress { lead, role }
}

/// The longest preposition that ends right before a token.
fn preposition(tokens: &[Token], before: usize) -> Option<(usize, Role)> {
    let word = |at: usize| tokens.get(at).and_then(Token::word);
    let mut last = before.checked_sub(1)?;
    // "the 1st of July", "by the 3rd".
    if word(last) == Some("the") && last > 0 {
        last -= 1;
    }
    let phrases = INDEX.get(word(last)?)?;
    phrases.iter().find_map(|(words, role)| {
        let first = (last + 1).checked_sub(words.len())?;
        let fits = words
            .iter()
            .enumerate()
            .all(|(offset, expected)| word(first + offset) == Some(expected));
        fits.then_some((first, *role))
    })
}

fn past_weekday(tokens: &[Token], before: usize) -> usize {
    let sign = |at: usize, sign| {
        tokens
            .get(at)
            .is_some_and(|token: &Token| token.is_sign(sign))
    };
    let mut at = before;
    if at > 0 && (sign(at - 1, ',') || sign(at - 1, '.')) {
        at -= 1;
    }
    if at > 0
        && tokens
            .get(at - 1)
            .and_then(Token::word)
            .is_some_and(|word| WEEKDAYS.contains(&word))
    {
        at - 1
    } else {
        before
    }
}

/// Steps back over a time of day: there must be a number or a word that surely is one.
fn past_time(tokens: &[Token], before: usize) -> Option<usize> {
    let mut at = before;
    let mut proven = false;
    let mut number_at = before;
    while at > 0 && before - at < 14 {
        let Some(token) = tokens.get(at - 1) else {
            break;
        };
        match &token.kind {
            Kind::Number { value, digits } if *digits <= 2 && *value < 60 => {
                number_at = at - 1;
            }
            Kind::Word(word) if TIMES.contains(&word.as_str()) => {
                let proof = TIME_PROOFS.contains(&word.as_str());
                let half = matches!(
                    word.as_str(),
                    "am" | "pm"
                        | "time"
                        | "uhr"
                        | "heures"
                        | "horas"
                        | "uur"
                        | "et"
                        | "utc"
                        | "m"
                        | "cet"
                        | "h"
                        | "cest"
                        | "gmt"
                        | "bst"
                        | "ore"
                );
                proven |= proof || half;
                if proof {
                    number_at = at - 1;
                }
            }
            Kind::Sign(',' | '.' | ':' | '(' | ')') => {}
            _ => break,
        }
        at -= 1;
    }
    (proven && number_at < before).then(|| {
        let mut start = number_at;
        // "at 11:59 pm", "close of business".
        while start > at
            && tokens
                .get(start - 1)
                .and_then(Token::word)
                .is_some_and(|word| {
                    matches!(
                        word,
                        "at" | "um" | "the" | "las" | "ore" | "le" | "alle" | "a"
                    )
                })
        {
            start -= 1;
        }
        let word = |back: usize| {
            start
                .checked_sub(back)
                .and_then(|place| tokens.get(place))
                .and_then(Token::word)
        };
        if (word(2), word(1)) == (Some("close"), Some("of")) {
            start -= 2;
        }
        start
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn small_words_before_a_date_are_read() {
        for (text, lead, role) in [
            ("closes on", 1, Role::On),
            ("received no later than", 1, Role::By),
            ("due on or before", 1, Role::By),
            (
                "no later than 5:00 p.m. Eastern Time on Friday,",
                0,
                Role::By,
            ),
            ("ends at 11:59 pm ET on", 1, Role::On),
            ("until midnight (Brussels time) on", 0, Role::Until),
            ("close 5pm AEST, Thursday", 1, Role::Bare),
            ("date:", 1, Role::On),
            ("bis spätestens zum", 0, Role::By),
            ("jusqu'au", 0, Role::Until),
            ("Council of", 1, Role::Of),
            ("ended", 1, Role::Bare),
        ] {
            let tokens = tokens(text);
            let dress = dress(&tokens, tokens.len());
            assert_eq!((dress.lead, dress.role), (lead, role), "{text}");
        }
    }
}
