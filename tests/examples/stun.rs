//! Examples 9 and 10: what they say to every answer, good or bad, and that no packet makes them panic.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};

use proptest::prelude::*;
use study_zoom::turn::{TurnOptions, TurnServer};
use testing::program::Program;

use super::stun_responder::stun_message::{
    BINDING_ERROR, BINDING_SUCCESS, ERROR_CODE, Message, TransactionId, XOR_MAPPED_ADDRESS, binding_request, parse,
    xor_address,
};
use super::stun_responder::{good, message, respond, written};
use super::{compare, example, shown};

/// A server that makes its answers with this function.
fn responder(
    address: &str,
    answers: impl Fn(&TransactionId, SocketAddr) -> Vec<Vec<u8>> + Send + 'static,
) -> SocketAddr {
    respond(UdpSocket::bind(address).expect("the system has a free port"), answers)
}

fn stun(server: SocketAddr) -> Program {
    example("09_stun", &["--server", &server.to_string()])
}

fn nat_kind(servers: &[SocketAddr]) -> Program {
    let servers: Vec<String> = servers.iter().map(SocketAddr::to_string).collect();
    let arguments: Vec<&str> = servers.iter().flat_map(|server| ["--server", server]).collect();
    example("10_nat_kind", &arguments)
}

/// Two digits of a byte are a number as well.
fn without_bytes(text: &str) -> String {
    let is_byte = |word: &str| word.len() == 2 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
    let line =
        |line: &str| line.split(' ').map(|word| if is_byte(word) { "0" } else { word }).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn example_9_explains_each_byte() {
    // The STUN server that stands beside the server of the call.
    let server = TurnServer::bind([127, 0, 0, 1].into(), 0, TurnOptions::default()).expect("a free port");
    let address = server.local_addr();
    tokio::spawn(server.run(std::future::pending()));
    let printed = stun(address).end().await.well();
    let [shown] = &shown("09_stun")[..] else { panic!("the text shows one output") };
    let shown = without_bytes(&shown.join("\n"));
    compare(&without_bytes(&printed), &shown.lines().collect::<Vec<_>>(), "09_stun");
}

#[tokio::test]
async fn example_9_sees_a_nat_by_the_other_address_that_it_gets() {
    let outside: SocketAddr = "198.51.100.7:40000".parse().expect("an address");
    let server = responder("127.0.0.1:0", move |id, _| vec![good(id, outside)]);
    let printed = stun(server).end().await.well();
    assert!(printed.contains("198.51.100.7:40000 for the server: a NAT is in between."), "{printed}");
}

#[tokio::test]
async fn example_9_speaks_ipv6() {
    let server = responder("[::1]:0", |id, from| vec![good(id, from)]);
    let printed = stun(server).end().await.well();
    assert!(printed.contains("family 2: IPv6") && printed.contains("no NAT is in between"), "{printed}");
}

#[tokio::test]
async fn example_9_passes_over_what_is_no_answer() {
    let server = responder("127.0.0.1:0", |id, from| {
        let right = good(id, from);
        let question = binding_request(id);
        vec![b"hello".to_vec(), right[..right.len() - 1].to_vec(), good(&[7; 12], from), question, right]
    });
    let printed = stun(server).end().await.well();
    for reason in ["5 bytes are too few", "promises 24 bytes, and 23", "another transaction id", "type is 0x0001"] {
        assert!(printed.lines().any(|line| line.starts_with("Left alone") && line.contains(reason)), "{printed}");
    }
    assert!(printed.contains("no NAT is in between"), "{printed}");
}

#[tokio::test]
async fn example_9_says_why_there_is_no_answer() {
    let silent = stun(responder("127.0.0.1:0", |_, _| Vec::new()));
    let foreign = stun(responder("127.0.0.1:0", |_, from| vec![good(&[7; 12], from)]));
    let truncated = stun(responder("127.0.0.1:0", |id, from| vec![good(id, from)[..30].to_vec()]));
    let (silent, foreign, truncated) = tokio::join!(silent.end(), foreign.end(), truncated.end());
    for number in 2..=4 {
        assert!(silent.stdout.contains(&format!("The same request again, number {number}.")), "{}", silent.stdout);
    }
    silent.with_error(&["no answer", "4 packets", "firewall", "try another one"]);
    foreign.with_error(&["no answer", "another transaction id", "try another server"]);
    truncated.with_error(&["no answer", "promises 24 bytes, and 10 follow it", "try another server"]);
}

#[tokio::test]
async fn example_9_says_what_is_wrong_with_an_answer() {
    let refusal = [&[0, 0, 4, 1][..], b"Unauthorized\x1b[2J"].concat();
    let refuses =
        responder("127.0.0.1:0", move |id, _| vec![message(BINDING_ERROR, id, &[(ERROR_CODE, refusal.clone())])]);
    stun(refuses).end().await.with_error(&["401 \"Unauthorized\\u{1b}[2J\"", "needs no password"]);

    let empty = responder("127.0.0.1:0", |id, _| vec![message(BINDING_SUCCESS, id, &[])]);
    stun(empty).end().await.with_error(&["no XOR-MAPPED-ADDRESS", "try another server"]);

    let mandatory = responder("127.0.0.1:0", |id, _| vec![message(BINDING_SUCCESS, id, &[(0x7ffe, vec![])])]);
    stun(mandatory).end().await.with_error(&["0x7ffe", "try another"]);

    let nobody = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    stun(nobody).end().await.with_error(&["nothing listens on", "cargo run -- serve"]);
    example("09_stun", &["--server", "nonsense"]).end().await.with_error(&["nonsense", "host:port"]);
}

#[tokio::test]
async fn example_10_tells_the_kinds_apart() {
    let two_hosts = |answer: fn(SocketAddr, u16) -> SocketAddr| {
        [("127.0.0.1:0", 1), ("127.0.0.1:0", 2), ("127.0.0.2:0", 3)]
            .map(|(host, number)| responder(host, move |id, from| vec![good(id, answer(from, number))]))
    };
    fn outside(port: u16) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, 7], port))
    }
    let none = two_hosts(|from, _| from);
    let cone = two_hosts(|_, _| outside(4000));
    let by_host = two_hosts(|_, number| outside(if number == 3 { 4001 } else { 4000 }));
    let by_port = two_hosts(|_, number| outside(4000 + number));
    let expected: [(&[SocketAddr], &str); 7] = [
        (&none, "No NAT"),
        (&cone, "Endpoint-independent mapping"),
        (&by_host, "Address-dependent mapping"),
        (&by_port, "Address and port-dependent mapping"),
        // Two servers tell less than three.
        (&cone[..2], "Endpoint-independent or address-dependent mapping"),
        (&by_host[1..], "Address-dependent or address and port-dependent mapping"),
        (&by_port[..2], "Address and port-dependent mapping"),
    ];
    for (servers, name) in expected {
        let printed = nat_kind(servers).end().await.well();
        assert!(printed.lines().any(|line| line.starts_with(name)), "not {name:?}: {printed}");
    }
    let printed = nat_kind(&none[1..]).end().await.well();
    let [shown] = &shown("10_nat_kind")[..] else { panic!("the text shows one output") };
    compare(&printed, shown, "10_nat_kind");
}

