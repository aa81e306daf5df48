//! What a structured interface states beside an item's words: proof, where prose is only evidence.

use chrono::{DateTime, NaiveDate, Utc};

use super::key_date::DateEvent;
use super::update::UpdateKind;

/// What the fields of a JSON record, a catalogue row or a feed extension say, as they say it.
///
/// Tagging takes it as proof with a reason of its own (rule B1: a structured record of the body
/// itself proves that this body acts); nothing in it is guessed from prose.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Stated {
    /// Days with their meaning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<StatedDate>,
    /// The bodies whose record it is, as the interface names them (a name, an acronym, a slug).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<String>,
    /// Numbers of works and acts that the record cites, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// What happened, where the record's own type says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<UpdateKind>,
    /// The publisher's own notes of what changed, the latest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ChangeNote>,
}

impl Stated {
    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The notes that an earlier reading of the same record did not have, the latest last.
    pub fn notes_since<'s>(&'s self, earlier: &'s Self) -> impl Iterator<Item = &'s ChangeNote> {
        self.notes
            .iter()
            .filter(|note| !earlier.notes.contains(note))
    }
}

/// A day that a structured field states.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StatedDate {
    /// What happens then.
    pub event: DateEvent,
    /// The day, in the publisher's own zone.
    pub date: NaiveDate,
    /// The field that states it, as the interface names it (`comments_close_on`).
    pub field: String,
}

/// The publisher's own word of what changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChangeNote {
    /// When it changed.
    pub at: DateTime<Utc>,
    /// What changed, as plain text.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_told_once() {
        let note = |at: i64, note: &str| ChangeNote {
            at: DateTime::from_timestamp(at, 0).unwrap(),
            note: note.to_owned(),
        };
        let earlier = Stated {
            notes: vec![note(1, "Published"), note(2, "Extended")],
            ..Stated::default()
        };
        let later = Stated {
            notes: vec![note(1, "Published"), note(2, "Extended"), note(3, "Closed")],
            ..Stated::default()
        };
        let told: Vec<_> = later.notes_since(&earlier).collect();
        assert_eq!(told, [&note(3, "Closed")]);
        assert_eq!(later.notes_since(&later).count(), 0);
        assert_eq!(later.notes_since(&Stated::default()).count(), 3);
    }
}
