//! Paths that break, and are found again in the same call.
//!
//! Expected: an ICE restart brings a new path, and everything else of the call stays: tracks, chat, files.

use std::net::{Ipv4Addr, SocketAddr};

use study_zoom::server::{Ice, OwnIce};
use study_zoom::turn::{TurnOptions, TurnServer};
use tokio::sync::oneshot;

use super::*;

/// Nothing has ended, and both hear, see and read each other.
async fn the_call_goes_on(alice: &mut Peer, bob: &mut Peer, text: &str) {
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));
    alice.controls.chat(text);
    bob.until_chat(text).await;
    bob.controls.chat(text);
    alice.until_chat(text).await;
    for peer in [alice, bob] {
        let ended = peer.seen.iter().find(|event| matches!(event, CallEvent::Ended(_)));
        assert_eq!(ended, None, "{}: nothing has ended", peer.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_survives_one_restart_after_the_other() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    chat_is_open(&mut alice, &mut bob).await;
    for round in 1..=5 {
        alice.forge.unbounded_send(Signal::Restart).unwrap();
        tokio::join!(alice.until_step_13(), bob.until_step_13());
        the_call_goes_on(&mut alice, &mut bob, &format!("restart {round}")).await;
    }
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_that_overtake_each_other_come_to_one_path() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    chat_is_open(&mut alice, &mut bob).await;
    for round in 1..=5 {
        for milliseconds in [0, 1, 5, 20] {
            alice.forge.unbounded_send(Signal::Restart).unwrap();
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        the_call_goes_on(&mut alice, &mut bob, &format!("restarts {round}")).await;
    }
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

/// A TURN server that can be killed. Dropped: it is.
struct Relay {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Relay {
    fn start(port: u16, secret: &[u8]) -> (Self, OwnIce) {
        let options =
            TurnOptions { relay: true, allow_private: true, secret: Some(secret.to_vec()), ..TurnOptions::default() };
        let server = TurnServer::bind(Ipv4Addr::LOCALHOST.into(), port, options).expect("a port is free");
        let (address, relay) = (server.local_addr(), Some(server.credentials()));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.run(async { drop(stopped.await) }));
        (Self { address, _stop: stop }, OwnIce { address, public: None, relay })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes half a minute: ICE has to notice"]
async fn a_relay_that_is_killed_and_started_again_is_found_again() {
    let (relay, own) = Relay::start(0, b"the secret of both");
    let ice = Ice { own: Some(own), ..Ice::default() };
    let server = TestServer::start_with(ServerOptions { ice, ..ServerOptions::default() }).await;
    let join = async |name| {
        let room = RoomName::new("test").expect("keeps the rules");
        let call_options = CallOptions { relay_only: true, ..CallOptions::new(room) };
        let url = server.url();
        let mut peer = Peer::start_in(name, &url, NativeOptions::default(), call_options, Mischief::None).await;
        peer.until_in_room().await;
        peer
    };
    let (mut alice, mut bob) = (join("alice").await, join("bob").await);
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    chat_is_open(&mut alice, &mut bob).await;
    the_call_goes_on(&mut alice, &mut bob, "over a relay").await;

    let port = relay.address.port();
    drop(relay);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (relay, _) = Relay::start(port, b"the secret of both");
    assert_eq!(relay.address.port(), port, "the port is free again");
    for peer in [&mut alice, &mut bob] {
        let connected = |event: &CallEvent| *event == CallEvent::ConnectionState(ConnectionState::Connected);
        let looking = async { while !connected(&peer.events.next().await.expect("the call goes on")) {} };
        within(Duration::from_secs(60), format!("{}: a new path", peer.name), looking).await;
    }
    the_call_goes_on(&mut alice, &mut bob, "over a new relay").await;
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}
