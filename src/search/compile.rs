//! `domain::query` -> tantivy.
//!
//! Titles are indexed into the one text field with everything else, and more than once: a word
//! in a title is then a word that is said often. So a word costs one list and not one a field.

use std::ops::Bound;

use chrono::NaiveDate;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhrasePrefixQuery,
    PhraseQuery, Query as Compiled, RangeQuery, TermQuery,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DateTime, Term};

use super::schema::Fields;
use crate::domain::query::{Filter, Query};
use crate::domain::reference;
use crate::domain::synonyms::{self, Meaning, Synonyms};
use crate::text::{stem, words};

/// The most words that a prefix stands for (contract: W5).
const PREFIX_EXPANSIONS: u32 = 1_000;
/// The most forms of all meanings of one query.
const FORMS: usize = 96;
/// What another word for the same counts, beside the word itself.
const OTHER_WORD: f32 = 0.6;
/// What it counts that an update is tagged with what some words mean, and is about it.
const PRIMARY: f32 = 2.0;
/// The same for what it mentions.
const TAGGED: f32 = 0.8;
/// The same for what it is about in a wide sense: topics, places and bodies.
const NEAR: f32 = 0.4;
/// What it counts that an update cites the very work.
const CITED: f32 = 4.0;

/// What a query is compiled with.
pub(super) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) today: NaiveDate,
    pub(super) synonyms: Option<&'a Synonyms>,
    /// Whether what has some of the words is good enough.
    pub(super) relaxed: bool,
}

