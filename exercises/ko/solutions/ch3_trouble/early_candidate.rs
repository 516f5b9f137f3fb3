//! **description보다 먼저 온 candidate.** candidate는 모두 큐를 거칩니다. 큐는 비워도 될 때 비웁니다.
