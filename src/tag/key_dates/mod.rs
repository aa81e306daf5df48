//! Key dates read out of prose: what closes, applies or ends on which day, and which day it
//! replaces.
//!
//! It knows how dates are written in running text, what the words around them say in fourteen
//! languages, and what dates are none of ours (citations, bylines, history). It calls only the
//! ground floor. It deliberately prefers silence: a date whose purpose no word beside it tells,
//! whose year or anchor is unknown, or which is told only as a year, is left out. Of a day that lies ahead weaker
//! words are enough (`likely.rs`).
//!
//! Work grows with the text: tokens once, then for each date the cues of its own sentence, at
//! most eighty tokens away.

mod clause;
mod cues;
mod documents;
mod east;
mod gate;
mod interval;
mod judge;
mod likely;
mod moves;
mod page;
mod phrases;
mod reading;
mod reckoning;
mod role;
mod span;
mod token;

use chrono::NaiveDate;

use crate::domain::key_date::{Certainty, DateEvent, KeyDate, Precision};
use crate::domain::stated::Stated;
use crate::domain::update::{Because, Field};
use page::Page;
use reading::Reading;
use role::Dress;

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
    mentions.sort_by_key(|mention| mention.start);
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
        out_today: Reading::out_today(&page),
        of_other_fields: Reading::of_other_fields(&page),
    }
    .mentions()
}

#[cfg(test)]
mod tests;
