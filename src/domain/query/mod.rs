//! The query language: one grammar for search, feeds, interfaces and saved searches.
//!
//! Words, `"phrases"`, `prefix*`, `field:value`, `AND`, `OR`, `NOT`, `-`, brackets, in any order.
//! Reading never fails: what cannot be understood is said, and the rest is searched for.

mod filter;
mod read;
mod told;

use chrono::NaiveDate;

use super::id::{BodyId, FrameworkId, JurisdictionId, SourceId, TopicId};
use super::library::Library;
use super::reference::KnownWorks;
use super::source::Source;
use super::update::{Authority, UpdateKind};

pub use filter::FIELDS;

/// The longest query read, in characters (contract: W5).
pub const LONGEST: usize = 512;
/// The most clauses read.
pub const MOST_CLAUSES: usize = 32;
/// The most problems told of one query.
pub const MOST_PROBLEMS: usize = 12;

/// A filter on what an update is tagged with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// `framework:`
    Framework(FrameworkId),
    /// `jurisdiction:`
    Jurisdiction(JurisdictionId),
    /// `body:`
    Body(BodyId),
    /// `topic:`
    Topic(TopicId),
    /// `kind:`
    Kind(UpdateKind),
    /// `source:`
    Source(SourceId),
    /// `standard:` a work, in any spelling
    Standard(String),
    /// `authority:`
    Authority(Authority),
    /// `language:`
    Language(String),
    /// `after:` that day or later
    After(NaiveDate),
    /// `before:` earlier than that day
    Before(NaiveDate),
    /// `open:yes` takes comments or votes today, `open:no` does not
    Open(bool),
}

/// A query as understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// Everything.
    All,
    /// A word, or the words that begin so.
    Word {
        /// As typed.
        text: String,
        /// Whether longer words match too.
        prefix: bool,
    },
    /// Words in this order, side by side.
    Phrase(String),
    /// A citation typed in some spelling: what cites the work, or has these words.
    Citation {
        /// The work.
        work: String,
        /// As typed.
        text: String,
    },
    /// A filter.
    Filter(Filter),
    /// All of them.
    And(Vec<Query>),
    /// At least one of them.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
}

/// What was made of a query's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// What is searched for.
    pub query: Query,
    /// What was not understood, and what was done instead; sentences for the reader.
    pub problems: Vec<String>,
}

impl Query {
    /// The words and phrases that a match is shown by, filters and negations left out.
    pub fn words(&self) -> Vec<&str> {
        let mut out = Vec::new();
        self.gather(&mut out);
        out
    }

    /// The filters that every hit fulfils: those that stand beside everything else.
    pub fn filters(&self) -> Vec<&Filter> {
        match self {
            Self::Filter(filter) => vec![filter],
            Self::And(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Self::Filter(filter) => Some(filter),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The same, narrowed by one more filter.
    #[must_use]
    pub fn with(&self, filter: Filter) -> Self {
        let filter = Self::Filter(filter);
        match self {
            Self::All => filter,
            Self::And(parts) if parts.contains(&filter) => self.clone(),
            Self::And(parts) => Self::And(parts.iter().cloned().chain([filter]).collect()),
            one if *one == filter => filter,
            one => Self::And(vec![one.clone(), filter]),
        }
    }

    /// The same without a filter that stands beside everything else.
    #[must_use]
    pub fn without(&self, filter: &Filter) -> Self {
        let is_it = |part: &Self| matches!(part, Self::Filter(one) if one == filter);
        match self {
            Self::And(parts) => {
                let mut rest: Vec<Self> =
                    parts.iter().filter(|part| !is_it(part)).cloned().collect();
                match rest.len() {
                    0 => Self::All,
                    1 => rest.pop().unwrap_or(Self::All),
                    _ => Self::And(rest),
                }
            }
            one if is_it(one) => Self::All,
            one => one.clone(),
        }
    }

    fn gather<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::Word { text, .. } | Self::Phrase(text) | Self::Citation { text, .. } => {
                out.push(text)
            }
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.gather(out)),
            Self::All | Self::Filter(_) | Self::Not(_) => {}
        }
    }
}
/// Reads a query; `known` completes citations ("ISO 42001" is ISO/IEC 42001).
pub fn read(text: &str, known: &KnownWorks) -> Understood {
    read::read(text, filter::Names { known, of: None })
}

