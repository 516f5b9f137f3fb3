//! **Handlers that overtake each other.** socketioxide makes a task of the future that a handler returns. When it waits
//! for something, a database for instance, the next event does not wait for it: what was said second is told first.
//!
//! Read first: the head of `socketio_src/examples/01_events.rs`, and "Events" in `socketio_src/README.md`.
//! To do: keep the order, although each message is looked up before it is told. A channel has an order.
//! Check: `cargo test --bin order_of_handlers`
//!
//! Fails with: mina said 0, 1, 2 and so on, and the first that joe heard was not 0

use std::future::ready;
use std::time::Duration;

use exercises::socketio::Entered;
use socketioxide::extract::{Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    // TODO: the futures of two messages run at the same time.
    socket.on("new_message", |socket: SocketRef, Data(number): Data<u64>| async move {
        let text = look_up(number).await;
        tell_others(&socket, &text);
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
