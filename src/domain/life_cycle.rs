//! The life cycle of a standard's project as a page or catalogue shows it: the stages passed, with
//! their dates, in whatever language the page is.

use chrono::{DateTime, NaiveDate, Utc};

use super::address::WebAddress;
use super::document::{Entry, Markup};
use super::page_change::escaped;
use super::reference::{self, KnownWorks};
use super::standard::{Stage, StageNews, StageStep};
use super::stated::Stated;
use super::told_date::ToldDate;
use super::update::UpdateKind;
use crate::text::date::Stamp;

/// A stage that a project has passed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct StagePassed {
    /// The day, where the publisher tells it.
    pub date: Option<NaiveDate>,
    /// The stage.
    pub stage: Stage,
}

impl std::fmt::Display for StagePassed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.date {
            Some(date) => write!(f, "{} ({date})", self.stage),
            None => write!(f, "{}", self.stage),
        }
    }
}

/// The life cycle of one project: what is known of it, or what one reading of a page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LifeCycle {
    /// The publisher's own identity of the project, where the page states it: the same on its
    /// pages in every language and through all its stages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The reference as the page writes it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The stages passed, the earliest first; the same stage may be passed several times.
    pub passed: Vec<StagePassed>,
    /// Stages that the page dates in the future.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<StagePassed>,
}

/// A date that the publisher corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CorrectedDate {
    /// The stage.
    pub stage: Stage,
    /// The day as it was told before.
    pub was: Option<NaiveDate>,
    /// The day as it is told now.
    pub now: Option<NaiveDate>,
}

/// What a reading shows that was not known: told as one event, however many stages were passed
/// between two looks.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LifeCycleChange {
    /// The publisher's identity of the project.
    pub project: Option<String>,
    /// The reference as the page writes it now.
    pub reference: Option<String>,
    /// The stage at the last look; none where no stage was known.
    pub from: Option<StagePassed>,
    /// The stages passed since, the earliest first.
    pub passed: Vec<StagePassed>,
    /// How many stages were known before: the first of `passed` is the project's stage change of
    /// the number after it.
    pub known: usize,
    /// Dates that were told differently before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<CorrectedDate>,
}

impl LifeCycle {
    /// What was read, brought into order. A page may show its stages by phase and not by time.
    pub fn new(mut passed: Vec<StagePassed>, mut planned: Vec<StagePassed>) -> Self {
        in_order(&mut passed);
        in_order(&mut planned);
        Self {
            passed,
            planned,
            ..Self::default()
        }
    }

    /// Where the project stands: the stage passed last.
    pub fn current(&self) -> Option<StagePassed> {
        self.passed.last().copied()
    }

    /// What `seen` shows that is not known yet; none when there is nothing.
    ///
    /// A stage once seen stays passed: a page that leaves rows out (an error, a shorter view)
    /// takes nothing back. A stage whose date alone is another is a correction and no new stage.
    pub fn since(&self, seen: &Self) -> Option<LifeCycleChange> {
        let mut left = self.passed.clone();
        let mut fresh: Vec<StagePassed> = Vec::new();
        for stage in &seen.passed {
            match left.iter().position(|known| known == stage) {
                Some(place) => drop(left.remove(place)),
                None => fresh.push(*stage),
            }
        }
        // What is left was known and is not shown any more: a new date for it is a correction.
        let mut corrected = Vec::new();
        let mut passed = Vec::new();
        for stage in fresh {
            match left.iter().position(|known| known.stage == stage.stage) {
                Some(place) => corrected.push(CorrectedDate {
                    stage: stage.stage,
                    was: left.remove(place).date,
                    now: stage.date,
                }),
                None => passed.push(stage),
            }
        }
        (!passed.is_empty() || !corrected.is_empty()).then(|| LifeCycleChange {
            project: seen.project.clone().or_else(|| self.project.clone()),
            reference: seen.reference.clone().or_else(|| self.reference.clone()),
            from: self.current(),
            passed,
            known: self.passed.len(),
            corrected,
        })
    }

