//! Is there a browser? Its name on `PATH` says so; where the course runs on another machine, none is needed here.

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

/// The names under which browsers are installed. All of them speak WebRTC.
const NAMES: [&str; 9] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "firefox",
    "firefox-esr",
    "brave-browser",
    "microsoft-edge",
    "vivaldi",
];

/// The folders in which macOS has them.
const APPLICATIONS: [&str; 4] = ["Google Chrome.app", "Firefox.app", "Chromium.app", "Safari.app"];

pub(super) fn look(machine: &Machine) -> Row {
    let on_the_path = NAMES.iter().filter(|name| machine.program(name).is_some());
    let applications = std::path::Path::new("/Applications");
    let in_a_folder = APPLICATIONS.iter().filter(|name| applications.join(name).exists());
    let found: Vec<_> = on_the_path.chain(in_a_folder).copied().collect();
    let said = match &*found {
        [] => Said::note((texts::NO_BROWSER, texts::NO_BROWSER_CURE)),
        found => Said::fine(texts::BROWSER_FINE).with(found.join(", ")),
    };
    Row::about(texts::BROWSER, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn a_browser_is_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::made_up(folder.path());
        machine.install("rustc", "");
        assert_eq!((look(&machine).said.level, look(&machine).said.found), (Level::Note, texts::NO_BROWSER));
        machine.install("firefox-esr", "");
        assert_eq!((look(&machine).said.level, look(&machine).said.found), (Level::Ok, texts::BROWSER_FINE));
    }
}
