//! The page's bundle, kept up to date: `cargo run` alone is enough.
//!
//! The page needs WebAssembly that `cargo xtask bundle` makes. A program started by `cargo run` finds the path of cargo
//! in its environment, so the server can start that command itself when the bundle is missing or older than the
//! sources. It serves while the build runs, and the page shows how far the build is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::LazyLock;
use std::time::SystemTime;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tracing::{error, info, warn};

use super::{ALL_WASM, Site, Stage};

/// What the bundle is made of.
const SOURCES: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "src", "examples", "shared", "socketio_src/Cargo.toml", "socketio_src/src", "xtask"];

/// The bundle, and the cargo that can bring it up to date, if that is wanted and possible.
#[derive(Debug)]
pub struct Bundle {
    site: Site,
    cargo: Option<OsString>,
}

/// How the bundle compares with the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It is not there.
    Missing,
    /// A source has changed since.
    OlderThanSources,
    /// It is as it should be.
    UpToDate,
}

/// What to do about it.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// It is as it should be.
    Nothing,
    /// Start this cargo.
    Build(OsString),
    /// Somebody else must, and this says how.
    Tell(&'static str),
}

impl Bundle {
    /// Looks whether the bundle is up to date, and what can be done if not. Starts nothing yet.
    pub fn find() -> Self {
        #[cfg(embedded_page)]
        return Self { site: Site::embedded(super::embedded::file), cargo: None };
        #[cfg(not(embedded_page))]
        Self::find_in_folder()
    }

    #[cfg_attr(embedded_page, expect(dead_code, reason = "a program with the page in it needs no folder"))]
    fn find_in_folder() -> Self {
        let workspace = workspace();
        let target = target_dir(workspace);
        let (site, age) = (site_in(&target), age_of_the_bundle(workspace, &target));
        // Without the sources there is nothing that cargo could compile.
        let cargo = std::env::var_os("CARGO").filter(|_| workspace.join("xtask/Cargo.toml").exists());
        let switched_off = std::env::var_os("STUDY_ZOOM_BUNDLE").is_some_and(|value| value == "off");
        let cargo = match plan(age, cargo, switched_off) {
            Plan::Nothing => None,
            Plan::Build(cargo) => {
                // From the start, so that nobody gets to see the page before.
                site.set(Stage::Running);
                Some(cargo)
            }
            Plan::Tell(what) => {
                warn!("{what}");
                site.say(what.to_owned());
                None
            }
        };
        Self { site, cargo }
    }

    /// What the server serves.
    pub fn site(&self) -> Site {
        self.site.clone()
    }

    /// Builds it, if it is to be built. Dropping this future ends the build.
    pub async fn bring_up_to_date(self) {
        let Self { site, cargo: Some(cargo) } = self else { return };
        let failure = match build(cargo, &site).await {
            Ok(status) if status.success() => {
                info!("all pages are ready");
                return site.set(Stage::Idle);
            }
            Ok(status) => {
                format!("the page could not be compiled ({status}): mend what stands above, then start again")
            }
            Err(error) => format!("cannot start cargo: {error}: run `cargo xtask bundle`, then start again"),
        };
        error!("{failure}");
        site.say(failure);
        site.set(Stage::Failed);
    }
}

fn plan(age: Age, cargo: Option<OsString>, switched_off: bool) -> Plan {
    match (age, cargo) {
        (Age::UpToDate, _) => Plan::Nothing,
        (_, Some(cargo)) if !switched_off => Plan::Build(cargo),
        (Age::Missing, _) => Plan::Tell("the page is not compiled: run `cargo xtask bundle`"),
        (Age::OlderThanSources, _) => Plan::Tell("the page is older than its sources: run `cargo xtask bundle`"),
    }
}

/// Where the sources are. They may be gone.
pub(crate) fn workspace() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> =
        LazyLock::new(|| support::sources::package_folder(env!("CARGO_PKG_NAME"), env!("CARGO_MANIFEST_DIR")));
    &FOLDER
}

/// How the bundle below this target directory compares with the sources.
pub fn age_of_the_bundle(workspace: &Path, target: &Path) -> Age {
    let site = site_in(target);
    // A build can have been ended after the first of them.
    let oldest = ALL_WASM.iter().map(|wasm| newest(&site.file(wasm)?)).min().flatten();
    oldest.map_or(Age::Missing, |built| age(built, workspace))
}

fn site_in(target: &Path) -> Site {
    Site::at(target.join("site"))
}

/// The target directory, as `xtask` chooses it.
pub(crate) fn target_dir(workspace: &Path) -> PathBuf {
    let chosen = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    chosen.and_then(|folder| std::path::absolute(folder).ok()).unwrap_or_else(|| workspace.join("target"))
}

