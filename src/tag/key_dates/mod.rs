//! Key dates read out of prose: what closes, applies or ends on which day, and which day it
//! replaces.
//!
//! It knows how dates are written in running text, what the words around them say in fourteen
//! languages, and what dates are none of ours (citations, bylines, history). It calls only the
//! ground floor. It deliberately prefers silence: a date whose purpose no word beside it tells,
//! whose year or anchor is unknown, or which is told only as a year, is left out.
//!
//! Work grows with the text: tokens once, then for each date the cues of its own sentence, at
//! most eighty tokens away.

mod cues;
mod east;
mod gate;
mod interval;
mod judge;
mod role;
mod span;
mod token;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::key_date::{Certainty, DateEvent, KeyDate, Precision};
use crate::domain::stated::Stated;
use crate::domain::update::{Because, Field};
use interval::Anchor;
use judge::{Page, Verdict};
use role::{Dress, Role};
use span::{Span, When};
use token::Token;

/// A key date found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateMention {
    /// The day. Of a month, a quarter or a year its last for what closes and its first otherwise.
    pub date: NaiveDate,
    /// How finely it is told.
    pub precision: Precision,
    /// What happens then.
    pub event: DateEvent,
    /// How sure it is.
    pub certainty: Certainty,
    /// The day it replaces, when the sentence says that it moved.
    pub was: Option<NaiveDate>,
    /// Where its words begin, in characters.
    pub start: usize,
    /// The words it comes from: the cue, the date and what stands between.
    pub text: String,
}

impl DateMention {
    /// The date as an Update keeps it, found in that field.
    fn key_date(self, field: Field) -> KeyDate {
        KeyDate {
            date: self.date,
            precision: self.precision,
            event: self.event,
            certainty: self.certainty,
            was: self.was,
            because: Because {
                rule: "date-in-prose".into(),
                field,
                text: self.text,
                start: self.start,
            },
        }
    }
}

/// From so many months before publication on a date is no news.
const HISTORY: u32 = 48;

/// As much of a text is read for dates, in bytes: what closes or applies is said at its head.
const LONGEST: usize = 20_000;

/// What dates are read from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sayings<'a> {
    /// The title.
    pub headline: &'a str,
    /// The text that the publisher gives, and which one it is.
    pub text: &'a str,
    /// Whether the text is the summary or more than that.
    pub text_is_summary: bool,
    /// What structured fields say.
    pub stated: Option<&'a Stated>,
    /// The day of publication.
    pub published: Option<NaiveDate>,
    /// The language (BCP 47).
    pub language: Option<&'a str>,
}

/// The key dates of an update. A structured field is sure; prose that tells the same event on the
/// same day adds nothing to it but the day that it replaced. The headline's words count before
/// the text's.
pub fn of(sayings: &Sayings<'_>) -> Vec<KeyDate> {
    let mut out: Vec<KeyDate> = Vec::new();
    for stated in sayings.stated.iter().flat_map(|stated| &stated.dates) {
        take(
            &mut out,
            KeyDate {
                date: stated.date,
                precision: Precision::Day,
                event: stated.event,
                certainty: Certainty::Stated,
                was: None,
                because: Because {
                    rule: "stated".into(),
                    field: Field::Stated,
                    text: stated.field.clone(),
                    start: 0,
                },
            },
        );
    }
    let (headline, text) = (cut(sayings.headline), cut(sayings.text));
    let field = if sayings.text_is_summary {
        Field::Summary
    } else {
        Field::Text
    };
    for (field, text) in [(Field::Headline, headline), (field, text)] {
        for mention in read(text, sayings.published, sayings.language) {
            take(&mut out, mention.key_date(field));
        }
    }
    out
}

