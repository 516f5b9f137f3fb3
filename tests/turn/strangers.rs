//! The clients of coturn against this server.
//! ```text
//! apt-get install coturn
//! cargo test --test turn -- --ignored
//! ```

use std::process::Stdio;
use std::time::Duration;

use testing::within;
use tokio::process::Command;

use super::{Running, relay};

/// How long one of the programs may take. They send twenty messages, one each fiftieth of a second, and wait a little.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a program of coturn prints, and whether it succeeds.
async fn run(program: &str, arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = within(PATIENCE, program, command.output()).await;
    let output = output.unwrap_or_else(|error| panic!("{program} from the package coturn: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.success())
}

#[tokio::test]
#[ignore = "needs coturn"]
async fn its_stun_client_is_told_its_address() {
    let server = Running::start([127, 0, 0, 1], relay());
    let port = server.address.port().to_string();
    let (text, succeeded) = run("turnutils_stunclient", &["-p", &port, "-L", "127.0.0.3", "127.0.0.1"]).await;
    println!("{succeeded} {text}");
    server.stop().await;
}

#[tokio::test]
#[ignore = "needs coturn"]
async fn its_turn_client_relays() {
    let server = Running::start([127, 0, 0, 1], relay());
    let port = server.address.port().to_string();
    let alice = server.mint("alice");
    let (text, succeeded) = run(
        "turnutils_uclient",
        &["-y", "-c", "-n", "20", "-p", &port, "-u", &alice.username, "-w", &alice.password, "127.0.0.1"],
    )
    .await;
    println!("{succeeded} {text}");
    let (text, succeeded) = run(
        "turnutils_uclient",
        &["-y", "-c", "-n", "20", "-p", &port, "-u", &alice.username, "-w", "wrong", "127.0.0.1"],
    )
    .await;
    println!("{succeeded} {text}");
    server.stop().await;
}
