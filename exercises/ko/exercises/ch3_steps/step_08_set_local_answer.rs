//! **8단계: B의 setLocalDescription.** answer를 설정하면 B에게는 두 description이 모두 있습니다. B의
//! 협상(negotiation)은 끝났고, 시그널링 상태는 다시 `stable`입니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 8단계. 이 강의의 통화에서는 `src/call/mod.rs`의 8단계.
//! 할 일: answer를 설정합니다.
//! 확인: `cargo test --bin step_08_set_local_answer`
//!
//! 실패 메시지: the signaling state of B is have-remote-offer

// TODO
