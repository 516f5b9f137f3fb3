//! **glare: 양쪽이 모두 offer를 보낼 때.** 양쪽이 offer를 보냈고, answer를 기다리는 동안 상대의 offer를
//! 받습니다. 한쪽이 물러나야 하며, 그것이 어느 쪽인지 둘 다 알아야 합니다. 여기서는 예의 바른(polite) 쪽이 자기
//! offer를 거두어들이고(`rollback`) 답합니다. 다른 쪽은 받은 offer를 무시합니다. 이 강의에서는 A만 offer를
//! 만들므로 이런 일이 생기지 않지만, 낯선 클라이언트는 그렇게 할 수도 있습니다.
//!
//! 먼저 읽기: `examples/08_what_goes_wrong.rs`의 경우 2, 그리고
//! <https://www.w3.org/TR/webrtc/#perfect-negotiation-example>.
//! 할 일: 내 offer를 거두어들이고 답하거나, 상대의 offer를 무시합니다. `rollback()`은 자기 것을 거두어들이는
//! description입니다.
//! 확인: `cargo test --bin glare`
//!
//! 실패 메시지: the polite side could not take the offer of the other one

// TODO: glare라면 어떻게 하나요?
