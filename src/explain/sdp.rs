//! What each line of an offer or an answer means.
//!
//! A description is text: one line for each field, a letter, `=`, a value (SDP, RFC 8866). What WebRTC puts into the
//! lines is ruled by JSEP (RFC 8829, section 5). The notes here name the RFC of each line, for those who want to know
//! more.

/// `a=` lines, by their name.
mod attribute;
/// Codecs: their names, their parameters, and what they can ask for.
mod codec;
#[cfg(test)]
mod tests;

use crate::text::{Text, text};

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Before the first `m=`: it is about all of the call.
    Session,
    /// From an `m=` on: it is about this one section.
    Media,
}

/// One line and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line as it stands, without its end.
    pub text: &'a str,
    /// What it means; `None` when nobody here knows it. Unknown lines are allowed and ignored (RFC 8866, section 5.13).
    pub note: Option<Text>,
    /// Where it stands.
    pub level: Level,
}

/// Every line of a description with a note in plain words. Empty lines are left out.
pub fn annotate(sdp: &str) -> Vec<Line<'_>> {
    let mut level = Level::Session;
    let lines = sdp.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines
        .map(|text| {
            if text.starts_with("m=") {
                level = Level::Media;
            }
            Line { text, note: note(text), level }
        })
        .collect()
}

fn note(line: &str) -> Option<Text> {
    let (letter, value) = line.split_once('=')?;
    let note = match letter {
        "v" => {
            text("The version of SDP, always 0 (RFC 8866, section 5.1).", "SDP의 버전. 언제나 0이다 (RFC 8866, 5.1절).")
        }
        "o" => text(
            "Who made this description: a random session id, and a version that grows with each change. Name and \
             address are placeholders, for privacy (RFC 8829, section 5.2.1).",
            "이 description을 만든 쪽. 무작위 세션 id와, 바뀔 때마다 커지는 버전이다. 이름과 주소는 개인 정보 보호를 \
             위해 자리만 채운다 (RFC 8829, 5.2.1절).",
        ),
        "s" => text(
            "The name of the session. WebRTC gives none and writes \"-\" (RFC 8829, section 5.2.1).",
            "세션의 이름. WebRTC는 이름을 짓지 않고 \"-\"를 쓴다 (RFC 8829, 5.2.1절).",
        ),
        "t" => text(
            "Start and stop time. \"0 0\" is: without limit (RFC 8866, section 5.9).",
            "시작 시각과 끝 시각. \"0 0\"은 제한이 없다는 뜻이다 (RFC 8866, 5.9절).",
        ),
        "c" => text(
            "The address to send to without ICE. WebRTC ignores it: the candidates say where to send, and 0.0.0.0 is \
             a placeholder (RFC 8829, section 5.2.1).",
            "ICE가 없을 때 보낼 주소. 어디로 보낼지는 candidate가 정하므로 WebRTC는 이 주소를 무시한다. 0.0.0.0은 \
             자리만 채운다 (RFC 8829, 5.2.1절).",
        ),
        "b" if value.starts_with("TIAS:") => text(
            "The most bandwidth that may be sent to this side, in bits a second, without packet headers (RFC 3890).",
            "이쪽으로 보내도 되는 최대 대역폭. 패킷 헤더를 뺀 초당 비트 수이다 (RFC 3890).",
        ),
        "b" => text(
            "The most bandwidth that may be sent to this side; AS counts kilobits a second (RFC 8866, section 5.8).",
            "이쪽으로 보내도 되는 최대 대역폭. AS는 초당 킬로비트로 센다 (RFC 8866, 5.8절).",
        ),
        "m" => return media(value),
        "a" => return attribute::note(line, value),
        _ => return None,
    };
    Some(note)
}

/// The first line of a media section: kind, port, protocol, formats (RFC 8866, section 5.14).
fn media(value: &str) -> Option<Text> {
    /// What the port says: every second half of a note.
    macro_rules! with_port {
        ($port:expr, $en:literal, $ko:literal) => {
            if $port == "9" {
                text(
                    concat!($en, "Port 9 (discard) is a placeholder: ICE finds the real one (RFC 8829, section \
                                  5.2.1)."),
                    concat!($ko, " 포트 9(discard)는 자리만 채우고, 실제 포트는 ICE가 찾는다 (RFC 8829, 5.2.1절)."),
                )
            } else {
                text(
                    concat!($en, " The port is that of the default candidate (RFC 8829, section 5.2.2)."),
                    concat!($ko, " 포트는 기본 candidate의 포트이다 (RFC 8829, 5.2.2절)."),
                )
            }
        };
    }
    let mut words = value.split(' ');
    let (kind, port) = (words.next()?, words.next()?);
    let note = match kind {
        "audio" | "video" | "application" if port == "0" => text(
            "Port 0: this section is refused or switched off and carries nothing (RFC 3264, section 6). Only with \
             a=bundle-only it is alive.",
            "포트 0: 이 구간은 거절되었거나 꺼져서 아무것도 나르지 않는다 (RFC 3264, 6절). a=bundle-only가 있을 때만 \
             살아 있다.",
        ),
        "audio" => with_port!(
            port,
            "A section for sound. The numbers at the end are payload types, the favourite first.",
            "소리를 위한 구간. 끝의 숫자는 payload type이며 선호하는 것이 먼저 온다."
        ),
        "video" => with_port!(
            port,
            "A section for picture. The numbers at the end are payload types, the favourite first.",
            "영상을 위한 구간. 끝의 숫자는 payload type이며 선호하는 것이 먼저 온다."
        ),
        "application" => with_port!(
            port,
            "A section for data channels: SCTP inside DTLS (RFC 8841). One section carries all channels.",
            "데이터 채널을 위한 구간. DTLS 안의 SCTP를 쓴다 (RFC 8841). 한 구간이 모든 채널을 나른다."
        ),
        _ => return None,
    };
    Some(note)
}
