//! `a=` lines, by their name.

use super::codec;
use crate::explain::candidate::Candidate;
use crate::text::{Text, text};

/// The note of one `a=` line; `value` is what stands after `a=`.
pub(super) fn note(line: &str, value: &str) -> Option<Text> {
    let (name, value) = value.split_once(':').unwrap_or((value, ""));
    match name {
        "rtpmap" => codec::rtpmap(value),
        "fmtp" => codec::fmtp(value),
        "rtcp-fb" => codec::feedback(value),
        "extmap" => Some(header_extension(value)),
        "candidate" => Candidate::parse(line).map(|candidate| candidate.meaning()),
        _ => about_the_structure(name, value)
            .or_else(|| about_the_path(name, value))
            .or_else(|| about_media(name, value)),
    }
}

/// Which sections there are and how they hang together.
fn about_the_structure(name: &str, value: &str) -> Option<Text> {
    let note = match name {
        "group" if value.starts_with("BUNDLE") => text(
            "The sections with these names share one transport: one path and one encryption for all (RFC 9143).",
            "이 이름의 구간들이 전송로 하나를 같이 쓴다. 경로도 암호화도 하나이다 (RFC 9143).",
        ),
        "group" => text(
            "The sections with these names belong together; LS asks for lip sync (RFC 5888).",
            "이 이름의 구간들은 한 묶음이다. LS는 입술과 소리를 맞추라는 뜻이다 (RFC 5888).",
        ),
        "bundle-only" => text(
            "This section exists only within the bundle and has no port of its own (RFC 9143, section 6).",
            "이 구간은 BUNDLE 안에서만 쓰이며 자기 포트가 없다 (RFC 9143, 6절).",
        ),
        "mid" => text(
            "The name of this section. BUNDLE and the candidates refer to it (RFC 5888, section 4).",
            "이 구간의 이름. BUNDLE과 candidate가 이 이름으로 가리킨다 (RFC 5888, 4절).",
        ),
        "msid-semantic" => text(
            "The msid lines mean WebRTC media streams (WMS). A relic of the drafts of RFC 8830, kept for old clients.",
            "msid 줄이 WebRTC의 MediaStream을 가리킨다(WMS). RFC 8830 초안의 흔적으로 옛 클라이언트를 위해 남아 있다.",
        ),
        "msid" => text(
            "Which MediaStream (first) and which track (second) this section carries; \"-\" is: no stream (RFC 8830, \
             section 2).",
            "이 구간이 나르는 MediaStream(앞)과 트랙(뒤)의 id. \"-\"는 스트림이 없다는 뜻이다 (RFC 8830, 2절).",
        ),
        "sendrecv" => text(
            "This side wants to send and to receive (RFC 8866, section 6.7).",
            "이쪽은 보내고 받기를 모두 원한다 (RFC 8866, 6.7절).",
        ),
        "sendonly" => {
            text("This side wants to send only (RFC 8866, section 6.7).", "이쪽은 보내기만 한다 (RFC 8866, 6.7절).")
        }
        "recvonly" => {
            text("This side wants to receive only (RFC 8866, section 6.7).", "이쪽은 받기만 한다 (RFC 8866, 6.7절).")
        }
        "inactive" => text(
            "Nothing flows in either direction; the section stays for later (RFC 8866, section 6.7).",
            "어느 방향으로도 흐르지 않는다. 나중에 쓰도록 구간만 남긴다 (RFC 8866, 6.7절).",
        ),
        "sctp-port" => text(
            "The port of SCTP inside the DTLS tunnel, not one of the network (RFC 8841, section 5).",
            "DTLS 터널 안에서 쓰는 SCTP의 포트. 네트워크의 포트가 아니다 (RFC 8841, 5절).",
        ),
        "max-message-size" => text(
            "The largest data channel message, in bytes, that this side takes; 0 is: any (RFC 8841, section 6).",
            "이쪽이 받을 수 있는 가장 큰 데이터 채널 메시지의 바이트 수. 0은 제한이 없다는 뜻이다 (RFC 8841, 6절).",
        ),
        "sctpmap" => text(
            "Data channels in the form of an old draft; today it is sctp-port (RFC 8841).",
            "옛 초안의 데이터 채널 표기. 지금은 sctp-port를 쓴다 (RFC 8841).",
        ),
        _ => return None,
    };
    Some(note)
}

