//! The jobs, a file each; every one may stop anywhere and begin again.

pub mod collect;
pub mod deliver;
pub mod digest;
pub mod errand;
pub mod health;
pub mod index;
mod pages;
pub mod retag;
