//! A snapshot of a catalogue against the last one: which rows are known, which moved, and where
//! the projects stand that the rows are texts of.

mod guard;
mod project;
mod sighting;

pub use guard::{half_read, shrunken};
pub use project::{Comparison, Setting, compare};
pub use sighting::{ReadRow, RowName, Sighting};

#[cfg(test)]
mod tests;
