//! How the words of a clause hang together with its date: what denies it, what it is said of, what names a deadline.

use super::cues::{Cue, Sense};
use super::interval::HAVE;
use super::judge::Judge;
use super::page::{Near, VERB};
use super::token::Token;

impl Judge<'_> {
    /// "27 November is the last day for feedback": whether the sentence is about the day.
    pub(super) fn is_subject(&self) -> bool {
        const IS: &[&str] = &[
            "is", "marks", "will", "remains", "ist", "bleibt", "wird", "est", "sera", "marque",
            "es", "sera", "e", "sara", "segna", "is", "wordt", "jest", "bedzie", "ar", "er",
            "blir", "bliver", "je", "bude",
        ];
        let begins = self.lead.checked_sub(1).is_none_or(|before| {
            self.page.sentences.get(before) != self.page.sentences.get(self.lead)
                || self
                    .page
                    .tokens
                    .get(before)
                    .is_some_and(|it| it.is_sign(':') || it.is_sign(','))
        });
        let next = self.page.tokens.get(self.last + 1);
        begins
            && next
                .and_then(Token::word)
                .is_some_and(|word| IS.contains(&word))
    }

    /// "The last day for audits is 30 April": whether it is said of a day that has a name which day it is.
    pub(super) fn is_predicate(&self) -> bool {
        const IS: &[&str] = &["is", "ist", "est", "es", "e", "jest", "ar", "er", "je"];
        let is = self.page.word(self.lead);
        let before = self
            .lead
            .checked_sub(1)
            .and_then(|at| self.page.tokens.get(at)?.word());
        (is.is_some_and(|word| IS.contains(&word)) || before.is_some_and(|word| IS.contains(&word)))
            && self.near.iter().any(|near| {
                near.before && !near.behind && near.cost <= VERB.0 && self.is_close(near)
            })
    }

    /// Whether a verb of moving stands right before the small words.
    pub(super) fn is_moved_to(&self) -> bool {
        self.nearest(|near| near.cue.sense == Sense::Move, (1, 0))
            .is_some_and(|near| near.before)
    }

    /// Whether a verb of being open stands right before the small words.
    pub(super) fn runs(&self) -> bool {
        self.near
            .iter()
            .any(|near| near.before && near.cost == 0 && near.cue.sense == Sense::Open)
    }

    /// Whether a noun of an end or a beginning stands right before the small words.
    pub(super) fn attached(&self) -> bool {
        self.near.iter().any(|near| {
            near.before
                && near.cost == 0
                && (matches!(
                    near.cue.sense,
                    Sense::Close | Sense::Event(_) | Sense::Expire
                ) || self.names_a_deadline(near.cue))
        })
    }

    /// "registration deadline" is a noun and its end in one.
    pub(super) fn names_a_deadline(&self, cue: Cue) -> bool {
        matches!(cue.sense, Sense::Topic(_))
            && (cue.first..=cue.last).any(|place| {
                self.page.word(place).is_some_and(|word| {
                    matches!(
                        word,
                        "deadline"
                            | "date"
                            | "dates"
                            | "termijn"
                            | "ends"
                            | "cloture"
                            | "cierre"
                            | "chiusura"
                            | "encerramento"
                    ) || word.ends_with("frist")
                        || word.ends_with("fristen")
                        || word.ends_with("schluss")
                })
            })
    }

    /// Whether "not" stands before a verb, or between it and its date.
    pub(super) fn denied(&self, near: &Near) -> bool {
        self.near.iter().any(|other| {
            if other.cue.sense != Sense::Not {
                return false;
            }
            let to_verb = other.cue.last < near.cue.first
                && self.page.between(other.cue.last + 1, near.cue.first) <= 4;
            let to_date = near.before && other.before && other.cue.first > near.cue.last;
            to_verb || to_date
        })
    }

    pub(super) fn is_close(&self, near: &Near) -> bool {
        near.cue.sense == Sense::Close || self.names_a_deadline(near.cue)
    }

    /// "Operators have three months from today to report": whether somebody has the time that is told.
    pub(super) fn has_time(&self) -> bool {
        let before = self.lead.checked_sub(1);
        before
            .and_then(|before| self.page.tokens.get(before)?.word())
            .is_some_and(|word| HAVE.has(word))
    }

    /// Whether what is applied follows a verb: "must apply the new provisions", and not "must apply for", "must apply
    /// online".
    pub(super) fn has_an_object(&self, verb: usize) -> bool {
        const NONE: &[&str] = &[
            "for",
            "to",
            "from",
            "by",
            "at",
            "in",
            "on",
            "before",
            "until",
            "directly",
            "with",
            "as",
            "via",
            "online",
            "again",
            "separately",
            "a",
            "an",
        ];
        let next = self.page.word(verb + 1);
        next.is_some_and(|word| !NONE.contains(&word))
    }

    /// Whether a duty stands right before a verb.
    pub(super) fn must(&self, verb: Cue) -> bool {
        self.near.iter().any(|near| {
            near.cue.sense == Sense::Duty
                && near.cue.last < verb.first
                && self.page.between(near.cue.last + 1, verb.first) <= 1
        })
    }
}
