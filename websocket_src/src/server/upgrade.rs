//! From a HTTP request to a WebSocket.
//!
//! ```text
//! GET /ws HTTP/1.1                                    HTTP/1.1 101 Switching Protocols
//! Host: localhost:3001                                Connection: Upgrade
//! Connection: Upgrade                                 Upgrade: websocket
//! Upgrade: websocket                                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
//! Origin: http://localhost:3001
//! Sec-WebSocket-Version: 13
//! Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
//! ```
//! The answer is the SHA-1 of the key and a fixed text (RFC 6455, section 4.2.2). It proves nothing but that the server
//! knows what a WebSocket is. From the next byte on, the same TCP connection carries frames.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tracing::{debug, info};

use super::Permit;
use super::connection::Connection;
use super::{Chat, Limits};

/// Checks the request, answers it, and lets `talk` have the connection. It is over when `talk` is.
pub(super) fn upgrade<F>(
    mut request: Request,
    chat: &Chat,
    limits: &Limits,
    talk: impl FnOnce(Connection) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = ()> + Send,
{
    if let Err(message) = chat.options.origins.check(request.headers()) {
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    if let Some(protocols) = request.headers().get(SEC_WEBSOCKET_PROTOCOL) {
        let message =
            format!("a client asks for the subprotocol {protocols:?}, and this server has none: leave it out\n");
        info!("refused: {}", message.trim_end());
        return (StatusCode::BAD_REQUEST, message).into_response();
    }
    let on_upgrade = hyper::upgrade::on(&mut request);
    let permit = request.extensions_mut().remove::<Permit>();
    let (parts, _) = request.into_parts();
    let response = match create_response(&axum::http::Request::from_parts(parts, ())) {
        Ok(response) => response.map(|()| Body::empty()),
        Err(error) => return refuse(&error),
    };
    let (limits, stopping) = (limits.clone(), chat.stopping.subscribe());
    tokio::spawn(async move {
        // hyper resolves this once the answer is written.
        let upgraded = match on_upgrade.await {
            Ok(upgraded) => upgraded,
            Err(error) => return debug!("the client did not wait for the upgrade: {error}"),
        };
        let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
            return debug!("not a bare TCP connection: serve the router with run() or axum::serve");
        };
        let connection = Connection::new(parts.io.into_inner(), &parts.read_buf, &limits, stopping).await;
        // These are the 8 KiB into which hyper has read the request. Given back only now, so that nothing small of this
        // connection takes a place in them, and the next request finds them whole: half of the memory of a connection.
        drop(parts.read_buf);
        talk(connection).await;
        drop(permit);
    });
    response
}

fn refuse(error: &Error) -> Response {
    let message = format!("{error}: connect with a WebSocket client\n");
    let Error::Protocol(problem) = error else { return (StatusCode::BAD_REQUEST, message).into_response() };
    match problem {
        // RFC 9110, section 15.5.22: says which protocol would be right, and in which version.
        ProtocolError::MissingConnectionUpgradeHeader
        | ProtocolError::MissingUpgradeWebSocketHeader
        | ProtocolError::MissingSecWebSocketVersionHeader => {
            let [connection, upgrade, version] = ["Upgrade", "websocket", "13"].map(HeaderValue::from_static);
            let headers = [(CONNECTION, connection), (UPGRADE, upgrade), (SEC_WEBSOCKET_VERSION, version)];
            (StatusCode::UPGRADE_REQUIRED, headers, message).into_response()
        }
        _ => (StatusCode::BAD_REQUEST, message).into_response(),
    }
}
