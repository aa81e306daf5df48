//! What a rule may look at beside its own tokens: known works, words elsewhere in the text, what may follow a number.

use std::cell::OnceCell;

use memchr::memmem;

use super::known::KnownWorks;
use super::token::{Cursor, Folded, Kind};
use super::{Hit, Reference, states};

/// The text as a whole, asked only when a rule is in doubt.
pub(super) struct Context<'a> {
    text: &'a str,
    /// The text that stands beside it.
    beside: &'a str,
    pub known: &'a KnownWorks,
    /// The text is one surface form and nothing else.
    pub alone: bool,
    /// The digit group that drew attention is followed by a slash and a digit.
    pub slash: bool,
    nist: OnceCell<bool>,
    new_york_city: OnceCell<bool>,
    apra: OnceCell<bool>,
    states: OnceCell<Vec<(usize, &'static str)>>,
}

impl<'a> Context<'a> {
    pub fn new(text: &'a str, beside: &'a str, known: &'a KnownWorks, alone: bool) -> Self {
        Self {
            text,
            beside,
            known,
            alone,
            slash: false,
            nist: OnceCell::new(),
            new_york_city: OnceCell::new(),
            apra: OnceCell::new(),
            states: OnceCell::new(),
        }
    }

    fn names(&self, name: &str) -> bool {
        let contains = |text: &str| memmem::find(text.as_bytes(), name.as_bytes()).is_some();
        contains(self.text) || contains(self.beside)
    }

    /// The text names NIST somewhere.
    pub fn names_nist(&self) -> bool {
        *self.nist.get_or_init(|| self.names("NIST"))
    }

    /// The text names the city of New York.
    pub fn names_new_york_city(&self) -> bool {
        *self
            .new_york_city
            .get_or_init(|| self.names("New York City") || self.names("NYC"))
    }

    /// The text names the Australian prudential authority.
    pub fn names_apra(&self) -> bool {
        *self.apra.get_or_init(|| self.names("APRA"))
    }

    /// The state of the Union named nearest to a place, those before it first.
    pub fn state_near(&self, byte: usize) -> Option<&'static str> {
        let named = self.states.get_or_init(|| states::named_in(self.text));
        let after = named.partition_point(|(place, _)| *place < byte);
        let chosen = match after.checked_sub(1) {
            Some(before) => named.get(before),
            None => named.get(after),
        };
        chosen.map(|(_, state)| *state).or_else(|| {
            states::named_in(self.beside)
                .first()
                .map(|(_, state)| *state)
        })
    }

    /// Words of standardisation stand within eighty bytes of a place.
    pub fn standards_words_near(&self, start: usize, end: usize) -> bool {
        let mut from = start.saturating_sub(80);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let mut to = (end + 80).min(self.text.len());
        while !self.text.is_char_boundary(to) {
            to -= 1;
        }
        let window = self.text[from..to].to_lowercase();
        [
            "standard",
            "certif",
            "zertif",
            "norm",
            "complian",
            "conform",
            "audit",
            "management",
            "accredit",
            "requirement",
            "gestion",
            "gestión",
        ]
        .iter()
        .any(|word| window.contains(word))
    }
}

/// A reference with the bytes it was read from.
pub(super) fn hit(canonical: String, work: String, start: usize, end: usize) -> Hit {
    Hit {
        reference: Reference {
            canonical,
            work,
            stage: None,
            adoption: Vec::new(),
        },
        start,
        end,
    }
}

/// A unit of measure, a currency or a thing that is counted follows: the number before was an amount (rule 10).
pub(super) fn unit_follows(cursor: &mut Cursor<'_>) -> bool {
    let token = cursor.peek(0);
    match token.kind {
        Kind::Sign('%' | '‰' | '€' | '$' | '£' | '¥' | '°') => true,
        Kind::Word => {
            let word = cursor.text_of(token);
            UNIT_SYMBOLS.contains(&word) || {
                let folded = Folded::new(word);
                folded.is_any(AMOUNT_WORDS)
            }
        }
        _ => false,
    }
}

