//! Codecs: their names, their parameters, and what they can ask for.

use crate::text::{Text, text};

/// `a=rtpmap:<payload type> <encoding>/<clock rate>[/<channels>]` (RFC 8866, section 6.6).
pub(super) fn rtpmap(value: &str) -> Option<Text> {
    let (_, encoding) = value.split_once(' ')?;
    let name = encoding.split('/').next()?;
    let is = |codec: &str| name.eq_ignore_ascii_case(codec);
    let note = if is("opus") {
        text(
            "This number means Opus, the audio codec that every WebRTC client has: 48 kHz, always written with 2 \
             channels (RFC 7587).",
            "이 번호는 Opus이다. 모든 WebRTC 클라이언트가 갖춘 오디오 코덱으로 48 kHz이며 언제나 2채널로 적는다 (RFC \
             7587).",
        )
    } else if is("VP8") {
        text(
            "This number means VP8, a video codec that every WebRTC client has (RFC 7741, RFC 7742).",
            "이 번호는 VP8이다. 모든 WebRTC 클라이언트가 갖춘 비디오 코덱이다 (RFC 7741, RFC 7742).",
        )
    } else if is("VP9") {
        text(
            "This number means VP9: better compression than VP8, and layers (RFC 9628).",
            "이 번호는 VP9이다. VP8보다 잘 압축하고 계층 부호화를 할 수 있다 (RFC 9628).",
        )
    } else if is("H264") {
        text(
            "This number means H.264, a video codec that every WebRTC client has, often in hardware (RFC 6184, RFC \
             7742).",
            "이 번호는 H.264이다. 모든 WebRTC 클라이언트가 갖춘 비디오 코덱이며 하드웨어로 처리하는 때가 많다 (RFC \
             6184, RFC 7742).",
        )
    } else if is("AV1") {
        text(
            "This number means AV1, the newest video codec here: best compression, most work (RTP payload format of \
             the Alliance for Open Media).",
            "이 번호는 AV1이다. 여기서 가장 새로운 비디오 코덱으로 가장 잘 압축하지만 계산이 많다 (Alliance for Open \
             Media의 RTP 페이로드 형식).",
        )
    } else if is("H265") {
        text(
            "This number means H.265 (HEVC); browsers have it only where the hardware does (RFC 7798).",
            "이 번호는 H.265(HEVC)이다. 브라우저는 하드웨어가 지원할 때만 쓴다 (RFC 7798).",
        )
    } else if is("rtx") {
        text(
            "This number marks packets that are sent again after a loss; fmtp says for which codec (RFC 4588).",
            "이 번호는 잃어버려 다시 보내는 패킷을 나타낸다. 어느 코덱의 것인지는 fmtp에 있다 (RFC 4588).",
        )
    } else if is("red") {
        text(
            "This number means redundancy: a packet carries older data once more, so a single loss is not heard or \
             seen (RFC 2198).",
            "이 번호는 중복 전송이다. 패킷이 지난 데이터를 한 번 더 실어 하나쯤 잃어도 티가 나지 않는다 (RFC 2198).",
        )
    } else if is("ulpfec") {
        text(
            "This number means forward error correction: extra packets from which a lost one is computed (RFC 5109).",
            "이 번호는 순방향 오류 정정이다. 잃어버린 패킷을 계산해 낼 여분의 패킷을 보낸다 (RFC 5109).",
        )
    } else if name.len() >= 7 && name.as_bytes()[..7].eq_ignore_ascii_case(b"flexfec") {
        text(
            "This number means flexible forward error correction: extra packets in a stream of their own (RFC 8627).",
            "이 번호는 유연한 순방향 오류 정정이다. 여분의 패킷을 별도의 스트림으로 보낸다 (RFC 8627).",
        )
    } else if is("G722") {
        text(
            "This number means G.722, wideband telephony. It samples at 16 kHz; the 8000 is an old mistake that \
             everyone keeps (RFC 3551, section 4.5.2).",
            "이 번호는 광대역 전화 코덱 G.722이다. 실제 표본화율은 16 kHz이고 8000은 모두가 지키는 옛 실수이다 (RFC \
             3551, 4.5.2절).",
        )
    } else if is("PCMU") || is("PCMA") {
        text(
            "This number means G.711, the codec of the telephone, as μ-law (PCMU) or A-law (PCMA): 64 kbit/s, every \
             client has it (RFC 3551, section 4.5.14).",
            "이 번호는 전화의 코덱 G.711이다. μ-law(PCMU) 또는 A-law(PCMA)이며 64 kbit/s이고 모든 클라이언트에 있다 \
             (RFC 3551, 4.5.14절).",
        )
    } else if is("CN") {
        text(
            "This number means comfort noise: in silence only the loudness of the background is sent (RFC 3389).",
            "이 번호는 comfort noise이다. 조용할 때는 배경 소음의 크기만 보낸다 (RFC 3389).",
        )
    } else if is("telephone-event") {
        text(
            "This number means the tones of telephone keys (DTMF), sent as events (RFC 4733).",
            "이 번호는 전화 버튼 음(DTMF)이다. 소리 대신 이벤트로 보낸다 (RFC 4733).",
        )
    } else {
        text(
            "This number (payload type) stands for this codec and clock rate (RFC 8866, section 6.6).",
            "이 번호(payload type)는 이 코덱과 클록 속도를 뜻한다 (RFC 8866, 6.6절).",
        )
    };
    Some(note)
}

