//! **0단계: getUserMedia.** 로컬 스트림은 소리 트랙(track) 하나와 영상 트랙 하나입니다. 두 트랙은 같은 스트림에
//! 속하므로 한 묶음입니다. 아무것도 달라고 하지 않으면 W3C의 호출은 `TypeError`로 실패합니다.
//!
//! 먼저 읽기: `examples/01_local_stream.rs`. 이 강의의 통화에서는 `src/native/engine.rs`의 0단계.
//! 할 일: 달라고 한 트랙을 만듭니다. `track(stream, kind)`가 하나를 만듭니다.
//! 확인: `cargo test --bin step_00_get_user_media`
//!
//! 실패 메시지: sound and picture were asked for, and the stream has 0 tracks

// TODO
