//! Dates among their neighbours: ranges, moves, what one replaces, and what an interval is counted from.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;

use super::DateMention;
use super::cues;
use super::interval;
use super::judge::Verdict;
use super::moves::Joined;
use super::page::Page;
use super::role::{Dress, Role};
use super::span::{Span, When};
use super::token::Token;
use crate::domain::key_date::{Certainty, DateEvent, Precision};

/// The place of a date among its neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) role: Role,
    /// It is one end of a range.
    pub(super) in_range: bool,
    /// The span whose event it had before.
    pub(super) replaced_by: Option<usize>,
}

/// A text whose dates are told what they are for.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) published: Option<NaiveDate>,
    pub(super) page: &'a Page<'a>,
    /// Sentences that say that something came out on the day of the text ([`Reading::out_today`]).
    pub(super) out_today: FxHashSet<u32>,
    /// Sentences that speak of something else altogether ([`Reading::of_other_fields`]).
    pub(super) of_other_fields: FxHashSet<u32>,
}

impl Reading<'_> {
    /// The key dates, in the order of their words.
    pub(super) fn mentions(&self) -> Vec<DateMention> {
        let mut places = self.places();
        let mut verdicts: Vec<Option<Verdict>> = places
            .iter()
            .enumerate()
            .map(|(number, place)| {
                if place.replaced_by.is_some()
                    || self
                        .page
                        .sentence(number)
                        .is_some_and(|sentence| self.of_other_fields.contains(&sentence))
                {
                    return None;
                }
                self.page
                    .judge(number, place.role, place.in_range, self.ahead(number))
            })
            .collect();
        for number in 1..places.len() {
            if verdicts.get(number).is_some_and(Option::is_none)
                && self.is_another_of_the_same(number, &places)
            {
                let same = verdicts.get(number - 1).copied().flatten();
                if let Some(verdict) = verdicts.get_mut(number) {
                    *verdict = same;
                }
            }
        }
        self.superseded(&mut places, &verdicts);
        let absolute: Vec<Option<NaiveDate>> = (0..places.len())
            .map(|number| self.day(number, verdicts.get(number).copied().flatten()))
            .collect();

        let mut out: Vec<DateMention> = Vec::new();
        let mut told: HashMap<(DateEvent, NaiveDate), usize> = HashMap::new();
        for (number, (place, verdict)) in places.iter().zip(&verdicts).enumerate() {
            let Some(verdict) = verdict else { continue };
            if place.replaced_by.is_some() {
                continue;
            }
            let day = absolute.get(number).copied().flatten();
            let Some(date) = day.or_else(|| self.counted(number, &places, &verdicts, &absolute))
            else {
                continue;
            };
            // "Comments on the earlier draft closed on 9 January".
            if self.published.is_some_and(|published| date < published)
                && DateEvent::CLOSES.contains(&verdict.event)
                && self.is_of_another(number, *verdict)
            {
                continue;
            }
            // A meeting that is over is history, and so is a plan to publish.
            let plan = verdict.event == DateEvent::Event
                || verdict.event == DateEvent::Publication
                    && matches!(
                        verdict.cue.sense,
                        cues::Sense::Event(_)
                            | cues::Sense::Plan
                            | cues::Sense::Hedge
                            | cues::Sense::Issue
                    );
            if plan && self.published.is_some_and(|published| date < published) {
                continue;
            }
            // The date that the one replaced tells; the nearest before wins.
            let was = places
                .iter()
                .enumerate()
                .skip(number.saturating_sub(4))
                .take(9)
                .filter(|(_, other)| other.replaced_by == Some(number))
                .find_map(|(other, _)| absolute.get(other).copied().flatten())
                .filter(|was| *was != date);
            // "properties nominated before 5 March": what had to be done before a day of the past is history.
            if (verdict.event == DateEvent::Application || verdict.event.is_closing())
                && self.published.is_some_and(|published| date < published)
                && self.is_before(number)
            {
                continue;
            }
            if let Some(mention) = self.mention(number, *verdict, date, was) {
                let place = *told.entry((mention.event, date)).or_insert(out.len());
                match out.get_mut(place) {
                    Some(known) => {
                        known.was = known.was.or(mention.was);
                        if known.certainty == Certainty::Expected {
                            known.certainty = mention.certainty;
                            known.precision = known.precision.min(mention.precision);
                        }
                    }
                    None => out.push(mention),
                }
            }
        }
        self.add_the_end(&mut out, &verdicts, &absolute);
        out
    }

    /// The sentences that speak of what nobody regulates by their dates: matches, albums, weather, journeys.
    pub(super) fn of_other_fields(page: &Page<'_>) -> FxHashSet<u32> {
        static WORDS: LazyLock<FxHashSet<&str>> =
            LazyLock::new(|| OTHER_FIELDS.iter().copied().collect());
        let told = page.tokens.iter().zip(page.sentences);
        told.filter(|(token, _)| token.word().is_some_and(|word| WORDS.contains(word)))
            .map(|(_, sentence)| *sentence)
            .collect()
    }

    /// Whether "before" stands before a date.
    fn is_before(&self, number: usize) -> bool {
        let lead = self.dress(number).map(|dress| dress.lead);
        let word = lead.and_then(|lead| self.page.tokens.get(lead)?.word());
        word.is_some_and(|word| {
            matches!(
                word,
                "before"
                    | "prior"
                    | "vor"
                    | "avant"
                    | "antes"
                    | "prima"
                    | "voor"
                    | "przed"
                    | "pred"
            )
        })
    }

    /// "Sections 1 to 9 commence on 1 January and the remainder on 1 July": whether a date that lies ahead only goes on with
    /// what was said of the one before, with no verb of its own.
    fn is_another_of_the_same(&self, number: usize, places: &[Place]) -> bool {
        const AND: &[&str] = &["and", "und", "et", "y", "e", "en", "och", "og", "a", "i"];
        let (Some(first), Some(second), Some(dress)) =
            (self.span(number - 1), self.span(number), self.dress(number))
        else {
            return false;
        };
        let alike = match (places.get(number - 1), places.get(number)) {
            (Some(before), Some(here)) => {
                before.role == here.role
                    && before.replaced_by.is_none()
                    && here.replaced_by.is_none()
                    && !before.in_range
                    && !here.in_range
            }
            _ => false,
        };
        if !alike || begins_anew(self.page, number) || dress.lead > first.last + 6 {
            return false;
        }
        let token = |place: usize| self.page.tokens.get(place);
        let word = |place: usize| token(place).and_then(Token::word);
        let between = first.last + 1..dress.lead;
        let joined = between.clone().any(|place| {
            word(place).is_some_and(|word| AND.contains(&word))
                || token(place).is_some_and(|token| token.is_sign(',') || token.is_sign(';'))
        });
        // Whatever else the words between say, they say it of this date.
        let from = self
            .page
            .cues
            .partition_point(|cue| cue.first < between.start);
        let cues = self.page.cues.iter().skip(from);
        // Only such words, names and numbers: "Parliament rises on 6 May" has a verb of its own.
        const FEW: &[&str] = &[
            "and",
            "the",
            "remainder",
            "rest",
            "others",
            "other",
            "remaining",
            "small",
            "smaller",
            "large",
            "medium",
            "sized",
            "firms",
            "companies",
            "operators",
            "banks",
            "providers",
            "section",
            "sections",
            "part",
            "parts",
            "article",
            "articles",
            "in",
            "all",
            "und",
            "die",
            "der",
            "das",
            "ubrigen",
            "restlichen",
            "et",
            "le",
            "la",
            "les",
            "reste",
            "autres",
            "y",
            "el",
            "los",
            "resto",
            "e",
            "il",
            "gli",
            "altri",
            "en",
            "de",
            "overige",
            "och",
            "den",
            "ovriga",
            "og",
            "ovrige",
            "a",
            "i",
            "pozostale",
        ];
        let few = between.clone().all(|place| {
            token(place).is_some_and(|token| {
                token.capital || token.word().is_none_or(|word| FEW.contains(&word))
            })
        });
        if !few {
            return false;
        }
        let says = cues
            .take_while(|cue| cue.first < between.end)
            .any(|cue| !matches!(cue.sense, cues::Sense::Standard | cues::Sense::Topic(_)));
        // Nor does a clause of its own follow.
        let ends = (second.last + 1..second.last + 6).any(|place| {
            self.page.sentences.get(place) != self.page.sentences.get(second.last)
                || token(place).is_some_and(|token| token.is_sign(',') || token.is_sign(';'))
        });
        joined && !says && ends && self.ahead(number).is_some_and(|days| days > 0)
    }

    pub(super) fn dress(&self, number: usize) -> Option<&Dress> {
        self.page.dresses.get(number)
    }

    pub(super) fn span(&self, number: usize) -> Option<&Span> {
        self.page.spans.get(number)
    }

    /// Roles, after ranges, moves and words such as "originally" have had their say.
    fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self
            .page
            .dresses
            .iter()
            .map(|dress| Place {
                role: dress.role,
                in_range: false,
                replaced_by: None,
            })
            .collect();
        for number in 0..places.len() {
            if self.is_the_latest(number)
                && let Some(place) = places.get_mut(number)
                && matches!(place.role, Role::Bare | Role::On)
            {
                place.role = Role::By;
            }
            let Some(place) = places.get(number).copied() else {
                continue;
            };
            let next = number + 1;
            let same_sentence =
                next < places.len() && self.page.sentence(number) == self.page.sentence(next);
            if same_sentence && let Some(range) = self.joined(number, place.role) {
                let moves = range != Joined::Dash && self.page.moves(number);
                if let Some(place) = places.get_mut(number) {
                    if moves {
                        place.replaced_by = Some(next);
                    } else {
                        place.role = Role::Start;
                        place.in_range = true;
                    }
                }
                if let Some(place) = places.get_mut(next) {
                    place.role = if moves { Role::To } else { Role::Until };
                    place.in_range = !moves;
                }
                continue;
            }
            // What is moved stands with "to" or "until", and where it stood behind it.
            if same_sentence
                && matches!(place.role, Role::To | Role::Until | Role::Bare | Role::On)
                && !place.in_range
                && place.replaced_by.is_none()
                && self.replaces(number)
            {
                if let Some(old) = places.get_mut(next) {
                    old.replaced_by = Some(number);
                }
                continue;
            }
            if place.replaced_by.is_none() && !place.in_range && self.page.is_old(number) {
                // "on 30 April instead of 16 April": the one before, when it stands in the same
                // sentence; "originally 16 March, to 15 April": the one after.
                let before = number.checked_sub(1).filter(|before| {
                    (self.page.sentence(*before) == self.page.sentence(number)
                        || !same_sentence && self.page.follows(*before, number))
                        && places
                            .get(*before)
                            .is_some_and(|place| place.replaced_by.is_none())
                });
                let target = if same_sentence && before.is_none() {
                    Some(next)
                } else {
                    before
                };
                if let (Some(target), Some(place)) = (target, places.get_mut(number)) {
                    place.replaced_by = Some(target);
                }
            }
        }
        places
    }

    /// "le 31 mars 2027 au plus tard": whether words behind a date say that it is the latest.
    fn is_the_latest(&self, number: usize) -> bool {
        const LATEST: &[&[&str]] = &[
            &["at", "the", "latest"],
            &["au", "plus", "tard"],
            &["spatestens"],
            &["a", "mas", "tardar"],
            &["al", "piu", "tardi"],
            &["o", "mais", "tardar"],
        ];
        let Some(span) = self.span(number) else {
            return false;
        };
        let word = |place: usize| self.page.word(place);
        LATEST.iter().any(|words| {
            let mut places = words.iter().zip(span.last + 1..);
            places.all(|(expected, place)| word(place) == Some(expected))
        })
    }

    /// The sentences that say so.
    pub(super) fn out_today(page: &Page<'_>) -> FxHashSet<u32> {
        let word = |place: usize| page.tokens.get(place).and_then(Token::word);
        let mut out = FxHashSet::default();
        for place in 0..page.tokens.len() {
            let today = word(place).is_some_and(|said| {
                let this = || place.checked_sub(1).and_then(word) == Some("ce");
                interval::is_today(said) || said == "jour" && this()
            });
            let Some(sentence) = page.sentences.get(place).filter(|_| today) else {
                continue;
            };
            // Beside it stand the gazette and that it came out, and no other clause between.
            let from = page.cues.partition_point(|cue| cue.first + 6 < place);
            let near = || {
                let cues = page.cues.iter().skip(from);
                cues.take_while(|cue| cue.first <= place + 6).filter(|cue| {
                    let (first, last) = (cue.first.min(place), cue.first.max(place));
                    page.sentences.get(cue.first) == Some(sentence)
                        && (first..last)
                            .all(|at| !page.tokens.get(at).is_some_and(|it| it.is_sign(';')))
                })
            };
            if near().any(|cue| cue.sense == cues::Sense::Published)
                && near()
                    .any(|cue| matches!(cue.sense, cues::Sense::Gazette | cues::Sense::Register))
            {
                out.insert(*sentence);
            }
        }
        out
    }

    /// Whether what closed is said to be an earlier one than what the text is about.
    fn is_of_another(&self, number: usize, verdict: Verdict) -> bool {
        let Some(span) = self.span(number) else {
            return false;
        };
        let word = |place: usize| self.page.word(place);
        (verdict.cue.first..span.first).any(|place| {
            let earlier = word(place).is_some_and(|word| {
                matches!(
                    word,
                    "earlier"
                        | "previous"
                        | "prior"
                        | "fruheren"
                        | "vorherigen"
                        | "vorige"
                        | "poprzedniego"
                )
            });
            let text = word(place + 1).is_some_and(|word| {
                matches!(
                    word,
                    "draft"
                        | "drafts"
                        | "version"
                        | "consultation"
                        | "round"
                        | "proposal"
                        | "entwurf"
                        | "entwurfs"
                        | "fassung"
                        | "versie"
                        | "projektu"
                )
            });
            earlier && text
        })
    }

    fn mention(
        &self,
        number: usize,
        verdict: Verdict,
        date: NaiveDate,
        was: Option<NaiveDate>,
    ) -> Option<DateMention> {
        let span = self.span(number)?;
        let dress = self.page.dresses.get(number)?;
        let precision = match span.when {
            When::Period { precision, .. } => precision,
            _ => Precision::Day,
        };
        let rough = precision != Precision::Day || matches!(span.when, When::After { .. });
        let certainty = if rough || verdict.hedged {
            Certainty::Expected
        } else if verdict.reported {
            Certainty::Reported
        } else {
            Certainty::Read
        };
        let first = self.page.tokens.get(dress.lead.min(verdict.cue.first))?;
        let last = self.page.tokens.get(span.last.max(verdict.cue.last))?;
        Some(DateMention {
            date,
            precision,
            event: verdict.event,
            certainty,
            was,
            start: first.at,
            text: self.text.get(first.start..last.end)?.to_owned(),
        })
    }
}

/// Whether a date begins a sentence other than that of the date before.
fn begins_anew(page: &Page<'_>, number: usize) -> bool {
    page.sentence(number) != page.sentence(number - 1)
}

/// What sport, entertainment, weather, travel and private life speak of, and no notice of this field: folded, in several
/// languages.
const OTHER_FIELDS: &[&str] = &[
    "album",
    "albums",
    "singer",
    "movie",
    "sequel",
    "concert",
    "concerts",
    "striker",
    "midfielder",
    "footballers",
    "marathon",
    "olympics",
    "championship",
    "tournament",
    "heatwave",
    "wedding",
    "sabbatical",
    "gym",
    "astronauts",
    "konzert",
    "bundesliga",
    "spieltag",
    "joueurs",
    "championnat",
    "futbolistas",
    "concierto",
    "campeonato",
    "calciatori",
    "concerto",
    "campionato",
    "wedstrijd",
    "koncert",
    "konsert",
    "fotboll",
    "fodbold",
];
