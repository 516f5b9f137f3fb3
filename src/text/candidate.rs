//! The notes on candidates.

use super::texts;

texts! {
    pub ALL:
    MDNS
        "An address of the machine itself, hidden behind a random mDNS name: a page must not learn local addresses \
         without need (RFC 8828). Only the same local network can resolve it."
        "기기 자신의 주소를 무작위 mDNS 이름으로 가린 것입니다. 웹 페이지가 필요 없이 내부 주소를 알아서는 안 되기 \
         때문입니다 (RFC 8828). 같은 로컬 네트워크에서만 이름을 풀 수 있습니다."
    LOOPBACK
        "The loopback address: only a program on the same machine can reach it."
        "루프백 주소. 같은 기기의 프로그램만 닿을 수 있습니다."
    HOST
        "An address of the machine itself (host). It works within the same network, or when it is public."
        "기기 자신의 주소(host). 같은 네트워크 안이거나 공인 주소일 때 통합니다."
    SRFLX
        "The address as a STUN server sees it (server reflexive): the outside of the own router (NAT)."
        "STUN 서버에서 보이는 주소(server reflexive). 내 공유기(NAT)의 바깥쪽 주소입니다."
    PRFLX
        "An address that nobody announced (peer reflexive): a connectivity check came from it."
        "아무도 알려 주지 않은 주소(peer reflexive). 연결 확인 패킷이 이 주소에서 와서 알게 되었습니다."
    RELAY
        "An address on a TURN server (relay): the server passes every packet on. The last resort, it nearly always \
         works."
        "TURN 서버에 있는 주소(relay). 서버가 모든 패킷을 중계합니다. 마지막 수단이며 거의 언제나 통합니다."
    TCP_ACTIVE
        "Over TCP, active: this side opens the connection, so the port is the placeholder 9 (RFC 6544)."
        "TCP, active: 이쪽에서 연결을 엽니다. 그래서 포트는 자리만 채우는 9입니다 (RFC 6544)."
    TCP_PASSIVE
        "Over TCP, passive: this side listens on the port and waits for a connection (RFC 6544)."
        "TCP, passive: 이쪽은 포트를 열고 연결을 기다립니다 (RFC 6544)."
    TCP_SIMULTANEOUS
        "Over TCP, simultaneous open: both sides connect at the same moment (RFC 6544)."
        "TCP, simultaneous open: 양쪽이 같은 순간에 연결을 엽니다 (RFC 6544)."
    TCP
        "Over TCP, for networks that block UDP."
        "TCP. UDP를 막는 네트워크를 위한 것입니다."
    // The fields of the line, one by one.
    FOUNDATION
        "Candidates that share it are alike enough to be tried together (RFC 8445, section 5.1.1.3)."
        "값이 같은 candidate는 서로 비슷하므로 함께 시험합니다 (RFC 8445, 5.1.1.3절)."
    COMPONENT
        "1 carries RTP, and with rtcp-mux everything (RFC 8839, section 5.1)."
        "1은 RTP를 나릅니다. rtcp-mux를 쓰면 모두 1로 갑니다 (RFC 8839, 5.1절)."
    PROTOCOL
        "What carries the packets: udp as a rule, tcp where UDP is blocked."
        "패킷을 나르는 프로토콜입니다. 보통 udp이고, UDP가 막힌 곳에서는 tcp를 씁니다."
    PRIORITY
        "Higher is tried first. In it: {0} for the type, {1} for the address (RFC 8445, section 5.1.2)."
        "높은 것부터 시험합니다. 종류의 몫이 {0}, 주소의 몫이 {1}입니다 (RFC 8445, 5.1.2절)."
    ADDRESS
        "Where to send the packets: an IPv4 or IPv6 address, or an mDNS name."
        "패킷을 보낼 곳입니다. IPv4나 IPv6 주소, 또는 mDNS 이름입니다."
    PORT
        "The port at this address. Sound, picture and data share it (BUNDLE)."
        "그 주소의 포트입니다. 소리, 영상, 데이터가 함께 씁니다(BUNDLE)."
    RELATED
        "The own address behind it, for those who look for faults (RFC 8839, section 5.1)."
        "그 뒤에 있는 자기 주소입니다. 문제를 찾을 때 씁니다 (RFC 8839, 5.1절)."
}
