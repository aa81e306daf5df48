//! A text taken apart: its dates, the words about them, and what it costs to get from one to the other.

use super::cues::{Cue, Sense};
use super::role::Dress;
use super::span::Span;
use super::token::{Kind, Token};

/// A text taken apart.
pub(super) struct Page<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) spans: &'a [Span],
    pub(super) dresses: &'a [Dress],
    pub(super) sentences: &'a [u32],
    pub(super) cues: &'a [Cue],
    /// What it costs to pass the tokens before each place.
    costs: Vec<u32>,
    /// How many commas stand before each place.
    commas: Vec<u32>,
    /// How many semicolons do.
    semicolons: Vec<u32>,
    /// Cues looked at, so that tests can tell how the work grows.
    #[cfg(test)]
    pub(super) work: std::cell::Cell<usize>,
}

/// The farthest a cue may stand from its date, in tokens.
pub(super) const WINDOW: usize = 80;
/// The greatest cost from a verb to its date, before it and after it.
pub(super) const VERB: (u32, u32) = (24, 16);

/// What has an original date.
const DEADLINES: &[&str] = &[
    "deadline", "date", "frist", "termin", "plazo", "fecha", "delai", "echeance", "termine",
    "scadenza", "termijn", "datum", "lhuta", "prazo", "data",
];

/// The cost of a word that belongs to another date: beyond all limits, yet in the sentence.
const FOREIGN: u32 = 10_000;

/// A cue beside a date.
#[derive(Clone, Copy)]
pub(super) struct Near {
    pub(super) cue: Cue,
    pub(super) cost: u32,
    pub(super) before: bool,
    /// Another date stands between.
    pub(super) behind: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        tokens: &'a [Token],
        spans: &'a [Span],
        dresses: &'a [Dress],
        sentences: &'a [u32],
        cues: &'a [Cue],
    ) -> Self {
        let mut own: Vec<u32> = tokens.iter().map(cost).collect();
        for (span, dress) in spans.iter().zip(dresses) {
            for place in dress.lead..=span.last {
                if let Some(cost) = own.get_mut(place) {
                    *cost = if place == span.first { 6 } else { 0 };
                }
            }
        }
        let costs = sums(own);
        let commas = sums(tokens.iter().map(|token| u32::from(token.is_sign(','))));
        let semicolons = sums(tokens.iter().map(|token| u32::from(token.is_sign(';'))));
        Self {
            tokens,
            spans,
            dresses,
            sentences,
            cues,
            costs,
            commas,
            semicolons,
            #[cfg(test)]
            work: std::cell::Cell::new(0),
        }
    }

    /// The cost of the tokens from `start` up to `end`.
    pub(super) fn between(&self, start: usize, end: usize) -> u32 {
        let at = |place: usize| self.costs.get(place).copied().unwrap_or(0);
        at(end).saturating_sub(at(start))
    }

    /// Whether the sentence of one date comes right after that of another.
    pub(super) fn follows(&self, before: usize, number: usize) -> bool {
        match (self.sentence(before), self.sentence(number)) {
            (Some(first), Some(second)) => first + 1 == second && self.moves(before),
            _ => false,
        }
    }

    /// The word at a place, where one stands there.
    pub(super) fn word(&self, place: usize) -> Option<&str> {
        self.tokens.get(place)?.word()
    }

    /// Whether a semicolon stands between two places.
    pub(super) fn is_parted(&self, from: usize, to: usize) -> bool {
        let at = |place: usize| self.semicolons.get(place).copied().unwrap_or(0);
        at(to) > at(from)
    }

    pub(super) fn commas_between(&self, start: usize, end: usize) -> u32 {
        let at = |place: usize| self.commas.get(place).copied().unwrap_or(0);
        at(end).saturating_sub(at(start))
    }

    pub(super) fn sentence(&self, span: usize) -> Option<u32> {
        let first = self.spans.get(span)?.first;
        self.sentences.get(first).copied()
    }

    /// The cues of a date's sentence, with their costs.
    pub(super) fn near(&self, number: usize) -> Vec<Near> {
        let (Some(span), Some(dress)) = (self.spans.get(number), self.dresses.get(number)) else {
            return Vec::new();
        };
        let sentence = self.sentences.get(span.first);
        let middle = self.cues.partition_point(|cue| cue.first < span.first);
        let previous = number
            .checked_sub(1)
            .and_then(|before| self.spans.get(before))
            .map(|span| span.first);
        let next = self.spans.get(number + 1).map(|span| span.first);
        let here = |cue: &&Cue| {
            self.sentences.get(cue.first) == sentence && span.first.abs_diff(cue.first) <= WINDOW
        };
        let (left, right) = self.cues.split_at(middle);
        let mut out: Vec<Near> = Vec::new();
        for cue in left.iter().rev().take_while(here) {
            // A word that is the preposition itself is no cue of its own; "apply from" is.
            if cue.first < dress.lead {
                out.push(Near {
                    cue: *cue,
                    cost: self.between(cue.last + 1, dress.lead),
                    before: true,
                    behind: previous.is_some_and(|previous| cue.first < previous),
                });
            }
        }
        let begins = dress.lead.checked_sub(1).is_none_or(|before| {
            self.sentences.get(before) != sentence
                || self
                    .tokens
                    .get(before)
                    .is_some_and(|token| token.is_sign(',') || token.is_sign(':'))
        });
        let next_lead = self.dresses.get(number + 1).map(|dress| dress.lead);
        for cue in right.iter().take_while(here) {
            // A word before the next date belongs to that one when it stands nearer to it.
            let nearer_to_next = next_lead.is_some_and(|lead| {
                cue.first < lead
                    && self.sentences.get(lead) == sentence
                    && self.between(cue.last + 1, lead) < self.between(span.last + 1, cue.first)
            });
            // "On 2 August, the rules apply"; but "resigned on 2 May, a day after the act took
            // effect" is two clauses.
            let apart = !begins && self.commas_between(span.last + 1, cue.first) > 0;
            let own = !(is_verb(cue.sense) && (nearer_to_next || apart));
            out.push(Near {
                cue: *cue,
                cost: if own {
                    self.between(span.last + 1, cue.first).saturating_add(2)
                } else {
                    FOREIGN
                },
                before: false,
                behind: next.is_some_and(|next| cue.first > next),
            });
        }
        #[cfg(test)]
        self.work.set(self.work.get() + out.len() + 1);
        out
    }

    /// Whether the sentence of a date speaks of a move near it.
    pub(super) fn moves(&self, number: usize) -> bool {
        self.near(number)
            .iter()
            .any(|near| near.cue.sense == Sense::Move && near.cost <= VERB.0)
    }

    /// Whether a word right before the date says that it no longer holds.
    pub(super) fn is_old(&self, number: usize) -> bool {
        self.near(number).iter().any(|near| {
            near.before
                && !near.behind
                && match near.cue.sense {
                    Sense::Old => near.cost <= 7,
                    Sense::Original => near.cost <= 7 && self.is_replaced(near.cue),
                    // "findet statt" and "statt am 30. Juni" share a word.
                    Sense::Hold => {
                        near.cost == 0
                            && self.is_word(near.cue, "statt")
                            && !self.is_behind(near.cue, &["findet", "finden", "fand", "fanden"])
                    }
                    // "on 12 June, not 22 May".
                    Sense::Not => near.cost == 0 && number > 0,
                    _ => false,
                }
        })
    }

    /// Whether an adjective is that of a deadline ("the original deadline, 31 August"), in a sentence that says that the
    /// deadline moved or is gone.
    fn is_replaced(&self, cue: Cue) -> bool {
        const GONE: &[&str] = &[
            "zrusen",
            "zruseny",
            "cancelled",
            "dropped",
            "aufgehoben",
            "entfallt",
            "annule",
            "annullato",
        ];
        let noun = self.tokens.get(cue.last + 1).and_then(Token::word);
        if !noun.is_some_and(|word| DEADLINES.contains(&word) || word.ends_with("frist")) {
            return false;
        }
        let sentence = self.sentences.get(cue.first);
        let here = |place: usize| self.sentences.get(place) == sentence;
        let from = self
            .cues
            .partition_point(|other| other.first + WINDOW < cue.first);
        let mut near = self
            .cues
            .iter()
            .skip(from)
            .take_while(|other| other.first <= cue.first + WINDOW);
        let first = cue.first.saturating_sub(WINDOW);
        near.any(|other| other.sense == Sense::Move && here(other.first))
            || (first..cue.first + WINDOW).any(|place| {
                here(place)
                    && self
                        .tokens
                        .get(place)
                        .and_then(Token::word)
                        .is_some_and(|word| GONE.contains(&word))
            })
    }

    /// Whether one of some words stands before a cue in its sentence.
    pub(super) fn is_behind(&self, cue: Cue, words: &[&str]) -> bool {
        let sentence = self.sentences.get(cue.first);
        (cue.first.saturating_sub(WINDOW)..cue.first).any(|place| {
            self.sentences.get(place) == sentence
                && self
                    .tokens
                    .get(place)
                    .and_then(Token::word)
                    .is_some_and(|word| words.contains(&word))
        })
    }

    /// "No extension is planned": whether "not" stands right before a cue.
    pub(super) fn is_denied(&self, cue: Cue) -> bool {
        let until = self.cues.partition_point(|other| other.first < cue.first);
        let last = self.cues.get(..until).and_then(<[Cue]>::last);
        last.is_some_and(|last| {
            last.sense == Sense::Not && self.between(last.last + 1, cue.first) <= 2
        })
    }

    pub(super) fn is_word(&self, cue: Cue, word: &str) -> bool {
        self.tokens.get(cue.first).and_then(Token::word) == Some(word)
    }
}

