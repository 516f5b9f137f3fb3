//! **누가 오고 누가 가는가.** 서버가 연결의 끝을 알게 되는 길은 여럿입니다. 클라이언트가 연결을 닫을 수도,
//! 오류가 날 수도, 케이블이 빠질 수도 있습니다. 어느 경우든 다른 사람들이 그것을 들어야 합니다.
//!
//! 먼저 읽기: `websocket_src/examples/04_nicknames.rs`, 그리고 `shared/src/chat.rs`의 `ServerEvent`.
//! 할 일: 누가 왔고 갔는지, 그래서 이제 몇 명인지를 `Joined`와 `Left`로 모두에게 알립니다. (들어온 사람 자신이
//! 들어도 됩니다.)
//! 확인: `cargo test --bin joined_and_left`
//!
//! 실패 메시지: alice heard "new_message" and no "joined"

// TODO: 이 사람은 들어와서 이야기합니다. 이야기가 끝나면 잘 끝났든 오류로 끝났든 나간 것입니다.