    /// How many of the stages known are not shown by `seen`: a sign that a page is read wrongly.
    pub fn missing_in(&self, seen: &Self) -> usize {
        let mut shown = seen.passed.clone();
        let is_missing = |known: &&StagePassed| {
            let place = shown.iter().position(|stage| stage.stage == known.stage);
            place.map(|place| shown.remove(place)).is_none()
        };
        self.passed.iter().filter(is_missing).count()
    }

    /// Takes in what a change tells, so that it is known from now on.
    pub fn learn(&mut self, change: &LifeCycleChange) {
        for corrected in &change.corrected {
            let known = self
                .passed
                .iter_mut()
                .find(|known| known.stage == corrected.stage && known.date == corrected.was);
            if let Some(known) = known {
                known.date = corrected.now;
            }
        }
        self.passed.extend(&change.passed);
        in_order(&mut self.passed);
        self.planned.retain(|stage| {
            !change
                .passed
                .iter()
                .any(|passed| passed.stage == stage.stage)
        });
        if change.project.is_some() {
            self.project.clone_from(&change.project);
        }
        if change.reference.is_some() {
            self.reference.clone_from(&change.reference);
        }
    }
}

impl LifeCycleChange {
    /// Where the project stands now.
    pub fn to(&self) -> Option<StagePassed> {
        self.passed.last().copied()
    }

    /// What makes the event itself, whichever page of a project shows it: the project (or its
    /// reference, where the page states no identity) and the stages. Pages in two languages give
    /// one key.
    pub fn key(&self) -> String {
        let whose = self.project.as_deref().or(self.reference.as_deref());
        let mut key = whose.unwrap_or("page").to_owned();
        for (sign, stage) in
            self.passed
                .iter()
                .map(|stage| (' ', *stage))
                .chain(self.corrected.iter().map(|corrected| {
                    let date = corrected.now;
                    let stage = corrected.stage;
                    ('~', StagePassed { date, stage })
                }))
        {
            key.push(sign);
            key.push_str(&stage.to_string());
        }
        key
    }

    /// What kind of event it is, by the stage passed last that is one; none where no stage is.
    /// The mapping is the one of the field: other stages are kept and are no news.
    pub fn kind(&self) -> Option<UpdateKind> {
        let reference = self.reference.as_deref().unwrap_or_default();
        let amends = ["/Amd", "/Cor", "/DAM", "/FDAM"]
            .iter()
            .any(|part| reference.contains(part));
        self.passed.iter().rev().find_map(|passed| {
            Some(match (passed.stage.stage(), passed.stage.substage()) {
                (10, 99) | (20, 0) => UpdateKind::WorkItem,
                (30 | 40, 20) => UpdateKind::DraftForComment,
                (60, 60) if amends => UpdateKind::Amendment,
                (60, 60) => UpdateKind::NewEdition,
                (90, 93) => UpdateKind::StatusConfirmed,
                (95, 99) => UpdateKind::Withdrawal,
                _ => return None,
            })
        })
    }

    /// The stage changes, in order; none where dates alone were corrected. `seen` stands in for a
    /// day that the publisher does not tell.
    pub fn news(&self, seen: NaiveDate) -> Option<StageNews> {
        let reference = self.reference.as_deref();
        let read = reference.and_then(|text| {
            let mut read = reference::read(text, &KnownWorks::default()).into_iter();
            read.next().map(|reference| reference.work)
        });
        let standard = read
            .or_else(|| reference.map(str::to_owned))
            .or_else(|| self.project.clone())?;
        let mut from = self.from.map(|stage| stage.stage);
        let step = |passed: &StagePassed| StageStep {
            from: from.replace(passed.stage),
            to: passed.stage,
            date: ToldDate::day(passed.date.unwrap_or(seen)),
        };
        let changes: Vec<StageStep> = self.passed.iter().map(step).collect();
        (!changes.is_empty()).then_some(StageNews { standard, changes })
    }

    /// The change as an item of its source: one for all stages passed since the last look, which
    /// was at `seen`.
    pub fn entry(&self, url: &WebAddress, seen: DateTime<Utc>) -> Entry {
        let kind = self.kind();
        Entry {
            guid: Some(self.key()),
            url: Some(url.clone()),
            title: escaped(&self.headline()),
            summary: Some(Markup::Text(self.summary())),
            published: self.to().and_then(|stage| stage.date).map(Stamp::Day),
            stated: Stated {
                references: self.reference.iter().cloned().collect(),
                kind,
                ..Stated::default()
            },
            stage: self.news(seen.date_naive()),
            for_followers: kind.is_none(),
            ..Entry::default()
        }
    }

