//! Two minutes of statistics: from counters that only grow to values for each second.

use std::collections::VecDeque;

/// How many values are kept: one a second, two minutes.
pub const LENGTH: usize = 120;

/// What [`getStats`](https://www.w3.org/TR/webrtc-stats/) says at one moment: sums over all streams of one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counters {
    /// When, in milliseconds.
    pub at: f64,
    /// `bytesReceived` of `inbound-rtp`.
    pub bytes_in: f64,
    /// `bytesSent` of `outbound-rtp`.
    pub bytes_out: f64,
    /// `framesDecoded` of the other side's picture.
    pub frames: f64,
    /// `packetsReceived`.
    pub packets: f64,
    /// `packetsLost`; it can shrink, when a packet that was given up arrives after all (RFC 3550, section 6.4.1).
    pub lost: f64,
    /// `currentRoundTripTime` of the pair that carries the call, in seconds.
    pub round_trip: Option<f64>,
}

/// What is plotted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// kbit/s.
    BitrateIn,
    /// kbit/s.
    BitrateOut,
    /// Decoded pictures a second.
    FrameRate,
    /// Milliseconds.
    RoundTrip,
    /// Percent.
    Loss,
}

impl Measure {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::BitrateIn, Self::BitrateOut, Self::FrameRate, Self::RoundTrip, Self::Loss];

    /// Its name in the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::BitrateIn => "BitrateIn",
            Self::BitrateOut => "BitrateOut",
            Self::FrameRate => "FrameRate",
            Self::RoundTrip => "RoundTrip",
            Self::Loss => "Loss",
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::BitrateIn | Self::BitrateOut => "kbit/s",
            Self::FrameRate => "/s",
            Self::RoundTrip => "ms",
            Self::Loss => "%",
        }
    }
}

/// The values of the last two minutes.
#[derive(Debug, Default)]
pub struct Series {
    before: Option<Counters>,
    values: [VecDeque<Option<f64>>; Measure::ALL.len()],
}

impl Series {
    /// Adds what is counted now. Between two readings lies a time in which so and so much has come.
    pub fn add(&mut self, now: Counters) {
        let Some(before) = self.before.replace(now) else { return };
        let seconds = (now.at - before.at) / 1000.0;
        // Counters that shrink are those of a new call.
        if seconds <= 0.0 || now.bytes_in < before.bytes_in || now.bytes_out < before.bytes_out {
            return;
        }
        let rate = |now: f64, before: f64| Some((now - before).max(0.0) / seconds);
        let lost = (now.lost - before.lost).max(0.0);
        let packets = lost + now.packets - before.packets;
        let loss = (packets > 0.0).then(|| 100.0 * lost / packets);
        let values = [
            rate(now.bytes_in * 8.0 / 1000.0, before.bytes_in * 8.0 / 1000.0),
            rate(now.bytes_out * 8.0 / 1000.0, before.bytes_out * 8.0 / 1000.0),
            rate(now.frames, before.frames),
            now.round_trip.map(|seconds| seconds * 1000.0),
            loss,
        ];
        for (queue, value) in self.values.iter_mut().zip(values) {
            if queue.len() == LENGTH {
                queue.pop_front();
            }
            queue.push_back(value);
        }
    }

    /// The newest value.
    pub fn latest(&self, measure: Measure) -> Option<f64> {
        self.values[measure as usize].back().copied().flatten()
    }

    /// The largest value of the two minutes.
    pub fn largest(&self, measure: Measure) -> f64 {
        self.values[measure as usize].iter().flatten().fold(0.0, |largest, value| largest.max(*value))
    }

    /// A line for an SVG `path`, in a box that is [`LENGTH`] wide and `height` high. The newest value is at the right
    /// edge, the largest at the top, zero at the bottom; where there is no value the line has a gap.
    pub fn path(&self, measure: Measure, height: u32) -> String {
        let values = &self.values[measure as usize];
        let (left, largest) = (LENGTH - values.len(), self.largest(measure).max(f64::MIN_POSITIVE));
        let mut path = String::new();
        let mut pen_is_down = false;
        for (index, value) in values.iter().enumerate() {
            if let Some(value) = value {
                // Whole numbers draw well enough, and are quickly written.
                let y = f64::from(height) - value / largest * f64::from(height);
                path += if pen_is_down { " L" } else { " M" };
                path += &(left + index).to_string();
                path += " ";
                path += &(y.round() as u32).to_string();
            }
            pen_is_down = value.is_some();
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(second: u32) -> Counters {
        let n = f64::from(second);
        Counters {
            at: 1000.0 * n,
            bytes_in: 1000.0 * n,
            bytes_out: 500.0 * n,
            frames: 30.0 * n,
            packets: 90.0 * n,
            lost: 10.0 * n,
            round_trip: Some(0.025),
        }
    }

    #[test]
    fn counters_become_values_a_second() {
        let mut series = Series::default();
        series.add(counters(0));
        assert_eq!(series.latest(Measure::BitrateIn), None, "one reading says nothing about a time");
        series.add(counters(2));
        let values = Measure::ALL.map(|measure| series.latest(measure).unwrap().round());
        assert_eq!(values, [8.0, 4.0, 30.0, 25.0, 10.0]);
    }

    #[test]
    fn a_new_call_begins_with_its_own_counters() {
        let mut series = Series::default();
        series.add(counters(10));
        series.add(Counters { at: 11_000.0, ..Counters::default() });
        assert_eq!(series.latest(Measure::BitrateIn), None, "no rate below zero");
        series.add(Counters { at: 12_000.0, bytes_in: 125.0, ..Counters::default() });
        assert_eq!(series.latest(Measure::BitrateIn), Some(1.0));
        assert_eq!(series.latest(Measure::Loss), None, "no packets, no loss");
    }

    #[test]
    fn two_minutes_are_kept() {
        let mut series = Series::default();
        (0..500).for_each(|second| series.add(counters(second)));
        let path = series.path(Measure::FrameRate, 40);
        assert_eq!(path.matches(['M', 'L']).count(), LENGTH);
        assert!(path.starts_with(" M0 0 L1 0"), "a steady rate is a line at the top: {path}");
    }

    #[test]
    fn a_line_has_a_gap_where_nothing_was_measured() {
        let mut series = Series::default();
        series.add(counters(0));
        for (second, round_trip) in [(1, Some(0.1)), (2, None), (3, Some(0.05)), (4, Some(0.1))] {
            series.add(Counters { round_trip, ..counters(second) });
        }
        assert_eq!(series.path(Measure::RoundTrip, 40), " M116 0 M118 20 L119 0");
        assert_eq!(Series::default().path(Measure::Loss, 40), "");
    }
}
