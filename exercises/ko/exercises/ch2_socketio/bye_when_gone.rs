//! **연결이 끊길 때.** 방을 나가는 사람은 이벤트로 알리고, 다른 사람들은 `bye`를 듣습니다. 연결을 잃은 사람은
//! 아무 말도 하지 못합니다. 더는 방에 없는데 아무도 그것을 듣지 못합니다.
//!
//! 먼저 읽기: `socketio_src/examples/04_disconnecting.rs`, 그리고 `03_rooms.rs`의 `leave_room`.
//! 할 일: 클라이언트가 사라지면 남은 사람들에게 `bye`라고 말합니다. 몇 명이 남았는지도 함께 말합니다.
//! 확인: `cargo test --bin bye_when_gone`
//!
//! 실패 메시지: mina heard nothing, and waited for "bye"

// TODO: `on_disconnect`. 이때 소켓은 아직 방을 가지고 있습니다.
