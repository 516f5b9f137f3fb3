//! A candidate line of somebody else.
//!
//! The input is the line. What is read is written as a line that is read as the same again, with and without `a=`; it has a
//! meaning in both languages, and the same one as in a description.
#![no_main]

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::explain::candidate::{Candidate, Protocol, TcpType};
use study_zoom_fuzz::explain::sdp::annotate;

fuzz_target!(|line: &str| {
    let Some(candidate) = Candidate::parse(line) else { return };
    let written = written(&candidate);
    assert_eq!(Candidate::parse(&written), Some(candidate), "{written}");
    let in_description = format!("a={written}\r\n");
    assert_eq!(Candidate::parse(&in_description), Some(candidate));
    assert_eq!(annotate(&in_description)[0].note, Some(candidate.meaning()));

    let meanings = [Some(candidate.meaning()), candidate.tcp_meaning()];
    assert!(meanings.iter().flatten().all(|meaning| !meaning.en.is_empty() && !meaning.ko.is_empty()));
    assert_eq!(candidate.tcp_meaning().is_some(), candidate.protocol == Protocol::Tcp);
});

/// RFC 8839, section 5.1.
fn written(candidate: &Candidate<'_>) -> String {
    let Candidate { foundation, component, priority, address, port, .. } = candidate;
    let (protocol, kind) = (candidate.protocol.as_str(), candidate.kind.as_str());
    let mut line = format!("candidate:{foundation} {component} {protocol} {priority} {address} {port} typ {kind}");
    if let Some((address, port)) = candidate.related {
        line += &format!(" raddr {address} rport {port}");
    }
    let tcp_type = match candidate.tcp_type {
        None => return line,
        Some(TcpType::Active) => "active",
        Some(TcpType::Passive) => "passive",
        Some(TcpType::So) => "so",
    };
    line + " tcptype " + tcp_type
}
