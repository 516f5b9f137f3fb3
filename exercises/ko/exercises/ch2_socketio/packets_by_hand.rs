//! **손으로 하는 Engine.IO.** Socket.IO는 텍스트로 오가며, 그 첫 숫자들이 무엇인지를 말해 줍니다. 서버가
//! `0`으로 열면 클라이언트는 `40`으로 들여보내 달라고 합니다. `2`는 ping입니다. 제때 `3`으로 답하지 않으면
//! 사라진 것으로 칩니다.
//!
//! 먼저 읽기: `socketio_src/README.ko.md`의 "손으로 해 보기".
//! 할 일: 클라이언트가 패킷에 무엇이라고 답하는지 적습니다.
//! 확인: `cargo test --bin packets_by_hand`
//!
//! 실패 메시지: the server did not let the client in

// TODO: `0{...}`과 `2`에 대한 답.
