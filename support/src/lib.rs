//! What the programs of all chapters do around their lesson. No chapter explains it, and no chapter needs to be read for it.
//!
//! | module | what it answers |
//! |---|---|
//! | [`cli`] | How does a program begin, log, listen and end? |
//! | [`connection_limit`] | How many clients may be connected, and how long may a request take? |
//! | [`origin`] | Which pages may talk to a server? |
//! | [`headers`] | What does a page say about itself? |
//! | [`https`] | How does a phone of the same network get a page that may use its camera? |
//! | [`language`] | Does somebody read Korean? |
//! | [`qr`] | How does an address get into a phone without typing? |
//! | [`rate_limit`] | How fast may a client send? |
//! | [`sources`] | Where are the sources of a program? |
//! | [`troubleshooting`] | Where is more said about an error? |
//! | [`tls`] | Whom does a client trust, and what is wrong with a certificate? |

/// What a program does around its server or client.
pub mod cli;
/// From a TCP connection to a HTTP request, for a limited number of clients.
pub mod connection_limit;
/// The headers of every response of a page.
pub mod headers;
/// Which pages may talk to a server.
pub mod origin;
/// English or Korean.
pub mod language;
/// An address as a picture, for the camera of a phone.
pub mod qr;
/// How fast one client may send.
pub mod rate_limit;
/// Where the sources of a program are.
pub mod sources;
/// Certificates for the local network, and http and https on one port.
pub mod https;
/// Whom a client trusts, and what is wrong with a connection over TLS.
pub mod tls;
/// Where more is said about an error.
pub mod troubleshooting;
