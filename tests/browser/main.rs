//! The call in a real Chromium: with another one, with a headless peer, with a client written in plain JavaScript.
//!
//! Expected: whichever side calls, each one sees a picture that moves and hears the other; the page says what goes on
//! and what went wrong; and a call survives what people do to it.
//!
//! ```text
//! apt-get install chromium chromium-driver
//! cargo xtask bundle
//! cargo xtask book
//! npm install --prefix tests/plain-client
//! npm install --prefix tests/axe
//! cargo test --test browser -- --ignored
//! ```
//!
//! Those in [`lan`] need `apt-get install libnss3-tools`, and a private address that is not loopback (`.ci/run` makes one).
//! With `SCREENSHOTS=folder` in front, [`layout`] also saves what it looks at.

/// The server.
#[path = "../common/mod.rs"]
mod common;
/// The peer without a browser.
mod native;
/// The page of the call, and what there is to do on it.
mod page;

/// Two people with a browser each.
mod tabs;
/// A browser and a headless peer.
mod mixed;
/// Another browser.
mod firefox;
/// A client that knows nothing of us.
mod plain;
/// How quickly two people see each other.
mod speed;
/// The call in one small file.
mod smallest;
/// What it looks like.
mod layout;
/// Over a TURN server, and the test of such servers.
mod relay;
/// Cameras, microphones and screens.
mod devices;
/// Every device that was ever on.
mod tracks;
/// One step at a time.
mod stepping;
/// What the page shows of the call.
mod panel;
/// What a term means.
mod glossary;
/// The texts as books.
mod book;
/// The page in Korean.
mod language;
/// Texts to read beside the page.
mod help;
/// The page from another machine, over http and https.
mod lan;
/// Files.
mod files;
/// How quickly a file goes.
mod file_rate;
/// A channel without the page.
mod bare_channel;
/// A call that was saved.
mod record;
/// For everybody.
mod accessibility;
/// An invitation, a memory, keys, and an end.
mod comfort;
/// The page after a long day.
mod endurance;
/// The page in a room that many people visit.
mod page_soak;
/// Partners that send nonsense or fall silent.
mod faults;
/// Failures that are brought back on purpose.
mod lab;

use std::path::Path;

use common::TestServer;
use study_zoom::server::ServerOptions;
use study_zoom::site::Site;
use tokio::sync::{Mutex, MutexGuard};

/// Where everybody meets. Each test has a server of its own.
const ROOM: &str = "demo";

/// A server, for one test at a time: four browsers that encode and decode video are too much for a small machine.
struct Stage {
    server: TestServer,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    /// With the page of the call.
    async fn with_page() -> Self {
        Self::with_page_and(ServerOptions::default()).await
    }

    /// With the page, and something else that can be set.
    async fn with_page_and(options: ServerOptions) -> Self {
        // Cargo's folder for the files of tests is `tmp` in the target directory, and the bundle is beside it.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("site");
        let built = folder.join("pkg/study_zoom_bg.wasm");
        assert!(built.exists(), "{} is missing: run `cargo xtask bundle` first", built.display());
        Self::set_with(ServerOptions { site: Site::at(folder), ..options }).await
    }

    /// With signaling alone.
    async fn without_page() -> Self {
        Self::set_with(ServerOptions::default()).await
    }

    /// Alone, without a server.
    async fn turn() -> MutexGuard<'static, ()> {
        static TURN: Mutex<()> = Mutex::const_new(());
        TURN.lock().await
    }

    async fn set_with(options: ServerOptions) -> Self {
        let _turn = Self::turn().await;
        Self { server: TestServer::start_with(options).await, _turn }
    }
}
