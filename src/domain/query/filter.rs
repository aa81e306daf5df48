//! Filters: fields, what their values may be, and what is told of other ones.

use chrono::{Datelike as _, NaiveDate};

use super::Filter;
use crate::domain::id::{BodyId, FrameworkId, InvalidId, JurisdictionId, SourceId, TopicId};
use crate::domain::library::Library;
use crate::domain::reference::{self, KnownWorks};
use crate::domain::source::Source;
use crate::domain::update::{Authority, UpdateKind};
use crate::text::table::nearest;
use crate::text::words::fold;

/// The fields of filters.
pub const FIELDS: &[&str] = &[
    "framework",
    "jurisdiction",
    "body",
    "topic",
    "kind",
    "source",
    "standard",
    "authority",
    "language",
    "after",
    "before",
    "open",
];

/// What filters are understood by.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) known: &'a KnownWorks,
    /// What there is, where somebody can be told so.
    pub(super) of: Option<(&'a Library, &'a [Source])>,
}

fn searched(what: impl std::fmt::Display) -> String {
    format!("{what} Searched for the words instead.")
}

impl Names<'_> {
    /// The filter that a field and its value mean, or what is wrong with them.
    pub(super) fn filter(&self, field: &str, value: &str) -> Result<Filter, String> {
        if value.is_empty() {
            return Err(format!("`{field}:` has no value and was left out."));
        }
        let lower = value.to_lowercase();
        match field {
            "framework" => self
                .named(field, value, FrameworkId::new, |library, _| {
                    Box::new(library.frameworks.iter().map(|one| {
                        let names = [&one.short, &one.title].into_iter().chain(&one.aliases);
                        let foreign = one.aliases_i18n.iter().flat_map(|(_, names)| names);
                        (
                            one.id.clone(),
                            names.chain(foreign).map(String::as_str).collect(),
                        )
                    }))
                })
                .map(Filter::Framework),
            "jurisdiction" => self
                .named(field, value, JurisdictionId::new, |library, _| {
                    Box::new(library.jurisdictions.iter().map(|one| {
                        let names = std::iter::once(&one.name).chain(&one.names);
                        (one.id.clone(), names.map(String::as_str).collect())
                    }))
                })
                .map(Filter::Jurisdiction),
            "body" => self
                .named(field, value, BodyId::new, |library, _| {
                    Box::new(library.bodies.iter().map(|one| {
                        let names = std::iter::once(&one.name).chain(&one.aliases);
                        (one.id.clone(), names.map(String::as_str).collect())
                    }))
                })
                .map(Filter::Body),
            "topic" => self
                .named(field, value, TopicId::new, |library, _| {
                    Box::new(library.topics.iter().map(|one| {
                        let names = std::iter::once(&one.name).chain(&one.aliases);
                        (one.id.clone(), names.map(String::as_str).collect())
                    }))
                })
                .map(Filter::Topic),
            "source" => self
                .named(field, value, SourceId::new, |_, sources| {
                    Box::new(
                        sources
                            .iter()
                            .map(|one| (one.id.clone(), vec![one.name.as_str()])),
                    )
                })
                .map(Filter::Source),
            "kind" => lower
                .replace([' ', '-'], "_")
                .parse()
                .map(Filter::Kind)
                .map_err(|error: String| {
                    let kinds = UpdateKind::ALL.iter().map(|kind| kind.as_str());
                    match nearest(&lower.replace([' ', '-'], "_"), kinds) {
                        Some(near) => searched(format!("{error}; did you mean `kind:{near}`?")),
                        None => searched(format!("{error}.")),
                    }
                }),
            "standard" => {
                let work = reference::read(value, self.known)
                    .into_iter()
                    .next()
                    .map_or_else(|| value.to_owned(), |reference| reference.work);
                Ok(Filter::Standard(work))
            }
            "authority" => match lower.as_str() {
                "official" => Ok(Filter::Authority(Authority::Official)),
                "accredited" => Ok(Filter::Authority(Authority::Accredited)),
                "secondary" => Ok(Filter::Authority(Authority::Secondary)),
                _ => Err(searched(format!(
                    "`{value}` is no authority: official, accredited or secondary."
                ))),
            },
            "language" if lower.len() == 2 && lower.bytes().all(|b| b.is_ascii_lowercase()) => {
                Ok(Filter::Language(lower))
            }
            "language" => Err(searched(format!(
                "`{value}` is no language code of two letters."
            ))),
            "after" => day(value)
                .map(Filter::After)
                .ok_or_else(|| no_day(field, value)),
            "before" => day(value)
                .map(Filter::Before)
                .ok_or_else(|| no_day(field, value)),
            "open" => match lower.as_str() {
                "yes" | "true" | "1" => Ok(Filter::Open(true)),
                "no" | "false" | "0" => Ok(Filter::Open(false)),
                _ => Err(format!(
                    "`open:{value}` is neither yes nor no and was left out."
                )),
            },
            _ => Err(searched(format!("`{field}` is no field."))),
        }
    }

    /// What an identifier or a name of it means.
    fn named<'a, Id: Clone + PartialEq + std::fmt::Display>(
        &'a self,
        field: &str,
        value: &str,
        read: impl Fn(String) -> Result<Id, InvalidId>,
        all: impl Fn(&'a Library, &'a [Source]) -> Box<dyn Iterator<Item = (Id, Vec<&'a str>)> + 'a>,
    ) -> Result<Id, String> {
        let written = read(value.to_ascii_lowercase());
        let Some((library, sources)) = self.of else {
            return written.map_err(|error| searched(format!("{error}.")));
        };
        if let Ok(id) = &written
            && all(library, sources).any(|(one, _)| one == *id)
        {
            return written.map_err(|error| error.to_string());
        }
        let folded = fold(value);
        let is_named = |same: &dyn Fn(&str) -> bool| {
            let mut all = all(library, sources);
            all.find(|(_, names)| names.iter().any(|name| same(name)))
        };
        // `iso-42001` is ISO 42001, however its parts are joined.
        let letters = letters_of(&folded);
        let found = is_named(&|name| fold(name) == folded).or_else(|| {
            let joined = !letters.is_empty();
            joined.then(|| is_named(&|name| letters_of(&fold(name)) == letters))?
        });
        if let Some((id, _)) = found {
            return Ok(id);
        }
        let ids: Vec<String> = all(library, sources)
            .map(|(id, _)| id.to_string())
            .collect();
        let lower = value.to_lowercase();
        // The first word of several is as likely a slip as a wrong letter: `nist` of `nist-news`.
        let begins = |id: &&String| {
            id.strip_prefix(&lower)
                .is_some_and(|rest| rest.starts_with('-'))
        };
        let meant: Vec<&str> = match nearest(&lower, ids.iter().map(String::as_str)) {
            Some(near) => vec![near],
            None => ids
                .iter()
                .filter(begins)
                .map(String::as_str)
                .take(3)
                .collect(),
        };
        let meant: Vec<String> = meant.iter().map(|id| format!("`{field}:{id}`")).collect();
        Err(searched(if meant.is_empty() {
            format!("There is no {field} `{value}`.")
        } else {
            format!(
                "There is no {field} `{value}`; did you mean {}?",
                meant.join(" or ")
            )
        }))
    }
}

/// A name without what only joins its parts: "CE+" is more than "CE".
fn letters_of(name: &str) -> String {
    let joins = |c: &char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | '_' | ':');
    name.chars().filter(|c| !joins(c)).collect()
}

fn no_day(field: &str, value: &str) -> String {
    format!("`{field}:{value}` is no date such as 2026-03-02 and was left out.")
}

/// Days that a date of the index can hold, with room to spare.
const YEARS: std::ops::RangeInclusive<i32> = 1700..=2250;

fn day(text: &str) -> Option<NaiveDate> {
    let day: NaiveDate = text
        .parse()
        .ok()
        .or_else(|| format!("{text}-01").parse().ok())
        .or_else(|| format!("{text}-01-01").parse().ok())?;
    YEARS.contains(&day.year()).then_some(day)
}
