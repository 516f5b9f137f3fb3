//! **한 사람만 쓰는 이름.** 두 사람이 같은 닉네임(nickname)을 쓸 수 있습니다. 그것을 막으려는 서버는 지금 누가
//! 있는지 알아야 합니다. 나간 사람의 이름은 다시 쓸 수 있어야 합니다.
//!
//! 먼저 읽기: `websocket_src/examples/04_nicknames.rs`, 그리고 `shared/src/chat.rs`의 `ChatErrorCode`.
//! 할 일: 다른 사람이 쓰는 이름은 오류 `BadNickname`으로 거절합니다. `Anon`은 누구나 쓸 수 있습니다.
//! 확인: `cargo test --bin nickname_once`
//!
//! 실패 메시지: bob took the name of alice and heard "renamed"

// TODO: 나간 사람에게는 이름이 필요 없습니다.
// TODO: 거절하거나, 적어 둡니다.
