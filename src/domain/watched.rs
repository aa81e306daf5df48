//! What is known of a watched page between visits: its baseline, its versions, what was told of it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::change::Fingerprint;
use super::id::{BodyId, SourceId};
use super::life_cycle::LifeCycle;
use super::page::PageReading;
use super::page_change::PageChange;

/// For how long an edit that was told is remembered, so that a page that goes to and fro tells of
/// it once each way.
pub const REMEMBERED: TimeDelta = TimeDelta::days(90);
/// The most edits remembered of a page, the latest of them.
const MOST_REMEMBERED: usize = 2_000;

/// An edit that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ToldEdit {
    /// The edit.
    pub fingerprint: Fingerprint,
    /// The day on which it was last seen.
    pub on: NaiveDate,
}

/// A reading that is not believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Doubt {
    /// What it says.
    pub state: Fingerprint,
    /// How often in a row it came.
    pub times: u32,
}

/// A watched page as the last visit left it.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedPage {
    /// The source.
    pub source: SourceId,
    /// What of the source's definition says how the page is read: readings by two definitions are
    /// not compared.
    pub definition: Fingerprint,
    /// The number of its version, from 1.
    pub version: u32,
    /// When its baseline was read.
    pub read_at: DateTime<Utc>,
    /// The document that the baseline was read from.
    pub document: i64,
    /// The baseline: the last reading that was taken, noise and slight edits included.
    pub reading: PageReading,
    /// Edits told lately, the earliest first.
    pub told: Vec<ToldEdit>,
    /// The reading that is doubted.
    pub doubted: Option<Doubt>,
}

impl WatchedPage {
    /// The edits that were told within [`REMEMBERED`] before a day.
    pub fn told_before(&self, day: NaiveDate) -> Vec<Fingerprint> {
        let remembered = self.told.iter().filter(|told| told.on >= day - REMEMBERED);
        remembered.map(|told| told.fingerprint).collect()
    }

    /// Remembers that a change was seen on a day, and forgets what is too old.
    pub fn remember(&mut self, change: &PageChange, day: NaiveDate) {
        let seen = |told: &ToldEdit| {
            let mut edits = change.edits.iter();
            edits.any(|edit| edit.fingerprint == told.fingerprint)
        };
        self.told
            .retain(|told| told.on >= day - REMEMBERED && !seen(told));
        self.told.extend(change.edits.iter().map(|edit| ToldEdit {
            fingerprint: edit.fingerprint,
            on: day,
        }));
        let surplus = self.told.len().saturating_sub(MOST_REMEMBERED);
        self.told.drain(..surplus);
    }
}

/// A version of a page, kept for as long as it can be compared with another.
#[derive(Clone, Debug, PartialEq)]
pub struct PageVersion {
    /// Its number, from 1.
    pub number: u32,
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The document it was read from.
    pub document: i64,
    /// What led to it; none where watching began with it, at first contact or anew.
    pub change: Option<PageChange>,
    /// As it was read.
    pub reading: PageReading,
}

/// A version as it stands in a list.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct VersionLine {
    /// Its number, from 1.
    pub version: u32,
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The document it was read from.
    pub document: i64,
    /// How much the change weighs that led to it; none where watching began with it.
    pub weight: Option<f64>,
    /// How many passages were changed: "2 passages changed, 1 added".
    pub counts: Option<String>,
}

/// Whose a life cycle is: all pages of a body that show one project share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CycleOwner {
    /// `body:iso`, or `source:the-page` where the page states no project.
    pub owner: String,
    /// The publisher's identity of the project; empty where the page states none.
    pub project: String,
}

impl CycleOwner {
    /// Whose a life cycle is that a source of a body shows.
    pub fn of(body: &BodyId, source: &SourceId, cycle: &LifeCycle) -> Self {
        match &cycle.project {
            Some(project) => Self {
                owner: format!("body:{body}"),
                project: project.clone(),
            },
            None => Self {
                owner: format!("source:{source}"),
                project: String::new(),
            },
        }
    }
}

/// What a visit to a watched page leaves behind, beside its Updates.
#[derive(Clone, Debug, PartialEq)]
pub struct Watching {
    /// The page from now on.
    pub page: WatchedPage,
    /// The version that it came to, where that is new.
    pub version: Option<PageVersion>,
    /// The life cycle that this reading shows, where it is believed.
    pub seen: Option<LifeCycle>,
    /// Life cycles that are known better now.
    pub cycles: Vec<(CycleOwner, LifeCycle)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::page::BlockKind;
    use crate::domain::page_change::BlockEdit;

    fn change(fingerprints: &[u128]) -> PageChange {
        let edit = |fingerprint: &u128| BlockEdit {
            block: BlockKind::Paragraph,
            under: Vec::new(),
            anchor: None,
            spans: Vec::new(),
            weight: 0.5,
            fingerprint: Fingerprint(*fingerprint),
        };
        PageChange {
            edits: fingerprints.iter().map(edit).collect(),
            weight: 0.5,
            note: None,
            fingerprint: Fingerprint(0),
            redesigned: false,
            returned: false,
        }
    }

    #[test]
    fn what_was_told_is_forgotten_after_a_season_unless_it_comes_again() {
        let day = |number: i64| NaiveDate::default() + TimeDelta::days(number);
        let mut page = WatchedPage {
            source: "s".parse().unwrap(),
            definition: Fingerprint(0),
            version: 1,
            read_at: DateTime::UNIX_EPOCH,
            document: 1,
            reading: PageReading::default(),
            told: Vec::new(),
            doubted: None,
        };
        page.remember(&change(&[1, 2]), day(0));
        page.remember(&change(&[2]), day(80));
        let told = |page: &WatchedPage, number| {
            let told = page.told_before(day(number)).into_iter();
            told.map(|fingerprint| fingerprint.0).collect::<Vec<_>>()
        };
        assert_eq!(told(&page, 80), [1, 2]);
        assert_eq!(told(&page, 100), [2]);
        page.remember(&change(&[3]), day(171));
        assert_eq!(page.told.len(), 1);
        let many: Vec<u128> = (0..5_000).collect();
        page.remember(&change(&many), day(171));
        assert_eq!(page.told.len(), MOST_REMEMBERED);
    }

    #[test]
    fn pages_of_a_project_share_its_life_cycle() {
        let (body, one, other): (BodyId, SourceId, SourceId) = (
            "iso".parse().unwrap(),
            "en".parse().unwrap(),
            "fr".parse().unwrap(),
        );
        let mut cycle = LifeCycle::default();
        let of = |source, cycle: &LifeCycle| CycleOwner::of(&body, source, cycle);
        assert_ne!(of(&one, &cycle), of(&other, &cycle));
        cycle.project = Some("81230".into());
        assert_eq!(of(&one, &cycle), of(&other, &cycle));
    }
}
