//! The words of the diagram: one table.

use crate::text::texts;

texts! {
    pub(crate) ALL:
    SERVER "diagram-server" "server" "서버"
    YOU "diagram-you" "you" "나"
    CONNECTED "diagram-connected" "connected" "연결됨"
    STARTED_OVER "diagram-started-over" "A new negotiation begins" "새 협상을 시작한다"
    FAILED "diagram-failed" "Failed" "실패"
    TITLE "diagram-title" "The call as a sequence diagram" "통화의 시퀀스 다이어그램"
}
