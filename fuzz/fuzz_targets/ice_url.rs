//! The URLs of STUN and TURN servers, as `--ice-server` takes them, and the name by which a client has called our server.
//!
//! The input is such a text. A server that is read has one URL, which says the same as the text, and can be written from its
//! parts; its password is not printed. A URL that is made of a name of ours can be read, and leads to that name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::IceServer;
use shared::ice_server::{IceUrl, Transport};
use study_zoom_fuzz::server::told;
use study_zoom_fuzz::shown::harmless;

fuzz_target!(|text: &str| {
    match text.parse::<IceServer>() {
        Ok(server) => is_whole(text, &server),
        Err(error) => harmless(error),
    }
    for server in told(text) {
        let read = server.urls[0].parse::<IceUrl>().expect("a client is told what it can read");
        assert_eq!((read.port, read.is_turn), (3478, server.is_turn()));
        assert_eq!(server.is_turn(), !server.credential.is_empty());
        harmless(&server.urls[0]);
    }
});

fn is_whole(text: &str, server: &IceServer) {
    let [url] = &*server.urls else { panic!("{server:?}") };
    let read: IceUrl = url.parse().expect("it was read");
    assert_eq!(read.is_turn, server.is_turn());
    assert!(read.port > 0 && !read.host.is_empty());
    harmless(url);

    let (scheme, place) = url.split_once(':').expect("it has a scheme");
    let with_password = match &*server.username {
        "" if server.credential.is_empty() && !text.contains('@') => url.clone(),
        name => format!("{scheme}:{name}:{}@{place}", server.credential),
    };
    assert_eq!(with_password, text, "no part is lost");

    let host = if read.host.contains(':') { format!("[{}]", read.host) } else { read.host.clone() };
    let written = match (read.is_turn, read.transport) {
        (false, Transport::Tls) => format!("stuns:{host}:{}", read.port),
        (false, _) => format!("stun:{host}:{}", read.port),
        (true, Transport::Udp) => format!("turn:{host}:{}?transport=udp", read.port),
        (true, Transport::Tcp) => format!("turn:{host}:{}?transport=tcp", read.port),
        (true, Transport::Tls) => format!("turns:{host}:{}", read.port),
    };
    assert_eq!(written.parse::<IceUrl>(), Ok(read), "{written}");

    let shown = format!("{server:?}");
    let elsewhere = format!("{url} as {}", server.username);
    assert!(elsewhere.contains(&server.credential) || !shown.contains(&server.credential), "{shown}");
}
