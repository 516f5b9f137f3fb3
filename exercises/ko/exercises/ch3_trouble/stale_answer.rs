//! **지난 offer에 대한 answer.** A가 offer를 만들었고, B가 나갔다가 돌아왔고, A가 새 피어 연결로 다른 offer를
//! 만들었습니다. 그런데 이제야 첫 offer에 대한 answer가 도착합니다. 그것을 받아들이면 영영 기다리게 됩니다.
//! 진짜 answer가 올 때는 이미 늦습니다.
//!
//! 먼저 읽기: `examples/08_what_goes_wrong.rs`의 경우 3. 이 강의의 통화에서는 `src/call/inbox.rs`의
//! `Signal::Answer`.
//! 할 일: 이 피어 연결이 만든 offer에 대한 answer일 때만 받아들입니다.
//! 확인: `cargo test --bin stale_answer`
//!
//! 실패 메시지: the answer to another offer was taken

// TODO: `shared`의 `SessionDescription`이 `a.local_description()`에서 세션 id를 찾아 줍니다.
