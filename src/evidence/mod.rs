//! Evidence packets: what a third party needs to check, offline, that an update was read from
//! what its publisher sent.
//!
//! It knows the form of a packet (files by name, each hashed, the chain of each source from its
//! first record) and how one is checked. It calls only the ground floor. It deliberately reads
//! and writes no files: it is given names and bytes, so that the check needs neither a store nor
//! a network.

mod packet;
mod verify;

pub use packet::{Chain, ChainRecord, Packet, visit_line};
pub use verify::{Flaw, Verdict, verify};

/// Names of the files of a packet.
pub mod names {
    /// For people: how to check the packet without this program.
    pub const INSTRUCTIONS: &str = "README.txt";
    /// What the packet is of, and the head of each chain.
    pub const MANIFEST: &str = "packet.json";
    /// Every record of every chain, one a line.
    pub const RECORDS: &str = "records.jsonl";
    /// Each time that a source was asked in the period of the packet, one a line.
    pub const VISITS: &str = "visits.jsonl";
    /// The updates, one a line, as `export updates` prints them.
    pub const UPDATES: &str = "updates.jsonl";
    /// The SHA-256 of every other file, as `sha256sum` writes it.
    pub const SUMS: &str = "SHA256SUMS";
    /// The folder of kept bodies.
    pub const DOCUMENTS: &str = "documents";
}

#[cfg(test)]
mod tests;
