//! **채널은 하나, 듣는 사람은 모두.** 한 클라이언트가 하는 말을 다른 모두가 듣습니다. 그런데 누가 한 말인지는
//! 아무도 모릅니다.
//!
//! 먼저 읽기: `websocket_src/examples/03_broadcast.rs`. 이 문제는 그 예제의 핵심입니다.
//! 할 일: 클라이언트가 하는 말 앞에 그 번호를 붙입니다. `2: hello`처럼 됩니다.
//! 확인: `cargo test --bin who_said_it`
//!
//! 실패 메시지: alice heard "hello" and not "2: hello"

// TODO: 누구인지 말합니다.
