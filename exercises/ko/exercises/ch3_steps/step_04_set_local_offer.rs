//! **4단계: A의 setLocalDescription.** offer는 이제야 효력이 생깁니다. 시그널링 상태(signaling state)가
//! `have-local-offer`가 되고, 피어 연결이 candidate를 찾기 시작합니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 4단계. 이 강의의 통화에서는 `src/call/mod.rs`의 4단계.
//! 할 일: offer를 설정합니다.
//! 확인: `cargo test --bin step_04_set_local_offer`
//!
//! 실패 메시지: the signaling state of A is stable

// TODO
