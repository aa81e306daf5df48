//! Times of day and their zones, as people write them beside a date.

use chrono::NaiveTime;

use super::pieces::Piece;
use crate::text::words::fold;

/// A time of day.
pub(super) struct Clock {
    pub(super) clock: NaiveTime,
    pub(super) next_day: bool,
    /// Minutes east of Greenwich.
    pub(super) offset: Option<i64>,
}

/// Finds the time of day and takes it out of the pieces, with its half of the day and its zone.
pub(super) fn take_time(pieces: &mut Vec<Piece>) -> Option<Clock> {
    let number = |pieces: &[Piece], at: usize| match pieces.get(at) {
        Some(Piece::Number { value, digits }) if *digits <= 2 => Some(*value),
        _ => None,
    };
    let colon = |pieces: &[Piece], at: usize| matches!(pieces.get(at), Some(Piece::Sign(':')));
    let start = (0..pieces.len()).find(|at| {
        number(pieces, *at).is_some() && colon(pieces, at + 1) && number(pieces, at + 2).is_some()
    })?;
    let mut hour = number(pieces, start)?;
    let minute = number(pieces, start + 2)?;
    let mut end = start + 3;
    let mut second = 0;
    if colon(pieces, end)
        && let Some(value) = number(pieces, end + 1)
    {
        second = value.min(59);
        end += 2;
        if matches!(pieces.get(end), Some(Piece::Sign('.' | ',')))
            && matches!(pieces.get(end + 1), Some(Piece::Number { .. }))
        {
            end += 2;
        }
    }
    let spaces = |pieces: &[Piece], mut at: usize| {
        while matches!(pieces.get(at), Some(Piece::Sign(' '))) {
            at += 1;
        }
        at
    };
    // Korean, Chinese and Japanese say first which half of the day it is.
    let before = start
        .checked_sub(1)
        .map(|at| match pieces.get(at) {
            Some(Piece::Sign(' ')) => at.saturating_sub(1),
            _ => at,
        })
        .and_then(|at| match pieces.get(at) {
            Some(Piece::Word(word)) => half_before(word),
            _ => None,
        });
    match before {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let mut at = spaces(pieces, end);
    if let Some(Piece::Word(word)) = pieces.get(at) {
        let half = match word.as_str() {
            "am" | "a" => Some(false),
            "pm" | "p" => Some(true),
            _ => None,
        };
        if let Some(afternoon) = half {
            if afternoon && hour < 12 {
                hour += 12;
            } else if !afternoon && hour == 12 {
                hour = 0;
            }
            at += 1;
            // "a.m." is written with dots.
            while matches!(pieces.get(at), Some(Piece::Sign('.')))
                || matches!(pieces.get(at), Some(Piece::Word(m)) if m == "m")
            {
                at += 1;
            }
            end = at;
            at = spaces(pieces, at);
        }
    }
    let mut offset = None;
    match pieces.get(at) {
        Some(Piece::Word(word)) => {
            if let Some(minutes) = zone(word) {
                offset = Some(minutes);
                end = at + 1;
                // "GMT+0100"
                if let Some((minutes, length)) = numeric_zone(pieces, end) {
                    offset = Some(minutes);
                    end += length;
                }
            }
        }
        Some(Piece::Sign('+' | '-')) => {
            if let Some((minutes, length)) = numeric_zone(pieces, at) {
                offset = Some(minutes);
                end = at + length;
            }
        }
        _ => {}
    }
    let next_day = hour == 24 && minute == 0;
    let clock = NaiveTime::from_hms_opt(
        u32::try_from(if next_day { 0 } else { hour }).ok()?,
        u32::try_from(minute).ok()?,
        u32::try_from(second).ok()?,
    )?;
    pieces.splice(start..end, [Piece::Sign(' ')]);
    Some(Clock {
        clock,
        next_day,
        offset,
    })
}

/// Whether a word before a time of day means the afternoon.
fn half_before(word: &str) -> Option<bool> {
    if ["오후", "下午", "午後", "午后"]
        .iter()
        .any(|name| fold(name) == word)
    {
        Some(true)
    } else if ["오전", "上午", "午前"]
        .iter()
        .any(|name| fold(name) == word)
    {
        Some(false)
    } else {
        None
    }
}

/// `+0100`, `+01:00`, `+1`; one that no place on earth has is no offset.
pub(super) fn numeric_zone(pieces: &[Piece], at: usize) -> Option<(i64, usize)> {
    let sign = match pieces.get(at) {
        Some(Piece::Sign('+')) => 1,
        Some(Piece::Sign('-')) => -1,
        _ => return None,
    };
    let Some(Piece::Number { value, digits }) = pieces.get(at + 1) else {
        return None;
    };
    let (minutes, length) = match digits {
        1 | 2 => match (pieces.get(at + 2), pieces.get(at + 3)) {
            (
                Some(Piece::Sign(':')),
                Some(Piece::Number {
                    value: minutes,
                    digits: 1..=2,
                }),
            ) => (value * 60 + minutes, 4),
            _ => (value * 60, 2),
        },
        3 | 4 => (value / 100 * 60 + value % 100, 2),
        _ => return None,
    };
    Some((
        if minutes <= 14 * 60 {
            sign * minutes
        } else {
            0
        },
        length,
    ))
}

/// Minutes east of Greenwich of the zones that people name.
fn zone(name: &str) -> Option<i64> {
    let hours = match name {
        "z" | "gmt" | "ut" | "utc" | "wet" | "h" => 0,
        "bst" | "cet" | "mez" | "west" => 60,
        "cest" | "mesz" | "eet" | "sast" => 120,
        "eest" | "msk" | "trt" => 180,
        "gst" => 240,
        "pkt" => 300,
        "ist" => 330,
        "wib" | "ict" => 420,
        "sgt" | "hkt" | "awst" | "myt" => 480,
        "jst" | "kst" => 540,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "brt" | "art" => -180,
        "adt" => -180,
        "ast" | "edt" => -240,
        // Half the year "ET" is four hours behind; without a date's own zone nobody can tell.
        "est" | "et" | "cdt" => -300,
        "cst" | "ct" | "mdt" => -360,
        "mst" | "mt" | "pdt" => -420,
        "pst" | "pt" | "akdt" => -480,
        "akst" => -540,
        "hst" => -600,
        _ => return None,
    };
    Some(hours)
}
