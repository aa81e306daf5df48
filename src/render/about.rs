//! Pages about the site itself.

use super::View;
use super::views::Named;

/// `/about`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AboutPage {
    /// "38 of 41 sources fresh".
    pub coverage: String,
    /// What there is: a number and what it counts.
    pub counts: Vec<(i64, String)>,
    /// The rules of tagging: name and meaning.
    pub rules: Vec<(&'static str, &'static str)>,
    /// Where to go.
    pub ways: Vec<Named>,
}

impl View for AboutPage {
    const TEMPLATE: &'static str = "web/about.html";
    fn sample() -> Self {
        Self {
            coverage: "38 of 41 sources fresh".to_owned(),
            counts: vec![(12, "updates".to_owned())],
            rules: vec![("reference", "cited by its number")],
            ways: vec![Named {
                name: "Sources".to_owned(),
                href: "/sources".to_owned(),
            }],
        }
    }
}
