//! One program with the page in it: to be copied to a machine that has neither cargo nor the sources.

use std::fs;

use crate::bundle::{Weight, bundle, target_dir};
use crate::command::{answer, clean_cargo, run, say};
use crate::notices::notices;
use crate::toolchain::host;
use crate::{Failure, workspace};

/// Bundles the page, then compiles the server around it.
pub(crate) fn dist() -> Result<(), Failure> {
    let page = bundle(Weight::Told)?;
    let mut cargo = clean_cargo();
    cargo.args(["build", "--release", "--package", "study-zoom", "--features", "embed"]);
    cargo.arg("--manifest-path").arg(workspace().join("Cargo.toml"));
    cargo.arg("--target-dir").arg(target_dir()?);
    // Where `src/site/embedded.rs` finds the files. Cargo compiles it again when they change.
    cargo.env("STUDY_ZOOM_PAGE", &page);
    run(&mut cargo)?;
    let program = target_dir()?.join("release").join(format!("study-zoom{}", std::env::consts::EXE_SUFFIX));
    let host = host(&answer).ok_or("rustc -vV names no host: is it installed?")?;
    // Beside the program, so that it is copied with it.
    let licenses = target_dir()?.join("release/study-zoom-licenses.txt");
    fs::write(&licenses, notices(&host)?)?;
    say(&format!("the program is {}: start it with `serve`", program.display()));
    say(&format!("whoever gets it also gets {}: what it is made of, and the notices of that", licenses.display()));
    Ok(())
}
