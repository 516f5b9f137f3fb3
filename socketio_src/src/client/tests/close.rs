//! Closing: what is queued still leaves, then each layer says goodbye, then everything ends. In every state.

use super::*;
use tokio::time::Instant;

const BY_CLIENT: Event = Event::Closed { by: ClosedBy::Client };

/// Reads the goodbye of all three layers.
async fn goodbye(connection: &mut Connection) {
    assert_eq!(connection.heard().await, "41");
    assert_eq!(connection.heard().await, "1");
    assert_eq!(connection.next().await, Some(Sent::Close));
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_leaves_before_the_goodbye() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    for n in 0..100 {
        world.client.emit("n", vec![json!(n)]).unwrap();
    }
    world.client.close();
    assert_eq!(world.client.emit("late", vec![]), Err(ClientError::Closed));
    for n in 0..100 {
        assert_eq!(connection.heard().await, format!(r#"42["n",{n}]"#));
    }
    goodbye(&mut connection).await;
    drop(connection);
    assert_eq!(world.last_event().await, BY_CLIENT);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_does_the_same() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let World { client, mut events, driver, .. } = world;
    let clone = client.clone();
    drop(client);
    clone.emit("last words", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42["last words"]"#);
    clone.emit("very last words", vec![]).unwrap();
    drop(clone);
    assert_eq!(connection.heard().await, r#"42["very last words"]"#);
    goodbye(&mut connection).await;
    drop(connection);
    assert_eq!(within("the last event", events.next()).await, Some(BY_CLIENT));
    within("the end of the driver", driver).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_client_waits_until_the_server_has_closed_too() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    world.client.close();
    goodbye(&mut connection).await;
    settle().await;
    // What the server still had to say is read, and thrown away.
    connection.say(r#"42["too late"]"#).await;
    settle().await;
    assert!(!world.driver.is_finished());
    drop(connection);
    assert_eq!(world.last_event().await, BY_CLIENT);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_cannot_hold_the_client() {
    for reads_the_goodbye in [false, true] {
        let mut world = World::new();
        let mut connection = world.connect().await;
        world.client.emit("unread", vec![]).unwrap();
        settle().await;
        let start = Instant::now();
        world.client.close();
        if reads_the_goodbye {
            connection.heard().await;
            goodbye(&mut connection).await;
        }
        assert_eq!(world.last_event().await, BY_CLIENT);
        assert_eq!(start.elapsed().as_secs(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn closing_works_before_there_is_a_connection() {
    // Before the driver has run at all.
    let world = World::new();
    world.client.close();
    assert_eq!(world.last_event().await, BY_CLIENT);

    // While it connects.
    let mut world = World::new();
    let call = world.server.call().await;
    world.client.close();
    assert_eq!(world.last_event().await, BY_CLIENT);
    drop(call);

    // In the middle of the handshake.
    let mut world = World::new();
    let mut connection = world.server.accept().await;
    connection.say(OPEN).await;
    let start = Instant::now();
    world.client.close();
    assert_eq!(world.last_event().await, BY_CLIENT);
    assert!(start.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn closing_ends_the_wait_for_the_next_try() {
    let mut world = World::new();
    world.server.refuse("nobody there").await;
    world.disconnected().await;
    let start = Instant::now();
    world.client.close();
    assert_eq!(world.last_event().await, BY_CLIENT);
    assert!(start.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn closing_works_while_the_caller_does_not_read_its_events() {
    // The queue is full, and the reader waits with one more event in its hands.
    let world = World::with(Options { event_queue: 1, ..Options::new("http://server") });
    let World { client, events, driver, server: mut fake } = world;
    let mut connection = fake.connect().await;
    connection.say(r#"42["waits"]"#).await;
    settle().await;
    client.close();
    goodbye(&mut connection).await;
    drop(connection);
    within("the end of the driver", driver).await.unwrap();
    let events: Vec<Event> = events.collect().await;
    assert_eq!(events.last(), Some(&BY_CLIENT));
    assert!(matches!(events[0], Event::Connected { .. }));

    // The same while the driver wants to report a disconnection.
    let world = World::with(Options { event_queue: 1, ..Options::new("http://server") });
    let World { client, events, driver, server: mut fake } = world;
    drop(fake.connect().await);
    settle().await;
    drop(client);
    within("the end of the driver", driver).await.unwrap();
    let events: Vec<Event> = events.collect().await;
    assert_eq!(events.last(), Some(&BY_CLIENT));
}

#[tokio::test(start_paused = true)]
async fn closing_twice_is_closing_once() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    world.client.close();
    world.client.close();
    goodbye(&mut connection).await;
    assert_eq!(connection.next().await, None);
}
