//! The client against real servers: socketioxide in this process, and the original Socket.IO server in Node.
//!
//! Every scenario of `common/scenarios.rs` runs against both. The Node server is a child process; install it once:
//! ```text
//! npm install --prefix socketio_src/tests/node
//! cargo test -p socketio_src --test servers -- --include-ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

mod common;

/// One test per scenario. The attribute tells the two servers apart.
macro_rules! every_scenario_against {
    ($server:ty, $attribute:meta) => {
        every_scenario_against! { $server, $attribute,
            auth_is_sent_with_connect
            an_emitted_value_comes_back_unchanged
            a_question_gets_its_answer
            a_question_without_an_answer_times_out
            the_server_asks_and_the_client_answers
            a_thousand_events_keep_their_order
            the_heartbeat_keeps_an_idle_client_alive
            the_client_survives_a_server_restart
            a_shutdown_is_a_disconnection
            a_client_that_is_thrown_out_stays_out
            a_refused_client_learns_why
            closing_sends_what_is_queued
            a_binary_event_is_refused
            a_message_beyond_the_limit_is_refused
        }
    };
    ($server:ty, $attribute:meta, $($scenario:ident)+) => {
        $(
            #[tokio::test]
            #[$attribute]
            async fn $scenario() {
                crate::common::scenarios::$scenario::<$server>().await;
            }
        )+
    };
}

mod socketioxide_server {
    every_scenario_against!(crate::common::socketioxide::Socketioxide, doc = "In this process.");
}

mod node_server {
    every_scenario_against!(
        crate::common::node::Node,
        ignore = "needs Node and npm: npm install --prefix socketio_src/tests/node"
    );
}

/// Something else listens there, or nothing.
mod no_server {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use socketio_src::client::{DisconnectReason, Options};
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpSocket};

    use crate::common::{Peer, within};

    #[tokio::test]
    async fn a_closed_port_is_reported_with_a_hint() {
        // Bound, so that nobody else gets the port; but nobody listens.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let mut alice = Peer::start("alice", Options::new(format!("http://{}", socket.local_addr().unwrap())));
        let reason = alice.disconnected().await;
        assert!(matches!(reason, DisconnectReason::ConnectFailed(_)), "{reason:?}");
        assert!(reason.to_string().contains("is the server running there?"), "{reason}");
    }

    #[tokio::test]
    async fn a_web_server_without_socket_io_is_reported() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, axum::Router::new()).await });
        let mut alice = Peer::start("alice", Options::new(url));
        let reason = alice.disconnected().await;
        assert!(reason.to_string().contains("404"), "{reason}");
        server.abort();
    }

    #[tokio::test]
    async fn a_server_that_never_answers_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let after = Duration::from_millis(200);
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut alice = Peer::start("alice", Options { handshake_timeout: after, ..Options::new(url) });
        let (_held_open, _) = within("a connection", listener.accept()).await.unwrap();
        assert_eq!(alice.disconnected().await, DisconnectReason::HandshakeTimeout { after });
    }

    #[tokio::test]
    async fn a_tls_url_to_a_server_without_tls_says_so() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let mut alice = Peer::start("alice", Options::new(url));
        let (mut client, _) = within("a connection", listener.accept()).await.unwrap();
        // What a web server says to a client that begins with TLS.
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let reason = alice.disconnected().await;
        assert!(reason.to_string().contains("speaks no TLS there: try ws:// or http://"), "{reason}");
    }
}