/// Something that is counted follows; weaker than a unit, asked only of numbers that a list may have swept up.
pub(super) fn count_follows(cursor: &mut Cursor<'_>) -> bool {
    let folded = Folded::new(cursor.word(0));
    unit_follows(cursor) || folded.is_any(COUNTED_WORDS)
}

/// Whether a word is the symbol of a unit or of a currency, by these very letters.
pub fn is_unit(word: &str) -> bool {
    UNIT_SYMBOLS.contains(&word)
}

const UNIT_SYMBOLS: &[&str] = &[
    "mm", "cm", "m", "km", "kg", "g", "mg", "ml", "kW", "MW", "GW", "kWh", "MWh", "W", "Hz", "kHz",
    "MHz", "GHz", "kB", "KB", "MB", "GB", "TB", "dB", "ms", "bar", "psi", "ppm", "mph", "EUR",
    "USD", "GBP", "CHF",
];

const AMOUNT_WORDS: &[&str] = &[
    "billion",
    "cents",
    "dollars",
    "euro",
    "euros",
    "hours",
    "kilometers",
    "kilometres",
    "meters",
    "metres",
    "miles",
    "million",
    "millions",
    "minutes",
    "participants",
    "patients",
    "percent",
    "pounds",
    "seconds",
    "times",
    "tonnes",
    "tons",
    "votes",
];

const COUNTED_WORDS: &[&str] = &[
    "applications",
    "businesses",
    "certificates",
    "clients",
    "companies",
    "controls",
    "countries",
    "customers",
    "days",
    "employees",
    "entreprises",
    "firms",
    "mitarbeiter",
    "months",
    "more",
    "new",
    "organisations",
    "organizations",
    "other",
    "others",
    "pages",
    "people",
    "points",
    "sites",
    "staff",
    "unternehmen",
    "users",
    "weeks",
    "years",
];

/// Takes what joins the members of a list: a comma, a slash, an ampersand, "and", "or" in the languages of the field.
pub(super) fn eat_joint(cursor: &mut Cursor<'_>) -> bool {
    let mark = cursor.at;
    let comma = cursor.eat(',') || cursor.eat(';');
    let folded = Folded::new(cursor.word(0));
    if folded.is_any(JOINTS) {
        cursor.at += 1;
        if cursor.eat('/') && !cursor.eat_any(&["or", "oder"]) {
            cursor.at = mark;
            return false;
        }
        return true;
    }
    if comma {
        return true;
    }
    cursor.eat('&') || cursor.eat('/') || cursor.eat('+')
}

const JOINTS: &[&str] = &[
    "a", "and", "bis", "bzw", "e", "en", "es", "et", "i", "ja", "o", "och", "oder", "of", "og",
    "or", "oraz", "ou", "plus", "sowie", "through", "to", "u", "und", "y", "и", "και",
];

/// Takes "No.", "Nr.", "n°", "nº", "№" and their kin.
pub(super) fn eat_number_word(cursor: &mut Cursor<'_>) -> bool {
    if cursor.eat('№') {
        return true;
    }
    let folded = Folded::new(cursor.word(0));
    let known = [
        "no",
        "nos",
        "nr",
        "nro",
        "n",
        "nº",
        "num",
        "numero",
        "number",
        "numbers",
        "c",
        "st",
        "br",
        "so",
        "αριθ",
        "номер",
        "nrs",
    ];
    if !folded.is_any(&known) {
        return false;
    }
    cursor.at += 1;
    let _ = cursor.eat_glued('.') || cursor.eat_glued('°') || cursor.eat_glued('˚');
    true
}

/// A plausible year of edition.
pub(super) fn year(digits: &str) -> Option<u32> {
    if digits.len() != 4 {
        return None;
    }
    super::token::value(digits).filter(|year| (1940..=2099).contains(year))
}
