//! The texts of `/record`, the page of a saved call. They are no part of the page on which calls are made.

use super::{Text, page, texts};

/// The text with this name: one of these, or one of the call page, whose panel is shown here.
pub fn by_name(name: &str) -> Option<Text> {
    ALL.iter().find_map(|(other, text)| (*other == name).then_some(*text)).or_else(|| page::by_name(name))
}

texts! {
    pub ALL:
    RECORD "A saved call" "저장한 통화"
    CHOOSE_RECORD "Choose a record, or drop it here:" "기록 파일을 고르거나 여기에 끌어다 놓으세요:"
    RECORD_HINT "The file stays in this browser: nothing is uploaded. A record comes from “Save this call” on the call page, or from:" "파일은 이 브라우저 안에만 있고, 어디에도 올리지 않아요. 기록은 통화 페이지의 ‘이 통화 저장’이나 다음 명령으로 만들어요:"
    SEEN_FROM "Seen from" "기록한 쪽"
    UP_TO "Up to this event" "여기까지의 이벤트"
    BEFORE_ALL "before the first event" "첫 이벤트 이전"
    HIDDEN "hidden" "가림"
    EVENTS "{0} events" "이벤트 {0}개"
    EVENTS_UNKNOWN "{0} events of a later version are not shown" "새 버전의 이벤트 {0}개는 표시하지 않음"
    RECORD_CUT "the last line was cut off" "마지막 줄이 잘림"
    WAS_CONNECTED "The two were connected after {0} ms." "{0} ms 만에 연결되었어요."
    NEVER_CONNECTED "The two were never connected." "연결되지 않았어요."
    REACHED "Step reached: {0} ({1})." "도달한 단계: {0}단계 ({1})."
    MISSING "Missing:" "빠진 것:"
    MISSING_STREAM "the local stream. Camera and microphone were not opened." "로컬 스트림. 카메라와 마이크가 열리지 않았어요."
    MISSING_ROOM "a place in the room. This side has not entered it." "방의 자리. 이쪽이 방에 들어가지 못했어요."
    MISSING_PARTNER "the other side. Nobody else came into the room: is the name of the room the same on both sides?" "상대. 방에 아무도 오지 않았어요. 양쪽의 방 이름이 같은지 확인하세요."
    MISSING_OFFER "the offer of the other side (step 5)." "상대의 offer (5단계)."
    MISSING_ANSWER "the answer of the other side (step 9)." "상대의 answer (9단계)."
    MISSING_LOCAL_CANDIDATE "candidates of this side (step 11): no own address was found." "이쪽의 candidate (11단계). 자기 주소를 하나도 찾지 못했어요."
    MISSING_REMOTE_CANDIDATE "candidates of the other side (step 12): none has arrived." "상대의 candidate (12단계). 하나도 도착하지 않았어요."
    MISSING_PATH "a path (step 13): candidates were exchanged, and no pair of them works. A firewall or two routers stop UDP; a server with --turn passes it on." "경로 (13단계). candidate를 주고받았지만 통하는 쌍이 없어요. 방화벽이나 공유기가 UDP를 막으면 --turn으로 시작한 서버가 중계해요."
    NO_END "The record stops after {0} ms, without an end of the call." "통화가 끝나기 전인 {0} ms에서 기록이 멈춰요."
    END_HUNG_UP "This side hung up." "이쪽에서 끊었어요."
    END_PEER_LEFT "The other side left." "상대가 나갔어요."
    END_FAILED "The call failed:" "통화 실패:"
    EVENT_IN_ROOM "in the room, as {0}" "방에 입장 ({0})"
    EVENT_HELD "step {0} waits ({1})" "{0}단계 대기 ({1})"
    EVENT_BEGINS "step {0} begins ({1})" "{0}단계 시작 ({1})"
    EVENT_DONE "step {0} is done ({1})" "{0}단계 완료 ({1})"
    NO_MORE_CANDIDATES "no more candidates" "candidate 끝"
    EVENT_SENDING "what is sent has changed" "보내는 것이 바뀜"
    EVENT_LOST "the signaling server is out of reach" "시그널링 서버 연결 끊김"
    EVENT_BACK "the signaling server is back" "시그널링 서버 다시 연결됨"
    BAD_RECORD "This file cannot be opened." "이 파일은 열 수 없어요."
    NO_RECORD "It is no record of a call. Save one with “Save this call” on the call page, or with: cargo run -- peer --room demo --json > call.jsonl" "통화 기록이 아니에요. 통화 페이지의 ‘이 통화 저장’이나 다음 명령으로 기록을 만드세요: cargo run -- peer --room demo --json > call.jsonl"
    RECORD_VERSION "A newer study-zoom made it (version {0}): open it there." "더 새로운 study-zoom이 만든 기록이에요 (버전 {0}). 그 버전에서 여세요."
    RECORD_TOO_LARGE "It is larger than {0} MiB. Keep its beginning, for example with: head -n 10000" "{0} MiB보다 커요. 앞부분만 남기세요. 예: head -n 10000"
    RECORD_TOO_MANY "It has too many events. Keep its beginning, for example with: head -n 10000" "이벤트가 너무 많아요. 앞부분만 남기세요. 예: head -n 10000"
    RECORD_BAD_LINE "Line {0} is no event of a call. Take it out, or save the record again." "{0}번째 줄이 통화 이벤트가 아니에요. 그 줄을 지우거나 기록을 다시 저장하세요."
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../site/record.html");

    #[test]
    fn the_page_says_the_same_before_its_language_is_known() {
        let mut count = 0;
        for rest in PAGE.split("data-text=\"").skip(1) {
            let (name, rest) = rest.split_once('"').unwrap();
            let shown = rest.split_once('>').unwrap().1.split('<').next().unwrap();
            assert_eq!(Some(shown), by_name(name).map(|text| text.en), "record.html, {name}");
            count += 1;
        }
        assert!(count >= 5);
        for rest in PAGE.split("data-label=\"").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(by_name(name).is_some(), "record.html, {name}");
        }
    }
}
