//! What was measured over time: whether it grows, and how quickly.

/// What was measured: where (a time, or a count), and how much (bytes, or a number of things).
#[derive(Debug, Default)]
pub struct Measured(Vec<(f64, f64)>);

impl Measured {
    /// Takes down how much there is at this place, which lies behind those before.
    pub fn note(&mut self, at: f64, much: f64) {
        self.0.push((at, much));
    }

    /// How much there was at first, and at last.
    pub fn ends(&self) -> [f64; 2] {
        [self.0.first(), self.0.last()].map(|sample| sample.map_or(0.0, |(_, much)| *much))
    }

    /// How many bytes there were at first and at last, in MB.
    pub fn range(&self) -> String {
        let [first, last] = self.ends().map(|bytes| bytes / 1e6);
        format!("{first:.1} MB at first, {last:.1} MB at last")
    }

    /// The slope of the straight line that lies nearest to the second half (least squares), for each unit of `at`. In the
    /// first half a program gets hold of what it needs: caches, pools, the pages of its allocator.
    pub fn slope(&self) -> f64 {
        let half = &self.0[self.0.len() / 2..];
        let count = half.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| half.iter().map(of).sum::<f64>() / count;
        let (mean_at, mean_much) = (mean(|sample| sample.0), mean(|sample| sample.1));
        let covariance: f64 = half.iter().map(|(at, much)| (at - mean_at) * (much - mean_much)).sum();
        let variance: f64 = half.iter().map(|(at, _)| (at - mean_at).powi(2)).sum();
        covariance / variance
    }
}

#[test]
fn the_slope_is_that_of_the_second_half() {
    let mut measured = Measured::default();
    for at in 0..100 {
        let at = f64::from(at);
        // It grows quickly up to the middle, and by 3 bytes after that, with something that comes and goes.
        let bytes = if at < 50.0 { 1000.0 * at } else { 50_000.0 + 3.0 * at } + 10.0 * (at % 2.0);
        measured.note(at, bytes);
    }
    assert!((measured.slope() - 3.0).abs() < 0.1, "{}", measured.slope());
}
