//! Regwire: a self-hosted aggregator of compliance news and regulatory updates.
//!
//! This file is the map. A room sees the ground floor and nothing beside it; rooms meet only
//! upstairs. `docs/architecture.md` walks one update through the house.

pub mod archive;
pub mod cli;
pub mod clock;
pub mod compare;
pub mod config;
pub mod crash;
pub mod daemon;
pub mod deliver;
pub mod demo;
pub mod digest;
pub mod doctor;
pub mod domain;
pub mod evidence;
pub mod fetch;
pub mod library;
pub mod matching;
pub mod metrics;
pub mod normalize;
pub mod parse;
pub mod pdf;
pub mod render;
pub mod search;
pub mod store;
pub mod story;
pub mod summary;
pub mod tag;
pub mod text;
pub mod vitals;
pub mod web;

/// The allocator of every thread. A daemon that collects for months takes and gives back pieces of
/// every size from every thread; the C library's allocator keeps twice of what is in use, and more
/// each week (`docs/decisions/0034-allocator.md`). A fuzzer's sanitiser brings its own.
#[cfg(not(fuzzing))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
