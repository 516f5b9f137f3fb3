//! **12단계: addIceCandidate.** `Option`이 `null`을 읽고, 그 기본값이 빈 candidate입니다.
