pub mod domain;
pub mod parse;
pub mod text;
