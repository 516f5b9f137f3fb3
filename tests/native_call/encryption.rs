//! Who can read the media: the two whose keys are named in the descriptions, and nobody else.

use study_zoom::call::Artefact;

use super::*;

/// How a description names the key of its author: by the SHA-256 of a certificate (RFC 8122, section 5).
const KEY: &str = "a=fingerprint:sha-256 ";

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
