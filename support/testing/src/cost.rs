//! What a process costs: processor time and memory, as Linux counts them.

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
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs, on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// The processor time that these processes spend together while the load is carried out, in microseconds, and how long it takes,
/// in seconds.
pub async fn cost(pids: &[u32], load: impl Future<Output = ()>) -> (f64, f64) {
    let spent = || pids.iter().map(|pid| cpu_time(*pid)).sum::<Duration>();
    let (before, start) = (spent(), Instant::now());
    load.await;
    ((spent() - before).as_secs_f64() * 1e6, start.elapsed().as_secs_f64())
}
