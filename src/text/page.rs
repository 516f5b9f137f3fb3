//! The texts of the page.
//!
//! `home.html` names a text as the code does (`data-text="JOIN"`). It stands there in English as well, so that the page
//! can be read before its program runs; a test compares the two. The server adds the Korean (`site::spoken`).

use super::{Text, texts};

/// The text with this name.
pub fn by_name(name: &str) -> Option<Text> {
    ALL.iter().find_map(|(other, text)| (*other == name).then_some(*text))
}

texts! {
    pub ALL:
    TAGLINE "A video call of two, and every step of it." "둘이 하는 영상 통화, 단계 하나하나까지"
    LANGUAGE "Language" "언어"
    // The lobby.
    LOBBY "Lobby" "로비"
    ROOM "Room" "방"
    NAME "Your name" "이름"
    NAME_HINT "If you like. It stays on your own page." "쓰지 않아도 돼요. 내 화면에만 보여요."
    JOIN "Join" "입장"
    SEND "Send" "보낼 것"
    SOURCE_DEVICES "camera and microphone" "카메라와 마이크"
    SOURCE_MICROPHONE "microphone only" "마이크만"
    SOURCE_PATTERN "a test pattern" "테스트 화면"
    SOURCE_NOTHING "nothing, only receive" "보내지 않고 받기만"
    CAMERA "Camera" "카메라"
    MICROPHONE "Microphone" "마이크"
    ANY_DEVICE "the browser's choice" "브라우저가 고른 장치"
    NTH_DEVICE "device {0}" "장치 {0}"
    PREVIEW "Preview" "미리 보기"
    PREVIEW_ON "Show my picture" "내 영상 보기"
    LEVEL "Level of the microphone" "마이크 음량"
    STEP_BY_STEP "Step by step: wait for “Next” before each step" "한 단계씩 진행: 단계마다 ‘다음’을 눌러요"
    RELAY_ONLY "Relay only" "중계만 사용"
    RELAY_ONLY_HINT "The other side does not learn your address. This needs a server that relays: serve --turn" "상대가 내 주소를 알 수 없어요. 중계하는 서버가 필요해요: serve --turn"
    HINT "Open this page twice, or let a headless peer join:" "이 페이지를 두 번 열거나 헤드리스 피어(headless peer)를 입장시켜 보세요:"
    ENTERING "Entering the room …" "방에 들어가는 중 …"
    TRY_AGAIN "Try again" "다시 시도"
    MORE_HELP "Causes and cures" "원인과 해결 방법"
    JOIN_WITH "Join with: {0}" "다음으로 입장: {0}"
    // After the call.
    ENDED_HUNG_UP "You have left the room." "통화를 마쳤어요."
    ENDED_BROKE "The call has broken off. What went wrong:" "통화가 끊어졌어요. 원인은 다음과 같아요."
    ENDED_TIME "You were connected for" "통화 시간"
    CALL_AGAIN "Call again" "다시 통화"
    // The test of the connection.
    TEST "Test my connection" "연결 테스트"
    TEST_HINT "Asks each STUN and TURN server of the call, from this browser. Nobody is called." "이 브라우저에서 통화용 STUN·TURN 서버를 하나씩 확인해요. 아무에게도 전화를 걸지 않아요."
    TEST_START "Start the test" "테스트 시작"
    TEST_WAITING "asked, no answer yet" "응답을 기다리는 중"
    TEST_NOBODY "The server names no STUN or TURN server: a call stays within one network. Start it without --no-stun." "서버가 알려 주는 STUN·TURN 서버가 없어서 한 네트워크 안에서만 통화할 수 있어요. --no-stun 없이 시작해 보세요."
    TEST_FINE "fine: {0}" "정상: {0}"
    TEST_ANSWERED "fine: it answered, and sees the address that this machine has itself" "정상: 서버가 응답했고, 이 기기의 주소가 그대로 보여요"
    TEST_WRONG_PASSWORD "wrong credentials (401): name and password are wrong or have expired. Start the test again; if it stays, compare them with the settings of the server." "인증 실패 (401): 이름이나 비밀번호가 틀렸거나 만료됐어요. 다시 테스트해 보고, 그래도 안 되면 서버 설정과 비교해 보세요."
    TEST_REFUSED "the server refuses (code {0}): look into its log" "서버가 거부했어요 (코드 {0}): 서버 로그를 확인해 보세요"
    TEST_SILENT "unreachable, no answer: is the server running, are host and port right, does a firewall stop UDP?" "응답이 없어요: 서버가 켜져 있는지, 호스트와 포트가 맞는지, 방화벽이 UDP를 막는지 확인해 보세요"
    TEST_UNKNOWN "no address came of it: the server does not answer, or this machine is not behind a router" "새 주소를 얻지 못했어요: 서버가 응답하지 않거나, 이 기기가 공유기(router) 뒤에 있지 않아요"
    TEST_UNUSABLE "this browser cannot use it: {0}" "이 브라우저에서 쓸 수 없어요: {0}"
    // The call.
    CALL "Call" "통화"
    VIEW_STEPS "Steps" "단계"
    NEW "new" "새 내용"
    // The invitation.
    WAITING_IN "Waiting in room" "상대를 기다리는 방:"
    INVITE "Send this link to the person you want to call:" "통화할 사람에게 이 링크를 보내 주세요:"
    LINK "Link to this room" "이 방의 링크"
    COPY "Copy" "복사"
    COPIED "Copied." "복사했어요."
    NOT_COPIED "The link is marked: copy it with Ctrl+C." "링크를 선택해 두었어요. Ctrl+C로 복사해 주세요."
    SHARE_LINK "Share" "공유"
    CODE "The link as a QR code, for the camera of a phone" "휴대폰 카메라로 찍을 링크 QR 코드"
    LOCAL_ONLY "Only this computer can open the link. For a phone, start the server with: cargo run -- serve --lan" "이 링크는 이 컴퓨터에서만 열려요. 휴대폰으로 통화하려면 서버를 이렇게 시작해 주세요: cargo run -- serve --lan"
    INVITE_PEER "Or let a headless peer join:" "또는 헤드리스 피어(headless peer)를 입장시켜 보세요:"
    // What the call does.
    YOU_ARE "You are" "나는"
    NOT_IN_ROOM "not in the room yet" "아직 방에 들어가지 않음"
    YOU "You" "나"
    OTHER_SIDE "The other side" "상대"
    WAITING "waiting for the other side" "상대를 기다리는 중"
    CONNECTING "connecting" "연결 중"
    HELD "You hold the call: press Next." "‘다음’을 누르면 이어져요."
    CONNECTED "connected" "연결됨"
    RECONNECTING "The path has gone silent: trying to reach the other side again. Has it closed its lid?" "경로가 끊겨서 다시 연결하고 있어요. 상대가 노트북을 닫았을 수 있어요."
    PATH_LOST "no path works any more" "통하는 경로가 없음"
    CLOSED "closed" "닫힘"
    PEER_LEFT "The other side left. The next person who comes is called at once." "상대가 나갔어요. 다음 사람이 오면 바로 통화가 시작돼요."
    STARTED_OVER "The call starts over." "통화를 처음부터 다시 시작해요."
    SIGNALING_LOST "The server is out of reach. A call goes on without it; it is tried again." "서버에 연결할 수 없어요. 통화는 서버 없이도 계속되고, 연결은 다시 시도하고 있어요."
    CANDIDATE_REFUSED "The browser refused an address of the other side: {0}" "브라우저가 상대의 주소 하나를 거부했어요: {0}"
    SAME_BROWSER "Another tab of this browser is in this room too: wear headphones, or mute one of them." "이 브라우저의 다른 탭도 이 방에 있어요. 헤드폰을 쓰거나 한쪽을 음소거해 주세요."
    MUTE "Mute" "음소거"
    UNMUTE "Unmute" "음소거 해제"
    CAMERA_OFF "Camera off" "카메라 끄기"
    CAMERA_ON "Camera on" "카메라 켜기"
    SHARE "Share screen" "화면 공유"
    SHARE_END "Stop sharing" "공유 중지"
    PICTURE_IN_PICTURE "Picture in picture" "작은 창(PIP)으로 보기"
    FULL_SCREEN "Full screen" "전체 화면"
    HANG_UP "Hang up" "끊기"
    MORE "Settings and more" "설정과 더 보기"
    CLOSE "Close" "닫기"
    SOUNDS "A sound when the other side comes or goes" "상대가 들어오고 나갈 때 소리로 알림"
    // The keyboard.
    SHORTCUTS "Keyboard shortcuts" "단축키"
    KEYS_ON "Keyboard shortcuts are on" "단축키 사용"
    KEY_N "the next step, when one waits" "기다리고 있는 단계 진행"
    NEXT "Next: step {0}" "다음: {0}단계"
    PEER_WAITS "The other side is held before step {0}." "상대가 {0}단계 앞에서 기다리고 있어요."
    PEER_MUTED "muted" "음소거됨"
    PEER_CAMERA_OFF "camera off" "카메라 꺼짐"
    PEER_SCREEN "shares its screen" "화면 공유 중"
    DEVICE_FAILED "The device was not changed: {0}" "장치를 바꾸지 못했어요: {0}"
    SHARE_FAILED "The screen is not shared: {0}" "화면을 공유하지 못했어요: {0}"
    // Chat and files.
    CHAT "Chat" "채팅"
    CHAT_SEND "Send" "보내기"
    CHAT_NOT_SENT "not sent: {0}" "보내지 못함: {0}"
    FILES "Files" "파일"
    CHOOSE_FILES "Send files" "파일 보내기"
    FILE_WAITS "waits until the other side takes it" "상대의 수락을 기다리는 중"
    FILE_OFFERED "The other side wants to send this" "상대가 보내려는 파일"
    FILE_ACCEPT "Take it" "받기"
    FILE_REFUSE "Refuse" "거절"
    FILE_CANCEL "Cancel" "취소"
    FILE_SENT "sent; the hashes agree" "보냄 (해시 일치)"
    FILE_RECEIVED "received; the hashes agree" "받음 (해시 일치)"
    FILE_SAVE "Save" "저장"
    FILE_FAILED "not transferred: {0}" "전송 실패: {0}"
    FILE_TOO_LARGE "has {0}, and this browser has room for {1}: let a headless peer receive it (peer --receive DIR)" "크기 {0}, 이 브라우저의 여유 공간 {1}: 헤드리스 피어로 받아 보세요 (peer --receive DIR)"
    // The panel.
    STEPS "The steps" "단계"
    CODE_HINT "Open a step to read the code that takes it." "단계를 열면 그 단계의 코드를 볼 수 있어요."
    CODE_FLOW "The flow, for both engines" "흐름: 두 엔진이 함께 쓰는 코드"
    CODE_BROWSER "In the browser" "브라우저"
    CODE_NATIVE "In the headless peer" "헤드리스 피어"
    CODE_SIGNALING "To the signaling server" "시그널링 서버로 보내기"
    CODE_SMALLEST "On the smallest page, in JavaScript" "가장 작은 페이지 (JavaScript)"
    CODE_FAILED "The code could not be fetched. Is the server still running? Close the step and open it again." "코드를 가져오지 못했어요. 서버가 켜져 있는지 확인하고, 단계를 닫았다가 다시 열어 보세요."
    ME "me" "나"
    THEM "them" "상대"
    DIAGRAM "This call as a diagram" "이 통화의 다이어그램"
    SAVE_SVG "Save as SVG" "SVG로 저장"
    SAVE_MERMAID "Save as Mermaid" "Mermaid로 저장"
    DESCRIPTIONS "Offer and answer" "offer와 answer"
    OFFER_OF "The offer of A" "A의 offer"
    ANSWER_OF "The answer of B" "B의 answer"
    SECTION_SESSION "The whole session" "세션 전체"
    SECTION_LINES "{0} lines" "{0}줄"
    NOT_YET "not made yet" "아직 없음"
    CANDIDATES "Candidates" "candidate"
    WHOSE "whose" "누구 것"
    TYPE "type" "종류"
    ADDRESS "address" "주소"
    PROTOCOL "protocol" "프로토콜"
    MEANING "what it means" "의미"
    WON "This pair carries the call:" "이 통화가 쓰는 쌍:"
    STATES "State machines" "상태 기계"
    STATISTICS "Statistics" "통계"
    MOST "most: {0}" "최대: {0}"
    LAST_MINUTES "The last two minutes, one value a second." "지난 2분 동안 1초마다 잰 값"
    BITRATE_IN "received" "수신"
    BITRATE_OUT "sent" "송신"
    FRAME_RATE "frame rate" "프레임 레이트"
    ROUND_TRIP "round-trip time" "왕복 시간"
    LOSS "packets lost" "패킷 손실"
    RESOLUTION "resolution" "해상도"
    PATH "path" "경로"
    // What went wrong: title and advice.
    DENIED_TITLE "The camera or the microphone is not allowed." "카메라나 마이크를 쓸 권한이 없어요."
    DENIED_ADVICE "You or your system said no. Allow them for this page (the sign beside the address), or in the privacy settings of your system; then try again." "권한 요청이 거부됐어요. 주소창 옆 아이콘이나 시스템의 개인정보 설정에서 허용한 뒤 다시 시도해 주세요."
    NOT_FOUND_TITLE "There is no camera or no microphone." "카메라나 마이크가 없어요."
    NOT_FOUND_ADVICE "Plug one in and try again, or join without." "장치를 연결하고 다시 시도하거나, 장치 없이 입장해 보세요."
    BUSY_TITLE "The camera or the microphone does not answer." "카메라나 마이크가 응답하지 않아요."
    BUSY_ADVICE "Another program is using it, or it has been switched off. Close the other program and try again." "다른 프로그램이 쓰고 있거나 장치가 꺼져 있어요. 그 프로그램을 닫고 다시 시도해 주세요."
    OVERCONSTRAINED_TITLE "The device that was chosen is not there any more." "선택한 장치를 찾을 수 없어요."
    OVERCONSTRAINED_ADVICE "It was unplugged, or cannot do what was asked of it. Choose another one above, then try again." "장치가 분리됐거나 요청한 기능을 지원하지 않아요. 위에서 다른 장치를 고른 뒤 다시 시도해 주세요."
    INSECURE_TITLE "This page is not a secure context: it may not use camera and microphone." "이 페이지는 보안 컨텍스트(secure context)가 아니어서 카메라와 마이크를 쓸 수 없어요."
    INSECURE_ADVICE "Browsers give them only to pages that came over https, or from the same machine (localhost): over plain http, anybody on the way can change the page. Stop the server, start it with `cargo run -- serve --lan`, and open the https address that it prints. Here you can send a test pattern, or only receive." "브라우저는 https로 열었거나 같은 컴퓨터(localhost)에서 연 페이지에만 장치를 허용해요. 암호화하지 않은 http는 중간에서 누구나 페이지를 바꿀 수 있기 때문이에요. 서버를 멈추고 `cargo run -- serve --lan`으로 다시 시작한 뒤, 출력된 https 주소를 열어 주세요. 지금 이 페이지에서는 테스트 화면을 보내거나 받기만 할 수 있어요."
    CAMERA_GONE_TITLE "The camera has gone: it was unplugged, or its permission was withdrawn." "카메라가 사라졌어요. 연결이 빠졌거나 권한이 취소됐어요."
    CAMERA_GONE_ADVICE "Choose another camera, or plug it in again: then it is used again." "다른 카메라를 고르거나 다시 연결하면 이어서 쓸 수 있어요."
    MICROPHONE_GONE_TITLE "The microphone has gone: it was unplugged, or its permission was withdrawn." "마이크가 사라졌어요. 연결이 빠졌거나 권한이 취소됐어요."
    MICROPHONE_GONE_ADVICE "Choose another microphone, or plug it in again: then it is used again." "다른 마이크를 고르거나 다시 연결하면 이어서 쓸 수 있어요."
    MEDIA_FAILED_TITLE "Camera and microphone could not be opened." "카메라와 마이크를 열지 못했어요."
    MEDIA_FAILED_ADVICE "Try again, choose other devices, or join without." "다시 시도하거나, 다른 장치를 고르거나, 장치 없이 입장해 보세요."
    BAD_ROOM_NAME_TITLE "The room cannot have this name." "이 이름은 방 이름으로 쓸 수 없어요."
    BAD_ROOM_NAME_ADVICE "Take 1 to 64 characters, on one line." "한 줄에 1자에서 64자까지 써 주세요."
    ROOM_FULL_TITLE "The room is full." "방이 가득 찼어요."
    ROOM_FULL_ADVICE "Two people are in it already. Take another name, or wait until one of them leaves. Is it you, in another tab?" "이미 두 사람이 있어요. 다른 방 이름을 쓰거나 한 사람이 나갈 때까지 기다려 주세요. 다른 탭에 내가 들어가 있을 수도 있어요."
    REFUSED_TITLE "The server did not let you in." "서버가 입장을 거부했어요."
    REFUSED_ADVICE "Load the page again and join once more." "페이지를 새로 고치고 다시 입장해 주세요."
    NO_SERVER_TITLE "The server does not answer." "서버가 응답하지 않아요."
    NO_SERVER_ADVICE "Is it still running? Start it with `cargo run`, then join again." "서버가 켜져 있는지 확인해 주세요. `cargo run`으로 시작한 뒤 다시 입장해 주세요."
    BAD_DESCRIPTION_TITLE "Your browser does not accept the other side's description." "브라우저가 상대의 description을 받아들이지 않아요."
    BAD_DESCRIPTION_ADVICE "The other side sent an offer or answer that is broken or made for something else. Let it load its page again, then join again." "상대가 보낸 offer나 answer가 깨졌거나 맞지 않아요. 상대가 페이지를 새로 고친 뒤 다시 입장해 주세요."
    STEP_FAILED_TITLE "A step of the call failed." "통화의 한 단계가 실패했어요."
    STEP_FAILED_ADVICE "Join again. If the same step fails again, its name below says where to look." "다시 입장해 주세요. 같은 단계가 또 실패하면 아래에 적힌 단계 이름이 단서가 돼요."
    PATH_FAILED_TITLE "The connection to the other side broke." "상대와의 연결이 끊어졌어요."
    PATH_FAILED_ADVICE "It has vanished, or a firewall stops UDP between you. Join again; if it never works, start the server with --turn: then it passes the call on." "상대가 사라졌거나 방화벽이 UDP를 막고 있어요. 다시 입장해 주세요. 계속 안 되면 서버를 --turn으로 시작하세요. 그러면 서버가 통화를 중계해요."
    NO_RELAY_TITLE "Only a relayed path is wanted, and there is nobody to relay." "중계(relay) 경로만 쓰도록 했는데 중계할 서버가 없어요."
    NO_RELAY_ADVICE "Start the server with --turn, or join without “relay only”." "서버를 --turn으로 시작하거나, ‘중계만 사용’을 끄고 입장해 주세요."
    // The record of a call.
    SAVE_CALL "Save this call" "이 통화 저장"
    SAVE_LAST "Save the last call" "지난 통화 저장"
    SAVE_MASKED "hide room name and addresses" "방 이름과 주소 가리기"
    SAVE_HINT "For somebody who helps: every event with its time, no chat and no files. At most 2 MiB are kept; of a longer call the middle is left out." "도와줄 사람에게 보내는 기록이에요. 모든 이벤트와 시각이 들어 있고, 채팅과 파일 내용은 들어 있지 않아요. 최대 2 MiB까지 남기고, 통화가 길면 중간을 빼요."
    OPEN_RECORD "Look at a saved call" "저장한 통화 보기"
    EVENTS_LEFT_OUT "{0} events in the middle were not kept" "중간의 이벤트 {0}개는 남기지 않음"
}

type Pair = (Text, Text);

/// Title and advice.
pub const NO_RELAY: Pair = (NO_RELAY_TITLE, NO_RELAY_ADVICE);
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

    const PAGE: &str = include_str!("../site/home.html");

    #[test]
    fn every_text_that_the_page_names_is_in_the_table() {
        let after = |attribute: &'static str| PAGE.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
        let names: Vec<_> = after("data-text=\"").chain(after("data-label=\"")).collect();
        let missing: Vec<_> = names.iter().filter(|name| by_name(name).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(names.len() > 20);
    }

    #[test]
    fn the_page_says_the_same_before_its_language_is_known() {
        for rest in PAGE.split("data-text=\"").skip(1) {
            let (name, rest) = rest.split_once('"').unwrap();
            let shown = rest.split_once('>').unwrap().1.split('<').next().unwrap();
            assert_eq!(Some(shown), by_name(name).map(|text| text.en), "home.html, {name}");
        }
    }
}
