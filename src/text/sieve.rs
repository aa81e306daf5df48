//! Which words cannot be in a list, told by a look at a word's first letters and its length: most
//! words of a text are in none, and are neither folded nor hashed to be told so.

/// A bit for each two first letters and length of the words of a list.
pub struct Sieve([u64; Sieve::BITS / 64]);

impl Sieve {
    /// Five bits for each of two letters, four for the length.
    const BITS: usize = 1 << 14;

    /// The sieve of words that are folded: lower case, without marks.
    pub fn of<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut out = Self([0; Self::BITS / 64]);
        for word in words {
            let bit = Self::bit(word.as_bytes());
            out.0[bit / 64] |= 1 << (bit % 64);
        }
        out
    }

    fn bit(word: &[u8]) -> usize {
        // Letters of either case have the same five last bits.
        let letter = |at: usize| usize::from(word.get(at).copied().unwrap_or(0) & 31);
        letter(0) << 9 | letter(1) << 4 | word.len().min(15)
    }

    /// Whether the list may hold a word, however its letters are written. A word with marks or in
    /// another script always may: what it is when folded is not known here.
    #[inline]
    pub fn may_hold(&self, word: &str) -> bool {
        let bit = Self::bit(word.as_bytes());
        self.0[bit / 64] & 1 << (bit % 64) != 0 || !word.is_ascii()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::words::fold;

    proptest! {
        #[test]
        fn no_word_of_the_list_is_kept_out(
            words in proptest::collection::vec("[A-Za-zäéñłß]{1,20}", 1..20),
        ) {
            let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
            let sieve = Sieve::of(folded.iter().map(String::as_str));
            for word in words.iter().chain(&folded) {
                prop_assert!(sieve.may_hold(word), "{word}");
            }
        }
    }

    #[test]
    fn other_words_are_kept_out() {
        let sieve = Sieve::of(["january", "march"]);
        for (word, expected) in [
            ("March", true),
            ("MARCH", true),
            ("match", true),
            ("März", true),
            ("marching", false),
            ("april", false),
            ("", false),
        ] {
            assert_eq!(sieve.may_hold(word), expected, "{word}");
        }
    }
}
