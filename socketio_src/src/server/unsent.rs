//! The bytes that have been handed to socketioxide for one client, and are not written yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A count of bytes, which is also a part of what waits for all clients.
#[derive(Debug)]
pub(super) struct Unsent {
    bytes: AtomicUsize,
    total: Arc<AtomicUsize>,
}

impl Unsent {
    pub(super) fn part_of(total: &Arc<AtomicUsize>) -> Self {
        Self { bytes: AtomicUsize::new(0), total: total.clone() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Counts more bytes. Returns how many wait now: for this client, and for all.
    pub(super) fn add(&self, bytes: usize) -> (usize, usize) {
        // The total first: what is in the count may be written, and taken off both, at any moment from then on. The other
        // way round the total falls below zero, which is a very large number.
        let total = self.total.fetch_add(bytes, Ordering::Relaxed) + bytes;
        (self.bytes.fetch_add(bytes, Ordering::Release) + bytes, total)
    }

    /// Takes off what has been written. Something that was not counted before does not bring the count below zero.
    pub(super) fn take_off(&self, bytes: usize) {
        let less = |waiting: usize| Some(waiting.saturating_sub(bytes));
        // Always `Ok`: the closure always returns a value.
        let before = self.bytes.fetch_update(Ordering::Acquire, Ordering::Acquire, less).unwrap_or(0);
        self.total.fetch_sub(before.min(bytes), Ordering::Relaxed);
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        self.take_off(usize::MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn the_total_never_falls_below_what_waits() {
        let total = Arc::new(AtomicUsize::new(0));
        let unsent = Unsent::part_of(&total);
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for _ in 0..100_000 {
                    unsent.take_off(7);
                }
            });
            for _ in 0..100_000 {
                let (waiting, all) = unsent.add(5);
                assert!(waiting <= 500_000 && all <= 500_000, "{waiting} of {all}");
            }
            writer.join().unwrap();
        });
        drop(unsent);
        assert_eq!(total.load(Ordering::Relaxed), 0);
    }
}
