//! Reading text.
mod codepage;
pub mod cell;
pub mod date;
pub mod decode;
pub mod diff;
pub mod html;
pub mod language;
pub mod rehearsal;
pub mod stem;
pub mod table;
pub mod weight;
pub mod words;
