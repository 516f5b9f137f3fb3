//! Is the compiler new enough? The course says in `Cargo.toml` which version it needs, and rustup obeys `rust-toolchain.toml`.

use std::process::Command;

use super::Machine;
use super::ask::ask;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

/// `rust-version` in `Cargo.toml`.
const NEEDED: &str = env!("CARGO_PKG_RUST_VERSION");

pub(super) fn look(machine: &Machine) -> Row {
    Row::about(texts::RUST, said(machine))
}

fn said(machine: &Machine) -> Said {
    if machine.program("rustc").is_none() {
        return Said::fault((texts::NO_RUST, texts::NO_RUST_CURE));
    }
    let answer = ask(machine, Command::new("rustc").arg("--version")).unwrap_or_default();
    let silent = Said::fault((texts::RUST_SILENT, texts::RUST_SILENT_CURE));
    // `rustc 1.94.0 (4a4ef493e 2026-03-02)`
    let Some(version) = answer.strip_prefix("rustc ").and_then(|rest| rest.split(' ').next()) else { return silent };
    match (numbers(version), numbers(NEEDED)) {
        (Some(there), Some(needed)) if there < needed => {
            Said::fault((texts::RUST_OLD, texts::RUST_OLD_CURE)).with(version).with(NEEDED)
        }
        (Some(_), Some(_)) => Said::fine(texts::RUST_FINE).with(version).with(NEEDED),
        _ => silent,
    }
}

/// `1.94.0`, and `1.94.0-nightly`, as numbers that can be compared.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;
    use crate::text::Language;

    #[test]
    fn the_compiler_is_there_and_new_enough_or_the_line_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::made_up(folder.path());
        let said = |answer: &str| {
            machine.install("rustc", answer);
            let said = look(&machine).said;
            (said.level, said.found)
        };
        assert_eq!(look(&machine).said.found, texts::NO_RUST);
        assert_eq!(said("echo 'rustc 1.94.0 (4a4ef493e 2026-03-02)'"), (Level::Ok, texts::RUST_FINE));
        assert_eq!(said("echo 'rustc 2.0.0-nightly (x)'"), (Level::Ok, texts::RUST_FINE));
        assert_eq!(said("exit 1"), (Level::Fault, texts::RUST_SILENT));
        assert_eq!(said("echo gcc 12"), (Level::Fault, texts::RUST_SILENT));
        assert_eq!(said("echo 'rustc 1.93.1 (x)'"), (Level::Fault, texts::RUST_OLD));
        let text = look(&machine).said.text(Language::English);
        assert_eq!(
            text,
            format!("this Rust is 1.93.1, and the course needs {NEEDED}: update it: rustup update stable")
        );
    }
}
