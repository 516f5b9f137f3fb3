//! How http and https share a port: the first byte of a connection decides.
//!
//! TLS begins with a handshake record, whose type is 22 ([RFC 8446, section 5.1]). HTTP begins with the letter of a method.
//! Who types an address without `https://` is sent to the same one with it.
//!
//! [RFC 8446, section 5.1]: https://www.rfc-editor.org/rfc/rfc8446#section-5.1

use std::io;

use axum::extract::Request;
use axum::http::header::{HOST, LOCATION};
use axum::http::uri::Authority as HostAndPort;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::Https;

/// The type of a TLS record that carries a part of a handshake.
const HANDSHAKE: u8 = 22;

/// A connection of which it is known what is spoken on it.
pub(crate) enum Opened<T> {
    /// TLS, after the handshake.
    Secure(Box<TlsStream<T>>, Extensions),
    /// HTTP, as it came.
    Plain(T, Extensions),
}

impl Https {
    /// Looks at the first byte, and takes the TLS handshake. The caller bounds the time.
    pub(crate) async fn open<T>(
        &self,
        stream: TcpStream,
        prepare: impl FnOnce(TcpStream) -> (T, Extensions),
    ) -> io::Result<Opened<T>>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let mut first = [0];
        stream.peek(&mut first).await?;
        let (stream, extensions) = prepare(stream);
        if first[0] == HANDSHAKE {
            Ok(Opened::Secure(Box::new(self.acceptor.accept(stream).await?), extensions))
        } else {
            Ok(Opened::Plain(stream, extensions))
        }
    }

    /// The routes for those who speak plain http.
    pub(crate) fn plain(&self) -> &axum::Router {
        &self.plain
    }
}

/// The same address over https. 308 keeps the method: a POST stays one (RFC 9110, section 15.4.9).
pub(super) async fn redirect(request: Request) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.and_then(|host| host.parse::<HostAndPort>().ok()) else {
        return (StatusCode::BAD_REQUEST, "this server speaks https: write https:// before its address\n")
            .into_response();
    };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = format!("https://{host}{path}");
    let body = format!("this server speaks https: {location}\n");
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)], body).into_response()
}