    /// What happened, in a line: `ISO 123:2001: stage 90.93`.
    pub fn headline(&self) -> String {
        let what = match (self.to(), self.corrected.first()) {
            (Some(stage), _) => format!("stage {}", stage.stage),
            (None, Some(corrected)) => format!("date of stage {} corrected", corrected.stage),
            (None, None) => "life cycle".to_owned(),
        };
        match self.reference.as_deref().or(self.project.as_deref()) {
            Some(reference) => format!("{reference}: {what}"),
            None => format!("S{}", what.get(1..).unwrap_or_default()),
        }
    }

    /// Every stage with its date, in a sentence or two.
    pub fn summary(&self) -> String {
        let mut out = String::new();
        if !self.passed.is_empty() {
            let stages: Vec<String> = self.passed.iter().map(ToString::to_string).collect();
            out.push_str("Passed: ");
            out.push_str(&stages.join(", "));
            if let Some(from) = self.from {
                out.push_str(&format!("; before: {from}"));
            }
            out.push('.');
        }
        for corrected in &self.corrected {
            let day = |date: Option<NaiveDate>| {
                date.map_or_else(|| "no date".to_owned(), |date| date.to_string())
            };
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&format!(
                "Stage {}: {}, told before as {}.",
                corrected.stage,
                day(corrected.now),
                day(corrected.was)
            ));
        }
        out
    }
}

