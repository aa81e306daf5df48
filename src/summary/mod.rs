//! What happened, in one or two whole sentences of the source's own words.
//!
//! It knows where sentences end in many languages, which of them hold the words that earned an
//! update's tags, and what is furniture of a page. It calls nothing but the ground floor. It
//! deliberately writes nothing of its own, changes no word, and never shows more characters than
//! the source's terms allow.

mod sentences;
mod telling;

use std::ops::Range;

use crate::domain::update::{Because, Field};
use crate::text::words;

pub use sentences::sentences;
pub use telling::tell;

/// Marks a gap between two sentences that do not follow each other.
const GAP: &str = " […] ";
/// A text is read so far, in bytes: news says what happened at its head.
const READ: usize = 6000;
/// A second sentence is taken only when it says so much.
const WORTH: f64 = 1.5;

/// A sentence with what it is worth.
struct Weighed {
    range: Range<usize>,
    characters: usize,
    worth: f64,
    /// Which reasons stand in it.
    reasons: Vec<usize>,
    /// Whether it needs the one before ("It", "However").
    leans: bool,
}

/// One or two sentences of `text` that say what happened, at most `limit` characters; empty when
/// the text says nothing beside the headline.
///
/// `because` are the reasons of the tags: those of [`Field::Summary`] count where they stand
/// (`start` in characters of `text`), those of the headline where the same words stand again.
/// When no whole sentence fits, the best one is cut before a word and marked by an ellipsis.
pub fn summary(headline: &str, text: &str, because: &[Because], limit: usize) -> String {
    let mut end = READ.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or("");
    let weighed = weigh(headline, text, because);
    let said = |one: &Weighed| text.get(one.range.clone()).unwrap_or("");
    let best = |fits: &dyn Fn(&Weighed) -> bool| {
        weighed
            .iter()
            .enumerate()
            .filter(|(_, one)| fits(one))
            // The earlier one among equals.
            .max_by(|(i, a), (j, b)| a.worth.total_cmp(&b.worth).then(j.cmp(i)))
            .map(|(at, _)| at)
    };
    let Some(first) = best(&|one| one.characters <= limit) else {
        return best(&|_| true)
            .and_then(|at| weighed.get(at))
            .map_or_else(String::new, |one| cut(said(one), limit));
    };
    let Some(one) = weighed.get(first) else {
        return String::new();
    };
    // A sentence that leans on the one before brings it along.
    let before = first.checked_sub(1).and_then(|at| weighed.get(at));
    if one.leans
        && let Some(before) = before
        && before.worth > -1.0
        && before.characters + 1 + one.characters <= limit
    {
        return format!("{} {}", said(before), said(one)).replace('\n', " ");
    }
    let second = weighed
        .iter()
        .enumerate()
        .filter(|(at, other)| {
            let gap = if at.abs_diff(first) == 1 {
                1
            } else {
                GAP.chars().count()
            };
            *at != first
                && one.characters + gap + other.characters <= limit
                && (!other.leans || *at == first + 1)
        })
        .map(|(at, other)| {
            let new = other
                .reasons
                .iter()
                .filter(|r| !one.reasons.contains(r))
                .count();
            let worth = other.worth + new as f64 * 0.5 + if at == first + 1 { 0.4 } else { 0.0 };
            (at, worth)
        })
        .filter(|(_, worth)| *worth >= WORTH)
        .max_by(|(i, a), (j, b)| a.total_cmp(b).then(j.cmp(i)))
        .and_then(|(at, _)| weighed.get(at).map(|other| (at, other)));
    let told = match second {
        None => said(one).to_owned(),
        Some((at, other)) => {
            let (x, y) = if at < first {
                (other, one)
            } else {
                (one, other)
            };
            let between = if at.abs_diff(first) == 1 { " " } else { GAP };
            format!("{}{between}{}", said(x), said(y))
        }
    };
    // A line break inside a sentence is a space.
    told.replace('\n', " ")
}

