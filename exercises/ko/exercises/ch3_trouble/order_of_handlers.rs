//! **서로 앞지르는 핸들러.** socketioxide는 핸들러가 돌려주는 future로 태스크를 만듭니다. future가 무엇인가를,
//! 예를 들어 데이터베이스를 기다려도 다음 이벤트는 그것을 기다리지 않습니다. 그래서 나중에 한 말이 먼저
//! 전해집니다.
//!
//! 먼저 읽기: `socketio_src/examples/01_events.rs`의 첫머리, 그리고 `socketio_src/README.ko.md`의 "이벤트".
//! 할 일: 메시지를 전하기 전에 하나씩 찾아보더라도 순서를 지킵니다. 채널에는 순서가 있습니다.
//! 확인: `cargo test --bin order_of_handlers`
//!
//! 실패 메시지: mina said 0, 1, 2 and so on, and the first that joe heard was not 0

// TODO: 두 메시지의 future가 동시에 돕니다.
