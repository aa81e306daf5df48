//! The integration tests in one binary: linking is what they cost.

mod command_line;
mod corpus_feeds;
mod crash;
mod postgres;
mod rooms;
mod story;
