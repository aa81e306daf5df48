//! The guard against a snapshot that is not what the catalogue is.

use crate::domain::document::{Fault, FaultCode};

/// Of a catalogue that keeps what it ever listed, a tenth does not go in a day.
const LEAST_LEFT: f64 = 0.9;
/// Rows that may be unreadable whatever the share: a list of ten with one bad row is a list.
const FEW: usize = 10;

/// Whether a snapshot has lost so many rows that it cannot be the whole list. Rows that are
/// missing are never taken for withdrawn documents; this keeps them from counting as missing,
/// and what is there from being believed.
pub fn shrunken(rows: usize, last: u32) -> Option<Fault> {
    let least = f64::from(last) * LEAST_LEFT;
    let now = u32::try_from(rows).unwrap_or(u32::MAX);
    (f64::from(now) < least).then(|| {
        Fault::new(
            FaultCode::Shrunken,
            format!(
                "the list has {now} rows, and had {last}: it is half a list or another one, so \
                 nothing was taken from it and nothing counts as withdrawn. If it is right, take \
                 it in once by hand with `regwire standards observe FILE --at TIME --shrunken`"
            ),
        )
    })
}

/// Whether so many rows could not be read that the list must have changed its form.
pub fn half_read(rows: usize, unreadable: usize) -> Option<Fault> {
    (rows == 0 || (unreadable > FEW && unreadable * 10 > rows + unreadable)).then(|| {
        Fault::new(
            FaultCode::BadItem,
            format!(
                "{unreadable} of {} rows could not be read: the list has another form than it \
                 had, so nothing was taken from it",
                rows + unreadable
            ),
        )
    })
}
