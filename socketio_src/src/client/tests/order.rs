//! Order is part of the contract: a candidate must never overtake its offer.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_thousand_events_keep_their_order_in_both_directions() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    let Connection { sent, say } = &mut connection;
    let client = world.client.clone();
    let emit = async {
        for n in 0..1000 {
            while client.emit("n", vec![json!(n)]) == Err(ClientError::QueueFull { capacity: 256 }) {
                settle().await;
            }
        }
    };
    let hear = async {
        for n in 0..1000 {
            let heard = within("a packet", sent.next()).await;
            assert_eq!(heard, Some(Sent::Text(format!(r#"42["n",{n}]"#))));
        }
    };
    let speak = async {
        for n in 0..1000 {
            within("the client to read", say.send(Ok(Frame::Text(format!(r#"42["n",{n}]"#))))).await.unwrap();
        }
    };
    let listen = async {
        for n in 0..1000 {
            assert_eq!(within("an event", world.events.next()).await, Some(message("n", vec![json!(n)])));
        }
    };
    futures::join!(emit, hear, speak, listen);
}
