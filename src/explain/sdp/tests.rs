//! Scenario: descriptions as browsers write them, rare lines, and nonsense. Every line that means something is explained
//! in two languages, and no text makes the parser panic.

use proptest::prelude::*;

use super::*;
use crate::explain::candidate::Candidate;

/// An offer as Chromium makes it for a call with sound, picture and a data channel, in the state after gathering.
const OFFER: &str = "v=0\r
o=- 6105894733870217023 2 IN IP4 127.0.0.1\r
s=-\r
t=0 0\r
a=group:BUNDLE 0 1 2\r
a=extmap-allow-mixed\r
a=msid-semantic: WMS 8e6c1d5f-3a2b-4c1d-9e8f-7a6b5c4d3e2f\r
m=audio 50000 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r
c=IN IP4 203.0.113.7\r
a=rtcp:9 IN IP4 0.0.0.0\r
a=candidate:1467250027 1 udp 2122260223 f7b1a6d2-5d2e-4c0e-9b5a-1d6a0c2f3e4b.local 50000 typ host generation 0\r
a=candidate:842163049 1 udp 1677729535 203.0.113.7 50000 typ srflx raddr 0.0.0.0 rport 0 generation 0\r
a=candidate:435653019 1 tcp 1518280447 192.168.0.5 9 typ host tcptype active generation 0\r
a=end-of-candidates\r
a=ice-ufrag:EsAw\r
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r
a=ice-options:trickle\r
a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:70:03:E7:43:91:73:23:5E\r
a=setup:actpass\r
a=mid:0\r
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r
a=sendrecv\r
a=msid:8e6c1d5f-3a2b-4c1d-9e8f-7a6b5c4d3e2f 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0\r
a=rtcp-mux\r
a=rtcp-rsize\r
a=rtpmap:111 opus/48000/2\r
a=rtcp-fb:111 transport-cc\r
a=fmtp:111 minptime=10;useinbandfec=1\r
a=rtpmap:63 red/48000/2\r
a=fmtp:63 111/111\r
a=rtpmap:9 G722/8000\r
a=rtpmap:0 PCMU/8000\r
a=rtpmap:8 PCMA/8000\r
a=rtpmap:13 CN/8000\r
a=rtpmap:110 telephone-event/48000\r
a=rtpmap:126 telephone-event/8000\r
a=ptime:20\r
a=ssrc:1432954021 cname:Zt1uzT5ZzlpM/4EP\r
a=ssrc:1432954021 msid:8e6c1d5f-3a2b-4c1d-9e8f-7a6b5c4d3e2f 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0\r
m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 45 98 100 116 117 118 49\r
c=IN IP4 0.0.0.0\r
b=AS:2000\r
b=TIAS:2000000\r
a=rtcp:9 IN IP4 0.0.0.0\r
a=ice-ufrag:EsAw\r
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r
a=ice-options:trickle renomination\r
a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:70:03:E7:43:91:73:23:5E\r
a=setup:actpass\r
a=mid:1\r
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r
a=extmap:13 urn:3gpp:video-orientation\r
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r
a=sendrecv\r
a=msid:- 1a2b3c4d-5e6f-4071-8293-a4b5c6d7e8f9\r
a=rtcp-mux\r
a=rtcp-rsize\r
a=rtcp-xr:rcvr-rtt=all\r
a=rtpmap:96 VP8/90000\r
a=rtcp-fb:96 goog-remb\r
a=rtcp-fb:96 transport-cc\r
a=rtcp-fb:96 ccm fir\r
a=rtcp-fb:96 nack\r
a=rtcp-fb:96 nack pli\r
a=rtpmap:97 rtx/90000\r
a=fmtp:97 apt=96\r
a=rtpmap:103 H264/90000\r
a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\r
a=rtpmap:45 AV1/90000\r
a=fmtp:45 level-idx=5;profile=0;tier=0\r
a=rtpmap:98 VP9/90000\r
a=fmtp:98 profile-id=0\r
a=rtpmap:100 H265/90000\r
a=rtpmap:116 red/90000\r
a=rtpmap:118 ulpfec/90000\r
a=rtpmap:49 flexfec-03/90000\r
a=fmtp:49 repair-window=10000000\r
a=rid:hi send\r
a=simulcast:send hi\r
a=ssrc-group:FID 2231627014 632943048\r
a=ssrc:2231627014 cname:Zt1uzT5ZzlpM/4EP\r
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r
c=IN IP4 0.0.0.0\r
a=ice-ufrag:EsAw\r
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r
a=ice-options:trickle\r
a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:70:03:E7:43:91:73:23:5E\r
a=setup:actpass\r
a=mid:2\r
a=sctp-port:5000\r
a=max-message-size:262144\r
";

