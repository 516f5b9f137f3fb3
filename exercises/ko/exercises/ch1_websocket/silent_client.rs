//! **하트비트(heartbeat).** 상대가 사라져도 TCP는 알려 주지 않습니다. 그래서 서버가 ping을 보냅니다.
//! WebSocket이 살아 있는 클라이언트는 ping마다 pong으로 답합니다. 그러니 ping과 다음 ping 사이에 아무것도 오지
//! 않은 클라이언트는 사라진 것입니다.
//!
//! 먼저 읽기: `websocket_src/examples/05_heartbeat.rs`.
//! 할 일: 지난 ping 뒤로 말이 없던 클라이언트와는 이야기를 끝냅니다.
//! 확인: `cargo test --bin silent_client`
//!
//! 실패 메시지: a client that answers no ping got a fourth one

// TODO: 지난 ping 뒤로 아무것도 오지 않았으면 함수를 끝냅니다.
