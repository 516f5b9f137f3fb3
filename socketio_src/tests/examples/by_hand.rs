//! The packets, sent as they are, without any Socket.IO client.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::chapter::{README, Reader, shown};
use crate::start_chat;
use crate::{PATIENCE, within};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn websocket(server: SocketAddr, session: &str) -> Socket {
    let url = format!("ws://{server}/socket.io/?EIO=4&transport=websocket{session}");
    within(PATIENCE, "a WebSocket", Box::pin(connect_async(url))).await.unwrap().0
}

/// The next packet that is no ping: those come when they come.
async fn packet(socket: &mut Socket, pings: &mut usize) -> String {
    loop {
        let message = within(PATIENCE, "a packet", socket.next()).await.expect("the connection lives").unwrap();
        match message.to_text().unwrap() {
            "2" => *pings += 1,
            packet => return packet.to_owned(),
        }
    }
}

/// Types what begins with `>`, and compares the rest. Returns how many pings came.
async fn replay(reader: &mut Reader, socket: &mut Socket, block: &[&'static str]) -> usize {
    let mut pings = 0;
    for shown in block.iter().filter(|line| **line != "2") {
        match shown.strip_prefix("> ") {
            Some(typed) => socket.send(Message::text(typed)).await.unwrap(),
            None => {
                let packet = packet(socket, &mut pings).await;
                reader.compare(&packet, shown, "by hand");
            }
        }
    }
    pings
}

/// One HTTP request, as `curl` sends it, and the body of its answer.
async fn http(server: SocketAddr, method: &str, session: &str, body: &str) -> String {
    let exchange = async {
        let mut connection = TcpStream::connect(server).await.unwrap();
        let request = format!(
            "{method} /socket.io/?EIO=4&transport=polling{session} HTTP/1.1\r\nHost: {server}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = within(PATIENCE, "an answer", exchange).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
}

#[tokio::test]
async fn the_chat_can_be_talked_to_by_hand() {
    let mut server = start_chat(&["--addr", "127.0.0.1:0"]);
    let mut socket = websocket(server.address().await, "").await;
    let [block] = &shown("### By hand")[..] else { panic!("the README shows one conversation") };
    let pings = replay(&mut Reader::default(), &mut socket, block).await;
    assert!(pings > 0, "the first ping comes at once");
    // Both goodbyes were said: the server has nothing to add.
    within(PATIENCE, "the end of the connection", async { while let Some(Ok(_)) = socket.next().await {} }).await;
}

#[tokio::test]
async fn whoever_is_no_heart_is_closed() {
    let mut server = start_chat(&["--addr", "127.0.0.1:0"]);
    let mut socket = websocket(server.address().await, "").await;
    let mut heard = Vec::new();
    within(PATIENCE, "the end of the connection", async {
        while let Some(Ok(message)) = socket.next().await {
            heard.push(message.to_string());
        }
    })
    .await;
    assert!(heard.iter().any(|packet| packet == "2"), "{heard:?}");
    assert!(heard.iter().any(|packet| packet == "1"), "{heard:?}");
}

#[tokio::test]
async fn a_connection_begins_with_http_and_goes_over_to_a_websocket() {
    let mut server = start_chat(&["--addr", "127.0.0.1:0"]);
    let server_address = server.address().await;
    let [requests, upgrade] = &shown("### Beginning with HTTP")[..] else { panic!("the README shows two parts") };
    let mut reader = Reader::default();
    let open = http(server_address, "GET", "", "").await;
    // The same as over a WebSocket, but for the transports that are left to go over to.
    let over_websocket = shown("### By hand")[0][0].replace("\"upgrades\":[]", "\"upgrades\":[\"websocket\"]");
    let sid = open.split('"').nth(3).expect("a session id").to_owned();
    assert_eq!(open.replace(&sid, ""), over_websocket.replace(over_websocket.split('"').nth(3).unwrap(), ""));

    let session = format!("&sid={sid}");
    let (ok, packets) = requests.split_first().expect("the answer to the POST comes first");
    assert_eq!(http(server_address, "POST", &session, "40").await, *ok);
    let mut packets = packets.iter().filter(|packet| **packet != "2").peekable();
    while packets.peek().is_some() {
        let body = http(server_address, "GET", &session, "").await;
        for packet in body.split('\u{1e}').filter(|packet| *packet != "2") {
            reader.compare(packet, packets.next().expect("no other packets"), &body);
        }
    }
    let mut socket = websocket(server_address, &session).await;
    replay(&mut reader, &mut socket, upgrade).await;
}

#[test]
fn the_bytes_are_counted_right() {
    let mut counted = 0;
    for line in README.lines().filter(|line| line.starts_with("| ")) {
        for cell in line.split(" | ") {
            // Such as: 46: `{"type":"new_message","payload":"hello"}`
            let Some((bytes, text)) = cell.trim_matches(['|', ' ']).split_once(": `") else { continue };
            let (Ok(bytes), Some(text)) = (bytes.parse::<usize>(), text.strip_suffix('`')) else { continue };
            if text.contains('`') {
                continue;
            }
            // A frame has a head of 2 bytes, and that of a client a mask of 4.
            let mask = if line.contains("the client says") { 4 } else { 0 };
            assert_eq!(bytes, 2 + mask + text.len(), "{line}");
            counted += 1;
        }
    }
    assert!(counted >= 5, "{counted}");
    let conversation = &shown("### By hand")[0];
    let let_in = conversation.iter().position(|line| line.starts_with("40{")).expect("the answer to CONNECT");
    let frame = |line: &&str| line.strip_prefix("> ").map_or(2 + line.len(), |typed| 6 + typed.len());
    let bytes: usize = conversation[..=let_in].iter().map(frame).sum();
    assert!(README.contains(&format!("| {bytes}: `0{{...}}`, `2`, `3`, `40`, `40{{...}}` |")), "{bytes}");
}
