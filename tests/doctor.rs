//! `doctor` tells servers that are fine from every way in which one can fail.
//!
//! It looks at the machine as well; each of those checks is tested where it stands, with a machine that is made up.
//!
//! Expected: a line for each server that says what it does, or what is wrong and what to do; status 0 only if all are fine;
//! no allocation is left on a server. coturn, which others wrote, is told apart in the same way, and carries a call.

/// Servers in programs of their own.
mod common;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use common::program::ServerProgram;
use shared::IceServer;
use study_zoom::doctor::{Finding, examine};
use study_zoom::turn::{Credential, Credentials, Limits, TurnOptions, TurnServer};
use testing::program::Program;
use testing::within;
use tokio::net::UdpSocket;
use tokio::process::Command;
use tokio::task::JoinHandle;

/// What the servers of these tests share.
const SECRET: &str = "north";

/// How long a program may take. Much longer than it does take.
const PATIENCE: Duration = Duration::from_secs(20);

fn start(arguments: &[&str]) -> Program {
    Program::start(arguments[0], Command::new(env!("CARGO_BIN_EXE_study-zoom")).args(arguments))
}

/// Runs `doctor` on servers alone: whether it says that all is well, and what it prints.
async fn doctor(arguments: &[&str]) -> (bool, Vec<String>) {
    let arguments: Vec<_> = ["doctor", "--servers"].iter().chain(arguments).copied().collect();
    let ended = within(PATIENCE, "doctor ends", start(&arguments).end()).await;
    // A word on stderr exactly when something is wrong.
    assert_eq!(ended.status.success(), ended.stderr.is_empty(), "{}\n{}", ended.stdout, ended.stderr);
    (ended.status.success(), rows(&ended.stdout))
}

/// What is printed, a row each: what to do, and where more is said about it, stand below one, and come behind it here.
fn rows(printed: &str) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for line in printed.lines() {
        match rows.last_mut().filter(|_| line.starts_with(' ')) {
            Some(row) => {
                let ends = ["  see docs/troubleshooting.", "  설명: docs/troubleshooting."];
                assert!(!ends.iter().any(|end| row.contains(end)), "nothing comes after that: {line}");
                row.push_str("  ");
                row.push_str(line.trim_start());
            }
            None => rows.push(line.to_owned()),
        }
    }
    rows
}

/// A server by hand, beside which there is no signaling server.
async fn one(server: &str) -> (bool, String) {
    let (all_well, lines) = doctor(&["--url", "http://127.0.0.1:9", "--ice-server", server]).await;
    assert!(!all_well, "the signaling server was named, and is not there");
    assert!(lines[0].starts_with("FAULT  http://127.0.0.1:9"), "{lines:#?}");
    let line = lines.into_iter().nth(1).expect("a line for the server");
    assert!(!line.contains("north") && !line.contains("wrong@"), "no password is printed: {line}");
    (line.starts_with("ok "), line)
}

/// A line that says FAULT, and all of this, and where to read on.
async fn fails(server: &str, parts: &[&str]) {
    let (fine, line) = one(server).await;
    assert!(!fine && line.starts_with("FAULT ") && line.contains("  see docs/troubleshooting.md#"), "{line}");
    for part in parts {
        assert!(line.contains(part), "no {part:?} in: {line}");
    }
}

/// A TURN server on loopback. It stops when it is dropped.
struct Relay {
    address: SocketAddr,
    running: JoinHandle<std::io::Result<()>>,
}

