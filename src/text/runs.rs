//! Where the letters and the digits of plain text stand, as sets of bits: eight bytes are looked at
//! together, and no branch hangs on where a word ends, which nobody can foretell.

use smallvec::SmallVec;

/// A set of places in a text, one bit each; enough for most news without an allocation.
type Places = SmallVec<[u64; 32]>;

/// The letters and the digits of a text of ASCII.
pub struct Runs {
    letters: Places,
    digits: Places,
    length: usize,
}

/// In each of eight bytes the highest bit.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// Of eight bytes, all of them ASCII, the highest bits of those from one byte to before another.
fn between(bytes: u64, from: u8, to: u8) -> u64 {
    // No byte is over 0x7f, so that nothing is carried from one to the next.
    (bytes + eight(0x80 - from)) & !(bytes + eight(0x80 - to)) & HIGH
}

/// The highest bit of each byte, side by side.
fn together(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

impl Runs {
    /// Those of a text; what is not ASCII is no letter and no digit.
    pub fn of(text: &[u8]) -> Self {
        let blocks = text.len().div_ceil(64);
        let mut out = Self {
            letters: Places::with_capacity(blocks),
            digits: Places::with_capacity(blocks),
            length: text.len(),
        };
        for block in text.chunks(64) {
            let (mut letters, mut digits) = (0, 0);
            for (place, bytes) in block.chunks(8).enumerate() {
                let mut eight_bytes = [0; 8];
                match <[u8; 8]>::try_from(bytes) {
                    Ok(bytes) => eight_bytes = bytes,
                    Err(_) => {
                        for (slot, byte) in eight_bytes.iter_mut().zip(bytes) {
                            *slot = *byte;
                        }
                    }
                }
                let bytes = u64::from_le_bytes(eight_bytes);
                let plain = !bytes & HIGH;
                let bytes = bytes & !HIGH;
                // Letters of either case differ in one bit.
                let lower = bytes | eight(0x20);
                let letter = between(lower, b'a', b'z' + 1) & plain;
                let digit = between(bytes, b'0', b'9' + 1) & plain;
                letters |= together(letter) << (8 * place);
                digits |= together(digit) << (8 * place);
            }
            out.letters.push(letters);
            out.digits.push(digits);
        }
        out
    }

    /// The next run of letters or of digits from a place on: where it begins and ends.
    #[inline]
    pub fn next(&self, from: usize) -> Option<(usize, usize)> {
        let start = self.seek(from, |block| self.letters[block] | self.digits[block])?;
        let of = if self.letters[start / 64] >> (start % 64) & 1 == 1 {
            &self.letters
        } else {
            &self.digits
        };
        Some((start, self.end(start, |block| of[block])))
    }

    /// The next run of letters and digits from a place on: where it begins and ends.
    #[inline]
    pub fn next_word(&self, from: usize) -> Option<(usize, usize)> {
        let both = |block: usize| self.letters[block] | self.digits[block];
        let start = self.seek(from, both)?;
        Some((start, self.end(start, both)))
    }

    fn end(&self, start: usize, set: impl Fn(usize) -> u64) -> usize {
        self.seek(start, |block| !set(block))
            .unwrap_or(self.length)
            .min(self.length)
    }

    /// The first place of a set from one on. `set` is asked for blocks that are there only.
    #[inline]
    fn seek(&self, from: usize, set: impl Fn(usize) -> u64) -> Option<usize> {
        let mut block = from / 64;
        if block >= self.letters.len() {
            return None;
        }
        let mut some = set(block) & (u64::MAX << (from % 64));
        while some == 0 {
            block += 1;
            if block >= self.letters.len() {
                return None;
            }
            some = set(block);
        }
        Some(block * 64 + some.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str, next: impl Fn(&Runs, usize) -> Option<(usize, usize)>) -> Vec<&str> {
        let runs = Runs::of(text.as_bytes());
        let mut out = Vec::new();
        let mut at = 0;
        while let Some((start, end)) = next(&runs, at) {
            out.push(&text[start..end]);
            at = end;
        }
        out
    }

    #[test]
    fn letters_and_digits_are_runs_of_their_own() {
        assert_eq!(
            all("ISO/IEC 27001:2022, NIS2 (EU) zZaA09@[`{", Runs::next),
            [
                "ISO", "IEC", "27001", "2022", "NIS", "2", "EU", "zZaA", "09"
            ]
        );
        assert_eq!(
            all("NIS2 v4.0.1", Runs::next_word),
            ["NIS2", "v4", "0", "1"]
        );
        assert_eq!(all("", Runs::next), Vec::<&str>::new());
    }

    proptest! {
        #[test]
        fn runs_are_what_bytes_are(text in "[a-zA-Z0-9 .@\\[`{é€]{0,200}") {
            let sort = |byte: u8| {
                (byte.is_ascii_alphabetic(), byte.is_ascii_digit())
            };
            let bytes = text.as_bytes();
            let expected: Vec<&[u8]> = bytes
                .chunk_by(|one, other| sort(*one) == sort(*other))
                .filter(|run| run[0].is_ascii_alphanumeric())
                .collect();
            let runs = Runs::of(bytes);
            let mut at = 0;
            for run in expected {
                let (start, end) = runs.next(at).unwrap();
                prop_assert_eq!(&bytes[start..end], run);
                at = end;
            }
            prop_assert_eq!(runs.next(at), None);
        }
    }
}
