//! **배압(back-pressure).** `send`는 기다리지 않습니다. 네트워크가 바로 가져가지 않는 것은 메모리에 남는데,
//! 파일은 메모리보다 클 수 있습니다. 그러니 많이 보내는 쪽은 얼마나 밀려 있는지를 살피고, 줄어들 때까지
//! 기다려야 합니다.
//!
//! 먼저 읽기: `examples/06_data_channel.rs`. 이 강의의 통화에서는 `src/native/file_channel.rs`.
//! 할 일: 밀린 것이 `LIMIT` 바이트 이하일 때만(`outstanding_bytes`) 조각을 보냅니다. 그렇지 않으면 1밀리초 동안
//! 자고 다시 봅니다.
//! 확인: `cargo test --bin back_pressure`
//!
//! 실패 메시지: the sender let more bytes wait than the limit allows

// TODO: 기다립니다.
