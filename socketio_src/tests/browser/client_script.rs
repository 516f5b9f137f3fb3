//! Expected: npm brings the very file that the pages name by its hash, and Node finds nothing wrong with the module that
//! takes packets apart.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use socketio_src::server::ClientScript;
use tokio::process::Command;

use crate::person::Browser;
use crate::program::{Program, target_dir, turn};

const SOURCES: &str = env!("CARGO_MANIFEST_DIR");

/// What Node prints for a script, with one argument.
async fn node(script: &str, argument: &Path) -> String {
    let output = Command::new("node").args(["-e", script]).arg(argument).output().await;
    let output = output.expect("node starts: install Node 20 or newer");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Both pages name the hash of the file in this folder.
async fn is_what_the_pages_expect(folder: &Path) {
    let file = folder.join("node_modules/socket.io-client/dist/socket.io.esm.min.js");
    assert!(file.exists(), "{} is missing: the head of tests/browser/main.rs says how to install it", file.display());
    let hash = "const content = require('fs').readFileSync(process.argv[1]);
        process.stdout.write(require('crypto').createHash('sha384').update(content).digest('base64'))";
    let hash = node(hash, &file).await;
    for page in ["index.html", "admin.html"] {
        let page = std::fs::read_to_string(format!("{SOURCES}/src/page/{page}")).expect("the page is there");
        assert!(page.contains(&format!(r#"integrity="sha384-{hash}""#)), "the hash is {hash}");
    }
}

#[tokio::test]
#[ignore = "needs socket.io-client: the head of this file says how to install it"]
async fn the_pages_name_the_hash_of_the_installed_client() {
    is_what_the_pages_expect(&target_dir().join("socket.io-client")).await;
}

#[tokio::test]
#[ignore = "needs npm and its registry"]
async fn npm_brings_what_the_pages_expect() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the folder can be written");
    // cargo has started this test, so `CARGO` is set.
    ClientScript::at(folder.path().to_owned()).install().await;
    is_what_the_pages_expect(folder.path()).await;
}

#[tokio::test]
#[ignore = "needs Chromium, its driver and socket.io-client: the head of tests/browser/main.rs says how to install them"]
async fn the_page_says_that_npm_is_at_work_and_goes_on_by_itself() {
    let _turn = turn().await;
    let installed = target_dir().join("socket.io-client");
    assert!(installed.exists(), "{} is missing", installed.display());
    // In place of npm a program that takes its time, and then brings the same files.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the folder can be written");
    let (npm, target) = (folder.path().join("npm"), folder.path().join("socket.io-client"));
    let script = format!("#!/bin/sh\nsleep 8\ncp -R '{}' '{}'\n", installed.display(), target.display());
    std::fs::write(&npm, script).expect("the folder can be written");
    std::fs::set_permissions(&npm, Permissions::from_mode(0o755)).expect("the file is ours");
    let programs = std::env::var("PATH").expect("there are programs");
    let path = format!("{}:{programs}", folder.path().display());
    let server = Program::start_in(vec![("CARGO_TARGET_DIR", folder.path().into()), ("PATH", path.into())], &[]).await;

    let alice = Browser::open("alice", &server.url()).await;
    let waits = "document.getElementById('state').textContent.startsWith('npm fetches the Socket.IO client')";
    alice.wait_for(waits, "she is told what the page waits for").await;
    alice.until_connected().await;
}

#[tokio::test]
#[ignore = "needs Node 20 or newer"]
async fn node_takes_packets_apart() {
    let file = format!("{SOURCES}/tests/page/packets.test.mjs");
    let output = Command::new("node").args(["--test", "--test-reporter=tap"]).arg(file).output().await;
    let output = output.expect("node starts: install Node 20 or newer");
    let says = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && says.contains("# fail 0"), "{says}");
    assert!(says.contains("# tests 12"), "all of them were run: {says}");
}
