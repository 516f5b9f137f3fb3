//! The notes on candidates.

use super::texts;

texts! {
    pub ALL:
    MDNS
        "An address of the machine itself, hidden behind a random mDNS name: a page must not learn local addresses \
         without need (RFC 8828). Only the same local network can resolve it."
        "기기 자신의 주소를 무작위 mDNS 이름으로 가린 것이다. 웹 페이지가 필요 없이 내부 주소를 알아서는 안 되기 \
         때문이다 (RFC 8828). 같은 로컬 네트워크에서만 이름을 풀 수 있다."
    LOOPBACK
        "The loopback address: only a program on the same machine can reach it."
        "루프백 주소. 같은 기기의 프로그램만 닿을 수 있다."
    HOST
        "An address of the machine itself (host). It works within the same network, or when it is public."
        "기기 자신의 주소(host). 같은 네트워크 안이거나 공인 주소일 때 통한다."
    SRFLX
        "The address as a STUN server sees it (server reflexive): the outside of the own router (NAT)."
        "STUN 서버에서 보이는 주소(server reflexive). 내 공유기(NAT)의 바깥쪽 주소다."
    PRFLX
        "An address that nobody announced (peer reflexive): a connectivity check came from it."
        "아무도 알려 주지 않은 주소(peer reflexive). 연결 확인 패킷이 이 주소에서 와서 알게 되었다."
    RELAY
        "An address on a TURN server (relay): the server passes every packet on. The last resort, it nearly always \
         works."
        "TURN 서버에 있는 주소(relay). 서버가 모든 패킷을 중계한다. 마지막 수단이며 거의 언제나 통한다."
    TCP_ACTIVE
        "Over TCP, active: this side opens the connection, so the port is the placeholder 9 (RFC 6544)."
        "TCP, active: 이쪽에서 연결을 연다. 그래서 포트는 자리만 채우는 9이다 (RFC 6544)."
    TCP_PASSIVE
        "Over TCP, passive: this side listens on the port and waits for a connection (RFC 6544)."
        "TCP, passive: 이쪽은 포트를 열고 연결을 기다린다 (RFC 6544)."
    TCP_SIMULTANEOUS
        "Over TCP, simultaneous open: both sides connect at the same moment (RFC 6544)."
        "TCP, simultaneous open: 양쪽이 같은 순간에 연결을 연다 (RFC 6544)."
    TCP
        "Over TCP, for networks that block UDP."
        "TCP. UDP를 막는 네트워크를 위한 것이다."
}
