//! The front page.

use chrono::DateTime;

use super::View;
use super::calendar::DueView;
use super::card::UpdateCard;
use super::views::{FacetLink, Moment, Named};

/// `/`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Home {
    /// "38 of 41 sources fresh".
    pub coverage: String,
    /// The newest updates.
    pub updates: Vec<UpdateCard>,
    /// How many updates there are.
    pub total: i64,
    /// The frameworks that most of the news is about.
    pub frameworks: Vec<FacetLink>,
    /// What is due next.
    pub due: Vec<DueView>,
    /// Updates a week, as a plot.
    pub weeks: Option<String>,
    /// The same as a table: the week's first day and a number each.
    pub week_rows: Vec<(String, u64)>,
    /// The newest issue.
    pub issue: Option<Named>,
    /// When the next one closes.
    pub next_issue: Option<Moment>,
    /// The address of older updates.
    pub older: Option<String>,
}

impl View for Home {
    const TEMPLATE: &'static str = "web/home.html";
    fn sample() -> Self {
        Self {
            coverage: "38 of 41 sources fresh".to_owned(),
            updates: vec![UpdateCard::sample()],
            total: 1,
            frameworks: vec![FacetLink::sample_link()],
            due: vec![DueView::default()],
            weeks: super::plots::columns("Updates a week", &[1, 2], "1 May", "8 May"),
            week_rows: vec![("1 May".to_owned(), 1)],
            issue: Some(Named {
                name: "weekly 12".to_owned(),
                href: "/digests/12".to_owned(),
            }),
            next_issue: Some(Moment::at(DateTime::UNIX_EPOCH)),
            older: Some("/?before=7".to_owned()),
        }
    }
}