fn age(built: SystemTime, workspace: &Path) -> Age {
    let changed = SOURCES.iter().filter_map(|source| newest(&workspace.join(source))).max();
    // No sources at all: there is nothing that it could be older than.
    if changed.is_some_and(|changed| changed > built) { Age::OlderThanSources } else { Age::UpToDate }
}

/// When this file, or the youngest file in this folder, was changed. `None` if there is none.
fn newest(path: &Path) -> Option<SystemTime> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().filter_map(|entry| newest(&entry.path())).max(),
        Err(_) => path.metadata().and_then(|metadata| metadata.modified()).ok(),
    }
}

/// Runs `cargo xtask bundle`, and passes on what it says.
async fn build(cargo: OsString, site: &Site) -> std::io::Result<ExitStatus> {
    let manifest = workspace().join("Cargo.toml");
    info!("the page is compiled while the server is up: cargo xtask bundle");
    let mut command = Command::new(cargo);
    command
        .args(["run", "--package", "xtask", "--manifest-path"])
        .arg(manifest)
        .args(["--", "bundle"])
        // For a web page, not for a terminal.
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // cargo starts compilers, and xtask another cargo. As a group of processes they can be ended together.
        .process_group(0);
    let mut group = Group(command.spawn()?);
    let stdout = group.0.stdout.take().expect("it is piped");
    let stderr = group.0.stderr.take().expect("it is piped");
    tokio::join!(pass_on(stdout, site), pass_on(stderr, site));
    group.0.wait().await
}

/// Logs each line, and keeps it for the page.
async fn pass_on(output: impl AsyncRead + Unpin, site: &Site) {
    let mut lines = BufReader::new(output).split(b'\n');
    // Not `lines()`, which ends at the first byte that is not UTF-8: a file may have any name.
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).into_owned();
        info!("{line}");
        site.say(line);
    }
}

/// A process, and all that it starts. Ended when it is dropped.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // `None`: it has been waited for.
        let leader = self.0.id().and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?));
        if let Some(leader) = leader {
            // An error means that it has just ended by itself.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::TERM);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::Duration;

    use super::*;

    fn cargo() -> Option<OsString> {
        Some("cargo".into())
    }

    #[test]
    fn a_build_is_started_when_it_is_needed_wanted_and_possible() {
        for age in [Age::Missing, Age::OlderThanSources] {
            assert_eq!(plan(age, cargo(), false), Plan::Build("cargo".into()));
            assert!(matches!(plan(age, cargo(), true), Plan::Tell(_)), "switched off");
            assert!(matches!(plan(age, None, false), Plan::Tell(_)), "not started by cargo");
        }
        assert_eq!(plan(Age::UpToDate, cargo(), false), Plan::Nothing);
    }

    /// `STUDY_ZOOM_PAGE=folder cargo test --features embed` compiles this one too.
    #[cfg(embedded_page)]
    #[test]
    fn a_program_with_the_page_in_it_needs_nothing_else() {
        use super::super::{WASM, embedded};
        let bundle = Bundle::find();
        assert_eq!((bundle.cargo, bundle.site.file(WASM)), (None, None), "it neither builds nor looks for a folder");
        let wasm = embedded::file(WASM).expect("the page is in it");
        assert!(wasm.starts_with(b"\0asm"));
    }

    #[test]
    fn a_bundle_is_as_old_as_its_youngest_source_says() {
        let folder = tempfile::tempdir().unwrap();
        let [target, lock, source] = ["target", "Cargo.lock", "src/call/mod.rs"].map(|path| folder.path().join(path));
        let [first, rest @ ..] = ALL_WASM.map(|wasm| site_in(&target).file(wasm).unwrap());
        let age = || age_of_the_bundle(folder.path(), &target);
        let change = |file: &Path, seconds: u64| {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            File::create(file).unwrap().set_modified(time).unwrap();
        };
        for file in [&first, &source] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
        }
        assert_eq!(age(), Age::Missing);
        change(&first, 102);
        assert_eq!(age(), Age::Missing, "the build was ended after the first one");
        rest.iter().for_each(|wasm| change(wasm, 100));
        assert_eq!(age(), Age::UpToDate, "there are no sources");
        change(&lock, 50);
        change(&source, 99);
        assert_eq!(age(), Age::UpToDate);
        change(&source, 101);
        assert_eq!(age(), Age::OlderThanSources);
        rest.iter().for_each(|wasm| change(wasm, 102));
        assert_eq!(age(), Age::UpToDate);
    }
}
