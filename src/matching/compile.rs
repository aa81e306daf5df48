//! `domain::query` and clauses -> what can be asked of a reading, and who needs to be asked at all.

use rustc_hash::FxHashMap;

use super::reading::Reading;
use crate::domain::criteria::Clause;
use crate::domain::query::{self, Filter, Query};
use crate::domain::reference::{self, KnownWorks};
use crate::domain::synonyms;
use crate::text::{stem, words};

/// Alternatives of one criterion that are posted by themselves; more are asked always.
const MOST_ALTERNATIVES: usize = 64;
/// No second term.
const NONE: u32 = u32::MAX;

/// What is asked of an update.
pub(super) enum Node {
    Always,
    Never,
    Term(u32),
    /// Terms with their offsets, side by side.
    Phrase(Box<[(u32, u32)]>),
    /// Dated at this second or later.
    From(i64),
    /// Dated before this second.
    Until(i64),
    /// Takes comments or votes on the day on which it is told; or does not.
    Open(bool),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Not(Box<Node>),
}

impl Node {
    /// The sets of terms of which an update must have one whole; none where it need have nothing.
    fn needs(&self, uses: &[u32]) -> Option<Vec<Vec<u32>>> {
        match self {
            Self::Always | Self::Not(_) | Self::From(_) | Self::Until(_) | Self::Open(_) => None,
            Self::Never => Some(Vec::new()),
            Self::Term(term) => Some(vec![vec![*term]]),
            Self::Phrase(phrase) => Some(vec![phrase.iter().map(|(_, term)| *term).collect()]),
            Self::And(nodes) => conjunction(nodes.iter(), uses),
            Self::Or(nodes) => {
                let mut all = Vec::new();
                for node in nodes {
                    all.extend(node.needs(uses)?);
                }
                (all.len() <= MOST_ALTERNATIVES).then_some(all)
            }
        }
    }
}

/// What several nodes need together: the single sets in one, or, where there are none, the
/// alternatives that are cheapest to look for.
fn conjunction<'n>(nodes: impl Iterator<Item = &'n Node>, uses: &[u32]) -> Option<Vec<Vec<u32>>> {
    let mut single: Vec<u32> = Vec::new();
    let mut best: Option<Vec<Vec<u32>>> = None;
    let cost = |sets: &[Vec<u32>]| -> u64 {
        sets.iter()
            .map(|set| {
                set.iter()
                    .map(|term| u64::from(uses.get(*term as usize).copied().unwrap_or(0)))
                    .min()
                    .unwrap_or(u64::MAX / 128)
            })
            .sum()
    };
    for node in nodes {
        match node.needs(uses) {
            None => {}
            Some(sets) if sets.is_empty() => return Some(Vec::new()),
            Some(mut sets) if sets.len() == 1 => single.append(sets.first_mut()?),
            Some(sets) if best.as_ref().is_none_or(|known| cost(&sets) < cost(known)) => {
                best = Some(sets);
            }
            Some(_) => {}
        }
    }
    match (single.is_empty(), best) {
        (true, best) => best,
        (false, Some(sets)) if cost(&sets) < cost(std::slice::from_ref(&single)) => Some(
            sets.into_iter()
                .map(|mut set| {
                    set.extend(&single);
                    set
                })
                .collect(),
        ),
        (false, _) => Some(vec![single]),
    }
}

/// The terms that criteria ask for, by number.
#[derive(Default)]
pub(super) struct Terms {
    words: FxHashMap<Box<str>, u32>,
    prefixes: FxHashMap<Box<str>, u32>,
    /// The lengths in bytes that prefixes have.
    lengths: Vec<usize>,
    tags: FxHashMap<Box<str>, u32>,
    count: u32,
}

impl Terms {
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// The terms that a word is.
    #[inline]
    pub(super) fn words(&self, key: &str, mut f: impl FnMut(u32)) {
        if let Some(term) = self.words.get(key) {
            f(*term);
        }
        for length in &self.lengths {
            if let Some(term) = key
                .get(..*length)
                .and_then(|beginning| self.prefixes.get(beginning))
            {
                f(*term);
            }
        }
    }

