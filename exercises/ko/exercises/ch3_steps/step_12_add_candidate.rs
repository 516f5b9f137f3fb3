//! **12단계: addIceCandidate.** candidate는 상대에게 닿을 가능성이 있는 주소입니다. 피어 연결은 하나하나
//! 시험해 보고, 통하는 경로를 씁니다.
//!
//! 먼저 읽기: `examples/03_candidates.rs`의 12단계.
//! 할 일: candidate를 추가합니다. 마지막 것 다음에 오는 `null`은, 크레이트에서는 빈 candidate입니다.
//! 확인: `cargo test --bin step_12_add_candidate`
//!
//! 실패 메시지: B was told a candidate of A, and knows 0

// TODO
