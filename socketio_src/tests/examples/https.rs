//! The chat over https, for phones of the same network: `--lan`, and `--ca` for the client in the terminal.

use testing::program::Program;
use tokio::process::Command;

use crate::BINARY;

#[tokio::test]
async fn the_chat_speaks_https_and_the_terminal_trusts_its_authority() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(BINARY);
    command.args(["--lan", "--addr", "127.0.0.1:0"]).env("XDG_CONFIG_HOME", home.path());
    let mut server = Program::start("chat", &mut command);
    let address = server.address().await;
    server.until(&format!("  https://{address}")).await;
    server.until("/trust").await;
    let (url, ca) = (format!("https://{address}"), home.path().join("study-zoom/ca.pem"));
    let ca = ca.to_str().unwrap();
    let client = |options: &[&str]| Program::example(BINARY, "01_events", &[&["client"], options].concat());
    let mut alice = client(&[&url, "--ca", ca]);
    alice.until("connected").await;
    alice.end_of_input();
    alice.end().await.well();
    client(&[&url, "--ca", "missing.pem"]).end().await.with_error(&["--ca missing.pem", "cannot be read"]);
    // It tries again and again: its first words say why, and what to do.
    let mut stranger = client(&[&url]);
    let line = stranger.until("UnknownIssuer").await;
    assert!(line.contains("--ca"), "{line}");
    let mut lost = client(&[&format!("http://{address}")]);
    let line = lost.until("308").await;
    assert!(line.contains("write https://"), "{line}");
    server.stop().await.well();
}
