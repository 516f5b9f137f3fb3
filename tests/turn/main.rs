//! The STUN and TURN server on real sockets, over loopback.
//!
//! Expected: a client is told its address and gets a relay that works, wherever the server is bound; when the server ends,
//! nothing of it is left. The programs of coturn, which others wrote, find the same (`strangers`).

/// A client, just large enough.
mod client;
/// The clients of coturn.
mod strangers;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use client::TurnClient;
use study_zoom::turn::{Credential, Credentials, Limits, PORTS_TRIED, TurnOptions, TurnServer};
use testing::within;
use tokio::net::UdpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long anything may take on loopback. Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that runs until it is told to stop.
struct Running {
    /// Where clients of this machine reach it.
    address: SocketAddr,
    credentials: Credentials,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    fn start(address: impl Into<IpAddr>, options: TurnOptions) -> Self {
        let address = address.into();
        let server = TurnServer::bind(address, 0, options).expect("there is a free port");
        let (stop, stopped) = oneshot::channel();
        let here = if address.is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address };
        Self {
            address: SocketAddr::new(here, server.local_addr().port()),
            credentials: server.credentials(),
            stop,
            task: tokio::spawn(server.run(async { _ = stopped.await })),
        }
    }

    fn mint(&self, user: &str) -> Credential {
        self.credentials.mint(user, Duration::from_secs(600))
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        within(PATIENCE, "the server ends", self.task).await.expect("it has not panicked").expect("and says no error");
    }
}

/// A relay that may reach loopback: there is nothing else in these tests.
fn relay() -> TurnOptions {
    TurnOptions { relay: true, allow_private: true, ..TurnOptions::default() }
}

#[tokio::test]
async fn a_relay_works_wherever_the_server_is_bound() {
    let everywhere: [IpAddr; 5] = [
        Ipv4Addr::LOCALHOST.into(),
        Ipv4Addr::UNSPECIFIED.into(),
        // Both families, and the clients of this test come with IPv4.
        Ipv6Addr::UNSPECIFIED.into(),
        [127, 0, 0, 2].into(),
        Ipv6Addr::LOCALHOST.into(),
    ];
    for address in everywhere {
        let server = Running::start(address, relay());
        let mut alice = TurnClient::connect(server.address, server.mint("alice")).await;
        assert_eq!(alice.binding().await, alice.local_addr());
        let relayed = alice.allocate().await.expect("there is room");
        assert_eq!(relayed.ip(), server.address.ip(), "bound to {address}");

        let bob = UdpSocket::bind((server.address.ip(), 0)).await.expect("there is a free port");
        alice.bind(0x4000, bob.local_addr().expect("it is bound")).await.expect("bob may be reached");
        alice.send(0x4000, b"hello").await;
        let mut buffer = [0; 100];
        let (length, from) =
            within(PATIENCE, "bob hears alice", bob.recv_from(&mut buffer)).await.expect("loopback works");
        assert_eq!((&buffer[..length], from), (&b"hello"[..], relayed));
        bob.send_to(b"hi", relayed).await.expect("loopback takes it");
        assert_eq!(alice.receive().await, (0x4000, b"hi".to_vec()));

        server.stop().await;
        UdpSocket::bind(relayed).await.expect("the relay is closed, and its port is free");
    }
}

#[tokio::test]
async fn both_sides_may_relay_through_a_server_behind_a_router() {
    // Nobody has this address here: the packets between the two cannot have gone to it.
    let external = IpAddr::from([203, 0, 113, 5]);
    let options = TurnOptions { external: Some(external), allow_private: false, ..relay() };
    let server = Running::start(Ipv4Addr::LOCALHOST, options);
    let mut alice = TurnClient::connect(server.address, server.mint("alice")).await;
    let mut bob = TurnClient::connect(server.address, server.mint("bob")).await;
    let of_alice = alice.allocate().await.expect("there is room");
    let of_bob = bob.allocate().await.expect("there is room");
    assert_eq!((of_alice.ip(), of_bob.ip()), (external, external));
    alice.bind(0x4000, of_bob).await.expect("it is a relay of this server");
    bob.bind(0x4001, of_alice).await.expect("it is a relay of this server");
    for round in 0..100_u8 {
        alice.send(0x4000, &[round; 1200]).await;
        assert_eq!(bob.receive().await, (0x4001, vec![round; 1200]));
        bob.send(0x4001, &[round]).await;
        assert_eq!(alice.receive().await, (0x4000, vec![round]));
    }
    assert_eq!(alice.bind(0x4002, SocketAddr::new(external, 22)).await, Err(403), "the router's own ports are not");
    server.stop().await;
}

