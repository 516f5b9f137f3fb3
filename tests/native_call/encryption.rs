//! Who can read the media: the two whose keys are named in the descriptions, and nobody else.

use shared::SessionDescription;
use study_zoom::call::Artefact;

use super::*;

/// How a description names the key of its author: by the SHA-256 of a certificate (RFC 8122, section 5).
const KEY: &str = "a=fingerprint:sha-256 ";

/// The same description with the key of somebody else.
pub(super) fn with_another_key(description: &SessionDescription) -> SessionDescription {
    let lines = description.sdp.split_inclusive("\r\n").map(|line| match line.strip_prefix(KEY) {
        Some(digits) => format!("{KEY}{}", digits.replace('A', "B").replace('0', "A")),
        None => line.to_owned(),
    });
    SessionDescription { sdp: lines.collect(), ..description.clone() }
}

#[tokio::test]
async fn every_description_asks_for_encryption_and_names_a_key() {
    let server = TestServer::start().await;
    let (alice, bob) = call_of_two(&server).await;
    let mut streams = 0;
    for event in alice.seen.iter().chain(&bob.seen) {
        let CallEvent::StepDone(step, Artefact::Description(description)) = event else { continue };
        assert!(description.sdp.contains(KEY), "step {}: {}", step.number, description.sdp);
        for line in description.sdp.lines().filter(|line| line.starts_with("m=")) {
            // RFC 5764 for picture and sound, RFC 8841 for the data channels.
            let is_encrypted = line.contains(" UDP/TLS/RTP/SAVPF ") || line.contains(" UDP/DTLS/SCTP ");
            assert!(is_encrypted, "step {}: {line}", step.number);
            streams += 1;
        }
    }
    assert!(streams >= 6, "picture, sound and data, of both: {streams}");
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
#[ignore = "takes half a minute"]
async fn nothing_comes_from_somebody_with_another_key_than_the_description_names() {
    let server = TestServer::start().await;
    let mut alice = Peer::join("alice", &server).await;
    let bob = Peer::start("bob", &server, NativeOptions::default(), Mischief::AnotherKey).await;
    // The handshake stops in the middle, and nothing that she could hear says so: she has patience, and gives up.
    let given_up = async {
        loop {
            match alice.events.next().await.expect("the call says how it ends") {
                CallEvent::Ended(reason) => return reason,
                event => alice.seen.push(event),
            }
        }
    };
    let reason = within(2 * PATIENCE, "alice gives up", given_up).await;
    assert!(matches!(reason, EndReason::Failed(_)), "{reason:?}");
    let Counted { video_frames, audio_frames, .. } = alice.counters.read();
    assert_eq!((video_frames, audio_frames), (0, 0));
    let is_connected = |event: &CallEvent| {
        matches!(event, CallEvent::ChatOpen | CallEvent::ConnectionState(ConnectionState::Connected))
    };
    assert!(!alice.seen.iter().any(is_connected), "{:?}", alice.seen);
    assert!(alice.end().await.is_err());
    assert_eq!(bob.hang_up().await, Ok(()));
}
