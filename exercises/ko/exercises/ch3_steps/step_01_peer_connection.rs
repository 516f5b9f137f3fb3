//! **1단계: new RTCPeerConnection.** 피어 연결(peer connection)에는 밖에서 자신이 어떻게 보이는지 물어볼 서버,
//! 곧 STUN 서버를 알려 줍니다. 피어 연결은 candidate를 모으기 시작할 때 묻습니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 1단계, 그리고 `src/README.ko.md`의 "ICE 서버".
//! 할 일: 이 STUN 서버로 피어 연결을 만듭니다. 빌더는 설정(configuration)을 받고, 설정에 `ice_servers`가
//! 있습니다.
//! 확인: `cargo test --bin step_01_peer_connection`
//!
//! 실패 메시지: all candidates are gathered, and nobody has asked the STUN server

// TODO: 서버의 URL은 `stun:127.0.0.1:3478`이고 포트만 다릅니다.
