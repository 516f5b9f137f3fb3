//! Scenario: a record is passed on by somebody who shows neither the room nor addresses. No original is left anywhere, the
//! same address keeps the same stand-in, and the record still opens and still tells the same story.

use std::net::IpAddr;

use proptest::prelude::*;
use shared::{IceCandidate, Role, SessionDescription, Step};

use super::saved::{any_event, head, text as text_of};
use super::{Artefact, CallEvent};
use crate::call::EndReason;
use crate::call::engine::CandidatePair;
use crate::explain::candidate::Candidate;
use crate::explain::record::line::read;
use crate::explain::record::{Head, Mask, Moment, Record, RecordEvent, Sample, SavedCall, masked_line};

/// The same record without the name of the room and without addresses, as it is after it was written and read.
fn masked(call: SavedCall) -> SavedCall {
    let mut mask = Mask::new(call.head.room.as_deref().unwrap_or_default());
    let moments = call.moments.iter().map(|moment| {
        let read = read(&masked_line(moment, &mut mask)).expect("what is written can be read");
        read.expect("this version knows its own events")
    });
    let moments = moments.collect();
    SavedCall { head: mask.head(call.head), moments, ..call }
}

/// A call over this address, from this room.
fn call(room: &str, address: &str, related: &str) -> SavedCall {
    let line = format!(
        "candidate:2790163 1 udp 1677729535 {address} 46154 typ srflx raddr {related} rport 5000 generation 0 ufrag EsAwx network-cost 999"
    );
    let version = if address.contains(':') { "IP6" } else { "IP4" };
    let sdp = format!(
        "v=0\r\no=mina 4611731400430051336 2 IN {version} {address}\r\ns=-\r\nt=0 0\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN {version} {address}\r\na=rtcp:9 IN {version} {related}\r\n\
         a={line}\r\na=remote-candidates:1 {address} 46154\r\na=ice-ufrag:EsAwx\r\na=ice-pwd:P4ssw0rdOfThisCallOnly\r\n\
         a=fingerprint:sha-256 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89\r\n\
         a=extmap:14 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\na=rtpmap:111 opus/48000/2\r\n"
    );
    let candidate = IceCandidate {
        candidate: line,
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("EsAwx".to_owned()),
    };
    let path =
        CandidatePair { local: format!("udp srflx {address}:46154"), remote: format!("udp host {related}:5000") };
    let lost = format!("no answer from http://{address}:3000, wss://mina-laptop:3000/x or turn:relay.mina.org:3478");
    let failed = format!("the room \"{room}\" was not entered: two are in {room}. ({related}).");
    let events: Vec<RecordEvent> = vec![
        CallEvent::StepDone(Step::number(0), Artefact::Text("Mina's AirPods".to_owned())).into(),
        CallEvent::InRoom(Role::A).into(),
        CallEvent::StepDone(Step::number(3), Artefact::Description(SessionDescription::offer(sdp))).into(),
        CallEvent::LocalCandidate(Some(candidate.clone())).into(),
        CallEvent::RemoteCandidate(Some(candidate)).into(),
        CallEvent::StepDone(Step::number(13), Artefact::Path(Some(path.clone()))).into(),
        RecordEvent::Statistics(Sample { path: Some(path), ..Sample::default() }),
        CallEvent::SignalingLost(lost).into(),
        CallEvent::Ended(EndReason::Failed(failed)).into(),
    ];
    let moments = events.into_iter().enumerate();
    let moments = moments.map(|(at, event)| Moment { at: at as u32, side: None, event }).collect();
    SavedCall { head: Head::new("2026-01-31T09:30:00.000Z", room), moments, unknown: 0, cut: false }
}

