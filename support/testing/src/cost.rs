//! What a process costs: processor time and memory, as Linux counts them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The processor time of all threads of a process up to now, in user mode and in the kernel.
///
/// # Panics
/// There is no such process, or this is not Linux.
pub fn cpu_time(pid: u32) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("the process runs, on Linux");
    let spent = threads.map(|thread| {
        let schedstat = thread.expect("a thread").path().join("schedstat");
        // A thread may have ended since it was listed. The first field is in nanoseconds.
        let schedstat = std::fs::read_to_string(schedstat).unwrap_or_default();
        schedstat.split(' ').next().and_then(|field| field.parse().ok()).unwrap_or(0)
    });
    Duration::from_nanos(spent.sum())
}

/// The memory that a process has at present, in kB of 1024 bytes (`VmRSS`).
///
/// # Panics
/// There is no such process, or this is not Linux.
pub fn resident_kb(pid: u32) -> f64 {
    resident(pid).expect("the process runs, on Linux")
}

/// Likewise, of several processes together. What two of them share counts twice, and what has ended counts nothing.
pub fn resident_kb_of(pids: &[u32]) -> f64 {
    pids.iter().filter_map(|pid| resident(*pid)).sum()
}

fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The processor time that these processes spend together while the load is carried out, in microseconds, and how long it takes,
/// in seconds.
pub async fn cost(pids: &[u32], load: impl Future<Output = ()>) -> (f64, f64) {
    let spent = || pids.iter().map(|pid| cpu_time(*pid)).sum::<Duration>();
    let (before, start) = (spent(), Instant::now());
    load.await;
    ((spent() - before).as_secs_f64() * 1e6, start.elapsed().as_secs_f64())
}

/// A process, and all that it has started, and that they have started: a browser is many processes.
pub fn tree(root: u32) -> Vec<u32> {
    let parent = |process: u32| stat(process)?.get(1)?.parse().ok();
    let is_of_it = |process: &u32| {
        std::iter::successors(Some(*process), |process| parent(*process)).any(|process| process == root)
    };
    let processes = std::fs::read_dir("/proc").expect("Linux has /proc").filter_map(Result::ok);
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter(is_of_it).collect()
}

/// The fields of `/proc/<process>/stat` from the state of the process on (proc(5)), unless it has ended.
fn stat(process: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program stands before them, in parentheses, and can have spaces in it.
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// Measures the processor time of a process and of all that it has started, and that they have started.
#[derive(Debug)]
pub struct TreeMeter {
    root: u32,
    before: HashMap<u32, Duration>,
}

impl TreeMeter {
    /// Begins.
    pub fn start(root: u32) -> Self {
        Self { root, before: Self::times(root) }
    }

    /// How much was spent since the beginning, to ten milliseconds for each process. What has ended meanwhile is left out.
    pub fn spent(&self) -> Duration {
        let since = |(process, time): (u32, Duration)| {
            time.saturating_sub(self.before.get(&process).copied().unwrap_or_default())
        };
        Self::times(self.root).into_iter().map(since).sum()
    }

    /// Unlike [`cpu_time`] this has the threads in it that have ended: a browser starts and ends many.
    fn times(root: u32) -> HashMap<u32, Duration> {
        let time = |process| {
            let fields = stat(process)?;
            let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
            // `utime` and `stime`. On Linux a tick is 10 ms for whoever asks.
            Some((process, Duration::from_millis(10 * (ticks(11)? + ticks(12)?))))
        };
        tree(root).into_iter().filter_map(time).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_child_spends_counts() {
        // The first shell waits, and the second one is busy.
        let mut shell = Command::new("sh").args(["-c", "sh -c 'while :; do :; done' & wait"]).spawn().expect("a shell");
        let (meter, begun) = (TreeMeter::start(shell.id()), Instant::now());
        while meter.spent() < Duration::from_millis(100) {
            assert!(begun.elapsed() < crate::PATIENCE, "a loop takes processor time");
            std::thread::sleep(Duration::from_millis(10));
        }
        let processes = tree(shell.id());
        assert_eq!(processes.len(), 2, "{processes:?}");
        let processes = processes.iter().map(u32::to_string);
        assert!(Command::new("kill").arg("-KILL").args(processes).status().expect("there is kill").success());
        shell.wait().expect("it was started");
    }
}