#[tokio::test]
async fn example_10_says_which_servers_it_needs() {
    let server = responder("127.0.0.1:0", |id, from| vec![good(id, from)]);
    nat_kind(&[server]).end().await.with_error(&["name a second server"]);
    nat_kind(&[server, server]).end().await.with_error(&["the same server", "differ in address or port"]);
    let other = responder("[::1]:0", |id, from| vec![good(id, from)]);
    nat_kind(&[server, other]).end().await.with_error(&["IPv4 or IPv6", "of one kind"]);
}

/// The example of RFC 5769, sections 2.2 and 2.3: written by others, with attributes that these programs only name.
#[test]
fn the_test_vectors_of_the_rfc_are_read() {
    let id = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];
    let ipv4 = [0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43];
    assert_eq!(xor_address(&ipv4, &id), Ok("192.0.2.1:32853".parse().expect("an address")));
    let ipv6 = [
        0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2,
        0xb9, 0xd9,
    ];
    let ip: Ipv6Addr = "2001:db8:1234:5678:11:2233:4455:6677".parse().expect("an address");
    assert_eq!(xor_address(&ipv6, &id), Ok(SocketAddr::from((ip, 32853))));
}

/// Everything that a reader can ask a message.
fn look_at_everything(message: &Message) {
    let _ = (message.mapped_address(), message.error_code(), message.not_understood());
}

proptest! {
    #[test]
    fn what_was_written_is_read(ip: IpAddr, port: u16, id: TransactionId, text in "[a-z]{0,40}") {
        let address = SocketAddr::new(ip, port);
        let attributes = vec![(0x8022, text.into_bytes()), (XOR_MAPPED_ADDRESS, written(address, &id))];
        let read = parse(&message(BINDING_SUCCESS, &id, &attributes)).expect("it is STUN");
        prop_assert_eq!(read.mapped_address(), Ok(address));
        prop_assert_eq!(read, Message { kind: BINDING_SUCCESS, id, attributes });
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        if let Ok(message) = parse(&bytes) {
            look_at_everything(&message);
        }
        let _ = xor_address(&bytes, &[0; 12]);
    }

    /// With a header that is right, so that the attributes are looked at, and with any length in them.
    #[test]
    fn no_attributes_make_the_reader_panic(
        kind in 0u16..0x4000,
        names in prop::collection::vec((prop::sample::select(vec![1u16, 9, 0x20, 0x8022, 0x7777]), any::<Vec<u8>>()), 0..4),
        changes in prop::collection::vec((20usize..200, any::<u8>()), 0..4),
    ) {
        let mut bytes = message(kind, &[3; 12], &names);
        for (place, byte) in changes {
            if let Some(changed) = bytes.get_mut(place) {
                *changed = byte;
            }
        }
        if let Ok(message) = parse(&bytes) {
            look_at_everything(&message);
        }
    }

    #[test]
    fn every_part_of_a_message_is_refused(ip: IpAddr, id: TransactionId) {
        let whole = good(&id, SocketAddr::new(ip, 9));
        for end in 0..whole.len() {
            prop_assert!(parse(&whole[..end]).is_err());
        }
        prop_assert!(parse(&[&whole[..], &[0; 4]].concat()).is_err());
    }
}
