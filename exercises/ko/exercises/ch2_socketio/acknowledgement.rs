//! **질문이 되는 이벤트.** 물어본 클라이언트는 확인 응답(ack)을 기다립니다. 되었다거나, 무엇이 잘못되었다는
//! 답입니다. 텍스트가 아닌 인자도 잘못이며, 거기에도 답을 해야 합니다.
//!
//! 먼저 읽기: `socketio_src/examples/02_acks.rs`.
//! 할 일: `{"status": "DONE"}`으로 확인 응답을 보냅니다. 잘못되었으면
//! `{"status": "ERROR", "error": {"code": "bad_arguments"}}`를 보냅니다.
//! 확인: `cargo test --bin acknowledgement`
//!
//! 실패 메시지: mina asked new_message ["hello"], and got no acknowledgement

// TODO: `TryData`는 무엇이든 받고, `AckSender`는 답합니다.
