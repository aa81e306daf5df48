//! Criteria: what a subscription wants to hear of, and why an update is wanted.

use super::id::{BodyId, FrameworkId, JurisdictionId, SourceId, TopicId};
use super::library::Library;
use super::update::UpdateKind;

/// One clause.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "by", content = "id", rename_all = "snake_case")]
pub enum Clause {
    /// Whatever is tagged with the framework.
    Framework(FrameworkId),
    /// Whatever cites the work: all editions, drafts, amendments and adoptions of it.
    Standard(String),
    /// Whatever concerns the jurisdiction.
    Jurisdiction(JurisdictionId),
    /// Whatever is about the topic.
    Topic(TopicId),
    /// Whatever the body does, or what is done to it.
    Body(BodyId),
    /// Whatever is of the kind.
    Kind(UpdateKind),
    /// Whatever the source lists.
    Source(SourceId),
    /// Whatever changes on the watched page.
    Page(SourceId),
    /// What a saved search finds, in the words of `domain::query`.
    Search(String),
    /// Whatever tells of a day that counts: it closes, applies, ends, or has moved.
    Deadlines,
}

impl Clause {
    /// In words for readers; what the library does not know stays as written.
    pub fn spoken(&self, library: &Library) -> String {
        let name = match self {
            Self::Framework(id) => library.framework(id).map(|one| one.short.clone()),
            Self::Jurisdiction(id) => library.jurisdiction(id).map(|one| one.name.clone()),
            Self::Topic(id) => library.topic(id).map(|one| one.name.clone()),
            Self::Body(id) => library.body(id).map(|one| one.name.clone()),
            Self::Standard(work) => Some(work.clone()),
            Self::Kind(kind) => Some(kind.name().to_owned()),
            Self::Search(text) => Some(format!("the search {text}")),
            Self::Source(_) | Self::Page(_) | Self::Deadlines => None,
        };
        name.unwrap_or_else(|| self.to_string())
    }

    /// Whether it names one standard, page or source, or asks for days: such a follower is told of
    /// updates of reach `followers`, too (contract: law 1).
    pub fn is_by_name(&self) -> bool {
        matches!(
            self,
            Self::Standard(_) | Self::Source(_) | Self::Page(_) | Self::Deadlines
        )
    }
}

/// `framework:iso-iec-42001`, `standard:ISO/IEC 42001` …: as people write a clause.
impl std::fmt::Display for Clause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Framework(id) => write!(f, "framework:{id}"),
            Self::Standard(work) => write!(f, "standard:{work}"),
            Self::Jurisdiction(id) => write!(f, "jurisdiction:{id}"),
            Self::Topic(id) => write!(f, "topic:{id}"),
            Self::Body(id) => write!(f, "body:{id}"),
            Self::Kind(kind) => write!(f, "kind:{}", kind.as_str()),
            Self::Source(id) => write!(f, "source:{id}"),
            Self::Page(id) => write!(f, "page:{id}"),
            Self::Search(text) => write!(f, "query:{text}"),
            Self::Deadlines => f.write_str("deadlines"),
        }
    }
}

impl std::str::FromStr for Clause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "deadlines" {
            return Ok(Self::Deadlines);
        }
        let (by, value) = text.split_once(':').ok_or_else(|| {
            format!("`{text}` is no criterion: write framework:ID, standard:REFERENCE, jurisdiction:ID, topic:ID, body:ID, kind:KIND, source:ID, page:ID, query:SEARCH or deadlines")
        })?;
        let value = value.trim();
        match by.trim() {
            "framework" => FrameworkId::new(value)
                .map(Self::Framework)
                .map_err(|e| e.to_string()),
            "standard" if !value.is_empty() => Ok(Self::Standard(value.to_owned())),
            "jurisdiction" => JurisdictionId::new(value)
                .map(Self::Jurisdiction)
                .map_err(|e| e.to_string()),
            "topic" => TopicId::new(value)
                .map(Self::Topic)
                .map_err(|e| e.to_string()),
            "body" => BodyId::new(value)
                .map(Self::Body)
                .map_err(|e| e.to_string()),
            "kind" => value.parse().map(Self::Kind),
            "source" => SourceId::new(value)
                .map(Self::Source)
                .map_err(|e| e.to_string()),
            "page" => SourceId::new(value)
                .map(Self::Page)
                .map_err(|e| e.to_string()),
            "query" if !value.is_empty() => Ok(Self::Search(value.to_owned())),
            other => Err(format!(
                "`{other}` is no criterion: framework, standard, jurisdiction, topic, body, kind, source, page, query and deadlines are"
            )),
        }
    }
}

/// What a subscription wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criteria {
    /// Everything that is news.
    #[default]
    All,
    /// What at least one clause holds for.
    Any(Vec<Clause>),
    /// What every clause holds for.
    Every(Vec<Clause>),
}

impl Criteria {
    /// The clauses; none for everything.
    pub fn clauses(&self) -> &[Clause] {
        match self {
            Self::All => &[],
            Self::Any(clauses) | Self::Every(clauses) => clauses,
        }
    }
}

/// As shown in a list of subscriptions.
impl std::fmt::Display for Criteria {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (clauses, glue) = match self {
            Self::All => return f.write_str("everything"),
            Self::Any(clauses) => (clauses, " or "),
            Self::Every(clauses) => (clauses, " and "),
        };
        for (place, clause) in clauses.iter().enumerate() {
            if place > 0 {
                f.write_str(glue)?;
            }
            write!(f, "{clause}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_read_as_written() {
        for text in [
            "framework:iso-iec-42001",
            "standard:ISO/IEC 42001",
            "jurisdiction:eu",
            "topic:ai-risk",
            "body:nist",
            "kind:enforcement",
            "source:iso-news",
            "page:iso-42001-page",
            "query:\"harmonised standard\" jurisdiction:eu",
            "deadlines",
        ] {
            assert_eq!(text.parse::<Clause>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "eu",
            "kind:news",
            "framework:",
            "colour:red",
            "standard:",
            "query:",
        ] {
            assert!(bad.parse::<Clause>().is_err(), "{bad}");
        }
    }
}
