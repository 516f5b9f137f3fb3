//! Expected: a cut connection, a reload of the page and a killed server are shown and survived. What was said meanwhile
//! arrives once, in order, and what could not be sent is sent later, once.

use serde_json::json;

use crate::person::Browser;
use crate::program::{Program, turn};
use testing::redis::Redis;

/// Presses the button that cuts the connection, and waits until the page is back in its room.
async fn cut(person: &Browser, room: &str) {
    person.click("cut").await;
    back(person, room).await;
}

async fn back(person: &Browser, room: &str) {
    person.until_connected().await;
    person.until_in(room).await;
}

fn lines(who: &str, texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| format!("{who}: {text}")).collect()
}

fn numbered(what: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{what} {number}")).collect()
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_cut_connection_comes_back_by_itself_and_loses_nothing() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    let mut texts = Vec::new();
    for round in 0..3 {
        let round = numbered(&format!("round {round}, number"), 4);
        alice.click("cut").await;
        bob.say_quickly(&round).await;
        back(&alice, "demo").await;
        texts.extend(round);
    }
    bob.say("the end").await;
    texts.push("the end".to_owned());
    alice.until_said(&lines("bob", &texts)).await;
    // The others have seen alice go and come, under the same name.
    bob.sees_as("notice", "alice left").await;
    bob.until_text("people", "alice\nbob").await;
    assert!(alice.text("packets").await.contains("attempt 1 to reconnect"));
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn who_stays_away_hears_later_what_was_said_from_the_first_word_on() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    // Nothing was said in this room yet.
    alice.click("away").await;
    alice.until_disconnected().await;
    alice.until_text("state", "away").await;
    bob.sees_as("notice", "alice left").await;
    let texts = numbered("while alice is away", 3);
    bob.say_quickly(&texts).await;
    // What she writes meanwhile waits.
    alice.say("I am not here").await;
    alice.until_mine_are("pending", 1).await;
    alice.until_connected().await;
    for line in lines("bob", &texts) {
        alice.sees_as("missed", &line).await;
    }
    alice.until_mine_are("acked", 1).await;
    bob.sees("alice: I am not here").await;
    let mut heard = vec!["You: I am not here".to_owned()];
    heard.extend(lines("bob", &texts));
    assert_eq!(alice.said().await, heard);
    assert_eq!(bob.said().await.iter().filter(|line| *line == "alice: I am not here").count(), 1);
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_message_whose_acknowledgement_is_lost_is_said_once() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    alice.wait_for("document.getElementById('transports').textContent.includes('websocket')", "it is upgraded").await;
    // In one breath: the message is on its way when the connection is cut, and no answer can have come.
    alice
        .eval(
            "document.getElementById('message').value = 'once';
             document.getElementById('message-form').requestSubmit();
             document.getElementById('cut').click();",
        )
        .await;
    bob.sees("alice: once").await;
    alice.until_mine_are("acked", 1).await;
    let fate = alice.eval("return document.querySelector('#log .own small').textContent").await;
    let fate = fate.as_str().expect("text");
    assert!(fate.ends_with("sent 2 times, the server had it already"), "{fate}");
    alice.say("twice").await;
    bob.sees("alice: twice").await;
    assert_eq!(bob.said().await, ["alice: once", "alice: twice"]);
    assert_eq!(alice.said().await, ["You: once", "You: twice"]);
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_killed_server_is_survived_and_the_loss_is_told() {
    let _turn = turn().await;
    let mut server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    alice.say("before").await;
    alice.until_mine_are("acked", 1).await;
    server.crash().await;
    alice.until_disconnected().await;
    alice.wait_for("/attempt \\d/.test(document.getElementById('packets').textContent)", "it tries again").await;
    alice.say("meanwhile").await;
    server.start_again().await;
    let bob = Browser::chat("bob", &server, "demo").await;
    alice.until_mine_are("acked", 2).await;
    // The server remembers nothing of its earlier life, and says so.
    alice.sees_as("notice", "Some messages were forgotten: the server keeps only the last ones.").await;
    alice.say("after").await;
    bob.sees("alice: after").await;
    // Bob may have come too late for what was said before he was there.
    let heard = bob.said().await;
    assert!(heard == ["alice: meanwhile", "alice: after"] || heard == ["alice: after"], "{heard:?}");
    assert_eq!(alice.said().await, ["You: before", "You: meanwhile", "You: after"]);

    // A server that is stopped says goodbye, and then the official client does not come back by itself: the page does.
    server.stop().await;
    alice.until_disconnected().await;
    server.start_again().await;
    tokio::join!(back(&alice, "demo"), back(&bob, "demo"));
    alice.say("and again").await;
    bob.sees("alice: and again").await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_room_that_is_chosen_without_a_connection_is_entered_later() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "attic").await;
    alice.click("away").await;
    alice.until_disconnected().await;
    bob.say("nobody hears this").await;
    alice.enter_room("attic").await;
    alice.say("I am coming").await;
    alice.rename("alicia").await;
    alice.until_connected().await;
    bob.sees("alicia: I am coming").await;
    bob.until_text("people", "alicia\nbob").await;
    alice.until_mine_are("acked", 1).await;
    assert_eq!(alice.said().await, ["You: I am coming"], "what was said before she came was not said to her");
}

