//! A chat in the terminal, and how a program stays connected.
//!
//! Three things go wrong with a connection that is meant to last. It breaks: then the client comes back, after a wait
//! that grows and is never the same for two clients. It dies without a word (a cable, a phone in a tunnel): then only
//! silence tells, and the server's pings make sure that silence means something. It is refused: then trying again at
//! once would only make it worse.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use shared::chat::{ClientId, ClientMessage, ServerEvent};
use shared::name::is_deceptive;
use support::tls::Trust;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longer than the server is ever silent: it sends a ping every 20 seconds.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long connecting, or saying goodbye, may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The first wait before connecting again, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The first attempt to connect failed. Later ones are repeated.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to {url}: {source}: {}", support::tls::advice(.source).unwrap_or("start the server there, or check the URL"))]
pub struct ConnectError {
    url: String,
    source: Box<Error>,
}

/// Chats until there are no more `lines`: each one is a message, `/nick NAME` is a nickname, `/quit` ends it.
///
/// What happens is told to `say`, a line at a time. A server whose URL begins with `wss:` must have a certificate that is
/// trusted.
pub async fn run(
    url: &str,
    trust: Trust,
    mut lines: mpsc::Receiver<String>,
    mut say: impl FnMut(String),
) -> Result<(), ConnectError> {
    let mut socket = connect(url, &trust).await.map_err(|error| cannot_connect(url, error))?;
    let mut nickname = None;
    loop {
        let mut chat = Chatting { socket, me: None, nickname: &mut nickname };
        let Some(why) = chat.run(&mut lines, &mut say).await else { return Ok(()) };
        say(format!("* connection lost: {why}"));
        let mut failures = 0;
        socket = loop {
            let wait = backoff(failures, rand::random());
            say(format!("* connecting again in {:.1} seconds", wait.as_secs_f64()));
            tokio::time::sleep(wait).await;
            match connect(url, &trust).await {
                Ok(socket) => break socket,
                Err(error) => say(format!("* {error}")),
            }
            failures += 1;
        };
    }
}

