//! How much memory a JSON text asks for, before anything is built of it.
//!
//! `[{"a":1},{"a":1},…` in 16 MiB becomes more than a gigabyte of maps: a map of one entry holds
//! room for eleven. So a text is weighed first, by one walk over its signs.

/// The most memory that a value read from JSON may take, in bytes; a feed of 10,000 items takes
/// half of it.
pub const MOST: usize = 64 << 20;

/// A map: a node with room for eleven entries.
const OBJECT: usize = 640;
/// A further entry of a map, in nodes that are half full.
const ENTRY: usize = 100;
/// A value in a list that grows by doubling.
const VALUE: usize = 64;
/// A string beside its own bytes.
const STRING: usize = 16;

/// A text that asks for more than [`MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading it would take more than {} MiB of memory", MOST >> 20)]
pub struct TooHeavy;

/// Refuses what would fill memory. What is no JSON is weighed all the same.
///
/// # Errors
/// When the value would take more than [`MOST`].
pub fn weigh(text: &str) -> Result<(), TooHeavy> {
    if text.len() < MOST / OBJECT {
        // Even if every byte were a map.
        return Ok(());
    }
    let mut weight = text.len();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        weight += match byte {
            b'{' => OBJECT,
            b':' => ENTRY,
            b',' | b'[' => VALUE,
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => {
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
                STRING
            }
            _ => 0,
        };
        if weight > MOST {
            return Err(TooHeavy);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bombs_are_too_heavy_and_feeds_are_not() {
        let list = |piece: &str, bytes: usize| {
            format!("[{}]", format!("{piece},").repeat(bytes / piece.len()))
        };
        for piece in ["{\"a\":1}", "{}", "1", "[]", "\"\""] {
            assert_eq!(weigh(&list(piece, 16 << 20)), Err(TooHeavy), "{piece}");
        }
        let item = format!(
            "{{\"id\":\"1\",\"title\":\"A title\",\"content_html\":\"{}\",\"authors\":[{{\"name\":\"x\"}}],\"tags\":[\"a\",\"b\"]}}",
            "<p>{[:,".repeat(100)
        );
        assert_eq!(weigh(&list(&item, 10_000 * item.len())), Ok(()));
        assert_eq!(weigh(&format!("\"{}\"", "{".repeat(1 << 20))), Ok(()));
        assert_eq!(weigh(&"[".repeat(16 << 20)), Err(TooHeavy));
    }

    #[test]
    fn the_estimate_covers_what_is_built() {
        // What the allocator is asked for, counted by hand: a map's node is 11 keys of 24 bytes,
        // 11 values of 32 and a few words.
        assert!(OBJECT >= 11 * (24 + size_of::<serde_json::Value>()) + 24);
        assert!(VALUE >= 2 * size_of::<serde_json::Value>());
    }
}
