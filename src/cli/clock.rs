//! What time it is, as a record says it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The present time in UTC, as RFC 3339 writes it.
pub(super) fn now() -> String {
    // A clock that stands before 1970 is wrong, and then so is the time that is written.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    rfc3339(u64::try_from(since.as_millis()).unwrap_or_default())
}

fn rfc3339(milliseconds: u64) -> String {
    let (seconds, millisecond) = (milliseconds / 1000, milliseconds % 1000);
    let (mut days, second) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970;
    while days >= days_of(year) {
        days -= days_of(year);
        year += 1;
    }
    let february = days_of(year) - 337;
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z", days + 1)
}

/// A leap year is one that 4 divides, except those that 100 divides and 400 does not.
fn days_of(year: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    365 + u64::from(is_leap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_other_programs_write_it() {
        // The right side is what `date -u -d @<seconds> +%FT%T` prints.
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_709_164_800, "2024-02-29T00:00:00"),
            (1_767_225_599, "2025-12-31T23:59:59"),
            (1_796_000_000, "2026-11-30T00:53:20"),
            (4_107_542_400, "2100-03-01T00:00:00"),
        ] {
            assert_eq!(rfc3339(seconds * 1000 + 7), format!("{expected}.007Z"));
        }
    }
}
