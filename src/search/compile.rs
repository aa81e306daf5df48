//! `domain::query` -> tantivy.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhrasePrefixQuery, PhraseQuery,
    Query as Compiled, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DateTime, Term};

use super::schema::Fields;
use crate::domain::query::{Filter, Query};
use crate::text::{stem, words};

/// How much more a word counts in a title than in the text.
const TITLE: f32 = 3.0;
/// The most words that a prefix stands for (contract: W5).
const PREFIX_EXPANSIONS: u32 = 1_000;

pub(super) fn compile(query: &Query, fields: &Fields) -> Box<dyn Compiled> {
    match query {
        Query::All => Box::new(AllQuery),
        Query::Word { text, prefix } => words_query(text, *prefix, fields),
        Query::Phrase(text) => words_query(text, false, fields),
        Query::Citation { work, text } => {
            let cites = BoostQuery::new(tag("standard", work, fields), 4.0);
            either(vec![Box::new(cites), words_query(text, false, fields)])
        }
        Query::Filter(filter) => filter_query(filter, fields),
        Query::And(parts) => {
            let mut clauses: Vec<(Occur, Box<dyn Compiled>)> = parts
                .iter()
                .map(|part| match part {
                    Query::Not(inner) => (Occur::MustNot, compile(inner, fields)),
                    part => (Occur::Must, compile(part, fields)),
                })
                .collect();
            if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                clauses.push((Occur::Must, Box::new(AllQuery)));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Query::Or(parts) => either(parts.iter().map(|part| compile(part, fields)).collect()),
        Query::Not(inner) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery)),
            (Occur::MustNot, compile(inner, fields)),
        ])),
    }
}

fn either(parts: Vec<Box<dyn Compiled>>) -> Box<dyn Compiled> {
    Box::new(BooleanQuery::new(
        parts
            .into_iter()
            .map(|part| (Occur::Should, part))
            .collect(),
    ))
}

/// Words side by side, in the title or in the text.
fn words_query(text: &str, prefix: bool, fields: &Fields) -> Box<dyn Compiled> {
    let tokens: Vec<(usize, String)> = words::tokens(text)
        .into_iter()
        .map(|token| (token.position, token.text))
        .collect();
    if tokens.is_empty() {
        return Box::new(EmptyQuery);
    }
    let in_field = |field: Field| -> Box<dyn Compiled> {
        let last = tokens.len() - 1;
        let terms: Vec<(usize, Term)> = tokens
            .iter()
            .enumerate()
            .map(|(place, (position, word))| {
                // What is only the beginning of a word has no plural.
                let key = if prefix && place == last {
                    word
                } else {
                    stem::key(word)
                };
                (*position, Term::from_field_text(field, key))
            })
            .collect();
        if prefix {
            let mut query = PhrasePrefixQuery::new_with_offset(terms);
            query.set_max_expansions(PREFIX_EXPANSIONS);
            return Box::new(query);
        }
        match <[(usize, Term); 1]>::try_from(terms) {
            Ok([(_, term)]) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            Err(terms) => Box::new(PhraseQuery::new_with_offset(terms)),
        }
    };
    either(vec![
        Box::new(BoostQuery::new(in_field(fields.title), TITLE)),
        in_field(fields.text),
    ])
}

fn tag(field: &str, value: &str, fields: &Fields) -> Box<dyn Compiled> {
    Box::new(TermQuery::new(
        Term::from_field_text(fields.tag, &format!("{field}:{value}")),
        IndexRecordOption::Basic,
    ))
}

fn filter_query(filter: &Filter, fields: &Fields) -> Box<dyn Compiled> {
    let day = |day: &chrono::NaiveDate| {
        let seconds = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        Term::from_field_date(fields.dated, DateTime::from_timestamp_secs(seconds))
    };
    let query = match filter {
        Filter::Framework(id) => tag("framework", id.as_str(), fields),
        Filter::Jurisdiction(id) => tag("jurisdiction", id.as_str(), fields),
        Filter::Body(id) => tag("body", id.as_str(), fields),
        Filter::Topic(id) => tag("topic", id.as_str(), fields),
        Filter::Kind(kind) => tag("kind", kind.as_str(), fields),
        Filter::Source(id) => tag("source", id.as_str(), fields),
        Filter::Standard(work) => tag("standard", work, fields),
        Filter::Authority(authority) => tag("authority", authority.as_str(), fields),
        Filter::Language(language) => tag("language", language, fields),
        Filter::After(from) => Box::new(RangeQuery::new(
            Bound::Included(day(from)),
            Bound::Unbounded,
        )),
        Filter::Before(to) => Box::new(RangeQuery::new(Bound::Unbounded, Bound::Excluded(day(to)))),
    };
    // A filter chooses; it does not make one hit better than another.
    Box::new(tantivy::query::ConstScoreQuery::new(query, 0.0))
}
