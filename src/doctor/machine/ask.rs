//! How a program is asked something: for a limited time, in the environment of the machine, and without the right to fetch
//! anything.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Machine;

/// How often a program is looked at that has not ended yet.
const INTERVAL: Duration = Duration::from_millis(5);
/// The most that is read of an answer, in bytes. A pipe holds at least as much, so no program waits until it is read.
const MOST: u64 = 4096;

/// What a command prints, without the last line break. `None`: it does not exist, it fails, or it takes too long.
pub(super) fn ask(machine: &Machine, command: &mut Command) -> Option<String> {
    command.env_clear().envs(&machine.variables);
    // rustup would fetch a whole toolchain to answer.
    command.env("RUSTUP_AUTO_INSTALL", "0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if machine.workspace.is_dir() {
        // The toolchain of this folder is asked, as rustup chooses it.
        command.current_dir(&machine.workspace);
    }
    let mut child = command.spawn().ok()?;
    let deadline = Instant::now() + machine.patience;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(INTERVAL),
            Ok(None) | Err(_) => {
                // It may have ended just now: then there is nothing to end.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    };
    let mut answer = String::new();
    // What it has left behind may still hold the pipe open: so no more is read than is there.
    let read = child.stdout.take()?.take(MOST).read_to_string(&mut answer);
    (status.success() && read.is_ok()).then(|| answer.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_answers_fails_is_missing_or_takes_too_long() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine { patience: Duration::from_millis(300), ..Machine::made_up(folder.path()) };
        machine.install("answers", "echo \"1.2 $1\"");
        machine.install("fails", "echo 1.2; exit 1");
        machine.install("hangs", "while :; do :; done");
        let ask = |name: &str| ask(&machine, Command::new(name).arg("three"));
        assert_eq!(ask("answers").as_deref(), Some("1.2 three"));
        assert_eq!(ask("fails"), None);
        assert_eq!(ask("missing"), None);
        let before = Instant::now();
        assert_eq!(ask("hangs"), None);
        assert!(before.elapsed() < Duration::from_secs(5), "it was ended after {:?}", before.elapsed());
    }
}
