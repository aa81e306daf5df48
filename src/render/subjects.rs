//! Pages about a jurisdiction, a topic or a body, and the lists of them.

use super::calendar::DueView;
use super::card::UpdateCard;
use super::views::Named;
use super::{FacetGroup, FacetLink, View};

/// One line of a list.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SubjectRow {
    /// Its name and page.
    pub subject: Named,
    /// What else is to be known at a glance.
    pub under: String,
    /// How many updates are tagged with it.
    pub count: u64,
}

/// A part of a list.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SubjectGroup {
    /// For addresses.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// Its lines.
    pub rows: Vec<SubjectRow>,
}

/// `/frameworks`, `/jurisdictions`, `/topics`, `/bodies`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SubjectsPage {
    /// The heading.
    pub title: String,
    /// What stands here.
    pub lead: String,
    /// The path of the list.
    pub path: String,
    /// What the list was narrowed by.
    pub query: String,
    /// Parts to choose from.
    pub parts: Vec<FacetLink>,
    /// The lines.
    pub groups: Vec<SubjectGroup>,
    /// How many lines there are.
    pub total: usize,
    /// Other lists.
    pub others: Vec<Named>,
}

impl View for SubjectsPage {
    const TEMPLATE: &'static str = "web/subjects.html";
    fn sample() -> Self {
        let named = Named {
            name: "European Union".to_owned(),
            href: "/jurisdictions/eu".to_owned(),
        };
        Self {
            title: "Jurisdictions".to_owned(),
            lead: "Where rules hold.".to_owned(),
            path: "/jurisdictions".to_owned(),
            query: "eu".to_owned(),
            parts: vec![FacetLink {
                name: "Countries".to_owned(),
                count: 40,
                href: "/jurisdictions?kind=country".to_owned(),
                chosen: true,
            }],
            groups: vec![SubjectGroup {
                id: "supranational".to_owned(),
                heading: "Supranational".to_owned(),
                rows: vec![SubjectRow {
                    subject: named.clone(),
                    under: "27 members".to_owned(),
                    count: 12,
                }],
            }],
            total: 1,
            others: vec![named],
        }
    }
}

/// A heading with links under it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct LinkGroup {
    /// The heading.
    pub heading: String,
    /// The links.
    pub links: Vec<Named>,
}

/// `/jurisdictions/{id}`, `/topics/{id}`, `/bodies/{id}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SubjectPage {
    /// The list that it stands in.
    pub list: Named,
    /// Its name.
    pub title: String,
    /// What it is.
    pub lead: String,
    /// What is known of it: a name and a text each.
    pub facts: Vec<(String, String)>,
    /// Its own site.
    pub homepage: Option<String>,
    /// What it is connected with.
    pub groups: Vec<LinkGroup>,
    /// What is due.
    pub dates: Vec<DueView>,
    /// All that is due.
    pub calendar: Option<String>,
    /// The same for calendars.
    pub ics: Option<String>,
    /// The newest updates.
    pub updates: Vec<UpdateCard>,
    /// How many there are.
    pub total: usize,
    /// The search for all of them.
    pub search: String,
    /// What they are about.
    pub facets: Vec<FacetGroup>,
    /// How much of it there was by month.
    pub plot: Option<String>,
}

impl View for SubjectPage {
    const TEMPLATE: &'static str = "web/subject.html";
    fn sample() -> Self {
        let named = Named {
            name: "Jurisdictions".to_owned(),
            href: "/jurisdictions".to_owned(),
        };
        Self {
            list: named.clone(),
            title: "European Union".to_owned(),
            lead: "Supranational.".to_owned(),
            facts: vec![("Kind".to_owned(), "supranational".to_owned())],
            homepage: Some("https://europa.eu".to_owned()),
            groups: vec![LinkGroup {
                heading: "Members".to_owned(),
                links: vec![named],
            }],
            dates: vec![DueView::default()],
            calendar: Some("/calendar?jurisdiction=eu".to_owned()),
            ics: Some("/jurisdictions/eu/calendar.ics".to_owned()),
            updates: vec![UpdateCard::sample()],
            total: 3,
            search: "/search?q=jurisdiction:eu".to_owned(),
            facets: vec![FacetGroup {
                name: "Framework".to_owned(),
                links: vec![FacetLink::default()],
            }],
            plot: None,
        }
    }
}
