//! Dates among their neighbours: ranges, moves, what one replaces, and what an interval is counted from.

use std::collections::HashMap;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;

use super::DateMention;
use super::cues;
use super::interval::{self, Anchor};
use super::judge::Verdict;
use super::page::Page;
use super::role::{Dress, Role};
use super::span::{self, Span, When};
use super::token::Token;
use crate::domain::key_date::{Certainty, DateEvent, Precision};

/// The place of a date among its neighbours.
#[derive(Clone, Copy, Debug)]
struct Place {
    role: Role,
    /// It is one end of a range.
    in_range: bool,
    /// The span whose event it had before.
    replaced_by: Option<usize>,
}

/// A text whose dates are told what they are for.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) published: Option<NaiveDate>,
    pub(super) page: &'a Page<'a>,
    /// Sentences that say that something came out on the day of the text ([`Reading::out_today`]).
    pub(super) out_today: FxHashSet<u32>,
}

impl Reading<'_> {
    /// The key dates, in the order of their words.
    pub(super) fn mentions(&self) -> Vec<DateMention> {
        let mut places = self.places();
        let mut verdicts: Vec<Option<Verdict>> = places
            .iter()
            .enumerate()
            .map(|(number, place)| {
                if place.replaced_by.is_some() {
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
            // "The public must leave before 2 August": what had to be done before a day of the past is history.
            if verdict.event == DateEvent::Application
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

    /// "A six-week consultation opens on 4 May": where only its beginning and its length are told, the day it ends.
    fn add_the_end(
        &self,
        out: &mut Vec<DateMention>,
        verdicts: &[Option<Verdict>],
        absolute: &[Option<NaiveDate>],
    ) {
        if out
            .iter()
            .any(|known| known.event == DateEvent::CommentsClose)
        {
            return;
        }
        let opens = verdicts.iter().position(|verdict| {
            verdict.is_some_and(|verdict| verdict.event == DateEvent::CommentsOpen)
        });
        let Some((number, first)) =
            opens.and_then(|number| Some((number, absolute.get(number).copied().flatten()?)))
        else {
            return;
        };
        let Some((cue, sentence)) = verdicts
            .get(number)
            .copied()
            .flatten()
            .zip(self.page.sentence(number))
            .map(|(verdict, sentence)| (verdict.cue, sentence))
        else {
            return;
        };
        let here = |place: &usize| self.page.sentences.get(*place) == Some(&sentence);
        let reader = span::Reader::of(self.page.tokens);
        // Right before the noun ("60-day public comment period") or a few words behind it ("d'une durée de six semaines").
        let places = cue.first.saturating_sub(6)..cue.last + 9;
        let length = places.filter(here).find_map(|place| {
            let (next, interval) = reader.length(place)?;
            (next <= cue.first || place > cue.last).then_some((place, next, interval))
        });
        let Some((from, next, interval)) = length else {
            return;
        };
        let spelled = (self.page.tokens.get(from), self.page.tokens.get(next - 1));
        if let (Some(date), (Some(begin), Some(end))) = (interval.after(first), spelled) {
            out.push(DateMention {
                date,
                precision: Precision::Day,
                event: DateEvent::CommentsClose,
                certainty: Certainty::Expected,
                was: None,
                start: begin.at,
                text: self.text.get(begin.start..end.end).unwrap_or("").to_owned(),
            });
        }
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
        if !alike || here_apart(self.page, number) || dress.lead > first.last + 12 {
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
        let says = self.page.cues.iter().any(|cue| {
            between.contains(&cue.first)
                && !matches!(cue.sense, cues::Sense::Standard | cues::Sense::Topic(_))
        });
        // Nor does a clause of its own follow.
        let ends = (second.last + 1..second.last + 6).any(|place| {
            self.page.sentences.get(place) != self.page.sentences.get(second.last)
                || token(place).is_some_and(|token| token.is_sign(',') || token.is_sign(';'))
        });
        joined && !says && ends && self.ahead(number).is_some_and(|days| days > 0)
    }

    /// How many days a date lies ahead of the day of the text. What is counted from something does.
    fn ahead(&self, number: usize) -> Option<i64> {
        if matches!(self.span(number)?.when, When::After { .. }) {
            return self.published.map(|_| 1);
        }
        // "today" is told of what a text says and not of what it is.
        if matches!(self.span(number)?.when, When::Now { days: 0 }) {
            return None;
        }
        Some((self.day(number, None)? - self.published?).num_days())
    }

    fn dress(&self, number: usize) -> Option<&Dress> {
        self.page.dresses.get(number)
    }

    fn span(&self, number: usize) -> Option<&Span> {
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
        let word = |place: usize| self.page.tokens.get(place).and_then(Token::word);
        LATEST.iter().any(|words| {
            let mut places = words.iter().zip(span.last + 1..);
            places.all(|(expected, place)| word(place) == Some(expected))
        })
    }

    /// Whether a date and the next are the two ends of something.
    fn joined(&self, number: usize, role: Role) -> Option<Joined> {
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

    /// "The hearing scheduled for 25 March has been moved to 8 April": a date of the same event
    /// before the one moved to is the one it replaces.
    fn superseded(&self, places: &mut [Place], verdicts: &[Option<Verdict>]) {
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
    fn replaces(&self, number: usize) -> bool {
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
        let word = |place: usize| self.page.tokens.get(place).and_then(Token::word);
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
    fn was_set(&self, number: usize) -> bool {
        let Some(dress) = self.dress(number) else {
            return false;
        };
        self.page.cues.iter().any(|cue| {
            matches!(cue.sense, cues::Sense::Hold | cues::Sense::Hedge)
                && (cue.last + 1 == dress.lead || cue.last == dress.lead)
        })
    }

    /// Whether nothing between two dates begins another clause of its own.
    fn is_one_clause(&self, before: usize, number: usize) -> bool {
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

    fn move_between(&self, before: usize, number: usize) -> bool {
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

    /// The day that a date names by itself.
    fn day(&self, number: usize, verdict: Option<Verdict>) -> Option<NaiveDate> {
        let event = verdict.map(|verdict| verdict.event);
        match self.span(number)?.when {
            When::Day(day) => Some(day),
            When::Yearless { month, day } => {
                // "3 March to 30 April 2026": the year of the other end.
                let partner = self.partner(number);
                if let Some(partner) = partner {
                    let with = |year| NaiveDate::from_ymd_opt(year, month, day);
                    let year = chrono::Datelike::year(&partner);
                    if self.is_brought_forward(number) {
                        return with(year);
                    }
                    return with(year)
                        .filter(|day| *day <= partner)
                        .or_else(|| with(year - 1));
                }
                let past = verdict.is_some_and(|verdict| self.is_past(verdict));
                span::in_year(month, day, self.published, past)
            }
            When::DayOf { day } => {
                let partner = self.day(number + 1, None)?;
                chrono::Datelike::with_day(&partner, day)
            }
            When::Period {
                first, last, end, ..
            } => Some(if end || event.is_some_and(DateEvent::is_closing) {
                last
            } else {
                first
            }),
            When::Now { days } => self
                .published?
                .checked_add_signed(chrono::TimeDelta::days(i64::from(days))),
            When::After { interval, anchor } => match anchor {
                Anchor::Text | Anchor::Left => interval.after(self.published?),
                Anchor::Publication
                | Anchor::Gazette
                | Anchor::Force
                | Anchor::Before
                | Anchor::Next
                | Anchor::Signature => None,
            },
        }
    }

    /// "brought forward from 30 September to 30 June 2026": the day before is the later one.
    fn is_brought_forward(&self, number: usize) -> bool {
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
                        .tokens
                        .get(place)
                        .and_then(Token::word)
                        .is_some_and(|word| FORWARD.contains(&word))
            })
        })
    }

    /// The full date that follows a yearless one at the other end of a range or a move.
    fn partner(&self, number: usize) -> Option<NaiveDate> {
        let second = self.span(number + 1)?;
        let dress = self.page.dresses.get(number + 1)?;
        let first = self.span(number)?;
        match second.when {
            When::Day(day) if dress.lead <= first.last + 3 => Some(day),
            _ => None,
        }
    }

    /// Whether the verb tells of something that is over.
    fn is_past(&self, verdict: Verdict) -> bool {
        (verdict.cue.first..=verdict.cue.last + 6).any(|place| {
            self.page
                .tokens
                .get(place)
                .and_then(Token::word)
                .is_some_and(|word| {
                    matches!(
                        word,
                        "closed"
                            | "ended"
                            | "opened"
                            | "expired"
                            | "took"
                            | "came"
                            | "went"
                            | "entered"
                            | "began"
                            | "started"
                            | "launched"
                            | "was"
                            | "were"
                    )
                })
        })
    }

    /// The day of an interval that is counted from another date of the text: the nearest.
    fn counted(
        &self,
        number: usize,
        places: &[Place],
        verdicts: &[Option<Verdict>],
        absolute: &[Option<NaiveDate>],
    ) -> Option<NaiveDate> {
        let When::After { interval, anchor } = self.span(number)?.when else {
            return None;
        };
        let wanted = match anchor {
            Anchor::Force => &[DateEvent::EntryIntoForce][..],
            Anchor::Publication | Anchor::Gazette => &[DateEvent::Publication],
            Anchor::Before => &[DateEvent::Publication, DateEvent::EntryIntoForce],
            Anchor::Signature => return interval.after(self.signed(number, absolute)?),
            Anchor::Next => {
                let from = absolute.get(number + 1).copied().flatten()?;
                return interval.after(from);
            }
            Anchor::Text | Anchor::Left => return None,
        };
        // A few dates either way: what is farther off speaks of something else.
        let known = |other: usize| -> Option<NaiveDate> {
            let event = verdicts.get(other)?.as_ref()?.event;
            let valid = wanted.contains(&event)
                && places.get(other)?.replaced_by.is_none()
                && matches!(
                    self.span(other)?.when,
                    When::Day(_) | When::Yearless { .. } | When::Now { .. }
                );
            valid.then(|| absolute.get(other).copied().flatten())?
        };
        let told = (1..=6).find_map(|distance| {
            number
                .checked_sub(distance)
                .and_then(known)
                .or_else(|| known(number + distance).filter(|_| anchor != Anchor::Before))
        });
        let from = match anchor {
            Anchor::Publication => told.or(self.published),
            Anchor::Gazette => told.or_else(|| self.came_out_today(number)),
            _ => told,
        }?;
        interval.after(from)
    }

    /// The day of the text, where the sentence of an interval says that something came out in a gazette on it: "Das
    /// Gesetz wurde heute im Bundesgesetzblatt verkündet und tritt am Tag nach der Verkündung in Kraft".
    fn came_out_today(&self, number: usize) -> Option<NaiveDate> {
        let sentence = self.page.sentence(number)?;
        self.published
            .filter(|_| self.out_today.contains(&sentence))
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
        let word = |place: usize| self.page.tokens.get(place).and_then(Token::word);
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

    /// The day nearest to an interval on which the text says that somebody signed.
    fn signed(&self, number: usize, absolute: &[Option<NaiveDate>]) -> Option<NaiveDate> {
        let says = |other: usize| -> Option<NaiveDate> {
            let lead = self.dress(other)?.lead;
            let word = |place: usize| self.page.tokens.get(place).and_then(Token::word);
            let told = (lead.saturating_sub(8)..lead).filter_map(word).any(|word| {
                matches!(
                    word,
                    "sign"
                        | "signs"
                        | "signed"
                        | "signature"
                        | "signing"
                        | "unterzeichnet"
                        | "unterzeichnete"
                        | "unterzeichnung"
                        | "signe"
                        | "signee"
                        | "firmo"
                        | "firmado"
                        | "firmada"
                        | "firmato"
                        | "firmata"
                        | "ondertekend"
                        | "ondertekende"
                        | "podpisal"
                        | "podpisana"
                        | "podpisano"
                )
            });
            told.then(|| absolute.get(other).copied().flatten())?
        };
        let near = |distance: usize| {
            let before = number.checked_sub(distance).and_then(says);
            before.or_else(|| says(number + distance))
        };
        (1..=3).find_map(near)
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
fn here_apart(page: &Page<'_>, number: usize) -> bool {
    page.sentence(number) != page.sentence(number - 1)
}

/// How two dates hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joined {
    /// From … to …
    Words,
    /// With a dash, which never is a move.
    Dash,
}
