//! **9단계: answer를 시그널링 서버로.** 그사이 A가 다른 offer를 만들었을 수도 있습니다. 그래서 answer에는 어느
//! offer에 대한 것인지를 함께 적습니다. offer의 세션 id, 곧 `o=`로 시작하는 줄의 둘째 낱말입니다.
//!
//! 먼저 읽기: `examples/05_over_socketio.rs`의 9단계, `docs/protocol.ko.md`의 표 두 개, 그리고
//! `shared/src/description.rs`의 `session_id`.
//! 할 일: description과 방과 offer의 세션 id를 담아 `answer`를 보냅니다.
//! 확인: `cargo test --bin step_09_send_answer`
//!
//! 실패 메시지: the first thing that A heard was "ice"

// TODO
