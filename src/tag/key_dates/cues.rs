//! The words around a date that say what it is: nouns that wait for an end, verbs, guards.
//!
//! Phrases are folded (no accents, lower case); a `*` ends a word's beginning. The longest phrase
//! at a place wins and consumes its words.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::phrases::PHRASES;
use super::token::Token;
use crate::domain::key_date::DateEvent;

/// What can close, move or be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Comment,
    Ballot,
    Certificate,
    Transition,
    /// Duties to be met by a day.
    Compliance,
    /// Registrations, reports, applications.
    Submission,
    Meeting,
    /// "application" as the beginning of duties.
    Application,
    /// The publication of a document.
    Publication,
}

impl Topic {
    /// What its end is.
    pub(super) fn closing(self) -> Option<DateEvent> {
        match self {
            Self::Comment => Some(DateEvent::CommentsClose),
            Self::Ballot => Some(DateEvent::BallotClose),
            Self::Certificate => Some(DateEvent::CertificationDeadline),
            Self::Transition => Some(DateEvent::TransitionEnd),
            Self::Compliance => Some(DateEvent::Application),
            Self::Submission => Some(DateEvent::Submission),
            Self::Meeting | Self::Application | Self::Publication => None,
        }
    }

    /// What it is that moves when it moves.
    pub(super) fn moved(self) -> DateEvent {
        match self {
            Self::Meeting => DateEvent::Event,
            Self::Application => DateEvent::Application,
            Self::Publication => DateEvent::Publication,
            closing => closing.closing().unwrap_or(DateEvent::Application),
        }
    }
}

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Topic(Topic),
    /// A verb of handing in, which counts only beside a duty.
    HandIn,
    /// Says alone what happens.
    Event(DateEvent),
    /// Says that somebody means to publish.
    Plan,
    /// "original": the date that no longer holds, where its noun is a deadline and the sentence tells of a move.
    Original,
    /// "effective", which must touch its date.
    Effective,
    Open,
    Close,
    /// Ends a topic, or an act when there is none.
    Expire,
    Hold,
    Move,
    /// "withdraws": of a document, that it no longer holds.
    TakeBack,
    /// "was published".
    Published,
    /// "will be issued": of a document, that it comes out.
    Issue,
    /// "gazetted", "date of publication": says alone that a text came out.
    CameOut,
    /// An official journal.
    Gazette,
    /// The Federal Register, where notices come out too.
    Register,
    /// The names of standards.
    Standard,
    /// Something else that happened that day.
    Other,
    Not,
    /// "not apply": until a day, after all.
    NotApply,
    Hedge,
    Reported,
    /// Before a date: the one that no longer holds.
    Old,
    /// "had received": an account of the past.
    Past,
    /// "may go on": until a day.
    Still,
    /// "no longer": after a day, or from one on.
    NoLonger,
    /// A duty.
    Duty,
    /// An invitation or a permission.
    Leave,
    /// Consumes its words and says nothing.
    Nothing,
}

/// A phrase found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) sense: Sense,
}

struct Phrase {
    words: Vec<(&'static str, bool)>,
    sense: Sense,
}

/// Phrases by the first two characters of their first word, the longest first.
static INDEX: LazyLock<HashMap<[char; 2], Vec<Phrase>>> = LazyLock::new(|| {
    let mut index: HashMap<[char; 2], Vec<Phrase>> = HashMap::new();
    for (sense, phrases) in PHRASES {
        for phrase in phrases.split('|') {
            let words: Vec<(&'static str, bool)> = phrase
                .split([' ', '-'])
                .filter(|word| !word.is_empty())
                .map(|word| match word.strip_suffix('*') {
                    Some(beginning) => (beginning, true),
                    None => (word, false),
                })
                .collect();
            if let Some((first, _)) = words.first() {
                index.entry(head(first)).or_default().push(Phrase {
                    words,
                    sense: *sense,
                });
            }
        }
    }
    for phrases in index.values_mut() {
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
    }
    index
});

fn head(word: &str) -> [char; 2] {
    let mut letters = word.chars();
    [letters.next().unwrap_or(' '), letters.next().unwrap_or(' ')]
}

/// Words of other languages that mean something else in English.
const FALSE_FRIENDS: [&str; 13] = [
    "resumes",
    "tolerance",
    "audience",
    "reunion",
    "salon",
    "congres",
    "contributions",
    "observations",
    "audition",
    "atelier",
    "differe",
    "notifier",
    "ferme",
];

/// All phrases of a text, in order, without overlap, outside its dates. `english` leaves out
/// what is a cue only in another language.
pub(super) fn cues(tokens: &[Token], inside: &[bool], english: bool) -> Vec<Cue> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = tokens
            .get(at)
            .and_then(Token::word)
            .filter(|word| !english || !FALSE_FRIENDS.contains(word))
            .and_then(|word| INDEX.get(&head(word)))
            .and_then(|phrases| {
                phrases.iter().find_map(|phrase| {
                    let length = matches(phrase, tokens, inside, at)?;
                    Some((length, phrase.sense))
                })
            });
        match found {
            Some((length, sense)) => {
                if sense != Sense::Nothing {
                    out.push(Cue {
                        first: at,
                        last: at + length - 1,
                        sense,
                    });
                }
                at += length;
            }
            None => at += 1,
        }
    }
    out
}

/// How many tokens a phrase takes here; a hyphen between its words is allowed.
fn matches(phrase: &Phrase, tokens: &[Token], inside: &[bool], at: usize) -> Option<usize> {
    let mut place = at;
    for (number, (word, beginning)) in phrase.words.iter().enumerate() {
        if number > 0 && tokens.get(place)?.is_sign('-') {
            place += 1;
        }
        let found = tokens.get(place)?.word()?;
        let fits = if *beginning {
            found.starts_with(word)
        } else {
            found == *word
        };
        if !fits || inside.get(place).copied().unwrap_or(false) {
            return None;
        }
        place += 1;
    }
    Some(place - at)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let tokens = tokens("It ceases to apply; the grace period ends. Certification bodies met.");
        let inside = vec![false; tokens.len()];
        let senses: Vec<Sense> = cues(&tokens, &inside, true)
            .iter()
            .map(|cue| cue.sense)
            .collect();
        assert_eq!(
            senses,
            [
                Sense::Event(DateEvent::Withdrawal),
                Sense::Topic(Topic::Transition),
                Sense::Close,
                Sense::Other,
            ]
        );
    }

    /// The first would win, and the other be dead.
    #[test]
    fn no_phrase_says_two_things() {
        let mut known: HashMap<&str, Sense> = HashMap::new();
        for (sense, phrases) in PHRASES {
            for phrase in phrases.split('|') {
                if let Some(other) = known.insert(phrase.trim(), *sense) {
                    assert_eq!(other, *sense, "`{phrase}`");
                }
            }
        }
    }

    #[test]
    fn phrases_are_written_as_words_are_folded() {
        for (sense, phrases) in PHRASES {
            for phrase in phrases.split('|') {
                assert_eq!(
                    crate::text::words::fold(phrase),
                    phrase,
                    "a phrase of {sense:?}"
                );
                assert!(!phrase.trim().is_empty(), "an empty phrase of {sense:?}");
            }
        }
    }
}