/// By time; stages of one day, and those without a date, as the page has them.
fn in_order(stages: &mut [StagePassed]) {
    let mut last = None;
    let mut keyed: Vec<(Option<NaiveDate>, StagePassed)> = stages
        .iter()
        .map(|stage| {
            last = stage.date.or(last);
            (last, *stage)
        })
        .collect();
    keyed.sort_by_key(|(date, _)| *date);
    for (to, (_, from)) in stages.iter_mut().zip(keyed) {
        *to = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(text: &str) -> StagePassed {
        let (stage, date) = text.split_once(' ').unwrap_or((text, ""));
        StagePassed {
            stage: stage.parse().unwrap(),
            date: date.parse().ok(),
        }
    }

    fn cycle(stages: &[&str]) -> LifeCycle {
        LifeCycle {
            reference: Some("ISO 1:2020".into()),
            ..LifeCycle::new(stages.iter().map(|text| stage(text)).collect(), vec![])
        }
    }

    #[test]
    fn every_stage_since_the_last_look_is_told_once() {
        let mut known = cycle(&["60.60 2020-05-01", "90.20 2025-01-15"]);
        let seen = cycle(&[
            "60.60 2020-05-01",
            "90.20 2025-01-15",
            "90.60 2025-06-05",
            "90.93 2025-06-07",
        ]);
        let change = known.since(&seen).unwrap();
        assert_eq!(
            change.passed,
            [stage("90.60 2025-06-05"), stage("90.93 2025-06-07")]
        );
        assert_eq!(
            (change.known, change.from),
            (2, Some(stage("90.20 2025-01-15")))
        );
        assert_eq!(change.headline(), "ISO 1:2020: stage 90.93");
        assert_eq!(
            change.summary(),
            "Passed: 90.60 (2025-06-05), 90.93 (2025-06-07); before: 90.20 (2025-01-15)."
        );
        known.learn(&change);
        assert_eq!(known.since(&seen), None);
        assert_eq!(known, seen);
    }

    #[test]
    fn the_same_stage_may_be_passed_again() {
        let known = cycle(&["90.20 2015-01-15", "90.93 2015-06-01"]);
        let seen = cycle(&["90.20 2015-01-15", "90.93 2015-06-01", "90.20 2020-01-15"]);
        assert_eq!(
            known.since(&seen).unwrap().passed,
            [stage("90.20 2020-01-15")]
        );
    }

    #[test]
    fn stages_go_backwards_and_stand_by_phase_on_the_page() {
        // 40.99 of 2019 was undone: the page lists by phase, time says otherwise.
        let seen = cycle(&[
            "30.60 2018-01-01",
            "40.20 2020-02-01",
            "40.99 2019-03-01",
            "30.92 2019-12-01",
        ]);
        assert_eq!(seen.current(), Some(stage("40.20 2020-02-01")));
        assert_eq!(seen.passed[1], stage("40.99 2019-03-01"));
    }

    #[test]
    fn a_row_left_out_takes_nothing_back_and_a_date_alone_is_a_correction() {
        let mut known = cycle(&["60.00 2020-04-01", "60.60 2020-05-01"]);
        let shorter = cycle(&["60.60 2020-05-01"]);
        assert_eq!(known.since(&shorter), None);
        assert_eq!(known.missing_in(&shorter), 1);
        assert_eq!(known.missing_in(&known.clone()), 0);
        let corrected = cycle(&["60.00 2020-04-01", "60.60 2020-05-02"]);
        let change = known.since(&corrected).unwrap();
        assert!(change.passed.is_empty());
        assert_eq!(
            change.headline(),
            "ISO 1:2020: date of stage 60.60 corrected"
        );
        known.learn(&change);
        assert_eq!(known, corrected);
    }

    #[test]
    fn what_kind_of_event_a_stage_is() {
        let kind = |reference: &str, stages: &[&str]| {
            let mut seen = cycle(stages);
            seen.reference = Some(reference.into());
            LifeCycle::default().since(&seen).unwrap().kind()
        };
        use UpdateKind::{Amendment, DraftForComment, NewEdition, StatusConfirmed, Withdrawal};
        for (reference, stages, expected) in [
            ("ISO 1:2020", &["60.60 2020-05-01"][..], Some(NewEdition)),
            (
                "ISO 1:2020/Amd 1",
                &["60.00 2020-04-01", "60.60 2020-05-01"],
                Some(Amendment),
            ),
            (
                "ISO/DIS 1",
                &["40.20 2020-05-01", "40.60 2020-08-01"],
                Some(DraftForComment),
            ),
            (
                "ISO 1:2020",
                &["90.60 2025-06-05", "90.93 2025-06-07"],
                Some(StatusConfirmed),
            ),
            ("ISO 1:2020", &["95.99 2025-06-05"], Some(Withdrawal)),
            ("ISO 1:2020", &["90.20 2025-01-15"], None),
        ] {
            assert_eq!(kind(reference, stages), expected, "{stages:?}");
        }
    }

    #[test]
    fn a_change_is_an_item_of_its_source() {
        let url = WebAddress::new("https://www.example.org/standard/12345.html").unwrap();
        let known = cycle(&["60.60 2020-05-01"]);
        let change = known
            .since(&cycle(&["60.60 2020-05-01", "90.93 2025-06-07"]))
            .unwrap();
        let seen = DateTime::<Utc>::UNIX_EPOCH;
        let entry = change.entry(&url, seen);
        let news = entry.stage.unwrap();
        assert_eq!(news.standard, "ISO 1");
        assert_eq!(news.changes[0].from.unwrap().to_string(), "60.60");
        assert_eq!(news.changes[0].to.to_string(), "90.93");
        assert!(!entry.for_followers);
        assert_eq!(entry.title, "ISO 1:2020: stage 90.93");
        assert_eq!(entry.published.unwrap().to_string(), "2025-06-07");
        assert_eq!(entry.stated.references, ["ISO 1:2020"]);
        assert_eq!(entry.stated.kind, Some(UpdateKind::StatusConfirmed));
    }

    #[test]
    fn two_languages_show_one_event() {
        let known = cycle(&["60.60 2020-05-01"]);
        let mut english = cycle(&["60.60 2020-05-01", "90.20 2025-01-15"]);
        english.project = Some("12345".into());
        let mut french = english.clone();
        french.reference = Some("ISO 1:2020(F)".into());
        let (a, b) = (
            known.since(&english).unwrap(),
            known.since(&french).unwrap(),
        );
        assert_eq!(a.key(), b.key());
        assert_eq!(a.key(), "12345 90.20 (2025-01-15)");
    }
}
