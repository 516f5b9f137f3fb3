//! **8단계: B의 setLocalDescription.** 4단계와 같은 호출이지만, 여기서는 협상의 시작이 아니라 끝입니다.
