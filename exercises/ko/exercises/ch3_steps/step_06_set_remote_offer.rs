//! **6단계: B의 setRemoteDescription.** B는 도착한 그대로의 offer, 곧 `{type, sdp}`를 받아들입니다. 시그널링
//! 상태는 `have-remote-offer`가 됩니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 6단계. 이 강의의 통화에서는 `src/call/mod.rs`의 6단계.
//! 할 일: description을 읽고(`serde_json::from_value`) 설정합니다.
//! 확인: `cargo test --bin step_06_set_remote_offer`
//!
//! 실패 메시지: the signaling state of B is stable

// TODO
