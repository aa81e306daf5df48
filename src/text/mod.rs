//! Reading text.
pub mod date;
pub mod decode;
pub mod html;
pub mod language;
pub mod stem;
pub mod table;
pub mod words;
