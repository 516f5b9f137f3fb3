//! Programs that only the ignored tests need: they compare with what others wrote.

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

/// Each with the package of Debian that has it.
const TOOLS: [(&str, &str); 5] = [
    ("node", "nodejs"),
    ("npm", "npm"),
    ("ffmpeg", "ffmpeg"),
    ("redis-server", "redis-server"),
    ("chromedriver", "chromium-driver"),
];

pub(super) fn look(machine: &Machine) -> Row {
    let missing: Vec<_> = TOOLS.into_iter().filter(|(name, _)| machine.program(name).is_none()).collect();
    let said = if missing.is_empty() {
        Said::fine(texts::TOOLS_FINE).with(TOOLS.map(|(name, _)| name).join(", "))
    } else {
        let (names, packages): (Vec<_>, Vec<_>) = missing.into_iter().unzip();
        Said::note((texts::TOOLS_MISSING, texts::TOOLS_MISSING_CURE)).with(names.join(", ")).with(packages.join(" "))
    };
    Row::about(texts::TOOLS, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::made_up(folder.path());
        for (name, _) in TOOLS {
            assert_eq!(look(&machine).said.found, texts::TOOLS_MISSING);
            if name == "chromedriver" {
                let said = look(&machine).said.text(Language::English);
                assert!(said.starts_with("not installed: chromedriver: ") && said.ends_with("install chromium-driver"));
            }
            machine.install(name, "");
        }
        assert_eq!(look(&machine).said.found, texts::TOOLS_FINE);
    }
}
