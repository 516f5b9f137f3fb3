//! How fast one client may talk.

use std::time::Duration;

use tokio::time::Instant;

/// How fast one client may talk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Messages each second, for as long as it likes.
    pub per_second: f64,
    /// Messages at once, after a silence.
    pub burst: f64,
}

impl Rate {
    /// As fast as it can.
    pub const UNLIMITED: Self = Self { per_second: f64::INFINITY, burst: f64::INFINITY };
}

/// A token bucket: it holds `burst` tokens, gets `per_second` new ones, and each message takes one.
///
/// A client that finds it empty is told, and the message is dropped. A client that goes on regardless, until as many more
/// messages were dropped than taken as a burst has, does not want to be told.
#[derive(Debug)]
pub struct Pace {
    rate: Rate,
    tokens: f64,
    counted: Instant,
    /// How many more messages were dropped than taken of late. Not those in a row: a new token comes all the time, and the
    /// one message that takes it would make up for all the others.
    dropped: f64,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Take it.
    Fine,
    /// Drop it and say so.
    TooFast,
    /// End the connection.
    Flood,
}

impl Pace {
    /// Full.
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: rate.burst, counted: now, dropped: 0.0 }
    }

    /// One message came.
    pub fn count(&mut self, now: Instant) -> Verdict {
        self.take(1.0, now)
    }

    /// So many came at once: bytes, say.
    pub fn take(&mut self, count: f64, now: Instant) -> Verdict {
        let since: Duration = now.saturating_duration_since(self.counted);
        self.counted = now;
        // `f64::min` also turns the NaN of infinity times zero into the burst.
        self.tokens = (self.tokens + since.as_secs_f64() * self.rate.per_second).min(self.rate.burst);
        if self.tokens >= count {
            self.tokens -= count;
            self.dropped = (self.dropped - count).max(0.0);
            return Verdict::Fine;
        }
        self.dropped += count;
        if self.dropped > self.rate.burst { Verdict::Flood } else { Verdict::TooFast }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 10.0, burst: 3.0 };

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut pace = Pace::new(RATE, start);
        for _ in 0..3 {
            assert_eq!(pace.count(start), Verdict::Fine);
        }
        assert_eq!(pace.count(start), Verdict::TooFast);
        let later = start + Duration::from_millis(101);
        assert_eq!(pace.count(later), Verdict::Fine);
        assert_eq!(pace.count(later), Verdict::TooFast);
    }

    #[test]
    fn who_goes_on_regardless_is_a_flood() {
        let start = Instant::now();
        let mut pace = Pace::new(RATE, start);
        let verdicts: Vec<_> = (0..7).map(|_| pace.count(start)).collect();
        use Verdict::{Fine, Flood, TooFast};
        assert_eq!(verdicts, [Fine, Fine, Fine, TooFast, TooFast, TooFast, Flood]);
        // After a wait the client may send again.
        assert_eq!(pace.count(start + Duration::from_secs(1)), Fine);
    }

    #[test]
    fn a_flood_is_one_even_when_a_token_comes_now_and_then() {
        let mut now = Instant::now();
        let mut pace = Pace::new(RATE, now);
        // Three messages for each token: never more than the burst in a row.
        let verdicts = std::iter::from_fn(|| {
            now += Duration::from_millis(34);
            Some(pace.count(now))
        });
        assert!(verdicts.take(100).any(|verdict| verdict == Verdict::Flood));
        // Somebody who is a little too fast is told, and stays.
        let mut pace = Pace::new(RATE, now);
        for _ in 0..1000 {
            now += Duration::from_millis(60);
            assert_ne!(pace.count(now), Verdict::Flood);
        }
    }

    #[test]
    fn no_limit_is_no_limit() {
        let start = Instant::now();
        let mut pace = Pace::new(Rate::UNLIMITED, start);
        for _ in 0..100_000 {
            assert_eq!(pace.count(start), Verdict::Fine);
        }
    }
}
