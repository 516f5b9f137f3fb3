//! Expected: the page connects by the transports that were chosen and by no other, shows every packet, those of the upgrade
//! included, and says what the parts of a packet mean.

use serde_json::{Value, json};

use crate::person::Browser;
use crate::program::{Program, turn};

/// What is shown: of each packet its text, and by what it travelled. The connection before this one is left out.
async fn packets(person: &Browser) -> Vec<(String, String)> {
    let script = "return [...document.querySelectorAll('#packets summary')].map((packet) =>
        [packet.querySelector('code').textContent, packet.querySelector('.size').textContent.split(',')[0]])";
    let shown: Vec<(String, String)> = serde_json::from_value(person.eval(script).await).expect("pairs of text");
    shown.into_iter().skip_while(|(text, _)| !text.starts_with("0{")).collect()
}

/// Waits for a packet, as a regular expression of JavaScript.
async fn until_packet(person: &Browser, pattern: &str) {
    let all = "[...document.querySelectorAll('#packets summary code')].map((code) => code.textContent)";
    let there = format!("{all}.some((text) => new RegExp({}, 's').test(text))", json!(pattern));
    person.wait_for(&there, format!("{pattern} travels")).await;
}

/// Empties the list: what comes from here on is what counts.
async fn forget_packets(person: &Browser) {
    person.eval("document.getElementById('packets').replaceChildren(); performance.clearResourceTimings()").await;
}

/// The requests by long-polling that the browser itself has seen.
async fn polls(person: &Browser) -> u64 {
    let script = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('transport=polling')).length";
    person.eval(script).await.as_u64().expect("a number")
}

/// Connects by these transports, and then once more: nothing of the connection before is on its way any longer.
async fn connect_by(person: &Browser, choice: &str) -> Vec<(String, String)> {
    person.choose("transport-choice", choice).await;
    person.until_connected().await;
    person.click("cut").await;
    person.until_disconnected().await;
    forget_packets(person).await;
    until_packet(person, r#"^42\d+\["enter_room""#).await;
    person.until_connected().await;
    person.say(&format!("by {choice}")).await;
    let acked = "document.querySelector('#log li:last-child').dataset.state === 'acked'";
    person.wait_for(acked, "a message is acknowledged").await;
    packets(person).await
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn the_transports_are_those_that_were_chosen() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let upgraded =
        "/^polling → websocket \\(upgraded after \\d+ ms\\)$/.test(document.getElementById('transports').textContent)";
    alice.wait_for(upgraded, "the connection is upgraded").await;
    // Three packets try the new transport, then it is used.
    let shown = packets(&alice).await;
    let place = |text: &str| shown.iter().position(|(packet, _)| packet == text).unwrap_or_else(|| panic!("no {text}"));
    assert!(place("2probe") < place("3probe") && place("3probe") < place("5"), "{shown:#?}");
    assert!(shown[0].0.starts_with(r#"0{"sid":"#) && shown[0].1 == "polling", "{shown:#?}");
    assert!(shown[place("2probe")].1 == "websocket" && shown.last().expect("some").1 == "websocket", "{shown:#?}");

    let shown = connect_by(&alice, "polling").await;
    alice.until_text("transports", "polling").await;
    assert!(shown.iter().all(|(_, transport)| transport == "polling"), "{shown:#?}");
    assert!(polls(&alice).await > 0);

    let shown = connect_by(&alice, "websocket").await;
    alice.until_text("transports", "websocket").await;
    assert!(shown.iter().all(|(_, transport)| transport == "websocket"), "{shown:#?}");
    assert_eq!(polls(&alice).await, 0);

    connect_by(&alice, "both").await;
    alice.wait_for(upgraded, "the connection is upgraded again").await;
    assert!(polls(&alice).await > 0);
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn a_packet_is_shown_as_it_travels_and_its_parts_have_notes() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    alice.say("hi").await;
    // The ack ids 0 and 1 are taken by the nickname and the room.
    until_packet(&alice, r#"^422\["new_message","hi","demo",1]$"#).await;
    until_packet(&alice, r#"^432\[{"status":"DONE","offset":".*"}]$"#).await;
    until_packet(&bob, r#"^42\["new_message","alice: hi",{.*}]$"#).await;

    let unfold = "return new Promise((resolve) => {
        const code = [...document.querySelectorAll('#packets summary code')].find((code) => code.textContent.startsWith('422'));
        const packet = code.closest('details');
        packet.addEventListener('toggle', () => setTimeout(() => resolve(
            [packet.querySelector('.way').textContent, packet.querySelector('.name').textContent,
             ...[...packet.querySelectorAll('dt')].map((part) => part.textContent),
             ...[...packet.querySelectorAll('dd b')].map((name) => name.textContent)])));
        code.click();
    })";
    let parts = json!([
        "↑",
        "EVENT new_message", // the head
        "4",
        "2",
        "2",
        r#""new_message""#,
        r#""hi""#,
        r#""demo""#,
        "1", // the parts
        "message",
        "EVENT",
        "ack id",
        "event",
        "argument",
        "argument",
        "argument", // and their names
    ]);
    assert_eq!(alice.eval(unfold).await, parts);
    alice.screenshot("socketio-packet").await;
    // The heartbeat.
    until_packet(&alice, "^2$").await;
    until_packet(&alice, "^3$").await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn the_list_can_be_paused_and_is_bounded() {
    let _turn = turn().await;
    let server = Program::start(&["--rate", "1000"]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    until_packet(&alice, r#""complete":true"#).await;
    alice.click("pause").await;
    let before = packets(&alice).await;
    let texts: Vec<_> = (0..150).map(|number| format!("number {number}")).collect();
    alice.say_quickly(&texts).await;
    alice.until_mine_are("acked", texts.len()).await;
    assert_eq!(packets(&alice).await, before, "nothing moves during a pause");
    let held = alice.text("held").await;
    let count: u32 = held.strip_suffix(" more since").and_then(|count| count.parse().ok()).expect("a number is shown");
    assert!(count >= 300, "each message and its acknowledgement: {held}");
    alice.click("pause").await;
    let shown = "document.getElementById('packets').childElementCount === 200";
    alice.wait_for(shown, "the last 200 are shown").await;
    until_packet(&alice, r#"\["new_message","number 149","demo",150]$"#).await;
    let list = alice.eval("return document.querySelector('#packets').textContent.includes('number 10\"')").await;
    assert_eq!(list, Value::Bool(false), "the first ones are gone");
    let end = "(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - scrollTop - clientHeight < 8)(document.getElementById('packets'))";
    alice.wait_for(end, "the newest one is in sight").await;
}
