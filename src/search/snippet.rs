//! The stretch of a text that shows best why it was found.

use std::collections::HashSet;

use crate::domain::query::Query;
use crate::text::{html, stem, words};

/// The best `characters` of `text` for a query, as HTML of ours: everything escaped, the words
/// found in `<mark>`. Nothing of the text is ever markup.
pub fn snippet(text: &str, query: &Query, characters: usize) -> String {
    let wanted: HashSet<String> = query
        .words()
        .into_iter()
        .flat_map(words::tokens)
        .map(|token| stem::key(&token.text).to_owned())
        .collect();
    // Only the head of a long text is looked through: a snippet is no search.
    let mut end = text.len().min(20_000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or("");
    let mut marks: Vec<(usize, usize, String)> = Vec::new();
    if !wanted.is_empty() {
        words::for_each_token(
            text,
            &mut |word: &str, start: usize, end: usize, _: usize| {
                let key = stem::key(word);
                if wanted.contains(key)
                    || wanted
                        .iter()
                        .any(|w| w.len() >= 3 && is_prefix(query, w) && key.starts_with(w.as_str()))
                {
                    marks.push((start, end, key.to_owned()));
                }
            },
        );
    }
    // The window with the most different words; the earliest of equals.
    let width = characters * 3 / 2;
    let begin = marks
        .iter()
        .enumerate()
        .map(|(place, (start, ..))| {
            let mut seen = HashSet::new();
            for (_, end, key) in marks.iter().skip(place) {
                if *end > start + width {
                    break;
                }
                seen.insert(key.as_str());
            }
            (seen.len(), std::cmp::Reverse(*start))
        })
        .max()
        .map_or(0, |(_, std::cmp::Reverse(start))| start);
    let from = lead(text, begin, characters / 5);
    let shown = html::excerpt(text.get(from..).unwrap_or(""), characters);
    let mut out = String::with_capacity(shown.len() + 64);
    if from > 0 {
        out.push('…');
    }
    let mut at = 0;
    for (start, end, _) in marks.iter().filter(|(start, ..)| *start >= from) {
        let (start, end) = (start - from, end - from);
        let (Some(before), Some(word)) = (shown.get(at..start), shown.get(start..end)) else {
            break;
        };
        escape(before, &mut out);
        out.push_str("<mark>");
        escape(word, &mut out);
        out.push_str("</mark>");
        at = end;
    }
    escape(shown.get(at..).unwrap_or(""), &mut out);
    out
}

fn is_prefix(query: &Query, word: &str) -> bool {
    match query {
        Query::Word { text, prefix } => {
            *prefix && words::tokens(text).last().is_some_and(|t| t.text == word)
        }
        Query::And(parts) | Query::Or(parts) => parts.iter().any(|part| is_prefix(part, word)),
        _ => false,
    }
}

/// A place at a word's beginning, some characters before `at`.
fn lead(text: &str, at: usize, characters: usize) -> usize {
    if at <= characters {
        return 0;
    }
    let mut from = at.saturating_sub(characters);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    text.get(from..at)
        .and_then(|lead| lead.find(char::is_whitespace).map(|space| from + space + 1))
        .unwrap_or(at)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
}