impl Relay {
    fn start(options: TurnOptions) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), options)
    }

    fn start_at(address: std::net::IpAddr, options: TurnOptions) -> Self {
        let options = TurnOptions { secret: Some(SECRET.into()), allow_private: true, ..options };
        let server = TurnServer::bind(address, 0, options).expect("there is a free port");
        Self { address: server.local_addr(), running: tokio::spawn(server.run(std::future::pending())) }
    }

    /// As a signaling server names it, with a credential that lasts so long.
    fn named(&self, lifetime: Duration) -> IceServer {
        let Credential { username, password, .. } = Credentials::new(Some(SECRET.into())).mint("ann", lifetime);
        IceServer { urls: vec![format!("turn:{}?transport=udp", self.address)], username, credential: password }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn relaying() -> TurnOptions {
    TurnOptions { relay: true, ..TurnOptions::default() }
}

const HOUR: Duration = Duration::from_secs(3600);

/// What is found out about one server.
async fn finding(server: &IceServer) -> Finding {
    let mut examined = within(PATIENCE, "the server is examined", examine(std::slice::from_ref(server))).await;
    examined.remove(0).finding
}

#[tokio::test]
async fn the_servers_that_the_signaling_server_names_are_fine() {
    let server = ServerProgram::start_with(&["--turn", "--turn-allow-private", "--stun-port", "0"]);
    let (all_well, lines) = doctor(&["--url", server.url()]).await;
    assert!(all_well, "{lines:#?}");
    assert!(lines[0].contains("names 2 of the servers"), "{lines:#?}");
    assert!(lines[1].contains("stun:127.0.0.1:") && lines[1].contains("sees this machine as 127.0.0.1:"));
    assert!(lines[2].contains("turn:127.0.0.1:") && lines[2].contains("relays at 127.0.0.1:"), "{lines:#?}");
    assert!(lines.iter().all(|line| line.starts_with("ok ")), "{lines:#?}");
    // Everything stands in columns.
    let columns: Vec<_> =
        lines.iter().map(|line| line[7..].find("  ").map(|gap| line[7 + gap..].trim_start())).collect();
    let starts: Vec<_> = lines.iter().zip(&columns).map(|(line, rest)| line.len() - rest.unwrap().len()).collect();
    assert!(starts.iter().all(|start| *start == starts[0]), "{lines:#?}");
    // Nobody is left in the room, and nothing on the TURN server.
    let log = server.log();
    for event in ["entered", "left", "an allocation is made", "an allocation has ended"] {
        assert!(log.contains(event), "no {event:?} in {log}");
    }
}

/// Numbers differ from one run to the next, and so does the width of a column.
fn without_numbers(text: &str) -> Vec<String> {
    let mut shown = String::new();
    for letter in text.chars() {
        match letter {
            '0'..='9' if shown.ends_with('#') => {}
            '0'..='9' => shown.push('#'),
            ' ' if shown.ends_with(' ') => {}
            letter => shown.push(letter),
        }
    }
    shown.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[tokio::test]
async fn the_text_shows_what_is_printed() {
    let server = ServerProgram::start_with(&["--turn", "--turn-allow-private", "--stun-port", "0"]);
    for (chapter, command, language) in [
        (include_str!("../src/README.md"), "cargo run -- doctor --servers", "en"),
        (include_str!("../src/README.ko.md"), "cargo run -- doctor --servers --lang ko", "ko"),
    ] {
        let after = chapter.split_once(&format!("```sh\n{command}\n```")).expect("the text starts it").1;
        let shown = after.split("```text\n").nth(1).and_then(|rest| rest.split("```").next());
        let (_, lines) = doctor(&["--url", server.url(), "--lang", language]).await;
        assert_eq!(without_numbers(shown.expect("the text shows it")), without_numbers(&lines.join("\n")));
    }
}

#[tokio::test]
async fn a_server_that_names_nobody_leaves_nothing_to_test() {
    let server = ServerProgram::start_with(&["--no-stun"]);
    let (all_well, lines) = doctor(&["--url", server.url()]).await;
    assert!(all_well && lines.len() == 1, "{lines:#?}");
    assert!(lines[0].starts_with("note ") && lines[0].contains("names no STUN or TURN server"), "{lines:#?}");
    assert!(lines[0].contains("--ice-server"), "{lines:#?}");
    // With one by hand there is.
    let relay = Relay::start(TurnOptions::default());
    let stun = format!("stun:{}", relay.address);
    assert!(doctor(&["--url", server.url(), "--ice-server", &stun]).await.0);
}

#[tokio::test]
async fn servers_are_tested_by_hand_without_a_signaling_server() {
    let relay = Relay::start(TurnOptions::default());
    let (fine, line) = one(&format!("stun:{}", relay.address)).await;
    assert!(fine && line.contains("sees this machine as"), "{line}");
    let ended = start(&["doctor", "--servers", "--url", "http://127.0.0.1:9"]).end().await;
    assert!(ended.stdout.starts_with("FAULT  http://127.0.0.1:9"), "{}", ended.stdout);
    assert_eq!(rows(&ended.stdout).len(), 1);
    ended.with_error(&["1 of 1"]);
    for (text, reason) in [("http:host", "begins with"), ("turn:ann@host", "password")] {
        start(&["doctor", "--ice-server", text]).end().await.with_error(&["--ice-server", reason]);
    }
}

#[tokio::test]
async fn credentials_are_good_wrong_or_expired() {
    let relay = Relay::start(relaying());
    let good = relay.named(HOUR);
    let fine = finding(&good).await;
    assert!(matches!(fine, Finding::Relayed { address, .. } if address.ip() == Ipv4Addr::LOCALHOST), "{fine:?}");
    let expired = finding(&relay.named(Duration::ZERO)).await;
    assert!(matches!(expired, Finding::Expired(ago) if ago < Duration::from_secs(20)), "{expired:?}");
    assert_eq!(finding(&IceServer { credential: "wrong".to_owned(), ..good.clone() }).await, Finding::WrongPassword);
    assert_eq!(finding(&IceServer { credential: String::new(), ..good }).await, Finding::NoPassword);
    fails(&format!("turn:ann:wrong@{}", relay.address), &["wrong name or password (401)", "--turn-secret"]).await;
    fails(&format!("turn:1000000000:wrong@{}", relay.address), &["expired", "(401)", "clock"]).await;
    fails(&format!("turn:{}", relay.address), &["wants a password"]).await;
}

#[tokio::test]
async fn an_allocation_is_given_back_so_that_the_next_one_is_not_refused() {
    let limits = Limits { allocations_per_user: 1, ..Limits::default() };
    let relay = Relay::start(TurnOptions { limits, ..relaying() });
    let server = relay.named(HOUR);
    for time in 0..3 {
        assert!(finding(&server).await.is_fine(), "time {time}");
    }
    let nobody =
        Relay::start(TurnOptions { limits: Limits { allocations_per_user: 0, ..Limits::default() }, ..relaying() });
    let refused = finding(&nobody.named(HOUR)).await;
    assert_eq!(refused, Finding::Refused(486));
    assert!(refused.to_string().contains("quota"), "{refused}");
}

#[tokio::test]
async fn a_server_of_ipv6_is_asked_over_ipv6() {
    let relay = Relay::start_at(Ipv6Addr::LOCALHOST.into(), relaying());
    let fine = finding(&relay.named(HOUR)).await;
    assert!(matches!(fine, Finding::Relayed { address, .. } if address.is_ipv6()), "{fine:?}");
    assert!(one(&format!("stun:{}", relay.address)).await.0);
}

#[tokio::test]
async fn what_is_no_such_server_is_told_apart() {
    let only_stun = Relay::start(TurnOptions::default());
    fails(&format!("turn:ann:wrong@{}", only_stun.address), &["does not relay", "--turn"]).await;

    let echo = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = echo.local_addr().expect("it is bound");
    let echoing = tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = echo.recv_from(&mut buffer).await {
            echo.send_to(&buffer[..length], from).await.expect("loopback takes it");
        }
    });
    fails(&format!("stun:{address}"), &["no STUN server"]).await;
    fails(&format!("turn:ann:wrong@{address}"), &["no STUN server"]).await;
    echoing.abort();

    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = silent.local_addr().expect("it is bound");
    fails(&format!("stun:{address}"), &["no answer in 5 s", "firewall"]).await;
    drop(silent);
    fails(&format!("stun:{address}"), &["nobody listens", "running"]).await;
    fails(&format!("turn:ann:wrong@{address}"), &["nobody listens"]).await;
    fails("stun:nobody.invalid", &["no such host"]).await;
    for url in ["turns:ann:wrong@127.0.0.1", "turn:ann:wrong@127.0.0.1?transport=tcp", "stuns:127.0.0.1"] {
        let (_, line) = one(url).await;
        assert!(line.starts_with("note ") && line.contains("not tested") && line.contains("browser"), "{line}");
    }
}

