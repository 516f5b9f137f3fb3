//! **10단계: A의 setRemoteDescription.** answer가 오면 A에게도 두 description이 모두 있습니다. 상태는
//! `stable`입니다. 이제부터 양쪽은 지문(fingerprint)으로 상대가 누구인지 압니다. 없는 것은 경로뿐입니다.
//!
//! 먼저 읽기: `examples/02_offer_and_answer.rs`의 10단계. 이 강의의 통화에서는 `src/call/mod.rs`의 10단계.
//! 할 일: answer를 설정합니다.
//! 확인: `cargo test --bin step_10_set_remote_answer`
//!
//! 실패 메시지: the signaling state of A is have-local-offer

// TODO: `RTCSessionDescription::answer`가 이것을 description으로 만듭니다.
