//! The server that does nothing but write: one thread, a ready-made frame, one blocking write for each socket.
//!
//! It has no queues, so one listener that does not read stops it for everybody. It is no server, it is a measure.

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept_hdr_with_config};

/// With this argument the benchmark is this server.
pub(crate) const ARGUMENT: &str = "serve-limit";

pub(crate) fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the system has a free port");
    println!("limit listens on ws://{}", listener.local_addr().expect("a listener has an address"));
    let mut listeners = Vec::new();
    loop {
        let (stream, _) = listener.accept().expect("clients connect");
        stream.set_nodelay(true).expect("a TCP option");
        let mut is_sender = false;
        #[expect(clippy::result_large_err, reason = "the type is tungstenite's")]
        let look = |request: &Request, response: Response| {
            is_sender = request.uri().query() == Some("sender");
            Ok(response)
        };
        let config = WebSocketConfig::default().read_buffer_size(2048);
        let socket = accept_hdr_with_config(stream, look, Some(config)).expect("clients upgrade");
        if is_sender {
            return broadcast(socket, &listeners);
        }
        listeners.push(socket.into_inner());
    }
}

fn broadcast(mut sender: WebSocket<TcpStream>, listeners: &[TcpStream]) {
    while let Ok(message) = sender.read() {
        let Message::Text(text) = message else { continue };
        let length = u16::try_from(text.len()).expect("messages of 126 to 65535 bytes");
        let frame = [&[0x81, 126], &length.to_be_bytes()[..], text.as_bytes()].concat();
        for mut listener in listeners {
            listener.write_all(&frame).expect("listeners read");
        }
    }
}
