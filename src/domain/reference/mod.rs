//! References: citations of standards and laws read out of a text.
//!
//! It knows the spellings of the field (domain brief, section 4): ISO, IEC and who adopts them, EN, ETSI, NIST,
//! acts of the EU, the US, the UK and others, and the schemes with versions. It calls nobody; a scan jumps from one
//! group of digits to the next, and only there does a hand-written grammar look at the words before it.
//! Deliberately it does not judge whether a work exists, finds no law by its name alone (that is for tagging),
//! and invents no number between the ends of a range.

mod adoption;
mod celex;
mod context;
mod edition;
mod eu;
mod eu_words;
mod european;
mod known;
mod national;
mod nist;
mod scheme;
mod standard;
mod states;
mod statute;
mod token;
mod urn;
mod us;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

pub use context::is_unit;
pub use known::KnownWorks;

use crate::text::bytes::first_digit;
use crate::text::sieve::Sieve;
use context::Context;
use token::{Cursor, Folded, Kind, Token};

/// One citation read out of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Reference {
    /// What was cited, spelled uniformly: `BS EN ISO 9001:2015+A1:2024`.
    pub canonical: String,
    /// The undated thing without adoption, stage, edition and amendment: `ISO 9001`; for acts of the EU the CELEX
    /// number.
    pub work: String,
    /// The draft prefix (AWI, CD, DIS, FDIS, prEN, FDAM, ipd …) of a text that is not final.
    pub stage: Option<String>,
    /// The bodies that took the text over, outermost first: `["BS", "EN"]`.
    pub adoption: Vec<String>,
}

/// A reference with its place. The second member of a list (`ISO 27001/27002`) has its own place, without the
/// publisher that it shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What was read.
    pub reference: Reference,
    /// First character, counted in Unicode scalar values of the text given.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// First byte.
    pub byte_start: usize,
    /// One past the last byte.
    pub byte_end: usize,
}

/// A reference and its bytes, before characters are counted.
struct Hit {
    reference: Reference,
    start: usize,
    end: usize,
}

/// All references of a text in order of place; several for lists and joined forms.
pub fn find(text: &str, known: &KnownWorks) -> Vec<Found> {
    find_beside(text, "", known)
}

/// The same for a text that stands beside another, as a summary does beside its headline: a state,
/// a city or a body that the other names is named for this one too.
pub fn find_beside(text: &str, beside: &str, known: &KnownWorks) -> Vec<Found> {
    let readable = without_full_width(text);
    let hits = scan(&readable, beside, known, false);
    let mut places = Places {
        read: &readable,
        original: text,
        byte: 0,
        original_byte: 0,
        character: 0,
    };
    hits.into_iter()
        .map(|hit| {
            let (start, byte_start) = places.advance(hit.start);
            let (end, byte_end) = places.advance(hit.end);
            Found {
                reference: hit.reference,
                start,
                end,
                byte_start,
                byte_end,
            }
        })
        .collect()
}

/// The references of a surface form that stands alone, as on the command line or in a library file. Where running
/// text needs a second sign (`800-171` beside NIST), the form itself is enough.
pub fn read(form: &str, known: &KnownWorks) -> Vec<Reference> {
    scan(&without_full_width(form), "", known, true)
        .into_iter()
        .map(|hit| hit.reference)
        .collect()
}

/// The address of a work: lower case, every other sign a hyphen, runs folded and ends trimmed (`iso-iec-42001`).
pub fn slug(work: &str) -> String {
    let mut slug = String::with_capacity(work.len());
    for character in work.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A work under the publishers that people leave out: who types `ISO 27013`, which the library may
/// not know, means ISO/IEC 27013.
pub fn publishers_of(work: &str) -> Vec<String> {
    let mut out = vec![work.to_owned()];
    for publisher in ["ISO ", "IEC "] {
        if let Some(number) = work.strip_prefix(publisher) {
            out.push(format!("ISO/IEC {number}"));
            out.push(format!("ISO/IEC/IEEE {number}"));
        }
    }
    out
}

/// How far before a group of digits its reference may begin, in bytes.
const WINDOW: usize = 96;

/// Looks at every group of digits once: each token up to it that was not yet tried may begin a reference.
fn scan(text: &str, beside: &str, known: &KnownWorks, alone: bool) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let mut context = Context::new(text, beside, known, alone);
    let mut cursor = Cursor::new(text);
    let mut hits = Vec::new();
    let mut tried = 0;
    while let Some(offset) = first_digit(&bytes[tried..]) {
        let digit = tried + offset;
        let digits_end = digit
            + bytes[digit..]
                .iter()
                .position(|byte| !byte.is_ascii_digit())
                .unwrap_or(bytes.len() - digit);
        context.slash = slash_follows(&text[digits_end..]);
        cursor.restart(window_start(text, tried, digit));
        tried = digits_end;
        loop {
            let token = cursor.peek(0);
            if token.kind == Kind::End || token.start > digit {
                break;
            }
            let mark = cursor.at;
            if let Some(read) = begin(&mut cursor, token, &context, &hits) {
                // A rule can only succeed over digits, so the scan always moves on.
                tried = cursor.taken().max(digits_end);
                hits.extend(read);
                break;
            }
            cursor.at = mark + 1;
        }
    }
    hits
}

