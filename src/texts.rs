//! Every text of the page, in both languages: one table.
//!
//! Code names a text by its constant, `home.html` by its key (`data-text="join"`); a test looks whether each key that the
//! page uses is here. The sentences of the steps stand in [`shared::step`], the notes on descriptions and candidates in
//! [`crate::explain`].

use std::collections::BTreeMap;

use shared::Step;

use crate::explain;
use crate::text::{Language, Text, by_key, texts};

/// Everything that this program can say, in English and in Korean: what the server sends as `GET /texts.json`.
pub fn catalogue() -> BTreeMap<String, [&'static str; 2]> {
    let steps = shared::STEPS.iter().map(|step| (key_of_step(step), [step.en, step.ko]));
    let texts = ALL.iter().copied().chain(explain::texts());
    texts.map(|text| (text.key.to_owned(), [text.en, text.ko])).chain(steps).collect()
}

/// What happens in a step.
pub fn of_step(step: &Step, language: Language) -> &'static str {
    match language {
        Language::English => step.en,
        // The page has to fetch it.
        Language::Korean if step.ko.is_empty() => by_key(&key_of_step(step), language).unwrap_or(step.en),
        Language::Korean => step.ko,
    }
}

fn key_of_step(step: &Step) -> String {
    ["step-", &step.number.to_string()].concat()
}

/// Puts values into the places `{0}`, `{1}` of a text, as they are: a place in a value is none.
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let place = part.split_once('}');
        let value = place.and_then(|(number, after)| Some([*values.get(number.parse::<usize>().ok()?)?, after]));
        filled.extend(value.unwrap_or(["{", part]));
    }
    filled
}

