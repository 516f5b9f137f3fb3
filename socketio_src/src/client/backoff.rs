//! Exponential backoff with jitter.
//!
//! *Exponential*: a server that is down for long is asked less and less often. *Jitter*: when a server restarts, all
//! its clients lose their connection in the same moment; without chance they would all come back in the same moment,
//! again and again.

use std::time::Duration;

/// How long to wait before connecting again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The wait after the first failure, before jitter.
    pub first: Duration,
    /// What each further failure multiplies the wait with.
    pub factor: f64,
    /// The wait does not grow beyond this. Jitter comes on top, or clients at the limit would march in step.
    pub longest: Duration,
    /// How far chance moves the wait up or down: 0.5 means by up to half.
    pub jitter: f64,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), factor: 2.0, longest: Duration::from_secs(5), jitter: 0.5 }
    }
}

impl Backoff {
    /// The wait after `failures` earlier failures in a row, with `random` from 0 to 1.
    ///
    /// A pure function: the die is thrown by the caller, so a test can choose what it shows.
    #[must_use]
    pub fn delay(&self, failures: u32, random: f64) -> Duration {
        let exponent = i32::try_from(failures).unwrap_or(i32::MAX);
        let grown = self.first.as_secs_f64() * self.factor.powi(exponent);
        let wait = grown.min(self.longest.as_secs_f64());
        let stretch = 1.0 + self.jitter * (2.0 * random - 1.0);
        // A strange factor or jitter can make this negative or NaN, which no Duration can hold.
        Duration::try_from_secs_f64(wait * stretch).unwrap_or(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_double_up_to_the_limit() {
        let waits: Vec<u128> = (0..6).map(|failures| Backoff::default().delay(failures, 0.5).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 5000, 5000]);
    }

    #[test]
    fn jitter_moves_a_wait_by_half_in_both_directions() {
        assert_eq!(Backoff::default().delay(0, 0.0), Duration::from_millis(250));
        assert_eq!(Backoff::default().delay(0, 1.0), Duration::from_millis(750));
    }

    proptest! {
        #[test]
        fn any_number_of_failures_gives_a_wait_within_the_limits(failures: u32, random in 0.0..=1.0) {
            let wait = Backoff::default().delay(failures, random);
            prop_assert!(wait >= Duration::from_millis(250) && wait <= Duration::from_millis(7500));
        }

        #[test]
        fn no_setting_panics(first: u64, factor: f64, longest: u64, jitter: f64, failures: u32, random: f64) {
            let backoff = Backoff {
                first: Duration::from_millis(first),
                factor,
                longest: Duration::from_millis(longest),
                jitter,
            };
            let _ = backoff.delay(failures, random);
        }
    }
}
