use serde_json::json;
use testing::browser::Browser;
use tokio::sync::{Mutex, MutexGuard};

use crate::common::{TestClient, TestServer};

/// One test at a time: a browser is much for a small machine.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

/// Opens the page, and waits until it is connected.
async fn open(name: &'static str, server: &TestServer) -> Browser {
    let browser = Browser::open(name, &format!("http://{}/", server.address())).await;
    connected(&browser).await;
    browser
}

async fn connected(browser: &Browser) {
    browser.wait_for("document.getElementById('state').dataset.state === 'connected'", "it is connected").await;
}

async fn say(browser: &Browser, text: &str) {
    browser.enter("message", text).await;
    browser.click("send").await;
}

/// Waits for a line of the chat, which must have this class.
async fn sees(browser: &Browser, line: &str, class: &str) {
    let lines = "[...document.querySelectorAll('#log li')]";
    let (text, class) = (json!(line), json!(class));
    let there = format!("{lines}.some((li) => li.textContent === {text} && li.className === {class})");
    browser.wait_for(&there, format!("{line:?} is in the chat")).await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn two_people_chat_with_nicknames() {
    let _turn = turn().await;
    let server = TestServer::start().await;
    let alice = open("alice", &server).await;
    let bob = open("bob", &server).await;
    sees(&alice, "Anon joined", "notice").await;
    assert_eq!(alice.text("count").await, "2");
    alice.enter("nickname", "alice").await;
    alice.click("rename").await;
    sees(&bob, "Anon is alice now", "notice").await;
    say(&alice, "hello").await;
    sees(&bob, "alice: hello", "").await;
    sees(&alice, "You: hello", "own").await;
    say(&bob, "안녕 \u{2764}").await;
    sees(&alice, "Anon: 안녕 \u{2764}", "").await;
    alice.wait_for("document.getElementById('people').innerText === 'alice (you)\\nAnon'", "the list is right").await;
    drop(bob);
    sees(&alice, "Anon left", "notice").await;
    alice.wait_for("document.getElementById('people').innerText === 'alice (you)'", "the list is right").await;
    assert_eq!(alice.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn markup_in_a_nickname_and_in_a_message_is_text() {
    let _turn = turn().await;
    let server = TestServer::start().await;
    let alice = open("alice", &server).await;
    let bob = open("bob", &server).await;
    let script = "<script>hit = 1</script>";
    let image = "<img src=x onerror=\"hit = 1\">";
    bob.enter("nickname", script).await;
    bob.click("rename").await;
    sees(&alice, &format!("Anon is {script} now"), "notice").await;
    say(&bob, image).await;
    sees(&alice, &format!("{script}: {image}"), "").await;
    say(&bob, script).await;
    sees(&alice, &format!("{script}: {script}"), "").await;
    sees(&bob, &format!("You: {script}"), "own").await;
    // A person who comes later gets it in the list of people.
    let carol = open("carol", &server).await;
    for browser in [&alice, &bob, &carol] {
        browser
            .wait_for(
                &format!("document.getElementById('people').innerText.includes({})", json!(script)),
                "the list names bob",
            )
            .await;
        let elements = browser.eval("return document.querySelectorAll('main script, main img').length").await;
        assert_eq!((elements, browser.eval("return typeof hit").await), (json!(0), json!("undefined")));
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_restart_of_the_server_is_shown_and_survived() {
    let _turn = turn().await;
    let mut server = TestServer::start().await;
    let alice = open("alice", &server).await;
    alice.enter("nickname", "alice").await;
    alice.click("rename").await;
    sees(&alice, "Anon is alice now", "notice").await;
    server.stop().await;
    alice
        .wait_for(
            "document.getElementById('state').textContent.startsWith('disconnected (1001: the server stops)')",
            "it says why",
        )
        .await;
    assert_eq!(alice.eval("return document.getElementById('send').disabled").await, json!(true));
    server.start_again().await;
    connected(&alice).await;
    // The nickname is asked for again.
    alice.wait_for("document.getElementById('people').innerText === 'alice (you)'", "it has its nickname").await;
    let mut bob = TestClient::join("bob", &server).await;
    say(&alice, "back").await;
    let message = bob.expect("new_message").await;
    assert_eq!((&message["from"]["nickname"], &message["payload"]), (&json!("alice"), &json!("back")));
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_text_that_the_server_cannot_take_stays_in_its_field() {
    let _turn = turn().await;
    let server = TestServer::start().await;
    let alice = open("alice", &server).await;
    for (length, line, class) in [
        (34_000, "Not sent: a message has at most 16384 bytes. Send it in parts.", "notice"),
        (5000, &*format!("You: {}", "가".repeat(5000)), "own"),
    ] {
        let submit = format!(
            "document.getElementById('message').value = '가'.repeat({length});
             document.getElementById('message-form').requestSubmit();"
        );
        alice.eval(&submit).await;
        sees(&alice, line, class).await;
        let left = alice.eval("return document.getElementById('message').value.length").await;
        assert_eq!(left == serde_json::json!(0), class == "own", "{left}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn what_the_server_does_not_take_is_said() {
    let _turn = turn().await;
    let server = TestServer::start_with(|options| {
        options.limits.rate.burst = 1.0;
        options.limits.rate.per_second = 0.001;
    })
    .await;
    let alice = open("alice", &server).await;
    say(&alice, "one").await;
    sees(&alice, "You: one", "own").await;
    say(&alice, "two").await;
    sees(&alice, "Not sent: dropped: wait a moment, send it again", "notice").await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_page_of_another_server_cannot_connect() {
    let _turn = turn().await;
    let server = TestServer::start().await;
    let other = TestServer::start().await;
    let mallory = open("mallory", &other).await;
    // The policy of its own page would not stop it, since that names every WebSocket: the server does.
    let url = json!(server.url("/ws"));
    mallory
        .eval(&format!(
            "window.attack = new WebSocket({url}); attack.onclose = ({{ code }}) => {{ attack.code = code; }}"
        ))
        .await;
    mallory.wait_for("attack.code === 1006", "the connection is refused").await;
}
