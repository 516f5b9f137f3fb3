//! The client of all steps: a line is an event, its name and then its arguments.
//!
//! ```text
//! new_message hello everybody     one argument, a text
//! new_message "hello" "tea"       two arguments, as JSON
//! ? new_message hello             the same event, and the server is asked for an acknowledgement
//! = yes                           the answer to the server's last question
//! ```
//! Ctrl-D says goodbye and ends it; Ctrl-C ends it without a goodbye.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::Value;
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, Event, Options};
use support::cli::{Failure, typed_lines};
use support::tls::Trust;

/// The command line.
mod arguments;
/// What is typed.
mod typed;

pub(crate) use arguments::{Arguments, Wanted};

/// How long an acknowledgement may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects, sends what is typed, prints what comes, and connects again when the connection is lost.
pub(crate) async fn run(Wanted::Client { url, auth, ca }: Wanted) -> Result<(), Failure> {
    let transport = Tungstenite { trust: Trust::with(ca.as_deref())? };
    let (client, mut events, driver) = Client::new(transport, Options { auth, ..Options::new(&url) });
    tokio::spawn(driver.run());
    let mut lines = typed_lines();
    // Lines are read from the first connection on: to emit something before that is an error.
    let (mut connected, mut finished) = (false, false);
    // What the server was asked, and the last thing that it has asked.
    let (mut answers, mut question) = (FuturesUnordered::new(), None);
    loop {
        if finished && answers.is_empty() {
            client.close();
        }
        // From top to bottom: a question is sent when its answer is first waited for, and the next line must not overtake it.
        tokio::select! {
            biased;
            Some(answer) = answers.next() => match answer {
                Ok(args) => println!("answer: {}", Value::from(args)),
                Err(error) => println!("no answer: {error}"),
            },
            line = lines.recv(), if connected && !finished => {
                let Some(line) = line else { finished = true; continue };
                if line.trim().is_empty() {
                    continue;
                }
                if let Some(event) = line.strip_prefix("? ") {
                    let ((name, args), client) = (typed::event(event), client.clone());
                    answers.push(async move { client.emit_with_ack(&name, args, PATIENCE).await });
                } else if let Some(answer) = line.strip_prefix("= ") {
                    match question.take() {
                        Some(id) => report(client.ack(id, typed::arguments(answer))),
                        None => println!("the server has not asked anything"),
                    }
                } else {
                    let (name, args) = typed::event(&line);
                    report(client.emit(&name, args));
                }
            },
            event = events.next() => match event {
                Some(Event::Connected { .. }) => {
                    println!("connected to {url}: type an event, Ctrl-D ends it");
                    connected = true;
                }
                Some(Event::Message { name, args, ack }) => {
                    let wants = if ack.is_some() { " (answer it with = ...)" } else { "" };
                    println!("{name} {}{wants}", Value::from(args));
                    question = ack.or(question);
                }
                Some(Event::Disconnected { reason, retry_in }) => println!("{reason}; next try in {retry_in:.1?}"),
                Some(Event::Refused { message, .. }) => return Err(message.into()),
                Some(Event::Closed { by }) => println!("closed by the {}", format!("{by:?}").to_lowercase()),
                None => return Ok(()),
            },
        }
    }
}

fn report<E: std::fmt::Display>(result: Result<(), E>) {
    if let Err(error) = result {
        println!("{error}");
    }
}
