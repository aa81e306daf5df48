//! Plots as inline SVG, without script or style. Each stands beside a table that says the same.

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate};

/// Text as it stands between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

/// The beginning of a text, as many characters as fit.
fn fitted(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(characters.saturating_sub(1)).collect();
    out.push('…');
    out
}

fn open(out: &mut String, class: &str, width: i64, height: i64, title: &str) {
    let _ = write!(
        out,
        "<svg class=\"plot {class}\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {width} {height}\">",
        escaped(title)
    );
}

/// A point of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelinePoint {
    /// Its number in the table beside the plot.
    pub number: usize,
    /// The day.
    pub day: NaiveDate,
    /// Whether it was matched to a source or stated by a publisher.
    pub sure: bool,
}

const LINE: i64 = 720;
const EDGE: i64 = 24;
const SPAN: i64 = LINE - 2 * EDGE;
/// Points nearer than this stand above each other.
const APART: i64 = 24;
/// Points above each other; those beyond share the topmost place.
const STOREYS: usize = 6;

/// Draws dates along a line from the first to the last, with a mark for today. None where there
/// are fewer than two: a line needs two ends.
pub fn timeline(name: &str, points: &[TimelinePoint], today: NaiveDate) -> Option<String> {
    let first = points.iter().map(|point| point.day).min()?;
    let last = points.iter().map(|point| point.day).max()?;
    if points.len() < 2 || first == last {
        return None;
    }
    let days = (last - first).num_days().max(1);
    let x = |day: NaiveDate| EDGE + (day - first).num_days() * SPAN / days;
    let mut sorted: Vec<&TimelinePoint> = points.iter().collect();
    sorted.sort_by_key(|point| (point.day, point.number));
    // The rightmost point of each storey.
    let mut storeys: Vec<i64> = Vec::new();
    let mut placed: Vec<(&TimelinePoint, i64, usize)> = Vec::new();
    for point in sorted {
        let at = x(point.day);
        let free = storeys.iter().position(|last| at - last >= APART);
        let storey = match free {
            Some(storey) => storey,
            None if storeys.len() < STOREYS => {
                storeys.push(at);
                storeys.len() - 1
            }
            None => STOREYS - 1,
        };
        if let Some(last) = storeys.get_mut(storey) {
            *last = at;
        }
        placed.push((point, at, storey));
    }
    let rail = 26 + i64::try_from(storeys.len()).unwrap_or(1) * APART;
    let mut out = String::with_capacity(2_048);
    let inside = (first..=last).contains(&today);
    open(
        &mut out,
        "timeline",
        LINE,
        rail + 30,
        &format!(
            "Timeline of {name}: {} dates from {} to {}; the table says each",
            points.len(),
            first.year(),
            last.year()
        ),
    );
    let _ = write!(
        out,
        "<line class=\"rail\" x1=\"{EDGE}\" y1=\"{rail}\" x2=\"{}\" y2=\"{rail}\"/>",
        LINE - EDGE
    );
    let years = i64::from(last.year() - first.year());
    let step = usize::try_from((years / 9 + 1).clamp(1, 100)).unwrap_or(1);
    for year in (first.year()..=last.year()).step_by(step) {
        let Some(day) = NaiveDate::from_ymd_opt(year, 1, 1).filter(|day| *day >= first) else {
            continue;
        };
        let at = x(day);
        let _ = write!(
            out,
            "<line class=\"tick\" x1=\"{at}\" y1=\"{rail}\" x2=\"{at}\" y2=\"{}\"/><text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{year}</text>",
            rail + 6,
            rail + 22
        );
    }
    if inside {
        let at = x(today);
        let _ = write!(
            out,
            "<line class=\"today\" x1=\"{at}\" y1=\"14\" x2=\"{at}\" y2=\"{rail}\"/><text class=\"now\" x=\"{at}\" y=\"10\" text-anchor=\"middle\">today</text>"
        );
    }
    for (point, at, storey) in placed {
        let up = rail - 18 - i64::try_from(storey).unwrap_or(0) * APART;
        let class = match (point.day <= today, point.sure) {
            (_, false) => "unsure",
            (true, true) => "past",
            (false, true) => "ahead",
        };
        let _ = write!(
            out,
            "<g class=\"{class}\"><circle cx=\"{at}\" cy=\"{up}\" r=\"10\"/><text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
            up + 4,
            point.number
        );
    }
    out.push_str("</svg>");
    Some(out)
}

