//! Words that the index has in the place of one that it has not.

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::domain::query::Query;
use crate::domain::synonyms::{Synonyms, keys};
use crate::text::{stem, words};

/// The words of a query that are looked at.
const MOST_WORDS: usize = 8;
/// The shortest word that is not what it seems.
const SHORTEST: usize = 4;
/// The most words of the index that are weighed against one.
const MOST_CANDIDATES: usize = 2_000;

/// The query with words that are there, for those that are nowhere; none where all are.
pub(super) fn suggestion(
    searcher: &Searcher,
    field: Field,
    query: &Query,
    synonyms: Option<&Synonyms>,
) -> tantivy::Result<Option<Query>> {
    let mut left = MOST_WORDS;
    let spelled = spelled(searcher, field, query, synonyms, &mut left)?;
    Ok((spelled != *query).then_some(spelled))
}

fn spelled(
    searcher: &Searcher,
    field: Field,
    query: &Query,
    synonyms: Option<&Synonyms>,
    left: &mut usize,
) -> tantivy::Result<Query> {
    let all = |parts: &[Query], left: &mut usize| {
        parts
            .iter()
            .map(|part| spelled(searcher, field, part, synonyms, left))
            .collect::<tantivy::Result<Vec<_>>>()
    };
    Ok(match query {
        Query::Word {
            text,
            prefix: false,
        } if *left > 0 && synonyms.is_none_or(|known| known.of(&keys(text)).is_empty()) => {
            *left -= 1;
            match nearest(searcher, field, text)? {
                Some(text) => Query::Word {
                    text,
                    prefix: false,
                },
                None => query.clone(),
            }
        }
        Query::And(parts) => Query::And(all(parts, left)?),
        Query::Or(parts) => Query::Or(all(parts, left)?),
        other => other.clone(),
    })
}

/// The most frequent of the nearest words.
fn nearest(searcher: &Searcher, field: Field, typed: &str) -> tantivy::Result<Option<String>> {
    let tokens = words::tokens(typed);
    let [token] = tokens.as_slice() else {
        return Ok(None);
    };
    let key = stem::key(&token.text);
    let letters = key.chars().count();
    if letters < SHORTEST || token.text.bytes().any(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let term = Term::from_field_text(field, key);
    if searcher.doc_freq(&term)? > 0 {
        return Ok(None);
    }
    let mut best: Option<(u8, u64, String)> = None;
    for distance in 1..=(if letters < 8 { 1 } else { 2 }) {
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let automaton = FuzzyTermQuery::new(term.clone(), distance, true).automaton()?;
            let mut stream = inverted.terms().search(automaton).into_stream()?;
            let mut seen = 0;
            while stream.advance() && seen < MOST_CANDIDATES {
                seen += 1;
                let Ok(word) = std::str::from_utf8(stream.key()) else {
                    continue;
                };
                if word.bytes().any(|b| b.is_ascii_digit()) {
                    continue;
                }
                let frequency = u64::from(stream.value().doc_freq);
                let better = best.as_ref().is_none_or(|(_, most, _)| frequency > *most);
                if better {
                    best = Some((distance, frequency, word.to_owned()));
                }
            }
        }
        if best.is_some() {
            break;
        }
    }
    Ok(best.map(|(_, _, word)| ending(word, &token.text)))
}

/// The word with the ending that was typed: the index has words without their plural.
fn ending(word: String, typed: &str) -> String {
    for ending in ["ies", "y", "es", "s"] {
        if let Some(stump) = typed.strip_suffix(ending)
            && stem::key(typed) == stump
            && stem::key(&format!("{word}{ending}")) == word
        {
            return word + ending;
        }
    }
    word
}
