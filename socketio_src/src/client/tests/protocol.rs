//! A server that does not keep to the protocol loses the connection, and the reason names what was wrong.

use super::*;
use crate::client::engine_packet::EnginePacketError;
use crate::client::packet::PacketError;

/// Says one text to a connected client, and returns why the client hung up.
async fn hung_up(frame: Frame) -> ProtocolError {
    let mut world = World::new();
    let mut connection = world.connect().await;
    within("the client to read", connection.say.send(Ok(frame))).await.unwrap();
    match world.disconnected().await.0 {
        DisconnectReason::Protocol(error) => error,
        other => panic!("expected a protocol error, got {other:?}"),
    }
}

/// The same for a text.
async fn hung_up_after(text: &str) -> ProtocolError {
    hung_up(Frame::Text(text.to_owned())).await
}

#[tokio::test(start_paused = true)]
async fn a_malformed_packet_ends_the_connection_with_its_reason() {
    assert_eq!(hung_up_after("").await, EnginePacketError::Empty.into());
    assert_eq!(hung_up_after("9").await, EnginePacketError::UnknownType('9').into());
    assert_eq!(hung_up_after("2probe").await, EnginePacketError::UnwantedPayload { packet: "ping" }.into());
    assert_eq!(hung_up_after("4").await, PacketError::Empty.into());
    assert_eq!(hung_up_after("4x").await, PacketError::UnknownType('x').into());
    assert_eq!(hung_up_after("42/admin").await, PacketError::OpenNamespace.into());
    let reserved = PacketError::ReservedEvent("connect".to_owned());
    assert_eq!(hung_up_after(r#"42["connect"]"#).await, reserved.into());
}

#[tokio::test(start_paused = true)]
async fn binary_is_refused_by_name() {
    assert_eq!(hung_up(Frame::Binary).await, ProtocolError::BinaryFrame);
    assert_eq!(hung_up_after("bAQID").await, EnginePacketError::Binary.into());
    let event = hung_up_after(r#"451-["file",{"_placeholder":true,"num":0}]"#).await;
    assert_eq!(event, PacketError::Binary { packet: "BINARY_EVENT" }.into());
    let ack = hung_up_after(r#"461-0[{"_placeholder":true,"num":0}]"#).await;
    assert_eq!(ack, PacketError::Binary { packet: "BINARY_ACK" }.into());
}

#[tokio::test(start_paused = true)]
async fn a_correct_packet_at_the_wrong_time_ends_the_connection() {
    for (text, packet) in
        [(OPEN, "open"), ("3", "pong"), ("5", "upgrade"), (r#"40{"sid":"x"}"#, "CONNECT"), ("44{}", "CONNECT_ERROR")]
    {
        let ProtocolError::Unexpected { packet: named, .. } = hung_up_after(text).await else { panic!("{text}") };
        assert_eq!(named, packet);
    }
}

#[tokio::test(start_paused = true)]
async fn deep_nesting_does_not_overflow_the_stack() {
    let bomb = format!(r#"42["x",{}]"#, "[".repeat(1_000_000));
    let error = hung_up_after(&bomb).await;
    assert!(error.to_string().contains("recursion limit"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_handshake_in_the_wrong_order_is_refused() {
    let mut world = World::new();
    for (first, expected) in [("2", "ping"), ("40", "message"), ("6", "noop")] {
        let mut connection = world.server.accept().await;
        connection.say(first).await;
        let expected = ProtocolError::Unexpected { packet: expected.to_owned(), expected: "the Engine.IO open packet" };
        assert_eq!(world.disconnected().await.0, expected.into());
    }
    for (answer, expected) in [("42[\"early\"]", "EVENT"), ("430[]", "ACK"), ("41", "DISCONNECT")] {
        let mut connection = world.server.accept().await;
        connection.say(OPEN).await;
        assert_eq!(connection.heard().await, "40");
        connection.say(answer).await;
        let expected = ProtocolError::Unexpected { packet: expected.to_owned(), expected: "the answer to CONNECT" };
        assert_eq!(world.disconnected().await.0, expected.into());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_of_an_older_socket_io_is_recognised() {
    let mut world = World::new();
    let mut connection = world.server.accept().await;
    connection.say(OPEN).await;
    assert_eq!(connection.heard().await, "40");
    connection.say("40").await;
    assert_eq!(world.disconnected().await.0, ProtocolError::NoSid.into());
}

#[tokio::test(start_paused = true)]
async fn another_namespace_is_spoken_and_others_are_ignored() {
    let mut world = World::with(Options { namespace: "/chat".to_owned(), ..Options::new("http://server") });
    let mut connection = world.server.accept().await;
    connection.say(OPEN).await;
    assert_eq!(connection.heard().await, "40/chat,");
    connection.say(r#"40{"sid":"not yours"}"#).await;
    connection.say(r#"40/chat,{"sid":"alice"}"#).await;
    assert_eq!(world.event().await, Event::Connected { sid: "alice".to_owned(), reconnected: false });

    connection.say(r#"42["not yours"]"#).await;
    connection.say(r#"42/chat,5["yours"]"#).await;
    let Event::Message { name, ack: Some(ack), .. } = world.event().await else { panic!("no question") };
    assert_eq!(name, "yours");
    world.client.ack(ack, vec![]).unwrap();
    assert_eq!(connection.heard().await, "43/chat,5[]");
    world.client.emit("mine", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42/chat,["mine"]"#);
    world.client.close();
    assert_eq!(connection.heard().await, "41/chat,");
}

#[tokio::test(start_paused = true)]
async fn noop_packets_mean_nothing() {
    let mut world = World::new();
    let mut connection = world.server.accept().await;
    connection.say(OPEN).await;
    assert_eq!(connection.heard().await, "40");
    connection.say("6").await;
    connection.say(r#"40{"sid":"alice"}"#).await;
    assert!(matches!(world.event().await, Event::Connected { .. }));
    connection.say("6").await;
    connection.say(r#"42["on"]"#).await;
    assert_eq!(world.event().await, message("on", vec![]));
}
