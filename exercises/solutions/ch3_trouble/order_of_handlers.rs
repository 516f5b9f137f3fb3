//! **Handlers that overtake each other.** What the handler does before it returns its future is done in order: it puts
//! the message into a channel. One task for each client takes one after the other out of it, and may wait as long as it
//! likes.

use std::future::ready;
use std::time::Duration;

use exercises::socketio::Entered;
use socketioxide::extract::{Data, SocketRef};
use tokio::sync::mpsc;

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    let (sender, mut numbers) = mpsc::unbounded_channel();
    let mine = socket.clone();
    tokio::spawn(async move {
        while let Some(number) = numbers.recv().await {
            let text = look_up(number).await;
            tell_others(&mine, &text);
        }
    });
    socket.on("new_message", move |Data(number): Data<u64>| {
        let _ = sender.send(number);
        ready(())
    });
    ready(Ok(()))
}

/// As a database: not each question takes equally long.
async fn look_up(number: u64) -> String {
    tokio::time::sleep(Duration::from_millis(if number.is_multiple_of(2) { 200 } else { 1 })).await;
    format!("message {number}")
}

fn tell_others(from: &SocketRef, text: &str) {
    for socket in from.broadcast().sockets() {
        let _ = socket.emit("new_message", text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::socketio::{Person, serve};

    #[test]
    fn what_was_said_first_is_heard_first() {
        run(async {
            let url = serve(on_connect).await;
            let mina = Person::connect("mina", &url).await;
            let mut joe = Person::connect("joe", &url).await;
            for number in 0..10 {
                mina.emit("new_message", vec![number.into()]);
            }
            for number in 0..10 {
                let heard = joe.hear(&format!("message {number}")).await.1;
                let expected = heard[0] == format!("message {number}");
                assert!(
                    expected || number > 0,
                    "mina said 0, 1, 2 and so on, and the first that joe heard was not 0: {heard}"
                );
                assert!(expected, "after message {} joe heard {heard}", number - 1);
            }
        });
    }
}
