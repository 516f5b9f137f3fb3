//! **지난 offer에 대한 answer.** 세션 id는 그 offer를 만든 피어 연결을 가리킵니다.
