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
    /// Where to go.
    pub ways: Vec<Named>,
}

impl View for AboutPage {
    const TEMPLATE: &'static str = "web/about.html";
    fn sample() -> Self {
        Self {
            coverage: "38 of 41 sources fresh".to_owned(),
            counts: vec![(12, "updates".to_owned())],
            ways: vec![Named {
                name: "Sources".to_owned(),
                href: "/sources".to_owned(),
            }],
        }
    }
}
