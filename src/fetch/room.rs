//! Room in memory for bodies: many small ones at once, some middling, few large.
//!
//! A body is bounded by its source's cap; how many lie in memory at once is bounded here, however
//! many visits are under way (promises: F4).

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies up to this size, in bytes, need no leave.
const SMALL: usize = 64 << 10;
/// Bodies up to this size are middling: one permit each.
const MIDDLING: usize = 1 << 20;
/// How many bodies larger than [`SMALL`] there may be at once.
const MIDDLING_AT_ONCE: usize = 64;
/// Mebibytes that bodies larger than [`MIDDLING`] may take together.
const LARGE_TOGETHER: u32 = 96;

/// What is left.
pub(super) struct Rooms {
    middling: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            middling: Arc::new(Semaphore::new(MIDDLING_AT_ONCE)),
            large: Arc::new(Semaphore::new(LARGE_TOGETHER as usize)),
        }
    }
}

/// The room that one body takes, given back when the last copy of this is dropped.
#[derive(Clone, Debug, Default)]
pub struct Room(Vec<Arc<OwnedSemaphorePermit>>);

/// Room is no part of what came.
impl PartialEq for Room {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Rooms {
    /// How much room to make for `needed` bytes of a body that may have `cap`, when it has
    /// `capacity` so far; leave is waited for where it takes one.
    ///
    /// Whoever waits for large room holds middling room and never the reverse, so nobody waits in
    /// a circle.
    pub(super) async fn grow(
        &self,
        room: &mut Room,
        capacity: usize,
        needed: usize,
        cap: u64,
    ) -> usize {
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        let wanted = capacity
            .saturating_mul(2)
            .max(needed)
            .max(4 << 10)
            .min(cap.max(needed));
        if wanted > SMALL && room.0.is_empty() {
            // The semaphores are never closed; without a permit the bound alone would be lost.
            if let Ok(permit) = Arc::clone(&self.middling).acquire_owned().await {
                room.0.push(Arc::new(permit));
            }
        }
        if wanted > MIDDLING && room.0.len() < 2 {
            let mebibytes = u32::try_from(cap.div_ceil(1 << 20)).unwrap_or(u32::MAX);
            let large = Arc::clone(&self.large);
            let permits = mebibytes.clamp(1, LARGE_TOGETHER);
            if let Ok(permit) = large.acquire_many_owned(permits).await {
                room.0.push(Arc::new(permit));
            }
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const CAP: u64 = 16 << 20;

    #[tokio::test]
    async fn large_bodies_wait_for_each_other_and_small_ones_for_nobody() {
        let rooms = Rooms::default();
        let mut held = Vec::new();
        for _ in 0..6 {
            let mut room = Room::default();
            assert_eq!(rooms.grow(&mut room, 0, 2 << 20, CAP).await, 2 << 20);
            held.push(room);
        }
        let mut room = Room::default();
        let seventh = rooms.grow(&mut room, 0, 2 << 20, CAP);
        assert!(
            tokio::time::timeout(Duration::from_millis(20), seventh)
                .await
                .is_err()
        );
        let mut small = Room::default();
        assert_eq!(rooms.grow(&mut small, 0, 100, CAP).await, 4 << 10);
        assert!(small.0.is_empty());
        held.pop();
        assert_eq!(rooms.grow(&mut room, 1 << 20, 2 << 20, CAP).await, 2 << 20);
        // Its capacity is never more than the cap.
        assert_eq!(
            rooms.grow(&mut room, 12 << 20, 13 << 20, CAP).await,
            16 << 20
        );
    }

    #[tokio::test]
    async fn a_catalogue_larger_than_all_the_room_has_it_alone() {
        let rooms = Rooms::default();
        let mut room = Room::default();
        rooms.grow(&mut room, 0, 200 << 20, 400 << 20).await;
        assert_eq!(rooms.large.available_permits(), 0);
        drop(room);
        assert_eq!(rooms.large.available_permits(), LARGE_TOGETHER as usize);
    }
}
