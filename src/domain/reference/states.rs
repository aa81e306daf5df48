//! Bills of the states of the Union: a chamber, a number, and a state that the text must name.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::Hit;
use super::context::{Context, eat_number_word, hit, unit_follows, year};
use super::token::Cursor;

/// Name, abbreviation of the citation manuals, postal code.
const STATES: &[(&str, &str, &str)] = &[
    ("Alabama", "Ala.", "AL"),
    ("Alaska", "Alaska", "AK"),
    ("Arizona", "Ariz.", "AZ"),
    ("Arkansas", "Ark.", "AR"),
    ("California", "Cal.", "CA"),
    ("Colorado", "Colo.", "CO"),
    ("Connecticut", "Conn.", "CT"),
    ("Delaware", "Del.", "DE"),
    ("Florida", "Fla.", "FL"),
    ("Georgia", "Ga.", "GA"),
    ("Hawaii", "Haw.", "HI"),
    ("Idaho", "Idaho", "ID"),
    ("Illinois", "Ill.", "IL"),
    ("Indiana", "Ind.", "IN"),
    ("Iowa", "Iowa", "IA"),
    ("Kansas", "Kan.", "KS"),
    ("Kentucky", "Ky.", "KY"),
    ("Louisiana", "La.", "LA"),
    ("Maine", "Me.", "ME"),
    ("Maryland", "Md.", "MD"),
    ("Massachusetts", "Mass.", "MA"),
    ("Michigan", "Mich.", "MI"),
    ("Minnesota", "Minn.", "MN"),
    ("Mississippi", "Miss.", "MS"),
    ("Missouri", "Mo.", "MO"),
    ("Montana", "Mont.", "MT"),
    ("Nebraska", "Neb.", "NE"),
    ("Nevada", "Nev.", "NV"),
    ("New Hampshire", "N.H.", "NH"),
    ("New Jersey", "N.J.", "NJ"),
    ("New Mexico", "N.M.", "NM"),
    ("New York", "N.Y.", "NY"),
    ("North Carolina", "N.C.", "NC"),
    ("North Dakota", "N.D.", "ND"),
    ("Ohio", "Ohio", "OH"),
    ("Oklahoma", "Okla.", "OK"),
    ("Oregon", "Or.", "OR"),
    ("Pennsylvania", "Pa.", "PA"),
    ("Rhode Island", "R.I.", "RI"),
    ("South Carolina", "S.C.", "SC"),
    ("South Dakota", "S.D.", "SD"),
    ("Tennessee", "Tenn.", "TN"),
    ("Texas", "Tex.", "TX"),
    ("Utah", "Utah", "UT"),
    ("Vermont", "Vt.", "VT"),
    ("Virginia", "Va.", "VA"),
    ("Washington", "Wash.", "WA"),
    ("West Virginia", "W. Va.", "WV"),
    ("Wisconsin", "Wis.", "WI"),
    ("Wyoming", "Wyo.", "WY"),
    // Newspaper style for a state whose manual abbreviation is shorter.
    ("Calif.", "Cal.", ""),
];

/// The first words of all names, abbreviations and codes, folded.
static FIRST_WORDS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    STATES
        .iter()
        .flat_map(|(name, short, code)| [name, short, code])
        .filter_map(|form| form.split([' ', '.']).next())
        .map(str::to_ascii_lowercase)
        .collect()
});

/// The first words of all names, abbreviations and codes of states, folded.
pub(super) fn first_words() -> impl Iterator<Item = &'static str> {
    FIRST_WORDS.iter().map(String::as_str)
}