async fn connect(url: &str, trust: &Trust) -> Result<Socket, Error> {
    // A terminal shows a few lines at a time: 4 KiB at once are enough.
    let config = WebSocketConfig::default().read_buffer_size(4096).max_message_size(Some(1 << 20));
    // On the heap, since a TLS handshake takes 20 kB, and this future is a part of others.
    let connecting =
        Box::pin(tokio_tungstenite::connect_async_tls_with_config(url, Some(config), true, trust.connector()));
    match timeout(HANDSHAKE, connecting).await {
        Ok(connected) => connected.map(|(socket, _response)| socket),
        Err(_) => Err(Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// What is said when there is no connection.
pub fn cannot_connect(url: &str, error: Error) -> ConnectError {
    ConnectError { url: url.to_owned(), source: Box::new(error) }
}

/// How long to wait after so many failures in a row. `random` is from 0 to 1.
///
/// Twice as long each time, so that a server that is down is asked less and less; and by chance up to half shorter or
/// longer, so that those who lost it in the same moment do not all come back in the same moment.
fn backoff(failures: u32, random: f64) -> Duration {
    let (first, longest) = WAITS;
    let grown = first.saturating_mul(2_u32.saturating_pow(failures)).min(longest);
    grown.mul_f64(0.5 + random)
}

/// One connection, as long as it lasts.
struct Chatting<'a> {
    socket: Socket,
    /// Our number and nickname, once the server has said so.
    me: Option<ClientId>,
    /// What we want to be called, on the next connection as well.
    nickname: &'a mut Option<String>,
}

impl Chatting<'_> {
    /// Returns why the connection was lost, or nothing when we are done.
    async fn run(&mut self, lines: &mut mpsc::Receiver<String>, say: &mut impl FnMut(String)) -> Option<String> {
        if let Some(nickname) = self.nickname.clone()
            && let Err(error) = self.send(&ClientMessage::Nickname(nickname)).await
        {
            return Some(error.to_string());
        }
        loop {
            tokio::select! {
                // Whatever comes, a ping too, says that the server is there. tungstenite answers pings by itself.
                read = timeout(PATIENCE, self.socket.next()) => match read {
                    Ok(Some(Ok(Message::Text(text)))) => self.on_event(&text, say),
                    Ok(Some(Ok(Message::Close(goodbye)))) => return Some(farewell(goodbye)),
                    Ok(Some(Ok(_))) => {}
                    Ok(Some(Err(error))) => return Some(error.to_string()),
                    Ok(None) => return Some("the server closed it".to_owned()),
                    Err(_) => return Some(format!("nothing was heard from the server for {PATIENCE:?}")),
                },
                line = lines.recv() => {
                    let Some(line) = line.filter(|line| line.trim() != "/quit") else {
                        self.leave(say).await;
                        return None;
                    };
                    if let Err(error) = self.on_line(line).await {
                        return Some(error.to_string());
                    }
                }
            }
        }
    }

    async fn on_line(&mut self, line: String) -> Result<(), Error> {
        match line.strip_prefix("/nick ") {
            Some(nickname) => {
                *self.nickname = Some(nickname.to_owned());
                self.send(&ClientMessage::Nickname(nickname.to_owned())).await
            }
            None if line.trim().is_empty() => Ok(()),
            None => self.send(&ClientMessage::NewMessage(line)).await,
        }
    }

    async fn send(&mut self, message: &ClientMessage) -> Result<(), Error> {
        let json = serde_json::to_string(message).expect("a message is plain data");
        self.socket.send(Message::text(json)).await
    }

    /// Says goodbye, and shows what was on its way.
    async fn leave(&mut self, say: &mut impl FnMut(String)) {
        let goodbye = async {
            self.socket.close(None).await?;
            while let Some(Ok(message)) = self.socket.next().await {
                if let Message::Text(text) = message {
                    self.on_event(&text, say);
                }
            }
            Ok::<_, Error>(())
        };
        // A server that is gone, or does not answer, is left all the same.
        let _ = timeout(HANDSHAKE, goodbye).await;
    }

    fn on_event(&mut self, text: &str, say: &mut impl FnMut(String)) {
        let Ok(event) = serde_json::from_str(text) else {
            return say(format!("* the server says something that this client does not know: {}", printable(text)));
        };
        say(printable(&self.in_words(event)));
    }

    fn in_words(&mut self, event: ServerEvent) -> String {
        match event {
            ServerEvent::Welcome { you, count, people } => {
                self.me = Some(you.id);
                let names: Vec<_> = people.iter().map(|person| person.nickname.as_str()).collect();
                format!("* you are {}, {count} here: {}", you.nickname, names.join(", "))
            }
            ServerEvent::Joined { person, count } => format!("* {} joined, {count} here", person.nickname),
            ServerEvent::Left { person, count } => format!("* {} left, {count} here", person.nickname),
            ServerEvent::Renamed { person, before } if self.me == Some(person.id) => {
                format!("* you are {} now, no longer {before}", person.nickname)
            }
            ServerEvent::Renamed { person, before } => format!("* {before} is {} now", person.nickname),
            ServerEvent::NewMessage { from, payload } if self.me == Some(from.id) => format!("you: {payload}"),
            ServerEvent::NewMessage { from, payload } => format!("{}: {payload}", from.nickname),
            ServerEvent::Error(error) => format!("* not sent: {}", error.message),
        }
    }
}

fn farewell(goodbye: Option<CloseFrame>) -> String {
    match goodbye {
        Some(CloseFrame { code, reason }) => format!("{reason} (close code {})", u16::from(code)),
        None => "the server closed it".to_owned(),
    }
}

/// A terminal obeys control characters: others must not be able to move our cursor, to clear our screen, or to turn our text.
fn printable(text: &str) -> String {
    text.chars().map(|char| if is_deceptive(char) { '\u{FFFD}' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest_and_chance_spreads_them() {
        let waits: Vec<_> = (0..6).map(|failures| backoff(failures, 0.5).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 10_000]);
        assert_eq!(backoff(0, 0.0), Duration::from_millis(250));
        assert_eq!(backoff(u32::MAX, 1.0), Duration::from_secs(15));
    }

    #[test]
    fn nobody_else_commands_the_terminal() {
        assert_eq!(printable("mina: \u{1b}[2J민아\n"), "mina: \u{FFFD}[2J민아\u{FFFD}");
    }
}