fn note_of(line: &str) -> Text {
    annotate(line)[0].note.unwrap_or_else(|| panic!("{line} has no note"))
}

#[test]
fn every_line_of_a_browsers_offer_has_a_note_in_both_languages() {
    let lines = annotate(OFFER);
    assert_eq!(lines.len(), OFFER.lines().count());
    for Line { text, note, .. } in lines {
        let note = note.unwrap_or_else(|| panic!("{text} has no note"));
        assert!(note.en.ends_with('.'), "{text}: {}", note.en);
        assert!(note.ko.ends_with('.') && note.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{text}: {}", note.ko);
        assert!(note.ko.ends_with("다.") || note.ko.ends_with(")."), "{text}: {}", note.ko);
        assert!(!note.en.contains("  ") && !note.ko.contains("  "), "{text}: {}", note.en);
    }
}

#[test]
fn the_lines_that_a_browser_writes_less_often_have_notes_too() {
    for line in [
        "a=ice-lite",
        "a=bundle-only",
        "a=sendonly",
        "a=recvonly",
        "a=inactive",
        "a=setup:active",
        "a=setup:passive",
        "a=group:LS 0 1",
        "a=ssrc-group:SIM 1 2 3",
        "a=maxptime:60",
        "a=rtcp-mux-only",
        "a=sctpmap:5000 webrtc-datachannel 1024",
        "a=rtpmap:120 future/90000",
        "a=rtcp-fb:* ack rpsi",
    ] {
        let note = note_of(line);
        assert!(!note.en.is_empty() && !note.ko.is_empty(), "{line}");
    }
}

#[test]
fn a_line_is_about_the_session_until_the_first_section_begins() {
    let lines = annotate(OFFER);
    let first_media = lines.iter().position(|line| line.level == Level::Media).unwrap();
    assert!(lines[first_media].text.starts_with("m=audio"));
    assert!(lines[first_media..].iter().all(|line| line.level == Level::Media));
}

#[test]
fn the_port_of_a_section_is_explained() {
    assert!(note_of("m=video 9 UDP/TLS/RTP/SAVPF 96").en.contains("placeholder"));
    assert!(note_of("m=audio 50000 UDP/TLS/RTP/SAVPF 111").en.contains("default candidate"));
    assert!(note_of("m=application 0 UDP/DTLS/SCTP webrtc-datachannel").en.contains("refused"));
}

#[test]
fn a_value_changes_the_note_where_it_changes_the_meaning() {
    for (one, other) in [
        ("a=setup:active", "a=setup:passive"),
        ("a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"),
        ("a=rtpmap:96 VP8/90000", "a=rtpmap:98 VP9/90000"),
        ("a=fmtp:97 apt=96", "a=fmtp:111 minptime=10;useinbandfec=1"),
        ("a=ssrc:1 cname:x", "a=ssrc:1 msid:x y"),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 9 UDP/TLS/RTP/SAVPF 96"),
        ("b=AS:64", "b=TIAS:64000"),
    ] {
        assert_ne!(note_of(one), note_of(other), "{one} and {other}");
    }
    assert_eq!(note_of("a=rtpmap:96 vp8/90000"), note_of("a=rtpmap:96 VP8/90000"), "codec names have no case");
}

#[test]
fn a_candidate_in_a_description_means_what_it_means_alone() {
    let line = "a=candidate:1 1 udp 1 127.0.0.1 5000 typ host";
    assert_eq!(note_of(line), Candidate::parse(line).unwrap().meaning());
}

#[test]
fn what_nobody_knows_has_no_note() {
    for line in
        ["a=x-something:1", "z=0 0", "hello", "=", "m=", "m=image 9 x", "a=", "a=setup:holdconn", "a=candidate:1"]
    {
        assert_eq!(annotate(line)[0].note, None, "{line}");
    }
    assert_eq!(annotate(""), []);
    assert_eq!(annotate("\r\n\r\n"), []);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_no_line_is_lost(
        sdp in "([vostcmba]=)?(rtpmap|fmtp|extmap|ssrc)?:?[ -~가μ\r\n]{0,60}",
        any in any::<String>(),
    ) {
        for sdp in [sdp, any] {
            let kept = annotate(&sdp);
            prop_assert_eq!(kept.len(), sdp.lines().filter(|line| !line.trim_end().is_empty()).count());
        }
    }
}
