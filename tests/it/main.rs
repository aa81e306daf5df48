//! The integration tests in one binary: linking is what they cost.

/// Says aloud what a test leaves out: written past the capture of test output, so that a run
/// that passes still tells.
#[macro_export]
macro_rules! left_out {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "left out: {}", format_args!($($what)*));
    }};
}

mod bad_input;
mod command_line;
mod corpus_articles;
mod corpus_feeds;
mod corpus_listings;
mod crash;
mod deaths;
mod hostile;
mod postgres;
mod rooms;
mod story;
