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

/// `/privacy`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PrivacyPage {}

impl View for PrivacyPage {
    const TEMPLATE: &'static str = "web/privacy.html";
    fn sample() -> Self {
        Self {}
    }
}

/// `/subscribe`, as long as readers cannot sign up by themselves.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct NoSignUpPage {
    /// The framework that the reader came from.
    pub framework: Option<Named>,
}

impl View for NoSignUpPage {
    const TEMPLATE: &'static str = "web/no_sign_up.html";
    fn sample() -> Self {
        Self {
            framework: Some(Named {
                name: "ISO/IEC 42001".to_owned(),
                href: "/frameworks/iso-iec-42001".to_owned(),
            }),
        }
    }
}
