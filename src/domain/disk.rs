//! How a disk fills: a line through the days that are known.

use chrono::NaiveDate;

/// How full it was on a day, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskDay {
    /// The day.
    pub day: NaiveDate,
    /// What our data took.
    pub used: u64,
    /// What was free.
    pub free: u64,
}

/// The fewest days that a forecast rests on.
const FEWEST: i64 = 3;

/// In how many days the disk is full if our data goes on growing as it did; none where that cannot be
/// said, or it does not grow.
pub fn days_left(days: &[DiskDay]) -> Option<u32> {
    let (first, last) = (days.first()?, days.last()?);
    let span = (last.day - first.day).num_days();
    if span < FEWEST || last.used <= first.used {
        return None;
    }
    let grown = last.used - first.used;
    let left = u128::from(last.free) * u128::from(span.unsigned_abs()) / u128::from(grown);
    u32::try_from(left).ok()
}

/// Bytes as people write them.
pub fn spoken(bytes: u64) -> String {
    let mut rest = bytes;
    let mut units = ["bytes", "KiB", "MiB", "GiB", "TiB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if rest < 2_048 {
            break;
        }
        rest /= 1_024;
        unit = next;
    }
    format!("{rest} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_the_days_tells_when_it_is_full() {
        let day = |day: u32, used: u64, free: u64| DiskDay {
            day: NaiveDate::from_ymd_opt(2026, 1, day).unwrap(),
            used,
            free,
        };
        assert_eq!(days_left(&[day(1, 100, 900), day(11, 200, 800)]), Some(80));
        // Too few days, or no growth: nothing is said.
        assert_eq!(days_left(&[day(1, 100, 900), day(2, 200, 800)]), None);
        assert_eq!(days_left(&[day(1, 200, 900), day(11, 100, 800)]), None);
        assert_eq!(days_left(&[]), None);
        assert_eq!(spoken(5 << 30), "5 GiB");
        assert_eq!(spoken(100), "100 bytes");
    }
}
