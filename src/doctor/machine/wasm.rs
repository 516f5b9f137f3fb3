//! Can the compiler make WebAssembly? The build tool looks in the same way, before it compiles the page.

use std::process::Command;

use toolchain::{DEBIAN_PACKAGES, TARGET, Toolchain};

use super::Machine;
use super::ask::ask;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

pub(super) fn look(machine: &Machine) -> Row {
    Row::about(texts::WASM, said(machine))
}

fn said(machine: &Machine) -> Said {
    let answer = |command: &mut Command| ask(machine, command);
    let variable = |name: &str| machine.variable(name);
    let asked = toolchain::Machine { answer: &answer, variable: &variable, debian_rustc: &machine.debian_rustc };
    match asked.find() {
        Some(Toolchain::Plain) => Said::fine(texts::WASM_FINE).with(TARGET),
        Some(Toolchain::FromSource { rustc, .. }) => Said::fine(texts::WASM_FROM_SOURCE).with(rustc.display()),
        // `cargo run` brings it, without being asked.
        None if asked.rustup_may_fetch() || (asked.linker().is_some() && asked.may_install()) => {
            Said::note((texts::NO_WASM, texts::WASM_IS_FETCHED))
        }
        None => Said::fault((texts::NO_WASM, texts::NO_WASM_CURE)).with(TARGET).with(DEBIAN_PACKAGES.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn the_target_is_there_or_is_fetched_or_the_line_says_how() {
        let folder = tempfile::tempdir().unwrap();
        let mut machine = Machine::made_up(folder.path());
        let library = folder.path().join("wasm");
        assert_eq!(look(&machine).said.level, Level::Fault);
        machine.install("rustc", &format!("echo {}", library.display()));
        assert_eq!(look(&machine).said.found, texts::NO_WASM, "the folder is not there");
        machine.variables.insert("RUSTUP_TOOLCHAIN".into(), "stable".into());
        assert_eq!((look(&machine).said.level, look(&machine).said.cure), (Level::Note, Some(texts::WASM_IS_FETCHED)));
        machine.variables.insert("RUSTUP_AUTO_INSTALL".into(), "0".into());
        assert_eq!((look(&machine).said.level, look(&machine).said.cure), (Level::Fault, Some(texts::NO_WASM_CURE)));
        std::fs::create_dir(&library).unwrap();
        std::fs::write(library.join("libstd-1.rlib"), "").unwrap();
        assert_eq!((look(&machine).said.level, look(&machine).said.found), (Level::Ok, texts::WASM_FINE));
    }
}
