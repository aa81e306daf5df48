//! Dates that move: what a day is moved from and to, and which other day it replaces.

use super::cues;
use super::judge::Verdict;
use super::reading::{Place, Reading};
use super::role::Role;
use super::span::When;
use super::token::Token;

impl Reading<'_> {
    /// "The hearing scheduled for 25 March has been moved to 8 April": a date of the same event
    /// before the one moved to is the one it replaces.
    pub(super) fn superseded(&self, places: &mut [Place], verdicts: &[Option<Verdict>]) {
        for number in 1..places.len() {
            let before = number - 1;
            let event = |number: usize| {
                verdicts
                    .get(number)
                    .copied()
                    .flatten()
                    .map(|verdict| verdict.event)
            };
            let moved = places.get(number).is_some_and(|place| {
                matches!(place.role, Role::To | Role::Until) && !place.in_range
            }) && self.page.sentence(before) == self.page.sentence(number)
                && event(number).is_some()
                && (event(before) == event(number)
                    || event(before).is_none()
                        && self.was_set(before)
                        && self.is_one_clause(before, number))
                && self.move_between(before, number);
            if moved
                && let Some(place) = places
                    .get_mut(before)
                    .filter(|place| place.replaced_by.is_none())
            {
                place.replaced_by = Some(number);
            }
        }
    }

    /// "is delayed until 15 November, from 17 August" and "1 October replaces 1 April": the one behind is the one that
    /// no longer holds.
    pub(super) fn replaces(&self, number: usize) -> bool {
        const FROM: &[&str] = &[
            "from", "von", "vom", "de", "du", "del", "dal", "van", "fran", "fra", "z", "ze",
        ];
        const INSTEAD: &[&str] = &[
            "replaces",
            "replacing",
            "ersetzt",
            "remplace",
            "sustituye",
            "sostituisce",
            "vervangt",
            "substitui",
            "ersatter",
            "erstatter",
            "nahrazuje",
            "zastepuje",
        ];
        let (Some(first), Some(dress)) = (self.span(number), self.dress(number + 1)) else {
            return false;
        };
        let word = |place: usize| self.page.word(place);
        let gap = dress.lead.saturating_sub(first.last + 1);
        if self.page.sentence(number) != self.page.sentence(number + 1) || gap > 2 {
            return false;
        }
        let from = word(dress.lead).is_some_and(|word| FROM.contains(&word));
        let instead = (first.last + 1..=dress.lead)
            .filter_map(word)
            .any(|word| INSTEAD.contains(&word));
        instead || from && self.page.moves(number)
    }

    /// "set for 31 December": a day that something was to happen on.
    pub(super) fn was_set(&self, number: usize) -> bool {
        let Some(dress) = self.dress(number) else {
            return false;
        };
        let from = self
            .page
            .cues
            .partition_point(|cue| cue.last + 1 < dress.lead);
        let mut cues = self.page.cues.iter().skip(from);
        cues.by_ref()
            .take_while(|cue| cue.first <= dress.lead)
            .any(|cue| {
                matches!(cue.sense, cues::Sense::Hold | cues::Sense::Hedge)
                    && (cue.last + 1 == dress.lead || cue.last == dress.lead)
            })
    }

    /// Whether nothing between two dates begins another clause of its own.
    pub(super) fn is_one_clause(&self, before: usize, number: usize) -> bool {
        let (Some(first), Some(second)) = (self.span(before), self.span(number)) else {
            return false;
        };
        (first.last + 1..second.first).all(|place| {
            self.page.tokens.get(place).is_none_or(|token| {
                !token.is_sign(';')
                    && token.word().is_none_or(|word| {
                        !matches!(
                            word,
                            "and"
                                | "while"
                                | "but"
                                | "whereas"
                                | "und"
                                | "aber"
                                | "et"
                                | "y"
                                | "e"
                                | "en"
                                | "och"
                                | "og"
                        )
                    })
            })
        })
    }

    pub(super) fn move_between(&self, before: usize, number: usize) -> bool {
        let (Some(first), Some(second)) = (self.span(before), self.span(number)) else {
            return false;
        };
        let cues = self.page.cues;
        let from = cues.partition_point(|cue| cue.first <= first.last);
        cues.iter()
            .skip(from)
            .take_while(|cue| cue.first < second.first)
            .any(|cue| cue.sense == cues::Sense::Move)
    }

    /// "brought forward from 30 September to 30 June 2026": the day before is the later one.
    pub(super) fn is_brought_forward(&self, number: usize) -> bool {
        const FORWARD: &[&str] = &[
            "forward",
            "earlier",
            "vorgezogen",
            "vorverlegt",
            "avance",
            "avancee",
            "adelanta",
            "adelantado",
            "adelantada",
            "anticipato",
            "anticipata",
            "vervroegd",
            "antecipado",
            "antecipada",
            "tidigarelagg",
            "fremrykket",
            "fremskyndet",
            "przyspieszono",
        ];
        let sentence = self.page.sentence(number);
        self.span(number).is_some_and(|span| {
            (span.first.saturating_sub(12)..span.first).any(|place| {
                self.page.sentences.get(place).copied() == sentence
                    && self
                        .page
                        .word(place)
                        .is_some_and(|word| FORWARD.contains(&word))
            })
        })
    }

    /// Whether a date and the next are the two ends of something.
    pub(super) fn joined(&self, number: usize, role: Role) -> Option<Joined> {
        let first = self.span(number)?;
        let second = self.span(number + 1)?;
        let dress = self.page.dresses.get(number + 1)?;
        let gap = dress.lead.checked_sub(first.last + 1)?;
        let token = |place: usize| self.page.tokens.get(place);
        let word = |place: usize| token(place).and_then(Token::word);
        if matches!(first.when, When::DayOf { .. }) {
            return Some(if role == Role::Bare {
                Joined::Dash
            } else {
                Joined::Words
            });
        }
        let comma = |place: usize| token(place).is_some_and(|token| token.is_sign(','));
        let close = gap == 0 || gap == 1 && comma(first.last + 1);
        match role {
            Role::Start | Role::StartOrOf | Role::AsOf
                if close && matches!(dress.role, Role::To | Role::Until) =>
            {
                Some(Joined::Words)
            }
            // "prorrogado de 30 de abril para 15 de maio".
            Role::Of
                if close
                    && dress.role == Role::To
                    && self
                        .dress(number)
                        .is_some_and(|dress| word(dress.lead) == Some("de"))
                    && self.page.moves(number) =>
            {
                Some(Joined::Words)
            }
            // "przesunięto z 31 marca na 30 kwietnia".
            Role::StartOrOf
                if close
                    && dress.role == Role::After
                    && word(dress.lead) == Some("na")
                    && self.page.moves(number) =>
            {
                Some(Joined::Words)
            }
            // "de 16 de março a 30 de abril".
            Role::Of
                if close
                    && dress.role == Role::On
                    && word(dress.lead) == Some("a")
                    && self
                        .dress(number)
                        .is_some_and(|dress| word(dress.lead) == Some("de")) =>
            {
                Some(Joined::Words)
            }
            Role::Between
                if second.first == first.last + 2
                    && word(first.last + 1).is_some_and(|word| {
                        matches!(word, "and" | "und" | "et" | "y" | "e" | "en" | "i" | "a")
                    })
                    || dress.role == Role::On && gap <= 1 =>
            {
                Some(Joined::Words)
            }
            Role::Bare | Role::On | Role::Start
                if second.first == first.last + 2
                    && token(first.last + 1).is_some_and(|token| token.is_sign('-')) =>
            {
                Some(Joined::Dash)
            }
            _ => None,
        }
    }
}

/// How two dates hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// From … to …
    Words,
    /// With a dash, which never is a move.
    Dash,
}
