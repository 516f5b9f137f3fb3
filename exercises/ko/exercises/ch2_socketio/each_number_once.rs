//! **두 번은 한 번.** 확인 응답(ack)을 받지 못한 클라이언트는 메시지를 다시 보냅니다. 답만 사라졌을지도 모르기
//! 때문입니다. 그러면 메시지마다 번호가 없는 한 다른 사람들은 같은 말을 두 번 듣습니다.
//!
//! 먼저 읽기: `socketio_src/README.ko.md`에서 오프셋(offset)을 말하는 곳과 "같은 메시지를 두 서버에 보낸다면".
//! 할 일: 이미 왔던 번호에는 `{"status": "DONE", "duplicate": true}`로 확인 응답을 보내고, 아무에게도 전하지
//! 않습니다.
//! 확인: `cargo test --bin each_number_once`
//!
//! 실패 메시지: mina sent number 1 twice, and joe heard ["hello"] again

// TODO: 번호를 살펴봅니다.
