//! A question to a STUN server over UDP. A packet may be lost, so the question is sent again until there is an answer
//! (RFC 8489, section 6.2.1), and anybody may send to our port, so only what fits the question is its answer.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

use support::cli::Failure;

use super::{BINDING_ERROR, BINDING_SUCCESS, Message, TransactionId, binding_request, parse};

/// How long to wait after the first packet. Each further wait is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// How often the question is sent. The RFC asks for seven times, which takes 39 seconds; whoever looks on wants to know
/// sooner: after 7.5 seconds.
const ATTEMPTS: u32 = 4;

/// The address of a server that is written as host:port.
///
/// # Errors
/// A text that says what to do about it.
pub(crate) fn resolve(server: &str) -> Result<SocketAddr, Failure> {
    let found = server.to_socket_addrs().map(|mut addresses| addresses.next());
    let address = found.map_err(|error| format!("{server}: {error}: name a server as host:port"))?;
    Ok(address.ok_or_else(|| format!("{server} has no address: name another server"))?)
}

/// A socket for this server, of the same family of addresses, on any free port.
///
/// # Errors
/// The system has none.
pub(crate) fn open(server: SocketAddr) -> io::Result<UdpSocket> {
    UdpSocket::bind(if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })
}

/// The local address from which packets to this server leave: that of the network on which it is reached.
///
/// # Errors
/// No network leads there.
pub(crate) fn local_address(socket: &UdpSocket, server: SocketAddr) -> Result<SocketAddr, Failure> {
    // A UDP socket that is connected sends nothing for it: the system only chooses the network.
    let route = open(server)?;
    route.connect(server).map_err(|error| format!("no network leads to {server}: {error}"))?;
    Ok(SocketAddr::new(route.local_addr()?.ip(), socket.local_addr()?.port()))
}

/// Asks a server as whom it sees this socket. Returns the packet of the answer, and what is in it. `say` is told what happens
/// meanwhile.
///
/// # Errors
/// There is no answer, or it is a refusal: a text that says what to do next.
pub(crate) fn ask(
    socket: &UdpSocket,
    server: SocketAddr,
    id: &TransactionId,
    mut say: impl FnMut(String),
) -> Result<(Vec<u8>, Message), Failure> {
    let request = binding_request(id);
    let mut buffer = [0; 1500];
    let mut problem = "a firewall holds UDP back, or this is no STUN server: try another one".to_owned();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            say(format!("No answer yet. The same request again, number {}.", attempt + 1));
        }
        // A socket that is tied to the server is not told again where to send.
        let sent = match socket.peer_addr() {
            Ok(_) => socket.send(&request),
            Err(_) => socket.send_to(&request, server),
        };
        sent.map_err(|error| refused(server, &error))?;
        let deadline = Instant::now() + FIRST_WAIT * 2u32.pow(attempt);
        // A timeout of nothing is not allowed.
        while let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            socket.set_read_timeout(Some(left))?;
            let (length, from) = match socket.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                Err(error) => return Err(refused(server, &error)),
            };
            problem = match answer_in(&buffer[..length], id) {
                Ok(message) if from == server => return Ok((buffer[..length].to_vec(), accepted(server, message)?)),
                Ok(_) => format!("an answer came from {from}: ask that address"),
                Err(reason) => format!("what came is no answer to this request, {reason}: try another server"),
            };
            say(format!("Left alone, a packet from {from}: {problem}."));
        }
    }
    Err(format!("no answer from {server} to {ATTEMPTS} packets: {problem}").into())
}

/// What the packet says, if it is an answer to this question.
fn answer_in(packet: &[u8], id: &TransactionId) -> Result<Message, String> {
    let message = parse(packet)?;
    if message.id != *id {
        return Err("it has another transaction id".to_owned());
    }
    if ![BINDING_SUCCESS, BINDING_ERROR].contains(&message.kind) {
        return Err(format!("its type is {:#06x}", message.kind));
    }
    Ok(message)
}

/// An answer that says yes.
fn accepted(server: SocketAddr, message: Message) -> Result<Message, Failure> {
    if message.kind == BINDING_ERROR {
        let (code, reason) = message.error_code().map_err(|reason| format!("{server} refuses: {reason}"))?;
        // A text from outside. Written like this it cannot move the cursor.
        return Err(format!("{server} refuses: {code} {reason:?}: try a server that needs no password").into());
    }
    if let Some(name) = message.not_understood() {
        return Err(format!("{server} answers with attribute {name:#06x}, which nobody may ignore: try another").into());
    }
    Ok(message)
}

/// What the system says when a packet cannot be delivered.
fn refused(server: SocketAddr, error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::ConnectionRefused => format!("nothing listens on {server}: start it with: cargo run -- serve"),
        _ => format!("cannot send to {server}: {error}: is there a network?"),
    }
    .into()
}