/// The places (bytes) at which a text names a state, in order. Washington counts only as "Washington State": alone
/// it is oftener the capital.
pub(super) fn named_in(text: &str) -> Vec<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let mut named = Vec::new();
    let mut at = 0;
    while let Some(offset) = bytes[at..].iter().position(u8::is_ascii_uppercase) {
        let place = at + offset;
        at = place + 1;
        if place > 0 && bytes[place - 1].is_ascii_alphanumeric() {
            continue;
        }
        let rest = &text[place..];
        let found = STATES.iter().find_map(|(name, short, _)| {
            let form = [*name, *short]
                .into_iter()
                .filter(|form| form.len() > 3)
                .find(|form| rest.starts_with(form))?;
            let after = &rest[form.len()..];
            let ends = !after.starts_with(|next: char| next.is_alphanumeric());
            let state = *name != "Washington"
                || form != "Washington"
                || after.starts_with(" state")
                || after.starts_with(" State");
            (ends && state).then_some((form.len(), *short))
        });
        if let Some((length, state)) = found {
            named.push((place, state));
            at = place + length;
        }
    }
    named
}

/// `Colorado SB 24-205`, `California's Senate Bill 53`, and `HB 149` in a text that names Texas.
pub(super) fn bill(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    let state = cursor.attempt(state);
    if state.is_some() {
        if cursor.eat_glued('\'') {
            let _ = cursor.glued(0) && cursor.eat_word("s");
        }
        let _ = cursor.eat_any(&["state", "legislature"]);
        let _ = cursor.eat('(') || cursor.eat(',') || cursor.eat(':');
    }
    let chamber = chamber(cursor)?;
    let _ = cursor.eat_glued('-');
    let _ = eat_number_word(cursor);
    let digits = cursor
        .take_digits()
        .filter(|digits| digits.len() <= 5 && !digits.starts_with('0'))?;
    let mut number = digits.to_owned();
    if digits.len() == 2 && cursor.is_glued_number('-') && cursor.digits(1).len() <= 4 {
        number = format!("{number}-{}", cursor.digits(1).trim_start_matches('0'));
        cursor.at += 2;
    }
    if super::adoption::is_glued_letter(cursor) || unit_follows(cursor) {
        return None;
    }
    let session = cursor.attempt(|cursor| {
        let bracket = cursor.eat('(');
        (bracket || cursor.eat_word("of")).then_some(())?;
        let year = year(cursor.digits(0))?;
        cursor.at += 1;
        (!bracket || cursor.eat(')')).then_some(year)
    });
    let state = match state {
        Some(state) => state,
        None => context.state_near(start)?,
    };
    let work = format!("{state} {chamber} {number}");
    let canonical = match session {
        Some(year) => format!("{work} ({year})"),
        None => work.clone(),
    };
    Some(vec![hit(canonical, work, start, cursor.taken())])
}

fn chamber(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    const CODES: &[&str] = &["SB", "HB", "AB", "HF", "SF", "LB"];
    const WORDS: &[(&str, &str, &str)] = &[
        ("Senate", "Bill", "SB"),
        ("House", "Bill", "HB"),
        ("Assembly", "Bill", "AB"),
        ("House", "File", "HF"),
        ("Senate", "File", "SF"),
    ];
    WORDS
        .iter()
        .find(|(first, second, _)| cursor.eat_words(&[first, second]))
        .map(|(_, _, code)| *code)
        .or_else(|| CODES.iter().find(|code| cursor.eat_capitals(code)).copied())
}

fn state(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let first = cursor.word(0);
    if !first.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return None;
    }
    STATES.iter().find_map(|(name, short, code)| {
        if !code.is_empty() && first == *code {
            cursor.at += 1;
            let _ = cursor.eat(')');
            return Some(*short);
        }
        [*name, *short]
            .into_iter()
            .find(|form| cursor.attempt(|cursor| spelled(cursor, form)).is_some())
            .map(|_| *short)
    })
}

/// Takes a form such as `New York`, `N.Y.` or `Colo.` word by word.
fn spelled(cursor: &mut Cursor<'_>, form: &str) -> Option<()> {
    for part in form.split_inclusive(['.', ' ']) {
        let word = part.trim_end_matches(['.', ' ']);
        if word.is_empty() {
            continue;
        }
        (cursor.word(0) == word).then_some(())?;
        cursor.at += 1;
        if part.ends_with('.') {
            cursor.eat_glued('.').then_some(())?;
        }
    }
    Some(())
}
