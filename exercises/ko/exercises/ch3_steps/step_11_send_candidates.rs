//! **11단계: 내 candidate를 나타나는 대로 보내기.** candidate 하나하나는 피어 연결의 이벤트이며, 나오는 즉시
//! 상대에게 갑니다. 이벤트는 `ice`이고 candidate와 방을 담습니다. 마지막 것 다음에는 `null`이 갑니다.
//!
//! 먼저 읽기: `examples/05_over_socketio.rs`의 11단계.
//! 할 일: candidate마다(`event.candidate.to_json()`) `ice`를 보내고, 다 모았을 때 한 번 더 보냅니다.
//! 확인: `cargo test --bin step_11_send_candidates`
//!
//! 실패 메시지: B heard nothing, and waited for a candidate of A

// TODO
// TODO
