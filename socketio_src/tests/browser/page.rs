//! Expected: two people with a page each meet in a room, see each other come and go, and hear what is said; what the server
//! refuses is shown; and whatever they write stays text.

use serde_json::json;

use crate::person::Browser;
use crate::program::{Program, turn};

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn two_people_chat_with_nicknames() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::visit("alice", &server).await;
    alice.enter_room("demo").await;
    alice.until_text("count", "1").await;
    alice.until_text("servers", "one server").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    alice.sees_as("notice", "bob joined").await;
    alice.until_text("count", "2").await;
    alice.until_text("people", "Anon\nbob").await;
    alice.rename("alice").await;
    bob.sees_as("notice", "Anon is alice now").await;
    bob.until_text("people", "alice\nbob").await;

    alice.enter("message", "hello").await;
    bob.until_text("typing", "alice is typing …").await;
    alice.click("send").await;
    bob.sees_as("", "alice: hello").await;
    bob.until_text("typing", "").await;
    alice.sees_as("own", "You: hello").await;
    let fate = "document.querySelector('#log .own small').textContent";
    alice.wait_for(&format!("/^✓ \\d+ ms$/.test({fate})"), "the acknowledgement took so many milliseconds").await;
    bob.say("안녕 \u{2764}").await;
    alice.sees_as("", "bob: 안녕 \u{2764}").await;

    // A person who writes and thinks better of it.
    bob.enter("message", "well").await;
    alice.until_text("typing", "bob is typing …").await;
    alice.until_text("typing", "").await;

    bob.click("leave").await;
    alice.sees_as("notice", "bob left").await;
    alice.until_text("count", "1").await;
    bob.wait_for("document.getElementById('here').hidden", "it is in no room").await;
    bob.enter_room("demo").await;
    alice.until_text("count", "2").await;
    drop(bob);
    alice.until_text("people", "alice").await;
    assert_eq!(alice.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn the_list_of_rooms_is_live() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::visit("alice", &server).await;
    alice.until_text("rooms", "none").await;
    let bob = Browser::chat("bob", &server, "zoo").await;
    alice.until_text("rooms", "zoo").await;
    bob.enter_room("안방").await;
    alice.until_text("rooms", "안방").await;
    // One click is enough to follow.
    alice.click_on("#rooms button").await;
    alice.until_in("안방").await;
    bob.sees_as("notice", "Anon joined").await;
    bob.say("welcome").await;
    alice.sees("bob: welcome").await;
    // Somebody else's room does not hear it.
    alice.enter_room("attic").await;
    bob.until_text("rooms", "attic\n안방").await;
    bob.say("are you still here?").await;
    bob.until_mine_are("acked", 2).await;
    alice.say("nobody here").await;
    alice.until_mine_are("acked", 1).await;
    assert_eq!(alice.said().await, ["You: nobody here"]);
    alice.click("leave").await;
    alice.until_text("rooms", "안방").await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn markup_is_text_wherever_it_is_shown() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let script = "<script>hit = 1</script>";
    let image = "<img src=x onerror=\"hit = 1\">";
    let alice = Browser::visit("alice", &server).await;
    alice.enter_room(image).await;
    let bob = Browser::visit("bob", &server).await;
    bob.rename(script).await;
    bob.until_text("rooms", image).await;
    bob.click_on("#rooms button").await;
    alice.sees_as("notice", &format!("{script} joined")).await;
    alice.until_text("people", &format!("{script}\nAnon")).await;
    bob.enter("message", image).await;
    alice.until_text("typing", &format!("{script} is typing …")).await;
    bob.click("send").await;
    alice.sees(&format!("{script}: {image}")).await;
    bob.rename(image).await;
    alice.sees_as("notice", &format!("{script} is {image} now")).await;
    bob.say(script).await;
    alice.sees(&format!("{image}: {script}")).await;
    bob.sees(&format!("You: {script}")).await;
    for browser in [&alice, &bob] {
        // All of it has travelled, too.
        browser
            .eval("document.querySelectorAll('#packets details').forEach((packet) => { packet.open = true; })")
            .await;
        let noted = format!("document.getElementById('packets').textContent.split({}).length > 4", json!("<img src=x"));
        browser.wait_for(&noted, "the packets are shown").await;
        let elements = browser.eval("return document.querySelectorAll('main script, main img').length").await;
        assert_eq!((elements, browser.eval("return typeof hit").await), (json!(0), json!("undefined")));
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn what_the_server_refuses_is_shown() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    alice.rename(&"x".repeat(65)).await;
    let notice = "document.getElementById('notice').textContent";
    alice.wait_for(&format!("{notice}.includes('65 characters')"), "the nickname is too long").await;
    alice.say_quickly(&["x".repeat(20_000), "short".to_owned()]).await;
    let fate = "document.querySelector('#log .own[data-state=failed] small')?.textContent";
    alice.wait_for(&format!("{fate}?.startsWith('not sent: ')"), "the text is too large").await;
    bob.sees("alice: short").await;
    assert_eq!(bob.said().await, ["alice: short"]);
    // It can be tried again, as a message of its own.
    alice.eval("document.querySelector('#log .own[data-state=failed] button').click()").await;
    alice.wait_for(&format!("{fate}?.startsWith('not sent: ')"), "the text is still too large").await;
    alice.enter("room", &"y".repeat(65)).await;
    alice.click("enter").await;
    alice.wait_for(&format!("{notice}.includes('65 characters')"), "the room name is too long").await;
    alice.wait_for("document.getElementById('here').hidden", "she has left the one and is not in the other").await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn who_talks_too_fast_is_heard_later_and_in_order() {
    let _turn = turn().await;
    let server = Program::start(&["--rate", "4"]).await;
    let alice = Browser::chat("alice", &server, "demo").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    let texts: Vec<_> = (0..16).map(|number| format!("number {number}")).collect();
    alice.say_quickly(&texts).await;
    let heard: Vec<_> = texts.iter().map(|text| format!("alice: {text}")).collect();
    bob.until_said(&heard).await;
    alice.until_mine_are("acked", texts.len()).await;
    let fates = alice.text("log").await;
    assert!(fates.contains("ms, sent 2 times") && !fates.contains("had it already"), "{fates}");
}
