//! **6단계: B의 setRemoteDescription.** 읽을 수 없는 것은 빈 offer가 아니라 오류입니다.
