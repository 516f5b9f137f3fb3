//! What kind of NAT stands before a host: told from packets that arrive or do not, and from nothing else.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use super::nat::Kind;
use super::world::{SERVER, SERVER_TOO, Side, World};

/// How long a packet may take that does come.
const PATIENCE: Duration = Duration::from_secs(5);
/// After this time nothing comes any more: a packet here takes less than a millisecond.
const SILENCE: Duration = Duration::from_millis(300);

/// What was seen.
#[derive(Debug)]
pub(crate) struct Observation {
    local: SocketAddr,
    /// As whom the socket is seen by a port of the server, by another port of it, and by another host.
    mapped: [Option<SocketAddr>; 3],
    /// Who of the other two reaches a socket that has sent to the first one alone.
    reaches: [bool; 2],
}

/// Sends from a host and to it, and looks at what arrives.
pub(crate) fn observe(world: &World, side: Side) -> Observation {
    let outside = [SERVER, SERVER, SERVER_TOO].map(|ip| world.socket("s", &format!("{ip}:0"), SILENCE));
    let addresses = outside.each_ref().map(|socket| socket.local_addr().expect("it has an address"));

    // The mapping (RFC 4787, section 4.1): one socket sends to all three.
    let inside = world.socket(side.host(), "0.0.0.0:0", PATIENCE);
    let local = world.on(side.host(), || {
        let route = UdpSocket::bind("0.0.0.0:0").expect("a free port");
        route.connect(addresses[0]).expect("a network leads to the server");
        route.local_addr().expect("it has an address").ip()
    });
    let local = SocketAddr::new(local, inside.local_addr().expect("it has an address").port());
    let mapped = [0, 1, 2].map(|number| {
        inside.send_to(b"as whom?", addresses[number]).expect("it can be sent");
        receive(&outside[number]).map(|(_, from)| from)
    });

    // The filtering (RFC 4787, section 5): another socket sends to the first one, and all three send back.
    let inside = world.socket(side.host(), "0.0.0.0:0", PATIENCE);
    inside.send_to(b"as whom?", addresses[0]).expect("it can be sent");
    let (_, from) = receive(&outside[0]).expect("the server is reached");
    for number in [1, 2, 0] {
        outside[number].send_to(&[number as u8], from).expect("it can be sent");
    }
    let mut reaches = [false; 3];
    // The last one comes in any case. Then there is time for one that was slower.
    while !reaches[0] {
        let (number, _) = receive(&inside).expect("an answer reaches the host");
        reaches[usize::from(number)] = true;
    }
    inside.set_read_timeout(Some(SILENCE)).expect("a timeout can be set");
    while let Some((number, _)) = receive(&inside) {
        reaches[usize::from(number)] = true;
    }
    Observation { local, mapped, reaches: [reaches[1], reaches[2]] }
}

impl Observation {
    /// The kind that behaves like this.
    pub(crate) fn kind(&self) -> Option<Kind> {
        let [Some(first), Some(other_port), third] = self.mapped else { return None };
        let Some(other_host) = third else {
            return (first == other_port && self.reaches == [false, false]).then_some(Kind::Blocked);
        };
        if first != other_port && first != other_host && other_port != other_host {
            return (self.reaches == [false, false]).then_some(Kind::Symmetric);
        }
        let is_one = first == other_port && first == other_host;
        match self.reaches {
            _ if !is_one => None,
            [true, true] if first == self.local => Some(Kind::None),
            [true, true] => Some(Kind::FullCone),
            [true, false] => Some(Kind::AddressRestricted),
            [false, false] => Some(Kind::PortRestricted),
            [false, true] => None,
        }
    }
}

/// The first byte of the next packet, and who has sent it; `None` when nothing comes.
fn receive(socket: &UdpSocket) -> Option<(u8, SocketAddr)> {
    let mut buffer = [0; 16];
    match socket.recv_from(&mut buffer) {
        Ok((_, from)) => Some((buffer[0], from)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        Err(error) => panic!("a socket fails: {error}"),
    }
}
