//! Both queues are bounded, and neither end can block the other.

use super::*;

#[tokio::test(start_paused = true)]
async fn emits_are_refused_before_and_after_a_connection() {
    let mut world = World::new();
    assert_eq!(world.client.emit("early", vec![]), Err(ClientError::NotConnected));
    let connection = world.connect().await;
    world.client.emit("now", vec![]).unwrap();
    drop(connection);
    world.disconnected().await;
    assert_eq!(world.client.emit("late", vec![]), Err(ClientError::NotConnected));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_the_next_packet() {
    for capacity in [1, 2, 256] {
        let mut world = World::with(Options { outgoing_queue: capacity, ..Options::new("http://server") });
        let _connection = world.connect().await;
        // The driver does not run between these lines, so nothing leaves the queue.
        for _ in 0..capacity {
            world.client.emit("fits", vec![]).unwrap();
        }
        assert_eq!(world.client.emit("too much", vec![]), Err(ClientError::QueueFull { capacity }));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_queued_for_a_lost_connection_is_not_sent_over_the_next_one() {
    let mut world = World::new();
    let connection = world.connect().await;
    for _ in 0..10 {
        world.client.emit("stale", vec![]).unwrap();
    }
    drop(connection);
    world.disconnected().await;
    let mut connection = world.connect().await;
    world.client.emit("fresh", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42["fresh"]"#);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_does_not_read_stops_the_server_but_not_its_own_emits() {
    let mut world = World::with(Options { event_queue: 10, ..Options::new("http://server") });
    let mut connection = world.server.connect().await;
    settle().await;
    let mut taken = 0;
    // The fake socket tells when the client has stopped reading: then it takes nothing more.
    while tokio::time::timeout(Duration::from_secs(1), connection.say(&format!(r#"42["n",{taken}]"#))).await.is_ok() {
        taken += 1;
        assert!(taken < 100, "the client reads on and on");
    }
    assert!((9..=12).contains(&taken), "the queue of 10 took {taken}");
    world.client.emit("still", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42["still"]"#);

    // Nothing is lost: when the caller reads again, everything comes, in order.
    assert!(matches!(world.event().await, Event::Connected { .. }));
    for n in 0..=taken {
        assert_eq!(world.event().await, message("n", vec![json!(n)]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_read_stops_the_emits_but_not_the_events() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    for n in 0..200 {
        world.client.emit("unread", vec![json!(n)]).unwrap();
    }
    settle().await;
    for n in 0..200 {
        connection.say(&format!(r#"42["n",{n}]"#)).await;
        assert_eq!(world.event().await, message("n", vec![json!(n)]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_only_emits_may_drop_the_events() {
    let World { client, events, server: mut fake, .. } = World::new();
    drop(events);
    let mut connection = fake.connect().await;
    for _ in 0..2000 {
        connection.say(r#"42["nobody listens"]"#).await;
    }
    client.emit("hello", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42["hello"]"#);
    drop(connection);
    fake.connect().await;
}

#[tokio::test(start_paused = true)]
async fn a_reserved_event_name_is_refused_by_name() {
    let mut world = World::new();
    let _connection = world.connect().await;
    for event in super::super::packet::RESERVED_EVENTS {
        let expected = ClientError::ReservedName { event: event.to_owned() };
        assert_eq!(world.client.emit(event, vec![]), Err(expected.clone()));
        assert_eq!(world.client.emit_with_ack(event, vec![], Duration::ZERO).await, Err(expected));
    }
}
