//! Letters that a text explains itself: "the Central Consumer Protection Authority (CCPA)". In that
//! text they stand for these words, whatever else is written with the same letters (rule F5).

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::lexicon::{Mention, Target};
use super::passage::{Gap, Passage};
use super::text::Text;
use crate::domain::library::Library;
use crate::text::words;

/// Words that give no letter to an abbreviation.
const SMALL: &[&str] = &[
    "a", "all", "an", "and", "at", "aux", "by", "d", "dell", "for", "in", "of", "on", "s", "the",
    "to", "with", "da", "das", "de", "dei", "del", "della", "delle", "dem", "den", "der", "des",
    "di", "die", "do", "dos", "du", "e", "el", "en", "et", "fur", "i", "il", "l", "la", "las",
    "le", "les", "los", "och", "per", "pour", "sur", "und", "van", "voor", "w", "y", "z", "zur",
];

/// Letters as an abbreviation has them.
const SHORTEST: usize = 3;
const LONGEST: usize = 8;
/// So many words before a bracket are looked at: each letter has one, and some are small.
const REACH: usize = 2 * LONGEST;
/// So many explanations are read in a field; news explains a handful.
const MOST: usize = 32;

/// The words that letters stand for, the last one first.
type Words<'p> = SmallVec<[&'p str; LONGEST]>;

