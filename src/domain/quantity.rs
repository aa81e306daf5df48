//! Spans of time and sizes as people write them in files: `2h`, `14d`, `16MB`.

use chrono::TimeDelta;

/// Text that was offered as a quantity and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {wanted}")]
pub struct InvalidQuantity {
    /// As given.
    pub given: String,
    /// What would have been right, with an example.
    pub wanted: &'static str,
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text.get(..digits)?.parse().ok()?;
    Some((number, text.get(digits..)?.trim()))
}

/// Reads a span: a whole number and one of `ms s m h d w`; `0` needs no unit.
///
/// # Errors
/// When it is anything else, or longer than ten years.
pub fn span(text: &str) -> Result<TimeDelta, InvalidQuantity> {
    let wrong = || InvalidQuantity {
        given: text.to_owned(),
        wanted: "a span of time such as \"30s\", \"2h\" or \"14d\" (units: ms, s, m, h, d, w)",
    };
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 7 * 86_400_000,
        "" if number == 0 => 1,
        _ => return Err(wrong()),
    };
    let total = number.checked_mul(milliseconds).ok_or_else(wrong)?;
    if total > 10 * 366 * 86_400_000 {
        return Err(wrong());
    }
    i64::try_from(total)
        .ok()
        .and_then(TimeDelta::try_milliseconds)
        .ok_or_else(wrong)
}

/// Reads a size in bytes: a whole number and one of `B KB MB GB` (powers of 1,024).
///
/// # Errors
/// When it is anything else, or over 1 TB.
pub fn bytes(text: &str) -> Result<u64, InvalidQuantity> {
    let wrong = || InvalidQuantity {
        given: text.to_owned(),
        wanted: "a size such as \"16MB\" (units: B, KB, MB, GB)",
    };
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let factor: u64 = match unit.to_ascii_uppercase().as_str() {
        "B" | "" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(factor)
        .filter(|size| *size <= 1 << 40)
        .ok_or_else(wrong)
}

/// A span as people read it: the two largest units, `3 d 4 h`.
pub fn spell_span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().abs();
    let (days, hours, minutes) = (
        seconds / 86_400,
        seconds % 86_400 / 3_600,
        seconds % 3_600 / 60,
    );
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes() {
        assert_eq!(span("2h").unwrap(), TimeDelta::hours(2));
        assert_eq!(span("14d").unwrap(), TimeDelta::days(14));
        assert_eq!(span("0").unwrap(), TimeDelta::zero());
        for bad in [
            "",
            "2",
            "h",
            "2 fortnights",
            "-1h",
            "99999999999999999999d",
            "9000d",
        ] {
            assert!(span(bad).is_err(), "{bad}");
        }
        assert_eq!(bytes("16MB").unwrap(), 16 << 20);
        assert_eq!(bytes("400 mb").unwrap(), 400 << 20);
        for bad in ["", "x", "-3MB", "3PB", "99999999GB"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spelling() {
        assert_eq!(spell_span(TimeDelta::hours(76)), "3 d 4 h");
        assert_eq!(spell_span(TimeDelta::seconds(12)), "12 s");
        assert_eq!(spell_span(TimeDelta::minutes(90)), "1 h 30 min");
    }
}
