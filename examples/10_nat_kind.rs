//! **What it shows:** what kind of NAT this computer is behind, and what that means for a call. One socket asks two STUN
//! servers as whom they see it, and the two answers are compared.
//!
//! ```text
//! cargo run -p study-zoom --example 10_nat_kind -- --server HOST:PORT --server OTHER:PORT
//! ```
//! **New against example 9:** the second answer. A NAT gives a socket inside an address outside: a mapping. Does it give
//! the same one towards everybody, or another one towards each address or port? That is its mapping behavior (RFC 4787,
//! section 4.1; the questions are those of RFC 5780, section 4.3). An address from a STUN server is worth something to the
//! partner of a call only if it is the same towards everybody.
//!
//! **Try next:** two servers on the internet, from home, from an office, and from a phone that shares its network. Name a
//! third one, with the host of the first and another port: then an address-dependent mapping shows.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use support::cli::{Failure, ended};

/// A message of STUN, and how it is sent.
mod stun;

use stun::ask::{ask, local_address, open, resolve};

/// Says which kind of NAT this computer is behind, by how it maps addresses.
#[derive(Parser)]
struct Arguments {
    /// A STUN server, as host:port; given twice or more, with different addresses
    #[arg(long, required = true)]
    server: Vec<String>,
}

/// What one server has seen.
struct Seen {
    server: SocketAddr,
    /// The address of the socket on the network that leads to this server.
    local: SocketAddr,
    /// The address that the server has told.
    address: SocketAddr,
}

fn main() -> ExitCode {
    ended(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let servers = arguments.server.iter().map(|server| resolve(server)).collect::<Result<Vec<_>, _>>()?;
    let [first, .., last] = servers[..] else {
        return Err("one answer tells nothing about the next: name a second server with --server host:port".into());
    };
    if servers.iter().all(|&server| server == first) {
        return Err(format!("{first} and {last} are the same server: name two that differ in address or port").into());
    }
    if servers.iter().any(|server| server.is_ipv4() != first.is_ipv4()) {
        return Err("one socket speaks IPv4 or IPv6: name servers with addresses of one kind".into());
    }
    // One socket for all: another socket would have another mapping in any case.
    let socket = open(first)?;
    let mut seen = Vec::new();
    for server in servers {
        let (_, answer) = ask(&socket, server, &rand::random(), |what| println!("{what}"))?;
        let (local, address) = (local_address(&socket, server)?, answer.mapped_address()?);
        println!("This socket is {local} here, and {address} for {server}.");
        seen.push(Seen { server, local, address });
    }
    let mapping = Mapping::of(&seen);
    println!("{}", mapping.name());
    println!("In a call: {}", mapping.meaning());
    println!(
        "Who may send to that address (the filtering, RFC 4787, section 5) cannot be told like this: a server would"
    );
    println!("have to answer from an address that was never asked, and ordinary STUN servers have only one.");
    Ok(())
}

/// How a NAT maps a socket inside to addresses outside.
enum Mapping {
    NoNat,
    EndpointIndependent,
    /// All servers were on one host: towards another host it may be different.
    SameForOneHost,
    AddressDependent,
    AddressAndPortDependent,
    /// Two hosts see two addresses. Whether a port makes a difference too was not asked.
    Dependent,
}

impl Mapping {
    fn of(seen: &[Seen]) -> Self {
        let pairs = || seen.iter().flat_map(|a| seen.iter().map(move |b| (a, b)));
        let one_host = |a: &Seen, b: &Seen| a.server.ip() == b.server.ip();
        let other_port = |a: &Seen, b: &Seen| one_host(a, b) && a.server != b.server;
        if seen.iter().all(|seen| seen.address == seen.local) {
            Self::NoNat
        } else if pairs().all(|(a, b)| a.address == b.address) {
            if pairs().all(|(a, b)| one_host(a, b)) { Self::SameForOneHost } else { Self::EndpointIndependent }
        } else if pairs().any(|(a, b)| other_port(a, b) && a.address != b.address) {
            Self::AddressAndPortDependent
        } else if pairs().any(|(a, b)| other_port(a, b)) {
            Self::AddressDependent
        } else {
            Self::Dependent
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::NoNat => "No NAT: every server sees the address that the socket has.",
            Self::EndpointIndependent => "Endpoint-independent mapping (\"cone\"): the same address for everybody.",
            Self::SameForOneHost => "Endpoint-independent or address-dependent mapping: name a server on another host.",
            Self::AddressDependent => "Address-dependent mapping (\"symmetric\"): another address for each host.",
            Self::AddressAndPortDependent => {
                "Address and port-dependent mapping (\"symmetric\"): another address for each port of each host."
            }
            Self::Dependent => "Address-dependent or address and port-dependent mapping (\"symmetric\").",
        }
    }

    fn meaning(&self) -> &'static str {
        match self {
            Self::NoNat => "others reach it at its own address, if no firewall is in the way.",
            Self::EndpointIndependent => {
                "the address from a STUN server is the one that the partner sees. A direct way is likely."
            }
            Self::SameForOneHost => "a direct way is possible.",
            Self::AddressDependent | Self::AddressAndPortDependent | Self::Dependent => {
                "the partner sees another address than the STUN server. Plan for a TURN server."
            }
        }
    }
}
