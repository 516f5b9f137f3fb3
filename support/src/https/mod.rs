//! HTTPS for the servers of all chapters, on the port that they have anyway.
//!
//! A browser gives camera and microphone only to a page that came over https, or from the same machine
//! ([secure contexts](https://w3c.github.io/webappsec-secure-contexts/)). A phone that opens `http://192.168.0.7:3000` gets a
//! page without them. So a server can make a certificate for the local network (`--lan`), or is given one (`--cert`).
//!
//! | file | what it answers |
//! |---|---|
//! | `names` | Under which names and addresses is this machine reached? |
//! | `authority` | Who signs a certificate for them? |
//! | `leaf` | What is in that certificate? |
//! | `own` | What if somebody has a certificate already? |
//! | `door` | How do http and https share a port? |
//! | `trust` | How does a phone come to trust it? |
//! | `arguments` | What can be typed, and what is said about it? |

/// The names and addresses of this machine.
mod names;
/// The authority that signs for them.
mod authority;
/// What a certificate says.
mod parsed;
/// The certificate of the server.
mod leaf;
/// A certificate that somebody else has made.
pub(crate) mod own;
/// The first byte of a connection decides.
pub(crate) mod door;
/// The pages that explain it.
mod trust;
/// The options of the command line.
mod arguments;

use std::sync::Arc;

use axum::Router;
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

pub use arguments::{Chosen, HttpsArguments};
pub use authority::{Authority, folder_of_the_authority};
pub use leaf::Identity;
pub use names::Names;

/// What a server needs to speak https. Cheap to clone.
#[derive(Clone)]
pub struct Https {
    acceptor: TlsAcceptor,
    /// Answers those who speak plain http.
    plain: Router,
    /// The pages about the authority, if there is one.
    about: Router,
}

impl Https {
    /// With this certificate. The pages of the `authority` that has signed it are served too.
    ///
    /// # Errors
    /// The key is not that of the certificate.
    pub fn new(identity: Identity, authority: Option<&Authority>) -> Result<Self, rustls::Error> {
        let (chain, key) = identity;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = config.with_no_client_auth().with_single_cert(chain, key)?;
        // WebSockets begin as HTTP/1.1, and these servers speak nothing else.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let about = authority.map_or_else(Router::new, trust::routes);
        let plain = about.clone().fallback(door::redirect);
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), plain, about })
    }

    /// For these names and addresses, as far as the authority may sign for them.
    ///
    /// # Errors
    /// A text: no certificate can be made.
    pub fn signed_by(authority: &Authority, names: Names) -> Result<Self, crate::cli::Failure> {
        Ok(Self::new(leaf::issue(authority, &leaf::permitted(authority, names))?, Some(authority))?)
    }

    /// The routes of a server, and before them the pages about the authority.
    pub fn beside(&self, router: Router) -> Router {
        self.about.clone().fallback_service(router)
    }
}

impl std::fmt::Debug for Https {
    /// Without the key.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Https").finish_non_exhaustive()
    }
}
