//! The jobs, a file each; every one may stop anywhere and begin again.

pub mod catalogue;
pub mod collect;
pub mod deliver;
pub mod digest;
pub mod errand;
pub mod health;
pub mod index;
pub mod observe;
mod pages;
pub mod register;
pub mod retag;
pub(crate) mod watch;
