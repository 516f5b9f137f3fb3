//! What stands in the way of a call: on this machine, and at the STUN and TURN servers.
//!
//! `machine` looks at what the course needs here: Rust, the page, ports, a browser, an address. Each check is a file with one
//! idea, and asks a `Machine`, which a test makes up.
//!
//! # STUN and TURN servers
//! Each server is asked as a peer connection would ask it. A call says only that no path was found. Here every server is
//! asked by itself, so that a person is told which one does not answer, or refuses, and what to do about it.
//!
//! # Why not with the peer connection
//! A peer connection gathers candidates and keeps the reasons to itself: to `webrtc` a wrong password and a firewall look the
//! same. So the messages are made by `turn-client-proto`, of the family of `turn-types` that [`turn`](crate::turn) is written
//! with: no socket, the state of an allocation kept, every answer checked. The reason of a refusal is read from the packet on
//! its way in. `rtc-turn`, which `webrtc` uses, tells a refusal as a sentence, without its number.
//!
//! # What it is not
//! It speaks UDP alone, as the headless peer does. `turns:` and `?transport=tcp` are for browsers; the page has a test of its own.

/// A line of the doctor.
mod said;
/// This machine.
pub mod machine;
/// A Redis that several servers share.
pub mod redis;
/// The signaling server.
pub mod signaling;
/// What was found out about a server, in words.
mod finding;
/// Where a server is.
mod place;
/// A socket, and the time.
mod line;
/// STUN: how do you see me?
mod binding;
/// TURN: lend me an address.
mod allocation;

use futures::future::join_all;
use shared::IceServer;
use tokio::join;

pub use finding::{Finding, PATIENCE};
pub use machine::Machine;
pub use said::{Level, Row, Said};

use crate::text::doctor as texts;
use place::{MOST_ADDRESSES, Place};

/// The most servers that are asked at the same time: each takes two sockets for each of its addresses.
const MOST_SERVERS: usize = 32;

/// One server, and what was found out about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Its URL, without the password.
    pub url: String,
    /// What was found out.
    pub finding: Finding,
}

impl Examined {
    /// As a line of the doctor.
    pub fn row(&self) -> Row {
        Row::about_one(texts::PLACE, &self.url, self.finding.said())
    }
}

/// Asks all these servers, at the same time. It takes at most a little longer than [`PATIENCE`]. What is more than 32 URLs is
/// left out.
pub async fn examine(servers: &[IceServer]) -> Vec<Examined> {
    let urls = servers.iter().flat_map(|server| server.urls.iter().map(move |url| (url, server)));
    join_all(urls.take(MOST_SERVERS).map(|(url, server)| async move {
        let finding = match Place::read(url) {
            Ok(place) => ask(&place, server).await,
            Err(finding) => finding,
        };
        Examined { url: url.clone(), finding }
    }))
    .await
}

/// A name can have several addresses, of IPv4 and IPv6. A call uses those that work, so one is enough.
async fn ask(place: &Place, server: &IceServer) -> Finding {
    let addresses = match place.resolve().await {
        Ok(addresses) => addresses,
        Err(finding) => return finding,
    };
    let asking = addresses.into_iter().take(MOST_ADDRESSES).map(|address| async move {
        if !place.is_turn {
            return binding::ask(address).await;
        }
        // Every TURN server answers STUN as well. So a server that does not relay is told from one that is not there.
        match join!(allocation::ask(address, server), binding::ask(address)) {
            (Finding::Silent, Finding::Reflexive { .. }) => Finding::DoesNotRelay,
            (finding, _) => finding,
        }
    });
    let mut findings = join_all(asking).await;
    let best = findings.iter().position(Finding::is_fine).unwrap_or(0);
    if findings.is_empty() { Finding::NoSuchHost("it has no address".to_owned()) } else { findings.swap_remove(best) }
}
