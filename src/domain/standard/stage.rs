//! The stage of a project as ISO codes it.

use crate::domain::update::UpdateKind;

/// A stage and sub-stage of the International harmonized stage codes, such as 40.60.
///
/// Two numbers, not a decimal fraction: 40.6 does not exist, and stages may go backwards.
/// Source: ISO, "International harmonized stage codes" (stages 00 to 95, sub-stages 00 to 99).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stage {
    stage: u8,
    substage: u8,
}

/// Text that is no stage code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no stage code: write two digits, a dot and two digits, such as 40.60")]
pub struct InvalidStage {
    /// As given.
    pub given: String,
}

const STAGES: [u8; 9] = [0, 10, 20, 30, 40, 50, 60, 90, 95];
const SUBSTAGES: [u8; 7] = [0, 20, 60, 90, 92, 93, 98];

impl Stage {
    /// A stage from its two numbers.
    ///
    /// # Errors
    /// When either number is not of the code list (sub-stage 99 included).
    pub fn new(stage: u8, substage: u8) -> Result<Self, InvalidStage> {
        if STAGES.contains(&stage) && (SUBSTAGES.contains(&substage) || substage == 99) {
            Ok(Self { stage, substage })
        } else {
            Err(InvalidStage {
                given: format!("{stage:02}.{substage:02}"),
            })
        }
    }

    /// The stage, 0 to 95.
    pub fn stage(self) -> u8 {
        self.stage
    }

    /// The sub-stage, 0 to 99.
    pub fn substage(self) -> u8 {
        self.substage
    }

    /// A stage from the number that ISO Open Data gives: 6060 is 60.60, 98 is 00.98.
    ///
    /// # Errors
    /// When the number is no code of the list.
    pub fn from_number(number: u32) -> Result<Self, InvalidStage> {
        match (u8::try_from(number / 100), u8::try_from(number % 100)) {
            (Ok(stage), Ok(substage)) => Self::new(stage, substage),
            _ => Err(InvalidStage {
                given: number.to_string(),
            }),
        }
    }

    /// Whether the document is published (and perhaps under review, or withdrawn again).
    pub fn is_published(self) -> bool {
        (self.stage, self.substage) >= (60, 60)
    }

    /// Whether the text goes back to an earlier phase or through the same one again (x.92 and
    /// x.93 before publication), so that another draft carries the project on.
    pub fn hands_over(self) -> bool {
        (10..=50).contains(&self.stage) && matches!(self.substage, 92 | 93)
    }

    /// The kind of news that reaching this stage is, as the domain brief maps it (section 3);
    /// every other stage is told to followers only.
    pub fn kind(self, amends: bool) -> Option<UpdateKind> {
        Some(match (self.stage, self.substage) {
            (10, 99) | (20, 0) => UpdateKind::WorkItem,
            (30 | 40, 20) => UpdateKind::DraftForComment,
            (60, 60) if amends => UpdateKind::Amendment,
            (60, 60) => UpdateKind::NewEdition,
            (90, 93) => UpdateKind::StatusConfirmed,
            (95, 99) => UpdateKind::Withdrawal,
            _ => return None,
        })
    }