impl Compiler<'_> {
    pub(super) fn compile(&self, query: &Query) -> Box<dyn Compiled> {
        let mut forms = 0;
        match query {
            Query::And(parts) if self.relaxed => self.relaxed(parts, &mut forms),
            query => self.query(query, self.synonyms.is_some(), &mut forms),
        }
    }

    /// Whether it is one list of scored words that the best can be picked from without looking at
    /// all.
    pub(super) fn is_one_word(&self, query: &Query) -> bool {
        match query {
            Query::Word {
                text,
                prefix: false,
            } => {
                words::tokens(text).len() == 1
                    && self
                        .synonyms
                        .is_none_or(|known| known.of(&synonyms::keys(text)).is_empty())
            }
            _ => false,
        }
    }

    fn query(&self, query: &Query, meant: bool, forms: &mut usize) -> Box<dyn Compiled> {
        match query {
            Query::All => Box::new(AllQuery),
            Query::Word { text, prefix: true } => self.words(text, true),
            Query::Word { text, .. } => self.meant(
                &synonyms::keys(text),
                vec![self.words(text, false)],
                meant,
                forms,
            ),
            Query::Phrase(text) => self.words(text, false),
            Query::Citation { work, text } => {
                let works = reference::publishers_of(work);
                let cites = works
                    .iter()
                    .map(|work| scored(self.tag("standard", work), CITED));
                // The words need not stand side by side: `ISO 27013` is `ISO/IEC 27013` in a text.
                let words = synonyms::keys(text)
                    .iter()
                    .map(|key| (Occur::Must, self.keys(std::slice::from_ref(key))))
                    .collect();
                let words: Box<dyn Compiled> = Box::new(BooleanQuery::new(words));
                either(cites.chain([words]).collect())
            }
            Query::Filter(filter) => self.filter(filter),
            Query::And(parts) => {
                let mut clauses = Vec::with_capacity(parts.len());
                for part in self.runs(parts, meant, forms) {
                    clauses.push((Occur::Must, part));
                }
                for part in parts {
                    match part {
                        Query::Not(inner) => {
                            clauses.push((Occur::MustNot, self.query(inner, false, forms)));
                        }
                        Query::Word { prefix: false, .. } => {}
                        part => clauses.push((Occur::Must, self.query(part, meant, forms))),
                    }
                }
                if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    clauses.push((Occur::Must, Box::new(AllQuery)));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Query::Or(parts) => either(
                parts
                    .iter()
                    .map(|part| self.query(part, meant, forms))
                    .collect(),
            ),
            Query::Not(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(AllQuery)),
                (Occur::MustNot, self.query(inner, false, forms)),
            ])),
        }
    }

    /// Some of the words, every filter and no negation: the more words the better.
    fn relaxed(&self, parts: &[Query], forms: &mut usize) -> Box<dyn Compiled> {
        let mut clauses: Vec<(Occur, Box<dyn Compiled>)> = Vec::new();
        let mut some = self.runs(parts, true, forms);
        for part in parts {
            match part {
                Query::Not(inner) => {
                    clauses.push((Occur::MustNot, self.query(inner, false, forms)))
                }
                Query::Filter(filter) => clauses.push((Occur::Must, self.filter(filter))),
                Query::Word { prefix: false, .. } => {}
                part => some.push(self.query(part, true, forms)),
            }
        }
        clauses.push((Occur::Must, either(some)));
        Box::new(BooleanQuery::new(clauses))
    }

    /// The bare words of a row, put together where several of them have a meaning.
    fn runs(&self, parts: &[Query], meant: bool, forms: &mut usize) -> Vec<Box<dyn Compiled>> {
        let mut out = Vec::new();
        let mut run: Vec<(&str, Vec<String>)> = Vec::new();
        for part in parts {
            if let Query::Word {
                text,
                prefix: false,
            } = part
            {
                run.push((text, synonyms::keys(text)));
            } else {
                self.run(&run, meant, forms, &mut out);
                run.clear();
            }
        }
        self.run(&run, meant, forms, &mut out);
        out
    }

    fn run(
        &self,
        run: &[(&str, Vec<String>)],
        meant: bool,
        forms: &mut usize,
        out: &mut Vec<Box<dyn Compiled>>,
    ) {
        let mut at = 0;
        while at < run.len() {
            let longest = (1..=synonyms::LONGEST.min(run.len() - at))
                .rev()
                .find(|length| {
                    *length == 1 || {
                        let form: Vec<String> = run
                            .iter()
                            .skip(at)
                            .take(*length)
                            .flat_map(|(_, keys)| keys.iter().cloned())
                            .collect();
                        meant
                            && self
                                .synonyms
                                .is_some_and(|known| !known.of(&form).is_empty())
                    }
                });
            let length = longest.unwrap_or(1);
            let taken = run.get(at..at + length).unwrap_or(&[]);
            let form: Vec<String> = taken
                .iter()
                .flat_map(|(_, keys)| keys.iter().cloned())
                .collect();
            // A sign that is no word asks for nothing.
            if !form.is_empty() {
                let words = taken
                    .iter()
                    .map(|(text, _)| self.words(text, false))
                    .collect();
                out.push(self.meant(&form, words, meant, forms));
            }
            at += length;
        }
    }

    /// The words themselves, or what else is said or tagged for what they mean.
    fn meant(
        &self,
        form: &[String],
        mut words: Vec<Box<dyn Compiled>>,
        meant: bool,
        forms: &mut usize,
    ) -> Box<dyn Compiled> {
        let one = match (words.len(), words.pop()) {
            (1, Some(word)) => word,
            (_, last) => {
                let all = words.into_iter().chain(last);
                Box::new(BooleanQuery::new(
                    all.map(|word| (Occur::Must, word)).collect(),
                ))
            }
        };
        let meanings = match self.synonyms {
            Some(known) if meant => known.of(form),
            _ => Vec::new(),
        };
        let mut choices = vec![one];
        for Meaning {
            forms: others,
            tags,
        } in meanings
        {
            for other in others
                .iter()
                .filter(|other| other.as_slice() != form)
                .take(synonyms::MOST_FORMS)
            {
                if *forms < FORMS {
                    *forms += 1;
                    choices.push(Box::new(BoostQuery::new(self.keys(other), OTHER_WORD)));
                }
            }
            for filter in tags {
                if *forms >= FORMS {
                    break;
                }
                *forms += 1;
                match filter {
                    Filter::Framework(id) => {
                        choices.push(scored(self.tag("primary", id.as_str()), PRIMARY));
                        choices.push(scored(self.tag("framework", id.as_str()), TAGGED));
                    }
                    filter => {
                        if let Some((field, value)) = tag_of(filter) {
                            choices.push(scored(self.tag(field, value), NEAR));
                        }
                    }
                }
            }
        }
        match (choices.len(), choices.pop()) {
            (1, Some(only)) => only,
            (_, last) => either(choices.into_iter().chain(last).collect()),
        }
    }

    /// Words as they are indexed, side by side.
    fn keys(&self, keys: &[String]) -> Box<dyn Compiled> {
        let term = |key: &String| Term::from_field_text(self.fields.text, key);
        match keys {
            [] => Box::new(EmptyQuery),
            [one] => Box::new(TermQuery::new(term(one), IndexRecordOption::WithFreqs)),
            many => Box::new(PhraseQuery::new(many.iter().map(term).collect())),
        }
    }

    /// Words as they are typed, side by side.
    fn words(&self, text: &str, prefix: bool) -> Box<dyn Compiled> {
        let tokens = words::tokens(text);
        let last = tokens.len().saturating_sub(1);
        let terms: Vec<(usize, Term)> = tokens
            .iter()
            .enumerate()
            .map(|(place, token)| {
                // What is only the beginning of a word has no plural.
                let key = if prefix && place == last {
                    token.text.as_str()
                } else {
                    stem::key(&token.text)
                };
                (token.position, Term::from_field_text(self.fields.text, key))
            })
            .collect();
        if terms.is_empty() {
            return Box::new(EmptyQuery);
        }
        if prefix {
            let mut query = PhrasePrefixQuery::new_with_offset(terms);
            query.set_max_expansions(PREFIX_EXPANSIONS);
            return Box::new(query);
        }
        match <[(usize, Term); 1]>::try_from(terms) {
            Ok([(_, term)]) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            Err(terms) => Box::new(PhraseQuery::new_with_offset(terms)),
        }
    }

    fn tag(&self, field: &str, value: &str) -> Box<dyn Compiled> {
        Box::new(TermQuery::new(
            Term::from_field_text(self.fields.tag, &format!("{field}:{value}")),
            IndexRecordOption::Basic,
        ))
    }

    fn filter(&self, filter: &Filter) -> Box<dyn Compiled> {
        let moment = |day: &NaiveDate| {
            let seconds = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
            DateTime::from_timestamp_secs(seconds)
        };
        let dated = |day: &NaiveDate| Term::from_field_date(self.fields.dated, moment(day));
        let query: Box<dyn Compiled> = match filter {
            Filter::After(from) => Box::new(RangeQuery::new(
                Bound::Included(dated(from)),
                Bound::Unbounded,
            )),
            Filter::Before(to) => Box::new(RangeQuery::new(
                Bound::Unbounded,
                Bound::Excluded(dated(to)),
            )),
            Filter::Open(open) => {
                let today = moment(&self.today);
                let not_over = RangeQuery::new(
                    Bound::Included(Term::from_field_date(self.fields.closes, today)),
                    Bound::Unbounded,
                );
                let not_begun = RangeQuery::new(
                    Bound::Excluded(Term::from_field_date(self.fields.opens, today)),
                    Bound::Unbounded,
                );
                let is_open = BooleanQuery::new(vec![
                    (Occur::Must, Box::new(not_over)),
                    (Occur::MustNot, Box::new(not_begun)),
                ]);
                if *open {
                    Box::new(is_open)
                } else {
                    Box::new(BooleanQuery::new(vec![
                        (Occur::Must, Box::new(AllQuery)),
                        (Occur::MustNot, Box::new(is_open)),
                    ]))
                }
            }
            Filter::Standard(work) => either(
                reference::publishers_of(work)
                    .iter()
                    .map(|work| self.tag("standard", work))
                    .collect(),
            ),
            other => match tag_of(other) {
                Some((field, value)) => self.tag(field, value),
                None => Box::new(EmptyQuery),
            },
        };
        // A filter chooses; it does not make one hit better than another.
        Box::new(ConstScoreQuery::new(query, 0.0))
    }
}

/// The tag that a filter asks for, where it asks for one.
fn tag_of(filter: &Filter) -> Option<(&'static str, &str)> {
    Some(match filter {
        Filter::Framework(id) => ("framework", id.as_str()),
        Filter::Jurisdiction(id) => ("jurisdiction", id.as_str()),
        Filter::Body(id) => ("body", id.as_str()),
        Filter::Topic(id) => ("topic", id.as_str()),
        Filter::Kind(kind) => ("kind", kind.as_str()),
        Filter::Source(id) => ("source", id.as_str()),
        Filter::Standard(work) => ("standard", work),
        Filter::Authority(authority) => ("authority", authority.as_str()),
        Filter::Language(language) => ("language", language),
        Filter::After(_) | Filter::Before(_) | Filter::Open(_) => return None,
    })
}

fn scored(query: Box<dyn Compiled>, score: f32) -> Box<dyn Compiled> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn either(parts: Vec<Box<dyn Compiled>>) -> Box<dyn Compiled> {
    Box::new(BooleanQuery::new(
        parts
            .into_iter()
            .map(|part| (Occur::Should, part))
            .collect(),
    ))
}
