use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use tokio::process::Command;

use crate::chapter::{Reader, shown, take_a_moment};
use crate::start_example;
use testing::program::Program;
use testing::redis::Redis;

/// Starts an example on a free port.
pub(crate) async fn serve(example: &str, arguments: &[&str]) -> (Program, SocketAddr) {
    let mut server = start_example(example, arguments);
    let address = server.address().await;
    (server, address)
}

/// Starts its client.
fn client(example: &str, server: SocketAddr) -> Program {
    start_example(example, &["client", &format!("http://{server}")])
}

/// The same, and connected.
pub(crate) async fn connected(example: &str, server: SocketAddr) -> Program {
    let mut client = client(example, server);
    client.until("connected to").await;
    take_a_moment().await;
    client
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_with_the_cure_and_help_names_the_option() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for example in ["01_events", "02_acks", "03_rooms", "04_disconnecting", "05_polling_only", "06_two_servers"] {
        let ended = start_example(example, &["--addr", &address]).end().await;
        ended.with_error(&["cannot listen on", &address, "stop the program that uses it", "--addr host:port"]);
        let help = start_example(example, &["--help"]).end().await.well();
        assert!(help.contains("--addr <ADDR>") && help.contains("[default: 127.0.0.1:3002]"), "{example}: {help}");
    }
}

