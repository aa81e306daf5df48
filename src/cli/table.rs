//! Tables for people.

use super::out::say;
use unicode_normalization::UnicodeNormalization as _;

/// Prints rows under a heading, columns as wide as their widest cell, the last one free.
pub(super) fn print(heading: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = heading.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if let Some(most) = widths.get_mut(place) {
                *most = (*most).max(width(cell)).min(60);
            }
        }
    }
    let line = |cells: &[String]| {
        let mut out = String::new();
        for (place, cell) in cells.iter().enumerate() {
            out.push_str(cell);
            if place + 1 < cells.len() {
                let pad = widths
                    .get(place)
                    .copied()
                    .unwrap_or(0)
                    .saturating_sub(width(cell))
                    + 2;
                out.extend(std::iter::repeat_n(' ', pad));
            }
        }
        say!("{}", out.trim_end());
    };
    line(
        &heading
            .iter()
            .map(|cell| (*cell).to_owned())
            .collect::<Vec<_>>(),
    );
    for row in rows {
        line(row);
    }
}

fn width(text: &str) -> usize {
    text.nfc().count()
}

/// "1 update", "3 updates".
pub(super) fn count(number: impl Into<i64>, one: &str) -> String {
    let number = number.into();
    if number == 1 {
        format!("1 {one}")
    } else {
        match one.strip_suffix('y') {
            Some(stem) => format!("{number} {stem}ies"),
            None => format!("{number} {one}s"),
        }
    }
}
