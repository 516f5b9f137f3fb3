//! Pages of other servers.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_server_is_refused_unless_it_was_named() {
    let origins = Origins::new(["https://friend.example"]).unwrap();
    let server = TestServer::start_with(ServerOptions { origins, ..ServerOptions::default() }).await;
    let poll = "/socket.io/?EIO=4&transport=polling";
    for (origin, status) in [
        ("https://evil.example", "403"),
        ("null", "403"),
        ("http://127.0.0.1:1", "403"),
        ("https://friend.example", "200"),
        (&*server.url(), "200"),
    ] {
        let (head, body) = request(&server, "GET", poll, &format!("Origin: {origin}\r\n")).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {head}");
        assert_eq!(body.starts_with("0{"), status == "200", "{origin}: {body}");
        assert_eq!(body.contains("--allow-origin"), status == "403", "{origin}: {body}");
        let allows = format!("access-control-allow-origin: {origin}");
        assert_eq!(head.contains(&allows), status == "200", "{origin}: {head}");
        // Likewise a WebSocket.
        let upgrade = format!(
            "Origin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        let line = first_line(&server, "/socket.io/?EIO=4&transport=websocket", &upgrade).await;
        let expected = if status == "200" { "HTTP/1.1 101 " } else { "HTTP/1.1 403 " };
        assert!(line.starts_with(expected), "{origin}: {line}");
    }
    // A page that polls asks first whether it may post.
    let asks = "Origin: https://friend.example\r\nAccess-Control-Request-Method: POST\r\n";
    let (head, _) = request(&server, "OPTIONS", poll, asks).await;
    assert!(head.starts_with("HTTP/1.1 204 ") && head.contains("access-control-allow-methods: GET, POST"), "{head}");
    let (head, body) = request(&server, "OPTIONS", poll, &asks.replace("friend", "evil")).await;
    assert!(head.starts_with("HTTP/1.1 403 ") && !body.is_empty(), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_the_option_that_lets_a_page_in_once() {
    let server = ServerProgram::start_with(&[]);
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: inside:3000\r\n\
                       Origin: https://call.example\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        within(PATIENCE, "the server answers", stream.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    }
    let log = server.log();
    assert_eq!(log.matches("--allow-origin \"https://call.example\"").count(), 1, "{log}");
    assert!(log.contains("rewrites Host") && log.contains("inside:3000"), "{log}");
}
