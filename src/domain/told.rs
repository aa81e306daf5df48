//! What readers are told of an update beside its headline: what happened, and why it matters.

use chrono::{DateTime, Utc};

use super::significance::Significance;

/// Which part an editor's note replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotePart {
    /// What happened.
    Summary,
    /// Why it matters.
    Why,
    /// Nothing: it stands beside the tags that rules gave.
    Tags,
}

impl NotePart {
    /// As stored and written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Why => "why",
            Self::Tags => "tags",
        }
    }
}

impl std::str::FromStr for NotePart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "summary" => Ok(Self::Summary),
            "why" => Ok(Self::Why),
            "tags" => Ok(Self::Tags),
            other => Err(format!(
                "`{other}` is no part: write `summary`, `why` or `tags`"
            )),
        }
    }
}

/// An editor's word on an update; the latest of a part counts, and an empty one takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// From 1, for each update.
    pub number: u32,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Who wrote it.
    pub author: String,
    /// What it replaces.
    pub part: NotePart,
    /// The text, plain.
    pub text: String,
}

impl Note {
    /// The note that counts for a part, of all that were written.
    pub fn latest(notes: &[Self], part: NotePart) -> Option<&Self> {
        notes
            .iter()
            .filter(|note| note.part == part)
            .max_by_key(|note| note.number)
            .filter(|note| !note.text.is_empty())
    }
}

/// What is told of an update.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// One or two sentences that say what happened, in the source's own words within its terms,
    /// or an editor's; may be empty.
    pub summary: String,
    /// Whether an editor wrote the summary.
    pub summary_noted: bool,
    /// Why it matters, in a sentence of ours.
    pub why: Option<Significance>,
    /// Whether an editor wrote it.
    pub why_noted: bool,
    /// What an editor says of its tags.
    pub tags_note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_note_counts_and_an_empty_one_takes_it_back() {
        let note = |number, part, text: &str| Note {
            number,
            at: DateTime::UNIX_EPOCH,
            author: "editor".to_owned(),
            part,
            text: text.to_owned(),
        };
        let mut notes = vec![
            note(1, NotePart::Why, "first"),
            note(2, NotePart::Why, "second"),
            note(3, NotePart::Summary, "told"),
        ];
        assert_eq!(Note::latest(&notes, NotePart::Why).unwrap().text, "second");
        notes.push(note(4, NotePart::Why, ""));
        assert_eq!(Note::latest(&notes, NotePart::Why), None);
        assert_eq!(
            Note::latest(&notes, NotePart::Summary).unwrap().text,
            "told"
        );
    }
}
