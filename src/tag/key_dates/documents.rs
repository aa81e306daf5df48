//! What comes out on a day: acts in their gazettes, standards, guidance.

use super::cues::{Cue, Sense, Topic};
use super::judge::Judge;
use super::page::Near;
use super::token::Token;
use crate::domain::key_date::DateEvent;

/// What comes out and is withdrawn as a text, where only a few words part it from its verb.
const TEXTS: &[&str] = &[
    "publication",
    "document",
    "guidance",
    "guidelines",
    "statement",
    "standard",
    "standards",
    "edition",
    "part",
    "paper",
    "report",
    "circular",
    "code",
    "rules",
    "regulations",
    "manual",
    "handbook",
    "bulletin",
    "specification",
    "strategy",
    "list",
    "recommendation",
    "opinion",
    "norme",
    "norma",
    "normy",
];

impl Judge<'_> {
    /// Whether it is the day of an issue of a gazette.
    pub(super) fn is_an_issue(&self) -> bool {
        let gazette = |near: &Near| near.cue.sense == Sense::Gazette && near.before;
        self.nearest(gazette, (5, 0)).is_some()
    }

    /// What came out in that issue.
    pub(super) fn came_out(&self) -> Option<(DateEvent, Cue)> {
        let verb = self.nearest(
            |near| matches!(near.cue.sense, Sense::Published | Sense::CameOut),
            (14, 4),
        )?;
        Some((DateEvent::Publication, verb.cue))
    }

    /// A text that came out is a key date when it is an act in its journal, or a standard; of the days just before the
    /// news any document that the sentence names.
    pub(super) fn is_key_publication(&self, near: &Near) -> bool {
        let any = |sense: Sense| self.near.iter().any(|near| near.cue.sense == sense);
        let comments = self
            .near
            .iter()
            .any(|near| near.cue.sense == Sense::Topic(Topic::Comment));
        let told = near.cue.last > near.cue.first;
        near.cost <= 10
            && !comments
            && (any(Sense::Gazette)
                || any(Sense::Register)
                    && (any(Sense::Event(DateEvent::EntryIntoForce)) || any(Sense::Effective))
                || told && near.before && self.names_a_standard(near.cue)
                || self.is_fresh() && self.names_a_document(near.cue))
    }

    /// "The agency today published its guidance", "was published today": whether it is news of a document that is out. "The
    /// rule published today" only says which rule.
    pub(super) fn out_today(&self) -> Option<(DateEvent, Cue)> {
        const OUT: &[&str] = &[
            "published",
            "publishes",
            "released",
            "releases",
            "issued",
            "issues",
            "unveiled",
            "unveils",
            "veroffentlicht",
            "publie",
            "rend",
            "publica",
            "publico",
            "pubblica",
            "publiceert",
            "gepubliceerd",
            "publikuje",
            "opublikowal",
            "zverejnil",
            "publicerat",
            "publicerar",
            "offentliggjort",
            "offentliggor",
            "publiserer",
            "publiserte",
            "publicou",
        ];
        let word = |place: usize| self.page.word(place);
        let sentence = self.page.sentences.get(self.lead);
        let here = |place: usize| self.page.sentences.get(place) == sentence;
        let behind = (self.last + 1..self.last + 4)
            .find(|place| here(*place) && word(*place).is_some_and(|word| OUT.contains(&word)));
        let before = || {
            let verb = self.lead.checked_sub(1)?;
            let told = word(verb).is_some_and(|word| OUT.contains(&word));
            let has = verb.checked_sub(1).and_then(word).is_some_and(|word| {
                matches!(
                    word,
                    "was"
                        | "were"
                        | "been"
                        | "has"
                        | "have"
                        | "wurde"
                        | "wurden"
                        | "hat"
                        | "a"
                        | "ha"
                        | "han"
                        | "heeft"
                        | "is"
                        | "blev"
                        | "ble"
                        | "har"
                        | "foi"
                )
            });
            (told && has && here(verb)).then_some(verb)
        };
        let verb = behind.or_else(before)?;
        let cue = Cue {
            first: verb,
            last: verb,
            sense: Sense::Published,
        };
        let asks = self
            .near
            .iter()
            .any(|near| near.cue.sense == Sense::Topic(Topic::Comment));
        (!asks && self.names_a_document(cue)).then_some((DateEvent::Publication, cue))
    }

    /// Whether the day is that of the news or a little before: what came out then is what it tells of.
    pub(super) fn is_fresh(&self) -> bool {
        self.ahead.is_some_and(|days| (-31..=0).contains(&days))
    }

    /// Whether a standard is named before a verb.
    pub(super) fn names_a_standard(&self, verb: Cue) -> bool {
        self.near
            .iter()
            .any(|other| other.cue.sense == Sense::Standard && other.cue.first < verb.first)
    }

    /// "The rules begin on 1 August": whether what starts is a law, told right before the verb.
    pub(super) fn is_of_a_law(&self, verb: Cue) -> bool {
        const LAWS: &[&str] = &[
            "act",
            "ban",
            "law",
            "laws",
            "legislation",
            "order",
            "provisions",
            "regime",
            "regulation",
            "regulations",
            "rule",
            "rules",
            "gesetz",
            "regeln",
            "vorschriften",
            "loi",
            "regles",
            "ley",
            "normas",
            "reglas",
            "legge",
            "wet",
            "regels",
            "przepisy",
            "regler",
            "reglerna",
            "reglerne",
            "pravidla",
            "zakon",
        ];
        const BEGINS: &[&str] = &[
            "begin", "begins", "start", "starts", "beginnt", "beginnen", "comienza", "inizia",
            "begint", "comeca",
        ];
        let word = |place: usize| self.page.word(place);
        word(verb.first).is_some_and(|word| BEGINS.contains(&word))
            && (1..=2).any(|back| {
                let before = verb.first.checked_sub(back).and_then(word);
                before.is_some_and(|word| LAWS.contains(&word))
            })
    }

    /// "a policy statement is planned for the fourth quarter": whether what is planned is a document.
    pub(super) fn is_of_a_document(&self, near: &Near) -> bool {
        const OTHER: &[&str] = &[
            "vote",
            "votes",
            "decision",
            "debate",
            "discussion",
            "talks",
            "trial",
            "inspection",
            "audit",
            "negotiations",
            "launch",
            "election",
        ];
        let first = near.cue.first;
        near.before
            && near.cost == 0
            && self.decisive(|_| true).is_none()
            && (first.saturating_sub(3)..first)
                .filter_map(|place| self.page.word(place))
                .any(|word| TEXTS.contains(&word))
            && !(first.saturating_sub(9)..first)
                .filter_map(|place| self.page.word(place))
                .any(|word| OTHER.contains(&word))
    }

    /// "will withdraw Part 3 of the standard": whether what is taken back is a document or a standard.
    pub(super) fn takes_back_a_text(&self, verb: Cue) -> bool {
        let beside = |cue: &Cue| {
            cue.first > verb.last && cue.first <= verb.last + 5
                || cue.last < verb.first && cue.last + 4 >= verb.first
        };
        let standard = self
            .near
            .iter()
            .any(|near| near.cue.sense == Sense::Standard && beside(&near.cue));
        // "withdraw SP 800-207B".
        let number = self.page.tokens.get(verb.last + 2).and_then(Token::number);
        let numbered = number.is_some()
            && self
                .page
                .tokens
                .get(verb.last + 1)
                .is_some_and(|token| token.capital);
        let words = (verb.last + 1..verb.last + 6).map_while(|place| self.page.word(place));
        standard || numbered || words.take(5).any(|word| TEXTS.contains(&word))
    }

    /// Whether a document or a standard is named near a verb.
    pub(super) fn is_of_a_text(&self, verb: Cue) -> bool {
        self.names_a_document(verb)
            || self
                .near
                .iter()
                .any(|near| near.cue.sense == Sense::Standard && !near.behind)
    }

    /// Whether a document is named within a dozen words of a verb, and nothing beside it that comes out and is none.
    pub(super) fn names_a_document(&self, verb: Cue) -> bool {
        const DOCUMENTS: &[&str] = &[
            "norma",
            "normas",
            "norme",
            "normes",
            "informe",
            "informes",
            "act",
            "bulletin",
            "catalogue",
            "circular",
            "code",
            "decision",
            "decree",
            "directive",
            "document",
            "edition",
            "findings",
            "landscape",
            "overview",
            "statistics",
            "study",
            "survey",
            "framework",
            "guidance",
            "guide",
            "guideline",
            "guidelines",
            "handbook",
            "instructions",
            "law",
            "list",
            "manual",
            "methodology",
            "notice",
            "opinion",
            "order",
            "paper",
            "protocol",
            "recommendation",
            "recommendations",
            "register",
            "regulation",
            "regulations",
            "report",
            "revision",
            "roadmap",
            "rule",
            "rulebook",
            "rules",
            "specification",
            "specifications",
            "standard",
            "standards",
            "statement",
            "strategy",
            "supplement",
            "template",
            "templates",
            "toolkit",
        ];
        /// The same in other languages, by their beginnings.
        const FOREIGN: &[&str] = &[
            "leitlinie",
            "leitfaden",
            "bericht",
            "handreichung",
            "merkblatt",
            "verordnung",
            "richtlinie",
            "gesetz",
            "rapport",
            "lignes",
            "recommandation",
            "arrete",
            "decret",
            "reglement",
            "guia",
            "directric",
            "reglamento",
            "orden",
            "guida",
            "linee",
            "rapporto",
            "regolamento",
            "leidraad",
            "richtsno",
            "handreik",
            "verslag",
            "besluit",
            "relatorio",
            "diretriz",
            "orientac",
            "orientam",
            "resoluc",
            "vagledning",
            "foreskrift",
            "vejledning",
            "bekendtgorelse",
            "veileder",
            "forskrift",
            "metodick",
            "pokyn",
            "vyhlask",
            "wytyczn",
            "raport",
            "rozporzadzen",
            "ustaw",
            "poradnik",
        ];
        let sentence = self.page.sentences.get(verb.first);
        (verb.first.saturating_sub(12)..verb.last + 12).any(|place| {
            self.page.sentences.get(place) == sentence
                && self.page.word(place).is_some_and(|word| {
                    DOCUMENTS.contains(&word)
                        || FOREIGN.iter().any(|beginning| word.starts_with(beginning))
                })
        })
    }
}
