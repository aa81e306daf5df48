//! Where a document stands: a stage code, or the words of bodies that use none.

use super::stage::{InvalidStage, Stage};
use crate::domain::update::UpdateKind;

/// Where a document stands in its publisher's process.
///
/// Positions have no order of better and worse: documents go back as well as forward.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// A stage code of ISO and IEC.
    Stage(Stage),
    /// A public draft, by the publisher's own name of the round (NIST: `ipd`, `2pd`, `fpd`).
    Draft(String),
    /// The final text stands.
    Final,
    /// Withdrawn or retired.
    Withdrawn,
}

impl Position {
    /// A draft of the round named; letters and digits in lower case, at most eight.
    pub fn draft(round: &str) -> Option<Self> {
        let round = round.trim().to_ascii_lowercase();
        let plain = round.bytes().all(|b| b.is_ascii_alphanumeric());
        let reserved = matches!(round.as_str(), "final" | "withdrawn");
        (!round.is_empty() && round.len() <= 8 && plain && !reserved).then_some(Self::Draft(round))
    }

    /// The stage code, where there is one.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Stage(stage) => Some(*stage),
            _ => None,
        }
    }

    /// Whether the document is published, or was.
    pub fn is_published(&self) -> bool {
        match self {
            Self::Stage(stage) => stage.is_published(),
            Self::Draft(_) => false,
            Self::Final | Self::Withdrawn => true,
        }
    }

    /// Whether the document is withdrawn, or its project was ended.
    pub fn is_withdrawn(&self) -> bool {
        match self {
            Self::Stage(stage) => {
                (stage.stage(), stage.substage()) == (95, 99) || stage.substage() == 98
            }
            Self::Withdrawn => true,
            Self::Draft(_) | Self::Final => false,
        }
    }

    /// The group that it is listed in: the stage of a stage code (`40`), else `draft`, `final`
    /// or `withdrawn`.
    pub fn group(&self) -> String {
        match self {
            Self::Stage(stage) => format!("{:02}", stage.stage()),
            Self::Draft(_) => "draft".to_owned(),
            Self::Final => "final".to_owned(),
            Self::Withdrawn => "withdrawn".to_owned(),
        }
    }

    /// Whether another text carries the project on from here.
    pub fn hands_over(&self) -> bool {
        matches!(self, Self::Stage(stage) if stage.hands_over())
    }

    /// The kind of news that coming to this position is; none where only followers are told.
    pub fn kind(&self, amends: bool) -> Option<UpdateKind> {
        match self {
            Self::Stage(stage) => stage.kind(amends),
            Self::Draft(_) => Some(UpdateKind::DraftForComment),
            Self::Final => Some(UpdateKind::NewEdition),
            Self::Withdrawn => Some(UpdateKind::Withdrawal),
        }
    }

    /// What it means, for people.
    pub fn meaning(&self) -> String {
        match self {
            Self::Stage(stage) => stage.meaning().to_owned(),
            Self::Draft(round) => match round.as_str() {
                "iwd" => "initial working draft".to_owned(),
                "iprd" => "initial preliminary draft".to_owned(),
                "prd" => "preliminary draft".to_owned(),
                "ipd" => "initial public draft".to_owned(),
                "fpd" => "final public draft".to_owned(),
                other => match other.strip_suffix("pd") {
                    Some("2") => "second public draft".to_owned(),
                    Some("3") => "third public draft".to_owned(),
                    Some("4") => "fourth public draft".to_owned(),
                    _ => format!("draft {other}"),
                },
            },
            Self::Final => "published".to_owned(),
            Self::Withdrawn => "withdrawn".to_owned(),
        }
    }

    /// A number by which positions of one project, seen at one moment, are put in order.
    pub(crate) fn order(&self) -> u32 {
        match self {
            Self::Stage(stage) => u32::from(stage.stage()) * 100 + u32::from(stage.substage()),
            Self::Draft(round) => match round.as_str() {
                "iwd" => 1_000,
                "iprd" | "prd" => 2_000,
                "ipd" => 3_001,
                "fpd" => 3_900,
                other => {
                    let number: u32 = other
                        .trim_end_matches(|c: char| c.is_ascii_alphabetic())
                        .parse()
                        .unwrap_or(0);
                    3_000 + number.min(800)
                }
            },
            Self::Final => 6_060,
            Self::Withdrawn => 9_599,
        }
    }
}

impl From<Stage> for Position {
    fn from(stage: Stage) -> Self {
        Self::Stage(stage)
    }
}

/// `40.60`, `ipd`, `final` or `withdrawn`: as stored and printed.
impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stage(stage) => write!(f, "{stage}"),
            Self::Draft(round) => f.write_str(round),
            Self::Final => f.write_str("final"),
            Self::Withdrawn => f.write_str("withdrawn"),
        }
    }
}

impl std::str::FromStr for Position {
    type Err = InvalidStage;

    fn from_str(text: &str) -> Result<Self, InvalidStage> {
        match text {
            "final" => Ok(Self::Final),
            "withdrawn" => Ok(Self::Withdrawn),
            _ => match text.parse::<Stage>() {
                Ok(stage) => Ok(Self::Stage(stage)),
                Err(error) => Self::draft(text)
                    .filter(|draft| draft.to_string() == text)
                    .ok_or(error),
            },
        }
    }
}

impl serde::Serialize for Position {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_printed_as_it_is_read() {
        for text in ["40.60", "ipd", "2pd", "fpd", "final", "withdrawn"] {
            assert_eq!(text.parse::<Position>().unwrap().to_string(), text);
        }
        for bad in ["", "40.6", "IPD", "a b", "draft-for-all"] {
            assert!(bad.parse::<Position>().is_err(), "{bad}");
        }
    }

    #[test]
    fn drafts_stand_in_their_rounds() {
        let rounds = [
            "iwd",
            "iprd",
            "ipd",
            "2pd",
            "3pd",
            "fpd",
            "final",
            "withdrawn",
        ];
        let orders: Vec<u32> = rounds
            .iter()
            .map(|round| round.parse::<Position>().unwrap().order())
            .collect();
        assert!(
            orders.windows(2).all(|pair| pair[0] < pair[1]),
            "{orders:?}"
        );
        let withdrawn = |text: &str| text.parse::<Position>().unwrap().is_withdrawn();
        assert!(["95.99", "30.98", "withdrawn"].into_iter().all(withdrawn));
        assert!(
            !["95.60", "60.60", "ipd", "final"]
                .into_iter()
                .any(withdrawn)
        );
        let group = |text: &str| text.parse::<Position>().unwrap().group();
        assert_eq!(
            ["00.00", "40.99", "2pd", "final"].map(group),
            ["00", "40", "draft", "final"]
        );
        let meaning = |text: &str| text.parse::<Position>().unwrap().meaning();
        assert_eq!(meaning("2pd"), "second public draft");
        assert_eq!(meaning("95.99"), "withdrawn");
    }
}
