//! The texts of the laboratory: for each failure what it is, what one sees, why, and the cure.
//!
//! The server puts them into the page (`src/site/lab.rs`), so they are no part of the bundle. `docs/laboratory.md` says the same.

use super::texts;

texts! {
    pub ALL:
    LABORATORY "Laboratory" "실험실"
    HINT "Each switch brings a famous failure back on purpose: it leaves out one line of this course, and the rest is true. Switch one on, call, and look." "스위치 하나가 널리 알려진 장애 하나를 일부러 되살려요. 이 강의의 코드 한 줄만 빼고 나머지는 진짜예요. 하나를 켜고, 통화하고, 살펴보세요."
    SERVER_FAULTS "This server does wrong on purpose:" "이 서버는 일부러 잘못 동작해요:"
    SWITCHED_ON "This is switched on." "지금 켜져 있어요."
    SWITCH_ON "Switch on" "켜기"
    SWITCH_OFF "Switch off" "끄기"
    HEADLESS "In a headless peer:" "헤드리스 피어에서:"
    ON_THE_SERVER "Switched on when the server is started:" "서버를 시작할 때 켜요:"
    SEES "What one sees" "보이는 것"
    WHY "Why" "이유"
    LINE "The line that prevents it" "이 장애를 막는 줄"
    CURE "The cure" "해결"

    EARLY_CANDIDATES "A candidate comes before its description" "candidate가 description보다 먼저 와요"
    EARLY_CANDIDATES_SEES "The engine refuses the candidate, and the call goes on with those that come later. On one machine it connects all the same. Between two networks the address that is missing can be the only one that works. Use this switch with “Step by step” switched off." "엔진이 candidate를 거부하고, 통화는 나중에 오는 candidate로 계속돼요. 한 컴퓨터 안에서는 그래도 연결돼요. 서로 다른 네트워크에서는 빠진 주소가 통하는 유일한 주소일 수 있어요. 이 스위치는 ‘한 단계씩 진행’을 끄고 쓰세요."
    EARLY_CANDIDATES_WHY "A candidate belongs to a description, and the engine does not know it yet. A handler that first waits for something else, the camera for example, is enough to make the order wrong." "candidate는 description에 속하는데, 엔진이 그 description을 아직 몰라요. 핸들러가 카메라 같은 다른 일을 먼저 기다리기만 해도 순서가 뒤바뀌어요."
    EARLY_CANDIDATES_CURE "Keep candidates in a queue until setRemoteDescription is done." "setRemoteDescription이 끝날 때까지 candidate를 큐에 담아 두세요."

    BOTH_OFFER "Both sides offer" "양쪽이 모두 offer를 보내요"
    BOTH_OFFER_SEES "Switch it on on both sides. A headless peer fails at step 6. A browser takes its own offer back (rollback), answers, and fails at step 10, when an answer comes that nobody waits for any more." "양쪽에서 모두 켜세요. 헤드리스 피어는 6단계에서 실패해요. 브라우저는 자기 offer를 되돌리고(rollback) answer를 보낸 뒤, 더는 기다리지 않는 answer가 오는 10단계에서 실패해요."
    BOTH_OFFER_WHY "Each side has set an offer of its own. In this state (have-local-offer) it waits for an answer, and not for one more offer. The English word is glare." "양쪽 모두 자기 offer를 설정했어요. 이 상태(have-local-offer)에서는 다른 offer가 아니라 answer를 기다려요. 영어로는 glare라고 해요."
    BOTH_OFFER_CURE "One side alone offers. The server says which one: the side that was in the room first." "한쪽만 offer를 보내게 하세요. 어느 쪽인지는 서버가 정해요. 방에 먼저 들어온 쪽이에요."

    ANSWER_TWICE "An answer is set twice" "answer를 두 번 설정해요"
    ANSWER_TWICE_SEES "Switch it on at A, the side that is in the room first. Step 10 fails." "방에 먼저 들어가는 A 쪽에서 켜세요. 10단계가 실패해요."
    ANSWER_TWICE_WHY "The first time was right, and the negotiation is over (stable). For the second one there is no offer that waits. The usual reason is a listener that was registered twice." "첫 번째 설정은 맞았고 협상은 끝났어요(stable). 두 번째 answer를 기다리는 offer는 없어요. 리스너를 두 번 등록했을 때 흔히 생겨요."
    ANSWER_TWICE_CURE "Take an answer only while an offer of your own waits for it, and only once." "내 offer가 answer를 기다리는 동안에만, 한 번만 받으세요."

    STALE_ANSWER "The answer to an earlier offer" "예전 offer에 대한 answer"
    STALE_ANSWER_SEES "Start the server with --fault delay=3000, and switch this on at A. Let B join, load its page again within three seconds, and join once more. There is no error at all, and no connection: step 13 waits." "서버를 --fault delay=3000으로 시작하고 A 쪽에서 켜세요. B를 입장시키고 3초 안에 페이지를 새로 고쳐 다시 입장하세요. 오류는 하나도 없는데 연결되지 않고, 13단계가 계속 기다려요."
    STALE_ANSWER_WHY "The first B has answered the first offer, and its answer is late. It fits no key and no address of the connection on which it is set now." "처음의 B가 처음 offer에 보낸 answer가 늦게 왔어요. 지금 설정하는 연결의 키와도, 주소와도 맞지 않아요."
    STALE_ANSWER_CURE "An answer names the offer that it answers. Leave one to another offer alone." "answer에 어느 offer에 대한 것인지 적으세요. 다른 offer에 대한 answer는 무시하세요."

    NO_SECURE_CONTEXT "No secure context" "보안 컨텍스트가 아니에요"
    NO_SECURE_CONTEXT_SEES "The page says at once that it may not use camera and microphone, and offers what works all the same." "페이지가 “이 페이지는 보안 컨텍스트(secure context)가 아니어서 카메라와 마이크를 쓸 수 없어요.”라고 바로 알리고, 그래도 할 수 있는 것을 보여 줘요."
    NO_SECURE_CONTEXT_WHY "To a page that came over plain http from another machine, a browser does not show navigator.mediaDevices at all: it is undefined. The switch makes it so on this page." "암호화되지 않은 http로 다른 컴퓨터에서 온 페이지에는 브라우저가 navigator.mediaDevices를 아예 보여 주지 않아요. 값이 undefined예요. 스위치는 이 페이지에서 그렇게 만들어요."
    NO_SECURE_CONTEXT_CURE "https: cargo run -- serve --lan. On the same machine, http://localhost is enough." "https를 쓰세요: cargo run -- serve --lan. 같은 컴퓨터라면 http://localhost로 충분해요."

    CAMERA_BUSY "The camera is busy" "카메라가 사용 중이에요"
    CAMERA_BUSY_SEES "Step 0 fails. The page says that the camera does not answer, and offers to join without it." "0단계가 실패해요. 페이지가 “카메라나 마이크가 응답하지 않아요.”라고 알리고, 카메라 없이 입장하는 길을 보여 줘요."
    CAMERA_BUSY_WHY "Another program has the camera, and the system gives it to one at a time. getUserMedia is then rejected with NotReadableError; the switch makes the browser do so." "다른 프로그램이 카메라를 쓰고 있고, 시스템은 카메라를 한 번에 하나에만 내줘요. 그러면 getUserMedia가 NotReadableError로 거부돼요. 스위치는 브라우저가 그렇게 하도록 만들어요."
    CAMERA_BUSY_CURE "Close the other program and try again, or send something else." "다른 프로그램을 닫고 다시 시도하거나, 다른 것을 보내세요."

    REORDER "Messages overtake each other" "메시지가 서로 앞질러요"
    REORDER_SEES "Nothing: the call comes about. The log of the server says which message has overtaken which." "아무 일도 없어요. 통화는 연결돼요. 어느 메시지가 어느 메시지를 앞질렀는지는 서버 로그에 나와요."
    REORDER_WHY "The first candidate comes before the offer. The course keeps it in a queue until the offer is set." "첫 candidate가 offer보다 먼저 와요. 이 강의의 통화는 offer를 설정할 때까지 candidate를 큐에 담아 둬요."
    REORDER_CURE "A queue where candidates arrive, as here. Socket.IO itself keeps the order, and asynchronous handlers lose it." "여기처럼 candidate를 받는 쪽에 큐를 두세요. Socket.IO는 순서를 지키지만, 비동기 핸들러에서 순서가 깨져요."

    DROP "The answer is lost" "answer가 사라져요"
    DROP_SEES "A waits at step 10 for an answer that never comes. B looks for a path, gives up (a headless peer after 40 seconds), and says that there is none. With drop=offer, B waits at step 6; with drop=ice, both wait at step 13. To see it, start two headless peers: first A with --for 20, then B with --for 60. At its end A says what is missing." "A는 10단계에서 오지 않는 answer를 기다려요. B는 경로를 찾다가 포기하고(헤드리스 피어는 40초 뒤) 경로가 없다고 말해요. drop=offer이면 B가 6단계에서, drop=ice이면 둘 다 13단계에서 기다려요. 직접 보려면 헤드리스 피어 둘을 시작하세요. 먼저 A를 --for 20으로, 다음에 B를 --for 60으로 시작하면, A가 끝날 때 무엇이 빠졌는지 말해요."
    DROP_WHY "The server has acknowledged the answer, so B has no reason to send it again. Nobody in a call repeats a description by itself." "서버가 answer를 받았다고 확인 응답을 보냈으니 B가 다시 보낼 까닭이 없어요. 통화에서 description을 스스로 되풀이하는 쪽은 없어요."
    DROP_CURE "Hang up and join again: that is a new negotiation. Look into the log of the server for the message that is missing." "끊고 다시 입장하세요. 그러면 협상을 새로 해요. 빠진 메시지는 서버 로그에서 찾아보세요."

    DUPLICATE "Everything comes twice" "모든 메시지가 두 번 와요"
    DUPLICATE_SEES "Nothing: the call comes about. The second offer, answer or candidate changes nothing." "아무 일도 없어요. 통화는 연결돼요. 두 번째 offer, answer, candidate는 아무것도 바꾸지 않아요."
    DUPLICATE_WHY "A takes one answer to each offer, and B knows an offer that it has seen. A candidate that is added twice is the same address." "A는 offer마다 answer를 하나만 받고, B는 이미 본 offer를 알아봐요. 두 번 추가한 candidate는 같은 주소예요."
    DUPLICATE_CURE "Take a message only in the state in which it is awaited." "메시지는 그것을 기다리는 상태에서만 받으세요."

    DELAY "Everything comes late" "모든 메시지가 늦게 와요"
    DELAY_SEES "The call comes about, only later: the offer travels that long, and then the answer. With delay=1000 it takes two seconds more." "통화는 연결되지만 그만큼 늦어요. offer가 그만큼 늦고, 다음에 answer가 그만큼 늦어요. delay=1000이면 2초가 더 걸려요."
    DELAY_WHY "No step reads a clock: a side waits for a message, and not for a time." "어느 단계도 시계를 보지 않아요. 시간이 아니라 메시지를 기다려요."
    DELAY_CURE "Never put a sleep where a message is to be awaited." "메시지를 기다릴 자리에 sleep을 넣지 마세요."

    TURN_PASSWORD "A wrong TURN password" "TURN 비밀번호가 틀려요"
    TURN_PASSWORD_SEES "A direct call works as ever. A call that needs the relay gets no relay candidate, and fails (a headless peer after 40 seconds). doctor and “Test my connection” say why at once." "직접 연결되는 통화는 그대로 돼요. 중계가 필요한 통화는 relay candidate를 얻지 못해 실패해요(헤드리스 피어는 40초 뒤). doctor와 ‘연결 테스트’가 이유를 바로 알려 줘요."
    TURN_PASSWORD_WHY "The TURN server answers 401, and the engine leaves the candidate out without a word." "TURN 서버는 401로 답하고, 엔진은 말없이 그 candidate를 빼요."
    TURN_PASSWORD_CURE "Ask the servers: cargo run -- doctor. Give the signaling server and the TURN server the same secret." "서버에 물어보세요: cargo run -- doctor --lang ko. 시그널링 서버와 TURN 서버에 같은 비밀 값을 주세요."

    DIE "The server dies" "서버가 죽어요"
    DIE_SEES "A has sent its offer, and the server is gone. Both sides say that it is out of reach, and try to reach it again and again. When it is started again, both come back into the room and negotiate anew." "A가 offer를 보내자 서버가 사라져요. 양쪽 모두 서버에 닿지 않는다고 말하고 계속 다시 연결해 봐요. 서버를 다시 시작하면 둘 다 방으로 돌아와 협상을 새로 해요."
    DIE_WHY "A server keeps nothing of a negotiation. Media need no server, but before the two are connected there are none." "서버는 협상을 기억하지 않아요. 미디어에는 서버가 필요 없지만, 연결되기 전에는 미디어도 없어요."
    DIE_CURE "Start the server again. A side that comes back enters the room again, and starts over when the two were not connected." "서버를 다시 시작하세요. 돌아온 쪽은 방에 다시 들어가고, 연결되기 전이었다면 처음부터 다시 해요."
}
