//! Looking for bytes of a kind, many at a time: no branch within a block, so that a compiler makes
//! a few instructions of it.

/// How many bytes are looked at together.
const BLOCK: usize = 32;

/// Where the first byte of a kind stands.
#[inline]
pub fn first(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    let blocks = bytes.chunks_exact(BLOCK);
    let without = blocks.take_while(|block| !holds(block, &is)).count() * BLOCK;
    let mut rest = bytes.get(without..)?.iter();
    rest.position(|byte| is(*byte)).map(|at| without + at)
}

/// Whether there is a byte of a kind.
#[inline]
pub fn any(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    let mut blocks = bytes.chunks_exact(BLOCK);
    blocks.any(|block| holds(block, &is)) || blocks.remainder().iter().any(|byte| is(*byte))
}

/// The same for one block, to its end.
#[inline]
fn holds(block: &[u8], is: impl Fn(u8) -> bool) -> bool {
    block.iter().fold(false, |some, byte| some | is(*byte))
}

/// Where the first digit stands.
pub fn first_digit(bytes: &[u8]) -> Option<usize> {
    first(bytes, |byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blocks_change_nothing(bytes in proptest::collection::vec(0_u8..8, 0..150)) {
            let is = |byte: u8| byte == 7;
            prop_assert_eq!(first(&bytes, is), bytes.iter().position(|byte| is(*byte)));
            prop_assert_eq!(super::any(&bytes, is), bytes.iter().any(|byte| is(*byte)));
        }
    }
}
