//! The Socket.IO codec: every type both ways, and nothing that comes from outside makes it panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::packet::{Body, Packet, PacketError, RESERVED_EVENTS};

/// A packet in the namespace `/`.
fn main(body: Body) -> Packet {
    Packet { namespace: "/".to_owned(), body }
}

/// A packet in the namespace `/admin`.
fn admin(body: Body) -> Packet {
    Packet { namespace: "/admin".to_owned(), body }
}

/// An event called hello.
fn hello(args: Vec<Value>, ack: Option<u64>) -> Body {
    Body::Event { name: "hello".to_owned(), args, ack }
}

#[test]
fn every_type_has_its_digit() {
    for (packet, text) in [
        (main(Body::Connect(None)), "0"),
        (main(Body::Connect(Some(json!({ "token": "abc" })))), r#"0{"token":"abc"}"#),
        (admin(Body::Connect(None)), "0/admin,"),
        (admin(Body::Connect(Some(json!({ "sid": "x" })))), r#"0/admin,{"sid":"x"}"#),
        (main(Body::Disconnect), "1"),
        (admin(Body::Disconnect), "1/admin,"),
        (main(hello(vec![], None)), r#"2["hello"]"#),
        (main(hello(vec![json!(1), json!({ "a": [null, "é"] })], None)), r#"2["hello",1,{"a":[null,"é"]}]"#),
        (main(hello(vec![], Some(12))), r#"212["hello"]"#),
        (admin(hello(vec![json!("x,y")], Some(u64::MAX))), r#"2/admin,18446744073709551615["hello","x,y"]"#),
        (main(Body::Ack { id: 0, args: vec![] }), "30[]"),
        (admin(Body::Ack { id: 13, args: vec![json!("ok")] }), r#"3/admin,13["ok"]"#),
        (main(Body::ConnectError(json!({ "message": "no" }))), r#"4{"message":"no"}"#),
        (admin(Body::ConnectError(json!("no"))), r#"4/admin,"no""#),
    ] {
        assert_eq!(packet.clone().encode(), text);
        assert_eq!(Packet::decode(text), Ok(packet));
    }
}

#[test]
fn a_number_as_event_name_is_read_as_its_text() {
    let expected = Body::Event { name: "7".to_owned(), args: vec![json!("x")], ack: None };
    assert_eq!(Packet::decode(r#"2[7,"x"]"#), Ok(main(expected)));
}

#[test]
fn what_is_not_a_packet_says_why() {
    assert_eq!(Packet::decode(""), Err(PacketError::Empty));
    assert_eq!(Packet::decode("7"), Err(PacketError::UnknownType('7')));
    assert_eq!(Packet::decode("é"), Err(PacketError::UnknownType('é')));
    assert_eq!(Packet::decode("2/admin"), Err(PacketError::OpenNamespace));
    assert_eq!(Packet::decode("3[]"), Err(PacketError::BadAckId { packet: "ACK" }));
    assert_eq!(Packet::decode("3"), Err(PacketError::BadAckId { packet: "ACK" }));
    assert_eq!(Packet::decode("318446744073709551616[]"), Err(PacketError::BadAckId { packet: "ACK" }));
    assert_eq!(Packet::decode(r#"299999999999999999999["x"]"#), Err(PacketError::BadAckId { packet: "EVENT" }));
    for event in RESERVED_EVENTS {
        let text = format!(r#"2["{event}"]"#);
        assert_eq!(Packet::decode(&text), Err(PacketError::ReservedEvent(event.to_owned())));
    }
    for (text, name) in [
        ("0[]", "CONNECT"),
        ("0\"x\"", "CONNECT"),
        ("0{", "CONNECT"),
        ("012", "CONNECT"),
        ("1{}", "DISCONNECT"),
        ("2", "EVENT"),
        ("2[]", "EVENT"),
        ("2{}", "EVENT"),
        ("2[null]", "EVENT"),
        ("2[[\"x\"]]", "EVENT"),
        ("2[\"x\"", "EVENT"),
        ("2[\"x\"]]", "EVENT"),
        ("25", "EVENT"),
        ("2-5[\"x\"]", "EVENT"),
        ("35{}", "ACK"),
        ("35", "ACK"),
        ("4", "CONNECT_ERROR"),
        ("4[]", "CONNECT_ERROR"),
        ("4null", "CONNECT_ERROR"),
    ] {
        match Packet::decode(text) {
            Err(PacketError::BadPayload { packet, .. }) => assert_eq!(packet, name, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn binary_packets_are_refused_by_name() {
    let event = Packet::decode(r#"51-["file",{"_placeholder":true,"num":0}]"#).unwrap_err();
    assert_eq!(event, PacketError::Binary { packet: "BINARY_EVENT" });
    assert!(event.to_string().contains("binary"));
    let ack = Packet::decode(r#"61-/admin,456[{"_placeholder":true,"num":0}]"#).unwrap_err();
    assert_eq!(ack, PacketError::Binary { packet: "BINARY_ACK" });
}

#[test]
fn a_nesting_bomb_is_refused() {
    for open in ["[", r#"{"a":"#] {
        let error = Packet::decode(&format!(r#"2["x",{}"#, open.repeat(100_000))).unwrap_err();
        assert!(error.to_string().contains("recursion limit"), "{error}");
    }
}

#[test]
fn an_error_message_does_not_repeat_a_long_payload() {
    let error = Packet::decode(&format!(r#"2"{}""#, "x".repeat(1_000_000))).unwrap_err();
    assert!(error.to_string().len() < 400, "{} bytes", error.to_string().len());
}

/// Any JSON without fractions: reading those back exactly is serde_json's affair.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Any JSON object.
fn object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(any::<String>(), value(), 0..4).prop_map(|map| map.into_iter().collect())
}

/// Any packet.
fn packet() -> impl Strategy<Value = Packet> {
    let args = || prop::collection::vec(value(), 0..4);
    let body = prop_oneof![
        prop::option::of(object()).prop_map(Body::Connect),
        Just(Body::Disconnect),
        (any::<String>(), args(), any::<Option<u64>>()).prop_map(|(name, args, ack)| Body::Event { name, args, ack }),
        (any::<u64>(), args()).prop_map(|(id, args)| Body::Ack { id, args }),
        prop_oneof![object(), any::<String>().prop_map(Value::from)].prop_map(Body::ConnectError),
    ];
    ("/[^,]{0,8}", body).prop_map(|(namespace, body)| Packet { namespace, body })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(packet in packet()) {
        prop_assert_eq!(Packet::decode(&packet.clone().encode()), Ok(packet));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), start in "[0-6]?(/[a-z]{0,3},?)?[0-9]{0,22}[\\[{\"]?") {
        let _ = Packet::decode(&format!("{start}{text}"));
    }

    #[test]
    fn no_truncation_makes_it_panic(packet in packet()) {
        let text = packet.encode();
        for (end, _) in text.char_indices() {
            let _ = Packet::decode(&text[..end]);
        }
    }
}