/// As much of a text as is read.
fn cut(text: &str) -> &str {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

fn take(list: &mut Vec<KeyDate>, date: KeyDate) {
    match list
        .iter_mut()
        .find(|known| known.event == date.event && known.date == date.date)
    {
        Some(known) => known.was = known.was.or(date.was),
        None => list.push(date),
    }
}

/// Says of the dates of an update's next revision which days they replace: of a structured field
/// the day that it stated before, of prose the one day that it told of the event. A date that
/// stands where it stood keeps the day that it replaced once.
pub fn moved(before: &[KeyDate], now: &mut [KeyDate]) {
    kept(before, now);
    let replaced: Vec<Option<NaiveDate>> = now
        .iter()
        .map(|date| {
            let stated = |date: &KeyDate| date.certainty == Certainty::Stated;
            let told = |_: &KeyDate| true;
            let stands = before
                .iter()
                .any(|old| old.event == date.event && old.date == date.date);
            if stands {
                return None;
            }
            if stated(date)
                && only(now, date.event, stated).is_some()
                && let Some(old) = only(before, date.event, stated)
            {
                return Some(old.date);
            }
            // Days on which something was published or met are history, and prose names many.
            if matches!(date.event, DateEvent::Publication | DateEvent::Event) {
                return None;
            }
            only(now, date.event, told)?;
            let old = only(before, date.event, told)?;
            // "May" that becomes "15 May" is told more finely, and has not moved.
            let (first, last) = old.precision.span(old.date);
            (date.date < first || date.date > last).then_some(old.date)
        })
        .collect();
    for (date, was) in now.iter_mut().zip(replaced) {
        date.was = date.was.or(was);
    }
}

/// Dates that stand where they stood keep the day that they replaced once: what is said now need
/// not tell it again.
pub fn kept(before: &[KeyDate], now: &mut [KeyDate]) {
    for date in now {
        let old = before
            .iter()
            .find(|old| old.event == date.event && old.date == date.date);
        date.was = date.was.or(old.and_then(|old| old.was));
    }
}

/// The one date of an event; of several nobody can say which one moved.
fn only(
    dates: &[KeyDate],
    event: DateEvent,
    wanted: impl Fn(&KeyDate) -> bool,
) -> Option<&KeyDate> {
    let mut found = dates
        .iter()
        .filter(|date| date.event == event && wanted(date));
    found.next().filter(|_| found.next().is_none())
}

/// Reads the key dates of a text, in the order of their words; an event on a day is told once.
///
/// `published` gives a day without a year its year, and an interval "from today" or "of
/// publication" its beginning; without it those are left out. `language` (BCP 47) decides what
/// 05/06/2026 means; unless it does, such a date is left out.
pub fn read(text: &str, published: Option<NaiveDate>, language: Option<&str>) -> Vec<DateMention> {
    let mut east = Vec::new();
    if !text.is_ascii() && east::is_written_in(text) {
        east = east::read(text, published);
    }
    if !gate::plausible(text) {
        forget_history(&mut east, published);
        return east;
    }
    let mut mentions = spaced(text, published, language);
    east.retain(|east| {
        let same = |told: &DateMention| told.event == east.event && told.date == east.date;
        !mentions.iter().any(same)
    });
    mentions.append(&mut east);
    forget_history(&mut mentions, published);
    mentions
}

/// What happened long ago is told as history, whatever it was.
fn forget_history(mentions: &mut Vec<DateMention>, published: Option<NaiveDate>) {
    let history = chrono::Months::new(HISTORY);
    if let Some(begin) = published.and_then(|day| day.checked_sub_months(history)) {
        mentions.retain(|mention| mention.date >= begin);
    }
}

/// The same of what is written with blanks between its words.
fn spaced(text: &str, published: Option<NaiveDate>, language: Option<&str>) -> Vec<DateMention> {
    let tokens = token::tokens(text);
    let spans = span::spans(&tokens, language);
    if spans.is_empty() {
        return Vec::new();
    }
    let mut inside = vec![false; tokens.len()];
    for span in &spans {
        for place in span.first..=span.last {
            if let Some(inside) = inside.get_mut(place) {
                *inside = true;
            }
        }
    }
    let dresses: Vec<Dress> = spans
        .iter()
        .map(|span| role::dress(&tokens, span.first))
        .collect();
    let sentences = token::sentences(&tokens, &inside);
    let english = language
        .and_then(|language| language.get(..2))
        .is_some_and(|language| language.eq_ignore_ascii_case("en"));
    let cues = cues::cues(&tokens, &inside, english);
    let page = Page::new(&tokens, &spans, &dresses, &sentences, &cues);
    Reading {
        text,
        published,
        page: &page,
    }
    .mentions()
}

/// The place of a date among its neighbours.
#[derive(Clone, Copy, Debug)]
struct Place {
    role: Role,
    /// It is one end of a range.
    in_range: bool,
    /// The span whose event it had before.
    replaced_by: Option<usize>,
}

struct Reading<'a> {
    text: &'a str,
    published: Option<NaiveDate>,
    page: &'a Page<'a>,
}

impl Reading<'_> {
    fn mentions(&self) -> Vec<DateMention> {
        let mut places = self.places();
        let verdicts: Vec<Option<Verdict>> = places
            .iter()
            .enumerate()
            .map(|(number, place)| {
                if place.replaced_by.is_some() {
                    return None;
                }
                self.page.judge(number, place.role, place.in_range)
            })
            .collect();
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
                        cues::Sense::Event(_) | cues::Sense::Hedge
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
        out
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
            if !place.in_range && self.page.is_old(number) {
                // "on 30 April instead of 16 April": the one before, when it stands in the same
                // sentence; "originally 16 March, to 15 April": the one after.
                let before = number.checked_sub(1).filter(|before| {
                    self.page.sentence(*before) == self.page.sentence(number)
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

    /// "set for 31 December": a day that something was to happen on.
    fn was_set(&self, number: usize) -> bool {
        let Some(dress) = self.dress(number) else {
            return false;
        };
        self.page.cues.iter().any(|cue| {
            cue.sense == cues::Sense::Hold && (cue.last + 1 == dress.lead || cue.last == dress.lead)
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
                | Anchor::Signature => None,
            },
        }
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
            _ => told,
        }?;
        interval.after(from)
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

/// How two dates hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joined {
    /// From … to …
    Words,
    /// With a dash, which never is a move.
    Dash,
}

#[cfg(test)]
mod tests;