/// The sentences of a text that say something beside its headline.
fn weigh(headline: &str, text: &str, because: &[Because]) -> Vec<Weighed> {
    let head: Vec<String> = content(headline);
    // Where each reason stands, in bytes.
    let places: Vec<Option<usize>> = because
        .iter()
        .map(|reason| match reason.field {
            Field::Summary => text.char_indices().nth(reason.start).map(|(at, _)| at),
            _ => None,
        })
        .collect();
    let ranges = sentences(text);
    let last = ranges.len().saturating_sub(1);
    let mut out: Vec<Weighed> = Vec::new();
    for (at, range) in ranges.into_iter().enumerate() {
        let Some(said) = text.get(range.clone()) else {
            continue;
        };
        let own = content(said);
        let lower = words::fold(said);
        if furniture(&lower) || repeats(&head, &own) || own.is_empty() {
            continue;
        }
        let mut worth = 0.0;
        let mut reasons = Vec::new();
        for (number, reason) in because.iter().enumerate() {
            let here = places
                .get(number)
                .copied()
                .flatten()
                .is_some_and(|place| range.contains(&place));
            let again = reason.field == Field::Headline
                && reason.text.chars().count() > 2
                && lower.contains(&words::fold(&reason.text));
            if !here && !again {
                continue;
            }
            let twin = because
                .iter()
                .take(number)
                .any(|other| other.rule == reason.rule && other.text == reason.text);
            if twin {
                continue;
            }
            let full: f64 = if reason.rule.starts_with("kind") {
                2.0
            } else if reason.rule == "reference" {
                1.5
            } else {
                1.0
            };
            worth += if here { full } else { full * 0.6 };
            reasons.push(number);
        }
        // Many names make a list, not a statement.
        worth = worth.min(4.5);
        let place = at as f64;
        worth += 2.0 / (1.0 + place * 0.7);
        let characters = said.chars().count();
        let closed = said.ends_with([
            '.', '!', '?', '。', '！', '？', '”', '"', '»', ')', '」', '』', '）', '।', '۔', '｡',
        ]);
        if said.ends_with('…')
            || said.ends_with("...")
            || lower.ends_with("[...]")
            || lower.ends_with("[…]")
        {
            // Cut by the publisher.
            worth -= 2.5;
        } else if !closed && at == last {
            worth -= 0.5;
        } else if !closed {
            worth -= 1.0;
        }
        if own.len() < 4 && characters < 30 {
            worth -= 1.5;
        }
        if characters > 400 {
            worth -= 1.0;
        }
        if said.ends_with(['?', '？']) {
            worth -= 1.0;
        }
        let leans = !out.is_empty() && leans(&lower);
        if leans {
            worth -= 0.6;
        }
        out.push(Weighed {
            range,
            characters,
            worth,
            reasons,
            leans,
        });
    }
    out
}

/// Words that say something: longer than two signs, or of a script without spaces.
fn content(text: &str) -> Vec<String> {
    words::tokens(text)
        .into_iter()
        .map(|token| token.text)
        .filter(|word| word.chars().count() > 2 || !word.is_ascii())
        .collect()
}

/// Whether a sentence only says the headline again.
fn repeats(head: &[String], own: &[String]) -> bool {
    if head.is_empty() || own.is_empty() {
        return false;
    }
    let shared = own.iter().filter(|word| head.contains(word)).count();
    shared * 10 >= own.len() * 9 && own.len() <= head.len() + 1
}

/// Furniture of pages and feeds, in folded words.
fn furniture(lower: &str) -> bool {
    const BEGINS: &[&str] = &[
        "read more",
        "read the full",
        "continue reading",
        "click here",
        "learn more",
        "find out more",
        "see more",
        "share this",
        "share on",
        "subscribe",
        "sign up",
        "follow us",
        "cookie",
        "we use cookies",
        "copyright",
        "©",
        "all rights reserved",
        "photo:",
        "image:",
        "photo credit",
        "image credit",
        "contact:",
        "media contact",
        "press contact",
        "for more information",
        "for further information",
        "for media",
        "notes to editors",
        "mehr erfahren",
        "weiterlesen",
        "en savoir plus",
        "lire la suite",
        "leer mas",
        "mas informacion",
        "leggi tutto",
        "skip to",
        "back to",
        "download the",
        "posted on",
        "posted by",
        "written by",
        "published on",
        "last updated",
        "tags:",
        "categories:",
        "category:",
        "filed under",
        "disclaimer",
        "this content is",
        "by continuing",
    ];
    BEGINS.iter().any(|begin| lower.starts_with(begin))
        || lower.contains("appeared first on")
        || lower.contains("javascript")
        || lower.starts_with("http")
}

/// Whether a sentence begins with a word that points back.
fn leans(lower: &str) -> bool {
    let first = lower
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or("");
    matches!(
        first,
        "it" | "its"
            | "this"
            | "these"
            | "those"
            | "they"
            | "their"
            | "he"
            | "she"
            | "his"
            | "her"
            | "however"
            | "but"
            | "and"
            | "also"
            | "such"
            | "moreover"
            | "furthermore"
            | "therefore"
            | "meanwhile"
            | "instead"
            | "er"
            | "sie"
            | "es"
            | "dies"
            | "diese"
            | "dieser"
            | "dabei"
            | "zudem"
            | "ausserdem"
            | "il"
            | "elle"
            | "ils"
            | "cette"
            | "ce"
            | "cela"
            | "este"
            | "esta"
            | "ello"
            | "questo"
            | "questa"
    )
}

/// The beginning of a sentence, cut before a word, with an ellipsis; empty when not even one
/// word fits. Scripts without spaces are cut between signs.
fn cut(sentence: &str, limit: usize) -> String {
    let room = limit.saturating_sub(1);
    let Some((end, _)) = sentence.char_indices().nth(room) else {
        return sentence.replace('\n', " ");
    };
    let head = sentence.get(..end).unwrap_or("");
    let spaced = sentence.split_whitespace().any(|word| word.is_ascii());
    let breaks = sentence
        .get(end..)
        .is_some_and(|rest| rest.starts_with(char::is_whitespace));
    let head = if breaks {
        head
    } else if let Some(space) = head.rfind(char::is_whitespace) {
        head.get(..space).unwrap_or("")
    } else if spaced {
        ""
    } else {
        head
    };
    let head = head.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '–' | '—' | '-' | '(')
    });
    if head.is_empty() {
        String::new()
    } else {
        format!("{head}…").replace('\n', " ")
    }
}

#[cfg(test)]
mod tests;
