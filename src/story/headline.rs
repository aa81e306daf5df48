//! What the form of a headline and of its words says: that it corrects, looks back or lists, and what in it is a name.

use super::lexicon;
use super::vocabulary::Vocabulary;
use crate::text::words::{self, Token};

/// As much of a headline and of a summary is read, in bytes: an event is told at the head of a text.
pub(super) const READ: usize = 900;

/// Whether a headline announces a look back on a week or a month.
pub(super) fn is_round_up(headline: &str) -> bool {
    let words = words::tokens(head_of(headline, READ));
    let said: Vec<&str> = words.iter().map(|token| token.text.as_str()).collect();
    const LOOKS_BACK: &[&[&str]] = &[
        &["week", "in", "review"],
        &["month", "in", "review"],
        &["quarter", "in", "review"],
        &["year", "in", "review"],
        &["weekly", "roundup"],
        &["weekly", "round", "up"],
        &["monthly", "roundup"],
        &["monthly", "round", "up"],
        &["news", "roundup"],
        &["news", "round", "up"],
        &["this", "week", "in"],
        &["this", "month", "in"],
        &["week", "in", "brief"],
        &["news", "in", "brief"],
        &["roundup"],
        &["round", "up", "of"],
        &["recap"],
        &["wrap", "up"],
        &["top", "stories"],
        &["rassegna"],
        &["monatsuberblick"],
        &["wochenuberblick"],
        &["wochenruckblick"],
        &["monatsruckblick"],
        &["revue", "de", "la", "semaine"],
        &["resumen", "semanal"],
        &["weekoverzicht"],
    ];
    let looks_back = LOOKS_BACK
        .iter()
        .any(|wanted| said.windows(wanted.len()).any(|window| window == *wanted));
    looks_back || is_list(headline)
}

/// Whether a headline lists news behind its own name: `Data Protection Digest: a fine in Ireland, a
/// warning in Greece, a budget in Norway`.
fn is_list(headline: &str) -> bool {
    const PERIODICALS: &[&str] = &[
        "digest",
        "bulletin",
        "newsletter",
        "briefing",
        "brief",
        "news",
        "update",
        "updates",
        "week",
        "month",
    ];
    let Some((name, list)) = headline.split_once(':') else {
        return false;
    };
    let last = words::tokens(name).pop();
    let periodical = last.is_some_and(|word| PERIODICALS.contains(&word.text.as_str()));
    let news = list
        .split([',', ';'])
        .filter(|part| part.split_whitespace().count() >= 2)
        .count();
    periodical && news >= 3
}

/// Whether a word has capitals inside, as only names have (`SkyScout`): several acronyms are none
/// (`DPAs`).
pub(super) fn is_camel_case(written: &str) -> bool {
    const NO_NAMES: &[&str] = &[
        "GmbH", "DDoS", "SaaS", "PaaS", "IaaS", "MoU", "MoUs", "IoT", "IIoT", "AIoT", "PhD",
        "LLMs", "GenAI",
    ];
    if NO_NAMES.contains(&written) {
        return false;
    }
    let lower = written
        .trim_end_matches('s')
        .chars()
        .any(char::is_lowercase);
    let mut letters = written.chars();
    letters.next().is_some_and(char::is_uppercase) && lower && letters.any(char::is_uppercase)
}

/// The beginning of a text, cut at a character.
pub(super) fn head_of(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// Whether most words of a headline have a capital, so that capitals say nothing.
pub(super) fn is_title_case(text: &str, tokens: &[Token]) -> bool {
    let mut capitals = 0;
    let mut long = 0;
    for token in tokens.iter().skip(1) {
        let written = text.get(token.start..token.end).unwrap_or("");
        if written.chars().count() >= 4 && written.chars().all(char::is_alphabetic) {
            long += 1;
            if written.chars().next().is_some_and(char::is_uppercase) {
                capitals += 1;
            }
        }
    }
    long >= 2 && capitals * 10 >= long * 7
}

/// How many words at the head of a headline are a name: `Halloway Analytics achieves …`. One
/// capital at the beginning says nothing, two in a row do; where all words have capitals the
/// first two unknown ones are taken.
pub(super) fn leading_name(
    text: &str,
    tokens: &[Token],
    vocabulary: &Vocabulary,
    title_case: bool,
) -> usize {
    let run = tokens
        .iter()
        .enumerate()
        .take_while(|(at, token)| {
            let written = text.get(token.start..token.end).unwrap_or("");
            let word = token.text.as_str();
            // A capital behind the first unknown word goes on with the name, whatever it means.
            let goes_on = !title_case && *at == 1;
            written.chars().next().is_some_and(char::is_uppercase)
                && !is_office(word)
                && (goes_on || !vocabulary.knows(word) && lexicon::idea(word).is_none())
                && !(title_case && vocabulary.is_common(word))
                && lexicon::small(word).is_none()
                && lexicon::cardinal(word).is_none()
                && lexicon::month(word, true).is_none()
        })
        .count();
    match (title_case, run) {
        (true, _) => run.min(2),
        (false, 0 | 1) => 0,
        (false, _) => run,
    }
}

pub(super) fn token_begins_sentence(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or("").trim_end();
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '«', '“', '"', '„', '–', '—', '•'])
}

/// Capitalised words of office and of the calendar that name no party.
pub(super) fn is_office(word: &str) -> bool {
    matches!(
        word,
        "attorney"
            | "moderate"
            | "advanced"
            | "level"
            | "plus"
            | "type"
            | "general"
            | "governor"
            | "president"
            | "minister"
            | "secretary"
            | "superintendent"
            | "chair"
            | "director"
            | "board"
            | "court"
            | "judge"
            | "senate"
            | "house"
            | "union"
            | "state"
            | "states"
            | "federal"
            | "national"
            | "department"
            | "ministry"
            | "office"
            | "government"
            | "official"
            | "journal"
            | "register"
            | "article"
            | "articles"
            | "annex"
            | "chapter"
            | "title"
            | "section"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "internet"
            | "english"
            | "inc"
            | "corp"
            | "llc"
            | "group"
            | "limited"
            | "holding"
            | "holdings"
            | "regulations"
            | "parties"
            | "member"
            | "members"
            | "day"
            | "deputy"
            | "police"
            | "hospital"
            | "university"
            | "council"
            | "county"
            | "borough"
            | "school"
            | "college"
            | "clinic"
            | "trust"
    )
}

/// Whether a headline says that it corrects an earlier notice. A corrigendum of an act is an
/// act of its own.
pub fn is_correction(headline: &str) -> bool {
    let lower = words::fold(headline);
    let lower = lower.trim_start();
    if lower.contains("(corrected)")
        || lower.contains("[corrected]")
        || lower.starts_with("corrected:")
    {
        return true;
    }
    let Some(first) = lower.split_whitespace().next() else {
        return false;
    };
    let bare = first.trim_end_matches([':', '-', '–', '—', ',']);
    if lexicon::idea(bare) != Some(lexicon::number_of("correction")) {
        return false;
    }
    let rest = lower.get(first.len()..).unwrap_or("").trim_start();
    first.len() > bare.len()
        || rest.starts_with([':', '–', '—', '-'])
        || [
            "to our ",
            "to the notice",
            "to the press",
            "to yesterday",
            "of our ",
        ]
        .iter()
        .any(|head| rest.starts_with(head))
}