    /// What the stage means, for people ("enquiry ballot open").
    pub fn meaning(self) -> &'static str {
        match (self.stage, self.substage) {
            (0, 0) => "idea received",
            (0, 20) => "idea under review",
            (0, 60) => "review of the idea closed",
            (0, 98) => "idea dropped",
            (0, 99) => "cleared for a new-project ballot",
            (10, 0) => "new project proposed",
            (10, 20) => "new-project ballot open",
            (10, 60) => "new-project ballot closed",
            (10, 92) => "proposal back with its proposer",
            (10, 98) => "new project rejected",
            (10, 99) => "new project approved",
            (20, 0) => "new project in the work programme",
            (20, 20) => "working draft under study",
            (20, 60) => "comments on the working draft closed",
            (20, 99) => "ready to become a committee draft",
            (30, 0) => "committee draft registered",
            (30, 20) => "committee draft out for study or ballot",
            (30, 60) => "study or ballot of the committee draft closed",
            (30, 92) => "back with the working group",
            (30, 99) => "ready to become an enquiry draft",
            (40, 0) => "enquiry draft registered",
            (40, 20) => "enquiry ballot open",
            (40, 60) => "enquiry ballot closed",
            (40, 92) => "back with the committee after the enquiry",
            (40, 93) => "a new enquiry ballot is to come",
            (40, 99) => "enquiry passed",
            (50, 0) => "final text registered",
            (50, 20) => "final ballot or proof under way",
            (50, 60) => "final ballot or proof closed",
            (50, 92) => "back with the committee after the final ballot",
            (50, 99) => "approved for publication",
            (60, 0) => "being published",
            (60, 60) => "published",
            (90, 20) => "systematic review open",
            (90, 60) => "systematic review closed",
            (90, 92) => "to be revised",
            (90, 93) => "confirmed",
            (90, 99) => "withdrawal proposed",
            (95, 20) => "withdrawal ballot open",
            (95, 60) => "withdrawal ballot closed",
            (95, 92) => "not withdrawn",
            (95, 99) => "withdrawn",
            (_, 98) => "project deleted",
            (_, 0) => "registered",
            (_, 20) => "main action started",
            (_, 60) => "main action completed",
            (_, 92) => "back to an earlier phase",
            (_, 93) => "the phase is repeated",
            (_, 99) => "to proceed",
            _ => "at this stage",
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}.{:02}", self.stage, self.substage)
    }
}

impl std::str::FromStr for Stage {
    type Err = InvalidStage;

    fn from_str(text: &str) -> Result<Self, InvalidStage> {
        let wrong = || InvalidStage {
            given: text.chars().take(40).collect(),
        };
        let (stage, substage) = text.split_once('.').ok_or_else(wrong)?;
        if stage.len() != 2 || substage.len() != 2 {
            return Err(wrong());
        }
        Self::new(
            stage.parse().map_err(|_| wrong())?,
            substage.parse().map_err(|_| wrong())?,
        )
    }
}

impl serde::Serialize for Stage {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Stage {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_open_data_are_read() {
        for (number, stage) in [
            (6060, "60.60"),
            (98, "00.98"),
            (0, "00.00"),
            (1099, "10.99"),
        ] {
            assert_eq!(Stage::from_number(number).unwrap().to_string(), stage);
        }
        for number in [6061, 60, 99_999, 4_000_000] {
            // 60 is 00.60, the end of the review of an idea.
            assert_eq!(Stage::from_number(number).is_ok(), number == 60, "{number}");
        }
    }

    #[test]
    fn the_brief_says_which_stages_are_news() {
        let news: Vec<(String, &str)> = STAGES
            .iter()
            .flat_map(|stage| (0..=99).filter_map(|sub| Stage::new(*stage, sub).ok()))
            .filter_map(|stage| Some((stage.to_string(), stage.kind(false)?.as_str())))
            .collect();
        let told: Vec<(&str, &str)> = news.iter().map(|(s, k)| (s.as_str(), *k)).collect();
        assert_eq!(
            told,
            [
                ("10.99", "work_item"),
                ("20.00", "work_item"),
                ("30.20", "draft_for_comment"),
                ("40.20", "draft_for_comment"),
                ("60.60", "new_edition"),
                ("90.93", "status_confirmed"),
                ("95.99", "withdrawal"),
            ]
        );
        let amended = "60.60".parse::<Stage>().unwrap().kind(true);
        assert_eq!(amended, Some(UpdateKind::Amendment));
    }

    #[test]
    fn a_stage_that_exists_is_right() {
        for good in [
            "00.00", "10.99", "40.60", "60.60", "90.92", "90.93", "95.99", "30.98",
        ] {
            assert_eq!(good.parse::<Stage>().unwrap().to_string(), good);
        }
        for bad in [
            "", "40", "40.6", "4060", "40.61", "45.60", "99.99", "aa.bb", "+4.60",
        ] {
            assert!(bad.parse::<Stage>().is_err(), "{bad}");
        }
    }
}
