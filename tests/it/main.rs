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

mod alerting;
mod area;
mod bad_input;
mod by_hand;
mod calendar;
mod catalogue;
mod command_line;
mod corpus_articles;
mod corpus_catalogue;
mod corpus_feeds;
mod corpus_json;
mod corpus_listings;
mod corpus_pages;
mod crash;
mod damage;
mod deaths;
mod demo_telling;
mod doctor;
mod durable;
mod examples;
mod examples_pages;
mod following;
mod framework_pages;
mod golden;
mod hostile;
mod house;
mod interfaces;
mod labelled;
mod mail_care;
mod mail_crash;
mod mapping;
mod matching;
mod nodes;
mod operating;
mod pages;
mod pdf;
mod postgres;
mod rooms;
mod running;
mod safekeeping;
mod seed;
mod signing_up;
mod silence;
mod site;
mod soak;
mod standards_pages;
mod story;
mod telling;
mod upgrading;
mod watch;
mod watch_corpus;
