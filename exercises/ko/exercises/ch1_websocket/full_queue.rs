//! **느린 클라이언트.** 읽지 않는 클라이언트에게 갈 메시지는 어딘가에서 기다려야 합니다. 기다리는 곳은 그
//! 클라이언트만의 큐(queue)이며 한도가 있습니다. 큐가 가득 차면 큐를 없애고 그 클라이언트의 연결을 닫습니다.
//! 다른 누구도 그 클라이언트를 기다리지 않습니다.
//!
//! 먼저 읽기: `websocket_src/examples/06_slow_clients.rs`.
//! 할 일: `tell`이 아무도 기다리지 않게 하고, 가득 찬 큐는 없앱니다.
//! 확인: `cargo test --bin full_queue`
//!
//! 실패 메시지: the quick client heard nothing, and waited for message

// TODO: `send`는 큐에 자리가 날 때까지 기다립니다.
