//! The chat, seen through the client of the steps.

use std::net::SocketAddr;

use crate::chapter::{Reader, shown, take_a_moment};
use crate::{start_chat, start_example};
use testing::program::Program;
use testing::redis::Redis;

/// An id, as the README has it.
const MY_TAB: &str = r#"{"client":"my tab of today"}"#;

async fn chat(arguments: &[&str]) -> (Program, SocketAddr) {
    let arguments: Vec<_> = ["--addr", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
    let mut server = start_chat(&arguments);
    let address = server.address().await;
    (server, address)
}

fn client(server: SocketAddr, auth: &[&str]) -> Program {
    let url = format!("http://{server}");
    let arguments: Vec<_> = ["client", &url].iter().chain(auth).copied().collect();
    start_example("02_acks", &arguments)
}

#[tokio::test]
async fn nothing_is_missed_and_nothing_comes_twice() {
    let (_server, address) = chat(&[]).await;
    let [talk, come_back, twice] = &shown("## A chat for strangers")[..] else { panic!("the README shows three") };
    let mut reader = Reader::default();
    let mut mina = client(address, &[MY_TAB]);
    reader.follow(&mut mina, &[address], talk).await;
    mina.type_line(r#"? new_message "are you there?" "tea""#).await;
    mina.until("DONE").await;
    mina.end_of_input();
    mina.end().await.well();
    let mut other = client(address, &[]);
    reader.follow(&mut other, &[address], come_back).await;

    let mut mina = client(address, &[MY_TAB]);
    mina.until("connected to").await;
    mina.type_line(r#"? enter_room {"payload":"tea"}"#).await;
    mina.until("DONE").await;
    reader.follow(&mut mina, &[address], twice).await;
    // The other one has heard it once.
    other.until(r#"new_message ["Anon: once"]"#).await;
    mina.type_line(r#"? new_message "twice" "tea" 2"#).await;
    other.prints(r#"new_message ["Anon: twice"]"#).await;
}

#[tokio::test]
async fn experiment_1_the_server_is_stopped() {
    let (server, address) = chat(&[]).await;
    let block = &shown("## Break it")[0];
    let stopped = block.iter().position(|line| line.starts_with("the server closed")).expect("it is stopped");
    let mut reader = Reader::default();
    let mut mina = client(address, &[MY_TAB]);
    reader.follow(&mut mina, &[address], &block[..stopped]).await;
    server.signal("INT").await;
    server.end().await.well();
    reader.follow(&mut mina, &[address], &block[stopped..=stopped]).await;
    let mut server = start_chat(&["--addr", &address.to_string()]);
    assert_eq!(server.address().await, address);
    reader.follow(&mut mina, &[address], &block[stopped + 1..]).await;
}

#[tokio::test]
async fn experiment_2_no_websocket_gets_through() {
    let (_server, address) = chat(&[]).await;
    let url = format!("http://{address}");
    let mut poller = start_example("05_polling_only", &["client", &url]);
    poller.until("40{").await;
    take_a_moment().await;
    poller.type_line(r#"enter_room {"payload":"tea"}"#).await;
    poller.until(r#"42["room_change",["tea"]]"#).await;
    let mut mina = client(address, &[]);
    mina.until("connected to").await;
    mina.type_line(r#"? enter_room {"payload":"tea"}"#).await;
    poller.until(r#"42["welcome","Anon",2]"#).await;
    mina.type_line(r#"new_message "hello" "tea""#).await;
    poller.until(r#"42["new_message","Anon: hello"]"#).await;
    poller.type_line(r#"new_message "hello yourself" "tea""#).await;
    mina.until(r#"new_message ["Anon: hello yourself"]"#).await;
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn experiment_3_the_same_message_to_two_servers() {
    let redis = Redis::start();
    let url = redis.url();
    let (_first, at_first) = chat(&["--redis", &url]).await;
    let (_second, at_second) = chat(&["--redis", &url]).await;
    let servers = [at_first, at_second];
    let [first, second] = &shown("## Break it")[1..3] else { unreachable!("two were taken") };
    let replaced = first.iter().position(|line| line.starts_with("refused")).expect("it is replaced");
    let mut reader = Reader::default();
    let mut old = client(at_first, &[MY_TAB]);
    reader.follow(&mut old, &servers, &first[..replaced]).await;
    let mut new = client(at_second, &[MY_TAB]);
    reader.follow(&mut new, &servers, second).await;
    reader.follow(&mut old, &servers, &first[replaced..]).await;
}

#[tokio::test]
async fn experiment_4_two_servers_without_redis() {
    let [alone] = &shown("## Break it")[3][..] else { panic!("the README shows one line") };
    let mut running = Vec::new();
    for _ in 0..2 {
        let mut reader = Reader::default();
        let (server, address) = chat(&[]).await;
        let mut client = client(address, &[]);
        client.until("connected to").await;
        client.until("room_change").await;
        client.type_line(r#"? enter_room {"payload":"tea"}"#).await;
        reader.follow(&mut client, &[address], &[alone]).await;
        running.push((server, client));
    }
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn experiment_5_a_server_dies_and_then_redis_does() {
    let mut redis = Redis::start();
    let url = redis.url();
    let (_first, at_first) = chat(&["--redis", &url]).await;
    let (second, at_second) = chat(&["--redis", &url]).await;
    let block = &shown("## Break it")[4];
    let place = |start: &str| block.iter().position(|line| line.starts_with(start)).expect("the README shows it");
    let (welcome, bye, say) = (place("welcome"), place("bye"), place("> ? new_message"));
    let mut reader = Reader::default();
    let mut mina = client(at_first, &[]);
    reader.follow(&mut mina, &[at_first], &block[..welcome]).await;
    let mut other = client(at_second, &[]);
    other.until("connected to").await;
    other.type_line(r#"? enter_room {"payload":"tea"}"#).await;
    reader.follow(&mut mina, &[at_first], &block[welcome..bye]).await;
    second.signal("KILL").await;
    reader.follow(&mut mina, &[at_first], &block[bye..=bye]).await;
    redis.stop();
    reader.follow(&mut mina, &[at_first], &block[bye + 1..say + 2]).await;
    redis.start_again();
    reader.follow(&mut mina, &[at_first], &block[say + 2..]).await;
}
