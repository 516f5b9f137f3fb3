//! **What it shows:** how a program learns its address as others see it. It asks a STUN server (RFC 8489) with 20 bytes, and
//! every byte of the question and of the answer is printed with its meaning.
//!
//! ```text
//! terminal 1: cargo run -- serve
//! terminal 2: cargo run -p study-zoom --example 09_stun
//! ```
//! **New against example 8:** the addresses are no longer all on this machine. Behind a router with NAT a computer has a
//! private address, which nobody outside can send to, and the router replaces it in each packet that leaves. The server
//! sees the replaced one, and tells it. In a call that is a candidate of type `srflx` (server reflexive, step 11).
//!
//! **Try next:** `-- --server` and a server on the internet, as host:port, from a network at home: the address that comes
//! back is that of the router. Stop the server: the request is repeated, or the system says that nobody is there.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use support::cli::{Failure, ended};

/// A message of STUN, and how it is sent.
mod stun;

use stun::ask::{ask, local_address, open, resolve};
use stun::{MAGIC_COOKIE, TransactionId, XOR_MAPPED_ADDRESS, attribute_name, binding_request, xor_address};

/// Asks a STUN server as whom it sees this program.
#[derive(Parser)]
struct Arguments {
    /// The STUN server, as host:port
    #[arg(long, default_value = "127.0.0.1:3478")]
    server: String,
}

fn main() -> ExitCode {
    ended(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let server = resolve(&arguments.server)?;
    let socket = open(server)?;
    let local = local_address(&socket, server)?;
    // Tied to the server, the system also reports that nothing listens there, instead of silence.
    let connected = std::net::UdpSocket::connect(&socket, server);
    connected.map_err(|error| format!("no network leads to {server}: {error}"))?;

    // Random: nobody else can make up the answer.
    let id: TransactionId = rand::random();
    let request = binding_request(&id);
    println!("From {local} to {server}: {} bytes.", request.len());
    explain_header(&request);

    let begin = Instant::now();
    let (packet, answer) = ask(&socket, server, &id, |what| println!("{what}"))?;
    println!("The answer, after {} ms: {} bytes.", begin.elapsed().as_millis(), packet.len());
    explain_header(&packet);
    for (name, value) in &answer.attributes {
        let length = u16::try_from(value.len())?;
        let meaning = format!("{}, {length} bytes", attribute_name(*name));
        line(&[name.to_be_bytes(), length.to_be_bytes()].concat(), &meaning);
        match xor_address(value, &answer.id) {
            Ok(address) if *name == XOR_MAPPED_ADDRESS => explain_address(value, address, &answer.id),
            _ => value.chunks(12).for_each(|part| line(part, "")),
        }
    }
    let seen = answer.mapped_address().map_err(|error| format!("{server}: {error}: try another server"))?;
    println!("{}", verdict(local, seen));
    Ok(())
}

/// Some bytes and what they mean.
fn line(bytes: &[u8], meaning: &str) {
    println!("{}", format!("  {:36} {meaning}", hex(bytes)).trim_end());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// The 20 bytes with which each message begins (section 5).
fn explain_header(message: &[u8]) {
    let kind = match message[..2] {
        [0x00, 0x01] => "type: Binding request (as whom do you see me?)",
        _ => "type: Binding success response",
    };
    line(&message[..2], kind);
    line(&message[2..4], &format!("length of what follows these 20 bytes: {}", message.len() - 20));
    line(&message[4..8], "magic cookie: this is STUN");
    line(&message[8..20], "transaction id: the same in the answer");
}

/// The address, with the calculation that makes it readable (section 14.2).
fn explain_address(value: &[u8], address: SocketAddr, id: &TransactionId) {
    line(&value[..2], if address.is_ipv4() { "family 1: IPv4" } else { "family 2: IPv6" });
    line(&value[2..4], &format!("xor {} = port {}", hex(&MAGIC_COOKIE[..2]), address.port()));
    // An address of IPv6 has 16 bytes, so the transaction id comes into it as well.
    let mask = [&MAGIC_COOKIE[..], id].concat();
    for (part, mask) in value[4..].chunks(4).zip(mask.chunks(4)) {
        line(part, &format!("xor {}", hex(mask)));
    }
    println!("  {:36} = address {}", "", address.ip());
}

fn verdict(local: SocketAddr, seen: SocketAddr) -> String {
    if local == seen {
        format!("This socket is {local} here, and {seen} for the server: no NAT is in between.")
    } else {
        format!("This socket is {local} here, and {seen} for the server: a NAT is in between.")
    }
}
