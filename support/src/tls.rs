//! What is wrong with a connection over TLS.

use tokio_tungstenite::tungstenite::Error;

/// What to do about a connection that TLS has ended.
pub fn advice(error: &Error) -> Option<&'static str> {
    let Error::Io(error) = error else { return None };
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(_) => {
            Some("write the host as in the certificate; if the certificate is your own, name its file in SSL_CERT_FILE")
        }
        rustls::Error::InvalidMessage(_) => Some("the server speaks no TLS there: try ws:// or http://"),
        _ => Some("is it a server for wss:// or https://?"),
    }
}
