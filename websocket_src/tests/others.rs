//! The server and clients that no one here wrote.
//!
//! Expected: npm's `ws`, Python's `websockets` and a real Chromium chat through the server, and Autobahn's test suite,
//! which breaks every rule of RFC 6455 there is, finds nothing to complain about.
//!
//! ```text
//! apt-get install chromium chromium-driver
//! npm install --prefix websocket_src/tests/node
//! python3 -m venv target/websockets && target/websockets/bin/pip install -r websocket_src/tests/python/requirements.txt
//! cargo build -p websocket_src --examples
//! cargo test -p websocket_src --test others -- --ignored
//! ```
//! Autobahn needs Python 2.7: `websocket_src/tests/autobahn/install` puts it into the target directory.

/// A server, clients and programs.
mod common;
/// Chromium.
#[path = "../../tests/browser/driver.rs"]
#[allow(dead_code, reason = "the page of this chapter is smaller than the one of the call")]
mod driver;

/// A page in a browser.
#[path = "others/page.rs"]
mod page;
/// Clients in other languages.
#[path = "others/clients.rs"]
mod clients;
/// The test suite for WebSocket servers.
#[path = "others/autobahn.rs"]
mod autobahn;

use std::path::PathBuf;

/// Cargo's folder for the files of tests is `tmp` in the target directory. What was installed is beside it.
fn installed(path: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name(path);
    assert!(path.exists(), "{} is missing: the head of tests/others.rs says how to install it", path.display());
    path
}