/// How the two sides find and trust each other: ICE and DTLS.
fn about_the_path(name: &str, value: &str) -> Option<Text> {
    let note = match name {
        "ice-ufrag" => text(
            "The ICE user name of this negotiation. Connectivity checks carry it, so both sides know what they belong \
             to (RFC 8839, section 5.4).",
            "이 협상의 ICE 사용자 이름. 연결 확인 패킷에 실려 어느 통화의 것인지 알려 준다 (RFC 8839, 5.4절).",
        ),
        "ice-pwd" => text(
            "The secret that connectivity checks are signed with: nobody who has not seen this description can forge \
             them (RFC 8839, section 5.4).",
            "연결 확인 패킷에 서명하는 비밀 값. 이 description을 보지 못한 사람은 위조할 수 없다 (RFC 8839, 5.4절).",
        ),
        "ice-options" if value.split(' ').any(|option| option == "trickle") => text(
            "Candidates may follow one by one after the description (trickle ICE, RFC 8838): that is what steps 11 \
             and 12 are.",
            "candidate를 description 뒤에 하나씩 보내도 된다 (trickle ICE, RFC 8838). 11단계와 12단계가 하는 일이다.",
        ),
        "ice-options" => text(
            "Extensions of ICE that this side knows (RFC 8839, section 5.6).",
            "이쪽이 아는 ICE 확장 기능이다 (RFC 8839, 5.6절).",
        ),
        "ice-lite" => text(
            "This side has a public address, only answers checks and makes none (RFC 8839, section 5.3).",
            "이쪽은 공인 주소를 가진 서버여서 연결 확인에 답만 하고 먼저 보내지 않는다 (RFC 8839, 5.3절).",
        ),
        "end-of-candidates" => {
            text("No more candidates will follow (RFC 8840).", "candidate가 더 오지 않는다 (RFC 8840).")
        }
        "fingerprint" => text(
            "The hash of the certificate that this side will show in the DTLS handshake: so the encryption is tied to \
             this description (RFC 8122, section 5).",
            "이쪽이 DTLS handshake에서 보일 인증서의 해시. 암호화를 이 description에 묶는다 (RFC 8122, 5절).",
        ),
        "setup" => return setup(value),
        "rtcp" => text(
            "Where RTCP would go without rtcp-mux. A placeholder here (RFC 3605).",
            "rtcp-mux가 없을 때 RTCP를 보낼 곳. 여기서는 자리만 채운다 (RFC 3605).",
        ),
        "rtcp-mux" => text(
            "RTP and RTCP, the reports about it, share one port (RFC 5761).",
            "RTP와 그 보고인 RTCP가 포트 하나를 같이 쓴다 (RFC 5761).",
        ),
        "rtcp-mux-only" => text(
            "RTP and RTCP share one port, and nothing else is offered (RFC 8858).",
            "RTP와 RTCP가 포트 하나를 같이 쓰며 다른 방법은 제안하지 않는다 (RFC 8858).",
        ),
        "rtcp-xr" => text(
            "Extended reports that may be sent; rcvr-rtt lets one who only receives measure the round trip (RFC 3611, \
             section 5.1).",
            "보내도 되는 확장 보고. rcvr-rtt는 받기만 하는 쪽도 왕복 시간을 잴 수 있게 한다 (RFC 3611, 5.1절).",
        ),
        "rtcp-rsize" => text(
            "RTCP packets may be short, with the urgent part alone (RFC 5506).",
            "RTCP 패킷에 급한 내용만 짧게 담아도 된다 (RFC 5506).",
        ),
        _ => return None,
    };
    Some(note)
}

/// Who begins the DTLS handshake (RFC 8842, section 5).
fn setup(value: &str) -> Option<Text> {
    let note = match value {
        "actpass" => text(
            "This side can be client or server of the DTLS handshake; the answer decides. Every offer says so (RFC \
             8842, section 5).",
            "이쪽은 DTLS handshake의 클라이언트도 서버도 될 수 있고 answer가 정한다. offer는 언제나 이렇게 말한다 \
             (RFC 8842, 5절).",
        ),
        "active" => text(
            "This side begins the DTLS handshake: it is the client (RFC 8842, section 5).",
            "이쪽이 DTLS handshake를 시작한다. 곧 클라이언트이다 (RFC 8842, 5절).",
        ),
        "passive" => text(
            "This side waits for the DTLS handshake: it is the server (RFC 8842, section 5).",
            "이쪽은 DTLS handshake를 기다린다. 곧 서버이다 (RFC 8842, 5절).",
        ),
        _ => return None,
    };
    Some(note)
}

