//! **13단계: 연결되어 상대의 스트림이 도착.** 상대의 트랙 하나하나가 이벤트입니다. 그 안에 오는 것은 읽어야
//! 합니다. `track.poll()`이 `None`을 돌려줄 때까지 호출합니다.
//!
//! 먼저 읽기: `examples/peer/mod.rs`의 `on_track`. 이 강의의 통화에서는 `src/native/remote_tracks.rs`.
//! 할 일: RTP 패킷(packet)을 셉니다. 크레이트는 연결을 움직이는 태스크에서 이 함수를 호출합니다. 그러니
//! 태스크를 따로 띄우고 함수를 바로 끝냅니다.
//! 확인: `cargo test --bin step_13_track`
//!
//! 실패 메시지: A has sent 250 frames, and B has counted 0

// TODO: RTP 패킷은 `TrackRemoteEvent::OnRtpPacket`이며, `TrackRemote`와 같은 모듈에 있습니다.
