//! The words of the sequence diagram.

use super::texts;

texts! {
    pub ALL:
    SERVER "server" "서버"
    YOU "you" "나"
    CONNECTED "connected" "연결됨"
    STARTED_OVER "A new negotiation begins" "새 협상을 시작합니다"
    FAILED "Failed" "실패"
    TITLE "The call as a sequence diagram" "통화의 시퀀스 다이어그램"
}
