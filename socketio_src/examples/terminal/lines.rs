//! What is typed.

use std::io::BufRead;

use tokio::sync::mpsc;

/// The lines, until Ctrl-D. A thread of its own reads them: nobody can call off a read from a terminal, and so nobody waits
/// for this thread at the end.
pub(crate) fn typed_lines() -> mpsc::Receiver<String> {
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
