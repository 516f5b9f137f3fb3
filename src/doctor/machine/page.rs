//! Is the page compiled, and as young as its sources? `cargo run` sees to it by itself, so nothing here is a fault.

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::site::{Age, age_of_the_bundle};
use crate::text::doctor as texts;

pub(super) fn look(machine: &Machine) -> Row {
    Row::about(texts::PAGE, said(machine))
}

fn said(machine: &Machine) -> Said {
    if machine.is_embedded {
        return Said::fine(texts::PAGE_EMBEDDED);
    }
    if !machine.has_sources() {
        return Said::note((texts::NO_SOURCES, texts::NO_SOURCES_CURE));
    }
    match age_of_the_bundle(&machine.workspace, &machine.target) {
        Age::UpToDate => Said::fine(texts::PAGE_FINE),
        Age::Missing => Said::note((texts::PAGE_MISSING, texts::PAGE_MISSING_CURE)),
        Age::OlderThanSources => Said::note((texts::PAGE_OLD, texts::PAGE_OLD_CURE)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::site::ALL_WASM;

    #[test]
    fn the_page_is_compiled_or_missing_or_old_or_a_part_of_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let mut machine = Machine::made_up(folder.path());
        assert_eq!(look(&machine).said.found, texts::NO_SOURCES);
        machine.write("Cargo.toml", "");
        assert_eq!(look(&machine).said.found, texts::PAGE_MISSING);
        let pkg = machine.target.join("site/pkg");
        std::fs::create_dir_all(&pkg).unwrap();
        let [wasm, ..] = ALL_WASM.map(|wasm| {
            assert_eq!(look(&machine).said.found, texts::PAGE_MISSING, "{wasm} is not there yet");
            File::create(pkg.join(wasm)).unwrap()
        });
        assert_eq!(look(&machine).said.found, texts::PAGE_FINE);
        wasm.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
        assert_eq!(look(&machine).said.found, texts::PAGE_OLD);
        machine.is_embedded = true;
        assert_eq!(look(&machine).said.found, texts::PAGE_EMBEDDED);
    }
}