#[tokio::test]
async fn loopback_is_not_reached_and_a_long_packet_is_not_taken() {
    let limits = Limits { packet_bytes: 1000, ..Limits::default() };
    let server = Running::start(Ipv4Addr::LOCALHOST, TurnOptions { allow_private: false, limits, ..relay() });
    let mut alice = TurnClient::connect(server.address, server.mint("alice")).await;
    let mut bob = TurnClient::connect(server.address, server.mint("bob")).await;
    let of_alice = alice.allocate().await.expect("there is room");
    let of_bob = bob.allocate().await.expect("there is room");
    assert_eq!(alice.bind(0x4000, ([127, 0, 0, 1], 80).into()).await, Err(403));
    alice.bind(0x4000, of_bob).await.expect("it is a relay of this server");
    bob.bind(0x4000, of_alice).await.expect("it is a relay of this server");
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    stranger.send_to(b"the permission is for this address", of_bob).await.expect("loopback takes it");
    alice.send(0x4000, &[1; 2000]).await;
    alice.send(0x4000, &[2; 996]).await;
    assert_eq!(bob.receive().await, (0x4000, vec![2; 996]), "neither the stranger nor the long one is heard");
    server.stop().await;
}

#[tokio::test]
async fn a_flood_keeps_nothing_else_of_the_program_waiting() {
    // This runtime has one thread: the server, its client and this test take turns.
    let server = Running::start(Ipv4Addr::LOCALHOST, relay());
    let alice = TurnClient::connect(server.address, server.mint("alice")).await;
    let flood = Arc::new(AtomicBool::new(true));
    let flooding = {
        let (flood, server) = (flood.clone(), server.address);
        std::thread::spawn(move || {
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("there is a free port");
            let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[0; 12]].concat();
            while flood.load(Ordering::Relaxed) {
                // A full buffer loses it, and that is all.
                _ = socket.send_to(&request, server);
            }
        })
    };
    let others = async {
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    within(PATIENCE, "a hundred short naps beside the flood", others).await;
    // Who is crowded out of the buffer asks again, as clients do.
    let answered = async { while timeout(Duration::from_millis(20), alice.binding()).await.is_err() {} };
    within(PATIENCE, "an answer beside the flood", answered).await;
    flood.store(false, Ordering::Relaxed);
    flooding.join().expect("it only sends");
    server.stop().await;
}

#[tokio::test]
async fn the_next_free_port_is_taken() {
    let localhost = IpAddr::from(Ipv4Addr::LOCALHOST);
    // Ten ports in a row: nobody else takes them between here and there, or the next row is tried.
    let rows = (20_000..30_000_u16).step_by(10).map(|first| {
        let row = (first..first + PORTS_TRIED).map(|port| std::net::UdpSocket::bind((localhost, port)));
        (first, row.collect::<Result<Vec<_>, _>>())
    });
    let (first, mut taken) =
        rows.filter_map(|(first, row)| Some((first, row.ok()?))).next().expect("some row of ports is free");
    let error = TurnServer::bind(localhost, first, TurnOptions::default()).expect_err("all ten are taken");
    assert!(error.to_string().contains(&format!("from {first} to {}", first + PORTS_TRIED - 1)), "{error}");
    drop(taken.remove(3));
    let server = TurnServer::bind(localhost, first, TurnOptions::default()).expect("the fourth is free");
    assert_eq!(server.local_addr().port(), first + 3);
}
