//! The jobs, a file each; every one may stop anywhere and begin again.

pub mod alerts;
pub mod bounces;
pub mod calendar;
pub mod catalogue;
mod chain;
pub mod collect;
pub mod deeds;
pub mod deliver;
pub mod digest;
pub mod errand;
pub mod health;
pub mod index;
pub mod library;
pub mod lock;
mod making;
pub mod matches;
pub mod observe;
pub mod operator;
mod pages;
pub mod preview;
mod project_names;
pub mod register;
pub mod retag;
pub mod signups;
pub mod teams;
pub(super) mod visit;
pub(crate) mod watch;
