//! Which compiler makes WebAssembly on this machine.
//!
//! A compiler for the browser needs the standard library compiled for the browser. It is there, or it can be compiled from its
//! source: Debian has both a recent compiler and that source as packages. `xtask` asks here before it compiles, and `doctor`
//! asks to tell. Nothing is changed: what can be fetched, and is not there, is fetched by `xtask`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Rust calls the browser.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler.
pub const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// The packages with that compiler, and with the source of its standard library.
pub const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "libstd-rust-web-dev", "rust-web-src"];

/// A way to compile for the browser.
#[derive(Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The compiler that compiles everything else has the target.
    Plain,
    /// This compiler, with a standard library that it compiles as well, and this linker.
    FromSource {
        /// The compiler.
        rustc: PathBuf,
        /// The linker for WebAssembly.
        linker: PathBuf,
    },
}

/// What rustc calls this machine, for whoever can ask it.
pub fn host(answer: &dyn Fn(&mut Command) -> Option<String>) -> Option<String> {
    let version = answer(Command::new("rustc").arg("-vV"))?;
    version.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// The machine that is asked. The build tool waits as long as a program takes to answer, the doctor does not; a test makes one
/// up.
pub struct Machine<'a> {
    /// What a command prints, without the last line break; `None` if it fails or does not exist.
    pub answer: &'a dyn Fn(&mut Command) -> Option<String>,
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Where Debian's compiler would be: [`DEBIAN_RUSTC`].
    pub debian_rustc: &'a Path,
}

impl Machine<'_> {
    /// The first way that works now, without fetching anything.
    pub fn find(&self) -> Option<Toolchain> {
        if self.has_target() {
            return Some(Toolchain::Plain);
        }
        let linker = self.linker().filter(|_| self.has_source())?;
        Some(Toolchain::FromSource { rustc: self.debian_rustc.to_owned(), linker })
    }

    /// Does the compiler on the path have a standard library for the browser?
    pub fn has_target(&self) -> bool {
        let folder = (self.answer)(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
        let Some(Ok(files)) = folder.map(std::fs::read_dir) else { return false };
        // rustc names the folder whether it exists or not, and rustup leaves an empty one behind.
        files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
    }

    /// Whether rustup fetches the target when it is asked to.
    pub fn rustup_may_fetch(&self) -> bool {
        // Set by rustup for all that it starts, so this program was started by a toolchain of rustup.
        let by_rustup = (self.variable)("RUSTUP_TOOLCHAIN").is_some();
        by_rustup && (self.variable)("RUSTUP_AUTO_INSTALL").is_none_or(|allowed| allowed != "0")
    }

    /// Whether Debian's packages can be installed: that needs no password, and is not forbidden.
    pub fn may_install(&self) -> bool {
        (self.variable)("STUDY_ZOOM_SETUP").is_none_or(|setup| setup != "off")
            && Path::new("/usr/bin/apt-get").exists()
            && (self.answer)(Command::new("id").arg("-u")).is_some_and(|user| user == "0")
    }

    /// The linker for WebAssembly. rustup's toolchains have it, even those without the target; Debian's does not.
    pub fn linker(&self) -> Option<PathBuf> {
        let sysroot = (self.answer)(Command::new("rustc").args(["--print", "sysroot"]))?;
        let host = host(self.answer)?;
        Some(Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld")).filter(|linker| linker.exists())
    }

    /// Is the source of the standard library where Debian's compiler looks for it?
    pub fn has_source(&self) -> bool {
        let sysroot = (self.answer)(Command::new(self.debian_rustc).args(["--print", "sysroot"]));
        sysroot.is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.toml").exists())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{create_dir_all, write};

    use super::*;

    /// What is found on a machine where rustc and Debian's compiler have these folders as sysroot.
    fn found(sysroot: &Path, debian: &Path) -> Option<Toolchain> {
        let answer = |command: &mut Command| {
            let is_debian = command.get_program() == "debian-rustc";
            let arguments: Vec<_> = command.get_args().map(|one| one.to_string_lossy().into_owned()).collect();
            Some(match &*arguments.join(" ") {
                "--print sysroot" if is_debian => debian.display().to_string(),
                "--print sysroot" => sysroot.display().to_string(),
                "-vV" => "rustc 1.94.0\nhost: here".to_owned(),
                _ => sysroot.join("wasm").display().to_string(),
            })
        };
        Machine { answer: &answer, variable: &|_| None, debian_rustc: Path::new("debian-rustc") }.find()
    }

    #[test]
    fn the_first_way_that_works_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let [sysroot, debian] = ["rust", "debian"].map(|name| folder.path().join(name));
        assert_eq!(found(&sysroot, &debian), None);
        let linker = sysroot.join("lib/rustlib/here/bin/rust-lld");
        let source = debian.join("lib/rustlib/src/rust/library/Cargo.toml");
        for file in [&linker, &source] {
            create_dir_all(file.parent().unwrap()).unwrap();
        }
        write(&source, "").unwrap();
        assert_eq!(found(&sysroot, &debian), None, "nothing links it");
        write(&linker, "").unwrap();
        let from_source = Toolchain::FromSource { rustc: "debian-rustc".into(), linker };
        assert_eq!(found(&sysroot, &debian), Some(from_source));
        create_dir_all(sysroot.join("wasm")).unwrap();
        assert_ne!(found(&sysroot, &debian), Some(Toolchain::Plain), "rustup leaves an empty folder behind");
        write(sysroot.join("wasm/libstd-1.rlib"), "").unwrap();
        assert_eq!(found(&sysroot, &debian), Some(Toolchain::Plain));
    }
}
