//! The clients of coturn against this server.
//! ```text
//! apt-get install coturn
//! cargo test --test turn -- --ignored
//! ```

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use study_zoom::turn::TurnOptions;
use testing::within;
use tokio::net::UdpSocket;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Running, relay};

/// How long one of the programs may take. They send a few messages, one each fiftieth of a second, and wait a little.
const PATIENCE: Duration = Duration::from_secs(40);

/// A program of coturn. It ends when nobody waits for it any more.
fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What a program prints, and whether it succeeds.
async fn run(name: &str, arguments: &[&str]) -> (String, bool) {
    let output = within(PATIENCE, name, program(name, arguments).output()).await;
    let output = output.unwrap_or_else(|error| panic!("{name} from the package coturn: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.success())
}

/// Sends twenty messages through the server, as the others tell it.
async fn uclient(server: &Running, arguments: &[&str]) -> (String, bool) {
    let port = server.address.port().to_string();
    run("turnutils_uclient", &[arguments, &["-c", "-n", "20", "-p", &port, "127.0.0.1"]].concat()).await
}

/// A program of coturn that sends back what it is sent, and where it is.
async fn peer() -> (Child, SocketAddr) {
    let free = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = free.local_addr().expect("it is bound");
    drop(free);
    let port = address.port().to_string();
    let child = program("turnutils_peer", &["-L", "127.0.0.1", "-p", &port])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let asking = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    asking.connect(address).await.expect("loopback has a way");
    let answered = async {
        // It is asked again until it listens: before that nobody answers, or the system says so.
        while !matches!(ask(&asking).await, Ok(Ok(5))) {}
    };
    within(PATIENCE, "turnutils_peer answers", answered).await;
    (child.expect("turnutils_peer from the package coturn"), address)
}

async fn ask(socket: &UdpSocket) -> Result<std::io::Result<usize>, tokio::time::error::Elapsed> {
    _ = socket.send(b"hello").await;
    timeout(Duration::from_millis(50), socket.recv(&mut [0; 10])).await
}

#[tokio::test]
#[ignore = "needs coturn"]
async fn its_stun_client_is_told_its_address() {
    let server = Running::start([127, 0, 0, 1], relay());
    let port = server.address.port().to_string();
    let (text, succeeded) = run("turnutils_stunclient", &["-p", &port, "-L", "127.0.0.3", "127.0.0.1"]).await;
    assert!(succeeded && text.contains("UDP reflexive addr: 127.0.0.3:"), "{text}");
    server.stop().await;
}

#[tokio::test]
#[ignore = "needs coturn"]
async fn its_turn_client_relays_without_loss() {
    let server = Running::start([127, 0, 0, 1], TurnOptions { secret: Some(b"north".to_vec()), ..relay() });
    let alice = server.mint("alice");
    let minted = ["-u", &alice.username, "-w", &alice.password];
    let (_peer, address) = peer().await;
    let port = address.port().to_string();
    let to_peer = ["-e", "127.0.0.1", "-r", &port];
    for (way, arguments, sent) in [
        ("two clients, over channels", [&["-y"][..], &minted].concat(), 40),
        ("two clients, with indications", [&["-y", "-s"][..], &minted].concat(), 40),
        ("to a peer, over a channel", [&to_peer[..], &minted].concat(), 20),
        ("to a peer, with indications", [&["-s"][..], &to_peer, &minted].concat(), 20),
        ("a name and a password of its own, from the secret", vec!["-y", "-u", "alice", "-W", "north"], 40),
    ] {
        let (text, succeeded) = uclient(&server, &arguments).await;
        let all = format!("tot_send_msgs={sent}, tot_recv_msgs={sent}");
        assert!(succeeded && text.contains(&all) && text.contains("Total lost packets 0 "), "{way}:\n{text}");
    }
    server.stop().await;
}

#[tokio::test]
#[ignore = "needs coturn"]
async fn its_turn_client_gets_nothing_with_a_wrong_password() {
    let server = Running::start([127, 0, 0, 1], relay());
    let alice = server.mint("alice");
    for wrong in
        [["-u", &alice.username, "-w", "wrong"], ["-u", "alice", "-w", &alice.password], ["-u", "alice", "-W", "east"]]
    {
        let (text, succeeded) = uclient(&server, &[&["-y"], &wrong[..]].concat()).await;
        assert!(!succeeded && text.contains("Cannot complete Allocation"), "{wrong:?}:\n{text}");
    }
    server.stop().await;
}
