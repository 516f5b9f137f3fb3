//! Is there room to compile?

use std::path::Path;

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

/// What a build from nothing takes, with the page and all tests, in GB.
const BUILD: u64 = 8;
/// With less than this, in GB, not even the next build of the course alone fits.
const LEAST: u64 = 1;

pub(super) fn look(machine: &Machine) -> Row {
    // The folder comes with the first build: until then, the one in which it will be.
    let folder = machine.target.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let free = rustix::fs::statvfs(folder).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    Row::about(texts::DISK, said(free / 1_000_000_000, machine.target.join("debug").exists()))
}

/// So many GB are free; and whether there has been a build already.
fn said(free: u64, is_built: bool) -> Said {
    let small = (texts::DISK_SMALL, texts::DISK_SMALL_CURE);
    let said = match free {
        ..LEAST => Said::fault(small),
        ..BUILD if !is_built => Said::note(small),
        _ => Said::fine(texts::DISK_FINE),
    };
    said.with(free).with(BUILD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn a_full_disk_is_a_fault_and_a_small_one_matters_before_the_first_build() {
        for (free, is_built, level) in [
            (0, true, Level::Fault),
            (0, false, Level::Fault),
            (LEAST, true, Level::Ok),
            (BUILD - 1, false, Level::Note),
            (BUILD, false, Level::Ok),
        ] {
            assert_eq!(said(free, is_built).level, level, "{free} GB, {is_built}");
        }
        let folder = tempfile::tempdir().unwrap();
        // Whatever it says: it is about a disk that is there, although the folder is not.
        assert_eq!(look(&Machine::made_up(folder.path())).subject(crate::text::Language::English), "disk");
    }
}
