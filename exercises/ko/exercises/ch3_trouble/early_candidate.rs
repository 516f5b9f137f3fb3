//! **description보다 먼저 온 candidate.** 시그널링 방식에 따라서는 candidate가 offer를 앞지를 수 있습니다.
//! 그러면 피어 연결은 그것을 거절합니다. 누구의 candidate인지 아직 모르기 때문입니다.
//!
//! 먼저 읽기: `examples/08_what_goes_wrong.rs`의 경우 1. 이 강의의 통화에서는 `src/call/candidates.rs`.
//! 할 일: description을 설정할 때까지 candidate를 모아 두었다가, 설정한 다음에 추가합니다.
//! 확인: `cargo test --bin early_candidate`
//!
//! 실패 메시지: the candidate that came before the offer was refused

// TODO: 아직 때가 아닐 수도 있습니다. 원격 description이 있는지는 `self.peer.remote_description()`이
// 말해 줍니다.
// TODO: 기다리던 것은 이제 추가할 수 있습니다.