const BARS: i64 = 640;
const NAMES: i64 = 190;
const ROW: i64 = 26;

/// Draws a bar for each name, as long as its number; None where there is nothing to compare.
pub fn bars(title: &str, rows: &[(String, u64)]) -> Option<String> {
    let most = rows.iter().map(|(_, count)| *count).max()?.max(1);
    let height = i64::try_from(rows.len()).unwrap_or(1) * ROW + 4;
    let mut out = String::with_capacity(2_048);
    open(&mut out, "bars", BARS, height, title);
    for (place, (name, count)) in rows.iter().enumerate() {
        let top = i64::try_from(place).unwrap_or(0) * ROW + 4;
        let room = u64::try_from(BARS - NAMES - 56).unwrap_or(1);
        let length = i64::try_from(count.saturating_mul(room) / most)
            .unwrap_or(0)
            .max(2);
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"{NAMES}\" y=\"{top}\" width=\"{length}\" height=\"18\"/><text x=\"{}\" y=\"{}\">{count}</text>",
            NAMES - 10,
            top + 14,
            escaped(&fitted(name, 26)),
            NAMES + length + 8,
            top + 14
        );
    }
    out.push_str("</svg>");
    Some(out)
}

/// Draws a column for each stretch of time, with what the first and the last are called.
pub fn columns(title: &str, counts: &[u64], first: &str, last: &str) -> Option<String> {
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let count = i64::try_from(counts.len()).unwrap_or(1).max(1);
    let (width, height, foot) = (272_i64, 88_i64, 18_i64);
    let step = width / count;
    let mut out = String::with_capacity(1_024);
    open(&mut out, "weeks", width, height, title);
    for (place, value) in counts.iter().enumerate() {
        let left = i64::try_from(place).unwrap_or(0) * step;
        let room = u64::try_from(height - foot - 14).unwrap_or(1);
        let tall = i64::try_from(value.saturating_mul(room) / most)
            .unwrap_or(0)
            .max(1);
        let _ = write!(
            out,
            "<rect x=\"{left}\" y=\"{}\" width=\"{}\" height=\"{tall}\"/>",
            height - foot - tall,
            (step - 3).max(1)
        );
        if *value == most {
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{value}</text>",
                (left + step / 2).clamp(12, width - 12),
                height - foot - tall - 3
            );
        }
    }
    let _ = write!(
        out,
        "<text x=\"0\" y=\"{0}\">{1}</text><text x=\"{width}\" y=\"{0}\" text-anchor=\"end\">{2}</text></svg>",
        height - 3,
        escaped(first),
        escaped(last)
    );
    Some(out)
}

/// A node of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
}