/// Streams, packets and their times.
fn about_media(name: &str, value: &str) -> Option<Text> {
    let note = match name {
        "extmap-allow-mixed" => text(
            "One stream may mix RTP header extensions with short (one byte) and long (two byte) headers (RFC 8285, \
             section 6).",
            "한 스트림에 짧은(1바이트) 헤더와 긴(2바이트) 헤더의 RTP 헤더 확장을 섞어 써도 된다 (RFC 8285, 6절).",
        ),
        "ptime" => text(
            "How many milliseconds of sound a packet should hold (RFC 8866, section 6.4).",
            "패킷 하나에 담을 소리의 길이를 밀리초로 말한다 (RFC 8866, 6.4절).",
        ),
        "maxptime" => text(
            "How many milliseconds of sound a packet may hold at most (RFC 8866, section 6.5).",
            "패킷 하나에 담을 수 있는 소리의 최대 길이를 밀리초로 말한다 (RFC 8866, 6.5절).",
        ),
        "ssrc" if value.contains(" cname:") => text(
            "The number that marks the packets of one stream, and the name of its sender: streams with the same name \
             are played in sync (RFC 5576, section 6.1).",
            "한 스트림의 패킷에 찍히는 번호와 보내는 쪽의 이름. 이름이 같은 스트림은 맞추어 재생한다 (RFC 5576, \
             6.1절).",
        ),
        "ssrc" => text(
            "The number that marks the packets of one stream, and a property of that stream (RFC 5576, section 4.1).",
            "한 스트림의 패킷에 찍히는 번호와 그 스트림의 속성이다 (RFC 5576, 4.1절).",
        ),
        "ssrc-group" if value.starts_with("FID") => text(
            "The second stream repeats lost packets of the first (FID; RFC 5576, section 4.2).",
            "둘째 스트림이 첫째 스트림의 잃어버린 패킷을 다시 보낸다 (FID, RFC 5576, 4.2절).",
        ),
        "ssrc-group" if value.starts_with("SIM") => text(
            "The same picture in several sizes (simulcast, the older form).",
            "같은 화면을 여러 크기로 보낸다 (simulcast의 옛 표기).",
        ),
        "ssrc-group" => text(
            "Streams that belong together (RFC 5576, section 4.2).",
            "서로 한 묶음인 스트림들이다 (RFC 5576, 4.2절).",
        ),
        "rid" => text(
            "The name of one version of the picture in simulcast, and its direction (RFC 8851).",
            "simulcast에서 한 가지 화질의 이름과 방향이다 (RFC 8851).",
        ),
        "simulcast" => text(
            "The same picture in several qualities at once, by their rid (RFC 8853).",
            "같은 화면을 여러 화질로 동시에 보낸다. rid로 가리킨다 (RFC 8853).",
        ),
        _ => return None,
    };
    Some(note)
}

/// `a=extmap:<id> <URI>`: a piece of data in the header of RTP packets (RFC 8285, section 5).
fn header_extension(value: &str) -> Text {
    let has = |end: &str| value.split(' ').any(|word| word.ends_with(end));
    if has(":ssrc-audio-level") {
        text(
            "Each audio packet says how loud it is, so that a speaker can be found without decoding (RFC 6464).",
            "오디오 패킷마다 소리 크기를 적어 복호하지 않고도 말하는 사람을 찾는다 (RFC 6464).",
        )
    } else if has(":sdes:mid") {
        text(
            "Each packet says to which section (mid) it belongs, since all share one port (RFC 9143).",
            "포트 하나를 같이 쓰므로 패킷마다 어느 구간(mid)의 것인지 적는다 (RFC 9143).",
        )
    } else if has("rtp-stream-id") {
        text(
            "Each packet says to which version of the picture (rid) it belongs (RFC 8852).",
            "패킷마다 어느 화질(rid)의 것인지 적는다 (RFC 8852).",
        )
    } else if has(":toffset") || has("abs-send-time") {
        text(
            "Each packet says when it was really sent, to estimate the bandwidth (toffset: RFC 5450; abs-send-time: \
             Google).",
            "패킷마다 실제로 보낸 시각을 적어 대역폭을 추정하게 한다 (toffset은 RFC 5450, abs-send-time은 Google).",
        )
    } else if has("transport-wide-cc-extensions-01") {
        text(
            "Each packet has a number that counts over all streams; the reports of transport-cc are about it (Google).",
            "모든 스트림에 걸쳐 세는 번호를 패킷마다 적는다. transport-cc 보고가 이 번호를 쓴다 (Google).",
        )
    } else if has(":video-orientation") {
        text(
            "Packets say how the picture is turned, as with a phone held upright (3GPP TS 26.114).",
            "세워 든 전화처럼 화면이 얼마나 돌아갔는지 패킷에 적는다 (3GPP TS 26.114).",
        )
    } else {
        text(
            "Under this number, packets carry a header extension with the meaning of the URI (RFC 8285, section 5).",
            "패킷 헤더에 이 번호로 URI가 뜻하는 확장 정보를 싣는다 (RFC 8285, 5절).",
        )
    }
}
