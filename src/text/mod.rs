//! Reading text.
pub mod cell;
mod codepage;
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