/// Drops the mentions by letters that the text explains, and never as what they name.
pub(super) fn drop_explained(
    mentions: &mut Vec<Mention>,
    texts: &[Text<'_>; 2],
    library: &Library,
) {
    let letters = |mention: &Mention| {
        let passage = &texts.get(mention.text)?.passage;
        let written = (mention.end == mention.first + 1).then(|| passage.written(mention.first))?;
        is_abbreviation(written).then_some(written)
    };
    if !mentions.iter().any(|mention| letters(mention).is_some()) {
        return;
    }
    let explained: Vec<(&str, Words<'_>)> = texts
        .iter()
        .flat_map(|text| explanations(&text.passage))
        .collect();
    if explained.is_empty() {
        return;
    }
    // A name is looked at once, however often it stands there.
    let mut kept: FxHashMap<(Target, &str), bool> = FxHashMap::default();
    mentions.retain(|mention| {
        let Some(letters) = letters(mention) else {
            return true;
        };
        *kept.entry((mention.target, letters)).or_insert_with(|| {
            let mut words = explained
                .iter()
                .filter(|(own, _)| *own == letters)
                .map(|(_, words)| words)
                .peekable();
            words.peek().is_none()
                || words.any(|words| may_be(words, letters, mention.target, library))
        })
    });
}

fn is_abbreviation(written: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&written.len())
        && written.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The abbreviations in brackets with the words before them that spell them, folded.
fn explanations<'p>(passage: &'p Passage<'_>) -> Vec<(&'p str, Words<'p>)> {
    let original = passage.original();
    let mut out = Vec::new();
    // The second is the first byte of a wide bracket, and of much else.
    for at in memchr::memchr2_iter(b'(', 0xef, original.as_bytes()) {
        if out.len() == MOST {
            break;
        }
        let Some(inside) = original
            .get(at..)
            .and_then(|rest| rest.strip_prefix(['(', '\u{ff08}']))
        else {
            continue;
        };
        let quoted = inside.trim_start_matches(['"', '\u{201c}', '\u{201e}', '\u{ab}', '\'']);
        let start = original.len() - quoted.len();
        let length = quoted.bytes().take_while(u8::is_ascii_uppercase).count();
        let Some(letters) = quoted.get(..length).filter(|own| is_abbreviation(own)) else {
            continue;
        };
        let (first, end) = passage.words_in(start, start + length);
        let one = end == first + 1 && passage.written(first) == letters;
        if !one || passage.gap(first) > Gap::Bracket {
            continue;
        }
        out.extend(spelled(passage, first, letters).map(|words| (letters, words)));
    }
    out
}

/// The words right before a place whose beginnings spell these letters.
fn spelled<'p>(passage: &'p Passage<'_>, before: usize, letters: &str) -> Option<Words<'p>> {
    let mut words = Words::new();
    let mut wanted = letters.bytes().rev().map(|byte| byte.to_ascii_lowercase());
    let mut next = wanted.next()?;
    for at in (before.saturating_sub(REACH)..before).rev() {
        if at + 1 < before && passage.gap(at + 1) > Gap::Space {
            return None;
        }
        let word = passage.word(at);
        if word.as_bytes().first() == Some(&next) {
            words.push(word);
            match wanted.next() {
                Some(letter) => next = letter,
                None => return Some(words),
            }
        } else if !SMALL.contains(&word) {
            return None;
        }
    }
    None
}

/// Whether letters that a text explains by these words may be what a mention means: where one of its
/// names is like them, or where it has no name that would explain the letters.
fn may_be(words: &[&str], letters: &str, target: Target, library: &Library) -> bool {
    let judge = |names: &mut dyn Iterator<Item = &String>| {
        let mut own = false;
        for name in names {
            if alike(words, name) {
                return true;
            }
            let passage = Passage::new(name, usize::MAX);
            own |= spelled(&passage, passage.len(), letters).is_some();
        }
        !own
    };
    match target {
        Target::Framework(place) => library.frameworks.get(place).is_none_or(|it| {
            let foreign = it.aliases_i18n.iter().flat_map(|(_, names)| names);
            let own = [&it.short, &it.title].into_iter().chain(&it.aliases);
            judge(&mut own.chain(foreign))
        }),
        Target::Body(place) => library
            .bodies
            .get(place)
            .is_none_or(|it| judge(&mut std::iter::once(&it.name).chain(&it.aliases))),
        Target::Jurisdiction(_) | Target::Topic(_) | Target::Cue(_) | Target::Act => true,
    }
}

/// Whether most of these words stand in a name: people inflect names, and get one word wrong.
fn alike(expansion: &[&str], name: &str) -> bool {
    let folded = words::fold(name);
    let known: SmallVec<[&str; 16]> = folded.split(|c: char| !c.is_alphanumeric()).collect();
    let same = expansion.iter().filter(|word| known.contains(word)).count();
    2 * same > expansion.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(text: &str, letters: &str) -> Option<String> {
        let passage = Passage::new(text, 1_000);
        explanations(&passage)
            .into_iter()
            .find(|(own, _)| *own == letters)
            .map(|(_, words)| {
                let words: Vec<&str> = words.iter().rev().copied().collect();
                words.join(" ")
            })
    }

    #[test]
    fn letters_are_explained_by_the_words_before_them() {
        for (text, letters, expected) in [
            (
                "India's Central Consumer Protection Authority (CCPA) ordered",
                "CCPA",
                Some("central consumer protection authority"),
            ),
            (
                "das Bundesamt für Sicherheit in der Informationstechnik („BSI“)",
                "BSI",
                Some("bundesamt sicherheit informationstechnik"),
            ),
            (
                "the Information Commissioner's Office (ICO)",
                "ICO",
                Some("information commissioner office"),
            ),
            ("an initial coin offering. (ICO)", "ICO", None),
            ("fined by the regulator (ICO)", "ICO", None),
            ("(ICO)", "ICO", None),
            ("ICO and (", "ICO", None),
            ("Old Ideas (ICOS)", "ICO", None),
            (
                "l’Agence nationale de la sécurité des systèmes d'information (ANSSI)",
                "ANSSI",
                Some("agence nationale securite systemes information"),
            ),
            (
                "İstanbul Ünlü Kurumu（IUK）",
                "IUK",
                Some("istanbul unlu kurumu"),
            ),
        ] {
            assert_eq!(explained(text, letters).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn most_words_of_a_name_are_enough() {
        let words = ["institute", "standards", "british"];
        assert!(alike(&words, "British Standards Institution"));
        let words = ["authority", "protection", "consumer", "central"];
        assert!(!alike(&words, "California Consumer Privacy Act"));
    }
}