    pub(super) fn tag(&self, field: &str, value: &str) -> Option<u32> {
        // Longer than any tag that a criterion may name.
        let mut buffer = [0_u8; 256];
        let (name, rest) = (field.as_bytes(), value.as_bytes());
        let end = name.len() + 1 + rest.len();
        let key = match buffer.get_mut(..end) {
            Some(space) => {
                let (head, tail) = space.split_at_mut(name.len());
                head.copy_from_slice(name);
                let (colon, tail) = tail.split_at_mut(1);
                colon.copy_from_slice(b":");
                tail.copy_from_slice(rest);
                std::str::from_utf8(space).unwrap_or("")
            }
            None => return self.tags.get(format!("{field}:{value}").as_str()).copied(),
        };
        self.tags.get(key).copied()
    }
}

/// For each term, whose criteria to ask when an update has it.
pub(super) struct Postings {
    /// Where each term's entries begin.
    starts: Vec<u32>,
    /// A second term that must be there, and the criteria.
    entries: Vec<(u32, u32)>,
    /// Criteria that are asked of every update.
    always: Vec<u32>,
}

impl Postings {
    /// The criteria that may hold; some of them twice.
    pub(super) fn candidates(&self, reading: &Reading) -> Vec<u32> {
        let mut out = self.always.clone();
        for term in reading.present() {
            let at = *term as usize;
            let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else {
                continue;
            };
            let entries = self
                .entries
                .get(*start as usize..*end as usize)
                .unwrap_or(&[]);
            for (second, place) in entries {
                if *second == NONE || reading.has(*second) {
                    out.push(*place);
                }
            }
        }
        out
    }
}

/// Gives terms their numbers.
pub(super) struct Compiler<'k> {
    known: &'k KnownWorks,
    terms: Terms,
    /// How many criteria ask for each term: what many ask for says little.
    uses: Vec<u32>,
    posted: Vec<(u32, u32, u32)>,
    always: Vec<u32>,
}

impl<'k> Compiler<'k> {
    pub(super) fn new(known: &'k KnownWorks) -> Self {
        Self {
            known,
            terms: Terms::default(),
            uses: Vec::new(),
            posted: Vec::new(),
            always: Vec::new(),
        }
    }

    fn number(
        map: &mut FxHashMap<Box<str>, u32>,
        count: &mut u32,
        uses: &mut Vec<u32>,
        key: &str,
    ) -> u32 {
        let term = match map.get(key) {
            Some(term) => *term,
            None => {
                let term = *count;
                *count += 1;
                map.insert(key.into(), term);
                uses.push(0);
                term
            }
        };
        if let Some(uses) = uses.get_mut(term as usize) {
            *uses += 1;
        }
        term
    }

    fn word(&mut self, key: &str) -> u32 {
        let terms = &mut self.terms;
        Self::number(&mut terms.words, &mut terms.count, &mut self.uses, key)
    }

    fn prefix(&mut self, beginning: &str) -> u32 {
        let terms = &mut self.terms;
        if !terms.lengths.contains(&beginning.len()) {
            terms.lengths.push(beginning.len());
        }
        Self::number(
            &mut terms.prefixes,
            &mut terms.count,
            &mut self.uses,
            beginning,
        )
    }

    fn tag(&mut self, field: &str, value: &str) -> Node {
        let terms = &mut self.terms;
        Node::Term(Self::number(
            &mut terms.tags,
            &mut terms.count,
            &mut self.uses,
            &format!("{field}:{value}"),
        ))
    }

    pub(super) fn clause(&mut self, clause: &Clause) -> Node {
        match clause {
            Clause::Framework(id) => self.tag("framework", id.as_str()),
            Clause::Standard(work) => self.tag("followed", work),
            Clause::Jurisdiction(id) => self.tag("jurisdiction", id.as_str()),
            Clause::Topic(id) => self.tag("topic", id.as_str()),
            Clause::Body(id) => self.tag("body", id.as_str()),
            Clause::Kind(kind) => self.tag("kind", kind.as_str()),
            Clause::Source(id) | Clause::Page(id) => self.tag("source", id.as_str()),
            Clause::Deadlines => self.tag("deadlines", ""),
            Clause::Search(text) => {
                let understood = query::read(text, self.known);
                self.query(&understood.query)
            }
        }
    }

