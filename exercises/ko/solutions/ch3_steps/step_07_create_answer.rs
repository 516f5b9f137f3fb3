//! **7단계: createAnswer.** answer에는 offer가 있어야 합니다. 없으면 이 호출은 `InvalidStateError`입니다.