#[tokio::test]
async fn step_1_an_event_has_a_name_and_arguments() {
    let mut reader = Reader::default();
    let (_server, address) = serve("01_events", &["--addr", "127.0.0.1:0"]).await;
    let [mina, other] = &shown("### 1. Events")[..2] else { unreachable!("two were taken") };
    let mut others = client("01_events", address);
    reader.follow(&mut others, &[address], &other[..1]).await;
    let mut minas = client("01_events", address);
    reader.follow(&mut minas, &[address], mina).await;
    reader.follow(&mut others, &[address], &other[1..]).await;
    // Nobody hears what it has said itself.
    others.type_line("new_message hello mina").await;
    minas.prints(r#"new_message ["Anon: hello mina"]"#).await;
    minas.end_of_input();
    assert!(minas.end().await.well().ends_with("closed by the client"));
}

#[tokio::test]
async fn step_1_what_is_done_before_the_future_is_in_order() {
    let (_server, address) = serve("01_events", &["--addr", "127.0.0.1:0"]).await;
    let mut listener = connected("01_events", address).await;
    let mut speaker = connected("01_events", address).await;
    // 200 messages, 50 at once: the queue of a client has room for 128 packets unless one says otherwise, and what does not fit
    // in is lost, as the server of this example says.
    for burst in (1..=200).collect::<Vec<_>>().chunks(50) {
        for number in burst {
            speaker.type_line(&format!("new_message number {number}")).await;
        }
        for number in burst {
            listener.prints(&format!(r#"new_message ["Anon: number {number}"]"#)).await;
        }
    }
}

#[tokio::test]
async fn step_1_what_is_done_in_the_future_is_not() {
    let (_server, address) = serve("01_events", &["--addr", "127.0.0.1:0"]).await;
    let mut listener = connected("01_events", address).await;
    let mut speaker = connected("01_events", address).await;
    // Here the first round was always enough. A machine that is very busy may need another one.
    for _ in 0..100 {
        let (mut in_order, mut heard) = (true, BTreeSet::new());
        let burst: Vec<_> = (1..=50).map(|number| format!("hasty_message number {number:02}")).collect();
        speaker.type_line(&burst.join("\n")).await;
        for _ in 1..=50 {
            let line = listener.line().await;
            in_order &= heard.last().is_none_or(|last| *last < line);
            heard.insert(line);
        }
        // None is lost, and none comes twice.
        assert_eq!(heard.len(), 50);
        if !in_order {
            return;
        }
    }
    panic!("5,000 messages were in order: either this handler is not hasty any more, or the text is wrong");
}

#[tokio::test]
async fn step_2_each_side_asks_the_other() {
    let mut reader = Reader::default();
    let (_server, address) = serve("02_acks", &["--addr", "127.0.0.1:0"]).await;
    let [other, asking] = &shown("### 2. Acknowledgements")[..] else { panic!("the README shows two terminals") };
    let (mut others, mut askers) = (client("02_acks", address), client("02_acks", address));
    reader.follow(&mut others, &[address], &other[..1]).await;
    reader.follow(&mut askers, &[address], &asking[..2]).await;
    reader.follow(&mut others, &[address], &other[1..3]).await;
    reader.follow(&mut askers, &[address], &asking[2..4]).await;
    reader.follow(&mut others, &[address], &other[3..]).await;
    // After five seconds.
    reader.follow(&mut askers, &[address], &asking[4..]).await;
}

#[tokio::test]
async fn step_3_who_is_in_a_room_hears_what_is_said_there() {
    let mut reader = Reader::default();
    let (_server, address) = serve("03_rooms", &["--addr", "127.0.0.1:0"]).await;
    let [first, second] = &shown("### 3. Rooms")[..] else { panic!("the README shows two terminals") };
    let (mut firsts, mut seconds) = (client("03_rooms", address), client("03_rooms", address));
    let mut outside = connected("03_rooms", address).await;
    reader.follow(&mut firsts, &[address], &first[..3]).await;
    reader.follow(&mut seconds, &[address], second).await;
    reader.follow(&mut firsts, &[address], &first[3..]).await;
    // A client in no room has heard nothing of all that.
    outside.type_line("? enter_room tea").await;
    outside.prints(r#"answer: [{"count":2,"status":"DONE"}]"#).await;
}

#[tokio::test]
async fn step_3_who_is_in_two_rooms_hears_both() {
    let (_server, address) = serve("03_rooms", &["--addr", "127.0.0.1:0"]).await;
    let mut both = connected("03_rooms", address).await;
    let mut others = Vec::new();
    for room in ["tea", "coffee"] {
        both.type_line(&format!("? enter_room {room}")).await;
        both.prints(r#"answer: [{"count":1,"status":"DONE"}]"#).await;
    }
    for room in ["tea", "coffee"] {
        let mut one = connected("03_rooms", address).await;
        one.type_line(&format!("? enter_room {room}")).await;
        one.prints(r#"answer: [{"count":2,"status":"DONE"}]"#).await;
        both.prints("welcome [2]").await;
        one.type_line(&format!(r#"new_message "hello" "{room}""#)).await;
        both.prints(&format!(r#"new_message ["hello","{room}"]"#)).await;
        others.push(one); // it stays
    }
}

#[tokio::test]
async fn step_4_who_stays_hears_why_somebody_is_gone() {
    let mut reader = Reader::default();
    let (_server, address) = serve("04_disconnecting", &["--addr", "127.0.0.1:0"]).await;
    let [goes, stays] = &shown("### 4. Disconnecting")[..] else { panic!("the README shows two terminals") };
    let mut staying = client("04_disconnecting", address);
    reader.follow(&mut staying, &[address], &stays[..3]).await;
    assert_eq!(stays.len(), 7, "four ways to end");
    for (way, bye) in ["Ctrl-D", "leave_room", "Ctrl-C", "Ctrl-Z"].into_iter().zip(&stays[3..]) {
        let mut going = client("04_disconnecting", address);
        reader.follow(&mut going, &[address], goes).await;
        match way {
            "Ctrl-D" => going.end_of_input(),
            "leave_room" => going.type_line("leave_room tea").await,
            "Ctrl-C" => going.signal("INT").await,
            _ => going.signal("STOP").await,
        }
        reader.follow(&mut staying, &[address], &[bye]).await;
        // Now it is killed, and the one that has left the room before is not missed again.
    }
}

#[tokio::test]
async fn step_5_http_is_enough() {
    let mut reader = Reader::default();
    let (_server, address) = serve("05_polling_only", &["--addr", "127.0.0.1:0"]).await;
    let exchange = &shown("### 5. Polling only")[0];
    let mut mina = client("05_polling_only", address);
    reader.follow(&mut mina, &[address], exchange).await;
    let mut other = client("05_polling_only", address);
    other.until("40{").await;
    take_a_moment().await;
    mina.type_line("new_message hello").await;
    other.until(r#"<- GET 200 OK  42["new_message","hello"]"#).await;
    other.type_line("new_message hello yourself").await;
    mina.until(r#"42["new_message","hello yourself"]"#).await;
    mina.end_of_input();
    assert!(mina.end().await.well().contains("41␞1"));
}

/// The client of the original project, in Node.
fn official_client(server: SocketAddr) -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    let missing = "the official client is not installed: npm install --prefix socketio_src/tests/node";
    assert!(folder.join("node_modules/socket.io-client").is_dir(), "{missing}");
    let mut node = Command::new("node");
    Program::start("the official client", node.arg(folder.join("client.js")).arg(format!("http://{server}")))
}

#[tokio::test]
#[ignore = "needs Node and npm: npm install --prefix socketio_src/tests/node"]
async fn the_official_client_goes_over_to_a_websocket_where_there_is_one() {
    let polling_only = &shown("### 5. Polling only")[1];
    let both = ["begins with polling", "goes on with websocket", r#"new_message ["hello"]"#];
    for (example, expected) in [("05_polling_only", &polling_only[..]), ("02_acks", &both[..])] {
        let (_server, address) = serve(example, &["--addr", "127.0.0.1:0"]).await;
        let mut hears = official_client(address);
        for line in &expected[..2] {
            hears.prints(line).await;
        }
        let mut says = official_client(address);
        says.prints(expected[0]).await;
        says.type_line("hello").await;
        hears.prints(expected[2]).await;
        says.end_of_input();
        says.end().await.well();
    }
}

#[tokio::test]
async fn step_5_has_no_websocket() {
    let (_server, address) = serve("05_polling_only", &["--addr", "127.0.0.1:0"]).await;
    client("01_events", address).until("400 Bad Request").await;
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn step_6_two_servers_share_a_room_until_redis_goes() {
    let mut reader = Reader::default();
    let mut redis = Redis::start();
    let url = redis.url();
    let (mut first, at_first) = serve("06_two_servers", &["--redis", &url, "--addr", "127.0.0.1:0"]).await;
    let (_second, at_second) = serve("06_two_servers", &["--redis", &url, "--addr", "127.0.0.1:0"]).await;
    let [says, hears, broken] = &shown("### 6. Two servers")[..] else { panic!("the README shows three terminals") };
    let (mut mina, mut other) = (client("06_two_servers", at_first), client("06_two_servers", at_second));
    reader.follow(&mut mina, &[at_first, at_second], &says[..3]).await;
    reader.follow(&mut other, &[at_first, at_second], &hears[..3]).await;
    reader.follow(&mut mina, &[at_first, at_second], &says[3..]).await;
    for text in ["in", "order"] {
        mina.type_line(&format!(r#"new_message "{text}" "tea""#)).await;
    }
    reader.follow(&mut other, &[at_first, at_second], &hears[3..]).await;
    other.prints(r#"new_message ["in"]"#).await;
    other.prints(r#"new_message ["order"]"#).await;
    redis.stop();
    redis.start_again();
    mina.type_line(r#"new_message "lost" "tea""#).await;
    reader.follow(&mut first, &[at_first], broken).await;
}

#[tokio::test]
async fn step_6_without_redis_they_do_not_know_of_each_other() {
    let (_first, at_first) = serve("06_two_servers", &["--addr", "127.0.0.1:0"]).await;
    let (_second, at_second) = serve("06_two_servers", &["--addr", "127.0.0.1:0"]).await;
    let mut second = connected("06_two_servers", at_second).await;
    second.type_line("? enter_room tea").await;
    second.until("DONE").await;
    for (server, text) in [(at_first, "on the first"), (at_second, "on the second")] {
        let mut speaker = connected("06_two_servers", server).await;
        speaker.type_line(&format!(r#"new_message "{text}" "tea""#)).await;
        // The goodbye comes after the message.
        speaker.end_of_input();
        speaker.end().await.well();
    }
    second.prints(r#"new_message ["on the second"]"#).await;
}

#[test]
fn every_example_says_how_to_start_it() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let code = std::fs::read_to_string(&path).unwrap();
        assert!(code.starts_with("//! **What it shows:**"), "{name}");
        assert!(code.contains(&format!("cargo run -p socketio_src --example {name} -- client")), "{name}");
        assert!(code.contains("//! **Try next:**"), "{name}");
    }
}