/// `a=fmtp:<payload type> <parameters>` (RFC 8866, section 6.15). The parameters tell which codec it is.
pub(super) fn fmtp(value: &str) -> Option<Text> {
    let (_, parameters) = value.split_once(' ')?;
    let has = |name: &str| parameters.split(';').any(|parameter| parameter.trim_start().starts_with(name));
    let note = if has("apt=") {
        text(
            "These repeated packets belong to the codec with the number after apt (RFC 4588, section 8.1).",
            "apt 뒤의 번호가 다시 보내는 패킷이 어느 코덱의 것인지를 말한다 (RFC 4588, 8.1절).",
        )
    } else if has("minptime=") || has("useinbandfec=") || has("stereo=") {
        text(
            "Settings of Opus: the shortest packet, and that it may carry a spare copy of the packet before \
             (useinbandfec; RFC 7587, section 6.1).",
            "Opus의 설정. 가장 짧은 패킷 길이와, 앞 패킷의 사본을 실어도 되는지(useinbandfec)를 말한다 (RFC 7587, \
             6.1절).",
        )
    } else if has("profile-level-id=") || has("packetization-mode=") {
        text(
            "Settings of H.264: profile and level as six hex digits, and how a picture is cut into packets (RFC 6184, \
             section 8.1).",
            "H.264의 설정. 프로파일과 레벨을 16진수 여섯 자리로, 그리고 화면을 패킷으로 나누는 방법을 말한다 (RFC \
             6184, 8.1절).",
        )
    } else if has("profile-id=") || has("level-idx=") || has("tier") {
        text(
            "The profile of the video codec: colours and bit depth that the receiver can decode.",
            "비디오 코덱의 프로파일. 받는 쪽이 복호할 수 있는 색 형식과 비트 깊이를 말한다.",
        )
    } else if has("repair-window=") {
        text(
            "How long, in microseconds, error correction may look back (RFC 8627).",
            "오류 정정이 되돌아볼 수 있는 시간을 마이크로초로 말한다 (RFC 8627).",
        )
    } else if parameters.contains('/') {
        text(
            "Redundancy carries these payload types, the newest data first (RFC 2198).",
            "중복 전송이 싣는 payload type들이다. 새 데이터의 것이 먼저 온다 (RFC 2198).",
        )
    } else {
        text(
            "Settings of the codec with this number (RFC 8866, section 6.15).",
            "이 번호를 가진 코덱의 설정이다 (RFC 8866, 6.15절).",
        )
    };
    Some(note)
}

/// `a=rtcp-fb:<payload type> <what>`: what a receiver can ask for while media flows (RFC 4585, section 4.2).
pub(super) fn feedback(value: &str) -> Option<Text> {
    let (_, wanted) = value.split_once(' ')?;
    let note = match wanted.trim() {
        "nack" => text(
            "The receiver can ask for lost packets by number (RFC 4585, section 6.2.1).",
            "받는 쪽이 잃어버린 패킷을 번호로 다시 청할 수 있다 (RFC 4585, 6.2.1절).",
        ),
        "nack pli" => text(
            "The receiver can say that it lost the picture (picture loss indication) and needs a keyframe (RFC 4585, \
             section 6.3.1).",
            "받는 쪽이 화면을 잃었다고 알려(picture loss indication) 키프레임을 청할 수 있다 (RFC 4585, 6.3.1절).",
        ),
        "ccm fir" => text(
            "A keyframe can be ordered (full intra request), as for somebody who comes in later (RFC 5104, section \
             4.3.1).",
            "키프레임을 요구할 수 있다(full intra request). 나중에 들어온 사람을 위해 쓴다 (RFC 5104, 4.3.1절).",
        ),
        "goog-remb" => text(
            "The receiver estimates the bandwidth and tells the sender. The older way, by Google, never an RFC.",
            "받는 쪽이 대역폭을 추정해 보내는 쪽에 알린다. Google이 만든 옛 방식이며 RFC가 되지 않았다.",
        ),
        "transport-cc" => text(
            "The receiver reports when each packet arrived, and the sender estimates the bandwidth from it \
             (transport-wide congestion control, by Google).",
            "받는 쪽이 패킷마다 도착한 시각을 알리고, 보내는 쪽이 그것으로 대역폭을 추정한다 (transport-wide \
             congestion control, Google).",
        ),
        _ => text(
            "Something that the receiver of this codec can ask for or report (RFC 4585, section 4.2).",
            "이 코덱을 받는 쪽이 청하거나 알릴 수 있는 것이다 (RFC 4585, 4.2절).",
        ),
    };
    Some(note)
}
