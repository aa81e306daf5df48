//! The life cycle that a page shows: a row for each stage, in whatever shape and language.

use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;
use scraper::ElementRef;

use super::super::flat::{Flat, one_line};
use super::super::listing::{base_of, fitting};
use super::super::reading::Finder;
use super::super::select::LifeCycleRules;
use super::Page;
use crate::domain::document::{Fault, FaultCode};
use crate::domain::life_cycle::{LifeCycle, StagePassed};
use crate::domain::standard::Stage;
use crate::text::date::{self, DateHints};
use crate::text::html;

/// The most stages read of a page; the longest project of ISO has some fifty.
const MAX_STAGES: usize = 1_000;

/// A stage code within other words: `60.60`, and `60_60` as it stands in addresses.
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9.])([0-9]{2})[._]([0-9]{2})(?:[^0-9.]|\.?$|\.[^0-9])").ok()
});

pub(super) fn read(
    rules: &LifeCycleRules,
    page: &Page<'_>,
    flat: &Flat<'_>,
    language: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Option<LifeCycle> {
    let items: Vec<ElementRef<'_>> = page.html.select(&rules.item).take(MAX_STAGES).collect();
    let finder = Finder::new(flat, &items);
    let style = &page.source.date;
    let zone = style.zone.as_deref().and_then(|zone| zone.parse().ok());
    let read_date = |text: &str| {
        let hints = DateHints {
            format: fitting(style, text),
            language: style.language.as_deref().or(language),
            day_first: style.is_day_first(),
            zone,
        };
        date::read(text, &hints).map(|stamp| stamp.day())
    };
    // A day begins earlier in the east: what is dated tomorrow may be today there.
    let latest = (page.document.fetched_at + TimeDelta::days(1)).date_naive();
    let (mut passed, mut planned) = (Vec::new(), Vec::new());
    let (mut bad_stages, mut bad_dates) = (Vec::new(), Vec::new());
    for item in &items {
        let words = match &rules.stage {
            Some(reading) => finder.first(reading, *item),
            None => Some(one_line(flat.within(*item))),
        };
        let Some(stage) = words.as_deref().and_then(stage) else {
            bad_stages.push(words.unwrap_or_default());
            continue;
        };
        let date = match &rules.date {
            None => None,
            Some(reading) => match finder.first(reading, *item) {
                // A stage that has no date yet was not passed yet.
                None => {
                    planned.push(StagePassed { date: None, stage });
                    continue;
                }
                Some(text) => match read_date(&text) {
                    Ok(date) => Some(date),
                    Err(_) => {
                        bad_dates.push(text);
                        continue;
                    }
                },
            },
        };
        let list = if date.is_some_and(|date| date > latest) {
            &mut planned
        } else {
            &mut passed
        };
        list.push(StagePassed { date, stage });
    }
    let mut tell = |code, what: &str, texts: &[String]| {
        if let Some(first) = texts.first() {
            let first = html::excerpt(first, 60);
            let many = texts.len();
            faults.push(Fault::new(
                code,
                format!("life_cycle: {many} rows have {what}, the first of them `{first}`"),
            ));
        }
    };
    tell(FaultCode::BadItem, "no stage code", &bad_stages);
    tell(FaultCode::BadDate, "a date that cannot be read", &bad_dates);
    // Told for each row that was meant to be one: with none at all the definition is at fault.
    if passed.is_empty() && planned.is_empty() {
        faults.push(Fault::new(
            FaultCode::NoMatch,
            if items.is_empty() {
                "life_cycle.item matches nothing on the page: look whether it was built anew"
            } else {
                "life_cycle finds no stage in any of its rows"
            },
        ));
        return None;
    }
    // A date that cannot be read hides a stage that may have been told before.
    if !bad_dates.is_empty() && passed.is_empty() {
        return None;
    }
    let project = rules
        .project
        .as_ref()
        .and_then(|reading| finder.first(reading, page.html.root_element()))
        .or_else(|| {
            let pattern = rules.project_in_address.as_ref()?;
            let base = base_of(page.html, &page.document.url);
            [&page.document.url, &base].into_iter().find_map(|url| {
                let found = pattern.captures(url.as_str())?;
                let part = found.get(1).or_else(|| found.get(0))?;
                Some(part.as_str().to_owned())
            })
        });
    Some(LifeCycle {
        project: project.map(|project| html::excerpt(&project, 200)),
        ..LifeCycle::new(passed, planned)
    })
}

/// The stage that some words name by its code; four digits run together are one where they are
/// all there is.
fn stage(words: &str) -> Option<Stage> {
    let words = words.trim();
    if words.len() == 4 && words.bytes().all(|b| b.is_ascii_digit()) {
        let (stage, substage) = words.split_at(2);
        return Stage::new(stage.parse().ok()?, substage.parse().ok()?).ok();
    }
    if let Ok(stage) = words.parse() {
        return Some(stage);
    }
    let mut from = 0;
    // One match may end with the sign that the next begins with.
    while let Some(found) = CODE.as_ref()?.captures_at(words, from) {
        let (stage, substage) = (found.get(1)?, found.get(2)?);
        let read = Stage::new(
            stage.as_str().parse().ok()?,
            substage.as_str().parse().ok()?,
        );
        if let Ok(stage) = read {
            return Some(stage);
        }
        from = substage.end();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_found_in_words() {
        for (words, expected) in [
            ("60.60", Some("60.60")),
            (" 90.93 ", Some("90.93")),
            ("6060", Some("60.60")),
            ("Stage: 40.60 (close of voting)", Some("40.60")),
            ("International Standard confirmed [90.93]", Some("90.93")),
            ("/stage-codes.html#50_20", Some("50.20")),
            ("Stade 30.99.", Some("30.99")),
            // Numbers of another kind.
            ("83.040.10 and 13.01.2021", None),
            ("ICS 03.12 stage 95.99", Some("95.99")),
            ("1995", None),
            ("60", None),
            ("", None),
        ] {
            let found = stage(words).map(|stage| stage.to_string());
            assert_eq!(found.as_deref(), expected, "{words}");
        }
    }
}
