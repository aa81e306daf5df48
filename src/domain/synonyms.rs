//! Words that mean the same to somebody who searches: of the field, and of its languages.

use std::collections::HashMap;

use super::library::Library;
use super::query::Filter;
use crate::text::{stem, words};

/// The longest form looked for, in words.
pub const LONGEST: usize = 10;
/// The most other forms of one meaning that are searched for.
pub const MOST_FORMS: usize = 24;

/// What some words mean: other words for it, and what updates about it are tagged with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    /// Words for it, each a list of words as they are indexed.
    pub forms: Vec<Vec<String>>,
    /// Tags of updates about it.
    pub tags: Vec<Filter>,
}

/// All meanings that are known, by the words for them.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    meanings: Vec<Meaning>,
    by_form: HashMap<String, Vec<usize>>,
}

/// Words as they are indexed and looked up.
pub fn keys(text: &str) -> Vec<String> {
    words::tokens(text)
        .into_iter()
        .map(|token| stem::key(&token.text).to_owned())
        .collect()
}

impl Synonyms {
    /// Groups of words that mean the same, and the names that the library has for its things:
    /// what is tagged with them is found by every one of their names.
    pub fn new(groups: &[Vec<String>], library: &Library) -> Self {
        let mut out = Self::default();
        for group in groups {
            out.add(group.iter().map(String::as_str), true, None);
        }
        for one in &library.frameworks {
            let foreign = one.aliases_i18n.iter().flat_map(|(_, names)| names);
            let names = [&one.short, &one.title].into_iter().chain(&one.aliases);
            let names = names.chain(foreign).map(String::as_str);
            out.add(names, false, Some(Filter::Framework(one.id.clone())));
        }
        for one in &library.bodies {
            let names = std::iter::once(&one.name).chain(&one.aliases);
            out.add(
                names.map(String::as_str),
                false,
                Some(Filter::Body(one.id.clone())),
            );
        }
        for one in &library.jurisdictions {
            let names = std::iter::once(&one.name)
                .chain(&one.names)
                .chain(&one.demonyms);
            let tag = Filter::Jurisdiction(one.id.clone());
            out.add(names.map(String::as_str), false, Some(tag));
        }
        for one in &library.topics {
            let names = std::iter::once(&one.name).chain(&one.aliases);
            out.add(
                names.map(String::as_str),
                false,
                Some(Filter::Topic(one.id.clone())),
            );
        }
        // What the library knows by one of a group's words, the whole group means.
        for place in 0..groups.len() {
            let Some(meaning) = out.meanings.get(place) else {
                break;
            };
            let tags: Vec<Filter> = meaning
                .forms
                .iter()
                .filter_map(|form| out.by_form.get(&form.join(" ")))
                .flatten()
                .filter(|other| **other >= groups.len())
                .filter_map(|other| out.meanings.get(*other))
                .flat_map(|other| other.tags.iter().cloned())
                .collect();
            if let Some(meaning) = out.meanings.get_mut(place) {
                for tag in tags {
                    if !meaning.tags.contains(&tag) {
                        meaning.tags.push(tag);
                    }
                }
            }
        }
        out
    }

    fn add<'a>(
        &mut self,
        names: impl Iterator<Item = &'a str>,
        searched: bool,
        tag: Option<Filter>,
    ) {
        let place = self.meanings.len();
        let mut meaning = Meaning {
            forms: Vec::new(),
            tags: tag.into_iter().collect(),
        };
        for name in names {
            let form = keys(name);
            if form.is_empty() || form.len() > LONGEST {
                continue;
            }
            let places = self.by_form.entry(form.join(" ")).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
            // The tagger has read the library's names already; words of a group nobody has.
            if searched && !meaning.forms.contains(&form) {
                meaning.forms.push(form);
            }
        }
        self.meanings.push(meaning);
    }

    /// What some words mean beside what they say.
    pub fn of(&self, form: &[String]) -> Vec<&Meaning> {
        self.by_form
            .get(&form.join(" "))
            .into_iter()
            .flatten()
            .filter_map(|place| self.meanings.get(*place))
            .collect()
    }
}
