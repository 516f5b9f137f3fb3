//! Questions and answers, in both directions.

use super::*;

const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn answers_find_their_question_in_any_order() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let client = world.client.clone();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.emit_with_ack("q", vec![json!("first")], PATIENCE).await }
    });
    assert_eq!(connection.heard().await, r#"420["q","first"]"#);
    let second = tokio::spawn(async move { client.emit_with_ack("q", vec![json!("second")], PATIENCE).await });
    assert_eq!(connection.heard().await, r#"421["q","second"]"#);

    connection.say(r#"431["b",2]"#).await;
    connection.say("430[]").await;
    assert_eq!(within("the first answer", first).await.unwrap(), Ok(vec![]));
    assert_eq!(within("the second answer", second).await.unwrap(), Ok(vec![json!("b"), json!(2)]));
    assert_eq!(world.client.handle.state.pending(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_times_out_and_leaves_nothing_behind() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let start = tokio::time::Instant::now();
    let answer = world.client.emit_with_ack("q", vec![], PATIENCE);
    let (answer, _) = futures::join!(answer, connection.heard());
    assert_eq!(answer, Err(ClientError::AckTimeout { event: "q".to_owned(), after: PATIENCE }));
    assert_eq!(start.elapsed(), PATIENCE);
    assert_eq!(world.client.handle.state.pending(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_future_is_dropped_leaves_nothing_behind() {
    let mut world = World::new();
    let _connection = world.connect().await;
    let mut question = Box::pin(world.client.emit_with_ack("q", vec![], PATIENCE));
    assert!(futures::poll!(&mut question).is_pending());
    assert_eq!(world.client.handle.state.pending(), 1);
    drop(question);
    assert_eq!(world.client.handle.state.pending(), 0);
}

#[tokio::test(start_paused = true)]
async fn late_unknown_and_repeated_answers_are_ignored() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    for (id, expected) in [(0, r#"420["q"]"#), (1, r#"421["q"]"#)] {
        let answered = async {
            assert_eq!(connection.heard().await, expected);
            connection.say(&format!("43{id}[1]")).await;
            connection.say(&format!("43{id}[2]")).await;
        };
        let (answer, ()) = futures::join!(world.client.emit_with_ack("q", vec![], PATIENCE), answered);
        assert_eq!(answer, Ok(vec![json!(1)]));
    }
    connection.say("43999[]").await;
    connection.say(&format!("43{}[]", u64::MAX)).await;
    connection.say(r#"42["still here"]"#).await;
    assert_eq!(world.event().await, message("still here", vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_fails_its_questions_at_once() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let start = tokio::time::Instant::now();
    let lose = async {
        connection.heard().await;
        drop(connection);
    };
    let (answer, ()) = futures::join!(world.client.emit_with_ack("q", vec![], PATIENCE), lose);
    assert_eq!(answer, Err(ClientError::Disconnected { event: "q".to_owned() }));
    assert!(start.elapsed() < Duration::from_millis(10));
    assert_eq!(world.client.handle.state.pending(), 0);
}

#[tokio::test(start_paused = true)]
async fn closing_or_dropping_the_driver_fails_questions_at_once() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let close = async {
        connection.heard().await;
        world.client.close();
    };
    let (answer, ()) = futures::join!(world.client.emit_with_ack("q", vec![], PATIENCE), close);
    assert_eq!(answer, Err(ClientError::Closed));

    let mut world = World::new();
    let mut connection = world.connect().await;
    let abort = async {
        connection.heard().await;
        world.driver.abort();
    };
    let (answer, ()) = futures::join!(world.client.emit_with_ack("q", vec![], PATIENCE), abort);
    assert_eq!(answer, Err(ClientError::Closed));
    assert_eq!(within("the end of the events", world.events.next()).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_question_of_the_server_is_answered_under_its_number() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    connection.say(r#"4217["who?",1]"#).await;
    let Event::Message { name, args, ack: Some(ack) } = world.event().await else { panic!("no question") };
    assert_eq!((name.as_str(), args), ("who?", vec![json!(1)]));
    world.client.ack(ack, vec![json!("alice")]).unwrap();
    assert_eq!(connection.heard().await, r#"4317["alice"]"#);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_an_earlier_connection_is_refused() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    connection.say(r#"420["who?"]"#).await;
    let Event::Message { ack: Some(ack), .. } = world.event().await else { panic!("no question") };
    drop(connection);
    world.disconnected().await;
    assert_eq!(world.client.ack(ack, vec![]), Err(ClientError::NotConnected));
    let mut connection = world.connect().await;
    assert_eq!(world.client.ack(ack, vec![]), Err(ClientError::StaleAck));
    world.client.emit("next", vec![]).unwrap();
    assert_eq!(connection.heard().await, r#"42["next"]"#);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_cannot_be_sent_leaves_nothing_behind() {
    let world = World::new();
    let answer = world.client.emit_with_ack("q", vec![], PATIENCE).await;
    assert_eq!(answer, Err(ClientError::NotConnected));
    assert_eq!(world.client.handle.state.pending(), 0);
}
