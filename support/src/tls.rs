//! Whom a client trusts, and what is wrong with a connection over TLS.

use std::path::Path;
use std::sync::Arc;

use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio_tungstenite::Connector;
use tokio_tungstenite::tungstenite::Error;
use tracing::debug;

use crate::cli::Failure;
use crate::https::own::certificates;

/// The authorities that a client trusts: those of the system, and one more if it was named. Cheap to clone.
#[derive(Clone, Default)]
pub struct Trust(Option<Arc<ClientConfig>>);

impl Trust {
    /// The authorities of the system, and those in the file of `--ca`, if there is one.
    ///
    /// # Errors
    /// A text that says what is wrong with the file.
    pub fn with(ca: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = ca else { return Ok(Self::default()) };
        let named = certificates(file).map_err(|problem| format!("--ca {}: {problem}", file.display()))?;
        // A system without authorities is no reason not to trust the one that was named.
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            debug!("an authority of the system cannot be read: {error}");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(system.certs);
        for certificate in named {
            roots.add(certificate).map_err(|error| {
                format!("--ca {}: {error}: give the certificate of an authority, in PEM", file.display())
            })?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Self(Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))))
    }

    /// For tokio-tungstenite. `None`: as it would do it itself, with the authorities of the system.
    pub fn connector(&self) -> Option<Connector> {
        self.0.clone().map(Connector::Rustls)
    }
}

impl std::fmt::Debug for Trust {
    /// Without a hundred authorities.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Trust").field(&self.0.as_ref().map(|_| "the system and one more")).finish()
    }
}

/// What to do about a connection that TLS has ended, or that the server wants to have over TLS.
pub fn advice(error: &Error) -> Option<&'static str> {
    if let Error::Http(response) = error {
        let to_https = response.headers().get("location").is_some_and(|to| to.as_bytes().starts_with(b"https:"));
        return to_https.then_some("the server speaks TLS there: write https:// or wss://");
    }
    let Error::Io(error) = error else { return None };
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(error) => Some(match error {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the certificate is for another host: write the host as in the certificate"
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => {
                "is the clock right? If so, the server needs a new certificate"
            }
            _ => {
                "nobody who is trusted has signed the certificate: name the file of its authority with --ca (a server with \
                 --lan prints where it is)"
            }
        }),
        rustls::Error::InvalidMessage(_) => Some("the server speaks no TLS there: try ws:// or http://"),
        _ => Some("is it a server for wss:// or https://?"),
    }
}
