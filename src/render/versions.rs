//! `/sources/{id}/versions`: the versions of a watched page, and what changed between any two.

use chrono::DateTime;

use super::View;
use super::views::Moment;
use crate::domain::page_change::PageChange;
use crate::domain::source::{Source, Terms};
use crate::domain::update::Content;
use crate::domain::watched::VersionLine;
use crate::text::html::SafeHtml;

/// One version of a watched page.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct VersionRow {
    /// Its number.
    pub number: u32,
    /// When it was read.
    pub at: Moment,
    /// The document it was read from.
    pub document: i64,
    /// How much the change weighs that led to it; none where watching began with it.
    pub weight: Option<String>,
    /// How many passages were changed.
    pub counts: Option<String>,
    /// Whether it is the earlier of the two that are compared.
    pub is_from: bool,
    /// Whether it is the later of them.
    pub is_to: bool,
}

/// What changed between two versions, as far as the terms allow.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DiffView {
    /// The version before.
    pub from: u32,
    /// The version after.
    pub to: u32,
    /// How many passages were changed.
    pub counts: String,
    /// How much it weighs.
    pub weight: String,
    /// Whether the page was built anew in between.
    pub redesigned: bool,
    /// The change as safe HTML, where the terms allow all of it.
    pub body: String,
    /// As much of it in plain text as the terms allow, where they do not.
    pub summary: String,
}

impl DiffView {
    /// A change between two versions of a source's page.
    pub fn new(from: u32, to: u32, change: &PageChange, source: &Source) -> Self {
        // Only what may be shown is made, and by the one rule that says what may.
        let body = match source.terms {
            Terms::Full => change.html(),
            Terms::Excerpt | Terms::Metadata => SafeHtml::default(),
        };
        let shared = source.terms.share(&Content {
            summary: change.summary(),
            body,
            ..Content::default()
        });
        Self {
            from,
            to,
            counts: change.counts(),
            weight: weight(change.weight),
            redesigned: change.redesigned,
            body: shared.body.map(SafeHtml::into_string).unwrap_or_default(),
            summary: shared.summary,
        }
    }
}

/// A weight as people read it: 0.00 to 1.00.
pub(super) fn weight(weight: f64) -> String {
    format!("{weight:.2}")
}

/// `/sources/{id}/versions`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct VersionsPage {
    /// The source.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub home: String,
    /// Words that must be shown with it.
    pub attribution: Option<String>,
    /// The versions, the newest first.
    pub versions: Vec<VersionRow>,
    /// What changed between the two that were chosen.
    pub diff: Option<DiffView>,
    /// Why nothing is compared, where two were chosen.
    pub problem: Option<String>,
}

impl VersionsPage {
    /// The page of a source with its versions, the earliest first; none is compared yet.
    pub fn new(source: &Source, versions: &[VersionLine], chosen: Option<(u32, u32)>) -> Self {
        let row = |line: &VersionLine| VersionRow {
            number: line.version,
            at: Moment::at(line.at),
            document: line.document,
            weight: line.weight.map(weight),
            counts: line.counts.clone(),
            is_from: chosen.is_some_and(|(from, _)| from == line.version),
            is_to: chosen.is_some_and(|(_, to)| to == line.version),
        };
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            home: source
                .home
                .clone()
                .unwrap_or_else(|| source.url.as_str().to_owned()),
            attribution: source.attribution.clone(),
            versions: versions.iter().rev().map(row).collect(),
            diff: None,
            problem: None,
        }
    }
}

impl View for VersionsPage {
    const TEMPLATE: &'static str = "web/versions.html";
    fn sample() -> Self {
        let row = |number: u32| VersionRow {
            number,
            at: Moment::at(DateTime::UNIX_EPOCH),
            document: i64::from(number),
            weight: (number > 1).then(|| "0.42".to_owned()),
            counts: (number > 1).then(|| "1 passage changed".to_owned()),
            is_from: number == 1,
            is_to: number == 2,
        };
        Self {
            id: "a-page".to_owned(),
            name: "A watched page".to_owned(),
            home: "https://www.example.org/guidance".to_owned(),
            attribution: Some("Made from open data".to_owned()),
            versions: vec![row(2), row(1)],
            diff: Some(DiffView {
                from: 1,
                to: 2,
                counts: "1 passage changed".to_owned(),
                weight: "0.42".to_owned(),
                redesigned: true,
                body: "<p>within <del>30</del> <ins>15</ins> days</p>".to_owned(),
                summary: "within [-30-] {+15+} days".to_owned(),
            }),
            problem: Some("There is no version 9.".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::AddressTemplate;
    use crate::domain::change::Fingerprint;
    use crate::domain::page::BlockKind;
    use crate::domain::page_change::BlockEdit;
    use crate::domain::source::{EXCERPT_CHARACTERS, SourceKind};
    use crate::text::diff;

    #[test]
    fn the_terms_say_how_much_of_a_change_is_shown() {
        let long = "secret ".repeat(200);
        let change = PageChange {
            edits: vec![BlockEdit {
                block: BlockKind::Paragraph,
                under: vec!["<b>Duties</b>".to_owned()],
                anchor: None,
                spans: diff::words(&format!("{long} 30"), &format!("{long} 15 <script>")),
                weight: 0.4,
                fingerprint: Fingerprint(1),
            }],
            weight: 0.4,
            note: None,
            fingerprint: Fingerprint(1),
            redesigned: false,
            returned: false,
        };
        let mut source = Source::new(
            "s".parse().unwrap(),
            "iso".parse().unwrap(),
            "S",
            SourceKind::Page,
            AddressTemplate::new("https://e.org/").unwrap(),
        );
        let mut view = |terms| {
            source.terms = terms;
            DiffView::new(1, 2, &change, &source)
        };
        let full = view(Terms::Full);
        assert!(full.body.contains("<ins>") && full.body.contains("&lt;b&gt;"));
        assert!(!full.body.contains("<script>"));
        let excerpt = view(Terms::Excerpt);
        assert!(excerpt.body.is_empty() && excerpt.summary.contains("{+15"));
        assert!(excerpt.summary.chars().count() <= EXCERPT_CHARACTERS);
        let metadata = view(Terms::Metadata);
        assert!(metadata.body.is_empty() && metadata.summary.is_empty());
        assert_eq!(
            (metadata.counts.as_str(), metadata.weight.as_str()),
            ("1 passage changed", "0.40")
        );
    }
}
