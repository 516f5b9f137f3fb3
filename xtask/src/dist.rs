//! One program with the page in it: to be copied to a machine that has neither cargo nor the sources.

use crate::Failure;
use crate::bundle::{Weight, bundle, target_dir, workspace};
use crate::command::{clean_cargo, run, say};

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
    say(&format!("the program is {}: start it with `serve`", program.display()));
    Ok(())
}
