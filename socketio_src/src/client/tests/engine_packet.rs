//! The Engine.IO codec: every type both ways, and nothing that comes from outside makes it panic.

use proptest::prelude::*;

use crate::client::engine_packet::{EnginePacket, EnginePacketError, Open};

#[test]
fn every_type_has_its_digit() {
    let open = Open {
        sid: "abc".to_owned(),
        upgrades: vec![],
        ping_interval: 25_000,
        ping_timeout: 20_000,
        max_payload: Some(1_000_000),
    };
    assert_eq!(open.patience().as_secs(), 45);
    let open_text = r#"0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
    for (packet, text) in [
        (EnginePacket::Open(open), open_text),
        (EnginePacket::Close, "1"),
        (EnginePacket::Ping, "2"),
        (EnginePacket::Pong, "3"),
        (EnginePacket::Message(r#"2["hello"]"#.to_owned()), r#"42["hello"]"#),
        (EnginePacket::Upgrade, "5"),
        (EnginePacket::Noop, "6"),
    ] {
        assert_eq!(packet.encode(), text);
        assert_eq!(EnginePacket::decode(text), Ok(packet));
    }
}

#[test]
fn what_is_not_a_packet_says_why() {
    assert_eq!(EnginePacket::decode(""), Err(EnginePacketError::Empty));
    assert_eq!(EnginePacket::decode("7"), Err(EnginePacketError::UnknownType('7')));
    assert_eq!(EnginePacket::decode("é2"), Err(EnginePacketError::UnknownType('é')));
    assert_eq!(EnginePacket::decode("bAQID"), Err(EnginePacketError::Binary));
    for (text, packet) in [("1x", "close"), ("2probe", "ping"), ("3probe", "pong"), ("5x", "upgrade"), ("6x", "noop")] {
        assert_eq!(EnginePacket::decode(text), Err(EnginePacketError::UnwantedPayload { packet }));
    }
    for text in ["0", "0{}", "0[]", "0null", r#"0{"sid":1,"pingInterval":1,"pingTimeout":1}"#, "0{\"sid\":\"a\""] {
        assert!(matches!(EnginePacket::decode(text), Err(EnginePacketError::BadOpen { .. })), "{text}");
    }
    for time in ["-1", "1.5", "1e400", "99999999999999999999999", "\"1\""] {
        let text = format!(r#"0{{"sid":"a","pingInterval":{time},"pingTimeout":1}}"#);
        assert!(matches!(EnginePacket::decode(&text), Err(EnginePacketError::BadOpen { .. })), "{text}");
    }
}

/// Any packet.
fn packet() -> impl Strategy<Value = EnginePacket> {
    let open = (".*", prop::collection::vec(".*", 0..3), any::<u64>(), any::<u64>(), any::<Option<u64>>()).prop_map(
        |(sid, upgrades, ping_interval, ping_timeout, max_payload)| {
            EnginePacket::Open(Open { sid, upgrades, ping_interval, ping_timeout, max_payload })
        },
    );
    prop_oneof![
        open,
        ".*".prop_map(EnginePacket::Message),
        Just(EnginePacket::Close),
        Just(EnginePacket::Ping),
        Just(EnginePacket::Pong),
        Just(EnginePacket::Upgrade),
        Just(EnginePacket::Noop),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(packet in packet()) {
        prop_assert_eq!(EnginePacket::decode(&packet.encode()), Ok(packet));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), kind in "[0-6b]?") {
        let _ = EnginePacket::decode(&format!("{kind}{text}"));
    }

    #[test]
    fn no_truncation_makes_it_panic(packet in packet()) {
        let text = packet.encode();
        for (end, _) in text.char_indices() {
            let _ = EnginePacket::decode(&text[..end]);
        }
    }

    #[test]
    fn no_heartbeat_overflows(ping_interval: u64, ping_timeout: u64) {
        let open = Open { sid: String::new(), upgrades: vec![], ping_interval, ping_timeout, max_payload: None };
        prop_assert!(open.patience().as_millis() <= i32::MAX as u128);
    }
}
