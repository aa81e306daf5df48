//! The weekly word to whoever runs this.

use super::mail::MailView;

/// What the operator's templates are filled with.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct OperatorMail {
    /// One line.
    pub subject: String,
    /// The moment that the week ended with.
    pub until: String,
    /// How much of the world was read.
    pub coverage: String,
    /// What there is to know.
    pub sections: Vec<OperatorSection>,
    /// The site's own address.
    pub base_url: String,
}

/// One thing to know.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct OperatorSection {
    /// Its heading.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// What is said where there is none.
    pub nothing: String,
}

impl MailView for OperatorMail {
    const KIND: &'static str = "operator";
}
