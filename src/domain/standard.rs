//! Standards: the stage of a project as ISO codes it.

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
