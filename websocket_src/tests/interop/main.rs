//! The server and clients that no one here wrote.
//!
//! Expected: npm's `ws` and Python's `websockets` chat through the server, and Autobahn's test suite, which breaks every
//! rule of RFC 6455 there is, finds nothing to complain about.
//!
//! ```text
//! npm install --prefix websocket_src/tests/node
//! python3 -m venv target/websockets && target/websockets/bin/pip install -r websocket_src/tests/python/requirements.txt
//! cargo build -p websocket_src --examples
//! cargo test -p websocket_src --test interop -- --ignored
//! ```
//! Autobahn needs Python 2.7: `websocket_src/tests/autobahn/install` puts it into the target directory.

/// A server and programs.
#[path = "../common/mod.rs"]
mod common;
/// Clients in other languages.
mod clients;
/// The test suite for WebSocket servers.
mod autobahn;

use std::path::PathBuf;

/// Cargo's folder for the files of tests is `tmp` in the target directory. What was installed is beside it.
fn installed(path: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name(path);
    assert!(path.exists(), "{} is missing: the head of tests/interop/main.rs says how to install it", path.display());
    path
}