texts! {
    pub ALL:
    TAGLINE "tagline" "A video call of two, and every step of it." "둘이서 하는 영상 통화, 그리고 그 모든 단계."
    LANGUAGE "language" "Language" "언어"
    // The lobby.
    LOBBY "lobby" "Lobby" "로비"
    ROOM "room" "Room" "방"
    JOIN "join" "Join" "입장"
    SEND "send-what" "Send" "보낼 것"
    SOURCE_DEVICES "source-devices" "camera and microphone" "카메라와 마이크"
    SOURCE_MICROPHONE "source-microphone" "microphone only" "마이크만"
    SOURCE_PATTERN "source-pattern" "a test pattern" "테스트 화면"
    SOURCE_NOTHING "source-nothing" "nothing, only receive" "보내지 않고 받기만"
    CAMERA "camera-choice" "Camera" "카메라"
    MICROPHONE "microphone-choice" "Microphone" "마이크"
    ANY_DEVICE "any-device" "the browser's choice" "브라우저가 고른 장치"
    NTH_DEVICE "nth-device" "device {0}" "장치 {0}"
    PREVIEW "preview" "Preview" "미리 보기"
    PREVIEW_ON "preview-on" "Show my picture" "내 화면 보기"
    LEVEL "level" "Level of the microphone" "마이크 음량"
    STEP_BY_STEP "step-by-step" "Step by step: wait for “Next” before each step" "한 단계씩: 단계마다 “다음”을 기다리기"
    HINT "hint" "Open this page twice, or let a headless peer join:" "이 페이지를 두 번 열거나, 헤드리스 피어를 입장시킨다:"
    ENTERING "entering" "Entering the room …" "방에 들어가는 중 …"
    TRY_AGAIN "try-again" "Try again" "다시 시도"
    JOIN_WITH "join-with" "Join with: {0}" "다음으로 입장: {0}"
    // The call.
    CALL "call" "Call" "통화"
    YOU_ARE "you-are" "You are" "나는"
    YOU "you" "You" "나"
    OTHER_SIDE "other-side" "The other side" "상대"
    WAITING "waiting" "waiting for the other side" "상대를 기다리는 중"
    CONNECTING "connecting" "connecting" "연결 중"
    CONNECTED "connected" "connected" "연결됨"
    RECONNECTING "reconnecting" "The path has gone silent: trying to reach the other side again. Has it closed its lid?" "경로가 끊겨 다시 연결하는 중. 상대가 노트북을 닫았을 수 있다."
    PATH_LOST "path-lost" "no path works any more" "더는 통하는 경로가 없음"
    CLOSED "closed" "closed" "닫힘"
    PEER_LEFT "peer-left" "The other side left. Whoever comes next is called at once." "상대가 나갔다. 다음 사람이 오면 바로 통화한다."
    STARTED_OVER "started-over" "The call begins anew." "통화를 처음부터 다시 시작한다."
    SIGNALLING_LOST "signalling-lost" "The server is out of reach. A call goes on without it; it is tried again." "서버에 닿지 않는다. 통화는 서버 없이도 계속되며, 다시 연결을 시도한다."
    SAME_BROWSER "same-browser" "Another tab of this browser is in this room too: wear headphones, or mute one of them." "이 브라우저의 다른 탭도 이 방에 있다. 헤드폰을 쓰거나 한쪽을 음소거한다."
    MUTE "mute" "Mute" "음소거"
    CAMERA_OFF "camera-off" "Camera off" "카메라 끄기"
    SHARE "share" "Share screen" "화면 공유"
    PICTURE_IN_PICTURE "picture-in-picture" "Picture in picture" "작은 창"
    FULL_SCREEN "full-screen" "Full screen" "전체 화면"
    HANG_UP "hang-up" "Hang up" "끊기"
    NEXT "next" "Next: step {0}" "다음: {0}단계"
    PEER_WAITS "peer-waits" "The other side is held before step {0}." "상대가 {0}단계 앞에서 기다린다."
    PEER_MUTED "peer-muted" "muted" "음소거됨"
    PEER_CAMERA_OFF "peer-camera-off" "camera off" "카메라 꺼짐"
    PEER_SCREEN "peer-screen" "shares its screen" "화면 공유 중"
    DEVICE_FAILED "device-failed" "The device was not changed: {0}" "장치를 바꾸지 못했다: {0}"
    SHARE_FAILED "share-failed" "The screen is not shared: {0}" "화면을 공유하지 못했다: {0}"
    // Chat and files.
    CHAT "chat" "Chat" "채팅"
    CHAT_SEND "chat-send" "Send" "보내기"
    CHAT_NOT_SENT "chat-not-sent" "not sent: {0}" "보내지 못함: {0}"
    FILES "files" "Files" "파일"
    CHOOSE_FILES "choose-files" "Send files" "파일 보내기"
    FILE_WAITS "file-waits" "waits until the other side takes it" "상대의 수락을 기다리는 중"
    FILE_OFFERED "file-offered" "The other side wants to send this" "상대가 보내려는 파일"
    FILE_ACCEPT "file-accept" "Take it" "받기"
    FILE_REFUSE "file-refuse" "Refuse" "거절"
    FILE_CANCEL "file-cancel" "Cancel" "취소"
    FILE_SENT "file-sent" "sent; the hashes agree" "보냄; 해시 일치"
    FILE_RECEIVED "file-received" "received; the hashes agree" "받음; 해시 일치"
    FILE_SAVE "file-save" "Save" "저장"
    FILE_FAILED "file-failed" "not transferred: {0}" "전송 실패: {0}"
    FILE_TOO_LARGE "file-too-large" "has {0}, and this browser has room for {1}: let a headless peer receive it (peer --receive DIR)" "크기 {0}, 이 브라우저의 여유 공간 {1}: 헤드리스 피어로 받는다 (peer --receive DIR)"
    // The panel.
    STEPS "steps" "The steps" "단계"
    ME "me" "me" "나"
    THEM "them" "them" "상대"
    DIAGRAM "diagram" "This call as a diagram" "이 통화의 다이어그램"
    SAVE_SVG "save-svg" "Save as SVG" "SVG로 저장"
    SAVE_MERMAID "save-mermaid" "Save as Mermaid" "Mermaid로 저장"
    DESCRIPTIONS "descriptions" "Offer and answer" "Offer와 answer"
    OFFER_OF "offer-of" "The offer of A" "A의 offer"
    ANSWER_OF "answer-of" "The answer of B" "B의 answer"
    NOT_YET "not-yet" "not made yet" "아직 없음"
    CANDIDATES "candidates" "Candidates" "Candidate"
    WHOSE "whose" "whose" "누구"
    TYPE "type" "type" "종류"
    ADDRESS "address" "address" "주소"
    PROTOCOL "protocol" "protocol" "프로토콜"
    MEANING "meaning" "what it means" "의미"
    WON "won" "This pair carries the call:" "이 통화가 쓰는 쌍:"
    STATES "states" "State machines" "상태 기계"
    STATISTICS "statistics" "Statistics" "통계"
    LAST_MINUTES "last-minutes" "The last two minutes, one value a second." "지난 2분, 1초에 한 값."
    BITRATE_IN "bitrate-in" "received" "수신"
    BITRATE_OUT "bitrate-out" "sent" "송신"
    FRAME_RATE "frame-rate" "frame rate" "프레임률"
    ROUND_TRIP "round-trip" "round-trip time" "왕복 시간"
    LOSS "loss" "packets lost" "패킷 손실"
    RESOLUTION "resolution" "resolution" "해상도"
    PATH "path" "path" "경로"
    // What went wrong: title and advice.
    DENIED_TITLE "denied" "The camera or the microphone is not allowed." "카메라나 마이크 사용이 허용되지 않았다."
    DENIED_ADVICE "denied-advice" "You or your system said no. Allow them for this page (the sign beside the address), or in the privacy settings of your system; then try again." "사용자나 시스템이 거부했다. 주소창 옆 아이콘이나 시스템의 개인정보 설정에서 허용한 뒤 다시 시도한다."
    NOT_FOUND_TITLE "not-found" "There is no camera or no microphone." "카메라나 마이크가 없다."
    NOT_FOUND_ADVICE "not-found-advice" "Plug one in and try again, or join without." "장치를 연결하고 다시 시도하거나, 장치 없이 입장한다."
    BUSY_TITLE "busy" "The camera or the microphone does not answer." "카메라나 마이크가 응답하지 않는다."
    BUSY_ADVICE "busy-advice" "Another program is using it, or it has been switched off. Close the other program and try again." "다른 프로그램이 쓰고 있거나 장치가 꺼져 있다. 그 프로그램을 닫고 다시 시도한다."
    OVERCONSTRAINED_TITLE "overconstrained" "The device that was chosen is not there any more." "선택한 장치를 더는 찾을 수 없다."
    OVERCONSTRAINED_ADVICE "overconstrained-advice" "It was unplugged, or cannot do what was asked of it. Choose another one above, then try again." "장치가 분리되었거나 요청한 것을 지원하지 않는다. 위에서 다른 장치를 고른 뒤 다시 시도한다."
    INSECURE_TITLE "insecure" "This page may not use camera and microphone here." "이 주소에서는 카메라와 마이크를 쓸 수 없다."
    INSECURE_ADVICE "insecure-advice" "Browsers give them only to pages over https, or on localhost. Open it at http://localhost:3000 on the machine of the server, or put the server behind https." "브라우저는 https나 localhost의 페이지에만 장치를 허용한다. 서버가 있는 컴퓨터에서 http://localhost:3000 으로 열거나, 서버를 https 뒤에 둔다."
    CAMERA_GONE_TITLE "camera-gone" "The camera has gone: it was unplugged, or its permission was withdrawn." "카메라가 사라졌다. 연결이 빠졌거나 사용 허용이 취소되었다."
    CAMERA_GONE_ADVICE "camera-gone-advice" "Choose another camera, or plug it in again: then it is used again." "다른 카메라를 고르거나 다시 연결하면 이어서 사용한다."
    MICROPHONE_GONE_TITLE "microphone-gone" "The microphone has gone: it was unplugged, or its permission was withdrawn." "마이크가 사라졌다. 연결이 빠졌거나 사용 허용이 취소되었다."
    MICROPHONE_GONE_ADVICE "microphone-gone-advice" "Choose another microphone, or plug it in again: then it is used again." "다른 마이크를 고르거나 다시 연결하면 이어서 사용한다."
    MEDIA_FAILED_TITLE "media-failed" "Camera and microphone could not be opened." "카메라와 마이크를 열지 못했다."
    MEDIA_FAILED_ADVICE "media-failed-advice" "Try again, choose other devices, or join without." "다시 시도하거나 다른 장치를 고르거나 장치 없이 입장한다."
    BAD_ROOM_NAME_TITLE "bad-room-name" "The room cannot have this name." "방 이름으로 쓸 수 없다."
    BAD_ROOM_NAME_ADVICE "bad-room-name-advice" "Take 1 to 64 characters, on one line." "한 줄에 1자에서 64자까지 쓴다."
    ROOM_FULL_TITLE "room-full" "The room is full." "방이 가득 찼다."
    ROOM_FULL_ADVICE "room-full-advice" "Two people are in it already. Take another name, or wait until one of them leaves. Is it you, in another tab?" "이미 두 사람이 있다. 다른 이름을 쓰거나 한 사람이 나갈 때까지 기다린다. 다른 탭에 내가 들어가 있을 수도 있다."
    REFUSED_TITLE "refused" "The server did not let you in." "서버가 입장을 거부했다."
    REFUSED_ADVICE "refused-advice" "Load the page again and join once more." "페이지를 새로 고치고 다시 입장한다."
    NO_SERVER_TITLE "no-server" "The server does not answer." "서버가 응답하지 않는다."
    NO_SERVER_ADVICE "no-server-advice" "Is it still running? Start it with `cargo run`, then join again." "서버가 켜져 있는지 확인한다. `cargo run`으로 시작한 뒤 다시 입장한다."
    BAD_DESCRIPTION_TITLE "bad-description" "Your browser does not accept the other side's description." "브라우저가 상대의 description을 받아들이지 않는다."
    BAD_DESCRIPTION_ADVICE "bad-description-advice" "The other side sent an offer or answer that is broken or made for something else. Let it load its page again, then join again." "상대가 보낸 offer나 answer가 깨졌거나 맞지 않는다. 상대가 페이지를 새로 고친 뒤 다시 입장한다."
    STEP_FAILED_TITLE "step-failed" "A step of the call failed." "통화의 한 단계가 실패했다."
    STEP_FAILED_ADVICE "step-failed-advice" "Join again. If the same step fails again, its name below says where to look." "다시 입장한다. 같은 단계가 또 실패하면 아래의 단계 이름이 단서가 된다."
    PATH_FAILED_TITLE "path-failed" "The connection to the other side broke." "상대와의 연결이 끊어졌다."
    PATH_FAILED_ADVICE "path-failed-advice" "It has vanished, or a firewall stops UDP between you. Join again; if it never works, you need a TURN server." "상대가 사라졌거나 방화벽이 UDP를 막는다. 다시 입장한다. 계속 안 되면 TURN 서버가 필요하다."
}

