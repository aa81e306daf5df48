//! Where the letters and the digits of plain text stand: eight bytes are looked at together, as sets
//! of bits, and no branch hangs on where a word ends, which nobody can foretell.

/// Runs of letters and digits of a text, one after the other: where each begins and where it ends.
/// What is not ASCII is no letter and no digit. Of a text of more than 4 GiB the rest is not read.
pub struct Runs<'t> {
    text: &'t [u8],
    /// Whether digits go on with letters, or are a run of their own.
    joined: bool,
    /// Where the next block begins.
    next_block: u32,
    /// Where the bits of this block count from.
    base: u32,
    /// Places of this block at which runs begin, and at which they are over, that were not told yet.
    /// The first of one belongs to the first of the other: no two runs overlap.
    begins: u64,
    ends: u64,
    /// Whether the last byte of this block was a letter, and a digit.
    letter: u64,
    digit: u64,
}

/// How many bytes one set of bits holds.
const BLOCK: usize = 64;

/// As much of a text is read: whole blocks, up to what 32 bits count.
const LONGEST: usize = u32::MAX as usize / BLOCK * BLOCK - BLOCK;

/// In each of eight bytes the highest bit.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// Of eight bytes, all of them ASCII, the highest bits of those from one byte to before another.
const fn between(bytes: u64, from: u8, to: u8) -> u64 {
    // No byte is over 0x7f, so that nothing is carried from one to the next.
    (bytes + eight(0x80 - from)) & !(bytes + eight(0x80 - to)) & HIGH
}

/// The highest bit of each byte, side by side.
const fn together(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The letters and the digits of a block, one bit each.
fn sorted(block: &[u8; BLOCK]) -> (u64, u64) {
    let (mut letters, mut digits) = (0, 0);
    let (parts, _) = block.as_chunks::<8>();
    for (place, bytes) in parts.iter().enumerate() {
        let bytes = u64::from_le_bytes(*bytes);
        let plain = !bytes & HIGH;
        let bytes = bytes & !HIGH;
        // Letters of either case differ in one bit.
        let letter = between(bytes | eight(0x20), b'a', b'z' + 1) & plain;
        let digit = between(bytes, b'0', b'9' + 1) & plain;
        letters |= together(letter) << (8 * place);
        digits |= together(digit) << (8 * place);
    }
    (letters, digits)
}

impl<'t> Runs<'t> {
    /// Runs of letters, and runs of digits.
    pub fn apart(text: &'t [u8]) -> Self {
        Self::new(text, false)
    }

    /// Runs of letters and digits.
    pub fn joined(text: &'t [u8]) -> Self {
        Self::new(text, true)
    }

    fn new(text: &'t [u8], joined: bool) -> Self {
        Self {
            text: text.get(..LONGEST).unwrap_or(text),
            joined,
            next_block: 0,
            base: 0,
            begins: 0,
            ends: 0,
            letter: 0,
            digit: 0,
        }
    }

    /// Goes on to the next block; false when there is none. Nothing of this one is lost: it is asked for
    /// when no run begins here any more, and when one that began here does not end here, after which
    /// none can begin.
    #[inline]
    fn go_on(&mut self) -> bool {
        let rest = self.text.get(self.next_block as usize..).unwrap_or(&[]);
        let (letters, digits) = match rest.first_chunk::<BLOCK>() {
            Some(block) => sorted(block),
            None if rest.is_empty() => return false,
            None => {
                let mut block = [0; BLOCK];
                for (slot, byte) in block.iter_mut().zip(rest) {
                    *slot = *byte;
                }
                sorted(&block)
            }
        };
        let (letters, digits) = if self.joined {
            (letters | digits, 0)
        } else {
            (letters, digits)
        };
        let (before_letters, before_digits) =
            (letters << 1 | self.letter, digits << 1 | self.digit);
        self.begins = letters & !before_letters | digits & !before_digits;
        self.ends = !letters & before_letters | !digits & before_digits;
        (self.letter, self.digit) = (letters >> (BLOCK - 1), digits >> (BLOCK - 1));
        self.base = self.next_block;
        self.next_block += u64::BITS;
        true
    }
}

impl Iterator for Runs<'_> {
    type Item = (u32, u32);

    #[inline]
    fn next(&mut self) -> Option<(u32, u32)> {
        while self.begins == 0 {
            if !self.go_on() {
                return None;
            }
        }
        let start = self.base + self.begins.trailing_zeros();
        self.begins &= self.begins - 1;
        while self.ends == 0 {
            if !self.go_on() {
                // It ends with the text.
                let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
                return Some((start, end));
            }
        }
        let end = self.base + self.ends.trailing_zeros();
        self.ends &= self.ends - 1;
        Some((start, end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all<'t>(text: &'t str, runs: Runs<'t>) -> Vec<&'t str> {
        runs.map(|(start, end)| &text[start as usize..end as usize])
            .collect()
    }

    #[test]
    fn letters_and_digits_are_runs_of_their_own() {
        let text = "ISO/IEC 27001:2022, NIS2 (EU) zZaA09@[`{";
        assert_eq!(
            all(text, Runs::apart(text.as_bytes())),
            [
                "ISO", "IEC", "27001", "2022", "NIS", "2", "EU", "zZaA", "09"
            ]
        );
        let text = "NIS2 v4.0.1";
        assert_eq!(
            all(text, Runs::joined(text.as_bytes())),
            ["NIS2", "v4", "0", "1"]
        );
        assert_eq!(all("", Runs::apart(b"")), Vec::<&str>::new());
    }

    #[test]
    fn runs_go_on_from_block_to_block() {
        for length in [1, 63, 64, 65, 127, 128, 129, 200] {
            let text = "x".repeat(length);
            assert_eq!(all(&text, Runs::apart(text.as_bytes())), [&text]);
            let text = format!("{}{}", "x".repeat(length), "1".repeat(length));
            assert_eq!(
                all(&text, Runs::apart(text.as_bytes())),
                [&text[..length], &text[length..]]
            );
            assert_eq!(all(&text, Runs::joined(text.as_bytes())), [&text]);
        }
    }

    proptest! {
        #[test]
        fn runs_are_what_bytes_are(text in "[a-zA-Z0-9 .@\\[`{é€]{0,200}") {
            let runs = |sort: fn(u8) -> (bool, bool)| -> Vec<&[u8]> {
                text.as_bytes()
                    .chunk_by(|one, other| sort(*one) == sort(*other))
                    .filter(|run| run[0].is_ascii_alphanumeric())
                    .collect()
            };
            let apart = runs(|byte| (byte.is_ascii_alphabetic(), byte.is_ascii_digit()));
            let joined = runs(|byte| (byte.is_ascii_alphanumeric(), false));
            let bytes = |runs: Runs<'_>| -> Vec<&[u8]> {
                runs.map(|(start, end)| &text.as_bytes()[start as usize..end as usize]).collect()
            };
            prop_assert_eq!(bytes(Runs::apart(text.as_bytes())), apart);
            prop_assert_eq!(bytes(Runs::joined(text.as_bytes())), joined);
        }
    }
}
