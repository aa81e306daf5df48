//! The search page, and the page that says how to search.

use super::View;
use super::card::UpdateCard;
use super::views::{FacetGroup, FacetLink, Named};

/// A filter that is on, and the search without it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ChosenFilter {
    /// As typed: `kind:consultation`.
    pub filter: String,
    /// For people: "Consultation".
    pub name: String,
    /// The search without it.
    pub href: String,
}

/// `/search`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SearchPage {
    /// The query as typed.
    pub query: String,
    /// What was not understood.
    pub problems: Vec<String>,
    /// What was searched for instead, where something was not understood.
    pub understood: Option<String>,
    /// Whether nothing has all the words, and these have some of them.
    pub relaxed: bool,
    /// The same search with words that are there.
    pub suggestion: Option<Named>,
    /// The filters that are on.
    pub chosen: Vec<ChosenFilter>,
    /// How many hits.
    pub total: usize,
    /// The hits of this page.
    pub hits: Vec<UpdateCard>,
    /// Ways to narrow.
    pub facets: Vec<FacetGroup>,
    /// Whether the newest come first.
    pub newest: bool,
    /// The same search in the other order.
    pub other_order: String,
    /// The first page, from a later one.
    pub first: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The same as feeds and files: "Atom" and where.
    pub feeds: Vec<Named>,
}

impl View for SearchPage {
    const TEMPLATE: &'static str = "web/search.html";
    fn sample() -> Self {
        let mut card = UpdateCard::sample();
        card.snippet = Some("A common method for <mark>impact</mark> assessments".to_owned());
        let named = |name: &str, href: &str| Named {
            name: name.to_owned(),
            href: href.to_owned(),
        };
        Self {
            query: "impact".to_owned(),
            problems: vec!["OR needs something on both sides.".to_owned()],
            understood: Some("impact".to_owned()),
            relaxed: true,
            suggestion: Some(named("impact assessment", "/search?q=impact+assessment")),
            chosen: vec![ChosenFilter {
                filter: "open:yes".to_owned(),
                name: "Open now".to_owned(),
                href: "/search?q=impact".to_owned(),
            }],
            total: 1,
            hits: vec![card],
            facets: vec![FacetGroup {
                name: "Framework".to_owned(),
                links: vec![FacetLink::sample_link()],
            }],
            newest: false,
            other_order: "/search?q=impact&order=newest".to_owned(),
            first: Some("/search?q=impact".to_owned()),
            next: Some("/search?q=impact&after=1.2.3".to_owned()),
            feeds: vec![named("Atom", "/search.atom?q=impact")],
        }
    }
}

/// A form of query, and what it finds.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SearchForm {
    /// As typed.
    pub write: String,
    /// What it finds.
    pub finds: String,
    /// The search for it.
    pub href: String,
}

/// Forms of query under a heading.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SearchForms {
    /// The heading.
    pub name: String,
    /// The forms.
    pub forms: Vec<SearchForm>,
}

/// `/search/help`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SearchHelp {
    /// Forms of query.
    pub parts: Vec<SearchForms>,
}

/// The page of the documentation that is shown.
const DOCUMENTED: &str = include_str!("../../docs/searching.md");

impl SearchHelp {
    /// The forms that the documentation has in its tables.
    pub fn documented() -> Self {
        let mut parts: Vec<SearchForms> = Vec::new();
        for line in DOCUMENTED.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                parts.push(SearchForms {
                    name: name.to_owned(),
                    forms: Vec::new(),
                });
            } else if let Some(row) = line.strip_prefix("| `")
                && let Some((write, finds)) = row.split_once("` |")
                && let Some(part) = parts.last_mut()
            {
                let encoded: String =
                    url::form_urlencoded::byte_serialize(write.as_bytes()).collect();
                part.forms.push(SearchForm {
                    write: write.to_owned(),
                    finds: finds.trim().trim_end_matches('|').trim().replace('`', ""),
                    href: format!("/search?q={encoded}"),
                });
            }
        }
        parts.retain(|part| !part.forms.is_empty());
        Self { parts }
    }
}

impl View for SearchHelp {
    const TEMPLATE: &'static str = "web/search_help.html";
    fn sample() -> Self {
        Self::documented()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query;
    use crate::library::{Files, load};

    #[test]
    fn every_documented_form_is_understood() {
        let loaded = load(&Files::built_in());
        let help = SearchHelp::documented();
        let forms: Vec<&SearchForm> = help.parts.iter().flat_map(|part| &part.forms).collect();
        assert!(forms.len() > 18, "{}", forms.len());
        for form in &forms {
            let understood = query::read_in(&form.write, &loaded.library, &loaded.sources);
            assert_eq!(understood.problems, Vec::<String>::new(), "{}", form.write);
        }
        for field in query::FIELDS {
            let begin = format!("{field}:");
            assert!(
                forms.iter().any(|form| form.write.starts_with(&begin)),
                "{field}"
            );
        }
    }
}
