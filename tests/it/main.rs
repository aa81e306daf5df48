//! The integration tests in one binary: linking is what they cost.

mod corpus_feeds;
