//! **4단계: A의 setLocalDescription.** 호출은 하나이고, 결과는 두 가지입니다.
