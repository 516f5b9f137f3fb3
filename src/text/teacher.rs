//! The words of the teacher in the terminal, around what it says about each step.

use super::texts;

texts! {
    pub ALL:
    BEGIN
        "A server on {0}, and two peers in the room \"steps\". A comes first and makes the offer; B comes second and answers."
        "서버는 {0}에 있고, 방 \"steps\"에 피어 둘이 들어갑니다. 먼저 들어온 A가 offer를 만들고, 나중에 들어온 B가 answer를 만듭니다."
    FOLLOWING
        "Only {0} is shown. The other side does its part out of sight."
        "{0}만 보여 줍니다. 상대가 하는 일은 표시하지 않습니다."
    STEP "Step" "단계"
    // What stands before a paragraph.
    WHY "why:" "이유:"
    WAITS "waits:" "대기:"
    NOW "now:" "지금:"
    CHECK "check:" "확인:"
    // What a side does.
    OUT_OF_SIGHT "This is {0}'s step. {1} sees nothing of it." "{0}가 하는 단계입니다. {1}에게는 보이지 않습니다."
    HAS_STREAM "has {0}" "스트림: {0}"
    HAS_CONNECTION "has a peer connection" "피어 연결을 만들었습니다"
    HAS_TRACKS "has added its tracks" "트랙을 추가했습니다"
    IN_ROOM "is in the room; the server says: you are {0}" "방에 들어갔습니다. 서버가 정한 역할은 {0}입니다"
    MADE "has made the {0}, {1} lines of SDP" "{0}를 만들었습니다. SDP {1}줄입니다"
    RECEIVED "has set the {0} as remote description, {1} lines of SDP" "{0}를 원격 description으로 설정했습니다. SDP {1}줄입니다"
    SET_LOCAL "has set the {0} as local description: the {1} lines of step {2}" "{0}를 로컬 description으로 설정했습니다. {2}단계의 {1}줄 그대로입니다"
    SET_REMOTE "has set the {0} as remote description: the {1} lines of step {2}" "{0}를 원격 description으로 설정했습니다. {2}단계의 {1}줄 그대로입니다"
    SENT "has sent the {0}: the {1} lines of step {2}" "{0}를 보냈습니다. {2}단계의 {1}줄 그대로입니다"
    SENDS "sends {0}" "보냄: {0}"
    ADDS "adds {0}" "추가: {0}"
    NO_MORE "null: there are no more candidates" "null: candidate가 더 없습니다"
    AS_ABOVE "(as above)" "(위와 같은 종류)"
    TRACK "the other side's track arrives: {0}" "상대의 트랙이 도착했습니다: {0}"
    // A description, line by line.
    LEGEND
        "A note stands below a line where the reader meets it first. Lines of a kind that is explained already stand \
         together (·)."
        "처음 나오는 줄은 바로 아래에 뜻을 적습니다. 이미 설명한 종류의 줄은 한데 모읍니다(·)."
    LEGEND_ANSWER
        "Only lines that the offer did not have are explained. Lines that it had as well stand together (·)."
        "offer에 없던 줄만 설명합니다. offer에도 있던 줄은 한데 모읍니다(·)."
    WHOLE_CALL "the whole call" "통화 전체"
    SECTION "section {0}: {1}" "구간 {0}: {1}"
    UNKNOWN_LINE "Nobody here knows this line. Unknown lines are ignored (RFC 8866, section 5.13)." "여기서는 모르는 줄입니다. 모르는 줄은 무시합니다 (RFC 8866, 5.13절)."
    // What is true now.
    NO_PAIR "none" "없음"
    PAIR "selected pair" "선택된 쌍"
    EARLY "(already during step {0})" "({0}단계 중에 이미)"
    PRFLX_HERE
        "prflx: {0} Here the other side has told of it, and {1} had not added it yet when the check came."
        "prflx: {0} 여기서는 상대가 알려 준 주소이지만, {1}가 추가하기 전에 연결 확인 패킷이 먼저 왔습니다."
    WHY_EARLY
        "Some of this came before step 13 began: {0} adds its candidates first, and its checks reach the other side at once. \
         ICE does not wait for our headings."
        "이 가운데 일부는 13단계가 시작되기 전에 왔습니다. candidate를 먼저 추가한 {0}의 연결 확인 패킷이 상대에게 바로 \
         닿았기 때문입니다. ICE는 단계의 제목을 기다리지 않습니다."
    CHECKING_EARLY
        "The engine of {0} says \"checking\" as soon as it knows the ICE user name and password of the other side, and they \
         stand in the offer. There is no candidate to check yet: the first ones come in step 12."
        "{0}의 엔진은 상대의 ICE 사용자 이름과 비밀번호를 알게 되면 바로 checking이 됩니다. 둘 다 offer에 들어 있습니다. 확인할 \
         candidate는 아직 없습니다. 첫 candidate는 12단계에 옵니다."
    // The end.
    STOPPED "Stopped after step {0}, as asked." "요청한 대로 {0}단계까지만 했습니다."
    SUMMARY "Summary" "요약"
    SECONDS "{0} s" "{0}초"
    CONNECTED_AFTER "{0} was connected {1} after the first candidate was added" "{0}: 첫 candidate를 추가하고 {1} 뒤에 연결되었습니다"
    MEDIA
        "received within {0}: {1} video frames, {2} audio packets"
        "{0} 동안 비디오 프레임 {1}개와 오디오 패킷 {2}개를 받았습니다"
    CHATTED "chat \"{0}\" went to B and came back" "채팅 메시지 \"{0}\"가 B에게 갔다가 돌아왔습니다"
    // `--pause`.
    PRESS_ENTER "Press Enter for step {0} ({1}) " "Enter를 누르면 {0}단계({1})로 넘어갑니다 "
    // The last line of a call that does not come about.
    FAILED_STEP "step {0} ({1})" "{0}단계({1})"
    CHECK_FAILED "this does not hold: {0}; found: {1}" "다음이 성립하지 않습니다: {0}. 실제로는: {1}"
    DID_NOT_COME "{0} waited {1} for {2} without success" "{0}가 {1} 동안 기다렸지만 오지 않았습니다: {2}"
    SIDE_ENDED "{0}: {1}" "{0}: {1}"
    DONE_BEFORE "Done before: {0}" "끝난 단계: {0}"
    NOTHING_DONE "nothing" "없음"
    CAUSES "Likely causes, the likeliest first: {0}." "가능성이 높은 원인부터: {0}."
    NEXT_CAUSE "; " ". "
    // What is waited for.
    TO_BEGIN "its turn" "자기 차례"
    B_ARRIVES "the server's word that B is there" "B가 왔다는 서버의 알림"
    THE_OFFER "the offer" "offer"
    THE_ANSWER "the answer" "answer"
    TO_BE_DONE "the end of {0}" "{0}의 완료"
    ACKNOWLEDGEMENT "the server's acknowledgement" "서버의 확인 응답"
    PLACE_IN_ROOM "a place in the room" "방의 자리"
    OWN_LAST_CANDIDATE "its own last candidate (null)" "자기 마지막 candidate(null)"
    OTHER_LAST_CANDIDATE "the other side's last candidate (null)" "상대의 마지막 candidate(null)"
    GATHERING "the beginning of gathering" "candidate 수집의 시작"
    CONNECTION "the connection and the other side's tracks" "연결과 상대의 트랙"
    CHAT_OPEN "the chat to open" "채팅 연결"
    CHAT_MESSAGE "a line of chat" "채팅 메시지"
    MEDIA_TO_FLOW "picture and sound of the other side" "상대의 영상과 소리"
}
