//! Memory over time: whether it grows, and how quickly.

/// How much memory a process has at present, in bytes.
pub(crate) fn resident(pid: u32) -> f64 {
    testing::cost::resident_kb(pid) * 1024.0
}

/// What was measured: where (a time, or a count), and how many bytes.
#[derive(Debug, Default)]
pub(crate) struct Measured(Vec<(f64, f64)>);

impl Measured {
    pub(crate) fn note(&mut self, at: f64, bytes: f64) {
        self.0.push((at, bytes));
    }

    /// How many bytes it had at first and at last, in MB.
    pub(crate) fn range(&self) -> String {
        let megabytes = |sample: Option<&(f64, f64)>| sample.map_or(0.0, |(_, bytes)| bytes / 1e6);
        format!("{:.1} MB at first, {:.1} MB at last", megabytes(self.0.first()), megabytes(self.0.last()))
    }

    /// The slope of the straight line that lies nearest to the second half (least squares), in bytes for each unit of `at`. In
    /// the first half a program gets hold of what it needs: caches, pools, the pages of its allocator.
    pub(crate) fn slope(&self) -> f64 {
        let half = &self.0[self.0.len() / 2..];
        let count = half.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| half.iter().map(of).sum::<f64>() / count;
        let (mean_at, mean_bytes) = (mean(|sample| sample.0), mean(|sample| sample.1));
        let covariance: f64 = half.iter().map(|(at, bytes)| (at - mean_at) * (bytes - mean_bytes)).sum();
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
