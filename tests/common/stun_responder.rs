//! A STUN server of a few lines, whose answers a test makes up.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use stun_message::{BINDING_SUCCESS, MAGIC_COOKIE, TransactionId, XOR_MAPPED_ADDRESS, binding_request, parse};

/// How a message of STUN is written and read: as examples 9 and 10 do it.
#[path = "../../examples/stun/mod.rs"]
pub(crate) mod stun_message;

/// A message as a server writes it.
pub(crate) fn message(kind: u16, id: &TransactionId, attributes: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in attributes {
        body.extend(name.to_be_bytes());
        body.extend(u16::try_from(value.len()).expect("it is short").to_be_bytes());
        body.extend(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let length = u16::try_from(body.len()).expect("it is short").to_be_bytes();
    [&kind.to_be_bytes()[..], &length, &MAGIC_COOKIE, id, &body].concat()
}

/// An address as a server writes it.
pub(crate) fn written(address: SocketAddr, id: &TransactionId) -> Vec<u8> {
    let (family, octets) = match address.ip() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let mask = [&MAGIC_COOKIE[..], id].concat();
    let xor = |bytes: &[u8]| bytes.iter().zip(&mask).map(|(byte, mask)| byte ^ mask).collect::<Vec<_>>();
    [&[0, family][..], &xor(&address.port().to_be_bytes()), &xor(&octets)].concat()
}

/// A good answer, with something else in it that may be passed over.
pub(crate) fn good(id: &TransactionId, address: SocketAddr) -> Vec<u8> {
    message(BINDING_SUCCESS, id, &[(XOR_MAPPED_ADDRESS, written(address, id)), (0x8022, b"a test".to_vec())])
}

/// Answers each request that comes to the socket with the packets that this function makes: none is silence. It ends when
/// the socket has waited for as long as it may, or with the test program.
pub(crate) fn respond(
    socket: UdpSocket,
    answers: impl Fn(&TransactionId, SocketAddr) -> Vec<Vec<u8>> + Send + 'static,
) -> SocketAddr {
    let address = socket.local_addr().expect("it has an address");
    std::thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let request = parse(&buffer[..length]).expect("it is a message of STUN");
            assert_eq!(buffer[..length], binding_request(&request.id));
            for answer in answers(&request.id, from) {
                socket.send_to(&answer, from).expect("it can be sent");
            }
        }
    });
    address
}
