//! Which day the words of a date mean: the year of a day without one, and what an interval is counted from.

use chrono::NaiveDate;

use super::DateMention;
use super::interval::{Anchor, Interval};
use super::judge::Verdict;
use super::reading::{Place, Reading};
use super::span::{self, When};
use crate::domain::key_date::{Certainty, DateEvent, Precision};

/// What stands before the length of a consultation.
const LASTING: &[&str] = &[
    "for",
    "over",
    "lasting",
    "of",
    "de",
    "von",
    "fur",
    "por",
    "per",
    "durante",
    "pendant",
    "i",
    "gedurende",
    "przez",
];

impl Reading<'_> {
    /// The day that a date names by itself.
    pub(super) fn day(&self, number: usize, verdict: Option<Verdict>) -> Option<NaiveDate> {
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
                let past = verdict.is_some_and(|verdict| self.is_past(number, verdict));
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

    /// The full date that follows a yearless one at the other end of a range or a move.
    pub(super) fn partner(&self, number: usize) -> Option<NaiveDate> {
        let second = self.span(number + 1)?;
        let dress = self.page.dresses.get(number + 1)?;
        let first = self.span(number)?;
        match second.when {
            When::Day(day) if dress.lead <= first.last + 3 => Some(day),
            _ => None,
        }
    }

    /// Whether the verb tells of something that is over.
    pub(super) fn is_past(&self, number: usize, verdict: Verdict) -> bool {
        // What stands behind the date speaks of something else.
        let until = self
            .span(number)
            .filter(|span| span.first > verdict.cue.last)
            .map_or(verdict.cue.last + 6, |span| span.first);
        (verdict.cue.first..=until.min(verdict.cue.last + 6)).any(|place| {
            self.page.word(place).is_some_and(|word| {
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
    pub(super) fn counted(
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
    pub(super) fn came_out_today(&self, number: usize) -> Option<NaiveDate> {
        let sentence = self.page.sentence(number)?;
        self.published
            .filter(|_| self.out_today.contains(&sentence))
    }

    /// The day nearest to an interval on which the text says that somebody signed.
    pub(super) fn signed(
        &self,
        number: usize,
        absolute: &[Option<NaiveDate>],
    ) -> Option<NaiveDate> {
        let says = |other: usize| -> Option<NaiveDate> {
            let lead = self.dress(other)?.lead;
            let word = |place: usize| self.page.word(place);
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

    /// "A six-week consultation opens on 4 May": where only its beginning and its length are told, the day it ends.
    pub(super) fn add_the_end(
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
        let places = cue.first.saturating_sub(6)..cue.last + 14;
        let length = places.filter(here).find_map(|place| {
            let (next, interval) = reader.length(place)?;
            let word = |place: usize| self.page.word(place);
            // "for twelve weeks", "d'une durée de six semaines"; not "two years after the accident".
            let told = next <= cue.first && next + 3 >= cue.first
                || place > cue.last
                    && place
                        .checked_sub(1)
                        .and_then(word)
                        .is_some_and(|word| LASTING.contains(&word));
            let short = match interval {
                Interval::Days(days) => days <= 190,
                Interval::Months(months) => months <= 6,
            };
            let counts_otherwise = word(next).is_some_and(|word| {
                matches!(
                    word,
                    "after"
                        | "later"
                        | "ago"
                        | "old"
                        | "before"
                        | "nach"
                        | "apres"
                        | "despues"
                        | "dopo"
                )
            });
            (told && short && !counts_otherwise).then_some((place, next, interval))
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

    /// How many days a date lies ahead of the day of the text. What is counted from something does.
    pub(super) fn ahead(&self, number: usize) -> Option<i64> {
        if matches!(self.span(number)?.when, When::After { .. }) {
            return self.published.map(|_| 1);
        }
        // "today" is told of what a text says and not of what it is.
        if matches!(self.span(number)?.when, When::Now { days: 0 }) {
            return None;
        }
        Some((self.day(number, None)? - self.published?).num_days())
    }
}
