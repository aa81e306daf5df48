//! Decisions: what an update means for a team, and who said so.

use chrono::{DateTime, NaiveDate, Utc};

use super::id::{StoryId, TeamId, UpdateId};

/// What a team decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionVerdict {
    /// It concerns us.
    Applies,
    /// It does not.
    DoesNotApply,
    /// It may; somebody looks again.
    Watch,
}

impl DecisionVerdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Applies, Self::DoesNotApply, Self::Watch];

    /// As stored and written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applies => "applies",
            Self::DoesNotApply => "does-not-apply",
            Self::Watch => "watch",
        }
    }

    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applies => "applies to us",
            Self::DoesNotApply => "does not apply to us",
            Self::Watch => "watch",
        }
    }
}

impl std::str::FromStr for DecisionVerdict {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no decision: applies, does-not-apply or watch"))
    }
}

/// One decision; a later one of the same team on the same update counts instead, and both stay.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Whose.
    pub team: TeamId,
    /// On which update.
    pub update: UpdateId,
    /// From 1, for each team and update.
    pub number: u32,
    /// The update's story when it was decided.
    pub story: Option<StoryId>,
    /// What.
    pub verdict: DecisionVerdict,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when something is to be done.
    pub due: Option<NaiveDate>,
}
