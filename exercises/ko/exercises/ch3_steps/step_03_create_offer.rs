//! **3단계: createOffer.** A가 통화를 제안합니다. offer에는 만드는 순간에 있는 것이 적힙니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 3단계. 이 강의의 통화에서는 `src/call/mod.rs`의 3단계.
//! 할 일: offer를 만듭니다. 데이터 채널(data channel)이 그 안에 들어 있어야 합니다.
//! 확인: `cargo test --bin step_03_create_offer`
//!
//! 실패 메시지: the offer is empty

// TODO: 빈 것을 바꿉니다.