/// Whether a sense belongs to one date only.
fn is_verb(sense: Sense) -> bool {
    matches!(
        sense,
        Sense::Event(_)
            | Sense::Effective
            | Sense::Open
            | Sense::Close
            | Sense::Expire
            | Sense::Hold
            | Sense::Published
            | Sense::Issue
            | Sense::TakeBack
            | Sense::CameOut
            | Sense::NotApply
            | Sense::Duty
            | Sense::Plan
            | Sense::HandIn
    )
}

/// The sum of all numbers before each place.
fn sums(numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut sum = 0_u32;
    let mut out = vec![sum];
    for number in numbers {
        sum = sum.saturating_add(number);
        out.push(sum);
    }
    out
}

/// What it costs to pass a token on the way from a cue to its date.
fn cost(token: &Token) -> u32 {
    match &token.kind {
        Kind::Number { .. } => 1,
        Kind::Word(word) => match word.as_str() {
            "and" | "or" | "und" | "oder" | "et" | "ou" | "y" => 4,
            "which" | "that" | "while" | "whereas" | "but" | "dass" | "wahrend" | "aber"
            | "que" | "qui" | "che" | "dat" | "ale" | "ze" | "because" => 4,
            _ => 1,
        },
        Kind::Sign(sign) => match sign {
            ',' => 3,
            ';' => 9,
            '(' | ')' => 4,
            '-' if token.spaced => 4,
            '"' | '.' | '-' | '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}' => 0,
            _ => 1,
        },
    }
}