type Pair = (Text, Text);

/// Title and advice.
pub const DENIED: Pair = (DENIED_TITLE, DENIED_ADVICE);
/// Title and advice.
pub const NOT_FOUND: Pair = (NOT_FOUND_TITLE, NOT_FOUND_ADVICE);
/// Title and advice.
pub const BUSY: Pair = (BUSY_TITLE, BUSY_ADVICE);
/// Title and advice.
pub const OVERCONSTRAINED: Pair = (OVERCONSTRAINED_TITLE, OVERCONSTRAINED_ADVICE);
/// Title and advice.
pub const INSECURE: Pair = (INSECURE_TITLE, INSECURE_ADVICE);
/// Title and advice.
pub const CAMERA_GONE: Pair = (CAMERA_GONE_TITLE, CAMERA_GONE_ADVICE);
/// Title and advice.
pub const MICROPHONE_GONE: Pair = (MICROPHONE_GONE_TITLE, MICROPHONE_GONE_ADVICE);
/// Title and advice.
pub const MEDIA_FAILED: Pair = (MEDIA_FAILED_TITLE, MEDIA_FAILED_ADVICE);
/// Title and advice.
pub const BAD_ROOM_NAME: Pair = (BAD_ROOM_NAME_TITLE, BAD_ROOM_NAME_ADVICE);
/// Title and advice.
pub const ROOM_FULL: Pair = (ROOM_FULL_TITLE, ROOM_FULL_ADVICE);
/// Title and advice.
pub const REFUSED: Pair = (REFUSED_TITLE, REFUSED_ADVICE);
/// Title and advice.
pub const NO_SERVER: Pair = (NO_SERVER_TITLE, NO_SERVER_ADVICE);
/// Title and advice.
pub const BAD_DESCRIPTION: Pair = (BAD_DESCRIPTION_TITLE, BAD_DESCRIPTION_ADVICE);
/// Title and advice.
pub const STEP_FAILED: Pair = (STEP_FAILED_TITLE, STEP_FAILED_ADVICE);
/// Title and advice.
pub const PATH_FAILED: Pair = (PATH_FAILED_TITLE, PATH_FAILED_ADVICE);

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("views/home.html");

    fn keys_of_the_page() -> Vec<&'static str> {
        let after = |attribute: &'static str| PAGE.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
        after("data-text=\"").chain(after("data-label=\"")).collect()
    }

    /// What the page's own table says under this key.
    fn in_english(key: &str) -> Option<&'static str> {
        ALL.iter().find_map(|text| (text.key == key).then_some(text.en))
    }

    #[test]
    fn every_key_of_the_page_is_in_the_table() {
        let missing: Vec<_> = keys_of_the_page().into_iter().filter(|key| in_english(key).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(keys_of_the_page().len() > 20);
    }

    #[test]
    fn the_page_says_the_same_before_its_language_is_known() {
        for key in PAGE.split("data-text=\"").skip(1) {
            let (key, rest) = key.split_once('"').unwrap();
            let shown = rest.split_once('>').unwrap().1.split('<').next().unwrap();
            assert_eq!(Some(shown), in_english(key), "home.html, {key}");
        }
    }

    #[test]
    fn every_text_has_both_languages_the_same_places_and_a_key_of_its_own() {
        let all = catalogue();
        for (key, [en, ko]) in &all {
            assert!(!en.is_empty() && !ko.is_empty(), "{key}");
            for place in ["{0}", "{1}", "{2}"] {
                assert_eq!(en.contains(place), ko.contains(place), "{key}: {place}");
            }
        }
        let texts = ALL.len() + explain::texts().count() + shared::STEPS.len();
        assert_eq!(all.len(), texts, "a key stands twice");
        assert_eq!(fill("{0} of {1}", &["{1}", "b"]), "{1} of b", "a place in a value is none");
        assert_eq!(fill("{1}: {2} {", &["a", "b"]), "b: {2} {", "what has no value stays");
    }
}
