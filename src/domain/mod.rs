//! The words of the field and their laws.
pub mod reference;
