//! **ICE 재시작(ICE restart).** 노트북이 다른 네트워크로 옮겨 가서 경로가 사라졌습니다. 통화를 처음부터 다시
//! 시작할 필요는 없습니다. 새 ICE 자격 증명(credentials)이 든 offer를 보내면 양쪽이 경로를 다시 찾습니다.
//! 나머지, 곧 채널과 키는 그대로 남습니다.
//!
//! 먼저 읽기: `docs/recovery.ko.md`, 그리고 `shared/src/description.rs`의 `ice_ufrags`.
//! 할 일: ICE를 재시작하는 offer를 만들고 설정합니다. `create_offer`에 그런 옵션이 있습니다.
//! 확인: `cargo test --bin ice_restart`
//!
//! 실패 메시지: the new offer has the ICE credentials of the old one

// TODO
