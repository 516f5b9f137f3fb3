//! What the course needs on this machine.
//!
//! | file | what it answers |
//! |---|---|
//! | `rust` | Is the compiler new enough? |
//! | `wasm` | Can it compile for the browser? |
//! | `page` | Is the page compiled? |
//! | `ports` | Can the servers listen, or who is there already? |
//! | `browser` | Is there one? |
//! | `camera` | From which addresses may a page use it? |
//! | `authority` | Is there a certificate authority for `serve --lan`? |
//! | `network` | By which addresses do others reach this machine? |
//! | `tools` | What do the ignored tests need? |
//! | `disk` | Is there room to compile? |
//!
//! No check changes anything, and none waits longer than [`PATIENCE`] for a program.

/// How a program is asked something.
mod ask;
/// The compiler.
mod rust;
/// The compiler for the browser.
mod wasm;
/// The page's bundle.
mod page;
/// The ports of the three servers.
mod ports;
/// Who has a port.
mod owner;
/// A browser.
mod browser;
/// Secure contexts.
mod camera;
/// The authority of `serve --lan`.
mod authority;
/// The addresses of this machine.
mod network;
/// Programs that only tests need.
mod tools;
/// Room on the disk.
mod disk;

use std::collections::HashMap;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::said::Row;

/// How long a program may take to answer. `rustc --version` takes a second when the disk is slow.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The machine, as the checks see it.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The variables of the environment, `PATH` among them.
    pub variables: HashMap<OsString, OsString>,
    /// Where the sources of the course are.
    pub workspace: PathBuf,
    /// Where cargo compiles.
    pub target: PathBuf,
    /// The page is a part of this program.
    pub is_embedded: bool,
    /// Where Debian's compiler would be.
    pub debian_rustc: PathBuf,
    /// The addresses of all networks that are up, loopback among them.
    pub addresses: Vec<IpAddr>,
    /// The TCP ports of the chapters 1, 2 and 3.
    pub ports: [u16; 3],
    /// The UDP port of STUN.
    pub stun_port: u16,
    /// Where Linux tells who has a port: `/proc`.
    pub proc: PathBuf,
    /// How long a program may take to answer.
    pub patience: Duration,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            workspace: crate::site::workspace().to_owned(),
            target: crate::site::target_dir(crate::site::workspace()),
            is_embedded: cfg!(embedded_page),
            debian_rustc: toolchain::DEBIAN_RUSTC.into(),
            addresses: support::https::Names::of_this_machine().addresses,
            ports: [3001, 3002, 3000],
            stun_port: crate::turn::PORT,
            proc: "/proc".into(),
            patience: PATIENCE,
        }
    }

    /// Looks at everything, in the order in which a reader needs it. It asks programs and waits for them.
    pub async fn examine(&self) -> Vec<Row> {
        let machine = self.clone();
        let looking = tokio::task::spawn_blocking(move || {
            let mut rows = vec![page::look(&machine)];
            // A program with the page in it needs no compiler.
            if machine.has_sources() {
                rows.splice(0..0, [rust::look(&machine), wasm::look(&machine)]);
            }
            rows.extend((0..3).map(|chapter| ports::look(&machine, chapter)));
            rows
        });
        let mut rows = looking.await.expect("no check panics");
        rows.push(ports::look_at_stun(self).await);
        rows.extend([browser::look(self), camera::look_here(self)]);
        rows.extend(camera::look_at_the_network(self));
        rows.extend([authority::look(self), network::look(self), tools::look(self), disk::look(self)]);
        rows
    }

    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(std::ffi::OsStr::new(name)).cloned()
    }

    /// Whether the sources are there, so that something can be compiled.
    fn has_sources(&self) -> bool {
        self.workspace.join("Cargo.toml").exists()
    }

    /// Where the program of this name is, in one of the folders of `PATH`.
    fn program(&self, name: &str) -> Option<PathBuf> {
        let path = self.variable("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| is_executable(program))
    }

    /// The addresses that others can reach, IPv4 before IPv6. A link-local IPv6 address means nothing without the name of
    /// the network card.
    fn reachable(&self) -> Vec<IpAddr> {
        let is_useful = |address: &&IpAddr| match address {
            IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
            IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
        };
        self.addresses.iter().filter(is_useful).copied().collect()
    }
}

fn is_executable(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// A machine that a test makes up: an empty folder, nothing installed, no network.
#[cfg(test)]
mod made_up {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    impl Machine {
        /// With everything in this folder.
        pub(super) fn made_up(folder: &Path) -> Self {
            let programs = folder.join("programs");
            std::fs::create_dir_all(&programs).unwrap();
            Self {
                variables: HashMap::from([
                    ("PATH".into(), programs.into()),
                    ("HOME".into(), folder.join("home").into()),
                ]),
                workspace: folder.join("course"),
                target: folder.join("target"),
                is_embedded: false,
                debian_rustc: folder.join("no-rustc"),
                addresses: Vec::new(),
                ports: [0; 3],
                stun_port: 0,
                proc: folder.join("proc"),
                patience: PATIENCE,
            }
        }

        /// Installs a program: a shell script that does this.
        pub(super) fn install(&self, name: &str, does: &str) {
            let file = PathBuf::from(self.variable("PATH").unwrap()).join(name);
            // Made under another name, so that nobody starts it while it is open for writing (ETXTBSY).
            std::fs::write(&file, format!("#!/bin/sh\n{does}\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }

        /// Writes a file of the course.
        pub(super) fn write(&self, path: &str, text: &str) {
            let file = self.workspace.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }
}
