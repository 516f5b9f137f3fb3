//! **2단계: addTrack.** 보낼 것을 피어 연결에 추가합니다. 이것만으로는 아무것도 보내지 않습니다. 무엇이
//! 있는지는 다음 offer가 말합니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 2단계. 이 강의의 통화에서는 `src/call/mod.rs`의 2단계.
//! 할 일: 트랙을 하나씩 추가합니다. (`Arc<dyn TrackLocal>`이 필요한 자리에는 `track.clone()`을 쓰면 됩니다.)
//! 확인: `cargo test --bin step_02_add_tracks`
//!
//! 실패 메시지: the offer describes ["application"]

// TODO
