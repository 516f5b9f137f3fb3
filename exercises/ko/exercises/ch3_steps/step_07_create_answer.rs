//! **7단계: createAnswer.** B는 offer의 미디어 구간(media section) 하나하나에 같은 순서로 답합니다. 자기도 할
//! 수 있는 것을 적습니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 7단계. 이 강의의 통화에서는 `src/call/mod.rs`의 7단계.
//! 할 일: answer를 만듭니다.
//! 확인: `cargo test --bin step_07_create_answer`
//!
//! 실패 메시지: the answer is empty

// TODO