fn slash_follows(rest: &str) -> bool {
    let mut characters = rest.chars();
    matches!(characters.next(), Some('/' | '\u{2044}' | '\u{2215}'))
        && characters.next().is_some_and(|next| next.is_ascii_digit())
}

/// Where reading begins before a digit: at the start of a word, not before what was tried already.
fn window_start(text: &str, tried: usize, digit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut from = tried.max(digit.saturating_sub(WINDOW));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    if from > tried {
        while from < digit && bytes[from - 1].is_ascii_alphanumeric() && bytes[from].is_ascii() {
            from += 1;
        }
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
    from
}

/// Reads one family's citation where the cursor stands, or fails.
type Rule = fn(&mut Cursor<'_>, &Context<'_>) -> Option<Vec<Hit>>;

/// What a citation may be that begins with a certain word.
#[derive(Clone, Copy)]
enum Opening {
    /// One of these families, those with the longer form first.
    Families(&'static [Rule]),
    /// A page of the Official Journal.
    Journal,
    /// What a national body took over.
    Adoption,
    /// A bill or a statute of the state that the word names.
    State,
}

/// The families of the grammar by the words, folded, that they may begin with.
const FAMILIES: &[(&[&str], &[Rule])] = &[
    (
        &[
            "iso", "iec", "isa", "ieee", "iwa", "en", "pren", "fpren", "prts", "cen", "clc",
            "prcen", "fprcen", "cwa", "etsi", "ts", "tr",
        ],
        &[urn::read, adoption::read],
    ),
    (&["urn"], &[urn::read]),
    (
        &[
            "nist",
            "nistir",
            "fips",
            "special",
            "csf",
            "cswp",
            "cybersecurity",
            "ai",
            "ir",
            "artificial",
        ],
        &[nist::read, scheme::read],
    ),
    (&["sp"], &[nist::read]),
    (
        &[
            "soc",
            "pci",
            "cmmc",
            "cis",
            "ccm",
            "aicm",
            "cloud",
            "bsi",
            "aic",
            "hitrust",
            "owasp",
            "cobit",
            "secnumcloud",
            "cyber",
            "ncsc",
            "caf",
            "scf",
            "asvs",
        ],
        &[scheme::read],
    ),
    (&["csa"], &[adoption::read, scheme::read]),
    (&["c"], &[scheme::read, celex::case, statute::read]),
    (
        &["celex", "eli", "com", "swd", "join", "case", "cases", "t"],
        &[celex::read, celex::case],
    ),
    (
        &["executive", "exec", "eo", "e", "pub", "public", "p"],
        &[us::read],
    ),
    (&["local", "nyc"], &[us::local_law]),
    (
        &[
            "s", "h", "a", "sb", "hb", "ab", "hf", "sf", "lb", "senate", "house", "assembly",
            "bill",
        ],
        &[states::bill, national::read, statute::read],
    ),
    (&["pl"], &[us::read, national::read]),
    (&["i", "is"], &[adoption::read]),
    (
        &[
            "si",
            "statutory",
            "uksi",
            "ukpga",
            "law",
            "luat",
            "decree",
            "nghi",
            "projeto",
            "cets",
            "ets",
            "ste",
            "stce",
        ],
        &[national::read, statute::read, adoption::read],
    ),
    (
        &[
            "legge", "lei", "real", "sr", "rs", "act", "oecd", "cps", "rcw", "krs", "crs",
        ],
        &[statute::read, adoption::read],
    ),
];

/// How the languages shorten the name of the Official Journal.
const JOURNALS: &[&str] = &["oj", "abl", "jo", "do", "gu", "pb", "eut"];

/// All words that a citation may begin with. Most words of a text are none, and are passed over by
/// one look at their first letters and their length.
struct Openings {
    words: FxHashMap<&'static str, Opening>,
    sieve: Sieve,
}

static OPENINGS: LazyLock<Openings> = LazyLock::new(|| {
    let mut words = FxHashMap::default();
    for word in states::first_words() {
        words.insert(word, Opening::State);
    }
    for word in adoption::prefixes() {
        words.insert(word, Opening::Adoption);
    }
    for (known, rules) in FAMILIES {
        words.extend(known.iter().map(|word| (*word, Opening::Families(rules))));
    }
    words.extend(JOURNALS.iter().map(|word| (*word, Opening::Journal)));
    let sieve = Sieve::of(words.keys().copied());
    Openings { words, sieve }
});

/// The families of the grammar by the token they may begin with.
fn begin(
    cursor: &mut Cursor<'_>,
    token: Token,
    context: &Context<'_>,
    before: &[Hit],
) -> Option<Vec<Hit>> {
    let opening = match token.kind {
        Kind::Word => {
            let word = cursor.text_of(token);
            if OPENINGS.sieve.may_hold(word) {
                OPENINGS.words.get(Folded::new(word).as_str())
            } else {
                None
            }
        }
        Kind::Number => {
            return first_of(
                cursor,
                context,
                &[us::by_number, national::by_number, nist::by_number],
            )
            .or_else(|| first_of(cursor, context, &[celex::by_number, eu::after_number]));
        }
        Kind::Sign('(') if context.slash => {
            return cursor.attempt(|cursor| eu::bare(cursor, context));
        }
        _ => return None,
    };
    match opening {
        Some(Opening::Families(rules)) => return first_of(cursor, context, rules),
        Some(Opening::Journal) => {
            return cursor.attempt(|cursor| celex::journal(cursor, context, before));
        }
        Some(Opening::Adoption | Opening::State) | None => {}
    }
    if context.slash
        && let Some(found) = first_of(cursor, context, &[eu::read, eu::bare])
    {
        return Some(found);
    }
    match opening? {
        Opening::State
            if !cursor
                .text_of(token)
                .starts_with(|c: char| c.is_ascii_uppercase()) =>
        {
            None
        }
        Opening::State => first_of(cursor, context, &[states::bill, statute::read]),
        _ => first_of(
            cursor,
            context,
            &[adoption::read, states::bill, statute::read],
        ),
    }
}

fn first_of(cursor: &mut Cursor<'_>, context: &Context<'_>, rules: &[Rule]) -> Option<Vec<Hit>> {
    rules
        .iter()
        .find_map(|rule| cursor.attempt(|cursor| rule(cursor, context)))
        .filter(|hits| !hits.is_empty())
}

/// Full-width letters and digits (`ＩＳＯ　２７００１`) become ASCII; the number of characters stays.
fn without_full_width(text: &str) -> Cow<'_, str> {
    // U+FF01 to U+FF5E begin with these two bytes; looking for them costs one pass over bytes.
    let full_width = |pair: &[u8]| pair[0] == 0xEF && matches!(pair[1], 0xBC | 0xBD);
    if memchr::memchr(0xEF, text.as_bytes()).is_none()
        || !text.as_bytes().windows(2).any(full_width)
    {
        return Cow::Borrowed(text);
    }
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
        }
        other => other,
    };
    Cow::Owned(text.chars().map(narrow).collect())
}

/// Turns byte places of the text as read into characters and bytes of the text as given, going forward only.
struct Places<'a> {
    read: &'a str,
    original: &'a str,
    byte: usize,
    original_byte: usize,
    character: usize,
}

impl Places<'_> {
    fn advance(&mut self, byte: usize) -> (usize, usize) {
        // A place before the last one would be a fault of a rule; it is then given as the last one.
        let step = self.read.get(self.byte..byte).unwrap_or("");
        let rest = self.original.get(self.original_byte..).unwrap_or("");
        if let Some(same) = rest.get(..step.len())
            && step.is_ascii()
            && same.is_ascii()
        {
            self.original_byte += step.len();
            self.character += step.len();
            self.byte += step.len();
            return (self.character, self.original_byte);
        }
        let characters = step.chars().count();
        self.original_byte += match rest.char_indices().nth(characters) {
            Some((offset, _)) => offset,
            None => rest.len(),
        };
        self.character += characters;
        self.byte += step.len();
        (self.character, self.original_byte)
    }
}
