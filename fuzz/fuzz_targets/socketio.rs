//! What a Socket.IO server says to our client: an Engine.IO packet, and the Socket.IO packet in it.
//!
//! The input is a text message of a WebSocket. What is read is written as a packet that is read as the same again; no
//! heartbeat waits longer than a timer can; what is refused is named in a text that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::shown::harmless;
use study_zoom_fuzz::socketio::engine_packet::EnginePacket;
use study_zoom_fuzz::socketio::packet::{Body, Packet, RESERVED_EVENTS};

fuzz_target!(|text: &str| {
    match EnginePacket::decode(text) {
        Ok(packet) => {
            assert_eq!(EnginePacket::decode(&packet.encode()), Ok(packet.clone()));
            match packet {
                EnginePacket::Open(open) => assert!(open.patience().as_millis() <= i32::MAX as u128),
                EnginePacket::Message(text) => message(&text),
                _ => {}
            }
        }
        Err(error) => harmless(error),
    }
});

fn message(text: &str) {
    match Packet::decode(text) {
        Ok(packet) => {
            if let Body::Event { name, .. } = &packet.body {
                assert!(!RESERVED_EVENTS.contains(&&**name));
            }
            assert_eq!(Packet::decode(&packet.clone().encode()), Ok(packet));
        }
        Err(error) => harmless(error),
    }
}
