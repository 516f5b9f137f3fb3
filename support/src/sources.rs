//! Where the sources of a program are.

use std::path::PathBuf;

/// The folder of the package `name`: cargo, which has started the program, says where it is now. The folder of the course may
/// have another name since it was `compiled`, and two clones may share one target directory. Call it with
/// `env!("CARGO_PKG_NAME")` and `env!("CARGO_MANIFEST_DIR")`.
///
/// Where no cargo has started the program, or only one that was busy with another package, it is the folder that the program was
/// compiled in.
pub fn package_folder(name: &str, compiled: &str) -> PathBuf {
    let value = |name| std::env::var(name).ok();
    folder(value("CARGO_PKG_NAME"), value("CARGO_MANIFEST_DIR"), name, compiled)
}

fn folder(running: Option<String>, now: Option<String>, name: &str, compiled: &str) -> PathBuf {
    now.filter(|_| running.as_deref() == Some(name)).unwrap_or_else(|| compiled.to_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_its_own_package_is_now() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(folder(text("chat"), text("/new"), "chat", "/old"), PathBuf::from("/new"));
        assert_eq!(folder(text("tests"), text("/new"), "chat", "/old"), PathBuf::from("/old"));
        assert_eq!(folder(None, text("/new"), "chat", "/old"), PathBuf::from("/old"));
        assert_eq!(folder(text("chat"), None, "chat", "/old"), PathBuf::from("/old"));
    }
}
