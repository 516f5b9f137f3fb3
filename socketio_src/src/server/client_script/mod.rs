//! The official Socket.IO client as a file. The Node server serves it at `/socket.io/socket.io.js`, and so do we.
//!
//! It is no part of this program: npm brings it into the target directory. A program started by `cargo run` finds the path
//! of cargo in its environment, and starts npm itself when the file is missing; `STUDY_ZOOM_CLIENT=off` forbids that. Where
//! there is no npm, the browser is sent to the CDN of the Socket.IO project. Both have the same file, and the page names
//! its hash, so it does not matter which of them answers.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use support::headers::headers;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{info, warn};

use super::site;

/// The version that the page is written for. With another version, the hash in `page/index.html` changes as well.
///
/// Not the newest one, but the newest whose hash the Socket.IO project has published for its CDN.
pub(super) const VERSION: &str = "4.8.3";

/// For `<script src>` with and without line breaks, and for `import`. The page imports.
const FILES: [&str; 3] = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"];

/// How long a browser is kept waiting while npm is at work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the client is. The default knows no folder, and sends everybody to the CDN.
#[derive(Debug, Clone, Default)]
pub struct ClientScript {
    /// What npm calls the prefix: its `node_modules` is in it.
    folder: Option<PathBuf>,
    /// Whether npm is at work. A request for the file waits until npm is done.
    installing: watch::Sender<bool>,
}

impl ClientScript {
    /// In this folder, whether it is there already or not.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    /// In the target directory, where [`install`](Self::install) puts it.
    pub fn find() -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is a folder of the course");
        let chosen = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
        Self::at(chosen.map_or_else(|| workspace.join("target"), PathBuf::from).join("socket.io-client"))
    }

    /// Starts npm, if that is wanted, possible and necessary. Dropping this future ends npm.
    pub async fn install(&self) {
        let by_cargo = std::env::var_os("CARGO").is_some();
        let switched_off = std::env::var_os("STUDY_ZOOM_CLIENT").is_some_and(|value| value == "off");
        let Some(folder) = &self.folder else { return };
        if by_cargo && !switched_off && !is_in(folder).await {
            self.install_in(folder).await;
        }
    }

    async fn install_in(&self, folder: &Path) {
        // Dropped with this future, and then nobody waits any longer.
        let _at_work = AtWork::begin(&self.installing);
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(folder);
        npm.arg(format!("socket.io-client@{VERSION}"));
        info!("the Socket.IO client is fetched for the page: npm install {}", shown(&npm));
        let output = npm.stdin(Stdio::null()).kill_on_drop(true).output().await;
        let failure = match output {
            Ok(output) if output.status.success() => return info!("the Socket.IO client is there"),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => format!("{error}: install Node.js, which npm comes with"),
        };
        warn!("npm did not fetch the Socket.IO client, so browsers are sent to the CDN for it: {failure}");
    }

    /// One of the files. A browser waits while npm is at work.
    async fn file(&self, name: &str) -> Option<Vec<u8>> {
        // Too long, or npm has ended: either way the answer depends on what is there now.
        let _ = timeout(PATIENCE, self.installing.subscribe().wait_for(|installing| !installing)).await;
        let folder = self.folder.as_ref()?;
        if !is_in(folder).await {
            return None;
        }
        tokio::fs::read(folder.join("node_modules/socket.io-client/dist").join(name)).await.ok()
    }
}

/// Whether npm has put this version into this folder. npm writes the list that is read here when it is done.
async fn is_in(folder: &Path) -> bool {
    let list = tokio::fs::read(folder.join("node_modules/.package-lock.json")).await.unwrap_or_default();
    let list: Value = serde_json::from_slice(&list).unwrap_or_default();
    list["packages"]["node_modules/socket.io-client"]["version"] == VERSION
}

/// The arguments of a command, as one types them.
fn shown(command: &Command) -> String {
    let arguments: Vec<_> = command.as_std().get_args().skip(1).map(|argument| argument.to_string_lossy()).collect();
    arguments.join(" ")
}

/// The state of being at work, which ends in any case.
struct AtWork<'a>(&'a watch::Sender<bool>);

impl<'a> AtWork<'a> {
    fn begin(installing: &'a watch::Sender<bool>) -> Self {
        installing.send_replace(true);
        Self(installing)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}

/// The routes of the client's files. socketioxide's layer takes every path below `/socket.io/` for a connection, and
/// answers 400: these routes have to be put around it, not into it.
pub(super) fn routes(script: ClientScript) -> Router {
    // One route per file: a name that comes from outside never becomes a path.
    let router = FILES.into_iter().fold(Router::new(), |router, name| {
        let on_file = async move |State(script): State<ClientScript>| respond(&script, name).await;
        router.route(&format!("/socket.io/{name}"), get(on_file))
    });
    router.with_state(script).layer(map_response(headers(site::POLICY)))
}

async fn respond(script: &ClientScript, name: &'static str) -> Response {
    match script.file(name).await {
        Some(content) => ([(CONTENT_TYPE, site::JAVASCRIPT)], content).into_response(),
        None => (StatusCode::FOUND, [(LOCATION, format!("https://cdn.socket.io/{VERSION}/{name}"))]).into_response(),
    }
}

#[cfg(test)]
mod tests;