#[tokio::test]
#[ignore = "needs Chromium and Redis: apt-get install chromium chromium-driver redis-server"]
async fn with_a_second_server_nothing_is_lost_when_the_first_is_killed() {
    let _turn = turn().await;
    let redis = Redis::start();
    let mut first = Program::start(&["--redis", &redis.url()]).await;
    let second = Program::start(&["--redis", &redis.url()]).await;
    let alice = Browser::chat("alice", &first, "demo").await;
    alice.until_text("servers", "several servers share these rooms").await;
    let bob = Browser::chat("bob", &second, "demo").await;
    alice.sees_as("notice", "bob joined").await;
    bob.say("before").await;
    alice.sees("bob: before").await;
    first.crash().await;
    alice.until_disconnected().await;
    let texts = numbered("meanwhile", 5);
    bob.say_quickly(&texts).await;
    bob.until_mine_are("acked", 6).await;
    alice.say("I am still here").await;
    first.start_again().await;
    for line in lines("bob", &texts) {
        alice.sees_as("missed", &line).await;
    }
    alice.until_mine_are("acked", 1).await;
    bob.sees("alice: I am still here").await;
    bob.say("the end").await;
    alice.sees("bob: the end").await;
    let of_bob: Vec<_> = alice.said().await.into_iter().filter(|line| line.starts_with("bob: ")).collect();
    let all = [vec!["before".to_owned()], texts, vec!["the end".to_owned()]].concat();
    assert_eq!(of_bob, lines("bob", &all));
    let of_alice = bob.said().await.into_iter().filter(|line| line.starts_with("alice: ")).count();
    assert_eq!(of_alice, 1);
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_reload_of_the_page_loses_neither_place_nor_words() {
    let _turn = turn().await;
    let mut server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    bob.say("before").await;
    alice.sees("bob: before").await;
    alice.reload().await;
    back(&alice, "demo").await;
    assert_eq!(alice.eval("return document.getElementById('nickname').value").await, json!("alice"));
    bob.until_text("people", "alice\nbob").await;
    assert_eq!(alice.said().await, Vec::<String>::new(), "she has seen that");
    bob.say("after").await;
    alice.sees("bob: after").await;
    // Words that could not be sent survive as well.
    server.crash().await;
    alice.until_disconnected().await;
    alice.say("kept").await;
    server.start_again().await;
    alice.reload().await;
    bob.sees("alice: kept").await;
    alice.until_mine_are("acked", 1).await;
    assert_eq!(bob.said().await.iter().filter(|line| *line == "alice: kept").count(), 1);
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_duplicated_tab_is_somebody_else() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    alice.say("one of me").await;
    alice.until_mine_are("acked", 1).await;
    alice.duplicate().await;
    back(&alice, "demo").await;
    // The tab that was there before makes way, and comes back under a new id.
    bob.until_text("people", "alice\nalice\nbob").await;
    alice.say("I am the copy").await;
    alice.until_mine_are("acked", 1).await;
    bob.sees("alice: I am the copy").await;
    alice.go_to_tab(0).await;
    back(&alice, "demo").await;
    alice.sees("alice: I am the copy").await;
    alice.say("I am the original").await;
    alice.until_mine_are("acked", 2).await;
    bob.until_said(&["alice: one of me", "alice: I am the copy", "alice: I am the original"].map(str::to_owned)).await;
    alice.go_to_tab(1).await;
    alice.sees("alice: I am the original").await;
    assert_eq!(alice.said().await, ["You: I am the copy", "alice: I am the original"]);
    // From here on, nobody replaces anybody.
    cut(&alice, "demo").await;
    bob.until_text("people", "alice\nalice\nbob").await;
}

/// How the page remembers what was not acknowledged, with one text in it that the server will never take.
const TOO_LONG_FROM_BEFORE: &str = "
    const mine = JSON.parse(sessionStorage.getItem('chat'));
    mine.unsent = [{ counter: ++mine.counter, room: 'demo', text: '가'.repeat(34_000) }];
    sessionStorage.setItem('chat', JSON.stringify(mine));";

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_text_that_the_server_cannot_take_is_said_and_the_others_pass() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    // 16,384 bytes pass, and one more does not.
    let longest = format!("{}b", "가".repeat(5461));
    alice.say_quickly(&[longest.clone(), format!("{longest}b"), "가".repeat(34_000), "short".to_owned()]).await;
    bob.until_said(&[format!("alice: {longest}"), "alice: short".to_owned()]).await;
    let states = "return [...document.querySelectorAll('#log .own')].map((li) => li.dataset.state).join()";
    let said = async || alice.eval(states).await != json!("acked,failed,failed,acked");
    alice.wait_while("two were taken, and two were not", said).await;
    let fates =
        "return [...document.querySelectorAll('#log [data-state=failed] small')].map((fate) => fate.textContent)";
    let fate = |bytes: u32| format!("not sent: {bytes} bytes, 16384 are allowed: send it in parts");
    assert_eq!(alice.eval(fates).await, json!([fate(16_385), fate(102_000)]));
    // What an earlier version of the page has left behind.
    alice.eval(TOO_LONG_FROM_BEFORE).await;
    alice.reload().await;
    back(&alice, "demo").await;
    alice.say("after it").await;
    bob.sees("alice: after it").await;
    alice
        .wait_while("the long one has failed, and the other one was taken", async || {
            alice.eval(states).await != json!("failed,acked")
        })
        .await;
    assert_eq!(bob.text("people").await, "alice\nbob");
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn who_blocks_cookies_chats_and_is_a_stranger_after_a_reload() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let bob = Browser::chat("bob", &server, "demo").await;
    let alice = Browser::open_without_cookies("alice", &server.url()).await;
    let refused =
        alice.eval("try { sessionStorage.length; return 'allowed' } catch (error) { return error.name }").await;
    assert_eq!(refused, json!("SecurityError"));
    for said in ["once", "twice"] {
        alice.until_connected().await;
        alice.enter_room("demo").await;
        alice.say(said).await;
        bob.sees(&format!("Anon: {said}")).await;
        cut(&alice, "demo").await;
        alice.until_mine_are("acked", 1).await;
        alice.reload().await;
    }
}
