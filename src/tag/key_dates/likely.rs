//! What a day that lies ahead is for where no phrase says it outright: a duty from a day on begins then,
//! what may still be done until a day ends then, a meeting with a day takes place on it.
//!
//! A day of the past is never read so: history is full of such words.

use super::cues::{Cue, Sense, Topic};
use super::judge::Judge;
use super::page::VERB;
use super::role::Role;
use crate::domain::key_date::DateEvent;

/// From a duty to the day that it begins on, before it and after it.
const DUTY: (u32, u32) = (16, 26);
/// From the name of a meeting to its day.
const MEETING: (u32, u32) = (16, 10);

/// What begins with these words takes effect.
const EFFECT: &[(&str, &str)] = &[
    ("with", "effect"),
    ("mit", "wirkung"),
    ("avec", "effet"),
    ("con", "efectos"),
    ("con", "effetto"),
    ("com", "efeitos"),
    ("med", "verkan"),
    ("med", "virkning"),
    ("s", "ucinnosti"),
];

impl Judge<'_> {
    /// What such a day is likely for.
    pub(super) fn likely(&self, role: Role, in_range: bool) -> Option<(DateEvent, Cue)> {
        match role {
            Role::Until if !in_range => self.lasts(),
            Role::Until => self.meets(),
            Role::After => self.is_over(),
            Role::Start | Role::AsOf if in_range => self.meets(),
            Role::Start | Role::AsOf => self.begins(),
            Role::On | Role::Bare | Role::For | Role::Between => self.meets(),
            Role::By | Role::To | Role::Of | Role::StartOrOf | Role::Never => None,
        }
    }

    /// "Until 30 June manufacturers may go on using the old method".
    fn lasts(&self) -> Option<(DateEvent, Cue)> {
        if !self.is_of_the_field() {
            return None;
        }
        let still = self.nearest(|near| near.cue.sense == Sense::Still, DUTY)?;
        let of_certificates = self
            .nearest(
                |near| near.cue.sense == Sense::Topic(Topic::Certificate),
                VERB,
            )
            .map(|near| (DateEvent::CertificationDeadline, near.cue));
        of_certificates.or(Some((DateEvent::TransitionEnd, still.cue)))
    }

    /// Whether the sentence speaks of what rules are about: tickets and passports are valid until some day too.
    fn is_of_the_field(&self) -> bool {
        const NOUNS: &[&str] = &[
            "edition",
            "version",
            "standard",
            "method",
            "methods",
            "certificate",
            "certificat",
            "licence",
            "license",
            "approval",
            "label",
            "stock",
            "product",
            "device",
            "equipment",
            "form",
            "forms",
            "old",
            "former",
            "previous",
            "existing",
            "manufacturer",
            "supplier",
            "importer",
            "operator",
            "provider",
            "firm",
            "rules",
            "audit",
            "zertifikat",
            "gerate",
            "produkte",
            "hersteller",
            "ausgabe",
            "anbieter",
            "recht",
            "norme",
            "produit",
            "fabricant",
            "certificado",
            "norma",
            "producto",
            "fabricante",
            "prodott",
            "produttor",
            "produto",
            "norm",
            "producten",
            "fabrikant",
            "certyfikat",
            "produkt",
            "utgava",
            "udgave",
            "utgave",
            "vydani",
            "zasoby",
        ];
        let Some(sentence) = self.page.sentences.get(self.lead) else {
            return false;
        };
        let from = self.page.sentences.partition_point(|it| it < sentence);
        (from..from + 60)
            .take_while(|place| self.page.sentences.get(*place) == Some(sentence))
            .filter_map(|place| self.page.word(place))
            .any(|word| {
                NOUNS.iter().any(|noun| {
                    // Long ones by their beginning, short ones whole: "stock" is not Stockholm.
                    if noun.len() > 6 {
                        word.starts_with(noun)
                    } else {
                        word == *noun || word.strip_suffix('s') == Some(noun)
                    }
                })
            })
    }

    /// "Audits to the old version are no longer carried out after 30 April".
    fn is_over(&self) -> Option<(DateEvent, Cue)> {
        let topic = self.topic();
        let over = self.nearest(
            |near| {
                !near.behind
                    && (near.cue.sense == Sense::NoLonger
                        || near.cue.sense == Sense::Not && topic.is_some())
            },
            DUTY,
        )?;
        let event = match topic {
            Some((_, topic)) => topic.closing()?,
            None if self.is_of_the_field() => DateEvent::TransitionEnd,
            None => return None,
        };
        Some((event, over.cue))
    }

    /// "From 6 April landlords will have to keep digital records".
    fn begins(&self) -> Option<(DateEvent, Cue)> {
        let comments = self.nearest(|near| near.cue.sense == Sense::Topic(Topic::Comment), DUTY);
        if let Some(noun) = comments {
            let may = self.nearest(|near| near.cue.sense == Sense::Leave, DUTY);
            return may.map(|_| (DateEvent::CommentsOpen, noun.cue));
        }
        // "With effect from 1 July the ceiling is lowered".
        let word = |place: usize| self.page.word(place);
        if let (Some(with), Some(effect)) = (word(self.lead), word(self.lead + 1))
            && EFFECT.contains(&(with, effect))
        {
            let cue = Cue {
                first: self.lead,
                last: self.lead + 1,
                sense: Sense::Effective,
            };
            return Some((DateEvent::EntryIntoForce, cue));
        }
        let of_the_field = self.is_of_the_field();
        let duty = self.nearest(
            |near| {
                !near.behind
                    && (near.cue.sense == Sense::Duty
                        || near.cue.sense == Sense::NoLonger && of_the_field)
            },
            DUTY,
        )?;
        if duty.cue.sense == Sense::NoLonger
            && let Some((noun, Topic::Certificate)) = self.topic()
        {
            return Some((DateEvent::CertificationDeadline, noun.cue));
        }
        // "Students must apply from 1 April": who applies for something begins no rule.
        let verb = self.page.word(duty.cue.last + 1);
        ((verb != Some("apply") || self.has_an_object(duty.cue.last + 1)) && !self.denied(&duty))
            .then_some((DateEvent::Application, duty.cue))
    }

    /// "A town hall has been arranged for 29 October", "Save the date: plenary, Galway, 3 November".
    pub(super) fn meets(&self) -> Option<(DateEvent, Cue)> {
        let noun = self.nearest(
            |near| near.cue.sense == Sense::Topic(Topic::Meeting) && !near.behind,
            MEETING,
        )?;
        // What nearer words say of the day is something else.
        let other = self.near.iter().any(|near| {
            near.cost <= noun.cost.max(2)
                && !near.behind
                && matches!(
                    near.cue.sense,
                    Sense::Other
                        | Sense::Published
                        | Sense::Close
                        | Sense::HandIn
                        | Sense::Move
                        | Sense::Not
                        | Sense::Past
                )
        });
        // "Forum Energy", "Summit Orthopaedics": a name begins with it.
        let capital = |place: usize| {
            self.page
                .tokens
                .get(place)
                .is_some_and(|token| token.capital)
        };
        if capital(noun.cue.first) && capital(noun.cue.last + 1) {
            return None;
        }
        // That of a country passes laws.
        let named = noun.cue.first.checked_sub(1).is_some_and(capital);
        if self.page.is_word(noun.cue, "congress") && capital(noun.cue.first) && !named {
            return None;
        }
        let is_after = self
            .page
            .word(noun.cue.first.saturating_sub(1))
            .is_some_and(|word| {
                matches!(
                    word,
                    "after"
                        | "following"
                        | "since"
                        | "before"
                        | "nach"
                        | "apres"
                        | "tras"
                        | "dopo"
                        | "na"
                        | "po"
                        | "efter"
                        | "etter"
                )
            });
        (!other && !is_after).then_some((DateEvent::Event, noun.cue))
    }
}
