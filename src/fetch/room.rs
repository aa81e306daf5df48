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

/// Of a packed body's cap, the part that it is expected to take: lists pack to less than that.
const PACKED: u64 = 8;
/// What is kept of the pages of a visit that goes on is reckoned in pieces of so many bytes.
const PIECE: usize = 64 << 10;
/// How many of these pieces there may be.
const KEPT_TOGETHER: usize = 1_024;

/// What is left.
pub(super) struct Rooms {
    middling: Arc<Semaphore>,
    large: Arc<Semaphore>,
    kept: Arc<Semaphore>,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            middling: Arc::new(Semaphore::new(MIDDLING_AT_ONCE)),
            large: Arc::new(Semaphore::new(LARGE_TOGETHER as usize)),
            kept: Arc::new(Semaphore::new(KEPT_TOGETHER)),
        }
    }
}

/// The room that the bodies of one visit take, given back when the last copy of this is dropped.
#[derive(Clone, Debug, Default)]
pub struct Room {
    middling: Option<Arc<OwnedSemaphorePermit>>,
    large: Option<Arc<OwnedSemaphorePermit>>,
    kept: Vec<Arc<OwnedSemaphorePermit>>,
}

impl Room {
    /// Adds the room that another page takes to what is kept of those before it, after
    /// [`Fetcher::keep`](super::Fetcher::keep).
    pub fn join(&mut self, page: Self) {
        self.middling = page.middling;
        self.large = page.large;
        self.kept.extend(page.kept);
    }
}

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
    /// Whoever waits for large room holds middling room and never the reverse, and whoever asks for
    /// another page holds neither (see [`Rooms::keep`]), so nobody waits in a circle.
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
        if wanted > SMALL {
            self.middling(room).await;
        }
        if wanted > MIDDLING && room.large.is_none() {
            self.large(room, mebibytes(cap)).await;
        }
        wanted
    }

    /// Waits for the room of a body that is packed as it comes, may have `cap` bytes unpacked and
    /// takes `held` so far. Where a list packs badly its room is exchanged for all there is: what
    /// it holds of the old is over the bound while it waits, but nobody waits in a circle.
    pub(super) async fn pack(&self, room: &mut Room, held: usize, cap: u64) {
        if held > SMALL {
            self.middling(room).await;
        }
        if held <= MIDDLING {
            return;
        }
        let share = usize::try_from(cap / PACKED).unwrap_or(usize::MAX);
        if room.large.is_none() {
            self.large(room, mebibytes(share)).await;
        }
        let has = room.large.as_ref().map_or(0, |permit| permit.num_permits());
        if mebibytes(held) as usize > has && has < LARGE_TOGETHER as usize {
            room.large = None;
            self.large(room, LARGE_TOGETHER).await;
        }
    }

    /// Gives back the room of the page that was read last, and takes, without waiting, room for
    /// the `bytes` that are kept of all pages so far; whether there is any.
    pub(super) fn keep(&self, room: &mut Room, bytes: usize) -> bool {
        room.middling = None;
        room.large = None;
        let has: usize = room.kept.iter().map(|permit| permit.num_permits()).sum();
        let missing = bytes.div_ceil(PIECE).saturating_sub(has);
        if missing == 0 {
            return true;
        }
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        match Arc::clone(&self.kept).try_acquire_many_owned(missing) {
            Ok(permit) => {
                room.kept.push(Arc::new(permit));
                true
            }
            Err(_) => false,
        }
    }

    async fn middling(&self, room: &mut Room) {
        if room.middling.is_none() {
            // The semaphores are never closed; without a permit the bound alone would be lost.
            let permit = Arc::clone(&self.middling).acquire_owned().await;
            room.middling = permit.ok().map(Arc::new);
        }
    }

    async fn large(&self, room: &mut Room, mebibytes: u32) {
        let permits = mebibytes.clamp(1, LARGE_TOGETHER);
        let permit = Arc::clone(&self.large).acquire_many_owned(permits).await;
        room.large = permit.ok().map(Arc::new);
    }
}

/// How many mebibytes so many bytes are, rounded up.
fn mebibytes(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX)
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
        assert!(small.middling.is_none());
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

    #[tokio::test]
    async fn a_packed_catalogue_takes_its_share_and_all_only_if_it_packs_badly() {
        let rooms = Rooms::default();
        let mut room = Room::default();
        rooms.pack(&mut room, 1 << 10, 400 << 20).await;
        assert!(room.middling.is_none() && room.large.is_none());
        rooms.pack(&mut room, 2 << 20, 400 << 20).await;
        rooms.pack(&mut room, 50 << 20, 400 << 20).await;
        assert_eq!(rooms.large.available_permits(), 46);
        rooms.pack(&mut room, 51 << 20, 400 << 20).await;
        assert_eq!(rooms.large.available_permits(), 0);
        rooms.pack(&mut room, 300 << 20, 400 << 20).await;
        assert_eq!(rooms.large.available_permits(), 0);
    }

    #[tokio::test]
    async fn whoever_goes_on_to_another_page_holds_no_room_that_others_wait_for() {
        let rooms = Rooms::default();
        let mut room = Room::default();
        rooms.grow(&mut room, 0, 2 << 20, CAP).await;
        assert!(rooms.keep(&mut room, 300 << 10));
        assert_eq!(rooms.large.available_permits(), LARGE_TOGETHER as usize);
        assert_eq!(rooms.middling.available_permits(), MIDDLING_AT_ONCE);
        assert_eq!(rooms.kept.available_permits(), KEPT_TOGETHER - 5);
        let mut page = Room::default();
        rooms.grow(&mut page, 0, 2 << 20, CAP).await;
        room.join(page);
        assert_eq!(
            rooms.large.available_permits(),
            LARGE_TOGETHER as usize - 16
        );
        // More of it is kept, and what was taken for that counts.
        assert!(rooms.keep(&mut room, 600 << 10));
        assert_eq!(rooms.kept.available_permits(), KEPT_TOGETHER - 10);
        // Where there is none left nobody waits.
        let mut other = Room::default();
        assert!(!rooms.keep(&mut other, 64 << 20));
        assert!(rooms.keep(&mut other, 1 << 20));
        drop((room, other));
        assert_eq!(rooms.kept.available_permits(), KEPT_TOGETHER);
    }
}
