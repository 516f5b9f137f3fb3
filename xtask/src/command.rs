//! Commands of other programs: each is shown as it could be typed, then run.

use std::ffi::OsStr;
use std::io::Write;
use std::process::Command;

use crate::Failure;

/// Prints a line on stderr, where cargo tells what it does: the two stay in order. Nobody listening is no reason to stop.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Shows a command, runs it, and waits for it.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = shown(command);
    say(&format!("$ {shown}"));
    let status = command.status().map_err(|error| format!("cannot start `{shown}`: {error}: is it installed?"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}`: {status}: its own message stands above").into()) }
}

/// What a command prints, without the last line break; `None` if it fails or does not exist. For questions: not shown.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim_end().to_owned())
}

/// A cargo that starts from nothing but its arguments and the files of the workspace.
///
/// This tool is itself started by a cargo, which may hand on settings for the *host*: flags of a linker, a coverage
/// tool, clippy in place of the compiler. In a build for the browser they fail, or build something else than was asked.
pub(crate) fn clean_cargo() -> Command {
    // Set by the cargo that started this tool: the inner one is the same.
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_for_the_host) {
            cargo.env_remove(name);
        }
    }
    cargo
}

fn is_for_the_host(name: &str) -> bool {
    match name {
        "RUSTC" | "RUSTC_BOOTSTRAP" | "RUSTC_WRAPPER" | "RUSTC_WORKSPACE_WRAPPER" | "RUSTFLAGS" | "RUSTDOCFLAGS" => {
            true
        }
        "CARGO_ENCODED_RUSTFLAGS" | "CARGO_ENCODED_RUSTDOCFLAGS" | "CARGO_MAKEFLAGS" => true,
        // How many jobs this machine can bear is as true for the browser.
        "CARGO_BUILD_JOBS" => false,
        _ => ["CARGO_BUILD_", "CARGO_TARGET_", "CARGO_PROFILE_", "CARGO_CFG_", "CARGO_FEATURE_", "CARGO_UNSTABLE_"]
            .iter()
            .any(|prefix| name.starts_with(prefix)),
    }
}

/// A command as it could be typed in a shell, with the variables that it is given.
fn shown(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let value = value?;
        Some(format!("{}={}", name.display(), quoted(value)))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted);
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains(|c: char| c.is_whitespace() || "'\"$&;|<>()*?\\`".contains(c)) {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        word.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_the_host_is_not_handed_on() {
        for name in ["RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_PROFILE_RELEASE_STRIP"] {
            assert!(is_for_the_host(name), "{name}");
        }
        for name in ["PATH", "CARGO_HOME", "CARGO_BUILD_JOBS", "CARGO_NET_OFFLINE", "RUSTUP_TOOLCHAIN"] {
            assert!(!is_for_the_host(name), "{name}");
        }
    }

    #[test]
    fn a_command_is_shown_as_it_could_be_typed() {
        let mut command = Command::new("cargo");
        command.args(["build", "it's here"]).env("RUSTC", "/usr/bin/rustc").env_remove("RUSTFLAGS");
        assert_eq!(shown(&command), r"RUSTC=/usr/bin/rustc cargo build 'it'\''s here'");
    }
}
