//! **Step 6: setRemoteDescription, of B.** What cannot be read is an error, and not an empty offer.

use exercises::peer::Peer;
use serde_json::Value;

fn main() {}

/// Takes an offer as it has arrived.
async fn take_offer(b: &Peer, arrived: Value) -> Result<(), Box<dyn std::error::Error>> {
    let offer = serde_json::from_value(arrived)?;
    b.set_remote_description(offer).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer, signaling_state};
    use exercises::run;
    use serde_json::json;

    #[test]
    fn b_has_an_offer() {
        run(async {
            let ((a, _a_events), (b, _b_events)) = (peer().await, peer().await);
            let (offer, _) = offer(&a).await;
            take_offer(&b, json!(offer)).await.expect("B can take the offer");
            let state = signaling_state(&b).await;
            assert!(state == "have-remote-offer", "the signaling state of B is {state}");
            assert!(take_offer(&b, json!({"type": "offer"})).await.is_err(), "an offer without SDP was taken");
        });
    }
}