/// Draws frameworks on a ring and a line for each pair that is related; the one in the middle, if
/// any, is the first. None where nothing is related.
pub fn graph(
    title: &str,
    centre: Option<&GraphNode>,
    ring: &[GraphNode],
    lines: &[(usize, usize)],
) -> Option<String> {
    if ring.is_empty() {
        return None;
    }
    let (width, height) = (720_f64, 480_f64);
    let (middle_x, middle_y) = (width / 2.0, height / 2.0);
    let (wide, tall) = (205.0, 195.0);
    let place = |index: usize| {
        let turn =
            index as f64 / ring.len() as f64 * std::f64::consts::TAU - std::f64::consts::FRAC_PI_2;
        (
            middle_x + wide * turn.cos(),
            middle_y + tall * turn.sin(),
            turn.cos(),
        )
    };
    let mut out = String::with_capacity(4_096);
    // A picture with links inside is a group of them, and not one image.
    let _ = write!(
        out,
        "<svg class=\"plot graph\" role=\"group\" aria-label=\"{}\" viewBox=\"0 0 {width} {height}\">",
        escaped(title)
    );
    if centre.is_some() {
        for index in 0..ring.len() {
            let (x, y, _) = place(index);
            let _ = write!(
                out,
                "<line x1=\"{middle_x}\" y1=\"{middle_y}\" x2=\"{x:.0}\" y2=\"{y:.0}\"/>"
            );
        }
    }
    for (from, to) in lines {
        let (a, b, _) = place(*from);
        let (c, d, _) = place(*to);
        let _ = write!(
            out,
            "<line x1=\"{a:.0}\" y1=\"{b:.0}\" x2=\"{c:.0}\" y2=\"{d:.0}\"/>"
        );
    }
    for (index, node) in ring.iter().enumerate() {
        let (x, y, side) = place(index);
        let (anchor, shift, drop) = if side > 0.3 {
            ("start", 12.0, 4.0)
        } else if side < -0.3 {
            ("end", -12.0, 4.0)
        } else if y < middle_y {
            ("middle", 0.0, -14.0)
        } else {
            ("middle", 0.0, 24.0)
        };
        let _ = write!(
            out,
            "<a href=\"{}\"><circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"7\"/><text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"{anchor}\">{}</text></a>",
            escaped(&node.href),
            x + shift,
            y + drop,
            escaped(&fitted(&node.name, 20))
        );
    }
    if let Some(node) = centre {
        let _ = write!(
            out,
            "<g class=\"centre\"><circle cx=\"{middle_x}\" cy=\"{middle_y}\" r=\"58\"/><text x=\"{middle_x}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
            middle_y + 5.0,
            escaped(&fitted(&node.name, 15))
        );
    }
    out.push_str("</svg>");
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn point(number: usize, text: &str) -> TimelinePoint {
        TimelinePoint {
            number,
            day: day(text),
            sure: number % 2 == 1,
        }
    }

    #[test]
    fn dates_stand_along_a_line() {
        let today = day("2026-06-01");
        let points = [point(1, "2024-01-01"), point(2, "2028-01-01")];
        let plot = timeline("<X>", &points, today).unwrap();
        assert!(plot.contains("Timeline of &lt;X&gt;: 2 dates from 2024 to 2028"));
        assert!(plot.contains(">today</text>"));
        assert!(plot.contains("<g class=\"past\">") && plot.contains("<g class=\"unsure\">"));
        assert_eq!(timeline("X", &points[..1], today), None);
        assert_eq!(timeline("X", &[], today), None);
    }

    #[test]
    fn nothing_to_compare_is_no_plot() {
        assert_eq!(bars("Empty", &[]), None);
        assert_eq!(columns("Empty", &[0, 0], "a", "b"), None);
        assert_eq!(graph("Empty", None, &[], &[]), None);
        let plot = bars("One", &[("<b>".to_owned(), 7)]).unwrap();
        assert!(plot.contains("&lt;b&gt;") && !plot.contains("<b>"));
    }

    proptest! {
        #[test]
        fn any_dates_are_drawn_inside_the_picture(
            days in proptest::collection::vec(0_i32..200_000, 0..60), now in 0_i32..200_000,
        ) {
            let date = |days: i32| NaiveDate::from_num_days_from_ce_opt(600_000 + days).unwrap();
            let points: Vec<TimelinePoint> = days
                .iter()
                .enumerate()
                .map(|(number, days)| TimelinePoint { number, day: date(*days), sure: true })
                .collect();
            if let Some(plot) = timeline("X", &points, date(now)) {
                for part in plot.split("cx=\"").skip(1) {
                    let at: i64 = part.split('"').next().unwrap().parse().unwrap();
                    prop_assert!((EDGE..=LINE - EDGE).contains(&at));
                }
                prop_assert!(!plot.contains("cy=\"-"));
                prop_assert!(plot.len() < 40_000);
            }
        }
    }
}
