//! **glare: 양쪽이 모두 offer를 보낼 때.** rollback은 로컬 description이며, 상태를 `stable`로
//! 되돌립니다.
