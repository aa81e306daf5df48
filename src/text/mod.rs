//! Reading text.
pub mod bytes;
pub mod cell;
mod codepage;
pub mod date;
pub mod decode;
pub mod diff;
pub mod html;
pub mod language;
pub mod rehearsal;
pub mod report;
pub mod runs;
pub mod sieve;
pub mod stem;
pub mod table;
pub mod weight;
pub mod words;

/// Text without signs that control a terminal or a database and show nothing; ends of lines and tabs
/// stay. PostgreSQL keeps no U+0000, and what SQLite kept of it could never be moved there.
pub fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
        .collect()
}
