//! Rows of bytes that go in the order they came, kept in large blocks.
//!
//! Each by itself would lie among whatever else is taken and given back meanwhile, and hold the
//! page of memory that it lies in for as long as it lives.

use std::collections::VecDeque;

/// How large a block is, in bytes.
const BLOCK: usize = 256 << 10;

/// The rows.
#[derive(Default)]
pub(super) struct Arena {
    blocks: VecDeque<Vec<u8>>,
    /// How many blocks there were before the first of these.
    gone: usize,
}

/// Where a row lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The number of its block, over all time.
    block: usize,
    start: usize,
    end: usize,
}

impl Arena {
    /// Puts a row behind the others.
    pub(super) fn put(&mut self, row: &[u8]) -> Spot {
        let full = |block: &Vec<u8>| block.len() + row.len() > block.capacity();
        if self.blocks.back().is_none_or(full) {
            self.blocks
                .push_back(Vec::with_capacity(BLOCK.max(row.len())));
        }
        let block = self.gone + self.blocks.len() - 1;
        let Some(last) = self.blocks.back_mut() else {
            // One was just put there.
            return Spot {
                block,
                start: 0,
                end: 0,
            };
        };
        let start = last.len();
        last.extend_from_slice(row);
        Spot {
            block,
            start,
            end: last.len(),
        }
    }

    /// A row; none when its block is gone.
    pub(super) fn get(&self, spot: Spot) -> Option<&[u8]> {
        let block = self.blocks.get(spot.block.checked_sub(self.gone)?)?;
        block.get(spot.start..spot.end)
    }

    /// Lets go of the blocks that end before a row.
    pub(super) fn forget_before(&mut self, oldest: Spot) {
        while self.gone < oldest.block && self.blocks.pop_front().is_some() {
            self.gone += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_there_until_they_are_forgotten_and_blocks_do_not_pile_up() {
        const KEPT: usize = 500;
        let row = |number: usize| vec![u8::try_from(number % 251).unwrap(); number % 3_000];
        let mut arena = Arena::default();
        let mut spots = VecDeque::new();
        for number in 0..5_000 {
            spots.push_back((number, arena.put(&row(number))));
            if spots.len() > KEPT {
                spots.pop_front();
            }
            arena.forget_before(spots[0].1);
            assert!(arena.blocks.len() * BLOCK <= KEPT * 3_000 + 2 * BLOCK);
        }
        for (number, spot) in &spots {
            assert_eq!(arena.get(*spot), Some(&row(*number)[..]));
        }
        let large = vec![7; 3 * BLOCK];
        let spot = arena.put(&large);
        assert_eq!(arena.get(spot), Some(&large[..]));
        arena.forget_before(spot);
        assert_eq!(arena.get(spots[0].1), None);
    }
}
