//! **10단계: A의 setRemoteDescription.** 도착하는 것은 텍스트이고, `RTCSessionDescription::answer`가 그것을
//! 읽습니다.
