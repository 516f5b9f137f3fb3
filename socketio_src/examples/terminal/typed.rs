//! What is typed.

use std::io::BufRead;

use serde_json::{Deserializer, Value};
use tokio::sync::mpsc;

/// The lines, until Ctrl-D. A thread of its own reads them: nobody can call off a read from a terminal, and so nobody waits
/// for this thread at the end.
pub(crate) fn lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// The name of an event, and its arguments.
pub(crate) fn event(line: &str) -> (String, Vec<Value>) {
    let (name, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    (name.to_owned(), arguments(rest))
}

/// JSON values; or, when it is not JSON, one text.
pub(crate) fn arguments(text: &str) -> Vec<Value> {
    let values: Result<_, _> = Deserializer::from_str(text).into_iter().collect();
    values.unwrap_or_else(|_| vec![Value::from(text)])
}
