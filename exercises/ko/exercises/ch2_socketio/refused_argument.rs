//! **호출되지 않는 핸들러.** `new_message`는 텍스트를 받습니다. 클라이언트가 `7`을 보내면 핸들러(handler)는
//! 호출되지 않고, 아무도 한마디도 하지 않습니다.
//!
//! 먼저 읽기: `socketio_src/examples/01_events.rs`. 이 문제는 그 예제의 한 부분이며, 거기서는 모르는 이벤트를
//! 거절합니다.
//! 할 일: 인자가 텍스트가 아니면 보낸 이에게 `refused`를 보냅니다. 이유를 말하는 텍스트도 함께 보냅니다.
//! 확인: `cargo test --bin refused_argument`
//!
//! 실패 메시지: mina said 7 and then "seven", and the first that she heard was "echo"

// TODO: `Data`를 쓰면 텍스트가 아닌 것에는 이 핸들러가 호출되지 않습니다.