/// Addresses that say something about somebody; the ranges of the stand-ins are nobody's.
fn any_address() -> impl Strategy<Value = String> {
    let reserved = |address: &IpAddr| {
        let text = address.to_string();
        let nobodys = ["192.0.2.", "198.18.", "2001:db8:"].iter().any(|range| text.starts_with(range));
        nobodys || address.is_loopback() || address.is_unspecified()
    };
    let ip = prop_oneof![any::<[u8; 4]>().prop_map(IpAddr::from), any::<[u8; 16]>().prop_map(IpAddr::from)];
    let ip = ip.prop_filter("an address of somebody", move |address| !reserved(address));
    prop_oneof![
        3 => ip.prop_map(|address| address.to_string()),
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}".prop_map(|name| format!("{name}.local")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_was_hidden_is_left(
        room in "[a-z가-힣]{1,3}방 [A-Zx\"\\\\]{1,8}", address in any_address(), related in any_address(),
    ) {
        let call = call(&room, &address, &related);
        let text = text_of(&masked(call.clone()));
        let escaped = room.escape_debug().to_string();
        for original in [&*room, &escaped, &room.to_lowercase(), &address, &related, "mina", "Mina", "EsAwx", "P4ssw0rd", "AB:CD", "2790163"] {
            prop_assert!(!text.contains(original), "{} is left in {}", original, text);
        }
        let masked = SavedCall::open(&text).unwrap();
        prop_assert!(masked.head.masked && masked.head.room.is_none());
        // It tells the same story, and its candidates are candidates.
        let (mut before, mut after) = (Record::new(), Record::new());
        for (record, saved) in [(&mut before, &call), (&mut after, &masked)] {
            for moment in &saved.moments {
                let RecordEvent::Call(event) = &moment.event else { continue };
                record.note(moment.at, event);
            }
        }
        prop_assert_eq!(before.entries().len(), after.entries().len());
        let line = |record: &Record, index: usize| record.candidates()[index].candidate.clone().unwrap().candidate;
        let (line_before, ours, theirs) = (line(&before, 0), line(&after, 0), line(&after, 1));
        prop_assert_eq!(&ours, &theirs, "the same address, the same stand-in");
        let (before_parts, parts) = (Candidate::parse(&line_before).unwrap(), Candidate::parse(&ours).unwrap());
        prop_assert_eq!((parts.kind, parts.priority, parts.port), (before_parts.kind, before_parts.priority, before_parts.port));
        prop_assert_eq!(parts.is_mdns(), before_parts.is_mdns());
        let sdp = &after.offer().unwrap().sdp;
        let version = if address.contains(':') { "IP6" } else { "IP4" };
        let connection = format!("c=IN {version} {}\r\n", parts.address);
        prop_assert!(sdp.contains(&ours) && sdp.contains(&connection), "{}", sdp);
        prop_assert!(sdp.contains("/abs-send-time") && sdp.contains("a=rtpmap:111 opus/48000/2"));
        let path = after.path().unwrap();
        prop_assert!(path.local.ends_with(&format!(" {}:{}", parts.address, parts.port)), "{}", path);
    }

    #[test]
    fn a_masked_record_opens_and_two_addresses_stay_two(events in prop::collection::vec(any_event(), 0..20), addresses in prop::collection::btree_set(any::<[u8; 4]>(), 0..300)) {
        let mut moments: Vec<_> = events.into_iter().map(|event| Moment { at: 1, side: None, event }).collect();
        let said = addresses.iter().map(|address| format!("<{}>", IpAddr::from(*address)));
        moments.push(Moment { at: 1, side: None, event: CallEvent::SignalingLost(said.collect()).into() });
        let masked = masked(SavedCall { head: head(), moments, unknown: 0, cut: false });
        let opened = SavedCall::open(&text_of(&masked)).unwrap();
        prop_assert_eq!(&opened, &masked);
        let RecordEvent::Call(CallEvent::SignalingLost(said)) = &opened.moments.last().unwrap().event else { panic!() };
        let stand_ins: std::collections::BTreeSet<_> = said.split('<').collect();
        prop_assert!(stand_ins.len() >= addresses.len(), "{} of {}", stand_ins.len(), addresses.len());
    }

    #[test]
    fn any_text_can_be_masked(sdp in any::<String>(), candidate in any::<String>(), room in any::<String>()) {
        let candidate = IceCandidate { candidate, ..IceCandidate::default() };
        let events = [
            CallEvent::LocalCandidate(Some(candidate)),
            CallEvent::StepDone(Step::number(6), Artefact::Description(SessionDescription::offer(sdp))),
        ];
        let moments = events.map(|event| Moment { at: 1, side: None, event: event.into() }).into();
        let saved = SavedCall { head: Head::new("", room), moments, unknown: 0, cut: false };
        SavedCall::open(&text_of(&masked(saved))).unwrap();
    }
}

#[test]
fn what_is_the_same_on_every_machine_stays() {
    let text = text_of(&masked(call("demo", "127.0.0.1", "0.0.0.0")));
    assert!(text.contains("udp 1677729535 127.0.0.1 46154 typ srflx raddr 0.0.0.0"), "{text}");
    assert!(text.contains("c=IN IP4 127.0.0.1"), "{text}");
}

#[test]
fn addresses_are_found_however_a_message_writes_them() {
    let said = "10.1.2.3. 10.1.2.3:80, (fe80::1:80) [fe80::2]:80 fe80::3: timed out; ::ffff:10.1.2.3 a-b.local:9 \
                host fe80::4 host fe80::5:80 \
                http://box.mina.org:80/x ip=10.1.2.3 turns:10.1.2.3:5349 localhost:3000 12:30:59 1.2 ROOMS in Room";
    let moments = vec![Moment { at: 1, side: None, event: CallEvent::SignalingLost(said.to_owned()).into() }];
    let saved = masked(SavedCall { head: Head::new("", "room"), moments, unknown: 0, cut: false });
    let RecordEvent::Call(CallEvent::SignalingLost(said)) = &saved.moments[0].event else { panic!() };
    assert_eq!(
        said,
        "192.0.2.1. 192.0.2.1:80, (2001:db8::1) [2001:db8::2]:80 2001:db8::3: timed out; 2001:db8::4 host-1.local:9 \
         host 2001:db8::5 host 2001:db8::6:80 \
         http://server-1.example:80/x ip=192.0.2.1 turns:192.0.2.1:5349 localhost:3000 12:30:59 1.2 ▒▒▒S in ▒▒▒"
    );
}
