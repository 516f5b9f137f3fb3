//! Gets a compiler that makes WebAssembly, and tells cargo about it.
//!
//! The crate `toolchain` says which one is there. If there is none, two more ways are tried, in this order:
//!
//! 1. **rustup fetches the target**, unless `RUSTUP_AUTO_INSTALL=0` says that nothing may be fetched.
//! 2. **Debian's packages are installed**, where that needs no password and `STUDY_ZOOM_SETUP=off` does not forbid it.
//!
//! If none of them works the message says what to do. All that needs no browser works without.

use std::path::Path;
use std::process::Command;

use ::toolchain::{DEBIAN_PACKAGES, DEBIAN_RUSTC, Machine};
pub(crate) use ::toolchain::{TARGET, Toolchain, host};

use crate::Failure;
use crate::command::{answer, run, say};

/// The first way that works on this machine.
pub(crate) fn find() -> Result<Toolchain, Failure> {
    let variable = |name: &str| std::env::var_os(name);
    let machine = Machine { answer: &answer, variable: &variable, debian_rustc: Path::new(DEBIAN_RUSTC) };
    if machine.has_target() {
        return Ok(Toolchain::Plain);
    }
    if machine.rustup_may_fetch() {
        // Without a network this fails, and the next way may still work.
        if let Err(error) = run(Command::new("rustup").args(["target", "add", TARGET])) {
            say(&error.to_string());
        }
    }
    if machine.linker().is_some() && !machine.has_source() && machine.may_install() {
        install()?;
    }
    machine.find().ok_or_else(|| {
        format!(
            "no compiler for the browser: run `rustup target add {TARGET}` (or, on Debian, `apt-get install {}`), then \
             try again. `cargo run -- step` and `cargo run -- peer` work without",
            DEBIAN_PACKAGES.join(" ")
        )
        .into()
    })
}

/// Tells cargo about it.
pub(crate) fn apply(toolchain: &Toolchain, cargo: &mut Command) {
    cargo.args(["--target", TARGET]);
    // SHA-256 as a loop, 6 kB less than the same unrolled.
    let mut flags = r#"--cfg sha2_backend_soft="compact""#.to_owned();
    if let Toolchain::FromSource { rustc, linker } = toolchain {
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
