//! Relations between frameworks: a matrix, a graph, and the relations in words.

use super::calendar::Choice;
use super::framework::MappingView;
use super::views::Named;
use super::{FacetLink, View};

/// A cell of the matrix.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MatrixCell {
    /// The relation in a word; empty where there is none.
    pub word: String,
    /// The relation in full, for those who hear it.
    pub sentence: String,
    /// Where it is told, on this page.
    pub href: String,
    /// Whether there is a public mapping.
    pub mapped: bool,
    /// Whether it is the diagonal.
    pub same: bool,
}

/// A row of the matrix.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MatrixRow {
    /// The framework.
    pub framework: Named,
    /// Its cells, in the order of the columns.
    pub cells: Vec<MatrixCell>,
}

/// A relation in words.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct RelationLine {
    /// For addresses.
    pub id: String,
    /// One side.
    pub a: Named,
    /// The words between.
    pub words: String,
    /// The other side.
    pub b: Named,
    /// In our words.
    pub note: String,
    /// A public mapping.
    pub mapping: Option<MappingView>,
}

/// `/crosswalks`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct CrosswalksPage {
    /// The framework in the middle, where one is chosen.
    pub centre: Option<Named>,
    /// What was asked for and is not known.
    pub problem: Option<String>,
    /// Frameworks to choose from.
    pub choices: Vec<Choice>,
    /// The graph.
    pub graph: Option<String>,
    /// The matrix's columns.
    pub columns: Vec<Named>,
    /// The matrix's rows.
    pub rows: Vec<MatrixRow>,
    /// The relations that are shown, in words.
    pub relations: Vec<RelationLine>,
    /// How many there are in all.
    pub total: usize,
    /// Ways to see others.
    pub groups: Vec<FacetLink>,
}

impl View for CrosswalksPage {
    const TEMPLATE: &'static str = "web/crosswalks.html";
    fn sample() -> Self {
        let named = |name: &str| Named {
            name: name.to_owned(),
            href: "/frameworks/iso-iec-42001".to_owned(),
        };
        Self {
            centre: Some(named("ISO/IEC 42001")),
            problem: Some("There is no framework “x”.".to_owned()),
            choices: vec![Choice::default()],
            graph: None,
            columns: vec![named("EU AI Act")],
            rows: vec![MatrixRow {
                framework: named("ISO/IEC 42001"),
                cells: vec![MatrixCell {
                    word: "maps".to_owned(),
                    sentence: "A maps to B".to_owned(),
                    href: "#r1".to_owned(),
                    mapped: true,
                    same: false,
                }],
            }],
            relations: vec![RelationLine {
                id: "r1".to_owned(),
                a: named("A"),
                words: "maps to".to_owned(),
                b: named("B"),
                note: "A note.".to_owned(),
                mapping: Some(MappingView {
                    name: "A mapping".to_owned(),
                    publisher: "NIST".to_owned(),
                    licence: Some("free".to_owned()),
                    verified: false,
                    earlier: vec!["written for the earlier edition".to_owned()],
                }),
            }],
            total: 75,
            groups: vec![FacetLink::default()],
        }
    }
}
