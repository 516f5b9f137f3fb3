//! **방.** 방(room)은 서버가 소켓 가운데 몇 개에 적어 둔 이름입니다. 방에 없는 사람은 방의 이야기를 듣지
//! 못하고, 거기서 말할 수도 없어야 합니다. 둘 다 직접 써야 합니다.
//!
//! 먼저 읽기: `socketio_src/examples/03_rooms.rs`.
//! 할 일: 방에 있는 다른 사람들에게만 전하고, 방에 없는 사람에게는 `not_in_room`이라고 답합니다.
//! 확인: `cargo test --bin only_the_room`
//!
//! 실패 메시지: kim is in the room coffee, and heard ["hello","tea"]

// TODO: 지금은 모두에게 전합니다. 방에 없는 사람에게 할 답은
// `{"status": "ERROR", "error": {"code": "not_in_room"}}`입니다.
