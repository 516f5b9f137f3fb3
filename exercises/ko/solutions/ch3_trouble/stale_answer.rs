//! **지난 offer에 대한 answer.** 세션 id는 offer를 만든 피어 연결의 이름과 같습니다.