    pub(super) fn query(&mut self, query: &Query) -> Node {
        match query {
            Query::All => Node::Always,
            Query::Word { text, prefix } => self.side_by_side(text, *prefix),
            Query::Phrase(text) => self.side_by_side(text, false),
            Query::Citation { work, text } => {
                // As the search has it: the words need not stand side by side.
                let mut ways: Vec<Node> = reference::publishers_of(work)
                    .iter()
                    .map(|work| self.tag("standard", work))
                    .collect();
                let words: Vec<Node> = synonyms::keys(text)
                    .iter()
                    .map(|key| Node::Term(self.word(key)))
                    .collect();
                if !words.is_empty() {
                    ways.push(Node::And(words.into()));
                }
                Node::Or(ways.into())
            }
            Query::Filter(filter) => self.filter(filter),
            Query::And(parts) => Node::And(parts.iter().map(|part| self.query(part)).collect()),
            Query::Or(parts) => Node::Or(parts.iter().map(|part| self.query(part)).collect()),
            Query::Not(inner) => Node::Not(Box::new(self.query(inner))),
        }
    }

    /// Words side by side, in the title or in the text; the last may be a beginning only.
    fn side_by_side(&mut self, text: &str, prefix: bool) -> Node {
        let tokens = words::tokens(text);
        let last = tokens.len().saturating_sub(1);
        let mut phrase: Vec<(u32, u32)> = Vec::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate() {
            let term = if prefix && place == last {
                self.prefix(&token.text)
            } else {
                self.word(stem::key(&token.text))
            };
            phrase.push((u32::try_from(token.position).unwrap_or(0), term));
        }
        match phrase.as_slice() {
            [] => Node::Never,
            [(_, term)] => Node::Term(*term),
            _ => Node::Phrase(phrase.into()),
        }
    }

    fn filter(&mut self, filter: &Filter) -> Node {
        let second =
            |day: &chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        match filter {
            Filter::Framework(id) => self.tag("framework", id.as_str()),
            Filter::Jurisdiction(id) => self.tag("jurisdiction", id.as_str()),
            Filter::Body(id) => self.tag("body", id.as_str()),
            Filter::Topic(id) => self.tag("topic", id.as_str()),
            Filter::Kind(kind) => self.tag("kind", kind.as_str()),
            Filter::Source(id) => self.tag("source", id.as_str()),
            Filter::Standard(work) => {
                let works = reference::publishers_of(work);
                Node::Or(
                    works
                        .iter()
                        .map(|work| self.tag("standard", work))
                        .collect(),
                )
            }
            Filter::Authority(authority) => self.tag("authority", authority.as_str()),
            Filter::Language(language) => self.tag("language", language),
            Filter::After(day) => Node::From(second(day)),
            Filter::Before(day) => Node::Until(second(day)),
            Filter::Open(open) => Node::Open(*open),
        }
    }

    /// Criteria that are asked of every update.
    pub(super) fn always(&mut self, place: usize) {
        self.always.push(u32::try_from(place).unwrap_or(NONE));
    }

    /// Criteria that hold only where all these nodes do.
    pub(super) fn post(&mut self, place: usize, nodes: &[&Node]) {
        let Some(sets) = conjunction(nodes.iter().copied(), &self.uses) else {
            return self.always(place);
        };
        let place = u32::try_from(place).unwrap_or(NONE);
        for mut set in sets {
            set.sort_unstable_by_key(|term| {
                (self.uses.get(*term as usize).copied().unwrap_or(0), *term)
            });
            set.dedup();
            if let Some(first) = set.first() {
                self.posted
                    .push((*first, set.get(1).copied().unwrap_or(NONE), place));
            } else {
                self.always.push(place);
            }
        }
    }

    pub(super) fn finish(mut self) -> (Terms, Postings) {
        self.terms.lengths.sort_unstable();
        self.posted.sort_unstable();
        self.always.sort_unstable();
        self.always.dedup();
        let mut starts = Vec::with_capacity(self.terms.len() + 1);
        let mut entries = Vec::with_capacity(self.posted.len());
        let mut posted = self.posted.iter().peekable();
        for term in 0..self.terms.count {
            starts.push(u32::try_from(entries.len()).unwrap_or(NONE));
            while let Some((_, second, place)) = posted.next_if(|(first, _, _)| *first == term) {
                entries.push((*second, *place));
            }
        }
        starts.push(u32::try_from(entries.len()).unwrap_or(NONE));
        (
            self.terms,
            Postings {
                starts,
                entries,
                always: self.always,
            },
        )
    }
}
