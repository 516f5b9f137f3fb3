//! The notes on the lines of a description.

use super::texts;

texts! {
    pub ALL:
    // The lines of one letter, and the sections.
    VERSION
        "The version of SDP, always 0 (RFC 8866, section 5.1)."
        "SDP의 버전. 언제나 0입니다 (RFC 8866, 5.1절)."
    ORIGIN
        "Who made this description: a random session id, and a version that grows with each change. Name and address \
         are placeholders, for privacy (RFC 8829, section 5.2.1)."
        "이 description을 만든 쪽. 무작위 세션 id와, 바뀔 때마다 커지는 버전입니다. 이름과 주소는 개인 정보 보호를 위해 \
         자리만 채웁니다 (RFC 8829, 5.2.1절)."
    SESSION_NAME
        "The name of the session. WebRTC gives none and writes \"-\" (RFC 8829, section 5.2.1)."
        "세션의 이름. WebRTC는 이름을 짓지 않고 \"-\"를 씁니다 (RFC 8829, 5.2.1절)."
    TIME
        "Start and stop time. \"0 0\" is: without limit (RFC 8866, section 5.9)."
        "시작 시각과 끝 시각. \"0 0\"은 제한이 없다는 뜻입니다 (RFC 8866, 5.9절)."
    CONNECTION
        "The address to send to without ICE. WebRTC ignores it: the candidates say where to send, and 0.0.0.0 is a \
         placeholder (RFC 8829, section 5.2.1)."
        "ICE가 없을 때 보낼 주소. 어디로 보낼지는 candidate가 정하므로 WebRTC는 이 주소를 무시합니다. 0.0.0.0은 자리만 \
         채웁니다 (RFC 8829, 5.2.1절)."
    BANDWIDTH_TIAS
        "The most bandwidth that may be sent to this side, in bits a second, without packet headers (RFC 3890)."
        "이쪽으로 보내도 되는 최대 대역폭. 패킷 헤더를 뺀 초당 비트 수입니다 (RFC 3890)."
    BANDWIDTH
        "The most bandwidth that may be sent to this side; AS counts kilobits a second (RFC 8866, section 5.8)."
        "이쪽으로 보내도 되는 최대 대역폭. AS는 초당 킬로비트로 셉니다 (RFC 8866, 5.8절)."
    REFUSED
        "Port 0: this section is refused or switched off and carries nothing (RFC 3264, section 6). Only with \
         a=bundle-only it is alive."
        "포트 0: 이 구간은 거절되었거나 꺼져서 아무것도 나르지 않습니다 (RFC 3264, 6절). a=bundle-only가 있을 때만 살아 \
         있습니다."
    AUDIO_PLACEHOLDER
        "A section for sound. The numbers at the end are payload types, the favourite first. Port 9 (discard) is a \
         placeholder: ICE finds the real one (RFC 8829, section 5.2.1)."
        "소리를 위한 구간. 끝의 숫자는 payload type이며 선호하는 것이 먼저 옵니다. 포트 9(discard)는 자리만 채우고, 실제 \
         포트는 ICE가 찾습니다 (RFC 8829, 5.2.1절)."
    AUDIO
        "A section for sound. The numbers at the end are payload types, the favourite first. The port is that of the \
         default candidate (RFC 8829, section 5.2.2)."
        "소리를 위한 구간. 끝의 숫자는 payload type이며 선호하는 것이 먼저 옵니다. 포트는 기본 candidate의 포트입니다 (RFC \
         8829, 5.2.2절)."
    VIDEO_PLACEHOLDER
        "A section for picture. The numbers at the end are payload types, the favourite first. Port 9 (discard) is a \
         placeholder: ICE finds the real one (RFC 8829, section 5.2.1)."
        "영상을 위한 구간. 끝의 숫자는 payload type이며 선호하는 것이 먼저 옵니다. 포트 9(discard)는 자리만 채우고, 실제 \
         포트는 ICE가 찾습니다 (RFC 8829, 5.2.1절)."
    VIDEO
        "A section for picture. The numbers at the end are payload types, the favourite first. The port is that of the \
         default candidate (RFC 8829, section 5.2.2)."
        "영상을 위한 구간. 끝의 숫자는 payload type이며 선호하는 것이 먼저 옵니다. 포트는 기본 candidate의 포트입니다 (RFC \
         8829, 5.2.2절)."
    DATA_PLACEHOLDER
        "A section for data channels: SCTP inside DTLS (RFC 8841). One section carries all channels. Port 9 (discard) \
         is a placeholder: ICE finds the real one (RFC 8829, section 5.2.1)."
        "데이터 채널을 위한 구간. DTLS 안의 SCTP를 씁니다 (RFC 8841). 한 구간이 모든 채널을 나릅니다. 포트 9(discard)는 \
         자리만 채우고, 실제 포트는 ICE가 찾습니다 (RFC 8829, 5.2.1절)."
    DATA
        "A section for data channels: SCTP inside DTLS (RFC 8841). One section carries all channels. The port is that \
         of the default candidate (RFC 8829, section 5.2.2)."
        "데이터 채널을 위한 구간. DTLS 안의 SCTP를 씁니다 (RFC 8841). 한 구간이 모든 채널을 나릅니다. 포트는 기본 \
         candidate의 포트입니다 (RFC 8829, 5.2.2절)."
    // Which sections there are and how they hang together.
    BUNDLE
        "The sections with these names share one transport: one path and one encryption for all (RFC 9143)."
        "이 이름의 구간들이 전송로 하나를 같이 씁니다. 경로도 암호화도 하나입니다 (RFC 9143)."
    GROUP
        "The sections with these names belong together; LS asks for lip sync (RFC 5888)."
        "이 이름의 구간들은 한 묶음입니다. LS는 입술과 소리를 맞추라는 뜻입니다 (RFC 5888)."
    BUNDLE_ONLY
        "This section exists only within the bundle and has no port of its own (RFC 9143, section 6)."
        "이 구간은 BUNDLE 안에서만 쓰이며 자기 포트가 없습니다 (RFC 9143, 6절)."
    MID
        "The name of this section. BUNDLE and the candidates refer to it (RFC 5888, section 4)."
        "이 구간의 이름. BUNDLE과 candidate가 이 이름으로 가리킵니다 (RFC 5888, 4절)."
    MSID_SEMANTIC
        "The msid lines mean WebRTC media streams (WMS). A relic of the drafts of RFC 8830, kept for old clients."
        "msid 줄이 WebRTC의 MediaStream을 가리킵니다(WMS). RFC 8830 초안의 흔적으로 옛 클라이언트를 위해 남아 있습니다."
    MSID
        "Which MediaStream (first) and which track (second) this section carries; \"-\" is: no stream (RFC 8830, \
         section 2)."
        "이 구간이 나르는 MediaStream(앞)과 트랙(뒤)의 id. \"-\"는 스트림이 없다는 뜻입니다 (RFC 8830, 2절)."
    SENDRECV
        "This side wants to send and to receive (RFC 8866, section 6.7)."
        "이쪽은 보내고 받기를 모두 원합니다 (RFC 8866, 6.7절)."
    SENDONLY
        "This side wants to send only (RFC 8866, section 6.7)."
        "이쪽은 보내기만 합니다 (RFC 8866, 6.7절)."
    RECVONLY
        "This side wants to receive only (RFC 8866, section 6.7)."
        "이쪽은 받기만 합니다 (RFC 8866, 6.7절)."
    INACTIVE
        "Nothing flows in either direction; the section stays for later (RFC 8866, section 6.7)."
        "어느 방향으로도 흐르지 않습니다. 나중에 쓰도록 구간만 남깁니다 (RFC 8866, 6.7절)."
    SCTP_PORT
        "The port of SCTP inside the DTLS tunnel, not one of the network (RFC 8841, section 5)."
        "DTLS 터널 안에서 쓰는 SCTP의 포트. 네트워크의 포트가 아닙니다 (RFC 8841, 5절)."
    MAX_MESSAGE_SIZE
        "The largest data channel message, in bytes, that this side takes; 0 is: any (RFC 8841, section 6)."
        "이쪽이 받을 수 있는 가장 큰 데이터 채널 메시지의 바이트 수. 0은 제한이 없다는 뜻입니다 (RFC 8841, 6절)."
    SCTPMAP
        "Data channels in the form of an old draft; today it is sctp-port (RFC 8841)."
        "옛 초안의 데이터 채널 표기. 지금은 sctp-port를 씁니다 (RFC 8841)."
    // How the two sides find and trust each other: ICE and DTLS.
    ICE_UFRAG
        "The ICE user name of this negotiation. Connectivity checks carry it, so both sides know what they belong to \
         (RFC 8839, section 5.4)."
        "이 협상의 ICE 사용자 이름. 연결 확인 패킷에 실려 어느 통화의 것인지 알려 줍니다 (RFC 8839, 5.4절)."
    ICE_PWD
        "The secret that connectivity checks are signed with: nobody who has not seen this description can forge them \
         (RFC 8839, section 5.4)."
        "연결 확인 패킷에 서명하는 비밀 값. 이 description을 보지 못한 사람은 위조할 수 없습니다 (RFC 8839, 5.4절)."
    TRICKLE
        "Candidates may follow one by one after the description (trickle ICE, RFC 8838): that is what steps 11 and 12 \
         are."
        "candidate를 description 뒤에 하나씩 보내도 됩니다 (trickle ICE, RFC 8838). 11단계와 12단계가 하는 일입니다."
    ICE_OPTIONS
        "Extensions of ICE that this side knows (RFC 8839, section 5.6)."
        "이쪽이 아는 ICE 확장 기능입니다 (RFC 8839, 5.6절)."
    ICE_LITE
        "This side has a public address, only answers checks and makes none (RFC 8839, section 5.3)."
        "이쪽은 공인 주소를 가진 서버여서 연결 확인에 답만 하고 먼저 보내지 않습니다 (RFC 8839, 5.3절)."
    END_OF_CANDIDATES
        "No more candidates will follow (RFC 8840)."
        "candidate가 더 오지 않습니다 (RFC 8840)."
    FINGERPRINT
        "The hash of the certificate that this side will show in the DTLS handshake: so the encryption is tied to this \
         description (RFC 8122, section 5)."
        "이쪽이 DTLS 핸드셰이크에서 보일 인증서의 해시. 암호화를 이 description에 묶습니다 (RFC 8122, 5절)."
    RTCP
        "Where RTCP would go without rtcp-mux. A placeholder here (RFC 3605)."
        "rtcp-mux가 없을 때 RTCP를 보낼 곳. 여기서는 자리만 채웁니다 (RFC 3605)."
    RTCP_MUX
        "RTP and RTCP, the reports about it, share one port (RFC 5761)."
        "RTP와 그 보고인 RTCP가 포트 하나를 같이 씁니다 (RFC 5761)."
    RTCP_MUX_ONLY
        "RTP and RTCP share one port, and nothing else is offered (RFC 8858)."
        "RTP와 RTCP가 포트 하나를 같이 쓰며 다른 방법은 제안하지 않습니다 (RFC 8858)."
    RTCP_XR
        "Extended reports that may be sent; rcvr-rtt lets one who only receives measure the round trip (RFC 3611, \
         section 5.1)."
        "보내도 되는 확장 보고. rcvr-rtt는 받기만 하는 쪽도 왕복 시간을 잴 수 있게 합니다 (RFC 3611, 5.1절)."
    RTCP_RSIZE
        "RTCP packets may be short, with the urgent part alone (RFC 5506)."
        "RTCP 패킷에 급한 내용만 짧게 담아도 됩니다 (RFC 5506)."
    ACTPASS
        "This side can be client or server of the DTLS handshake; the answer decides. Every offer says so (RFC 8842, \
         section 5)."
        "이쪽은 DTLS 핸드셰이크의 클라이언트도 서버도 될 수 있고 answer가 정합니다. offer는 언제나 이렇게 말합니다 (RFC \
         8842, 5절)."
    ACTIVE
        "This side begins the DTLS handshake: it is the client (RFC 8842, section 5)."
        "이쪽이 DTLS 핸드셰이크를 시작합니다. 즉 클라이언트입니다 (RFC 8842, 5절)."
    PASSIVE
        "This side waits for the DTLS handshake: it is the server (RFC 8842, section 5)."
        "이쪽은 DTLS 핸드셰이크를 기다립니다. 즉 서버입니다 (RFC 8842, 5절)."
    // Streams, packets and their times.
    EXTMAP_ALLOW_MIXED
        "One stream may mix RTP header extensions with short (one byte) and long (two byte) headers (RFC 8285, section \
         6)."
        "한 스트림에 짧은(1바이트) 헤더와 긴(2바이트) 헤더의 RTP 헤더 확장을 섞어 써도 됩니다 (RFC 8285, 6절)."
    PTIME
        "How many milliseconds of sound a packet should hold (RFC 8866, section 6.4)."
        "패킷 하나에 담을 소리의 길이를 밀리초로 말합니다 (RFC 8866, 6.4절)."
    MAXPTIME
        "How many milliseconds of sound a packet may hold at most (RFC 8866, section 6.5)."
        "패킷 하나에 담을 수 있는 소리의 최대 길이를 밀리초로 말합니다 (RFC 8866, 6.5절)."
    CNAME
        "The number that marks the packets of one stream, and the name of its sender: streams with the same name are \
         played in sync (RFC 5576, section 6.1)."
        "한 스트림의 패킷에 찍히는 번호와 보내는 쪽의 이름. 이름이 같은 스트림은 맞추어 재생합니다 (RFC 5576, 6.1절)."
    SSRC
        "The number that marks the packets of one stream, and a property of that stream (RFC 5576, section 4.1)."
        "한 스트림의 패킷에 찍히는 번호와 그 스트림의 속성입니다 (RFC 5576, 4.1절)."
    FID
        "The second stream repeats lost packets of the first (FID; RFC 5576, section 4.2)."
        "둘째 스트림이 첫째 스트림의 잃어버린 패킷을 다시 보냅니다 (FID, RFC 5576, 4.2절)."
    SIM
        "The same picture in several sizes (simulcast, the older form)."
        "같은 화면을 여러 크기로 보냅니다 (simulcast의 옛 표기)."
    SSRC_GROUP
        "Streams that belong together (RFC 5576, section 4.2)."
        "서로 한 묶음인 스트림들입니다 (RFC 5576, 4.2절)."
    RID
        "The name of one version of the picture in simulcast, and its direction (RFC 8851)."
        "simulcast에서 한 가지 화질의 이름과 방향입니다 (RFC 8851)."
    SIMULCAST
        "The same picture in several qualities at once, by their rid (RFC 8853)."
        "같은 화면을 여러 화질로 동시에 보냅니다. rid로 가리킵니다 (RFC 8853)."
    // Header extensions.
    AUDIO_LEVEL
        "Each audio packet says how loud it is, so that a speaker can be found without decoding (RFC 6464)."
        "오디오 패킷마다 소리 크기를 적어 복호하지 않고도 말하는 사람을 찾습니다 (RFC 6464)."
    SDES_MID
        "Each packet says to which section (mid) it belongs, since all share one port (RFC 9143)."
        "포트 하나를 같이 쓰므로 패킷마다 어느 구간(mid)의 것인지 적습니다 (RFC 9143)."
    STREAM_ID
        "Each packet says to which version of the picture (rid) it belongs (RFC 8852)."
        "패킷마다 어느 화질(rid)의 것인지 적습니다 (RFC 8852)."
    SEND_TIME
        "Each packet says when it was really sent, to estimate the bandwidth (toffset: RFC 5450; abs-send-time: \
         Google)."
        "패킷마다 실제로 보낸 시각을 적어 대역폭을 추정하게 합니다 (toffset은 RFC 5450, abs-send-time은 Google)."
    TRANSPORT_WIDE
        "Each packet has a number that counts over all streams; the reports of transport-cc are about it (Google)."
        "모든 스트림에 걸쳐 세는 번호를 패킷마다 적습니다. transport-cc 보고가 이 번호를 씁니다 (Google)."
    ORIENTATION
        "Packets say how the picture is turned, as with a phone held upright (3GPP TS 26.114)."
        "세워 든 전화처럼 화면이 얼마나 돌아갔는지 패킷에 적습니다 (3GPP TS 26.114)."
    HEADER_EXTENSION
        "Under this number, packets carry a header extension with the meaning of the URI (RFC 8285, section 5)."
        "패킷 헤더에 이 번호로 URI가 뜻하는 확장 정보를 싣습니다 (RFC 8285, 5절)."
    // Codecs (rtpmap).
    OPUS
        "This number means Opus, the audio codec that every WebRTC client has: 48 kHz, always written with 2 channels \
         (RFC 7587)."
        "이 번호는 Opus입니다. 모든 WebRTC 클라이언트가 갖춘 오디오 코덱으로 48 kHz이며 언제나 2채널로 적습니다 (RFC \
         7587)."
    VP8
        "This number means VP8, a video codec that every WebRTC client has (RFC 7741, RFC 7742)."
        "이 번호는 VP8입니다. 모든 WebRTC 클라이언트가 갖춘 비디오 코덱입니다 (RFC 7741, RFC 7742)."
    VP9
        "This number means VP9: better compression than VP8, and layers (RFC 9628)."
        "이 번호는 VP9입니다. VP8보다 잘 압축하고 계층 부호화를 할 수 있습니다 (RFC 9628)."
    H264
        "This number means H.264, a video codec that every WebRTC client has, often in hardware (RFC 6184, RFC 7742)."
        "이 번호는 H.264입니다. 모든 WebRTC 클라이언트가 갖춘 비디오 코덱이며 하드웨어로 처리하는 때가 많습니다 (RFC 6184, \
         RFC 7742)."
    AV1
        "This number means AV1, the newest video codec here: best compression, most work (RTP payload format of the \
         Alliance for Open Media)."
        "이 번호는 AV1입니다. 여기서 가장 새로운 비디오 코덱으로 가장 잘 압축하지만 계산이 많습니다 (Alliance for Open \
         Media의 RTP 페이로드 형식)."
    H265
        "This number means H.265 (HEVC); browsers have it only where the hardware does (RFC 7798)."
        "이 번호는 H.265(HEVC)입니다. 브라우저는 하드웨어가 지원할 때만 씁니다 (RFC 7798)."
    RTX
        "This number marks packets that are sent again after a loss; fmtp says for which codec (RFC 4588)."
        "이 번호는 잃어버려 다시 보내는 패킷을 나타냅니다. 어느 코덱의 것인지는 fmtp에 있습니다 (RFC 4588)."
    RED
        "This number means redundancy: a packet carries older data once more, so a single loss is not heard or seen \
         (RFC 2198)."
        "이 번호는 중복 전송입니다. 패킷이 지난 데이터를 한 번 더 실어 하나쯤 잃어도 티가 나지 않습니다 (RFC 2198)."
    ULPFEC
        "This number means forward error correction: extra packets from which a lost one is computed (RFC 5109)."
        "이 번호는 순방향 오류 정정입니다. 잃어버린 패킷을 계산해 낼 여분의 패킷을 보냅니다 (RFC 5109)."
    FLEXFEC
        "This number means flexible forward error correction: extra packets in a stream of their own (RFC 8627)."
        "이 번호는 유연한 순방향 오류 정정입니다. 여분의 패킷을 별도의 스트림으로 보냅니다 (RFC 8627)."
    G722
        "This number means G.722, wideband telephony. It samples at 16 kHz; the 8000 is an old mistake that everyone \
         keeps (RFC 3551, section 4.5.2)."
        "이 번호는 광대역 전화 코덱 G.722입니다. 실제 표본화율은 16 kHz이고 8000은 모두가 지키는 옛 실수입니다 (RFC 3551, \
         4.5.2절)."
    G711
        "This number means G.711, the codec of the telephone, as μ-law (PCMU) or A-law (PCMA): 64 kbit/s, every client \
         has it (RFC 3551, section 4.5.14)."
        "이 번호는 전화의 코덱 G.711입니다. μ-law(PCMU) 또는 A-law(PCMA)이며 64 kbit/s이고 모든 클라이언트에 있습니다 (RFC \
         3551, 4.5.14절)."
    COMFORT_NOISE
        "This number means comfort noise: in silence only the loudness of the background is sent (RFC 3389)."
        "이 번호는 comfort noise입니다. 조용할 때는 배경 소음의 크기만 보냅니다 (RFC 3389)."
    TELEPHONE_EVENT
        "This number means the tones of telephone keys (DTMF), sent as events (RFC 4733)."
        "이 번호는 전화 버튼 음(DTMF)입니다. 소리 대신 이벤트로 보냅니다 (RFC 4733)."
    PAYLOAD_TYPE
        "This number (payload type) stands for this codec and clock rate (RFC 8866, section 6.6)."
        "이 번호(payload type)는 이 코덱과 클록 속도를 뜻합니다 (RFC 8866, 6.6절)."
    // Their settings (fmtp).
    APT
        "These repeated packets belong to the codec with the number after apt (RFC 4588, section 8.1)."
        "apt 뒤의 번호가 다시 보내는 패킷이 어느 코덱의 것인지를 말합니다 (RFC 4588, 8.1절)."
    OPUS_SETTINGS
        "Settings of Opus: the shortest packet, and that it may carry a spare copy of the packet before (useinbandfec; \
         RFC 7587, section 6.1)."
        "Opus의 설정. 가장 짧은 패킷 길이와, 앞 패킷의 사본을 실어도 되는지(useinbandfec)를 말합니다 (RFC 7587, 6.1절)."
    H264_SETTINGS
        "Settings of H.264: profile and level as six hex digits, and how a picture is cut into packets (RFC 6184, \
         section 8.1)."
        "H.264의 설정. 프로파일과 레벨을 16진수 여섯 자리로, 그리고 화면을 패킷으로 나누는 방법을 말합니다 (RFC 6184, \
         8.1절)."
    VIDEO_PROFILE
        "The profile of the video codec: colours and bit depth that the receiver can decode."
        "비디오 코덱의 프로파일. 받는 쪽이 복호할 수 있는 색 형식과 비트 깊이를 말합니다."
    REPAIR_WINDOW
        "How long, in microseconds, error correction may look back (RFC 8627)."
        "오류 정정이 되돌아볼 수 있는 시간을 마이크로초로 말합니다 (RFC 8627)."
    RED_FORMATS
        "Redundancy carries these payload types, the newest data first (RFC 2198)."
        "중복 전송이 싣는 payload type들입니다. 새 데이터의 것이 먼저 옵니다 (RFC 2198)."
    FORMAT
        "Settings of the codec with this number (RFC 8866, section 6.15)."
        "이 번호를 가진 코덱의 설정입니다 (RFC 8866, 6.15절)."
    // What a receiver can ask for (rtcp-fb).
    NACK
        "The receiver can ask for lost packets by number (RFC 4585, section 6.2.1)."
        "받는 쪽이 잃어버린 패킷을 번호로 다시 청할 수 있습니다 (RFC 4585, 6.2.1절)."
    PLI
        "The receiver can say that it lost the picture (picture loss indication) and needs a keyframe (RFC 4585, \
         section 6.3.1)."
        "받는 쪽이 화면을 잃었다고 알려(picture loss indication) 키프레임을 청할 수 있습니다 (RFC 4585, 6.3.1절)."
    FIR
        "A keyframe can be ordered (full intra request), as for somebody who comes in later (RFC 5104, section \
         4.3.1)."
        "키프레임을 요구할 수 있습니다(full intra request). 나중에 들어온 사람을 위해 씁니다 (RFC 5104, 4.3.1절)."
    REMB
        "The receiver estimates the bandwidth and tells the sender. The older way, by Google, never an RFC."
        "받는 쪽이 대역폭을 추정해 보내는 쪽에 알립니다. Google이 만든 옛 방식이며 RFC가 되지 않았습니다."
    TRANSPORT_CC
        "The receiver reports when each packet arrived, and the sender estimates the bandwidth from it (transport-wide \
         congestion control, by Google)."
        "받는 쪽이 패킷마다 도착한 시각을 알리고, 보내는 쪽이 그것으로 대역폭을 추정합니다 (transport-wide congestion \
         control, Google)."
    FEEDBACK
        "Something that the receiver of this codec can ask for or report (RFC 4585, section 4.2)."
        "이 코덱을 받는 쪽이 청하거나 알릴 수 있는 것입니다 (RFC 4585, 4.2절)."
}
