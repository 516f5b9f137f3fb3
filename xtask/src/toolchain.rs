//! Which compiler makes WebAssembly on this machine.
//!
//! A compiler for the browser needs the standard library compiled for the browser. There are three ways to it, tried
//! in this order:
//!
//! 1. **It is there.** So it is wherever `rust-toolchain.toml` has been obeyed.
//! 2. **rustup fetches it**, unless `RUSTUP_AUTO_INSTALL=0` says that nothing may be fetched.
//! 3. **It is compiled from its source**, on Debian, which has both a recent compiler and that source as packages. If
//!    they are missing they are installed, where that needs no password and `STUDY_ZOOM_SETUP=off` does not forbid it.
//!
//! If none of them works the message says what to do. All that needs no browser works without.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::command::{answer, run, say};

/// What Rust calls the browser.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler and the source of its standard library.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "libstd-rust-web-dev", "rust-web-src"];

/// A way to compile for the browser.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The compiler that compiles everything else has the target.
    Plain,
    /// This compiler, with a standard library that it compiles as well, and this linker.
    FromSource { rustc: PathBuf, linker: PathBuf },
}

impl Toolchain {
    /// The first way that works on this machine.
    pub(crate) fn find() -> Result<Self, Failure> {
        if has_target() {
            return Ok(Self::Plain);
        }
        if rustup_may_fetch() {
            // Without a network this fails, and the next way may still work.
            match run(Command::new("rustup").args(["target", "add", TARGET])) {
                Ok(()) if has_target() => return Ok(Self::Plain),
                Ok(()) => {}
                Err(error) => say(&error.to_string()),
            }
        }
        if let Some(linker) = linker() {
            if !has_source() && may_install() {
                install()?;
            }
            if has_source() {
                return Ok(Self::FromSource { rustc: DEBIAN_RUSTC.into(), linker });
            }
        }
        Err(format!(
            "no compiler for the browser: run `rustup target add {TARGET}` (or, on Debian, `apt-get install {}`), then \
             try again. `cargo run -- step` and `cargo run -- peer` work without",
            DEBIAN_PACKAGES.join(" ")
        )
        .into())
    }

    /// Tells cargo about it.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        cargo.args(["--target", TARGET]);
        // SHA-256 as a loop, 6 kB less than the same unrolled.
        let mut flags = r#"--cfg sha2_backend_soft="compact""#.to_owned();
        if let Self::FromSource { rustc, linker } = self {
            // A standard library of our own can leave out what it says when it panics. Nobody hears it in a browser.
            flags += " -Zunstable-options -Cpanic=immediate-abort";
            cargo
                .env("RUSTC", rustc)
                // Only a nightly compiler builds the standard library. This variable lets a stable one do the same.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        }
        cargo.env("RUSTFLAGS", flags);
    }
}

/// Does the compiler on the path have a standard library for the browser?
fn has_target() -> bool {
    let folder = answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    let Some(Ok(files)) = folder.map(std::fs::read_dir) else { return false };
    // rustc names the folder whether it exists or not, and rustup leaves an empty one behind.
    files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

fn rustup_may_fetch() -> bool {
    // Set by rustup for all that it starts, so this tool was started by a toolchain of rustup.
    let by_rustup = std::env::var_os("RUSTUP_TOOLCHAIN").is_some();
    by_rustup && std::env::var_os("RUSTUP_AUTO_INSTALL").is_none_or(|allowed| allowed != "0")
}

/// The linker for WebAssembly. rustup's toolchains have it, even those without the target; Debian's does not.
fn linker() -> Option<PathBuf> {
    let sysroot = answer(Command::new("rustc").args(["--print", "sysroot"]))?;
    let version = answer(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld")).filter(|linker| linker.exists())
}

/// Is the source of the standard library where Debian's compiler looks for it?
fn has_source() -> bool {
    let sysroot = answer(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]));
    sysroot.is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.toml").exists())
}

fn may_install() -> bool {
    std::env::var_os("STUDY_ZOOM_SETUP").is_none_or(|setup| setup != "off")
        && Path::new("/usr/bin/apt-get").exists()
        && answer(Command::new("id").arg("-u")).is_some_and(|user| user == "0")
}

fn install() -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    say("the compiler for the browser is installed from Debian's packages (STUDY_ZOOM_SETUP=off forbids it)");
    let apt_get = || {
        let mut apt_get = Command::new("apt-get");
        // In a process group of its own: Ctrl-C ends this tool, and does not leave a package half installed.
        apt_get.env("DEBIAN_FRONTEND", "noninteractive").process_group(0);
        apt_get
    };
    // If only one of the machine's package lists is out of reach, the packages may still be found.
    if let Err(error) = run(apt_get().args(["update", "-q"])) {
        say(&error.to_string());
    }
    run(apt_get().args(["install", "-qy", "--no-install-recommends"]).args(DEBIAN_PACKAGES))
}
