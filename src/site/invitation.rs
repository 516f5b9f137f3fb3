//! `GET /invitation.svg?scheme=https&room=demo`: the link to a room as a QR code, for the camera of a phone.
//!
//! The link leads to where the page came from: the host is that of the request, and the scheme is the one that the page knows
//! (a proxy can stand in between). A page from this very machine (`localhost`) is the exception: a phone that opens the link would
//! look for the server on itself, so the link leads to the address of this machine in its network, if the server has one.

use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};

/// The longest room in a link, in bytes: 64 characters, each of them four bytes of `%E2`.
const MOST_ROOM: usize = 64 * 4 * 3;
/// The longest name of a host, with a port (RFC 1035, section 2.3.4).
const MOST_HOST: usize = 255 + 6;

/// The link to a room, or what is wrong with the question.
///
/// # Errors
/// A status and a text that says what was expected.
pub(super) fn link(
    headers: &HeaderMap,
    query: Option<&str>,
    elsewhere: Option<&str>,
) -> Result<String, (StatusCode, &'static str)> {
    let wrong =
        (StatusCode::BAD_REQUEST, "expected: /invitation.svg?scheme=https&room=demo, the room percent-encoded\n");
    let (scheme, room) = query
        .and_then(|query| query.strip_prefix("scheme=")?.split_once("&room="))
        .filter(|(scheme, room)| matches!(*scheme, "http" | "https") && is_encoded(room))
        .ok_or(wrong)?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let host = host.ok_or((StatusCode::BAD_REQUEST, "the request has no usable Host header\n"))?;
    Ok(match elsewhere {
        Some(elsewhere) if is_local(host) => format!("{elsewhere}/?room={room}"),
        _ => format!("{scheme}://{host}/?room={room}"),
    })
}

/// What JavaScript's `encodeURIComponent` lets through.
fn is_encoded(room: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()%".contains(&byte);
    (1..=MOST_ROOM).contains(&room.len()) && room.bytes().all(is_plain)
}

fn is_host(host: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:[]".contains(&byte);
    (1..=MOST_HOST).contains(&host.len()) && host.bytes().all(is_plain)
}

/// The host means this very machine, wherever the link is opened.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") || name == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAN: Option<&str> = Some("https://192.168.0.7:3000");

    fn asked(host: &str, query: &str, elsewhere: Option<&str>) -> Result<String, StatusCode> {
        let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
        link(&headers, Some(query), elsewhere).map_err(|(status, _)| status)
    }

    #[test]
    fn the_link_leads_to_where_the_page_came_from() {
        let of = |host, query, elsewhere| asked(host, query, elsewhere).unwrap();
        assert_eq!(of("call.example", "scheme=https&room=demo", None), "https://call.example/?room=demo");
        assert_eq!(of("192.168.0.9:80", "scheme=http&room=%ED%95%9C", LAN), "http://192.168.0.9:80/?room=%ED%95%9C");
    }

    #[test]
    fn a_page_of_this_machine_gets_the_address_in_the_network_if_there_is_one() {
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "a.localhost", "[::1]"] {
            assert_eq!(asked(host, "scheme=http&room=a", LAN).unwrap(), "https://192.168.0.7:3000/?room=a", "{host}");
            assert_eq!(asked(host, "scheme=http&room=a", None).unwrap(), format!("http://{host}/?room=a"));
        }
        assert_eq!(asked("localhost.example", "scheme=http&room=a", LAN).unwrap(), "http://localhost.example/?room=a");
    }

    #[test]
    fn nonsense_is_refused() {
        let long = format!("scheme=http&room={}", "a".repeat(MOST_ROOM + 1));
        for query in [
            "",
            "room=demo",
            "scheme=ftp&room=demo",
            "scheme=http&room=",
            "scheme=http&room=a b",
            "scheme=http&room=a&b",
            &long,
        ] {
            assert_eq!(asked("localhost", query, None), Err(StatusCode::BAD_REQUEST), "{query}");
        }
        for host in ["a/b", "a@b", &"a".repeat(MOST_HOST + 1)] {
            assert_eq!(asked(host, "scheme=http&room=demo", None), Err(StatusCode::BAD_REQUEST), "{host}");
        }
        assert!(
            link(&HeaderMap::new(), Some("scheme=http&room=demo"), None).is_err(),
            "without a host there is no link"
        );
        assert!(link(&HeaderMap::new(), None, None).is_err());
    }
}