/// Reads a query of somebody who can be told what there is: a filter takes names beside
/// identifiers (`framework:"AI Act"`), and one that means nothing known is said and read as words.
pub fn read_in(text: &str, library: &Library, sources: &[Source]) -> Understood {
    let names = filter::Names {
        known: &library.known_works,
        of: Some((library, sources)),
    };
    read::read(text, names)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::update::UpdateKind;

    fn understood(text: &str) -> Understood {
        read(text, &KnownWorks::default())
    }

    fn w(text: &str) -> Query {
        Query::Word {
            text: text.to_owned(),
            prefix: false,
        }
    }

    #[test]
    fn the_grammar() {
        use Query::{All, And, Not, Or, Phrase};
        let not = |query: Query| Not(Box::new(query));
        for (text, query) in [
            ("", All),
            ("risk", w("risk")),
            ("risk register", And(vec![w("risk"), w("register")])),
            ("risk AND register", And(vec![w("risk"), w("register")])),
            (
                "a1 OR b1 c1",
                Or(vec![w("a1"), And(vec![w("b1"), w("c1")])]),
            ),
            (
                "(a1 OR b1) c1",
                And(vec![Or(vec![w("a1"), w("b1")]), w("c1")]),
            ),
            ("fine -bank", And(vec![w("fine"), not(w("bank"))])),
            ("NOT bank", not(w("bank"))),
            ("\"model risk\"", Phrase("model risk".to_owned())),
            ("“model risk”", Phrase("model risk".to_owned())),
            (
                "guidelin*",
                Query::Word {
                    text: "guidelin".to_owned(),
                    prefix: true,
                },
            ),
            (
                "kind:consultation",
                Query::Filter(Filter::Kind(UpdateKind::Consultation)),
            ),
            (
                "after:2026-01",
                Query::Filter(Filter::After("2026-01-01".parse().unwrap())),
            ),
            ("e-mail", w("e-mail")),
            ("https://e.org", w("https://e.org")),
        ] {
            let got = understood(text);
            assert_eq!(got.query, query, "{text}");
            assert_eq!(got.problems, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_is_searched_for() {
        for (text, query, part) in [
            (
                "\"open phrase",
                Query::Phrase("open phrase".to_owned()),
                "quotation",
            ),
            (
                "kind:news x1",
                Query::And(vec![Query::Phrase("news".to_owned()), w("x1")]),
                "kind",
            ),
            ("bank AND", w("bank"), "AND needs"),
            ("OR bank", w("bank"), "OR needs"),
            ("((bank", w("bank"), "bracket"),
            ("bank)", w("bank"), "bracket"),
            ("NOT", Query::All, "NOT needs"),
            ("after:soon bank", w("bank"), "date"),
            ("*bank", w("bank"), "star"),
        ] {
            let got = understood(text);
            assert!(
                got.problems.iter().any(|p| p.contains(part)),
                "{text}: {:?}",
                got.problems
            );
            assert_eq!(got.query, query, "{text}");
        }
    }

    #[test]
    fn somebody_who_can_be_told_what_there_is_is_told() {
        let loaded = crate::library::load(&crate::library::Files::built_in());
        let read = |text: &str| read_in(text, &loaded.library, &loaded.sources);
        for (text, told) in [
            ("framework:\"EU AI Act\" risk", "framework:eu-ai-act risk"),
            ("framework:DSGVO", "framework:gdpr"),
            ("framework:eu-aiact", "framework:eu-ai-act"),
            ("jurisdiction:\"European Union\"", "jurisdiction:eu"),
            (
                "open:yes after:2026-01 kind:\"public consultation\"",
                "open:yes after:2026-01-01 \"public consultation\"",
            ),
            ("standard:\"iso 42001\"", "standard:\"ISO/IEC 42001\""),
        ] {
            assert_eq!(read(text).query.to_string(), told, "{text}");
        }
        for (text, told, part) in [
            (
                "framework:eu-ai-akt x1",
                "\"eu-ai-akt\" x1",
                "did you mean `framework:eu-ai-act`",
            ),
            (
                "frameworks:gdpr",
                "frameworks:gdpr",
                "did you mean `framework:`",
            ),
            ("open:maybe x1", "x1", "yes nor no"),
            ("after:9999-01-01", "", "no date"),
        ] {
            let got = read(text);
            assert_eq!(got.query.to_string(), told, "{text}");
            assert!(
                got.problems.iter().any(|p| p.contains(part)),
                "{text}: {:?}",
                got.problems
            );
        }
    }

    #[test]
    fn filters_are_put_on_and_taken_away() {
        let kind = Filter::Kind(UpdateKind::Consultation);
        let open = Filter::Open(true);
        let words = understood("risk OR fine").query;
        let one = words.with(kind.clone());
        assert_eq!(one.to_string(), "(risk OR fine) kind:consultation");
        assert_eq!(one.with(kind.clone()), one);
        let two = one.with(open.clone());
        assert_eq!(two.filters(), [&kind, &open]);
        assert_eq!(two.without(&open), one);
        assert_eq!(one.without(&kind), words);
        assert_eq!(Query::All.with(open.clone()).without(&open), Query::All);
    }

    #[test]
    fn bombs_are_bounded() {
        let words = "a1 ".repeat(170);
        let Query::And(parts) = understood(&words).query else {
            panic!("words are joined")
        };
        assert_eq!(parts.len(), MOST_CLAUSES);
        assert!(!understood(&"(".repeat(500)).problems.is_empty());
        assert!(!understood(&"-(".repeat(250)).problems.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            understood(&text);
        }

        #[test]
        fn what_is_told_is_read_as_it_was_meant(parts in proptest::collection::vec(prop_oneof![
            Just("("), Just(")"), Just("AND"), Just("OR"), Just("NOT"), Just("-x1"), Just("x2*"), Just("\"x3 x4\""),
            Just("word"), Just("kind:consultation"), Just("standard:\"ISO 42001\""), Just("after:2026-01-01"),
            Just("open:yes"), Just("ISO/IEC 42001:2023"), Just("colour:red"), Just("«x5 x6»")
        ], 0..24)) {
            let first = understood(&parts.join(" "));
            let told = first.query.to_string();
            let again = understood(&told);
            prop_assert_eq!(again.query.to_string(), told.clone());
            prop_assert!(told.len() <= 2 * LONGEST + 64, "{}", told);
            prop_assert!(first.problems.len() <= MOST_PROBLEMS);
        }

        #[test]
        fn any_mess_of_operators_is_read(parts in proptest::collection::vec(prop_oneof![
            Just("("), Just(")"), Just("\""), Just("AND"), Just("OR"), Just("NOT"), Just("-"), Just("*"),
            Just("word"), Just("kind:"), Just("standard:ISO 42001"), Just("after:2026-01-01"), Just(":"), Just("ISO/IEC 42001:2023")
        ], 0..40)) {
            understood(&parts.join(" "));
            understood(&parts.concat());
        }
    }
}
