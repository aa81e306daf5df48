//! The stage line of a standard: a metro map from 00 to 95 as inline SVG, with its twin in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::domain::standard::Stage;

/// The stations: the stages of the code list, with what they are.
pub(super) const STATIONS: [(u8, &str); 9] = [
    (0, "Idea"),
    (10, "Proposal"),
    (20, "Preparation"),
    (30, "Committee"),
    (40, "Enquiry"),
    (50, "Approval"),
    (60, "Publication"),
    (90, "Review"),
    (95, "Withdrawal"),
];

const STEP: usize = 96;
const MARGIN: usize = 52;
const RAIL: usize = 40;
const HEIGHT: usize = 104;

/// A stage line in both forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageLine {
    /// An SVG element without script or style: classes are `stage-line`, `rail`, `station`,
    /// `passed`, `here` and `code`.
    pub svg: String,
    /// The same in a sentence for each move, for those who do not see it.
    pub text: String,
}

/// Draws what a project went through: each stage that it reached with the day it was first seen
/// there, in order. The last is where it stands. None when it has no stage code at all.
pub fn stage_line(reference: &str, history: &[(Stage, NaiveDate)]) -> Option<StageLine> {
    let (here, since) = history.last().copied()?;
    let mut reached: BTreeMap<u8, (Stage, NaiveDate)> = BTreeMap::new();
    for (stage, day) in history {
        reached.insert(stage.stage(), (*stage, *day));
    }
    let text = text(reference, history);
    let width = MARGIN * 2 + STEP * (STATIONS.len() - 1);
    let x = |place: usize| MARGIN + STEP * place;
    let place_of = |stage: u8| {
        STATIONS
            .iter()
            .position(|(code, _)| *code == stage)
            .unwrap_or(0)
    };
    let mut svg = String::with_capacity(4_096);
    let _ = write!(
        svg,
        "<svg class=\"stage-line\" role=\"img\" viewBox=\"0 0 {width} {HEIGHT}\" xmlns=\"http://www.w3.org/2000/svg\"><title>{}</title><desc>{}</desc>",
        escaped(&format!(
            "Stage line of {reference}: {here}, {}",
            here.meaning()
        )),
        escaped(&text)
    );
    let (first, last) = (x(0), x(STATIONS.len() - 1));
    let _ = write!(
        svg,
        "<line class=\"rail\" x1=\"{first}\" y1=\"{RAIL}\" x2=\"{last}\" y2=\"{RAIL}\"/>"
    );
    let start = reached.keys().next().map_or(0, |stage| place_of(*stage));
    let end = place_of(here.stage());
    if start < end {
        let _ = write!(
            svg,
            "<line class=\"rail passed\" x1=\"{}\" y1=\"{RAIL}\" x2=\"{}\" y2=\"{RAIL}\"/>",
            x(start),
            x(end)
        );
    }
    for (place, (code, name)) in STATIONS.iter().enumerate() {
        let at = x(place);
        let is_here = *code == here.stage();
        let class = match (is_here, reached.get(code)) {
            (true, _) => "station here",
            (false, Some(_)) if place < end => "station passed",
            (false, _) => "station",
        };
        let radius = if is_here { 11 } else { 7 };
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{at}\" cy=\"{RAIL}\" r=\"{radius}\"/><text class=\"name\" x=\"{at}\" y=\"16\" text-anchor=\"middle\">{name}</text>"
        );
        let shown = if is_here {
            Some((here, since))
        } else {
            reached.get(code).copied()
        };
        match shown {
            Some((stage, day)) => {
                let _ = write!(
                    svg,
                    "<text class=\"code\" x=\"{at}\" y=\"72\" text-anchor=\"middle\">{stage}</text><text class=\"day\" x=\"{at}\" y=\"92\" text-anchor=\"middle\">{day}</text>"
                );
            }
            None => {
                let _ = write!(
                    svg,
                    "<text class=\"code\" x=\"{at}\" y=\"72\" text-anchor=\"middle\">{code:02}</text>"
                );
            }
        }
    }
    svg.push_str("</svg>");
    Some(StageLine { svg, text })
}

fn text(reference: &str, history: &[(Stage, NaiveDate)]) -> String {
    let moves: Vec<String> = history
        .iter()
        .map(|(stage, day)| format!("{day} {stage} {}", stage.meaning()))
        .collect();
    format!("{reference}: {}", moves.join("; "))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(moves: &[(&str, &str)]) -> Vec<(Stage, NaiveDate)> {
        moves
            .iter()
            .map(|(stage, day)| (stage.parse().unwrap(), day.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_line_shows_what_was_passed_and_where_it_stands() {
        let line = stage_line(
            "ISO/IEC <DIS> 99042",
            &history(&[
                ("30.60", "2026-01-05"),
                ("40.00", "2026-03-01"),
                ("40.20", "2026-03-09"),
            ]),
        )
        .unwrap();
        assert_eq!(line.svg.matches("<circle").count(), STATIONS.len());
        assert_eq!(line.svg.matches("station here").count(), 1);
        assert_eq!(line.svg.matches("station passed").count(), 1);
        assert!(line.svg.contains(">40.20<") && line.svg.contains(">2026-03-09<"));
        assert!(!line.svg.contains("<DIS>"));
        assert_eq!(
            line.text,
            "ISO/IEC <DIS> 99042: 2026-01-05 30.60 study or ballot of the committee draft closed; 2026-03-01 40.00 enquiry draft registered; 2026-03-09 40.20 enquiry ballot open"
        );
    }

    #[test]
    fn a_line_may_go_back_and_may_not_be_at_all() {
        let line = stage_line(
            "ISO 1",
            &history(&[
                ("50.20", "2026-01-05"),
                ("50.92", "2026-02-05"),
                ("40.20", "2026-03-01"),
            ]),
        )
        .unwrap();
        // What lies ahead again is no more passed.
        assert_eq!(line.svg.matches("station passed").count(), 0);
        assert!(line.svg.contains(">50.92<"));
        assert_eq!(stage_line("NIST SP 800-1", &[]), None);
    }
}
