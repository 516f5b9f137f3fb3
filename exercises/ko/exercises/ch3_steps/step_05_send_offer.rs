//! **5단계: offer를 시그널링 서버로.** offer가 상대에게 가는 방법을 WebRTC는 정하지 않습니다. 여기서는
//! Socket.IO의 이벤트 `offer`로 가며, description을 `{type, sdp}` 꼴로 담고 방도 함께 보냅니다.
//!
//! 먼저 읽기: `examples/05_over_socketio.rs`의 5단계, 그리고 `docs/protocol.ko.md`의 표.
//! 할 일: 이벤트를 보냅니다. `json!(offer)`가 W3C가 쓰는 모양의 description입니다.
//! 확인: `cargo test --bin step_05_send_offer`
//!
//! 실패 메시지: the first thing that B heard was "ice"

// TODO