#[tokio::test]
async fn silence_takes_as_long_for_many_as_for_one() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("stun:{}", silent.local_addr().expect("it is bound"));
    let servers: Vec<_> = (0..40).map(|_| IceServer::new(&url)).collect();
    let examined = within(Duration::from_secs(9), "all are given up at the same time", examine(&servers)).await;
    assert_eq!(examined.len(), 32, "what is more is left out");
    assert!(examined.iter().all(|one| one.finding == Finding::Silent), "{examined:?}");
}

#[tokio::test]
async fn this_machine_is_looked_at_before_the_servers_in_both_languages() {
    let server = ServerProgram::start_with(&["--turn", "--turn-allow-private", "--stun-port", "0"]);
    for (language, subjects, place_of_more) in [
        (
            "en",
            ["Rust", "page", "port 3000", "UDP port 3478", "browser", "camera", "authority", "disk"],
            "  see docs/troubleshooting.md#",
        ),
        (
            "ko",
            ["Rust", "페이지", "포트 3000", "UDP 포트 3478", "브라우저", "카메라", "인증 기관", "디스크"],
            "  설명: docs/troubleshooting.ko.md#",
        ),
    ] {
        let ended = start(&["doctor", "--lang", language, "--url", server.url()]).end();
        let ended = within(2 * PATIENCE, "doctor ends", ended).await;
        let lines = rows(&ended.stdout);
        let place = |subject: &str| {
            let line = lines.iter().position(|line| line[7..].starts_with(&format!("{subject}  ")));
            line.unwrap_or_else(|| panic!("no line about {subject} in {lines:#?}"))
        };
        assert!(subjects.map(place).is_sorted(), "{lines:#?}");
        assert!(place(subjects[7]) < place(server.url()) && place(server.url()) == lines.len() - 3, "{lines:#?}");
        for line in &lines {
            let is_well = line.starts_with("ok ");
            assert!(is_well || line.starts_with("note ") || line.starts_with("FAULT "), "{line}");
            assert_eq!(line.contains(place_of_more), !is_well, "{line}");
        }
        let faults = lines.iter().filter(|line| line.starts_with("FAULT ")).count();
        assert_eq!(ended.status.success(), faults == 0, "{lines:#?}");
        let said = [format!("{faults} of {} lines", lines.len()), format!("{}줄 가운데 {faults}줄", lines.len())];
        assert!(faults == 0 || said.iter().any(|said| ended.stderr.contains(said)), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn without_a_word_a_server_that_is_not_running_is_a_note_and_not_a_fault() {
    // Somebody may have one on the usual port of this machine.
    let is_free = std::net::TcpListener::bind("127.0.0.1:3000").is_ok();
    let (all_well, lines) = doctor(&[]).await;
    assert!(!is_free || all_well && lines[0].starts_with("note ") && lines[0].contains("cargo run"), "{lines:#?}");
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_a_fault() {
    let (all_well, lines) = doctor(&["--redis", "redis://127.0.0.1:9"]).await;
    assert!(!all_well && lines[0].starts_with("FAULT  Redis ") && lines[0].contains("redis-server"), "{lines:#?}");
    let (all_well, lines) = doctor(&["--redis", "http://host"]).await;
    assert!(!all_well && lines[0].contains("not the address of a Redis: http://host"), "{lines:#?}");
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_redis_that_is_there_passes_on_what_is_published() {
    let redis = testing::redis::Redis::start();
    let (all_well, lines) = doctor(&["--redis", &redis.url()]).await;
    assert!(all_well && lines[0].starts_with("ok     Redis ") && lines[0].contains("published"), "{lines:#?}");
}

/// coturn, on a port that was free. Killed when it is dropped.
struct Coturn {
    address: SocketAddr,
    program: Program,
}

impl Coturn {
    async fn start(options: &[&str]) -> Self {
        let port = {
            let free = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
            free.local_addr().expect("it is bound").port()
        };
        let mut command = Command::new("turnserver");
        let port_text = port.to_string();
        command.args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--log-file=stdout", "--verbose"]);
        command.args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--listening-port", &port_text]);
        command.args(["--allow-loopback-peers", "--realm=example.org", "--pidfile=/dev/null"]).args(options);
        let mut program = Program::start("turnserver", &mut command);
        program.until("IPv4. UDP listener opened on").await;
        let coturn = Self { address: (Ipv4Addr::LOCALHOST, port).into(), program };
        // The line comes a moment before the first answer.
        let stun = IceServer::new(format!("stun:{}", coturn.address));
        let listening = async {
            while !finding(&stun).await.is_fine() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        within(PATIENCE, "coturn answers", listening).await;
        coturn
    }
}

#[tokio::test]
#[ignore = "needs coturn: apt-get install coturn"]
async fn coturn_with_users_is_fine_or_refuses() {
    let coturn = Coturn::start(&["--lt-cred-mech", "--user=ann:north"]).await;
    let (fine, line) = one(&format!("turn:ann:north@{}", coturn.address)).await;
    assert!(fine && line.contains("relays at 127.0.0.1:"), "{line}");
    fails(&format!("turn:ann:south@{}", coturn.address), &["wrong name or password (401)"]).await;
    fails(&format!("turn:bob:north@{}", coturn.address), &["wrong name or password (401)"]).await;
    coturn.program.stop().await;
}

#[tokio::test]
#[ignore = "needs coturn: apt-get install coturn"]
async fn two_peers_that_want_to_be_relayed_call_each_other_over_coturn() {
    let coturn = Coturn::start(&["--use-auth-secret", "--static-auth-secret=north"]).await;
    let turn = format!("turn:{}", coturn.address);
    let options = |secret| ["--no-stun", "--ice-server", &turn, "--turn-secret", secret].map(str::to_owned);
    let server = options(SECRET);
    let server = ServerProgram::start_with(&server.each_ref().map(String::as_str));
    let (all_well, lines) = doctor(&["--url", server.url()]).await;
    assert!(all_well && lines[1].contains("relays at 127.0.0.1:"), "{lines:#?}");

    let peer = |more: &[&str]| {
        let arguments = ["peer", "--url", server.url(), "--room", "demo", "--relay-only"];
        start(&arguments.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let mut a = peer(&[]);
    a.until("in room \"demo\" as A").await;
    let b = within(2 * PATIENCE, "b has called", peer(&["--for", "6"]).end()).await.well();
    let a = within(PATIENCE, "a is alone", a.end()).await.well();
    for printed in [a, b] {
        assert!(printed.contains("over udp relay 127.0.0.1:"), "{printed}");
        assert!(!printed.contains("udp host"), "{printed}");
        let received = printed.lines().find_map(|line| line.strip_prefix("received: ")).expect("it says what came");
        let frames: u32 = received.split(' ').next().and_then(|count| count.parse().ok()).expect("a number");
        assert!(frames > 20, "{received}");
    }

    let other = options("south");
    let other = ServerProgram::start_with(&other.each_ref().map(String::as_str));
    let (all_well, lines) = doctor(&["--url", other.url()]).await;
    assert!(!all_well && lines[1].contains("wrong name or password (401)"), "{lines:#?}");
    coturn.program.stop().await;
}
