//! Can the servers listen on their usual ports, or who is there already? A server of the course that runs is no fault.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::Machine;
use super::owner::{Protocol, owner};
use crate::doctor::said::{Row, Said};
use crate::doctor::{Finding, binding};
use crate::text::doctor as texts;

/// How the server of each chapter is started, and how it is told to listen elsewhere.
const COMMANDS: [(&str, &str); 3] = [
    ("cargo run -p websocket_src", "cargo run -p websocket_src -- --addr"),
    ("cargo run -p socketio_src", "cargo run -p socketio_src -- --addr"),
    ("cargo run", "cargo run -- serve --addr"),
];

/// How long somebody on the same machine may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most that is read of the answer, in bytes.
const MOST: usize = 64 * 1024;

/// The pages of the three chapters, and what a server answers that speaks https.
const SIGNS: [&str; 4] = [
    "<title>Chat over a WebSocket</title>",
    "<title>Chat over Socket.IO</title>",
    "<title>study-zoom</title>",
    "this server speaks https: ",
];

/// The port of this chapter, counted from 0.
pub(super) fn look(machine: &Machine, chapter: usize) -> Row {
    let (port, (command, elsewhere)) = (machine.ports[chapter], COMMANDS[chapter]);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let other = format!("{elsewhere} 127.0.0.1:{}", port.wrapping_add(10));
    let said = match TcpListener::bind(address) {
        Ok(_) => Said::fine(texts::PORT_FREE).with(command),
        Err(error) if error.kind() != ErrorKind::AddrInUse => {
            Said::fault((texts::PORT_CLOSED, texts::PORT_CLOSED_CURE)).with(other).with(error)
        }
        Err(_) if is_ours(address) => Said::fine(texts::PORT_OURS),
        Err(_) => match owner(&machine.proc, Protocol::Tcp, port) {
            Some(owner) => Said::fault((texts::PORT_TAKEN, texts::PORT_TAKEN_BY)).with(other).with(owner),
            None => Said::fault((texts::PORT_TAKEN, texts::PORT_TAKEN_CURE)).with(other),
        },
    };
    Row::about_one(texts::PORT, port, said)
}

/// The port of STUN and TURN. When it is taken the server of the call takes another one by itself.
pub(super) async fn look_at_stun(machine: &Machine) -> Row {
    let port = machine.stun_port;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let said = if UdpSocket::bind(address).is_ok() {
        Said::fine(texts::STUN_FREE)
    } else if matches!(binding::ask(address).await, Finding::Reflexive { .. }) {
        Said::fine(texts::STUN_OURS)
    } else {
        let owner = owner(&machine.proc, Protocol::Udp, port).map_or_else(|| "?".to_owned(), |owner| owner.to_string());
        Said::note((texts::STUN_TAKEN, texts::STUN_TAKEN_CURE)).with(owner)
    };
    Row::about_one(texts::STUN_PORT, port, said)
}

/// Whether a server of the course answers there.
fn is_ours(address: SocketAddr) -> bool {
    let answer = answer(address).unwrap_or_default();
    SIGNS.iter().any(|sign| answer.contains(sign))
}

/// What comes back for a plain `GET /`.
fn answer(address: SocketAddr) -> std::io::Result<String> {
    let deadline = Instant::now() + PATIENCE;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    while answer.len() < MOST {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(left))?;
        // Whatever ends it: what has come may be enough.
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => answer.extend_from_slice(&buffer[..length]),
            Ok(0) | Err(_) => break,
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::Html;
    use axum::routing::get;

    use super::*;
    use crate::doctor::Level;
    use crate::text::Language;

    fn machine(folder: &tempfile::TempDir, port: u16) -> Machine {
        Machine { ports: [port; 3], stun_port: port, ..Machine::made_up(folder.path()) }
    }

    #[test]
    fn a_port_is_free_or_another_program_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let before = Instant::now();
        let line = look(&machine(&folder, port), 0);
        assert_eq!((line.said.level, line.said.cure), (Level::Fault, Some(texts::PORT_TAKEN_CURE)));
        assert!(before.elapsed() < Duration::from_secs(5), "it says nothing, and is not waited for");
        let said = line.said.text(Language::English);
        let other = format!("cargo run -p websocket_src -- --addr 127.0.0.1:{}", port.wrapping_add(10));
        assert!(said.ends_with(&other), "{said}");

        // This process has it, says the system.
        let knowing = Machine { proc: "/proc".into(), ..machine(&folder, port) };
        assert_eq!(look(&knowing, 2).said.cure, Some(texts::PORT_TAKEN_BY));
        let process = format!("process {}", std::process::id());
        assert!(look(&knowing, 2).said.text(Language::English).contains(&process));

        drop(taken);
        // Port 0 is whichever is free.
        assert_eq!(look(&machine(&folder, 0), 2).said.found, texts::PORT_FREE);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_of_the_course_is_known_by_its_page() {
        let folder = tempfile::tempdir().unwrap();
        for (page, found) in [
            (include_str!("../../site/home.html"), texts::PORT_OURS),
            (include_str!("../../../websocket_src/src/page/index.html"), texts::PORT_OURS),
            (include_str!("../../../socketio_src/src/page/index.html"), texts::PORT_OURS),
            ("<title>Something else</title>", texts::PORT_TAKEN),
        ] {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let machine = machine(&folder, listener.local_addr().unwrap().port());
            let serving = tokio::spawn(
                axum::serve(listener, Router::new().route("/", get(async move || Html(page)))).into_future(),
            );
            let line = tokio::task::spawn_blocking(move || look(&machine, 0)).await.unwrap();
            assert_eq!(line.said.found, found, "{}", &page[..80.min(page.len())]);
            serving.abort();
        }
    }

    #[tokio::test]
    async fn the_port_of_stun_is_free_or_has_a_stun_server_or_somebody_else() {
        use crate::turn::{TurnOptions, TurnServer};
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look_at_stun(&machine(&folder, 0)).await.said.found, texts::STUN_FREE);
        let server = TurnServer::bind(Ipv4Addr::LOCALHOST.into(), 0, TurnOptions::default()).unwrap();
        let port = server.local_addr().port();
        let running = tokio::spawn(server.run(std::future::pending()));
        assert_eq!(look_at_stun(&machine(&folder, port)).await.said.found, texts::STUN_OURS);
        running.abort();
        let echo = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let machine = machine(&folder, echo.local_addr().unwrap().port());
        let echoing = async {
            let mut buffer = [0; 1500];
            loop {
                let (length, from) = echo.recv_from(&mut buffer).await.unwrap();
                echo.send_to(&buffer[..length], from).await.unwrap();
            }
        };
        tokio::select! {
            line = look_at_stun(&machine) => assert_eq!((line.said.level, line.said.found), (Level::Note, texts::STUN_TAKEN)),
            () = echoing => {}
        }
    }
}
