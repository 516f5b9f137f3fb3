//! One request, asked of a router through a real connection.

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Head and body of what a router answers to a GET.
///
/// # Panics
/// When the answer is not one of HTTP/1.1.
pub async fn get(router: Router, path: &str) -> (String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let mut connection = TcpStream::connect(address).await.expect("the server listens");
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.expect("the server reads");
    let mut response = String::new();
    connection.read_to_string(&mut response).await.expect("the server answers in text");
    serving.abort();
    let (head, body) = response.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_owned(), body.to_owned())
}
