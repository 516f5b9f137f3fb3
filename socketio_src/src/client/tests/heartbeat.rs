//! The server pings; the client answers, and notices when the pings stop.

use super::*;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered_with_a_pong() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    for _ in 0..3 {
        connection.say("2").await;
        assert_eq!(connection.heard().await, "3");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ping_before_the_answer_to_connect_is_answered_too() {
    let mut world = World::new();
    let mut connection = world.server.accept().await;
    connection.say(OPEN).await;
    assert_eq!(connection.heard().await, "40");
    connection.say("2").await;
    assert_eq!(connection.heard().await, "3");
    connection.say(r#"40{"sid":"alice"}"#).await;
    assert_eq!(world.event().await, Event::Connected { sid: "alice".to_owned(), reconnected: false });
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_pings_is_declared_dead_after_interval_plus_timeout() {
    let mut world = World::new();
    let _connection = world.connect().await;
    let start = Instant::now();
    let after = Duration::from_secs(45);
    assert_eq!(world.disconnected().await.0, DisconnectReason::HeartbeatMissed { after });
    assert_eq!(start.elapsed().as_secs(), 45);
}

#[tokio::test(start_paused = true)]
async fn each_ping_gives_the_connection_another_45_seconds() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let start = Instant::now();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(40)).await;
        connection.say("2").await;
        assert_eq!(connection.heard().await, "3");
    }
    assert!(matches!(world.disconnected().await.0, DisconnectReason::HeartbeatMissed { .. }));
    assert_eq!(start.elapsed().as_secs(), 120 + 45);
}

#[tokio::test(start_paused = true)]
async fn other_packets_do_not_count_as_pings() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    tokio::time::sleep(Duration::from_secs(40)).await;
    connection.say(r#"42["news"]"#).await;
    assert_eq!(world.event().await, message("news", vec![]));
    let start = Instant::now();
    assert!(matches!(world.disconnected().await.0, DisconnectReason::HeartbeatMissed { .. }));
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_pong_overtakes_queued_packets() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    // The first packet is in the writer's hands, the others wait behind it.
    for n in 0..3 {
        world.client.emit("n", vec![json!(n)]).unwrap();
    }
    settle().await;
    connection.say("2").await;
    settle().await;
    assert_eq!(connection.heard().await, r#"42["n",0]"#);
    assert_eq!(connection.heard().await, "3");
    assert_eq!(connection.heard().await, r#"42["n",1]"#);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_pings_queues_at_most_one_pong() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    for _ in 0..1000 {
        connection.say("2").await;
    }
    // One that was being sent, and one for all the others.
    assert_eq!(connection.heard().await, "3");
    assert_eq!(connection.heard().await, "3");
    world.client.emit("next", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42["next"]"#);
}

#[tokio::test(start_paused = true)]
async fn an_absurd_heartbeat_is_limited_to_what_a_timer_can_wait() {
    let mut world = World::new();
    let mut connection = world.server.accept().await;
    let most = u64::MAX;
    connection.say(&format!(r#"0{{"sid":"s","pingInterval":{most},"pingTimeout":{most}}}"#)).await;
    assert_eq!(connection.heard().await, "40");
    connection.say(r#"40{"sid":"alice"}"#).await;
    assert!(matches!(world.event().await, Event::Connected { .. }));
    connection.say("2").await;
    assert_eq!(connection.heard().await, "3");
}
