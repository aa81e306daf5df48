//! Results of work done side by side, taken in the order in which it was begun, unless one is slow.
//!
//! What is committed in one order every time reads the same every time: positions in the log and
//! the updates that stories begin with do not hang on which answer came first. A slow source may
//! not hold up the others for that, so patience is short.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long results wait for one that was begun before them.
const PATIENCE: Duration = Duration::from_millis(500);

/// Results that wait for their turn.
#[derive(Debug)]
pub(super) struct InOrder<T> {
    next: usize,
    held: BTreeMap<usize, T>,
    most: usize,
    since: Option<Instant>,
}

impl<T> InOrder<T> {
    /// Nothing yet; at most so many wait.
    pub(super) fn new(most: usize) -> Self {
        Self {
            next: 0,
            held: BTreeMap::new(),
            most,
            since: None,
        }
    }

    /// Takes the result of the work with this number in.
    pub(super) fn put(&mut self, number: usize, result: T, now: Instant) {
        self.held.insert(number, result);
        self.since.get_or_insert(now);
    }

    /// How long the oldest waiting result may wait yet; none when nothing waits.
    pub(super) fn patience(&self, now: Instant) -> Option<Duration> {
        self.since
            .map(|since| PATIENCE.saturating_sub(now.saturating_duration_since(since)))
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// What may be taken: the results whose turn has come; all of them when patience is over, too
    /// many wait, or nothing more comes.
    pub(super) fn take(&mut self, over: bool, now: Instant) -> Vec<T> {
        let over = over
            || self.held.len() >= self.most
            || self.patience(now).is_some_and(|left| left.is_zero());
        let mut out = Vec::new();
        while let Some(first) = self.held.first_entry() {
            if *first.key() > self.next && !over {
                break;
            }
            self.next = self.next.max(*first.key() + 1);
            out.push(first.remove());
        }
        if self.held.is_empty() {
            self.since = None;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_taken_in_order_unless_one_is_slow() {
        let start = Instant::now();
        let mut order = InOrder::new(3);
        order.put(1, "b", start);
        assert_eq!(order.take(false, start), [""; 0]);
        assert_eq!(order.patience(start), Some(PATIENCE));
        order.put(0, "a", start);
        assert_eq!(order.take(false, start), ["a", "b"]);
        assert_eq!(order.patience(start), None);

        order.put(3, "d", start);
        order.put(4, "e", start);
        assert_eq!(order.take(false, start + PATIENCE), ["d", "e"]);
        // The slow one is taken when it comes, late as it is.
        order.put(2, "c", start + PATIENCE);
        assert_eq!(order.take(false, start + PATIENCE), ["c"]);

        for (number, name) in [(6, "g"), (7, "h"), (8, "i")] {
            order.put(number, name, start);
        }
        assert_eq!(order.take(false, start), ["g", "h", "i"]);
        order.put(9, "j", start);
        assert_eq!(order.take(true, start), ["j"]);
    }
}
