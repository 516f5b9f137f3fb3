//! Is there a certificate authority for `serve --lan`, and is it valid? None is made here.

use support::https::Authority;

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

pub(super) fn look(machine: &Machine) -> Row {
    let folder = support::https::folder_of_the_authority(|name| machine.variable(name));
    let said = match folder.and_then(|folder| Authority::look_in(&folder)) {
        Ok(Some(authority)) => Said::fine(texts::AUTHORITY_FINE).with(authority.file().display()),
        Ok(None) => Said::fine(texts::AUTHORITY_NONE),
        Err(error) => Said::fault((texts::AUTHORITY_BROKEN, texts::AUTHORITY_BROKEN_CURE)).with(error),
    };
    Row::about(texts::AUTHORITY, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn an_authority_is_not_made_yet_or_valid_or_broken() {
        let folder = tempfile::tempdir().unwrap();
        let mut machine = Machine::made_up(folder.path());
        let home = folder.path().join("home/.config/study-zoom");
        assert_eq!(look(&machine).said.found, texts::AUTHORITY_NONE);
        assert!(!home.exists(), "looking makes nothing");
        Authority::open_in(&home).unwrap();
        assert_eq!(look(&machine).said.found, texts::AUTHORITY_FINE);
        std::fs::write(home.join("authority.pem"), "nothing").unwrap();
        let broken = look(&machine).said;
        assert_eq!(broken.found, texts::AUTHORITY_BROKEN);
        assert!(broken.text(Language::English).contains("move it away"), "{}", broken.text(Language::English));
        machine.variables.remove(std::ffi::OsStr::new("HOME"));
        assert!(look(&machine).said.text(Language::English).contains("set HOME"));
    }
}
